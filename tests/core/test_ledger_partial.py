"""Profit of an order that is settled in part: what is stated stands beside what is still expected."""

from core.made_entries import d, make_entry, make_estimate
from core.worked_orders import (
    BOTH,
    DAY,
    SETTLED_US,
    A,
    B,
    seller_own,
    two_sku_order,
    uk_facts,
    uk_terms,
    us_facts,
    us_terms,
)

from service.core.ledger.costs import Cost, book_of
from service.core.ledger.facts import Facts, TaxTerms
from service.core.ledger.pools import Pools
from service.core.ledger.profit import profit_of
from service.core.ledger.rates import Estimate, OwnTerms, RecentRates, Trust
from service.core.ledger.sales import Refund
from service.core.ledger.settling import Basis


def test_settled_and_estimated_stand_side_by_side():
    charged = SETTLED_US | {
        "settlement": "35.00",
        "fee_tax": "-10.00",
        "amounts": SETTLED_US["amounts"] | {"fee.referral_fee_amount": "-3.70"},
    }
    profit = profit_of(us_facts(entries=(make_entry(**charged),)), us_terms())
    assert (profit.basis, profit.estimated.net, profit.settled.net, profit.delta) == (
        Basis.SETTLED,
        d("14.80"),
        d("13.80"),
        -1,
    )
    assert profit.shown == profit.settled
    assert profit.confidence == 100


def test_the_unsettled_list_goes_before_rates():
    told = make_estimate(
        order_id="576400000000000011", currency="USD", settlement="35.50", revenue="45.00", fee_tax="-9.50",
        amounts={"fee.referral_fee_amount": "-2.70", "fee.affiliate_commission_before_pit_amount": "-6.80"},
    )  # fmt: skip
    profit = profit_of(us_facts(unsettled=(told,)), us_terms())
    assert (profit.trust, profit.shown.settlement, profit.basis) == (Trust.UNSETTLED, d("35.50"), Basis.ESTIMATED)


def test_one_sku_of_two_settled_is_partial_and_the_rest_is_estimated():
    part = make_entry(
        1,
        sku_id=A,
        settlement="18.20",
        revenue="20",
        fee_tax="-1.80",
        amounts={"fee.platform_commission_amount": "-1.80"},
    )
    terms = uk_terms(book=BOTH, tax=TaxTerms(), own=OwnTerms(affiliate_percent=d(0)))
    profit = profit_of(Facts(two_sku_order(shipping_type="TIKTOK"), DAY, (part,)), terms)
    assert profit.basis is Basis.PARTIAL
    assert profit.settled.settlement == d("18.20")
    assert profit.shown.pools.revenue == 30
    assert profit.shown.settlement == d("18.20") + d("10") - d("0.90") - d("0.17")
    assert profit.delta is None
    other = make_entry(
        2,
        sku_id=B,
        settlement="9.10",
        revenue="10",
        fee_tax="-0.90",
        amounts={"fee.platform_commission_amount": "-0.90"},
    )
    assert profit_of(Facts(two_sku_order(), DAY, (part, other)), terms).basis is Basis.SETTLED


def test_an_order_still_on_the_unsettled_list_is_partial():
    part = make_entry(1, settlement="20", revenue="20")
    rest = make_estimate(settlement="9", revenue="10", fee_tax="-1", amounts={"fee.platform_commission_amount": "-1"})
    profit = profit_of(Facts(two_sku_order(), DAY, (part,), (rest,)), uk_terms(book=BOTH, tax=TaxTerms()))
    assert (profit.basis, profit.shown.settlement, profit.estimated.settlement) == (Basis.PARTIAL, 29, 29)


