"""New rows that arrive late, while columns move: nothing of them stays where it does not belong, and none is lost."""

import pytest

from service.core.roles import Role
from service.errors import UpstreamFailed

MINE = "Mine"


@pytest.fixture
def keyed(rig, paper):
    """Orders on the sheet, the key in front, and a column of the owner's own right of ours."""
    rig.place(3)
    rig.settle()
    paper.hand("move", "COLUMNS", paper.column("Key"), to=0)
    paper.type(f"{chr(ord('A') + len(paper.grid()[0]))}1", MINE)
    rig.live_through(30)
    rig.clock.advance(60)
    return paper


def arrive_late(rig, paper, deed):
    """A new order is written; its write arrives after nobody waits for it any more, and after the deed."""
    (order_id,) = rig.place(1)
    rig.line.hold()
    with pytest.raises(UpstreamFailed):
        rig.run_pass(paper)
    deed()
    rig.line.deliver()
    return order_id


def forget(rig):
    """The process that sent the write is gone."""
    rig.services.memory._unanswered.clear()


def remember(rig):
    """It is there still."""


def texts_of(paper, order_id):
    """Column → what stands there, of each row that names the order or one of its lines."""
    found = [row for row in paper.grid()[1:] if any(str(text).startswith(order_id) for text in row)]
    return [{at: text for at, text in enumerate(row) if text != ""} for row in found]


@pytest.mark.parametrize("fate", [remember, forget])
def test_nothing_of_a_late_row_stays_in_a_column_that_was_put_in(rig, keyed, fate):
    """The key stands where it should, so that the row is ours at once; one cell fell into her column."""
    arrive_late(rig, keyed, lambda: keyed.hand("insert", "COLUMNS", 4))
    assert keyed.grid()[-1][4] != ""
    fate(rig)
    rig.live_through(400, step_s=30)
    assert [row[4] for row in keyed.grid()] == [""] * len(keyed.grid())
    keyed.assert_right()


@pytest.mark.parametrize("fate", [remember, forget])
def test_a_late_row_is_taken_back_when_the_key_column_is_gone(rig, keyed, fate):
    """Nobody can gather it, and the last of our cells fell into her column: nothing of it stays in the tab."""
    order_id = arrive_late(rig, keyed, lambda: keyed.hand("delete", "COLUMNS", 0))
    assert texts_of(keyed, order_id)
    fate(rig)
    keyed.hand("sort", "A")  # it stands elsewhere by the time it is looked for
    rig.live_through(400, step_s=30)
    assert rig.only_binding(keyed).reason == "key-gone"
    assert texts_of(keyed, order_id) == []


def test_a_late_row_is_known_though_columns_moved_since_it_came(rig, keyed):
    """She deletes the key column and puts others in only after it came: no cell stands where it was sent."""
    order_id = arrive_late(rig, keyed, lambda: keyed.hand("insert", "COLUMNS", 0))
    assert texts_of(keyed, order_id)
    keyed.hand("delete", "COLUMNS", 1)
    keyed.hand("insert", "COLUMNS", 0, count=2)
    assert texts_of(keyed, order_id)
    rig.live_through(400, step_s=30)
    assert rig.only_binding(keyed).reason == "key-gone"
    assert texts_of(keyed, order_id) == []


@pytest.mark.parametrize("fate", [remember, forget])
def test_a_late_row_is_known_though_the_key_column_is_where_it_was_sent_again(rig, keyed, fate):
    """She puts a column in front, and drags it away once the row has come: the row's key went along with it."""
    order_id = arrive_late(rig, keyed, lambda: keyed.hand("insert", "COLUMNS", 0))
    keyed.hand("move", "COLUMNS", 0, to=4)
    keyed.hand("move", "ROWS", len(keyed.grid()) - 1, to=1)
    fate(rig)
    rig.live_through(400, step_s=30)
    assert [row[3] for row in keyed.grid()] == [""] * len(keyed.grid())
    assert len(texts_of(keyed, order_id)) == 1
    keyed.assert_right()


