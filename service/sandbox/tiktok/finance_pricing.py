"""What a posting of this market is worth, and when an order is settled. Reads the market, changes nothing."""

from collections import Counter, defaultdict

from service.sandbox.tiktok.finance_amounts import (
    Facts,
    Parts,
    Sku,
    estimate,
    merge,
    refund_parts,
    release_parts,
    sale_parts,
)
from service.sandbox.tiktok.finance_books import Totals
from service.sandbox.tiktok.finance_rates import RATES
from service.sandbox.tiktok.finance_records import DAY_S, Posting
from service.sandbox.tiktok.finance_traits import decide, draw_traits
from service.sandbox.tiktok.state import Order, Return
from service.sandbox.tiktok.world import World

COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
CLOSED = frozenset({COMPLETE, "RETURN_OR_REFUND_REQUEST_CANCEL"})
HELD_S = 14 * DAY_S


def facts_of(world: World, order: Order) -> Facts:
    """The order as it stands, with its market's rates and its own traits."""
    rates = RATES[world.state.shops[order.shop_id].region]
    traits = world.ledger.drawn.get(order.id)
    if traits is None:
        traits = world.ledger.drawn[order.id] = draw_traits(world.state.seed, order, rates)
    decided = world.ledger.state.traits.get(order.id)
    units = [unit for unit in order.units if not unit.cancel_user]
    return Facts(order, rates, decide(traits, decided) if decided else traits, units, order.shipping_type)


def estimate_totals(world: World, order: Order) -> Totals:
    """The totals of the order's estimate."""
    facts = facts_of(world, order)
    traits = facts.traits
    key = (len(facts.units), facts.value_minor, facts.shipping_type, traits.affiliate_bp, traits.is_creator_taxed)
    known = world.ledger.estimated.get(order.id)
    if known is None or known[0] != key:
        amounts = estimate(facts)
        fees = amounts.fee_tax_minor + amounts.shipping_minor
        known = key, Totals(amounts.settlement_minor, amounts.revenue_minor, fees)
        world.ledger.estimated[order.id] = known
    return known[1]


def facts_then(world: World, posting: Posting) -> Facts:
    """The posting's order as it stood when the posting was made."""
    order = world.orders[posting.order_id]
    units = [order.units[index] for index in posting.units]
    return facts_of(world, order)._replace(units=units, shipping_type=posting.shipping_type)


def count_units(world: World, posting: Posting) -> dict[Sku, int]:
    """How many units of each SKU the posting is about: those that came back, of a refund."""
    units = facts_then(world, posting).units
    if posting.kind == "REFUND":
        back = {unit_id for return_id in posting.return_ids for unit_id in world.returns[return_id].unit_ids}
        units = [unit for unit in units if unit.id in back]
    return Counter((unit.product, unit.variant) for unit in units)


def price(world: World, posting: Posting) -> Parts:
    """The posting's amounts by SKU; an adjustment and a reserve have none."""
    if posting.kind not in {"SALE", "REFUND", "RELEASE"}:
        return {}
    facts = facts_then(world, posting)
    if posting.kind == "RELEASE":
        return release_parts(facts)
    parts = sale_parts(facts) if posting.kind == "SALE" else {}
    for record in (world.returns[return_id] for return_id in posting.return_ids):
        sent_back = record.type == "RETURN_AND_REFUND"
        parts = merge(parts, refund_parts(facts, record.unit_ids, is_sent_back=sent_back))
    return parts


def returns_by_order(world: World) -> dict[str, list[Return]]:
    found: dict[str, list[Return]] = defaultdict(list)
    for record in world.state.returns:
        found[record.order_id].append(record)
    return found


def settles_at(facts: Facts, returns: list[Return]) -> int | None:
    """When the order is settled (Unix seconds), as far as is known: an open return holds it up, without end so far."""
    order, rates = facts.order, facts.rates
    if order.delivery_time is None or order.status not in {"DELIVERED", "COMPLETED"}:
        return None
    days = rates.fast_days if facts.traits.is_fast else rates.wait_days
    moment = order.delivery_time + days * DAY_S
    for record in sorted(returns, key=lambda one: (one.create_time, one.id)):
        if record.create_time > moment:
            break
        if record.status not in CLOSED:
            return None
        moment = max(moment, record.update_time)
    return moment
