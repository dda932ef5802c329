"""Home in all its states: what a person finds on opening the sidebar, and what to press next."""

from datetime import timedelta

import pytest
from core.made_orders import make_order
from drivers import Sidebar
from team import plant

from cards.actions import Action
from service.core.orders import Clocks
from service.flows import ingest, stream
from service.google.problems import WriterShutOut
from service.store import sheets, shops


@pytest.fixture
def team(begin):
    return begin(until="opened")


@pytest.fixture
def bound(begin):
    """A file bound for the warehouse, with five orders in it."""
    team = begin(until="connected")
    team.product.shop().place(5)
    return team.bind()


# --- before there is a file or an account ---


def test_person_without_grant_is_asked_for_the_one_file(product, people):
    """The first card says what is needed; the button is answered with Google's own request."""
    sheet = product.closed_sheet(people["owner"])
    sidebar = product.sidebar(people["owner"], spreadsheet_id=sheet.spreadsheet_id)
    assert sidebar.says("Only this sheet")
    sidebar.press("Allow access to this sheet")
    assert sidebar.asked_for_file
    assert sidebar.grant().says("You will be the owner")


def test_grant_that_names_no_file_is_explained(product, people):
    """Google may call the granted trigger and still not say which file: the same button again would be a loop."""
    sidebar = product.sidebar(people["owner"])
    sidebar.post("file-granted")
    assert sidebar.title == "We cannot see this sheet yet"


def test_allowing_again_leads_home(team):
    sidebar = team.sidebar("owner").post("allow-file")
    assert not sidebar.asked_for_file
    assert sidebar.says("Connect a shop")


def test_empty_name_of_account_is_hinted_at_the_field(product, people):
    sheet = product.sheet(people["owner"])
    sidebar = product.sidebar(people["owner"], spreadsheet_id=sheet.spreadsheet_id)
    sidebar.press("Open account", form={"account_name": " "})
    assert sidebar.says("Give your business a name.")
    assert sidebar.press("Open account", form={"account_name": "Mugs"}).says("Mugs, owner")


def test_member_without_open_file_finds_own_sheets(bound):
    """Each person is shown the sheets that are written for their role, in whatever file they are."""
    bound.join("warehouse", "accountant")
    packer = bound.product.sidebar(bound.people["warehouse"]).open()
    assert packer.says("Your sheets")
    assert packer.link_of("Orders").endswith(f"/{bound.sheet.spreadsheet_id}/edit")
    assert not bound.product.sidebar(bound.people["accountant"]).open().says("Your sheets")


# --- invitations ---


def test_invited_person_sees_the_invitation_before_anything_else(team):
    team.sidebar("owner").post("invite").press(
        Action.SEND_INVITATION, form={"email": team.people["warehouse"].email, "role": "warehouse"}
    )
    guest = team.product.sidebar(team.people["warehouse"]).open()
    assert guest.says("Join as warehouse")
    assert guest.press("Accept invitation").toast == "Welcome"


def test_invited_person_opens_the_bound_file_and_accepts_there(bound):
    """The file's own account invites: that card, and no other account's."""
    bound.sidebar("owner").post("invite").press(
        Action.SEND_INVITATION, form={"email": bound.people["warehouse"].email, "role": "warehouse"}
    )
    guest = bound.sidebar("warehouse")
    assert guest.title == "You are invited"
    guest.press("Accept invitation")
    assert guest.says("Written for warehouse")


def test_invitation_of_another_account_is_not_shown_in_a_bound_file(bound):
    """A bound file names nobody, also not those who invite elsewhere."""
    other = bound.product.sheet(bound.people["client"])
    bound.product.sidebar(bound.people["client"], spreadsheet_id=other.spreadsheet_id).press(
        Action.OPEN_ACCOUNT, form={"account_name": "Nordic Beauty"}
    )
    inviter = bound.product.sidebar(bound.people["client"], spreadsheet_id=other.spreadsheet_id)
    inviter.post("invite").press(
        Action.SEND_INVITATION, form={"email": bound.people["stranger"].email, "role": "support"}
    )
    guest = bound.sidebar("stranger")
    assert guest.says("Nothing to show here")
    assert not guest.says("Nordic Beauty")


def test_member_of_one_account_sees_the_invitation_of_another(team):
    """Who is a member already is not taken out of their work: the invitation stands below the next step."""
    other = team.product.sheet(team.people["admin"])
    admin = team.product.sidebar(team.people["admin"], spreadsheet_id=other.spreadsheet_id)
    admin.press(Action.OPEN_ACCOUNT, form={"account_name": "Second"})
    admin.post("invite").press(Action.SEND_INVITATION, form={"email": team.people["owner"].email, "role": "finance"})
    owner = team.sidebar("owner")
    assert owner.says("Connect a shop")
    owner.press("Accept invitation")
    assert owner.says("Second, finance")


# --- several accounts ---


