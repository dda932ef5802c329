"""Anything at all, sent to every door: never a 500, never a trace in the database unless it was genuine."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards.actions import Action

CALM = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # one product serves all examples: none of them may change it

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
HEADERS = st.dictionaries(
    st.sampled_from(["Authorization", "Content-Type", "X-Forwarded-Host", "X-Forwarded-Proto", "Cookie", "Accept"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40),
    max_size=3,
)
PATHS = st.sampled_from(
    [
        *("/addon/home", "/addon/open-account", "/addon/x", "/hooks/tiktok", "/connect/start", "/connect/signed-in"),
        *("/tiktok/callback", "/", "/nope", "/static/logo-32.png", "/readyz"),
    ]
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])


@pytest.fixture
def client(routed):
    return routed.app.test_client()


@CALM
@given(method=METHODS, path=PATHS, query=st.text(max_size=40), body=st.binary(max_size=200), headers=HEADERS)
def test_no_request_of_a_stranger_changes_anything(client, rows, method, path, query, body, headers):
    """Any method, address, query, body and headers: a refusal below 500 and the database as before."""
    before = rows()
    answer = client.open(
        path, method=method, query_string={"state": query, "ticket": query}, data=body, headers=headers
    )
    assert answer.status_code < 500
    assert rows() == before


@CALM
@given(body=JSON)
def test_no_json_of_a_stranger_changes_anything(client, rows, body):
    before = rows()
    for path in ("/addon/open-account", "/hooks/tiktok"):
        assert client.post(path, json=body).status_code in {400, 401}
    assert rows() == before


@CALM
@given(parameters=JSON, form=JSON, sheets=JSON, locale=JSON)
def test_genuine_tokens_around_nonsense_are_answered_with_a_card(routed, people, parameters, form, sheets, locale):
    """Google signed it, and everything but the tokens is nonsense: always HTTP 200 and a card, never a bug."""
    sidebar = routed.sidebar(people["owner"])
    event = sidebar.event(Action.OPEN_ACCOUNT, {}, {})
    event["commonEventObject"] |= {"parameters": parameters, "formInputs": form, "userLocale": locale}
    event["sheets"] = sheets
    answer = sidebar.send(Action.OPEN_ACCOUNT, event)
    assert answer.status_code == 200
    assert "Something went wrong on our side" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: text.replace("{", '{"sheets": {}, "sheets": {"id": "1A"}, ', 1),
        lambda text: text[:-1],
        lambda text: text + "}",
        lambda text: text.replace('"WEB"', "NaN"),
        lambda text: text.replace('"WEB"', "[" * 60_000 + "]" * 60_000),
        lambda text: text.replace('"WEB"', '{"a":' * 40 + "1" + "}" * 40),
        lambda text: text.replace('"WEB"', '"' + "x" * 300_000 + '"'),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode().replace(b"WEB", b"\xff\xfe"),
    ],
)
def test_genuine_tokens_in_a_broken_body_are_refused(routed, people, rows, mangle):
    """Two readers must not be able to read two things: duplicate keys, odd encodings and depths are no event."""
    sidebar = routed.sidebar(people["owner"])
    event = sidebar.event(Action.OPEN_ACCOUNT, {"once_key": "k"}, {})
    token = event["authorizationEventObject"]["systemIdToken"]
    before = rows()
    answer = routed.app.test_client().post(
        "/addon/open-account", data=mangle(json.dumps(event)), headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.data) in {(400, b""), (413, b"")}
    assert rows() == before
