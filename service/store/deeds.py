"""The audit trail: who did what, when, in which role and from which sheet, one chain of lines per account.

`record` is the only writer of a line and `let_go` the only one who takes lines away; both keep the chain whole
(`core.chain`). Each account's lines are sealed with a key of its own, which is itself sealed like every secret at rest:
rotating the keys of the service leaves the chain as it is. Nothing of a buyer is ever put into a line.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.core.chain import BEGINNING, LOST, Head, Line, seal_head, seal_line
from service.core.roles import Scope
from service.store.records import columns_of, many
from service.store.session import Tx, at_end, hits, insert_into, sealer_of
from service.store.tables import audit, audit_heads, files, flushes, members

LINES_PER_STEP = 1_000
_WAITING = "rowstream.deeds"

#: Everything of a line that is sealed, as the database holds it: an instant is a number, details are their very text.
_VALUES = (
    audit.c.id,
    sa.type_coerce(audit.c.at, sa.BigInteger).label("at_us"),
    audit.c.sub,
    audit.c.role,
    audit.c.deed,
    audit.c.subject,
    audit.c.spreadsheet_id,
    sa.cast(audit.c.body, sa.Text).label("details"),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the audit trail: who (`sub`, "" when that is another account's business) did what to what."""

    sub: str
    deed: str
    subject: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LoggedDeed:
    """The same with all there is to tell. `role`: as it is written down, "" where nobody's; `body`: more details;
    `hash`: the line's seal.
    """

    id: int
    at: datetime
    sub: str
    role: str
    deed: str
    subject: str
    spreadsheet_id: str
    body: Mapping[str, Any] | None
    hash: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of the log: of these people, of these deeds, since then; None = all."""

    subs: frozenset[str] | None = None
    deeds: frozenset[str] | None = None
    since: datetime | None = None


# --- writing ---------------------------------------------------------------------------------------------------------


def begin(tx: Tx, account_id: str, *, follows: str = BEGINNING) -> None:
    """The account has a chain, still without a line. Idempotent."""
    key = secrets.token_hex(32)
    head = Head(account_id, count=0, let_go=0, first=follows, last=follows)
    statement = insert_into(tx, audit_heads).values(
        key=sealer_of(tx).seal(key), seal=seal_head(key.encode(), head), **_stored(head)
    )
    tx.execute(statement.on_conflict_do_nothing(index_elements=["account_id"]))


def record(  # noqa: PLR0913 - a line has so many parts, and all of them are sealed
    tx: Tx,
    account_id: str,
    *,
    sub: str,
    deed: str,
    subject: str,
    at: datetime,
    spreadsheet_id: str = "",
    role: str = "",
    body: Mapping[str, Any] | None = None,
) -> None:
    """One more line of the audit trail: who (`sub`) did what (`deed`) to what (`subject`), from which sheet.

    `role` is what the person is in the account now, where no other is given. The line is written last in the
    transaction, when the account's chain is held.
    """
    values = {
        "account_id": account_id,
        "at": at,
        "sub": sub,
        "role": role or _role(tx, account_id, sub),
        "deed": deed,
        "subject": subject,
        "spreadsheet_id": spreadsheet_id,
        "body": sa.null() if body is None else dict(body),
    }
    waiting = tx.info.get(_WAITING)
    if waiting is None:
        tx.info[_WAITING] = waiting = []
        at_end(tx, _write_waiting)
    waiting.append(values)


def _role(tx: Tx, account_id: str, sub: str) -> str:
    """The person's role in their latest membership, also one that ended a moment ago."""
    query = sa.select(members.c.role).where(members.c.sub == sub, members.c.account_id == account_id)
    return tx.execute(query.order_by(members.c.joined_at.desc()).limit(1)).scalar() or "" if sub else ""


def _write_waiting(tx: Tx) -> None:
    """Account by account in one order everywhere, so that no two transactions wait for each other."""
    waiting: list[dict[str, Any]] = tx.info.pop(_WAITING)
    for account_id in sorted({line["account_id"] for line in waiting}):
        head, key = _hold(tx, account_id)
        for line in waiting:
            if line["account_id"] == account_id:
                head = _append(tx, head, key, line)
        _store(tx, head, key)


def _append(tx: Tx, head: Head, key: bytes, values: Mapping[str, Any]) -> Head:
    line_id = tx.execute(sa.insert(audit).values(prev=head.last, **values).returning(audit.c.id)).scalar_one()
    written = tx.execute(sa.select(*_VALUES).where(audit.c.id == line_id)).one()
    seal = seal_line(key, head.account_id, tuple(written), head.last)
    tx.execute(sa.update(audit).where(audit.c.id == line_id).values(hash=seal))
    return replace(head, count=head.count + 1, last=seal)


