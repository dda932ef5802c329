"""The sidebar's list of orders: filtered, searched and paged by what one person may see; and what is due soon.

What an audience may not see it may not filter, search or sort by either. Every count stops somewhere and a page begins
at a key, so that no card grows slower with the shop.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal

from service.core.orders import Order, OrderStatus
from service.core.profiles import may_see
from service.core.roles import Actor, Audience, Permission, Scope
from service.core.sla import Need
from service.core.terms import COLUMN, TermKind, finds_for
from service.core.zones import zone
from service.errors import BadInput, NotFound
from service.flows import Services, sources
from service.flows.browse import Line, line_of, row_of
from service.store import listings, shops
from service.store.listings import DueRange, Listing, Place
from service.store.records import ShopRow

PAGE = 20
MOST_DUE = 500
MOST_TERMS = 20
REF_LENGTH = 6

Window = Literal["", "overdue", "today", "tomorrow", "cancel-requests"]
WINDOWS: tuple[Window, ...] = ("overdue", "today", "tomorrow", "cancel-requests")


@dataclass(frozen=True, slots=True)
class Query:
    """What a person wants to see; empty = everything. `search`: ids, SKUs or tracking, any of them."""

    status: str = ""
    window: str = ""
    search: str = ""
    shop_id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list. Numbers count from 1; `is_more`: there are more than `total`. Tokens are opaque."""

    lines: Sequence[Line]
    first: int
    last: int
    total: int
    is_more: bool
    previous: str
    following: str


@dataclass(frozen=True, slots=True)
class Searchable:
    """What a person's search may look at: whole order ids (if not, at most their last digits), and these terms."""

    ids: bool
    kinds: frozenset[TermKind]

    def __contains__(self, kind: TermKind) -> bool:
        return kind in self.kinds


@dataclass(frozen=True, slots=True)
class DueCount:
    """How many orders are in a window; `is_more`: counting stopped at `count`."""

    window: Window
    count: int
    is_more: bool


def page(services: Services, actor: Actor, query: Query, *, token: str, locale: str) -> Page:
    """A page of the person's orders: nearest deadline first where a window is asked for, else newest first."""
    place, first = _place(services, token)
    with services.store.read() as tx:
        known = {shop.id: shop for shop in shops.every_shop_of(tx, actor.scope)}
        wanted = _listing(services, actor, query, known)
        plan = listings.plan(tx, actor.scope, wanted)
        found = listings.listed(tx, services.store.sealer, actor.scope, of=plan, place=place, limit=PAGE + 1)
        is_whole = place is None and len(found) <= PAGE  # then it is its own count
        total, is_more = (len(found), False) if is_whole else listings.count(tx, plan)
    is_back = place is not None and not place.is_ahead
    is_cut = len(found) > PAGE
    shown = (found[1:] if is_back else found[:PAGE]) if is_cut else found
    has_before = is_cut if is_back else first > 1
    has_after = is_back or is_cut
    first = max(first - len(shown), 1) if is_back else first
    rows = [row for order in shown if (row := row_of(services, order, known)) is not None]
    last = first + len(shown) - 1
    return Page(
        lines=[line_of(services, actor.audience, row, locale=locale) for row in rows],
        first=first if shown else 0,
        last=last if shown else 0,
        total=max(total, last) if has_after or not shown else last,  # the last page knows it better than any count
        is_more=is_more and has_after,
        previous=_token(services, wanted, shown[0], first, is_ahead=False) if shown and has_before else "",
        following=_token(services, wanted, shown[-1], last + 1, is_ahead=True) if shown and has_after else "",
    )


def statuses_for(audience: Audience) -> tuple[str, ...]:
    """The statuses a person may filter by."""
    return tuple(status.value for status in OrderStatus) if may_see("status", audience) else ()


def shops_for(services: Services, actor: Actor) -> Mapping[str, str]:
    """The shops a person may filter by, id → name; none where the shop's name is not theirs to see."""
    if not may_see("shop_name", actor.audience):
        return {}
    with services.store.read() as tx:
        return {shop.id: shop.name for shop in shops.shops_of(tx, actor.scope)}


def searchable(audience: Audience) -> Searchable:
    """What a person may search by: only what they may see."""
    kinds = frozenset(kind for kind in TermKind if may_see(COLUMN[kind], audience))
    return Searchable(may_see("order_id", audience), kinds)


def due_counts(services: Services, actor: Actor) -> list[DueCount]:
    """What asks for something soon, by window; nothing for who may see neither deadlines nor orders."""
    if not (may_see("sla_due", actor.audience) and actor.audience.may_do(Permission.ORDERS_SEE)):
        return []
    with services.store.read() as tx:
        known = {shop.id: shop for shop in shops.every_shop_of(tx, actor.scope)}
        found = []
        for window in WINDOWS:
            wanted = _listing(services, actor, Query(window=window), known)
            found.append(DueCount(window, *listings.count(tx, listings.plan(tx, actor.scope, wanted), most=MOST_DUE)))
    return found


