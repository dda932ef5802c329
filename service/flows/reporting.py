"""What is reported of a bound tab, as a person may read it, and the answers to it that need no write of their own.

What an answer leads to is written by the next pass. Answers that write at once are `repairs`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.core.roles import Actor
from service.core.rows import is_masked_key
from service.errors import Conflict, NotFound
from service.flows import Services, absence, design
from service.store import deeds, leases, places, reports, rows, sheets
from service.store.records import BindingRow, ReportRow, SheetRow
from service.store.reports import Kind
from service.store.session import Tx

MOST_SHOWN = 50
_ROWS = frozenset({Kind.ROW_DELETED, Kind.ROW_COPIED, Kind.KEY_DAMAGED})


@dataclass(frozen=True, slots=True)
class Told:
    """An open report as one person may read it. `name`: an order id or key, or a column's header; "" when hidden."""

    report: ReportRow
    name: str


@dataclass(frozen=True, slots=True)
class TabReports:
    """What is reported of a tab. `missing`: rows that went at once, while the tab waits for an answer; 0 otherwise."""

    row: BindingRow
    told: Sequence[Told]
    count: int
    missing: int


def reported(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> TabReports:
    """The open reports of a tab of the open file, newest first."""
    with services.store.read() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        found = reports.open_reports(tx, row.id, limit=MOST_SHOWN)
        known = rows.known(tx, row.id, [one.subject for one in found if one.kind in _ROWS])
        count = sum(reports.open_counts(tx, row.id).values())
        is_waiting = row.state == "paused" and row.reason == absence.ROWS_MISSING
        missing = len(places.missing(tx, row.id)) if is_waiting else 0
    headers = {key: header for key, header in row.profile["columns"] if design.sees(actor, key)}
    told = [
        Told(one, _name(actor, known.get(one.subject), one.subject))
        if one.kind in _ROWS
        else Told(one, headers.get(one.subject, ""))
        for one in found
    ]
    return TabReports(row, told, count, missing)


def open_count(services: Services, actor: Actor, binding_id: str) -> int:
    """How many reports of the tab are open. NotFound for another account's."""
    with services.store.read() as tx:
        row = sheets.binding(tx, actor.scope, binding_id)
        return sum(reports.open_counts(tx, row.id).values())


def _name(actor: Actor, row: SheetRow | None, row_key: str) -> str:
    """The order, for people who may know ids of its shop; a masked key as it stands in the sheet; else nothing."""
    if is_masked_key(row_key):
        return row_key
    in_scope = row is not None and (actor.shop_ids is None or row.shop_id in actor.shop_ids)
    return row.order_id if row is not None and in_scope and design.sees(actor, "order_id") else ""


def _open(tx: Tx, actor: Actor, spreadsheet_id: str, report_id: str, *kinds: Kind) -> ReportRow:
    """The open report, of one of these kinds and of the open file. NotFound otherwise."""
    found = reports.report_in(tx, actor.scope, report_id)
    sheets.binding_in(tx, actor.scope, spreadsheet_id, found.binding_id)
    if kinds and found.kind not in kinds:
        raise NotFound("This report is no longer open.")
    return found


# --- what needs no write ---------------------------------------------------------------------------------------------


def restore_row(services: Services, actor: Actor, spreadsheet_id: str, report_id: str) -> str:
    """A row that somebody deleted is written again by the next pass, at the end. Returns its binding's id."""
    with services.store.write() as tx:
        found = _open(tx, actor, spreadsheet_id, report_id, Kind.ROW_DELETED)
        places.put_back(tx, found.binding_id, [found.subject], services.clock.now())
        reports.forget(tx, found.binding_id, Kind.ROW_DELETED, [found.subject])
        record(services, tx, actor, spreadsheet_id, deed="restore-row", subject=found.subject)
        services.wake.sheet(tx, spreadsheet_id)
    return found.binding_id


def take_note(services: Services, actor: Actor, spreadsheet_id: str, report_id: str) -> str:
    """Everything stays as it is and nobody is told of it again. A row with a damaged key is not ours from now on.

    Returns the binding's id.
    """
    now = services.clock.now()
    with services.store.write() as tx:
        found = _open(tx, actor, spreadsheet_id, report_id)
        reports.take_note(tx, found.id, now)
        if found.kind == Kind.KEY_DAMAGED:
            places.bury(tx, found.binding_id, [found.subject])
        record(services, tx, actor, spreadsheet_id, deed="take-note", subject=f"{found.kind} {found.subject}")
    return found.binding_id


def accept_missing(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> int:
    """The rows that went at once were deleted on purpose, and the tab goes on without them. Returns how many."""
    return _answer(services, actor, spreadsheet_id, binding_id, deed="accept-missing", settle=places.bury)


def restore_missing(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> int:
    """The rows that went at once are written again, and the tab goes on. Returns how many."""

    def put_back(tx: Tx, binding_id: str, row_keys: Sequence[str]) -> None:
        places.put_back(tx, binding_id, row_keys, services.clock.now())

    return _answer(services, actor, spreadsheet_id, binding_id, deed="restore-missing", settle=put_back)


def _answer(
    services: Services,
    actor: Actor,
    spreadsheet_id: str,
    binding_id: str,
    *,
    deed: str,
    settle: Callable[[Tx, str, Sequence[str]], None],
) -> int:
    with services.store.write() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        if row.state != "paused" or row.reason != absence.ROWS_MISSING:
            raise Conflict("This has been decided already.")
        gone = places.missing(tx, row.id)
        settle(tx, row.id, gone)
        sheets.update_binding(tx, row.id, state="live", reason="", reason_text="")
        record(services, tx, actor, spreadsheet_id, deed=deed, subject=f"{row.tab_title}: {len(gone)}")
        leases.unqueue_file(tx, spreadsheet_id)
        services.wake.sheet(tx, spreadsheet_id)
    return len(gone)


def record(services: Services, tx: Tx, actor: Actor, spreadsheet_id: str, *, deed: str, subject: str) -> None:
    """Who did this, on record."""
    now = services.clock.now()
    deeds.record(tx, actor.account_id, sub=actor.sub, deed=deed, subject=subject, at=now, spreadsheet_id=spreadsheet_id)


def read_open(services: Services, actor: Actor, spreadsheet_id: str, report_id: str, *kinds: Kind) -> ReportRow:
    """The open report, of one of these kinds and of the open file. NotFound otherwise."""
    with services.store.read() as tx:
        return _open(tx, actor, spreadsheet_id, report_id, *kinds)
