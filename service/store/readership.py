"""What the comparison of a file's readers with the account's members goes by, and when it is due.

`checked_at` of a file: when its readers were last found in order, or not; empty = in doubt, somebody's right has
changed. `listed_at`: when the whole list was last compared. No reader is judged here.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.store.records import FileRow, MemberRow, columns_of, many, one
from service.store.session import Tx, hits
from service.store.tables import files, members, people

FILE = columns_of(files, FileRow)


def memberships(tx: Tx, account_id: str) -> list[MemberRow]:
    """Every membership the account ever had, those that are over too, under the address Google last gave."""
    query = (
        sa.select(people.c.email.label("known_as"), *columns_of(members, MemberRow))
        .join(people, people.c.sub == members.c.sub)
        .where(members.c.account_id == account_id)
        .order_by(members.c.joined_at, members.c.id)
    )
    found = []
    for known_as, *values in tx.execute(query):
        row = MemberRow(*values)
        found.append(replace(row, email=known_as or row.email))
    return found


def has_ended(tx: Tx, account_id: str, *, since: datetime, now: datetime) -> bool:
    """Whether a membership of the account ran out after `since`."""
    query = sa.select(members.c.id).where(members.c.account_id == account_id, _ran_out(since, now)).limit(1)
    return tx.execute(query).first() is not None


def doubt_changed(tx: Tx, now: datetime, *, reasons: Collection[str]) -> None:
    """Files of accounts with a membership that ran out since their readers were looked at are in doubt; so are those
    paused for one of `reasons` where somebody has joined since.
    """
    tx.execute(_DOUBT_CHANGED, {"now": now, "reasons": list(reasons)})


def _ran_out(
    since: datetime | sa.ColumnElement[datetime], now: datetime | sa.BindParameter[datetime]
) -> sa.ColumnElement[bool]:
    return sa.and_(members.c.revoked_at.is_(None), members.c.expires_at <= now, members.c.expires_at > since)


def doubt(tx: Tx, account_id: str) -> list[str]:
    """Who can open the account's files is to be compared anew before the next write. The files, by id."""
    tx.execute(sa.update(files).where(files.c.account_id == account_id).values(checked_at=None))
    query = sa.select(files.c.spreadsheet_id).where(files.c.account_id == account_id)
    return list(tx.execute(query.order_by(files.c.spreadsheet_id)).scalars())


def doubt_file(tx: Tx, spreadsheet_id: str) -> None:
    """The same for one file."""
    tx.execute(sa.update(files).where(files.c.spreadsheet_id == spreadsheet_id).values(checked_at=None))


def confirm(tx: Tx, spreadsheet_id: str, now: datetime) -> bool:
    """Whether the file was found in order at `now`: not when it is in doubt or paused meanwhile."""
    statement = sa.update(files).where(
        files.c.spreadsheet_id == spreadsheet_id, files.c.state == "live", files.c.checked_at.is_not(None)
    )
    return bool(hits(tx, statement.values(checked_at=now)))


def hold(tx: Tx, spreadsheet_id: str) -> FileRow | None:
    """The file as it is now; nobody else changes it until the transaction ends.

    Whoever takes a right away puts the account's files in doubt in the same transaction: it is either seen by what is
    read after this, or its doubt comes after what is written here.
    """
    mine = files.c.spreadsheet_id == spreadsheet_id
    tx.execute(sa.update(files).where(mine).values(listed_at=files.c.listed_at))
    return one(FileRow, tx.execute(sa.select(*FILE).where(mine)).first())


def due(tx: Tx, now: datetime, *, listed_before: datetime, reasons: Collection[str], limit: int) -> list[FileRow]:
    """Files whose readers should be looked at though nothing is written, longest waiting first.

    Live ones in doubt or not wholly compared since `listed_before`; of those paused for one of `reasons`, the ones in
    doubt and the ones whose next look has come.
    """
    values = {"now": now, "listed_before": listed_before, "reasons": list(reasons), "most": limit}
    return many(FileRow, tx.execute(_DUE, values))


_NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=files.c.checked_at.type)
_IS_WAITING = sa.and_(files.c.state == "paused", files.c.reason.in_(sa.bindparam("reasons", expanding=True)))


def _doubt_changed() -> sa.Update:
    has_joined = sa.and_(_IS_WAITING, members.c.revoked_at.is_(None), members.c.joined_at > files.c.checked_at)
    changed = sa.select(members.c.id).where(
        members.c.account_id == files.c.account_id, sa.or_(_ran_out(files.c.checked_at, _NOW), has_joined)
    )
    return sa.update(files).where(files.c.checked_at.is_not(None), sa.exists(changed)).values(checked_at=None)


def _due() -> sa.Select[Any]:
    is_rested = sa.or_(files.c.not_before.is_(None), files.c.not_before <= _NOW)
    is_doubted = files.c.checked_at.is_(None)
    is_old = sa.or_(files.c.listed_at.is_(None), files.c.listed_at <= sa.bindparam("listed_before"))
    is_live = sa.and_(
        files.c.state == "live", is_rested, sa.or_(is_doubted, sa.and_(is_old, files.c.checked_at <= _NOW))
    )
    is_paused = sa.and_(_IS_WAITING, sa.or_(is_doubted, is_rested))
    query = sa.select(*FILE).where(sa.or_(is_live, is_paused)).order_by(files.c.listed_at, files.c.spreadsheet_id)
    return query.limit(sa.bindparam("most", type_=sa.Integer))


#: Made once: every sweep runs them, and making a statement costs more than running it.
_DOUBT_CHANGED, _DUE = _doubt_changed(), _due()
