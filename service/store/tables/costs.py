"""What goods cost the seller: the SKUs a shop sells, their costs, who changed which, and the tabs they are edited in.

Amounts are decimal text in major units of the currency beside them; days are ISO 8601, local days of the shop.
"""

import sqlalchemy as sa

from service.store.tables.schema import Instant, metadata, owning_account


def _of_shop() -> list[sa.Column[str]]:
    return [
        sa.Column("shop_id", sa.ForeignKey("shops.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("account_id", sa.Text, nullable=False, index=True),
    ]


skus = sa.Table(  # what a shop sells, as the newest order said that tells it otherwise than the ones before
    "skus",
    metadata,
    *_of_shop(),
    sa.Column("sku_id", sa.Text, primary_key=True),
    sa.Column("seller_sku", sa.Text, nullable=False),
    sa.Column("product_name", sa.Text, nullable=False),
    sa.Column("sku_name", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("parts", sa.JSON, nullable=False),  # of a bundle: [[sku, count]]
    sa.Column("told_at", Instant, nullable=False),  # creation of the order that said so
)

costs = sa.Table(  # in force from a day on; a SKU's next cost ends the one before
    "costs",
    metadata,
    *_of_shop(),
    sa.Column("sku_id", sa.Text, primary_key=True),  # empty = the sending of whole orders
    sa.Column("from_day", sa.Text, primary_key=True),  # empty = always was
    sa.Column("to_day", sa.Text, nullable=False),  # empty = until the next one starts
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("packaging", sa.Text, nullable=False),
    sa.Column("fulfilment", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),  # core.ledger.costs.CostSource
    sa.Column("saved_at", Instant, nullable=False),
)

cost_edits = sa.Table(  # every change of a cost there ever was; never changed itself
    "cost_edits",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),  # in the order in which they were made
    sa.Column("shop_id", sa.ForeignKey("shops.id", ondelete="CASCADE"), nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("sku_id", sa.Text, nullable=False),  # empty = the sending of whole orders
    sa.Column("at", Instant, nullable=False),
    sa.Column("sub", sa.Text, nullable=False),  # who
    sa.Column("before", sa.JSON),  # core.ledger.costs.Cost; null = none was known
    sa.Column("after", sa.JSON),  # null = it was taken out
    sa.Index("ix_cost_edits_sku", "shop_id", "sku_id", "at"),
)

cost_tabs = sa.Table(  # tabs that hold costs: whoever can open the file must be allowed to see them
    "cost_tabs",
    metadata,
    sa.Column("spreadsheet_id", sa.Text, primary_key=True),
    owning_account(),
    sa.Column("sheet_id", sa.BigInteger, nullable=False),
    sa.Column("shop_ids", sa.JSON),  # the shops whose costs it holds; null = all of the account
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)
