"""The judge judged: which texts the history has to name, and where."""

from stateful.deeds import Deed
from stateful.ours import arrived, cell, rows, written

from service.store import flushes
from service.store.records import FlushRow


def name(play, *cells):
    """The history of the file has a line that names these cells."""
    now = play.services.clock.now()
    line = FlushRow(
        at=now, inserted=0, updated=0, unchanged=0, reads=1, writes=0, ms=0, outcome="ok", reason="", kind="audit",
        cells=list(cells),
    )  # fmt: skip
    with play.services.store.write() as tx:
        flushes.put(tx, play.services.new_id(), play.spreadsheet_id, line)
    play.naming.note()


def test_a_text_in_our_cell_that_was_named_where_it_stood_is_named_when_she_moves_the_row(play):
    play.do(Deed("type over", a=0, b=10))
    name(play, "SLA Watch List!K2")
    play.do(Deed("move row", a=0, b=2))
    written(play, cell(play, 2, 10, "AWAITING_SHIPMENT"))
    assert [loss.address for loss in play.ledger.replaced] == ["K3"]
    assert play.naming.misnamed(is_mixed=False) == []


def test_of_two_copies_of_a_text_each_has_to_be_named(play):
    """The second one is named where it stood before the row above it went."""
    play.do(Deed("type over", a=0, b=10))
    play.do(Deed("copy row", a=0, b=1))
    name(play, "SLA Watch List!K2")
    written(play, cell(play, 1, 10, "AWAITING_SHIPMENT"))
    name(play, "SLA Watch List!K3")
    play.do(Deed("delete rows", a=0))
    written(play, cell(play, 1, 10, "AWAITING_SHIPMENT"))
    assert [loss.address for loss in play.ledger.replaced] == ["K2", "K2"]
    assert play.naming.misnamed(is_mixed=True) == []
    play.naming._standing.clear()
    assert len(play.naming.misnamed(is_mixed=True)) == 2


def test_a_cell_of_a_row_that_an_earlier_write_pushed_under_this_one_may_be_named(play):
    """Nobody did anything since the read, but nobody has seen either what stands there now."""
    play.ledger.begin_pass()
    play.ledger.note_read()
    window = play.ledger.window()
    written(play, rows(play, "insertDimension", 1, 2))
    arrived(play, window, cell(play, 2, 10, "CANCELLED"))
    name(play, "SLA Watch List!K3")
    assert play.naming.misnamed(is_mixed=False) == []


def test_a_text_in_our_cell_is_not_named_by_a_cell_where_it_never_stood(play):
    play.do(Deed("type over", a=0, b=10))
    name(play, "SLA Watch List!K4")
    play.do(Deed("move row", a=0, b=2))
    written(play, cell(play, 2, 10, "AWAITING_SHIPMENT"))
    found = play.naming.misnamed(is_mixed=False)
    assert any("not named in the history" in one and "«2»" in one for one in found)
    assert "named in the history, and nothing happened there: K4" in found
