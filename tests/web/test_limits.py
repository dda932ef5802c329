"""How often somebody may come: counted per person and per source, refused in words, and never at others' cost."""

import json
import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from cards.actions import Action
from service.app import create_app
from service.tiktok.webhook import signature
from service.web.limits import Limiter, TooFast, source_of

PER_MINUTE = 5


class Watch:
    """Seconds, moved by hand."""

    def __init__(self):
        self.now_s = 1_800_000_000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def watch():
    return Watch()


def let_in(limiter, key, times):
    """How many of so many tries are let in."""
    count = 0
    for _ in range(times):
        try:
            limiter.take(key)
        except TooFast:
            continue
        count += 1
    return count


# --- the counter ---


@pytest.mark.parametrize("per_minute", [1, 7, 60, 300])
def test_a_whole_minute_s_worth_may_come_at_once_and_then_it_grows_back(watch, per_minute):
    limiter = Limiter(per_minute, now=watch)
    assert let_in(limiter, "maya", per_minute + 20) == per_minute
    watch.now_s += 60 / per_minute
    assert let_in(limiter, "maya", 5) == 1
    watch.now_s += 60
    assert let_in(limiter, "maya", per_minute + 20) == per_minute


def test_refused_tries_do_not_lengthen_the_wait(watch):
    limiter = Limiter(6, now=watch)
    let_in(limiter, "maya", 1000)
    watch.now_s += 10
    assert let_in(limiter, "maya", 1) == 1


def test_wait_is_told_in_whole_seconds_and_is_enough(watch):
    limiter = Limiter(4, now=watch)
    let_in(limiter, "maya", 4)
    watch.now_s += 3.2
    with pytest.raises(TooFast) as refused:
        limiter.take("maya")
    assert refused.value.retry_after_s == 12
    watch.now_s += 12
    limiter.take("maya")


def test_others_are_not_held_back(watch):
    limiter = Limiter(3, now=watch)
    assert let_in(limiter, "maya", 9) == 3
    assert let_in(limiter, "kenji", 9) == 3


def test_clock_that_is_set_back_locks_nobody_out(watch):
    limiter = Limiter(60, now=watch)
    let_in(limiter, "maya", 100)
    watch.now_s -= 86_400
    watch.now_s += 1
    with pytest.raises(TooFast) as refused:
        limiter.take("maya")
    assert refused.value.retry_after_s <= 60
    watch.now_s += 60
    limiter.take("maya")


def test_zero_means_no_limit(watch):
    assert let_in(Limiter(0, now=watch), "maya", 10_000) == 10_000


def test_memory_is_bounded_however_many_come(watch):
    limiter = Limiter(1, now=watch)
    for number in range(60_000):
        limiter.take(f"10.{number}")
    assert len(limiter._whole_at) <= 50_000


def test_threads_at_once_get_no_more_than_one_after_the_other(watch):
    limiter = Limiter(100, now=watch)
    counts = []
    threads = [threading.Thread(target=lambda: counts.append(let_in(limiter, "maya", 50))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 100


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", ""),
        ("unknown", ""),
        ("203.0.113.9, 10.0.0.1", ""),
    ],
)
def test_source_is_the_address_or_the_network_one_is_given(address, source):
    assert source_of(address) == source


# --- the doors ---


@pytest.fixture
def settings(local_world, database_url):
    """The product's settings with limits that a test reaches."""
    return replace(local_world.settings(database_url), presses_per_minute=PER_MINUTE, tries_per_minute=PER_MINUTE)


@pytest.fixture
def client(routed):
    return routed.app.test_client()


def statuses(ask, times):
    return [ask().status_code for _ in range(times)]


def test_person_who_presses_too_fast_is_told_so_on_a_card_and_nothing_is_done(routed, people, rows, clock):
    sidebar = routed.sidebar(people["owner"])
    for _ in range(PER_MINUTE):
        sidebar.post(Action.HELP)
    before = rows()
    sidebar.post(Action.OPEN_ACCOUNT, once_key="k", form={"account_name": "Bloom"})
    assert sidebar.says("That was a lot at once. Try again in 12 s.")
    assert rows() == before
    other = routed.sidebar(people["stranger"])
    other.post(Action.HELP)
    assert not other.says("That was a lot at once")
    clock.advance(12)
    sidebar.post(Action.OPEN_ACCOUNT, once_key="k", form={"account_name": "Bloom"})
    assert len(rows()["accounts"]) == 1


