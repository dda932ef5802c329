"""The door both services share: bearer, method, quota, faults, schema checks, masks, and the bytes of the answer.

Handlers behind it take a Call and return a plain value or raise ApiError; they know nothing of HTTP.
"""

import errno
import gzip
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NoReturn
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Request, Response

from service.sandbox.sheets.calls import Calls, Record
from service.sandbox.sheets.collector import held_off
from service.sandbox.sheets.errors import ApiError, scope_insufficient, service_disabled, unauthenticated
from service.sandbox.sheets.faults import LATE, Fault, Faults, Target
from service.sandbox.sheets.late import Late, Letter
from service.sandbox.sheets.limits import PAYLOAD_BYTES
from service.sandbox.sheets.people import PeopleLookup, Person, StaleBearerError, anonymous, short_scopes
from service.sandbox.sheets.quota import Kind, Quotas, too_many_requests
from service.sandbox.sheets.wire.discovery import Discovery, Match, Method
from service.sandbox.sheets.wire.incoming import raw_path, read_pairs, wsgi_path
from service.sandbox.sheets.wire.jsontext import compact, pretty
from service.sandbox.sheets.wire.masks import Mask, answer_mask, cut

Json = dict[str, Any]

READS = frozenset({"get", "list", "search", "batchGet", "getByDataFilter", "batchGetByDataFilter"})
"""Last words of methods that return data; all others change something."""
GZIP_FROM_BYTES = 1024
BAD_GATEWAY_PAGE = (
    "<!DOCTYPE html>\n<html lang=en>\n<title>Error 502 (Server Error)!!1</title>\n<p><b>502.</b> "
    "<ins>That’s an error.</ins>\n<p>The server encountered a temporary error and could not complete your request."
    "<p>Please try again in 30 seconds.  <ins>That’s all we know.</ins>\n"
)


class DroppedConnectionError(ConnectionResetError):
    """The answer is withheld. Servers close the socket on it; an in-process client sees it raised."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "connection dropped by the sandbox")


@dataclass(frozen=True)
class Call:
    """One checked call."""

    person: Person
    method: Method
    arguments: dict[str, str]
    query: Json
    body: Json
    mask: Mask = field(default_factory=dict)


Handler = Callable[[Call], Json | None]
"""None is an empty answer with status 204."""


@dataclass(frozen=True)
class Shared:
    """What both services have in common."""

    people: PeopleLookup
    quotas: Quotas
    faults: Faults
    calls: Calls
    late: Late
    pause: Callable[[float], object]
    """Lets so many seconds pass."""
    answers: Literal["every", "sampled"] = "sampled"
    """Check every answer against Google's schema, or only small ones."""


SAMPLED_BELOW = 200
"""Sampled checking looks at answers with at most this many list entries per list at the top levels."""


class Gate:
    """A WSGI application for one service."""

    def __init__(
        self, name: Literal["sheets", "drive"], discovery: Discovery, handlers: dict[str, Handler], shared: Shared
    ) -> None:
        self.name = name
        self.discovery = discovery
        self.handlers = handlers
        self.shared = shared

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ | {"PATH_INFO": wsgi_path(environ.get("PATH_INFO", ""))})
        turn = _Turn(self, request)
        self.shared.late.land_due()
        try:
            response = turn.run()
        except DroppedConnectionError:
            turn.record(0, 0)
            _shut_socket(environ)
            raise
        turn.record(response.status_code, response.content_length or 0)
        return response(environ, start_response)

    def wait(self, seconds: float) -> None:
        if seconds > 0:
            self.shared.pause(seconds)


