"""A person leaves: their access to every bound file ends, as far as the caller's own token may see to it."""

import pytest
from flows.boundary import change_role, file_of, join, let_in, put_out, revoke
from flows.rig import MAYA, SAM, attach_shop, open_account
from local_world import WORLD_URL

from service.core.roles import Role
from service.flows import readers
from service.google.identities import UserIdentity
from service.sandbox.people import person_of
from service.sandbox.sheets.state.files import FOLDER, move_to_drive, permission_id_of
from service.sandbox.sheets.state.files import Permission as Grant
from service.sandbox.sheets.state.files import share as grant_access
from service.store import deeds, people


@pytest.fixture
def three(rig):
    """Three bound files; Sam of the warehouse can open two of them."""
    member_id = join(rig, SAM, Role.WAREHOUSE)
    papers = [rig.spreadsheet(f"Orders {number}") for number in range(3)]
    for paper in papers[:2]:
        let_in(rig, paper, SAM.email)
    for paper in papers:
        rig.bind(paper)
    rig.settle()
    return papers, member_id


def remove(rig, email=SAM.email):
    return readers.remove_everywhere(rig.services, rig.owner, rig.identity(), email)


def ids(places):
    return {place.spreadsheet_id for place in places}


def can_open(rig, paper, email=SAM.email):
    return any(one.address == email for one in file_of(rig, paper).permissions.values())


def test_every_file_that_lists_the_person_is_shut_and_no_other_is_named(rig, three):
    papers, _member_id = three
    removed = remove(rig)
    assert ids(removed.done) == {paper.spreadsheet_id for paper in papers[:2]}
    assert removed.left == ()
    assert not any(can_open(rig, paper) for paper in papers)


def test_it_goes_by_address_however_that_is_spelled(rig, three):
    papers, _member_id = three
    assert len(remove(rig, SAM.email.upper()).done) == 2
    assert not any(can_open(rig, paper) for paper in papers)


def test_each_file_is_on_record_with_who_and_whom(rig, three):
    papers, _member_id = three
    remove(rig)
    for paper in papers[:2]:
        found = rig.read(deeds.last_record, rig.account_id, deed="remove-reader", spreadsheet_id=paper.spreadsheet_id)
        assert found is not None
        assert found[0] == rig.owner.sub
    other = papers[2].spreadsheet_id
    assert rig.read(deeds.last_record, rig.account_id, deed="remove-reader", spreadsheet_id=other) is None


def test_after_a_revocation_the_sheets_go_on_without_them(rig, three):
    """Membership ended and access ended: nothing is left to pause for."""
    papers, member_id = three
    revoke(rig, member_id)
    remove(rig)
    rig.clock.advance(20)
    rig.place(1)
    rig.settle()
    for paper in papers:
        assert rig.file(paper).state == "live"
        paper.assert_right()


def test_a_file_where_the_caller_may_not_share_is_left_and_pauses_by_itself(rig, three):
    papers, member_id = three
    file = file_of(rig, papers[0])
    file.permissions = {number: one for number, one in file.permissions.items() if one.address != MAYA.email}
    other = person_of("holder@bloomthread.example")
    join(rig, other, Role.ADMIN)
    let_in(rig, papers[0], other.email, role="owner")
    let_in(rig, papers[0], MAYA.email, role="writer")
    file.writers_can_share = False
    revoke(rig, member_id)
    removed = remove(rig)
    assert ids(removed.done) == {papers[1].spreadsheet_id}
    assert [(place.spreadsheet_id, place.why) for place in removed.left] == [(papers[0].spreadsheet_id, "no-right")]
    rig.clock.advance(20)
    before = papers[0].grid()
    rig.place(1)
    rig.settle(patience_s=0)
    assert (rig.file(papers[0]).state, rig.file(papers[0]).reason_text) == ("paused", SAM.email)
    assert papers[0].grid() == before


