"""Where an order stands in the tabs of a file, or the one reason why it does not. Reads, and brings in what is overdue.

Only orders that the person may see are spoken of: for any other the answer is that we have none of that number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from service.core.filters import RowFilter
from service.core.finality import is_past
from service.core.orders import Order
from service.core.profiles import may_see
from service.core.roles import Actor
from service.core.rows import Grain, RowSource
from service.errors import NotFound
from service.flows import Services, archives, browse, overview, sources, transactions
from service.flows.overview import OpenFile, OpenTab, ShopState
from service.flows.sources import Bound
from service.store import archives as archive_store
from service.store import orders, reports, rows
from service.store import transactions as settled
from service.store.orders import NoteRow
from service.store.records import ReportRow, SheetRow, ShopRow
from service.store.reports import Kind
from service.store.session import Tx

OPEN_REPORTS = 500  # of one tab: enough to find the row's own


class Reason(StrEnum):
    """Why an order stands in a tab or does not: exactly one is true."""

    SHOWN = "shown"
    LINE_GONE = "line-gone"  # shown, but the line has vanished from the order
    DELETED = "deleted"  # a person deleted the row
    KEY_DAMAGED = "key-damaged"
    WAITING = "waiting"
    IN_BACKFILL = "in-backfill"
    NOT_REACHED = "not-reached"
    FILE_PAUSED = "file-paused"
    TAB_PAUSED = "tab-paused"
    SETTING_UP = "setting-up"
    OTHER_SHOP = "other-shop"
    TOO_OLD = "too-old"
    FILTERED = "filtered"
    NO_LINES = "no-lines"
    NOT_SETTLED = "not-settled"  # the tab shows settled transactions, and there is none of the order yet
    ARCHIVED = "archived"  # finished long ago: its place is the archive, which says more


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One tab's answer. `row`: grid row from 0, where it was last seen. `since`: what the reason says of time.

    `filter`: the conditions that leave the order out, None where the person may not know them. `report_id`: of the open
    report whose action puts the row right.
    """

    tab: OpenTab
    reason: Reason
    row: int | None = None
    since: datetime | None = None
    again_at: datetime | None = None
    row_filter: RowFilter | None = None
    report_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer for a file. `title` is empty for an order we do not have, and `shops` say what we hold then."""

    title: str
    order_key: str
    places: Sequence[Whereabouts]
    file: OpenFile
    shops: Sequence[ShopState]


def explain(services: Services, actor: Actor, spreadsheet_id: str, order_key: str) -> Found:
    """Where the order stands in each tab of the open file. NotFound for a file that is not the account's."""
    file = overview.open_file(services, actor, spreadsheet_id)
    known = overview.shops_of(services, actor)
    try:
        with services.store.read() as tx:
            order, shop = browse.order_of(services, tx, actor, order_key)
            note = orders.notes_of(tx, shop.id, [order.order_id]).get(order.order_id)
            looked = [_Look(services, tx, actor, file, tab) for tab in file.tabs]
            looked = [look for look in looked if look.is_of_use(order, shop)]
            places = [look.at(order, shop, note) for look in looked]
    except NotFound:
        return Found("", order_key, (), file, known)
    overdue = [look.bound for look, found in zip(looked, places, strict=True) if _is_overdue(found)]
    _bring_in(services, overdue, order, shop, note=note)
    line = browse.row_of(services, order, {shop.id: shop}, note=note)
    title = browse.line_of(services, actor.audience, line, locale="en").title if line is not None else order_key
    return Found(title, order_key, places, file, known)


def _is_overdue(found: Whereabouts) -> bool:
    return found.reason is Reason.WAITING and found.since is None


def _bring_in(
    services: Services, overdue: Sequence[Bound], order: Order, shop: ShopRow, *, note: NoteRow | None
) -> None:
    """Rows that should be there and that nobody has marked are marked now."""
    if not overdue:
        return
    with services.store.write() as tx:
        for bound in overdue:
            if transactions.is_of_transactions(bound.row):
                wanted = transactions.new_rows(bound, settled.lines_of_orders(tx, shop.id, [order.order_id]))
            else:
                wanted = sources.wanted_rows(services, bound, order, shop=shop, note=note)
            rows.add_rows(tx, bound.row.id, wanted, now=services.clock.now())
            archives.ensure(services, tx, bound, [(order, shop)])
            services.wake.sheet(tx, bound.row.spreadsheet_id)


def _ages(order: Order, made: Sequence[RowSource]) -> list[datetime]:
    """What a backfill goes by: the order's creation, or when its transactions were settled."""
    settled_at = [row.entry.settled_at for row in made if row.entry is not None and row.entry.settled_at is not None]
    return settled_at or [order.created_at]


