"""Taxes and rates of a shop in the sidebar: stated from a day on, refused when unclear, taken back, on the record."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from service.core.ledger.shop_terms import ShopTerms
from service.store import shop_terms
from service.store.tables import audit

FIRST = {"dateInput": {"msSinceEpoch": 1_772_323_200_000}}  # 2026-03-01, midnight UTC
SPRING = date(2026, 3, 1)
USUAL = {"vat": "usual", "vat_percent": "", "commission": "", "affiliate": ""}


@pytest.fixture
def team(begin):
    return begin("finance", until="connected")


def stored(team):
    with team.product.services.store.read() as tx:
        return shop_terms.of_shop(tx, team.shops()[0].id)


def deeds(team):
    with team.product.services.store.read() as tx:
        return [row.deed for row in tx.execute(sa.select(audit)) if "shop-terms" in row.deed]


def save(team, role="finance", **form):
    typed = {**USUAL, **form}
    return team.sidebar(role).post("shop-terms").press("save-shop-terms", form=typed)


def test_terms_hold_from_their_day_on_and_are_taken_back(team):
    """Finance states them, sees them, and an owner removes them again; each leaves a line in the audit trail."""
    finance = save(team, vat="own", vat_percent="20", commission="8,5 %", affiliate="15")
    assert finance.toast.startswith("Saved")
    assert finance.says("20 % VAT in your prices · Commission 8.5 % · Creators 15 %")
    finance.press("save-shop-terms", form={**USUAL, "vat": "none", "from_day": FIRST})
    assert "Orders from 1 Mar 2026" in finance.texts()
    always = ShopTerms(None, Decimal(20), Decimal("8.5"), Decimal(15))
    assert stored(team) == [always, ShopTerms(SPRING, Decimal(0))]
    shop_id = team.shops()[0].id
    team.sidebar("owner").post("shop-terms").post("drop-shop-terms", shop_id=shop_id, day=SPRING.isoformat())
    assert stored(team) == [always]
    assert deeds(team) == ["save-shop-terms", "save-shop-terms", "drop-shop-terms"]


def test_saying_the_same_again_or_taking_back_what_is_gone_changes_nothing(team):
    for _ in range(2):
        save(team, commission="5")
    for _ in range(2):
        team.sidebar("finance").post("drop-shop-terms", shop_id=team.shops()[0].id, day="2026-03-01")
    assert stored(team) == [ShopTerms(commission_percent=Decimal(5))]
    assert deeds(team) == ["save-shop-terms"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"vat": "own"}, "Type how much it is"),
        ({"vat": "own", "vat_percent": "120"}, "Type a number from 0 to 100"),
        ({"commission": "a lot"}, "Type a number from 0 to 100"),
        ({"affiliate": "-3"}, "Type a number from 0 to 100"),
        ({"from_day": {"dateInput": {"msSinceEpoch": 4_102_444_800_000}}}, "Choose a day from 2015 to 2099"),
    ],
)
def test_what_is_unclear_is_said_at_its_field_and_nothing_is_stored(team, typed, said):
    assert save(team, **typed).says(said)
    assert stored(team) == []


def test_a_shop_of_another_account_is_not_there(team):
    finance = team.sidebar("finance")
    finance.post("save-shop-terms", shop_id="0" * 32, form=USUAL)
    assert finance.says("This shop is not connected here.")
    finance.post("drop-shop-terms", shop_id="0" * 32, day="always")
    assert finance.says("This shop is not connected here.")
