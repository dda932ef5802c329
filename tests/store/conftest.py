"""A store of the test's own, on whichever database the suite runs, and rows to put into it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from core.made_orders import make_order
from cryptography.fernet import Fernet
from statements import share_statements

from service.core.roles import Scope
from service.store import orders, people, sheets, shops, tables
from service.store.orders import Marks
from service.store.records import BindingRow, ConsentRow, FileRow, MemberRow, ProfileRow, ShopRow
from service.store.sealed import Sealer
from service.store.session import Store, make_engine

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class House:
    """A store with two accounts that know nothing of each other: `bloom` and `other`."""

    store: Store
    key: str

    def read(self, ask, *arguments, **more):
        with self.store.read() as tx:
            return ask(tx, *arguments, **more)

    def write(self, ask, *arguments, **more):
        with self.store.write() as tx:
            return ask(tx, *arguments, **more)

    def save_order(self, order, *, account_id, **marks):
        found = Marks(**{"sla_due_at": None, "action": "", "change_at": None} | marks)
        self.write(orders.save, self.store.sealer, order, account_id=account_id, marks=found, now=NOW)

    def furnish(self, name):
        """An account with one of everything, every id beginning with its name."""
        with self.store.write() as tx:
            people.add_account(tx, name, name=name.title(), plan="growth", now=NOW)
            people.see_person(tx, f"{name}-sub", email=f"{name}@x.example", now=NOW)
            people.add_member(tx, member(name))
            shops.add_consent(tx, consent(name, self.store.sealer), scopes=[], created_by=f"{name}-member", now=NOW)
            shops.add_shop(tx, shop(name), seller_type="LOCAL", code="C")
            sheets.add_profile(tx, profile(name), created_by=f"{name}-member", now=NOW)
            sheets.add_file(tx, file(name))
            sheets.add_binding(tx, binding(name), created_by=f"{name}-member")
        order = make_order(shop_id=f"{name}-shop", order_id=f"5764000000000000{len(name):02d}")
        self.save_order(order, account_id=name)
        return order

    def scope(self, name):
        return Scope(name)


def member(name, *, number=1, role="owner"):
    suffix = "" if number == 1 else str(number)
    return MemberRow(
        id=f"{name}-member{suffix}",
        account_id=name,
        sub=f"{name}-sub",
        email=f"{name}@x.example",
        role=role,
        shop_ids=None,
        joined_at=NOW,
        revoked_at=None,
    )


def consent(name, sealer, *, version=1):
    return ConsentRow(
        id=f"{name}-consent",
        account_id=name,
        open_id="o",
        seller_name="S",
        region="GB",
        tokens=shops.seal_pair(sealer, f"{name}-access", f"{name}-refresh"),
        access_expires_at=NOW + timedelta(days=7),
        refresh_expires_at=NOW + timedelta(days=365),
        state="live",
        version=version,
        refreshing_until=None,
    )


def shop(name, *, suffix="", tiktok_shop_id=""):
    return ShopRow(
        id=f"{name}-shop{suffix}",
        account_id=name,
        consent_id=f"{name}-consent",
        tiktok_shop_id=tiktok_shop_id or f"{name}-tiktok",
        name=name,
        region="GB",
        cipher="c",
        state="live",
        warehouses={},
        polled_until=NOW,
        next_poll_at=NOW,
        import_from=NOW,
        import_at=None,
        subscribed_at=NOW,
        not_before=None,
        tries=0,
        trouble=None,
        connected_at=NOW,
    )


def profile(name):
    return ProfileRow(f"{name}-profile", name, "List", "", {"any": "body"})


def file(name):
    return FileRow(
        spreadsheet_id=f"{name}-file",
        account_id=name,
        title="Orders",
        audience="warehouse",
        writer_email="writer@x",
        time_zone="Europe/London",
        state="live",
        reason="",
        reason_text="",
        approved_readers=[],
        lease_holder=None,
        lease_epoch=0,
        lease_until=None,
        queued=False,
        not_before=None,
        pace_at=None,
        tries=0,
        checked_at=None,
        flushed_at=None,
        created_at=NOW,
    )


def binding(name, *, number=1, state="live"):
    suffix = "" if number == 1 else str(number)
    return BindingRow(
        id=f"{name}-binding{suffix}",
        account_id=name,
        spreadsheet_id=f"{name}-file",
        sheet_id=10 + number,
        tab_title="List",
        profile={},
        profile_id=None,
        audience="warehouse",
        mask=None,
        header_row=0,
        state=state,
        reason="",
        reason_text="",
        fill_at=None,
        fill_total=0,
        fill_started_at=None,
        row_total=0,
        row_done=0,
        is_ticking=False,
        created_at=NOW,
    )


@pytest.fixture
def house(request, dialect):
    """An empty store. On a server one database serves every test, emptied after each: making one takes far longer."""
    is_shared = dialect == "postgresql"
    url = request.getfixturevalue("migrated_postgresql" if is_shared else "database_url")
    engine, key = make_engine(url), Fernet.generate_key().decode()
    store = Store(engine, Sealer((key,)))
    share_statements(store)
    yield House(store, key)
    if is_shared:
        with engine.begin() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(sa.delete(table))
    engine.dispose()


@pytest.fixture
def bloom(house):
    """The store with one furnished account."""
    house.furnish("bloom")
    return house