def test_an_estimate_of_what_is_settled_by_now_is_not_added_to_it():
    """The list of estimates was read before the statement: the sale is not sold twice, nor the fine paid twice."""
    sold = make_entry(1, settlement="27", revenue="30", fee_tax="-3", amounts={"fee.platform_commission_amount": "-3"})
    fine = make_entry(
        2, kind="PLATFORM_PENALTY", order_id="", adjustment_order_id="O1", adjustment_id="A1", settlement="-2"
    )
    stale = (
        make_estimate(settlement="26", revenue="30", fee_tax="-4"),
        make_estimate(
            kind="PLATFORM_PENALTY", order_id="", adjustment_order_id="O1", adjustment_id="A1", settlement="-2"
        ),
    )
    back = make_estimate(settlement="-9", revenue="-10", fee_tax="1")
    facts = Facts(two_sku_order(), DAY, (sold, fine), stale)
    profit = profit_of(facts, uk_terms(book=BOTH, tax=TaxTerms()))
    assert (profit.basis, profit.shown.settlement) == (Basis.SETTLED, 25)
    coming = profit_of(Facts(two_sku_order(), DAY, (sold, fine), (*stale, back)), uk_terms(book=BOTH, tax=TaxTerms()))
    assert (coming.basis, coming.shown.settlement) == (Basis.PARTIAL, 16)


def test_a_refund_that_no_statement_shows_keeps_the_order_partial():
    """Settled in full, refunded since: shown is what is settled and what the refund will change."""
    refund = Refund(A, 1, d("22.50"), restocked=1)
    entry = make_entry(**SETTLED_US)
    waiting = profit_of(us_facts(entries=(entry,), refunds=(refund,)), us_terms())
    assert (waiting.basis, waiting.shown.pools.revenue) == (Basis.PARTIAL, d("22.50"))
    assert waiting.shown.net == d("4.53")
    back = make_entry(
        2, order_id="576400000000000011", currency="USD", statement_id="S2",
        settlement="-18.27", revenue="-22.50", fee_tax="4.23",
        amounts={
            "revenue.refund_subtotal_before_discount_amount": "-22.50", "fee.referral_fee_amount": "1.35",
            "fee.refund_administration_fee_amount": "-0.27", "fee.affiliate_commission_amount": "3.15",
        },
    )  # fmt: skip
    recent = RecentRates("USD", 5, d(100), {"referral_fee_amount": d(-50)})
    guessed = profit_of(us_facts(entries=(entry,), refunds=(refund,)), us_terms(recent=recent))
    assert guessed.shown.net == waiting.shown.net, "a refund changes nothing about other orders' rates"
    done = profit_of(us_facts(entries=(entry, back), refunds=(refund,)), us_terms())
    assert (done.basis, done.settled.net) == (Basis.SETTLED, d("4.53"))


def test_an_adjustment_before_the_settlement_is_partial_and_added_to_the_estimate():
    fine = make_entry(
        1,
        kind="PLATFORM_PENALTY",
        currency="USD",
        order_id="",
        adjustment_order_id="576400000000000011",
        settlement="-2",
    )
    profit = profit_of(us_facts(entries=(fine,)), us_terms())
    assert (profit.basis, profit.shown.net) == (Basis.PARTIAL, d("12.80"))


def test_a_reserve_neither_settles_an_order_nor_costs_anything():
    held = make_entry(1, kind="RESERVE", currency="USD", order_id="576400000000000011", reserve_id="R", reserve="-9")
    profit = profit_of(us_facts(entries=(held,)), us_terms())
    assert (profit.basis, profit.shown.net) == (Basis.ESTIMATED, d("14.80"))


def test_what_was_expected_stays_as_it_was_once_anything_is_settled():
    """Later rates, and a cost that is entered later, do not turn the estimate: the difference speaks of fees alone."""
    before = profit_of(uk_facts(), uk_terms())
    kept = Estimate(before.shown.pools - seller_own(before), Trust.TABLE, before.charges, knows_affiliate=True)
    paid = make_entry(settlement="19.00", revenue="24.00", fee_tax="-5.00", order_id=uk_facts().order.order_id)
    dearer = uk_terms(rules=(), book=book_of([Cost(A, "GBP", d("6"))]))
    settled = profit_of(uk_facts(entries=(paid,), kept=kept), dearer)
    assert (settled.basis, settled.trust) == (Basis.SETTLED, Trust.TABLE)
    assert settled.estimated.net == before.shown.net - 1
    assert settled.delta == d("19.00") - kept.pools.settlement


def test_a_kept_estimate_says_nothing_while_nothing_is_settled():
    kept = Estimate(Pools("GBP"), Trust.TABLE)
    assert profit_of(uk_facts(kept=kept), uk_terms()) == profit_of(uk_facts(), uk_terms())
