"""Where an organisation lets no service account into its files, a person lets us write as them: given, used, ended."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from journeys.consent_giving import (
    PICK,
    agree,
    asked_of_google,
    bind_by_consent,
    choose,
    close_domain,
    consents_of,
    file_of,
    give,
    readers_of,
)
from local_world import PRODUCT_URL, WORLD_URL

from cards.actions import Action
from service.flows import upkeep
from service.google.refusals import DRIVE_FILE_SCOPE
from service.sandbox.issuer import WEB_CLIENT_ID
from service.store.tables import quotas

TAB = "SLA Watch List"
ENDED = "The consent to write has ended"


@pytest.fixture
def closed(connected):
    """The owner's organisation shares no file with the outside; the shop is connected, nothing is bound."""
    close_domain(connected.product)
    return connected


@pytest.fixture
def with_admin(closed):
    """An admin of the same organisation, who may edit the file."""
    closed.join("admin")
    closed.product.world.emulator.state.closed.clear()  # they are of another domain here, and are let in beforehand
    closed.sheet.share(closed.people["admin"])
    close_domain(closed.product)
    return closed


@pytest.fixture
def personal(closed):
    """The sheet follows the shop, written as its owner."""
    return bind_by_consent(closed)


def start_of(team, role="owner"):
    """The address of a fresh start page."""
    return team.sidebar(role).post(Action.WRITE_AS_ME).link_of("Continue to Google")


def rows_of(team):
    return {row["Order ID"] for row in team.sheet.cells(TAB)}


def sweep(team):
    upkeep.wake_due(team.product.services)
    team.product.settle(patience_s=60)


# --- giving ----------------------------------------------------------------------------------------------------------


def test_rows_reach_the_sheet_as_the_owner_and_no_service_account_is_let_in(personal):
    """Binding is refused, the person consents and chooses the file, and the same press then works."""
    placed = personal.product.shop().place(3)
    personal.product.settle(patience_s=60)
    assert rows_of(personal) == set(placed)
    owner = personal.people["owner"].email
    assert readers_of(personal) == {owner}
    assert (file_of(personal).writer_email, file_of(personal).state) == (owner, "live")
    assert consents_of(personal) == [("live", True)]


def test_changes_and_hands_are_followed_by_consent_as_by_a_writer(personal):
    """A sort, a typed-over cell, a shipped order: the same care, by the person's own identity."""
    shop = personal.product.shop()
    placed = shop.place(3, kind="NORMAL")
    personal.product.settle(patience_s=60)
    personal.sheet.hand("sort", TAB, column="A")
    shop.step(placed[0], "ship")
    personal.product.settle(patience_s=90)
    shown = {row["Order ID"]: row["Status"] for row in personal.sheet.cells(TAB)}
    keys = [row["Key"] for row in personal.sheet.cells(TAB)]
    assert set(shown) == set(placed)
    assert shown[placed[0]] == "AWAITING_COLLECTION"
    assert len(keys) == len(set(keys))


def test_hand_of_the_giver_is_noticed_though_google_takes_it_for_ours(personal):
    """What they type over our cells is put right within a quarter of an hour, as anybody else's."""
    product = personal.product
    product.shop().place(2, kind="NORMAL")
    product.settle(patience_s=60)
    for _ in range(3):  # a new tab is compared for the first time
        pass_a_quarter(product)
    header = personal.sheet.grid(TAB)[0]
    cell = f"{'ABCDEFGHIJKLMNOP'[header.index('Qty')]}2"
    right = personal.sheet.cells(TAB)[0]["Qty"]
    personal.sheet.hand("type_text", TAB, cell=cell, text="77")
    for _ in range(2):
        pass_a_quarter(product)
    assert personal.sheet.cells(TAB)[0]["Qty"] == right


def pass_a_quarter(product):
    """Fifteen minutes, and the audits that are due."""
    product.clock.advance(901)
    upkeep.wake_audits(product.services, upkeep.due_audits(product.services))
    product.settle(patience_s=60)


def test_sidebar_tells_a_person_from_a_writer(personal):
    """Who gave the consent may end it from there; others are only told whose it is."""
    (binding,) = personal.bindings()
    mine = personal.sidebar("owner").post("sheet", binding_id=binding.id)
    assert mine.says("Writes as you")
    assert mine.says("By your consent of 23 Nov 2026")
    personal.join("admin")
    theirs = personal.sidebar("admin").post("sheet", binding_id=binding.id)
    assert theirs.says("By their consent of 23 Nov 2026")
    assert theirs.says(personal.people["owner"].email)
    assert Action.OWN_CONSENTS not in theirs.actions()


