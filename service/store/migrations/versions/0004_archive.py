"""Old finished rows may move to a tab of their own, and what is on its way there is on record.

Safety: forward only. The new columns are empty and the table is new, so the release still running goes on.
"""

import sqlalchemy as sa
from alembic import op

from service.store.tables import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bindings", sa.Column("archive_of", sa.Text()))
    op.add_column("bindings", sa.Column("roll_due_at", Instant()))
    op.create_index(op.f("ix_bindings_archive_of"), "bindings", ["archive_of"], unique=False)
    op.add_column("sheet_rows", sa.Column("stays_at", Instant()))
    op.create_index(
        "ix_sheet_rows_age",
        "sheet_rows",
        ["binding_id", "sort_at"],
        unique=False,
        sqlite_where=sa.text("stays_at IS NULL"),
        postgresql_where=sa.text("stays_at IS NULL"),
    )
    op.create_table(
        "roll_offs",
        sa.Column("binding_id", sa.Text(), nullable=False),
        sa.Column("staging_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["binding_id"], ["bindings.id"], name=op.f("fk_roll_offs_binding_id_bindings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("binding_id", name=op.f("pk_roll_offs")),
    )


def downgrade() -> None:
    raise RuntimeError("migrations go forward only")
