"""What stops a sheet, with the reason a person needs, and what does not: one bad tab never blocks the file."""

import pytest
from flows.mishaps import interpose
from flows.rig import MAYA, SAM, caller, open_account

from service.core.roles import Role, Switch
from service.errors import NotFound
from service.flows import bind, care, invitations, manage, members, stream
from service.sandbox.people import person_of
from service.sandbox.sheets.limits import CELLS_PER_SPREADSHEET
from service.sandbox.sheets.state.files import Permission, permission_id_of, unshare
from service.sandbox.sheets.state.files import share as grant_access
from service.store import sheets


@pytest.fixture
def two_tabs(rig, paper):
    """A file with two bound tabs and orders on both."""
    rig.bind(paper, rig.preset("sla_watch_list", Role.WAREHOUSE, name="Second list"))
    rig.place(3)
    rig.settle()
    rig.clock.advance(60)
    return paper


def binding_of(rig, paper, tab):
    return next(row for row in rig.read(sheets.bindings_in, paper.spreadsheet_id) if row.tab_title == tab)


def permission_of(rig, paper, email):
    held = rig.world.emulator.state.files[paper.spreadsheet_id].permissions
    return next(key for key, one in held.items() if one.address == email)


def again(rig, paper, tab="Second list"):
    """The button on the panel of this tab's trouble."""
    care.resume_tab(rig.services, rig.owner, paper.spreadsheet_id, binding_of(rig, paper, tab).id)


def go_on(rig, seconds=30):
    placed = [order.id for order in rig.world.market.world.state.orders]
    for order_id in placed[:2]:
        rig.ship(order_id)
    rig.place(2)
    rig.live_through(seconds)


def test_a_deleted_tab_pauses_itself_and_the_other_goes_on(rig, two_tabs):
    two_tabs.hand("delete_tab", tab="Second list")
    go_on(rig)
    gone = binding_of(rig, two_tabs, "Second list")
    assert (gone.state, gone.reason, gone.reason_text) == ("paused", "tab-gone", "Second list")
    assert rig.file(two_tabs).state == "live"
    assert binding_of(rig, two_tabs, two_tabs.tab).state == "live"
    assert len(two_tabs.rows()) >= 5


def test_a_deleted_key_column_pauses_its_tab_only(rig, two_tabs):
    """Without keys nothing can be found, so nothing is written: not a guess, not a second copy."""
    two_tabs.hand("delete", "COLUMNS", two_tabs.column("Key", tab="Second list"), tab="Second list")
    before = two_tabs.grid(tab="Second list", render="FORMULA")
    go_on(rig)
    gone = binding_of(rig, two_tabs, "Second list")
    assert (gone.state, gone.reason, gone.reason_text) == ("paused", "key-gone", "Key")
    assert two_tabs.grid(tab="Second list", render="FORMULA") == before
    assert len(two_tabs.rows()) > len(before) - 1


def test_a_protected_range_pauses_its_tab_and_the_rest_is_sent_once_more(rig, two_tabs):
    """Google names the request at fault; the others go out again without it, in the same pass."""
    where = {"sheetId": two_tabs.sheet_id("Second list"), "startColumnIndex": 0, "endColumnIndex": 14}
    two_tabs.change({"addProtectedRange": {"protectedRange": {"range": where, "editors": {"users": [MAYA.email]}}}})
    before = two_tabs.grid(tab="Second list", render="FORMULA")
    go_on(rig)
    paused = binding_of(rig, two_tabs, "Second list")
    assert (paused.state, paused.reason) == ("paused", "protected")
    assert rig.file(two_tabs).writer_email in paused.reason_text
    assert two_tabs.grid(tab="Second list", render="FORMULA") == before
    assert binding_of(rig, two_tabs, two_tabs.tab).state == "live"
    assert len(two_tabs.rows()) > len(before) - 1


def test_a_tab_that_was_resumed_catches_up(rig, two_tabs):
    """The protection is taken away and a person presses resume: everything that changed meanwhile follows."""
    where = {"sheetId": two_tabs.sheet_id("Second list"), "startColumnIndex": 0, "endColumnIndex": 14}
    wish = {"protectedRangeId": 7, "range": where, "editors": {"users": [MAYA.email]}}
    two_tabs.change({"addProtectedRange": {"protectedRange": wish}})
    go_on(rig)
    two_tabs.change({"deleteProtectedRange": {"protectedRangeId": 7}})
    again(rig, two_tabs)
    rig.live_through(30)
    assert two_tabs.by_key(tab="Second list") == two_tabs.by_key()


