"""What TikTok settled, estimated and paid, as upstream names it. Nothing of buyers: it stays when they are erased.

`body` is the type of `core.ledger.entries` as JSON, amounts as decimal text; `record` is upstream's row as it came,
`flags` name what was not understood of it. Ids are upstream's and unique within a shop.
"""

from typing import Any

import sqlalchemy as sa

from service.store.tables.schema import Instant, metadata


def _of_shop() -> list[sa.Column[str]]:
    return [
        sa.Column("shop_id", sa.ForeignKey("shops.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("account_id", sa.Text, nullable=False),
    ]


def _contents() -> list[sa.Column[Any]]:
    return [
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
        sa.Column("flags", sa.JSON, nullable=False),
        sa.Column("saved_at", Instant, nullable=False),
    ]


statements = sa.Table(
    "statements",
    metadata,
    *_of_shop(),
    sa.Column("statement_id", sa.Text, primary_key=True),
    sa.Column("at", Instant),  # a cut at 00:00 UTC, covering the day before
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("payment_id", sa.Text, nullable=False),
    *_contents(),
    sa.Column("read_at", Instant),  # null = its entries are not all here, or not as they are now
    sa.Column("begun_at", Instant),  # when the reading under way began; null = none is
    sa.Column("page_token", sa.Text, nullable=False, default="", server_default=""),  # where reading them goes on
    sa.Column("total", sa.Integer),  # how many entries upstream counts
    sa.Index("ix_statements_at", "account_id", "at"),
    sa.Index("ix_statements_payment", "shop_id", "payment_id"),
    sa.Index("ix_statements_unread", "shop_id", "at", sqlite_where=sa.text("read_at IS NULL"),
             postgresql_where=sa.text("read_at IS NULL")),
)  # fmt: skip

entries = sa.Table(  # the lines of statements, and beside them the same by SKU
    "entries",
    metadata,
    *_of_shop(),
    sa.Column("entry_id", sa.Text, primary_key=True),
    sa.Column("statement_id", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False),  # the order it is about, empty for none
    sa.Column("sku_id", sa.Text, nullable=False),  # empty = a line of the statement; else a part of one
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("settled_at", Instant),
    *_contents(),
    sa.Index("ix_entries_order", "shop_id", "order_id"),
    sa.Index("ix_entries_statement", "shop_id", "statement_id"),
    sa.Index("ix_entries_settled", "account_id", "settled_at"),
)

unsettled = sa.Table(  # upstream's estimates, as the last sweep listed them
    "unsettled",
    metadata,
    *_of_shop(),
    sa.Column("unsettled_id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False),  # the order it is about, empty for none
    sa.Column("seen_at", Instant, nullable=False),  # the start of the last sweep that listed it
    *_contents(),
    sa.Index("ix_unsettled_order", "shop_id", "order_id"),
    sa.Index("ix_unsettled_seen", "shop_id", "seen_at"),
)

payments = sa.Table(
    "payments",
    metadata,
    *_of_shop(),
    sa.Column("payment_id", sa.Text, primary_key=True),
    sa.Column("created_at", Instant),
    *_contents(),
    sa.Index("ix_payments_created", "account_id", "created_at"),
)

withdrawals = sa.Table(  # movements of the balance, where there are no payments
    "withdrawals",
    metadata,
    *_of_shop(),
    sa.Column("withdrawal_id", sa.Text, primary_key=True),
    sa.Column("created_at", Instant),
    *_contents(),
    sa.Index("ix_withdrawals_created", "account_id", "created_at"),
)

finance_orders = sa.Table(  # orders whose entries by SKU are to be read, or read again
    "finance_orders",
    metadata,
    sa.Column("shop_id", sa.ForeignKey("shops.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("wanted_at", Instant, nullable=False),
)

finance_cursors = sa.Table(  # how far each shop's finance has come
    "finance_cursors",
    metadata,
    *_of_shop(),
    sa.Column("statements_at", Instant),  # statements before this are listed here; null = none yet
    sa.Column("payments_at", Instant),  # the same for payments, or withdrawals
    sa.Column("sweep_at", Instant),  # when the sweep of estimates under way began; null = none is
    sa.Column("sweep_order_at", Instant),  # it goes on with orders created from here on; null = from the first
    sa.Column("swept_at", Instant),  # the beginning of the last sweep that came to its end
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("trouble", sa.Text),  # the sentence of the last failure, null when well
    sa.Column("refused_consent_id", sa.Text),  # this consent does not allow finance; another one may
    sa.Index("ix_finance_cursors_due", "next_at"),
)
