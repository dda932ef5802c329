"""How fresh the finances of an account are, in a moment: for home, which waits for no ledger."""

from dataclasses import dataclass
from datetime import datetime

from service.core.roles import Actor
from service.flows import Services
from service.store import finance_reading, shops


@dataclass(frozen=True, slots=True)
class Brief:
    """`read_at`: market time of the look that lies back the furthest, None while a shop was never looked at.

    `troubles`: how many shops cannot be read.
    """

    read_at: datetime | None
    troubles: int


def brief(services: Services, actor: Actor) -> Brief | None:
    """The finances of the shops this person can reach; None before the first of them is known of.

    A shop that is disconnected is read no more: it makes the others no older. Without any other it is told still.
    """
    with services.store.read() as tx:
        every = finance_reading.cursors_of(tx, actor.scope)
        held = {shop.id for shop in shops.shops_of(tx, actor.scope)}
    if not every:
        return None
    found = [row for row in every if row.shop_id in held]
    read = [row.statements_at for row in found or every]
    oldest = None if None in read else min(at for at in read if at is not None)
    return Brief(oldest, sum(row.trouble is not None for row in found))
