"""Orders, what they are found by, and what is kept beside them. Personal data lies apart, sealed."""

import sqlalchemy as sa

from service.store.tables.schema import Instant, metadata

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("shop_id", sa.ForeignKey("shops.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("fetched_at", Instant, nullable=False),
    sa.Column("saved_at", Instant, nullable=False),  # when this content was first saved
    sa.Column("sla_due_at", Instant),  # the next unmet clock, for lists
    sa.Column("action", sa.Text, nullable=False, default="", server_default=""),  # action needed, as of saved_at
    sa.Column("change_at", Instant),  # the next instant at which a time-dependent cell of this order changes
    sa.Column("erased_at", Instant),  # the buyer's data was erased then, and is never stored again
    sa.Column("search", sa.Text, nullable=False, default="", server_default=""),  # read by the release before only
    sa.Column("body", sa.JSON, nullable=False),  # the order without its recipient
    # Each list has an index that also holds its order and its keys: a page is found without reading a body, which
    # matters most where thousands of orders share a deadline.
    sa.Index("ix_orders_find", "account_id", "order_id"),
    sa.Index("ix_orders_list", "account_id", "created_at", "order_id", "shop_id"),
    sa.Index("ix_orders_status", "account_id", "status", "created_at", "order_id", "shop_id"),
    sa.Index("ix_orders_due", "account_id", "sla_due_at", "order_id", "shop_id"),
    sa.Index("ix_orders_action", "account_id", "action", "created_at", "order_id", sqlite_where=sa.text("action <> ''"),
             postgresql_where=sa.text("action <> ''")),
    sa.Index("ix_orders_change", "change_at"),
    # buyers that are still kept, by when their orders ended
    sa.Index("ix_orders_ended", "account_id", "status", "updated_at", sqlite_where=sa.text("erased_at IS NULL"),
             postgresql_where=sa.text("erased_at IS NULL")),
)  # fmt: skip

order_terms = sa.Table(  # what orders are found by: core.terms. Nothing personal
    "order_terms",
    metadata,
    sa.Column("shop_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),  # core.terms.TermKind
    # in the order of its letters' code points on both databases, so that a beginning is a range of the key
    sa.Column("term", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), primary_key=True),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.order_id"], ondelete="CASCADE"),
    sa.Index("ix_order_terms_order", "shop_id", "order_id"),
    sqlite_with_rowid=False,  # the key is all there is
)

recipients = sa.Table(  # personal data, apart, sealed
    "recipients",
    metadata,
    sa.Column("shop_id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.order_id"], ondelete="CASCADE"),
)

notes = sa.Table(  # the seller's own, by order
    "notes",
    metadata,
    sa.Column("shop_id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("flag", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("is_shared", sa.Boolean, nullable=False),
    sa.Column("assignee", sa.Text, nullable=False),
    sa.Column("customs", sa.JSON, nullable=False),
    sa.Column("written_by", sa.Text, nullable=False),
    sa.Column("written_at", Instant, nullable=False),
)
