"""Who may do something now: the lease of a spreadsheet, the queued flags behind wake-ups, quotas and pace.

Every lock is one conditional UPDATE whose row count tells who won, the same on both databases.
"""

from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa

from service.store.session import Tx, dialect_of, hits, insert_for, insert_into
from service.store.tables import files, quotas, shops

#: Made once, these and the following: every webhook or every pass runs them, and making a statement costs more than
#: running it.
_QUEUE_SHOP = (
    sa.update(shops)
    .where(shops.c.id == sa.bindparam("shop"), shops.c.queued.is_(False))
    .values(queued=True, queued_at=sa.bindparam("at"))
)
_OF_FILE = files.c.spreadsheet_id == sa.bindparam("file")
_QUEUE_FILE = (
    sa.update(files).where(_OF_FILE, files.c.queued.is_(False)).values(queued=True, queued_at=sa.bindparam("at"))
)
_UNQUEUE_FILE = sa.update(files).where(_OF_FILE).values(queued=False)
_HOLDER: sa.BindParameter[str] = sa.bindparam("holder")
_TAKE_LEASE = (
    sa.update(files)
    .where(
        _OF_FILE,
        sa.or_(
            files.c.lease_holder.is_(None), files.c.lease_until < sa.bindparam("now"), files.c.lease_holder == _HOLDER
        ),
    )
    .values(lease_holder=_HOLDER, lease_until=sa.bindparam("until"), lease_epoch=files.c.lease_epoch + 1)
    .returning(files.c.lease_epoch)
)
_IS_OF_EPOCH = files.c.lease_epoch == sa.bindparam("epoch")
_HOLD_LEASE = (
    sa.update(files)
    .where(_OF_FILE, _IS_OF_EPOCH, files.c.lease_holder.is_not(None))
    .values(lease_epoch=sa.bindparam("epoch"))
)
_RELEASE_LEASE = sa.update(files).where(_OF_FILE, _IS_OF_EPOCH).values(lease_holder=None, lease_until=None)
_NOW = sa.bindparam("now", type_=quotas.c.tat.type)
_LATER = sa.case((quotas.c.tat > _NOW, quotas.c.tat), else_=_NOW)
_STEP = sa.bindparam("step", type_=sa.BigInteger)
_TAKE_SLOT = (
    sa.update(quotas)
    .where(quotas.c.key == sa.bindparam("quota"), quotas.c.tat <= sa.bindparam("at_most"))
    .values(tat=sa.type_coerce(sa.type_coerce(_LATER, sa.BigInteger) + _STEP, quotas.c.tat.type))
)
_TAT = sa.select(quotas.c.tat).where(quotas.c.key == sa.bindparam("quota"))


@cache
def _put_quota(dialect: str) -> sa.Insert:
    return insert_for(dialect, quotas).on_conflict_do_nothing(index_elements=["key"])


def take_lease(tx: Tx, spreadsheet_id: str, *, holder: str, now: datetime, until: datetime) -> int | None:
    """The new epoch when `holder` has the spreadsheet to itself until `until`; None when somebody else has."""
    values = {"file": spreadsheet_id, "holder": holder, "now": now, "until": until}
    epoch: int | None = tx.execute(_TAKE_LEASE, values).scalar()
    return epoch


def holds_lease(tx: Tx, spreadsheet_id: str, *, epoch: int) -> bool:
    """Whether the lease of this epoch still stands; locks the row, so that it stands until the transaction ends."""
    return bool(hits(tx, _HOLD_LEASE, {"file": spreadsheet_id, "epoch": epoch}))


def release_lease(tx: Tx, spreadsheet_id: str, *, epoch: int) -> None:
    """Nobody holds the lease, unless another epoch has begun."""
    tx.execute(_RELEASE_LEASE, {"file": spreadsheet_id, "epoch": epoch})


def queue_file(tx: Tx, spreadsheet_id: str, now: datetime) -> bool:
    """Whether a wake-up must be enqueued: True for the caller that turned the flag on."""
    return bool(hits(tx, _QUEUE_FILE, {"file": spreadsheet_id, "at": now}))


def unqueue_file(tx: Tx, spreadsheet_id: str) -> None:
    """From here on a new change enqueues a new wake-up."""
    tx.execute(_UNQUEUE_FILE, {"file": spreadsheet_id})


def queue_shop(tx: Tx, shop_id: str, now: datetime) -> bool:
    """Whether a wake-up must be enqueued for this shop's ingest."""
    return bool(hits(tx, _QUEUE_SHOP, {"shop": shop_id, "at": now}))


def unqueue_shop(tx: Tx, shop_id: str) -> None:
    """From here on a new notice enqueues a new wake-up."""
    tx.execute(sa.update(shops).where(shops.c.id == shop_id).values(queued=False))


def take_slot(tx: Tx, key: str, *, now: datetime, interval: timedelta, burst: int) -> datetime | None:
    """Takes one call of the quota `key` (GCRA): None when it may go now, else the instant at which it may.

    `interval` is the time one call takes to grow back, `burst` how many may go at once after quiet. Charged per call,
    shared by every worker through the row.
    """
    tolerance = interval * (burst - 1)
    tx.execute(_put_quota(dialect_of(tx)), {"key": key, "tat": now})
    step = interval // timedelta(microseconds=1)
    if hits(tx, _TAKE_SLOT, {"quota": key, "now": now, "at_most": now + tolerance, "step": step}):
        return None
    tat: datetime = tx.execute(_TAT, {"quota": key}).scalar_one()
    return tat - tolerance


def return_slot(tx: Tx, key: str, *, interval: timedelta) -> None:
    """A call that was taken and not made is given back."""
    step = sa.literal(interval // timedelta(microseconds=1), sa.BigInteger)
    earlier = sa.type_coerce(sa.type_coerce(quotas.c.tat, sa.BigInteger) - step, quotas.c.tat.type)
    tx.execute(sa.update(quotas).where(quotas.c.key == key).values(tat=earlier))


def push_slot(tx: Tx, key: str, *, until: datetime) -> None:
    """Everybody who shares the quota `key` waits at least until `until` (a 429 said so)."""
    statement = insert_into(tx, quotas).values(key=key, tat=until)
    later = sa.case((quotas.c.tat < until, sa.literal(until, quotas.c.tat.type)), else_=quotas.c.tat)
    tx.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"tat": later}))
