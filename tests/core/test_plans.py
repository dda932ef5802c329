"""Plans: the cadence each one buys."""

from service.core.plans import DEFAULT_PLAN, PLANS, PlanId


def test_starter_polls_every_half_hour_and_the_others_follow_notices():
    assert {plan_id: (plan.poll_s, plan.takes_notices) for plan_id, plan in PLANS.items()} == {
        PlanId.STARTER: (1800, False),
        PlanId.GROWTH: (600, True),
        PlanId.SCALE: (600, True),
    }
    assert DEFAULT_PLAN is PlanId.GROWTH


def test_a_bigger_plan_brings_orders_no_later():
    waits_s = [plan.poll_s for plan in PLANS.values()]
    assert waits_s == sorted(waits_s, reverse=True)
