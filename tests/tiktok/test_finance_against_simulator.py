"""The product's finance calls and the simulated market, written apart, agree on every statement, line and estimate."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import httpx
import pytest
from scripted_upstream import Time

from service.core.ledger.entries import RESERVE_KIND
from service.core.ledger.reconciling import reconcile
from service.errors import NotFound
from service.sandbox.clock import MarketClock
from service.sandbox.tiktok import create_market
from service.tiktok.access import App, ShopAccess
from service.tiktok.calls import Sender
from service.tiktok.client import TikTokClient
from service.tiktok.faults import ScopeLacking
from service.tiktok.finance_calls import every
from service.tiktok.gateway import Gateway
from service.tiktok.oauth import TikTokOAuth
from service.tiktok.pace import Pace

WALL_START = 1_795_000_000.0
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def wall(time: Time):
    return lambda: WALL_START + time.at_s


@pytest.fixture
def market(wall):
    market = create_market(data_dir=None, clock=MarketClock(None, wall=wall), webhook_url=None, wall=wall)
    market.redirect_url = "https://rowstream.example/connect/callback"
    yield market
    market.close()


@pytest.fixture
def later(market):
    """After everything that has happened in the market so far."""
    return lambda: datetime.fromtimestamp(market.clock.timestamp(), UTC) + timedelta(seconds=1)


@pytest.fixture
def desk(market, time, wall):
    """The finance calls and a shop's access to them."""
    mounts = {
        "https://api.sim.example": httpx.WSGITransport(market.api_app),
        "https://auth.sim.example": httpx.WSGITransport(market.auth_app),
    }
    sender = Sender(httpx.Client(mounts=mounts), monotonic=time.monotonic)
    app = App(market.app_key, market.app_secret, market.service_id)
    oauth = TikTokOAuth(app, sender, auth_url="https://auth.sim.example", authorize_urls={})

    def now():
        return datetime.fromtimestamp(wall(), UTC)

    pace = Pace(monotonic=time.monotonic, sleep=time.sleep)
    client = TikTokClient(Gateway(app, sender, api_url="https://api.sim.example", clock=now, pace=pace), clock=now)

    def open_desk(shop=None):
        seller = {} if shop is None else {"seller_id": shop.seller_id}
        tokens = oauth.exchange(market.authorize(**seller))
        found = client.shops(tokens.access_token)[0]
        return client.finance, ShopAccess(found.shop_id, found.cipher, tokens.access_token, region=found.region)

    return open_desk


def rows_of(ask, access, until):
    pages = every(lambda token: ask(access, since=LONG_AGO, until=until, page_token=token))
    return [one for page in pages for one in page.rows]


def entries_of(calls, access, statement):
    token, found = "", []
    while True:
        page = calls.entries(access, statement, page_token=token)
        found += page.entries
        token = page.next_page_token
        if not token:
            return page.head, found


def summed(values):
    return sum((value for value in values if value is not None), Decimal(0))


@pytest.mark.parametrize("region", ["GB", "US", "VN"])
def test_every_line_of_every_statement_is_understood_to_its_last_cent(market, desk, later, region):
    shop = market.add_shop(region)
    market.seed_history(80, days=40, shop_id=shop.id)
    market.advance(86_400)
    calls, access = desk(shop)
    statements = rows_of(calls.statements, access, later())
    assert len(statements) > 3
    for statement in statements:
        head, entries = entries_of(calls, access, statement.value)
        assert head.total == len(entries) == len({one.value.entry_id for one in entries}) > 0
        assert head.currency == statement.value.currency
        assert head.settlement == statement.value.settlement
        sales = [one.value for one in entries if one.value.kind != RESERVE_KIND]
        assert summed(one.settlement for one in sales) == head.settlement
        assert summed(one.value.reserve for one in entries) == head.reserve
        for one in entries:
            assert not [flag for flag in one.flags if flag.startswith("unreadable:")], one.record
            reading = reconcile(one.value)
            assert bool(reading.gaps) <= (one.value.kind == "ORDER"), one.record


def test_an_order_has_nothing_before_settlement_but_an_estimate_and_its_skus_after(market, desk, later):
    calls, access = desk()
    order = market.place_orders(1, status="DELIVERED")[0]
    assert calls.order_entries(access, order.id) == ()
    (estimate,) = rows_of(calls.unsettled, access, later())
    assert estimate.value.order_id == order.id
    assert estimate.value.settlement is not None
    market.advance(40 * 86_400)
    entries = calls.order_entries(access, order.id)
    assert {one.value.order_id for one in entries} == {order.id}
    assert all(one.value.quantity for one in entries)
    assert order.id not in [one.value.order_id for one in rows_of(calls.unsettled, access, later())]
    lines = [
        line.value
        for statement in rows_of(calls.statements, access, later())
        for line in entries_of(calls, access, statement.value)[1]
        if line.value.order_id == order.id and line.value.kind == "ORDER"
    ]
    assert summed(one.value.settlement for one in entries) == summed(one.settlement for one in lines)


def test_payments_and_withdrawals_are_of_their_markets(market, desk, later):
    british, access = desk()
    market.seed_history(60, days=40)
    payments = rows_of(british.payments, access, later())
    assert payments
    assert all(one.value.amount and one.value.amount.currency == "GBP" for one in payments)
    assert all(str(one.record["bank_account"]).startswith("****") for one in payments)
    with pytest.raises(NotFound):
        british.withdrawals(access, since=LONG_AGO, until=later())
    dong = market.add_shop("VN")
    market.seed_history(60, days=40, shop_id=dong.id)
    vietnamese, access = desk(dong)
    moved = rows_of(vietnamese.withdrawals, access, later())
    assert moved
    assert {one.value.amount.currency for one in moved if one.value.amount} == {"VND"}
    with pytest.raises(NotFound):
        vietnamese.payments(access, since=LONG_AGO, until=later())


def test_without_the_scope_every_call_says_so(market, desk, later):
    calls, access = desk()
    market.world.faults.change({"missing_scopes": ["seller.finance.info"]})
    window = {"since": LONG_AGO, "until": later()}
    asked = (calls.statements, calls.unsettled, calls.payments, calls.withdrawals)
    for ask in (*(partial(one, **window) for one in asked), lambda shop: calls.order_entries(shop, "1")):
        with pytest.raises(ScopeLacking):
            ask(access)
