"""A shop's own terms: which version is in force, what it means in each market, and what a percentage may look like."""

from datetime import date
from decimal import Decimal

import pytest

from service.core.ledger.cost_cells import UnreadableCellError
from service.core.ledger.facts import TaxMode, TaxTerms
from service.core.ledger.rates import OwnTerms
from service.core.ledger.shop_terms import NO_TERMS, ShopTerms, in_force, percent_in

D = Decimal
SPRING, AUTUMN = date(2026, 3, 1), date(2026, 9, 1)
ALWAYS = ShopTerms(vat_percent=D(19))
LATER, LATEST = ShopTerms(SPRING, vat_percent=D(20)), ShopTerms(AUTUMN, commission_percent=D(5))


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2025, 1, 1), ALWAYS), (date(2026, 2, 28), ALWAYS), (SPRING, LATER), (date(2027, 1, 1), LATEST)],
)
def test_the_newest_terms_that_had_begun_are_in_force(day, expected):
    assert in_force([LATEST, ALWAYS, LATER], day) == expected


def test_before_the_first_stated_day_nothing_is_stated():
    assert in_force([LATER], date(2026, 2, 28)) is NO_TERMS


UK, US = TaxTerms(TaxMode.VAT_SELLER_REMITS, D(20)), TaxTerms(TaxMode.US_PASS_THROUGH)


@pytest.mark.parametrize(
    ("usual", "percent", "expected"),
    [
        (UK, None, UK),
        (US, None, US),
        (UK, D(5), TaxTerms(TaxMode.VAT_SELLER_REMITS, D(5))),
        (UK, D(0), TaxTerms(TaxMode.MARKETPLACE_REMITS)),
        (US, D(0), US),
    ],
)
def test_what_the_seller_says_of_vat_goes_before_what_is_usual(usual, percent, expected):
    assert ShopTerms(vat_percent=percent).tax(usual) == expected


@pytest.mark.parametrize(("market", "field"), [("US", "referral_fee_amount"), ("GB", "platform_commission_amount")])
def test_commission_is_stated_by_the_field_that_the_market_charges_it_in(market, field):
    stated = ShopTerms(commission_percent=D("5.5"), affiliate_percent=D(15))
    assert stated.own(market) == OwnTerms({field: D("5.5")}, D(15))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("", None), ("  ", None), ("8.5", D("8.5")), ("8,5 %", D("8.5")), ("20%", D(20)), ("0", D(0)), ("100", D(100))],
)
def test_a_percentage_may_be_typed_as_people_type_it(typed, expected):
    assert percent_in(typed) == expected


@pytest.mark.parametrize("typed", ["101", "-1", "x", "1.125", "8.5.5", "=1", "20 % %", "5 €"])
def test_what_is_no_percentage_is_refused(typed):
    with pytest.raises(UnreadableCellError):
        percent_in(typed)
