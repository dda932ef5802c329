"""Connecting a shop in the browser: one person, one browser, each step once; everything else leaves no trace."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from local_world import PRODUCT_URL

GONE = "already used, has expired, or was opened in another browser"


@pytest.fixture
def browser(routed):
    return routed.browser()


@pytest.fixture
def named(browser, start, people):
    """The owner's browser on the page that names the account."""
    browser.sign_in(browser.start(start(people["owner"])), people["owner"].email)
    assert browser.page.status_code == 200
    return browser


def shops(rows):
    return [row[:5] for row in rows()["shops"]], len(rows()["consents"])


def test_consent_connects_the_shop_of_the_named_account(named, rows):
    """The page names the account and the person, offers both consent pages, and the callback brings the shop."""
    assert "Bloom &amp; Thread" in named.page.text
    assert "maya@bloomthread.example" in named.page.text
    assert "In the United States" in named.page.text
    page = named.consent()
    assert page.status_code == 200
    assert "Connected. You can close this window." in page.text
    assert len(rows()["shops"]) == 1


def test_finished_page_closes_itself_by_its_own_nonce_only(named):
    page = named.consent()
    nonce = page.text.partition('<script nonce="')[2].partition('"')[0]
    assert nonce
    assert f"script-src 'nonce-{nonce}'" in page.headers["content-security-policy"]


def test_cookie_is_bound_to_this_host_and_gone_at_the_end(named):
    """`__Host-` with Secure, HttpOnly and Lax, on the whole path; deleted when it has served."""
    cookie = named.page.headers["set-cookie"]
    assert cookie.startswith("__Host-rowstream=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    page = named.consent()
    assert page.headers["set-cookie"].startswith("__Host-rowstream=;")
    assert "__Host-rowstream" not in named.cookies


ELSEWHERE = "https://evil.example/"
NAMES = ("next", "url", "redirect", "redirect_uri", "redirect_url", "return_to", "continue", "host")
ASKED_FOR = dict.fromkeys(NAMES, ELSEWHERE)


def test_no_query_or_header_sends_a_browser_elsewhere(routed, start, people):
    """There is no address to give: where a browser goes next is made of settings alone."""
    path, _, ticket = start(people["owner"]).removeprefix(PRODUCT_URL).partition("?ticket=")
    named = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "Referer": ELSEWHERE,
    }
    answer = routed.app.test_client().get(path, query_string={**ASKED_FOR, "ticket": ticket}, headers=named)
    assert answer.status_code == 302
    leads_to = urlsplit(answer.headers["Location"])
    assert f"{leads_to.scheme}://{leads_to.netloc}{leads_to.path}" == routed.services.settings.google_authorize_url
    assert parse_qs(leads_to.query)["redirect_uri"] == [f"{PRODUCT_URL}/connect/signed-in"]
    assert "evil" not in answer.headers["Location"]


def test_no_page_leads_elsewhere_whatever_it_is_asked(routed, named):
    """The pages after it too: every link on them is TikTok's consent or our own."""
    host = {"Host": "evil.example"}
    for path in ("/connect/start", "/connect/signed-in", "/tiktok/callback", "/done", "/"):
        answer = routed.app.test_client().get(path, query_string=ASKED_FOR, headers=host)
        assert "Location" not in answer.headers, path
        assert b"evil" not in answer.data, path
    addresses = re.findall(r'href="(https?://[^"]+)"', named.page.text)
    assert addresses
    assert all(address.startswith(routed.services.settings.tiktok_authorize_url) for address in addresses)


def test_start_link_works_once(browser, start, people):
    url = start(people["owner"])
    browser.start(url)
    again = browser.get(url)
    assert again.status_code == 401
    assert GONE in again.text


def test_looking_at_the_start_link_does_not_use_it_up(routed, browser, start, people):
    """A link preview or a scanner that only asks for the headers takes nothing away."""
    url = start(people["owner"])
    assert routed.app.test_client().head(url.removeprefix(PRODUCT_URL)).status_code == 405
    assert browser.start(url)


def test_start_link_expires_after_ten_minutes(browser, start, people, clock):
    url = start(people["owner"])
    clock.advance(601)
    page = browser.get(url)
    assert page.status_code == 401
    assert GONE in page.text


