"""Going for good: what is left of a person who asked to be forgotten, and of an account that was closed."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from drivers import caller_of
from flows.boundary import join
from flows.buyers import TAB, desk, in_sheets, place, shown, sweep_until_erased
from flows.rig import MAYA, SAM
from flows.test_writers import choose, consent_of

from service.core.roles import Role
from service.errors import BadInput, Conflict, NotAllowed
from service.flows import farewell, invitations, manage, upkeep
from service.sandbox.issuer import WEB_CLIENT_ID
from service.sandbox.people import Person
from service.store import deeds, own_consents, people
from service.store.tables import metadata

GUEST = Person("kim@packright.example", "Kim")


def everything(rig):
    """Every cell of the database as text, by table; the audit trail aside, whose lines are chained."""
    with rig.services.store.read() as tx:
        return {
            table.name: " ".join(str(tuple(row)) for row in tx.execute(sa.select(table)))
            for table in metadata.sorted_tables
            if table.name != "audit"
        }


def where(rig, word):
    """The tables that hold this word somewhere."""
    return {name for name, text in everything(rig).items() if word in text}


def test_forgotten_person_is_nowhere_but_as_an_alias(rig, paper):
    """Address, membership, invitations to them and their choice are gone; the account and its sheet go on."""
    invitations.invite(rig.services, rig.owner, email=SAM.email.upper(), role=Role.SUPPORT)
    join(rig, SAM, Role.WAREHOUSE)
    farewell.delete_me(rig.services, caller_of(SAM), f"  {SAM.email.upper()} ")
    assert where(rig, SAM.email) == set()
    standing = manage.standing(rig.services, caller_of(GUEST), paper.spreadsheet_id)
    assert standing.actor is None
    placed = rig.place(1)
    rig.settle()
    assert {row["Order ID"] for row in paper.rows()} == set(placed)


def test_record_tells_of_an_alias_and_not_of_an_address(rig):
    """The line of the deed itself names nobody; whoever's number stands in older ones has no name any more."""
    join(rig, SAM, Role.WAREHOUSE)
    farewell.delete_me(rig.services, caller_of(SAM), SAM.email)
    found = rig.read(deeds.last_record, rig.account_id, deed="delete-me")
    assert found[0] == SAM.sub
    assert rig.read(people.address_of, SAM.sub).startswith("deleted-")


def test_forgotten_person_who_comes_back_is_somebody_new(rig):
    join(rig, SAM, Role.WAREHOUSE)
    farewell.delete_me(rig.services, caller_of(SAM), SAM.email)
    standing = manage.standing(rig.services, caller_of(SAM), "")
    assert standing.accounts == []
    assert rig.read(people.address_of, SAM.sub) == SAM.email
    account_id = manage.open_account(rig.services, caller_of(SAM), "My own")
    assert manage.actor_of(rig.services, SAM.sub, account_id).role is Role.OWNER


def test_another_word_deletes_nobody(rig):
    join(rig, SAM, Role.WAREHOUSE)
    for typed in ("", "yes", MAYA.email):
        with pytest.raises(BadInput) as refused:
            farewell.delete_me(rig.services, caller_of(SAM), typed)
        assert refused.value.field == "typed"
    assert manage.actor_of(rig.services, SAM.sub, rig.account_id) is not None


def test_last_owner_is_told_which_accounts_would_be_nobodys(rig):
    join(rig, SAM, Role.WAREHOUSE)
    assert list(farewell.stakes(rig.services, caller_of(MAYA)).owned) == ["Bloom & Thread"]
    with pytest.raises(Conflict, match="last owner"):
        farewell.delete_me(rig.services, caller_of(MAYA), MAYA.email)
    assert manage.actor_of(rig.services, MAYA.sub, rig.account_id) is not None
    join(rig, GUEST, Role.OWNER)
    assert list(farewell.stakes(rig.services, caller_of(MAYA)).owned) == []
    farewell.delete_me(rig.services, caller_of(MAYA), MAYA.email)
    assert where(rig, MAYA.email) == set()


