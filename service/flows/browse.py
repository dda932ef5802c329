"""One order as one person may see it, in a line or in full, and the note people write on it.

A card is private to who opened it, so the person's own audience decides, through the one gate of `core.profiles`. The
list of orders is `order_list`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.core import kinds
from service.core.columns import COLUMNS
from service.core.columns.notes import FLAGS
from service.core.kinds import DASH
from service.core.ledger.books import Books
from service.core.orders import Money, Order
from service.core.profiles import may_see, project_value, visible_columns
from service.core.roles import Actor, Audience, Group, Permission
from service.core.rows import Grain, RowSource, row_sources, with_books
from service.core.zones import zone
from service.errors import BadInput, Conflict, NotFound
from service.flows import Services, ingest, noting, sources
from service.store import deeds, orders, shops
from service.store.orders import NoteRow
from service.store.records import ShopRow
from service.store.session import Tx

NOTE_LIMIT = 500


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
class OwnNote:
    """What stands on an order, for who may write it. `is_shared`: outsiders read it too, None = always."""

    text: str
    flag: str
    is_shared: bool | None


@dataclass(frozen=True, slots=True)
class Earned:
    """What an order earned, in words, DASH for unknown. `basis` is the column's own word, `confidence` 0 to 100.

    `parts`: (heading, words) of the revenue and of what goes off it, then of what else is known of the profit.
    """

    basis: str
    net: str
    margin: str
    confidence: str
    parts: Sequence[tuple[str, str]]
    is_cost_missing: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """One order: (heading, words) by group, unknown values left out, and fees that are none. `note` None for who may
    not write one, `earned` for who may not see it, or where nobody knows.
    """

    order_key: str
    title: str
    status: str
    groups: Mapping[Group, Sequence[tuple[str, str]]]
    order_url: str
    note: OwnNote | None
    earned: Earned | None = None


# --- one order -------------------------------------------------------------------------------------------------------


def detail(services: Services, actor: Actor, order_key: str, *, locale: str, spreadsheet_id: str = "") -> Detail:
    """The order as the person may see it. NotFound for one that is not theirs, whoever's it is.

    Where the buyer is shown, that is on record. `spreadsheet_id`: the sheet it was asked for in.
    """
    with services.store.read() as tx:
        order, shop = order_of(services, tx, actor, order_key)
        written = orders.notes_of(tx, shop.id, [order.order_id]).get(order.order_id)
        shown = visible_columns(actor.audience, Grain.ORDER)
        books = sources.books_for(services, tx, shop, {order.order_id: order}, columns=[column.key for column in shown])
    row = row_of(services, order, {shop.id: shop}, note=written, books=books.get(order.order_id))
    if row is None:
        raise NotFound(_NO_ORDER)
    audience, where = actor.audience, zone(row.shop.time_zone)
    groups: dict[Group, list[tuple[str, str]]] = {}
    earned = _earned(row, audience, locale=locale)
    apart = _APART | {"order_ref"} if may_see("order_id", audience) else _APART  # the number in full says it too
    apart |= frozenset() if earned is None else _OF_EARNED
    none = kinds.MONEY.card(Money(0, order.payment.currency), locale=locale, where=where)
    for column in shown:
        words = DASH if column.key in apart else project_value(column.key, row, audience, locale=locale, where=where)
        if words != DASH and (column.group is not Group.FEES or words != none):
            groups.setdefault(column.group, []).append((column.header, words))
    if Group.PII in groups:
        noting.buyer_seen(services, actor, order.order_id, spreadsheet_id=spreadsheet_id)
    line = line_of(services, audience, row, locale=locale)
    url = _words("order_url", row, audience, locale=locale)
    return Detail(line.order_key, line.title, line.status, groups, url, _own_note(actor, row), earned)


#: Columns that a card shows in another way than as a line: links, keys, and the note that can be written.
_APART = frozenset({"row_key", "order_url", "image", "note", "flag"})
#: The profit as people add it up, then what else there is of it.
_PARTS = ("revenue", "pool_tax", "pool_platform", "pool_marketing", "pool_cogs")
_MORE = ("roi", "est_profit", "set_profit", "profit_delta")
_OF_EARNED = frozenset({*_PARTS, *_MORE, "net_profit", "margin", "basis", "confidence", "cost_missing"})
_NO_ORDER = "This order does not exist."


def _earned(row: RowSource, audience: Audience, *, locale: str) -> Earned | None:
    """What the order earned, for who may see profit; None where nothing can be said of its fees."""
    if not may_see("net_profit", audience) or row.books is None or row.books.profit is None:
        return None
    profit, cogs = row.books.profit, row.books.cogs
    if profit.shown is None:
        return None
    words = {key: _words(key, row, audience, locale=locale) for key in (*_PARTS, *_MORE, "net_profit", "margin")}
    told = [key for key in (*_PARTS, *_MORE) if key in _PARTS or words[key]]
    return Earned(
        basis=profit.basis.value,
        net=words["net_profit"] or DASH,
        margin=words["margin"],
        confidence=str(profit.confidence),
        parts=[(COLUMNS[key].header, words[key] or DASH) for key in told],
        is_cost_missing=cogs is not None and bool(cogs.missing),
    )


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
        order, shop = order_of(services, tx, actor, order_key)
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
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="save-note", subject=order.order_id, at=now)
        ingest.touch(services, tx, account_id=actor.account_id, shop_id=shop.id, order_id=order.order_id)


def _says_anything(note: NoteRow) -> bool:
    return bool(note.note or note.flag or note.assignee or any(note.customs))


def order_of(services: Services, tx: Tx, actor: Actor, order_key: str) -> tuple[Order, ShopRow]:
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


def row_of(
    services: Services,
    order: Order,
    known: Mapping[str, ShopRow],
    *,
    note: NoteRow | None = None,
    books: Books | None = None,
) -> RowSource | None:
    """The order as one row; None when its shop is not among the known ones."""
    shop = known.get(order.shop_id)
    if shop is None:
        return None
    made = row_sources(
        order,
        Grain.ORDER,
        shop=sources.label(services, shop),
        now=services.clock.market(),
        policies=services.policies,
        warehouses=shop.warehouses,
        notes=sources.note_set(note),
    )
    return with_books(made, books)[0]


def line_of(services: Services, audience: Audience, row: RowSource, *, locale: str) -> Line:
    """The order in a line, each part empty where the audience may not see it."""
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
