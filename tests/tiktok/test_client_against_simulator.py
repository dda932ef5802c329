"""The product's client and the simulated TikTok Shop, written apart from the same documents, must understand each
other: consent, shops, search, detail, renewed tokens, faults, webhooks.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from flask import Flask, Response, request
from scripted_upstream import Time

from service.core.orders import Order
from service.errors import BadInput, NotAuthentic, NotConnected, UpstreamFailed
from service.sandbox.clock import MarketClock
from service.sandbox.tiktok import create_market, moves
from service.tiktok.access import App, ShopAccess
from service.tiktok.aftersales import answers_due
from service.tiktok.calls import Sender
from service.tiktok.client import TikTokClient
from service.tiktok.gateway import Gateway
from service.tiktok.oauth import TikTokOAuth, read_callback
from service.tiktok.pace import Pace
from service.tiktok.webhook import SUBSCRIBED, NoticeKind, verify
from service.tiktok.window import Window

HOOK = "https://rowstream.example/hooks/tiktok"
CALLBACK = "https://rowstream.example/connect/callback"
WALL_START = 1_795_000_000.0


@pytest.fixture
def wall(time: Time):
    """Wall time that moves with the test's monotonic time, so that waiting for the pace refills quotas."""
    return lambda: WALL_START + time.at_s


@pytest.fixture
def market(wall):
    market = create_market(data_dir=None, clock=MarketClock(None, wall=wall), webhook_url=HOOK, wall=wall)
    market.redirect_url = CALLBACK
    yield market
    market.close()


@pytest.fixture
def now(wall):
    return lambda: datetime.fromtimestamp(wall(), UTC)


@pytest.fixture
def simulated(market, time) -> Sender:
    mounts = {
        "https://api.sim.example": httpx.WSGITransport(market.api_app),
        "https://auth.sim.example": httpx.WSGITransport(market.auth_app),
    }
    return Sender(httpx.Client(mounts=mounts), monotonic=time.monotonic)


@pytest.fixture
def app(market) -> App:
    return App(market.app_key, market.app_secret, market.service_id)


@pytest.fixture
def oauth(app, simulated) -> TikTokOAuth:
    authorize = {"": "https://auth.sim.example/open/authorize"}
    return TikTokOAuth(app, simulated, auth_url="https://auth.sim.example", authorize_urls=authorize)


@pytest.fixture
def sim_client(app, simulated, time, now) -> TikTokClient:
    pace = Pace(monotonic=time.monotonic, sleep=time.sleep)
    gateway = Gateway(app, simulated, api_url="https://api.sim.example", clock=now, pace=pace)
    return TikTokClient(gateway, clock=now)


@pytest.fixture
def consent(oauth, market):
    """The browser's part: follow the consent address, decide, and bring back what the redirect carries."""

    def decide(decision: str, **choices: str):
        url = urlsplit(oauth.consent_url("GB", state="st/a=t e"))
        browser = market.auth_app.test_client()
        assert browser.get(f"{url.path}?{url.query}").status_code == 200
        answer = browser.post(f"{url.path}?{url.query}", data={"decision": decision, **choices})
        assert answer.location.startswith(CALLBACK)
        return read_callback(dict(parse_qsl(urlsplit(answer.location).query)))

    return decide


@pytest.fixture
def tokens(oauth, consent):
    return oauth.exchange(consent("allow").code)


@pytest.fixture
def access(sim_client, tokens) -> ShopAccess:
    found = sim_client.shops(tokens.access_token)[0]
    return ShopAccess(found.shop_id, found.cipher, tokens.access_token, region=found.region)


@pytest.fixture
def hook(market, app):
    """The product's side of webhooks: what was proved, and how many were not."""
    received, forged = [], []
    door = Flask("door")

    @door.post("/hooks/tiktok")
    def receive():
        try:
            received.append(verify(request.get_data(), request.headers["Authorization"], [(app.key, app.secret)]))
        except NotAuthentic as problem:
            forged.append(problem)
            return Response(status=401)
        return Response(status=200)

    market.webhook_transport = httpx.WSGITransport(door)
    return received, forged


