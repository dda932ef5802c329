"""Places of rows: where a full read of the keys found them, which stand more than once, and which nowhere any more.

Positions are grid row indexes from 0 and only hints: a read of the sheet proves them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from service.store.intents import LATE_WRITE
from service.store.records import SheetRow, many
from service.store.rows import DELETED, ROW, change, dirty_since, named
from service.store.session import Tx, hits
from service.store.tables import intents, sheet_rows

MOST_SHIFTS = 50  # stretches of rows moved by one statement each; beyond that every row is moved by its key


@dataclass(frozen=True, slots=True)
class Missed:
    """A row that was proved to stand in the tab and that a full read did not find.

    `position`: where it stood last, None when an earlier read missed it too. `absent_at`: when it was missed first.
    """

    position: int | None
    absent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Placed:
    """What a full read of the keys came to. `standing`: rows the tab should hold, the missed ones among them.

    `back`: rows that had been taken for deleted and stand there again. `copied`: row key → further places of rows that
    stand more often than before; `single`: rows that had copies and have none any more. `taken`: the places of rows
    that stand once. `strange`: what stands in the key column and is no row's key.
    """

    moved: int = 0
    standing: int = 0
    missed: Mapping[str, Missed] = field(default_factory=dict)
    back: tuple[str, ...] = ()
    copied: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    single: tuple[str, ...] = ()
    taken: frozenset[int] = frozenset()
    strange: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Move:
    row_key: str
    old: int
    new: int


def place(tx: Tx, binding_id: str, found: Mapping[str, Sequence[int]], *, now: datetime) -> Placed:
    """Rows stand where a full read found their keys (`found`: key → places, top first); the others have no place.

    A row stays the one it was among its copies. A row taken for deleted and seen again is a row like any other, and
    dirty. What is to be thought of missed rows is for the caller to say.
    """
    census = _Census()
    for row in tx.execute(_known(binding_id)):
        census.count(row, found.get(row.row_key, ()))
    _put(tx, binding_id, dict.fromkeys(census.unplaced))  # out of the way of the stretches
    _shift(tx, binding_id, census.shifted, census.still)
    _put(tx, binding_id, census.placed)
    _set_copies(tx, binding_id, census.copies)
    change(tx, binding_id, census.seen, absent_at=None)
    change(tx, binding_id, census.back, is_known=False, version=sheet_rows.c.version + 1, dirty_at=dirty_since(now))
    return Placed(
        moved=len(census.shifted),
        standing=census.standing,
        missed=census.missed,
        back=tuple(census.back),
        copied=census.copied,
        single=tuple(key for key, further in census.copies.items() if further is None),
        taken=frozenset(census.taken),
        strange=frozenset(found.keys() - census.known),
    )


@dataclass(slots=True)
class _Census:
    """What every row of a binding comes to, beside what was known of it."""

    standing: int = 0
    shifted: list[_Move] = field(default_factory=list)
    still: list[int] = field(default_factory=list)
    placed: dict[str, int | None] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)
    missed: dict[str, Missed] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    copies: dict[str, list[int] | None] = field(default_factory=dict)
    copied: dict[str, tuple[int, ...]] = field(default_factory=dict)
    taken: list[int] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def count(self, row: sa.Row[Any], places: Sequence[int]) -> None:
        self.known.add(row.row_key)
        self.standing += bool(row.was_written and row.position != DELETED)
        if places:
            at = row.position if row.position in places else places[0]
            self._present(row, at)
            self._count_copies(row, at, [one for one in places if one != at])
        elif row.position != DELETED:
            self._absent(row)

    def _absent(self, row: sa.Row[Any]) -> None:
        if row.was_written:
            self.missed[row.row_key] = Missed(row.position, row.absent_at)
        if row.position is not None:
            self.unplaced.append(row.row_key)
        if row.copies:
            self.copies[row.row_key] = None

    def _present(self, row: sa.Row[Any], at: int) -> None:
        if row.absent_at is not None:
            self.seen.append(row.row_key)
        if row.position == DELETED:
            self.back.append(row.row_key)
        if row.position is None or row.position == DELETED:
            self.placed[row.row_key] = at
        elif at != row.position:
            self.shifted.append(_Move(row.row_key, row.position, at))
        else:
            self.still.append(at)

    def _count_copies(self, row: sa.Row[Any], at: int, further: list[int]) -> None:
        if not further:
            self.taken.append(at)
        if len(further) > len(row.copies or ()):
            self.copied[row.row_key] = tuple(further)
        if further != (row.copies or []):
            self.copies[row.row_key] = further or None


def _known(binding_id: str) -> sa.Select[Any]:
    table = sheet_rows.c
    was_written = table.image.is_not(None).label("was_written")
    columns = (table.row_key, table.position, table.absent_at, table.copies, was_written)
    return sa.select(*columns).where(table.binding_id == binding_id)


def _shift(tx: Tx, binding_id: str, moves: Sequence[_Move], still: Sequence[int]) -> None:
    """Rows have their new places: whole stretches at once where people inserted or deleted some, else one by one."""
    stretches = _stretches(moves, still)
    if stretches is None:
        _put(tx, binding_id, {move.row_key: move.new for move in moves})
        return
    for first, last, by in stretches:
        tx.execute(
            sa.update(sheet_rows)
            .where(sheet_rows.c.binding_id == binding_id, sheet_rows.c.position.between(first, last))
            .values(position=sheet_rows.c.position + by)
        )


def _stretches(moves: Sequence[_Move], still: Sequence[int]) -> list[tuple[int, int, int]] | None:
    """(first, last, by) of each stretch of old places that moved alike, in the order in which they can be moved.

    None when that is no help: too many of them, or some up and some down, so that one would carry along another.
    """
    if len(moves) < MOST_SHIFTS:
        return None
    ordered = sorted([(move.old, move.new - move.old) for move in moves] + [(at, 0) for at in still])
    if any(here == there for (here, _), (there, _) in pairwise(ordered)):
        return None  # two rows believed at one place: their places were guesses
    stretches = list(_runs(ordered))
    ways = {by > 0 for _, _, by in stretches}
    if len(stretches) > MOST_SHIFTS or len(ways) > 1:
        return None
    return sorted(stretches, reverse=ways == {True})


def _runs(ordered: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    first = last = by = 0
    for at, shift in ordered:
        if by and shift == by:
            last = at
            continue
        if by:
            yield first, last, by
        first, last, by = at, at, shift
    if by:
        yield first, last, by


def _put(tx: Tx, binding_id: str, positions: Mapping[str, int | None]) -> None:
    if not positions:
        return
    statement = (
        sa.update(sheet_rows)
        .where(sheet_rows.c.binding_id == binding_id, sheet_rows.c.row_key == sa.bindparam("b_key"))
        .values(position=sa.bindparam("b_position"))
    )
    tx.connection().execute(statement, [{"b_key": key, "b_position": at} for key, at in positions.items()])


def _set_copies(tx: Tx, binding_id: str, copies: Mapping[str, list[int] | None]) -> None:
    for key, further in copies.items():
        change(tx, binding_id, [key], copies=sa.null() if further is None else further)


def move(tx: Tx, binding_id: str, positions: Mapping[str, int]) -> None:
    """These rows were seen here."""
    _put(tx, binding_id, dict(positions))


def found(tx: Tx, binding_id: str, row_keys: Collection[str]) -> None:
    """These rows were missed and stand there again."""
    change(tx, binding_id, row_keys, absent_at=None)


def stand(tx: Tx, binding_id: str, row_key: str, at: int, *, copies: Sequence[int]) -> None:
    """The row stands here, and its copies there."""
    change(tx, binding_id, [row_key], position=at, copies=list(copies) or sa.null(), absent_at=None)


def rest(tx: Tx, binding_id: str, row_keys: Collection[str], until: datetime) -> None:
    """These rows are neither looked for nor believed gone before a minute after `until`."""
    change(tx, binding_id, row_keys, absent_at=until)


def bury(tx: Tx, binding_id: str, row_keys: Collection[str]) -> None:
    """A person deleted these rows: they are not written again, and nothing waits for them."""
    change(
        tx, binding_id, row_keys, position=DELETED, copies=sa.null(), settled=sheet_rows.c.version, dirty_at=None,
        absent_at=None, sent_at=None, is_fill=False,
    )  # fmt: skip


def put_back(tx: Tx, binding_id: str, row_keys: Collection[str], now: datetime) -> int:
    """Rows that were deleted are dirty and new to the sheet; should one stand there after all, it is found first.

    Returns how many: only rows that stand nowhere.
    """
    is_nowhere = sa.or_(sheet_rows.c.position.is_(None), sheet_rows.c.position == DELETED)
    values = {
        "position": None, "image": sa.null(), "is_known": False, "version": sheet_rows.c.version + 1,
        "dirty_at": dirty_since(now), "absent_at": None, "sent_at": now - LATE_WRITE,
    }  # fmt: skip
    return hits(tx, sa.update(sheet_rows).where(*named(tx, binding_id, row_keys), is_nowhere).values(**values))


def missing(tx: Tx, binding_id: str) -> list[str]:
    """Keys of the rows that were written, stand nowhere, and are not taken for deleted yet."""
    query = sa.select(sheet_rows.c.row_key).where(
        sheet_rows.c.binding_id == binding_id,
        sheet_rows.c.position.is_(None),
        sheet_rows.c.absent_at.is_not(None),
        sheet_rows.c.image.is_not(None),
    )
    return list(tx.execute(query.order_by(sheet_rows.c.row_key)).scalars())


def unseen(tx: Tx, binding_id: str, keys: Collection[str]) -> list[str]:
    """Keys of the rows that were written, are not taken for deleted, and are not among these, in order."""
    query = sa.select(sheet_rows.c.row_key).where(
        sheet_rows.c.binding_id == binding_id,
        sheet_rows.c.position.is_distinct_from(DELETED),
        sheet_rows.c.image.is_not(None),
    )
    return sorted(set(tx.execute(query).scalars()) - set(keys))


def last(tx: Tx, binding_id: str) -> int | None:
    """The lowest place (highest grid index) at which a row of the binding or a copy of one was last seen."""
    of_binding = sheet_rows.c.binding_id == binding_id
    lowest: int | None = tx.execute(sa.select(sa.func.max(sheet_rows.c.position)).where(of_binding)).scalar()
    copies = tx.execute(sa.select(sheet_rows.c.copies).where(of_binding, sheet_rows.c.copies.is_not(None))).scalars()
    ends = [at for further in copies for at in further] + ([] if lowest is None else [lowest])
    return max(ends, default=None)


def standing(tx: Tx, binding_id: str) -> int:
    """How many rows of the binding stand in the tab, as far as we know."""
    query = sa.select(sa.func.count()).where(sheet_rows.c.binding_id == binding_id, sheet_rows.c.position >= 0)
    return int(tx.execute(query).scalar_one())


def between(tx: Tx, binding_id: str, first: int, last: int) -> set[str]:
    """Keys of the rows last seen from grid row `first` to `last`, without those known to lack their key."""
    query = sa.select(sheet_rows.c.row_key).where(
        sheet_rows.c.binding_id == binding_id,
        sheet_rows.c.position.between(first, last),
        sheet_rows.c.absent_at.is_(None),
    )
    return set(tx.execute(query).scalars())


def noted(tx: Tx, binding_id: str, positions: Collection[int]) -> set[str]:
    """Keys of the rows last seen at these places, those that lack their key by now among them."""
    query = sa.select(sheet_rows.c.row_key).where(
        sheet_rows.c.binding_id == binding_id, sheet_rows.c.position.in_(list(positions))
    )
    return set(tx.execute(query).scalars())


def deleted(tx: Tx, binding_id: str, *, limit: int) -> list[SheetRow]:
    """Rows that a person deleted, newest orders first."""
    query = sa.select(*ROW).where(sheet_rows.c.binding_id == binding_id, sheet_rows.c.position == DELETED)
    return many(SheetRow, tx.execute(query.order_by(sheet_rows.c.sort_at.desc(), sheet_rows.c.row_key).limit(limit)))


def doubt_all(tx: Tx, binding_id: str, now: datetime) -> int:
    """What any row of the binding shows is no longer known: each is read and compared again. Returns how many."""
    values = {"is_known": False, "version": sheet_rows.c.version + 1, "dirty_at": dirty_since(now)}
    is_there = (sheet_rows.c.binding_id == binding_id, sheet_rows.c.position.is_distinct_from(DELETED))
    return hits(tx, sa.update(sheet_rows).where(*is_there).values(**values))


def in_doubt(tx: Tx, spreadsheet_id: str, binding_id: str) -> set[str]:
    """Keys of the binding's rows that a write without a verified answer names."""
    found: set[str] = set()
    for body in tx.execute(sa.select(intents.c.body).where(intents.c.spreadsheet_id == spreadsheet_id)).scalars():
        part = body.get(binding_id, {})
        found.update(part.get("updated", ()), part.get("inserted", ()))
    return found
