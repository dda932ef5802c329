"""The door: what is let in, and every way of being turned away."""

import base64
import json
import time

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from google.auth import jwt
from google.auth.crypt import es

from service.errors import NotAuthentic, NotGranted
from service.google.certs import RETRY_PAUSE_S, Certs
from service.google.tokens import EMAIL_SCOPE, LONGEST_TOKEN, Door, is_authoritative

BASE = "https://rows.example/app"
PATH = "/addon/home"
CLIENT = "100000000001-addon.apps.googleusercontent.com"
AGENT = "service-100000000001@gcp-sa-gsuiteaddons.iam.gserviceaccount.com"


class Google:
    """What Google would send for one press of a button; each test spoils one thing."""

    def __init__(self, key, clock):
        self.key, self.clock = key, clock

    def claims(self, **changed):
        issued = int(self.clock.wall_at.timestamp())
        claims = {"iss": "https://accounts.google.com", "iat": issued, "exp": issued + 3600, **changed}
        return {name: value for name, value in claims.items() if value is not None}

    def system_claims(self, **changed):
        claims = {"aud": BASE + PATH, "email": AGENT, "email_verified": True, "sub": "1", "azp": "1"}
        return self.claims(**{**claims, **changed})

    def user_claims(self, **changed):
        claims = {"aud": CLIENT, "sub": "110", "email": "Maya@Bloom.example", "email_verified": True}
        return self.claims(**{**claims, "hd": "bloom.example", **changed})

    def system(self, **changed):
        return self.key.sign(self.system_claims(**changed))

    def user(self, **changed):
        return self.key.sign(self.user_claims(**changed))


@pytest.fixture
def google(key, clock):
    return Google(key, clock)


@pytest.fixture
def door(cert_page, clock):
    return Door(
        public_base_url=f"{BASE}/",
        client_ids=[CLIENT],
        service_agent=AGENT,
        certs=Certs("https://certs.example/certs", http=cert_page.client(), now=clock.now),
        wall=clock.wall,
    )


@pytest.fixture
def enter(door, google):
    """Verifies a request that is right in everything the test does not name."""

    def enter(**changed):
        request = {
            "path": PATH,
            "authorization": f"Bearer {changed.pop('header', None) or google.system()}",
            "system_token_in_body": None,
            "user_id_token": google.user(),
            "user_oauth_token": "ya29.secret",
            "authorized_scopes": [EMAIL_SCOPE],
        }
        return door.verify(**{**request, **changed})

    return enter


def test_both_tokens_right_name_the_caller(enter):
    caller = enter()
    assert (caller.sub, caller.email, caller.hd) == ("110", "maya@bloom.example", "bloom.example")
    assert caller.email_verified
    assert caller.authoritative
    assert caller.scopes == frozenset({EMAIL_SCOPE})
    assert caller.user_token == "ya29.secret"


def test_caller_does_not_print_the_token(enter):
    assert "ya29.secret" not in repr(enter())


def test_short_issuer_spelling_is_accepted(enter, google):
    assert enter(header=google.system(iss="accounts.google.com")).sub == "110"


def test_scopes_and_access_token_may_be_absent(enter):
    caller = enter(user_oauth_token=None, authorized_scopes=None)
    assert (caller.user_token, caller.scopes) == ("", None)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a.b", "Bearer x.y.z"])
def test_header_without_a_readable_token_is_refused(enter, header):
    with pytest.raises(NotAuthentic):
        enter(authorization=header)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": BASE + PATH + "/"},
        {"aud": BASE + PATH + "?a=1"},
        {"aud": BASE + "/addon/orders"},
        {"aud": BASE},
        {"aud": "http://rows.example/app/addon/home"},
        {"aud": "https://evil.example/app/addon/home"},
        {"aud": CLIENT},
        {"aud": [BASE + PATH]},
        {"aud": None},
        {"iss": "https://accounts.example.net"},
        {"iss": None},
        {"iss": ["https://accounts.google.com"]},
        {"email": "service-999999999999@gcp-sa-gsuiteaddons.iam.gserviceaccount.com"},
        {"email": AGENT.upper()},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"iat": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e400},
    ],
    ids=str,
)
def test_signed_system_token_with_a_wrong_claim_is_refused(enter, google, wrong):
    with pytest.raises(NotAuthentic):
        enter(header=google.key.sign({n: v for n, v in {**google.system_claims(), **wrong}.items() if v is not None}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "999-other.apps.googleusercontent.com"},
        {"aud": BASE + PATH},
        {"aud": None},
        {"iss": "https://accounts.example.net"},
        {"sub": None},
        {"sub": ""},
        {"sub": 110},
        {"email": None},
        {"email": "nobody"},
        {"hd": 7},
    ],
    ids=str,
)
def test_signed_user_token_with_a_wrong_claim_is_refused(enter, google, wrong):
    with pytest.raises(NotAuthentic):
        enter(user_id_token=google.user(**wrong))


