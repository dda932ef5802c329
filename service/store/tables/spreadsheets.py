"""Spreadsheets we write: profiles, files, and the tabs tied to a profile."""

import sqlalchemy as sa

from service.store.tables.schema import Instant, metadata, own_id, owning_account

profiles = sa.Table(
    "profiles",
    metadata,
    own_id(),
    owning_account(),
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
    owning_account(),
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
    sa.Column("listed_at", Instant),  # the whole list of them was last read
    sa.Column("permission_ids", sa.JSON),  # Drive's ids in that list; null = never read
    sa.Column("intruders", sa.JSON),  # readers found who may not see everything: [{reader_id, label, why}]
    sa.Column("consent_id", sa.Text),  # written by this person's consent; null = by the writer's service account
    sa.Column("edited_at", Instant),  # last edit by somebody else that Drive told of
    sa.Column("looked_at", Instant),  # Drive was last asked whether somebody edited the file
    sa.Column("flushed_at", Instant),  # last verified write or verified "nothing to do"
    sa.Column("created_at", Instant, nullable=False),
)

bindings = sa.Table(
    "bindings",
    metadata,
    own_id(),
    owning_account(),
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
    sa.Column("archive_of", sa.Text, index=True),  # the live binding whose old finished rows it takes; null = it is one
    # what is finished for longer belongs into the archive; null = it stays. An archive's is that of its live binding
    sa.Column("window_days", sa.Integer),
    sa.Column("roll_due_at", Instant),  # when finished rows are next looked for that belong elsewhere; null = never
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

proofs = sa.Table(  # what a file was found to show, as it was written: dated and signed
    "proofs",
    metadata,
    own_id(),
    owning_account(),
    sa.Column("spreadsheet_id", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("sub", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),  # green, red, unread
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Index("ix_proofs_recent", "spreadsheet_id", "at"),
)
