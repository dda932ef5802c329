"""RowFilter: which orders belong in a sheet or a list. Its own rules name only columns, so that they can be checked.

A filter lets the reader conclude something about what it filters by: `columns` says which columns it speaks about, and
`profiles.check` refuses a filter on a column its audience may not see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from service.core.dues import SELLER_FULFILLED
from service.core.kinds import said
from service.core.ledger.tie_out import day_before_cut
from service.core.orders import Order
from service.core.rows import Grain, RowSource
from service.core.zones import zone
from service.errors import BadInput

#: A due window longer than this says nothing any more.
MOST_HOURS = 24 * 60
_DAYS = frozenset({"created_from", "created_to", "settled_from", "settled_to"})
#: More entries than this in one list belong into a saved sheet of their own.
MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a filter in words: a sentence with `{name}` places, and what fills them."""

    template: str
    values: Mapping[str, str]

    @property
    def sentence(self) -> str:
        return self.template.format_map(self.values)


@dataclass(frozen=True, slots=True)
class RowFilter:
    """All conditions must hold; an empty list or None is no condition.

    `due_within_h`: the next deadline is at most so many hours away, or over. `created_from`, `created_to`: days of the
    shop's market, both included. `skus`: seller SKUs or SKU ids, at line grain of the row's own units. `settled_from`,
    `settled_to`: UTC days that statements cover, both included; for rows that are transactions, and only for those.
    """

    statuses: tuple[str, ...] = ()
    due_within_h: int | None = None
    created_from: date | None = None
    created_to: date | None = None
    skus: tuple[str, ...] = ()
    warehouse_ids: tuple[str, ...] = ()
    shop_ids: tuple[str, ...] = ()
    fulfilment_types: tuple[str, ...] = ()
    include_samples: bool = True
    settled_from: date | None = None
    settled_to: date | None = None

    def accepts(self, row: RowSource) -> bool:
        """Whether the row belongs, at the row's own `now`."""
        order = row.order
        if row.entry is not None:
            return self.accepts_entry(shop_id=order.shop_id, settled_at=row.entry.settled_at)
        return (
            (not self.statuses or order.status in self.statuses)
            and self.entitles(order)
            and (not self.fulfilment_types or (order.fulfilment_type or SELLER_FULFILLED) in self.fulfilment_types)
            and (self.include_samples or not order.is_sample)
            and (not self.skus or any(line.sku_id in self.skus or line.seller_sku in self.skus for line in row.lines))
            and self._created_in_range(row)
            and (self.due_within_h is None or self._is_due(row, self.due_within_h))
        )

    def accepts_entry(self, *, shop_id: str, settled_at: datetime | None) -> bool:
        """Whether a transaction belongs. One whose statement says no time is of no period."""
        if not self.entitles_shop(shop_id):
            return False
        if self.settled_from is None and self.settled_to is None:
            return True
        if settled_at is None:
            return False
        day = day_before_cut(settled_at)
        return (self.settled_from or day) <= day <= (self.settled_to or day)

    def entitles(self, order: Order) -> bool:
        """Whether the order is of the shops and warehouses whose readers the row is for. An order that leaves by any
        other condition keeps its row; one that leaves by these is not theirs to see any more.
        """
        return self.entitles_shop(order.shop_id) and (
            not self.warehouse_ids or order.warehouse_id in self.warehouse_ids
        )

    def entitles_shop(self, shop_id: str) -> bool:
        """The same of what is of no order."""
        return not self.shop_ids or shop_id in self.shop_ids

    def next_change_at(self, row: RowSource) -> datetime | None:
        """When a row outside the due window comes into it by time alone; None = never, or it is inside."""
        if self.due_within_h is None or row.sla.due_at is None:
            return None
        enters_at = row.sla.due_at - timedelta(hours=self.due_within_h)
        return enters_at if enters_at > row.now else None

    def columns(self) -> tuple[str, ...]:
        """The keys of the columns the filter speaks about."""
        spoken = {
            "status": bool(self.statuses),
            "sla_due": self.due_within_h is not None,
            "created_at": self.created_from is not None or self.created_to is not None,
            "seller_sku": bool(self.skus),
            "sku_id": bool(self.skus),
            "warehouse": bool(self.warehouse_ids),
            "shop_name": bool(self.shop_ids),
            "fulfilment_type": bool(self.fulfilment_types),
            "is_sample": not self.include_samples,
            "settled_at": self.settled_from is not None or self.settled_to is not None,
        }
        return tuple(key for key, is_spoken in spoken.items() if is_spoken)

    def check(self, grain: Grain = Grain.ORDER) -> None:
        """Nothing, or BadInput with the field at fault: a window without end, days the wrong way round, long lists, a
        condition that rows of this grain do not know.
        """
        self._check_grain(grain)
        if self.due_within_h is not None and not 0 < self.due_within_h <= MOST_HOURS:
            raise BadInput(
                "The due window is a number of hours from 1 to {most}.",
                field="due_within_h",
                values={"most": str(MOST_HOURS)},
            )
        if self.created_from and self.created_to and self.created_to < self.created_from:
            raise BadInput("The last day is before the first day.", field="created_to")
        if self.settled_from and self.settled_to and self.settled_to < self.settled_from:
            raise BadInput("The last day is before the first day.", field="settled_to")
        for name in ("statuses", "skus", "warehouse_ids", "shop_ids", "fulfilment_types"):
            if len(getattr(self, name)) > MOST_WORDS:
                raise BadInput("At most {most} entries in one list.", field=name, values={"most": str(MOST_WORDS)})

    def _check_grain(self, grain: Grain) -> None:
        spoken = replace(self, shop_ids=(), settled_from=None, settled_to=None) != RowFilter()
        if grain is Grain.TRANSACTION and spoken:
            raise BadInput(
                "Settled transactions are chosen by the day they were settled on and by shop only.",
                field="settled_from",
            )
        if grain is not Grain.TRANSACTION and (self.settled_from or self.settled_to):
            raise BadInput(
                "Orders are not chosen by the day they were settled on: use a profile with one row per transaction.",
                field="settled_from",
            )

    def pieces(self) -> tuple[Piece, ...]:
        """The filter in plain words, one piece per condition; none for a filter that lets everything in."""
        found = [
            Piece("Status: {list}", {"list": _listed([_plain(status) for status in self.statuses])}),
            Piece("Due within {hours} hours, or overdue", {"hours": str(self.due_within_h)}),
            Piece("Created from {day}", {"day": str(self.created_from)}),
            Piece("Created up to {day}", {"day": str(self.created_to)}),
            Piece("SKU: {list}", {"list": _listed(self.skus)}),
            Piece("{count} warehouses only", {"count": str(len(self.warehouse_ids))}),
            Piece("{count} shops only", {"count": str(len(self.shop_ids))}),
            Piece("Fulfilled by: {list}", {"list": _listed([said(name) for name in self.fulfilment_types])}),
            Piece("Without samples", {}),
            Piece("Settled from {day} (UTC)", {"day": str(self.settled_from)}),
            Piece("Settled up to {day} (UTC)", {"day": str(self.settled_to)}),
        ]
        holds = (
            bool(self.statuses),
            self.due_within_h is not None,
            self.created_from is not None,
            self.created_to is not None,
            bool(self.skus),
            bool(self.warehouse_ids),
            bool(self.shop_ids),
            bool(self.fulfilment_types),
            not self.include_samples,
            self.settled_from is not None,
            self.settled_to is not None,
        )
        return tuple(piece for piece, is_said in zip(found, holds, strict=True) if is_said)

    def to_json(self) -> dict[str, Any]:
        """Plain values, conditions only; `from_json` makes the same filter of them."""
        said: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value != item.default:
                said[item.name] = (
                    list(value) if isinstance(value, tuple) else str(value) if isinstance(value, date) else value
                )
        return said

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> "RowFilter":
        """The filter `to_json` wrote. ValueError for anything else."""
        known = {item.name: item.default for item in fields(RowFilter)}
        unknown = set(raw) - set(known)
        if unknown:
            raise ValueError(f"unknown condition {min(unknown)!r}")
        values: dict[str, Any] = {}
        for name, value in raw.items():
            if name in _DAYS:
                values[name] = date.fromisoformat(value)
            elif isinstance(known[name], tuple):
                values[name] = tuple(str(word) for word in value)
            else:
                values[name] = value
        return RowFilter(**values)

    def _created_in_range(self, row: RowSource) -> bool:
        if self.created_from is None and self.created_to is None:
            return True
        day = row.order.created_at.astimezone(zone(row.shop.time_zone)).date()
        return (self.created_from or day) <= day <= (self.created_to or day)

    @staticmethod
    def _is_due(row: RowSource, hours: int) -> bool:
        return row.sla.due_at is not None and row.sla.due_at - row.now <= timedelta(hours=hours)


def _plain(word: str) -> str:
    """Upstream's constant in lower case words."""
    return word.replace("_", " ").lower()


def _listed(words: list[str] | tuple[str, ...], most: int = 6) -> str:
    """Words with commas; a long list is cut and counted."""
    shown = ", ".join(words[:most])
    return f"{shown} (+{len(words) - most})" if len(words) > most else shown
