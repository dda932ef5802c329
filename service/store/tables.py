"""Every table, with units and uniqueness. Instants are microseconds since 1970 UTC (type Instant, aware datetimes in
Python); ids are text; sealed columns hold MultiFernet tokens. Constraint names follow one convention so that
migrations can name them on both databases.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMES)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime kept as whole microseconds since 1970, the same on both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002 - its shape
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - same
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.Text, primary_key=True)


def _account() -> sa.Column[str]:
    return sa.Column("account_id", sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True)


accounts = sa.Table(
    "accounts",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("switches", sa.JSON, nullable=False),  # list of roles.Switch values that are on
    sa.Column("created_at", Instant, nullable=False),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("sub", sa.Text, primary_key=True),  # Google's stable id of a person
    sa.Column("email", sa.Text, nullable=False, index=True),
    sa.Column("chosen_account_id", sa.Text),  # chosen in an unbound file
    sa.Column("first_seen_at", Instant, nullable=False),
    sa.Column("last_seen_at", Instant, nullable=False),
    sa.Column("signed_out_at", Instant),
)

members = sa.Table(
    "members",
    metadata,
    _id(),
    _account(),
    sa.Column("sub", sa.ForeignKey("people.sub"), nullable=False, index=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("shop_ids", sa.JSON),  # null = every shop of the account
    sa.Column("joined_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    # one live membership per person and account; a revoked one is kept for the record
    sa.Index("uq_members_live", "account_id", "sub", unique=True, sqlite_where=sa.text("revoked_at IS NULL"),
             postgresql_where=sa.text("revoked_at IS NULL")),
)  # fmt: skip

invitations = sa.Table(
    "invitations",
    metadata,
    _id(),
    _account(),
    sa.Column("email", sa.Text, nullable=False, index=True),  # lower case
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("invited_by", sa.Text, nullable=False),  # member id
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("code_hash", sa.Text),  # of the one-time code, for addresses that are not authoritative
    sa.Column("code_tries", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("accepted_at", Instant),
    sa.Column("accepted_sub", sa.Text),
    sa.Column("revoked_at", Instant),
)

consents = sa.Table(  # one seller's consent: the tokens shared by the shops it opened
    "consents",
    metadata,
    _id(),
    _account(),
    sa.Column("open_id", sa.Text, nullable=False),
    sa.Column("seller_name", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("tokens", sa.LargeBinary, nullable=False),  # sealed JSON: access, refresh
    sa.Column("access_expires_at", Instant, nullable=False),
    sa.Column("refresh_expires_at", Instant, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # live, dead
    sa.Column("version", sa.Integer, nullable=False),  # rises with each refresh; the condition of its UPDATE
    sa.Column("refreshing_until", Instant),  # who refreshes holds this
    sa.Column("created_by", sa.Text, nullable=False),  # member id
    sa.Column("created_at", Instant, nullable=False),
)

shops = sa.Table(
    "shops",
    metadata,
    _id(),  # ours
    _account(),
    sa.Column("consent_id", sa.ForeignKey("consents.id"), nullable=False),
    sa.Column("tiktok_shop_id", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("seller_type", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("cipher", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # live, expired, disconnected
    sa.Column("warehouses", sa.JSON, nullable=False),  # warehouse id → name
    sa.Column("polled_until", Instant, nullable=False),  # update times before this are in the database
    sa.Column("next_poll_at", Instant, nullable=False, index=True),
    sa.Column("import_from", Instant, nullable=False),  # the history import goes from now back to here
    sa.Column("import_at", Instant),  # how far back it has come; null = done
    sa.Column("subscribed_at", Instant),  # webhooks ordered and warehouses read
    sa.Column("queued", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Column("queued_at", Instant),
    sa.Column("not_before", Instant),
    sa.Column("tries", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("trouble", sa.Text),  # the sentence of the last failure, null when well
    sa.Column("connected_at", Instant, nullable=False),
    # a shop is live in one account
    sa.Index("uq_shops_live", "tiktok_shop_id", unique=True, sqlite_where=sa.text("state <> 'disconnected'"),
             postgresql_where=sa.text("state <> 'disconnected'")),
)  # fmt: skip

tickets = sa.Table(  # single-use secrets of browser flows, by the hash of what the browser carries
    "tickets",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),  # connect-start, connect-signin, connect-consent
    sa.Column("sub", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary),  # sealed JSON that the next step needs (verifier, nonce)
    sa.Column("cookie_hash", sa.Text),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

once_keys = sa.Table(  # presses that create something: each is honoured once
    "once_keys",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

notices = sa.Table(  # the inbox
    "notices",
    metadata,
    sa.Column("notice_id", sa.Text, primary_key=True),
    sa.Column("tiktok_shop_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("order_ids", sa.JSON, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("done_at", Instant),
    sa.Index("ix_notices_waiting", "tiktok_shop_id", "received_at", sqlite_where=sa.text("done_at IS NULL"),
             postgresql_where=sa.text("done_at IS NULL")),
)  # fmt: skip

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

profiles = sa.Table(
    "profiles",
    metadata,
    _id(),
    _account(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("preset", sa.Text, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),  # core.profiles.Profile as JSON
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

files = sa.Table(  # a spreadsheet that belongs to one account and is written for one audience
    "files",
    metadata,
    sa.Column("spreadsheet_id", sa.Text, primary_key=True),
    _account(),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),  # roles.Role
    sa.Column("writer_email", sa.Text, nullable=False, index=True),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # live, paused
    sa.Column(
        "reason", sa.Text, nullable=False, default="", server_default=""
    ),  # why paused: a word of core.sheet.Pause
    sa.Column("reason_text", sa.Text, nullable=False, default="", server_default=""),  # names what is in the way
    sa.Column("approved_readers", sa.JSON, nullable=False),  # permission ids the owner approved by name
    sa.Column("lease_holder", sa.Text),
    sa.Column("lease_epoch", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("lease_until", Instant),
    sa.Column("queued", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Column("queued_at", Instant),
    sa.Column("not_before", Instant),
    sa.Column("pace_at", Instant),  # GCRA of this file's flushes
    sa.Column("tries", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("checked_at", Instant),  # permissions last compared with the members
    sa.Column("edited_at", Instant),  # last edit by somebody else that Drive or a read of ours told of
    sa.Column("looked_at", Instant),  # Drive was last asked whether somebody edited the file
    sa.Column("flushed_at", Instant),  # last verified write or verified "nothing to do"
    sa.Column("created_at", Instant, nullable=False),
)

bindings = sa.Table(
    "bindings",
    metadata,
    _id(),
    _account(),
    sa.Column("spreadsheet_id", sa.ForeignKey("files.spreadsheet_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("sheet_id", sa.BigInteger, nullable=False),  # grid id of the tab
    sa.Column("tab_title", sa.Text, nullable=False),
    sa.Column("profile", sa.JSON, nullable=False),  # the profile as bound, in order, with its headers
    sa.Column("profile_id", sa.Text),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("mask", sa.LargeBinary),  # sealed key of masked row keys
    sa.Column("header_row", sa.Integer, nullable=False, default=0, server_default="0"),  # grid index, from 0
    sa.Column("state", sa.Text, nullable=False),  # setting-up, live, paused, stopped
    sa.Column("reason", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("reason_text", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("fill_at", Instant),  # backfill: orders created before this are still to be marked; null = all marked
    sa.Column("fill_total", sa.Integer, nullable=False, default=0, server_default="0"),  # orders it has to look at
    sa.Column("fill_seen", sa.Integer, nullable=False, default=0, server_default="0"),  # orders it has looked at
    sa.Column("fill_started_at", Instant),
    sa.Column("fill_from_at", Instant),  # backfill: orders created before this are left out; null = all we hold
    sa.Column("fill_stopped_at", Instant),  # asked to end: rows it has not written are dropped by the next pass
    sa.Column("window_days", sa.Integer),  # finished orders older than this are not written anew; null = no limit
    sa.Column("audited_at", Instant),  # every owned cell was last compared with its image
    sa.Column("audit_row", sa.Integer),  # a comparison goes on from this grid row; null = none is under way
    sa.Column("audit_due_at", Instant),  # when the next comparison begins; null = not set up yet
    sa.Column("notice", sa.Text, nullable=False, default="", server_default=""),  # why it stands still, as the tab says
    sa.Column("row_total", sa.Integer, nullable=False, default=0, server_default="0"),  # rows it should show
    sa.Column("row_done", sa.Integer, nullable=False, default=0, server_default="0"),  # rows verified at least once
    sa.Column("is_ticking", sa.Boolean, nullable=False, default=False, server_default=sa.false()),  # minutely
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("stopped_at", Instant),
    sa.Index("uq_bindings_tab", "spreadsheet_id", "sheet_id", unique=True, sqlite_where=sa.text("stopped_at IS NULL"),
             postgresql_where=sa.text("stopped_at IS NULL")),
)  # fmt: skip

sheet_rows = sa.Table(  # one row of one bound tab: what it should be asked again for, and what it last showed
    "sheet_rows",
    metadata,
    sa.Column("binding_id", sa.ForeignKey("bindings.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("row_key", sa.Text, primary_key=True),
    sa.Column("shop_id", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("sku_id", sa.Text, nullable=False),  # empty at order grain
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
    sa.Index("ix_sheet_rows_order", "shop_id", "order_id"),
    sa.Index("ix_sheet_rows_place", "binding_id", "position"),
    sa.Index("ix_sheet_rows_dirty", "binding_id", "is_fill", "sort_at", sqlite_where=sa.text("version > settled"),
             postgresql_where=sa.text("version > settled")),
)  # fmt: skip

intents = sa.Table(  # a write that was sent and whose answer was not verified yet
    "intents",
    metadata,
    _id(),
    sa.Column("spreadsheet_id", sa.ForeignKey("files.spreadsheet_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("sent_at", Instant, nullable=False),  # wall time
    sa.Column("body", sa.JSON, nullable=False),  # binding id → {inserted: [row keys], updated: [row keys]}
)

flushes = sa.Table(  # sync history: one row per pass that spoke to Google
    "flushes",
    metadata,
    _id(),
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
    _id(),
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

audit = sa.Table(  # who did what, when, from which sheet
    "audit",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("sub", sa.Text, nullable=False),
    sa.Column("deed", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("spreadsheet_id", sa.Text, nullable=False),
    sa.Index("ix_audit_recent", "account_id", "at"),
)
