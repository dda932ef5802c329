"""Where an organisation lets no service account into its files, a person lets us write as them: given and used."""

import sqlalchemy as sa
from journeys.consent_giving import (
    PICK,
    TAB,
    agree,
    asked_of_google,
    choose,
    consents_of,
    file_of,
    give,
    readers_of,
    rows_of,
)
from local_world import PRODUCT_URL, WORLD_URL

from cards.actions import Action
from service.flows import upkeep
from service.google.refusals import DRIVE_FILE_SCOPE
from service.sandbox.issuer import WEB_CLIENT_ID
from service.store.tables import quotas


def start_of(team, role="owner"):
    """The address of a fresh start page."""
    return team.sidebar(role).post(Action.WRITE_AS_ME).link_of("Continue to Google")


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


def test_start_page_of_ours_is_all_the_card_links_to(closed):
    """The single-use ticket is in the link and nowhere else on the card."""
    url = start_of(closed)
    assert url.startswith(f"{PRODUCT_URL}/consent/start?ticket=")
