"""Transactions on both databases, and a schema that the migrations and the tables agree on."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from store.conftest import NOW

from service.core.roles import Scope
from service.store import invitations, people, tables
from service.store.migrate import upgrade
from service.store.records import InvitationRow
from service.store.session import make_engine, normalise_url


def test_a_block_that_fails_leaves_nothing_behind(house):
    def fail(tx):
        people.add_account(tx, "a", name="A", plan="growth", now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        house.write(fail)
    with house.store.read() as tx:
        assert tx.execute(sa.select(tables.accounts)).all() == []


def test_a_read_sees_one_moment_and_a_write_beside_it_goes_on(bloom):
    """Readers do not stop the writer, nor the writer readers."""
    with bloom.store.read() as reader:
        before = people.members_of(reader, Scope("bloom"), NOW)
        bloom.write(people.change_role, "bloom-member", "finance")
        assert before[0].role == "owner"
    assert bloom.read(people.members_of, Scope("bloom"), NOW)[0].role == "finance"


def test_writers_that_read_first_wait_for_each_other_and_none_fails(bloom):
    """Read, then write, from four threads: each sees the one before it, as one conditional UPDATE would."""
    failures = []

    def count_up():
        try:
            for _ in range(10):
                bloom.write(invitations.count_try, "inv")
        except sa.exc.SQLAlchemyError as failure:
            failures.append(failure)

    row = InvitationRow(
        id="inv", account_id="bloom", email="n@x", role="client", invited_by="m", created_at=NOW,
        expires_at=NOW + timedelta(days=7), code_hash=None, code_tries=0, accepted_at=None, revoked_at=None,
    )  # fmt: skip
    bloom.write(invitations.add, row)
    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert bloom.read(invitations.waiting_for, "n@x", NOW)[0].code_tries == 40


def test_instants_come_back_to_the_microsecond_in_utc(house):
    at = datetime(2026, 3, 29, 3, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    house.write(people.add_account, "a", name="A", plan="growth", now=at)
    found = house.read(people.account, "a").created_at
    assert found == at
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:///x.db", "sqlite:///x.db"),
    ],
)
def test_every_spelling_of_an_address_leads_to_the_driver_we_ship(given, used):
    assert normalise_url(given) == used


def test_foreign_keys_are_held_on_both_databases(house):
    """SQLite asks for it on each connection."""
    with pytest.raises(sa.exc.IntegrityError):
        house.write(lambda tx: tx.execute(sa.insert(tables.profiles).values(
            id="p", account_id="nobody-s", name="", preset="", body={}, created_by="", created_at=NOW)))  # fmt: skip


# --- the schema ------------------------------------------------------------------------------------------------------


def test_the_migrations_make_exactly_the_tables(house):
    """What Alembic would still do to a migrated database: nothing."""
    with house.store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_migrating_twice_changes_nothing(bloom):
    upgrade(bloom.store.engine)
    assert bloom.read(people.account, "bloom").name == "Bloom"


def test_two_machines_may_migrate_at_once(tmp_path, dialect, house):
    """Both start before the schema is there; one makes it, the other finds it made."""
    target = make_engine(f"sqlite:///{tmp_path / 'fresh.db'}") if dialect == "sqlite" else house.store.engine
    failures = []

    def migrate():
        try:
            upgrade(target)
        except sa.exc.SQLAlchemyError as failure:
            failures.append(failure)

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert set(sa.inspect(target).get_table_names()) >= set(tables.metadata.tables)
    target.dispose()


def test_every_instant_column_is_named_for_it():
    """`_at` is an aware instant, and the other way round; the few others are what their names say."""
    others = {"polled_until", "import_from", "refreshing_until", "lease_until", "not_before", "tat", "at"}
    for table in tables.metadata.tables.values():
        for column in table.columns:
            is_instant = isinstance(column.type, tables.Instant)
            assert is_instant == (column.name.endswith("_at") or column.name in others), f"{table.name}.{column.name}"


def test_every_constraint_has_a_name_of_the_convention():
    """Migrations must be able to name what they change, on both databases."""
    for table in tables.metadata.tables.values():
        for index in table.indexes:
            assert index.name, table.name
        for constraint in table.constraints:
            assert constraint.name, table.name
