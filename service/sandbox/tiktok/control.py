"""The tester's side of the market: new orders, time, viral hours, edits, faults, and what was asked of us.

Every endpoint takes and gives JSON; a mistake answers 400 `{"error": sentence}`. `MANUAL` describes them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec
from flask import Flask, Response, request
from msgspec import Struct, field

from service.sandbox.tiktok import auth, edits, finance_control, life
from service.sandbox.tiktok.faults import HELP, ONCE, Faults
from service.sandbox.tiktok.generator import KINDS
from service.sandbox.tiktok.parameters import OrderStatus

if TYPE_CHECKING:  # the market builds this app; only its type is needed here
    from service.sandbox.tiktok.market import Market

Body = TypeVar("Body", bound=Struct)

MANUAL: dict[str, str] = {
    "GET ": "This manual.",
    "POST orders": (
        '{"count", "status"?, "shop_id"?, "kind"?, "overrides"?}: so many orders that reach the status now (default:'
        " paid, past the hold, AWAITING_SHIPMENT, seller-fulfilled). kind is one of " + ", ".join(KINDS) + "; overrides"
        " are merged into each order object. Answers order_ids."
    ),
    "GET orders": "?limit=&shop_id=&ids=: the orders as the detail call would show them now, youngest first.",
    "POST advance": '{"seconds"}: market time moves forward and every due step is played. Answers now and steps.',
    "POST burst": '{"orders", "over_s", "shop_id"?}: a viral hour, spread over wall seconds.',
    "POST edit": (
        '{"order_id", "changes", "bump"?, "notify"?}: change any field of an order (status too). bump (default true)'
        " moves update_time; notify (default true) sends the notice that fits: 3 for an address, 1 for a status."
    ),
    "POST steps": (
        '{"order_id", "step"}: one step of an order happens now, with its notices, whether or not it fits: '
        + ", ".join(life.STEPS)
        + "."
    ),
    "POST history": '{"count", "days", "shop_id"?}: silent orders of the last days, in every state.',
    "POST notices": '{"type", "data"?, "shop_id"?}: send any notice, known or not (7: consent about to expire).',
    "GET faults": "The faults in force, and help: one sentence each.",
    "POST faults": "{name: value}: change the named faults. DELETE faults: all back to their defaults.",
    "GET calls": "Counts of calls by endpoint, HTTP status and code; of notices by outcome. DELETE calls: from zero.",
    "GET shops": "Sellers, shops and whether they are connected.",
    "POST shops": '{"region", "name"?, "seller_id"?}: one more shop (GB, US, VN), of a new seller or a named one.',
    "POST deauthorize": '{"shop_id"}: the seller ends the consent; notice 6, all tokens dead.',
    "GET clock": "now and offset_s of the market; waiting notices and burst orders still to come.",
    **finance_control.MANUAL,
}


class NewOrders(Struct, forbid_unknown_fields=True):
    count: int = 1
    status: OrderStatus = "AWAITING_SHIPMENT"
    shop_id: str | None = None
    kind: Literal["NORMAL", "BUNDLE", "GIFT", "COD", "SAMPLE", "PRE_ORDER"] | None = None
    overrides: dict[str, Any] = field(default_factory=dict)


class Advance(Struct, forbid_unknown_fields=True):
    seconds: float


class NewBurst(Struct, forbid_unknown_fields=True):
    orders: int
    over_s: float
    shop_id: str | None = None


class Edit(Struct, forbid_unknown_fields=True):
    order_id: str
    changes: dict[str, Any]
    bump: bool = True
    notify: bool = True


class NewStep(Struct, forbid_unknown_fields=True):
    order_id: str
    step: str


class History(Struct, forbid_unknown_fields=True):
    count: int = 40
    days: int = 5
    shop_id: str | None = None


class NewNotice(Struct, forbid_unknown_fields=True):
    type: int
    data: dict[str, Any] = field(default_factory=dict)
    shop_id: str | None = None


class NewShop(Struct, forbid_unknown_fields=True):
    region: Literal["GB", "US", "VN"]
    name: str | None = None
    seller_id: str | None = None


class ShopChoice(Struct, forbid_unknown_fields=True):
    shop_id: str


def create_control_app(market: "Market") -> Flask:
    """The WSGI app of the tester's side."""
    app = Flask("tiktok_control", static_folder=None)
    world = market.world

    def route(method: str, path: str, work: Callable[[], dict[str, Any]]) -> None:
        app.add_url_rule(f"/{path}", f"{method} {path}", lambda: _answer(work), methods=[method])

    route("GET", "", lambda: {"manual": MANUAL, "faults": HELP})
    route("GET", "orders", lambda: _list_orders(market))
    route("POST", "orders", lambda: _place_orders(market))
    route("POST", "advance", lambda: _advance(market))
    route("POST", "burst", lambda: _burst(market))
    route("POST", "edit", lambda: _edit(market))
    route("PATCH", "edit", lambda: _edit(market))
    route("POST", "steps", lambda: _take_step(market))
    route("POST", "history", lambda: _seed_history(market))
    route("POST", "notices", lambda: _send_notice(market))
    route("GET", "faults", lambda: _show_faults(world.faults))
    route("POST", "faults", lambda: _change_faults(market))
    route("DELETE", "faults", lambda: _reset_faults(market))
    route("GET", "calls", market.calls.show)
    route("DELETE", "calls", lambda: _clear_calls(market))
    route("GET", "shops", lambda: _list_shops(market))
    route("POST", "shops", lambda: _add_shop(market))
    route("POST", "deauthorize", lambda: _deauthorize(market))
    route("GET", "clock", lambda: _show_clock(market))
    _add_finance(market, route)
    return app


