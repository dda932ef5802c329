"""What people type into our cells is replaced and named in the history, whatever found it; and nothing else is."""

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from flows.mishaps import Fate, KilledError, MortalGoogle, MortalStore, interpose

from service.core.cells import BLANK, Cell, Form, text_cell
from service.errors import UpstreamFailed
from service.flows import typed_over
from service.google.grid import a1_cell, column_letters
from service.store import audits, leases

MINUTE = 60


@pytest.fixture
def listed(rig, paper):
    rig.place(8)
    rig.settle()
    rig.live_through(30)
    return paper


def live_on(rig, *, under_the_write):
    """Twenty minutes pass; this happens between our next read and the write after it."""
    google = interpose(rig)
    google.before["batch_update"] = [under_the_write]
    rig.live_through(20 * MINUTE, step_s=60)


def test_a_text_that_an_audit_finds_is_named_before_it_is_replaced(rig, listed):
    """No order changed, so no write of ours met it: without the audit nobody would know."""
    listed.type("C3", "typed over")
    rig.live_through(20 * MINUTE, step_s=60)
    listed.assert_right()
    assert rig.named(listed) == [f"{listed.tab}!C3"]


def test_a_text_that_a_write_of_the_row_meets_is_named_once(rig, listed):
    """The write names it, and leaves nothing for the audit to find."""
    rig.clock.advance(60)
    orders = {order.id for order in rig.world.market.world.state.orders}
    listed.type("C2", "typed over")
    rig.ship(next(one for one in orders if one == listed.rows()[0]["Order ID"]))
    rig.live_through(20 * MINUTE, step_s=60)
    listed.assert_right()
    assert rig.named(listed) == [f"{listed.tab}!C2"]


def test_a_text_that_moves_away_under_the_write_is_named_where_the_next_one_replaces_it(rig, listed):
    """A row is put in above between our read and our write: the text stands one lower, and is spared once."""
    rig.clock.advance(60)
    listed.type("C2", "typed over")
    for row in listed.rows()[:2]:  # neighbours, so that the answer shows where the first has gone
        rig.ship(row["Order ID"])
    live_on(rig, under_the_write=lambda: listed.hand("insert", "ROWS", 1))
    listed.assert_right()
    assert f"{listed.tab}!C3" in rig.named(listed)


def test_a_text_that_moves_out_of_the_answer_s_sight_is_named_where_the_next_one_replaces_it(rig, listed):
    """The tab ends with its last row, so that the answer does not show the row that is put in above pushing it down."""
    rig.clock.advance(60)
    last = len(listed.grid())
    listed.type(f"C{last}", "typed over")
    cut = {"sheetId": listed.sheet_id(), "gridProperties": {"rowCount": last}}
    listed.change({"updateSheetProperties": {"properties": cut, "fields": "gridProperties.rowCount"}})
    rig.ship(listed.rows()[-1]["Order ID"])
    live_on(rig, under_the_write=lambda: listed.hand("insert", "ROWS", 1))
    listed.assert_right()
    assert f"{listed.tab}!C{last + 1}" in rig.named(listed)


def test_a_text_in_a_row_that_moves_up_out_of_sight_under_the_write_is_named_where_it_is_replaced(rig, listed):
    """Rows above it go: what was sent falls into the blank row below all."""
    rig.clock.advance(60)
    last = len(listed.grid())
    listed.type(f"C{last}", "typed over")
    rig.ship(listed.rows()[-1]["Order ID"])
    live_on(rig, under_the_write=lambda: listed.hand("delete", "ROWS", 1, count=3))
    assert f"{listed.tab}!C{last - 3}" in rig.named(listed)


def test_a_text_in_a_row_that_is_copied_under_the_write_is_named_in_both(rig, listed):
    """The copy stands above: the write misses both, and what stands in them is not known when they are written."""
    rig.clock.advance(60)
    listed.type("C3", "typed over")
    for order_id in dict.fromkeys(row["Order ID"] for row in listed.rows()[:3]):  # the answer shows all three
        rig.ship(order_id)
    live_on(
        rig,
        under_the_write=lambda: (listed.hand("duplicate_row", 2), listed.hand("move", "ROWS", 3, to=1)),
    )
    assert {f"{listed.tab}!C2", f"{listed.tab}!C4"} <= set(rig.named(listed))


