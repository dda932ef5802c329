"""Going for good: what is known of a person is deleted, an account is closed by its last owner.

Both need a typed yes. Whoever an account would be nobody's without goes nowhere: somebody else owns it first, or it is
closed. A closed account is gone for everybody at once; its sheets are cleaned of buyers first, and stop then.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from service.core.roles import Actor, Permission, Role, Scope
from service.errors import BadInput, Conflict, NotAllowed
from service.flows import Services, consents, design, erasing, share
from service.google.tokens import Caller
from service.store import deeds, farewells, invitations, own_consents, people, sheets, shops
from service.store.records import MemberRow
from service.store.session import Tx


@dataclass(frozen=True, slots=True)
class Stakes:
    """What deleting a person touches: accounts they leave, those they alone own, files written by their consent."""

    accounts: Sequence[str]
    owned: Sequence[str]
    files: Sequence[str]


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing an account touches. `other_owners`: addresses; as long as there are any, it is not closed."""

    name: str
    shops: Sequence[str]
    files: Sequence[str]
    people: int
    other_owners: Sequence[str]


# --- a person --------------------------------------------------------------------------------------------------------


def stakes(services: Services, caller: Caller) -> Stakes:
    """What deleting the caller would touch."""
    now = services.clock.now()
    held = consents.held_by(services, caller)
    with services.store.read() as tx:
        mine = people.memberships(tx, caller.sub, now)
        names = people.accounts_by_id(tx, {row.account_id for row in mine})
        owned = [names[row.account_id].name for row in mine if _is_last_owner(services, tx, row)]
    files = [file.title for one in held for file in one.files]
    return Stakes([names[row.account_id].name for row in mine], owned, files)


def delete_me(services: Services, caller: Caller, typed: str) -> None:
    """Nothing is known of the caller any more but Google's number, which the audit trail is chained over.

    Memberships, consents, invitations to them and their choice of an account are gone; an alias stands where their
    address stood. BadInput for the wrong word, Conflict while an account would be nobody's.
    """
    if typed.strip().casefold() != caller.email.casefold():
        raise BadInput("Type {email} to confirm.", field="typed", values={"email": caller.email})
    now = services.clock.now()
    with services.store.read() as tx:
        mine = people.memberships(tx, caller.sub, now)
        if any(_is_last_owner(services, tx, row) for row in mine):
            raise Conflict("You are the last owner of an account. Make somebody else an owner, or close it first.")
    consents.end_all(services, caller)
    alias = f"deleted-{services.new_id()[:12]}"
    with services.store.write() as tx:
        for row in mine:
            _leave(services, tx, row, alias=alias)
        farewells.forget_person(tx, caller.sub, alias=alias, now=now)
        for row in mine:
            design.recheck(services, tx, row.account_id)
    if caller.user_token:
        services.sign_in.revoke(caller.user_token)


def _leave(services: Services, tx: Tx, row: MemberRow, *, alias: str) -> None:
    """One membership ends. Conflict when that would leave its account without an owner, looked at once more."""
    now = services.clock.now()
    if row.role == Role.OWNER and len(people.owners_of(tx, row.account_id, now)) == 1:
        raise Conflict("You are the last owner of an account. Make somebody else an owner, or close it first.")
    invitations.withdraw_by(tx, row.account_id, row.id, now)
    deeds.record(tx, row.account_id, sub=row.sub, deed="delete-me", subject=alias, at=now)


def _is_last_owner(services: Services, tx: Tx, row: MemberRow) -> bool:
    if row.role != Role.OWNER:
        return False
    others = people.members_of(tx, Scope(row.account_id), services.clock.now())
    return not any(one.role == Role.OWNER and one.id != row.id for one in others)


# --- an account ------------------------------------------------------------------------------------------------------


def closing(services: Services, actor: Actor) -> Closing:
    """What closing the actor's account would touch."""
    with services.store.read() as tx:
        every = people.members_of(tx, actor.scope, services.clock.now())
        return Closing(
            name=people.account(tx, actor.account_id).name,
            shops=[shop.name for shop in shops.shops_of(tx, actor.scope) if shop.state != "disconnected"],
            files=[file.title for file in sheets.files_of(tx, actor.scope)],
            people=len(every),
            other_owners=[row.email for row in every if row.role == Role.OWNER and row.id != actor.member_id],
        )


def close(services: Services, actor: Actor, typed: str) -> bool:
    """The account is closed: nobody is in it any more, its shops are disconnected, its buyers are erased. Whether
    sheets are still being cleaned of them.

    BadInput for the wrong word, Conflict while others own it too.
    """
    now = services.clock.now()
    if actor.role is not Role.OWNER:
        raise NotAllowed("Only an owner can close an account.", needed=Permission.ACCOUNT_OWN, granted_by="owner")
    with services.store.write() as tx:
        account = people.hold_account(tx, actor.account_id)
        if " ".join(typed.split()).casefold() != account.name.casefold():
            raise BadInput("Type {name} to confirm.", field="typed", values={"name": account.name})
        if [row.id for row in people.owners_of(tx, actor.account_id, now)] != [actor.member_id]:
            raise Conflict("Others own this account too. Only its last owner can close it.")
        if not farewells.close_account(tx, actor.account_id, now):
            raise Conflict("The account is closed already.")
        for shop in shops.every_shop_of(tx, actor.scope):
            if shop.state != "disconnected":
                shops.disconnect_shop(tx, shop.id)
        for row in invitations.open_of(tx, actor.scope, now):
            invitations.withdraw(tx, actor.scope, row.id, now)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="close-account", subject=account.name, at=now)
        share.doubt(services, tx, actor.account_id)  # what rests for its readers is written once more, to be cleaned
        erasing.erase_account(services, tx, actor.account_id)
        is_cleaning = bool(sheets.bindings_of_account(tx, actor.account_id))
    finish_closed(services)
    return is_cleaning


def finish_closed(services: Services) -> None:
    """Closed accounts without a sheet left lose their members and consents. For the sweep; idempotent."""
    now = services.clock.now()
    with services.store.read() as tx:
        done = farewells.closed_and_clean(tx)
    for account_id in done:
        with services.store.write() as tx:
            left = own_consents.live_in(tx, account_id)
            farewells.end_memberships(tx, account_id, now)
        consents.end_each(services, left, by="")
