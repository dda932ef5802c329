"""The process that serves: what a sender may do to it on the wire, before a line of ours has run."""

import http.client
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from outsider import wait_for

from service.web.serving import HEADER_BYTES, HEADERS, THREADS

ROOT = Path(__file__).parents[2]
#: A server as the product's, but for how long it waits; its application answers how much it was sent.
PROGRAM = """
import sys
from flask import Flask, request
from service.web.serving import HurriedWorker, Server

class Worker(HurriedWorker):
    reading_s = float(sys.argv[2])

def build():
    app = Flask("app")
    app.config["MAX_CONTENT_LENGTH"] = 1000

    @app.post("/")
    def size():
        return str(len(request.get_data()))

    return app

Server(build, bind=f"127.0.0.1:{sys.argv[1]}", worker=Worker).run()
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(reading_s):
    """The port of a running server."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(port), str(reading_s)], cwd=ROOT)
    try:
        assert wait_for(lambda: answers(port), within_s=30)
        yield port
    finally:
        process.terminate()
        process.wait()


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def hurried():
    with serving(0.5) as port:
        yield port


def post(port, body, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/", body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


SLOW = {
    "half a head": b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc",
    "half a chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
}


@pytest.mark.parametrize("begun", SLOW.values(), ids=SLOW)
def test_senders_that_never_finish_do_not_keep_the_others_out(hurried, begun):
    """More of them than there are threads; without a limit nobody would be answered again."""
    with ExitStack() as open_ones:
        for _ in range(2 * THREADS):
            slow = open_ones.enter_context(socket.create_connection(("127.0.0.1", hurried)))
            slow.sendall(begun)
        assert post(hurried, b"abc") == (200, b"3")


def test_sender_that_drips_is_cut_off_in_time(hurried):
    """A byte now and then is no reason to wait longer: the whole request has its time, not each piece."""
    with socket.create_connection(("127.0.0.1", hurried), timeout=30) as slow:
        slow.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        began_s = time.monotonic()
        assert wait_for(lambda: not drip(slow), within_s=10)
        assert time.monotonic() - began_s < 5


def drip(slow):
    """Whether the server still takes a byte."""
    try:
        slow.sendall(b"a")
        slow.settimeout(0.05)
        return slow.recv(1000) == b"never"
    except TimeoutError:
        return True
    except OSError:
        return False


def test_requests_that_come_quickly_are_served_as_before(hurried):
    """Kept connections, several requests one after the other, a pause longer than a request may take in between."""
    connection = http.client.HTTPConnection("127.0.0.1", hurried, timeout=30)
    for size in (0, 10, 1000):
        connection.request("POST", "/", body=b"x" * size)
        assert connection.getresponse().read() == str(size).encode()
    connection.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({f"X-{n}": "1" for n in range(HEADERS - 10)}, 200),
        ({f"X-{n}": "1" for n in range(HEADERS + 1)}, 400),
        ({"X-Long": "a" * (HEADER_BYTES - 20)}, 200),
        ({"X-Long": "a" * (HEADER_BYTES + 1)}, 400),
        ({"Content-Length": "5, 5"}, 400),
        ({"Transfer-Encoding": "chunked", "Content-Length": "3"}, 400),
        ({"Content-Length": "-1"}, 400),
    ],
)
def test_heads_are_bounded_and_unambiguous(hurried, headers, status):
    """Too many headers, too long ones, or two lengths: refused before the application."""
    found, body = post(hurried, b"abc", headers) if status == 200 else raw_post(hurried, headers)
    assert found in ({200} if status == 200 else {400, 431})
    assert b"Traceback" not in body


def raw_post(port, headers):
    """A request written by hand: what the library would put right stays wrong."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{head}\r\nabc".encode())
        wire.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    return int(answer.split(b" ", 2)[1]), answer


def test_body_that_is_too_large_is_refused_unread(hurried):
    assert post(hurried, b"x" * 1001)[0] == 413
