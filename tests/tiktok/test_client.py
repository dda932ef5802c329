"""The client's methods: what is asked, what comes back, how pages end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_upstream import API_URL, APP, NOW, envelope

from service.core.orders import Money
from service.errors import NotConnected, UpstreamFailed
from service.tiktok.aftersales import answers_due
from service.tiktok.client import TikTokClient
from service.tiktok.endpoints import with_paths
from service.tiktok.gateway import Gateway
from service.tiktok.webhook import SUBSCRIBED
from service.tiktok.window import SortField, Window
from service.tiktok.wire import Unreadable

START = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
BASE = 1793491200  # START in seconds


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


@pytest.fixture
def page(order_json):
    """A page of orders given as (id, seconds after START) or as whole orders."""

    def build(*orders, following=""):
        found = [o if isinstance(o, dict) else order_json(o[0], BASE + o[1], create_time=BASE + o[1]) for o in orders]
        return envelope({"orders": found, "next_page_token": following, "total_count": 99})

    return build


@pytest.fixture
def changed(client, shop):
    """Ids of all orders changed in the first hour."""

    def read(**more):
        return [
            order.order_id
            for order in client.iter_orders(shop, updated_from=START, updated_to=START + timedelta(hours=1), **more)
        ]

    return read


# --- shops -----------------------------------------------------------------------------------------------------------


def test_shops_lists_each_shop_with_its_cipher_and_sends_none(client, upstream):
    upstream.answers(
        envelope(
            {
                "shops": [
                    {
                        "id": "7495000000000000001",
                        "name": "Mugs Ltd",
                        "region": "GB",
                        "seller_type": "CROSS_BORDER",
                        "cipher": "GCP_secret",
                        "code": "GBLCUK7",
                    },
                    {"id": "7495000000000000002", "region": "US"},
                    {"name": "no id"},
                ]
            }
        )
    )
    found = client.shops("TTP_token")
    assert [(one.shop_id, one.region) for one in found] == [
        ("7495000000000000001", "GB"),
        ("7495000000000000002", "US"),
    ]
    assert (found[0].name, found[0].cipher, found[0].code) == ("Mugs Ltd", "GCP_secret", "GBLCUK7")
    assert "GCP_secret" not in repr(found)
    assert "shop_cipher" not in upstream.requests[0].url.params
    assert upstream.requests[0].headers["x-tts-access-token"] == "TTP_token"


def test_active_shops_maps_ids_to_regions(client, upstream):
    upstream.answers(envelope({"shops": [{"id": "7", "region": "GB"}, {"id": "8", "region": "US"}]}))
    assert client.active_shops("t") == {"7": "GB", "8": "US"}


def test_a_missing_scope_asks_to_connect_again(client, upstream):
    upstream.answers(envelope(code=105005, message="no scope", status=401))
    with pytest.raises(NotConnected):
        client.shops("t")


@pytest.mark.parametrize("data", [None, {}, {"shops": None}, {"shops": []}])
def test_no_shops_is_an_empty_list(client, upstream, data):
    upstream.answers(envelope(data))
    assert client.shops("t") == []


# --- search ----------------------------------------------------------------------------------------------------------


def test_search_puts_paging_into_the_query_and_filters_into_the_body(client, shop, upstream, page):
    upstream.answers(page())
    window = Window.updated(START, START + timedelta(minutes=10), status="AWAITING_SHIPMENT")
    client.search_orders(shop, window, page_token="a/b+c==")
    request = upstream.requests[0]
    assert request.method == "POST"
    params = dict(request.url.params)
    assert (params["sort_field"], params["sort_order"]) == ("update_time", "ASC")
    assert (params["page_size"], params["page_token"]) == ("50", "a/b+c==")
    assert upstream.bodies == [
        {"update_time_ge": BASE, "update_time_lt": BASE + 600, "order_status": "AWAITING_SHIPMENT"}
    ]


def test_the_first_page_is_asked_for_without_a_page_token(client, shop, upstream, page):
    upstream.answers(page())
    client.search_orders(shop, Window.updated(START, NOW))
    assert "page_token" not in upstream.requests[0].url.params


def test_a_window_by_creation_is_read_newest_first(client, shop, upstream, page):
    upstream.answers(page())
    client.search_orders(shop, Window.created(START, START + timedelta(seconds=1.5)))
    assert upstream.requests[0].url.params["sort_order"] == "DESC"
    assert upstream.bodies == [{"create_time_ge": BASE, "create_time_lt": BASE + 2}]


def test_a_found_order_is_dated_by_the_start_of_the_call(client, shop, upstream, page):
    upstream.answers(page(("1", 5)))
    assert client.search_orders(shop, Window.updated(START, NOW)).orders[0].fetched_at == NOW


def test_the_next_page_is_a_new_search_behind_the_last_order(changed, upstream, page):
    """Its second is asked for again, since other orders may share it."""
    upstream.answers(page(("1", 1), ("2", 2), following="A"), page(("2", 2), ("3", 3), following="B"), page(("3", 3)))
    assert changed() == ["1", "2", "3"]
    assert [body["update_time_ge"] - BASE for body in upstream.bodies] == [0, 2, 3]
    assert {body["update_time_lt"] for body in upstream.bodies} == {BASE + 3600}
    assert not any("page_token" in request.url.params for request in upstream.requests)


def test_page_tokens_serve_where_one_second_holds_more_than_a_page(changed, upstream, page):
    upstream.answers(
        page(("1", 5), ("2", 5), following="A"),
        page(("1", 5), ("2", 5), following="B"),
        page(("3", 5), ("4", 5), following="C"),
        page(("5", 5), ("6", 6)),
    )
    assert changed() == ["1", "2", "3", "4", "5", "6"]
    assert [request.url.params.get("page_token") for request in upstream.requests] == [None, None, "B", "C"]
    assert [body["update_time_ge"] - BASE for body in upstream.bodies] == [0, 5, 5, 5]


def test_a_page_out_of_order_is_followed_by_its_token(changed, upstream, page):
    """If upstream did not sort, a new search behind the last order would skip some."""
    upstream.answers(page(("3", 30), ("1", 10), following="A"), page(("2", 20)))
    assert changed() == ["3", "1", "2"]
    assert [request.url.params.get("page_token") for request in upstream.requests] == [None, "A"]


def test_orders_that_move_while_pages_are_read_make_no_other_order_slip(client, shop, upstream, order_json):
    """Upstream counts pages by position, and after each page one order that was read leaves the window."""
    everything = {str(n): BASE + n for n in range(30)}
    until = START + timedelta(seconds=30)

    def search(request):
        lower, upper = upstream.bodies[-1]["update_time_ge"], upstream.bodies[-1]["update_time_lt"]
        left = sorted((at, one) for one, at in everything.items() if lower <= at < upper)
        start = int(request.url.params.get("page_token", "0"))
        found = left[start : start + 4]
        if found:
            everything[found[0][1]] = BASE + 3600
        following = str(start + 4) if start + 4 < len(left) else ""
        orders = [order_json(one, at) for at, one in found]
        return envelope({"orders": orders, "next_page_token": following})

    upstream.answers(search)
    found = [order.order_id for order in client.iter_orders(shop, updated_from=START, updated_to=until)]
    assert sorted(found, key=int) == [str(n) for n in range(30)]


def test_an_empty_page_in_between_does_not_end_the_search(changed, upstream, page):
    upstream.answers(page(("1", 1), following="A"), page(following="B"), page(("2", 2)))
    assert changed() == ["1", "2"]


def test_an_order_met_again_on_a_later_page_comes_once(changed, upstream, page):
    upstream.answers(page(("1", 1), ("2", 2), following="A"), page(("2", 2), ("1", 1), ("3", 3)))
    assert changed() == ["1", "2", "3"]


def test_an_order_that_changed_between_two_pages_comes_again(client, shop, upstream, page):
    upstream.answers(page(("1", 1), following="A"), page(("1", 9)))
    found = client.iter_orders(shop, updated_from=START, updated_to=NOW)
    assert [(order.order_id, order.updated_at) for order in found] == [("1", at(BASE + 1)), ("1", at(BASE + 9))]


def test_an_empty_window_asks_nothing(client, shop, upstream):
    assert list(client.iter_orders(shop, updated_from=NOW, updated_to=NOW)) == []
    assert upstream.requests == []


def test_a_search_that_gets_nowhere_fails_instead_of_circling(changed, upstream, page):
    """A cursor must not move over a window that was not read to its end."""
    upstream.answers(page(following="A"))
    with pytest.raises(UpstreamFailed) as caught:
        changed()
    assert not caught.value.permanent
    assert len(upstream.requests) == 2


def test_a_failure_in_the_middle_reaches_the_caller_after_the_pages_before(changed, client, shop, upstream, page):
    upstream.answers(page(("1", 1), following="A"), envelope(code=36009014))
    pages = client.pages(shop, Window.updated(START, NOW))
    assert [order.order_id for order in next(pages).orders] == ["1"]
    with pytest.raises(UpstreamFailed):
        next(pages)


def test_one_unreadable_order_stops_nothing_and_is_told(client, shop, upstream, page, unreadable):
    bad = {"id": "666", "create_time": BASE, "line_items": "none"}
    upstream.answers(page(("1", 1), bad, ("2", 2)))
    found = list(client.pages(shop, Window.updated(START, NOW)))
    assert [order.order_id for order in found[0].orders] == ["1", "2"]
    assert [one.order_id for one in found[0].unreadable] == ["666"]
    assert unreadable == list(found[0].unreadable)
    assert isinstance(unreadable[0], Unreadable)


@given(
    updates=st.lists(st.integers(0, 30), min_size=1, max_size=40),
    start=st.integers(0, 30),
    length=st.integers(1, 31),
    by=st.sampled_from(list(SortField)),
)
def test_what_is_left_of_a_window_never_skips_an_order_that_was_not_read(updates, start, length, by):
    """Reading any first part and then the rest covers every order inside the window."""
    window = Window(by, at(BASE + start), at(BASE + start + length))
    inside = sorted((u for u in updates if start <= u < start + length), reverse=by is SortField.CREATED)
    for cut in range(1, len(inside) + 1):
        rest = window.after([_dated(BASE + second) for second in inside[:cut]])
        for second in inside[cut:]:
            assert rest.start_at <= at(BASE + second) < rest.until_at


def _dated(seconds):
    class Dated:
        updated_at = created_at = at(seconds)

    return Dated()


# --- detail ----------------------------------------------------------------------------------------------------------


def test_orders_are_fetched_in_chunks_as_one_joined_parameter(client, shop, upstream, order_json):
    upstream.answers(lambda r: envelope({"orders": [order_json(i) for i in r.url.params["ids"].split(",")]}))
    ids = [str(576400000000000000 + n) for n in range(120)]
    found = client.orders(shop, [*ids, ids[0]])
    assert [order.order_id for order in found] == ids
    assert [len(request.url.params["ids"].split(",")) for request in upstream.requests] == [50, 50, 20]


def test_orders_come_in_the_order_asked_and_unknown_ones_are_left_out(client, shop, upstream, order_json):
    upstream.answers(envelope({"orders": [order_json("2"), order_json("1")]}))
    assert [order.order_id for order in client.orders(shop, ["1", "404", "2"])] == ["1", "2"]


def test_no_ids_ask_nothing(client, shop, upstream):
    assert client.orders(shop, []) == []
    assert upstream.requests == []


def test_a_foreign_order_costs_only_itself(client, shop, upstream, order_json):
    """Upstream refuses the whole request for one foreign id."""

    def answer(request):
        ids = request.url.params["ids"].split(",")
        if "13" in ids:
            return envelope(code=21008111, message="not this seller's order")
        return envelope({"orders": [order_json(order_id) for order_id in ids]})

    upstream.answers(answer)
    wanted = [str(n) for n in range(20)]
    assert [order.order_id for order in client.orders(shop, wanted)] == [n for n in wanted if n != "13"]


def test_another_version_of_an_address_is_a_matter_of_data(sender, pace, shop, upstream, order_json):
    endpoints = with_paths({"orders": "/order/202507/orders"})
    gateway = Gateway(APP, sender, api_url=API_URL, clock=lambda: NOW, pace=pace, endpoints=endpoints)
    upstream.answers(envelope({"orders": [order_json("1")]}))
    TikTokClient(gateway, clock=lambda: NOW).orders(shop, ["1"])
    assert upstream.requests[0].url.path == "/prefix/order/202507/orders"
    with pytest.raises(KeyError):
        with_paths({"no_such": "/x"})


# --- cancellations and returns ---------------------------------------------------------------------------------------

PENDING = {
    "cancel_id": "4035000000000000001",
    "order_id": "1",
    "cancel_type": "BUYER_CANCEL",
    "cancel_status": "CANCELLATION_REQUEST_PENDING",
    "role": "BUYER",
    "cancel_reason": "ecom_order_to_ship_canceled_reason_no_longer_needed",
    "create_time": BASE,
    "update_time": BASE + 1,
    "seller_next_action_response": [{"action": "SELLER_RESPOND_CANCEL", "deadline": BASE + 86400}],
    "refund_amount": {"currency": "GBP", "refund_total": "12.34"},
}


def test_cancellations_give_the_buyers_requests_and_their_deadlines(client, shop, upstream):
    done = {**PENDING, "cancel_id": "2", "order_id": "2", "cancel_status": "CANCELLATION_REQUEST_CANCELLED"}
    unpaid = {"cancel_id": "3", "order_id": "3", "cancel_status": "CANCELLATION_REQUEST_PENDING"}
    upstream.answers(
        envelope({"cancellations": [PENDING, done], "next_page_token": "A"}), envelope({"cancellations": [unpaid]})
    )
    found = client.cancellations(shop, ["1", "2", "3", "1"])
    assert upstream.bodies[0] == {"order_ids": ["1", "2", "3"]}
    assert [one.order_id for one in found] == ["1", "2", "3"]
    assert (found[0].role, found[0].refund) == ("BUYER", Money(1234, "GBP"))
    assert found[0].reason.endswith("no_longer_needed")
    assert found[1].status == "CANCELLATION_REQUEST_CANCEL"
    assert found[2].refund is None
    assert answers_due(found) == {"1": at(BASE + 86400)}


def test_the_earliest_of_several_deadlines_counts(client, shop, upstream):
    later = {**PENDING, "seller_next_action_response": [{"deadline": BASE + 9}, {"deadline": BASE + 5}, {}]}
    upstream.answers(envelope({"cancellations": [PENDING, later]}))
    assert answers_due(client.cancellations(shop, ["1"])) == {"1": at(BASE + 5)}


def test_returns_give_status_deadline_and_the_link_to_the_next_one(client, shop, upstream):
    upstream.answers(
        envelope(
            {
                "return_orders": [
                    {
                        "return_id": "41",
                        "order_id": "1",
                        "return_type": "RETURN_AND_REFUND",
                        "return_status": "RETURN_OR_REFUND_REQUEST_PENDING",
                        "role": "BUYER",
                        "return_reason": "damaged",
                        "next_return_id": "42",
                        "seller_next_action_response": [{"action": "SELLER_RESPOND_RETURN", "deadline": BASE + 7}],
                        "refund_amount": {"currency": "VND", "refund_total": "657000"},
                    }
                ]
            }
        )
    )
    (found,) = client.returns(shop, ["1"])
    assert (found.status, found.next_return_id) == ("RETURN_OR_REFUND_REQUEST_PENDING", "42")
    assert (found.answer_due_at, found.refund) == (at(BASE + 7), Money(657000, "VND"))


def test_a_search_of_cancellations_that_repeats_its_token_fails(client, shop, upstream):
    upstream.answers(envelope({"cancellations": [], "next_page_token": "A"}))
    with pytest.raises(UpstreamFailed):
        client.cancellations(shop, ["1"])
    assert len(upstream.requests) == 2


# --- webhooks --------------------------------------------------------------------------------------------------------


def test_subscribe_sets_what_is_missing_or_points_elsewhere_and_nothing_else(client, shop, upstream):
    here, there = "https://rowstream.test/hooks/tiktok", "https://old.test/"
    present = [{"event_type": name, "address": here} for name in SUBSCRIBED[2:]]
    present.append({"event_type": SUBSCRIBED[0], "address": there})
    present.append({"event_type": "NEW_MESSAGE", "address": there})
    upstream.answers(envelope({"webhooks": present}), envelope())
    assert client.subscribe(shop, here) == SUBSCRIBED[:2]
    assert [request.method for request in upstream.requests] == ["GET", "PUT", "PUT"]
    assert upstream.bodies[1:] == [{"address": here, "event_type": name} for name in SUBSCRIBED[:2]]


def test_subscribe_again_changes_nothing(client, shop, upstream):
    here = "https://rowstream.test/hooks/tiktok"
    upstream.answers(envelope({"webhooks": [{"event_type": name, "address": here} for name in SUBSCRIBED]}))
    assert client.subscribe(shop, here) == ()
    assert len(upstream.requests) == 1


def test_a_shop_keeps_its_region_for_orders_without_an_address(client, shop, upstream, order_json):
    upstream.answers(envelope({"orders": [order_json("1")]}))
    assert client.orders(replace(shop, region="VN"), ["1"])[0].region == "VN"
