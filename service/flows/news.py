"""What owners are told of their shops: who connected one, who asks for one, and what moved away. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.core.roles import Actor, Role
from service.flows import Services
from service.flows.connect import CLAIM_WAIT, CLAIMED, CONNECTED, TAKEN_OVER
from service.store import deeds, people, shops

KEPT = timedelta(days=7)  # for so long it is told, to owners who did not do it themselves
MOST = 3  # the newest ones


@dataclass(frozen=True, slots=True)
class ShopNews:
    """One event. `deed` as on record; `who`: an address, "" for somebody of another account.

    `moves_at`: when a shop that is asked for may move at the earliest.
    """

    deed: str
    who: str
    shop: str
    at: datetime
    moves_at: datetime


def of_shops(services: Services, actor: Actor) -> list[ShopNews]:
    """What happened to the account's shops in the last days and is news to this owner, newest first; else nothing."""
    if actor.role is not Role.OWNER:
        return []
    since = services.clock.now() - KEPT
    with services.store.read() as tx:
        found = deeds.deeds_since(tx, actor.account_id, since, deeds={CLAIMED, CONNECTED, TAKEN_OVER})
        told = [line for line in reversed(found) if line.sub != actor.sub and _is_news(line)][:MOST]
        names = {shop.tiktok_shop_id: shop.name for shop in shops.every_shop_of(tx, actor.scope)} if told else {}
        return [
            ShopNews(
                deed=line.deed,
                who=people.address_of(tx, line.sub),
                shop=names.get(line.subject, line.subject),
                at=line.at,
                moves_at=line.at + CLAIM_WAIT,
            )
            for line in told
        ]


def _is_news(line: deeds.Deed) -> bool:
    """What somebody else's account did to ours; of our own people only what they connected."""
    return not line.sub or line.deed == CONNECTED
