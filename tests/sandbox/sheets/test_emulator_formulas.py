"""Formulas: what is evaluated, what is not, and when time passes."""

from datetime import timedelta

import pytest


def result(api, formula, rows=(), **query):
    """Value of a formula in D1 beside some rows in A1."""
    book = api.new(rows=20, columns=8)
    if rows:
        api.write(book, "A1", [list(row) for row in rows])
    api.write(book, "D1", [[formula]], mode="USER_ENTERED")
    values = api.values(book, "D1", valueRenderOption="UNFORMATTED_VALUE", **query)
    return values[0][0] if values else ""


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+2*3-4/2", 5),
        ("=-2^2", 4),
        ("=(1+2)*3", 9),
        ("=50%", 0.5),
        ('="a"&"b"&1', "ab1"),
        ('="a"="A"', True),
        ("=2<>3", True),
        ("=3>=3", True),
        ('=IF(1>2;"yes";"no")', "no"),
        ('=IF(1>2,"yes")', False),
        ("=AND(TRUE;1=1)", True),
        ("=OR(FALSE,1=2)", False),
        ("=NOT(FALSE)", True),
        ("=ISNUMBER(5)", True),
        ('=ISNUMBER("5")', False),
        ('=LEN("four")', 4),
        ("=ROUND(2.345;2)", 2.35),
        ("=MOD(-7;3)", 2),
        ("=INT(-2.5)", -3),
        ('=TEXT(1234.5;"#,##0.00")', "1,234.50"),
        ('=UPPER(LEFT("abc";2))', "AB"),
        ("=SUM(1;2;3)", 6),
        ('=IFERROR(1/0;"none")', "none"),
        ("=DATE(2020;1;1)", 43831),
        ('=VALUE("12.5")+1', 13.5),
        ('="5"+1', 6),
        ('="a""b"', 'a"b'),
        ("=IFS(FALSE;1;TRUE;2)", 2),
    ],
)
def test_expressions(api, formula, value):
    assert result(api, formula) == value


@pytest.mark.parametrize(
    ("formula", "kind", "shown"),
    [
        ("=NOPE(1)", "NAME", "#NAME?"),
        ("=QUERY(A1:B2)", "NAME", "#NAME?"),
        ("=1/0", "DIVIDE_BY_ZERO", "#DIV/0!"),
        ('="x"+1', "VALUE", "#VALUE!"),
        ("=1+", "ERROR", "#ERROR!"),
        ("=(1", "ERROR", "#ERROR!"),
        ("=Nope!A1", "REF", "#REF!"),
        ("='No such'!A1", "REF", "#REF!"),
        ("=D1", "REF", "#REF!"),
        ("=ZZ1", "REF", "#REF!"),
        ('=IMPORTXML("https://example.com/?"&A1;"//a")', "N_A", "#N/A"),
    ],
)
def test_errors_are_values(api, formula, kind, shown):
    book = api.new(rows=20, columns=8)
    api.write(book, "D1", [[formula]], mode="USER_ENTERED")
    assert api.cells(book, "D1", "effectiveValue")[0][0]["errorValue"]["type"] == kind
    assert api.values(book, "D1") == [[shown]]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM(A1:A3)", 6),
        ("=SUM(A:A)", 6),
        ("=A1+B2", 21),
        ("=COUNT(A1:B9)", 6),
        ("=COUNTA(A1:C9)", 8),
        ("=AVERAGE(B1:B3)", 20),
        ("=MAX(A1:B3)-MIN(A1:B3)", 29),
        ('=COUNTIF(C1:C3;"open")', 1),
        ('=COUNTIF(A1:A3;">=2")', 2),
        ('=SUMIF(A1:A3;">1";B1:B3)', 50),
        ('=JOIN("-";A1:A3)', "1-2-3"),
        ("=AND(A1:A3)", True),
        ("=ROW()*10+COLUMN()", 14),
        ("=A:A", 1),
        ("=SUM(Sheet1!A1:A3;$B$1)", 16),
        ("=ARRAYFORMULA(SUM(A1:A3*B1:B3))", 140),
    ],
)
def test_ranges(api, formula, value):
    assert result(api, formula, [(1, 10, "open"), (2, 20, "done"), (3, 30)]) == value


