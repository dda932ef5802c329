"""What the sweep and the night do: wake what is due, take over what a dead worker left, forget what is old."""

from collections.abc import Iterable
from datetime import timedelta

from service.flows import (
    Services,
    absence,
    audits,
    consents,
    erasing,
    farewell,
    finance,
    ingest,
    noting,
    record,
    reshaping,
    retention,
    share,
    standing,
)
from service.store import audits as audit_store
from service.store import flushes, intents, leases, notices, orders, people, reports, rows, sheets, shops

CHANGES_PER_SWEEP = 500
AUDITS_PER_SWEEP = 200
KEEP_NOTICES = timedelta(days=3)
KEEP_HISTORY = timedelta(days=30)
KEEP_ONCE = timedelta(days=2)
KEEP_TICKETS = timedelta(days=1)


def wake_due(services: Services) -> None:
    """Shops whose poll, import or finance is due are woken, and sheets that change with time or whose readers are to be
    looked at; consents of people who left are over.
    """
    now = services.clock.now()
    with services.store.write() as tx:
        due = shops.claim_polls(tx, now)
        for shop in due:
            services.wake.shop(tx, shop.id)
        for shop_id in finance.open_due(services, tx):
            services.wake.shop(tx, shop_id)
    consents.end_left(services)
    farewell.finish_closed(services)
    share.wake_due(services)
    wake_changing(services)


def wake_changing(services: Services) -> None:
    """Sheets that are being filled, or say something wrong of themselves, are woken; orders whose time-dependent cells
    changed are marked dirty.
    """
    with services.store.write() as tx:
        for spreadsheet_id in sorted({row.spreadsheet_id for row in sheets.filling(tx)}):
            services.wake.sheet(tx, spreadsheet_id)
    standing.wake_doubtful(services)
    with services.store.read() as tx:
        changed = orders.changing(tx, services.clock.market(), limit=CHANGES_PER_SWEEP)
    by_shop: dict[tuple[str, str], list[str]] = {}
    for account_id, shop_id, order_id in changed:
        by_shop.setdefault((account_id, shop_id), []).append(order_id)
    for (account_id, shop_id), order_ids in by_shop.items():
        ingest.age(services, account_id=account_id, shop_id=shop_id, order_ids=order_ids)


def erase_due(services: Services) -> None:
    """Buyers whose time is over are gone, and so is what was asked to be deleted; the database file keeps no traces."""
    retention.wipe_due(services)
    erasing.go_on(services)
    retention.wipe_traces(services)


def stale_sheets(services: Services) -> list[str]:
    """Spreadsheets with dirty rows, or columns on their way, that should be worked on now. Read this before the live
    jobs, never after.
    """
    with services.store.read() as tx:
        found = {*rows.dirty_files(tx, services.clock.now()), *(row.spreadsheet_id for row in reshaping.unfinished(tx))}
    return sorted(found)


def rewake_sheets(services: Services, spreadsheet_ids: Iterable[str]) -> None:
    """Such spreadsheets without a live job get one: the job that had them is gone."""
    for spreadsheet_id in spreadsheet_ids:
        with services.store.write() as tx:
            now = services.clock.now()
            is_late = rows.has_dirty(tx, spreadsheet_id, now) or intents.late_intents(tx, spreadsheet_id, now)
            if is_late or reshaping.is_any_due(tx, spreadsheet_id):
                leases.unqueue_file(tx, spreadsheet_id)
                services.wake.sheet(tx, spreadsheet_id)


def stale_shops(services: Services) -> list[str]:
    """Shops with waiting notices."""
    now = services.clock.now()
    with services.store.read() as tx:
        held = (shops.shop_holding(tx, tiktok_shop_id) for tiktok_shop_id in notices.shops_waiting(tx))
        return [
            shop.id
            for shop in held
            if shop and shop.state == "live" and (shop.not_before is None or shop.not_before <= now)
        ]


def rewake_shops(services: Services, shop_ids: Iterable[str]) -> None:
    """The same for shops whose notices wait."""
    for shop_id in shop_ids:
        with services.store.write() as tx:
            leases.unqueue_shop(tx, shop_id)
            services.wake.shop(tx, shop_id)


def due_audits(services: Services) -> list[str]:
    """Spreadsheets with an audit that is due or under way. Read this before the live jobs, never after."""
    now = services.clock.now()
    with services.store.read() as tx:
        return audit_store.due_files(
            tx, now, looked_before=now - audits.LOOK_EVERY, waiting=absence.ROWS_MISSING, limit=AUDITS_PER_SWEEP
        )


def wake_audits(services: Services, spreadsheet_ids: Iterable[str]) -> None:
    """Each gets a job."""
    for spreadsheet_id in spreadsheet_ids:
        with services.store.write() as tx:
            services.wake.audit(tx, spreadsheet_id)


def wake_roll_offs(services: Services, spreadsheet_ids: Iterable[str]) -> None:
    """The same for spreadsheets whose old finished rows are to move (`rolling.due_files`)."""
    for spreadsheet_id in spreadsheet_ids:
        with services.store.write() as tx:
            services.wake.roll_off(tx, spreadsheet_id)


def forget_old(services: Services) -> None:
    """Done notices, old sync history, reports that were taken note of, used press keys and expired tickets are gone."""
    now = services.clock.now()
    with services.store.write() as tx:
        notices.forget(tx, now - KEEP_NOTICES)
        flushes.forget(tx, now - KEEP_HISTORY)
        reports.forget_noted(tx, now - KEEP_HISTORY)
        people.forget_once(tx, now - KEEP_ONCE)
        shops.forget_tickets(tx, now - KEEP_TICKETS)
    consents.tell_google_again(services)


def keep_record(services: Services) -> None:
    """What the day's passes wrote is in the record, and what its account keeps no longer is not."""
    noting.sheets_written(services)
    record.let_go_old(services)
