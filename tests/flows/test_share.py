"""Who can open a bound file against who may: the table of readers, and the guard before each write."""

import pytest
from flows.mishaps import interpose
from flows.rig import MAYA, SAM, caller, open_account
from store.conftest import NOW

from service.core.roles import Role, Switch
from service.errors import Conflict, NotFound
from service.flows import care, intruders, invitations, manage, readers, share
from service.google.drive import Permission
from service.sandbox.people import person_of
from service.sandbox.sheets.state.files import Permission as Grant
from service.sandbox.sheets.state.files import permission_id_of, unshare
from service.sandbox.sheets.state.files import share as grant_access
from service.store import deeds
from service.store.records import AccountRow, MemberRow

WRITER = "writer@rowstream.example"


def reader(kind="user", email="", *, role="reader", domain="", number="1", deleted=False, name=""):
    return Permission(number, kind, role, email, domain, name, None, deleted)


def member(email, role):
    return MemberRow(email, "a", email, email, role, None, NOW, None)


#: Who can open the file → what is said of them; None = nothing, they may.
READERS = {
    "the owner of the file and the account": (reader(email="maya@x", role="owner"), None),
    "an admin": (reader(email="theo@x", role="writer"), None),
    "our writer": (reader(email=WRITER, role="writer"), None),
    "our writer, however it is spelled": (reader(email=WRITER.upper(), role="writer"), None),
    "a member whose role may see every column": (reader(email="sam@x"), None),
    "a member however their address is spelled": (reader(email="SAM@X"), None),
    "a member whose role may not": (reader(email="colin@x"), ("colin@x (accountant)", "role")),
    "a client of the account": (reader(email="lena@x"), ("lena@x (client)", "role")),
    "a person nobody invited": (reader(email="nosy@y"), ("nosy@y", "unknown")),
    "somebody without an address": (reader(name="Nosy"), ("Nosy", "unknown")),
    "somebody without address and name": (reader(), ("somebody", "unknown")),
    "anyone with the link": (reader("anyone"), ("anyone with the link", "link")),
    "a whole organisation": (reader("domain", domain="x.example"), ("everyone at x.example", "domain")),
    "a group, whoever is in it": (reader("group", "ops@x"), ("the group ops@x", "group")),
    "a group by a member's name": (reader("group", "sam@x"), ("the group sam@x", "group")),
    "somebody the owner approved": (reader(email="nosy@y", number="approved"), None),
    "a link, even if somebody approved it: it names nobody": (
        reader("anyone", number="approved"),
        ("anyone with the link", "link"),
    ),
    "an account that no longer exists": (reader(email="nosy@y", deleted=True), None),
}


@pytest.fixture
def watch_list(rig):
    return rig.preset("sla_watch_list", Role.WAREHOUSE)


@pytest.mark.parametrize("who", READERS)
def test_each_reader_is_judged_by_the_table(watch_list, who):
    found, expected = READERS[who]
    judged = intruders.find(
        [found],
        profiles=[watch_list],
        account=AccountRow("a", "A", "growth", [], NOW),
        members=[
            member("maya@x", "owner"),
            member("theo@x", "admin"),
            member("sam@x", "warehouse"),
            member("colin@x", "accountant"),
            member("lena@x", "client"),
        ],
        writers=[WRITER],
        approved=["approved"],
        now=NOW,
        written_for=Role.WAREHOUSE,
    )
    assert [(one.label, one.why) for one in judged] == ([] if expected is None else [expected])


def test_one_column_too_many_in_any_tab_is_enough(rig, watch_list):
    """The file is the boundary: tabs and hidden columns leak to whoever may open it."""
    money = rig.preset("accountant", Role.ACCOUNTANT)
    judged = intruders.find(
        [reader(email="sam@x")],
        profiles=[watch_list, money],
        account=AccountRow("a", "A", "growth", [], NOW),
        members=[member("sam@x", "warehouse")],
        writers=[],
        approved=[],
        now=NOW,
        written_for=Role.WAREHOUSE,
    )
    assert [one.why for one in judged] == ["role"]


# --- the guard -------------------------------------------------------------------------------------------------------


def let_in(rig, paper, email, *, kind="user", role="reader"):
    file = rig.world.emulator.state.files[paper.spreadsheet_id]
    permission = Grant(permission_id_of(kind, email), kind, role, email)
    grant_access(file, permission)
    return permission.permission_id


def put_out(rig, paper, permission_id):
    unshare(rig.world.emulator.state.files[paper.spreadsheet_id], permission_id)


def test_a_leak_pauses_before_the_next_row_and_names_who_to_remove(rig, paper):
    rig.place(1)
    rig.settle()
    let_in(rig, paper, "", kind="anyone")
    rig.clock.advance(61)
    before = paper.keys()
    rig.place(1)
    rig.settle(patience_s=0)
    file = rig.file(paper)
    assert (file.state, file.reason, file.reason_text) == ("paused", share.LEAK, "anyone with the link")
    assert paper.keys() == before


