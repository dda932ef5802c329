"""Plans: what an account's plan allows. A limit is said to people in words before it is met, and never loses data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class PlanId(StrEnum):
    """The plans, smallest first."""

    STARTER = "starter"
    GROWTH = "growth"
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class Plan:
    """`poll_s`: seconds between two polls of a shop. `takes_notices`: webhooks are followed as they come.

    `orders_per_month`: orders created in one calendar month that are streamed; None = as many as come.
    """

    plan_id: PlanId
    name: str
    poll_s: int
    takes_notices: bool
    orders_per_month: int | None


PLANS: Mapping[PlanId, Plan] = {
    plan.plan_id: plan
    for plan in (
        Plan(PlanId.STARTER, "Starter", poll_s=30 * 60, takes_notices=False, orders_per_month=500),
        Plan(PlanId.GROWTH, "Growth", poll_s=10 * 60, takes_notices=True, orders_per_month=10_000),
        Plan(PlanId.SCALE, "Scale", poll_s=10 * 60, takes_notices=True, orders_per_month=None),
    )
}

DEFAULT_PLAN = PlanId.GROWTH
