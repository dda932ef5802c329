"""The API host: from a path to its handler, through quota and faults, with every call counted."""

import re
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Flask, Request, Response, request

from service.sandbox.tiktok import aftersales, finance, logistics, search, shops
from service.sandbox.tiktok.calls import CallBook
from service.sandbox.tiktok.gate import Need, Refusal, answer, check_call, refuse
from service.sandbox.tiktok.world import World

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Endpoint(NamedTuple):
    method: str
    template: str
    handler: Callable[..., dict[str, Any]]
    need: Need

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"


def _endpoint(method: str, template: str, handler: Callable[..., dict[str, Any]], scope: str) -> Endpoint:
    open_to_all = template.startswith(("/authorization/", "/seller/"))
    return Endpoint(method, template, handler, Need(f"seller.{scope}", is_for_shop=not open_to_all))


_AUTH, _INFO, _ORDER = "authorization.info", "shop.info", "order.info"
_SHIP, _LOGISTICS, _RETURN = "fulfillment.basic", "logistics", "return_refund.basic"
_FINANCE = "finance.info"

ENDPOINTS: tuple[Endpoint, ...] = (
    _endpoint("GET", "/authorization/202309/shops", shops.list_authorized_shops, _AUTH),
    _endpoint("GET", "/seller/202309/shops", shops.list_active_shops, _INFO),
    _endpoint("GET", "/seller/202309/permissions", shops.list_permissions, _INFO),
    _endpoint("GET", "/event/202309/webhooks", shops.list_webhooks, _AUTH),
    _endpoint("PUT", "/event/202309/webhooks", shops.put_webhook, _AUTH),
    _endpoint("DELETE", "/event/202309/webhooks", shops.delete_webhook, _AUTH),
    _endpoint("POST", "/order/202309/orders/search", search.search_orders, _ORDER),
    _endpoint("GET", "/order/202309/orders", search.show_orders, _ORDER),
    _endpoint("GET", "/order/202507/orders", search.show_newer_orders, _ORDER),
    _endpoint("GET", "/order/202407/orders/{order_id}/price_detail", search.show_price, _ORDER),
    _endpoint("POST", "/fulfillment/202309/packages/search", logistics.search_packages, _SHIP),
    _endpoint("GET", "/fulfillment/202309/packages/{package_id}", logistics.show_package, _SHIP),
    _endpoint("POST", "/fulfillment/202309/packages/{package_id}/ship", logistics.ship_package, _SHIP),
    _endpoint("POST", "/fulfillment/202309/orders/{order_id}/packages", logistics.mark_shipped, _SHIP),
    _endpoint(
        "POST", "/fulfillment/202309/orders/{order_id}/shipping_info/update", logistics.update_shipping, _LOGISTICS
    ),
    _endpoint("GET", "/logistics/202309/warehouses", logistics.list_warehouses, _LOGISTICS),
    _endpoint("GET", "/logistics/202309/warehouses/{id}/delivery_options", logistics.list_delivery_options, _LOGISTICS),
    _endpoint(
        "GET", "/logistics/202309/delivery_options/{id}/shipping_providers", logistics.list_providers, _LOGISTICS
    ),
    _endpoint("POST", "/return_refund/202309/cancellations/search", aftersales.search_cancellations, _RETURN),
    _endpoint("POST", "/return_refund/202309/cancellations", aftersales.cancel_order, _RETURN),
    _endpoint("POST", "/return_refund/202309/cancellations/{id}/approve", aftersales.approve_cancel, _RETURN),
    _endpoint("POST", "/return_refund/202309/cancellations/{id}/reject", aftersales.reject_cancel, _RETURN),
    _endpoint("GET", "/return_refund/202309/reject_reasons", aftersales.list_reject_reasons, _RETURN),
    _endpoint("POST", "/return_refund/202309/returns/search", aftersales.search_returns, _RETURN),
    _endpoint("GET", "/finance/202309/statements", finance.list_statements, _FINANCE),
    _endpoint(
        "GET", "/finance/202501/statements/{id}/statement_transactions", finance.list_statement_transactions, _FINANCE
    ),
    _endpoint(
        "GET", "/finance/202501/orders/{order_id}/statement_transactions", finance.list_order_transactions, _FINANCE
    ),
    _endpoint("GET", "/finance/202507/orders/unsettled", finance.list_unsettled, _FINANCE),
    _endpoint("GET", "/finance/202309/payments", finance.list_payments, _FINANCE),
    _endpoint("GET", "/finance/202309/withdrawals", finance.list_withdrawals, _FINANCE),
)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(template)))


