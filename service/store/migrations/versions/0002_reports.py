"""What people do to bound tabs is reported; audits, copies of rows and the history's new counts have their places.

Safety: forward only. Every new column is empty or has a default, so the release still running goes on.
"""

import sqlalchemy as sa
from alembic import op

from service.store.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("binding_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant()),
        sa.ForeignKeyConstraint(
            ["binding_id"], ["bindings.id"], name=op.f("fk_reports_binding_id_bindings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_binding_id"), "reports", ["binding_id"])
    op.create_index(
        "uq_reports_open",
        "reports",
        ["binding_id", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.add_column("files", sa.Column("edited_at", Instant()))
    op.add_column("files", sa.Column("looked_at", Instant()))
    op.add_column("bindings", sa.Column("fill_from_at", Instant()))
    op.add_column("bindings", sa.Column("fill_seen", sa.Integer(), server_default="0", nullable=False))
    op.add_column("bindings", sa.Column("fill_stopped_at", Instant()))
    op.add_column("bindings", sa.Column("window_days", sa.Integer()))
    op.add_column("bindings", sa.Column("audited_at", Instant()))
    op.add_column("bindings", sa.Column("audit_row", sa.Integer()))
    op.add_column("bindings", sa.Column("audit_due_at", Instant()))
    op.add_column("bindings", sa.Column("notice", sa.Text(), server_default="", nullable=False))
    op.add_column("sheet_rows", sa.Column("copies", sa.JSON()))
    op.add_column("flushes", sa.Column("kind", sa.Text(), server_default="flush", nullable=False))
    op.add_column("flushes", sa.Column("healed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("flushes", sa.Column("removed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("flushes", sa.Column("cells", sa.JSON()))
