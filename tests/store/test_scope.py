"""Two accounts in one database: who knows all of the other's ids still finds nothing."""

from datetime import timedelta

import pytest
from store.conftest import NOW

from service.core.roles import Scope
from service.errors import NotFound
from service.store import invitations, listings, orders, people, sheets, shops
from service.store.listings import Listing
from service.store.records import InvitationRow

THEIRS = Scope("other")


@pytest.fixture
def street(house):
    """Two furnished houses; `ours` is bloom's order."""
    house.ours = house.furnish("bloom")
    house.furnish("other")
    return house


ASKED = {
    "the account's shop": lambda tx, _: shops.shop(tx, THEIRS, "bloom-shop"),
    "a member": lambda tx, _: people.member(tx, THEIRS, "bloom-member", NOW),
    "a file": lambda tx, _: sheets.file(tx, THEIRS, "bloom-file"),
    "a binding": lambda tx, _: sheets.binding(tx, THEIRS, "bloom-binding"),
    "a profile": lambda tx, _: sheets.profile(tx, THEIRS, "bloom-profile"),
    "changing a profile": lambda tx, _: sheets.update_profile(tx, THEIRS, "bloom-profile", name="x", body={}),
    "withdrawing an invitation": lambda tx, _: invitations.withdraw(tx, THEIRS, "bloom-inv", NOW),
}


@pytest.mark.parametrize("what", ASKED)
def test_a_foreign_id_is_not_found(street, what):
    """NotFound and not NotAllowed: nothing is said about what exists elsewhere."""
    row = InvitationRow(
        id="bloom-inv", account_id="bloom", email="n@x", role="client", invited_by="m", created_at=NOW,
        expires_at=NOW + timedelta(days=7), code_hash=None, code_tries=0, accepted_at=None, revoked_at=None,
    )  # fmt: skip
    street.write(invitations.add, row)
    with pytest.raises(NotFound):
        street.write(ASKED[what], street)
    assert street.read(sheets.profile, Scope("bloom"), "bloom-profile").name == "List"
    assert street.read(invitations.open_of, Scope("bloom"), NOW) == [row]


def test_a_foreign_order_is_none(street):
    sealer, order_id = street.store.sealer, street.ours.order_id
    assert street.read(orders.one, sealer, Scope("bloom"), order_id) == street.ours
    assert street.read(orders.one, sealer, Scope("other", frozenset({"bloom-shop"})), order_id) is None


def test_lists_hold_the_account_s_own_only(street):
    sealer = street.store.sealer
    for name in ("bloom", "other"):
        scope = Scope(name)
        assert {row.shop_id for row in street.read(orders.newest, sealer, scope, limit=9)} == {f"{name}-shop"}
        with street.store.read() as tx:
            plan = listings.plan(tx, scope, Listing())
            assert listings.count(tx, plan) == (1, False)
            listed = listings.listed(tx, sealer, scope, of=plan, place=None, limit=9)
            assert {row.shop_id for row in listed} == {f"{name}-shop"}
        older = street.read(orders.older_than, scope, before=NOW + timedelta(days=9), limit=9)
        assert {row.shop_id for row in older} == {f"{name}-shop"}
        assert [row.id for row in street.read(shops.shops_of, scope)] == [f"{name}-shop"]
        assert [row.id for row in street.read(people.members_of, scope, NOW)] == [f"{name}-member"]
        assert [row.spreadsheet_id for row in street.read(sheets.files_of, scope)] == [f"{name}-file"]
        assert [row.id for row in street.read(sheets.profiles_of, scope)] == [f"{name}-profile"]
        assert [row.id for row in street.read(sheets.bindings_of_account, name)] == [f"{name}-binding"]


def test_a_member_of_some_shops_finds_no_other_of_the_account(street):
    narrow = Scope("bloom", frozenset({"another"}))
    assert street.read(shops.shops_of, narrow) == []
    with pytest.raises(NotFound):
        street.read(shops.shop, narrow, "bloom-shop")


def test_a_stopped_binding_is_found_by_nobody(street):
    street.write(sheets.stop_binding, "bloom-binding", NOW)
    with pytest.raises(NotFound):
        street.read(sheets.binding, Scope("bloom"), "bloom-binding")
    assert street.read(sheets.files_of, Scope("bloom")) == []


def test_a_file_without_a_live_tab_is_released_and_one_with_is_not(street):
    street.write(sheets.release_file, "bloom-file")
    assert street.read(sheets.file_unscoped, "bloom-file") is not None
    street.write(sheets.stop_binding, "bloom-binding", NOW)
    street.write(sheets.release_file, "bloom-file")
    assert street.read(sheets.file_unscoped, "bloom-file") is None
    assert street.read(sheets.binding_unscoped, "bloom-binding") is None