def found_ids(client, shop, now, **more):
    window = {"updated_from": now() - timedelta(days=30), "updated_to": now() + timedelta(seconds=1)}
    return [order.order_id for order in client.iter_orders(shop, **(window | more))]


def test_consent_to_tokens_to_shops(consent, oauth, sim_client, now):
    callback = consent("allow")
    assert (callback.state, callback.shop_region) == ("st/a=t e", "GB")
    tokens = oauth.exchange(callback.code)
    assert tokens.access_expires_at - now() == timedelta(days=7)
    assert tokens.refresh_expires_at.year >= 2125
    assert tokens.lacking() == ()
    shops = sim_client.shops(tokens.access_token)
    assert [(shop.name, shop.region) for shop in shops] == [("Bloom & Thread", "GB")]
    assert sim_client.active_shops(tokens.access_token) == {shops[0].shop_id: "GB"}


def test_a_refused_consent_brings_no_code(consent):
    callback = consent("deny")
    assert (callback.code, callback.state) == ("", "st/a=t e")


def test_a_code_serves_once(consent, oauth):
    code = consent("allow").code
    oauth.exchange(code)
    with pytest.raises(NotConnected):
        oauth.exchange(code)


def test_a_creator_is_refused(consent, oauth):
    with pytest.raises(BadInput):
        oauth.exchange(consent("allow", seller="creator-nina").code)


@pytest.mark.parametrize("rotates", [True, False])
def test_tokens_are_renewed_and_an_old_one_may_die(tokens, oauth, market, rotates):
    market.world.faults.change({"rotate_refresh_tokens": rotates})
    renewed = oauth.refresh(tokens.refresh_token)
    assert renewed.access_token != tokens.access_token
    assert (renewed.refresh_token != tokens.refresh_token) is rotates
    if rotates:
        with pytest.raises(NotConnected):
            oauth.refresh(tokens.refresh_token)
    assert oauth.refresh(renewed.refresh_token).access_token


def test_search_and_detail_tell_the_same_of_every_kind_of_order(market, sim_client, access, time, now):
    market.seed_history(60, days=20)
    time.sleep(5)
    ids = found_ids(sim_client, access, now)
    assert len(ids) == len(set(ids)) == 60
    detailed = {order.order_id: order for order in sim_client.orders(access, ids)}
    assert set(detailed) == set(ids)
    for order in sim_client.iter_orders(access, updated_from=now() - timedelta(days=30), updated_to=now()):
        twin = detailed[order.order_id]
        assert (order.status, order.updated_at, order.lines) == (twin.status, twin.updated_at, twin.lines)
        assert order.payment == twin.payment
        assert order.extra.get("amounts_rounded") is order.extra.get("amounts_unreadable") is None
        assert order.region == "GB"


def test_a_backfill_comes_newest_first_and_complete(market, sim_client, access, time, now):
    market.seed_history(120, days=20)
    time.sleep(5)
    window = Window.created(now() - timedelta(days=40), now() + timedelta(seconds=1))
    created = [order.created_at for page in sim_client.pages(access, window) for order in page.orders]
    assert len(created) == 120
    assert created == sorted(created, reverse=True)


def test_orders_that_change_while_pages_shift_make_no_other_order_slip(market, sim_client, access, time, now):
    """Pages by position: every order that changes after its page was read moves all later ones up by one."""
    placed = {order.id for order in market.seed_history(250, days=20)}
    market.world.faults.change({"page_shift": True})
    control = market.control_app.test_client()
    time.sleep(5)
    until = now()
    window = Window.updated(until - timedelta(days=40), until)
    found: set[str] = set()
    pages = 0
    for page in sim_client.pages(access, window):
        pages += 1
        found |= {order.order_id for order in page.orders}
        time.sleep(1)
        for order in page.orders[:10]:
            edit = {"order_id": order.order_id, "changes": {"seller_note": "seen"}}
            assert control.post("/edit", json=edit).status_code == 200
    assert found == placed
    assert pages >= 5


