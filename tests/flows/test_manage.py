"""Who is calling, what they are here, and which account they work on."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flows.guests import RAVI, join
from flows.rig import MAYA, SAM, actor, caller, open_account

from service.core.roles import Permission, Role
from service.errors import BadInput, NotAllowed, NotFound
from service.flows import manage


@pytest.fixture
def owner(services):
    return open_account(services, MAYA)


def test_whoever_opens_an_account_owns_it(services, owner):
    assert owner.role is Role.OWNER
    assert manage.account(services, owner.scope).name == "Bloom & Thread"
    assert manage.account(services, owner.scope).plan == services.settings.default_plan


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "x" * 81])
def test_an_account_needs_a_name_of_a_sensible_length(services, name):
    with pytest.raises(BadInput):
        manage.open_account(services, caller(MAYA), name)


def test_a_name_is_tidied(services):
    open_account(services, MAYA, "  Bloom \n &  Thread ")
    assert manage.account(services, actor(services, MAYA).scope).name == "Bloom & Thread"


def test_a_stranger_is_nobody_here(services, owner):
    standing = manage.standing(services, caller(RAVI), "")
    assert (standing.actor, standing.account) == (None, None)
    assert not standing.accounts
    assert not standing.invitations
    with pytest.raises(NotFound):
        manage.require(standing.actor, Permission.SHEET_STATUS)


def test_a_bound_file_decides_the_account(rig, paper):
    """Maya also works elsewhere and has chosen that; in this file she is in this account."""
    manage.open_account(rig.services, caller(MAYA), "Second")
    assert manage.standing(rig.services, caller(MAYA), "").account.name == "Second"
    assert manage.standing(rig.services, caller(MAYA), paper.spreadsheet_id).account.name == "Bloom & Thread"
    stranger = manage.standing(rig.services, caller(RAVI), paper.spreadsheet_id)
    assert (stranger.actor, stranger.account) == (None, None)


def test_of_several_accounts_one_is_chosen(services, owner):
    manage.open_account(services, caller(MAYA), "Second")
    manage.choose_account(services, caller(MAYA), owner.account_id)
    assert manage.standing(services, caller(MAYA), "").account.name == "Bloom & Thread"
    with pytest.raises(NotFound):
        manage.choose_account(services, caller(RAVI), owner.account_id)


def test_a_role_that_does_not_include_it_is_told_whom_to_ask(services, owner):
    sam = join(services, owner, SAM, Role.WAREHOUSE)
    assert manage.require(sam, Permission.SHEET_REFRESH) == sam
    with pytest.raises(NotAllowed) as problem:
        manage.require(sam, Permission.SHOP_CONNECT)
    assert problem.value.granted_by == "owner, admin"


def test_signing_out_revokes_at_google_and_keeps_the_membership(services, local_world, owner):
    here = caller(MAYA, local_world)
    manage.sign_out(services, here)
    assert local_world.identity.bearers.find(here.user_token) is None
    assert manage.standing(services, replace(here, user_token=""), "").actor is not None


def test_fifty_accounts_are_looked_up_like_two(services, owner):
    """An agency's press asks the database no more often than anybody's."""

    def asked():
        with counted(services.store.engine) as statements:
            manage.standing(services, caller(MAYA), "")
        return len(statements)

    manage.open_account(services, caller(MAYA), "Second")
    few = asked()
    for number in range(48):
        manage.open_account(services, caller(MAYA), f"Seller {number}")
    assert asked() == few
    assert len(manage.standing(services, caller(MAYA), "").accounts) == 50


@contextmanager
def counted(engine):
    """Every statement that the database is sent meanwhile."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
