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
def base_url(serve):
    return serve(echo)


def test_one_connection_serves_many_requests(base_url):
    with httpx.Client() as client:
        seen = set()
        for text in ("one", "two", "three"):
            answer = client.post(base_url, content=text)
            assert answer.text == f"POST {text}"
            seen.add(answer.extensions["network_stream"].get_extra_info("socket").getsockname())
    assert len(seen) == 1


def test_unread_body_does_not_spoil_next_request(base_url):
    with httpx.Client() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(f"{base_url}drop", content="x" * 100_000)
        assert client.get(base_url).text == "GET "


def test_chunked_body_arrives_whole(base_url):
    assert httpx.post(base_url, content=iter([b"a" * 10, b"b" * 5])).text == "POST aaaaaaaaaabbbbb"


def test_head_has_no_body(base_url):
    answer = httpx.head(base_url)
    assert (answer.status_code, answer.content) == (200, b"")


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
def test_foreign_name_or_page_is_refused(base_url, headers):
    assert httpx.post(base_url, headers=headers).status_code == 403


def test_own_page_is_served(base_url):
    port = httpx.URL(base_url).port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        assert httpx.get(base_url, headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200


def test_garbage_does_not_stop_server(base_url):
    port = httpx.URL(base_url).port
    with socket.create_connection(("127.0.0.1", port)) as rude:
        rude.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert rude.recv(4096)
    assert httpx.get(base_url).status_code == 200
