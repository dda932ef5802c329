"""Why a profit changed, the payout auditor and risen fees in the sidebar: what each says, and to whom."""

import csv
import io
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from core.made_entries import make_estimate
from web.stated import SKU, Ledger, d, midnight, sale

from cards.actions import Action
from service.core.ledger.costs import Cost
from service.core.ledger.drift import Drift
from service.core.ledger.rates import RecentRates, of_unsettled
from service.core.ledger.shop_terms import ShopTerms
from service.core.roles import Switch
from service.flows.fee_checks import check_corrected, walk_on
from service.store import costs, fee_drifts, profits, shop_terms
from service.store.costs import Editor
from service.store.tables import audit

FIRST = "576400000000000001"
COMMISSION = "platform_commission_amount"
WHY = "Show why this profit"
STEPS = ("A cost was changed", "TikTok settled the order", "TikTok estimated what it will pay")


@pytest.fixture
def team(begin):
    return begin("finance", "accountant", "warehouse", until="connected")


@pytest.fixture
def ledger(team):
    return Ledger(team).looked()


def keep(ledger, order_id, settlement):
    """TikTok expected to pay so much, before it settled the order."""
    stated = make_estimate(settlement=settlement, revenue="24.00", fee_tax=str(d(settlement) - 24))
    with ledger.services.store.write() as tx:
        found = {order_id: of_unsettled([stated], "GBP")}
        profits.keep_last(tx, ledger.shop, found, now=ledger.services.clock.now())


def cost(ledger, pounds):
    """Somebody states what the goods cost, a while later."""
    team = ledger.team
    team.product.clock.advance(3600)
    with ledger.services.store.write() as tx:
        by = Editor(team.people["owner"].sub, team.product.clock.now())
        costs.put(tx, ledger.shop, {SKU: [Cost(SKU, "GBP", d(pounds))]}, by=by)


def deeds(team, deed):
    with team.product.services.store.read() as tx:
        return [row.subject for row in tx.execute(sa.select(audit).where(audit.c.deed == deed))]


# --- why a profit changed --------------------------------------------------------------------------------------------


@pytest.fixture
def settled(ledger):
    """An order that TikTok expected to pay 21.00 for, and paid 20.00; its goods were costed afterwards."""
    ledger.orders(sale(1))
    keep(ledger, FIRST, "21.00")
    ledger.state("S1", [ledger.line(1)])
    cost(ledger, "5.00")
    return ledger


def history(team, role):
    return team.sidebar(role).post("order", order_key=FIRST).press(WHY)


def test_an_order_leads_to_the_steps_of_its_profit_newest_first(team, settled):
    card = history(team, "owner")
    assert card.title == "Why this profit"
    said = [one for one in card.texts() if one in STEPS]
    assert said == list(STEPS)
    assert card.says("none → £5.00")
    assert card.says(f"By {team.people['owner'].email}")
    assert card.says("Statement")
    assert not card.says("platform_commission")
    assert Action.ORDER in card.actions()


def test_who_changed_a_cost_is_said_to_those_who_manage_people_alone(team, settled):
    card = history(team, "finance")
    assert card.says("none → £5.00")
    assert not card.says(team.people["owner"].email)


def test_a_profit_is_told_only_to_who_may_see_profit(team, settled):
    """An accountant sees fees and no profit, until an owner lets them; a warehouse sees neither."""
    for role in ("accountant", "warehouse"):
        assert WHY not in team.sidebar(role).post("order", order_key=FIRST).labels()
        assert team.sidebar(role).post("profit-history", order_key=FIRST).title == "Your role does not allow this"
    team.switch(Switch.ACCOUNTANT_COST, Switch.ACCOUNTANT_PROFIT)
    card = history(team, "accountant")
    assert card.title == "Why this profit"
    assert not card.says("SKU-A")  # items are another switch


def test_a_missing_cost_is_said_and_never_zero(team, ledger):
    ledger.orders(sale(1)).state("S1", [ledger.line(1)])
    card = history(team, "owner")
    assert card.says("Not known yet")
    assert card.says("Without it the profit would look too high")


def test_an_order_of_another_account_is_not_found(team, settled):
    stranger = team.sidebar("owner").post("profit-history", order_key="576400000000009999")
    assert stranger.says("This order does not exist.")


# --- the payout auditor ----------------------------------------------------------------------------------------------


@pytest.fixture
def checked(ledger):
    """Four orders charged 9 % of 24.00, and one that was charged 5.00."""
    ledger.orders(*(sale(number) for number in range(1, 6)))
    amounts = {"revenue.subtotal_before_discount_amount": d("24.00")}
    lines = [
        ledger.line(number, fee_tax=-fee, settlement=d("24.00") - fee, amounts=amounts | {f"fee.{COMMISSION}": -fee})
        for number, fee in ((1, d("5.00")), *((number, d("2.16")) for number in range(2, 6)))
    ]
    ledger.state("S1", lines)
    walk_on(ledger.services, ledger.shop, lambda: True)
    return ledger


def test_an_overcharge_is_listed_with_its_evidence_and_leads_to_the_order(team, checked):
    card = team.sidebar("accountant").post("fee-audit")
    assert card.says("£2.84")
    assert card.says("Charged £5.00 instead of £2.16: 9 % of £24.00, since 9 Sept 2024")
    assert card.says("4 of 5 orders fit")
    assert card.says("Seller University UK")
    card.press("+£2.84 · Commission")
    assert card.title == FIRST