def _listing(services: Services, actor: Actor, query: Query, known: Mapping[str, ShopRow]) -> Listing:
    """The query, less whatever the person may not ask. BadInput for a word that is none."""
    audience, scope = actor.audience, actor.scope
    if query.status and query.status not in statuses_for(audience):
        raise BadInput("Choose one of the offered values.", field="status")
    if query.shop_id and (query.shop_id not in known or not may_see("shop_name", audience)):
        raise NotFound("This shop is not connected here.")
    wanted = Listing(status=query.status, shop_id=query.shop_id)
    if query.window:
        wanted = _in_window(services, audience, wanted, query.window, _by_zone(services, scope, known))
    return _with_search(wanted, searchable(audience), query.search)


def _in_window(
    services: Services,
    audience: Audience,
    wanted: Listing,
    window: str,
    zones: Mapping[str, frozenset[str] | None],
) -> Listing:
    """The orders of one window. A day ends when it ends in the shop's market."""
    if window not in WINDOWS or not may_see("sla_due", audience) or not may_see("action_needed", audience):
        raise BadInput("Choose one of the offered values.", field="window")
    if window == "cancel-requests":
        return replace(wanted, action=Need.CANCEL_REQUEST.value)
    now = services.clock.market()
    if window == "overdue":
        return replace(wanted, due=(DueRange(until=now),))
    ranges = []
    for name, shop_ids in zones.items():
        ends_at = _end_of_day(now, name)
        if window == "today":
            ranges.append(DueRange(now, ends_at, shop_ids))
        else:
            ranges.append(DueRange(ends_at, _end_of_day(now + timedelta(days=1), name), shop_ids))
    return replace(wanted, due=tuple(ranges))


def _end_of_day(now: datetime, zone_name: str) -> datetime:
    where = zone(zone_name)
    return datetime.combine(now.astimezone(where).date(), time(23, 59, 59), where)


def _by_zone(services: Services, scope: Scope, known: Mapping[str, ShopRow]) -> Mapping[str, frozenset[str] | None]:
    """Market zone → its shops; None for "all" where there is one zone only, which is one index and no look-up."""
    zones: dict[str, set[str]] = {}
    for shop in known.values():
        zones.setdefault(sources.label(services, shop).time_zone, set()).add(shop.id)
    if len(zones) <= 1 and scope.shop_ids is None:
        return dict.fromkeys(zones or {sources.NO_MARKET_ZONE: set()})
    return {name: frozenset(ids) for name, ids in zones.items()}


def _with_search(wanted: Listing, allowed: Searchable, text: str) -> Listing:
    terms = text.replace(",", " ").replace(";", " ").split()[:MOST_TERMS]
    if not terms:
        return wanted
    finds = [find for term in terms for find in finds_for(term.lstrip("…"), _kinds(allowed, term.lstrip("…")))]
    if not (finds or allowed.ids):
        raise BadInput("Enter the last {count} digits of the order.", field="search", values={"count": str(REF_LENGTH)})
    return replace(wanted, order_ids=tuple(terms) if allowed.ids else (), finds=tuple(finds))


def _kinds(allowed: Searchable, term: str) -> frozenset[TermKind]:
    """What to search by for this term. Who may not know a whole number learns nothing about more of its digits."""
    if allowed.ids:
        return allowed.kinds if term.isdigit() else allowed.kinds - {TermKind.ORDER_END}
    if _is_order_id(term):
        return frozenset()
    is_end = term.isdigit() and len(term) == REF_LENGTH
    return allowed.kinds if is_end else allowed.kinds - {TermKind.ORDER_END}


def _is_order_id(term: str) -> bool:
    """Digits as long as TikTok's ids."""
    return term.isdigit() and len(term) >= 15


def _place(services: Services, token: str) -> tuple[Place | None, int]:
    """Where the page begins and the number of its first line (of the line after its last, going back)."""
    if not token:
        return None, 1
    try:
        at, order_id, is_ahead, first = json.loads(services.store.sealer.unseal(token.encode()))
        return Place(datetime.fromisoformat(at), order_id, is_ahead), int(first)
    except (ValueError, TypeError) as error:
        raise BadInput("This list has changed. Open it again.", detail=f"page token: {type(error).__name__}") from None


def _token(services: Services, wanted: Listing, order: Order, first: int, *, is_ahead: bool) -> str:
    """A page's beginning, sealed: it names an order that a masked viewer may not know."""
    at = sources.marks(services, order).sla_due_at if wanted.due else order.created_at
    moment = (at or order.created_at).isoformat()
    return services.store.sealer.seal(json.dumps([moment, order.order_id, is_ahead, first])).decode()
