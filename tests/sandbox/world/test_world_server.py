"""The world's web server keeps connections open, guards its door and survives rude clients."""

import socket

import httpx
import pytest


def echo(environ, start_response):
    """Answers with what arrived; drops the line on request."""
    if environ["PATH_INFO"] == "/drop":
        raise ConnectionError
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Path", environ["PATH_INFO"])])
    return [environ["REQUEST_METHOD"].encode(), b" ", body]


@pytest.fixture
def echoing(serve, tls):
    with httpx.Client(base_url=serve(echo), verify=tls) as client:
        yield client


def test_one_connection_serves_many_requests(echoing):
    seen = set()
    for text in ("one", "two", "three"):
        answer = echoing.post("/", content=text)
        assert answer.text == f"POST {text}"
        seen.add(answer.extensions["network_stream"].get_extra_info("socket").getsockname())
    assert len(seen) == 1


def test_dropped_line_does_not_spoil_next_request(echoing):
    with pytest.raises(httpx.RemoteProtocolError):
        echoing.post("/drop", content="x" * 100_000)
    assert echoing.get("/").text == "GET "


def test_chunked_body_arrives_whole(echoing):
    assert echoing.post("/", content=iter([b"a" * 10, b"b" * 5])).text == "POST aaaaaaaaaabbbbb"


def test_head_has_no_body(echoing):
    answer = echoing.head("/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert echoing.get("/").text == "GET "


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rowstream.example"},
        {"Host": "127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_foreign_name_or_page_is_refused(echoing, headers):
    assert echoing.post("/", headers=headers).status_code == 403


def test_own_page_is_served(echoing):
    for host in (f"127.0.0.1:{echoing.base_url.port}", f"localhost:{echoing.base_url.port}"):
        assert echoing.get("/", headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200


def test_garbage_does_not_stop_server(echoing):
    with socket.create_connection(("127.0.0.1", echoing.base_url.port)) as rude:
        rude.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert rude.recv(4096)
    assert echoing.get("/").status_code == 200