def test_what_tiktok_made_good_since_is_not_claimed(team, checked):
    back = {"kind": "PLATFORM_COMMISSION_COMPENSATION", "order": "", "adjustment_order_id": FIRST, "fee_tax": None,
            "revenue": None, "amounts": {}, "adjustment": d("1.00"), "settlement": d("1.00"), "statement_id": "S2",
            "settled_at": midnight(22)}  # fmt: skip
    checked.state("S2", [checked.line(9, **back)], day=22)
    with checked.services.store.write() as tx:
        check_corrected(checked.services, tx, checked.shop, [checked.line(9, **back)])
    card = team.sidebar("finance").post("fee-audit")
    assert card.says("£1.84")
    assert card.says("£1.00 of it was made good since")


def test_a_rule_that_no_order_fits_is_told_apart_and_claims_nothing(team, checked):
    """None of these orders was charged 50 pence each: the rule is in doubt."""
    card = team.sidebar("owner").post("fee-audit")
    assert card.says("Not claimed")
    assert card.says("0 of 5 orders fit")
    assert not card.says("Charged too little, GBP")


def test_the_desk_leads_to_the_auditor(team, checked):
    assert team.sidebar("accountant").post("desk").press("Check the fees").title == "Payout auditor"


def test_a_shop_without_findings_says_so(team, ledger):
    card = team.sidebar("owner").post("fee-audit")
    assert card.says("No fees to check in these days")
    assert card.says("Older orders are still being checked")
    walk_on(ledger.services, ledger.shop, lambda: True)
    assert not team.sidebar("owner").post("fee-audit").says("still being checked")


def test_nothing_is_being_checked_where_the_seller_has_not_allowed_finance(team, ledger):
    """It would be said for ever."""
    ledger.looked(refused_consent_id=ledger.shop.consent_id)
    assert not team.sidebar("owner").post("fee-audit").says("still being checked")


def test_a_rate_of_nothing_is_said_like_any_other(team, checked):
    with checked.services.store.write() as tx:
        shop_terms.put(tx, checked.shop, ShopTerms(commission_percent=d("0")), checked.services.clock.now())
    walk_on(checked.services, checked.shop, lambda: True)
    card = team.sidebar("finance").post("fee-audit")
    assert card.says("Charged £5.00 instead of £0.00: nothing, since")


def test_other_days_are_chosen(team, checked):
    team.product.clock.advance(40 * 86_400)
    card = team.sidebar("owner").post("fee-audit", form={"days": "30"})
    assert card.says("No fees to check in these days")
    assert card.press("Check these days", form={"days": "365"}).says("£2.84")


def test_findings_are_taken_away_as_a_table_and_that_is_on_record(team, checked):
    card = team.sidebar("finance").post("fee-audit").press("Download the list")
    answer = team.product.app.test_client().get(urlsplit(card.link).path)
    (row,) = csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")))
    assert (row["Order"], row["Fee"], row["Charged"], row["Expected"], row["Difference"]) == (
        FIRST, "Platform commission", "5.00", "2.16", "2.84",
    )  # fmt: skip
    assert any("fee-audit" in subject and "1 rows" in subject for subject in deeds(team, "export"))


def test_a_warehouse_has_no_auditor(team, checked):
    for action in ("fee-audit", "export-fee-audit", "fee-drift", "dismiss-drift"):
        assert team.sidebar("warehouse").post(action).title == "Your role does not allow this"


# --- risen fees ------------------------------------------------------------------------------------------------------


@pytest.fixture
def risen(ledger):
    before = RecentRates("GBP", 40, d("1000"), {COMMISSION: d("-90")})
    drift = Drift(
        before, replace(before, fields={COMMISSION: d("-90"), "sfp_service_fee_amount": d("-60")}), midnight(2)
    )
    with ledger.services.store.write() as tx:
        fee_drifts.begin(tx, ledger.shop, "drift-1", drift, now=ledger.services.clock.now())
    ledger.team.bind("preset:accountant", role="accountant")
    return ledger


def test_a_rise_is_on_home_leads_to_its_fees_and_is_taken_note_of(team, risen):
    line = f"Fees have risen: {risen.shop.name}"
    home = team.sidebar("owner").open()
    assert home.says("From 9.0 % to 15.0 % of revenue") or home.says("From 9 % to 15 % of revenue")
    card = home.press(line)
    assert card.title == "Fees have risen"
    assert card.texts().index("Free shipping programme") < card.texts().index("Commission")
    assert card.says("+6 points") or card.says("+6.0 points")
    card.press("Take note of it")
    assert "Take note of it" not in card.labels()
    card.post("dismiss-drift", drift_id="drift-1")
    assert not team.sidebar("owner").open().says(line)
    assert deeds(team, "dismiss-drift") == [f"{risen.shop.name}, GBP"]


def test_a_rise_is_told_to_accountants_and_not_to_a_warehouse(team, risen):
    assert team.sidebar("accountant").open().says("Fees have risen")
    assert not team.sidebar("warehouse").open().says("Fees have risen")
    assert team.sidebar("owner").post("fee-drift", drift_id="nobody's").says("This note is gone.")
