"""What tabs show and what was sent to them: rows, unanswered writes, history, reports, quotas."""

import sqlalchemy as sa

from service.store.tables.schema import Instant, metadata, own_id

sheet_rows = sa.Table(  # one row of one bound tab: what it should be asked again for, and what it last showed
    "sheet_rows",
    metadata,
    sa.Column("binding_id", sa.ForeignKey("bindings.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("row_key", sa.Text, primary_key=True),
    sa.Column("shop_id", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("sku_id", sa.Text, nullable=False),  # empty at order grain; the transaction's id where the row is one
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("settled", sa.Integer, nullable=False),  # the version the sheet is verified to show
    sa.Column("dirty_at", Instant),  # since when version > settled
    sa.Column("is_fill", sa.Boolean, nullable=False),  # waits for the backfill, behind live changes
    sa.Column("sort_at", Instant, nullable=False),  # the order's creation: the backfill goes newest first
    sa.Column("position", sa.Integer),  # grid row index where it was last seen, from 0; a hint; -1 = deleted by hand
    sa.Column("copies", sa.JSON),  # further grid rows with the same key, made by a person; null = none
    sa.Column("absent_at", Instant),  # when a full read first missed it; believed after a second one a minute later
    sa.Column("sent_at", Instant),  # an insert of this row was sent then and not proved; null = none is open
    sa.Column("is_known", sa.Boolean, nullable=False),  # false = the image may be wrong: send every owned cell
    sa.Column("image", sa.JSON),  # column key → cell, null = never written
    sa.Column("stays_at", Instant),  # something of a person's was found in it then: it is never moved to an archive
    sa.Index("ix_sheet_rows_order", "shop_id", "order_id"),
    sa.Index("ix_sheet_rows_place", "binding_id", "position"),
    sa.Index("ix_sheet_rows_dirty", "binding_id", "is_fill", "sort_at", sqlite_where=sa.text("version > settled"),
             postgresql_where=sa.text("version > settled")),
    sa.Index("ix_sheet_rows_age", "binding_id", "sort_at", sqlite_where=sa.text("stays_at IS NULL"),
             postgresql_where=sa.text("stays_at IS NULL")),
)  # fmt: skip

roll_offs = sa.Table(  # rows on their way out of a tab: cut into a hidden staging tab, at most one such move per tab
    "roll_offs",
    metadata,
    sa.Column("binding_id", sa.ForeignKey("bindings.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("staging_id", sa.BigInteger, nullable=False),  # grid id of the staging tab, chosen by us
    sa.Column("title", sa.Text, nullable=False),  # of the staging tab
    sa.Column("phase", sa.Text, nullable=False),  # cut, return, delete: which of its writes was sent last
    sa.Column("sent_at", Instant, nullable=False),  # wall time of that write
    sa.Column("body", sa.JSON, nullable=False),  # {rows: [[…] in the order of the staging tab]}: store.roll_offs
)

intents = sa.Table(  # a write that was sent and whose answer was not verified yet
    "intents",
    metadata,
    own_id(),
    sa.Column("spreadsheet_id", sa.ForeignKey("files.spreadsheet_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("sent_at", Instant, nullable=False),  # wall time
    sa.Column("body", sa.JSON, nullable=False),  # binding id → {inserted: [row keys], updated: [row keys]}
)

flushes = sa.Table(  # sync history: one row per pass that spoke to Google
    "flushes",
    metadata,
    own_id(),
    sa.Column("spreadsheet_id", sa.ForeignKey("files.spreadsheet_id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("inserted", sa.Integer, nullable=False),
    sa.Column("updated", sa.Integer, nullable=False),
    sa.Column("unchanged", sa.Integer, nullable=False),
    sa.Column("reads", sa.Integer, nullable=False),
    sa.Column("writes", sa.Integer, nullable=False),
    sa.Column("ms", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),  # ok, raced, failed, unknown
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, default="flush", server_default="flush"),  # flush, set-up, audit, repair
    sa.Column("healed", sa.Integer, nullable=False, default=0, server_default="0"),  # rows put right that had been hurt
    sa.Column("removed", sa.Integer, nullable=False, default=0, server_default="0"),  # rows found deleted by a person
    sa.Column("cells", sa.JSON),  # addresses of a person's cells we may have written over, "Tab!B7"; null = none
    sa.Index("ix_flushes_recent", "spreadsheet_id", "at"),
)

reports = sa.Table(  # what a person did to a tab that we do not undo by ourselves, each with an action that does
    "reports",
    metadata,
    own_id(),
    sa.Column("binding_id", sa.ForeignKey("bindings.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),  # row-deleted, column-deleted, key-damaged, row-copied, column-replaced
    sa.Column("subject", sa.Text, nullable=False),  # row key or column key
    sa.Column("place", sa.Text, nullable=False, default="", server_default=""),  # A1 address in the tab, a hint
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),  # somebody took note of it and left it so; what was put right is not kept
    sa.Index("uq_reports_open", "binding_id", "kind", "subject", unique=True, sqlite_where=sa.text("closed_at IS NULL"),
             postgresql_where=sa.text("closed_at IS NULL")),
)  # fmt: skip

quotas = sa.Table(  # GCRA: one row per identity and kind, one per project and kind
    "quotas",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("tat", Instant, nullable=False),  # theoretical arrival time, wall clock
)
