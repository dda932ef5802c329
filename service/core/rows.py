"""RowSource: everything one row of a sheet can be made from, and the key that makes the row itself again.

Nothing here decides who may see what: that is `profiles`, the only way from a RowSource to cells.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from msgspec import Struct, structs

from service.core.ledger.books import Books
from service.core.ledger.entries import Entry, Payment, Statement
from service.core.ledger.pools import Pools, pools_of_one
from service.core.orders import Clocks, Line, Order, Recipient
from service.core.orders import Payment as Paid
from service.core.policies import NO_POLICIES, Policies
from service.core.sla import Sla, sla

#: Bytes of the keyed hash that are kept: 120 bits, 24 letters.
_MASK_BYTES = 15
_SHORTEST_MASK = 16
_MASKED_KEY = re.compile(r"k[a-z2-7]{24}")


class Grain(StrEnum):
    """What one row is: an order, one SKU of an order, or one settled transaction, perhaps of no order."""

    ORDER = "order"
    LINE = "line"
    TRANSACTION = "transaction"


#: The grains in which a row is of an order.
ORDER_GRAINS = frozenset({Grain.ORDER, Grain.LINE})


@dataclass(frozen=True, slots=True)
class ShopLabel:
    """A shop as people know it. `time_zone`: the IANA name of its market's zone."""

    name: str
    region: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class NoteSet:
    """What people of the account wrote about an order. Not `shared` = internal: outsiders see none of it."""

    flag: str = ""
    note: str = ""
    assignee: str = ""
    customs: tuple[str, ...] = ()
    shared: bool = False


NO_NOTES = NoteSet()


class RowSource(Struct, frozen=True, dict=True):
    """An order seen as one row. `lines`: all units at order grain, all units of one SKU at line grain, never none.

    `now`: the market's time. `warehouses`: warehouse id → its name. `row_key`: from `row_key`, masked where the
    audience may not know order ids. `books`: what finance knows, None where no column of the tab asks for it.

    At transaction grain `entry` is the transaction itself, with the `statement` it stands in and the `payment` of that.
    `order` may then be a stand-in that says nothing: no column of this grain reads an amount of it.
    """

    order: Order
    lines: tuple[Line, ...]
    shop: ShopLabel
    row_key: str
    now: datetime
    grain: Grain = Grain.ORDER
    policies: Policies = NO_POLICIES
    warehouses: Mapping[str, str] = {}
    notes: NoteSet = NO_NOTES
    books: Books | None = None
    entry: Entry | None = None
    statement: Statement | None = None
    payment: Payment | None = None

    @cached_property
    def sla(self) -> Sla:
        """The order's deadlines, worked out once for all columns of the row."""
        return sla(self.order, self.policies)

    @property
    def live_lines(self) -> tuple[Line, ...]:
        """The units still to be delivered: without the cancelled ones, unless all are cancelled."""
        if len(self.lines) == 1:  # of nearly every order: asking costs less than keeping
            return self.lines
        return tuple(line for line in self.lines if line.status != "CANCELLED") or self.lines

    @cached_property
    def entry_pools(self) -> Pools:
        """The transaction's own revenue and pools; empty ones where the row is none."""
        return Pools(self.currency) if self.entry is None else pools_of_one(self.entry)

    @property
    def currency(self) -> str:
        """The currency of every amount in the row."""
        return self.order.payment.currency if self.entry is None else self.entry.currency

    @property
    def has_order(self) -> bool:
        """Whether `order` is one that we hold."""
        return bool(self.order.status)


def sku_of(line: Line) -> str:
    """What tells SKUs of one order apart: the SKU id, or the unit's own id where upstream states none."""
    return line.sku_id or line.line_id


def lines_by_sku(order: Order) -> dict[str, tuple[Line, ...]]:
    """The order's units by SKU, in the order of first appearance."""
    groups: dict[str, list[Line]] = {}
    for line in order.lines:
        groups.setdefault(sku_of(line), []).append(line)
    return {sku: tuple(lines) for sku, lines in groups.items()}


def row_key(order_id: str, sku_id: str, *, grain: Grain, mask: bytes | None) -> str:
    """The text that identifies a row of an order within its tab, for ever the same.

    The order id, with `-` and the SKU id at line grain. With a `mask` (the binding's own secret) a keyed hash of that:
    it tells rows apart and gives nothing away, and two bindings give two keys.
    """
    return _masked(order_id if grain is Grain.ORDER else f"{order_id}-{sku_id}", mask)


def entry_key(entry_id: str, *, mask: bytes | None) -> str:
    """The same of a row that is a transaction: upstream's id of it."""
    return _masked(entry_id, mask)


def _masked(plain: str, mask: bytes | None) -> str:
    if mask is None:
        return plain
    if len(mask) < _SHORTEST_MASK:
        raise ValueError(f"a mask needs {_SHORTEST_MASK} bytes")
    digest = hmac.new(mask, plain.encode(), hashlib.sha256).digest()[:_MASK_BYTES]
    return "k" + base64.b32encode(digest).decode().lower()


def is_masked_key(key: str) -> bool:
    """Whether a row key is of the masked sort."""
    return _MASKED_KEY.fullmatch(key) is not None


def row_sources(
    order: Order,
    grain: Grain,
    *,
    shop: ShopLabel,
    now: datetime,
    mask: bytes | None = None,
    policies: Policies = NO_POLICIES,
    warehouses: Mapping[str, str] | None = None,
    notes: NoteSet = NO_NOTES,
) -> tuple[RowSource, ...]:
    """The rows an order makes: one at order grain, one per SKU at line grain; none at line grain without lines.

    None at transaction grain: those are made of what was settled, by `entry_source`.
    """
    if grain is Grain.TRANSACTION:
        return ()
    groups = lines_by_sku(order) if grain is Grain.LINE else {"": order.lines}
    return tuple(
        RowSource(
            order=order,
            lines=lines,
            shop=shop,
            row_key=row_key(order.order_id, sku, grain=grain, mask=mask),
            now=now,
            grain=grain,
            policies=policies,
            warehouses=warehouses or {},
            notes=notes,
        )
        for sku, lines in groups.items()
    )


def with_books(rows: tuple[RowSource, ...], books: Books | None) -> tuple[RowSource, ...]:
    """The rows of one order with its books."""
    return rows if books is None else tuple(structs.replace(row, books=books) for row in rows)


def entry_source(
    entry: Entry,
    *,
    shop_id: str,
    shop: ShopLabel,
    now: datetime,
    mask: bytes | None = None,
    order: Order | None = None,
    statement: Statement | None = None,
    payment: Payment | None = None,
) -> RowSource:
    """The row that a transaction is. `order`: the one it is about, where we hold it."""
    known = stand_in(entry, shop_id=shop_id, now=now) if order is None else order
    return RowSource(
        order=known,
        lines=known.lines,
        shop=shop,
        row_key=entry_key(entry.entry_id, mask=mask),
        now=now,
        grain=Grain.TRANSACTION,
        entry=entry,
        statement=statement,
        payment=payment,
    )


def stand_in(entry: Entry, *, shop_id: str, now: datetime) -> Order:
    """In the place of an order that a transaction names and we do not hold, or of none: it has no status."""
    return Order(
        shop_id=shop_id,
        order_id=entry.about_order,
        status="",
        created_at=entry.order_created_at or now,
        updated_at=now,
        fetched_at=now,
        lines=(),
        payment=Paid(entry.currency, *(None,) * 7, method=""),
        recipient=Recipient(),
        clocks=Clocks(),
    )
