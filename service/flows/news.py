"""What people are told though they look for something else: what became of their shops, which files rest because of
somebody who can open them. Reads only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.core.roles import Actor, Permission, Role
from service.flows import Services, share
from service.flows.connect import CLAIM_WAIT, CLAIMED, CONNECTED, TAKEN_OVER
from service.store import deeds, people, sheets, shops
from service.store.records import FileRow

KEPT = timedelta(days=7)  # for so long it is told, to owners who did not do it themselves
MOST = 3  # the newest ones
MOST_FILES = 5


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


def of_files(services: Services, actor: Actor, *, but: str) -> list[FileRow]:
    """The account's files that are paused for their readers, without the one in view, newest first: for whoever may
    look at who can open a file; else nothing.
    """
    if not actor.audience.may_do(Permission.PROVE):
        return []
    with services.store.read() as tx:
        files = sheets.files_of(tx, actor.scope)
    resting = [file for file in files if file.state == "paused" and file.reason in share.REASONS]
    return [file for file in resting if file.spreadsheet_id != but][:MOST_FILES]


def _is_news(line: deeds.Deed) -> bool:
    """What somebody else's account did to ours; of our own people only what they connected."""
    return not line.sub or line.deed == CONNECTED