def test_a_text_in_one_of_two_copies_of_a_row_is_named_in_that_one(rig, listed):
    """Both are written alike, and only what one of them held is lost."""
    rig.clock.advance(60)
    listed.hand("duplicate_row", 2)
    rig.live_through(20 * MINUTE, step_s=60)
    at = f"{column_letters(listed.column('Status'))}4"
    listed.type(at, "typed over")
    rig.ship(listed.rows()[2]["Order ID"])
    rig.live_through(20 * MINUTE, step_s=60)
    assert rig.named(listed) == [f"{listed.tab}!{at}"]


def test_a_text_beside_a_cell_that_another_row_s_write_fell_into_is_named(rig, listed):
    """What the row shows is known but for the cell that was hit, so that her text in it is not taken for ours."""
    rig.clock.advance(60)
    ids = [row["Order ID"] for row in listed.rows()]
    hit = next(at for at, order_id in enumerate(ids) if ids.count(order_id) == 1 and order_id != ids[at + 1])
    listed.type(f"C{hit + 2}", "typed over")
    rig.ship(ids[hit + 1])
    live_on(rig, under_the_write=lambda: listed.hand("insert", "ROWS", 1))
    listed.assert_right()
    assert f"{listed.tab}!C{hit + 3}" in rig.named(listed)


def test_a_text_into_which_another_row_s_write_fell_is_named(rig, listed):
    """Nobody had read it, so the history names the cell that may have held one."""
    rig.clock.advance(60)
    ids = [row["Order ID"] for row in listed.rows()]
    hit = next(at for at, order_id in enumerate(ids) if ids.count(order_id) == 1 and order_id != ids[at + 1])
    tracking = column_letters(listed.column("Tracking #"))
    listed.type(f"{tracking}{hit + 2}", "typed over")
    rig.edit(ids[hit + 1], tracking_number="FIRST")
    live_on(rig, under_the_write=lambda: listed.hand("insert", "ROWS", 1))
    listed.assert_right()
    assert f"{listed.tab}!{tracking}{hit + 3}" in rig.named(listed)


def test_a_text_in_a_row_whose_insert_got_no_answer_is_named_by_the_write_that_replaces_it(rig, listed):
    """Nothing of the row was ever proved, but it is known what was sent into it."""
    rig.clock.advance(60)
    (order_id,) = rig.place(1)
    rig.fail("dropped_after")
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    last = len(listed.grid())
    assert listed.rows()[-1]["Order ID"] == order_id
    listed.type(f"C{last}", "typed over")
    rig.live_through(20 * MINUTE, step_s=60)
    listed.assert_right()
    assert rig.named(listed) == [f"{listed.tab}!C{last}"]


def test_a_sort_of_some_of_our_columns_names_nothing(rig, listed):
    """Every value in it is ours, only in another row: nobody's text is replaced."""
    listed.hand("sort", "B", cells="A2:C9")
    rig.live_through(20 * MINUTE, step_s=60)
    listed.assert_right()
    assert rig.named(listed) == []


def test_a_formula_of_ours_that_lost_its_column_is_nobody_s_text(rig, listed):
    """The countdown points at the deadline; that column is deleted, and each row is written once more."""
    order_id = listed.rows()[0]["Order ID"]
    listed.hand("delete", "COLUMNS", listed.column("Due"))
    rig.clock.advance(60)
    rig.ship(order_id)
    rig.live_through(20 * MINUTE, step_s=60)
    listed.assert_right(without=["Due"])
    assert rig.named(listed) == []


