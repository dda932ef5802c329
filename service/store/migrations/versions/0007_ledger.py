"""Ledger: what people know of their costs, and what the profit of orders was made of.

Safety: forward only. Only new tables, and columns with defaults, which the release still running does not know.
"""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from alembic import op

from service.core.orders import Order
from service.core.terms import TermKind, terms_of
from service.store.session import insert_for
from service.store.skus import newest_of
from service.store.tables import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHUNK = 1_000  # orders read at once

_ORDERS = sa.table(
    "orders", sa.column("shop_id"), sa.column("order_id"), sa.column("account_id"), sa.column("body", sa.JSON)
)
_SKUS = sa.table(
    "skus",
    *(sa.column(name) for name in ("shop_id", "account_id", "sku_id", "seller_sku", "product_name", "sku_name")),
    sa.column("currency"),
    sa.column("parts", sa.JSON),
    sa.column("told_at", Instant),
)
_TERMS = sa.Table(
    "order_terms", sa.MetaData(), *(sa.Column(name, sa.Text) for name in ("shop_id", "kind", "term", "order_id"))
)


def upgrade() -> None:
    """Each table is made below, in the order in which they came to be."""
    op.create_table(
        "shop_terms",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_shop_terms_shop_id_shops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", "from_day", name=op.f("pk_shop_terms")),
    )
    _profits()
    _make_costs()
    fill_skus(op.get_bind())


def _profits() -> None:
    op.create_table(
        "kept_estimates",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_kept_estimates_shop_id_shops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", "order_id", "number", name=op.f("pk_kept_estimates")),
    )
    op.create_table(
        "fee_checks",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("difference_minor", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_fee_checks_shop_id_shops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", "order_id", "field", name=op.f("pk_fee_checks")),
    )
    op.create_index("ix_fee_checks_settled", "fee_checks", ["account_id", "settled_at"], unique=False)
    op.create_table(
        "fee_walks",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), server_default="", nullable=False),
        sa.Column("after_order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("walked_at", Instant(), nullable=True),
        sa.Column("looked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_fee_walks_shop_id_shops"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_fee_walks")),
    )
    op.create_table(
        "fee_drifts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("dismissed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_fee_drifts_shop_id_shops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_drifts")),
    )
    op.create_index("ix_fee_drifts_told", "fee_drifts", ["account_id", "dismissed_at"], unique=False)
    op.create_index(
        "uq_fee_drifts_open",
        "fee_drifts",
        ["shop_id", "currency"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _make_costs() -> None:
    op.create_table(
        "skus",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sku_id", sa.Text(), nullable=False),
        sa.Column("seller_sku", sa.Text(), nullable=False),
        sa.Column("product_name", sa.Text(), nullable=False),
        sa.Column("sku_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_skus_shop_id_shops"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "sku_id", name=op.f("pk_skus")),
    )
    op.create_index(op.f("ix_skus_account_id"), "skus", ["account_id"], unique=False)
    op.create_table(
        "costs",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sku_id", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Text(), nullable=False),
        sa.Column("to_day", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("packaging", sa.Text(), nullable=False),
        sa.Column("fulfilment", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_costs_shop_id_shops"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "sku_id", "from_day", name=op.f("pk_costs")),
    )
    op.create_index(op.f("ix_costs_account_id"), "costs", ["account_id"], unique=False)
    op.create_table(
        "cost_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sku_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("sub", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_cost_edits_shop_id_shops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_edits")),
    )
    op.create_index("ix_cost_edits_sku", "cost_edits", ["shop_id", "sku_id", "at"], unique=False)
    op.create_table(
        "cost_tabs",
        sa.Column("spreadsheet_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("shop_ids", sa.JSON(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_cost_tabs_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("spreadsheet_id", name=op.f("pk_cost_tabs")),
    )
    op.create_index(op.f("ix_cost_tabs_account_id"), "cost_tabs", ["account_id"], unique=False)


def fill_skus(connection: sa.Connection) -> None:
    """SKUs are known from the orders that are here, and orders are found by the parts of their bundles."""
    known: dict[tuple[str, str], dict[str, object]] = {}
    for found in _chunks(connection):
        accounts = {row.shop_id: row.account_id for row in found}
        read = [msgspec.convert(row.body, Order) for row in found]
        told = newest_of(read)
        for key, row in told.items():
            if key not in known or known[key]["told_at"] <= row["told_at"]:
                known[key] = row | {"account_id": accounts[key[0]]}
        parts = [
            {"shop_id": order.shop_id, "kind": term.kind.value, "term": term.text, "order_id": order.order_id}
            for order in read
            for term in terms_of(order)
            if term.kind is TermKind.PART_SKU
        ]
        if parts:
            # one that was brought up from before the terms has them already
            connection.execute(insert_for(connection.dialect.name, _TERMS).on_conflict_do_nothing(), parts)
    if known:
        connection.execute(sa.insert(_SKUS), list(known.values()))


def _chunks(connection: sa.Connection) -> Iterator[list[sa.Row[tuple[str, str, str, object]]]]:
    """Every order, in the order of its key."""
    key, last = sa.tuple_(_ORDERS.c.shop_id, _ORDERS.c.order_id), ("", "")
    query = sa.select(_ORDERS).order_by(_ORDERS.c.shop_id, _ORDERS.c.order_id).limit(CHUNK)
    while found := list(connection.execute(query.where(key > sa.tuple_(*map(sa.literal, last))))):
        yield found
        last = (found[-1].shop_id, found[-1].order_id)
