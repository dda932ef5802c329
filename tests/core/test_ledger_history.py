"""Why a profit changed: the steps lead from nothing to the profit as it is, and what they changed adds up to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from core.made_entries import d, entries, make_entry, make_estimate
from core.made_orders import make_line, make_order, make_payment, real_policies
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.costs import SENDING, Cost, CostSource, OrderCost, book_of
from service.core.ledger.facts import Facts, TaxMode, TaxTerms, Terms
from service.core.ledger.history import CostMoment, Guess, StepKind, history_of
from service.core.ledger.profit import profit_of
from service.core.ledger.rates import Trust, of_unsettled
from service.core.ledger.sales import Refund
from service.core.ledger.settling import guess

DAY, START = date(2026, 11, 20), datetime(2026, 11, 20, 12, tzinfo=UTC)
SKU = make_line(1, "A").sku_id


def hour(number):
    return START + timedelta(hours=number)


def order():
    payment = make_payment(items_gross="24.00", items_net="24.00", total="24.00")
    return make_order(order_id="O1", lines=(make_line(1, "A", "24.00"),), payment=payment)


def facts(**changes):
    return Facts(**({"order": order(), "day": DAY} | changes))


def terms(**changes):
    known = {
        "book": book_of([Cost(SKU, "GBP", d("5"))]),
        "tax": TaxTerms(TaxMode.VAT_SELLER_REMITS, d("20")),
        "rules": real_policies().fee_rules(market="GB", shipping="SELLER", day=DAY),
    }
    return Terms(**(known | changes))


def line(number, revenue, fee, *, at=None, **more):
    """An order's line: its revenue and one fee."""
    stated = {"settlement": str(d(revenue) + d(fee)), "revenue": revenue, "fee_tax": fee}
    about = {"statement_id": f"S{number}", "settled_at": hour(at or 24 * number)}
    return make_entry(number, **(stated | about | more))


def expected(settlement, *, at=0):
    stated = make_estimate(settlement=settlement, revenue="24.00", fee_tax=str(d(settlement) - 24))
    return Guess(hour(at), of_unsettled([stated], "GBP"))


def by_table(at=0):
    return Guess(hour(at), guess(facts(), terms()))


def cost(unit, **more):
    return Cost(SKU, "GBP", d(unit), **more)


def costed(at, before, after, *, sub="maya", sku_id=SKU):
    return CostMoment(hour(at), sub, sku_id, before, after)


def told(steps):
    return [(one.kind.value, one.change) for one in steps]


def test_an_order_s_life_is_told_from_the_first_estimate_to_the_last_adjustment():
    """24.00 with 4.00 VAT and 5.00 cost: by the table 2.66 are charged, TikTok expects 4.00 and takes 5.00."""
    found = facts(
        entries=(
            line(1, "24.00", "-5.00"),
            line(2, "-24.00", "4.00"),
            make_entry(3, kind="LOGISTICS_REIMBURSEMENT", order_id="", adjustment_order_id="O1", adjustment="2.00",
                       settlement="2.00", statement_id="S3", settled_at=hour(72)),
        ),
        kept=expected("20.00").estimate,
    )  # fmt: skip
    steps = history_of(found, terms(), guesses=[by_table(), expected("20.00", at=2)])
    assert told(steps) == [
        ("estimate", d("12.34")),
        ("estimate", d("-1.34")),
        ("settled", d("-1.00")),
        ("refund", d("-16.00")),  # the price and the fee's part come back, and no VAT is owed any more
        ("adjustment", d("2.00")),
    ]
    assert [one.trust for one in steps[:2]] == [Trust.TABLE, Trust.UNSETTLED]
    assert (steps[2].statement_id, steps[2].at, steps[2].pools.settlement) == ("S1", hour(24), d("19.00"))
    assert (steps[4].name, steps[4].net) == ("LOGISTICS_REIMBURSEMENT", d("-4.00"))
    assert steps[0].charges[0].source.startswith("Seller University UK")


def test_a_cost_that_is_entered_later_is_a_step_and_what_was_before_stays_unknown():
    edit = costed(30, None, cost("5"))
    steps = history_of(facts(entries=(line(1, "24.00", "-5.00"),)), terms(), guesses=[by_table()], edits=[edit])
    assert told(steps) == [("estimate", None), ("settled", None), ("cost", None)]
    assert [one.net for one in steps] == [None, None, d("10.00")]
    assert steps[2].edits == (edit,)


def test_a_cost_that_is_corrected_shows_what_that_changed():
    edits = [costed(30, cost("4"), cost("6")), costed(40, cost("6"), cost("5"))]
    steps = history_of(facts(entries=(line(1, "24.00", "-5.00"),)), terms(), guesses=[by_table()], edits=edits)
    assert told(steps)[2:] == [("cost", d("-2")), ("cost", d("1"))]


def test_costs_that_one_person_changed_at_once_are_one_step():
    sending = Cost(SENDING, "GBP", d("0"), fulfilment=d("3"))
    edits = [costed(30, cost("4"), cost("5")), costed(30, None, sending, sku_id=SENDING)]
    book = book_of([cost("5"), sending])
    sent = facts(entries=(line(1, "24.00", "-5.00"),), sending=OrderCost(d("3"), "GBP", CostSource.SETTING))
    steps = history_of(sent, terms(book=book), guesses=[by_table()], edits=edits)
    assert told(steps)[-1] == ("cost", d("-4"))
    assert len(steps[-1].edits) == 2


