"""Files and bindings: which spreadsheet belongs to whom, written for which audience, from which profile.

A spreadsheet id from a request means nothing here until the caller's own token proved access to it; reads with a
caller take a Scope. The worker's reads start from a file row (`file_unscoped`), never from a request.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.core.roles import Scope
from service.errors import NotFound
from service.store.records import BindingRow, FileRow, ProfileRow, columns_of, many, one
from service.store.session import Tx, hits
from service.store.tables import bindings, files, profiles

FILE = columns_of(files, FileRow)
BINDING = columns_of(bindings, BindingRow)
#: Made once, these: every pass or every sweep asks them, and making a statement costs more than running it.
_FILE = sa.select(*FILE).where(files.c.spreadsheet_id == sa.bindparam("file"))
_AGE = (bindings.c.created_at, bindings.c.id)
_STANDING = sa.select(*BINDING).where(bindings.c.stopped_at.is_(None)).order_by(*_AGE)
_BINDINGS_IN = _STANDING.where(bindings.c.spreadsheet_id == sa.bindparam("file"))
_BINDINGS_OF = _STANDING.where(bindings.c.account_id == sa.bindparam("account"))
_BINDING = sa.select(*BINDING).where(bindings.c.id == sa.bindparam("binding"))
_FILLING = (
    sa.select(*BINDING)
    .join(files, files.c.spreadsheet_id == bindings.c.spreadsheet_id)
    .where(
        sa.or_(bindings.c.fill_at.is_not(None), bindings.c.fill_stopped_at.is_not(None)),
        bindings.c.stopped_at.is_(None),
        bindings.c.state != "paused",
        bindings.c.reason == "",
        files.c.state == "live",
    )
)


def file_unscoped(tx: Tx, spreadsheet_id: str) -> FileRow | None:
    """The file's row, whoever it belongs to. For the worker, and to decide which account a bound file is of."""
    return one(FileRow, tx.execute(_FILE, {"file": spreadsheet_id}).first())


def file(tx: Tx, scope: Scope, spreadsheet_id: str) -> FileRow:
    """The file in scope. NotFound otherwise, also for another account's."""
    found = file_unscoped(tx, spreadsheet_id)
    if found is None or found.account_id != scope.account_id:
        raise NotFound("This spreadsheet is not connected to Rowstream.")
    return found


def files_of(tx: Tx, scope: Scope) -> list[FileRow]:
    """The account's files that have a binding which is not stopped, newest first."""
    live = sa.select(bindings.c.spreadsheet_id).where(bindings.c.stopped_at.is_(None))
    query = sa.select(*FILE).where(files.c.account_id == scope.account_id, files.c.spreadsheet_id.in_(live))
    return many(FileRow, tx.execute(query.order_by(files.c.created_at.desc())))


def add_file(tx: Tx, row: FileRow) -> None:
    """The spreadsheet belongs to the account. The primary key refuses a second owner."""
    tx.execute(
        sa.insert(files).values(
            spreadsheet_id=row.spreadsheet_id, account_id=row.account_id, title=row.title, audience=row.audience,
            writer_email=row.writer_email, time_zone=row.time_zone, state=row.state,
            approved_readers=row.approved_readers, created_at=row.created_at, consent_id=row.consent_id,
        )
    )  # fmt: skip


def update_file(tx: Tx, spreadsheet_id: str, **values: Any) -> None:
    """These columns of the file have these values."""
    tx.execute(sa.update(files).where(files.c.spreadsheet_id == spreadsheet_id).values(**values))


def release_file(tx: Tx, spreadsheet_id: str) -> None:
    """The file belongs to nobody, if no binding of it is left; another account may then bind it."""
    left = sa.select(bindings.c.id).where(bindings.c.spreadsheet_id == spreadsheet_id, bindings.c.stopped_at.is_(None))
    tx.execute(sa.delete(files).where(files.c.spreadsheet_id == spreadsheet_id, ~sa.exists(left)))


def writer_load(tx: Tx) -> Mapping[str, int]:
    """How many files each writer writes, so that new ones go to the least busy."""
    query = sa.select(files.c.writer_email, sa.func.count()).group_by(files.c.writer_email)
    return {email: int(number) for email, number in tx.execute(query)}


