"""What a seller says of one shop: taxes, commission and creators' shares, each version in force from a day on."""

import sqlalchemy as sa

from service.store.tables.schema import Instant, metadata

shop_terms = sa.Table(
    "shop_terms",
    metadata,
    sa.Column("shop_id", sa.ForeignKey("shops.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("from_day", sa.Text, primary_key=True),  # ISO 8601, a local day of the shop; empty = always was
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),  # core.ledger.shop_terms.ShopTerms, percentages as decimal text
    sa.Column("saved_at", Instant, nullable=False),
)
