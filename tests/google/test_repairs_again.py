"""Rows that moved before their repair are told by all that they showed; a row that is like another is left alone."""

from service.core.cells import BLANK, Cell, Form, text_cell
from service.google.repairs import Repair, TabRepair, filters_around, found_again, joined, kept, owed
from service.google.tabs import OwnedTab, TabView

TAB = OwnedTab("b1", 11, 0, {"order_id": "Order ID", "status": "Status"}, "order_id")
COLUMNS = {"order_id": 0, "status": 1}
SHIFTED = {"order_id": 0, "status": 2}
HEADER = ("Order ID", "Status", "Hers")


def view(*lines, columns=COLUMNS, row_count=20):
    rows = {at: tuple(as_cell(text) for text in line) for at, line in enumerate(lines)}
    return TabView("Orders", row_count, 6, columns, (), rows, len(lines))


def as_cell(text):
    if not text:
        return BLANK
    return Cell(Form.FORMULA, text) if text.startswith("=") else text_cell(text)


DAMAGED = view(HEADER, ("a", "old", "x"), ("b", "ours", "=A3&C2"))
HERS = Repair(2, {2: as_cell("=A3&$A$3&A2"), 1: text_cell("ours")}, heals=True)


def again(now, *repairs):
    return found_again(TabRepair(TAB, DAMAGED, repairs or (HERS,)), now).repairs


def test_a_row_that_stands_where_it_was_is_repaired_there():
    assert again(DAMAGED) == [HERS]


def test_a_row_that_moved_is_repaired_where_it_is_now():
    """Its formula looks at its own row there, and at the others where they are named."""
    now = view(HEADER, ("b", "ours", "=A2&C3"), ("a", "old", "x"))
    (found,) = again(now)
    assert (found.row, found.heals) == (1, True)
    assert found.cells == {1: text_cell("ours"), 2: as_cell("=A2&$A$2&A2")}


def test_a_new_row_that_moved_is_not_complete_by_its_repair():
    """The next pass writes the rest, as of a row whose key it finds."""
    new = Repair(2, {0: text_cell("b")}, row_key="b", formats={0: {"type": "TEXT"}})
    (found,) = again(view(HEADER, ("b", "ours", "=A2&C3")), new)
    assert (found.row, found.row_key, found.heals, found.formats) == (1, "", True, new.formats)


def test_a_row_that_is_like_another_is_left_alone():
    assert again(view(HEADER, ("b", "ours", "=A2"), ("x", "", ""), ("b", "ours", "=A4"))) == []


def test_a_row_that_changed_is_left_alone():
    assert again(view(HEADER, ("b", "hers now", "=A2"))) == []


def test_a_row_of_formulas_alone_is_told_by_nothing():
    damaged = view(HEADER, ("", "", "=A1"))
    one = TabRepair(TAB, damaged, (Repair(1, {0: text_cell("x")}),))
    assert found_again(one, view(HEADER, ("", "", ""), ("", "", "=A9"))).repairs == []


def test_nothing_is_found_in_a_tab_that_is_gone():
    assert again(None) == ()


def test_a_repair_goes_along_with_columns_that_moved():
    """Hers was dragged between ours; the row itself stood still."""
    now = view(("Order ID", "Hers", "Status"), ("a", "x", "old"), ("b", "=A3&B2", "ours"), columns=SHIFTED)
    damaged = Repair(2, {2: text_cell("hers again")}, heals=True)
    assert again(now, damaged) == [Repair(2, {1: text_cell("hers again")}, heals=True)]


def test_a_repair_that_fell_into_another_column_is_taken_back_there_and_done_in_its_own():
    """Under the repair a column was put in: what it wrote stands in hers, which was blank, and its own cell next to it
    is as it was.
    """
    one = TabRepair(TAB, view(HEADER, ("b", "ours", "wrong")), (Repair(1, {2: text_cell("hers")}),))
    now = view(("Order ID", "Status", "", "Hers"), ("b", "ours", "hers", "wrong"))
    assert owed(one, now, one.repairs).repairs == [Repair(1, {2: BLANK, 3: text_cell("hers")})]


def test_repairs_that_fell_into_each_other_s_rows_are_done_in_their_own():
    repairs = (Repair(1, {2: text_cell("of a")}), Repair(2, {2: text_cell("of b")}))
    one = TabRepair(TAB, view(HEADER, ("a", "x", "wrong"), ("b", "y", "wrong too")), repairs)
    now = view(HEADER, ("b", "y", "of a"), ("a", "x", "of b"))
    found = {repair.row: repair.cells for repair in owed(one, now, repairs).repairs}
    assert found == {1: {2: text_cell("of b")}, 2: {2: text_cell("of a")}}


def test_a_row_of_hers_that_came_under_a_repair_gets_its_own_text_back():
    one = TabRepair(TAB, view(HEADER, ("a", "x", "wrong"), ("", "", "her remark")), (Repair(1, {2: text_cell("new")}),))
    now = view(HEADER, ("her own", "", "new"), ("a", "x", "wrong"))
    assert owed(one, now, one.repairs).repairs == [Repair(2, {2: text_cell("new")})]
    blank = view(HEADER, ("c", "z", "new"), ("a", "x", "wrong"))
    known = TabRepair(TAB, view(HEADER, ("a", "x", "wrong"), ("c", "z", "her remark")), one.repairs)
    assert owed(known, blank, one.repairs).repairs == [
        Repair(1, {2: text_cell("her remark")}),
        Repair(2, {2: text_cell("new")}),
    ]


def test_a_repair_that_fell_where_it_should_is_not_taken_back():
    """Somebody typed into another cell of the row meanwhile, so its answer proved nothing."""
    one = TabRepair(TAB, view(HEADER, ("a", "x", "wrong")), (Repair(1, {2: text_cell("hers")}),))
    assert owed(one, view(HEADER, ("a", "typed", "hers")), one.repairs).repairs == []


def test_the_look_around_stays_within_the_grid():
    one = TabRepair(TAB, DAMAGED, (HERS,))
    assert filters_around([one]) == [{"gridRange": {"sheetId": 11, "startRowIndex": 0, "endRowIndex": 20}}]


def test_the_look_around_is_bounded_on_both_sides():
    far = TabRepair(TAB, view(HEADER, row_count=100_000), (Repair(50_000, {}),))
    spans = [(one["gridRange"]["startRowIndex"], one["gridRange"]["endRowIndex"]) for one in filters_around([far])]
    assert spans == [(0, 1), (49_500, 50_500)]


def test_repairs_of_two_writes_are_one_for_each_row():
    """The first write's view is the older one; what it cannot tell the second's may."""
    first = Repair(2, {0: BLANK, 1: text_cell("hers")})
    second = Repair(2, {0: text_cell("b"), 1: text_cell("ours"), 2: text_cell("x")}, heals=True)
    (found,) = joined([first, second])
    assert (found.row, found.heals) == (2, True)
    assert found.cells == {0: text_cell("b"), 1: text_cell("hers"), 2: text_cell("x")}
    assert joined([first, Repair(3, {0: BLANK})]) == [first, Repair(3, {0: BLANK})]


def test_a_repaired_row_is_told_by_what_it_keeps():
    assert kept(DAMAGED, Repair(1, {1: text_cell("old")})) == [text_cell("a"), text_cell("x")]
