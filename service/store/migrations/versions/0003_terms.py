"""Orders are found by their terms: item codes, tracking numbers and the ends of numbers have an index of their own.

Safety: forward only. The orders that are here get their terms now, from the content that is stored; what the release
still running saves meanwhile gets them when it is saved next. `orders.search` stays for that release.
"""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from alembic import op

from service.core.orders import Order
from service.core.terms import terms_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHUNK = 1_000  # orders read and written at once

_ORDERS = sa.table("orders", sa.column("shop_id"), sa.column("order_id"), sa.column("body", sa.JSON))
_TERMS = sa.table("order_terms", *(sa.column(name) for name in ("shop_id", "kind", "term", "order_id")))


def upgrade() -> None:
    op.create_table(
        "order_terms",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("term", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["orders.shop_id", "orders.order_id"],
            name=op.f("fk_order_terms_shop_id_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "kind", "term", "order_id", name=op.f("pk_order_terms")),
        sqlite_with_rowid=False,
    )
    for found in _chunks(op.get_bind()):
        rows = [
            {"shop_id": row.shop_id, "kind": term.kind.value, "term": term.text, "order_id": row.order_id}
            for row in found
            for term in terms_of(msgspec.convert(row.body, Order))
        ]
        op.get_bind().execute(sa.insert(_TERMS), rows)
    op.create_index("ix_order_terms_order", "order_terms", ["shop_id", "order_id"], unique=False)


def _chunks(connection: sa.Connection) -> Iterator[list[sa.Row[tuple[str, str, object]]]]:
    """Every order, in the order of its key."""
    key, last = sa.tuple_(_ORDERS.c.shop_id, _ORDERS.c.order_id), ("", "")
    query = sa.select(_ORDERS).order_by(_ORDERS.c.shop_id, _ORDERS.c.order_id).limit(CHUNK)
    while found := list(connection.execute(query.where(key > sa.tuple_(*map(sa.literal, last))))):
        yield found
        last = (found[-1].shop_id, found[-1].order_id)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only")
