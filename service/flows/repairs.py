"""Putting right what people did to a bound tab, because somebody asks for it: one function for each button that writes.

Each takes the spreadsheet's lease and the person's own token, as "Refresh now" does, and looks first whether it is
still called for, so that it may be repeated.
"""

from collections.abc import Callable

from service.core.cells import BLANK
from service.core.roles import Actor
from service.errors import Conflict
from service.flows import (
    Services,
    corrections,
    finding,
    looks,
    quota,
    reading,
    refused,
    reporting,
    share,
    turns,
    writers,
)
from service.flows.due_rows import TabWork
from service.flows.passes import ChangedError, Pass, hold
from service.flows.quota import NoSlotError
from service.google import grid, setup, tabs
from service.google.identities import UserIdentity
from service.google.problems import RequestRefused
from service.google.tabs import TabView
from service.store import audits as audit_store
from service.store import people, places, reports, rows, sheets
from service.store.records import ReportRow, SheetRow
from service.store.reports import Kind

BUDGET_S = 15.0


def repair_key(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, report_id: str) -> str:
    """The key stands in its cell again, if the row still shows its order. Conflict when it does not.

    Returns the binding's id.
    """
    found = reporting.read_open(services, actor, spreadsheet_id, report_id, Kind.KEY_DAMAGED)

    def write(this: Pass, one: TabWork) -> bool:
        at = _row(this, found).position
        return at is not None and at >= 0 and corrections.write_key(this, one, at=at, row_key=found.subject)

    _mend(services, actor, identity, found, write=write, deed="repair-key", spreadsheet_id=spreadsheet_id)
    return found.binding_id


def remove_copy(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, report_id: str) -> str:
    """One copy of a row shows nothing of ours any more; what people wrote beside it stays. Returns the binding's id.

    Among the places of the row, the lowest in the tab goes that holds nothing of people's own, else the lowest.
    """
    found = reporting.read_open(services, actor, spreadsheet_id, report_id, Kind.ROW_COPIED)

    def write(this: Pass, one: TabWork) -> bool:
        return _clear_copy(this, one, _row(this, found))

    _mend(services, actor, identity, found, write=write, deed="remove-copy", spreadsheet_id=spreadsheet_id)
    return found.binding_id


def _clear_copy(this: Pass, one: TabWork, row: SheetRow) -> bool:
    standing = sorted({*(row.copies or ()), *([row.position] if row.position is not None else [])}, reverse=True)
    if len(standing) < 2:
        return False
    quota.take_care(this.services, this.identity, read=1)
    view = finding.read_header(this, one.tab, rows_too=standing)
    if view is None or any(view.key_at(at, one.tab) != row.row_key for at in standing):
        return False
    chosen = next((at for at in standing if not _holds_own(view, at)), standing[0])
    if not corrections.clear_copy(this, one, at=chosen, row_key=row.row_key):
        return False
    left = [at for at in standing if at != chosen]
    with this.services.store.write() as tx:
        hold(this, tx)
        places.stand(tx, one.bound.row.id, row.row_key, left[-1], copies=left[:-1])
        reports.forget(tx, one.bound.row.id, Kind.ROW_COPIED, [row.row_key])
        if len(left) > 1:
            where = grid.a1_cell(left[0], view.columns[one.tab.key_column])
            ids = {row.row_key: this.services.new_id()}
            now = this.services.clock.now()
            reports.report(tx, ids, one.bound.row.id, Kind.ROW_COPIED, places={row.row_key: where}, now=now)
    return True


def _holds_own(view: TabView, at: int) -> bool:
    """Whether people wrote something into this row, outside our columns."""
    ours = set(view.columns.values())
    return any(cell != BLANK for column, cell in enumerate(view.rows.get(at, ())) if column not in ours)


def restore_column(
    services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, report_id: str
) -> str:
    """The column stands in the tab again, right of our others, and is filled by the next passes. Theirs is left alone.

    Returns the binding's id.
    """
    kinds = (Kind.COLUMN_DELETED, Kind.COLUMN_REPLACED)
    found = reporting.read_open(services, actor, spreadsheet_id, report_id, *kinds)

    def write(this: Pass, one: TabWork) -> bool:
        return _add_column(this, one, found)

    _mend(services, actor, identity, found, write=write, deed="restore-column", spreadsheet_id=spreadsheet_id)
    return found.binding_id


