"""Keys, tokens and a scripted Google for the tests of this room. Everything is signed for real and checked for real."""

import base64
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt

BORN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def segment(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@dataclass(frozen=True)
class Key:
    """An RSA key with the self-signed certificate under which Google would publish it."""

    key_id: str
    private_pem: str
    certificate: str

    def sign(self, claims):
        return self.sign_as(self.key_id, claims)

    def sign_as(self, key_id, claims):
        """Signed with this key, whatever key the header names; None names none."""
        return jwt.encode(crypt.RSASigner.from_string(self.private_pem, key_id), claims).decode()

    def sign_with_public_half(self, claims):
        """HS256 with the certificate as the secret: the classic confusion of algorithms."""
        head = segment({"alg": "HS256", "typ": "JWT", "kid": self.key_id})
        signed = f"{head}.{segment(claims)}"
        mac = hmac.digest(self.certificate.encode(), signed.encode(), hashlib.sha256)
        return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def unsigned(self, claims):
        return f"{segment({'alg': 'none', 'typ': 'JWT', 'kid': self.key_id})}.{segment(claims)}."


def make_key(key_id):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test issuer")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(BORN - timedelta(days=1))
        .not_valid_after(BORN + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Key(key_id, private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())


@pytest.fixture(scope="session")
def key():
    return make_key("key-in-use")


@pytest.fixture(scope="session")
def other_key():
    return make_key("key-of-tomorrow")


@dataclass
class Clock:
    """Both clocks, moved by hand."""

    wall_at: datetime = BORN
    monotonic_s: float = 1000.0

    def wall(self):
        return self.wall_at

    def now(self):
        return self.monotonic_s

    def advance(self, seconds):
        self.wall_at += timedelta(seconds=seconds)
        self.monotonic_s += seconds


@pytest.fixture
def clock():
    return Clock()


@dataclass
class CertPage:
    """Google's certificate page: what it lists, whether it answers, and how often it was asked."""

    keys: dict
    cache_control: str = "public, max-age=3600, must-revalidate"
    age: str = "0"
    failure: object = None
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request):
        with self.lock:
            self.asked += 1
        if isinstance(self.failure, Exception):
            raise self.failure
        if isinstance(self.failure, httpx.Response):
            return self.failure
        headers = {"cache-control": self.cache_control, "age": self.age}
        return httpx.Response(200, headers=headers, content=json.dumps(self.keys))

    def client(self):
        return httpx.Client(transport=httpx.MockTransport(self))


@pytest.fixture
def cert_page(key):
    return CertPage({key.key_id: key.certificate})


@dataclass
class ScriptedGoogle:
    """Answers each request with the next line of a script and keeps the requests."""

    script: list = field(default_factory=list)
    seen: list = field(default_factory=list)

    def __call__(self, request):
        request.read()
        self.seen.append(request)
        step = self.script.pop(0)
        if callable(step):
            step = step(request)
        if isinstance(step, Exception):
            raise step
        return step

    def client(self):
        return httpx.Client(transport=httpx.MockTransport(self))


@pytest.fixture
def scripted():
    return ScriptedGoogle()


@pytest.fixture(scope="session")
def writer_key(key):
    """The content of a service account's key file."""
    return {
        "type": "service_account",
        "project_id": "rowstream-test",
        "private_key_id": "k1",
        "private_key": key.private_pem,
        "client_email": "writer-1@rowstream-test.iam.gserviceaccount.com",
        "client_id": "100000000000000000001",
        "token_uri": "https://oauth2.example/token",
        "universe_domain": "googleapis.com",
    }
