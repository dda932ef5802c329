"""Whom we are for Google: the person at the sidebar, or one of our writers. Access tokens live here and only here.

A writer is a service account; its access token is fetched with its own key, kept for the process and renewed under a
lock. So is that of a person who lets us write as them while they are away (`consent`). The token of a caller came with
the click, is used at once and never kept.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from google.auth import crypt, exceptions
from google.oauth2 import service_account

from service.errors import Problem, UpstreamFailed

WRITER_SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive.metadata.readonly",
)
_NEEDED_IN_KEY = ("client_email", "private_key", "token_uri")

IdentityKind = Literal["user", "writer", "consent"]


class Identity(Protocol):
    """Someone Google knows. `name` is safe to log and to count by; `email` is the address that a file is shared with
    for this identity, empty for a caller, whom files are not written by.
    """

    @property
    def kind(self) -> IdentityKind: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...

    def bearer(self, http: httpx.Client, *, timeout_s: float) -> str:
        """A token to send now; fetched first if need be."""
        ...

    def renew(self, refused: str, http: httpx.Client, *, timeout_s: float) -> str | None:
        """A newer token than the `refused` one, or None when there is no way to get one."""
        ...


@dataclass(frozen=True, slots=True)
class UserIdentity:
    """The caller, by the short-lived token that came with the click."""

    token: str = field(repr=False)
    kind: IdentityKind = "user"
    name: str = "user"
    email: str = ""

    def bearer(self, http: httpx.Client, *, timeout_s: float) -> str:  # noqa: ARG002 - the token is already here
        """The caller's token as it came."""
        return self.token

    def renew(self, refused: str, http: httpx.Client, *, timeout_s: float) -> None:  # noqa: ARG002 - cannot be renewed
        """There is no other token until the next click."""
        return


class Credentials(Protocol):
    """What we use of google-auth's credentials."""

    token: Any

    @property
    def valid(self) -> bool: ...
    def refresh(self, request: Any) -> None: ...


class RenewedIdentity:
    """An identity whose token google-auth fetches. Safe for many threads: one fetches, the others wait for it."""

    def __init__(self, credentials: Callable[[], Credentials], label: str) -> None:
        """`credentials` is asked once, at the first token; `label` names the identity in the log."""
        self._make = credentials
        self._made: Credentials | None = None
        self._label = label
        self._lock = threading.Lock()

    def bearer(self, http: httpx.Client, *, timeout_s: float) -> str:
        """A valid token, fetched at most once per lifetime and process."""
        return self._token_unless(lambda own: bool(own.valid), http, timeout_s)

    def renew(self, refused: str, http: httpx.Client, *, timeout_s: float) -> str:
        """A token other than `refused`; if another thread got one meanwhile, that one."""
        return self._token_unless(lambda own: own.token != refused, http, timeout_s)

    def _token_unless(self, is_good: Callable[[Credentials], bool], http: httpx.Client, timeout_s: float) -> str:
        if not self._lock.acquire(timeout=timeout_s):
            raise UpstreamFailed(_NO_TOKEN, detail=f"{self._label}: waited {timeout_s:.1f} s for a token")
        try:
            if self._made is None:
                self._made = self._make()
            if not is_good(self._made):
                self._refresh(self._made, http, timeout_s)
            return str(self._made.token)
        finally:
            self._lock.release()

    def _refresh(self, own: Credentials, http: httpx.Client, timeout_s: float) -> None:
        try:
            own.refresh(_TokenRequest(http, timeout_s))
        except exceptions.TransportError as error:
            raise UpstreamFailed(_NO_TOKEN, detail=f"{self._label}: {error}") from error
        except exceptions.RefreshError as error:
            if error.retryable:
                raise UpstreamFailed(_NO_TOKEN, detail=f"{self._label}: token refused, may pass") from error
            raise self._refusal(error) from error

    def _refusal(self, _error: exceptions.RefreshError) -> Problem:
        """What it means that no token is given and asking again is no use."""
        return UpstreamFailed(
            "Google refuses Rowstream's own key. Please tell whoever runs Rowstream for you.",
            permanent=True,
            detail=f"{self._label}: key refused",
        )


