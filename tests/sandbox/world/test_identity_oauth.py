"""The OAuth conversations: account chooser, code with PKCE, offline consent, service account, revocation."""

import base64
import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from google.auth import exceptions
from google.auth.transport.requests import Request
from google.oauth2 import id_token, service_account

from service.sandbox.issuer import WEB_CLIENT_ID

CALLBACK = "http://127.0.0.1:9/connect/google"
MAYA = "maya@bloomthread.example"
VERIFIER = "v" * 60
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "client_id": WEB_CLIENT_ID,
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid email",
    "state": "st&te",
    "nonce": "n-1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def consent(issuer, **changes):
    """The person chooses an account on the page; returns what came back to the app."""
    form = {**ASKED, "email": MAYA, **changes}
    answer = issuer.post("authorize", data=form)
    assert answer.status_code == 302
    target = answer.headers["Location"]
    assert target.startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}


def redeem(issuer, identity, code, **changes):
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": WEB_CLIENT_ID,
        "client_secret": identity.clients[WEB_CLIENT_ID].secret,
        "code_verifier": VERIFIER,
        **changes,
    }
    return issuer.post("token", data=form)


def test_page_lists_people_with_hinted_one_first(issuer):
    page = issuer.get("authorize", params={**ASKED, "login_hint": "ines@bloomthread.example"}).text
    shown = re.findall(r'name="email" value="([^"]+)"', page)
    assert shown[0] == "ines@bloomthread.example"
    assert MAYA in shown
    assert "See your primary Google Account email address" in page


def test_code_becomes_signed_identity_with_nonce(issuer, identity):
    back = consent(issuer)
    assert back["state"] == "st&te"
    answer = redeem(issuer, identity, back["code"]).json()
    claims = id_token.verify_token(answer["id_token"], Request(), WEB_CLIENT_ID, f"{issuer.base_url}certs")
    assert (claims["email"], claims["nonce"]) == (MAYA, "n-1")
    assert "refresh_token" not in answer
    assert identity.person_for_bearer(answer["access_token"]).email == MAYA


def test_code_works_once(issuer, identity):
    code = consent(issuer)["code"]
    assert redeem(issuer, identity, code).status_code == 200
    assert redeem(issuer, identity, code).json()["error"] == "invalid_grant"


def test_code_dies_after_ten_minutes(issuer, identity, wall):
    code = consent(issuer)["code"]
    wall.advance(601)
    assert redeem(issuer, identity, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "x" * 60}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:9/other"}, "redirect_uri_mismatch"),
        ({"client_secret": "guess"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_code_is_refused_to_wrong_redeemer(issuer, identity, changes, error):
    answer = redeem(issuer, identity, consent(issuer)["code"], **changes)
    assert answer.status_code in {400, 401}
    assert answer.json()["error"] == error


def test_denial_goes_back_with_state_and_without_code(issuer):
    assert consent(issuer, decision="deny") == {"error": "access_denied", "state": "st&te"}


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "someone-else"},
        {"redirect_uri": "https://evil.example/"},
        {"response_type": "token"},
        {"scope": ""},
        {"code_challenge_method": "plain"},
    ],
)
def test_unregistered_request_never_redirects(issuer, changes):
    answer = issuer.get("authorize", params={**ASKED, **changes})
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_offline_consent_refreshes_until_revoked(issuer, identity):
    code = consent(issuer, access_type="offline", prompt="consent")["code"]
    refresh_token = redeem(issuer, identity, code).json()["refresh_token"]
    secret = identity.clients[WEB_CLIENT_ID].secret
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": WEB_CLIENT_ID,
        "client_secret": secret,
    }
    access_token = issuer.post("token", data=form).json()["access_token"]
    assert identity.person_for_bearer(access_token).email == MAYA
    assert issuer.post("revoke", data={"token": refresh_token}).status_code == 200
    assert issuer.post("token", data=form).json()["error"] == "invalid_grant"
    assert identity.person_for_bearer(access_token) is None


def test_second_offline_consent_sends_refresh_token_only_when_asked_again(issuer, identity):
    """As Google does: without prompt=consent a person who consented before gives no second refresh token."""
    answers = [
        redeem(issuer, identity, consent(issuer, access_type="offline", **more)["code"]).json()
        for more in ({}, {}, {"prompt": "consent"})
    ]
    assert ["refresh_token" in answer for answer in answers] == [True, False, True]


def test_revoking_one_refresh_token_ends_all_that_the_person_gave_the_client(issuer, identity):
    """As Google does: it knows one grant of a person to an app, whatever number of tokens hang on it."""
    first, second = (
        redeem(issuer, identity, consent(issuer, access_type="offline", prompt="consent")["code"]).json()
        for _ in range(2)
    )
    assert issuer.post("revoke", data={"token": first["refresh_token"]}).status_code == 200
    assert identity.bearers.find_refresh(second["refresh_token"]) is None
    assert identity.person_for_bearer(second["access_token"]) is None


def test_person_takes_back_at_google_what_they_gave_in_the_browser(issuer, identity):
    given = redeem(issuer, identity, consent(issuer, access_type="offline", prompt="consent")["code"]).json()
    other = redeem(
        issuer, identity, consent(issuer, email="sam@packright.example", access_type="offline")["code"]
    ).json()
    assert issuer.post("revocations", json={"email": MAYA.upper()}).status_code == 200
    assert identity.bearers.find_refresh(given["refresh_token"]) is None
    assert identity.bearers.find_refresh(other["refresh_token"]) is not None
    assert issuer.post("revocations", json={"email": 7}).status_code == 400


def test_official_client_gets_token_with_writer_key(issuer, identity):
    """google-auth itself signs the grant; the emulators then see the writer and the scopes it asked for."""
    scopes = ["https://www.googleapis.com/auth/spreadsheets"]
    credentials = service_account.Credentials.from_service_account_info(identity.writer, scopes=scopes)
    credentials.refresh(Request())
    bearer = identity.bearers.find(credentials.token)
    assert (bearer.email, list(bearer.scopes)) == (identity.writer["client_email"], scopes)


@pytest.mark.parametrize("spoil", ["foreign_key", "delegation", "no_scope"])
def test_spoiled_writer_grant_is_refused(issuer, identity, tmp_path, wall, spoil):
    info, more = dict(identity.writer), {}
    if spoil == "foreign_key":
        (tmp_path / "other").mkdir()
        info["private_key"] = type(identity)(tmp_path / "other", base_url=str(issuer.base_url), wall=wall).writer[
            "private_key"
        ]
    if spoil == "delegation":
        more["subject"] = MAYA
    scopes = [] if spoil == "no_scope" else ["https://www.googleapis.com/auth/drive"]
    credentials = service_account.Credentials.from_service_account_info(info, scopes=scopes, **more)
    with pytest.raises(exceptions.RefreshError):
        credentials.refresh(Request())


def test_userinfo_tells_who_bearer_is(issuer, identity):
    token = redeem(issuer, identity, consent(issuer)["code"]).json()["access_token"]
    assert issuer.get("userinfo", headers={"Authorization": f"Bearer {token}"}).json()["email"] == MAYA
    assert issuer.get("userinfo", headers={"Authorization": "Bearer other"}).status_code == 401
