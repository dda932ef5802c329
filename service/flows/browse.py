"""Orders as one person may see them: the list, one order, what is due, and the note people write.

A card is private to who opened it, so the person's own audience decides, through the one gate of `core.profiles`. What
an audience may not see it may not filter, search or sort by either. Every count stops somewhere, so that no card grows
slower with the shop.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal

from service.core.columns import COLUMNS
from service.core.columns.notes import FLAGS
from service.core.kinds import DASH
from service.core.orders import Order, OrderStatus
from service.core.profiles import may_see, project_value, visible_columns
from service.core.roles import Actor, Audience, Group, Permission, Scope
from service.core.rows import Grain, RowSource, row_sources
from service.core.sla import Need
from service.core.zones import zone
from service.errors import BadInput, Conflict, NotFound
from service.flows import Services, ingest, sources
from service.store import orders, people, shops
from service.store.orders import DueRange, Listing, NoteRow, Place
from service.store.records import ShopRow
from service.store.session import Tx

PAGE = 20
MOST_COUNTED = 1_000
MOST_DUE = 500
MOST_TERMS = 20
NOTE_LIMIT = 500
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
class Line:
    """One order of a list, in words. `left`: time to the next deadline, `tier` how near it is; empty when unknown."""

    order_key: str
    title: str
    status: str
    items: str
    left: str
    tier: str


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
    """What a person's search may look at: whole order ids, their last digits, SKUs and tracking."""

    ids: bool
    endings: bool
    texts: bool


@dataclass(frozen=True, slots=True)
class DueCount:
    """How many orders are in a window; `is_more`: counting stopped at `count`."""

    window: Window
    count: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class OwnNote:
    """What stands on an order, for who may write it. `is_shared`: outsiders read it too, None = always."""

    text: str
    flag: str
    is_shared: bool | None


@dataclass(frozen=True, slots=True)
class Detail:
    """One order: (heading, words) by group, unknown values left out. `note` None for who may not write one."""

    order_key: str
    title: str
    status: str
    groups: Mapping[Group, Sequence[tuple[str, str]]]
    order_url: str
    note: OwnNote | None


# --- lists -----------------------------------------------------------------------------------------------------------


