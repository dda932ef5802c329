"""A spreadsheet's answers as texts with their places: whatever hides it, and under whatever name it is told."""

from decimal import Decimal

import pytest

from service.core.hunting.places import Hidden, Part, Place
from service.google import survey
from service.google.survey import SheetFacts

LONG = SheetFacts(7, "Long", is_hidden=False, row_count=100, column_count=5, is_linked=False)


def surveyed(**sheet):
    properties = {"sheetId": 7, "title": "Long", "gridProperties": {"rowCount": 100, "columnCount": 5}}
    return survey.read_survey({"properties": {"title": "File"}, "sheets": [{"properties": properties, **sheet}]})


@pytest.mark.parametrize(
    ("name", "held", "place"),
    [
        ("protectedRanges", {"description": "Paula", "range": {"startRowIndex": 3}}, Place(7, Part.PROTECTION, "A4")),
        ("charts", {"spec": {"title": "Paula"}}, Place(7, Part.CHART)),
        ("charts", {"spec": {"subtitle": "x", "basicChart": {"axis": [{"title": "Paula"}]}}}, Place(7, Part.CHART)),
        ("filterViews", {"title": "Paula", "range": {"startColumnIndex": 2}}, Place(7, Part.FILTER, "C1")),
        ("filterViews", {"criteria": {"1": {"hiddenValues": ["Paula"]}}}, Place(7, Part.FILTER)),
        (
            "conditionalFormats",
            {
                "ranges": [{"startRowIndex": 1}],
                "booleanRule": {"condition": {"values": [{"userEnteredValue": "Paula"}]}},
            },
            Place(7, Part.CONDITION, "A2"),
        ),
        ("slicers", {"spec": {"title": "Paula"}}, Place(7, Part.OBJECT)),
        ("tables", {"name": "Paula", "range": {}}, Place(7, Part.OBJECT)),
        ("developerMetadata", {"metadataKey": "k", "metadataValue": "Paula"}, Place(7, Part.METADATA)),
    ],
)
def test_text_is_found_wherever_it_hangs(name, held, place):
    assert (place, "Paula") in surveyed(**{name: [held]}).texts


def test_titles_and_names_of_ranges_are_texts():
    answer = {
        "properties": {"title": "File"},
        "namedRanges": [{"name": "Paula", "range": {"sheetId": 7, "startRowIndex": 4, "startColumnIndex": 27}}],
        "sheets": [{"properties": {"sheetId": 7, "title": "Paula's", "hidden": True}}],
    }
    texts = survey.read_survey(answer).texts
    assert (Place(None, Part.TITLE), "File") in texts
    assert (Place(7, Part.TITLE, "", Hidden.TAB), "Paula's") in texts
    assert (Place(7, Part.RANGE_NAME, "AB5"), "Paula") in texts


def test_tab_that_shows_another_system_is_known_as_such():
    answer = {"sheets": [{"properties": {"sheetId": 9, "title": "Linked", "sheetType": "DATA_SOURCE"}}]}
    (facts,) = survey.read_survey(answer).sheets
    assert (facts.is_linked, facts.row_count) == (True, 0)


def chunk(*rows, **more):
    data = {"startRow": 10, "startColumn": 1, "rowData": [{"values": list(values)} for values in rows], **more}
    return survey.read_chunk({"sheets": [{"properties": {"sheetId": 7}, "data": [data]}]}, LONG)


def test_cell_has_every_text_once_and_its_number():
    formula = {
        "userEnteredValue": {"formulaValue": '="a"&B1'},
        "effectiveValue": {"stringValue": "ab"},
        "formattedValue": "ab",
    }
    number = {
        "userEnteredValue": {"numberValue": 12.5},
        "effectiveValue": {"numberValue": 12.5},
        "formattedValue": "£13",
    }
    (row,) = chunk([formula, {}, number]).rows
    assert [(one.a1, one.texts, one.number) for one in row.cells] == [
        ("B11", ('="a"&B1', "ab"), None),
        ("D11", ("£13",), Decimal("12.5")),
    ]


def test_what_hangs_on_a_cell_comes_with_it():
    held = {
        "note": "ring Paula",
        "hyperlink": "https://x.example/paula",
        "dataValidation": {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Paula"}]}},
        "textFormatRuns": [{"format": {"link": {"uri": "mailto:paula@x.example"}}}],
    }
    (row,) = chunk([held]).rows
    extras = set(row.cells[0].extras)
    assert {
        (Part.NOTE, "ring Paula"),
        (Part.LINK, "https://x.example/paula"),
        (Part.CHOICES, "Paula"),
        (Part.LINK, "mailto:paula@x.example"),
    } <= extras


def test_hidden_rows_and_columns_are_read_and_known_as_hidden():
    found = chunk(
        [{"formattedValue": "a"}],
        [{"formattedValue": "b"}],
        [{"formattedValue": "c"}],
        rowMetadata=[{}, {"hiddenByUser": True}, {"hiddenByFilter": True}],
        columnMetadata=[{"hiddenByUser": True, "developerMetadata": [{"metadataKey": "k", "metadataValue": "Paula"}]}],
    )
    assert [row.hidden for row in found.rows] == [Hidden.NO, Hidden.ROW, Hidden.ROW]
    assert found.hidden_columns == {1}
    assert (Place(7, Part.METADATA, "B1"), "Paula") in found.texts


def test_formula_that_loads_and_cell_of_another_system_are_told():
    loading = {"userEnteredValue": {"formulaValue": "=X()"}, "effectiveValue": {"errorValue": {"type": "LOADING"}}}
    found = chunk([loading, {"dataSourceFormula": {"dataSourceId": "d"}, "formattedValue": "7"}])
    assert [cell.is_loading for cell in found.rows[0].cells] == [True, False]
    assert found.linked == [Place(7, Part.CELL, "C11")]
