"""What one person may give another: a role, shops, and until when. Never more than they have themselves.

Asked by whoever invites, changes a member or hands an account over. The matrices say who may ask at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.core import custom_roles
from service.core.roles import CUSTOM_PREFIX, Actor, Permission, Role
from service.errors import BadInput, NotAllowed
from service.store import people, shops
from service.store.records import AccountRow
from service.store.session import Tx


@dataclass(frozen=True, slots=True)
class Grant:
    """What a member is to have. `role`: one of the seven, or `custom:<id>`. `shop_ids`: None = every shop.

    `expires_at`: no member from then on; None = until somebody ends it.
    """

    role: str
    shop_ids: Sequence[str] | None = None
    expires_at: datetime | None = None


def givable_roles(account: AccountRow, actor: Actor) -> list[str]:
    """The roles this person may give, as they are written down: the seven in their order, then the account's own."""
    seven = [role.value for role in Role if role is not Role.OWNER or actor.role is Role.OWNER]
    own = custom_roles.in_use(account.custom_roles)
    mine = account.audience(actor.audience.text)
    return seven + [one.text for one in own if custom_roles.is_within(account.audience(one.text), mine)]


def check(tx: Tx, actor: Actor, wish: Grant, *, now: datetime) -> Grant:
    """The grant, tidied. BadInput with the field for a role, shop or end there is not; NotAllowed for more than one's
    own.
    """
    _check_role(people.account(tx, actor.account_id), actor, wish.role)
    is_owner = wish.role == Role.OWNER
    shop_ids = None if is_owner else _shops(tx, actor, wish.shop_ids)
    if is_owner and wish.expires_at is not None:
        raise BadInput("An owner's access has no end. Choose another role, or leave the day out.", field="until")
    if wish.expires_at is not None and wish.expires_at <= now:
        raise BadInput("Choose a day that is still to come.", field="until")
    ends_at = people.member(tx, actor.scope, actor.member_id, now).expires_at
    if ends_at is not None and (wish.expires_at is None or wish.expires_at > ends_at):
        raise BadInput("Your own access has an end, so what you give ends no later.", field="until")
    return Grant(wish.role, shop_ids, wish.expires_at)


def _check_role(account: AccountRow, actor: Actor, role: str) -> None:
    if role == Role.OWNER and actor.role is not Role.OWNER:
        raise NotAllowed(
            "Only an owner can make somebody an owner.", needed=Permission.PEOPLE_MANAGE, granted_by="owner"
        )
    if role in {one.value for one in Role}:
        return
    own = {one.text for one in custom_roles.in_use(account.custom_roles)}
    if not role.startswith(CUSTOM_PREFIX) or role not in own:
        raise BadInput("Choose a role.", field="role")
    if role not in givable_roles(account, actor):
        raise NotAllowed(
            "This role sees or does more than yours, so you cannot give it. Ask an owner.",
            needed=Permission.PEOPLE_MANAGE,
            granted_by="owner",
        )


def _shops(tx: Tx, actor: Actor, wanted: Sequence[str] | None) -> list[str] | None:
    """The shops, in order; every shop of somebody who has only some is those."""
    if wanted is None:
        return None if actor.shop_ids is None else sorted(actor.shop_ids)
    known = {shop.id for shop in shops.every_shop_of(tx, actor.scope)}
    if not wanted:
        raise BadInput("Choose at least one shop.", field="shops")
    if not set(wanted) <= known:
        raise BadInput("Choose only shops of this account.", field="shops")
    return sorted(set(wanted))
