"""What is erased stays erased, also beside somebody who stores it at that moment; and what the file of SQLite keeps."""

import threading
from datetime import timedelta

import sqlalchemy as sa
from core.made_orders import BUYER, make_order
from msgspec.structs import replace
from store.conftest import NOW

from service.core.orders import Recipient
from service.core.roles import Scope
from service.store import orders, personal, rows, shops, tables, traces
from service.store.rows import NewRow, Settled

SHOP, DAY = "bloom-shop", timedelta(days=1)


def order(number, **changes):
    return make_order(**({"shop_id": SHOP, "order_id": f"{576400000000000100 + number}"} | changes))


def spent(bloom, *, ended_before=NOW, silent_since=NOW - 60 * DAY, limit=99):
    found = bloom.read(personal.spent, "bloom", ended_before=ended_before, silent_since=silent_since, limit=limit)
    return sorted(order_id for ids in found.values() for order_id in ids)


def buyers(bloom):
    return {
        one.order_id for one in bloom.read(personal.held, bloom.store.sealer, Scope("bloom"), after=("", ""), limit=99)
    }


def test_ended_orders_are_found_once_and_open_ones_when_nobody_speaks_of_them(bloom):
    done = order(1, status="COMPLETED", updated_at=NOW - DAY)
    late = order(2, status="CANCELLED", updated_at=NOW + DAY)
    silent = order(3, status="DELIVERED", updated_at=NOW - 61 * DAY)
    lively = order(4, status="DELIVERED", updated_at=NOW - 59 * DAY)
    for one in (done, late, silent, lively):
        bloom.save_order(one, account_id="bloom")
    assert set(spent(bloom)) == {done.order_id, silent.order_id}
    bloom.write(personal.forget, SHOP, spent(bloom), NOW)
    assert spent(bloom) == []
    assert buyers(bloom) >= {late.order_id, lively.order_id}
    assert not buyers(bloom) & {done.order_id, silent.order_id}


def test_a_store_that_waits_for_an_erasure_stores_no_buyer(bloom):
    """It read the order before it was erased, and writes it afterwards: on a server both go on side by side."""
    kept = order(1)
    bloom.save_order(kept, account_id="bloom")
    with bloom.store.write() as tx:
        personal.forget(tx, SHOP, [kept.order_id], NOW)
        beside = threading.Thread(target=bloom.save_order, args=(replace(kept, status="DELIVERED"),),
                                  kwargs={"account_id": "bloom"})  # fmt: skip
        beside.start()
        beside.join(timeout=0.3)
        assert beside.is_alive(), "it waits for the erasure"
    beside.join(timeout=30)
    found = bloom.read(orders.one, bloom.store.sealer, Scope("bloom"), kept.order_id)
    assert (found.status, found.recipient) == ("DELIVERED", Recipient())
    assert bloom.read(personal.erased, SHOP, [kept.order_id]) == {kept.order_id}


def test_a_shop_that_is_being_taken_away_is_held_no_more(bloom):
    """Whoever asks at that moment waits for the answer that counts."""
    answers = []
    with bloom.store.write() as tx:
        shops.disconnect_shop(tx, SHOP)
        beside = threading.Thread(target=lambda: answers.append(bloom.write(shops.is_held, SHOP)))
        beside.start()
        beside.join(timeout=0.3)
        assert beside.is_alive()
    beside.join(timeout=30)
    assert answers == [False]


def test_a_save_lets_the_shop_be_woken_and_is_waited_for_by_who_takes_it_away(bloom, dialect):
    """On a server both go on side by side; a file has one writer at a time."""
    deeds = []

    def take_away():
        bloom.write(shops.disconnect_shop, SHOP)
        deeds.append("taken away")

    def wake():
        bloom.write(shops.note_trouble, SHOP, sentence=None, tries=0, not_before=None)
        deeds.append("woken")

    with bloom.store.write() as tx:
        assert shops.is_held(tx, SHOP)
        woken, taken = threading.Thread(target=wake), threading.Thread(target=take_away)
        woken.start()
        woken.join(timeout=30 if dialect == "postgresql" else 0.3)
        assert deeds == (["woken"] if dialect == "postgresql" else [])
        taken.start()
        taken.join(timeout=0.3)
        assert "taken away" not in deeds
    woken.join(timeout=30)
    taken.join(timeout=30)
    assert sorted(deeds) == ["taken away", "woken"]