def _hold(tx: Tx, account_id: str) -> tuple[Head, bytes]:
    """Where the account's chain ends, and its key; nobody else adds to it until the transaction ends.

    A chain whose end is gone goes on from nowhere, and says so whenever it is looked through.
    """
    query = sa.select(audit_heads).where(audit_heads.c.account_id == account_id).with_for_update()
    row = tx.execute(query).first()
    if row is None:
        begin(tx, account_id, follows=LOST)
        row = tx.execute(query).one()
    return _head(row), sealer_of(tx).unseal(row.key).encode()


def _store(tx: Tx, head: Head, key: bytes) -> None:
    values = {**_stored(head), "seal": seal_head(key, head)}
    tx.execute(sa.update(audit_heads).where(audit_heads.c.account_id == head.account_id).values(values))


def _stored(head: Head) -> dict[str, Any]:
    return {
        "account_id": head.account_id,
        "count": head.count,
        "let_go": head.let_go,
        "kept_from_hash": head.first,
        "hash": head.last,
    }


def _head(row: sa.Row[Any]) -> Head:
    found = row._mapping
    return Head(
        found["account_id"],
        count=found["count"],
        let_go=found["let_go"],
        first=found["kept_from_hash"],
        last=found["hash"],
    )


def let_go(tx: Tx, account_id: str, before: datetime) -> int:
    """Lines from before then are gone, from the old end on; what is left can still be proved. Returns how many."""
    oldest_at = oldest(tx, account_id)
    if oldest_at is None or oldest_at >= before:
        return 0
    head, key = _hold(tx, account_id)
    kept = sa.select(sa.func.min(audit.c.id)).where(audit.c.account_id == account_id, audit.c.at >= before)
    first_id = tx.execute(kept).scalar()
    gone = sa.and_(audit.c.account_id == account_id, sa.true() if first_id is None else audit.c.id < first_id)
    newest = tx.execute(sa.select(audit.c.hash).where(gone).order_by(audit.c.id.desc()).limit(1)).scalar()
    if newest is None:
        return 0
    count = hits(tx, sa.delete(audit).where(gone))
    first = LOST if head.first == LOST else newest
    _store(tx, replace(head, count=head.count - count, let_go=head.let_go + count, first=first), key)
    return count


# --- proving ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredHead:
    """Where a chain ends as it is stored, with what proves it. `key` None: it cannot be opened."""

    head: Head
    seal: str
    key: bytes | None


def stored_head(tx: Tx, account_id: str) -> StoredHead | None:
    """Where the account's chain ends; None when that is gone."""
    row = tx.execute(sa.select(audit_heads).where(audit_heads.c.account_id == account_id)).first()
    if row is None:
        return None
    try:
        key: bytes | None = sealer_of(tx).unseal(row.key).encode()
    except ValueError:
        key = None
    return StoredHead(_head(row), row.seal, key)


def chain_of(tx: Tx, account_id: str) -> Iterator[Line | None]:
    """The account's lines as they are stored, in the order of their ids; None for one that cannot be read at all.

    To be read in a snapshot, in which a line that is added meanwhile is not seen.
    """
    after = None
    while True:
        ids = _ids_after(tx, account_id, after)
        try:
            yield from _lines(tx, ids)
        except sa.exc.OperationalError as error:
            if not _is_unreadable(error):
                raise
            yield from _lines_one_by_one(tx, ids)
        if len(ids) < LINES_PER_STEP:
            return
        after = ids[-1]


def _ids_after(tx: Tx, account_id: str, after: int | None) -> list[int]:
    query = sa.select(audit.c.id).where(audit.c.account_id == account_id)
    if after is not None:
        query = query.where(audit.c.id > after)
    return list(tx.execute(query.order_by(audit.c.id).limit(LINES_PER_STEP)).scalars())


def _lines(tx: Tx, ids: Collection[int]) -> list[Line]:
    query = sa.select(*_VALUES, audit.c.prev, audit.c.hash).where(audit.c.id.in_(ids)).order_by(audit.c.id)
    return [Line(tuple(values), prev, seal) for *values, prev, seal in tx.execute(query)]


def _lines_one_by_one(tx: Tx, ids: Iterable[int]) -> Iterator[Line | None]:
    for one in ids:
        try:
            yield from _lines(tx, [one])
        except sa.exc.OperationalError as error:
            if not _is_unreadable(error):
                raise
            yield None


def _is_unreadable(error: sa.exc.OperationalError) -> bool:
    """Whether SQLite, which takes any bytes for text, found some that are no letters."""
    return "decode" in str(error.orig)


def accounts_with_lines(tx: Tx) -> list[str]:
    """Every account that has a chain or lines, by id."""
    both = sa.union(sa.select(audit_heads.c.account_id), sa.select(audit.c.account_id))
    return sorted(tx.execute(both).scalars())