def test_many_orders_of_one_second_are_all_found(market, sim_client, access, time, now):
    placed = market.place_orders(130)
    time.sleep(5)
    assert sorted(found_ids(sim_client, access, now)) == sorted(order.id for order in placed)


def test_a_new_order_is_there_by_id_before_the_search_finds_it(market, sim_client, access, time, now):
    market.place_orders(1)
    placed = market.place_orders(1)[0]
    assert found_ids(sim_client, access, now) == []
    assert [order.order_id for order in sim_client.orders(access, [placed.id])] == [placed.id]
    time.sleep(5)
    assert placed.id in found_ids(sim_client, access, now)


def test_a_foreign_order_is_not_found_and_costs_no_other(market, sim_client, access):
    foreign_shop = market.add_shop("US")
    foreign = market.place_orders(1, shop_id=foreign_shop.id)[0]
    own = market.place_orders(2, shop_id=access.shop_id)
    wanted = [own[0].id, foreign.id, "576000000000000000", own[1].id]
    assert [order.order_id for order in sim_client.orders(access, wanted)] == [own[0].id, own[1].id]


def test_dong_comes_whole_from_a_vietnamese_shop(market, oauth, sim_client):
    placed_in = market.add_shop("VN")
    tokens = oauth.exchange(market.authorize(placed_in.seller_id))
    shop = sim_client.shops(tokens.access_token)[0]
    access = ShopAccess(shop.shop_id, shop.cipher, tokens.access_token, region=shop.region)
    placed = market.place_orders(1, shop_id=shop.shop_id)[0]
    order = sim_client.orders(access, [placed.id])[0]
    assert order.payment.currency == "VND"
    raw = market.world.show(placed)["payment"]["total_amount"]
    assert order.payment.total is not None
    assert str(order.payment.total.minor) == raw


def test_masks_are_seen_as_masks(market, sim_client, access):
    placed = market.place_orders(1, status="ON_HOLD")[0]
    held = sim_client.orders(access, [placed.id])[0]
    assert held.status == "ON_HOLD"
    assert not held.recipient.address or "address" in held.extra["masked"]


@pytest.mark.parametrize("fault", ["throttle", "unavailable", "internal_error", "upstream_timeout", "html_error"])
def test_each_passing_fault_is_outlived(market, sim_client, access, fault):
    market.world.faults.change({fault: 2})
    assert sim_client.warehouses(access)
    assert getattr(market.world.faults, fault) == 0


def test_a_lasting_outage_is_told_as_passing(market, sim_client, access):
    market.world.faults.change({"unavailable": 100})
    with pytest.raises(UpstreamFailed) as caught:
        sim_client.warehouses(access)
    assert not caught.value.permanent


def test_a_spent_token_is_renewed_through_its_source(market, sim_client, oauth, tokens, access):
    held = {"access": tokens.access_token, "refresh": tokens.refresh_token}

    def source(rejected):
        if rejected == held["access"]:
            renewed = oauth.refresh(held["refresh"])
            held.update(access=renewed.access_token, refresh=renewed.refresh_token)
        return held["access"]

    market.control_app.test_client().post("/faults", json={"expire_access_tokens": True})
    living = ShopAccess(access.shop_id, access.cipher, source)
    assert sim_client.warehouses(living)
    assert held["access"] != tokens.access_token


def test_an_ended_consent_is_not_connected(market, sim_client, oauth, tokens, access):
    market.deauthorize(access.shop_id)
    with pytest.raises(NotConnected):
        sim_client.warehouses(access)
    with pytest.raises(NotConnected):
        oauth.refresh(tokens.refresh_token)


def test_a_missing_scope_is_not_connected(market, sim_client, access):
    market.world.faults.change({"missing_scopes": ["seller.order.info"]})
    with pytest.raises(NotConnected):
        sim_client.orders(access, ["1"])


