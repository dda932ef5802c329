"""People work in the sheet between our read and our write: the next pass repairs, and their own columns lose nothing.

Sheets knows no conditional write, so this window cannot be closed; the write's own answer tells that it was hit.
"""

import pytest
from flows.mishaps import interpose

NOTE = "My note"


@pytest.fixture
def noted(rig, paper):
    """Eight orders on the sheet, half of them about to change, two more to come, and remarks in a column at the end."""
    placed = rig.place(8)
    rig.settle()
    paper.type("O1", NOTE)
    for number, key in enumerate(paper.keys(), start=2):
        paper.type(f"O{number}", f"about {key}")
    rig.clock.advance(120)
    for order_id in placed[::2]:
        rig.ship(order_id)
    rig.place(2)
    return paper


@pytest.fixture
def google(rig, noted):
    return interpose(rig)


def move_on(rig, paper):
    """Every order goes one step further."""
    status = {row["Order ID"]: row["Status"] for row in paper.rows()}
    for order_id in {row.order_id for row in rig.all_rows(paper).values()}:
        rig.clock.advance(1)
        rig.world.market.take_step(order_id, "scan" if status.get(order_id) == "AWAITING_COLLECTION" else "ship")
        rig.fetch([order_id])


def remarks(paper):
    return {row["Key"]: row[NOTE] for row in paper.rows() if row.get(NOTE)}


#: What a person does in the window → whether the write's answer must show that it was hit.
HANDS = {
    "nothing": (lambda paper: None, False),
    "sort by SKU": (lambda paper: paper.hand("sort", "B"), True),
    "sort downwards by the key": (lambda paper: paper.hand("sort", "N", order="DESCENDING"), True),
    "insert a row at the top": (lambda paper: paper.hand("insert", "ROWS", 1), True),
    "insert rows in the middle": (lambda paper: paper.hand("insert", "ROWS", 5, count=2), True),
    "move a row": (lambda paper: paper.hand("move", "ROWS", 1, to=8), True),
    "delete one of our rows": (lambda paper: paper.hand("delete", "ROWS", 3), True),
    "insert a column at the end": (lambda paper: paper.hand("insert", "COLUMNS", 15), False),
    "type into a cell of ours": (lambda paper: paper.type("C5", "mine"), False),
    "write below": (lambda paper: paper.type("B17", "a total"), False),
}


@pytest.mark.parametrize("deed", HANDS)
def test_a_deed_between_read_and_write_is_repaired_and_doubles_nothing(rig, noted, google, deed):
    act, is_hit = HANDS[deed]
    before = remarks(noted)
    google.before["batch_update"] = [lambda: act(noted)]
    rig.run_pass(noted)
    assert (rig.history(noted)[0].outcome == "raced") is is_hit
    rig.live_through(200, step_s=30)
    move_on(rig, noted)
    rig.live_through(90)
    assert rig.dirty(noted) == []
    noted.assert_right()
    after = remarks(noted)
    gone = set(before) - set(noted.by_key())
    assert len(gone) == (1 if deed == "delete one of our rows" else 0)
    assert {key: text for key, text in before.items() if key not in gone} == after


def test_a_renamed_tab_between_read_and_write_is_looked_for_again(rig, noted, google):
    """The write's answer names ranges by title: it cannot be built, so the outcome is unknown and nothing doubles."""

    def rename():
        noted.hand("rename_tab", "Sam's list")
        noted.tab = "Sam's list"

    google.before["batch_update"] = [rename]
    rig.live_through(260, step_s=30)
    assert rig.only_binding(noted).tab_title == "Sam's list"
    noted.assert_right()
    assert len(noted.by_key()) == len(rig.all_rows(noted))


def test_a_column_put_in_between_read_and_write_doubles_no_order(rig, noted, google):
    """The worst moment: our cells land one column off. No order is doubled, and the next passes set ours right."""
    google.before["batch_update"] = [lambda: noted.hand("insert", "COLUMNS", 3)]
    rig.run_pass(noted)
    assert rig.history(noted)[0].outcome == "raced"
    assert "written while the tab was being changed" in rig.history(noted)[0].reason
    rig.live_through(60)
    noted.assert_right()
    assert rig.dirty(noted) == []


def test_a_moved_key_column_between_read_and_write_doubles_no_order(rig, noted, google):
    google.before["batch_update"] = [lambda: noted.hand("move", "COLUMNS", 13, to=0)]
    rig.run_pass(noted)
    rig.live_through(60)
    noted.assert_right()


def test_rows_that_move_between_two_reads_are_not_taken_for_deleted(rig, noted, google):
    """The key read found them, the next read did not where they were: that is no absence."""
    noted.hand("sort", "N", order="DESCENDING")
    google.before["get_by_filter"] = [lambda: None, lambda: None, lambda: noted.hand("sort", "B")]
    rig.run_pass(noted)
    assert all(row.absent_at is None for row in rig.all_rows(noted).values())
    rig.live_through(30)
    noted.assert_right()


def test_addresses_that_may_hold_somebody_s_text_are_named_in_the_history(rig, noted, google):
    """A row put in above: an update meant for its neighbour fell into a person's row, and the cells are named."""
    google.before["batch_update"] = [lambda: noted.hand("insert", "ROWS", 1)]
    rig.run_pass(noted)
    assert "written while the tab was being changed: " in rig.history(noted)[0].reason
