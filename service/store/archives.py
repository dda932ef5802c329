"""A binding and its archive: the tab that takes its old finished rows. A key is in one of the two, save while it moves,
and where a person has carried its row from one to the other.

What is on its way from one to the other is `roll_offs`.
"""

from collections.abc import Collection
from dataclasses import replace

import sqlalchemy as sa

from service.store import sheets
from service.store.records import BindingRow, columns_of, one
from service.store.session import Tx, among
from service.store.tables import bindings, sheet_rows

BINDING = columns_of(bindings, BindingRow)


def archive_of(tx: Tx, binding_id: str) -> BindingRow | None:
    """The archive that takes this binding's old rows; None while it has none."""
    query = sa.select(*BINDING).where(bindings.c.archive_of == binding_id, bindings.c.stopped_at.is_(None))
    return one(BindingRow, tx.execute(query).first())


def add(tx: Tx, live: BindingRow, archive: BindingRow) -> BindingRow:
    """The binding has this archive, unless it has one already: the one it has."""
    # the row of the live binding is what two that come at once wait for
    tx.execute(sa.update(bindings).where(bindings.c.id == live.id).values(roll_due_at=bindings.c.roll_due_at))
    known = archive_of(tx, live.id)
    if known is not None:
        return known
    created_by = tx.execute(sa.select(bindings.c.created_by).where(bindings.c.id == live.id)).scalar_one()
    found = replace(archive, archive_of=live.id)
    sheets.add_binding(tx, found, created_by=created_by)
    return found


def beside(tx: Tx, binding_id: str) -> list[str]:
    """The binding's archive, or the binding that this one is the archive of."""
    archive = sa.select(bindings.c.id).where(bindings.c.archive_of == binding_id, bindings.c.stopped_at.is_(None))
    live = sa.select(bindings.c.archive_of).where(bindings.c.id == binding_id, bindings.c.archive_of.is_not(None))
    return list(tx.execute(archive.union_all(live)).scalars())


def elsewhere(tx: Tx, binding_id: str, row_keys: Collection[str]) -> set[str]:
    """Those of the keys that are in the archive of this binding, or in the binding that this one is the archive of."""
    others = beside(tx, binding_id)
    if not others:
        return set()
    of_others = (sheet_rows.c.binding_id.in_(others), among(tx, sheet_rows.c.row_key, row_keys))
    return set(tx.execute(sa.select(sheet_rows.c.row_key).where(*of_others)).scalars())
