"""Cells to Google's JSON and back, A1 and runs: what a request says is what an answer is read as."""

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.cells import BLANK, Cell, Form, bool_cell, number_cell, text_cell
from service.google import grid


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters_count_as_sheets_does(index, letters):
    assert grid.column_letters(index) == letters


@given(st.integers(0, 18_277))
def test_column_letters_are_read_back_as_the_same_index(index):
    """Read as a number in bijective base 26, the letters give the index again, for every column a sheet can have."""
    number = 0
    for letter in grid.column_letters(index):
        number = number * 26 + string.ascii_uppercase.index(letter) + 1
    assert number - 1 == index


def test_a1_counts_rows_from_one():
    assert grid.a1_cell(0, 0) == "A1"
    assert grid.a1_cell(9, 27) == "AB10"


def test_a1_rows_end_is_the_last_row_itself():
    """Grid ends are exclusive and count from 0, A1 ends are inclusive and count from 1: the number is the same."""
    assert grid.a1_rows("Orders", 4, 7) == "'Orders'!5:7"


def test_a1_rows_double_the_quotes_of_a_title():
    assert grid.a1_rows("Maya's 'live' tab", 0, 1) == "'Maya''s ''live'' tab'!1:1"


def test_row_range_without_an_end_is_open():
    assert grid.row_range(7, 3) == {"sheetId": 7, "startRowIndex": 3}
    assert grid.row_range(7, 3, 5) == {"sheetId": 7, "startRowIndex": 3, "endRowIndex": 5}


@given(st.sets(st.integers(0, 300), max_size=40), st.integers(0, 5))
def test_runs_cover_every_index_and_bridge_only_small_gaps(indexes, gap):
    """Sorted, apart by more than the gap, each beginning and ending on an index that was asked for."""
    found = grid.runs(indexes, gap=gap)
    covered = {index for start, end in found for index in range(start, end)}
    assert indexes <= covered
    assert found == sorted(found)
    for (_, end), (start, _) in itertools.pairwise(found):
        assert start - end > gap
    assert all(start in indexes and end - 1 in indexes for start, end in found)
    if gap == 0:
        assert covered == indexes


CELLS = st.one_of(
    st.just(BLANK),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30).map(text_cell),
    st.decimals(min_value=-(10**9), max_value=10**9, places=4).map(number_cell),
    st.booleans().map(bool_cell),
)


@given(CELLS)
def test_a_cell_survives_the_way_through_google_s_json(cell):
    """What would be written is read back as the same cell, so that an image equals what the sheet shows."""
    assert grid.cell_of({"userEnteredValue": grid.value_of(cell, {})}) == cell


def test_long_numbers_as_text_stay_text():
    """An 18-digit id is a string in the request: as a number, Sheets would round it."""
    order_id = "576441573212296038"
    assert grid.value_of(text_cell(order_id), {}) == {"stringValue": order_id}


@pytest.mark.parametrize("foreign", ['=IMPORTXML("https://evil.example","//a")', "+1", "@x", "-2", "'quoted"])
def test_text_that_looks_like_a_formula_is_a_string(foreign):
    assert grid.value_of(text_cell(foreign), {}) == {"stringValue": foreign}


def test_a_formula_s_places_become_references_of_its_own_row():
    cell = Cell(Form.FORMULA, "=IF({sla_due}=0,0,{sla_due}-NOW())")
    assert grid.value_of(cell, {"sla_due": "H12"}) == {"formulaValue": "=IF(H12=0,0,H12-NOW())"}


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("12.5", 12.5), ("-0.01", -0.01), ("100000000000000", 10**14)]
)
def test_whole_numbers_are_sent_whole(text, number):
    sent = grid.json_number(text)
    assert sent == number
    assert isinstance(sent, type(number))


@pytest.mark.parametrize(
    "data", [{}, {"userEnteredValue": None}, {"userEnteredValue": {"stringValue": ""}}, {"note": "x"}]
)
def test_a_cell_without_a_value_is_blank(data):
    """Empty text, a note or a format alone is no content."""
    assert grid.cell_of(data) == BLANK


def test_numbers_are_the_same_when_the_double_is_the_same():
    assert grid.is_same(Cell(Form.NUMBER, "0.1"), grid.cell_of({"userEnteredValue": {"numberValue": 0.1}}))
    assert not grid.is_same(Cell(Form.NUMBER, "0.1"), Cell(Form.NUMBER, "0.10000001"))


def test_text_and_number_of_the_same_digits_differ():
    """Somebody's paste turned an id into a number: that cell is not right any more."""
    assert not grid.is_same(text_cell("42"), number_cell(42))


def test_a_formula_is_checked_for_presence_and_not_for_text():
    """Its references move with the row and the columns; a value typed over it is a difference."""
    wanted = Cell(Form.FORMULA, "={sla_due}-NOW()")
    assert grid.is_same(wanted, Cell(Form.FORMULA, "=K9-NOW()"))
    assert not grid.is_same(wanted, text_cell("soon"))


def test_a_formula_that_lost_its_column_is_not_right():
    """Deleting a column it points at leaves #REF! in its text; it is written again."""
    assert not grid.is_same(Cell(Form.FORMULA, "={sla_due}-NOW()"), Cell(Form.FORMULA, "=#REF!-NOW()"))


@pytest.mark.parametrize(
    "text",
    ["example.com", "https://a.example/x?y=1", "HTTP://A.EXAMPLE", " www.shop.example ", "mailto:a@b.example",
     "name@shop.example", "ftp://x.example", "sub.domain.co.uk/path#frag"],
)  # fmt: skip
def test_text_that_sheets_would_link_is_recognised(text):
    assert grid.would_become_link(text_cell(text))


@pytest.mark.parametrize(
    "text", ["AWAITING_SHIPMENT", "3.5", "Mug, blue", "see example.com please", "576441573212296038", "a@b", "1.2.3"]
)
def test_ordinary_text_is_not_taken_for_a_link(text):
    assert not grid.would_become_link(text_cell(text))


def test_grid_rows_are_placed_where_their_block_begins():
    data = [
        {"rowData": [{"values": [{"userEnteredValue": {"stringValue": "Order ID"}}]}]},
        {"startRow": 5, "rowData": [{"values": [{}, {"userEnteredValue": {"numberValue": 2}}]}, {}]},
    ]
    assert grid.grid_rows(data) == {0: (text_cell("Order ID"),), 5: (BLANK, number_cell(2)), 6: ()}


COUNTDOWN = Cell(Form.FORMULA, '=IF(ISNUMBER({sla_due});{sla_due}-NOW();"")')


def test_a_formula_whose_column_was_deleted_holds_the_number_itself():
    """Deleting "Due" must not break "Time left", and must not stop the tab."""
    row = {"sla_due": number_cell(46350.5), "sla_left": COUNTDOWN}
    pinned = grid.pin(COUNTDOWN, row, ["sla_left"])
    assert pinned == Cell(Form.FORMULA, '=IF(ISNUMBER((46350.5));(46350.5)-NOW();"")')
    assert grid.value_of(pinned, {}) == {"formulaValue": pinned.value}


def test_a_formula_without_its_column_and_number_is_blank():
    assert grid.pin(COUNTDOWN, {"sla_due": BLANK}, ["sla_left"]) == BLANK
    assert grid.pin(COUNTDOWN, {}, []) == BLANK


def test_cells_that_need_no_pinning_stay_as_they_are():
    assert grid.pin(COUNTDOWN, {}, ["sla_due"]) == COUNTDOWN
    assert grid.pin(text_cell("{sla_due}"), {}, []) == text_cell("{sla_due}")