@pytest.fixture
def unanswered(rig, listed):
    """An order was shipped; the write got no answer. Whether it was applied is for the test to say."""
    rig.clock.advance(60)
    order_id = listed.rows()[0]["Order ID"]
    rig.edit(order_id, tracking_number="FIRST")

    def send(fault):
        rig.fail(fault)
        with pytest.raises(UpstreamFailed):
            rig.run_pass(listed)
        return order_id

    return send


def tracking(paper):
    """The first order's tracking number, as a cell is called."""
    return f"{column_letters(paper.column('Tracking #'))}2"


def test_a_text_typed_after_a_write_without_an_answer_is_named(rig, listed, unanswered):
    """What the row shows is not known, but what was sent to it is: this is neither."""
    unanswered("dropped_before")
    listed.type(tracking(listed), "call the carrier")
    rig.live_through(60)
    assert rig.named(listed) == [f"{listed.tab}!{tracking(listed)}"]
    listed.assert_right()


def test_what_a_write_without_an_answer_did_put_there_is_nobody_s_text(rig, listed, unanswered):
    """It was applied, and the order changed once more: what is replaced is our own."""
    order_id = unanswered("dropped_after")
    assert listed.rows()[0]["Tracking #"] == "FIRST"
    rig.edit(order_id, tracking_number="SECOND")
    rig.live_through(60)
    assert listed.rows()[0]["Tracking #"] == "SECOND"
    assert rig.named(listed) == []


def test_a_text_in_a_row_that_is_only_read_along_with_a_lost_write_is_named_once(rig, listed, unanswered):
    """It stands between two rows that the write was sent to: the audit tells of it, and whoever looks after the write
    does not.
    """
    rig.edit(listed.rows()[2]["Order ID"], tracking_number="THIRD")
    unanswered("dropped_before")
    listed.type("C3", "typed over")
    rig.live_through(20 * MINUTE, step_s=30)
    assert rig.named(listed) == [f"{listed.tab}!C3"]
    listed.assert_right()


def test_what_a_late_write_put_into_another_column_of_ours_is_nobody_s_text(rig, listed, unanswered):
    """Columns moved under it: what it sent stands where something else belongs, and is put right in silence."""
    unanswered("dropped_before")
    listed.type(f"{column_letters(listed.column('Flag'))}3", "FIRST")
    rig.write(audits.hasten, [rig.only_binding(listed).id], rig.clock.now())
    rig.live_through(60)
    listed.assert_right()
    assert rig.named(listed) == []


def test_a_text_that_an_audit_finds_while_a_write_to_its_row_is_open_is_named_once(rig, listed, unanswered):
    """What the row shows is known, and so is what that write sent: whoever replaces the text names it."""
    unanswered("dropped_before")
    rig.live_through(30)
    listed.type("C2", "typed over")
    rig.write(audits.hasten, [rig.only_binding(listed).id], rig.clock.now())
    rig.live_through(60)
    assert rig.named(listed) == [f"{listed.tab}!C2"]
    listed.assert_right()


@pytest.fixture
def typed_and_due(rig, listed):
    """A person typed over a tracking number that is about to be written. Returns the cell."""
    rig.clock.advance(60)
    rig.edit(listed.rows()[0]["Order ID"], tracking_number="FIRST")
    listed.type(tracking(listed), "call the carrier")
    return f"{listed.tab}!{tracking(listed)}"


@pytest.mark.parametrize("fault", ["dropped_before", "dropped_after"])
def test_a_text_is_named_once_whether_or_not_the_write_that_met_it_got_an_answer(rig, listed, typed_and_due, fault):
    """And whether or not it was applied: who looks after it finds the text, or what was sent in its place."""
    rig.fail(fault)
    rig.live_through(10 * MINUTE)
    listed.assert_right()
    assert rig.named(listed) == [typed_and_due]


@pytest.mark.parametrize("fault", ["dropped_before", "dropped_after"])
def test_a_text_is_named_once_by_a_process_that_forgot_what_it_sent(rig, listed, typed_and_due, fault):
    rig.fail(fault)
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    rig.services.memory._unanswered.clear()
    rig.live_through(10 * MINUTE)
    listed.assert_right()
    assert rig.named(listed) == [typed_and_due]