def add_binding(tx: Tx, row: BindingRow, *, created_by: str) -> None:
    """A new binding. The unique index refuses a second live one on the same tab."""
    tx.execute(
        sa.insert(bindings).values(
            id=row.id, account_id=row.account_id, spreadsheet_id=row.spreadsheet_id, sheet_id=row.sheet_id,
            tab_title=row.tab_title, profile=dict(row.profile), profile_id=row.profile_id, audience=row.audience,
            mask=row.mask, header_row=row.header_row, state=row.state, fill_at=row.fill_at, fill_total=row.fill_total,
            fill_started_at=row.fill_started_at, fill_from_at=row.fill_from_at, window_days=row.window_days,
            is_ticking=row.is_ticking, created_by=created_by, created_at=row.created_at,
            archive_of=row.archive_of, roll_due_at=row.roll_due_at,
        )
    )  # fmt: skip


def update_binding(tx: Tx, binding_id: str, **values: Any) -> None:
    """These columns of the binding have these values."""
    tx.execute(sa.update(bindings).where(bindings.c.id == binding_id).values(**values))


def stop_binding(tx: Tx, binding_id: str, now: datetime) -> None:
    """The binding is over: its rows stay in the sheet and are no longer written."""
    tx.execute(
        sa.update(bindings).where(bindings.c.id == binding_id).values(state="stopped", stopped_at=now, reason="")
    )


def bindings_in(tx: Tx, spreadsheet_id: str) -> list[BindingRow]:
    """The file's bindings that are not stopped, oldest first."""
    return many(BindingRow, tx.execute(_BINDINGS_IN, {"file": spreadsheet_id}))


def binding(tx: Tx, scope: Scope, binding_id: str) -> BindingRow:
    """A binding in scope. NotFound otherwise, also for another account's."""
    query = sa.select(*BINDING).where(
        bindings.c.id == binding_id, bindings.c.account_id == scope.account_id, bindings.c.stopped_at.is_(None)
    )
    found = one(BindingRow, tx.execute(query).first())
    if found is None:
        raise NotFound("This tab is not connected to Rowstream.")
    return found


def binding_in(tx: Tx, scope: Scope, spreadsheet_id: str, binding_id: str) -> BindingRow:
    """A binding in scope that is of this file. NotFound otherwise."""
    found = binding(tx, scope, binding_id)
    if found.spreadsheet_id != spreadsheet_id:
        raise NotFound("This tab is not connected to Rowstream.")
    return found


def binding_unscoped(tx: Tx, binding_id: str) -> BindingRow | None:
    """The binding, for the worker, which has no caller."""
    return one(BindingRow, tx.execute(_BINDING, {"binding": binding_id}).first())


def bindings_of_account(tx: Tx, account_id: str) -> list[BindingRow]:
    """Every binding of the account that is not stopped. For ingest, to mark rows, and for role changes."""
    return many(BindingRow, tx.execute(_BINDINGS_OF, {"account": account_id}))


def filling(tx: Tx) -> list[BindingRow]:
    """Bindings whose backfill still has orders to mark, or is to end, where nothing rests."""
    return many(BindingRow, tx.execute(_FILLING))


def add_profile(tx: Tx, row: ProfileRow, *, created_by: str, now: datetime) -> None:
    """A saved profile."""
    tx.execute(
        sa.insert(profiles).values(
            id=row.id, account_id=row.account_id, name=row.name, preset=row.preset, body=dict(row.body),
            created_by=created_by, created_at=now,
        )
    )  # fmt: skip


def update_profile(tx: Tx, scope: Scope, profile_id: str, *, name: str, body: Mapping[str, Any]) -> None:
    """The profile has this name and body. NotFound for another account's."""
    query = sa.update(profiles).where(profiles.c.id == profile_id, profiles.c.account_id == scope.account_id)
    if not hits(tx, query.values(name=name, body=dict(body))):
        raise NotFound("This profile does not exist.")


def profile(tx: Tx, scope: Scope, profile_id: str) -> ProfileRow:
    """A saved profile in scope. NotFound otherwise."""
    found = next((row for row in profiles_of(tx, scope) if row.id == profile_id), None)
    if found is None:
        raise NotFound("This profile does not exist.")
    return found


def profiles_of(tx: Tx, scope: Scope) -> Sequence[ProfileRow]:
    """The account's saved profiles, by name."""
    query = sa.select(*columns_of(profiles, ProfileRow)).where(profiles.c.account_id == scope.account_id)
    return many(ProfileRow, tx.execute(query.order_by(profiles.c.name, profiles.c.id)))
