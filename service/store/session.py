"""The engine per dialect and one transaction per `with`.

SQLite: WAL, secure_delete, and write transactions that BEGIN IMMEDIATE (a read that turns into a write after another
commit fails at once, whatever the busy timeout). PostgreSQL: psycopg, read committed.
"""

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from service.store.sealed import Sealer

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Tx = Session

#: JSON columns go through msgspec: several times faster than the standard library on order bodies. An error of the
#: database tells its statement and not the values: it may end in a log.
OPTIONS: dict[str, Any] = {
    "hide_parameters": True,
    "json_serializer": lambda value: msgspec.json.encode(value).decode(),
    "json_deserializer": msgspec.json.decode,
}


_AT_END, _SEALER = "rowstream.at_end", "rowstream.sealer"


def insert_into(tx: Tx, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT of this database's own dialect, which knows `on_conflict_do_…`."""
    return insert_for(dialect_of(tx), table)


def insert_for(dialect: str, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """The same by the dialect's name, for statements that are made once."""
    if dialect != "postgresql":
        return sqlite.insert(table)
    # Nobody on SQLite need wait for it.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def dialect_of(tx: Tx) -> str:
    """Sqlite or postgresql."""
    return tx.get_bind().dialect.name


def hits(
    tx: Tx,
    statement: sa.Update | sa.Delete | sa.Insert,
    values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
) -> int:
    """Executes a write and says how many rows it touched: the whole lock wherever only one may win.

    `values` fill the parameters of a statement that was made beforehand; of several, each runs it once more.
    """
    # asked for in so many words, because PostgreSQL's driver is not asked after an INSERT otherwise
    result = tx.execute(statement, values, execution_options={"preserve_rowcount": True})
    assert isinstance(result, sa.CursorResult)  # noqa: S101 - what a write without RETURNING always gives
    return result.rowcount


def execute_each(tx: Tx, statement: sa.Update, values: Sequence[Mapping[str, Any]]) -> None:
    """A write that was made beforehand, once for each of these; values as the driver takes them, JSON as text.

    For thousands at once: what SQLAlchemy does for each of them besides costs twice as much as the row itself.
    """
    connection = tx.connection()
    text, names = _driver_text(statement, connection.dialect)
    connection.exec_driver_sql(text, [tuple(map(one.__getitem__, names)) for one in values] if names else list(values))


@lru_cache(maxsize=16)
def _driver_text(statement: sa.Update, dialect: sa.Dialect) -> tuple[str, Sequence[str]]:
    """The statement in words, and what its places are called, in order; none where the driver goes by names."""
    compiled = statement.compile(dialect=dialect)
    return str(compiled), tuple(compiled.positiontup or ())


def among(tx: Tx, column: sa.ColumnElement[str], texts: Collection[str]) -> sa.ColumnElement[bool]:
    """Whether the column holds one of these texts, all told in one parameter: of thousands, a place of its own in the
    statement costs as much for each as finding the row.
    """
    if dialect_of(tx) != "postgresql":
        listed = sa.func.json_each(msgspec.json.encode(list(texts)).decode()).table_valued("value")
        return column.in_(sa.select(listed.c.value))
    from sqlalchemy.dialects import postgresql  # nobody on SQLite need wait for it

    return column == sa.any_(sa.literal(list(texts), postgresql.ARRAY(sa.Text)))


def at_end(tx: Tx, work: Callable[[Tx], None]) -> None:
    """`work` is done last in the transaction, after all that others do in it: for the rows that everybody wants to
    hold, so that they are held for as short as can be and never while waiting for another row.
    """
    tx.info.setdefault(_AT_END, []).append(work)


def sealer_of(tx: Tx) -> Sealer:
    """The keys of the store that this transaction writes to."""
    sealer = tx.info[_SEALER]
    assert isinstance(sealer, Sealer)  # noqa: S101 - put there by Store.write
    return sealer


def normalise_url(url: str) -> str:
    """The URL SQLAlchemy needs: PostgreSQL always through psycopg."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def make_engine(url: str) -> sa.Engine:
    """An engine for `url`. For SQLite the file is put into WAL mode before anybody else opens it."""
    url = normalise_url(url)
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, **OPTIONS)
    engine = sa.create_engine(url, connect_args={"timeout": 30}, pool_size=10, max_overflow=20, **OPTIONS)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("rowstream_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@dataclass(frozen=True, slots=True)
class Store:
    """The database and the keys that seal secrets in it."""

    engine: sa.Engine
    sealer: Sealer
    #: The same engine, marked; kept, because making one costs as much as a statement.
    _writing: sa.Engine = field(init=False, repr=False, compare=False)
    #: SQLite has one writer at a time and lets the others sleep for up to 100 ms between looks; threads of one process
    #: hand over at once instead. Reentrant, so that a write inside a write fails by SQLite's own time-out.
    _turn: AbstractContextManager[object] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_writing", self.engine.execution_options(rowstream_writes=True))
        object.__setattr__(self, "_turn", threading.RLock() if self.engine.dialect.name == "sqlite" else nullcontext())

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """One read-write transaction: committed at the end of the block, rolled back by any exception."""
        info = {_SEALER: self.sealer}
        with self._turn, Session(self._writing, expire_on_commit=False, info=info) as tx, tx.begin():
            yield tx
            for work in tx.info.get(_AT_END, ()):
                work(tx)

    @contextmanager
    def alone(self) -> Iterator[Callable[[str], tuple[Any, ...]]]:
        """Outside any transaction, for what SQLite does to the whole file; no other thread of this process writes then.

        The value runs one statement and gives its first row. What the file refuses is an OperationalError.
        """
        with self._turn, closing(self.engine.raw_connection()) as connection:

            def execute(statement: str) -> tuple[Any, ...]:
                cursor = connection.cursor()
                try:
                    cursor.execute(statement)
                    return tuple(cursor.fetchone() or ())
                except sqlite3.OperationalError as error:
                    raise sa.exc.OperationalError(statement, None, error) from error
                finally:
                    cursor.close()

            yield execute

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """One read-only transaction: a consistent view, never committed."""
        with Session(self.engine, expire_on_commit=False) as tx:
            yield tx

    @contextmanager
    def snapshot(self) -> Iterator[Tx]:
        """The same, every statement seeing the same moment: for what is only true of rows read together."""
        engine = self.engine
        if engine.dialect.name == "postgresql":  # SQLite's transactions are like this anyway
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with Session(engine, expire_on_commit=False, info={_SEALER: self.sealer}) as tx:
            yield tx
