"""Reports: what a person did to a bound tab that we do not undo by ourselves. Each kind has an action that does.

Rows deleted, columns deleted or replaced, keys damaged, rows copied. Nothing is written into a sheet here.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from service.core.roles import Scope
from service.errors import NotFound
from service.store.records import ReportRow, columns_of, many, one
from service.store.session import Tx, hits, insert_into
from service.store.tables import bindings, reports

REPORT = columns_of(reports, ReportRow)


class Kind(StrEnum):
    """What was found. `subject` is a row key, or for columns a column key."""

    ROW_DELETED = "row-deleted"
    ROW_COPIED = "row-copied"
    KEY_DAMAGED = "key-damaged"
    COLUMN_DELETED = "column-deleted"
    COLUMN_REPLACED = "column-replaced"


def report(tx: Tx, ids: Mapping[str, str], binding_id: str, kind: Kind, *, places: Mapping[str, str],
           now: datetime) -> int:  # fmt: skip
    """These subjects are reported, once each however often they are seen. Returns how many are new.

    `ids`: subject → id of a new report; `places`: subject → A1 address in the tab, "" when there is none.
    """
    new = [
        {"id": ids[subject], "binding_id": binding_id, "kind": kind, "subject": subject, "place": place, "seen_at": now}
        for subject, place in places.items()
    ]
    added = 0
    for start in range(0, len(new), 500):
        statement = insert_into(tx, reports).values(new[start : start + 500])
        added += hits(
            tx,
            statement.on_conflict_do_nothing(
                index_elements=["binding_id", "kind", "subject"], index_where=reports.c.closed_at.is_(None)
            ),
        )
    return added


def forget(tx: Tx, binding_id: str, kind: Kind, subjects: Collection[str]) -> int:
    """These are put right, or no longer so: should it happen again, it is reported again. Returns how many."""
    return sum(
        hits(
            tx,
            sa.delete(reports).where(
                reports.c.binding_id == binding_id, reports.c.kind == kind, reports.c.subject.in_(some)
            ),
        )
        for some in _some(subjects)
    )


def take_note(tx: Tx, report_id: str, now: datetime) -> None:
    """Somebody has seen it and leaves it so. What stays as it is is not reported again: see `reported`."""
    tx.execute(sa.update(reports).where(reports.c.id == report_id).values(closed_at=now))


def reported(tx: Tx, binding_id: str, *kinds: Kind) -> set[tuple[str, str]]:
    """(kind, subject) of all that is or was reported of the tab and not put right, what was taken note of included."""
    query = sa.select(reports.c.kind, reports.c.subject).where(
        reports.c.binding_id == binding_id, reports.c.kind.in_(kinds)
    )
    return {(kind, subject) for kind, subject in tx.execute(query)}


def forget_noted(tx: Tx, before: datetime) -> int:
    """Reports of rows that somebody took note of before this are gone. Those of columns stay with their tab."""
    of_rows = reports.c.kind.in_((Kind.ROW_DELETED, Kind.ROW_COPIED, Kind.KEY_DAMAGED))
    return hits(tx, sa.delete(reports).where(of_rows, reports.c.closed_at < before))


def open_reports(tx: Tx, binding_id: str, *, limit: int) -> list[ReportRow]:
    """What is reported of the tab and not put right yet, newest first."""
    query = sa.select(*REPORT).where(reports.c.binding_id == binding_id, reports.c.closed_at.is_(None))
    return many(ReportRow, tx.execute(query.order_by(reports.c.seen_at.desc(), reports.c.subject).limit(limit)))


def open_subjects(tx: Tx, binding_id: str, kind: Kind) -> list[str]:
    """Subjects of the open reports of one kind."""
    query = sa.select(reports.c.subject).where(
        reports.c.binding_id == binding_id, reports.c.kind == kind, reports.c.closed_at.is_(None)
    )
    return list(tx.execute(query).scalars())


def open_counts(tx: Tx, binding_id: str) -> dict[str, int]:
    """Kind → number of open reports of the tab."""
    query = (
        sa.select(reports.c.kind, sa.func.count())
        .where(reports.c.binding_id == binding_id, reports.c.closed_at.is_(None))
        .group_by(reports.c.kind)
    )
    return {kind: int(number) for kind, number in tx.execute(query)}


def report_in(tx: Tx, scope: Scope, report_id: str) -> ReportRow:
    """An open report in scope. NotFound otherwise, also for another account's."""
    query = (
        sa.select(*REPORT)
        .join(bindings, bindings.c.id == reports.c.binding_id)
        .where(
            reports.c.id == report_id,
            reports.c.closed_at.is_(None),
            bindings.c.account_id == scope.account_id,
            bindings.c.stopped_at.is_(None),
        )
    )
    found = one(ReportRow, tx.execute(query).first())
    if found is None:
        raise NotFound("This report is no longer open.")
    return found


def _some(subjects: Collection[str]) -> Iterator[list[str]]:
    found = list(subjects)
    for start in range(0, len(found), 500):
        yield found[start : start + 500]