def test_two_texts_in_one_cell_are_named_each(rig, listed, typed_and_due):
    """The first is replaced by a write without an answer, the second by the one that comes after it."""
    rig.fail("dropped_after")
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    listed.type(tracking(listed), "call them again")
    rig.live_through(10 * MINUTE, step_s=30)
    listed.assert_right()
    assert rig.named(listed) == [typed_and_due, typed_and_due]


def test_two_texts_in_one_cell_are_named_each_when_the_write_between_them_is_over(rig, listed, typed_and_due):
    """Both are found at once, by the look for what the write has done."""
    rig.fail("dropped_after")
    with pytest.raises(UpstreamFailed):
        rig.run_pass(listed)
    rig.clock.advance(195)
    listed.type(tracking(listed), "call them again")
    rig.live_through(10 * MINUTE, step_s=30)
    listed.assert_right()
    assert rig.named(listed) == [typed_and_due, typed_and_due]


@pytest.mark.parametrize("dies_at", range(1, 12))
def test_a_text_is_named_once_wherever_the_pass_dies(rig, listed, typed_and_due, dies_at):
    """In the history with the very transaction that says that it was replaced, not after it."""
    whole = rig.services
    fate = Fate(dies_at)
    rig.services = replace(whole, store=MortalStore(whole.store, fate), google=MortalGoogle(whole.google, fate))
    with contextlib.suppress(KilledError):
        rig.run_pass(listed)
    rig.services = whole
    rig.live_through(10 * MINUTE)
    listed.assert_right()
    assert rig.named(listed) == [typed_and_due]


def test_a_text_is_named_when_another_worker_takes_over_after_the_write(rig, listed, typed_and_due):
    google = interpose(rig)
    later = rig.clock.now() + timedelta(seconds=31)
    until = later + timedelta(seconds=1)
    google.after["batch_update"] = [
        lambda: rig.write(leases.take_lease, listed.spreadsheet_id, holder="another", now=later, until=until)
    ]
    rig.run_pass(listed)
    rig.live_through(10 * MINUTE)
    listed.assert_right()
    assert rig.named(listed) == [typed_and_due]


FORMULA = Cell(Form.FORMULA, "=A2")


@pytest.mark.parametrize(
    ("found", "kept", "is_typed"),
    [
        (text_cell("hers"), text_cell("ours"), True),
        (text_cell("hers"), FORMULA, True),
        (text_cell("hers"), BLANK, True),
        (text_cell("ours"), text_cell("ours"), False),
        (BLANK, text_cell("ours"), False),
        (Cell(Form.FORMULA, "=#REF!"), FORMULA, False),
        (Cell(Form.FORMULA, "=B2"), text_cell("ours"), True),
    ],
)
def test_a_cell_is_somebody_s_when_it_is_neither_ours_nor_blank(found, kept, is_typed):
    assert typed_over.keys(found={"status": found}, kept={"status": kept}) == ["status"] * is_typed


def test_a_cell_that_no_image_knows_is_somebody_s():
    """A buyer's data is kept as a fingerprint only: what does not fit it has no entry."""
    assert typed_over.keys(found={"name": text_cell("x")}, kept={}) == ["name"]


def test_a_text_whose_column_moves_under_the_write_is_named_where_another_value_of_its_row_fell_upon_it(rig, listed):
    """She drags a column from the left of both to the right: what was meant for the one beside comes upon her text."""
    rig.clock.advance(60)
    beside, at = listed.column("Carrier"), listed.column("Tracking #")
    assert at == beside + 1
    listed.type(a1_cell(1, at), "typed over")
    rig.ship(listed.rows()[0]["Order ID"])
    live_on(rig, under_the_write=lambda: listed.hand("move", "COLUMNS", 1, to=len(listed.grid()[0])))
    listed.assert_right()
    assert f"{listed.tab}!{a1_cell(1, beside)}" in rig.named(listed)
