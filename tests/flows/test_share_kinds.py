"""Every kind of reader that Google knows, in a real file: it stops the stream by name, and the stream recovers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flows.boundary import change_role, file_of, join, let_in, put_out
from flows.rig import MAYA, SAM
from store.conftest import NOW

from service.core.roles import Role
from service.errors import Conflict
from service.flows import intruders, readers, share
from service.google.drive import Permission
from service.sandbox.sheets.state.files import FOLDER, move_to_drive, permission_id_of, take_from_drive
from service.sandbox.sheets.state.files import Permission as Grant
from service.sandbox.sheets.state.files import share as grant_access
from service.store import deeds
from service.store.records import AccountRow, MemberRow

HOUR = timedelta(hours=1)


def look_again(rig):
    """A minute later there is something to write."""
    rig.clock.advance(61)
    rig.place(1)
    rig.settle(patience_s=0)


def until(rig, seconds):
    """A moment so far ahead, as Drive spells it."""
    return (rig.clock.now() + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def in_folder(rig, paper, email):
    """The file lies in a folder that somebody is let into. The folder."""
    folder = rig.world.emulator.state.new_file(MAYA.email, FOLDER, "Shared things")
    rig.world.emulator.state.add(folder)
    grant_access(folder, Grant(permission_id_of("user", email), "user", "reader", email))
    file_of(rig, paper).parents = [folder.file_id]
    file_of(rig, paper).revision += 1
    return folder


def on_drive(rig, paper, *members, kind="user"):
    """The file is on a shared drive with these members, all of whom may read."""
    grants = [Grant(permission_id_of(kind, email), kind, "reader", email) for email in members]
    move_to_drive(file_of(rig, paper), "0Drive", grants)


@dataclass
class Scene:
    """How somebody gets into the file, what is said of them, and how they get out again."""

    enter: Callable
    leave: Callable
    label: str
    why: str


def shared(**wishes):
    """Shared in the dialog, and ended there."""
    return (lambda rig, paper: let_in(rig, paper, **wishes)), put_out


def leave_drive(rig, paper, _entered):
    take_from_drive(file_of(rig, paper))
    let_in(rig, paper, rig.file(paper).writer_email, role="writer")


def leave_folder(rig, paper, _folder):
    file_of(rig, paper).parents = []
    file_of(rig, paper).revision += 1


def enter_as_accountant(rig, paper):
    member_id = join(rig, SAM, Role.ACCOUNTANT)
    let_in(rig, paper, SAM.email)
    return member_id


def fit(rig, _paper, member_id):
    change_role(rig, member_id, Role.WAREHOUSE)


SCENES = {
    "a link": Scene(*shared(kind="anyone"), "anyone with the link", "link"),
    "the whole internet": Scene(*shared(kind="anyone", discoverable=True), "anyone on the internet", "public"),
    "a domain": Scene(*shared(kind="domain", email="x.example"), "everyone at x.example", "domain"),
    "a stranger": Scene(*shared(email="nosy@y.example"), "nosy@y.example", "unknown"),
    "a group": Scene(*shared(kind="group", email="ops@x.example"), "the group ops@x.example", "group"),
    "a member of another role": Scene(enter_as_accountant, fit, f"{SAM.email} (accountant)", "role"),
    "a folder": Scene(
        lambda rig, paper: in_folder(rig, paper, "nosy@y.example"), leave_folder, "nosy@y.example", "unknown"
    ),
    "a shared drive": Scene(
        lambda rig, paper: on_drive(rig, paper, "nosy@y.example"), leave_drive, "nosy@y.example", "unknown"
    ),
    "a group in a shared drive": Scene(
        lambda rig, paper: on_drive(rig, paper, "ops@x.example", kind="group"),
        leave_drive,
        "the group ops@x.example",
        "group",
    ),
}


@pytest.mark.parametrize("name", SCENES)
def test_each_kind_of_reader_stops_the_stream_by_name_and_it_recovers(rig, paper, name):
    scene = SCENES[name]
    entered = scene.enter(rig, paper)
    before = paper.grid()
    look_again(rig)
    file = rig.file(paper)
    assert (file.state, file.reason, file.reason_text) == ("paused", share.LEAK, scene.label)
    assert [one["why"] for one in file.intruders] == [scene.why]
    assert paper.grid() == before
    scene.leave(rig, paper, entered)
    rig.live_through(80)
    assert rig.file(paper).state == "live"
    paper.assert_right()


def test_what_is_inherited_says_where_it_comes_from(rig, paper):
    """It cannot be ended at the file, so no button offers it."""
    in_folder(rig, paper, "nosy@y.example")
    on_drive(rig, paper, "ops@x.example")
    look_again(rig)
    kept = {one["label"]: one["comes_from"] for one in rig.file(paper).intruders}
    assert kept == {"nosy@y.example": "folder", "ops@x.example": "drive"}
    for one in rig.file(paper).intruders:
        assert not readers.is_removable(intruders.Intruder.from_json(one))
        with pytest.raises(Conflict):
            readers.remove_reader(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, one["reader_id"])


def test_a_member_in_the_file_and_in_its_folder_can_be_removed_from_the_file_only(rig, paper):
    """What was given at the file is ended there; what comes from above stays, and stays a leak."""
    in_folder(rig, paper, "nosy@y.example")
    number = let_in(rig, paper, "nosy@y.example", role="writer")
    look_again(rig)
    (found,) = rig.file(paper).intruders
    assert found["comes_from"] == ""
    readers.remove_reader(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, number)
    (found,) = rig.file(paper).intruders
    assert found["comes_from"] == "folder"


def test_access_that_ends_by_itself_pauses_until_it_has_ended(rig, paper):
    """The next look comes when the time is over, not only at the next full hour."""
    let_in(rig, paper, "nosy@y.example", until=until(rig, 1200))
    look_again(rig)
    assert rig.file(paper).intruders[0]["until"]
    rig.live_through(1120)
    assert rig.file(paper).state == "paused"
    rig.live_through(60)
    assert rig.file(paper).state == "live"
    paper.assert_right()


def test_access_that_has_ended_is_nobody(rig, paper):
    let_in(rig, paper, "nosy@y.example", until=until(rig, 30))
    look_again(rig)
    assert rig.file(paper).state == "live"


def test_an_account_that_google_has_deleted_is_nobody(rig, paper):
    let_in(rig, paper, "nosy@y.example")
    rig.world.emulator.state.gone.add("nosy@y.example")
    look_again(rig)
    assert rig.file(paper).state == "live"


def test_members_of_a_shared_drive_with_a_fitting_role_are_fine(rig, paper):
    join(rig, SAM, Role.WAREHOUSE)
    on_drive(rig, paper, SAM.email)
    look_again(rig)
    assert rig.file(paper).state == "live"
    paper.assert_right()


# --- a list that cannot be read --------------------------------------------------------------------------------------


def hide(rig, paper):
    """Google tells only who manages the file who can open it."""
    file_of(rig, paper).hides_readers = True
    file_of(rig, paper).revision += 1


@pytest.fixture
def hidden(rig, paper):
    """A file on a shared drive whose readers our writer is not told."""
    on_drive(rig, paper, SAM.email)
    hide(rig, paper)
    look_again(rig)
    return paper


def approve(rig, paper):
    (found,) = share.check_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)
    return readers.approve_reader(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, found.reader_id).label


def test_a_list_that_cannot_be_read_is_an_unknown_reader(rig, hidden):
    file = rig.file(hidden)
    assert (file.state, file.reason) == ("paused", share.UNLISTED)
    assert "the members of its shared drive" in file.reason_text
    assert hidden.rows() == []


def test_the_arrangement_is_approved_by_name_and_on_record(rig, hidden):
    """It is named by what stands for the list, and looked at like any other reader afterwards."""
    assert "the members of its shared drive" in approve(rig, hidden)
    assert rig.file(hidden).state == "live"
    rig.settle()
    hidden.assert_right()
    sub, _ = rig.read(deeds.last_record, rig.account_id, deed="approve-reader", spreadsheet_id=hidden.spreadsheet_id)
    assert sub == rig.owner.sub
    look_again(rig)
    assert rig.file(hidden).state == "live"


def test_the_approval_of_an_arrangement_ends_with_it(rig, hidden):
    """On another drive there are other people."""
    approve(rig, hidden)
    file_of(rig, hidden).drive_id = "0Other"
    look_again(rig)
    file = rig.file(hidden)
    assert (file.state, file.reason, file.approved_readers) == ("paused", share.UNLISTED, [])
    file_of(rig, hidden).drive_id = "0Drive"
    look_again(rig)
    assert rig.file(hidden).state == "paused", "it was ended, not put aside"


def test_a_list_that_can_be_read_again_is_judged_by_its_names(rig, hidden):
    approve(rig, hidden)
    file_of(rig, hidden).hides_readers = False
    look_again(rig)
    file = rig.file(hidden)
    assert (file.state, file.reason_text, file.approved_readers) == ("paused", SAM.email, [])


def test_the_approval_of_a_person_ends_when_they_leave(rig, paper):
    """Whoever is let in again later is approved again or not."""
    number = let_in(rig, paper, "auditor@y.example")
    look_again(rig)
    assert approve(rig, paper) == "auditor@y.example"
    put_out(rig, paper, number)
    look_again(rig)
    assert rig.file(paper).approved_readers == []
    let_in(rig, paper, "auditor@y.example")
    look_again(rig)
    assert rig.file(paper).state == "paused"


@pytest.mark.parametrize("discoverable", [False, True])
def test_a_link_cannot_be_approved_because_it_names_nobody(rig, paper, discoverable):
    let_in(rig, paper, kind="anyone", discoverable=discoverable)
    with pytest.raises(Conflict):
        approve(rig, paper)
    assert rig.file(paper).approved_readers == []


# --- the table, where no file is needed ------------------------------------------------------------------------------


def judged(reader, *members, approved=()):
    found = intruders.find(
        [reader],
        profiles=[],
        account=AccountRow("a", "A", "growth", [], NOW),
        members=members,
        writers=[],
        approved=approved,
        now=NOW,
        written_for=Role.WAREHOUSE,
    )
    return [one.why for one in found]


def member(*, ended=None, revoked=None):
    return MemberRow("m", "a", "s", "sam@x", "warehouse", None, NOW, revoked, ended)


PERSON = Permission("1", "user", "reader", "sam@x", "", "Sam", None, deleted=False)
OWNER = Permission("1", "user", "owner", "sam@x", "", "Sam", None, deleted=False)


def test_a_membership_counts_until_the_moment_it_ends():
    assert judged(PERSON, member(ended=NOW + timedelta(seconds=1))) == []
    assert judged(PERSON, member(ended=NOW)) == ["ended"]
    assert judged(PERSON, member(revoked=NOW - HOUR)) == ["ended"]


def test_a_live_membership_goes_before_one_that_is_over():
    both = (member(), member(revoked=NOW - HOUR))
    assert judged(PERSON, *both) == judged(PERSON, *reversed(both)) == []


def test_the_owner_of_a_file_who_is_no_member_is_named_as_such():
    """They cannot be removed from a file of their own."""
    assert judged(OWNER) == ["owner"]
    assert not readers.is_removable(intruders.Intruder("1", "sam@x", "owner"))


def test_what_is_kept_with_a_file_comes_back_as_it_was():
    one = intruders.Intruder("1", "sam@x (client)", "role", "sam@x", "client", "drive", NOW)
    assert intruders.Intruder.from_json(one.to_json()) == one
    older = {"reader_id": "1", "label": "sam@x", "why": "unknown"}
    assert intruders.Intruder.from_json(older) == intruders.Intruder("1", "sam@x", "unknown")
