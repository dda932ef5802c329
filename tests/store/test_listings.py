"""The lists of the sidebar: searched within a scope, by what is allowed, at a cost that does not follow size."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from core.made_orders import CREATED, make_line, make_order
from msgspec.structs import replace
from store.conftest import NOW, shop

from service.core.roles import Scope
from service.core.terms import TermKind, finds_for
from service.store import listings, migrate, orders, shops, tables
from service.store.listings import ASKED, COUNTED, RARE, WALKED, DueRange, Listing, Place

FIRST = 576400000000100000


def order(number, sku="TEAPOT", **changes):
    lines = changes.pop("lines", (make_line(1, seller_sku=sku),))
    named = {
        "shop_id": "bloom-shop",
        "order_id": str(FIRST + number),
        "created_at": CREATED + timedelta(minutes=number),
    }
    return make_order(**{**named, "lines": lines, **changes})


def numbers(found):
    return [int(one.order_id) - FIRST for one in found]


def search(*words, kinds=tuple(TermKind), **more):
    return Listing(finds=[find for word in words for find in finds_for(word, kinds)], **more)


def page(house, wanted, *, scope=None, place=None, limit=100):
    scope = scope or Scope("bloom")
    with house.store.read() as tx:
        plan = listings.plan(tx, scope, wanted)
        return listings.listed(tx, house.store.sealer, scope, of=plan, place=place, limit=limit)


def count(house, wanted, **more):
    with house.store.read() as tx:
        return listings.count(tx, listings.plan(tx, Scope("bloom"), wanted), **more)


@pytest.fixture
def shelf(bloom):
    """A few orders of two kinds."""
    for number in range(1, 7):
        bloom.save_order(order(number, "TEAPOT-BLUE" if number % 2 else "CUP"), account_id="bloom")
    return bloom


def stack(house, many, sku="TEAPOT", *, start=1000):
    """So many orders at once, as the tables hold them: one of each status in turn."""
    made = [order(start + number, sku) for number in range(many)]
    body = orders.msgspec.to_builtins(replace(made[0], recipient=orders.EMPTY))
    with house.store.write() as tx:
        tx.execute(
            sa.insert(tables.orders),
            [
                {
                    "shop_id": one.shop_id, "order_id": one.order_id, "account_id": "bloom", "body": body | {
                        "order_id": one.order_id, "created_at": one.created_at},
                    "status": "DELIVERED" if number % 2 else "UNPAID", "created_at": one.created_at,
                    "updated_at": NOW, "fetched_at": NOW, "saved_at": NOW,
                }
                for number, one in enumerate(made)
            ],
        )  # fmt: skip
        tx.execute(
            sa.insert(tables.order_terms),
            [
                {"shop_id": one.shop_id, "order_id": one.order_id, "kind": "seller_sku", "term": sku.lower()}
                for one in made
            ],
        )
    return made


# --- searching -------------------------------------------------------------------------------------------------------


def test_search_finds_by_any_word_newest_first(shelf):
    assert numbers(page(shelf, search("teapot"))) == [5, 3, 1]
    assert numbers(page(shelf, search("blue"))) == [5, 3, 1]
    assert numbers(page(shelf, search("cup", "blue"))) == [6, 5, 4, 3, 2, 1]
    assert numbers(page(shelf, Listing(order_ids=[str(FIRST + 2)], finds=finds_for("blue", TermKind)))) == [5, 3, 2, 1]
    assert page(shelf, search("nothing")) == []


def test_search_looks_only_at_the_kinds_it_may(shelf):
    """A hit would tell that the word is in the order."""
    assert page(shelf, search("teapot", kinds=[TermKind.TRACKING, TermKind.SKU_ID])) == []
    assert page(shelf, search("teapot", kinds=[])) != []  # nothing to look for is no search: the flow refuses that
    assert numbers(page(shelf, search(str(FIRST + 3)[-6:], kinds=[TermKind.ORDER_END]))) == [3]


def test_search_ends_at_the_scope(shelf):
    """Neither another account's shops nor shops the member does not have, whatever they hold."""
    shelf.furnish("other")
    shelf.save_order(order(50, "TEAPOT", shop_id="other-shop"), account_id="other")
    shelf.write(shops.add_shop, shop("bloom", suffix="2", tiktok_shop_id="bloom-tiktok2"), seller_type="L", code="C")
    shelf.save_order(order(60, "TEAPOT", shop_id="bloom-shop2"), account_id="bloom")
    assert numbers(page(shelf, search("teapot"))) == [60, 5, 3, 1]
    assert numbers(page(shelf, search("teapot"), scope=Scope("other"))) == [50]
    assert numbers(page(shelf, search("teapot"), scope=Scope("bloom", frozenset({"bloom-shop2"})))) == [60]
    assert numbers(page(shelf, search("teapot", shop_id="bloom-shop2"))) == [60]
    for nobody_s in (frozenset(), frozenset({"other-shop"})):
        assert page(shelf, search("teapot"), scope=Scope("bloom", nobody_s)) == []
    foreign = Listing(order_ids=[str(FIRST + 50)])
    assert page(shelf, foreign) == []


