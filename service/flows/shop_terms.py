"""What people say of a shop's taxes and rates: stored as a version from a day on, and shown in every row it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from service.core.ledger.shop_terms import ShopTerms
from service.core.roles import Actor, Group
from service.core.zones import zone
from service.errors import BadInput
from service.flows import Services, finance_tabs, sources
from service.store import deeds, rows, sheets, shops
from service.store import shop_terms as store
from service.store.records import ShopRow
from service.store.session import Tx

CHANGED, DROPPED = "save-shop-terms", "drop-shop-terms"
MOST_VERSIONS = 24
FIRST_YEAR, LAST_YEAR = 2015, 2099
#: Columns that need one of these groups show what terms are a part of.
SHOWN_IN = frozenset({Group.FEES, Group.COST, Group.PROFIT})
_YEARS = {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)}


@dataclass(frozen=True, slots=True)
class Said:
    """A shop and every version of its terms, newest first."""

    shop_id: str
    name: str
    region: str
    versions: Sequence[ShopTerms]


def said(services: Services, actor: Actor) -> list[Said]:
    """The terms of every shop the actor sees, by the shops' own order."""
    with services.store.read() as tx:
        found = shops.shops_of(tx, actor.scope)
        return [
            Said(row.id, row.name, row.region, tuple(reversed(store.versions_of(tx, actor.scope, row.id))))
            for row in found
        ]


def state(services: Services, actor: Actor, shop_id: str, terms: ShopTerms) -> None:
    """These terms hold for the shop's orders from their day on. The same again changes nothing.

    NotFound for a shop out of scope; BadInput for a day out of range, or one version too many.
    """
    if terms.from_day is not None and not FIRST_YEAR <= terms.from_day.year <= LAST_YEAR:
        raise BadInput("Choose a day from {first} to {last}.", field="from_day", values=_YEARS)
    with services.store.write() as tx:
        shop = shops.shop(tx, actor.scope, shop_id)
        known = store.versions_of(tx, actor.scope, shop_id)
        if terms in known:
            return
        if len(known) >= MOST_VERSIONS and all(one.from_day != terms.from_day for one in known):
            raise BadInput(
                "At most {most} different days. Remove one first.",
                field="from_day",
                values={"most": str(MOST_VERSIONS)},
            )
        store.put(tx, shop, terms, services.clock.now())
        _record(services, tx, actor, shop, deed=CHANGED, from_day=terms.from_day)
        _show(services, tx, shop, since=terms.from_day)


def drop(services: Services, actor: Actor, shop_id: str, from_day: date | None) -> None:
    """The version from this day on is taken back, and the one before it goes on. One that is gone changes nothing."""
    with services.store.write() as tx:
        shop = shops.shop(tx, actor.scope, shop_id)
        if all(one.from_day != from_day for one in store.versions_of(tx, actor.scope, shop_id)):
            return
        store.drop(tx, actor.scope, shop_id, from_day)
        _record(services, tx, actor, shop, deed=DROPPED, from_day=from_day)
        _show(services, tx, shop, since=from_day)


def _record(services: Services, tx: Tx, actor: Actor, shop: ShopRow, *, deed: str, from_day: date | None) -> None:
    subject = shop.name if from_day is None else f"{shop.name}, {from_day.isoformat()}"
    deeds.record(tx, actor.account_id, sub=actor.sub, deed=deed, subject=subject, at=services.clock.now())


def _show(services: Services, tx: Tx, shop: ShopRow, *, since: date | None) -> None:
    """Rows of orders of that day and later are dirty where money shows, and their sheets are woken."""
    bound = finance_tabs.showing(sheets.bindings_of_account(tx, shop.account_id), SHOWN_IN)
    begins_at = None
    if since is not None:
        where = zone(sources.label(services, shop).time_zone)
        begins_at = datetime.combine(since, time(), tzinfo=where).astimezone(UTC)
    now = services.clock.now()
    touched = {row.spreadsheet_id for row in bound if rows.mark_shop(tx, row.id, shop.id, now, since=begins_at)}
    for spreadsheet_id in sorted(touched):
        services.wake.sheet(tx, spreadsheet_id)