def test_what_a_protection_forbids_to_put_right_is_put_right_when_it_is_lifted(rig, paper):
    """New rows fall into columns that she puts in under the write; before that is undone she protects the tab, which is
    paused for it.
    """
    rig.place(2)
    at, google = paper.column("Clock"), interpose(rig)
    wish = {"protectedRangeId": 7, "range": {"sheetId": paper.sheet_id()}}
    protect = {"addProtectedRange": {"protectedRange": {**wish, "editors": {"users": [MAYA.email]}}}}
    google.before["batch_update"] = [
        lambda: paper.hand("insert", "COLUMNS", at, count=2),
        lambda: paper.change(protect),
    ]
    rig.live_through(30)
    assert binding_of(rig, paper, paper.tab).reason == "protected"
    assert any(row[at] != "" for row in paper.grid()[1:])
    paper.change({"deleteProtectedRange": {"protectedRangeId": 7}})
    again(rig, paper, paper.tab)
    rig.live_through(30)
    assert [cell for row in paper.grid()[1:] for cell in row[at : at + 2] if cell != ""] == []
    paper.assert_right()


@pytest.mark.parametrize("look_s", [30, 90])
def test_a_writer_who_was_removed_pauses_the_file(rig, two_tabs, look_s):
    """Found by the write or by the look at who can open it: the reason names the writer, not the readers."""
    rig.clock.advance(look_s)
    file = rig.world.emulator.state.files[two_tabs.spreadsheet_id]
    unshare(file, permission_of(rig, two_tabs, rig.file(two_tabs).writer_email))
    go_on(rig)
    assert (rig.file(two_tabs).state, rig.file(two_tabs).reason) == ("paused", "writer-removed")


def test_a_writer_who_was_let_in_again_goes_on(rig, two_tabs):
    file = rig.world.emulator.state.files[two_tabs.spreadsheet_id]
    unshare(file, permission_of(rig, two_tabs, rig.file(two_tabs).writer_email))
    go_on(rig)
    care.fix_writer(rig.services, rig.owner, rig.identity(), two_tabs.spreadsheet_id)
    rig.live_through(30)
    assert rig.file(two_tabs).state == "live"
    assert len(two_tabs.rows()) >= 5


def test_a_writer_who_may_only_look_pauses_the_file(rig, paper):
    """Commenters and readers see the file and cannot write it."""
    state = rig.world.emulator.state
    file = state.files[paper.spreadsheet_id]
    held = file.permissions[permission_of(rig, paper, rig.file(paper).writer_email)]
    file.permissions[held.permission_id] = held._replace(role="reader")
    rig.place(1)
    rig.live_through(20)
    assert (rig.file(paper).state, rig.file(paper).reason) == ("paused", "writer-removed")


@pytest.mark.parametrize("look_s", [30, 90])
def test_a_deleted_file_pauses_for_good(rig, paper, look_s):
    """Whichever comes first, the write or the look at who can open it: the reason is the same."""
    rig.clock.advance(look_s)
    rig.world.emulator.state.delete(paper.spreadsheet_id)
    rig.place(1)
    rig.live_through(20)
    found = rig.file(paper)
    assert (found.state, found.reason) == ("paused", "file-gone")