def page(services: Services, actor: Actor, query: Query, *, token: str, locale: str) -> Page:
    """A page of the person's orders: nearest deadline first where a window is asked for, else newest first."""
    place, first = _place(services, token)
    with services.store.read() as tx:
        known = {shop.id: shop for shop in shops.every_shop_of(tx, actor.scope)}
        wanted = _listing(services, actor, query, known)
        found = orders.listed(tx, services.store.sealer, actor.scope, wanted=wanted, place=place, limit=PAGE + 1)
        total = orders.count_listed(tx, actor.scope, wanted=wanted, at_most=MOST_COUNTED + 1)
    is_back = place is not None and not place.is_ahead
    is_cut = len(found) > PAGE
    shown = (found[1:] if is_back else found[:PAGE]) if is_cut else found
    has_before = is_cut if is_back else first > 1
    has_after = is_back or is_cut
    first = max(first - len(shown), 1) if is_back else first
    rows = [row for order in shown if (row := _source(services, order, known)) is not None]
    last = first + len(shown) - 1
    return Page(
        lines=[_line(services, actor.audience, row, locale=locale) for row in rows],
        first=first if shown else 0,
        last=last if shown else 0,
        total=min(max(total, last if shown else 0), MOST_COUNTED),
        is_more=total > MOST_COUNTED,
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
    is_open = may_see("order_id", audience)
    return Searchable(
        ids=is_open,
        endings=not is_open and may_see("order_ref", audience),
        texts=may_see("seller_sku", audience) and may_see("sku_id", audience) and may_see("tracking", audience),
    )


def due_counts(services: Services, actor: Actor) -> list[DueCount]:
    """What asks for something soon, by window; nothing for who may see neither deadlines nor orders."""
    if not (may_see("sla_due", actor.audience) and actor.audience.may_do(Permission.ORDERS_SEE)):
        return []
    with services.store.read() as tx:
        known = {shop.id: shop for shop in shops.every_shop_of(tx, actor.scope)}
        found = []
        for window in WINDOWS:
            wanted = _listing(services, actor, Query(window=window), known)
            count = orders.count_listed(tx, actor.scope, wanted=wanted, at_most=MOST_DUE + 1)
            found.append(DueCount(window, min(count, MOST_DUE), count > MOST_DUE))
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
    endings = [term.lstrip("…") for term in terms] if allowed.endings else []
    found = replace(
        wanted,
        order_ids=tuple(terms) if allowed.ids else (),
        endings=tuple(term for term in endings if len(term) == REF_LENGTH),
        texts=tuple(term for term in terms if not _is_order_id(term)) if allowed.texts else (),
    )
    if not (found.order_ids or found.endings or found.texts):
        raise BadInput("Enter the last {count} digits of the order.", field="search", values={"count": str(REF_LENGTH)})
    return found


def _is_order_id(term: str) -> bool:
    """Digits as long as TikTok's ids: looked up whole, and not searched for in SKUs."""
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


# --- one order -------------------------------------------------------------------------------------------------------


def detail(services: Services, actor: Actor, order_key: str, *, locale: str) -> Detail:
    """The order as the person may see it. NotFound for one that is not theirs, whoever's it is."""
    with services.store.read() as tx:
        order, shop = _order(services, tx, actor, order_key)
        written = orders.notes_of(tx, shop.id, [order.order_id]).get(order.order_id)
    row = _source(services, order, {shop.id: shop}, note=written)
    if row is None:
        raise NotFound(_NO_ORDER)
    audience, where = actor.audience, zone(row.shop.time_zone)
    groups: dict[Group, list[tuple[str, str]]] = {}
    for column in visible_columns(audience, Grain.ORDER):
        shown = DASH if column.key in _APART else project_value(column.key, row, audience, locale=locale, where=where)
        if shown != DASH:
            groups.setdefault(column.group, []).append((column.header, shown))
    line = _line(services, audience, row, locale=locale)
    url = _words("order_url", row, audience, locale=locale)
    return Detail(line.order_key, line.title, line.status, groups, url, _own_note(actor, row))


#: Columns that a card shows in another way than as a line: links, keys, and the note that can be written.
_APART = frozenset({"row_key", "order_url", "image", "note", "flag"})
_NO_ORDER = "This order does not exist."


def _own_note(actor: Actor, row: RowSource) -> OwnNote | None:
    """The note as its writers see it; outsiders do not see what is not shared, and what they write always is."""
    if not actor.audience.may_do(Permission.NOTES_WRITE):
        return None
    if not actor.audience.may_see(Group.NOTES_INTERNAL):
        return OwnNote(row.notes.note, row.notes.flag, None) if row.notes.shared else OwnNote("", "", None)
    return OwnNote(row.notes.note, row.notes.flag, row.notes.shared)


def save_note(services: Services, actor: Actor, order_key: str, *, text: str, flag: str, shared: str) -> None:
    """The order has this note and flag; its rows are dirty. `shared`: "on" lets outsiders read it.

    An outsider's notes are always shared. Conflict where the team keeps notes that the outsider does not see: writing
    over them unseen would lose them.
    """
    if len(text) > NOTE_LIMIT:
        raise BadInput("A note has at most {limit} characters.", field="note", values={"limit": str(NOTE_LIMIT)})
    if flag and flag not in FLAGS:
        raise BadInput("Choose one of the offered values.", field="flag")
    is_insider = actor.audience.may_see(Group.NOTES_INTERNAL)
    now = services.clock.now()
    with services.store.write() as tx:
        order, shop = _order(services, tx, actor, order_key)
        before = orders.notes_of(tx, shop.id, [order.order_id]).get(order.order_id)
        if not is_insider and before is not None and not before.is_shared and _says_anything(before):
            raise Conflict("The seller's team keeps notes of its own on this order. Ask them to share theirs first.")
        row = NoteRow(
            shop_id=shop.id,
            order_id=order.order_id,
            flag=flag,
            note=text,
            is_shared=not is_insider or shared == "on",
            assignee=before.assignee if before else "",
            customs=list(before.customs) if before else [],
        )
        orders.write_note(tx, row, written_by=actor.member_id, now=now)
        people.record(tx, actor.account_id, sub=actor.sub, deed="save-note", subject=order.order_id, at=now)
        ingest.touch(services, tx, account_id=actor.account_id, shop_id=shop.id, order_id=order.order_id)


def _says_anything(note: NoteRow) -> bool:
    return bool(note.note or note.flag or note.assignee or any(note.customs))


def _order(services: Services, tx: Tx, actor: Actor, order_key: str) -> tuple[Order, ShopRow]:
    """The order a key of this person's names, with its shop."""
    order_id = _order_id(services, actor.audience, order_key)
    order = orders.one(tx, services.store.sealer, actor.scope, order_id) if order_id else None
    shop = shops.shop_unscoped(tx, order.shop_id) if order else None
    if order is None or shop is None:
        raise NotFound(_NO_ORDER)
    return order, shop


def _order_key(services: Services, audience: Audience, order: Order) -> str:
    """What a card carries to open the order: its id, or a sealed one for who may not know it."""
    if may_see("order_id", audience):
        return order.order_id
    return services.store.sealer.seal(json.dumps({"order_id": order.order_id})).decode()


def _order_id(services: Services, audience: Audience, order_key: str) -> str:
    if may_see("order_id", audience):
        return order_key
    try:
        opened = json.loads(services.store.sealer.unseal(order_key.encode()))
        return str(opened["order_id"])
    except (ValueError, TypeError, KeyError):
        return ""


# --- projection ------------------------------------------------------------------------------------------------------


def _source(
    services: Services, order: Order, known: Mapping[str, ShopRow], *, note: NoteRow | None = None
) -> RowSource | None:
    """The order as one row; None when its shop is not among the known ones."""
    shop = known.get(order.shop_id)
    if shop is None:
        return None
    (row,) = row_sources(
        order,
        Grain.ORDER,
        shop=sources.label(services, shop),
        now=services.clock.market(),
        policies=services.policies,
        warehouses=shop.warehouses,
        notes=sources.note_set(note),
    )
    return row


def _line(services: Services, audience: Audience, row: RowSource, *, locale: str) -> Line:
    tier = _words("sla_tier", row, audience, locale=locale)
    return Line(
        order_key=_order_key(services, audience, row.order),
        title=_first_of(("order_id", "order_ref", "created_at"), row, audience, locale=locale),
        status=_words("status", row, audience, locale=locale),
        items=_words("items", row, audience, locale=locale),
        left=_words("sla_left", row, audience, locale=locale),
        tier=tier.lower(),
    )


def _first_of(keys: Iterable[str], row: RowSource, audience: Audience, *, locale: str) -> str:
    """The first of these columns that the audience may see; a masked number shows that digits are missing."""
    for key in keys:
        shown = _words(key, row, audience, locale=locale)
        if shown:
            return f"…{shown}" if key == "order_ref" else shown
    return ""


def _words(key: str, row: RowSource, audience: Audience, *, locale: str) -> str:
    """The column in words, empty when the audience may not see it or it is unknown."""
    if not may_see(key, audience) or Grain.ORDER not in COLUMNS[key].grains:
        return ""
    shown = project_value(key, row, audience, locale=locale, where=zone(row.shop.time_zone))
    return "" if shown == DASH else shown
