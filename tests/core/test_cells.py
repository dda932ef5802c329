"""Cells: one spelling for each content, and text that every sheet can keep."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.cells import BLANK, CUT_MARK, TEXT_LIMIT, Cell, Form, bool_cell, clean, number_cell, text_cell

CELLS = st.one_of(
    st.text(max_size=20).map(text_cell),
    st.integers(-(10**12), 10**12).map(lambda number: number_cell(Decimal(number) / 100)),
    st.booleans().map(bool_cell),
    st.just(Cell(Form.FORMULA, "=A1-NOW()")),
    st.just(BLANK),
)


@settings(max_examples=60)
@given(CELLS)
def test_a_cell_survives_json(cell):
    assert Cell.from_json(json.loads(json.dumps(cell.to_json()))) == cell


def test_json_of_cells_is_short_and_strict():
    assert BLANK.to_json() == []
    assert text_cell("a").to_json() == ["t", "a"]
    with pytest.raises(ValueError, match="unknown form"):
        Cell.from_json(["x", "a"])


@pytest.mark.parametrize(
    ("number", "spelling"),
    [
        (Decimal("12.50"), "12.5"),
        (Decimal("-0.00"), "0"),
        (Decimal("1E+3"), "1000"),
        (Decimal(100), "100"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (20.0, "20"),
    ],
)
def test_a_number_has_one_spelling(number, spelling):
    assert number_cell(number) == Cell(Form.NUMBER, spelling)


@settings(max_examples=100)
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_number_read_back_from_a_sheet_equals_the_one_written(number):
    """Sheets answers with a double; fifteen significant digits survive it."""
    assert number_cell(float(number_cell(number).value)) == number_cell(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_is_spelled_as_its_shortest_decimal(number):
    exact = Decimal(repr(number))
    assert number_cell(number) == number_cell(exact)
    assert Decimal(number_cell(number).value) == exact


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(ValueError, match="finite"):
        number_cell(number)


def test_empty_text_is_a_blank_cell():
    assert text_cell("") == BLANK


def test_text_that_looks_like_a_formula_stays_text():
    assert text_cell("=IMPORTXML(1)") == Cell(Form.TEXT, "=IMPORTXML(1)")


def test_characters_no_sheet_can_keep_are_marked():
    assert clean("a\x00b\ud800c\td\r\ne\rf") == "a\ufffdb\ufffdc\td\ne\nf"


@pytest.mark.parametrize("letter", ["x", "é", "😀"], ids=["ascii", "accent", "pair"])
def test_long_text_is_cut_to_the_limit_with_a_mark(letter):
    cut = clean(letter * (TEXT_LIMIT + 1))
    assert cut.endswith(CUT_MARK)
    assert TEXT_LIMIT - 1 <= len(cut.encode("utf-16-le")) // 2 <= TEXT_LIMIT
    assert clean(cut) == cut


def test_text_at_the_limit_is_left_alone():
    assert clean("é" * TEXT_LIMIT) == "é" * TEXT_LIMIT


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)
