"""What a database file keeps of rows that were deleted, and the end of it.

SQLite overwrites deleted rows (`secure_delete`), but copies of their pages lie on in the write-ahead log and in pages
that no table uses. Rewriting the file and emptying the log ends that. That something was erased since then is kept in
the file itself, in its `user_version`, by the transaction that erased it: a process that dies loses nothing.
PostgreSQL deletes logically; its own upkeep and that of its disks and backups are the operator's.
"""

import sqlalchemy as sa

from service.store.session import Store, Tx, dialect_of

_MOST = 2**31 - 1  # what the file's header holds


def note(tx: Tx) -> None:
    """Something was erased in this transaction whose traces are to go soon."""
    if dialect_of(tx) == "sqlite":
        count = tx.execute(sa.text("PRAGMA user_version")).scalar_one() % _MOST + 1
        tx.execute(sa.text(f"PRAGMA user_version = {count}"))  # takes no parameter; a number of ours


def are_left(store: Store) -> bool:
    """Whether something was erased since the file was last rewritten."""
    if store.engine.dialect.name != "sqlite":
        return False
    with store.read() as tx:
        return bool(tx.execute(sa.text("PRAGMA user_version")).scalar_one())


def wipe(store: Store) -> bool:
    """The file and its log hold nothing that was deleted. False when others were using it: try again later."""
    if store.engine.dialect.name != "sqlite":
        return True
    try:
        with store.alone() as execute:
            (count,) = execute("PRAGMA user_version")
            execute("VACUUM")
            (is_busy, _pages, _moved) = execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sa.exc.OperationalError:
        return False
    if is_busy:
        return False
    return _settle(store, count)


def _settle(store: Store, count: int) -> bool:
    """Nothing is left of what had been erased by then. Whether nothing else was erased since."""
    with store.write() as tx:
        if tx.execute(sa.text("PRAGMA user_version")).scalar_one() != count:
            return False
        if count:
            tx.execute(sa.text("PRAGMA user_version = 0"))
    return True
