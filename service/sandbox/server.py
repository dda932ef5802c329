"""The world's web server: HTTP/1.1 with connections that stay open, on the loopback address only, guarded.

Standard library's socket server and WSGI handler. Werkzeug's own server closes the connection after every answer,
which would cost every Sheets call a new one. Bodies are read whole before the application runs, so a connection is
always at a clean message border.
"""

import io
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, cast
from urllib.parse import unquote_to_bytes, urlsplit

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

LOOPBACK = "127.0.0.1"
POLL_S = 0.02
MAX_BODY_BYTES = 64 * 1024 * 1024
READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class WorldServer(ThreadingMixIn, TCPServer):
    """One thread per connection. `port` 0 takes any free port."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, app: WsgiApp, *, port: int) -> None:
        self.app = app
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        self._thread: threading.Thread | None = None
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no error of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def start(self) -> None:
        """Requests are answered, in threads of their own."""
        self._thread = threading.Thread(target=self.serve_forever, args=(POLL_S,), name="world", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listening ends and every open connection with it."""
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
        self.server_close()
        with self._open_lock:
            still_open = list(self._open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it closed by itself meanwhile


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server_version = "rowstream-sandbox"
    sys_version = ""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Requests are counted by the emulators, not printed."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        body = self._read_body()
        if body is None:
            return
        server = cast("WorldServer", self.server)
        answer = _Answer()
        try:
            chunks = server.app(self._environ(body), answer.start)
            try:
                content = b"".join(chunks)
            finally:
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()
        except ConnectionError:
            self.close_connection = True  # the application dropped the line on purpose
            return
        self._send(answer, content)

    def _send(self, answer: "_Answer", content: bytes) -> None:
        self.send_response(answer.status, answer.reason)
        for name, value in answer.headers:
            if name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                self.send_header(name, value)
        if answer.status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            length = answer.length if self.command == "HEAD" and answer.length is not None else str(len(content))
            self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _read_body(self) -> bytes | None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_chunks()
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = -1
        if not 0 <= length <= MAX_BODY_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            self.close_connection = True
            return None
        return self.rfile.read(length)

    def _read_chunks(self) -> bytes | None:
        body = io.BytesIO()
        while size := int(self.rfile.readline(64).partition(b";")[0], 16):
            if body.tell() + size > MAX_BODY_BYTES:
                self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                self.close_connection = True
                return None
            body.write(self.rfile.read(size))
            self.rfile.readline(8)
        while self.rfile.readline(1024).strip():
            continue
        return body.getvalue()

    def _environ(self, body: bytes) -> dict[str, Any]:
        parts = urlsplit(self.path if self.path.startswith("/") else f"/{self.path}")
        server = cast("WorldServer", self.server)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
            "RAW_URI": self.path,
            "REQUEST_URI": self.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": LOOPBACK,
            "SERVER_PORT": str(server.port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            # The names under which Werkzeug and gunicorn hand out the socket, for an emulator that must drop the line.
            "werkzeug.socket": self.connection,
            "gunicorn.socket": self.connection,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            if key == "CONTENT_TYPE":
                environ[key] = value
            elif key not in {"CONTENT_LENGTH", "TRANSFER_ENCODING"} and "_" not in name:
                header = f"HTTP_{key}"
                environ[header] = f"{environ[header]},{value}" if header in environ else value
        return environ


class _Answer:
    """What `start_response` was told."""

    def __init__(self) -> None:
        self.status, self.reason = 500, "Internal Server Error"
        self.headers: list[tuple[str, str]] = []
        self.length: str | None = None

    def start(self, status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Callable[[bytes], None]:
        code, _, self.reason = status.partition(" ")
        self.status, self.headers = int(code), headers
        self.length = next((value for name, value in headers if name.lower() == "content-length"), None)
        return _refuse_write


def _refuse_write(_data: bytes) -> None:
    raise TypeError("This server takes the answer from the application's return value only.")


class LoopbackGuard:
    """Lets only this machine's own pages and programs in (rules of the doors, 7).

    A `Host` other than ours is a name that was pointed at loopback; an `Origin` other than ours is a foreign page.
    """

    def __init__(self, app: WsgiApp, *, port: Callable[[], int]) -> None:
        self._app, self._port = app, port

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        hosts = {f"{name}:{self._port()}" for name in ("127.0.0.1", "localhost", "[::1]")}
        origin = environ.get("HTTP_ORIGIN")
        if environ.get("HTTP_HOST", "").lower() not in hosts:
            return _refuse(start_response, "This address answers only to its own loopback name.")
        if origin is not None and origin.lower() not in {f"http://{host}" for host in hosts}:
            return _refuse(start_response, "Pages of other origins are not served here.")
        return self._app(environ, start_response)


def _refuse(start_response: Callable[..., Any], sentence: str) -> Iterable[bytes]:
    start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
    return [sentence.encode()]
