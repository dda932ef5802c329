"""What a profile would show before it is written: its first rows, the columns and filters its readers could have.

Rows are projected for the role the profile is meant for, and the viewer sees of them what the viewer may see.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.core.columns import Column
from service.core.orders import Order
from service.core.profiles import Profile, is_masked, key_column, may_see, project_value, visible_columns
from service.core.roles import Actor, Audience
from service.core.rows import Grain, RowSource, row_sources, with_books
from service.core.zones import zone
from service.flows import Services, sources, transactions
from service.flows.design import Designed
from service.store import orders, people, shops
from service.store import transactions as settled
from service.store.records import ShopRow

PREVIEW_ROWS = 3
PREVIEW_DEPTH = 100  # newest orders that are tried against the filter


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a profile: (heading, words) per column, words None where the viewer may not see them.

    `fit_count` of the `looked_at` newest orders pass the filter.
    """

    rows: Sequence[Sequence[tuple[str, str | None]]]
    fit_count: int
    looked_at: int


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What the role may filter by: shop id → name, warehouse id → name; None where it may not."""

    statuses: bool
    due: bool
    sku: bool
    shops: Mapping[str, str] | None
    warehouses: Mapping[str, str] | None


def preview(services: Services, actor: Actor, designed: Designed, *, locale: str) -> Preview:
    """The first rows the profile would write now, projected for its role, less what the viewer may not see."""
    if designed.profile.grain is Grain.TRANSACTION:
        return _settled(services, actor, designed, locale=locale)
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
        known = {shop.id: shop for shop in shops.every_shop_of(tx, actor.scope)}
        statuses = designed.profile.row_filter.statuses
        found = orders.newest(tx, services.store.sealer, actor.scope, statuses=statuses, limit=PREVIEW_DEPTH)
        found = [order for order in found if order.shop_id in known]
        notes = {
            shop_id: orders.notes_of(tx, shop_id, [order.order_id for order in found if order.shop_id == shop_id])
            for shop_id in {order.shop_id for order in found}
        }
    audience = account.audience(designed.role)
    needs_mask = is_masked(audience, designed.profile.grain)
    mask = secrets.token_bytes(32) if needs_mask else None  # shows the shape; each tab has a mask of its own
    fitting: list[list[RowSource]] = []
    for order in found:
        rows = row_sources(
            order,
            designed.profile.grain,
            shop=sources.label(services, known[order.shop_id]),
            now=services.clock.market(),
            mask=mask,
            policies=services.policies,
            warehouses=known[order.shop_id].warehouses,
            notes=sources.note_set(notes[order.shop_id].get(order.order_id)),
        )
        accepted = [row for row in rows if designed.profile.row_filter.accepts(row)]
        if accepted:
            fitting.append(accepted)
    first = _with_books(services, designed.profile, known, [row for rows in fitting for row in rows][:PREVIEW_ROWS])
    cells = [_cells(designed.profile, row, audience=audience, viewer=actor.audience, locale=locale) for row in first]
    return Preview(cells, len(fitting), len(found))


def _settled(services: Services, actor: Actor, designed: Designed, *, locale: str) -> Preview:
    """The same of a profile whose rows are settled transactions."""
    profile = designed.profile
    wanted, before = profile.row_filter, services.clock.market() + timedelta(days=1)
    with services.store.read() as tx:
        audience = people.account(tx, actor.account_id).audience(designed.role)
        found = settled.older_than(tx, actor.scope, before=before, limit=PREVIEW_DEPTH)[:PREVIEW_DEPTH]
        fitting = [one for one in found if wanted.accepts_entry(shop_id=one.shop_id, settled_at=one.settled_at)]
        mask = secrets.token_bytes(32) if is_masked(audience, profile.grain) else None
        known = {shop.id: shop for shop in shops.every_shop_of(tx, actor.scope)}
        rows = [
            row
            for one in fitting[:PREVIEW_ROWS]
            if one.shop_id in known
            for row in transactions.load(services, tx, known[one.shop_id], [one.entry_id], mask=mask)
        ]
    cells = [_cells(profile, row, audience=audience, viewer=actor.audience, locale=locale) for row in rows]
    return Preview(cells, len(fitting), len(found))


def _with_books(
    services: Services, profile: Profile, known: Mapping[str, ShopRow], rows: Sequence[RowSource]
) -> list[RowSource]:
    """These rows with what finance knows of their orders, as far as the profile shows any of it."""
    keys = [column.key for column in profile.columns]
    with services.store.read() as tx:
        found = {
            (shop_id, order_id): books
            for shop_id, mine in _sold(rows).items()
            for order_id, books in sources.books_for(services, tx, known[shop_id], mine, columns=keys).items()
        }
    return [one for row in rows for one in with_books((row,), found.get((row.order.shop_id, row.order.order_id)))]


def _sold(rows: Sequence[RowSource]) -> Mapping[str, Mapping[str, Order]]:
    """The rows' orders by shop and number."""
    found: dict[str, dict[str, Order]] = {}
    for row in rows:
        found.setdefault(row.order.shop_id, {})[row.order.order_id] = row.order
    return found


def _cells(
    profile: Profile, row: RowSource, *, audience: Audience, viewer: Audience, locale: str
) -> list[tuple[str, str | None]]:
    """One row through the gate of its audience; the viewer sees what the viewer may see, whoever the row is for."""
    where = zone(row.shop.time_zone)
    return [
        (
            column.header,
            project_value(column.key, row, audience, locale=locale, where=where)
            if may_see(column.key, viewer)
            else None,
        )
        for column in profile.columns
    ]


def addable(services: Services, actor: Actor, designed: Designed) -> list[Column]:
    """The columns the profile's role may see and that it does not show yet."""
    chosen = {column.key for column in designed.profile.columns}
    audience = _audience(services, actor, designed.role)
    return [column for column in visible_columns(audience, designed.profile.grain) if column.key not in chosen]


def keeps_rows_apart(services: Services, actor: Actor, designed: Designed, key: str) -> bool:
    """Whether this chosen column is the one that identifies rows."""
    return key_column(designed.profile, _audience(services, actor, designed.role)) == key


def filter_choices(services: Services, actor: Actor, designed: Designed) -> FilterChoices:
    """What a filter of this profile may speak about: only columns its role may see."""
    audience = _audience(services, actor, designed.role)
    with services.store.read() as tx:
        known = shops.shops_of(tx, actor.scope)
    warehouses = {key: name for shop in known for key, name in shop.warehouses.items()}
    by_shop = {shop.id: shop.name for shop in known} if may_see("shop_name", audience) else None
    if designed.profile.grain is Grain.TRANSACTION:
        return FilterChoices(statuses=False, due=False, sku=False, shops=by_shop, warehouses=None)
    return FilterChoices(
        statuses=may_see("status", audience),
        due=may_see("sla_due", audience),
        sku=may_see("seller_sku", audience) and may_see("sku_id", audience),
        shops=by_shop,
        warehouses=warehouses if may_see("warehouse", audience) else None,
    )


def _audience(services: Services, actor: Actor, role: str) -> Audience:
    with services.store.read() as tx:
        return people.account(tx, actor.account_id).audience(role)
