"""Connected shops: the consent that opens them, how they are asked, what they sent us."""

import sqlalchemy as sa

from service.store.tables.schema import Instant, metadata, own_id, owning_account

consents = sa.Table(  # one seller's consent: the tokens shared by the shops it opened
    "consents",
    metadata,
    own_id(),
    owning_account(),
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
    own_id(),  # ours
    owning_account(),
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
    sa.Column("forget_at", Instant),  # asked then to delete all its orders; null = nobody asked, or it is done
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

own_consents = sa.Table(  # a person lets us write into a file as them, where no service account may be added
    "own_consents",
    metadata,
    own_id(),
    owning_account(),
    sa.Column("sub", sa.Text, nullable=False, index=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary),  # sealed refresh token; null once it is of no use
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # live, dead, revoked
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
)
