"""The payout auditor: what was charged beside what the rules say, to the cent, and nothing claimed of a guess."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from core.made_entries import d, make_entry, make_estimate
from core.made_orders import make_line, make_order, make_payment, real_policies
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.auditing import OWN_RATE, Tally, checks_of, most_first, totals_of
from service.core.ledger.facts import Facts, Terms
from service.core.ledger.rates import OwnTerms

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 22, tzinfo=UTC)
COMMISSION, REFERRAL, PER_ORDER = "platform_commission_amount", "referral_fee_amount", "transaction_fee_amount"
ADMIN = "refund_administration_fee_amount"
SKU = make_line(1, "A").sku_id


def uk_order(**changes):
    """Items for 24.00, of which TikTok pays 4.00; the buyer pays 20.00 and 3.00 for shipping."""
    payment = make_payment(
        items_gross="24.00", platform_discount="4.00", items_net="20.00", ship_paid="3.00", total="23"
    )
    return make_order(**({"order_id": "O1", "lines": (make_line(1, "A", "24.00"),), "payment": payment} | changes))


def uk_entry(commission="-2.43", per_order="-0.50", **changes):
    """The sale as it settles: 9 % of 27.00, and 50 pence."""
    amounts = {
        "revenue.subtotal_before_discount_amount": "24.00", "shipping.customer_paid_shipping_fee_amount": "3.00",
        f"fee.{COMMISSION}": commission, f"fee.{PER_ORDER}": per_order,
        "supplementary.customer_payment_amount": "23.00", "supplementary.platform_discount_amount": "4.00",
    }  # fmt: skip
    amounts = {path: value for path, value in (amounts | changes.pop("amounts", {})).items() if value is not None}
    return make_entry(amounts=amounts, **({"settled_at": AT} | changes))


def uk_terms(**changes) -> Terms:
    rules = real_policies().fee_rules(market="GB", shipping="SELLER", day=DAY)
    return Terms(**({"rules": rules} | changes))


def uk_checks(*entries, terms=None, **changes):
    facts = Facts(**({"order": uk_order(), "day": DAY, "entries": entries} | changes))
    return {one.field: one for one in checks_of(facts, terms or uk_terms())}


def us_checks(*entries, own=None, order=None, **changes):
    line = make_line(1, "A", "50.00", "USD")
    payment = make_payment("USD", items_gross="50.00", items_net="50.00", tax="4.00", total="54.00")
    order = order or make_order(order_id="O1", region="US", lines=(line,), payment=payment)
    terms = Terms(rules=real_policies().fee_rules(market="US", shipping="SELLER", day=DAY), own=own or OwnTerms())
    return {one.field: one for one in checks_of(Facts(order, DAY, entries, **changes), terms)}


def us_entry(number=1, *, sold="50.00", referral="-3.00", **changes):
    amounts = {"revenue.subtotal_before_discount_amount": sold, f"fee.{REFERRAL}": referral}
    amounts |= changes.pop("amounts", {})
    return make_entry(number, currency="USD", settled_at=AT, amounts=amounts, **changes)


def test_a_fee_as_its_rule_says_is_no_finding_and_shows_its_evidence():
    found = uk_checks(uk_entry())
    assert {name: one.difference for name, one in found.items()} == {COMMISSION: 0, PER_ORDER: 0}
    commission = found[COMMISSION]
    assert (commission.charged, commission.expected, commission.base) == (d("2.43"), d("2.43"), d("27.00"))
    assert (commission.percent, commission.effective_from, commission.statement_ids) == (9, date(2024, 9, 9), ("S1",))
    assert "Seller University UK" in commission.source


@pytest.mark.parametrize(
    ("charged", "difference"),
    [("-2.43", "0"), ("-2.44", "0"), ("-2.42", "0"), ("-2.45", "0.02"), ("-2.41", "-0.02"), ("-5.00", "2.57")],
)
def test_one_minor_unit_for_each_rounding_is_tolerated(charged, difference):
    assert uk_checks(uk_entry(charged))[COMMISSION].difference == d(difference)


def test_each_sku_is_rounded_by_itself():
    """Three SKUs are rounded three times: three pence may come of that, and four not."""
    parts = [
        make_entry(number, sku_id=f"SKU{number}", quantity=1, settled_at=AT, amounts={}, settlement="0")
        for number in (2, 3, 4)
    ]
    assert uk_checks(uk_entry("-2.46"), *parts)[COMMISSION].difference == 0
    assert uk_checks(uk_entry("-2.47"), *parts)[COMMISSION].difference == d("0.04")


def test_a_fee_that_is_not_charged_at_all_is_charged_too_little():
    assert uk_checks(uk_entry(per_order=None))[PER_ORDER].difference == d("-0.50")


def test_the_rule_of_the_order_s_own_day_counts():
    rules = real_policies().fee_rules(market="GB", shipping="SELLER", day=date(2025, 7, 14))
    assert PER_ORDER not in uk_checks(uk_entry(per_order=None), terms=uk_terms(rules=rules))


def test_a_rate_that_the_seller_states_stands_before_the_table_s():
    found = uk_checks(uk_entry(), terms=uk_terms(own=OwnTerms({COMMISSION: d("5")})))[COMMISSION]
    assert (found.expected, found.difference, found.certainty, found.source) == (d("1.35"), d("1.08"), OWN_RATE, "")


def test_a_refund_takes_off_what_it_is_taken_of():
    """Half of 50.00 comes back with half of the referral fee; a fifth of that half is kept."""
    back = us_entry(
        2, sold="0", referral="1.50", statement_id="S2",
        amounts={"revenue.refund_subtotal_before_discount_amount": "-25.00", f"fee.{ADMIN}": "-0.30"},
    )  # fmt: skip
    found = us_checks(us_entry(), back)
    assert {name: (one.charged, one.expected) for name, one in found.items()} == {
        REFERRAL: (d("1.50"), d("1.50")),
        ADMIN: (d("0.30"), d("0.30")),
    }
    assert found[REFERRAL].statement_ids == ("S1", "S2")
    dear = replace(back, amounts={**back.amounts, f"fee.{ADMIN}": d("-5.00")})
    assert us_checks(us_entry(), dear)[ADMIN].difference == d("4.70")


def test_the_kept_part_of_a_refund_is_capped_by_sku():
    sale = us_entry(sold="1000.00", referral="-60.00")
    back = us_entry(
        2, sold="0", referral="60.00", statement_id="S2",
        amounts={"revenue.refund_subtotal_before_discount_amount": "-1000.00", f"fee.{ADMIN}": "-12.00"},
    )  # fmt: skip
    assert us_checks(sale, back)[ADMIN].expected == d("5.00")


def test_a_refund_that_is_not_told_by_sku_is_not_judged():
    line = {"currency": "USD", "price": "25.00"}
    payment = make_payment("USD", items_gross="50.00", items_net="50.00", total="50.00")
    order = make_order(
        order_id="O1", region="US", lines=(make_line(1, "A", **line), make_line(2, "B", **line)), payment=payment
    )
    back = us_entry(2, sold="0", referral="1.50", amounts={"revenue.refund_subtotal_before_discount_amount": "-25.00"})
    assert us_checks(us_entry(), back, order=order).keys() == {REFERRAL}


def test_figures_that_contradict_each_other_are_not_judged():
    """What the buyer paid, with TikTok's discount, must be the revenue and the shipping."""
    assert uk_checks(uk_entry(amounts={"supplementary.customer_payment_amount": "22.00"})) == {}


