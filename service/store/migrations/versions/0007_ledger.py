"""Ledger: what people know of their costs, and what the profit of orders was made of.

Safety: forward only. Only new tables, and columns with defaults, which the release still running does not know.
"""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each table is made below, in the order in which they came to be."""
