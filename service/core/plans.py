"""Plans: how soon an account's plan brings its orders. No plan loses any."""

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
    """`poll_s`: seconds between two polls of a shop. `takes_notices`: webhooks are followed as they come."""

    plan_id: PlanId
    name: str
    poll_s: int
    takes_notices: bool


PLANS: Mapping[PlanId, Plan] = {
    plan.plan_id: plan
    for plan in (
        Plan(PlanId.STARTER, "Starter", poll_s=30 * 60, takes_notices=False),
        Plan(PlanId.GROWTH, "Growth", poll_s=10 * 60, takes_notices=True),
        Plan(PlanId.SCALE, "Scale", poll_s=10 * 60, takes_notices=True),
    )
}

DEFAULT_PLAN = PlanId.GROWTH