class WriterIdentity(RenewedIdentity):
    """One service account."""

    kind: IdentityKind = "writer"

    def __init__(self, key: Any) -> None:
        """`key` is the content of a service account's key file, `token_uri` included."""
        if not isinstance(key, Mapping) or not all(isinstance(key.get(name), str) for name in _NEEDED_IN_KEY):
            raise ValueError(f"A writer's key is a JSON object with {', '.join(_NEEDED_IN_KEY)}.")
        self.email: str = key["client_email"]
        try:
            credentials = _credentials(key)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ValueError(f"The private key of the writer {self.email} cannot be read.") from None
        super().__init__(lambda: credentials, f"writer {self.email}")

    def __repr__(self) -> str:
        return f"WriterIdentity({self.email})"

    @property
    def name(self) -> str:
        """The writer's address."""
        return self.email


def _credentials(key: Mapping[str, Any]) -> service_account.Credentials:
    """What signs for the writer. ValueError or TypeError when its private key cannot be read.

    The key's numbers are not proved to fit each other, which takes 40 ms a key at every start: it comes from our own
    settings, and one that does not fit is refused by Google at the first token.
    """
    private_key = load_pem_private_key(key["private_key"].encode(), None, unsafe_skip_rsa_key_validation=True)
    signer = crypt.RSASigner(private_key, key.get("private_key_id"))  # type: ignore[no-untyped-call]  # no types
    return service_account.Credentials(  # type: ignore[no-untyped-call]  # the library ships no types
        signer, service_account_email=key["client_email"], token_uri=key["token_uri"], scopes=WRITER_SCOPES
    )


class WriterPool:
    """Our writers. Bindings are spread over them, because Google counts quota per writer."""

    def __init__(self, writers: Sequence[WriterIdentity]) -> None:
        if not writers:
            raise ValueError("At least one writer is needed.")
        self._writers = {writer.email: writer for writer in writers}
        if len(self._writers) < len(writers):
            raise ValueError("Two writers have the same address.")

    @classmethod
    def from_json(cls, text: str) -> "WriterPool":
        """The pool of one service account key or a list of them; ValueError when it is neither."""
        try:
            keys = json.loads(text)
        except ValueError:
            raise ValueError("The writers' keys are not valid JSON.") from None
        return cls([WriterIdentity(key) for key in (keys if isinstance(keys, list) else [keys])])

    @property
    def emails(self) -> tuple[str, ...]:
        """The writers' addresses in the order of the setting."""
        return tuple(self._writers)

    def by_email(self, email: str) -> WriterIdentity | None:
        """The writer with this address, or None when it has left the pool."""
        return self._writers.get(email)

    def pick(self, count_by_email: Mapping[str, int]) -> WriterIdentity:
        """The writer with the fewest files so far; the earlier one on a tie."""
        return min(self._writers.values(), key=lambda writer: count_by_email.get(writer.email, 0))


_NO_TOKEN = "Google did not answer. Rowstream tries again by itself."  # noqa: S105 - a sentence, not a secret


@dataclass(frozen=True, slots=True)
class _TokenAnswer:
    """What google-auth expects of an HTTP answer."""

    status: int
    headers: Mapping[str, str]
    data: bytes


@dataclass(frozen=True, slots=True)
class _TokenRequest:
    """google-auth's way of asking for HTTP, over our client."""

    http: httpx.Client
    timeout_s: float

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_ignored: Any,
    ) -> _TokenAnswer:
        try:
            answer = self.http.request(method, url, content=body, headers=headers, timeout=self.timeout_s)
        except httpx.HTTPError as error:
            raise _no_answer(type(error).__name__) from error
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            # Raised here, because google-auth would sleep and ask again; waiting is the jobs' business.
            raise _no_answer(f"status {answer.status_code}")
        if not answer.headers.get("content-type", "").startswith("application/json"):
            raise _no_answer("not JSON")
        return _TokenAnswer(answer.status_code, answer.headers, answer.content)


def _no_answer(detail: str) -> exceptions.TransportError:
    return exceptions.TransportError(detail)  # type: ignore[no-untyped-call]  # the library ships no types
