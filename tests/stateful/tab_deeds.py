"""What people do to tabs: names, frozen rows, protections, copies, and the end of one."""

from stateful.bound import OWNER
from stateful.place import Doing, Place, said_box

from service.sandbox.sheets.formulas.references import column_letters

DOUBLES_FROM = 7_000_000  # sheet ids of duplicated tabs


def rename_tab(here: Place, a: int, b: int, c: int) -> Doing:
    properties = {"sheetId": here.sheet.sheet_id, "title": f"Maya's {here.token()}"}
    said = here.says(f"renames the tab to {properties['title']}")
    return said, [{"updateSheetProperties": {"properties": properties, "fields": "title"}}]


def freeze(here: Place, a: int, b: int, c: int) -> Doing:
    properties = {"sheetId": here.sheet.sheet_id, "gridProperties": {"frozenRowCount": 1 + a % 2}}
    said = here.says(f"freezes {1 + a % 2} row(s)")
    return said, [{"updateSheetProperties": {"properties": properties, "fields": "gridProperties.frozenRowCount"}}]


def add_tab(here: Place, a: int, b: int, c: int) -> Doing:
    return "Maya adds a tab in front.", [{"addSheet": {"properties": {"title": f"Hers {here.token()}", "index": 0}}}]


def double_tab(here: Place, a: int, b: int, c: int) -> Doing:
    """A copy of the whole tab beside it, with our marks, keys and rules in it: hers, and never ours to write."""
    number = here.number()
    wish = {
        "sourceSheetId": here.sheet.sheet_id,
        "newSheetId": DOUBLES_FROM + number,
        "newSheetName": f"Copy «{number}»",
    }
    return here.says("duplicates the tab"), [{"duplicateSheet": wish}]


def protect(here: Place, a: int, b: int, c: int) -> Doing:
    """Cells, a column of ours or the whole tab, for her own hands alone."""
    box = here.box(a, b, c)
    left = here.owned(b)
    column = {"sheetId": here.sheet.sheet_id, "startColumnIndex": left, "endColumnIndex": left + 1}
    whole = {"sheetId": here.sheet.sheet_id}
    named = (said_box(box), f"column {column_letters(left)}", "the whole tab")[a % 3]
    wish = {
        "protectedRangeId": here.number(),
        "range": (box, column, whole)[a % 3],
        "editors": {"users": [OWNER]},
    }
    said = here.says(f"protects {named}, for herself alone")
    return said, [{"addProtectedRange": {"protectedRange": wish}}]


def unprotect(here: Place, a: int, b: int, c: int) -> Doing:
    """Every protection that keeps us out is gone; warnings stay."""
    ids = [one["protectedRangeId"] for one in here.sheet.protected_ranges if not one.get("warningOnly")]
    said = here.says("takes the protection away" if ids else "looks for a protection, and there is none")
    return said, [{"deleteProtectedRange": {"protectedRangeId": one}} for one in ids]


def delete_tab(here: Place, a: int, b: int, c: int) -> Doing:
    return here.says("deletes the tab"), [{"deleteSheet": {"sheetId": here.sheet.sheet_id}}]