def _add_finance(market: "Market", route: Callable[[str, str, Callable[[], dict[str, Any]]], None]) -> None:
    desk = finance_control
    route("GET", "finance", lambda: desk.show_finance(market, request.args.get("shop_id")))
    route("POST", "finance/adjustments", lambda: desk.adjust(market, _read(desk.NewAdjustment)))
    route("POST", "finance/traits", lambda: desk.decide_traits(market, _read(desk.NewTraits)))
    route("POST", "finance/refunds", lambda: desk.refund_units(market, _read(desk.NewRefund)))
    route("POST", "finance/payout", lambda: desk.choose_payout(market, _read(desk.NewPayout)))
    route("POST", "finance/quarter", lambda: desk.make_quarter(market, _read(desk.NewQuarter)))


def _answer(work: Callable[[], dict[str, Any]]) -> Response:
    try:
        content, status = work(), 200
    except (msgspec.MsgspecError, ValueError) as wrong:
        content, status = {"error": str(wrong)}, 400
    except LookupError as unknown:
        content, status = {"error": f"Unknown: {unknown.args[0]}"}, 404
    return Response(msgspec.json.encode(content), status=status, content_type="application/json")


def _read(kind: type[Body]) -> Body:
    return msgspec.json.decode(request.get_data() or b"{}", type=kind)


def _list_orders(market: "Market") -> dict[str, Any]:
    limit, wanted = int(request.args.get("limit", "100")), request.args.get("ids")
    shop_id = request.args.get("shop_id")
    world = market.world
    with world.lock:
        if wanted is not None:
            found = [world.orders[order_id] for order_id in wanted.split(",") if order_id in world.orders]
        else:
            found = [order for order in reversed(world.state.orders) if shop_id in {None, order.shop_id}]
        shown = [world.show(order) | {"shop_id": order.shop_id} for order in found[:limit]]
        return {"orders": shown, "total": len(found)}


def _place_orders(market: "Market") -> dict[str, Any]:
    wanted = _read(NewOrders)
    made = market.place_orders(
        wanted.count, shop_id=wanted.shop_id, status=wanted.status, kind=wanted.kind, overrides=wanted.overrides
    )
    return {"order_ids": [order.id for order in made]}


