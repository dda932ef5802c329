"""Every kind of call we make, failing in every way: afterwards each order stands there once and every cell is right.

Whether the call was applied, was not, or lands minutes later, nobody tells us.
"""

import pytest
from flows.mishaps import interpose

from service.flows.memory import Memory
from service.store.tables import intents

NOTE = "My note"
READ_FAULTS = ["unavailable_before", "dropped_before", "bad_gateway"]
WRITE_FAULTS = ["dropped_after", "bad_gateway_after", "internal_error", "late", "late_unavailable"]
READ, WRITE = "get_by_filter", "batch_update"
METHODS = {READ: "spreadsheets.getByDataFilter", WRITE: "spreadsheets.batchUpdate"}


@pytest.fixture
def noted(rig, paper):
    """Six orders, with remarks of the user's beside them."""
    rig.place(6)
    rig.settle()
    write_remarks(paper)
    rig.clock.advance(120)
    return paper


def write_remarks(paper):
    paper.type("O1", NOTE)
    for number, key in enumerate(paper.keys(), start=2):
        paper.type(f"O{number}", f"about {key}")


def remarks(paper):
    return {row["Key"]: row[NOTE] for row in paper.rows() if row.get(NOTE)}


def open_intents(rig):
    with rig.services.store.read() as tx:
        return tx.execute(intents.select()).all()


def ship_some(rig, paper):
    for order_id in sorted({row.order_id for row in rig.all_rows(paper).values()})[::2]:
        rig.ship(order_id)


def sort(paper):
    paper.hand("sort", "N", order="DESCENDING")


#: What waits to be written, the deeds before each call, and which call it is that fails.
CALLS = {
    "spot read": (ship_some, READ, []),
    "key read": (lambda rig, paper: (ship_some(rig, paper), sort(paper)), READ, [None]),
    "look after the key read": (lambda rig, paper: (ship_some(rig, paper), sort(paper)), READ, [None, None]),
    "flush of changes": (ship_some, WRITE, []),
    "flush of new rows": (lambda rig, _paper: rig.place(3), WRITE, []),
    "flush of both": (lambda rig, paper: (ship_some(rig, paper), rig.place(3)), WRITE, []),
    "repair": (
        lambda rig, paper: (ship_some(rig, paper), rig.place(3)),
        WRITE,
        [lambda paper: paper.hand("insert", "COLUMNS", 3)],
    ),
}
CASES = [
    (call, fault)
    for call, (_, method, _) in CALLS.items()
    for fault in (READ_FAULTS if method == READ else WRITE_FAULTS)
]


@pytest.mark.parametrize(("call", "fault"), CASES, ids=[f"{call}, {fault}" for call, fault in CASES])
def test_a_call_that_fails_leaves_no_double_no_hole_and_nothing_stale(rig, noted, call, fault):
    prepare, method, deeds = CALLS[call]
    before = remarks(noted)
    prepare(rig, noted)
    google = interpose(rig)
    google.before[method] = [
        *(lambda deed=deed: deed and deed(noted) for deed in deeds),
        lambda: rig.fail(fault, method=METHODS[method]),
    ]
    rig.live_through(320, step_s=40)
    assert rig.dirty(noted) == []
    assert open_intents(rig) == []
    noted.assert_right()
    assert len(noted.by_key()) == len(rig.all_rows(noted))
    after = remarks(noted)
    assert {key: after.get(key) for key in before} == before
    assert sum(1 for row in noted.grid() if any(row)) == 1 + len(rig.all_rows(noted)), "no junk rows"


@pytest.mark.parametrize("fault", WRITE_FAULTS)
@pytest.mark.parametrize("tab", ["", "0"])
def test_a_set_up_that_fails_makes_one_tab_with_one_header(rig, fault, tab):
    """In a tab of its own, and beside what a tab holds already."""
    rig.place(3)
    paper = rig.spreadsheet()
    if tab:
        paper.tab = "Sheet1"
        paper.hand("paste", "A1", [["Mine"], ["1"]])
    rig.bind(paper, **({"tab": tab, "has_said_yes": True} if tab else {}))
    rig.fail(fault)
    rig.live_through(320, step_s=40)
    assert paper.grid()[0].count("Order ID") == 1
    paper.assert_right()
    assert rig.dirty(paper) == []
    if tab:
        assert [row[-1] for row in paper.grid()[1:3]] == ["Mine", 1]


def test_what_went_there_and_back_while_a_set_up_was_on_its_way_is_right(rig):
    """The tab is made once, and shows the deadline that holds."""
    rig.place(2)
    paper = rig.spreadsheet()
    rig.bind(paper)
    rig.fail("late")
    rig.wake.run_all(rig.services)
    world = rig.world.market.world
    before = {one: world.show(world.orders[one])["rts_sla_time"] for one in world.orders}
    for later_s in (7200, 0):
        for order_id, at in before.items():
            rig.edit(order_id, rts_sla_time=at + later_s)
        rig.live_through(20)
    rig.live_through(300, step_s=30)
    assert paper.grid()[0].count("Order ID") == 1
    paper.assert_right()
    assert rig.dirty(paper) == []