def test_stolen_sign_in_answer_is_worthless_in_another_browser(routed, start, people, rows):
    """An attacker who makes somebody else's browser finish their sign-in fails for want of the cookie."""
    mine, theirs = routed.browser(), routed.browser()
    answer = mine.choose_account(mine.start(start(people["owner"])), email=people["owner"].email)
    page = theirs.get(answer)
    assert page.status_code == 401
    assert GONE in page.text
    assert shops(rows) == ([], 0)


def test_stolen_consent_answer_is_worthless_in_another_browser(routed, named, rows):
    """The thief's consent must not connect the thief's shop to the victim's account, nor the other way round."""
    page = routed.browser().get(named.decide())
    assert page.status_code == 401
    assert shops(rows) == ([], 0)


def test_consent_answer_of_another_flow_is_worthless(routed, named, start, people, rows):
    """A browser in the middle of its own flow has a cookie too, but the wrong one; the try spends the state."""
    other = routed.browser()
    other.sign_in(other.start(start(people["stranger"], "Menon Goods")), people["stranger"].email)
    answer = named.decide()
    assert other.get(answer).status_code == 401
    assert named.get(answer).status_code == 401
    assert shops(rows) == ([], 0)


def test_signing_in_as_somebody_else_stops_before_the_consent(browser, start, people, rows):
    google = browser.start(start(people["owner"]))
    page = browser.sign_in(google, people["admin"].email)
    assert page.status_code == 403
    assert "another Google account" in page.text
    assert "Bloom" not in page.text
    assert shops(rows) == ([], 0)


def test_refused_sign_in_says_that_nothing_was_connected(browser, start, people):
    google = browser.start(start(people["owner"]))
    page = browser.get(browser.choose_account(google, decision="deny", email=people["owner"].email))
    assert page.status_code == 409
    assert "nothing was connected" in page.text


def test_replayed_callback_changes_nothing(named, rows):
    answer = named.decide()
    assert named.get(answer).status_code == 200
    before = rows()
    page = named.get(answer)
    assert page.status_code == 401
    assert rows() == before


def test_denied_consent_connects_nothing(named, rows):
    page = named.consent("deny")
    assert page.status_code == 409
    assert "nothing was connected" in page.text
    assert shops(rows) == ([], 0)


def test_creator_who_consents_by_mistake_is_told_why(named, rows):
    page = named.consent(seller="creator-nina")
    assert page.status_code == 400
    assert "as the seller" in page.text
    assert shops(rows) == ([], 0)


def test_consent_after_ten_minutes_is_too_late(named, clock, rows):
    answer = named.decide()
    clock.advance(601)
    assert named.get(answer).status_code == 401
    assert shops(rows) == ([], 0)


def test_shop_of_another_account_is_refused_with_its_owner_masked(routed, named, start, people, rows):
    """The shop stays where it is; the page says enough to ask, and not who it is."""
    named.consent()
    before = rows()["shops"]
    other = routed.browser()
    other.sign_in(other.start(start(people["stranger"], "Menon Goods")), people["stranger"].email)
    page = other.consent()
    assert "Not connected" in page.text
    assert "m***@bloomthread.example" in page.text
    assert "maya" not in page.text
    assert "<script" not in page.text, "bad news stays until it is read"
    assert rows()["shops"] == before


@pytest.mark.parametrize(
    "path",
    [
        "/connect/start",
        "/connect/start?ticket=",
        f"/connect/start?ticket={'a' * 5000}",
        "/connect/start?ticket=%00%ff",
        "/connect/signed-in",
        "/connect/signed-in?state=x",
        "/connect/signed-in?state=x&code=y",
        "/tiktok/callback",
        "/tiktok/callback?state=x&code=null",
        "/tiktok/callback?error=auth_denied&state=x",
    ],
)
def test_addresses_without_a_secret_change_nothing(routed, rows, path):
    before = rows()
    answer = routed.app.test_client().get(path)
    assert answer.status_code == 401
    assert rows() == before


def test_google_away_is_said_with_a_reference(routed, start, people, local_world):
    """The certificate list or the token page may be away: the person learns that, and nothing is connected."""
    browser = routed.browser()
    google = browser.start(start(people["owner"]))
    answer = browser.choose_account(google, email=people["owner"].email)
    local_world.identity.clients.clear()
    page = browser.get(answer)
    assert page.status_code == 502
    assert "RS-" in page.text