def by_folder(rig, paper):
    folder = rig.world.emulator.state.new_file(MAYA.email, FOLDER, "Shared things")
    rig.world.emulator.state.add(folder)
    grant_access(folder, Grant(permission_id_of("user", SAM.email), "user", "reader", SAM.email))
    file_of(rig, paper).parents = [folder.file_id]
    put_out(rig, paper, permission_id_of("user", SAM.email))


def by_drive(rig, paper):
    put_out(rig, paper, permission_id_of("user", SAM.email))
    member = Grant(permission_id_of("user", SAM.email), "user", "reader", SAM.email)
    move_to_drive(file_of(rig, paper), "0Drive", [member])


def as_owner(rig, paper):
    file = file_of(rig, paper)
    put_out(rig, paper, permission_id_of("user", SAM.email))
    file.permissions = {number: one for number, one in file.permissions.items() if one.role != "owner"}
    let_in(rig, paper, SAM.email, role="owner")
    let_in(rig, paper, MAYA.email, role="writer")


@pytest.mark.parametrize(
    ("arrange", "why"), [(by_folder, "inherited"), (by_drive, "inherited"), (as_owner, "owner")],
    ids=["folder", "shared drive", "file of their own"],
)  # fmt: skip
def test_access_that_cannot_be_ended_at_the_file_is_left_with_the_reason(rig, three, arrange, why):
    papers, _member_id = three
    arrange(rig, papers[0])
    removed = remove(rig)
    assert [(place.spreadsheet_id, place.why) for place in removed.left] == [(papers[0].spreadsheet_id, why)]
    assert ids(removed.done) == {papers[1].spreadsheet_id}


def test_a_file_that_the_caller_has_not_opened_with_the_add_on_is_left(rig, three):
    """The token that a press brings along sees only what they opened."""
    papers, _member_id = three
    file_of(rig, papers[0]).granted.clear()
    asked = {"email": MAYA.email, "audience": "https://rowstream.example/addon/confirm-revoke"}
    token = rig.world.http.post(f"{WORLD_URL}/identity/tokens", json=asked).json()["user_oauth_token"]
    removed = readers.remove_everywhere(rig.services, rig.owner, UserIdentity(token), SAM.email)
    assert [(place.title, place.why) for place in removed.left] == [(rig.file(papers[0]).title, "not-opened")]


def test_a_file_that_fails_is_left_and_the_others_are_done(rig, three):
    """One outage is no reason to leave the person in the other files."""
    rig.fail("unavailable_before", method="permissions.delete", count=20)
    removed = remove(rig)
    assert removed.done == ()
    assert {place.why for place in removed.left} <= {"no-answer", "no-time"}
    assert len(removed.left) == 2
    rig.world.emulator.faults.clear()
    assert len(remove(rig).done) == 2


def test_files_of_another_account_are_not_touched(rig, three):
    """Though the same person can open them."""
    ola = person_of("ola@harbour.example")
    rival = open_account(rig.services, ola, "Harbour Lane")
    attach_shop(rig.services, rig.world, rival, seller="harbour-lane")
    theirs = rig.spreadsheet("Theirs")
    let_in(rig, theirs, SAM.email)
    found = readers.remove_everywhere(rig.services, rival, rig.identity(ola), SAM.email)
    assert found.done == found.left == ()
    papers, _member_id = three
    assert all(can_open(rig, paper) for paper in [*papers[:2], theirs])


def test_whoever_is_in_no_file_is_fine(rig, three):
    assert remove(rig, "nobody@else.example") == readers.Removed()


def test_groups_and_domains_are_not_taken_for_the_person(rig, three):
    papers, _member_id = three
    let_in(rig, papers[2], SAM.email, kind="group")
    assert papers[2].spreadsheet_id not in ids(remove(rig).done)
    assert can_open(rig, papers[2])


def test_a_member_who_is_removed_everywhere_keeps_their_role_here(rig, three):
    """Two decisions, two presses: removing from files ends no membership."""
    _papers, member_id = three
    remove(rig)
    change_role(rig, member_id, Role.SUPPORT)
    assert [
        row.role for row in rig.read(people.members_of, rig.owner.scope, rig.clock.now()) if row.email == SAM.email
    ] == [Role.SUPPORT]
