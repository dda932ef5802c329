"""How long an account keeps its buyers: what is fetched too late is not stored, and what was stored goes in time.

Each account is looked through every hour, and once more at night; what it chooses counts at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.core.orders import Order
from service.core.retention import CHOICES, FORGOTTEN_AFTER, days_kept, is_spent, without_buyer
from service.core.roles import Actor
from service.errors import BadInput
from service.flows import Services, erasing
from service.store import deeds, people, personal, traces
from service.store.records import BindingRow, ShopRow
from service.store.session import Tx

CHANGED = "set-retention"
LOOK_EVERY = timedelta(hours=1)
ORDERS_PER_STEP = 500
ACCOUNTS_PER_SWEEP = 20
MOST_COUNTED = 1000  # a card says "more than" beyond it


@dataclass(frozen=True, slots=True)
class Kept:
    """What an account keeps: buyers for so many `days` after the end of their orders, of `held` orders now (counted up
    to `MOST_COUNTED`, `is_more` when there are others), and the tabs that show them.
    """

    days: int
    held: int
    is_more: bool
    tabs: Sequence[BindingRow]


def kept(services: Services, actor: Actor) -> Kept:
    """What the actor's account keeps of buyers."""
    with services.store.read() as tx:
        chosen = people.account(tx, actor.account_id).pii_days
        held = personal.count_held(tx, actor.scope, most=MOST_COUNTED + 1)
        tabs = erasing.personal_bindings(tx, actor.account_id)
    return Kept(days_kept(chosen), min(held, MOST_COUNTED), is_more=held > MOST_COUNTED, tabs=tabs)


def set_days(services: Services, actor: Actor, wanted: int) -> None:
    """The account keeps buyers so many days from now on. What is gone stays gone. BadInput for any other number."""
    if wanted not in CHOICES:
        raise BadInput("Choose one of the offered values.", field="days")
    with services.store.write() as tx:
        personal.keep_buyers(tx, actor.account_id, days=wanted)
        subject = f"{wanted} days"
        deeds.record(tx, actor.account_id, sub=actor.sub, deed=CHANGED, subject=subject, at=services.clock.now())


def sort_out(services: Services, tx: Tx, shop: ShopRow, fetched: Sequence[Order]) -> tuple[list[Order], set[str]]:
    """The fetched orders as they may be stored: without buyers that were erased or whose time is over. And the ids of
    the latter: what is stored of those has to go too.
    """
    kept_for = days_kept(people.account(tx, shop.account_id).pii_days)
    now = services.clock.market()
    spent = {order.order_id for order in fetched if is_spent(order, days=kept_for, now=now)}
    gone = spent | personal.erased(tx, shop.id, [order.order_id for order in fetched])
    return [without_buyer(order) if order.order_id in gone else order for order in fetched], spent


def wipe_due(services: Services, *, per_step: int = ORDERS_PER_STEP) -> None:
    """Accounts that were not looked through for an hour, or have just chosen: a step of each."""
    with services.store.read() as tx:
        due = personal.due_for_wiping(tx, services.clock.now() - LOOK_EVERY, limit=ACCOUNTS_PER_SWEEP)
    for account_id in due:
        _wipe_some(services, account_id, per_step)


def wipe_all(services: Services, *, per_step: int = ORDERS_PER_STEP) -> None:
    """Every account to the end; files that Google refused are tried again, and the database file keeps no traces."""
    with services.store.read() as tx:
        every = personal.every_account(tx)
    for account_id in every:
        while _wipe_some(services, account_id, per_step):
            pass
        erasing.try_refused(services, account_id)
    traces.wipe(services.store)


def _wipe_some(services: Services, account_id: str, per_step: int) -> bool:
    """Buyers of some orders whose time is over are gone. Whether more may wait."""
    market = services.clock.market()
    with services.store.write() as tx:
        ended_before = market - timedelta(days=days_kept(people.account(tx, account_id).pii_days))
        spent = personal.spent(
            tx,
            account_id,
            ended_before=ended_before,
            silent_since=ended_before - FORGOTTEN_AFTER,
            limit=per_step,
        )
        for shop_id, order_ids in sorted(spent.items()):
            erasing.forget(services, tx, account_id, shop_id, order_ids)
        is_more = sum(map(len, spent.values())) == per_step
        if not is_more:
            personal.mark_wiped(tx, account_id, services.clock.now())
    return is_more


def wipe_traces(services: Services) -> None:
    """Where something was erased since, the database file is rewritten."""
    if traces.are_left(services.store):
        traces.wipe(services.store)
