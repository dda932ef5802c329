"""The archive of a bound tab: which orders belong there, and the tab that is made for them when the first one does.

An archive is a binding of its own, written and looked after like any other. A new order that was finished long ago goes
there at once, by the archive's own backfill; rows that grow old in the live tab are moved by `rolling`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from service.core.finality import is_past
from service.core.orders import Order
from service.core.profiles import Profile
from service.core.roles import Scope
from service.errors import Conflict
from service.flows import Services, sources
from service.flows.sources import Bound
from service.flows.tab_setup import NEW_TAB
from service.google import setup
from service.store import archives, orders, roll_offs, sheets
from service.store.records import BindingRow, ShopRow
from service.store.session import Tx

TITLE_ROOM = 85  # characters of the tab's own name, so that the archive's fits into a tab's
ONE_INSTANT = timedelta(microseconds=1)
#: Why a file is paused that cannot be written.
_OUT_OF_REACH = frozenset({"file-gone", "writer-removed", "blocked", "consent-ended"})


def ensure(services: Services, tx: Tx, bound: Bound, found: Iterable[tuple[Order, ShopRow]]) -> None:
    """The binding has an archive if any of these orders has rows that belong there.

    The archive's own backfill brings the rows, of these orders and of all that were stored before.
    """
    row, now = bound.row, services.clock.market()
    if row.archive_of is not None or row.window_days is None:
        return
    past = [(order, shop) for order, shop in found if is_past(order, days=row.window_days, now=now)]
    if not past or archives.archive_of(tx, row.id) is not None:
        return
    if any(belongs(services, bound, *each) for each in past):
        open_archive(services, tx, row)


def belongs(services: Services, bound: Bound, order: Order, shop: ShopRow) -> bool:
    """Whether an order without a row in the live tab `bound` has rows that belong into its archive."""
    row = bound.row
    is_left_out = row.fill_from_at is not None and order.created_at < row.fill_from_at
    if is_left_out or not is_past(order, days=row.window_days, now=services.clock.market()):
        return False
    return bool(sources.new_rows(sources.rows_of(services, bound, order, shop=shop), bound.profile))


def open_archive(services: Services, tx: Tx, live: BindingRow) -> BindingRow:
    """The archive of a live binding; a new one is set up by the next pass and filled with what is stored already.

    Its rows have the keys of the live tab, whose mask it shares.
    """
    archive_id = services.new_id()
    archive = replace(
        live,
        id=archive_id,
        sheet_id=setup.sheet_id_for(archive_id),
        tab_title=f"{live.tab_title[:TITLE_ROOM].rstrip()} archive",
        profile=Profile.from_json(live.profile).to_json(),  # as it is to be, whatever its tab is still to lose
        header_row=0,
        state=NEW_TAB,
        reason="",
        reason_text="",
        is_ticking=False,
        created_at=services.clock.now(),
        roll_due_at=None,
    )
    found = archives.add(tx, live, _filling(services, tx, archive))
    services.wake.sheet(tx, live.spreadsheet_id)
    return found


def _filling(services: Services, tx: Tx, archive: BindingRow) -> BindingRow:
    """The archive with its backfill before it: stored orders that are old enough, newest first."""
    begin = services.clock.market() - timedelta(days=archive.window_days or 0) + ONE_INSTANT
    shop_ids = archive.profile["row_filter"].get("shop_ids") or ()
    scope = Scope(archive.account_id, frozenset(shop_ids) or None)
    total = orders.count_made(tx, scope, since=archive.fill_from_at, before=begin)
    started_at = services.clock.now()
    return replace(archive, fill_at=begin, fill_total=total, fill_started_at=started_at, fill_stopped_at=None)


def stop(services: Services, tx: Tx, row: BindingRow) -> None:
    """A tab's archive stops with it. Where the archive itself is stopped, its tab keeps its finished orders.

    Conflict while rows are on their way from one to the other.
    """
    archive = archives.archive_of(tx, row.id)
    file = sheets.file_unscoped(tx, row.spreadsheet_id)
    can_wait = file is not None and file.reason not in _OUT_OF_REACH
    ids = {row.id, *([archive.id] if archive else []), *([row.archive_of] if row.archive_of else [])}
    if can_wait and any(roll_offs.move_of(tx, each) is not None for each in sorted(ids)):
        raise Conflict("Rows are on their way to the archive at this moment. Try again in a few minutes.")
    if archive is not None:
        sheets.stop_binding(tx, archive.id, services.clock.now())
    if row.archive_of is not None:
        sheets.update_binding(tx, row.archive_of, window_days=None, roll_due_at=None)
    sheets.stop_binding(tx, row.id, services.clock.now())