# --- reading ---------------------------------------------------------------------------------------------------------


def last_record(tx: Tx, account_id: str, *, deed: str, spreadsheet_id: str = "") -> tuple[str, datetime] | None:
    """Who (`sub`) did this last in the account, and when; in one spreadsheet where one is named."""
    query = sa.select(audit.c.sub, audit.c.at).where(audit.c.account_id == account_id, audit.c.deed == deed)
    if spreadsheet_id:
        query = query.where(audit.c.spreadsheet_id == spreadsheet_id)
    row = tx.execute(query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(1)).first()
    return None if row is None else (row.sub, row.at)


def deeds_since(tx: Tx, account_id: str, since: datetime, *, deeds: Collection[str], subject: str = "") -> list[Deed]:
    """These deeds of the account since then, the oldest first; to one subject where one is named."""
    query = sa.select(audit.c.sub, audit.c.deed, audit.c.subject, audit.c.at).where(
        audit.c.account_id == account_id, audit.c.at >= since, audit.c.deed.in_(sorted(deeds))
    )
    if subject:
        query = query.where(audit.c.subject == subject)
    return many(Deed, tx.execute(query.order_by(audit.c.at, audit.c.id)))


def log(
    tx: Tx, scope: Scope, wanted: Wanted, *, before: tuple[datetime, int] | None = None, limit: int
) -> list[LoggedDeed]:
    """The latest lines of the account that are wanted, or those older than the one `before` (its time and id)."""
    query = sa.select(*columns_of(audit, LoggedDeed)).where(audit.c.account_id == scope.account_id)
    if wanted.subs is not None:
        query = query.where(audit.c.sub.in_(sorted(wanted.subs)))
    if wanted.deeds is not None:
        query = query.where(audit.c.deed.in_(sorted(wanted.deeds)))
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since)
    if before is not None:
        at, line_id = before
        query = query.where(sa.or_(audit.c.at < at, sa.and_(audit.c.at == at, audit.c.id < line_id)))
    return many(LoggedDeed, tx.execute(query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit)))


def actors(tx: Tx, scope: Scope) -> list[str]:
    """The subs of everybody who has a line in the account."""
    query = sa.select(audit.c.sub).where(audit.c.account_id == scope.account_id, audit.c.sub != "").distinct()
    return sorted(tx.execute(query).scalars())


def numbers(tx: Tx, scope: Scope) -> dict[int, int]:
    """Every kept line's number in the whole record, counted from 1, by its id."""
    let_go = tx.execute(sa.select(audit_heads.c.let_go).where(audit_heads.c.account_id == scope.account_id)).scalar()
    ids = tx.execute(sa.select(audit.c.id).where(audit.c.account_id == scope.account_id).order_by(audit.c.id)).scalars()
    return {line_id: number for number, line_id in enumerate(ids, start=(let_go or 0) + 1)}


def used_since(tx: Tx, scope: Scope, since: datetime) -> dict[str, set[str]]:
    """Who did what since then: sub → deeds."""
    query = sa.select(audit.c.sub, audit.c.deed).where(audit.c.account_id == scope.account_id, audit.c.at >= since)
    found: dict[str, set[str]] = {}
    for sub, deed in tx.execute(query.distinct()):
        found.setdefault(sub, set()).add(deed)
    return found


def oldest(tx: Tx, account_id: str) -> datetime | None:
    """When the oldest line was written that is kept."""
    return tx.execute(sa.select(sa.func.min(audit.c.at)).where(audit.c.account_id == account_id)).scalar()


# --- what the service wrote by itself --------------------------------------------------------------------------------


def written_files(tx: Tx) -> list[tuple[str, str, str, str]]:
    """Account, spreadsheet, title and audience of every file that was ever written."""
    query = sa.select(files.c.account_id, files.c.spreadsheet_id, files.c.title, files.c.audience)
    found = tx.execute(query.where(files.c.flushed_at.is_not(None)).order_by(files.c.spreadsheet_id))
    return [(row[0], row[1], row[2], row[3]) for row in found]


def written(tx: Tx, spreadsheet_id: str, after: datetime | None, until: datetime) -> tuple[int, int]:
    """Rows added and rows changed in a file after then and until then, as far as the sync history goes."""
    counts = (sa.func.coalesce(sa.func.sum(column), 0) for column in (flushes.c.inserted, flushes.c.updated))
    query = sa.select(*counts).where(flushes.c.spreadsheet_id == spreadsheet_id, flushes.c.at <= until)
    if after is not None:
        query = query.where(flushes.c.at > after)
    added, changed = tx.execute(query).one()
    return int(added), int(changed)