def test_without_the_buyer_s_payment_only_what_is_certain_is_judged():
    unsaid = {"supplementary.customer_payment_amount": None, "supplementary.platform_discount_amount": None}
    assert uk_checks(uk_entry(amounts=unsaid))[COMMISSION].difference == 0
    thai = real_policies().fee_rules(market="TH", shipping="SELLER", day=DAY)
    assert {rule.field for rule in thai} == {"seller_growth_fee_amount", PER_ORDER}
    assert uk_checks(uk_entry(amounts=unsaid), terms=Terms(rules=thai)).keys() == {"seller_growth_fee_amount"}


@pytest.mark.parametrize(
    "changes",
    [
        {"order": uk_order(is_sample=True)},
        {"order": uk_order(is_replacement=True)},
        {"unsettled": (make_estimate(settlement="-5.00", revenue="-5.00"),)},
        {"entries": ()},
        {"entries": (uk_entry(kind="REBATE", order_id="", adjustment_order_id="O1", adjustment="1.00"),)},
    ],
    ids=["sample", "replacement", "refund to come", "not settled", "adjustment alone"],
)
def test_what_is_no_sale_or_not_settled_is_not_judged(changes):
    found = uk_checks(**changes) if "entries" in changes else uk_checks(uk_entry(), **changes)
    assert found == {}


