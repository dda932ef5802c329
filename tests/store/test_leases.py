"""Who may do something now: leases, queued flags and quotas, each decided by one conditional UPDATE."""

from datetime import timedelta
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store.conftest import NOW

from service.store import leases
from service.store.sheets import file_unscoped, release_file, stop_binding, update_file

HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def take(bloom):
    def take(holder, *, at=NOW):
        return bloom.write(leases.take_lease, "bloom-file", holder=holder, now=at, until=at + HALF_A_MINUTE)

    return take


def test_a_lease_is_had_by_one(bloom, take):
    assert take("a") == 1
    assert take("b") is None
    assert bloom.read(file_unscoped, "bloom-file").lease_holder == "a"


def test_each_taking_begins_a_new_epoch(take):
    """Also the same holder's: what it sent before must not settle what it sends now."""
    assert take("a") == 1
    assert take("a") == 2


def test_an_expired_lease_may_be_taken_by_anybody(take):
    take("a")
    assert take("b", at=NOW + HALF_A_MINUTE) is None, "it stands until its last instant"
    assert take("b", at=NOW + HALF_A_MINUTE + timedelta(microseconds=1)) == 2


def test_an_older_epoch_holds_and_releases_nothing(bloom, take):
    first = take("a")
    second = take("b", at=NOW + timedelta(minutes=1))
    assert not bloom.write(leases.holds_lease, "bloom-file", epoch=first)
    bloom.write(leases.release_lease, "bloom-file", epoch=first)
    assert bloom.write(leases.holds_lease, "bloom-file", epoch=second)


def test_a_released_lease_is_free_at_once_and_holds_no_more(bloom, take):
    epoch = take("a")
    bloom.write(leases.release_lease, "bloom-file", epoch=epoch)
    assert not bloom.write(leases.holds_lease, "bloom-file", epoch=epoch)
    assert take("b") == epoch + 1


def test_nobody_holds_the_lease_of_a_file_that_is_gone(bloom, take):
    epoch = take("a")
    bloom.write(stop_binding, "bloom-binding", NOW)
    bloom.write(release_file, "bloom-file")
    assert not bloom.write(leases.holds_lease, "bloom-file", epoch=epoch)
    assert take("a") is None


def test_a_wake_up_is_enqueued_once_until_it_runs(bloom):
    """The first change turns the flag on; the next ones need no job of their own."""
    assert bloom.write(leases.queue_file, "bloom-file", NOW)
    assert not bloom.write(leases.queue_file, "bloom-file", NOW)
    bloom.write(leases.unqueue_file, "bloom-file")
    assert bloom.write(leases.queue_file, "bloom-file", NOW)
    assert bloom.write(leases.queue_shop, "bloom-shop", NOW)
    assert not bloom.write(leases.queue_shop, "bloom-shop", NOW)
    bloom.write(leases.unqueue_shop, "bloom-shop")
    assert bloom.write(leases.queue_shop, "bloom-shop", NOW)


def test_a_rolled_back_change_enqueues_nothing(bloom):
    def fail(tx):
        assert leases.queue_file(tx, "bloom-file", NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        bloom.write(fail)
    assert bloom.write(leases.queue_file, "bloom-file", NOW)


def test_an_unknown_file_is_never_queued(bloom):
    assert not bloom.write(leases.queue_file, "nobody-s", NOW)


# --- quotas ----------------------------------------------------------------------------------------------------------

SECOND = timedelta(seconds=1)


def slot(house, key="k", *, at, interval=SECOND, burst=3):
    return house.write(leases.take_slot, key, now=at, interval=interval, burst=burst)


def test_a_burst_goes_at_once_and_the_next_waits_its_interval(house):
    assert [slot(house, at=NOW) for _ in range(3)] == [None, None, None]
    assert slot(house, at=NOW) == NOW + SECOND


def test_the_instant_named_is_the_instant_at_which_it_goes(house):
    """A caller that comes back exactly then is served; a moment earlier it is not."""
    for _ in range(3):
        slot(house, at=NOW)
    named = slot(house, at=NOW)
    assert slot(house, at=named - timedelta(microseconds=1)) == named
    assert slot(house, at=named) is None


def test_a_refusal_costs_nothing(house):
    for _ in range(10):
        slot(house, at=NOW)
    assert slot(house, at=NOW + SECOND) is None
    assert slot(house, at=NOW + SECOND) is not None


def test_quotas_of_different_keys_are_apart(house):
    for _ in range(4):
        slot(house, "a", at=NOW)
    assert slot(house, "b", at=NOW) is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gaps_ms=st.lists(st.integers(0, 1500), min_size=5, max_size=40),
    interval_ms=st.integers(50, 800),
    burst=st.integers(1, 6),
)
def test_no_window_ever_sees_more_than_the_burst_and_the_rate(house, gaps_ms, interval_ms, burst):
    """Whenever calls are asked for: between any two instants at most `burst` plus what grew back meanwhile goes."""
    at, granted, key = NOW, [], uuid4().hex
    with house.store.write() as tx:
        for gap_ms in gaps_ms:
            at += timedelta(milliseconds=gap_ms)
            if leases.take_slot(tx, key, now=at, interval=timedelta(milliseconds=interval_ms), burst=burst) is None:
                granted.append(at)
    for first, start in enumerate(granted):
        for last in range(first, len(granted)):
            grown = Fraction((granted[last] - start) // timedelta(microseconds=1), interval_ms * 1000)
            assert last - first + 1 <= burst + grown


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(interval_ms=st.integers(50, 800), burst=st.integers(1, 6), count=st.integers(1, 20))
def test_who_comes_when_told_is_never_refused(house, interval_ms, burst, count):
    """Everything that may go does go: no capacity is lost."""
    interval, at, key = timedelta(milliseconds=interval_ms), NOW, uuid4().hex
    with house.store.write() as tx:
        for number in range(count):
            until = leases.take_slot(tx, key, now=at, interval=interval, burst=burst)
            if until is not None:
                at = until
                assert leases.take_slot(tx, key, now=at, interval=interval, burst=burst) is None
            assert at == NOW + interval * max(0, number + 1 - burst)


def test_a_429_pushes_everybody_forward(house):
    slot(house, at=NOW)
    house.write(leases.push_slot, "k", until=NOW + timedelta(seconds=62))
    assert slot(house, at=NOW) == NOW + timedelta(seconds=60)
    assert slot(house, at=NOW + timedelta(seconds=60)) is None


def test_a_push_never_brings_a_quota_nearer(house):
    house.write(leases.push_slot, "k", until=NOW + timedelta(seconds=60))
    house.write(leases.push_slot, "k", until=NOW + timedelta(seconds=10))
    assert slot(house, at=NOW) == NOW + timedelta(seconds=58)


def test_a_call_given_back_may_be_made_again(house):
    for _ in range(3):
        slot(house, at=NOW)
    house.write(leases.return_slot, "k", interval=SECOND)
    assert slot(house, at=NOW) is None
    assert slot(house, at=NOW) is not None


def test_files_say_when_they_may_be_tried_again(bloom):
    bloom.write(update_file, "bloom-file", not_before=NOW + SECOND)
    assert bloom.read(file_unscoped, "bloom-file").not_before == NOW + SECOND
