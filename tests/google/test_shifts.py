"""Columns are found again after they moved: ours by key, people's by what they show, the blank ones in order."""

from hypothesis import given
from hypothesis import strategies as st

from service.core.cells import BLANK, Cell, Form, text_cell
from service.google.shifts import is_alike, shift_between
from service.google.tabs import TabView

WIDTH = 8


def view(lines, columns, *, width=WIDTH):
    """A tab that shows these lines of texts, the header first."""
    rows = {row: tuple(text_cell(text) if text else BLANK for text in line) for row, line in enumerate(lines)}
    return TabView("T", 20, width, columns, (), rows, len(lines))


def moved(lines, order):
    return [["" if at is None else line[at] for at in order] for line in lines]


LINES = [["Ours", "Hers", "", "Key", "Mine", "", "", ""], ["1", "a", "x", "k1", "", "", "", ""]]
COLUMNS = {"ours": 0, "key": 3}


def shift(order, *, hits=None):
    """The shift after the columns came to stand in this order (None = a new one)."""
    after = {key: order.index(at) for key, at in COLUMNS.items() if at in order}
    before = view(LINES, COLUMNS)
    return shift_between(before, view(moved(LINES, order), after, width=len(order)), rows=[0, 1], hits=hits or {})


def test_nothing_moved():
    assert shift(range(WIDTH)).columns == {at: at for at in range(WIDTH)}


def test_a_new_column_pushes_the_others_right():
    found = shift([0, None, 1, 2, 3, 4, 5, 6, 7])
    assert found.columns == {0: 0, 1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8}
    assert found.origin(1) is None
    assert found.dragged == frozenset()


def test_a_deleted_column_is_nowhere():
    assert shift([0, 2, 3, 4, 5, 6, 7]).columns == {0: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6}


def test_a_column_of_ours_that_is_gone_is_not_taken_for_a_blank_one():
    assert 3 not in shift([0, 1, 2, 4, 5, 6, 7]).columns


def test_a_column_that_was_dragged_is_found_by_what_it_shows():
    found = shift([0, 2, 3, 4, 1, 5, 6, 7])
    assert found.columns[1] == 4
    assert found.dragged == {1}


def test_what_was_written_over_tells_nothing():
    """A column that shows something in one row alone keeps its place among its neighbours when that row was hit."""
    order = [0, 1, None, 2, 3, 4, 5, 6, 7]
    before = view(LINES, COLUMNS)
    lines = moved(LINES, order)
    lines[1][2] = lines[1][3] = "written over"
    after = view(lines, {"ours": 0, "key": 4}, width=9)
    found = shift_between(before, after, rows=[0, 1], hits={1: {2, 3}})
    assert found.columns[4] == 5
    assert found.columns[2] in {2, 3}


def test_a_range_is_not_torn_when_a_column_is_dragged_out_of_it():
    found = shift([0, 2, 3, 4, 5, 1, 6, 7])
    assert found.span(0, 1) == (0, 0)
    assert found.span(1, 1) == (5, 5)
    assert found.span(0, 3) == (0, 2)


def test_two_formulas_may_be_one():
    """Google rewrites a formula when what it names moves."""
    assert is_alike(Cell(Form.FORMULA, "=A1"), Cell(Form.FORMULA, "=B1"))
    assert not is_alike(Cell(Form.FORMULA, "=A1"), text_cell("=A1"))


@given(st.permutations(range(5)), st.integers(0, 5), st.integers(0, 2))
def test_any_order_of_columns_that_show_something_is_found(order, at, count):
    """Whatever was moved and put in: every column that can be told from the others is found."""
    lines = [[f"h{index}" for index in range(5)], [f"v{index}" for index in range(5)]]
    columns = {"a": 1, "b": 3}
    new = [*order[:at], *[None] * count, *order[at:]]
    after = view(moved(lines, new), {key: new.index(old) for key, old in columns.items()}, width=len(new))
    found = shift_between(view(lines, columns, width=5), after, rows=[0, 1], hits={})
    assert found.columns == {old: new.index(old) for old in range(5)}