def test_token_of_another_key_under_the_right_name_is_refused(enter, google, other_key, key):
    forged = other_key.sign_as(key.key_id, google.system_claims())
    with pytest.raises(NotAuthentic):
        enter(header=forged)


def test_unsigned_token_is_refused(enter, google):
    with pytest.raises(NotAuthentic):
        enter(header=google.key.unsigned(google.system_claims()))
    with pytest.raises(NotAuthentic):
        enter(user_id_token=google.key.unsigned(google.user_claims()))


def test_token_signed_with_the_public_certificate_as_secret_is_refused(enter, google):
    with pytest.raises(NotAuthentic):
        enter(header=google.key.sign_with_public_half(google.system_claims()))


def test_token_without_key_id_is_refused(enter, google, key):
    """The library would try every certificate; a token of Google always names its key."""
    with pytest.raises(NotAuthentic):
        enter(header=key.sign_as(None, google.system_claims()))


def test_only_rsa_signatures_are_accepted(enter, google, cert_page):
    """Google signs with RS256. A listed key of another kind would satisfy the library, so the door checks itself."""
    curve_key = ec.generate_private_key(ec.SECP256R1())
    public = curve_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    cert_page.keys["curve"] = public.decode()
    token = jwt.encode(es.EsSigner(curve_key, "curve"), google.system_claims()).decode()
    now = int(time.time())
    fresh = jwt.encode(es.EsSigner(curve_key, "curve"), {"iat": now, "exp": now + 60}).decode()
    assert jwt.decode(fresh, certs=cert_page.keys), "the library alone lets it in"
    with pytest.raises(NotAuthentic):
        enter(header=token)


def test_token_with_changed_claims_is_refused(enter, google):
    head, _, signature = google.user().split(".")
    claims = base64.urlsafe_b64encode(json.dumps(google.user_claims(sub="111")).encode()).rstrip(b"=").decode()
    with pytest.raises(NotAuthentic):
        enter(user_id_token=f"{head}.{claims}.{signature}")


@pytest.mark.parametrize("nested", ["[" * 3000, '{"a":' * 1000])
def test_token_that_would_exhaust_the_parser_is_refused(enter, nested):
    part = base64.urlsafe_b64encode(nested.encode()).rstrip(b"=").decode()
    with pytest.raises(NotAuthentic):
        enter(header=f"{part}.{part}.AAAA")


def test_overlong_token_is_refused(enter, google):
    with pytest.raises(NotAuthentic):
        enter(user_id_token=google.user(padding="x" * LONGEST_TOKEN))


def test_user_token_does_not_open_the_door_in_place_of_the_system_token(enter, google):
    with pytest.raises(NotAuthentic):
        enter(header=google.user())


def test_system_token_does_not_name_a_person(enter, google):
    with pytest.raises(NotAuthentic):
        enter(user_id_token=google.system())


def test_body_token_that_differs_must_be_right_too(enter, google):
    assert enter(system_token_in_body=google.system(sub="2")).sub == "110"
    with pytest.raises(NotAuthentic):
        enter(system_token_in_body=google.system(aud="https://evil.example/"))
    with pytest.raises(NotAuthentic):
        enter(system_token_in_body="")


@pytest.mark.parametrize(("seconds", "lets_in"), [(-11, False), (-10, True), (3600, True), (3610, True), (3611, False)])
def test_token_is_good_from_ten_seconds_before_to_ten_after(enter, google, clock, seconds, lets_in):
    header, user = google.system(), google.user()
    clock.advance(seconds)
    if lets_in:
        assert enter(header=header, user_id_token=user).sub == "110"
    else:
        with pytest.raises(NotAuthentic):
            enter(header=header, user_id_token=google.user())
        with pytest.raises(NotAuthentic):
            enter(header=google.system(), user_id_token=user)


