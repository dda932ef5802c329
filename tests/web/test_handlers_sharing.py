"""The card that says who can open a file and may not: each reader with what helps, and the stream that goes on."""

import pytest
from local_world import WORLD_URL

from cards.actions import Action
from service.store import sheets


@pytest.fixture
def bound(begin):
    team = begin(until="connected")
    team.product.shop().place(2)
    team.bind()
    return team


@pytest.fixture
def leaking(bound):
    """A stranger was let into the file."""
    bound.sheet.share(bound.people["stranger"], "reader")
    return bound


def state_of(team):
    with team.product.services.store.read() as tx:
        return sheets.file_unscoped(tx, team.sheet.spreadsheet_id).state


def file_of(team):
    return team.product.world.emulator.state.files[team.sheet.spreadsheet_id]


def test_check_names_the_reader_and_removes_them_with_a_press(leaking):
    stranger = leaking.people["stranger"].email
    owner = leaking.sidebar("owner").post("check-sharing")
    assert owner.title == "Who can open this file"
    assert owner.says(stranger)
    assert owner.says("stays visible to everyone who could open it until now")
    assert owner.says("published to the web")
    assert state_of(leaking) == "paused"
    owner.press("Remove from the file")
    assert owner.toast == f"{stranger} can no longer open this file"
    assert state_of(leaking) == "live"
    assert all(one.address != stranger for one in file_of(leaking).permissions.values())


def test_home_names_the_reader_without_asking_google_again(leaking):
    """What the last look found is kept, with the reason in words."""
    leaking.sidebar("owner").post("check-sharing")
    home = leaking.sidebar("owner")
    assert home.says(leaking.people["stranger"].email)
    assert home.says("Not a member of this account")
    assert home.press("Check sharing again").title == "Who can open this file"


def test_one_press_after_another_until_nobody_is_left(leaking):
    leaking.sheet.share("second@else.example", "reader")
    owner = leaking.sidebar("owner").post("check-sharing")
    owner.press("Remove from the file")
    assert owner.title == "Who can open this file"
    owner.press("Remove from the file")
    assert state_of(leaking) == "live"


def test_who_may_not_share_is_told_whom_to_ask(leaking):
    """The button would be refused, so there is none; Google's own dialog is a link away."""
    leaking.join("admin")
    leaking.sheet.share(leaking.people["admin"])
    file_of(leaking).writers_can_share = False
    admin = leaking.sidebar("admin").post("check-sharing")
    assert admin.says(f"Ask {leaking.people['owner'].email} to do it")
    assert not {"Remove from the file", "Approve"} & set(admin.labels())
    assert "sharingaction=manageaccess" in admin.link_of("Open the sharing dialog")


def test_check_again_goes_home_once_all_is_in_order(leaking):
    owner = leaking.sidebar("owner").post("check-sharing")
    leaking.sheet.unshare(leaking.people["stranger"])
    owner.press("Check sharing again")
    assert owner.toast == "Everyone who can open this file may see it"
    assert state_of(leaking) == "live"


def test_warehouse_learns_no_names(leaking):
    leaking.sidebar("owner").post("check-sharing")
    leaking.join("warehouse")
    leaking.sheet.share(leaking.people["warehouse"], "reader")
    assert not leaking.sidebar("warehouse").says(leaking.people["stranger"].email)


def test_removing_is_on_record_and_needs_the_reader_to_be_there(leaking):
    owner = leaking.sidebar("owner").post("check-sharing")
    leaking.sheet.unshare(leaking.people["stranger"])
    owner.press(Action.REMOVE_READER)
    assert owner.says("This person is not in the file any more.")


def test_leak_is_news_wherever_the_owner_looks(leaking):
    """In a file of nobody's, and in another file that is live: by name, and a tap away."""
    leaking.sidebar("owner").post("check-sharing")
    empty = leaking.product.sheet(leaking.people["owner"], "Notes")
    other = leaking.product.sheet(leaking.people["owner"], "Second")
    leaking.bind(sheet=other)
    for place in (empty, other):
        home = leaking.sidebar("owner", place)
        assert home.says("Orders is not updated")
        assert home.says(f"{leaking.people['stranger'].email} can open it, and may not see all of it")
        assert leaking.sheet.spreadsheet_id in str(home.reply)


def test_leak_is_no_news_once_it_is_closed_nor_where_it_is_told_in_full(leaking):
    owner = leaking.sidebar("owner").post("check-sharing")
    assert not leaking.sidebar("owner").says("is not updated")
    leaking.sheet.unshare(leaking.people["stranger"])
    owner.press("Check sharing again")
    empty = leaking.product.sheet(leaking.people["owner"], "Notes")
    assert not leaking.sidebar("owner", empty).says("is not updated")


def test_leak_is_no_news_for_who_may_not_look_at_readers(leaking):
    leaking.sidebar("owner").post("check-sharing")
    leaking.join("finance", "warehouse")
    empty = leaking.product.sheet(leaking.people["owner"], "Notes")
    for role in ("finance", "warehouse"):
        home = leaking.sidebar(role, empty)
        assert not home.says("is not updated")
        assert leaking.people["stranger"].email not in str(home.reply)


def test_file_whose_group_nobody_can_name_begins_with_the_card_that_says_so(bound):
    """Binding is no dead end: the owner approves the group and the rows come."""
    fresh = bound.product.sheet(bound.people["owner"], "Shared with ops")
    fresh._call(
        bound.people["owner"],
        "POST",
        f"{WORLD_URL}/drive/drive/v3/files/{fresh.spreadsheet_id}/permissions",
        json={"type": "group", "role": "reader", "emailAddress": "ops@packright.example"},
    )
    form = bound.sidebar("owner", fresh).post("bind-form", profile_id="preset:sla_watch_list")
    form.press(Action.BIND, form={"tab": ["new"], "audience": ["warehouse"]})
    assert form.toast == "Connected. First look who can open this file."
    assert form.says("The group ops@packright.example")
    bound.product.settle(patience_s=30)
    assert list(fresh.tabs()) == ["Sheet1"]
    card = bound.sidebar("owner", fresh).press(Action.CHECK_SHARING).press(Action.APPROVE_READER)
    assert card.toast == "The group ops@packright.example may stay"
    bound.product.settle(patience_s=60)
    assert len(fresh.cells("SLA Watch List")) >= 2
