"""Signs ID tokens the way Google does, with a key of this data directory's own. No storage of people, no HTTP.

Every data directory has its own key, made at first use, so a token of one local world is worth nothing in another.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt

from service.sandbox.people import Person

ISSUER = "https://accounts.google.com"
PROJECT_NUMBER = "100000000001"
SERVICE_AGENT = f"service-{PROJECT_NUMBER}@gcp-sa-gsuiteaddons.iam.gserviceaccount.com"
ADDON_CLIENT_ID = f"{PROJECT_NUMBER}-rowstreamaddon.apps.googleusercontent.com"
WEB_CLIENT_ID = f"{PROJECT_NUMBER}-rowstreamweb.apps.googleusercontent.com"
LIFETIME_S = 3600
KEY_BITS = 2048

#: What `POST tokens` can get wrong on request: a verifier that accepts any of these is broken.
VARIANTS = frozenset(
    {"expired", "wrong_issuer", "alg_none", "unverified", "other_key", "other_client", "other_project"}
)


class Issuer:
    """Google's token signer for one data directory."""

    def __init__(self, data_dir: Path, *, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        pem = _load_or_make(data_dir / "identity_key.pem")
        self._certificate = _certificate(pem, made_at=datetime(2026, 1, 1, tzinfo=UTC))
        self._key_id = hashlib.sha256(self._certificate.encode()).hexdigest()[:40]
        self._signer = _signer(pem, self._key_id)

    def certs(self) -> dict[str, str]:
        """Key id → PEM certificate, the shape of Google's own certificate list."""
        return {self._key_id: self._certificate}

    def system_token(self, audience: str, *, variant: str | None = None) -> str:
        """Proof that the add-on's own service agent calls `audience`, the exact address."""
        email = SERVICE_AGENT.replace(PROJECT_NUMBER, "999999999999") if variant == "other_project" else SERVICE_AGENT
        claims = {
            "aud": audience,
            "azp": _agent_number(email),
            "sub": _agent_number(email),
            "email": email,
            "email_verified": variant != "unverified",
        }
        return self._issue(claims, variant)

    def user_token(
        self,
        person: Person,
        *,
        audience: str = ADDON_CLIENT_ID,
        variant: str | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> str:
        """Proof of who pressed the button. An override of None removes the claim."""
        claims: dict[str, Any] = {
            "aud": "999-someone-else.apps.googleusercontent.com" if variant == "other_client" else audience,
            "azp": audience,
            "sub": person.sub,
            "email": person.email,
            "email_verified": variant != "unverified",
            "hd": person.hd,
        }
        claims.update(overrides or {})
        return self._issue({name: value for name, value in claims.items() if value is not None}, variant)

    def _issue(self, claims: Mapping[str, Any], variant: str | None) -> str:
        issued = int(self._wall().timestamp()) - (2 * LIFETIME_S if variant == "expired" else 0)
        issuer = "https://accounts.example.net" if variant == "wrong_issuer" else ISSUER
        payload = {"iss": issuer, **claims, "iat": issued, "exp": issued + LIFETIME_S}
        if variant == "alg_none":
            header = {"alg": "none", "kid": self._key_id, "typ": "JWT"}
            return f"{_segment(header)}.{_segment(payload)}."
        signer = _signer(_new_pem(), self._key_id) if variant == "other_key" else self._signer
        token: bytes = jwt.encode(signer, payload)  # type: ignore[no-untyped-call]  # google-auth ships no types
        return token.decode()


def service_account(data_dir: Path, *, name: str, token_uri: str) -> dict[str, str]:
    """The key file of a service account of this world. The key is kept; `token_uri` follows the running world."""
    pem = _load_or_make(data_dir / f"{name}_key.pem")
    email = f"{name}@rowstream-sandbox.iam.gserviceaccount.com"
    return {
        "type": "service_account",
        "project_id": "rowstream-sandbox",
        "private_key_id": hashlib.sha256(pem.encode()).hexdigest()[:40],
        "private_key": pem,
        "client_email": email,
        "client_id": _agent_number(email),
        "token_uri": token_uri,
        "universe_domain": "googleapis.com",
    }


def public_key(private_pem: str) -> str:
    """The PEM public key that verifies what `private_pem` signs."""
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    encoded = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return encoded.decode()


@lru_cache(maxsize=4)  # reading a key proves it prime again, which is most of what starting a world in a test costs
def _signer(pem: str, key_id: str) -> crypt.RSASigner:
    signer: crypt.RSASigner = crypt.RSASigner.from_string(pem, key_id)  # type: ignore[no-untyped-call]  # no types
    return signer


def _load_or_make(path: Path) -> str:
    if path.exists():
        return path.read_text()
    pem = _new_pem()
    path.touch(mode=0o600)
    path.write_text(pem)
    return pem


def _new_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@lru_cache(maxsize=4)
def _certificate(pem: str, *, made_at: datetime) -> str:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("The identity key file holds something other than an RSA key. Delete it to get a new one.")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rowstream local identity")])
    serial = int.from_bytes(hashlib.sha256(pem.encode()).digest()[:16], "big")
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(made_at)
        .not_valid_after(made_at + timedelta(days=20 * 365))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


def _agent_number(email: str) -> str:
    return str(10**20 + int.from_bytes(hashlib.sha256(email.encode()).digest()[:8], "big"))


def _segment(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def new_secret(prefix: str) -> str:
    """An unguessable text that says what it is."""
    return prefix + secrets.token_urlsafe(32)
