"""What fell into a person's column, and which column that was, when it has been dragged on since the last look."""

from service.core.cells import BLANK, Cell, Form, text_cell
from service.flows.landings import moved_since
from service.google.batch import RowUpdate, TabEdit
from service.google.tabs import OwnedTab, TabView

TAB = OwnedTab("b1", 11, 0, {"order_id": "Order ID", "status": "Status", "note": "Note"}, "order_id")
OURS = {"order_id": 0, "status": 1, "note": 4}
SENT = TabEdit(TAB, TabView("Orders", 20, 6, {"order_id": 0, "status": 1, "note": 2}, (), {}, 3), frozenset())


def view(*lines, columns=OURS):
    rows = {at: tuple(text_cell(text) if text else BLANK for text in line) for at, line in enumerate(lines)}
    return TabView("Orders", 20, 6, columns, (), rows, len(lines))


def sent(cell="ring", row=1):
    """A write that was to put a note into the third column, where her column stands by now."""
    update = RowUpdate("a", row, {"note": text_cell(cell) if isinstance(cell, str) else cell})
    return TabEdit(SENT.tab, SENT.view, SENT.foreign, updates=(update,))


HEADER = ("Order ID", "Status", "", "", "Note")
SEEN = view(HEADER, ("a", "paid", "", "", ""), ("b", "paid", "", "", ""))
#: Our status was deleted: her two columns stand one further left.
MOVED = {"order_id": 0, "note": 3}


def after(*lines):
    return view(("Order ID", "", "", "Note"), *lines, columns=MOVED)


def test_a_cell_that_fell_into_her_column_is_found_where_the_column_went():
    now = after(("a", "ring", "", "ring"), ("b", "", "", ""))
    (put,) = moved_since(sent(), SEEN, now)
    assert (put.row, dict(put.cells)) == (1, {1: text_cell("ring")})


def test_what_stood_there_before_is_hers():
    """She had copied it there herself."""
    seen = view(HEADER, ("a", "paid", "ring", "", ""), ("b", "paid", "", "", ""))
    assert moved_since(sent(), seen, after(("a", "ring", "", "ring"), ("b", "", "", ""))) == []


def test_another_text_in_her_column_is_hers():
    assert moved_since(sent(), SEEN, after(("a", "call", "", "ring"), ("b", "", "", ""))) == []


def test_a_row_that_is_another_now_tells_nothing():
    assert moved_since(sent(), SEEN, after(("b", "ring", "", "ring"), ("a", "", "", ""))) == []


def test_formulas_and_blanks_tell_nothing():
    now = after(("a", "ring", "", ""), ("b", "", "", ""))
    assert moved_since(sent(Cell(Form.FORMULA, "=A1")), SEEN, now) == []
    assert moved_since(sent(BLANK), SEEN, now) == []


def test_columns_that_stayed_are_looked_at_where_they_are():
    """What is still in its place is told without any of this."""
    assert moved_since(sent(), SEEN, SEEN) == []
