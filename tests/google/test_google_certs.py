"""The certificate list: fetched rarely, trusted for a while when Google is silent, never for long."""

import threading

import httpx
import pytest

from service.google.certs import COLD_RETRY_PAUSE_S, FALLBACK_LIFETIME_S, LONGEST_STALE_S, RETRY_PAUSE_S, Certs

URL = "https://certs.example/certs"


@pytest.fixture
def certs(cert_page, clock):
    return Certs(URL, http=cert_page.client(), now=clock.now)


def test_list_is_fetched_once_per_lifetime(certs, cert_page, clock, key):
    assert [certs.find(key.key_id) for _ in range(5)] == [key.certificate] * 5
    clock.advance(3599)
    certs.find(key.key_id)
    assert cert_page.asked == 1
    clock.advance(2)
    assert certs.find(key.key_id) == key.certificate
    assert cert_page.asked == 2


def test_time_spent_in_a_cache_on_the_way_counts(certs, cert_page, clock, key):
    cert_page.age = "3000"
    certs.find(key.key_id)
    clock.advance(601)
    certs.find(key.key_id)
    assert cert_page.asked == 2


def test_answer_without_lifetime_is_kept_for_the_fallback(certs, cert_page, clock, key):
    cert_page.cache_control = "private"
    certs.find(key.key_id)
    clock.advance(FALLBACK_LIFETIME_S - 1)
    certs.find(key.key_id)
    assert cert_page.asked == 1
    clock.advance(2)
    certs.find(key.key_id)
    assert cert_page.asked == 2


def test_unknown_key_id_fetches_once_more_and_finds_the_new_key(certs, cert_page, clock, key, other_key):
    certs.find(key.key_id)
    cert_page.keys[other_key.key_id] = other_key.certificate
    clock.advance(RETRY_PAUSE_S)
    assert certs.find(other_key.key_id) == other_key.certificate
    assert cert_page.asked == 2


def test_flood_of_forged_key_ids_asks_google_once_per_pause(certs, cert_page, clock, key):
    certs.find(key.key_id)
    clock.advance(RETRY_PAUSE_S)
    assert {certs.find(f"forged-{number}") for number in range(100)} == {None}
    assert cert_page.asked == 2
    clock.advance(RETRY_PAUSE_S)
    certs.find("forged-again")
    assert cert_page.asked == 3


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("down"),
        httpx.Response(503, content="<html>down</html>"),
        httpx.Response(200, content="<html>a hotel's login page</html>"),
        httpx.Response(200, content="{}"),
        httpx.Response(200, content='{"key": 1}'),
    ],
)
def test_last_list_stays_good_while_google_fails(certs, cert_page, clock, key, failure):
    certs.find(key.key_id)
    cert_page.failure = failure
    clock.advance(3601)
    assert certs.find(key.key_id) == key.certificate
    assert cert_page.asked == 2
    assert certs.find(key.key_id) == key.certificate
    assert cert_page.asked == 2, "a failing page is not asked on every request"


def test_list_is_not_trusted_for_ever_without_google(certs, cert_page, clock, key):
    certs.find(key.key_id)
    cert_page.failure = httpx.ConnectError("down")
    clock.advance(3600 + LONGEST_STALE_S)
    assert certs.find(key.key_id) is None


def test_cold_start_during_an_outage_recovers_within_a_second(certs, cert_page, clock, key):
    cert_page.failure = httpx.ConnectError("down")
    assert certs.find(key.key_id) is None
    cert_page.failure = None
    clock.advance(COLD_RETRY_PAUSE_S)
    assert certs.find(key.key_id) == key.certificate


def test_many_threads_share_one_fetch(cert_page, clock, key):
    """The first fetch lasts until every thread has found the list missing; then they all use that one."""
    everybody_looked, looked, found = threading.Event(), set(), []

    def now():
        looked.add(threading.get_ident())
        if len(looked) == 8:
            everybody_looked.set()
        return clock.now()

    def answer(request):
        assert everybody_looked.wait(10)
        return cert_page(request)

    certs = Certs(URL, http=httpx.Client(transport=httpx.MockTransport(answer)), now=now)
    threads = [threading.Thread(target=lambda: found.append(certs.find(key.key_id))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [key.certificate] * 8
    assert cert_page.asked == 1


def test_stale_list_serves_the_others_while_one_fetches(cert_page, clock, key):
    fetching, leave = threading.Event(), threading.Event()

    def hold(_request):
        fetching.set()
        assert leave.wait(10)
        return httpx.Response(200, json=cert_page.keys)

    slow = Certs(URL, http=httpx.Client(transport=httpx.MockTransport(hold)), now=clock.now)
    leave.set()
    slow.find(key.key_id)
    fetching.clear()
    leave.clear()
    clock.advance(3601)
    one = threading.Thread(target=slow.find, args=(key.key_id,))
    one.start()
    assert fetching.wait(10)
    assert slow.find(key.key_id) == key.certificate, "answered while the other still waits for Google"
    leave.set()
    one.join()


def test_warm_makes_the_first_lookup_free(certs, cert_page, key):
    certs.warm()
    assert certs.find(key.key_id) == key.certificate
    assert cert_page.asked == 1
