"""The judge judged: what the ledger must call harm, and what it must let pass."""

import pytest
from stateful.bound import OWNER
from stateful.deeds import Deed
from stateful.play import BrokenError, Figures, Play
from stateful.schedules import Round, Schedule, Trade

from service.google import rolling
from service.google.rolling import Cut
from service.sandbox.sheets.requests.batch import apply_requests
from service.sandbox.sheets.requests.edit import Edit
from service.store import flushes
from service.store.records import FlushRow

START = Round((Trade("place", 2),), wait_s=61)


@pytest.fixture
def play(ground):
    """Orders on one tab, and a remark of Maya's beside the first."""
    found = Play(ground, Schedule("one tab", ()), Figures())
    found.play(START)
    found.do(Deed("type a note"))
    return found


def written(play, *requests):
    """Somebody of ours writes this into the sheet, after having read it."""
    play.ledger.begin_pass()
    play.ledger.note_read()
    with play.ledger.witnessing(requests, play.ledger.window()), play.ledger.book.changing():
        apply_requests(Edit(play.ledger.book, OWNER, 0.0), requests)


def cell(play, row, column, text):
    start = {"sheetId": play.layout.tabs[0].sheet_id, "rowIndex": row, "columnIndex": column}
    data = [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
    return {"updateCells": {"start": start, "rows": data, "fields": "userEnteredValue"}}


def rows(play, kind, start, end):
    where = {"sheetId": play.layout.tabs[0].sheet_id, "dimension": "ROWS", "startIndex": start, "endIndex": end}
    return {kind: {"range": where}}


def remark(play):
    """Where Maya's remark stands."""
    grid = play.ledger.book.sheet(play.layout.tabs[0].sheet_id).grid
    return next(
        (row, column)
        for row in range(len(grid.rows))
        for column in range(grid.column_count)
        if (held := grid.cell(row, column)) is not None and held.value == "«1»"
    )


def test_a_sheet_that_nobody_hurt_is_right(play):
    play.rest()
    play.judge()


def test_a_remark_that_we_write_over_is_harm(play):
    written(play, cell(play, *remark(play), "ours"))
    with pytest.raises(BrokenError, match=r"outside any window.*«1»"):
        play.judge()


def test_what_is_sent_after_a_refused_write_rests_on_the_read_before_both(play):
    """The answer of a refused one shows nothing, so the deed between the read and it is in the window of the next."""
    ledger = play.ledger
    ledger.begin_pass()
    ledger.note_read()
    window = ledger.window()
    play.do(Deed("insert rows", a=0))
    with ledger.witnessing([cell(play, 1, 1, "ours")], window):
        """Nothing is applied."""
    ledger.note_refusal(window)
    assert ledger.window().deeds < ledger.deeds


def test_a_remark_put_back_is_none_once_it_was_hit_in_a_window(play):
    """Hit because Maya put a row in after we had read, and restored: nothing is owed any more."""
    row, column = remark(play)
    play.ledger.begin_pass()
    play.ledger.note_read()
    play.do(Deed("insert rows", a=0))
    requests = [cell(play, *remark(play), "ours")]
    with play.ledger.witnessing(requests, play.ledger.window()), play.ledger.book.changing():
        apply_requests(Edit(play.ledger.book, OWNER, 0.0), requests)
    assert [loss.held for loss in play.ledger.outstanding()] == ["«1»"]
    written(play, cell(play, row + 1, column, "«1»"))
    assert play.ledger.outstanding() == []
    assert play.ledger.harm == []


def hurt_a_row_of_hers(play, deed):
    """We write into one of our columns at the place of a row that Maya put in after we had read. Its index."""
    play.ledger.begin_pass()
    play.ledger.note_read()
    play.do(deed)
    sheet = play.ledger.book.sheet(play.layout.tabs[0].sheet_id)
    hers = next(row for row in range(1, 9) if not play.layout.tabs[0].key_at(sheet, row))
    requests = [cell(play, hers, 10, "DELIVERED")]
    with play.ledger.witnessing(requests, play.ledger.window()), play.ledger.book.changing():
        apply_requests(Edit(play.ledger.book, OWNER, 0.0), requests)
    return hers


def test_a_blank_cell_of_hers_that_we_wrote_into_is_owed_until_she_deletes_its_row(play):
    """Nothing stood there, so with the row nothing of hers is gone."""
    hers = hurt_a_row_of_hers(play, Deed("insert rows", a=0))
    assert [loss.held for loss in play.ledger.outstanding()] == [""]
    play.do(Deed("move row", a=hers - 1, b=2))
    assert [loss.held for loss in play.ledger.outstanding()] == [""]
    play.do(Deed("delete rows", a=1))
    assert play.ledger.outstanding() == []


def test_a_text_of_hers_that_we_wrote_over_is_owed_also_when_she_deletes_its_row(play):
    """She cannot have known what had stood in it."""
    hers = hurt_a_row_of_hers(play, Deed("own row", a=0, b=10))
    assert [loss.held for loss in play.ledger.outstanding()] == ["«2»"]
    play.do(Deed("delete rows", a=hers - 1))
    assert [loss.held for loss in play.ledger.outstanding()] == ["«2»"]


def test_a_row_that_we_delete_is_harm(play):
    written(play, rows(play, "deleteDimension", 1, 2))
    assert any("deleteDimension" in one for one in play.ledger.harm)


def test_our_own_cells_are_ours_to_write(play):
    written(play, cell(play, 1, 4, "carrier"))
    assert play.ledger.harm == []
    assert play.ledger.outstanding() == []


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


def test_a_text_in_our_cell_is_not_named_by_a_cell_where_it_never_stood(play):
    play.do(Deed("type over", a=0, b=10))
    name(play, "SLA Watch List!K4")
    play.do(Deed("move row", a=0, b=2))
    written(play, cell(play, 2, 10, "AWAITING_SHIPMENT"))
    found = play.naming.misnamed(is_mixed=False)
    assert any("not named in the history" in one and "«2»" in one for one in found)
    assert "named in the history, and nothing happened there: K4" in found


def test_an_order_that_stands_twice_is_found(play):
    """Nobody copied it, so it is the product's doing."""
    sheet = play.ledger.book.sheet(play.layout.tabs[0].sheet_id)
    key = play.layout.tabs[0].key_at(sheet, 1)
    column = play.layout.tabs[0].columns(sheet)["row_key"]
    written(play, rows(play, "insertDimension", 8, 9), cell(play, 8, column, key))
    with pytest.raises(BrokenError, match="stands 2 times, should 1"):
        play.judge()


def test_a_row_that_a_person_copied_may_stand_twice(play):
    play.do(Deed("copy row", a=0, b=0))
    play.rest()
    play.judge()


def test_a_wrong_cell_of_ours_is_found(play):
    written(play, cell(play, 1, 10, "DELIVERED"))
    with pytest.raises(BrokenError, match="status in K2 is 'DELIVERED'"):
        play.judge()


STAGING = 4711


def carry_away(play, row):
    """The row goes through a tab of ours, as old rows do on their way to the archive."""
    tab = play.layout.tabs[0]
    grid = play.ledger.book.sheet(tab.sheet_id).grid
    cut = Cut(tab.sheet_id, 0, grid.row_count, grid.column_count, [row], STAGING, "moving")
    written(play, *rolling.cut_body(cut)["requests"])
    written(play, *rolling.delete_body(STAGING)["requests"])


def test_a_row_of_ours_may_be_carried_away(play):
    row, _ = remark(play)
    other = next(at for at in (1, 2, 3) if at != row)
    carry_away(play, other)
    assert play.ledger.harm == []
    assert play.ledger.outstanding() == []


def test_a_row_with_a_remark_that_we_carry_away_is_harm(play):
    carry_away(play, remark(play)[0])
    with pytest.raises(BrokenError, match=r"took a row away that is not its own.*«1»"):
        play.judge()


def test_an_order_that_is_carried_away_and_not_in_the_archive_is_missed(play):
    row, _ = remark(play)
    carry_away(play, next(at for at in (1, 2, 3) if at != row))
    with pytest.raises(BrokenError, match="stands 0 times, should 1"):
        play.judge()


def test_a_value_of_ours_in_a_column_that_was_taken_out_is_found(play):
    tab = play.tabs[0]
    tab.former[tab.slots.pop("status")] = "status"
    with pytest.raises(BrokenError, match="of status, which was taken out"):
        play.judge()
