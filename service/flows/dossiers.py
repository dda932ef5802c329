"""What is held about a buyer: found by order numbers, or by who they are, and handed over as a file.

Who they are is sealed, so that finding it means opening every seal of the account: as many as fit into the time of a
press, and from there on with the next one. It is for those only who may see buyers; an order number tells nothing of
them and may be asked for by any owner.
"""

import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from service.core.buyers import SHORTEST, is_asked_for
from service.core.orders import Order, Recipient
from service.core.profiles import Profile
from service.core.retention import without_buyer
from service.core.roles import Actor, Group
from service.errors import BadInput, NotAllowed, NotFound
from service.flows import Services, erasing, images
from service.flows.links import Export
from service.store import orders as order_store
from service.store import people, personal, sheets, shops
from service.store.orders import EMPTY
from service.store.records import BindingRow
from service.store.session import Tx

KIND = "buyer-data"
MOST = 15  # orders of one answer: their numbers go along with a press
PAGE = 1000
BUDGET_S = 6.0
_NUMBERS = re.compile(r"[\d\s,;]+")


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order and what of its buyer is held. `fields`: of `Recipient`, those that say something."""

    shop_name: str
    order: Order
    fields: tuple[str, ...]
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """Orders of the buyer. `after`: where to look further, empty when all was looked through; `seen`: how many buyers
    of `total` this look has opened.
    """

    orders: Sequence[HeldOrder]
    after: str = ""
    seen: int = 0
    total: int = 0


def may_see_buyers(actor: Actor) -> bool:
    """Whether this person may be shown who bought."""
    return actor.audience.may_see(Group.PII)


def find(services: Services, actor: Actor, asked: str, *, after: str = "", budget_s: float = BUDGET_S) -> Found:
    """Orders of this number, or of several, or of this buyer: a name, an e-mail address, a phone or buyer number.

    BadInput for too little to look for; NotAllowed for who a buyer is, when buyers are closed to the person.
    """
    if len(asked) < SHORTEST:
        raise BadInput("Enter an order number, an e-mail address or a name.", field="asked")
    if _NUMBERS.fullmatch(asked) and not after:
        numbers = tuple(dict.fromkeys(re.findall(r"\d+", asked)))
        if len(numbers) > MOST:
            raise BadInput("At most {most} order numbers at a time.", field="asked", values={"most": str(MOST)})
        found = held(services, actor, numbers)
        if found:
            return Found(found)
    if not may_see_buyers(actor):
        raise NotAllowed(
            "The role {role} may not see buyers. Search by order number, or allow it under People, Set what roles see.",
            values={"role": actor.audience.name},
        )
    return _search(services, actor, asked, after=after, until=time.monotonic() + budget_s)


def _search(services: Services, actor: Actor, asked: str, *, after: str, until: float) -> Found:
    """Every buyer is looked at from `after` on, until the time is up or the answer is full."""
    shop_id, _, order_id = after.partition("/")
    place, found, seen = (shop_id, order_id), list[tuple[str, str]](), 0
    with services.store.read() as tx:
        total = personal.count_held(tx, actor.scope)
        while page := personal.held(tx, services.store.sealer, actor.scope, after=place, limit=PAGE):
            for one in page:
                place, seen = (one.shop_id, one.order_id), seen + 1
                if is_asked_for(one.recipient, asked):
                    found.append(place)
                if len(found) == MOST or time.monotonic() >= until:
                    return Found(_held(services, tx, actor, found), "/".join(place), seen, total)
        return Found(_held(services, tx, actor, found), "", seen, total)


def held(services: Services, actor: Actor, order_ids: Sequence[str]) -> list[HeldOrder]:
    """What is held of these orders of the account; those that are not its own are left out."""
    with services.store.read() as tx:
        return _held(services, tx, actor, personal.places_of(tx, actor.scope, order_ids))


def _held(services: Services, tx: Tx, actor: Actor, places: Iterable[tuple[str, str]]) -> list[HeldOrder]:
    names = {shop.id: shop.name for shop in shops.every_shop_of(tx, actor.scope)}
    by_shop: dict[str, list[str]] = {}
    for shop_id, order_id in places:
        by_shop.setdefault(shop_id, []).append(order_id)
    found: list[HeldOrder] = []
    for shop_id, order_ids in by_shop.items():
        stored = order_store.stored(tx, services.store.sealer, shop_id=shop_id, order_ids=order_ids)
        erased = personal.erased_at(tx, shop_id, order_ids)
        found += [
            HeldOrder(names.get(shop_id, ""), stored[one], _told(stored[one].recipient), erased.get(one))
            for one in order_ids
            if one in stored
        ]
    return found


def _told(recipient: Recipient) -> tuple[str, ...]:
    return tuple(one.name for one in msgspec.structs.fields(Recipient) if getattr(recipient, one.name))


def tabs_of(services: Services, actor: Actor, order_ids: Sequence[str]) -> list[BindingRow]:
    """Tabs of the account that show who bought one of these orders."""
    with services.store.read() as tx:
        places = personal.places_of(tx, actor.scope, order_ids)
        return _tabs(tx, actor.account_id, places)


def _tabs(tx: Tx, account_id: str, places: Sequence[tuple[str, str]]) -> list[BindingRow]:
    shown = erasing.personal_bindings(tx, account_id)
    standing = personal.standing(tx, [row.id for row in shown], places)
    return [row for row in shown if row.id in standing]


# --- handing over ----------------------------------------------------------------------------------------------------


def export(services: Services, actor: Actor, subject: str) -> Export:
    """Everything that is held about the buyers of these orders, as JSON. `subject`: order numbers with commas between.

    NotAllowed when buyers are closed to the person; NotFound when no order is the account's.
    """
    if not may_see_buyers(actor):
        raise NotAllowed("The role {role} may not see buyers.", values={"role": actor.audience.name})
    order_ids = subject.split(",")
    found = held(services, actor, order_ids)
    if not found:
        raise NotFound("This order does not exist.")
    with services.store.read() as tx:
        told = {
            "account": people.account(tx, actor.account_id).name,
            "made_at": services.clock.now().isoformat(),
            "orders": [_told_of(tx, actor, one) for one in found],
        }
    content = json.dumps(told, ensure_ascii=False, indent=2).encode()
    return Export("Buyer data", "json", "application/json", [content], rows=len(found))


def _told_of(tx: Tx, actor: Actor, one: HeldOrder) -> dict[str, object]:
    """One order: what is held of its buyer, the order itself, the seller's notes, and which tabs show the buyer."""
    order = one.order
    place = (order.shop_id, order.order_id)
    note = order_store.notes_of(tx, order.shop_id, [order.order_id]).get(order.order_id)
    recipient = order.recipient
    return {
        "shop": one.shop_name,
        "order_id": order.order_id,
        "buyer": {name: getattr(recipient, name) for name in one.fields} if recipient != EMPTY else {},
        "buyer_erased_at": None if one.erased_at is None else one.erased_at.isoformat(),
        "order": msgspec.to_builtins(without_buyer(order)),
        "notes": None if note is None else msgspec.to_builtins(note),
        "shown_in": [_where(tx, row) for row in _tabs(tx, actor.account_id, [place])],
    }


def _where(tx: Tx, row: BindingRow) -> dict[str, object]:
    file = sheets.file_unscoped(tx, row.spreadsheet_id)
    shown = [column for column in Profile.from_json(row.profile).columns if images.is_personal(column.key)]
    return {
        "spreadsheet": "" if file is None else file.title,
        "spreadsheet_id": row.spreadsheet_id,
        "tab": row.tab_title,
        "columns": [column.header for column in shown],
    }
