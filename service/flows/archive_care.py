"""What people say about finished orders: how long a tab keeps them, and what becomes of an archive tab that is gone.

What is to be moved is left to `rolling`, what is to be written to the passes.
"""

from dataclasses import replace

from service.core.roles import Actor
from service.errors import BadInput, NotFound
from service.flows import Services, archives, filling, transactions
from service.store import archives as archive_store
from service.store import deeds, leases, sheets
from service.store.records import BindingRow
from service.store.session import Tx


def keep_finished(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str, *, days: int | None) -> str:
    """The tab keeps orders that were finished for up to `days` (None = all of them); older ones go to its archive.

    What is in the archive stays there. Returns the tab's title. NotFound for an archive itself.
    """
    now = services.clock.now()
    with services.store.write() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        if row.archive_of is not None:
            raise NotFound("This tab is an archive. Choose it on the tab that it belongs to.")
        if transactions.is_of_transactions(row) and days is not None:
            raise BadInput("A tab of settled transactions keeps all of them, so that they add up.", field="keep_days")
        archive = archive_store.archive_of(tx, row.id)
        for each in (row, archive):
            if each is not None:
                sheets.update_binding(tx, each.id, window_days=days)
        sheets.update_binding(tx, row.id, roll_due_at=now)
        if _is_wider(row.window_days, days):
            _look_through_all(services, tx, row)
        _record(services, tx, actor, row, deed="keep-finished", subject=f"{row.tab_title}: {days or 'all'}")
    return row.tab_title


def _is_wider(before: int | None, days: int | None) -> bool:
    return before is not None and (days is None or days > before)


def _look_through_all(services: Services, tx: Tx, row: BindingRow) -> None:
    """Stored orders that the archive had not come to yet belong into the tab now: each is looked at once more."""
    fresh = filling.counted(tx, replace(row, fill_at=filling.BEGIN))
    sheets.update_binding(
        tx, row.id, fill_at=fresh.fill_at, fill_total=fresh.fill_total, fill_seen=0,
        fill_started_at=services.clock.now(),
    )  # fmt: skip
    services.wake.sheet(tx, row.spreadsheet_id)


def anew(services: Services, actor: Actor, spreadsheet_id: str, archive_id: str) -> str:
    """An archive tab that is gone is made again, with every order that belongs there; returns the live tab's title.

    Where finished orders are kept for ever by now, they come back into the live tab instead.
    """
    with services.store.write() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, archive_id)
        live = None if row.archive_of is None else sheets.binding_unscoped(tx, row.archive_of)
        if live is None or live.state == "stopped":
            raise NotFound("This tab is not an archive.")
        sheets.stop_binding(tx, row.id, services.clock.now())
        _look_through_all(services, tx, live)
        if live.window_days is not None:
            archives.open_archive(services, tx, live)
        _record(services, tx, actor, live, deed="make-archive", subject=row.tab_title)
        leases.unqueue_file(tx, spreadsheet_id)
        services.wake.sheet(tx, spreadsheet_id)
    return live.tab_title


def fetch_older(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str, *, days: int | None) -> bool:
    """A tab and its archive reach further back (`filling.fetch_older`). Returns whether one of them does."""
    found = [
        filling.fetch_older(services, actor, spreadsheet_id, row.id, days=days)
        for row in _both(services, actor, spreadsheet_id, binding_id)
    ]
    return any(found)


def stop_backfill(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> None:
    """The backfills of a tab and of its archive end (`filling.stop`)."""
    for row in _both(services, actor, spreadsheet_id, binding_id):
        if row.id == binding_id or filling.is_open(row):
            filling.stop(services, actor, spreadsheet_id, row.id)


def _both(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> list[BindingRow]:
    """The live tab and its archive, whichever of the two was named."""
    with services.store.read() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        live = row if row.archive_of is None else sheets.binding_unscoped(tx, row.archive_of)
        archive = None if live is None else archive_store.archive_of(tx, live.id)
    return [each for each in (live, archive) if each is not None]


def _record(services: Services, tx: Tx, actor: Actor, row: BindingRow, *, deed: str, subject: str) -> None:
    deeds.record(
        tx, actor.account_id, sub=actor.sub, deed=deed, subject=subject, at=services.clock.now(),
        spreadsheet_id=row.spreadsheet_id,
    )  # fmt: skip
