"""The judge judged: what the ledger must call harm, and what it must let pass."""

from dataclasses import replace

import pytest
from stateful.bound import OWNER
from stateful.deeds import Deed
from stateful.leftovers import left_over
from stateful.ours import arrived, cell, remark, rows, written
from stateful.play import BrokenError

from service.core.profiles import Profile
from service.flows.standing import MARK
from service.google import rolling
from service.google.rolling import Cut
from service.sandbox.sheets.requests.batch import apply_requests
from service.sandbox.sheets.requests.edit import Edit
from service.store import intents, reports, sheets
from service.store.records import IntentRow
from service.store.reports import Kind


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


@pytest.mark.parametrize("is_over", [True, False])
@pytest.mark.parametrize("deleted", ["tab", "row"])
def test_a_text_of_hers_is_owed_when_she_deletes_its_place_after_the_write_was_over(play, deleted, is_over):
    play.do(Deed("add tab"))
    row, column = remark(play)
    window = play.ledger.window()
    play.do(Deed("note"))
    arrived(play, window, cell(play, row, column, "ours"))
    if not is_over:
        body = {play.tabs[0].binding_id: {"updated": [], "inserted": []}}
        with play.services.store.write() as tx:
            intents.add_intent(tx, IntentRow("i1", play.spreadsheet_id, 1, play.services.clock.now(), body))
    tab = {"deleteSheet": {"sheetId": play.tabs[0].sheet_id}}
    play.ledger.do([tab if deleted == "tab" else rows(play, "deleteDimension", row, row + 1)])
    assert [loss.held for loss in play.ledger.outstanding()] == (["«1»"] if is_over else [])


def test_a_row_of_hers_that_a_sort_brought_into_the_place_of_ours_is_hers(play):
    """It is not taken for ours without its key: what we write into it then is owed."""
    ledger, sheet_id = play.ledger, play.layout.tabs[0].sheet_id
    sheet = ledger.book.sheet(sheet_id)
    below, beside = sheet.grid.last_valued_row() + 2, sheet.grid.column_count - 1
    ledger.do([cell(play, below, beside, "«77»")])
    ledger.note_read()
    window = ledger.window()
    spec = {"dimensionIndex": beside, "sortOrder": "ASCENDING"}
    ledger.do([{"sortRange": {"range": {"sheetId": sheet_id, "startRowIndex": 1}, "sortSpecs": [spec]}}])
    assert sheet.grid.cell(1, beside).value == "«77»"
    request = cell(play, 1, 1, "ours")
    with ledger.witnessing([request], window), ledger.book.changing():
        apply_requests(Edit(ledger.book, OWNER, 0.0), [request])
    assert [loss.address for loss in ledger.outstanding()] == ["B2"]


@pytest.mark.parametrize("text", ["DELIVERED", "«88»"])
def test_a_value_of_ours_that_she_carried_into_a_row_of_hers_may_go_and_a_text_of_hers_may_not(play, text):
    """Nobody can tell such a value from what an open write left there; it has to be named all the same."""
    ledger = play.ledger
    below = ledger.book.sheet(play.layout.tabs[0].sheet_id).grid.last_valued_row() + 2
    ledger.do([cell(play, below, 10, text)])
    ledger.is_mixed = True
    written(play, cell(play, below, 10, ""))
    assert [loss.held for loss in ledger.outstanding()] == [text]
    assert bool(ledger.harm) == (text != "DELIVERED")


def test_a_row_that_we_delete_is_harm(play):
    written(play, rows(play, "deleteDimension", 1, 2))
    assert any("deleteDimension" in one for one in play.ledger.harm)


def test_our_own_cells_are_ours_to_write(play):
    written(play, cell(play, 1, 4, "carrier"))
    assert play.ledger.harm == []
    assert play.ledger.outstanding() == []


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


# --- what is seen beside the cells -----------------------------------------------------------------------------------


def test_a_format_that_we_take_away_is_harm(play):
    start = {"sheetId": play.layout.tabs[0].sheet_id, "rowIndex": 1, "columnIndex": 0}
    data = [{"values": [{"userEnteredFormat": {"textFormat": {"bold": True}}}]}]
    written(play, {"updateCells": {"start": start, "rows": data, "fields": "userEnteredFormat"}})
    with pytest.raises(BrokenError, match="we changed the format of A2"):
        play.judge()