def test_array_formula_fills_the_cells_below(api):
    book = api.new(rows=6, columns=4)
    api.write(book, "A1", [["Due"], [10], [""], [12]])
    api.write(book, "B1", [['={"Left";ARRAYFORMULA(IF(LEN(A2:A);A2:A-1;))}']], mode="USER_ENTERED")
    assert api.values(book, "B1:B6") == [["Left"], ["9"], [], ["11"]]
    assert api.cells(book, "B2:B4") == [[None], [None], [None]]
    assert api.cells(book, "B2:B4", "formattedValue") == [["9"], [None], ["11"]]
    assert api.values(book, "B2", valueRenderOption="FORMULA") == [[9]]


def test_array_formula_does_not_overwrite(api):
    book = api.new(rows=6, columns=4)
    api.write(book, "B3", [["mine"]])
    api.write(book, "B1", [["={1;2;3}"]], mode="USER_ENTERED")
    assert api.values(book, "B1:B3") == [["#REF!"], [], ["mine"]]


def test_countdown_ticks_with_market_time(api, market):
    """NOW() is the market's time in the spreadsheet's zone; the API shows it without a write in between."""
    zone = {"updateSpreadsheetProperties": {"properties": {"timeZone": "America/New_York"}, "fields": "timeZone"}}
    book = api.new()
    api.batch(book, zone)
    api.write(book, "A1", [["2026-11-23 13:30:00"]], mode="USER_ENTERED")
    duration = {"numberFormat": {"type": "TIME", "pattern": "[h]:mm"}}
    row = {
        "values": [{"userEnteredValue": {"formulaValue": '=IF(LEN(A1);A1-NOW();"")'}, "userEnteredFormat": duration}]
    }
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 1}
    api.batch(book, {"updateCells": {"start": start, "rows": [row], "fields": "userEnteredValue,userEnteredFormat"}})
    assert api.values(book, "B1") == [["6:30"]]
    market.at += timedelta(hours=7)
    assert api.values(book, "B1") == [["-0:30"]]


def test_formulas_travel_with_a_sort(api):
    book = api.new()
    api.write(book, "A1", [[3, "=A1*2"], [1, "=A2*2"], [2, "=A3*2"]], mode="USER_ENTERED")
    api.batch(book, {"sortRange": {"range": {"sheetId": 0}, "sortSpecs": [{"dimensionIndex": 0}]}})
    assert api.values(book, valueRenderOption="FORMULA") == [[1, "=A1*2"], [2, "=A2*2"], [3, "=A3*2"]]
    assert api.values(book) == [["1", "2"], ["2", "4"], ["3", "6"]]


def test_copies_are_relative_and_cuts_are_not(api):
    book = api.new()
    api.write(book, "A1", [[1, "=A1+$A$1"], [5]], mode="USER_ENTERED")
    cell = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 1, "endColumnIndex": 2}
    below = cell | {"startRowIndex": 1, "endRowIndex": 2}
    api.batch(book, {"copyPaste": {"source": cell, "destination": below, "pasteType": "PASTE_NORMAL"}})
    assert api.values(book, "B1:B2", valueRenderOption="FORMULA") == [["=A1+$A$1"], ["=A2+$A$1"]]
    destination = {"sheetId": 0, "rowIndex": 4, "columnIndex": 4}
    api.batch(book, {"cutPaste": {"source": cell, "destination": destination, "pasteType": "PASTE_NORMAL"}})
    assert api.values(book, "E5", valueRenderOption="FORMULA") == [["=A1+$A$1"]]
    assert api.values(book, "B1:B2", valueRenderOption="FORMULA") == [[], ["=A2+$A$1"]]


