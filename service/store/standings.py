"""Which tabs may have to say something about their own freshness: those in trouble, and those that say so already."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.store.records import BindingRow, columns_of, many
from service.store.session import Tx
from service.store.tables import bindings, files, shops

_BINDING = columns_of(bindings, BindingRow)


def _standing_still() -> sa.Select[Any]:
    lost = sa.exists().where(shops.c.account_id == bindings.c.account_id, shops.c.state == "expired")
    live = sa.exists().where(shops.c.account_id == bindings.c.account_id, shops.c.state == "live")
    known = sa.exists().where(shops.c.account_id == bindings.c.account_id)
    is_troubled = sa.or_(files.c.state != "live", bindings.c.state == "paused", lost, sa.and_(known, ~live))
    query = (
        sa.select(*_BINDING)
        .join(files, files.c.spreadsheet_id == bindings.c.spreadsheet_id)
        .where(
            bindings.c.stopped_at.is_(None),
            bindings.c.state.not_in(sa.bindparam("settled", expanding=True)),
            sa.or_(is_troubled, bindings.c.notice != ""),
        )
    )
    return query.order_by(bindings.c.created_at, bindings.c.id)


#: Made once: every sweep asks it, and making a statement costs more than running it.
_STANDING_STILL = _standing_still()


def standing_still(tx: Tx, *, settled: Sequence[str]) -> list[BindingRow]:
    """Bindings that are paused, or in a paused file, or in an account with a shop that gave up; and those that say
    so. Ones in a state of `settled` (not set up yet) are left out. What each of them should say is for the caller.
    """
    return many(BindingRow, tx.execute(_STANDING_STILL, {"settled": list(settled)}))