def test_once_the_leak_is_closed_a_press_goes_on(rig, paper):
    nosy = let_in(rig, paper, "nosy@y.example")
    rig.clock.advance(61)
    rig.place(1)
    rig.settle(patience_s=0)
    assert rig.file(paper).state == "paused"
    put_out(rig, paper, nosy)
    assert share.check_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id) == []
    assert rig.file(paper).state == "live"
    rig.settle()
    paper.assert_right()


def test_a_reader_the_owner_approved_stays_on_record(rig, paper):
    let_in(rig, paper, "auditor@y.example")
    rig.clock.advance(61)
    (found,) = share.check_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)
    assert rig.file(paper).state == "paused"
    approved = readers.approve_reader(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, found.reader_id)
    assert approved.label == "auditor@y.example"
    assert rig.file(paper).state == "live"
    assert rig.file(paper).approved_readers == [found.reader_id]
    sub, _ = rig.read(deeds.last_record, rig.account_id, deed="approve-reader")
    assert sub == rig.owner.sub
    with pytest.raises(NotFound):
        readers.approve_reader(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, "nobody")


def test_a_pause_by_hand_is_not_undone_by_a_clean_look(rig, paper):
    """The owner paused it while Drive was being asked: paused it stays."""
    rig.clock.advance(61)
    rig.place(1)
    google = interpose(rig)
    google.after["file"] = [lambda: care.pause(rig.services, rig.owner, paper.spreadsheet_id)]
    rig.run_pass(paper)
    assert (rig.file(paper).state, rig.file(paper).reason) == ("paused", "asked")
    assert paper.rows() == []
    share.check_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)
    assert rig.file(paper).state == "paused"


def test_another_account_can_neither_look_nor_approve(rig, paper):
    rival = open_account(rig.services, person_of("ola@rival.example"), "Rival")
    with pytest.raises(NotFound):
        share.check_now(rig.services, rival, rig.identity(), paper.spreadsheet_id)
    with pytest.raises(NotFound):
        readers.approve_reader(rig.services, rival, rig.identity(), paper.spreadsheet_id, "x")


# --- before binding --------------------------------------------------------------------------------------------------


def test_a_file_somebody_else_may_open_is_not_bound(rig):
    paper = rig.spreadsheet()
    let_in(rig, paper, "nosy@y.example")
    with pytest.raises(Conflict) as problem:
        rig.bind(paper)
    assert "nosy@y.example" in problem.value.sentence
    assert rig.file(paper) is None


def test_a_member_may_have_the_file_when_their_role_sees_it_all(rig):
    join(rig, SAM, Role.WAREHOUSE)
    paper = rig.spreadsheet()
    let_in(rig, paper, SAM.email)
    assert rig.bind(paper).state == "new-tab"


def test_a_wider_profile_is_refused_while_a_narrow_reader_is_in_the_file(rig):
    """Sam may see the watch list; the pick list shows buyers, whom he may not see."""
    join(rig, SAM, Role.WAREHOUSE)
    paper = rig.spreadsheet()
    let_in(rig, paper, SAM.email)
    rig.bind(paper)
    rig.switch(Switch.WAREHOUSE_PII)
    pick_list = rig.preset("pick_and_ship", Role.WAREHOUSE)
    rig.bind(paper, pick_list)
    rig.switch(Switch.WAREHOUSE_PII, wanted="off")
    other = rig.spreadsheet()
    let_in(rig, other, SAM.email)
    with pytest.raises(Conflict) as problem:
        rig.bind(other, rig.preset("accountant", Role.ACCOUNTANT), audience=Role.ACCOUNTANT)
    assert SAM.email in problem.value.sentence


def test_a_file_is_written_for_one_audience(rig, paper):
    with pytest.raises(Conflict) as problem:
        rig.bind(paper, rig.preset("accountant", Role.ACCOUNTANT), audience=Role.ACCOUNTANT)
    assert "warehouse" in problem.value.sentence


def join(rig, person, role):
    code = invitations.invite(rig.services, rig.owner, email=person.email, role=role)
    invitation = manage.standing(rig.services, caller(person), "").invitations[0][0]
    invitations.accept(rig.services, caller(person), invitation.id, code=code)


def test_the_owner_of_the_file_need_not_be_an_owner_of_the_account(rig):
    """Maya is both here; the judge goes by membership and not by who made the file."""
    paper = rig.spreadsheet()
    assert rig.world.emulator.state.files[paper.spreadsheet_id].owner == MAYA.email
    assert rig.bind(paper).audience == Role.WAREHOUSE
