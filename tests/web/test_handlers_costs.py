"""Costs in the sidebar: what waits for one, one SKU's form, the tab and its report, and who may do none of it."""

from decimal import Decimal

import pytest
from drivers import prefilled

from cards.actions import Action
from cards.cost_faults import FAULTS
from service.core.ledger.cost_cells import Wrong
from service.core.ledger.costs import SENDING, Cost, CostSource
from service.google.rules import own_id
from service.store import costs

SEED = "1729001000000001001"
SEED_NAME = "Wildflower Seed Tin, 12 Native Species · Meadow mix"
FIRST = {"dateInput": {"msSinceEpoch": 1_772_323_200_000}}  # 2026-03-01, midnight UTC


@pytest.fixture
def team(begin):
    team = begin("finance", until="connected")
    team.product.shop().place(30)
    team.product.settle(patience_s=60)
    return team


def known(team):
    with team.product.services.store.read() as tx:
        return costs.costs_of(tx, team.scope, team.shops()[0].id)


def type_(team, cell, text):
    spreadsheet_id = team.sheet.spreadsheet_id
    hands = team.product.world.emulator.hands
    hands.type_text(spreadsheet_id, cell, text, sheet_id=own_id("costs", spreadsheet_id))


def test_every_kind_of_fault_has_its_sentence():
    assert set(FAULTS) == {wrong.value for wrong in Wrong}


def test_sku_that_waits_gets_a_cost_on_the_card_and_waits_no_more(team):
    finance = team.sidebar("finance").press(Action.COSTS)
    (before,) = [text for text in finance.texts() if "have no cost" in text]
    finance.press(SEED_NAME) if SEED_NAME in finance.labels() else finance.press("Show next").press(SEED_NAME)
    finance.press(Action.SAVE_COST, form={"unit": "£3.10", "packaging": "0.30", "fulfilment": "", "from_day": FIRST})
    assert finance.toast.startswith("Saved")
    assert finance.says("£3.10, packing £0.30")
    finance.press(Action.COSTS)
    (after,) = [text for text in finance.texts() if "have no cost" in text]
    assert int(after.split()[0]) == int(before.split()[0]) - 1
    ((cost,),) = known(team).values()
    assert (cost.unit, cost.packaging, cost.source) == (Decimal("3.10"), Decimal("0.30"), CostSource.SETTING)


def test_amount_that_cannot_be_read_is_told_at_its_field_and_stays_typed(team):
    finance = team.sidebar("finance").post("cost", shop_id=team.shops()[0].id, sku_id=SEED)
    finance.press(Action.SAVE_COST, form={"unit": "five", "packaging": "12%", "fulfilment": "-1"})
    for sentence in ("“five” is not an amount", "“12%” is a percentage", "A cost is never below zero"):
        assert finance.says(sentence), finance.texts()
    assert dict(prefilled(finance.card))["unit"] == "five"
    assert known(team) == {}


def test_a_day_that_the_tab_would_not_take_is_refused_on_the_card_too(team):
    """Else the tab that is filled from it would have a row that can never be read."""
    finance = team.sidebar("finance").post("cost", shop_id=team.shops()[0].id, sku_id=SEED)
    long_ago = {"dateInput": {"msSinceEpoch": -1_000_000_000_000}}
    finance.press(Action.SAVE_COST, form={"unit": "3.10", "from_day": long_ago})
    assert finance.says("is too far from today. Check the year."), finance.texts()
    assert dict(prefilled(finance.card))["unit"] == "3.10"
    assert known(team) == {}


def test_sending_is_stated_for_whole_orders_and_taken_out_again(team):
    finance = team.sidebar("finance").press(Action.COSTS).post("cost", shop_id=team.shops()[0].id, sku_id="sending")
    finance.press(Action.SAVE_COST, form={"fulfilment": "3.20"})
    assert known(team) == {
        SENDING: (Cost(SENDING, "GBP", Decimal(0), fulfilment=Decimal("3.20"), source=CostSource.SETTING),)
    }
    assert team.sidebar("owner").press(Action.COSTS).says("£3.20")
    finance.press(Action.DROP_COST)
    assert known(team) == {}


def test_tab_is_made_filled_read_and_its_faults_are_paged(team):
    owner = team.sidebar("owner").press(Action.COSTS).press(Action.MAKE_COST_TAB)
    assert owner.toast == "The tab Costs is there: type your costs into it"
    for row in range(2, 16):
        type_(team, f"E{row}", "free")
    type_(team, "E16", "2.50")
    owner.press(Action.READ_COSTS)
    assert owner.says("1 row taken")
    assert owner.says("14 things to mend")
    assert "Row 2, Unit cost" in owner.texts()
    assert "Row 12, Unit cost" not in owner.texts()
    owner.press("Show next")
    assert "Row 15, Unit cost" in owner.texts()
    assert "Row 2, Unit cost" not in owner.texts()
    assert len(known(team)) == 1


def test_tab_that_is_gone_is_said_so(team):
    owner = team.sidebar("owner").press(Action.COSTS)
    owner.post("read-costs")
    assert owner.says("There is no tab for costs in this spreadsheet")


@pytest.mark.parametrize("role", ["warehouse", "support", "accountant", "client"])
def test_nobody_else_sees_or_changes_costs(team, role):
    """The matrix says so for every action; here each of the deeds really leaves nothing behind."""
    team.join(role)
    shop_id = team.shops()[0].id
    guest = team.sidebar(role)
    assert not guest.says("Show costs")
    for action, given in (
        ("costs", {}),
        ("cost", {"shop_id": shop_id, "sku_id": SEED}),
        ("save-cost", {"shop_id": shop_id, "sku_id": SEED, "form": {"unit": "1"}}),
        ("make-cost-tab", {}),
        ("read-costs", {}),
        ("import-costs", {}),
        ("export-costs", {}),
    ):
        guest.post(action, **given)
        assert guest.says("does not include this"), action
        assert not guest.link
    assert known(team) == {}
    assert [row["title"] for row in tabs(team)] == ["Sheet1"]


def tabs(team):
    state = team.product.world.emulator.state.files[team.sheet.spreadsheet_id]
    return [{"title": one.title} for one in state.workbook.sheets]


def test_foreign_ids_are_not_found(team):
    finance = team.sidebar("finance")
    finance.post("cost", shop_id="0" * 32, sku_id=SEED)
    assert finance.says("not connected here") or finance.says("does not exist"), finance.texts()
    finance.post("cost", shop_id=team.shops()[0].id, sku_id="1")
    assert finance.says("This SKU is not known")