def _add_column(this: Pass, one: TabWork, report: ReportRow) -> bool:
    quota.take_care(this.services, this.identity, read=1, write=1)
    header = tabs.spot_filters(one.tab, rows=(), tail_from=one.tab.header_row + 1)[:-1]
    file = reading.read(this, header, [one.tab])
    view = file.tabs.get(one.tab.sheet_id)
    if view is None or report.subject not in one.tab.headers or one.tab.key_column not in view.columns:
        return False
    if report.subject not in view.columns or report.subject in view.proposed:
        marked = [at for key, at in view.columns.items() if key not in view.proposed]
        columns = looks.header_columns(one.bound.profile, one.audience, locale=file.locale)
        requests = setup.one_column(
            one.tab.sheet_id,
            index=max(marked or view.columns.values()) + 1,
            column_count=view.column_count,
            header_row=one.tab.header_row,
            owner=(one.bound.row.id, report.id),
            column=next(column for column in columns if column.key == report.subject),
        )
        try:
            this.services.google.batch_update(
                this.identity, this.file.spreadsheet_id, body={"requests": requests}, fields="spreadsheetId",
                budget_s=this.budget_s,
            )  # fmt: skip
        except RequestRefused as problem:
            refused.explain(this, problem, requests)
            raise
        finally:
            this.tally.writes += 1
    with this.services.store.write() as tx:
        hold(this, tx)
        for kind in (Kind.COLUMN_DELETED, Kind.COLUMN_REPLACED):
            reports.forget(tx, one.bound.row.id, kind, [report.subject])
        places.doubt_all(tx, one.bound.row.id, this.services.clock.now())
    return True


def _row(this: Pass, report: ReportRow) -> SheetRow:
    with this.services.store.read() as tx:
        found = rows.known(tx, report.binding_id, [report.subject]).get(report.subject)
    if found is None:
        raise ChangedError
    return found


def _mend(
    services: Services,
    actor: Actor,
    identity: UserIdentity,
    report: ReportRow,
    *,
    write: Callable[[Pass, TabWork], bool],
    deed: str,
    spreadsheet_id: str,
) -> None:
    """`write` was done under the spreadsheet's lease. Conflict when somebody else writes, or the tab has changed."""
    with services.store.read() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        account = people.account(tx, actor.account_id)
        row = sheets.binding(tx, actor.scope, report.binding_id)
    if file.state != "live" or row.state != "live":
        raise Conflict("This sheet is paused. Let it go on first.")
    own = UserIdentity(identity.token, name=f"user:{actor.sub}")
    eyes = writers.writer_of(services, file) or own
    if not share.guard(services, eyes, file, budget_s=BUDGET_S):
        raise Conflict("Somebody can open this file who may not see it. Check the sharing first.")
    done: list[bool] = []

    def work(this: Pass) -> None:
        with services.store.read() as tx:
            fresh = sheets.binding(tx, actor.scope, row.id)
        if fresh.profile != row.profile:  # it took a changed profile while we waited
            raise ChangedError
        done.append(write(this, finding.open_tab(services, row, share.audience_of(account, file))))

    try:
        if turns.await_turn(services, file, own, work=work, budget_s=BUDGET_S, kind="repair") is None:
            raise Conflict("Rows are being written at this moment. Try again in a few seconds.")
    except NoSlotError as full:
        raise Conflict("Google lets us write again in a few seconds. Try again then.") from full
    is_done = done == [True]
    with services.store.write() as tx:
        audit_store.hasten(tx, [row.id], services.clock.now())
        reporting.record(services, tx, actor, spreadsheet_id, deed=deed, subject=report.subject)
        services.wake.sheet(tx, spreadsheet_id)
    if not is_done:
        raise Conflict("The tab has changed meanwhile. We look at it again: see what is reported then.")