@pytest.mark.parametrize("columns", [0, 1], ids=["stand", "moved"])
def test_a_late_row_that_is_gathered_late_itself_is_not_put_in_again(rig, keyed, columns):
    """Its key is written where it belongs by a repair, which arrives only after another pass has looked for the row,
    and beside the key's column when she puts one in before that.
    """
    order_id = arrive_late(rig, keyed, lambda: keyed.hand("insert", "COLUMNS", 0))
    rig.clock.advance(200)
    rig.line.hold()
    with pytest.raises(UpstreamFailed):
        rig.run_pass(keyed)
    rig.live_through(60, step_s=20)
    if columns:
        keyed.hand("insert", "COLUMNS", keyed.column("Key"))
    rig.line.deliver()
    rig.live_through(400, step_s=30)
    assert len(texts_of(keyed, order_id)) == 1
    assert {row[at] for row in keyed.grid()[1:] for at in range(keyed.column("Key"))} == {""}
    keyed.assert_right()


def test_a_late_row_is_gathered_by_a_later_pass_when_google_has_no_room_for_that(rig, keyed):
    """The write is over by then, and named: only this process knows the row."""
    order_id = arrive_late(rig, keyed, lambda: keyed.hand("insert", "COLUMNS", 0))
    rig.clock.advance(195)
    rig.fail("too_many_requests")
    rig.live_through(400, step_s=30)
    assert [row[0] for row in keyed.grid()] == [""] * len(keyed.grid())
    assert len(texts_of(keyed, order_id)) == 1
    keyed.assert_right()


def test_what_she_put_into_a_late_row_meanwhile_is_hers(rig, keyed):
    """Her own text in the column that was put in, and one right of ours, are told from what we sent."""
    arrive_late(rig, keyed, lambda: keyed.hand("insert", "COLUMNS", 4))
    last, column = len(keyed.grid()), keyed.column(MINE)
    keyed.type(f"E{last}", "call them")
    keyed.type(f"{chr(ord('A') + column)}{last}", "1")
    rig.live_through(400, step_s=30)
    assert (keyed.grid()[-1][4], keyed.grid()[-1][column]) == ("call them", 1)
    keyed.assert_right()


def test_what_she_typed_into_a_late_row_without_its_key_is_named_when_that_is_filled(rig, keyed):
    """Nobody knows the row until its key is where it belongs, and then nobody knows any more what was sent to it."""
    arrive_late(rig, keyed, lambda: keyed.hand("insert", "COLUMNS", 0))
    cell = f"{chr(ord('A') + keyed.column('Note'))}{len(keyed.grid())}"
    keyed.type(cell, "call them")
    rig.live_through(400, step_s=30)
    assert rig.named(keyed) == [f"{keyed.tab}!{cell}"]
    keyed.assert_right()


def test_three_tabs_of_late_rows_are_looked_after_two_in_one_pass(rig, keyed):
    """Each of them has to be looked for, which is more than a minute's first calls: the third one comes next."""
    names = [keyed.tab, "Second", "Third"]
    for name in names[1:]:
        rig.bind(keyed, rig.preset("sla_watch_list", Role.WAREHOUSE, name=name))
    rig.settle()
    rig.clock.advance(120)

    def move_keys():
        for name in names:
            keyed.hand("move", "COLUMNS", keyed.column("Key", tab=name), to=4, tab=name)

    order_id = arrive_late(rig, keyed, move_keys)
    for name in names:
        keyed.hand("move", "ROWS", len(keyed.grid(tab=name)) - 1, to=1, tab=name)
    rig.live_through(400, step_s=30)
    for name in names:
        shown = [row for row in keyed.rows(tab=name) if row["Order ID"] == order_id]
        assert len(shown) == 1, name
        assert str(shown[0]["Key"]).startswith(order_id)