def test_chained_formulas(api):
    book = api.new()
    api.write(book, "A1", [[1]] + [[f"=A{row}+1"] for row in range(1, 100)], mode="USER_ENTERED")
    assert api.values(book, "A100") == [["100"]]


@pytest.mark.parametrize(
    ("setting", "minutes"),
    [("ON_CHANGE", [0, 0, 0]), ("MINUTE", [0, 1, 61]), ("HOUR", [0, 0, 60])],
)
def test_now_moves_as_the_file_is_set_when_the_switch_says_so(api, control, market, setting, minutes):
    """Off, every read works NOW() out anew, as if the sheet were opened."""
    book = api.create(properties={"title": "T", "autoRecalc": setting})["spreadsheetId"]
    api.write(book, "A1", [["=NOW()"]], mode="USER_ENTERED")
    began = market.at

    def now():
        return api.values(book, "A1", valueRenderOption="UNFORMATTED_VALUE")[0][0] * 1440

    first = now()
    market.at = began + timedelta(seconds=61)
    assert round(now() - first, 3) == pytest.approx(61 / 60, abs=0.01)
    control.post("/faults", json={"recalculates_as_set": True})
    seen = []
    for seconds in (59, 61, 3661):
        market.at = began + timedelta(seconds=seconds)
        seen.append(round(now() - first))
    assert seen == minutes


def test_every_change_recalculates_and_a_refused_one_does_not(api, control, market):
    book = api.new(rows=5, columns=2)
    control.post("/faults", json={"recalculates_as_set": True})
    api.write(book, "A1", [["=NOW()"]], mode="USER_ENTERED")
    shown = api.values(book, "A1")
    market.at += timedelta(hours=2)
    assert api.batch(book, {"deleteSheet": {"sheetId": 8}})["code"] == 400
    assert api.values(book, "A1") == shown
    api.write(book, "B1", [["x"]])
    assert api.values(book, "A1") != shown


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=COUNTIFS(A1:A4,"open",B1:B4,">1")', 2),
        ('=SUMIFS(B1:B4,A1:A4,"open")', 7),
        ('=SUMIFS(B1:B4,A1:A4,"open",B1:B4,"<4")', 3),
        ('=VLOOKUP("late",A1:C4,3,FALSE)', "y"),
        ("=VLOOKUP(3,B1:C4,2)", "y"),
        ('=XLOOKUP("none",A1:A4,B1:B4,"nothing")', "nothing"),
        ('=INDEX(C1:C4,MATCH("late",A1:A4,0))', "y"),
        ("=SUM(INDEX(A1:B4,0,2))", 10),
        ('=TEXTJOIN("-",TRUE,C1:C4)', "x-y-z"),
        ("=COUNTBLANK(C1:C4)", 1),
        ("=MEDIAN(B1:B4)", 2.5),
        ('=REGEXMATCH("order 12","[0-9]+")', True),
        ('=IFNA(VLOOKUP("none",A1:C4,2,FALSE),0)', 0),
        ('=SUBSTITUTE("a-b-c","-","+")', "a+b+c"),
        ("=WEEKDAY(DATE(2026,11,23))", 2),
        ("=DAYS(DATE(2026,12,1),DATE(2026,11,23))", 8),
        ("=POWER(2,10)+SQRT(16)+SIGN(-3)", 1027),
        ('=EXACT("a","A")', False),
        ("=ISNA(NA())", True),
        ('=PROPER("maya bloom")', "Maya Bloom"),
        ("=SECOND(TIME(1,2,3))", 3),
    ],
)
def test_functions_people_write_beside_our_columns(api, formula, value):
    book = api.new(rows=6, columns=5)
    api.write(book, "A1", [["open", 1, "x"], ["open", 2, ""], ["late", 3, "y"], ["open", 4, "z"]])
    api.write(book, "E1", [[formula]], mode="USER_ENTERED")
    assert api.values(book, "E1", valueRenderOption="UNFORMATTED_VALUE") == [[value]]
