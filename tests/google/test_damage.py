"""A write that fell among moved rows and columns: what is put back, what is named, what is left to the next pass."""

from dataclasses import replace

from service.core.cells import BLANK, Cell, Form, number_cell, text_cell
from service.google import damage, traces
from service.google.batch import RowInsert, RowUpdate, TabEdit
from service.google.damage import Damage
from service.google.repairs import Repair
from service.google.tabs import OwnedTab, TabView

TAB = OwnedTab("b1", 11, 0, {"order_id": "Order ID", "status": "Status", "note": "Note"}, "order_id")
COLUMNS = {"order_id": 0, "status": 1, "note": 3}
HEADER = ("Order ID", "Status", "mine", "Note")
OURS = {"a", "b", "c"}


def view(*lines, columns=COLUMNS, start=0):
    rows = {at: tuple(text_cell(text) for text in line) for at, line in enumerate(lines, start)}
    missing = tuple(key for key in TAB.headers if key not in columns)
    return TabView("Orders", 20, 6, columns, missing, rows, len(lines))


BEFORE = view(HEADER, ("a", "old", "hers a", "n"), ("b", "old", "hers b", "m"), ("", "her total", "x", ""))
UPDATE = RowUpdate("a", 1, {"status": text_cell("new")})


def assess(after, *, updates=(UPDATE,), inserts=()):
    edit = TabEdit(TAB, BEFORE, frozenset(), updates, inserts)
    keys = {one.row_key for one in (*updates, *inserts)}
    return damage.assess(edit, after, missed=keys, known=OURS & damage.keys_of(edit, after))


def test_a_row_of_another_order_is_only_to_be_sent_again():
    after = view(HEADER, ("b", "new", "hers b", "m"))
    assert assess(after) == Damage(hit=("b",))


def test_a_row_of_another_order_that_was_not_read_is_named_too():
    """A person may have typed over the cell since it was last written."""
    after = view(HEADER, ("c", "new", "hers c", "k"))
    assert assess(after) == Damage(hit=("c",), foreign=("B2",))


def test_a_text_typed_into_a_row_that_came_under_the_write_is_named():
    """The view before knows that a person had typed into the cell; into the other of the row she had not."""
    edit = TabEdit(TAB, BEFORE, frozenset(), [RowUpdate("a", 1, {"status": text_cell("new"), "note": text_cell("p")})])
    after = view(HEADER, ("b", "new", "hers b", "p"), ("a", "old", "hers a", "n"))
    found = damage.assess(edit, after, missed={"a"}, known=OURS, typed={(2, "note")})
    assert found == Damage(hit=("b",), foreign=("D2",))


def test_a_text_in_a_cell_that_another_value_of_its_row_came_into_is_named():
    """The column of what was sent gave way to the one in which she had typed."""
    after = view(HEADER, ("a", "new", "hers a", "old"), columns={**COLUMNS, "note": 1, "status": 3})
    edit = TabEdit(TAB, BEFORE, frozenset(), [UPDATE])
    assert damage.assess(edit, after, missed={"a"}, known=OURS, typed={(1, "note")}).foreign == ("B2",)


def test_a_row_of_theirs_gets_its_text_back():
    """It was pushed up into the place of an order's row; what it said in our column is known from before."""
    after = view(HEADER, ("", "new", "x", ""))
    assert assess(after) == Damage((Repair(1, {1: text_cell("her total")}),), (), ("B2",))


def test_a_row_that_nobody_knows_is_rid_of_our_cells_and_named():
    after = view(HEADER, ("", "new", "unseen", ""))
    assert assess(after) == Damage((Repair(1, {1: BLANK}),), (), ("B2",))


def test_a_text_of_theirs_in_the_key_column_makes_a_row_no_order_s():
    after = view(HEADER, ("sum", "new", "", ""))
    assert assess(after) == Damage((Repair(1, {1: BLANK}),), (), ("B2",))


def test_a_key_that_we_wrote_over_is_put_back():
    """Everything went one column to the right, so the status fell into the key's cell; the row is known by the rest."""
    after = view(("", *HEADER), ("", "new", "old", "hers a", "n"), columns={"order_id": 1, "status": 2, "note": 4})
    assert assess(after) == Damage((Repair(1, {1: text_cell("a")}, heals=True),), ("a",))


