"""A load client in a process of its own: ready-made requests over connections that stay open, as fast as they go.

`python -m tests.benches.load PORT CONNECTIONS FILE` sends the requests in FILE (each a length line, then its bytes) and
prints one line of JSON. Nothing is built, signed or parsed while it runs, so that the servers get the processor.
"""

import json
import selectors
import socket
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benches.processes import LOOPBACK, ROOT, BrokenError

RECEIVED = 65536
GIVES_UP_AFTER_S = 60.0
_LENGTH = struct.Struct("!I")
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of the client saw."""

    count: int
    seconds: float
    statuses: dict[str, int]
    p50_ms: float
    p99_ms: float

    @property
    def per_s(self) -> float:
        return self.count / self.seconds


def post_bytes(path: str, body: bytes, *, port: int, headers: dict[str, str]) -> bytes:
    """A whole POST request for a connection that stays open."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {LOOPBACK}:{port}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, f"Content-Length: {len(body)}"]) + "\r\n\r\n").encode() + body


def send_all(requests: Iterable[bytes], *, port: int, connections: int, file: Path) -> Load:
    """The requests are sent by a client process of its own. BrokenError when one is not answered with 200."""
    with file.open("wb") as sink:
        for request in requests:
            sink.write(_LENGTH.pack(len(request)) + request)
    command = [sys.executable, "-m", "tests.benches.load", str(port), str(connections), str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=GIVES_UP_AFTER_S, check=False)
    if done.returncode:
        raise BrokenError(f"the load client failed: {done.stderr.decode(errors='replace')[-2000:]}")
    load = Load(**json.loads(done.stdout))
    if set(load.statuses) != {"200"}:
        raise BrokenError(f"not every request was answered with 200: {load.statuses}")
    return load


def _read(file: Path) -> Iterator[bytes]:
    content = file.read_bytes()
    at = 0
    while at < len(content):
        (length,) = _LENGTH.unpack_from(content, at)
        at += _LENGTH.size
        yield content[at : at + length]
        at += length


class _Line:
    """One connection: what it waits for, and since when."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((LOOPBACK, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_s = 0.0
        self._got = b""

    def send(self, request: bytes) -> None:
        self._got = b""
        self.sent_s = time.perf_counter()
        self.socket.sendall(request)

    def status(self) -> str | None:
        """The status once the answer is whole."""
        received = self.socket.recv(RECEIVED)
        if not received:
            raise ConnectionError("the server hung up")
        self._got += received
        head, found, body = self._got.partition(_END)
        if not found or len(body) < _content_length(head):
            return None
        return head[9:12].decode()


def _content_length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    return int(lowered[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def _run(port: int, connections: int, requests: list[bytes]) -> dict[str, object]:
    statuses: Counter[str] = Counter()
    took_s: list[float] = []
    left = iter(requests)
    lines = [_Line(port) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:
        started_s = time.perf_counter()
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send(next(left))
        waiting = len(lines)
        while waiting:
            for key, _events in selector.select():
                status = key.data.status()
                if status is None:
                    continue
                took_s.append(time.perf_counter() - key.data.sent_s)
                statuses[status] += 1
                following = next(left, None)
                if following is None:
                    waiting -= 1
                else:
                    key.data.send(following)
        seconds = time.perf_counter() - started_s
    ranked = sorted(took_s)
    return {
        "count": len(ranked),
        "seconds": seconds,
        "statuses": dict(statuses),
        "p50_ms": 1000 * ranked[len(ranked) // 2],
        "p99_ms": 1000 * ranked[int(len(ranked) * 0.99)],
    }


if __name__ == "__main__":
    print(json.dumps(_run(int(sys.argv[1]), int(sys.argv[2]), list(_read(Path(sys.argv[3]))))))
