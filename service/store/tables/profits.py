"""What an order was expected to earn before it was settled, and what was charged on it beside what the fee rules say.

Nothing of buyers. Amounts in `body` are decimal text of the currency beside them; `_minor` are minor units of it.
"""

import sqlalchemy as sa

from service.store.tables.schema import Instant, metadata, own_id


def _of_shop() -> list[sa.Column[str]]:
    return [
        sa.Column("shop_id", sa.ForeignKey("shops.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("account_id", sa.Text, nullable=False),
    ]


kept_estimates = sa.Table(  # what an order was expected to come to: a line for each time that this changed
    "kept_estimates",
    metadata,
    *_of_shop(),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # from 0, the first estimate
    sa.Column("at", Instant, nullable=False),
    sa.Column("is_last", sa.Boolean, nullable=False),  # in force when the first settlement came; no line follows it
    sa.Column("body", sa.JSON, nullable=False),  # core.ledger.rates.Estimate
)

fee_checks = sa.Table(  # one fee of one settled order: as charged and as the rule says
    "fee_checks",
    metadata,
    *_of_shop(),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("settled_at", Instant, nullable=False),  # of the order's last statement
    sa.Column("source", sa.Text, nullable=False),  # of the rule; empty where the seller stated the rate
    sa.Column("certainty", sa.Text, nullable=False),  # of that source, A to D, or own
    sa.Column("difference_minor", sa.BigInteger, nullable=False),  # charged less expected; 0 within roundings
    sa.Column("body", sa.JSON, nullable=False),  # core.ledger.auditing.Check
    sa.Index("ix_fee_checks_settled", "account_id", "settled_at"),
)

fee_walks = sa.Table(  # how far each shop's settled orders are checked, and when its rates were looked at
    "fee_walks",
    metadata,
    *_of_shop(),
    sa.Column("rules", sa.Text, nullable=False, default="", server_default=""),  # the rules checked against: their mark
    sa.Column("after_order_id", sa.Text, nullable=False, default="", server_default=""),  # the walk goes on behind it
    sa.Column("walked_at", Instant),  # when it came to its end; null = under way
    sa.Column("looked_at", Instant),  # the last look for a rise of the rates
)

fee_drifts = sa.Table(  # a rise of the share that fees take of a shop's revenue
    "fee_drifts",
    metadata,
    own_id(),
    sa.Column("shop_id", sa.ForeignKey("shops.id", ondelete="CASCADE"), nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),  # core.ledger.drift.Drift
    sa.Column("ended_at", Instant),  # the rates are no longer risen, or have risen again
    sa.Column("dismissed_at", Instant),
    sa.Index("ix_fee_drifts_told", "account_id", "dismissed_at"),
    sa.Index(
        "uq_fee_drifts_open", "shop_id", "currency", unique=True,
        sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"),
    ),
)  # fmt: skip