def test_a_row_all_of_which_we_wrote_over_is_its_order_s_while_no_other_has_moved():
    """The key column came under a cell of the write: nothing in the row tells any more whose it is, the next does."""
    before = view(HEADER, ("a", "", "", ""), ("b", "old", "hers b", "m"))
    edit = TabEdit(TAB, before, frozenset(), [RowUpdate("a", 1, {"status": text_cell("new"), "note": text_cell("p")})])
    header, columns = ("Status", "Order ID", "mine", "Note"), {"status": 0, "order_id": 1, "note": 3}
    after = view(header, ("", "new", "", "p"), ("old", "b", "hers b", "m"), columns=columns)
    found = damage.assess(edit, after, missed={"a"}, known=OURS)
    assert found == Damage((Repair(1, {1: text_cell("a")}, heals=True),), ("a",))
    moved = view(header, ("", "new", "", "p"), ("older", "c", "hers c", "k"), columns=columns)
    assert damage.assess(edit, moved, missed={"a"}, known=OURS).hit == ()


def test_a_cell_of_theirs_that_we_wrote_over_is_put_back():
    after = view(
        ("Order ID", "mine", "Status", "Note"), ("a", "new", "old", "n"), ("b", "hers b", "old", "m"),
        columns={"order_id": 0, "status": 2, "note": 3},
    )  # fmt: skip
    assert assess(after) == Damage((Repair(1, {1: text_cell("hers a")}, heals=True),), ("a",), ("B2",))


def test_a_header_that_we_wrote_over_is_put_back():
    """Somebody put a row in above it."""
    after = view(("", "", "", ""), ("Order ID", "new", "mine", "Note"))
    assert assess(after) == Damage((Repair(1, {1: text_cell("Status")}),), (), ("B2",))


def test_a_new_row_is_put_right_in_place():
    """It was blank, so its cells are taken out of the wrong columns and all of them written into the right ones."""
    insert = RowInsert("c", {"order_id": text_cell("c"), "status": Cell(Form.FORMULA, "={note}")})
    after = view(
        ("Order ID", "", "Status", "mine", "Note"), ("c", "=D5", "", "", ""), start=4,
        columns={"order_id": 0, "status": 2, "note": 4},
    )  # fmt: skip
    found = assess(replace(after, rows={0: after.rows[4], 4: after.rows[5]}), updates=(), inserts=[insert])
    cells = {1: BLANK, 2: Cell(Form.FORMULA, "=E5")}
    assert found == Damage((Repair(4, cells, row_key="c", heals=True, formats={}),))


def test_a_new_row_whose_formula_lost_its_column_under_the_write_holds_the_number_itself():
    """Somebody deleted the column that it points at, between our read and our write."""
    cells = {"order_id": text_cell("d"), "status": Cell(Form.FORMULA, "={note}-NOW()"), "note": number_cell(46351.5)}
    gone = view(("Order ID", "Status", "mine"), ("", "", ""), columns={"order_id": 0, "status": 1})
    found = assess(gone, updates=(), inserts=(RowInsert("d", cells),))
    (repair,) = found.repairs
    assert repair.cells[1] == Cell(Form.FORMULA, "=(46351.5)-NOW()")


def test_a_formula_that_landed_late_is_known_in_the_sheet_s_own_separators():
    """We write with semicolons, and a sheet in English answers with commas."""
    left = Cell(Form.FORMULA, '=IF(ISNUMBER(46351.5); 46351.5-NOW(); "")')
    edit = TabEdit(TAB, BEFORE, frozenset(), (RowUpdate("a", 1, {"status": left}),), ())
    after = view(HEADER, ("", "", "", ""))
    there = Cell(Form.FORMULA, '=IF(ISNUMBER(46351.5),46351.5-NOW(),"")')
    after = replace(after, rows={**after.rows, 1: (BLANK, there, BLANK, BLANK)})
    puts = traces.landed(edit, after)
    assert [dict(put.cells) for put in puts] == [{1: left}]
    found = damage.assess(edit, after, missed={"a"}, known=OURS & damage.keys_of(edit, after), puts=puts)
    assert (found.repairs, found.foreign) == ((Repair(1, {1: BLANK}),), ("B2",))
    other = replace(after, rows={**after.rows, 1: (BLANK, Cell(Form.FORMULA, "=NOW()"), BLANK, BLANK)})
    assert traces.landed(edit, other) == []


def test_what_landed_late_is_told_by_what_stands_there():
    """Only cells that show what was sent are taken for ours."""
    edit = TabEdit(TAB, BEFORE, frozenset(), [UPDATE, RowUpdate("b", 2, {"status": text_cell("newer")})])
    after = view(HEADER, ("a", "new", "hers a", "n"), ("b", "typed", "hers b", "m"))
    assert [(put.row_key, dict(put.cells)) for put in traces.landed(edit, after)] == [("a", {1: text_cell("new")})]


