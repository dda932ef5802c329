"""Google's own verifier accepts what the issuer signs, and refuses every faulty variant."""

import pytest
from google.auth import exceptions
from google.auth.transport.requests import Request
from google.oauth2 import id_token

from service.sandbox.identity import Identity
from service.sandbox.issuer import ADDON_CLIENT_ID, SERVICE_AGENT, VARIANTS
from service.sandbox.people import PEOPLE, person_of

AUDIENCE = "http://127.0.0.1:8081/addon/home"
MAYA = "maya@bloomthread.example"


def ask(issuer, **body):
    return issuer.post("tokens", json={"email": MAYA, "audience": AUDIENCE, **body})


def verify(issuer, token, audience):
    return id_token.verify_token(token, Request(), audience, f"{issuer.base_url}certs", clock_skew_in_seconds=10)


def test_system_token_names_exact_audience_and_service_agent(issuer):
    claims = verify(issuer, ask(issuer).json()["system_id_token"], AUDIENCE)
    assert (claims["iss"], claims["aud"]) == ("https://accounts.google.com", AUDIENCE)
    assert (claims["email"], claims["email_verified"]) == (SERVICE_AGENT, True)
    assert claims["exp"] - claims["iat"] == 3600


def test_user_token_carries_stable_number_and_workspace_domain(issuer):
    first = verify(issuer, ask(issuer).json()["user_id_token"], ADDON_CLIENT_ID)
    again = verify(issuer, ask(issuer, email="MAYA@bloomthread.example").json()["user_id_token"], ADDON_CLIENT_ID)
    assert first["sub"] == again["sub"]
    assert first["sub"].isdecimal()
    assert (first["email"], first["hd"], first["email_verified"]) == (MAYA, "bloomthread.example", True)


def test_consumer_account_has_no_workspace_domain(issuer):
    claims = verify(issuer, ask(issuer, email="ravi.menon@gmail.com").json()["user_id_token"], ADDON_CLIENT_ID)
    assert "hd" not in claims


def test_address_never_seen_before_becomes_stranger(issuer):
    assert ask(issuer, email="new.face@elsewhere.example").status_code == 200
    people = issuer.get("people").json()
    assert people[-1] == {"email": "new.face@elsewhere.example", "name": "New Face", "role": None}
    assert [person["email"] for person in people[:-1]] == [person.email for person in PEOPLE]


def test_claims_can_be_overridden_and_left_out(issuer):
    tokens = ask(issuer, email_verified=False, hd=None).json()
    claims = verify(issuer, tokens["user_id_token"], ADDON_CLIENT_ID)
    assert claims["email_verified"] is False
    assert "hd" not in claims


@pytest.mark.parametrize("variant", ["expired", "alg_none", "other_key"])
def test_forged_or_old_token_is_refused(issuer, variant):
    tokens = ask(issuer, variant=variant).json()
    for token, audience in ((tokens["system_id_token"], AUDIENCE), (tokens["user_id_token"], ADDON_CLIENT_ID)):
        with pytest.raises((exceptions.GoogleAuthError, ValueError)):
            verify(issuer, token, audience)


def test_variant_of_one_token_leaves_other_sound(issuer):
    tokens = ask(issuer, variant="expired", apply_to="user").json()
    assert verify(issuer, tokens["system_id_token"], AUDIENCE)["email"] == SERVICE_AGENT
    with pytest.raises(exceptions.InvalidValue):
        verify(issuer, tokens["user_id_token"], ADDON_CLIENT_ID)


@pytest.mark.parametrize(
    ("variant", "token", "claim", "sound"),
    [
        ("wrong_issuer", "system_id_token", "iss", "https://accounts.google.com"),
        ("other_project", "system_id_token", "email", SERVICE_AGENT),
        ("unverified", "user_id_token", "email_verified", True),
        ("other_client", "user_id_token", "aud", ADDON_CLIENT_ID),
    ],
)
def test_signed_variant_is_wrong_in_one_claim(issuer, variant, token, claim, sound):
    """The signature holds, so only a verifier that looks at the claim notices."""
    claims = verify(issuer, ask(issuer, variant=variant).json()[token], None)
    assert claims[claim] != sound


def test_every_variant_is_covered_here():
    covered = {"expired", "alg_none", "other_key", "wrong_issuer", "other_project", "unverified", "other_client"}
    assert covered == VARIANTS


@pytest.mark.parametrize("body", [{"email": "nobody"}, {"audience": ""}, {"variant": "odd"}, {"apply_to": "none"}])
def test_malformed_request_is_told_what_is_wrong(issuer, body):
    answer = ask(issuer, **body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_certificates_may_be_cached(issuer):
    answer = issuer.get("certs")
    assert "max-age=3600" in answer.headers["Cache-Control"]
    assert all(pem.startswith("-----BEGIN CERTIFICATE") for pem in answer.json().values())


def test_access_token_speaks_for_person_until_its_hour_is_over(identity, wall):
    token = identity.addon_token(person_of(MAYA))
    wall.advance(3599)
    assert identity.person_for_bearer(token) == person_of(MAYA)
    wall.advance(2)
    assert identity.person_for_bearer(token) is None
    assert identity.bearers.find_even_expired(token).email == MAYA


def test_restart_on_same_directory_keeps_key_and_tokens(tmp_path, wall):
    first = Identity(tmp_path, base_url="http://127.0.0.1:9/", wall=wall)
    token, certs, writer = first.addon_token(person_of(MAYA)), first.issuer.certs(), first.writer
    first.close()
    second = Identity(tmp_path, base_url="http://127.0.0.1:9/", wall=wall)
    assert second.person_for_bearer(token).email == MAYA
    assert (second.issuer.certs(), second.writer) == (certs, writer)
    second.close()


def test_two_directories_share_no_key(tmp_path, wall):
    worlds = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        worlds.append(Identity(tmp_path / name, base_url="http://127.0.0.1:9/", wall=wall))
    assert worlds[0].issuer.certs() != worlds[1].issuer.certs()
    assert oct((tmp_path / "one" / "identity_key.pem").stat().st_mode)[-3:] == "600"
    for world in worlds:
        world.close()


def test_consent_decides_scopes_of_addon_tokens(issuer, identity):
    email_only = ["https://www.googleapis.com/auth/userinfo.email"]
    issuer.post("consents", json={"email": MAYA, "scopes": email_only})
    tokens = ask(issuer).json()
    assert tokens["authorized_scopes"] == email_only
    assert identity.bearers.find(tokens["user_oauth_token"]).scopes == tuple(email_only)
