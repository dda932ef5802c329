"""Who may do something now: the lease of a spreadsheet, the queued flags behind wake-ups, quotas and pace.

Every lock is one conditional UPDATE whose row count tells who won, the same on both databases.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from service.store.session import Tx, hits, insert_into
from service.store.tables import files, quotas, shops

#: Made once: every webhook runs this, and making a statement costs more than running it.
_QUEUE_SHOP = (
    sa.update(shops)
    .where(shops.c.id == sa.bindparam("shop"), shops.c.queued.is_(False))
    .values(queued=True, queued_at=sa.bindparam("at"))
)


def take_lease(tx: Tx, spreadsheet_id: str, *, holder: str, now: datetime, until: datetime) -> int | None:
    """The new epoch when `holder` has the spreadsheet to itself until `until`; None when somebody else has."""
    statement = (
        sa.update(files)
        .where(
            files.c.spreadsheet_id == spreadsheet_id,
            sa.or_(files.c.lease_holder.is_(None), files.c.lease_until < now, files.c.lease_holder == holder),
        )
        .values(lease_holder=holder, lease_until=until, lease_epoch=files.c.lease_epoch + 1)
        .returning(files.c.lease_epoch)
    )
    return tx.execute(statement).scalar()


def holds_lease(tx: Tx, spreadsheet_id: str, *, epoch: int) -> bool:
    """Whether the lease of this epoch still stands; locks the row, so that it stands until the transaction ends."""
    statement = (
        sa.update(files)
        .where(
            files.c.spreadsheet_id == spreadsheet_id, files.c.lease_epoch == epoch, files.c.lease_holder.is_not(None)
        )
        .values(lease_epoch=epoch)
    )
    return bool(hits(tx, statement))


def release_lease(tx: Tx, spreadsheet_id: str, *, epoch: int) -> None:
    """Nobody holds the lease, unless another epoch has begun."""
    tx.execute(
        sa.update(files)
        .where(files.c.spreadsheet_id == spreadsheet_id, files.c.lease_epoch == epoch)
        .values(lease_holder=None, lease_until=None)
    )


def queue_file(tx: Tx, spreadsheet_id: str, now: datetime) -> bool:
    """Whether a wake-up must be enqueued: True for the caller that turned the flag on."""
    statement = (
        sa.update(files)
        .where(files.c.spreadsheet_id == spreadsheet_id, files.c.queued.is_(False))
        .values(queued=True, queued_at=now)
    )
    return bool(hits(tx, statement))


def unqueue_file(tx: Tx, spreadsheet_id: str) -> None:
    """From here on a new change enqueues a new wake-up."""
    tx.execute(sa.update(files).where(files.c.spreadsheet_id == spreadsheet_id).values(queued=False))


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
    tx.execute(insert_into(tx, quotas).values(key=key, tat=now).on_conflict_do_nothing(index_elements=["key"]))
    later = sa.case((quotas.c.tat > now, quotas.c.tat), else_=sa.literal(now, quotas.c.tat.type))
    step = sa.literal(interval // timedelta(microseconds=1), sa.BigInteger)
    statement = (
        sa.update(quotas)
        .where(quotas.c.key == key, quotas.c.tat <= now + tolerance)
        .values(tat=sa.type_coerce(sa.type_coerce(later, sa.BigInteger) + step, quotas.c.tat.type))
    )
    if hits(tx, statement):
        return None
    tat: datetime = tx.execute(sa.select(quotas.c.tat).where(quotas.c.key == key)).scalar_one()
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