def test_google_is_asked_for_chosen_files_only_and_offline(closed):
    google = closed.product.browser().start(start_of(closed))
    asked = asked_of_google(google)
    assert [one for one in asked["scope"].split() if one not in {"openid", "email"}] == [DRIVE_FILE_SCOPE]
    assert (asked["access_type"], asked["prompt"], asked["code_challenge_method"]) == ("offline", "consent", "S256")
    assert asked["login_hint"] == closed.people["owner"].email


def test_picker_is_left_out_where_google_counts_the_add_ons_grant(closed):
    """Whether it does is not proved: both ways lead to the same end."""
    closed.product.world.http.post(f"{WORLD_URL}/sheets/control/clients", json={"share_grants": True})
    browser = closed.product.browser()
    page = agree(browser, start_of(closed), email=closed.people["owner"].email)
    assert PICK not in page.text
    assert "Go back to the sidebar and connect the tab." in page.text
    assert closed.sidebar("owner").post(Action.WRITE_AS_ME).says("We may write here as you")


def test_another_file_chosen_in_the_picker_is_asked_about_again(closed):
    other = closed.product.sheet(closed.people["owner"], "Another")
    browser = closed.product.browser()
    agree(browser, start_of(closed), email=closed.people["owner"].email)
    page = choose(closed.product, browser, other.spreadsheet_id)
    assert "Google does not open that file to us yet." in page.text
    page = choose(closed.product, browser, closed.sheet.spreadsheet_id)
    assert "You can close this window." in page.text


def test_another_google_account_gives_nothing(closed):
    """The consent of whoever is signed in elsewhere in the browser is not kept, and Google is told so."""
    other = closed.people["stranger"].email
    page = agree(closed.product.browser(), start_of(closed), email=other)
    assert page.status_code == 403
    assert "another Google account" in page.text
    assert consents_of(closed) == []
    assert not closed.product.world.identity.bearers.has_refresh(other, WEB_CLIENT_ID)


def test_unticked_files_and_a_refusal_change_nothing(closed):
    owner = closed.people["owner"].email
    page = agree(closed.product.browser(), start_of(closed), email=owner, scope="openid email")
    assert "You did not let Rowstream work with the file" in page.text
    page = agree(closed.product.browser(), start_of(closed), email=owner, decision="deny")
    assert "You did not agree" in page.text
    assert consents_of(closed) == []
    assert not closed.product.world.identity.bearers.has_refresh(owner, WEB_CLIENT_ID)


def test_member_who_lost_the_right_meanwhile_gives_nothing(with_admin):
    closed = with_admin
    url = start_of(closed, "admin")
    (member,) = (one for one in closed.members() if one.role == "admin")
    closed.sidebar("owner").post("change-role", form={"role": "accountant"}, member_id=member.id)
    page = agree(closed.product.browser(), url, email=closed.people["admin"].email)
    assert page.status_code == 403
    assert consents_of(closed) == [("dead", False)]


def test_each_step_works_once_and_in_its_own_browser(closed):
    """The start link, Google's answer and the choice: nobody repeats or steals one."""
    product, owner = closed.product, closed.people["owner"].email
    url = start_of(closed)
    mine, theirs = product.browser(), product.browser()
    google = mine.start(url)
    assert theirs.get(url).status_code == 401
    answer = mine.choose_account(google, email=owner)
    assert theirs.get(answer).status_code == 401
    assert consents_of(closed) == []
    assert mine.get(answer).status_code == 200
    assert mine.get(answer).status_code == 401
    assert len(consents_of(closed)) == 1


def test_page_with_the_picker_is_the_only_one_that_lets_google_in(closed):
    """Its policy names the Picker's frame and its own nonce, nothing by scheme or star, and nobody stores the page."""
    browser = closed.product.browser()
    page = agree(browser, start_of(closed), email=closed.people["owner"].email)
    policy = page.headers["content-security-policy"]
    assert f"frame-src {WORLD_URL}/identity/" in policy
    assert "'strict-dynamic'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    done = choose(closed.product, browser, closed.sheet.spreadsheet_id)
    assert "frame-src" not in done.headers["content-security-policy"]
    assert "__Host-rowstream" not in browser.cookies
    assert "ya29" not in done.text


def test_quota_is_counted_with_the_persons_own_calls(personal):
    """Google counts a person's calls together, whether they press or are away."""
    personal.product.shop().place(1)
    personal.product.settle(patience_s=60)
    owner = f"user:{personal.people['owner'].sub}"
    with personal.product.services.store.read() as tx:
        keys = set(tx.execute(sa.select(quotas.c.key)).scalars())
    assert {f"{owner}:read", f"{owner}:write"} <= keys
    assert not [key for key in keys if "gserviceaccount" in key]


