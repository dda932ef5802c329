"""What people type, clear and copy in cells. Each deed: its sentence, and the requests that do it."""

from stateful.place import Doing, Place, said_box


def type_note(here: Place, a: int, b: int, c: int) -> Doing:
    row, column, text = here.row(a), here.theirs(b), here.token()
    return here.says(f"types {text} into {here.a1(row, column)}"), [here.typed(row, column, {"stringValue": text})]


def type_over(here: Place, a: int, b: int, c: int) -> Doing:
    row, column, text = here.row(a), here.owned(b), here.token()
    said = here.says(f"types {text} over {here.a1(row, column)}, in a column of ours")
    return said, [here.typed(row, column, {"stringValue": text})]


def type_formula(here: Place, a: int, b: int, c: int) -> Doing:
    row, column = here.row(a), here.theirs(b)
    other = here.a1(here.row(c), here.owned(b + c))
    text = (f'={other}&"{here.token()}"', f'=COUNTA(A$2:{other})&"{here.token()}"')[c % 2]
    return here.says(f"types {text} into {here.a1(row, column)}"), [here.typed(row, column, {"formulaValue": text})]


def clear(here: Place, a: int, b: int, c: int) -> Doing:
    box = here.box(a, b, c)
    return here.says(f"clears {said_box(box)}"), [{"updateCells": {"range": box, "fields": "userEnteredValue"}}]


def note(here: Place, a: int, b: int, c: int) -> Doing:
    row, column, text = here.row(a, beyond=0), b % here.width, here.token()
    start = {"sheetId": here.sheet.sheet_id, "rowIndex": row, "columnIndex": column}
    data = [{"values": [{"note": text}]}]
    said = here.says(f"puts the note {text} on {here.a1(row, column)}")
    return said, [{"updateCells": {"start": start, "rows": data, "fields": "note"}}]


def total(here: Place, a: int, b: int, c: int) -> Doing:
    row, column = min(here.height + a % 3, here.sheet.grid.row_count - 1), here.owned(b)
    text = f'=COUNTA({here.a1(1, column)}:{here.a1(max(row - 1, 1), column)})&"{here.token()}"'
    return here.says(f"writes a total into {here.a1(row, column)}"), [here.typed(row, column, {"formulaValue": text})]


def own_row(here: Place, a: int, b: int, c: int) -> Doing:
    """A row of their own among ours, with words in our columns too."""
    row = here.row(a)
    put = {"insertDimension": {"range": here.span("ROWS", row, row + 1), "inheritFromBefore": row > 1}}
    columns = sorted({here.owned(b), here.owned(b + c + 1), here.theirs(c)})
    cells = [here.typed(row, column, {"stringValue": here.token()}) for column in columns]
    return here.says(f"puts a row of her own in at {row + 1}"), [put, *cells]


def copy_cells(here: Place, a: int, b: int, c: int) -> Doing:
    source = here.box(a, b, c)
    high = source["endRowIndex"] - source["startRowIndex"]
    wide = source["endColumnIndex"] - source["startColumnIndex"]
    top, left = here.row(a + c + 1), here.theirs(c)
    target = here.area(top, top + high, left, left + wide)
    said = here.says(f"copies {said_box(source)} to {said_box(target)}")
    return said, [{"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_VALUES"}}]