def test_search_and_filters_narrow_each_other(shelf):
    shelf.save_order(order(7, "TEAPOT", status="DELIVERED"), account_id="bloom", sla_due_at=NOW, action="answer")
    assert numbers(page(shelf, search("teapot", status="DELIVERED"))) == [7]
    assert numbers(page(shelf, search("teapot", action="answer"))) == [7]
    assert numbers(page(shelf, search("teapot", due=[DueRange(until=NOW)]))) == [7]
    assert page(shelf, search("cup", status="DELIVERED")) == []


def test_pages_of_a_search_go_both_ways(shelf):
    first = page(shelf, search("teapot"), limit=2)
    assert numbers(first) == [5, 3]
    last = first[-1]
    rest = page(shelf, search("teapot"), place=Place(last.created_at, last.order_id), limit=2)
    assert numbers(rest) == [1]
    back = Place(rest[0].created_at, rest[0].order_id, is_ahead=False)
    assert numbers(page(shelf, search("teapot"), place=back, limit=2)) == [5, 3]


def test_order_that_matches_twice_is_listed_once(bloom):
    lines = (make_line(1, seller_sku="CUP-RED"), make_line(2, seller_sku="CUP-BLUE"))
    bloom.save_order(order(1, lines=lines), account_id="bloom")
    assert numbers(page(bloom, search("cup", "red"))) == [1]
    assert count(bloom, search("cup")) == (1, False)


def test_order_is_found_by_what_it_says_now(bloom):
    """A corrected tracking number replaces the old one in the index too."""
    first = order(1, tracking="AB1234", lines=())
    bloom.save_order(first, account_id="bloom")
    bloom.save_order(replace(first, tracking="CD5678"), account_id="bloom")
    assert page(bloom, search("ab1234")) == []
    assert numbers(page(bloom, search("cd5678"))) == [1]


def test_saving_the_same_again_leaves_the_terms(bloom):
    bloom.save_order(order(1), account_id="bloom")
    before = bloom.read(lambda tx: set(tx.execute(sa.select(tables.order_terms)).all()))
    bloom.save_order(order(1, status="DELIVERED"), account_id="bloom")
    assert bloom.read(lambda tx: set(tx.execute(sa.select(tables.order_terms)).all())) == before


def test_terms_go_with_their_order(bloom):
    bloom.save_order(order(1), account_id="bloom")
    with bloom.store.write() as tx:
        tx.execute(sa.delete(tables.orders))
        assert tx.execute(sa.select(sa.func.count()).select_from(tables.order_terms)).scalar_one() == 0


def test_beginnings_are_compared_letter_by_letter_whatever_the_language(bloom):
    """A database that sorts by language would put a hyphen nowhere and capitals beside small letters."""
    for number, sku in enumerate(("a-b", "ab", "a b", "äb", "aé", "日本")):
        bloom.save_order(order(number, sku), account_id="bloom")
    assert numbers(page(bloom, search("a-", kinds=[TermKind.SELLER_SKU]))) == [0]
    assert numbers(page(bloom, search("ä", kinds=[TermKind.SELLER_SKU]))) == [3]
    assert numbers(page(bloom, search("aé", kinds=[TermKind.SELLER_SKU]))) == [4]
    assert numbers(page(bloom, search("日", kinds=[TermKind.SELLER_SKU]))) == [5]


# --- filters and pages -----------------------------------------------------------------------------------------------


def test_list_is_filtered_by_status_action_and_deadline(bloom):
    bloom.save_order(order(1), account_id="bloom", sla_due_at=NOW)
    bloom.save_order(order(2, status="DELIVERED"), account_id="bloom", action="answer")
    assert numbers(page(bloom, Listing(status="DELIVERED"))) == [2]
    assert numbers(page(bloom, Listing(action="answer"))) == [2]
    assert numbers(page(bloom, Listing(due=[DueRange(until=NOW)]))) == [1]
    assert page(bloom, Listing(due=[DueRange(after=NOW)])) == []


