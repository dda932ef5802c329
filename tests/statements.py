"""Compiled statements outlive the test that needed them first.

Each test has a database, and so an engine, of its own; SQLAlchemy compiles every statement once per engine. Compiling
took a third of the time of the tests that run the whole product, and depends on nothing that a test could change.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import LRUCache

from service.store.session import Store

MOST = 5_000

#: Statements are known by the dialect they were compiled for: the first store's, then, for all. SQLite's only; on
#: PostgreSQL a dialect learns about its server, and few tests run there.
_SHARED: dict[str, tuple[sa.Dialect, Any]] = {}


def share_statements(store: Store) -> None:
    """What this store needs and another compiled before is not compiled again."""
    if store.engine.dialect.name != "sqlite":
        return
    dialect, compiled = _SHARED.setdefault("sqlite", (store.engine.dialect, LRUCache(MOST)))
    for engine in (store.engine, store._writing):
        engine.dialect, engine._compiled_cache = dialect, compiled
