"""The inbox of webhooks: each notice is taken once; what waits is read in order of arrival."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from service.store.records import NoticeRow, columns_of, many
from service.store.session import Tx, dialect_of, hits, insert_for
from service.store.tables import notices

#: Made once: every sweep asks it.
_SHOPS_WAITING = sa.select(notices.c.tiktok_shop_id).where(notices.c.done_at.is_(None)).distinct()


@cache
def _put(dialect: str) -> sa.Insert:
    """Made once: every webhook runs this, and making a statement costs more than running it."""
    return insert_for(dialect, notices).on_conflict_do_nothing(index_elements=["notice_id"])


def put(tx: Tx, row: NoticeRow, now: datetime) -> bool:
    """Whether the notice is new. A repeat of the same `notice_id` changes nothing."""
    values = {
        "notice_id": row.notice_id,
        "tiktok_shop_id": row.tiktok_shop_id,
        "kind": row.kind,
        "order_ids": list(row.order_ids),
        "received_at": now,
    }
    return bool(hits(tx, _put(dialect_of(tx)), values))


def waiting(tx: Tx, tiktok_shop_id: str, *, limit: int) -> list[NoticeRow]:
    """The shop's oldest notices that are not done."""
    query = sa.select(*columns_of(notices, NoticeRow)).where(
        notices.c.tiktok_shop_id == tiktok_shop_id, notices.c.done_at.is_(None)
    )
    return many(NoticeRow, tx.execute(query.order_by(notices.c.received_at).limit(limit)))


def shops_waiting(tx: Tx) -> list[str]:
    """TikTok shop ids with notices that are not done."""
    return list(tx.execute(_SHOPS_WAITING).scalars())


def finish(tx: Tx, notice_ids: Sequence[str], now: datetime) -> None:
    """These notices are done: what they hinted at is saved."""
    tx.execute(sa.update(notices).where(notices.c.notice_id.in_(notice_ids)).values(done_at=now))


def forget(tx: Tx, before: datetime) -> int:
    """Done notices older than `before` are gone; repeats arrive within a day. Returns how many."""
    return hits(tx, sa.delete(notices).where(notices.c.done_at < before))