def test_a_row_whose_key_a_late_write_hurt_may_be_known_otherwise():
    """Another write of ours has changed since what its cells showed, so the view before tells nothing of it."""
    edit = TabEdit(TAB, BEFORE, frozenset(), [UPDATE])
    after = view(
        ("", *HEADER), ("", "new", "newer", "hers a", "noted"), columns={"order_id": 1, "status": 2, "note": 4}
    )
    wishes = {"missed": {"a"}, "known": OURS & damage.keys_of(edit, after), "puts": traces.landed(edit, after)}
    assert damage.assess(edit, after, **wishes) == Damage((Repair(1, {1: BLANK}),), (), ("B2",))
    found = damage.assess(edit, after, **wishes, standing={1: "a"})
    assert found == Damage((Repair(1, {1: text_cell("a")}, heals=True),), ("a",))


def test_a_late_update_whose_row_was_gone_is_found_below_what_came_in_above_it():
    both = RowUpdate("a", 1, {"status": text_cell("new"), "note": text_cell("noted")})
    edit = TabEdit(TAB, BEFORE, frozenset(), [both])
    stray = ("", "new", "", "noted")
    ((put, at),) = traces.astray(edit, view(HEADER, ("b", "old", "", "m"), stray))
    assert (put.row_key, put.row, at) == ("a", 1, 2)
    assert traces.astray(edit, view(HEADER, ("b", "old", "", "m"), ("", "new", "hers", "noted"))) == [], "her row"
    assert traces.astray(edit, view(HEADER, ("b", "old", "", "m"), stray, stray)) == [], "which one cannot be told"
    assert traces.astray(edit, view(HEADER, stray)) == [], "it stands where it was sent"
    own = view(HEADER, ("b", "old", "", "m"), stray, ("a", "", "hers a", ""))
    assert traces.astray(edit, own) == [], "its own row is there: she carried its cells herself"


def test_a_late_value_in_a_column_of_hers_is_found_where_the_columns_beside_it_took_it():
    """Hers was gone when the write came, so that it fell beside our last column; then that one went too."""
    edit = TabEdit(TAB, BEFORE, frozenset(), [RowUpdate("a", 1, {"note": text_cell("noted")})])
    after = view(("Order ID", "Status", ""), ("a", "old", "noted"), columns={"order_id": 0, "status": 1})
    ((put, sent_to),) = [(put, dict(put.sent_to)) for put in traces.landed(edit, after)]
    assert (dict(put.cells), sent_to, put.address(2)) == ({2: text_cell("noted")}, {2: 3}, "D2")
    found = damage.assess(edit, after, missed={"a"}, known={"a"}, puts=[put])
    assert found.repairs == (Repair(1, {2: BLANK}, heals=True),)
    keyless = view(("Status", ""), ("old", "noted"), columns={"status": 0})
    assert [dict(put.cells) for put in traces.landed(edit, keyless)] == [{1: text_cell("noted")}], "the key column went"
    assert traces.landed(edit, view(("Status", ""), ("other", "noted"), columns={"status": 0})) == [], "another row"
    unmoved = view((*HEADER, ""), ("a", "old", "noted", "n", "noted"))
    assert traces.landed(edit, unmoved) == [], "our columns stand as they stood: she typed it"


def test_what_a_late_write_made_blank_in_a_row_of_hers_is_named_too():
    """She put a row in above: of what stood in the cell that is blank now nothing can be seen."""
    edit = TabEdit(TAB, BEFORE, frozenset(), [RowUpdate("a", 1, {"status": text_cell("new"), "note": BLANK})])
    after = view(HEADER, ("", "new", "her own", ""), ("a", "old", "hers a", "n"))
    puts = traces.landed(edit, after)
    found = damage.assess(edit, after, missed={"a"}, known={"a"}, puts=puts)
    assert found == Damage((Repair(1, {1: BLANK}),), (), ("D2", "B2"))
    own = view(HEADER, ("a", "new", "hers a", ""))
    assert damage.assess(edit, own, missed={"a"}, known={"a"}, puts=traces.landed(edit, own)).foreign == ()


def test_what_a_late_write_made_blank_in_a_column_of_hers_gets_its_text_back():
    """Her column was dragged to where our note had stood; that the write came tells the status beside it."""
    edit = TabEdit(TAB, BEFORE, frozenset(), [RowUpdate("a", 1, {"status": text_cell("new"), "note": BLANK})])
    after = view(
        ("Order ID", "Status", "Note", "mine"), ("a", "new", "n", ""), ("b", "old", "m", "hers b"),
        columns={"order_id": 0, "status": 1, "note": 2},
    )  # fmt: skip
    found = damage.assess(edit, after, missed={"a"}, known={"a", "b"}, puts=traces.landed(edit, after))
    assert found == Damage((Repair(1, {3: text_cell("hers a")}, heals=True),), ("a",), ("D2",))