def test_account_is_chosen_in_an_unbound_file_only(bound):
    """With two accounts and none chosen an unbound file asks; a bound one decides by itself."""
    bound.join("admin")
    sheet = bound.product.sheet(bound.people["admin"], "Notes")
    admin = bound.product.sidebar(bound.people["admin"], spreadsheet_id=sheet.spreadsheet_id)
    bound.product.clock.advance(1)
    admin.post("new-account").press("Open account", form={"account_name": "Second"})
    assert admin.says("Second, owner")
    admin.press("Switch account")
    assert admin.title == "Choose an account"
    admin.press(Action.CHOOSE_ACCOUNT, at=0)
    assert admin.says("Bloom & Thread, admin")
    assert bound.sidebar("admin").says("Written for warehouse")


# --- an unbound file ---


def test_next_step_is_the_shop_then_the_profile(team):
    assert team.sidebar("owner").says("Connect your TikTok Shop. Then choose what this sheet shows.")
    team.connect()
    assert team.sidebar("owner").says("Choose what this sheet shows, and for whom.")


def test_packer_in_an_unbound_file_is_told_who_can_connect_it(team):
    team.join("warehouse")
    sheet = team.product.sheet(team.people["warehouse"], "My notes")
    packer = team.product.sidebar(team.people["warehouse"], spreadsheet_id=sheet.spreadsheet_id)
    assert packer.says("This file is not connected. An owner or admin of your account can connect it.")
    assert not {Action.CONNECT_SHOP, Action.CHOOSE_PROFILE} & packer.actions()


def copy_of(team, sheet):
    """A copy of the spreadsheet, as Drive makes it: content and our marks, owned by the owner."""
    token = team.product.world.identity.google_token(team.people["owner"])
    answer = team.product.world.http.post(
        f"http://127.0.0.1:9/drive/drive/v3/files/{sheet.spreadsheet_id}/copy",
        headers={"Authorization": f"Bearer {token}"},
        json={"name": "Copy"},
    )
    assert answer.is_success, answer.text
    team.product.world.emulator.state.grant(team.people["owner"].email, answer.json()["id"])
    return answer.json()["id"]


def test_copy_of_a_bound_file_says_that_it_is_not_updated(bound):
    copied = copy_of(bound, bound.sheet)
    sidebar = bound.product.sidebar(bound.people["owner"], spreadsheet_id=copied)
    assert sidebar.says("A copy, not updated")
    assert "Connect this file" in sidebar.labels()


def test_file_that_was_stopped_is_no_copy(bound):
    """Our marks stay in a file that is no longer updated; it is unbound like any other."""
    owner = bound.sidebar("owner").press(Action.SHEET).press("Stop updating").press("Stop updating")
    assert owner.toast == "SLA Watch List is no longer updated"
    assert bound.sidebar("owner").says("Choose what this sheet shows, and for whom.")


# --- a bound file ---


def plant_due(team, hours):
    """An order to ship, due so many hours from now."""
    now = team.product.clock.market()
    due_at = now + timedelta(hours=hours)
    order = make_order(
        shop_id=team.shops()[0].id,
        order_id=f"5764000000000{100_000 + hours}",
        clocks=Clocks(rts_due=due_at, tts_due=due_at),
        created_at=now - timedelta(days=1),
    )
    plant(team.product, team.account_id, order)


def test_live_file_says_how_fresh_it_is_and_what_is_due(bound):
    """Freshness and rows of each tab, the windows that lead to their orders, the button of the role's purpose."""
    owner = bound.sidebar("owner")
    assert owner.says("Updated")
    assert any(text.endswith("rows") for text in owner.texts())
    assert owner.says("Nothing is due today or tomorrow")
    for hours in (-3, 2, 5, 30):
        plant_due(bound, hours)
    late = bound.sidebar("owner")
    assert [late.says(text) for text in ("1 overdue", "2 due today", "1 due tomorrow")] == [True] * 3
    late.press(Action.ORDERS, at=1)
    assert late.title == "Orders due today"
    assert late.says("2 hrs 0")
    assert late.says("5 hrs 0")
    assert not late.says("Overdue by")


def test_accountant_is_told_nothing_of_deadlines(bound):
    """The accountant may not see deadlines, so not how many there are either."""
    bound.join("accountant")
    plant_due(bound, -3)
    assert bound.sidebar("owner").says("1 overdue")
    accountant = bound.sidebar("accountant")
    assert not accountant.says("overdue")
    assert not accountant.says("due")


def test_tab_in_the_making_and_filling_show_progress(team):
    """From the click until the last row: being made, then how much of it stands."""
    team.connect()
    team.product.shop().history(60)
    sidebar = team.sidebar("owner").post("bind-form", profile_id="preset:agency_client")
    team.switch("client:ID_MASKED")
    sidebar = team.sidebar("owner").post("bind-form", profile_id="preset:agency_client")
    sidebar.press(Action.BIND, form={"tab": ["new"], "audience": ["client"]})
    assert sidebar.says("Getting ready")
    binding = team.bindings()[0]
    with team.product.services.store.write() as tx:
        sheets.update_binding(tx, binding.id, state="live", fill_at=None, row_total=200, row_done=50)
    filling = team.sidebar("owner")
    assert filling.says("Filling the tab, 25%")
    assert filling.says("50 of 200 rows")