def test_a_full_file_pauses_and_says_so(rig, paper):
    """Ten million cells: Google takes no further row."""
    (tab,) = [one for one in paper.look("sheets.properties")["sheets"] if one["properties"]["title"] == paper.tab]
    size = tab["properties"]["gridProperties"]
    spare = CELLS_PER_SPREADSHEET - size["rowCount"] * size["columnCount"] - 26 * 1000
    columns = 10_000
    filler = {
        "sheetId": 999,
        "title": "Filler",
        "gridProperties": {"rowCount": spare // columns, "columnCount": columns},
    }
    paper.change({"addSheet": {"properties": filler}})
    properties = {"sheetId": 0, "gridProperties": {"rowCount": 1000 + spare % columns // 26}}
    paper.change({"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}})
    rig.place(30)
    rig.live_through(20)
    assert (rig.file(paper).state, rig.file(paper).reason) == ("paused", "full")
    assert rig.dirty(paper), "what could not be written is kept"


def test_a_right_taken_away_pauses_the_tab_before_anything_is_written(rig):
    """The warehouse may no longer see buyers: the pick list stops, and no cell is trimmed in silence."""
    rig.switch(Switch.WAREHOUSE_PII)
    rig.place(2)
    paper = rig.bound(rig.preset("pick_and_ship", Role.WAREHOUSE))
    paper.tab = "3PL pick & ship"
    rig.clock.advance(60)
    before = paper.grid(render="FORMULA")
    rig.switch(Switch.WAREHOUSE_PII, wanted="off")
    rig.place(2)
    rig.calls()
    rig.live_through(30)
    found = rig.only_binding(paper)
    assert (found.state, found.reason) == ("paused", "rights")
    assert "Recipient" in found.reason_text or "recipient" in found.reason_text.lower()
    assert paper.grid(render="FORMULA") == before


@pytest.mark.parametrize("moment", ["switch", "pause", "stop"])
def test_what_is_forbidden_while_a_pass_runs_is_not_sent(rig, moment):
    """A switch turned off, a pause or a stop between reading and writing: nothing goes out any more."""
    rig.switch(Switch.WAREHOUSE_PII)
    paper = rig.bound(rig.preset("pick_and_ship", Role.WAREHOUSE))
    rig.place(2)
    deeds = {
        "switch": lambda: rig.switch(Switch.WAREHOUSE_PII, wanted="off"),
        "pause": lambda: care.pause(rig.services, rig.owner, paper.spreadsheet_id),
        "stop": lambda: rig.unbind(paper),
    }
    google = interpose(rig)
    google.after["get_by_filter"] = [deeds[moment]]
    rig.calls()
    rig.run_pass(paper)
    assert rig.calls() == (1, 0)


def test_a_paused_file_asks_google_nothing_and_loses_nothing(rig, paper):
    """Once its heading says so."""
    rig.place(1)
    rig.settle()
    care.pause(rig.services, rig.owner, paper.spreadsheet_id)
    rig.live_through(10)
    rig.calls()
    go_on(rig, seconds=60)
    assert rig.calls() == (0, 0)
    outcome = stream.refresh_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)
    assert outcome.status == "paused"
    care.resume(rig.services, rig.owner, paper.spreadsheet_id)
    rig.live_through(20)
    paper.assert_right()


def test_resume_does_not_wait_for_a_back_off_that_is_over(rig, paper):
    """A try was put off for minutes; the person pressed resume: the next pass comes at once."""
    rig.place(1)
    rig.settle()
    with rig.services.store.write() as tx:
        rig.wake.sheet(tx, paper.spreadsheet_id, delay_s=600)
    care.pause(rig.services, rig.owner, paper.spreadsheet_id)
    rig.place(1)
    care.resume(rig.services, rig.owner, paper.spreadsheet_id)
    rig.wake.run_all(rig.services, patience_s=1)
    paper.assert_right()
    assert rig.dirty(paper) == []


def test_a_stopped_tab_is_written_no_more_and_its_rows_stay(rig, two_tabs):
    before = two_tabs.grid(tab="Second list", render="FORMULA")
    care.stop(rig.services, rig.owner, two_tabs.spreadsheet_id, binding_of(rig, two_tabs, "Second list").id)
    go_on(rig)
    assert two_tabs.grid(tab="Second list", render="FORMULA") == before
    assert len(two_tabs.rows()) > len(before) - 1


def test_a_file_whose_last_tab_was_stopped_belongs_to_nobody(rig, paper):
    """Another account may bind it then, once its own people prove that they may edit it."""
    rig.unbind(paper)
    assert rig.file(paper) is None
    assert rig.run_pass(paper) is None


def test_a_stranger_in_the_file_pauses_it_before_the_next_write(rig, paper):
    """Somebody shared the sheet with a person who is no member: nothing new is shown to them."""
    share(rig, paper, "nosy@else.example")
    rig.clock.advance(61)
    rig.place(2)
    rig.live_through(20)
    found = rig.file(paper)
    assert (found.state, found.reason, found.reason_text) == ("paused", "leak", "nosy@else.example")
    assert paper.rows() == []


def test_a_member_whose_membership_ended_is_a_stranger(rig, paper):
    """Sam packed the parcels and may see the list; once he is no member, his share is a leak."""
    code = invitations.invite(rig.services, rig.owner, email=SAM.email, role=Role.WAREHOUSE)
    standing = manage.standing(rig.services, caller(SAM), "")
    invitations.accept(rig.services, caller(SAM), standing.invitations[0][0].id, code=code)
    share(rig, paper, SAM.email)
    rig.clock.advance(61)
    rig.place(1)
    rig.live_through(20)
    assert rig.file(paper).state == "live"
    (sam,) = [row for row in members.everybody(rig.services, rig.owner).members if row.email == SAM.email]
    members.revoke(rig.services, rig.owner, sam.id)
    rig.clock.advance(61)
    rig.place(1)
    rig.live_through(20)
    assert (rig.file(paper).state, rig.file(paper).reason) == ("paused", "leak")


def test_another_account_s_writer_never_touches_the_file(rig, paper):
    """Their owner may even be an editor of the file: it is not theirs to bind while it is ours."""
    other = open_account(rig.services, person_of("ola@other.example"), "Other")
    share(rig, paper, other.email, role="writer")
    identity = rig.identity(person_of(other.email))
    rig.world.emulator.state.grant(other.email, paper.spreadsheet_id)
    with pytest.raises(NotFound):
        bind.target(rig.services, other, identity, paper.spreadsheet_id)
    with pytest.raises(NotFound):
        stream.refresh_now(rig.services, other, identity, paper.spreadsheet_id)


def share(rig, paper, email, role="reader"):
    """The owner shares the file in Google's own dialog."""
    file = rig.world.emulator.state.files[paper.spreadsheet_id]
    grant_access(file, Permission(permission_id_of("user", email), "user", role, email))
