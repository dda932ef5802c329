"""Writers fetch their token once, share it, and say plainly when their key is refused."""

import json
import threading
from urllib.parse import parse_qsl

import httpx
import pytest
from google.auth import jwt

from service.errors import UpstreamFailed
from service.google.identities import WRITER_SCOPES, UserIdentity, WriterIdentity, WriterPool


def grant(token):
    return httpx.Response(200, json={"access_token": token, "expires_in": 3599, "token_type": "Bearer"})


@pytest.fixture
def writer(writer_key):
    return WriterIdentity(writer_key)


def test_writer_proves_its_key_and_asks_for_its_scopes(writer, writer_key, scripted, key):
    scripted.script = [grant("ya29.w")]
    assert writer.bearer(scripted.client(), timeout_s=5) == "ya29.w"
    form = dict(parse_qsl(scripted.seen[0].content.decode()))
    claims = jwt.decode(form["assertion"], certs=key.certificate)
    assert str(scripted.seen[0].url) == writer_key["token_uri"]
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert claims["iss"] == writer_key["client_email"]
    assert claims["scope"] == " ".join(WRITER_SCOPES)


def test_token_is_fetched_once_by_many_threads(writer, scripted):
    scripted.script = [grant("ya29.w")]
    gate, got = threading.Barrier(8), []

    def fetch():
        gate.wait()
        got.append(writer.bearer(scripted.client(), timeout_s=5))

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["ya29.w"] * 8
    assert len(scripted.seen) == 1


def test_refused_token_is_renewed_once_for_all(writer, scripted):
    scripted.script = [grant("ya29.1"), grant("ya29.2")]
    http = scripted.client()
    first = writer.bearer(http, timeout_s=5)
    assert writer.renew(first, http, timeout_s=5) == "ya29.2"
    assert writer.renew(first, http, timeout_s=5) == "ya29.2", "somebody else renewed it meanwhile"
    assert len(scripted.seen) == 2


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("down"),
        httpx.ReadTimeout("slow"),
        httpx.Response(503, json={"error": "backend"}),
        httpx.Response(429, json={"error": "rate_limit_exceeded"}),
        httpx.Response(200, content="<html>hotel</html>", headers={"content-type": "text/html"}),
    ],
)
def test_trouble_at_the_token_address_may_pass_and_is_asked_once(writer, scripted, trouble):
    scripted.script = [trouble]
    with pytest.raises(UpstreamFailed) as failed:
        writer.bearer(scripted.client(), timeout_s=5)
    assert not failed.value.permanent
    assert not failed.value.outcome_unknown
    assert len(scripted.seen) == 1, "waiting and asking again is not done here"


def test_deleted_key_is_permanent(writer, scripted):
    scripted.script = [httpx.Response(400, json={"error": "invalid_grant", "error_description": "account not found"})]
    with pytest.raises(UpstreamFailed) as failed:
        writer.bearer(scripted.client(), timeout_s=5)
    assert failed.value.permanent


def test_user_token_is_sent_as_it_came_and_cannot_be_renewed(scripted):
    person = UserIdentity("ya29.p")
    assert person.bearer(scripted.client(), timeout_s=5) == "ya29.p"
    assert person.renew("ya29.p", scripted.client(), timeout_s=5) is None
    assert "ya29.p" not in repr(person)
    assert scripted.seen == []


def test_pool_reads_one_key_or_a_list(writer_key):
    second = {**writer_key, "client_email": "writer-2@rowstream-test.iam.gserviceaccount.com"}
    assert WriterPool.from_json(json.dumps(writer_key)).emails == (writer_key["client_email"],)
    pool = WriterPool.from_json(json.dumps([writer_key, second]))
    assert pool.emails == (writer_key["client_email"], second["client_email"])
    assert pool.by_email(second["client_email"]).email == second["client_email"]
    assert pool.by_email("gone@example") is None


def test_pool_picks_the_writer_with_the_fewest_files(writer_key):
    names = [f"writer-{number}@t.example" for number in range(3)]
    pool = WriterPool.from_json(json.dumps([{**writer_key, "client_email": name} for name in names]))
    assert pool.pick({}).email == names[0]
    assert pool.pick({names[0]: 2, names[1]: 1, names[2]: 1}).email == names[1]
    assert pool.pick({names[0]: 2, names[1]: 1, "gone@t.example": 0}).email == names[2]


@pytest.mark.parametrize("text", ["", "not json", "[]", "7", "{}", '{"client_email": "a@b"}', "[1]"])
def test_pool_refuses_what_is_no_key(text):
    with pytest.raises(ValueError, match=r"."):
        WriterPool.from_json(text)


def test_pool_refuses_the_same_writer_twice(writer_key):
    with pytest.raises(ValueError, match="same address"):
        WriterPool.from_json(json.dumps([writer_key, writer_key]))


def test_broken_key_is_refused_without_quoting_it(writer_key):
    broken = {**writer_key, "private_key": writer_key["private_key"][:200]}
    with pytest.raises(ValueError, match="cannot be read") as refused:
        WriterIdentity(broken)
    assert broken["private_key"][60:100] not in str(refused.value)
    assert refused.value.__suppress_context__
