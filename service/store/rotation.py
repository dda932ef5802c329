"""Seals everything at rest anew under the first key, while the service runs."""

from collections.abc import Mapping

import sqlalchemy as sa

from service.store.session import Store, hits
from service.store.tables import audit_heads, bindings, consents, own_consents, recipients, tickets

ROWS_PER_STEP = 500

#: Every column that holds sealed bytes.
SEALED: tuple[sa.Column[bytes], ...] = (
    consents.c.tokens,
    own_consents.c.sealed,
    tickets.c.sealed,
    recipients.c.sealed,
    bindings.c.mask,
    audit_heads.c.key,
)


def rotate(store: Store) -> Mapping[str, int]:
    """Table → rows sealed anew. Idempotent; in short transactions, so that nobody waits for it.

    A value that changed between reading and writing is left alone: whoever wrote it sealed it under the first key.
    """
    return {column.table.name: _rotate_column(store, column) for column in SEALED}


def _rotate_column(store: Store, column: sa.Column[bytes]) -> int:
    keys = list(column.table.primary_key)
    order, last, total = sa.tuple_(*keys), None, 0
    while True:
        query = sa.select(*keys, column.label("sealed")).where(column.is_not(None)).order_by(*keys)
        if last is not None:
            query = query.where(order > sa.tuple_(*(sa.literal(value) for value in last)))
        with store.write() as tx:
            rows = tx.execute(query.limit(ROWS_PER_STEP)).all()
            for *key, sealed in rows:
                here = [part == value for part, value in zip(keys, key, strict=True)]
                fresh = {column.name: store.sealer.rotate(sealed)}
                total += hits(tx, sa.update(column.table).where(*here, column == sealed).values(fresh))
        if len(rows) < ROWS_PER_STEP:
            return total
        last = tuple(rows[-1])[:-1]
