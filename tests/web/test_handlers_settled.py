"""Tabs of money in the sidebar: a summary by a press, and profiles whose rows are settled transactions."""

import pytest

from cards.actions import Action
from service.store import sheets

MONEY = "preset:sales_by_order"


@pytest.fixture
def team(begin):
    team = begin(until="connected")
    team.product.shop().place(2)
    return team


def test_the_owner_adds_a_summary_and_reads_what_it_comes_to(team):
    team.bind(MONEY, role="accountant")
    card = team.sidebar("owner").press(Action.SHEET)
    card.press("Add a summary tab")
    assert card.toast == "Sales by order summary is there now"
    whole = team.sheet.cells("Sales by order summary")[0]
    assert [str(whole[name]) for name in ("Month", "Currency", "Rows")] == ["All", "GBP", "2"]
    assert card.press("Add a summary tab").says("There is a summary already: Sales by order summary.")


def test_a_tab_without_amounts_offers_none(team):
    team.bind()
    assert "Add a summary tab" not in team.sidebar("owner").press(Action.SHEET).labels()


def test_who_may_only_look_is_offered_none(team):
    team.bind(MONEY, role="accountant").join("accountant")
    sidebar = team.sidebar("accountant").press(Action.SHEET)
    assert "Add a summary tab" not in sidebar.labels()


def test_a_tab_of_transactions_keeps_all_of_them_and_says_nothing_of_orders(team):
    form = team.sidebar("owner").post("bind-form", profile_id="preset:accountant")
    assert not form.says("Keep finished orders for")
    assert form.says("Transactions to fetch")
    assert not form.says("Orders to fetch")
    form.press(Action.BIND, form={"tab": ["new"], "audience": ["accountant"], "days_back": ["30"]})
    (row,) = team.bindings()
    assert row.window_days is None
    team.product.settle()
    card = team.sidebar("owner").press(Action.SHEET)
    assert not card.says("Keep finished orders for")
    assert card.says("Older transactions are not in this tab")
    assert not card.says("Older orders")
    assert "Fetch older transactions" in card.labels()
    refused = card.post("keep-finished", binding_id=row.id, form={"keep_days": ["30"]})
    assert refused.says("A tab of settled transactions keeps all of them, so that they add up.")


def test_a_profile_of_transactions_is_narrowed_by_the_days_of_statements(team):
    """Nothing that only an order has is asked, and the days come back as they were saved."""
    owner = team.sidebar("owner").post("preview-profile", profile_id="preset:accountant")
    assert owner.says("one row per settled transaction")
    assert owner.says("All settled transactions")
    assert owner.says("Nothing is settled here yet.")
    owner.press("Make a copy")
    with team.product.services.store.read() as tx:
        (copy,) = sheets.profiles_of(tx, team.scope)
    owner.post("edit-filter", draft_id=copy.id)
    assert owner.says("Settled from")
    assert not owner.says("Deadline")
    day = {"dateInput": {"msSinceEpoch": "1793491200000"}}
    before = {"dateInput": {"msSinceEpoch": "1793404800000"}}
    owner.press("Save filter", form={"from_day": day, "to_day": before})
    assert owner.says("The last day is before the first day.")
    owner.press("Save filter", form={"from_day": day, "to_day": day})
    assert owner.says("Settled from 2026-11-01 (UTC); Settled up to 2026-11-01 (UTC)")