_ROUTES = tuple((_pattern(one.template), one) for one in ENDPOINTS)
_ANY_VERSION = tuple(re.compile(re.sub(r"/20\d{4}/", r"/[^/]+/", route.pattern)) for route, _ in _ROUTES)


class Quota:
    """Requests per second for each pair of endpoint and shop; the bucket holds one second's worth."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, endpoint: str, who: str) -> bool:
        """Whether this call still fits."""
        now, rate = self._world.wall(), float(self._world.faults.qps)
        with self._lock:
            tokens, seen_at = self._buckets.get((endpoint, who), (rate, now))
            tokens = min(rate, tokens + (now - seen_at) * rate)
            fits = tokens >= 1
            self._buckets[endpoint, who] = (tokens - fits, now)
        return fits


def find_endpoint(method: str, path: str) -> tuple[Endpoint, tuple[str, ...]]:
    """The endpoint and the ids in its path. Refusal: unknown path, unknown version, wrong method."""
    fits = [(one, match.groups()) for pattern, one in _ROUTES if (match := pattern.fullmatch(path))]
    if not fits:
        if any(pattern.fullmatch(path) for pattern in _ANY_VERSION):
            raise Refusal(36009014, "The version in the path is invalid.")
        raise Refusal(36009009, "Invalid path.", status=404)
    for one, ids in fits:
        if one.method == method:
            return one, ids
    raise Refusal(36009010, "Invalid method.")


def create_api_app(world: World, calls: CallBook, *, closing: threading.Event) -> Flask:
    """The WSGI app of the API host; works under any prefix."""
    app = Flask("tiktok_api", static_folder=None)
    app.url_map.merge_slashes = False
    quota = Quota(world)

    @app.route("/", defaults={"path": ""}, methods=METHODS)
    @app.route("/<path:path>", methods=METHODS)
    def serve(path: str) -> Response:
        name, code = f"{request.method} unknown path", None
        try:
            _break_transport(world, f"/{path}", closing=closing)
            endpoint, ids = find_endpoint(request.method, f"/{path}")
            name = endpoint.name
            response, code = answer(_serve(world, quota, request, endpoint, ids)), 0
        except Broken as broken:
            response = broken.response
        except Refusal as refusal:
            response, code = refuse(refusal), refusal.code
            if refusal.status == 429:
                response.headers["Retry-After"] = "1"
        calls.add(name, status=response.status_code, code=code)
        return response

    return app


class Broken(Exception):  # noqa: N818 - an answer from in front of the gateway, not a fault of ours
    """An answer that does not come from the gateway at all."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def _serve(world: World, quota: Quota, asked: Request, endpoint: Endpoint, ids: tuple[str, ...]) -> dict[str, Any]:
    with world.lock:
        call = check_call(world, asked, endpoint.need)
        who = call.chosen_shop.id if call.chosen_shop else call.seller_id
        if not quota.take(endpoint.name, who) or _takes(world, asked.path, "throttle"):
            raise Refusal(36009002, "Too many requests.", status=429)
        if _takes(world, asked.path, "internal_error"):
            raise Refusal(36009003, "Internal error.", status=500)
        if _takes(world, asked.path, "upstream_timeout"):
            raise Refusal(36009007, "Upstream timeout.", status=504)
        if asked.get_data() and asked.mimetype not in {"application/json", "multipart/form-data"}:
            raise Refusal(36009023, "The content type is not supported.")
        return endpoint.handler(call, *ids)


def _break_transport(world: World, path: str, *, closing: threading.Event) -> None:
    if world.faults.slow_s and world.faults.only_path in path:
        closing.wait(world.faults.slow_s)
    with world.lock:
        if _takes(world, path, "unavailable"):
            raise Broken(Response(status=503))
        if _takes(world, path, "html_error"):
            raise Broken(Response(_HTML, status=502, content_type="text/html; charset=utf-8"))


def _takes(world: World, path: str, fault: str) -> bool:
    return world.faults.only_path in path and world.faults.take(fault)