class _Look:
    """One tab, looked at for one order."""

    def __init__(self, services: Services, tx: Tx, actor: Actor, file: OpenFile, tab: OpenTab) -> None:
        self._services, self._tx, self._actor, self._tab = services, tx, actor, tab
        self._file = file.status.file
        self._live = next((one.row for one in file.tabs if one.row.id == tab.row.archive_of), None)
        self.bound = sources.open_binding(services, tab.row)

    def is_of_use(self, order: Order, shop: ShopRow) -> bool:
        """Whether the tab has something to say: an archive only of orders that are there, or belong there."""
        if self._live is None:
            return True
        if rows.of_order(self._tx, self._tab.row.id, shop_id=order.shop_id, order_id=order.order_id):
            return True
        if rows.of_order(self._tx, self._live.id, shop_id=order.shop_id, order_id=order.order_id):
            return False
        return archives.belongs(self._services, replace(self.bound, row=self._live), order, shop)

    def at(self, order: Order, shop: ShopRow, note: NoteRow | None) -> Whereabouts:
        made = self._made(order, shop, note)
        known = rows.of_order(self._tx, self._tab.row.id, shop_id=order.shop_id, order_id=order.order_id)
        if not known:
            return self._not_marked(order, made)
        found = [self._of_row(row, made) for row in known]
        return next((one for one in found if one.reason is not Reason.SHOWN), found[0])

    def _made(self, order: Order, shop: ShopRow, note: NoteRow | None) -> Sequence[RowSource]:
        """The rows that the order has, whatever the filter says: itself, its lines, or what was settled of it."""
        if not self._is_of_transactions:
            return sources.rows_of(self._services, self.bound, order, shop=shop, note=note)
        lines = settled.lines_of_orders(self._tx, shop.id, [order.order_id])
        ids = [line.entry_id for line in lines]
        return transactions.load(self._services, self._tx, shop, ids, mask=self.bound.mask)

    @property
    def _is_of_transactions(self) -> bool:
        return self.bound.profile.grain is Grain.TRANSACTION

    def _begins_after(self, order: Order, made: Sequence[RowSource]) -> bool:
        """Whether the tab does not reach back to the order, or to any of its transactions."""
        begin = self._tab.row.fill_from_at
        return begin is not None and all(at < begin for at in _ages(order, made))

    def _said(self, reason: Reason, since: datetime | None = None) -> Whereabouts:
        return Whereabouts(self._tab, reason, since=since)

    def _of_row(self, row: SheetRow, made: Sequence[RowSource]) -> Whereabouts:
        report = self._report(row.row_key)
        if report is not None and report.kind == Kind.KEY_DAMAGED:
            return replace(self._said(Reason.KEY_DAMAGED, report.seen_at), row=row.position, report_id=report.id)
        if row.position == rows.DELETED:
            report_id = report.id if report is not None else ""
            return replace(self._said(Reason.DELETED), report_id=report_id)
        if row.position is not None and row.settled > 0:
            is_there = any(one.row_key == row.row_key for one in made)
            return replace(self._said(Reason.SHOWN if is_there else Reason.LINE_GONE), row=row.position)
        return self._waiting(row)

    def _report(self, row_key: str) -> ReportRow | None:
        found = reports.open_reports(self._tx, self._tab.row.id, limit=OPEN_REPORTS)
        kinds = {Kind.KEY_DAMAGED, Kind.ROW_DELETED}
        return next((one for one in found if one.subject == row_key and one.kind in kinds), None)

    def _waiting(self, row: SheetRow) -> Whereabouts:
        """The row is marked and not in the sheet yet: what holds it up."""
        if self._file.state != "live":
            return self._said(Reason.FILE_PAUSED)
        if self._tab.row.state == "paused":
            return self._said(Reason.TAB_PAUSED)
        if self._tab.row.state != "live":
            return self._said(Reason.SETTING_UP)
        reason = Reason.IN_BACKFILL if row.is_fill else Reason.WAITING
        return replace(self._said(reason, row.dirty_at), again_at=self._file.not_before)

    def _not_marked(self, order: Order, made: Sequence[RowSource]) -> Whereabouts:
        """The order has no row in this tab: what keeps it out."""
        row = self._tab.row
        wanted = self.bound.profile.row_filter
        if wanted.shop_ids and order.shop_id not in wanted.shop_ids:
            return self._said(Reason.OTHER_SHOP)
        if self._is_of_transactions and not made:
            return self._said(Reason.NOT_SETTLED)
        if self._begins_after(order, made):
            return self._said(Reason.TOO_OLD, row.fill_from_at)
        if self._is_archived(order, made):
            return self._said(Reason.ARCHIVED)
        if not made:
            return self._said(Reason.NO_LINES)
        if not any(wanted.accepts(one) for one in made):
            return replace(self._said(Reason.FILTERED), row_filter=self._in_the_way(wanted, made))
        if row.fill_at is not None and max(_ages(order, made)) < row.fill_at:
            return self._said(Reason.NOT_REACHED)
        return self._said(Reason.WAITING)

    def _is_archived(self, order: Order, made: Sequence[RowSource]) -> bool:
        """Whether the order stands in this tab's archive, or will."""
        archive = archive_store.archive_of(self._tx, self._tab.row.id)
        if archive is None:
            return False
        if rows.of_order(self._tx, archive.id, shop_id=order.shop_id, order_id=order.order_id):
            return True
        is_old = is_past(order, days=self._tab.row.window_days, now=self._services.clock.market())
        return is_old and bool(sources.new_rows(made, self.bound.profile))

    def _in_the_way(self, wanted: RowFilter, made: Sequence[RowSource]) -> RowFilter | None:
        """The conditions that no row of the order meets; None where one of them is not for this person to know."""
        if not all(may_see(key, self._actor.audience) for key in wanted.columns()):
            return None
        given = wanted.to_json()
        alone = {name: RowFilter.from_json({name: value}) for name, value in given.items()}
        failed = {name for name, one in alone.items() if not any(one.accepts(row) for row in made)}
        return RowFilter.from_json({name: given[name] for name in failed or given})