def test_pause_names_who_paused_and_resume_goes_on(bound):
    owner = bound.sidebar("owner").press(Action.SHEET).press("Pause")
    assert owner.toast == "Paused"
    assert owner.says(f"{bound.people['owner'].email} paused this sheet.")
    bound.join("warehouse")
    packer = bound.sidebar("warehouse")
    assert packer.says("An owner or admin of this account can fix this.")
    assert owner.press("Resume updates").says("Updated")


def paused(team, problem):
    """The worker's pass failed with this problem."""
    stream.put_off(team.product.services, team.sheet.spreadsheet_id, problem)


def test_removed_writer_is_added_again_with_one_press(bound):
    """Whoever took the writer out of the Share dialog: the caller's right to share puts it back."""
    paused(bound, WriterShutOut("{email} may not edit this file.", email="writer@x.example"))
    owner = bound.sidebar("owner")
    assert owner.says("We can no longer write here")
    owner.press("Add the writer again")
    assert owner.toast == "The writer can edit this file again"
    assert owner.says("Updated")


def test_reader_without_membership_pauses_and_is_named_to_the_owner_only(bound):
    """The leak is named, approved by the owner, and the sheet goes on."""
    bound.join("warehouse")
    bound.sheet.share(bound.people["stranger"])
    bound.product.clock.advance(120)
    bound.product.shop().place(1)
    bound.product.settle(patience_s=60)
    owner = bound.sidebar("owner")
    assert owner.says("Someone can see more than they may")
    assert owner.says(bound.people["stranger"].email)
    packer = bound.sidebar("warehouse")
    assert packer.says("Someone can see more than they may")
    assert not packer.says(bound.people["stranger"].email)
    owner.press("Check sharing again")
    assert owner.toast == "Somebody can still see too much"
    assert owner.says("Not a member of this account")
    owner.press("Approve")
    assert owner.toast == f"{bound.people['stranger'].email} may stay"
    assert owner.says("Updated")


def test_expired_consent_is_renewed_from_home(bound):
    with bound.product.services.store.write() as tx:
        shop = shops.every_shop_of(tx, bound.scope)[0]
        shops.end_consent(tx, shop.consent_id)
    owner = bound.sidebar("owner")
    assert owner.says("The shop's consent has expired")
    assert owner.press("Renew the consent").says("Renew the consent of Bloom & Thread.")


def test_disconnected_shop_says_that_nothing_new_arrives(bound):
    owner = bound.sidebar("owner").press("Manage shops").press("Disconnect").press("Disconnect shop")
    assert owner.toast == "Bloom & Thread is disconnected"
    home = bound.sidebar("owner")
    assert home.says("The shop is disconnected")
    assert "Connect the shop again" in home.labels()


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("tab-gone", "The tab is gone"),
        ("key-gone", "The key column is gone"),
        ("rights", "A column is no longer allowed"),
        ("a word nobody knows yet", "Google refused our last write"),
    ],
)
def test_paused_tab_says_why(bound, reason, says):
    binding = bound.bindings()[0]
    with bound.product.services.store.write() as tx:
        sheets.update_binding(tx, binding.id, state="paused", reason=reason, reason_text="Orders")
    assert bound.sidebar("owner").says(says)


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("unlisted", "We cannot tell who can open this file"),
        ("file-gone", "We cannot find this file any more"),
        ("full", "The spreadsheet is full"),
        ("protected", "The tab is protected"),
        ("blocked", "Your organisation blocks our writer"),
        ("refused", "Google refused our last write"),
    ],
)
def test_paused_file_says_why(bound, reason, says):
    with bound.product.services.store.write() as tx:
        sheets.update_file(tx, bound.sheet.spreadsheet_id, state="paused", reason=reason, reason_text="Because.")
    owner = bound.sidebar("owner")
    assert owner.says(says)
    assert not owner.says("paused this sheet")


def test_market_that_does_not_answer_is_said_after_a_few_tries(bound):
    """One failure passes by itself and is nobody's worry; three in a row are told."""
    shop = bound.shops()[0]
    with bound.product.services.store.write() as tx:
        shops.note_trouble(tx, shop.id, sentence="No answer.", tries=1, not_before=None)
    assert not bound.sidebar("owner").says("Waiting for another service")
    with bound.product.services.store.write() as tx:
        shops.note_trouble(tx, shop.id, sentence="No answer.", tries=3, not_before=None)
    assert bound.sidebar("owner").says("TikTok does not answer at the moment.")


def test_stranger_in_a_bound_file_learns_nothing(bound):
    stranger = bound.sidebar("stranger")
    assert stranger.says("Nothing to show here")
    assert not stranger.says("Bloom")
    assert not stranger.says("SLA")
    assert isinstance(stranger.press("Open help"), Sidebar)
    assert stranger.title == "Help"


def test_refused_pass_leaves_a_line_of_history(bound):
    """What a pass could not do is read in the tab's history."""
    shop = bound.shops()[0]
    assert ingest.run_shop(bound.product.services, shop.id) is None
    owner = bound.sidebar("owner").press(Action.SHEET)
    assert any("added" in text for text in owner.texts())
