"""Door, browser sign-in and writers against the local world's issuer, by the addresses they use in production."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from service.errors import BadInput, NotAuthentic, NotGranted, UpstreamFailed
from service.google.certs import Certs
from service.google.identities import WRITER_SCOPES, WriterIdentity
from service.google.signin import SignIn
from service.google.tokens import EMAIL_SCOPE, Door
from service.sandbox.identity import Identity, create_identity
from service.sandbox.issuer import ADDON_CLIENT_ID, SERVICE_AGENT, VARIANTS, WEB_CLIENT_ID
from service.sandbox.oauth import add_routes

ISSUER = "http://127.0.0.1:8080/"
BASE = "https://rows.example"
BACK = f"{BASE}/connect/back"
VERIFIER = "a-verifier-that-is-long-enough-for-the-standard"
MAYA = "maya@bloomthread.example"


@pytest.fixture
def identity(tmp_path):
    identity = Identity(tmp_path, base_url=ISSUER, redirect_uris=(BACK,), wall=lambda: datetime.now(UTC))
    yield identity
    identity.close()


@pytest.fixture
def http(identity):
    app = create_identity(identity)
    add_routes(app, identity)
    with httpx.Client(transport=httpx.WSGITransport(app), base_url=ISSUER) as client:
        yield client


@pytest.fixture
def door(http, clock):
    return Door(
        public_base_url=BASE,
        client_ids=[ADDON_CLIENT_ID],
        service_agent=SERVICE_AGENT,
        certs=Certs(f"{ISSUER}certs", http=http, now=clock.now),
        wall=lambda: datetime.now(UTC),
    )


@pytest.fixture
def sign_in(http, identity):
    return SignIn(
        client_id=WEB_CLIENT_ID,
        client_secret=identity.clients[WEB_CLIENT_ID].secret,
        redirect_url=BACK,
        authorize_at_url=f"{ISSUER}authorize",
        token_url=f"{ISSUER}token",
        revoke_url=f"{ISSUER}revoke",
        http=http,
    )


def press(http, door, *, path="/addon/home", **wishes):
    """Google calls the door for Maya; `wishes` spoil the tokens."""
    issued = http.post("tokens", json={"email": MAYA, "audience": f"{BASE}/addon/home", **wishes}).json()
    return door.verify(
        path=path,
        authorization=f"Bearer {issued['system_id_token']}",
        system_token_in_body=issued["system_id_token"],
        user_id_token=issued["user_id_token"],
        user_oauth_token=issued["user_oauth_token"],
        authorized_scopes=issued["authorized_scopes"],
    )


def agree(http, url, **form):
    """The browser shows Google's page and Maya agrees; the query that comes back."""
    assert http.get(url).status_code == 200
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    answer = http.post("authorize", data={**asked, "email": MAYA, "decision": "allow", **form})
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def test_press_of_a_button_is_proved(http, door, identity):
    caller = press(http, door)
    assert caller.email == MAYA
    assert caller.authoritative
    assert identity.person_for_bearer(caller.user_token).email == MAYA
    assert EMAIL_SCOPE in caller.scopes


@pytest.mark.parametrize("variant", sorted(VARIANTS - {"unverified"}))
@pytest.mark.parametrize("apply_to", ["system", "user"])
def test_every_forgery_the_issuer_can_make_is_refused(http, door, variant, apply_to):
    meaningless = {("other_client", "system"), ("other_project", "user")}
    if (variant, apply_to) in meaningless:
        assert press(http, door, variant=variant, apply_to=apply_to).email == MAYA
        return
    with pytest.raises(NotAuthentic):
        press(http, door, variant=variant, apply_to=apply_to)


def test_unverified_addresses(http, door):
    with pytest.raises(NotAuthentic):
        press(http, door, variant="unverified", apply_to="system")
    assert not press(http, door, variant="unverified", apply_to="user").authoritative


def test_token_for_one_address_does_not_open_another(http, door):
    with pytest.raises(NotAuthentic):
        press(http, door, path="/addon/members")


def test_browser_sign_in_ends_in_the_same_person(http, door, sign_in):
    url = sign_in.authorize_url(state="s-1", nonce="n-1", verifier=VERIFIER, login_hint=MAYA)
    back = agree(http, url)
    assert back["state"] == "s-1"
    token = sign_in.exchange(back["code"], VERIFIER)
    person = door.verify_sign_in(token, client_id=WEB_CLIENT_ID, nonce="n-1")
    assert person.sub == press(http, door).sub
    with pytest.raises(NotAuthentic):
        door.verify_sign_in(token, client_id=WEB_CLIENT_ID, nonce="n-2")
    with pytest.raises(BadInput):
        sign_in.exchange(back["code"], VERIFIER)


def test_stolen_code_is_worthless_without_the_verifier(http, sign_in):
    back = agree(http, sign_in.authorize_url(state="s", nonce="n", verifier=VERIFIER))
    with pytest.raises(BadInput):
        sign_in.exchange(back["code"], "another-verifier")


def test_person_who_declines_brings_no_code(http, sign_in):
    back = agree(http, sign_in.authorize_url(state="s", nonce="n", verifier=VERIFIER), decision="deny")
    assert back == {"error": "access_denied", "state": "s"}


def test_person_who_kept_the_address_to_themselves_is_asked_for_it(http, door):
    issued = http.post("tokens", json={"email": MAYA, "audience": f"{BASE}/addon/home", "scopes": []}).json()
    with pytest.raises(NotGranted) as asked:
        door.verify(
            path="/addon/home",
            authorization=f"Bearer {issued['system_id_token']}",
            system_token_in_body=None,
            user_id_token=None,
            user_oauth_token=issued["user_oauth_token"],
            authorized_scopes=issued["authorized_scopes"],
        )
    assert asked.value.scopes == (EMAIL_SCOPE,)


def test_writer_gets_a_token_with_its_scopes_until_revoked(http, identity, sign_in):
    writer = WriterIdentity(identity.writer)
    token = writer.bearer(http, timeout_s=5)
    bearer = identity.bearers.find(token)
    assert (bearer.email, bearer.scopes) == (writer.email, WRITER_SCOPES)
    sign_in.revoke(token)
    assert identity.bearers.find(token) is None
    assert identity.bearers.find(writer.renew(token, http, timeout_s=5)).email == writer.email


def test_writer_whose_key_was_replaced_is_told_apart_from_an_outage(http, identity, writer_key):
    stale = {**identity.writer, "private_key": writer_key["private_key"]}
    with pytest.raises(UpstreamFailed) as failed:
        WriterIdentity(stale).bearer(http, timeout_s=5)
    assert failed.value.permanent
