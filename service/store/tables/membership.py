"""Accounts and who is in them, what they pressed and did."""

import sqlalchemy as sa

from service.store.tables.schema import Instant, metadata, own_id, owning_account

accounts = sa.Table(
    "accounts",
    metadata,
    own_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("switches", sa.JSON, nullable=False),  # list of roles.Switch values that are on
    sa.Column("created_at", Instant, nullable=False),
    # id → {name, base, groups, permissions, created_by, created_at, retired_at}; named `custom:<id>` where a role is
    sa.Column("custom_roles", sa.JSON, nullable=False, default=dict, server_default="{}"),
    sa.Column("pii_days", sa.Integer),  # buyers' data is wiped so long after an order is finished; null = the default
    sa.Column("wiped_at", Instant),  # buyers whose time is over were last looked for then; null = look at once
    sa.Column("audit_days", sa.Integer),  # the audit trail goes back so far; null = to the beginning
    sa.Column("review_due_at", Instant),  # when owners are asked to look through who may see what
    sa.Column("reviewed_at", Instant),
    sa.Column("closed_at", Instant),
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
    sa.Column("deleted_at", Instant),  # asked to be forgotten
)

members = sa.Table(
    "members",
    metadata,
    own_id(),
    owning_account(),
    sa.Column("sub", sa.ForeignKey("people.sub"), nullable=False, index=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),  # roles.Role, or custom:<id> of the account's own
    sa.Column("shop_ids", sa.JSON),  # null = every shop of the account
    sa.Column("joined_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),  # no member from then on; null = until revoked
    sa.Column("seen_at", Instant),  # last seen in this account, to the hour
    sa.Column("reviewed_at", Instant),  # an owner last confirmed that this person keeps their rights
    sa.Column("revoked_at", Instant),
    # one live membership per person and account; a revoked one is kept for the record
    sa.Index("uq_members_live", "account_id", "sub", unique=True, sqlite_where=sa.text("revoked_at IS NULL"),
             postgresql_where=sa.text("revoked_at IS NULL")),
)  # fmt: skip

invitations = sa.Table(
    "invitations",
    metadata,
    own_id(),
    owning_account(),
    sa.Column("email", sa.Text, nullable=False, index=True),  # lower case; empty when a whole domain is invited
    sa.Column("domain", sa.Text, nullable=False, default="", server_default=""),  # of a Workspace; empty = one address
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("shop_ids", sa.JSON),  # of the member to be
    sa.Column("member_expires_at", Instant),  # of the member to be
    sa.Column("invited_by", sa.Text, nullable=False),  # member id
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("code_hash", sa.Text),  # of the one-time code, for addresses that are not authoritative
    sa.Column("code_tries", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("accepted_at", Instant),
    sa.Column("accepted_sub", sa.Text),
    sa.Column("revoked_at", Instant),
)

once_keys = sa.Table(  # presses that create something: each is honoured once
    "once_keys",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
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
    sa.Column("role", sa.Text, nullable=False, default="", server_default=""),  # of who did it, then
    sa.Column("body", sa.JSON),  # what else there is to tell; null = nothing
    sa.Column("prev", sa.Text, nullable=False, default="", server_default=""),  # hash of the account's line before
    sa.Column("hash", sa.Text, nullable=False, default="", server_default=""),  # of everything above
    sa.Index("ix_audit_recent", "account_id", "at"),
    sa.Index("ix_audit_chain", "account_id", "id"),
    sa.Index("ix_audit_deed", "account_id", "deed", "at"),
    sa.Index("ix_audit_person", "account_id", "sub", "at"),
)

audit_heads = sa.Table(  # where the chain of an account's audit lines ends, so that a missing end is noticed
    "audit_heads",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),  # lines that are kept
    sa.Column("hash", sa.Text, nullable=False),  # of the newest line
    sa.Column("kept_from_hash", sa.Text, nullable=False, default="", server_default=""),  # of the last line let go
    sa.Column("let_go", sa.Integer, nullable=False, default=0, server_default="0"),  # lines before the kept ones
    sa.Column("seal", sa.Text, nullable=False),  # of everything above
    sa.Column("key", sa.LargeBinary, nullable=False),  # sealed: what this account's lines are sealed with, for good
)
