"""Who gets through the add-on's door: both tokens, exactly ours, or a bare 401 and nothing changed."""

import pytest

from cards.actions import Action

FORGED_SYSTEM = ("expired", "wrong_issuer", "alg_none", "unverified", "other_key", "other_project")
FORGED_USER = ("expired", "wrong_issuer", "alg_none", "other_key", "other_client")
ACTIONS = ("home", "open-account", "no-such-action")


@pytest.fixture
def sidebar(routed, people):
    return routed.sidebar(people["owner"])


def refused(sidebar, rows, action, event, *, header=None):
    """Posts the event and expects a bare 401 that left every row as it was."""
    before = rows()
    token = event["authorizationEventObject"].get("systemIdToken", "") if header is None else header
    answer = sidebar.product.app.test_client().post(
        f"/addon/{action}", json=event, headers={"Authorization": f"Bearer {token}"} if token else {}
    )
    assert (answer.status_code, answer.data) == (401, b"")
    assert rows() == before


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("variant", FORGED_SYSTEM)
def test_forged_system_token_changes_nothing(sidebar, rows, action, variant):
    event = sidebar.event(action, {}, {}, variant=variant, apply_to="system")
    refused(sidebar, rows, action, event)


@pytest.mark.parametrize("variant", FORGED_USER)
def test_forged_user_token_changes_nothing(sidebar, rows, variant):
    event = sidebar.event("open-account", {"once_key": "k"}, {}, variant=variant, apply_to="user")
    refused(sidebar, rows, "open-account", event)


@pytest.mark.parametrize(
    "audience",
    [
        "https://rowstream.example/addon/home",
        "https://rowstream.example/addon/open-account/",
        "https://rowstream.example/addon/open-account?a=1",
        "http://rowstream.example/addon/open-account",
        "https://evil.example/addon/open-account",
        "https://rowstream.example",
    ],
)
def test_system_token_for_another_address_changes_nothing(sidebar, rows, audience):
    """A token that Google signed for one address must not open another."""
    event = sidebar.event("open-account", {"once_key": "k"}, {})
    event["authorizationEventObject"]["systemIdToken"] = sidebar.tokens(audience)["system_id_token"]
    refused(sidebar, rows, "open-account", event)


def test_audience_does_not_follow_the_host_header(sidebar, rows):
    """A token for another host, posted with that host's name, is still for another host."""
    token = sidebar.tokens("https://evil.example/addon/open-account")["system_id_token"]
    before = rows()
    answer = sidebar.product.app.test_client().post(
        "/addon/open-account",
        json=sidebar.event("open-account", {}, {}),
        headers={"Authorization": f"Bearer {token}", "Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    assert answer.status_code == 401
    assert rows() == before


def test_header_without_token_changes_nothing(sidebar, rows):
    """The token in the body alone is not enough: it may have been copied out of a log."""
    event = sidebar.event("open-account", {"once_key": "k"}, {})
    before = rows()
    answer = sidebar.product.app.test_client().post("/addon/open-account", json=event)
    assert answer.status_code == 401
    assert rows() == before


def test_another_token_in_the_body_changes_nothing(sidebar, rows):
    event = sidebar.event("open-account", {"once_key": "k"}, {})
    genuine = event["authorizationEventObject"]["systemIdToken"]
    event["authorizationEventObject"]["systemIdToken"] = sidebar.tokens("https://x.example/addon/home")[
        "system_id_token"
    ]
    refused(sidebar, rows, "open-account", event, header=genuine)


def test_user_token_instead_of_the_system_token_changes_nothing(sidebar, rows):
    event = sidebar.event("open-account", {"once_key": "k"}, {})
    user_token = event["authorizationEventObject"]["userIdToken"]
    refused(sidebar, rows, "open-account", event, header=user_token)


def test_missing_person_with_their_address_granted_is_refused(sidebar, rows):
    """Google leaves the user token out only when the scope is missing; otherwise somebody took it out."""
    event = sidebar.event("open-account", {"once_key": "k"}, {})
    del event["authorizationEventObject"]["userIdToken"]
    refused(sidebar, rows, "open-account", event)


def test_missing_email_scope_asks_google_for_it(sidebar, rows):
    """The person ticked only some scopes: Google is asked to ask, and repeats the call."""
    before = rows()
    scopes = ["https://www.googleapis.com/auth/drive.file"]
    event = sidebar.event("home", {}, {}, scopes=scopes)
    answer = sidebar.send("home", event)
    assert answer.get_json() == {
        "requesting_google_scopes": {"scopes": ["https://www.googleapis.com/auth/userinfo.email"]}
    }
    assert rows() == before


def test_token_still_opens_the_door_ten_seconds_late(sidebar, clock):
    """Clocks differ a little; an hour and ten seconds after its issue a token is still good, later it is not."""
    event = sidebar.event("home", {}, {})
    clock.advance(3609)
    assert sidebar.send("home", event).status_code == 200
    clock.advance(10)
    assert sidebar.send("home", event).status_code == 401


def test_unknown_action_is_told_only_to_the_proved(sidebar):
    """Whoever is not Google learns nothing about which actions exist."""
    event = sidebar.event("no-such-action", {}, {})
    assert sidebar.send("no-such-action", event).status_code == 404
    assert sidebar.product.app.test_client().post("/addon/no-such-action", json={}).status_code == 401


def test_genuine_press_reaches_its_handler(sidebar, rows):
    """What the refusals above are measured against: the same press, genuine, leaves a row."""
    sidebar.post(Action.OPEN_ACCOUNT, once_key="k")
    assert len(rows()["accounts"]) == 1
    assert sidebar.toast == "done"