def test_a_cost_of_another_time_changes_nothing_here():
    """It is in force from a later day on, or its edit was taken back before the order was made."""
    later = cost("9", from_day=DAY + timedelta(days=1))
    book = book_of([cost("5"), later])
    steps = history_of(facts(), terms(book=book), guesses=[by_table()], edits=[costed(30, None, later)])
    assert [one.kind for one in steps] == [StepKind.ESTIMATE]
    steps = history_of(facts(), terms(), guesses=[by_table()], edits=[costed(-1, cost("1"), cost("5"))])
    assert told(steps) == [("estimate", d("12.34"))]


def test_lines_by_sku_of_one_statement_are_one_step():
    parts = tuple(line(1, "12.00", "-2.50", entry_id=f"E{name}", sku_id=name) for name in (SKU, "B"))
    steps = history_of(facts(entries=parts), terms())
    assert (steps[0].kind, steps[0].pools.settlement) == (StepKind.SETTLED, d("19.00"))
    both = history_of(facts(entries=(line(1, "24.00", "-5.00"), *parts)), terms())
    assert [(one.kind, one.pools.settlement) for one in both] == [(StepKind.SETTLED, d("19.00"))]


def test_what_is_held_in_reserve_is_no_step():
    held = make_entry(9, kind="RESERVE", reserve_id="R1", reserve="-4.00", settlement="0", settled_at=hour(24))
    steps = history_of(facts(entries=(line(1, "24.00", "-5.00"), held)), terms())
    assert told(steps) == [("settled", d("10.00"))]


def test_a_statement_that_is_dated_before_its_estimate_was_seen_still_comes_after_it():
    steps = history_of(facts(entries=(line(1, "24.00", "-5.00", at=1),)), terms(), guesses=[expected("20.00", at=8)])
    assert [one.kind for one in steps] == [StepKind.ESTIMATE, StepKind.SETTLED]


def test_what_nothing_dated_explains_is_the_last_step():
    """An order nobody kept an estimate of; a refund that no statement holds; what upstream still expects."""
    assert told(history_of(facts(), terms())) == [("now", d("12.34"))]
    refund = Refund(SKU, 1, d("24.00"), before_shipping=True)
    assert [one.kind for one in history_of(facts(refunds=(refund,)), terms(), guesses=[by_table()])] == [
        StepKind.ESTIMATE,
        StepKind.NOW,
    ]
    more = make_estimate(settlement="-1.00", revenue="-1.00")
    waiting = facts(entries=(line(1, "24.00", "-5.00"),), unsettled=(more,))
    assert [one.kind for one in history_of(waiting, terms())] == [StepKind.SETTLED, StepKind.EXPECTED]


def test_without_anything_known_there_is_one_step_that_says_so():
    (step,) = history_of(facts(), terms(rules=()))
    assert (step.kind, step.outcome, step.change) == (StepKind.NOW, None, None)


# --- what is always true ----------------------------------------------------------------------------------------------

UNITS = st.none() | st.integers(0, 900).map(lambda minor: cost(str(Decimal(minor).scaleb(-2))))


@st.composite
def lives(draw):
    """Any order: lines of any sort, estimates of any moment, and costs that were changed any way."""
    found = draw(st.lists(entries(), max_size=5, unique_by=lambda one: one.entry_id))
    dated = [replace(one, settled_at=draw(st.none() | st.integers(0, 90).map(hour))) for one in found]
    guesses = [
        expected(str(draw(st.integers(0, 24))), at=draw(st.integers(0, 90))) for _ in range(draw(st.integers(0, 3)))
    ]
    states = draw(st.lists(UNITS, min_size=1, max_size=4))
    moments = sorted(draw(st.lists(st.integers(0, 90), min_size=len(states), max_size=len(states), unique=True)))
    edits = [
        costed(at, before, after)
        for at, before, after in zip(moments[1:], states, states[1:], strict=False)
        if before != after
    ]
    known = terms(book=book_of([states[-1]] if states[-1] else []))
    return facts(entries=tuple(dated)), known, guesses, edits


@given(lives())
def test_the_last_step_is_the_profit_as_it_is_now_and_the_steps_add_up_to_it(life):
    found, known, guesses, edits = life
    steps = history_of(found, known, guesses=guesses, edits=edits)
    shown = profit_of(found, known).shown
    assert steps[-1].outcome == shown
    if all(one.net is not None for one in steps):
        assert sum((one.change for one in steps), Decimal(0)) == shown.net


@given(lives(), st.randoms(use_true_random=False))
def test_the_sequence_in_which_facts_come_in_changes_nothing(life, random):
    found, known, guesses, edits = life
    steps = history_of(found, known, guesses=guesses, edits=edits)
    mixed = list(found.entries)
    random.shuffle(mixed)
    assert history_of(replace(found, entries=tuple(mixed)), known, guesses=guesses, edits=edits[::-1]) == steps
