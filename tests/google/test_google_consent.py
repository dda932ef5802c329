"""A person's consent as an identity: what is asked for, how its token is renewed, and what its end looks like."""

from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from service.errors import UpstreamFailed
from service.google.client import Google
from service.google.consent import ASKED_SCOPES, OfflineConsent
from service.google.problems import ConsentEnded, WriterShutOut
from service.google.refusals import DRIVE_FILE_SCOPE
from service.google.signin import SignIn

MAYA = "maya@bloom.example"


@pytest.fixture
def offline(scripted):
    return OfflineConsent(
        SignIn(
            client_id="client-1",
            client_secret="hush",
            redirect_url="https://rows.example/consent/given",
            authorize_at_url="https://accounts.example/o/oauth2/v2/auth",
            token_url="https://oauth2.example/token",
            revoke_url="https://oauth2.example/revoke",
            http=scripted.client(),
        )
    )


@pytest.fixture
def maya(offline):
    return offline.identity(sub="117", email=MAYA, refresh_token="1//0maya")


def grant(token):
    return httpx.Response(200, json={"access_token": token, "expires_in": 3599, "token_type": "Bearer"})


def refused(status=400, **body):
    return httpx.Response(status, json=body)


def test_browser_is_sent_to_an_offline_consent_for_chosen_files_only(offline):
    """Google sends a refresh token only where it asks, so it is made to ask each time."""
    url = offline.authorize_url(state="s", nonce="n", verifier="v" * 43, login_hint=MAYA)
    query = parse_qs(urlsplit(url).query)
    assert query["access_type"] == ["offline"]
    assert query["prompt"] == ["consent"]
    assert query["login_hint"] == [MAYA]
    assert query["code_challenge_method"] == ["S256"]
    assert query["nonce"] == ["n"]
    assert [one for one in query["scope"][0].split() if one not in {"openid", "email"}] == [DRIVE_FILE_SCOPE]
    assert ASKED_SCOPES[-1] == DRIVE_FILE_SCOPE


def test_code_brings_the_refresh_token_and_the_ticked_scopes(offline, scripted):
    answer = {
        "id_token": "a.b.c",
        "access_token": "ya29",
        "refresh_token": "1//0x",
        "scope": f"openid {ASKED_SCOPES[2]}",
    }
    scripted.script = [httpx.Response(200, json=answer)]
    given = offline.redeem("4/code", "verifier")
    assert (given.id_token, given.refresh_token, given.has_files) == ("a.b.c", "1//0x", True)
    assert "1//0x" not in repr(given)


def test_scope_for_files_may_be_left_unticked(offline, scripted):
    scripted.script = [httpx.Response(200, json={"id_token": "a.b.c", "scope": "openid email"})]
    given = offline.redeem("4/code", "verifier")
    assert not given.has_files
    assert given.refresh_token == ""


def test_token_is_refreshed_at_the_token_address_and_kept(maya, scripted):
    scripted.script = [grant("ya29.1")]
    http = scripted.client()
    assert maya.bearer(http, timeout_s=5) == "ya29.1"
    assert maya.bearer(http, timeout_s=5) == "ya29.1"
    (sent,) = scripted.seen
    form = dict(parse_qsl(sent.content.decode()))
    assert str(sent.url) == "https://oauth2.example/token"
    assert form == {
        "grant_type": "refresh_token",
        "client_id": "client-1",
        "client_secret": "hush",
        "refresh_token": "1//0maya",
    }


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, id="revoked"
        ),
        pytest.param({"error": "invalid_grant", "error_subtype": "invalid_rapt"}, id="admin-wants-sign-in"),
        pytest.param({"error": "admin_policy_enforced"}, id="admin-forbids"),
    ],
)
def test_every_end_of_a_consent_is_told_as_one(maya, scripted, answer):
    """Revoked, long unused, a changed password, an administrator's rule: Google's refusal is all there is to see."""
    scripted.script = [refused(**answer)]
    with pytest.raises(ConsentEnded) as ended:
        maya.bearer(scripted.client(), timeout_s=5)
    assert MAYA in ended.value.sentence
    assert MAYA not in ended.value.detail


def test_wrong_client_secret_is_nobodys_consent(maya, scripted):
    """Our own set-up must not look like a person's change of mind: nothing of theirs ends by it."""
    scripted.script = [refused(401, error="invalid_client")]
    with pytest.raises(UpstreamFailed) as failed:
        maya.bearer(scripted.client(), timeout_s=5)
    assert failed.value.permanent


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(httpx.ReadTimeout("slow"), id="slow"),
        pytest.param(httpx.Response(503, content="<html>"), id="away"),
        pytest.param(httpx.Response(429, json={"error": "rate_limit_exceeded"}), id="too-fast"),
    ],
)
def test_outage_at_the_token_address_ends_no_consent(maya, scripted, trouble):
    scripted.script = [trouble]
    with pytest.raises(UpstreamFailed) as failed:
        maya.bearer(scripted.client(), timeout_s=5)
    assert not failed.value.permanent


def test_consent_is_logged_and_counted_without_the_address(maya):
    """Its quota is that of the person's own calls in the sidebar, which are counted under the same name."""
    assert maya.name == "user:117"
    assert MAYA not in repr(maya)
    assert maya.kind == "consent"


def test_file_that_the_person_may_not_edit_names_the_person(maya, scripted):
    """Where the file is to be shared with the writer again, the writer is the person."""
    denied = {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "The caller does not have permission"}}
    scripted.script = [grant("ya29.1"), refused(403, **denied)]
    google = Google(sheets_url="https://s.example/", drive_url="https://d.example/", http=scripted.client())
    with pytest.raises(WriterShutOut) as shut:
        google.get(maya, "file", fields="spreadsheetId", budget_s=5)
    assert shut.value.email == MAYA


def test_consent_without_the_scope_for_files_has_ended(maya, scripted):
    poor = {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "Request had insufficient scopes.",
                      "details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}  # fmt: skip
    scripted.script = [grant("ya29.1"), refused(403, **poor)]
    google = Google(sheets_url="https://s.example/", drive_url="https://d.example/", http=scripted.client())
    with pytest.raises(ConsentEnded):
        google.get(maya, "file", fields="spreadsheetId", budget_s=5)