# --- ending ----------------------------------------------------------------------------------------------------------


def take_back(team, role="owner"):
    """In their Google account the person takes it back."""
    answer = team.product.world.http.post(f"{WORLD_URL}/identity/revocations", json={"email": team.people[role].email})
    assert answer.status_code == 200


def test_consent_taken_back_at_google_pauses_and_is_given_again(personal):
    """However Google ends it, the next write says so; rows of the time between come when it is given anew."""
    shop = personal.product.shop()
    before = shop.place(1)
    personal.product.settle(patience_s=60)
    take_back(personal)
    between = shop.place(2)
    personal.product.settle(patience_s=60)
    assert (file_of(personal).state, file_of(personal).reason) == ("paused", "consent-ended")
    assert consents_of(personal) == [("dead", False)]
    owner = personal.sidebar("owner")
    assert owner.says(ENDED)
    give(personal, "owner", sidebar=owner.press("Give consent again"))
    personal.product.settle(patience_s=60)
    assert rows_of(personal) == {*before, *between}
    assert personal.sidebar("owner").post(Action.WRITE_AS_ME).toast == "We write here as you"


def test_giver_ends_it_in_the_sidebar_and_the_sheet_says_so(personal):
    """Google forgets it at once, the heading tells those without a sidebar, and nothing more is written."""
    before = personal.product.shop().place(1)
    personal.product.settle(patience_s=60)
    owner = personal.sidebar("owner").post(Action.OWN_CONSENTS)
    assert owner.says(file_of(personal).title)
    owner.press("End consent")
    assert owner.toast == "The consent has ended"
    assert owner.says("You gave no consent")
    assert consents_of(personal) == [("revoked", False)]
    assert not personal.product.world.identity.bearers.has_refresh(personal.people["owner"].email, WEB_CLIENT_ID)
    personal.product.shop().place(1)
    sweep(personal)
    assert rows_of(personal) == set(before)
    assert "ended their consent" in note_of(personal)


def note_of(team):
    """What the first heading's note says."""
    found = team.sheet._call(
        team.people["owner"],
        "GET",
        f"{WORLD_URL}/sheets/v4/spreadsheets/{team.sheet.spreadsheet_id}",
        params={"fields": "sheets(properties.title,data.rowData.values.note)", "includeGridData": "true"},
    )
    tab = next(one for one in found["sheets"] if one["properties"]["title"] == TAB)
    values = [cell for block in tab["data"] for row in block.get("rowData", ())[:1] for cell in row.get("values", ())]
    return " ".join(cell.get("note", "") for cell in values)


def test_signing_out_ends_it_and_says_so_beforehand(personal):
    owner = personal.sidebar("owner").post("sign-out")
    assert owner.says(file_of(personal).title)
    owner.press(Action.CONFIRM_SIGN_OUT)
    assert consents_of(personal) == [("revoked", False)]
    assert file_of(personal).reason == "consent-ended"
    assert personal.sidebar("owner").says(ENDED)


def test_giver_who_leaves_takes_it_along_and_an_owner_goes_on(with_admin):
    """The remaining owner sees why, consents for themselves, and no row is doubled."""
    closed = bind_by_consent(with_admin, "admin")
    before = closed.product.shop().place(1)
    closed.product.settle(patience_s=60)
    (member,) = (one for one in closed.members() if one.role == "admin")
    closed.sidebar("owner").post("confirm-revoke", member_id=member.id)
    between = closed.product.shop().place(1)
    sweep(closed)
    assert consents_of(closed) == [("revoked", False)]
    assert rows_of(closed) == set(before)
    closed.sheet.unshare(closed.people["admin"])
    give(closed, "owner")
    sweep(closed)
    assert file_of(closed).writer_email == closed.people["owner"].email
    assert rows_of(closed) == {*before, *between}


def test_giver_who_may_bind_no_more_writes_no_more(with_admin):
    closed = bind_by_consent(with_admin, "admin")
    (member,) = (one for one in closed.members() if one.role == "admin")
    closed.sidebar("owner").post("change-role", form={"role": "warehouse"}, member_id=member.id)
    closed.product.shop().place(1)
    sweep(closed)
    assert rows_of(closed) == set()
    assert file_of(closed).reason == "consent-ended"
    assert closed.sidebar("owner").says(ENDED)


