"""Who may see what, and the proof of it: expiry, roles of an account's own, the chain of the audit trail, proofs,
retention of buyers' data, a person's consent as writer.

Safety: forward only. Every new column is empty or has a default, so the release still running goes on. What it writes
into the audit trail from here on is in no chain and is told as put in: stop it before, where that matters.
"""

import secrets

import sqlalchemy as sa
from alembic import context, op

from service.core.chain import BEGINNING, Head, seal_head, seal_line
from service.store.tables import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("custom_roles", sa.JSON(), server_default="{}", nullable=False))
    for name in ("pii_days", "audit_days"):
        op.add_column("accounts", sa.Column(name, sa.Integer()))
    for name in ("wiped_at", "review_due_at", "reviewed_at", "closed_at"):
        op.add_column("accounts", sa.Column(name, Instant()))
    op.add_column("people", sa.Column("deleted_at", Instant()))
    for name in ("expires_at", "seen_at", "reviewed_at"):
        op.add_column("members", sa.Column(name, Instant()))
    op.add_column("invitations", sa.Column("domain", sa.Text(), server_default="", nullable=False))
    op.add_column("invitations", sa.Column("shop_ids", sa.JSON()))
    op.add_column("invitations", sa.Column("member_expires_at", Instant()))
    op.add_column("shops", sa.Column("forget_at", Instant()))
    op.add_column("orders", sa.Column("erased_at", Instant()))
    op.create_index(
        "ix_orders_ended",
        "orders",
        ["account_id", "status", "updated_at"],
        unique=False,
        sqlite_where=sa.text("erased_at IS NULL"),
        postgresql_where=sa.text("erased_at IS NULL"),
    )
    for name in ("permission_ids", "intruders"):
        op.add_column("files", sa.Column(name, sa.JSON()))
    op.add_column("files", sa.Column("listed_at", Instant()))
    op.add_column("files", sa.Column("consent_id", sa.Text()))
    _chain()
    _proofs()
    _own_consents()


def _chain() -> None:
    for name in ("role", "prev", "hash"):
        op.add_column("audit", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("audit", sa.Column("body", sa.JSON()))
    op.create_index("ix_audit_chain", "audit", ["account_id", "id"], unique=False)
    op.create_index("ix_audit_deed", "audit", ["account_id", "deed", "at"], unique=False)
    op.create_index("ix_audit_person", "audit", ["account_id", "sub", "at"], unique=False)
    op.create_table(
        "audit_heads",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("kept_from_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("let_go", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_audit_heads")),
    )
    tx = op.get_bind()
    for account_id in tx.execute(sa.text("SELECT id FROM accounts ORDER BY id")).scalars().all():
        _chain_account(tx, account_id)


def _chain_account(tx: sa.Connection, account_id: str) -> None:
    """The lines that are there become a chain, as they are: from here on none of them can be changed unnoticed."""
    key = secrets.token_hex(32)
    sealed, last, count = context.config.attributes["sealer"].seal(key), BEGINNING, 0
    lines = sa.text(
        "SELECT id, at, sub, role, deed, subject, spreadsheet_id FROM audit WHERE account_id = :account_id ORDER BY id"
    )
    put = sa.text("UPDATE audit SET prev = :prev, hash = :hash WHERE id = :id")
    for line in tx.execute(lines, {"account_id": account_id}).all():
        seal = seal_line(key.encode(), account_id, (*line, None), last)
        tx.execute(put, {"prev": last, "hash": seal, "id": line.id})
        last, count = seal, count + 1
    head = Head(account_id, count=count, let_go=0, first=BEGINNING, last=last)
    tx.execute(
        sa.text(
            "INSERT INTO audit_heads (account_id, count, hash, kept_from_hash, let_go, seal, key)"
            " VALUES (:account_id, :count, :hash, :first, 0, :seal, :key)"
        ),
        {"account_id": account_id, "count": count, "hash": last, "first": BEGINNING,
         "seal": seal_head(key.encode(), head), "key": sealed},
    )  # fmt: skip


def _proofs() -> None:
    op.create_table(
        "proofs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("spreadsheet_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("sub", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_proofs_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
    )
    op.create_index(op.f("ix_proofs_account_id"), "proofs", ["account_id"], unique=False)
    op.create_index("ix_proofs_recent", "proofs", ["spreadsheet_id", "at"], unique=False)


def _own_consents() -> None:
    op.create_table(
        "own_consents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sub", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant()),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_own_consents_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_consents")),
    )
    op.create_index(op.f("ix_own_consents_account_id"), "own_consents", ["account_id"], unique=False)
    op.create_index(op.f("ix_own_consents_sub"), "own_consents", ["sub"], unique=False)