def test_press_that_is_too_fast_costs_no_look_at_the_database(routed, people):
    """Whoever floods us pays for it, not the others who share the database."""
    sidebar = routed.sidebar(people["owner"])
    for _ in range(PER_MINUTE):
        sidebar.post(Action.HELP)
    asked = []
    sa.event.listen(routed.services.store.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    sidebar.post(Action.HELP)
    assert sidebar.says("That was a lot at once")
    assert asked == []


def test_presses_without_proof_are_counted_and_genuine_ones_from_the_same_place_go_on(routed, people, client):
    """Google's calls come from the same few addresses as anybody's: forgers must not be able to lock it out."""
    assert statuses(lambda: client.post("/addon/home", json={}), PER_MINUTE + 3) == [401] * PER_MINUTE + [429] * 3
    refused = client.post("/addon/home", json={})
    assert refused.headers["Retry-After"] == "12"
    assert refused.data == b""
    sidebar = routed.sidebar(people["owner"])
    sidebar.post(Action.HELP)
    assert not sidebar.says("That was a lot at once")


def test_forged_notices_are_counted_and_genuine_ones_from_the_same_place_go_on(routed, client):
    raw = json.dumps({"type": 1, "shop_id": "1", "data": {"order_id": "2"}}).encode()
    forged = statuses(lambda: client.post("/hooks/tiktok", data=raw, headers={"Authorization": "x"}), PER_MINUTE + 3)
    assert forged == [401] * PER_MINUTE + [429] * 3
    keys = routed.services.settings
    genuine = {"Authorization": signature(raw, keys.tiktok_app_key, keys.tiktok_app_secret)}
    assert statuses(lambda: client.post("/hooks/tiktok", data=raw, headers=genuine), 20) == [200] * 20


@pytest.mark.parametrize("path", ["/connect/start", "/connect/signed-in", "/tiktok/callback", "/download/x.y"])
def test_pages_that_take_a_secret_answer_a_flood_with_a_plain_page(client, path):
    assert statuses(lambda: client.get(path), PER_MINUTE) == [401] * PER_MINUTE
    answer = client.get(path)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 12
    text = answer.get_data(as_text=True)
    assert "Try again in 12 s." in text
    assert "RS-" not in text


def test_flood_leaves_no_lines_in_the_log(client, listen):
    said = listen()
    statuses(lambda: client.get("/connect/start"), 50)
    statuses(lambda: client.post("/hooks/tiktok"), 50)
    assert 0 < said.getvalue().count(".problem") <= PER_MINUTE


def sources(client, headers):
    """How many of a dozen requests are let in, each naming another source in its headers."""
    answers = [
        client.get("/connect/start", headers={name: value.format(n=n) for name, value in headers.items()})
        for n in range(12)
    ]
    return sum(1 for answer in answers if answer.status_code == 401)


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_no_header_is_believed_without_a_proxy_of_ours(client, name):
    assert sources(client, {name: "203.0.113.{n}"}) == PER_MINUTE


@pytest.mark.parametrize(
    ("proxies", "value", "let_in_of_12"),
    [
        (1, "203.0.113.{n}", 12),  # our proxy's own word: another source each time
        (1, "203.0.113.{n}, 198.51.100.7", PER_MINUTE),  # what stood there before is the client's invention
        (2, "203.0.113.{n}, 198.51.100.7", 12),
        (2, "203.0.113.{n}", PER_MINUTE),  # did not come through both: the last address counts
        (1, "nonsense {n}", PER_MINUTE),
    ],
)
def test_as_many_proxies_are_believed_as_there_are(
    settings, local_world, clock, wake, registry, proxies, value, let_in_of_12
):
    app = create_app(
        replace(settings, proxies=proxies), clock=clock, wake=wake, wires=local_world.wires, registry=registry
    )
    assert sources(app.test_client(), {"X-Forwarded-For": value}) == let_in_of_12
    app.extensions["rowstream"].store.engine.dispose()