def _advance(market: "Market") -> dict[str, Any]:
    steps = market.advance(_read(Advance).seconds)
    return {"steps": steps, **_show_clock(market)}


def _burst(market: "Market") -> dict[str, Any]:
    wanted = _read(NewBurst)
    market.burst(wanted.orders, wanted.over_s, shop_id=wanted.shop_id)
    return {"to_come": market.bursting()}


def _edit(market: "Market") -> dict[str, Any]:
    wanted = _read(Edit)
    with market.world.lock:
        order = market.world.orders[wanted.order_id]
        edits.edit_order(market.world, order, wanted.changes, bump=wanted.bump, notify=wanted.notify)
        return {"order": market.world.show(order)}


def _take_step(market: "Market") -> dict[str, Any]:
    wanted = _read(NewStep)
    with market.world.lock:
        return {"order": market.world.show(market.take_step(wanted.order_id, wanted.step))}


def _seed_history(market: "Market") -> dict[str, Any]:
    wanted = _read(History)
    made = market.seed_history(wanted.count, days=wanted.days, shop_id=wanted.shop_id)
    return {"order_ids": [order.id for order in made]}


def _send_notice(market: "Market") -> dict[str, Any]:
    wanted = _read(NewNotice)
    with market.world.lock:
        shop_id = wanted.shop_id or market.world.default_shop().id
        market.world.state.shops[shop_id]
        market.world.notify(shop_id, wanted.type, wanted.data)
        return {"sent": market.world.is_connected(shop_id)}


def _show_faults(faults: Faults) -> dict[str, Any]:
    return {"faults": msgspec.to_builtins(faults), "help": HELP}


def _change_faults(market: "Market") -> dict[str, Any]:
    changes = _read_object()
    world = market.world
    with world.lock:
        once = [name for name in ONCE if changes.pop(name, False)]
        if "reset" in once:
            world.faults = Faults()
        world.faults.change(changes)
        if "expire_access_tokens" in once:
            auth.expire_access(world)
        if "revoke_refresh_tokens" in once:
            auth.revoke_refresh(world)
        return _show_faults(world.faults)


def _read_object() -> dict[str, Any]:
    return msgspec.json.decode(request.get_data() or b"{}", type=dict[str, Any])


def _reset_faults(market: "Market") -> dict[str, Any]:
    with market.world.lock:
        market.world.faults = Faults()
        return _show_faults(market.world.faults)


def _clear_calls(market: "Market") -> dict[str, Any]:
    market.calls.clear()
    return market.calls.show()


def _list_shops(market: "Market") -> dict[str, Any]:
    state = market.world.state
    shops = [
        {
            "shop_id": shop.id,
            "name": shop.name,
            "region": shop.region,
            "seller_id": shop.seller_id,
            "connected": market.world.is_connected(shop.id),
            "orders": len(market.world.books[shop.id].by_id),
        }
        for shop in state.shops.values()
    ]
    sellers = [{"seller_id": one.id, "name": one.name, "user_type": one.user_type} for one in state.sellers.values()]
    return {"shops": shops, "sellers": sellers, "default_shop_id": market.world.default_shop().id}


def _add_shop(market: "Market") -> dict[str, Any]:
    wanted = _read(NewShop)
    shop = market.add_shop(wanted.region, name=wanted.name, seller_id=wanted.seller_id)
    return {"shop_id": shop.id, "seller_id": shop.seller_id, "name": shop.name}


def _deauthorize(market: "Market") -> dict[str, Any]:
    market.deauthorize(_read(ShopChoice).shop_id)
    return _list_shops(market)


def _show_clock(market: "Market") -> dict[str, Any]:
    return {
        "now": market.clock.now().isoformat(),
        "timestamp": market.clock.timestamp(),
        "offset_s": market.clock.offset_s,
        "waiting_notices": market.waiting_notices(),
        "burst_orders_to_come": market.bursting(),
    }
