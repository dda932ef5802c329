"""Orders as they are kept: whole, found by their scope only, buyers sealed and apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from core.made_orders import BUYER, CREATED, make_order
from msgspec import structs
from store.conftest import NOW

from service.core.orders import Recipient
from service.core.roles import Scope
from service.store import listings, notices, orders, tables
from service.store.listings import Listing
from service.store.orders import NoteRow
from service.store.records import NoticeRow


def order(number, **changes):
    at = CREATED + timedelta(minutes=number)
    return make_order(
        **({"shop_id": "bloom-shop", "order_id": f"{576400000000000100 + number}", "created_at": at} | changes)
    )


def ids(found):
    return [int(one.order_id) - 576400000000000100 for one in found]


def newest(bloom, *, scope=None, limit=100, **wanted):
    return bloom.read(orders.newest, bloom.store.sealer, scope or Scope("bloom"), limit=limit, **wanted)


@pytest.fixture
def shelf(bloom):
    """Nine orders, the last one newest."""
    for number in range(1, 10):
        bloom.save_order(
            order(number, status="DELIVERED" if number % 3 == 0 else "AWAITING_SHIPMENT"), account_id="bloom"
        )
    with bloom.store.write() as tx:
        tx.execute(sa.delete(tables.orders).where(~tables.orders.c.order_id.like("5764000000000001%")))
    return bloom


def test_an_order_comes_back_as_it_was_saved(bloom):
    """Money, instants, lines and the buyer: nothing is lost on the way through the database."""
    kept = order(1, paid_at=datetime(2026, 11, 20, 10, 0, 30, 123456, tzinfo=UTC), extra={"x": "y"})
    bloom.save_order(kept, account_id="bloom")
    assert bloom.read(orders.one, bloom.store.sealer, Scope("bloom"), kept.order_id) == kept
    found = bloom.read(orders.stored, bloom.store.sealer, shop_id="bloom-shop", order_ids=[kept.order_id, "none"])
    assert found == {kept.order_id: kept}


def test_an_order_can_be_read_without_unsealing_its_buyer(bloom):
    kept = order(1)
    bloom.save_order(kept, account_id="bloom")
    found = bloom.read(orders.stored_without_buyers, shop_id="bloom-shop", order_ids=[kept.order_id, "none"])
    assert found == {kept.order_id: structs.replace(kept, recipient=Recipient())}


def test_saving_again_replaces_the_content_and_makes_no_second_row(bloom):
    kept = order(1)
    bloom.save_order(kept, account_id="bloom")
    newer = structs.replace(kept, status="DELIVERED", recipient=structs.replace(BUYER, name="Somebody Else"))
    bloom.save_order(newer, account_id="bloom")
    assert bloom.read(orders.one, bloom.store.sealer, Scope("bloom"), kept.order_id) == newer


def test_an_order_without_a_buyer_keeps_the_one_we_know(bloom):
    """A later fetch may bring no address at all."""
    kept = order(1)
    bloom.save_order(kept, account_id="bloom")
    bloom.save_order(structs.replace(kept, recipient=Recipient()), account_id="bloom")
    assert bloom.read(orders.one, bloom.store.sealer, Scope("bloom"), kept.order_id).recipient == BUYER


def test_the_newest_come_first_and_only_so_many(shelf):
    assert ids(newest(shelf, limit=4)) == [9, 8, 7, 6]
    assert ids(newest(shelf, limit=2, statuses=["DELIVERED"])) == [9, 6]


def test_a_scope_of_shops_sees_only_them(shelf):
    assert ids(newest(shelf, scope=Scope("bloom", frozenset({"bloom-shop"})), limit=2)) == [9, 8]
    nobody_s = Scope("bloom", frozenset({"another-shop"}))
    assert newest(shelf, scope=nobody_s) == []
    assert shelf.read(orders.one, shelf.store.sealer, nobody_s, order(9).order_id) is None


def test_a_backfill_chunk_is_newest_first_and_takes_a_second_as_a_whole(bloom):
    for number in range(5):
        bloom.save_order(order(number, created_at=NOW), account_id="bloom")
    bloom.save_order(order(7, created_at=NOW + timedelta(hours=1)), account_id="bloom")
    end = NOW + timedelta(days=1)
    found = bloom.read(orders.older_than, Scope("bloom"), before=end, limit=2)
    assert ids(found)[0] == 7
    assert sorted(ids(found)[1:]) == [0, 1, 2, 3, 4]
    rest = bloom.read(orders.older_than, Scope("bloom"), before=NOW, limit=2)
    assert all(one.created_at < NOW for one in rest)


def test_a_backfill_looks_no_further_back_than_it_is_asked_to(bloom):
    for number in range(5):
        bloom.save_order(order(number, created_at=NOW - timedelta(days=number)), account_id="bloom")
    reach = {"since": NOW - timedelta(days=2), "before": NOW}
    assert ids(bloom.read(orders.older_than, Scope("bloom"), limit=9, **reach)) == [1, 2]
    assert bloom.read(orders.count_made, Scope("bloom"), **reach) == 2
    assert bloom.read(orders.count_made, Scope("bloom"), since=None, before=NOW) == 4 + 1, "and the one it came with"
    assert bloom.read(orders.count_made, Scope("bloom", frozenset({"another"})), since=None, before=NOW) == 0


def test_orders_whose_time_has_come_are_found_soonest_first(bloom):
    for number, minutes in ((1, 5), (2, 1), (3, 90)):
        bloom.save_order(order(number), account_id="bloom", change_at=NOW + timedelta(minutes=minutes))
    found = bloom.read(orders.changing, NOW + timedelta(minutes=10), limit=9)
    assert found == [("bloom", "bloom-shop", order(2).order_id), ("bloom", "bloom-shop", order(1).order_id)]


def test_marks_are_changed_without_touching_the_order(bloom):
    kept = order(1)
    bloom.save_order(kept, account_id="bloom", change_at=NOW)
    later = orders.Marks(sla_due_at=NOW, action="ship", change_at=None)
    bloom.write(orders.set_marks, "bloom-shop", kept.order_id, later)
    assert bloom.read(orders.changing, NOW, limit=9) == []
    with bloom.store.read() as tx:
        plan = listings.plan(tx, Scope("bloom"), Listing(action="ship"))
        assert listings.count(tx, plan) == (1, False)
    assert bloom.read(orders.one, bloom.store.sealer, Scope("bloom"), kept.order_id) == kept


def test_a_note_is_what_was_written_last(bloom):
    first = NoteRow("bloom-shop", "o1", "red", "careful", True, "Sam", ["", "b"])
    bloom.write(orders.write_note, first, written_by="m", now=NOW)
    second = replace(first, note="gone", is_shared=False)
    bloom.write(orders.write_note, second, written_by="m", now=NOW)
    assert bloom.read(orders.notes_of, "bloom-shop", ["o1", "o2"]) == {"o1": second}
    assert bloom.read(orders.notes_of, "other-shop", ["o1"]) == {}


# --- the inbox -------------------------------------------------------------------------------------------------------


def test_a_notice_is_taken_once(bloom):
    notice = NoticeRow("n1", "bloom-tiktok", 1, ["o1"])
    assert bloom.write(notices.put, notice, NOW)
    assert not bloom.write(notices.put, notice, NOW)
    assert bloom.read(notices.waiting, "bloom-tiktok", limit=9) == [notice]
    assert bloom.read(notices.shops_waiting) == ["bloom-tiktok"]


def test_a_done_notice_waits_no_more_and_is_still_known(bloom):
    """The vendor repeats for a day: what was done is not done again."""
    notice = NoticeRow("n1", "bloom-tiktok", 1, ["o1"])
    bloom.write(notices.put, notice, NOW)
    bloom.write(notices.finish, ["n1"], NOW)
    assert bloom.read(notices.waiting, "bloom-tiktok", limit=9) == []
    assert bloom.read(notices.shops_waiting) == []
    assert not bloom.write(notices.put, notice, NOW)


def test_notices_are_followed_in_the_order_of_their_arrival(bloom):
    for number, name in enumerate("cab"):
        bloom.write(notices.put, NoticeRow(name, "bloom-tiktok", 1, []), NOW + timedelta(seconds=number))
    assert [row.notice_id for row in bloom.read(notices.waiting, "bloom-tiktok", limit=2)] == ["c", "a"]


def test_old_done_notices_are_forgotten_and_waiting_ones_never(bloom):
    for name in "ab":
        bloom.write(notices.put, NoticeRow(name, "bloom-tiktok", 1, []), NOW)
    bloom.write(notices.finish, ["a"], NOW)
    assert bloom.write(notices.forget, NOW + timedelta(days=3)) == 1
    assert [row.notice_id for row in bloom.read(notices.waiting, "bloom-tiktok", limit=9)] == ["b"]