def test_a_note_of_hers_on_our_own_cell_that_we_take_away_is_harm(play):
    play.do(Deed("note", a=0, b=0))
    start = {"sheetId": play.layout.tabs[0].sheet_id, "rowIndex": 1, "columnIndex": 0}
    written(play, {"updateCells": {"start": start, "rows": [{"values": [{}]}], "fields": "note"}})
    with pytest.raises(BrokenError, match="the note '«2»' is gone"):
        play.judge()


def test_a_key_that_we_write_again_is_harm(play):
    tab = play.layout.tabs[0]
    sheet = play.ledger.book.sheet(tab.sheet_id)
    written(play, cell(play, 1, tab.columns(sheet)[tab.key], tab.key_at(sheet, 1)))
    with pytest.raises(BrokenError, match="was written again"):
        play.judge()


def test_frozen_rows_that_we_set_are_harm(play):
    frozen = {"sheetId": play.layout.tabs[0].sheet_id, "gridProperties": {"frozenRowCount": 3}}
    written(play, {"updateSheetProperties": {"properties": frozen, "fields": "gridProperties.frozenRowCount"}})
    with pytest.raises(BrokenError, match="we changed its grid_properties"):
        play.judge()


def test_a_row_that_we_put_in_for_nothing_is_harm(play):
    written(play, rows(play, "insertDimension", 8, 10), cell(play, 8, 0, "x"))
    with pytest.raises(BrokenError, match=r"put in 1 blank row"):
        play.judge()


def report(play, kind, subject):
    """The sidebar tells people of this."""
    with play.services.store.write() as tx:
        now, tab = play.services.clock.now(), play.layout.tabs[0].binding_id
        reports.report(tx, {subject: play.services.new_id()}, tab, kind, places={subject: ""}, now=now)


@pytest.mark.parametrize("kind", [Kind.ROW_DELETED, Kind.ROW_COPIED, Kind.KEY_DAMAGED, Kind.COLUMN_DELETED])
def test_a_report_of_what_is_not_so_is_found(play, kind):
    tab = play.layout.tabs[0]
    key = tab.key_at(play.ledger.book.sheet(tab.sheet_id), 1)
    report(play, kind, "status" if kind == Kind.COLUMN_DELETED else key)
    with pytest.raises(BrokenError, match=f"reported as {kind}, and it is not so"):
        play.judge()


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (Deed("delete rows", a=0), "stands nowhere, and nobody is told"),
        (Deed("copy row", a=0, b=0), "stands 2 times, and nobody is told"),
        (Deed("delete column", a=2), "is gone, and nobody is told"),
    ],
)
def test_what_people_did_and_nobody_is_told_of_is_found(play, deed, said):
    play.do(deed)
    with pytest.raises(BrokenError, match=said):
        play.judge()


def test_a_column_that_went_and_that_nobody_wants_any_more_need_not_be_told_of(play):
    play.do(Deed("delete column", a=2))
    tab = play.layout.tabs[0]
    (gone,) = tab.slots.keys() - tab.columns(play.ledger.book.sheet(tab.sheet_id)).keys()
    assert [said for said in left_over(play) if "is gone" in said]
    play.is_reshaped = True
    with play.services.store.write() as tx:
        row = sheets.binding_unscoped(tx, tab.binding_id)
        profile = Profile.from_json(row.profile)
        kept = replace(profile, columns=tuple(one for one in profile.columns if one.key != gone))
        sheets.update_binding(tx, row.id, profile=kept.to_json())
    assert not [said for said in left_over(play) if "is gone" in said]


def test_a_heading_that_says_for_no_reason_that_its_tab_stands_still_is_found(play):
    start = {"sheetId": play.layout.tabs[0].sheet_id, "rowIndex": 0, "columnIndex": 0}
    data = [{"values": [{"note": f"{MARK}somebody paused it."}]}]
    play.ledger.do([{"updateCells": {"start": start, "rows": data, "fields": "note"}}])
    with pytest.raises(BrokenError, match="a heading says"):
        play.judge()


# --- rows that are carried away --------------------------------------------------------------------------------------

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