def test_adjustments_and_reserves_are_no_fees():
    held = make_entry(3, kind="RESERVE", reserve_id="R1", reserve="-4.00", settlement="0", settled_at=AT)
    given_back = make_entry(4, kind="PLATFORM_PENALTY", order_id="", adjustment_order_id="O1",
                            adjustment="-1.00", settlement="-1.00", settled_at=AT)  # fmt: skip
    assert uk_checks(uk_entry(), held, given_back) == uk_checks(uk_entry())


def corrected(kind, amount):
    """An adjustment of this order's commission, days later."""
    return make_entry(5, kind=kind, order_id="", adjustment_order_id="O1", adjustment=amount, settlement=amount,
                      settled_at=AT, statement_id="S5")  # fmt: skip


@pytest.mark.parametrize(
    ("charged", "kind", "amount", "difference"),
    [
        ("-5.00", "PLATFORM_COMMISSION_COMPENSATION", "2.57", "0"),
        ("-5.00", "Platform commission compensation", "1.00", "1.57"),
        ("-5.00", "PLATFORM_COMMISSION_COMPENSATION", "9.00", "0"),  # more than was owed is no charge too little
        ("-5.00", "PLATFORM_COMMISSION_ADJUSTMENT", "-1.00", "2.57"),  # stated by itself: no part of the fee
        ("-5.00", "REBATE", "2.57", "2.57"),  # of something else
        ("-1.00", "PLATFORM_COMMISSION_ADJUSTMENT", "-1.43", "0"),
        ("-2.43", "PLATFORM_COMMISSION_ADJUSTMENT", "-1.00", "0"),
    ],
)
def test_what_was_made_good_since_is_not_claimed(charged, kind, amount, difference):
    found = uk_checks(uk_entry(charged), corrected(kind, amount))
    assert (found[COMMISSION].difference, found[PER_ORDER].difference) == (d(difference), 0)


@given(st.permutations(range(4)))
def test_the_sequence_of_the_lines_changes_nothing(sequence):
    lines = [
        uk_entry("-3.00"),
        uk_entry("-1.00", statement_id="S2", entry_id="E2", settled_at=AT + timedelta(days=1)),
        make_entry(3, kind="RESERVE", reserve_id="R1", reserve="-4.00", settlement="0", settled_at=AT),
        make_entry(5, kind="REBATE", order_id="", adjustment_order_id="O1", adjustment="1.00", settled_at=AT),
    ]
    assert uk_checks(*(lines[at] for at in sequence)) == uk_checks(*lines)


# --- which rules are the shop's ---------------------------------------------------------------------------------------


def tally(fitting, over=0, *, certainty="B", currency="GBP", shop_id="S", **more):
    more = {"over_count": over, "over_minor": over * 10} | more
    return Tally(shop_id, COMMISSION, currency, "a page", certainty, fitting, **more)


@pytest.mark.parametrize(
    ("one", "holds"),
    [
        (tally(5, 5), True),
        (tally(4, 5), False),  # most orders are charged otherwise: the rule is in doubt, not TikTok
        (tally(0, 9), False),
        (tally(18, 2, certainty="C"), True),
        (tally(17, 3, certainty="C"), False),
        (tally(17, 0, certainty="C"), False),  # too few for a rule from sellers' reports
        (tally(0, 9, certainty=OWN_RATE), True),
    ],
)
def test_a_rule_is_the_shop_s_where_its_own_orders_bear_it_out(one, holds):
    assert one.holds is holds


def test_only_what_holds_is_added_up_and_currencies_stay_apart():
    found = [
        tally(9, 1), tally(9, 2, currency="USD"), tally(0, 7), tally(9, 0, under_count=1, under_minor=5, shop_id="T"),
    ]  # fmt: skip
    assert totals_of(found) == {"GBP": (10, 5), "USD": (20, 0)}
    assert [(one.currency, one.over_minor + one.under_minor) for one in most_first(found)] == [
        ("GBP", 70), ("GBP", 10), ("GBP", 5), ("USD", 20),
    ]  # fmt: skip
