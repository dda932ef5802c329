"""Every answer of every route and method carries the headers, because the routes are read from the application."""

import pytest
from local_world import PRODUCT_URL
from web.doors import addresses

from cards.actions import Action
from service.core.roles import Permission
from service.flows import connect, links, manage
from service.web.entries import Entry

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
#: Addresses that are no route.
ELSEWHERE = ("/nope", "/addon/", "/static/../site.py", "/%00", "/download/", "/download/a/b", "//", "/.env")
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}


def check(answer, where):
    for name, value in EXPECTED.items():
        assert answer.headers.get(name) == value, (where, name)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'"), where
    for part in ("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"):
        assert part in policy, where
    assert "unsafe" not in policy, where
    assert "*" not in policy, where
    assert "camera=()" in answer.headers["Permissions-Policy"], where
    assert answer.headers["Cache-Control"] in {"no-store", "public, max-age=86400"}, where
    shown = "cross-origin" if where[1].startswith("/static/") and answer.status_code == 200 else "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == shown, where
    assert "Access-Control-Allow-Origin" not in answer.headers, where
    assert "X-Powered-By" not in answer.headers, where


def test_every_route_is_among_those_looked_at(product):
    """A new route with a new sort of place fails here, until somebody has said what belongs into it."""
    found = addresses(product.app)
    assert {"/", "/addon/home", "/hooks/tiktok", "/connect/start", "/download/x", "/static/x", "/metrics"} <= set(found)
    assert len(found) >= len(list(product.app.url_map.iter_rules()))


def test_every_answer_of_every_route_and_method_carries_the_headers(product):
    client = product.app.test_client()
    for address in (*addresses(product.app), *ELSEWHERE):
        for method in METHODS:
            answer = client.open(address, method=method, headers={"Origin": "https://evil.example"})
            assert answer.status_code < 500, (method, address)
            check(answer, (method, address))
            assert "Set-Cookie" not in answer.headers, (method, address)


def test_answers_to_the_genuine_carry_them_too(product, people):
    """A card, a redirect with a cookie, the page behind it, a file, a webhook's answer."""
    sidebar = product.sidebar(people["owner"], spreadsheet_id=product.sheet(people["owner"]).spreadsheet_id)
    event = sidebar.event(Action.OPEN_ACCOUNT, {"once_key": "k"}, {"account_name": {"stringInputs": {"value": ["B"]}}})
    check(sidebar.send(Action.OPEN_ACCOUNT, event), ("POST", "/addon/open-account"))
    with product.services.store.read() as tx:
        (account_id,) = tx.connection().exec_driver_sql("SELECT id FROM accounts").scalars()
    owner = manage.actor_of(product.services, people["owner"].sub, account_id)
    browser = product.browser()
    page = browser.sign_in(browser.start(PRODUCT_URL + connect.start(product.services, owner)), people["owner"].email)
    assert page.status_code == 200
    check(page, ("GET", "/connect/signed-in"))
    check(browser.consent(), ("GET", "/tiktok/callback"))
    gone = product.app.test_client().get(links.issue(product.services, owner, kind="sync-history", subject="x"))
    assert gone.status_code == 404
    check(gone, ("GET", "/download/"))


@pytest.mark.parametrize("path", ["/broken", "/addon/home"])
def test_a_bug_answers_with_the_headers_and_without_a_word_of_it(make_product, registry, people, path):
    """The edge of the site, and that of the add-on's route."""
    product = make_product({**registry, Action.HOME: Entry(Permission.SIGNED_IN, bug)})
    product.app.add_url_rule("/broken", "broken", bug)
    product.app.testing = False
    if path == "/broken":
        answer = product.app.test_client().get(path)
        assert (answer.status_code, answer.data) == (500, b"")
    else:
        sidebar = product.sidebar(people["owner"])
        answer = sidebar.send("home", sidebar.event("home", {}, {}))
        assert answer.status_code == 200
        assert "reference" in answer.get_data(as_text=True)
    assert b"sesame" not in answer.data
    assert b"Traceback" not in answer.data
    check(answer, ("GET", path))


def bug(_ask=None):
    raise RuntimeError("sesame")