def test_pages_lose_no_order_of_the_same_second(bloom):
    for number in range(6):
        bloom.save_order(order(number, created_at=NOW), account_id="bloom")
    seen, place = [], None
    while found := page(bloom, Listing(), place=place, limit=2):
        seen += numbers(found)
        place = Place(found[-1].created_at, found[-1].order_id)
    assert [one for one in seen if one >= 0] == [5, 4, 3, 2, 1, 0]


# --- many ------------------------------------------------------------------------------------------------------------


def test_common_word_gives_the_same_orders_as_a_rare_one_would(bloom):
    """Past the limit the search goes another way; pages, filters, scope and order stay what they were."""
    made = stack(bloom, RARE + 500)
    stack(bloom, 5, "CUP", start=9000)
    wanted = search("teapot")
    walked = []
    place = None
    for _ in range(3):
        found = page(bloom, wanted, place=place, limit=20)
        walked += numbers(found)
        place = Place(found[-1].created_at, found[-1].order_id)
    assert walked == numbers(reversed(made))[:60]
    assert count(bloom, wanted) == (COUNTED, True)
    narrow = search("teapot", status="DELIVERED")
    assert numbers(page(bloom, narrow, limit=3)) == [number for number in numbers(reversed(made)) if number % 2][:3]
    assert count(bloom, narrow) == (ASKED, True)
    both = Listing(order_ids=[str(FIRST + 9004)], finds=wanted.finds)
    assert numbers(page(bloom, both, limit=2)) == [9004, walked[0]]
    assert page(bloom, wanted, scope=Scope("bloom", frozenset({"another"}))) == []


def test_common_word_in_few_orders_is_counted_right(bloom):
    """Many entries are not many orders: here each order has the word a hundred times over."""
    lines = [make_line(number, seller_sku=f"SET-{number}") for number in range(100)]
    for number in range(30):
        bloom.save_order(order(number, lines=tuple(lines)), account_id="bloom")
    assert count(bloom, search("set")) == (30, False)
    assert len(page(bloom, search("set"))) == 30


def test_counting_stops_where_it_is_told(shelf):
    assert count(shelf, Listing(), most=4) == (4, True)
    assert count(shelf, Listing(), most=50) == (7, False)


# --- orders that were there before ---------------------------------------------------------------------------------


def test_orders_of_the_release_before_get_their_terms_when_the_schema_is_brought_up(house):
    """The database as the release before left it: without the table, and with orders in it.

    What later releases added stays, and is said again at the end: one server's database serves every test.
    """
    house.furnish("bloom")
    for number in range(3):
        house.save_order(order(number, "TEAPOT-BLUE", tracking=f"AB{number}"), account_id="bloom")
    with house.store.read() as tx:
        before = set(tx.execute(sa.select(tables.order_terms)).all())
    stamp = sa.text("UPDATE alembic_version SET version_num = :release")
    with house.store.engine.begin() as connection:
        newest = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(sa.text("DROP TABLE order_terms"))
        connection.execute(stamp, {"release": "0002"})
    migrate.upgrade(house.store.engine, to="0003")
    with house.store.engine.begin() as connection:
        connection.execute(stamp, {"release": newest})
    with house.store.read() as tx:
        assert set(tx.execute(sa.select(tables.order_terms)).all()) == before
    assert before
    assert numbers(page(house, search("blue", "ab1"))) == [2, 1, 0]


def test_common_word_of_long_ago_is_found_behind_the_walk(bloom):
    """Last year's product: more of it than is rare, and thousands of newer orders before the first."""
    old = stack(bloom, RARE + 100, "LAMP", start=1000)
    stack(bloom, WALKED + 100, "CUP", start=10_000)
    assert numbers(page(bloom, search("lamp"), limit=3)) == numbers(reversed(old))[:3]
    assert count(bloom, search("lamp")) == (COUNTED, True)
    narrow = search("lamp", status="DELIVERED")
    assert numbers(page(bloom, narrow, limit=2)) == [number for number in numbers(reversed(old)) if number % 2][:2]
    assert count(bloom, narrow) == (ASKED, True)
    last = old[2]
    behind = page(bloom, search("lamp"), place=Place(last.created_at, last.order_id), limit=9)
    assert numbers(behind) == numbers([old[1], old[0]])
    ahead = page(bloom, search("lamp"), place=Place(last.created_at, last.order_id, is_ahead=False), limit=2)
    assert numbers(ahead) == numbers([old[4], old[3]])
