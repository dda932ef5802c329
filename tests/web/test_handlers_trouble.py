"""What stops a sheet, from the cause to the row that comes afterwards: the card says why, one button mends it, and
nothing that happened meanwhile is lost.
"""

import copy

import pytest
from local_world import WORLD_URL

from cards.actions import Action
from service.flows import care
from service.sandbox.sheets.limits import CELLS_PER_SPREADSHEET
from service.store import sheets

TAB = "SLA Watch List"


@pytest.fixture
def bound(begin):
    team = begin(until="connected")
    team.product.shop().place(3)
    team.bind()
    team.product.clock.advance(60)
    return team


def file_of(team):
    with team.product.services.store.read() as tx:
        return sheets.file_unscoped(tx, team.sheet.spreadsheet_id)


def change(team, *requests):
    """The owner's own batchUpdate."""
    url = f"{WORLD_URL}/sheets/v4/spreadsheets/{team.sheet.spreadsheet_id}:batchUpdate"
    return team.sheet._call(team.sheet.owner, "POST", url, json={"requests": list(requests)})


def order_ids(team, tab=TAB):
    return [row["Order ID"] for row in team.sheet.cells(tab) if row.get("Order ID")]


def missed(team):
    """An order that comes while the sheet cannot be written."""
    (order_id,) = team.product.shop().place(1)
    team.product.settle(patience_s=20)
    return order_id


def delete_key(team):
    """The hidden column of keys goes, as a person who shows everything and clears up does."""
    start = team.sheet.grid(TAB)[0].index("Key")
    where = {"sheetId": team.bindings()[0].sheet_id, "dimension": "COLUMNS", "startIndex": start, "endIndex": start + 1}
    change(team, {"deleteDimension": {"range": where}})


class Undo:
    """What the spreadsheet was before a deed, brought back as Ctrl+Z does."""

    def __init__(self, team):
        self._files = team.product.world.emulator.state.files
        self._id = team.sheet.spreadsheet_id
        file = self._files[self._id]
        self._kept = copy.deepcopy(file, {id(file.workbook.lock): file.workbook.lock})

    def press(self):
        self._files[self._id] = self._kept


