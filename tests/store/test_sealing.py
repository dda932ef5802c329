"""Personal data and tokens at rest: sealed, apart, and readable after the keys were changed."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from core.made_orders import make_order
from cryptography.fernet import Fernet
from msgspec import structs
from msgspec.structs import replace
from store.conftest import NOW

from service.core.orders import Recipient
from service.core.roles import Scope
from service.store import orders, sheets, shops, tables
from service.store.rotation import SEALED, rotate
from service.store.sealed import Sealer
from service.store.session import Store

MARK = "tell-tale-9f3k"
CANARY = Recipient(**{one.name: f"{one.name} {MARK}" for one in structs.fields(Recipient)})


@pytest.fixture
def nest(bloom):
    """A store that holds a canary in every field of a buyer, and a masked binding."""
    bloom.save_order(make_order(shop_id="bloom-shop", recipient=CANARY), account_id="bloom")
    bloom.write(sheets.update_binding, "bloom-binding", mask=bloom.store.sealer.seal("mask tell-tale-9f3k"))
    bloom.write(
        shops.add_ticket, "h", purpose="p", sub="1", account_id="bloom", expires_at=NOW,
        sealed=bloom.store.sealer.seal("ticket tell-tale-9f3k"),
    )  # fmt: skip
    return bloom


def everything(house):
    """Every value of every table, as text."""
    with house.store.read() as tx:
        return [repr(tuple(row)) for table in tables.metadata.sorted_tables for row in tx.execute(sa.select(table))]


def test_no_field_of_a_buyer_stands_anywhere_unsealed(nest):
    assert not [line for line in everything(nest) if MARK in line]


def test_the_database_s_own_bytes_hold_no_buyer(nest, dialect):
    """Pages, journal and what was written over: the order is there in plain, its buyer is in no file."""
    second = make_order(shop_id="bloom-shop", recipient=replace(CANARY, name=f"{MARK} 2"))
    nest.save_order(second, account_id="bloom")
    with nest.store.engine.connect() as connection:
        if dialect == "postgresql":
            found = connection.exec_driver_sql(
                "SELECT sealed::text, order_id, body::text FROM recipients JOIN orders USING (shop_id, order_id)"
            ).all()
            content = repr(found).encode()
        else:
            path = nest.store.engine.url.database
            content = b"".join(part.read_bytes() for part in _files(path))
    assert make_order().order_id.encode() in content
    assert MARK.encode() not in content
    assert MARK.encode("utf-16-le") not in content


def test_a_buyer_is_kept_in_the_recipients_only(nest):
    """Without that table's row there is no buyer: forgetting them is deleting it."""
    with nest.store.write() as tx:
        tx.execute(sa.delete(tables.recipients))
    found = nest.read(orders.one, nest.store.sealer, Scope("bloom"), make_order().order_id)
    assert found.recipient == Recipient()


def test_after_a_rotation_the_old_key_is_not_needed_any_more(nest):
    """A new key in front, everything sealed anew, the old one dropped: all of it still opens."""
    fresh_key = Fernet.generate_key().decode()
    fresh = Sealer((fresh_key,))
    counts = rotate(Store(nest.store.engine, Sealer((fresh_key, nest.key))))
    assert counts["recipients"] == 2
    assert counts["consents"] == counts["bindings"] == counts["tickets"] == 1
    after = nest.read(orders.one, fresh, Scope("bloom"), make_order().order_id)
    assert after.recipient == CANARY
    assert shops.unseal_pair(fresh, nest.read(shops.consent, "bloom-consent").tokens)[0] == "bloom-access"
    assert fresh.unseal(nest.read(sheets.binding_unscoped, "bloom-binding").mask) == "mask tell-tale-9f3k"


def test_every_sealed_column_is_rotated():
    """A column of bytes that rotation does not know would be lost with the old key."""
    of_bytes = {
        column for table in tables.metadata.tables.values() for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }  # fmt: skip
    assert of_bytes == set(SEALED)


def test_what_another_key_sealed_does_not_open():
    first, second = Sealer((Fernet.generate_key().decode(),)), Sealer((Fernet.generate_key().decode(),))
    with pytest.raises(ValueError, match="do not have"):
        second.unseal(first.seal("x"))


def test_a_tampered_seal_does_not_open():
    sealer = Sealer((Fernet.generate_key().decode(),))
    sealed = bytearray(sealer.seal("x"))
    sealed[20] ^= 1
    with pytest.raises(ValueError, match="do not have"):
        sealer.unseal(bytes(sealed))


def test_the_same_text_is_sealed_differently_each_time():
    """Equal buyers cannot be told from equal seals."""
    sealer = Sealer((Fernet.generate_key().decode(),))
    assert sealer.seal("x") != sealer.seal("x")


def test_without_a_key_nothing_is_sealed():
    with pytest.raises(ValueError, match="at least one"):
        Sealer(())


def _files(path):
    return [part for part in (Path(path), Path(f"{path}-wal")) if part.exists()]
