"""Orders as rows: the one place where what is stored becomes RowSources, and which rows an order has in a binding."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from types import MappingProxyType

from service.core.changes import Reshaping, reshaping_of
from service.core.columns import COLUMNS
from service.core.finality import is_past
from service.core.ledger.books import Books
from service.core.orders import Order
from service.core.profiles import Profile
from service.core.rows import NO_NOTES, NoteSet, RowSource, ShopLabel, row_sources, with_books
from service.core.sla import Need, action_needed, next_change_at, sla
from service.flows import Services, images
from service.flows.books import books_of
from service.store import orders as order_store
from service.store import rows as row_store
from service.store.orders import Marks, NoteRow
from service.store.records import BindingRow, ShopRow
from service.store.session import Tx

NO_MARKET_ZONE = "UTC"
NO_BOOKS: Mapping[str, Books] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Bound:
    """A binding with its profile read and its mask unsealed. `reshaping`: columns that come into the tab, and go."""

    row: BindingRow
    profile: Profile
    mask: bytes | None
    reshaping: Reshaping = field(default_factory=Reshaping)


def open_binding(services: Services, row: BindingRow) -> Bound:
    """The binding, ready to project for."""
    mask = None if row.mask is None else bytes.fromhex(services.store.sealer.unseal(row.mask))
    return Bound(row, Profile.from_json(row.profile), mask, reshaping_of(row.profile))


def without_mask(row: BindingRow) -> Bound:
    """The binding where only its profile is asked for."""
    return Bound(row, Profile.from_json(row.profile), None, reshaping_of(row.profile))


def label(services: Services, shop: ShopRow) -> ShopLabel:
    """The shop as people know it."""
    market = services.policies.markets.get(shop.region)
    return ShopLabel(shop.name, shop.region, market.time_zone if market else NO_MARKET_ZONE)


def note_set(row: NoteRow | None) -> NoteSet:
    """The stored note as core knows it."""
    if row is None:
        return NO_NOTES
    return NoteSet(row.flag, row.note, row.assignee, tuple(row.customs), row.is_shared)


def rows_of(
    services: Services, bound: Bound, order: Order, *, shop: ShopRow, note: NoteRow | None = None
) -> tuple[RowSource, ...]:
    """The rows this order has in this binding, whatever its filter says."""
    return maker(services, bound, shop)(order, note)


def maker(
    services: Services, bound: Bound, shop: ShopRow, *, books: Mapping[str, Books] = NO_BOOKS
) -> Callable[[Order, NoteRow | None], tuple[RowSource, ...]]:
    """`rows_of` for many orders of one shop, as of now. `books`: from `books_for`, where the cells are asked for."""
    make = partial(
        row_sources,
        grain=bound.profile.grain,
        shop=label(services, shop),
        now=services.clock.market(),
        mask=bound.mask,
        policies=services.policies,
        warehouses=shop.warehouses,
    )
    return lambda order, note: with_books(make(order, notes=note_set(note)), books.get(order.order_id))


def new_rows(sources: Iterable[RowSource], profile: Profile) -> list[row_store.NewRow]:
    """The rows of these that the profile's filter accepts, as the store keeps them."""
    return [
        row_store.NewRow(
            row_key=source.row_key,
            shop_id=source.order.shop_id,
            order_id=source.order.order_id,
            sku_id=_sku(source),
            sort_at=source.order.created_at,
        )
        for source in sources
        if profile.row_filter.accepts(source)
    ]


def wanted_rows(
    services: Services, bound: Bound, order: Order, *, shop: ShopRow, note: NoteRow | None = None
) -> list[row_store.NewRow]:
    """The rows this order should have in this binding: those its filter accepts, unless the order is too old for it.

    One that has been finished for longer than the binding's window belongs into its archive, and nothing else does.
    """
    if bound.row.fill_from_at is not None and order.created_at < bound.row.fill_from_at:
        return []
    if is_past(order, days=bound.row.window_days, now=services.clock.market()) != (bound.row.archive_of is not None):
        return []
    return new_rows(rows_of(services, bound, order, shop=shop, note=note), bound.profile)


def _sku(source: RowSource) -> str:
    return source.lines[0].sku_id if source.grain.value == "line" and source.lines else ""


def marks(services: Services, order: Order, *, profiles: Sequence[Profile] = ()) -> Marks:
    """What lists and wake-ups need beside the order: its next clock, what it wants, when a cell of it changes."""
    now = services.clock.market()
    found = sla(order, services.policies)
    wants = action_needed(order, found, now)
    changes = [next_change_at(order, now, policies=services.policies)]
    changes += [enters_at(services, profile, order) for profile in profiles]
    return Marks(
        sla_due_at=found.due_at,
        action="" if wants is Need.NONE else wants.value,
        change_at=min((at for at in changes if at is not None), default=None),
    )


def enters_at(services: Services, profile: Profile, order: Order) -> datetime | None:
    """When the order comes into the profile's due window by time alone; None = never, or it is inside."""
    if not profile.row_filter.due_within_h:
        return None
    now = services.clock.market()
    source = row_sources(order, profile.grain, shop=_nowhere(), now=now, policies=services.policies)
    return profile.row_filter.next_change_at(source[0]) if source else None


@lru_cache(maxsize=1)
def _nowhere() -> ShopLabel:
    return ShopLabel("", "", NO_MARKET_ZONE)


def load(
    services: Services, tx: Tx, *, shop_id: str, order_ids: Sequence[str], columns: Iterable[str] = COLUMNS
) -> tuple[Mapping[str, Order], Mapping[str, NoteRow]]:
    """Orders and notes by order id, for showing these columns: buyers stay sealed where none of them shows one.

    For the streamer, which has no caller.
    """
    if any(images.is_personal(key) for key in columns):
        found = order_store.stored(tx, services.store.sealer, shop_id=shop_id, order_ids=order_ids)
    else:
        found = order_store.stored_without_buyers(tx, shop_id=shop_id, order_ids=order_ids)
    return found, order_store.notes_of(tx, shop_id, order_ids)


def books_for(
    services: Services, tx: Tx, shop: ShopRow, found: Mapping[str, Order], *, columns: Iterable[str]
) -> Mapping[str, Books]:
    """The books of these orders of the shop, for showing these columns; none where no column reads them."""
    return books_of(services, tx, shop, found) if any(COLUMNS[key].reads_books for key in columns) else NO_BOOKS


def foreign_columns(keys: Iterable[str]) -> frozenset[str]:
    """The columns whose text other people wrote."""
    return frozenset(key for key in keys if COLUMNS[key].kind.foreign)
