"""The addresses of the shop API in use, one row each: name, method, path with its version, and how it behaves.

Every version is data, because versions are retired one by one and may be open to one app and not to another: hand the
client a copy of ENDPOINTS with other rows to override them (`with_paths`).
Source: vendor API reference, read 2026-10. Building and sending requests is `client`'s and `calls`' work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`is_write`: the call changes something upstream, so that a lost answer leaves its outcome unknown.

    `{id}` in a path stands for the one thing that is asked for.
    """

    name: str
    method: str
    path: str
    is_write: bool = False

    def about(self, thing_id: str) -> "Endpoint":
        """The endpoint with its path filled in; an id that is no plain word is escaped."""
        return replace(self, path=self.path.replace("{id}", quote(thing_id, safe="")))


_ALL = (
    # Without a shop cipher: sending one here is refused (36009004).
    Endpoint("shops", "GET", "/authorization/202309/shops"),
    Endpoint("active_shops", "GET", "/seller/202309/shops"),
    # With a shop cipher.
    Endpoint("search_orders", "POST", "/order/202309/orders/search"),
    Endpoint("orders", "GET", "/order/202309/orders"),
    Endpoint("webhooks", "GET", "/event/202309/webhooks"),
    Endpoint("put_webhook", "PUT", "/event/202309/webhooks", is_write=True),
    Endpoint("delete_webhook", "DELETE", "/event/202309/webhooks", is_write=True),
    Endpoint("warehouses", "GET", "/logistics/202309/warehouses"),
    Endpoint("cancellations", "POST", "/return_refund/202309/cancellations/search"),
    Endpoint("returns", "POST", "/return_refund/202309/returns/search"),
    # Finance: each list names its sort field, or is refused.
    Endpoint("statements", "GET", "/finance/202309/statements"),
    Endpoint("statement_entries", "GET", "/finance/202501/statements/{id}/statement_transactions"),
    Endpoint("order_entries", "GET", "/finance/202501/orders/{id}/statement_transactions"),
    Endpoint("unsettled", "GET", "/finance/202507/orders/unsettled"),
    Endpoint("payments", "GET", "/finance/202309/payments"),
    Endpoint("withdrawals", "GET", "/finance/202309/withdrawals"),
)

ENDPOINTS: Mapping[str, Endpoint] = {row.name: row for row in _ALL}


def with_paths(paths: Mapping[str, str]) -> Mapping[str, Endpoint]:
    """ENDPOINTS with other paths for the named rows; a name that does not exist is a KeyError at start."""
    return {**ENDPOINTS, **{name: replace(ENDPOINTS[name], path=path) for name, path in paths.items()}}