# --- landing late, while people work ---------------------------------------------------------------------------------

#: What a person does while our write is on its way.
MEANWHILE = {
    "nothing": lambda paper: None,
    "a column put in": lambda paper: paper.hand("insert", "COLUMNS", 3),
    "a column of theirs among ours": lambda paper: paper.hand("move", "COLUMNS", 14, to=5),
    "all sorted": sort,
    "a row put in": lambda paper: paper.hand("insert", "ROWS", 2),
    "a row of ours deleted": lambda paper: paper.hand("delete", "ROWS", 2),
}


@pytest.mark.parametrize("deed", MEANWHILE)
@pytest.mark.parametrize("has_died", [False, True], ids=["", "and its sender died"])
def test_a_write_that_lands_100_seconds_late_hurts_nothing_for_long(rig, noted, deed, has_died):
    """A person works in these 100 seconds; what the write hit is found once nothing can arrive any more."""
    before = remarks(noted)
    ship_some(rig, noted)
    rig.place(2)
    rig.fail("late")
    rig.wake.run_all(rig.services)
    if has_died:
        end_here(rig)
    MEANWHILE[deed](noted)
    rig.live_through(330, step_s=30)
    assert rig.dirty(noted) == []
    assert open_intents(rig) == []
    noted.assert_right()
    after = remarks(noted)
    wanted = {key: text for key, text in before.items() if key in noted.by_key()}
    lost = {key for key in wanted if after.get(key) != wanted[key]}
    named = set(rig.named(noted))
    assert not lost or (has_died and len(lost) <= len(named))


def test_a_value_that_went_there_and_back_while_a_write_was_unanswered_is_right_in_the_end(rig, noted):
    """A deadline moves by two hours, the write of it is still on its way, and it moves back: the sheet shows the first
    already when the second arrives.
    """
    order_id = next(iter(rig.all_rows(noted).values())).order_id

    def due():
        (found,) = {row["Due"] for row in noted.rows() if row["Order ID"] == order_id}
        return found

    before = due()
    at = rig.world.market.world.show(rig.world.market.world.orders[order_id])["rts_sla_time"]
    rig.edit(order_id, rts_sla_time=at + 7200)
    rig.fail("late")
    rig.wake.run_all(rig.services)
    rig.edit(order_id, rts_sla_time=at)
    rig.live_through(60)
    assert due() == before
    rig.live_through(60)
    assert round((due() - before) * 24) == 2, "the late write has landed"
    rig.live_through(120)
    assert due() == before
    assert rig.dirty(noted) == []


def end_here(rig):
    """The process is gone with all that it remembered."""
    object.__setattr__(rig.services, "memory", Memory())


BACK = [("insert", "late"), ("repair", "late"), ("update", "killed"), ("insert", "killed"), ("repair", "killed")]


@pytest.mark.parametrize(("call", "fate"), BACK, ids=[f"{call}, {fate}" for call, fate in BACK])
def test_a_deadline_that_moved_and_moved_back_is_right_whatever_call_was_unanswered(rig, noted, call, fate):
    """The call lands late, or landed and its sender died; meanwhile the deadline goes there and back."""
    order_id = rig.place(1)[0] if call == "insert" else next(iter(rig.all_rows(noted).values())).order_id
    at = rig.world.market.world.show(rig.world.market.world.orders[order_id])["rts_sla_time"]
    if call != "insert":
        rig.edit(order_id, rts_sla_time=at + 7200)
    google = interpose(rig)
    google.before[WRITE] = [
        *([lambda: noted.hand("insert", "COLUMNS", 3)] if call == "repair" else []),
        lambda: rig.fail("late" if fate == "late" else "dropped_after"),
    ]
    rig.wake.run_all(rig.services)
    if fate == "killed":
        end_here(rig)
    if call == "insert":
        rig.edit(order_id, rts_sla_time=at + 7200)
        rig.live_through(20)
    rig.edit(order_id, rts_sla_time=at)
    rig.live_through(330, step_s=30)
    assert open_intents(rig) == []
    noted.assert_right()


def test_a_list_of_their_own_that_names_an_order_is_not_taken_for_a_lost_row(rig, noted):
    """An insert never arrives, the columns move, and where the key column was stands a list of the user's own with
    that very key: it stays, and the order is put in below.
    """
    rig.place(1)
    rig.fail("internal_error")
    rig.wake.run_all(rig.services)
    (key, *_) = [key for key, row in rig.all_rows(noted).items() if row.sent_at is not None]
    noted.hand("move", "COLUMNS", 13, to=0)
    noted.hand("insert", "COLUMNS", 13)
    noted.hand("paste", "L20", [["in", "my", f"'{key}"]])
    mine = noted.grid()[19]
    end_here(rig)
    rig.live_through(260, step_s=30)
    noted.assert_right()
    assert mine in noted.grid()