def test_a_late_value_that_its_column_took_along_is_known_where_the_column_is_by_now():
    """It fell into a row of hers; then she dragged our column. It is named by the cell in which her text stood."""
    edit = TabEdit(TAB, BEFORE, frozenset(), [RowUpdate("a", 3, {"status": text_cell("new"), "note": BLANK})])
    moved = {"order_id": 0, "status": 2, "note": 3}
    after = view(("Order ID", "mine", "Status", "Note"), ("a", "hers a", "old", "n"), ("b", "hers b", "old", "m"),
                 ("", "x", "new", ""), columns=moved)  # fmt: skip
    puts = traces.landed(edit, after)
    assert [(put.row, dict(put.cells), put.emptied) for put in puts] == [(3, {2: text_cell("new")}, (3,))]
    found = damage.assess(edit, after, missed={"a"}, known={"a", "b"}, puts=puts)
    assert found == Damage((Repair(3, {2: text_cell("her total")}),), (), ("D4", "B4"))


def test_a_late_value_that_its_row_took_along_in_a_column_of_hers_is_known_where_the_row_is_by_now():
    """She had put a column in where ours stood; then she moved the row."""
    edit = TabEdit(TAB, BEFORE, frozenset(), [UPDATE])
    moved = {"order_id": 0, "status": 2, "note": 4}
    after = view(("Order ID", "", "Status", "mine", "Note"), ("b", "", "old", "hers b", "m"),
                 ("a", "new", "old", "hers a", "n"), ("", "", "her total", "x", ""), columns=moved)  # fmt: skip
    puts = traces.landed(edit, after)
    assert [(put.row, dict(put.cells)) for put in puts] == [(2, {1: text_cell("new")})]
    found = damage.assess(edit, after, missed={"a"}, known={"a", "b"}, puts=puts)
    assert found.repairs == (Repair(2, {1: BLANK}, heals=True),)


def test_a_lone_late_value_that_was_pushed_down_is_in_doubt_and_one_that_stood_there_before_is_not():
    edit = TabEdit(TAB, BEFORE, frozenset(), [UPDATE])
    pushed = view(HEADER, ("b", "old", "hers b", "m"), ("", "new", "", ""))
    assert [put.address(1) for put in traces.displaced(edit, pushed, OURS)] == ["B2"]
    back = view(HEADER, ("a", "old", "", ""), ("", "new", "", ""))
    assert [put.address(1) for put in traces.displaced(edit, back, OURS)] == ["B2"], "its own row may have come back"
    same = RowUpdate("a", 1, {"status": text_cell("her total")})
    assert traces.displaced(TabEdit(TAB, BEFORE, frozenset(), [same]), BEFORE, {"b"}) == [], "it stood there"


def test_a_late_value_that_was_pushed_down_is_in_doubt_whatever_stands_beside_our_columns():
    """She wrote a remark beside it since, or the row is where another cell of the write was to go."""
    lower = view(HEADER, ("b", "old", "hers b", "m"), ("", "", "", ""), ("", "", "", ""), ("", "new", "since", ""))
    edit = TabEdit(TAB, BEFORE, frozenset(), [UPDATE])
    assert [put.address(1) for put in traces.displaced(edit, lower, OURS)] == ["B2"]
    other = RowUpdate("c", 4, {"note": text_cell("p")})
    assert [put.address(1) for put in traces.displaced(replace(edit, updates=[UPDATE, other]), lower, OURS)] == ["B2"]
    more = replace(lower, rows={**lower.rows, 4: (text_cell("d"), text_cell("new"), BLANK, BLANK)})
    assert traces.displaced(edit, more, OURS) == [], "a row that shows more of its own and was not seen before"


def test_what_a_late_write_made_blank_goes_along_with_its_columns():
    """Both columns were pushed aside since: the cell in which nothing stood before says no more where it stands."""
    edit = TabEdit(TAB, BEFORE, frozenset(), [RowUpdate("a", 1, {"status": text_cell("new"), "note": BLANK})])
    after = view(("Order ID", "", "Status", "mine", "Note"), ("", "", "new", "hers a", ""),
                 columns={"order_id": 0, "status": 2, "note": 4})  # fmt: skip
    ((put, sent_to),) = [(put, dict(put.sent_to)) for put in traces.landed(edit, after)]
    assert (dict(put.cells), put.emptied, sent_to) == ({2: text_cell("new")}, (4,), {2: 1, 4: 3})
