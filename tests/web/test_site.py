"""Every answer of every route: its headers, its silence about the inside, and the few plain pages."""

import re
from pathlib import Path

import pytest

from addon_manifest.render import link_prefixes
from service.app import create_app

PAGES = ("/", "/help", "/privacy", "/terms", "/support", "/done")
ELSEWHERE = ("/healthz", "/readyz", "/static/logo-128.png", "/static/logo-32.png", "/static/pages.css")
REFUSED = {
    "/nope": 404,
    "/addon": 404,
    "/addon/": 404,
    "/addon/home": 405,
    "/addon/a/b": 404,
    "/hooks": 404,
    "/hooks/tiktok": 405,
    "/static/": 404,
    "/static/nope.png": 404,
    "/static/..%2fapp.py": 404,
    "/static/../pages.py": 404,
    "/.env": 404,
    "/%00": 404,
    "//healthz/..": 404,
}
PICTURES = Path(__file__).parents[2] / "addon_manifest" / "pictures"


@pytest.fixture
def get(routed):
    """Reads a path with a hostile Host header: nothing may depend on it."""

    def read(path, **more):
        return routed.app.test_client().get(path, headers={"Host": "evil.example"}, **more)

    return read


@pytest.mark.parametrize("path", [*PAGES, *ELSEWHERE])
def test_page_is_there_for_everybody(get, path):
    answer = get(path)
    assert answer.status_code == 200
    assert len(answer.data) > 0
    assert b"evil.example" not in answer.data


def test_every_route_answers_with_the_headers(routed, get):
    """Whatever happens: no sniffing, no frame, no referrer, a policy, and https only."""
    client = routed.app.test_client()
    answers = [get(path) for path in (*PAGES, *ELSEWHERE, *REFUSED, "/metrics", "/connect/start", "/tiktok/callback")]
    answers += [
        client.post("/addon/home", data=b"["),
        client.post("/hooks/tiktok"),
        client.delete("/"),
        client.put("/"),
    ]
    for answer in answers:
        where = answer.request.path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        assert answer.headers["X-Frame-Options"] == "DENY", where
        assert answer.headers["Referrer-Policy"] == "no-referrer", where
        assert answer.headers["Strict-Transport-Security"].startswith("max-age="), where
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'"), where
        assert "frame-ancestors 'none'" in policy, where
        assert "unsafe" not in policy, where
        assert answer.headers["Cache-Control"], where
        assert "Set-Cookie" not in answer.headers, where


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_not_there_gets_a_status_and_nothing_else(get, path):
    answer = get(path)
    assert (answer.status_code, answer.data) == (REFUSED[path], b"")
    assert "Location" not in answer.headers


def test_no_answer_sends_anybody_to_the_host_they_named(routed, get):
    """A slash too many is no reason to redirect to an address made of the Host header."""
    for path in ("/privacy/", "//privacy", "/addon/home/", "/connect/start/", "/hooks/tiktok/"):
        answer = get(path)
        assert "Location" not in answer.headers, path
        assert b"evil" not in answer.data, path


@pytest.mark.parametrize("path", ["/addon/home", "/hooks/tiktok"])
def test_private_answers_are_not_stored(routed, path):
    answer = routed.app.test_client().post(path, data=b"{}")
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_https_nothing_promises_it(settings, local_world, clock, wake, registry):
    """The local world speaks http on loopback: no HSTS there, and a cookie name that browsers accept."""
    # Settings are frozen; the local world's differ in this one.
    from dataclasses import replace

    from service.web.steps import cookie_name

    local = replace(settings, base_url="http://127.0.0.1:8081")
    app = create_app(local, clock=clock, wake=wake, wires=local_world.wires, registry=registry)
    assert "Strict-Transport-Security" not in app.test_client().get("/").headers
    assert cookie_name(https=False) == "rowstream"
    app.extensions["rowstream"].store.engine.dispose()


def test_pages_need_nothing_from_elsewhere(get):
    """Style, pictures and icons are our own; the one script has a nonce; links lead out only where a person clicks."""
    for path in PAGES:
        text = get(path).get_data(as_text=True)
        assert re.findall(r'(?:src|href)="(http[^"]*)"', text) in ([], [POLICY_OF_GOOGLE]), path
        assert "style=" not in text
        assert re.findall(r"<script(?! nonce=)", text) == []


POLICY_OF_GOOGLE = "https://developers.google.com/terms/api-services-user-data-policy"


def test_pages_name_whom_to_write_to(get):
    for path in ("/support", "/privacy", "/terms"):
        assert "support@rowstream.example" in get(path).get_data(as_text=True), path


def test_privacy_page_keeps_the_promise_google_asks_for(get):
    text = " ".join(get("/privacy").get_data(as_text=True).split())
    assert "Limited Use requirements" in text
    for scope in ("drive.file", "userinfo.email", "script.locale"):
        assert scope in text


def test_logo_of_the_cards_is_the_logo_of_the_listing(get):
    for name in ("logo-128.png", "logo-32.png"):
        assert get(f"/static/{name}").data == (PICTURES / name).read_bytes()


def test_own_pages_are_within_the_deployments_links(routed):
    base = routed.services.settings.base_url
    assert f"{base}/" in link_prefixes(base)


def test_ready_says_whether_the_database_answers(routed, get):
    assert get("/readyz").status_code == 200
    with routed.services.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE files RENAME TO files_away")
    assert get("/readyz").status_code == 503
    assert get("/healthz").status_code == 200, "alive is another question"


@pytest.mark.parametrize(
    ("address", "header", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.8.0.7", {}, 200),
        ("203.0.113.9", {}, 200),  # a documentation range, which counts as private
        ("8.8.8.8", {}, 404),
        ("10.8.0.7", {"X-Forwarded-For": "8.8.8.8"}, 404),
        ("10.8.0.7", {"Forwarded": "for=8.8.8.8"}, 404),
        ("", {}, 404),
    ],
)
def test_metrics_are_for_the_inside(routed, address, header, status):
    """How many orders go through here is the operator's business alone."""
    answer = routed.app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": address}, headers=header)
    assert answer.status_code == status
    assert (b"rowstream_actions_total" in answer.data) == (status == 200)


def test_nothing_is_asked_before_the_first_request(settings, registry):
    """Building the application opens no connection: clients that would lead nowhere are never used."""
    app = create_app(settings, registry=registry)
    assert app.extensions["rowstream"].settings is settings
    app.extensions["rowstream"].store.engine.dispose()