class _Turn:
    """One request on its way through the gate."""

    def __init__(self, gate: Gate, request: Request) -> None:
        self.gate = gate
        self.request = request
        self.method_name = "unknown"
        self.kind: Kind = "read"
        self.email = ""
        self.bytes_in = 0
        self.query_text = ""
        self.pretty = True

    def run(self) -> Response:
        try:
            return self._answer()
        except ApiError as refusal:
            body = refusal.sheets_body() if self.gate.name == "sheets" else refusal.drive_body()
            return self._respond(body, refusal.code)

    def record(self, status: int, bytes_out: int) -> None:
        record = Record(self.gate.name, self.method_name, self.kind, self.email, status, self.bytes_in, bytes_out)
        self.gate.shared.calls.add(record)

    def _answer(self) -> Response:
        verb, raw_body = self._read_request()
        path = raw_path(self.request)
        match = self.gate.discovery.match(verb, self._service_path(path))
        if match is not None:
            self.method_name = match.method.name
            self.kind = "read" if match.method.name.rpartition(".")[2] in READS else "write"
        person = self._authenticate()
        if match is None:
            raise ApiError(f"The requested URL {path} was not found on this server.", code=404, reason="notFound")
        file_id = match.arguments.get("spreadsheetId") or match.arguments.get("fileId", "")
        struck = self.gate.shared.faults.draw(Target(self.method_name, self.kind, self.email, file_id))
        self.gate.wait(self.gate.shared.faults.latency_s)
        failed = self._fail_before(struck)
        if failed is not None:
            return failed
        if self.gate.name == "sheets":
            self.gate.shared.quotas.charge(self.kind, self.email, person.client_id)
        for name in LATE:
            if name in struck:
                self._send_late(struck[name], lambda: self._handle(match, person, raw_body))
        with held_off():
            answer = self._handle(match, person, raw_body)
        failed = self._fail_after(struck)
        return failed if failed is not None else self._respond(answer, 204 if answer is None else 200)

    def _handle(self, match: Match, person: Person, raw_body: bytes) -> Json | None:
        gate, method = self.gate, match.method
        handler = gate.handlers.get(method.name)
        if handler is None:
            raise ApiError(f"{method.name} is not imitated by the sandbox.")
        if not person.scopes & method.scopes:
            raise scope_insufficient(f"{gate.name}.googleapis.com", f"google.{gate.name}.{method.name}")
        query = gate.discovery.read_query(method, read_pairs(self.query_text))
        self.pretty = query.get("prettyPrint", True)
        if query.get("alt", "json") != "json":
            raise ApiError("Only alt=json is imitated by the sandbox.")
        body = gate.discovery.read_body(method, raw_body) if "request" in method.spec else {}
        mask = self._mask(method, query)
        answer = handler(Call(person, method, match.arguments, query, body, mask))
        if answer is not None and (gate.shared.answers == "every" or _is_small(answer)):
            gate.discovery.check_answer(method, answer)
        return None if answer is None else cut(answer, mask)

    def _mask(self, method: Method, query: Json) -> Mask:
        reference = method.spec.get("response", {}).get("$ref")
        if not query.get("fields") or reference is None:
            return {}
        return answer_mask(
            f"{self.gate.name}.{'v4' if self.gate.name == 'sheets' else 'v3'}", reference, query["fields"]
        )

    def _read_request(self) -> tuple[str, bytes]:
        """The verb meant and the body; a long GET arrives as a POST whose form body is the query."""
        raw = self.request.get_data(cache=False)
        self.bytes_in = len(raw)
        if self.request.headers.get("Content-Encoding", "").lower() == "gzip":
            try:
                raw = gzip.decompress(raw)
            except (OSError, EOFError) as error:
                raise ApiError("Request body is not valid gzip.") from error
        if len(raw) > PAYLOAD_BYTES:
            raise ApiError(f"Request payload size exceeds the limit: {PAYLOAD_BYTES} bytes.", code=400)
        verb = self.request.headers.get("X-HTTP-Method-Override", self.request.method).upper()
        self.query_text = self.request.query_string.decode("latin-1")
        if verb == "GET" and self.request.method == "POST":
            self.query_text = "&".join(filter(None, (self.query_text, raw.decode("utf-8"))))
            raw = b""
        self.bytes_in += len(self.query_text)
        return verb, raw

    def _service_path(self, path: str) -> str:
        """The path below the service's prefix. Drive clients may also be pointed straight at `…/drive/v3/`."""
        prefix = self.gate.discovery.prefix
        return path.removeprefix(prefix) if path.startswith(prefix) else path.lstrip("/")

    def _authenticate(self) -> Person:
        header = self.request.headers.get("Authorization", "")
        scheme, _, bearer = header.partition(" ")
        bearer = (
            bearer.strip() if scheme.lower() == "bearer" else dict(read_pairs(self.query_text)).get("access_token", "")
        )
        if not bearer:
            raise unauthenticated()
        try:
            person = self.gate.shared.people(bearer)
        except StaleBearerError:
            raise unauthenticated() from None
        person = person or anonymous(bearer)
        self.email = person.email
        return replace(person, scopes=short_scopes(person.scopes))

    def _fail_before(self, struck: dict[str, Fault]) -> Response | None:
        if "slow_before" in struck:
            self.gate.wait(struck["slow_before"].seconds)
        if "dropped_before" in struck:
            raise DroppedConnectionError
        if "too_many_requests" in struck:
            raise too_many_requests(self.kind, "user", self.gate.shared.quotas.per_user)
        if "service_disabled" in struck:
            raise service_disabled(self.gate.name)
        if "rate_limited" in struck:
            raise ApiError("User Rate Limit Exceeded", code=403, reason="userRateLimitExceeded")
        return self._break(struck, "unavailable_before", "internal_error", "bad_gateway")

    def _fail_after(self, struck: dict[str, Fault]) -> Response | None:
        if "slow" in struck:
            self.gate.wait(struck["slow"].seconds)
        if "dropped_after" in struck:
            raise DroppedConnectionError
        return self._break(struck, "unavailable_after", "internal_error_after", "bad_gateway_after")

    def _send_late(self, fault: Fault, apply: Callable[[], object]) -> NoReturn:
        """The call is on its way, and its sender hears nothing good."""
        late = self.gate.shared.late
        late.send(fault.seconds, lambda due_s: Letter(self.method_name, self.email, due_s, apply))
        if fault.name == "late":
            raise DroppedConnectionError
        raise _unavailable()

    @staticmethod
    def _break(struck: dict[str, Fault], unavailable: str, internal: str, gateway: str) -> Response | None:
        if unavailable in struck:
            raise _unavailable()
        if internal in struck:
            raise ApiError("Internal error encountered.", code=500, reason="internalError")
        if gateway in struck:
            return Response(BAD_GATEWAY_PAGE, status=502, content_type="text/html; charset=UTF-8")
        return None

    def _respond(self, body: Json | None, status: int) -> Response:
        if body is None:
            return Response(status=204, headers={"Server": "ESF"})
        data = pretty(body) if self.pretty else compact(body)
        headers = {
            "Server": "ESF",
            "Vary": "Origin, X-Origin, Referer",
            "Cache-Control": "private",
            "Content-Type": "application/json; charset=UTF-8",
        }
        if len(data) >= GZIP_FROM_BYTES and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            data = gzip.compress(data, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return Response(data, status=status, headers=headers)


def _unavailable() -> ApiError:
    return ApiError("The service is currently unavailable.", code=503, reason="backendError")


def _is_small(answer: Json) -> bool:
    """Few enough entries that a full check costs next to nothing."""
    left = SAMPLED_BELOW
    waiting: list[Any] = [answer]
    while waiting and left > 0:
        value = waiting.pop()
        children = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        left -= len(children)
        waiting.extend(children)
    return left > 0


def _shut_socket(environ: WSGIEnvironment) -> None:
    """Close the connection so that the client sees it dropped, under the servers that hand the socket over."""
    held = environ.get("werkzeug.socket") or environ.get("gunicorn.socket")
    if isinstance(held, socket.socket):
        try:
            held.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
