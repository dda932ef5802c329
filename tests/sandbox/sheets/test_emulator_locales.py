"""Spreadsheets in other languages: marks in numbers, separators in formulas, dates, money without decimals."""

import pytest

NARROW = "\u202f"
"""The space that groups digits in French."""


@pytest.fixture
def in_locale(api):
    """A spreadsheet of this locale."""
    return lambda locale: api.create(properties={"title": "L", "locale": locale})["spreadsheetId"]


def show(api, book, value, kind, pattern=None):
    chosen = {"type": kind} | ({"pattern": pattern} if pattern else {})
    cell = {"userEnteredValue": {"numberValue": value}, "userEnteredFormat": {"numberFormat": chosen}}
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    api.batch(book, {"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "*"}})
    return api.values(book, "A1")[0][0]


@pytest.mark.parametrize(
    ("locale", "value", "kind", "pattern", "shown"),
    [
        ("de_DE", 1234.5, "NUMBER", "#,##0.00", "1.234,50"),
        ("de_DE", -1234567.891, "CURRENCY", '#,##0.00" €"', "-1.234.567,89 €"),
        ("de_DE", 0.256, "PERCENT", "0.0%", "25,6%"),
        ("fr_FR", 1234567.5, "NUMBER", "#,##0.00", f"1{NARROW}234{NARROW}567,50"),
        ("fr_FR", 1234.5, "CURRENCY", "[$€]#,##0.00", f"€1{NARROW}234,50"),
        ("vi_VN", 1250000, "CURRENCY", '#,##0"₫"', "1.250.000₫"),
        ("vi_VN", 1250000, "CURRENCY", "[$₫]#,##0", "₫1.250.000"),
        ("vi_VN", 999.5, "CURRENCY", '#,##0"₫"', "1.000₫"),
        ("vi_VN", 0, "CURRENCY", '#,##0"₫"', "0₫"),
        ("en_US", 1250000, "CURRENCY", '#,##0"₫"', "1,250,000₫"),
        ("en_GB", 1250, "CURRENCY", '"£"#,##0.00', "£1,250.00"),
        ("de_DE", 46349.75, "DATE_TIME", "yyyy-mm-dd hh:mm", "2026-11-23 18:00"),
        ("de_DE", 46349, "DATE", "dddd, d. mmmm", "Montag, 23. November"),
        ("fr_FR", 46349, "DATE", "d mmmm yyyy", "23 novembre 2026"),
        ("de_DE", 1.25, "TIME", "[h]:mm", "30:00"),
        ("de_DE", -0.0625, "TIME", "[h]:mm", "-1:30"),
    ],
)
def test_values_are_drawn_in_the_locale_of_the_spreadsheet(api, in_locale, locale, value, kind, pattern, shown):
    assert show(api, in_locale(locale), value, kind, pattern) == shown


@pytest.mark.parametrize(
    ("locale", "typed", "value"),
    [
        ("de_DE", "1.234,5", 1234.5),
        ("de_DE", "1,5", 1.5),
        ("de_DE", "1.5", "1.5"),
        ("de_DE", "23.11.2026", 46349),
        ("vi_VN", "1.250.000", 1250000),
        ("fr_FR", "12,5%", 0.125),
        ("en_US", "1,250,000", 1250000),
    ],
)
def test_typing_is_read_in_the_locale_of_the_spreadsheet(api, in_locale, locale, typed, value):
    book = in_locale(locale)
    api.write(book, "A1", [[typed]], mode="USER_ENTERED")
    assert api.values(book, "A1", valueRenderOption="UNFORMATTED_VALUE") == [[value]]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=IF(ISNUMBER(A1);A1-1;0)", 1.5),
        ("=A1+1,25", 3.75),
        ("=SUM(1,5;2,5)", 4),
        ("=ROUND(A1;0)", 3),
        ('=TEXT(A1;"0.00")', "2,50"),
        ('=IF(A1>2;"a;b,c.d";"")', "a;b,c.d"),
        ("=SUM({1\\2,5;3\\4})", 10.5),
    ],
)
def test_a_comma_locale_separates_by_semicolons(api, in_locale, formula, value):
    """What is written comes back as it was, and is worked out."""
    book = in_locale("de_DE")
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    cells = [{"userEnteredValue": {"numberValue": 2.5}}, {"userEnteredValue": {"formulaValue": formula}}]
    api.batch(book, {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": "userEnteredValue"}})
    assert api.values(book, "B1", valueRenderOption="UNFORMATTED_VALUE") == [[value]]
    assert api.values(book, "B1", valueRenderOption="FORMULA") == [[formula]]


@pytest.mark.parametrize("formula", ["=IF(A1,1,2)", "=SUM(1.5;2)", "=1.5", "={1,2,3}"])
def test_commas_between_arguments_are_an_error_where_they_are_decimal(api, in_locale, formula):
    book = in_locale("fr_FR")
    api.write(book, "A1", [[formula]], mode="USER_ENTERED")
    assert api.values(book, "A1") == [["#ERROR!"]]
    assert api.values(book, "A1", valueRenderOption="FORMULA") == [[formula]]


def test_a_point_locale_takes_both_and_tells_commas(api, in_locale):
    book = in_locale("en_US")
    api.write(book, "A1", [["=IF(1>0;SUM({1,2;3,4});0)"]], mode="USER_ENTERED")
    assert api.values(book, "A1") == [["10"]]
    assert api.values(book, "A1", valueRenderOption="FORMULA") == [["=IF(1>0,SUM({1,2;3,4}),0)"]]


def test_formulas_are_told_anew_when_the_locale_changes(api, in_locale):
    """Values stay, notation follows; what another locale could not read stays unread."""
    book = in_locale("en_US")
    api.write(book, "A1", [["=ROUND(2.345,2)"]], mode="USER_ENTERED")
    change = {"updateSpreadsheetProperties": {"properties": {"locale": "de_DE"}, "fields": "locale"}}
    assert api.batch(book, change)["replies"] == [{}]
    assert api.values(book, "A1", valueRenderOption="FORMULA") == [["=ROUND(2,345;2)"]]
    assert api.values(book, "A1") == [["2,35"]]


def test_the_countdown_works_in_every_locale(api, in_locale, market):
    """The row formula with a correction for a change of clocks, as it is written into sheets."""
    due = 46349.75
    for locale in ("en_US", "de_DE", "vi_VN", "fr_FR"):
        book = in_locale(locale)
        formula = '=IF(ISNUMBER(A1);A1-NOW()-IF(NOW()<4010000000/86400;3600/86400;0);"")'
        form = {"numberFormat": {"type": "TIME", "pattern": "[h]:mm"}}
        cells = [
            {"userEnteredValue": {"numberValue": due}},
            {"userEnteredValue": {"formulaValue": formula}, "userEnteredFormat": form},
        ]
        start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
        api.batch(book, {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": "*"}})
        # Noon in Greenwich; due at 18:00, an hour less for the clock that will change.
        assert api.values(book, "B1") == [["5:00"]]


def test_dates_follow_the_zone_over_a_change_of_clocks(api, market):
    """NOW() is wall time of the spreadsheet: the same hour comes twice in London on the last Sunday of October."""
    book = api.create(properties={"title": "Z", "timeZone": "Europe/London"})["spreadsheetId"]
    api.write(book, "A1", [["=NOW()"]], mode="USER_ENTERED")
    seen = []
    for hour in (0, 1):
        market.at = market.at.replace(month=10, day=25, hour=hour, minute=30)
        seen.append(api.values(book, "A1", valueRenderOption="UNFORMATTED_VALUE")[0][0])
    assert seen[0] == seen[1]
    assert round(seen[0] % 1 * 24, 3) == 1.5