# --- an account ------------------------------------------------------------------------------------------------------


def test_closed_account_is_nobodys_and_its_sheet_rests(rig, paper):
    """Members are strangers at once, the shop is fetched no more, rows stay, and nothing waits for ever."""
    join(rig, SAM, Role.WAREHOUSE)
    placed = rig.place(2)
    rig.settle()
    farewell.close(rig.services, rig.owner, " bloom  & thread ")
    for person in (MAYA, SAM):
        assert manage.standing(rig.services, caller_of(person), "").accounts == []
        assert manage.actor_of(rig.services, person.sub, rig.account_id) is None
    assert rig.world.market.place_orders(1)
    rig.live_through(120)
    assert {row["Order ID"] for row in paper.rows()} == set(placed)
    assert rig.file(paper) is None
    assert rig.read(people.members_of, rig.owner.scope, rig.clock.now()) == []
    assert rig.read(people.account, rig.account_id).closed_at is not None


def test_closing_withdraws_what_was_offered(rig):
    offered = invitations.invite(rig.services, rig.owner, email=SAM.email, role=Role.SUPPORT)
    assert offered
    farewell.close(rig.services, rig.owner, "Bloom & Thread")
    assert manage.standing(rig.services, caller_of(SAM), "").invitations == []


def test_file_of_a_closed_account_may_be_bound_by_another(rig, paper):
    farewell.close(rig.services, rig.owner, "Bloom & Thread")
    rig.live_through(60)
    account_id = manage.open_account(rig.services, caller_of(MAYA), "Once more")
    again = replace(rig, account_id=account_id, owner=manage.actor_of(rig.services, MAYA.sub, account_id))
    assert again.bind(paper, title="Anew").account_id == account_id


def test_only_the_last_owner_closes_and_only_by_its_name(rig):
    admin = manage.actor_of(rig.services, SAM.sub, rig.account_id) if join(rig, SAM, Role.ADMIN) else None
    with pytest.raises(NotAllowed):
        farewell.close(rig.services, admin, "Bloom & Thread")
    with pytest.raises(BadInput):
        farewell.close(rig.services, rig.owner, "Bloom")
    join(rig, GUEST, Role.OWNER)
    assert list(farewell.closing(rig.services, rig.owner).other_owners) == [GUEST.email]
    with pytest.raises(Conflict, match="Others own"):
        farewell.close(rig.services, rig.owner, "Bloom & Thread")
    assert rig.read(people.account, rig.account_id).closed_at is None


def test_closing_twice_is_refused(rig):
    farewell.close(rig.services, rig.owner, "Bloom & Thread")
    with pytest.raises(Conflict):
        farewell.close(rig.services, rig.owner, "Bloom & Thread")
    upkeep.wake_due(rig.services)


@pytest.mark.parametrize("by", ["our-writer", "consent"])
def test_closing_cleans_sheets_of_buyers_before_it_lets_go(rig, tmp_path, by):
    """Nobody is a member any more, and yet the last thing that is written is that there is nothing to see; a consent
    lasts until then and not longer.
    """
    if by == "consent":
        rig.world.emulator.state.closed.add("bloomthread.example")
    paper = rig.spreadsheet()
    row, _token = consent_of(rig, MAYA)
    choose(rig, paper, MAYA)
    rig.bind(paper, desk(), audience=Role.SUPPORT, title=TAB)
    paper.tab = TAB
    order_id, planted = place(rig)
    rig.settle()
    assert shown(paper, order_id)
    assert (rig.file(paper).consent_id == row.id) is (by == "consent")
    assert farewell.close(rig.services, rig.owner, "Bloom & Thread")
    rig.settle()
    assert shown(paper, order_id) == {}
    sweep_until_erased(rig)
    upkeep.wake_due(rig.services)
    assert rig.file(paper) is None
    assert rig.read(own_consents.consent, row.id).sealed is None
    assert not rig.world.identity.bearers.has_refresh(MAYA.email, WEB_CLIENT_ID)
    assert in_sheets(rig, tmp_path, planted) == set()
    upkeep.forget_old(rig.services)
