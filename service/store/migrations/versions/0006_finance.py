"""Finance: statements, their entries, estimates, payments and withdrawals, and how far each shop has come.

Safety: forward only. Only new tables, which the release still running does not know.
"""

import sqlalchemy as sa
from alembic import op

from service.store.tables import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entries",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("statement_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("sku_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_entries_shop_id_shops"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "entry_id", name=op.f("pk_entries")),
    )
    op.create_index("ix_entries_order", "entries", ["shop_id", "order_id"], unique=False)
    op.create_index("ix_entries_settled", "entries", ["account_id", "settled_at"], unique=False)
    op.create_index("ix_entries_statement", "entries", ["shop_id", "statement_id"], unique=False)
    op.create_table(
        "finance_cursors",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("statements_at", Instant(), nullable=True),
        sa.Column("payments_at", Instant(), nullable=True),
        sa.Column("sweep_at", Instant(), nullable=True),
        sa.Column("sweep_order_at", Instant(), nullable=True),
        sa.Column("swept_at", Instant(), nullable=True),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("refused_consent_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_finance_cursors_shop_id_shops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_finance_cursors")),
    )
    op.create_index("ix_finance_cursors_due", "finance_cursors", ["next_at"], unique=False)
    op.create_table(
        "finance_orders",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("wanted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_finance_orders_shop_id_shops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", "order_id", name=op.f("pk_finance_orders")),
    )
    op.create_table(
        "payments",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_payments_shop_id_shops"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "payment_id", name=op.f("pk_payments")),
    )
    op.create_index("ix_payments_created", "payments", ["account_id", "created_at"], unique=False)
    op.create_table(
        "statements",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("statement_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.Column("page_token", sa.Text(), server_default="", nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_statements_shop_id_shops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", "statement_id", name=op.f("pk_statements")),
    )
    op.create_index("ix_statements_at", "statements", ["account_id", "at"], unique=False)
    op.create_index("ix_statements_payment", "statements", ["shop_id", "payment_id"], unique=False)
    op.create_index(
        "ix_statements_unread",
        "statements",
        ["shop_id", "at"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "unsettled",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("unsettled_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_unsettled_shop_id_shops"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "unsettled_id", name=op.f("pk_unsettled")),
    )
    op.create_index("ix_unsettled_order", "unsettled", ["shop_id", "order_id"], unique=False)
    op.create_index("ix_unsettled_seen", "unsettled", ["shop_id", "seen_at"], unique=False)
    op.create_table(
        "withdrawals",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("withdrawal_id", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shops.id"], name=op.f("fk_withdrawals_shop_id_shops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", "withdrawal_id", name=op.f("pk_withdrawals")),
    )
    op.create_index("ix_withdrawals_created", "withdrawals", ["account_id", "created_at"], unique=False)
