"""A tab that people fill in: what they typed comes back as they meant it, found by the marks of its columns."""

import pytest

from service.core.cells import Cell, Form
from service.google import typed_tab
from service.google.rules import HeaderColumn
from service.google.tabs import COLUMN_KEY
from service.google.typed_tab import Filled, text_of


def shown(number, text="", form="NUMBER"):
    found = {"effectiveValue": {"numberValue": number}, "formattedValue": text}
    return found | {"effectiveFormat": {"numberFormat": {"type": form}}} if form else found


CELLS = {
    "nothing": ({}, ""),
    "text": ({"effectiveValue": {"stringValue": " 5,50 "}}, " 5,50 "),
    "a whole number": (shown(5), "5"),
    "cents": (shown(4.35, "4.35"), "4.35"),
    "a sum of cents": (shown(0.1, "0.1"), "0.1"),
    "three decimals are no thousands": (shown(1.234, "1.234"), "1.2340"),
    "thousands": (shown(1234.5, "1,234.50"), "1234.5"),
    "below zero": (shown(-3, "(3.00)"), "-3"),
    "a sign of another currency": (shown(5, "$5.00", "CURRENCY"), "$5"),
    "a sign behind": (shown(5.25, "5,25 €", "CURRENCY"), "€5.25"),
    "a percentage": (shown(0.12, "12%", "PERCENT"), "12%"),
    "a day": (shown(46_023, "01/01/2026", "DATE"), "2026-01-01"),
    "a moment": (shown(46_023.5, "01/01/2026 12:00", "DATE_TIME"), "01/01/2026 12:00"),
    "a time": (shown(0.5, "12:00", "TIME"), "12:00"),
    "no day anybody means": (shown(9e12, "#####", "DATE"), "#####"),
    "an id that was rounded": (shown(1.729001000000001e18, "1.729E+18"), "1.729001000000001000E+18"),
    "an error": ({"effectiveValue": {"errorValue": {"type": "REF"}}, "formattedValue": "#REF!"}, "#REF!"),
    "a truth": ({"effectiveValue": {"boolValue": True}, "formattedValue": "TRUE"}, "TRUE"),
}


@pytest.mark.parametrize("what", list(CELLS))
def test_cell_is_read_as_it_was_meant(what):
    cell, text = CELLS[what]
    assert text_of(cell) == text


def answer(rows, *, marks=(), start_row=0, start_column=0):
    columns = [
        {"developerMetadata": [{"metadataKey": COLUMN_KEY, "metadataValue": mark}]} if mark else {} for mark in marks
    ]
    data = [{"values": [{"effectiveValue": {"stringValue": text}} if text else {} for text in row]} for row in rows]
    block = {"startRow": start_row, "startColumn": start_column, "rowData": data, "columnMetadata": columns}
    return {"sheets": [{"properties": {"sheetId": 7, "title": "Costs"}, "data": [block]}]}


def read(found, most_rows=9):
    return typed_tab.read(found, 7, owner="costs", most_rows=most_rows)


def test_rows_come_in_place_and_blank_ones_at_the_end_are_none():
    found = read(answer([["a", ""], ["", ""], ["", "b"], ["", ""]], start_row=1, start_column=1))
    assert found.rows == [[], ["", "a", ""], ["", "", ""], ["", "", "b"]]


def test_columns_are_known_by_our_marks_and_by_nobody_else_s():
    found = read(answer([["a"]], marks=["costs:Unit cost", "", "another:From", "costs:To"]))
    assert found.marked == {0: "Unit cost", 3: "To"}


def test_more_rows_than_asked_for_are_said_and_a_tab_that_is_gone_too():
    rows = [["a"]] * 4
    assert (len(read(answer(rows), 3).rows), read(answer(rows), 3).is_cut) == (3, True)
    assert not read(answer(rows), 4).is_cut
    assert typed_tab.read({"sheets": []}, 7, owner="costs", most_rows=9) is None


def test_rows_are_put_below_everything_and_into_the_columns_as_they_stand():
    row = Filled({"id": Cell(Form.TEXT, "www.example.com"), "cost": Cell(Form.NUMBER, "4.2")}, {"id": {"type": "TEXT"}})
    _, request = typed_tab.more_rows(7, owner="costs", turn=0, places={"cost": 0, "id": 2}, rows=[row])
    assert request["appendCells"]["rows"] == [
        {
            "values": [
                {"userEnteredValue": {"numberValue": 4.2}},
                {},
                {
                    "userEnteredValue": {"stringValue": "www.example.com"},
                    "userEnteredFormat": {"numberFormat": {"type": "TEXT"}},
                },
            ]
        }
    ]
    assert typed_tab.more_rows(7, owner="costs", turn=0, places={"cost": 0}, rows=[]) == []


def test_new_tab_has_room_for_its_rows_and_more():
    columns = [HeaderColumn("id", "SKU ID", 100, "note"), HeaderColumn("cost", "Unit cost", 100, "note")]
    rows = [Filled({"id": Cell(Form.TEXT, "1")}, {}) for _ in range(30)]
    add, *rest = typed_tab.new_tab(7, title="Costs", owner="costs", columns=columns, rows=rows)
    assert add["addSheet"]["properties"]["gridProperties"]["rowCount"] == 1 + 30 + typed_tab.SPARE_ROWS
    assert rest[-1]["updateCells"]["start"] == {"sheetId": 7, "rowIndex": 1, "columnIndex": 0}
    assert len(rest[-1]["updateCells"]["rows"]) == 30