def test_missing_person_asks_for_the_address_only_behind_a_proved_call(enter):
    with pytest.raises(NotGranted) as asked:
        enter(user_id_token=None, authorized_scopes=["https://www.googleapis.com/auth/drive.file"])
    assert asked.value.scopes == (EMAIL_SCOPE,)
    with pytest.raises(NotAuthentic):
        enter(user_id_token=None, authorized_scopes=[], authorization="Bearer x.y.z")


def test_missing_person_although_granted_is_refused(enter):
    with pytest.raises(NotAuthentic):
        enter(user_id_token=None)


def test_key_rotation_is_noticed(enter, google, cert_page, clock, other_key):
    enter()
    cert_page.keys = {other_key.key_id: other_key.certificate}
    google.key = other_key
    clock.advance(RETRY_PAUSE_S)
    assert enter(header=google.system(), user_id_token=google.user()).sub == "110"
    assert cert_page.asked == 2


def test_outage_of_the_certificate_page_does_not_lock_people_out(enter, cert_page, clock, google):
    enter()
    cert_page.failure = httpx.ConnectTimeout("down")
    clock.advance(2 * 3600)
    assert enter(header=google.system(), user_id_token=google.user()).sub == "110"


def test_nobody_comes_in_while_no_certificate_was_ever_seen(enter, cert_page):
    cert_page.failure = httpx.ConnectTimeout("down")
    with pytest.raises(NotAuthentic):
        enter()


def test_refusal_says_the_wrong_audience_but_never_the_token(enter, google):
    token = google.system(aud="https://rows.example/other")
    with pytest.raises(NotAuthentic) as refused:
        enter(header=token)
    assert "https://rows.example/other" in refused.value.detail
    with pytest.raises(NotAuthentic) as unreadable:
        enter(header=token + "x.y")
    assert token[:40] not in unreadable.value.detail
    assert unreadable.value.__cause__ is None


@pytest.mark.parametrize(
    ("email", "verified", "hd", "expected"),
    [
        ("ravi@gmail.com", True, None, True),
        ("ravi@GoogleMail.com", True, None, True),
        ("maya@bloom.example", True, "bloom.example", True),
        ("maya@Bloom.example", True, "bloom.example", True),
        ("maya@bloom.example", False, "bloom.example", False),
        ("ravi@gmail.com", False, None, False),
        ("sam@packright.example", True, None, False),
        ("maya@sub.bloom.example", True, "bloom.example", False),
        ("maya@gmail.com.example", True, None, False),
        ("maya", True, "", False),
    ],
)
def test_address_is_authoritative_only_where_google_runs_the_mailbox(email, verified, hd, expected):
    assert is_authoritative(email, email_verified=verified, hd=hd) is expected


def test_unverified_address_is_let_in_but_marked(enter, google):
    caller = enter(user_id_token=google.user(email_verified=False))
    assert not caller.email_verified
    assert not caller.authoritative


def test_sign_in_token_needs_its_nonce_and_client(door, google):
    token = google.user(aud="web-client", nonce="n-1")
    caller = door.verify_sign_in(token, client_id="web-client", nonce="n-1")
    assert (caller.sub, caller.user_token) == ("110", "")
    for client, nonce in [("web-client", "n-2"), (CLIENT, "n-1"), ("web-client", "")]:
        with pytest.raises(NotAuthentic):
            door.verify_sign_in(token, client_id=client, nonce=nonce)
    for unasked in (google.user(aud="web-client"), google.user(aud="web-client", nonce="")):
        with pytest.raises(NotAuthentic):
            door.verify_sign_in(unasked, client_id="web-client", nonce="n-1")
        with pytest.raises(NotAuthentic):
            door.verify_sign_in(unasked, client_id="web-client", nonce="")


@pytest.mark.parametrize(
    "hole", [{"public_base_url": ""}, {"client_ids": []}, {"client_ids": [""]}, {"service_agent": ""}]
)
def test_door_without_a_lock_cannot_be_built(cert_page, clock, hole):
    """An empty setting must not turn a check off."""
    whole = {"public_base_url": BASE, "client_ids": [CLIENT], "service_agent": AGENT}
    with pytest.raises(ValueError, match="needs"):
        Door(**{**whole, **hole}, certs=Certs("u", http=cert_page.client(), now=clock.now), wall=clock.wall)