def test_buyers_are_found_in_scope_and_page_by_page(bloom):
    bloom.furnish("other")
    for number in range(1, 6):
        bloom.save_order(order(number), account_id="bloom")
    after, found = ("", ""), []
    while page := bloom.read(personal.held, bloom.store.sealer, Scope("bloom"), after=after, limit=2):
        found += page
        after = (page[-1].shop_id, page[-1].order_id)
    assert len(found) == len({one.order_id for one in found}) == bloom.read(personal.count_held, Scope("bloom")) == 6
    assert {one.recipient for one in found} == {BUYER}
    assert bloom.read(personal.count_held, Scope("bloom"), most=4) == 4
    assert bloom.read(personal.count_held, Scope("bloom", frozenset({"other-shop"}))) == 0


def test_orders_are_deleted_with_everything_about_them(bloom):
    for number in range(1, 4):
        bloom.save_order(order(number), account_id="bloom")
    note = orders.NoteRow(SHOP, order(1).order_id, "red", "n", is_shared=False, assignee="", customs=[])
    bloom.write(orders.write_note, note, written_by="m", now=NOW)
    assert len(bloom.write(personal.forget_orders, SHOP, limit=3)) == 3
    assert len(bloom.write(personal.forget_orders, SHOP, limit=3)) == 1
    with bloom.store.read() as tx:
        for table in (tables.orders, tables.recipients, tables.order_terms, tables.notes):
            assert tx.execute(sa.select(table)).all() == [], table.name


def test_rows_that_may_still_show_a_buyer_are_counted(bloom):
    """Neither those whose buyer we hold, nor clean ones, nor those that never stood in the tab."""
    keys = [order(number).order_id for number in range(1, 5)]
    for number in range(1, 5):
        bloom.save_order(order(number), account_id="bloom")
    new = [NewRow(key, SHOP, key, "", NOW) for key in keys]
    bloom.write(rows.add_rows, "bloom-binding", new, now=NOW)
    shows, clean = {"recipient": ["#", "4f2a"]}, {"recipient": ["b", ""]}
    images = dict(zip(keys[:3], (shows, clean, shows), strict=True))
    bloom.write(rows.settle, "bloom-binding", [Settled(key, 1, image, 5) for key, image in images.items()])
    bloom.write(personal.forget, SHOP, [keys[0], keys[1], keys[3]], NOW)
    assert bloom.read(personal.uncleaned, ["bloom-binding"]) == {}
    assert bloom.write(personal.mark, ["bloom-binding"], SHOP, keys, NOW) == {"bloom-binding"}
    assert bloom.read(personal.uncleaned, ["bloom-binding"]) == {"bloom-binding": 1}
    bloom.write(rows.make_unknown, "bloom-binding", [keys[1]], NOW)
    assert bloom.read(personal.uncleaned, ["bloom-binding"]) == {"bloom-binding": 2}
    bloom.write(rows.settle, "bloom-binding", [Settled(keys[0], 2, clean, 5), Settled(keys[1], 3, clean, 6)])
    assert bloom.read(personal.uncleaned, ["bloom-binding"]) == {}


def test_erasures_are_remembered_until_their_traces_are_gone(bloom, dialect):
    """On a server there is nothing for us to do."""
    is_file = dialect == "sqlite"
    assert not traces.are_left(bloom.store)
    bloom.write(traces.note)
    bloom.write(traces.note)
    assert traces.are_left(bloom.store) is is_file
    assert traces.wipe(bloom.store)
    assert not traces.are_left(bloom.store)


def test_an_erasure_that_failed_leaves_no_work(bloom):
    with bloom.store.write() as tx:
        traces.note(tx)
        tx.rollback()
    assert not traces.are_left(bloom.store)


def test_a_file_that_somebody_reads_is_rewritten_later(bloom, dialect):
    """Nothing fails, nothing is forgotten: a reader's view stands in the way, and goes."""
    if dialect == "sqlite":
        with bloom.store.alone() as execute:
            execute("PRAGMA busy_timeout = 50")
    with bloom.store.read() as reader:
        reader.execute(sa.select(tables.accounts)).all()
        bloom.write(traces.note)
        assert traces.wipe(bloom.store) is (dialect == "postgresql")
    assert traces.wipe(bloom.store)
    assert not traces.are_left(bloom.store)