def test_a_full_file_goes_on_when_a_tab_was_deleted(bound):
    """Ten million cells are all that Google allows: the card says so, and a press after clearing up writes on."""
    tabs = bound.sheet._call(
        bound.sheet.owner,
        "GET",
        f"{WORLD_URL}/sheets/v4/spreadsheets/{bound.sheet.spreadsheet_id}",
        params={"fields": "sheets.properties"},
    )["sheets"]
    grids = {one["properties"]["title"]: one["properties"]["gridProperties"] for one in tabs}
    ours = grids[TAB]["rowCount"] * grids[TAB]["columnCount"]
    others = sum(one["rowCount"] * one["columnCount"] for one in grids.values()) - ours
    spare = CELLS_PER_SPREADSHEET - ours - others
    size = {"rowCount": spare // 10_000, "columnCount": 10_000}
    change(bound, {"addSheet": {"properties": {"sheetId": 999, "title": "Filler", "gridProperties": size}}})
    rest = {"sheetId": 0, "gridProperties": {"rowCount": 1000 + spare % 10_000 // 26}}
    change(bound, {"updateSheetProperties": {"properties": rest, "fields": "gridProperties.rowCount"}})
    ids = bound.product.shop().place(40)
    bound.product.settle(patience_s=30)
    if file_of(bound).state == "live":  # the tab still had blank rows of its own to grow into
        ids += bound.product.shop().place(40)
        bound.product.settle(patience_s=30)
    owner = bound.sidebar("owner")
    assert owner.says("The spreadsheet is full")
    change(bound, {"deleteSheet": {"sheetId": 999}})
    owner.press("Try again")
    bound.product.settle(patience_s=60)
    assert set(ids) <= set(order_ids(bound))
    assert not bound.sidebar("owner").says("The spreadsheet is full")


def test_a_writer_who_was_removed_is_let_in_again(bound):
    bound.sheet.unshare(file_of(bound).writer_email)
    order_id = missed(bound)
    owner = bound.sidebar("owner")
    assert owner.says("We can no longer write here")
    owner.press("Add the writer again")
    bound.product.settle(patience_s=30)
    assert order_id in order_ids(bound)


def test_a_deleted_file_that_is_back_goes_on(bound):
    state = bound.product.world.emulator.state
    kept = state.files[bound.sheet.spreadsheet_id]
    state.delete(bound.sheet.spreadsheet_id)
    order_id = missed(bound)
    state.files[bound.sheet.spreadsheet_id] = kept
    owner = bound.sidebar("owner")
    assert owner.says("We cannot find this file any more")
    owner.press("Add the writer again")
    bound.product.settle(patience_s=30)
    assert order_id in order_ids(bound)


def test_a_protected_tab_goes_on_when_the_writer_is_let_in(bound):
    (row,) = bound.bindings()
    where = {"sheetId": row.sheet_id}
    editors = {"users": [bound.people["owner"].email]}
    change(
        bound, {"addProtectedRange": {"protectedRange": {"protectedRangeId": 7, "range": where, "editors": editors}}}
    )
    order_id = missed(bound)
    owner = bound.sidebar("owner")
    assert owner.says("The tab is protected")
    assert owner.says(f"Allow {file_of(bound).writer_email} to edit it")
    change(bound, {"deleteProtectedRange": {"protectedRangeId": 7}})
    owner.press("Try again")
    bound.product.settle(patience_s=30)
    assert order_id in order_ids(bound)


@pytest.mark.parametrize(
    ("deed", "says"),
    [
        (lambda team: change(team, {"deleteSheet": {"sheetId": team.bindings()[0].sheet_id}}), "The tab is gone"),
        (delete_key, "The key column is gone"),
    ],
    ids=["tab", "key column"],
)
def test_what_was_deleted_and_came_back_with_undo_is_written_on(bound, deed, says):
    """Pressed too early, the button says the same again and nothing is lost."""
    undo = Undo(bound)
    deed(bound)
    order_id = missed(bound)
    owner = bound.sidebar("owner")
    assert owner.says(says)
    owner.press("Check again")
    bound.product.settle(patience_s=20)
    owner = bound.sidebar("owner")
    assert owner.says(says)
    undo.press()
    owner.press("Check again")
    bound.product.settle(patience_s=60)
    assert order_id in order_ids(bound)
    assert not bound.sidebar("owner").says(says)


def test_an_organisation_that_blocks_the_writer_can_let_it_in(bound):
    """Google refuses the writer for good: the file waits until its rules have changed."""
    with bound.product.services.store.write() as tx:
        sheets.update_file(tx, bound.sheet.spreadsheet_id, state="paused", reason="blocked", reason_text="Blocked.")
    order_id = missed(bound)
    owner = bound.sidebar("owner")
    assert owner.says("Your organisation blocks our writer")
    owner.press("Add the writer again")
    bound.product.settle(patience_s=30)
    assert order_id in order_ids(bound)


def test_resuming_the_file_leaves_a_tab_alone_that_rests_for_a_reason_of_its_own(bound):
    """Pause and resume are about the whole file; a tab without its key column goes on resting, and says so."""
    (row,) = bound.bindings()
    with bound.product.services.store.write() as tx:
        sheets.update_binding(tx, row.id, state="paused", reason="key-gone", reason_text="Key")
    owner = bound.sidebar("owner")
    services, actor = bound.product.services, actor_of(bound)
    care.pause(services, actor, bound.sheet.spreadsheet_id)
    owner = bound.sidebar("owner").press("Resume updates")
    assert owner.says("The key column is gone")
    assert bound.bindings()[0].state == "paused"
    owner.press("Check again")
    assert bound.bindings()[0].state == "live"


def test_resuming_the_file_wakes_a_tab_whose_readers_have_their_right_again(bound):
    (row,) = bound.bindings()
    with bound.product.services.store.write() as tx:
        sheets.update_binding(tx, row.id, state="paused", reason="rights", reason_text="A column")
    services, actor = bound.product.services, actor_of(bound)
    care.pause(services, actor, bound.sheet.spreadsheet_id)
    bound.sidebar("owner").press("Resume updates")
    assert bound.bindings()[0].state == "live"


def test_a_reason_that_concerns_the_whole_file_is_told_once(bound):
    """Two tabs, one pause: one panel, one button, and two quiet lines."""
    bound.bind("preset:sla_watch_list")
    bound.sidebar("owner").press(Action.SHEET).press("Pause")
    owner = bound.sidebar("owner")
    assert owner.texts().count("Paused") == 1
    assert owner.labels().count("Resume updates") == 1
    assert owner.texts().count("Not updated at the moment") == 2


def actor_of(team):
    # A member acting, as the door would give it.
    from drivers import caller_of

    from service.flows import manage

    found = manage.standing(team.product.services, caller_of(team.people["owner"]), "")
    return found.actor
