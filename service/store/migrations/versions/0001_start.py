"""The first schema.

Safety: forward only. The release still running must survive this: add, fill, switch, and remove one release later.
"""

import sqlalchemy as sa
from alembic import op

from service.store.tables import Instant

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('plan', sa.Text(), nullable=False),
    sa.Column('switches', sa.JSON(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts'))
    )
    op.create_table('audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('at', Instant(), nullable=False),
    sa.Column('sub', sa.Text(), nullable=False),
    sa.Column('deed', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('spreadsheet_id', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index('ix_audit_recent', ['account_id', 'at'], unique=False)

    op.create_table('notes',
    sa.Column('shop_id', sa.Text(), nullable=False),
    sa.Column('order_id', sa.Text(), nullable=False),
    sa.Column('flag', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('is_shared', sa.Boolean(), nullable=False),
    sa.Column('assignee', sa.Text(), nullable=False),
    sa.Column('customs', sa.JSON(), nullable=False),
    sa.Column('written_by', sa.Text(), nullable=False),
    sa.Column('written_at', Instant(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', name=op.f('pk_notes'))
    )
    op.create_table('notices',
    sa.Column('notice_id', sa.Text(), nullable=False),
    sa.Column('tiktok_shop_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Integer(), nullable=False),
    sa.Column('order_ids', sa.JSON(), nullable=False),
    sa.Column('received_at', Instant(), nullable=False),
    sa.Column('done_at', Instant(), nullable=True),
    sa.PrimaryKeyConstraint('notice_id', name=op.f('pk_notices'))
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index('ix_notices_waiting', ['tiktok_shop_id', 'received_at'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))

    op.create_table('once_keys',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('at', Instant(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_once_keys'))
    )
    op.create_table('people',
    sa.Column('sub', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('chosen_account_id', sa.Text(), nullable=True),
    sa.Column('first_seen_at', Instant(), nullable=False),
    sa.Column('last_seen_at', Instant(), nullable=False),
    sa.Column('signed_out_at', Instant(), nullable=True),
    sa.PrimaryKeyConstraint('sub', name=op.f('pk_people'))
    )
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_people_email'), ['email'], unique=False)

    op.create_table('quotas',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('tat', Instant(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_quotas'))
    )
    op.create_table('tickets',
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('sub', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('cookie_hash', sa.Text(), nullable=True),
    sa.Column('expires_at', Instant(), nullable=False),
    sa.Column('used_at', Instant(), nullable=True),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_tickets'))
    )
    op.create_table('consents',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('open_id', sa.Text(), nullable=False),
    sa.Column('seller_name', sa.Text(), nullable=False),
    sa.Column('region', sa.Text(), nullable=False),
    sa.Column('tokens', sa.LargeBinary(), nullable=False),
    sa.Column('access_expires_at', Instant(), nullable=False),
    sa.Column('refresh_expires_at', Instant(), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('refreshing_until', Instant(), nullable=True),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_consents_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consents_account_id'), ['account_id'], unique=False)

    op.create_table('files',
    sa.Column('spreadsheet_id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.Column('writer_email', sa.Text(), nullable=False),
    sa.Column('time_zone', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('reason_text', sa.Text(), server_default='', nullable=False),
    sa.Column('approved_readers', sa.JSON(), nullable=False),
    sa.Column('lease_holder', sa.Text(), nullable=True),
    sa.Column('lease_epoch', sa.Integer(), server_default='0', nullable=False),
    sa.Column('lease_until', Instant(), nullable=True),
    sa.Column('queued', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('queued_at', Instant(), nullable=True),
    sa.Column('not_before', Instant(), nullable=True),
    sa.Column('pace_at', Instant(), nullable=True),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('checked_at', Instant(), nullable=True),
    sa.Column('flushed_at', Instant(), nullable=True),
    sa.Column('created_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_files_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('spreadsheet_id', name=op.f('pk_files'))
    )
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_files_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_files_writer_email'), ['writer_email'], unique=False)

    op.create_table('invitations',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('invited_by', sa.Text(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('expires_at', Instant(), nullable=False),
    sa.Column('code_hash', sa.Text(), nullable=True),
    sa.Column('code_tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('accepted_at', Instant(), nullable=True),
    sa.Column('accepted_sub', sa.Text(), nullable=True),
    sa.Column('revoked_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_invitations_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations'))
    )
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitations_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitations_email'), ['email'], unique=False)

    op.create_table('members',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('sub', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('shop_ids', sa.JSON(), nullable=True),
    sa.Column('joined_at', Instant(), nullable=False),
    sa.Column('revoked_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_members_account_id_accounts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sub'], ['people.sub'], name=op.f('fk_members_sub_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members'))
    )
    with op.batch_alter_table('members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_members_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_members_sub'), ['sub'], unique=False)
        batch_op.create_index('uq_members_live', ['account_id', 'sub'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))

    op.create_table('profiles',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('preset', sa.Text(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_profiles_account_id_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_profiles'))
    )
    with op.batch_alter_table('profiles', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_profiles_account_id'), ['account_id'], unique=False)

    op.create_table('bindings',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('spreadsheet_id', sa.Text(), nullable=False),
    sa.Column('sheet_id', sa.BigInteger(), nullable=False),
    sa.Column('tab_title', sa.Text(), nullable=False),
    sa.Column('profile', sa.JSON(), nullable=False),
    sa.Column('profile_id', sa.Text(), nullable=True),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.Column('mask', sa.LargeBinary(), nullable=True),
    sa.Column('header_row', sa.Integer(), server_default='0', nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('reason_text', sa.Text(), server_default='', nullable=False),
    sa.Column('fill_at', Instant(), nullable=True),
    sa.Column('fill_total', sa.Integer(), server_default='0', nullable=False),
    sa.Column('fill_started_at', Instant(), nullable=True),
    sa.Column('row_total', sa.Integer(), server_default='0', nullable=False),
    sa.Column('row_done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('is_ticking', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('stopped_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_bindings_account_id_accounts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['spreadsheet_id'], ['files.spreadsheet_id'], name=op.f('fk_bindings_spreadsheet_id_files'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bindings'))
    )
    with op.batch_alter_table('bindings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bindings_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_bindings_spreadsheet_id'), ['spreadsheet_id'], unique=False)
        batch_op.create_index('uq_bindings_tab', ['spreadsheet_id', 'sheet_id'], unique=True, sqlite_where=sa.text('stopped_at IS NULL'), postgresql_where=sa.text('stopped_at IS NULL'))

    op.create_table('flushes',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('spreadsheet_id', sa.Text(), nullable=False),
    sa.Column('at', Instant(), nullable=False),
    sa.Column('inserted', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('reads', sa.Integer(), nullable=False),
    sa.Column('writes', sa.Integer(), nullable=False),
    sa.Column('ms', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['spreadsheet_id'], ['files.spreadsheet_id'], name=op.f('fk_flushes_spreadsheet_id_files'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flushes'))
    )
    with op.batch_alter_table('flushes', schema=None) as batch_op:
        batch_op.create_index('ix_flushes_recent', ['spreadsheet_id', 'at'], unique=False)

    op.create_table('intents',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('spreadsheet_id', sa.Text(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('sent_at', Instant(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['spreadsheet_id'], ['files.spreadsheet_id'], name=op.f('fk_intents_spreadsheet_id_files'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intents'))
    )
    with op.batch_alter_table('intents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_intents_spreadsheet_id'), ['spreadsheet_id'], unique=False)

    op.create_table('shops',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('consent_id', sa.Text(), nullable=False),
    sa.Column('tiktok_shop_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('region', sa.Text(), nullable=False),
    sa.Column('seller_type', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('cipher', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('warehouses', sa.JSON(), nullable=False),
    sa.Column('polled_until', Instant(), nullable=False),
    sa.Column('next_poll_at', Instant(), nullable=False),
    sa.Column('import_from', Instant(), nullable=False),
    sa.Column('import_at', Instant(), nullable=True),
    sa.Column('subscribed_at', Instant(), nullable=True),
    sa.Column('queued', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('queued_at', Instant(), nullable=True),
    sa.Column('not_before', Instant(), nullable=True),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('trouble', sa.Text(), nullable=True),
    sa.Column('connected_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_shops_account_id_accounts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['consent_id'], ['consents.id'], name=op.f('fk_shops_consent_id_consents')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shops'))
    )
    with op.batch_alter_table('shops', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shops_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shops_next_poll_at'), ['next_poll_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_shops_tiktok_shop_id'), ['tiktok_shop_id'], unique=False)
        batch_op.create_index('uq_shops_live', ['tiktok_shop_id'], unique=True, sqlite_where=sa.text("state <> 'disconnected'"), postgresql_where=sa.text("state <> 'disconnected'"))

    op.create_table('orders',
    sa.Column('shop_id', sa.Text(), nullable=False),
    sa.Column('order_id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('updated_at', Instant(), nullable=False),
    sa.Column('fetched_at', Instant(), nullable=False),
    sa.Column('saved_at', Instant(), nullable=False),
    sa.Column('sla_due_at', Instant(), nullable=True),
    sa.Column('action', sa.Text(), server_default='', nullable=False),
    sa.Column('change_at', Instant(), nullable=True),
    sa.Column('search', sa.Text(), server_default='', nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_orders_shop_id_shops'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', name=op.f('pk_orders'))
    )
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.create_index('ix_orders_action', ['account_id', 'action', 'created_at', 'order_id'], unique=False, sqlite_where=sa.text("action <> ''"), postgresql_where=sa.text("action <> ''"))
        batch_op.create_index('ix_orders_change', ['change_at'], unique=False)
        batch_op.create_index('ix_orders_due', ['account_id', 'sla_due_at', 'order_id', 'shop_id'], unique=False)
        batch_op.create_index('ix_orders_find', ['account_id', 'order_id'], unique=False)
        batch_op.create_index('ix_orders_list', ['account_id', 'created_at', 'order_id', 'shop_id'], unique=False)
        batch_op.create_index('ix_orders_status', ['account_id', 'status', 'created_at', 'order_id', 'shop_id'], unique=False)

    op.create_table('sheet_rows',
    sa.Column('binding_id', sa.Text(), nullable=False),
    sa.Column('row_key', sa.Text(), nullable=False),
    sa.Column('shop_id', sa.Text(), nullable=False),
    sa.Column('order_id', sa.Text(), nullable=False),
    sa.Column('sku_id', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('settled', sa.Integer(), nullable=False),
    sa.Column('dirty_at', Instant(), nullable=True),
    sa.Column('is_fill', sa.Boolean(), nullable=False),
    sa.Column('sort_at', Instant(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('absent_at', Instant(), nullable=True),
    sa.Column('sent_at', Instant(), nullable=True),
    sa.Column('is_known', sa.Boolean(), nullable=False),
    sa.Column('image', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['binding_id'], ['bindings.id'], name=op.f('fk_sheet_rows_binding_id_bindings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('binding_id', 'row_key', name=op.f('pk_sheet_rows'))
    )
    with op.batch_alter_table('sheet_rows', schema=None) as batch_op:
        batch_op.create_index('ix_sheet_rows_dirty', ['binding_id', 'is_fill', 'sort_at'], unique=False, sqlite_where=sa.text('version > settled'), postgresql_where=sa.text('version > settled'))
        batch_op.create_index('ix_sheet_rows_order', ['shop_id', 'order_id'], unique=False)
        batch_op.create_index('ix_sheet_rows_place', ['binding_id', 'position'], unique=False)

    op.create_table('recipients',
    sa.Column('shop_id', sa.Text(), nullable=False),
    sa.Column('order_id', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'order_id'], ['orders.shop_id', 'orders.order_id'], name=op.f('fk_recipients_shop_id_orders'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', name=op.f('pk_recipients'))
    )


def downgrade() -> None:
    raise RuntimeError("migrations go forward only")