def test_a_void_cipher_is_not_connected(sim_client, tokens):
    with pytest.raises(NotConnected):
        sim_client.warehouses(ShopAccess("7", "GB_void", tokens.access_token))


def test_warehouse_names_fit_the_orders(market, sim_client, access):
    placed = market.place_orders(1)[0]
    order = sim_client.orders(access, [placed.id])[0]
    assert sim_client.warehouses(access)[order.warehouse_id]


def test_webhooks_arrive_proved_and_name_their_orders(market, hook, sim_client, access):
    received, forged = hook
    assert sim_client.subscribe(access, HOOK) == SUBSCRIBED
    assert sim_client.subscribe(access, HOOK) == ()
    placed = market.place_orders(3)
    market.deliver_due()
    changed = [notice for notice in received if notice.kind is NoticeKind.ORDERS_CHANGED]
    assert {order_id for notice in changed for order_id in notice.order_ids} == {order.id for order in placed}
    assert {notice.shop_id for notice in changed} == {access.shop_id}
    assert len({notice.notice_id for notice in received}) == len(received)
    assert forged == []
    orders = sim_client.orders(access, [order.id for order in placed])
    assert all(isinstance(order, Order) and order.status == "AWAITING_SHIPMENT" for order in orders)


def test_forged_doubled_and_unknown_webhooks_are_told_apart(market, hook, access):
    received, forged = hook
    market.world.faults.change({"webhook_forged": 1, "webhook_duplicated": 1, "webhook_unknown_type": 1})
    market.place_orders(1)
    market.deliver_due()
    assert len(forged) == 1
    assert [notice.kind for notice in received].count(NoticeKind.IGNORED) == 1
    known = [notice for notice in received if notice.kind is NoticeKind.ORDERS_CHANGED]
    assert len(known) == 2 * len({notice.notice_id for notice in known})


def test_the_end_of_a_consent_and_its_coming_expiry_are_told(market, hook, access):
    received, _ = hook
    control = market.control_app.test_client()
    sent = control.post("/notices", json={"type": 7, "data": {"message": "soon", "expiration_time": "1796102000"}})
    assert sent.status_code == 200
    market.deauthorize(access.shop_id)
    market.deliver_due()
    assert [notice.kind for notice in received] == [NoticeKind.CONSENT_EXPIRING, NoticeKind.SHOP_REVOKED]
    assert received[0].expires_at == datetime.fromtimestamp(1796102000, UTC)
    assert received[1].shop_id == access.shop_id


def test_subscriptions_can_be_ended(sim_client, access):
    sim_client.subscribe(access, HOOK)
    sim_client.delete_webhook(access, "ORDER_STATUS_CHANGE")
    left = {hook.event_type for hook in sim_client.webhooks(access)}
    assert left == set(SUBSCRIBED) - {"ORDER_STATUS_CHANGE"}


def test_cancellations_and_returns_of_recorded_orders_are_read(market, sim_client, access, time, now):
    market.seed_history(300, days=30)
    time.sleep(5)
    ids = found_ids(sim_client, access, now, updated_from=now() - timedelta(days=60))
    cancellations = sim_client.cancellations(access, ids)
    returns = sim_client.returns(access, ids)
    assert {one.order_id for one in cancellations} <= set(ids)
    assert {one.order_id for one in returns} <= set(ids)
    assert returns
    assert len(cancellations) == len(market.world.state.cancellations) > 0
    assert len(returns) == len(market.world.state.returns)


def test_a_buyers_cancel_request_gives_the_deadline_of_the_answer(market, sim_client, access):
    asked, calm = market.place_orders(2)
    request_made = moves.ask_cancel(market.world, asked, market.clock.timestamp())
    order = sim_client.orders(access, [asked.id])[0]
    assert order.cancel_requested
    assert order.cancel_requested_at is not None
    due = answers_due(sim_client.cancellations(access, [asked.id, calm.id]))
    assert due == {asked.id: datetime.fromtimestamp(request_made.deadline, UTC)}
