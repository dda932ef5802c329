"""Link, stranger, domain, wrong role, shared drive: each pauses the stream within a cycle, says whom to remove, and
once that is done the stream goes on by itself with what it missed. Over the doors that people and Google use.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from journeys.test_right_is_taken_away import minute_later, order_ids
from local_world import WORLD_URL
from team import Team

from cards.actions import Action

TAB = "SLA Watch List"
NOSY = "nosy@else.example"


def google(team: Team, method: str, path: str = "", **more):
    """A call to Drive with the owner's own token, as Google's Share dialog makes it."""
    url = f"{WORLD_URL}/drive/drive/v3/files/{team.sheet.spreadsheet_id}/permissions{path}"
    return team.sheet._call(team.people["owner"], method, url, **more)


def share(**wish):
    """Somebody is let in by the dialog, and taken out again there."""

    def enter(team):
        return google(team, "POST", json={"role": "reader", **wish}, params={"sendNotificationEmail": "false"})["id"]

    def leave(team, permission_id):
        google(team, "DELETE", f"/{permission_id}")

    return enter, leave


def share_with_accountant(team):
    """A member, whose role may see less than the file shows."""
    team.join("accountant")
    enter, _leave = share(type="user", emailAddress=team.people["accountant"].email)
    return enter(team)


def move(team, **wish):
    wanted = {"spreadsheet_id": team.sheet.spreadsheet_id, **wish}
    assert team.product.world.http.post(f"{WORLD_URL}/sheets/control/shared-drive", json=wanted).is_success


def move_to_drive(team):
    """The file goes onto a shared drive, of which a stranger is a member."""
    move(team, drive_id="0Drive", members=[{"email": NOSY, "role": "reader"}])


def move_back(team, _entered):
    """It is the owner's own again."""
    move(team, drive_id="")


@dataclass(frozen=True)
class Case:
    """`says`: who it is, in the words of the card. `button`: what the card offers; "" where Google lets nobody."""

    enter: Callable
    leave: Callable
    says: str
    why: str
    button: str


LINK, STRANGER, DOMAIN = (
    share(type="anyone"),
    share(type="user", emailAddress=NOSY),
    share(type="domain", domain="else.example"),
)
CASES = {
    "link share": Case(*LINK, "Anyone with the link", "Whoever has the link can open it", "Turn off the link"),
    "stranger": Case(*STRANGER, NOSY, "Not a member of this account", "Remove from the file"),
    "domain share": Case(
        *DOMAIN, "Everyone at else.example", "A whole organisation can open it", "Stop sharing with them"
    ),
    "wrong role": Case(
        share_with_accountant, STRANGER[1], "colin@hartbooks.example",
        "Their role, accountant, may not see everything in this file", "Remove from the file",
    ),
    "shared drive": Case(
        move_to_drive, move_back, NOSY, "Not a member of this account. This comes from the shared drive", "",
    ),
}  # fmt: skip


@pytest.fixture(params=sorted(CASES))
def case(request):
    return CASES[request.param]


@pytest.fixture
def leaking(live, case):
    """An order streamed in, somebody was let in, and a minute later another order came. With what let them in."""
    first = live.product.shop().place(1)
    minute_later(live)
    assert order_ids(live, TAB) == set(first)
    entered = case.enter(live)
    live.product.clock.advance(61)
    second = live.product.shop().place(1)
    minute_later(live)
    return live, entered, {*first}, {*second}


def test_it_pauses_within_one_cycle_and_says_whom_to_remove(leaking, case):
    team, _entered, before, missed = leaking
    assert order_ids(team, TAB) == before, "nothing was written while they could read it"
    home = team.sidebar("owner")
    assert home.says(case.says)
    assert home.says(case.why)
    card = home.press(Action.CHECK_SHARING)
    assert card.title == "Who can open this file"
    assert card.says(case.says)
    assert card.says("What is already in the sheet stays visible to everyone who could open it until now.")
    assert "sharingaction=manageaccess" in card.link_of("Open the sharing dialog")
    assert not missed & order_ids(team, TAB)


def test_it_recovers_by_itself_once_they_are_out(leaking, case):
    """Whoever takes them out does it in Google's own dialog; nobody presses anything in the sidebar. The looks while it
    is paused become rarer: after a minute, after five more.
    """
    team, entered, before, missed = leaking
    case.leave(team, entered)
    for _minute in range(6):
        minute_later(team)
    assert order_ids(team, TAB) == before | missed
    assert not team.sidebar("owner").says(case.says)


def test_it_recovers_by_the_button_of_the_card_where_there_is_one(leaking, case):
    """Where the access comes from above the file there is none, and the card says where to end it."""
    team, _entered, before, missed = leaking
    card = team.sidebar("owner").post("check-sharing")
    if case.button:
        card.press(case.button)
        minute_later(team)
        assert order_ids(team, TAB) == before | missed
    else:
        assert Action.REMOVE_READER not in card.actions()
        assert card.says("What comes from a folder or a shared drive can be ended only there, or by moving the file.")
        assert order_ids(team, TAB) == before


def test_a_shared_drive_whose_members_nobody_lists_is_approved_by_name(live):
    """Our writer is not told who is in the drive: that counts as somebody unknown, until the owner says who it is."""
    move(live, drive_id="0Drive", members=[])
    hidden = {"spreadsheet_id": live.sheet.spreadsheet_id}
    assert live.product.world.http.post(f"{WORLD_URL}/sheets/control/readers", json=hidden).is_success
    live.product.clock.advance(61)
    missed = live.product.shop().place(1)
    minute_later(live)
    assert order_ids(live, TAB) == set()
    card = live.sidebar("owner").post("check-sharing")
    assert card.says("Everyone in the shared drive")
    assert card.says("Google does not tell us who they are")
    card.press(Action.APPROVE_READER)
    assert card.toast == "Everyone in the shared drive may stay"
    minute_later(live)
    assert order_ids(live, TAB) == set(missed)
