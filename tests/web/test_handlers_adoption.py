"""A changed profile on the cards: that it changed, what bringing it to the tab does, and the yes."""

import pytest
from drivers import clicks
from team import build_team

from cards.actions import Action

WATCH_LIST = "preset:sla_watch_list"
TAB = "My SLA Watch List"
CHANGED = "The profile My SLA Watch List changed since this tab was connected"


@pytest.fixture
def team(begin):
    """An own profile in a tab of two rows."""
    found = begin(until="connected")
    found.product.shop().place(2)
    owner = found.sidebar("owner").post("preview-profile", profile_id=WATCH_LIST).press("Make a copy")
    found.profile_id = next(one.parameters["draft_id"] for one in clicks(owner.card) if "draft_id" in one.parameters)
    return found.bind(found.profile_id)


def change(team, *, add=(), out=()):
    owner = team.sidebar("owner")
    if add:
        owner.post("add-column", draft_id=team.profile_id, form={"columns": list(add)})
    for key in out:
        owner.post("edit-columns", profile_id=team.profile_id)
        owner.post("column", draft_id=team.profile_id, column_key=key).press("Take out this column")


def card_of_tab(team, role="owner"):
    return team.sidebar(role).post("sheet", binding_id=team.bindings()[0].id)


def headers(team):
    return [header for header in team.sheet.grid(TAB)[0] if header]


def test_adopt_profile_is_offered_on_the_tabs_card_with_what_changed(team):
    assert not card_of_tab(team).says(CHANGED)
    change(team, add=["shop_name", "created_at"], out=["provider"])
    owner = card_of_tab(team)
    assert owner.says(CHANGED)
    assert owner.says("2 new columns, 1 taken out")
    assert Action.ADOPT_PROFILE in owner.actions()


def test_adopt_profile_says_what_happens_to_the_sheet_before_it_does(team):
    change(team, add=["shop_name"], out=["provider"])
    before = headers(team)
    owner = card_of_tab(team).press("Use the changed profile")
    assert {"Shop", "Carrier"} <= set(owner.texts())
    assert owner.says("New columns are put in at the right of ours")
    assert owner.says("What we wrote into these columns is cleared, the heading too.")
    assert not owner.says("What fits now is added")
    team.product.settle(patience_s=60)
    assert headers(team) == before


def test_confirm_adopt_profile_brings_the_change_to_the_tab(team):
    change(team, add=["shop_name"], out=["provider"])
    owner = card_of_tab(team).press("Use the changed profile").press("Change this tab")
    assert owner.toast == f"{TAB} takes the change over. Rows follow."
    team.product.settle(patience_s=120)
    assert "Carrier" not in headers(team)
    assert all(row["Shop"] for row in team.sheet.cells(TAB))
    assert not card_of_tab(team).says(CHANGED)
    assert card_of_tab(team).press(Action.HISTORY).says("columns taken out: Carrier")


def test_confirm_adopt_profile_pressed_twice_is_done_once(team):
    """Google repeats a press that it is not sure of: the second one gets the first one's card."""
    change(team, add=["shop_name"])
    owner = card_of_tab(team).press("Use the changed profile")
    press = next(one for one in clicks(owner.card) if one.action == Action.CONFIRM_ADOPT_PROFILE)
    for _ in range(2):
        owner.follow(press)
        assert "Problem" not in owner.title
    team.product.settle(patience_s=60)
    assert headers(team).count("Shop") == 1


def test_confirm_adopt_profile_asks_again_when_the_profile_changed_meanwhile(team):
    change(team, add=["shop_name"])
    owner = card_of_tab(team).press("Use the changed profile")
    change(team, add=["created_at"])
    owner.press("Change this tab")
    assert owner.says("The profile was changed once more. Look again at what would happen.")
    team.product.settle(patience_s=60)
    assert "Shop" not in headers(team)


def test_adopt_profile_gives_the_profiles_reason_where_it_cannot(team):
    """The profile is written for owners now; the file is for the warehouse."""
    owner = team.sidebar("owner").post("edit-columns", profile_id=team.profile_id)
    owner.press("Save profile", form={"audience": ["owner"]})
    change(team, add=["items_gross"])
    owner = card_of_tab(team)
    assert owner.says("This tab cannot take it over: The role warehouse may never see: Items before discount.")
    assert Action.ADOPT_PROFILE not in owner.actions()
    owner.post("adopt-profile", binding_id=team.bindings()[0].id)
    assert owner.says("The role warehouse may never see")


def test_adopt_profile_is_offered_after_the_profile_was_saved(team):
    """Who just changed it learns which tabs of this file still show it as it was."""
    change(team, add=["shop_name"])
    owner = team.sidebar("owner").post("edit-columns", profile_id=team.profile_id).press("Save profile")
    assert owner.says("Tabs that show it as it was")
    assert owner.says("1 new column")
    owner.press(Action.ADOPT_PROFILE)
    assert owner.says("New columns are put in at the right of ours")


def test_adopt_profile_tells_of_other_orders_after_the_filter_was_saved(team):
    owner = team.sidebar("owner").post("edit-filter", profile_id=team.profile_id)
    owner.press("Save filter", form={"status": ["AWAITING_SHIPMENT"]})
    assert owner.says("other rows")
    owner.press(Action.ADOPT_PROFILE)
    assert owner.says("Status: awaiting shipment")
    assert owner.says("Rows that no longer fit stay and are kept up to date.")


def test_adopt_profile_is_not_offered_to_who_may_not_connect_tabs(team):
    team.join("warehouse")
    change(team, add=["shop_name"])
    assert not card_of_tab(team, "warehouse").says(CHANGED)


def test_adopt_profile_of_an_unchanged_tab_says_so(team):
    owner = team.sidebar("owner").post("adopt-profile", binding_id=team.bindings()[0].id)
    assert owner.says("This tab shows the profile as it is now.")


def test_adopt_profile_does_not_find_tabs_of_other_accounts(team, people):
    change(team, add=["shop_name"])
    other = build_team(team.product, {**people, "owner": people["stranger"]})
    for action in ("adopt-profile", "confirm-adopt-profile"):
        known = {"binding_id": team.bindings()[0].id, "version": "0" * 16, "once_key": action}
        sidebar = other.sidebar("owner").post(action, **known)
        assert sidebar.says("not connected to Rowstream")
