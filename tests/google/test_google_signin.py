"""Signing in in the browser: what is sent to Google, and what its answers mean."""

from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from service.errors import BadInput, UpstreamFailed
from service.google.signin import SignIn, challenge_of


@pytest.fixture
def sign_in(scripted):
    return SignIn(
        client_id="client-1",
        client_secret="hush",
        redirect_url="https://rows.example/start/back",
        authorize_at_url="https://accounts.example/o/oauth2/v2/auth",
        token_url="https://oauth2.example/token",
        revoke_url="https://oauth2.example/revoke",
        http=scripted.client(),
    )


def test_challenge_is_the_one_of_the_standard():
    """The example pair of RFC 7636, appendix B."""
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_browser_is_sent_with_state_nonce_and_challenge_but_without_secrets(sign_in):
    url = sign_in.authorize_url(state="s&1", nonce="n", verifier="v" * 43, login_hint="maya@bloom.example")
    query = parse_qs(urlsplit(url).query)
    assert url.startswith("https://accounts.example/o/oauth2/v2/auth?")
    assert query == {
        "client_id": ["client-1"],
        "redirect_uri": ["https://rows.example/start/back"],
        "response_type": ["code"],
        "scope": ["openid email"],
        "state": ["s&1"],
        "nonce": ["n"],
        "code_challenge": [challenge_of("v" * 43)],
        "code_challenge_method": ["S256"],
        "prompt": ["select_account"],
        "login_hint": ["maya@bloom.example"],
    }
    assert "hush" not in url
    assert "v" * 43 not in url


def test_code_is_exchanged_with_the_verifier(sign_in, scripted):
    scripted.script = [httpx.Response(200, json={"id_token": "a.b.c", "access_token": "ya29"})]
    assert sign_in.exchange("4/code", "verifier") == "a.b.c"
    form = dict(parse_qsl(scripted.seen[0].content.decode()))
    assert str(scripted.seen[0].url) == "https://oauth2.example/token"
    assert form == {
        "grant_type": "authorization_code",
        "code": "4/code",
        "code_verifier": "verifier",
        "redirect_uri": "https://rows.example/start/back",
        "client_id": "client-1",
        "client_secret": "hush",
    }


def test_used_code_asks_the_person_to_start_again(sign_in, scripted):
    scripted.script = [
        httpx.Response(400, json={"error": "invalid_grant", "error_description": "Malformed auth code."})
    ]
    with pytest.raises(BadInput, match="Start again"):
        sign_in.exchange("4/used", "verifier")


def test_wrong_client_secret_is_permanent(sign_in, scripted):
    scripted.script = [httpx.Response(401, json={"error": "invalid_client"})]
    with pytest.raises(UpstreamFailed) as refused:
        sign_in.exchange("4/code", "verifier")
    assert refused.value.permanent


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ReadTimeout("slow"),
        httpx.Response(503, content="<html>"),
        httpx.Response(429, json={"error": "rate_limited"}),
        httpx.Response(200, content="<html>login</html>"),
        httpx.Response(200, json={"access_token": "ya29"}),
        httpx.Response(200, json=["id_token"]),
    ],
)
def test_trouble_at_google_can_be_repeated(sign_in, scripted, trouble):
    scripted.script = [trouble]
    with pytest.raises(UpstreamFailed) as failed:
        sign_in.exchange("4/code", "verifier")
    assert not failed.value.permanent


def test_revoking_twice_is_fine(sign_in, scripted):
    scripted.script = [httpx.Response(200, json={}), httpx.Response(400, json={"error": "invalid_token"})]
    sign_in.revoke("ya29")
    sign_in.revoke("ya29")
    assert [request.content for request in scripted.seen] == [b"token=ya29"] * 2


def test_revoking_during_an_outage_is_not_taken_for_done(sign_in, scripted):
    scripted.script = [httpx.Response(503, content="<html>")]
    with pytest.raises(UpstreamFailed):
        sign_in.revoke("ya29")


def test_secret_is_not_printed(sign_in):
    assert "hush" not in repr(sign_in)