def test_domain_that_opens_up_lets_our_writer_take_over(personal):
    """The other button: no consent is needed once the organisation allows our address."""
    product = personal.product
    before = product.shop().place(1)
    product.settle(patience_s=60)
    personal.sidebar("owner").post(Action.OWN_CONSENTS).press("End consent")
    product.world.emulator.state.closed.clear()
    personal.sidebar("owner").press("Use our writer")
    after = product.shop().place(1)
    sweep(personal)
    assert rows_of(personal) == {*before, *after}
    assert file_of(personal).consent_id is None
    assert product.services.writers.emails[0] in readers_of(personal)


def test_file_that_the_giver_may_not_edit_any_more_says_so(personal):
    """The person lost the file and not the consent: the same card, with both ways on."""
    state = personal.product.world.emulator.state
    state.files[personal.sheet.spreadsheet_id].picked.clear()
    personal.product.shop().place(1)
    sweep(personal)
    owner = personal.sidebar("owner")
    assert owner.says(ENDED)
    assert {"Give consent again", "Use our writer"} <= set(owner.labels())


def test_consent_ended_while_google_is_away_is_told_in_the_night(personal):
    """Nothing is written from that moment on; the token is kept until Google has heard of it, and no longer."""
    personal.product.world.refuses_revocations = True
    personal.sidebar("owner").post(Action.OWN_CONSENTS).press("End consent")
    assert consents_of(personal) == [("revoked", True)]
    personal.product.shop().place(1)
    sweep(personal)
    assert rows_of(personal) == set()
    personal.product.world.refuses_revocations = False
    upkeep.forget_old(personal.product.services)
    assert consents_of(personal) == [("revoked", False)]
    assert not personal.product.world.identity.bearers.has_refresh(personal.people["owner"].email, WEB_CLIENT_ID)


def test_start_page_of_ours_is_all_the_card_links_to(closed):
    """The single-use ticket is in the link and nowhere else on the card."""
    url = start_of(closed)
    assert url.startswith(f"{PRODUCT_URL}/consent/start?ticket=")


def test_editor_who_may_not_share_is_offered_the_same(connected):
    """No rule of an organisation: the owner of the file alone shares it, and an editor consents for themselves."""
    connected.join("admin")
    connected.sheet.share(connected.people["admin"])
    connected.product.world.emulator.state.files[connected.sheet.spreadsheet_id].writers_can_share = False
    admin = connected.sidebar("admin").post("bind-form", profile_id="preset:sla_watch_list")
    admin.press(Action.BIND, form={"tab": ["new"], "audience": ["warehouse"]})
    assert admin.says("You may not share this file with our writer")
    give(connected, "admin", sidebar=admin)
    again = connected.sidebar("admin").post("bind-form", profile_id="preset:sla_watch_list")
    again.press(Action.BIND, form={"tab": ["new"], "audience": ["warehouse"]})
    connected.product.settle(patience_s=60)
    placed = connected.product.shop().place(1)
    connected.product.settle(patience_s=60)
    assert rows_of(connected) == set(placed)


def test_leaving_says_beforehand_which_files_stop(with_admin):
    team = bind_by_consent(with_admin, "admin")
    admin = team.sidebar("admin").post(Action.LEAVE_ACCOUNT)
    assert admin.says("These files stop updating")
    assert admin.says(file_of(team).title)


def test_person_of_two_accounts_ends_one_and_writes_on_in_the_other(personal):
    """Google knows one grant of a person to us: it is told when the last consent of theirs is over."""
    product, bearers = personal.product, personal.product.world.identity.bearers
    owner = personal.people["owner"].email
    sidebar = personal.sidebar("owner").post(Action.OPEN_ACCOUNT, form={"account_name": "Second"}, once_key="second")
    elsewhere = product.sheet(personal.people["owner"], "Elsewhere")
    second = replace(personal, sheet=elsewhere)
    give(second, "owner", sidebar=product.sidebar(personal.people["owner"]).open(elsewhere.spreadsheet_id).post(
        Action.WRITE_AS_ME))  # fmt: skip
    sidebar = personal.sidebar("owner").post(Action.OWN_CONSENTS)
    assert sidebar.says("Second")
    sidebar.press(
        "End consent", at=[one for one in sidebar.texts() if one in {"Bloom & Thread", "Second"}].index("Second")
    )
    assert bearers.has_refresh(owner, WEB_CLIENT_ID)
    placed = product.shop().place(1)
    product.settle(patience_s=60)
    assert rows_of(personal) == set(placed)
    personal.sidebar("owner").post(Action.OWN_CONSENTS).press("End consent")
    assert not bearers.has_refresh(owner, WEB_CLIENT_ID)
