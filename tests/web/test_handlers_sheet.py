"""Binding a tab and looking after it: the form, the explicit yes, status and history, pausing and stopping."""

import pytest
from drivers import prefilled

from cards.actions import Action
from service.store import deeds

WATCH_LIST = "preset:sla_watch_list"


@pytest.fixture
def team(begin):
    return begin(until="connected")


@pytest.fixture
def bound(team):
    team.product.shop().place(3)
    return team.bind()


def form(team, ref=WATCH_LIST):
    return team.sidebar("owner").post("bind-form", profile_id=ref)


def chosen(sidebar, name):
    return dict(prefilled(sidebar.card))[name]


def test_form_offers_the_roles_that_may_see_the_profile(team):
    """Written for the role it was made for, unless another that may see all of it is chosen."""
    sidebar = form(team)
    assert chosen(sidebar, "audience") == ["warehouse"]
    assert {"Owner", "Admin", "Warehouse", "Support"} <= set(sidebar.texts())
    assert not {"Finance", "Accountant", "Client"} & set(sidebar.texts())


def test_form_asks_before_it_lets_countdowns_tick(team):
    """Recalculation is the file's own setting, changed only with a yes; profiles without a countdown do not ask."""
    assert not form(team, "preset:accountant").says("Countdowns")
    sidebar = form(team)
    sidebar.press(Action.BIND, form={"tab": ["new"], "ticking": ["on"]})
    assert team.bindings()[0].is_ticking


def test_countdowns_stay_still_without_a_yes(team):
    form(team).press(Action.BIND, form={"tab": ["new"]})
    assert not team.bindings()[0].is_ticking


def test_audience_is_fixed_once_the_file_has_one(bound):
    """A file has one audience: the form offers no other, and a forged one is refused."""
    sidebar = form(bound)
    assert "Support" not in sidebar.texts()
    sidebar.press(Action.BIND, form={"tab": ["new"], "audience": ["support"]})
    assert sidebar.says("This spreadsheet is already written for warehouse. Use a separate spreadsheet for")


def test_profile_that_the_files_audience_may_not_see_is_refused_with_a_reason(bound):
    sidebar = form(bound, "preset:sales_by_order")
    assert sidebar.says("The role warehouse may never see: Currency")


def test_tab_with_content_is_shared_only_after_a_yes(team):
    """What the tab holds is named, and stays: our columns come to its left."""
    team.product.world.emulator.hands.type_text(team.sheet.spreadsheet_id, "A1", "my own list", sheet_id=0)
    sidebar = form(team)
    sidebar.press(Action.BIND, form={"tab": ["0"], "ticking": ["on"]})
    assert sidebar.title == "Before we write"
    assert sidebar.says("Nothing is written over.")
    assert team.bindings() == []
    sidebar.press("Connect anyway")
    assert sidebar.toast.startswith("Connected")
    assert team.bindings()[0].is_ticking
    team.product.settle(patience_s=60)
    assert "my own list" in [cell for row in team.sheet.grid("Sheet1") for cell in row]


def test_same_press_asked_back_may_be_repeated(team):
    """The question before the first write was no deed: the same button counts again."""
    team.product.world.emulator.hands.type_text(team.sheet.spreadsheet_id, "A1", "mine", sheet_id=0)
    sidebar = form(team)
    for _ in range(2):
        sidebar.post("bind", profile_id=WATCH_LIST, once_key="one", form={"tab": ["0"], "audience": ["warehouse"]})
        assert sidebar.title == "Before we write"


def test_double_click_binds_once(team):
    sidebar = form(team)
    for _ in range(2):
        sidebar.post("bind", profile_id=WATCH_LIST, once_key="one", form={"tab": ["new"], "audience": ["warehouse"]})
    assert sidebar.toast == "Already done"
    assert len(team.bindings()) == 1


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ({"tab": ["77"], "audience": ["warehouse"]}, "This tab is not there any more. Choose another."),
        ({"tab": ["new"], "audience": []}, "Choose for whom this file is."),
    ],
)
def test_wrong_choice_is_hinted_at_the_field(team, typed, hint):
    """The same screen, with what was typed, and nothing bound."""
    sidebar = form(team)
    wrapped = {name: {"stringInputs": {"value": values}} for name, values in typed.items()}
    sidebar.post("bind", profile_id=WATCH_LIST, once_key="k", form={**wrapped, "tab_name": "Mine"})
    assert sidebar.title == "Connect a tab"
    assert sidebar.says(hint)
    assert chosen(sidebar, "tab_name") == "Mine"
    assert team.bindings() == []


def test_file_that_the_caller_may_only_view_is_refused(team):
    """The caller's own token decides: viewing is not editing."""
    team.join("admin")
    team.sheet.share(team.people["admin"], role="reader")
    admin = team.sidebar("admin").post("bind-form", profile_id=WATCH_LIST)
    assert admin.says("You can only view this spreadsheet. Ask its owner to let you edit it.")


def test_file_somebody_else_can_open_is_not_bound(team):
    """The reader is named, and nothing is written."""
    team.sheet.share(team.people["stranger"])
    sidebar = form(team).press(Action.BIND, form={"tab": ["new"]})
    assert sidebar.says(f"This spreadsheet can be opened by {team.people['stranger'].email}")
    assert team.bindings() == []


def test_status_tells_what_was_sent_and_to_whom(bound):
    sidebar = bound.sidebar("owner").press(Action.SHEET)
    assert sidebar.title == "SLA Watch List"
    assert any(text.endswith(("rows added", "row added")) for text in sidebar.texts())
    assert sidebar.says("Bloom & Thread")
    assert sidebar.link_of("Open the tab").endswith(f"#gid={bound.bindings()[0].sheet_id}")


def test_status_is_refreshed_in_place(bound):
    sidebar = bound.sidebar("owner").press(Action.SHEET)
    depth = len(sidebar.stack)
    sidebar.press("Refresh status")
    assert len(sidebar.stack) == depth


def test_refresh_now_says_what_it_wrote(bound):
    """Rows that wait are written by the caller's own token; then there is nothing to do."""
    market = bound.product.world.market
    ids = [order.id for order in market.place_orders(1)]
    market.deliver_due()
    bound.product.wake.waiting = [one for one in bound.product.wake.waiting if one.kind == "ingest"]
    bound.product.wake.run_all(bound.product.services)
    sidebar = bound.sidebar("owner").press(Action.SHEET).press("Refresh now")
    assert sidebar.toast in {"Everything is up to date", "1 row added", "2 rows added", "3 rows added"}
    bound.product.settle(patience_s=60)
    assert ids[0] in {row["Order ID"] for row in bound.sheet.cells("SLA Watch List")}
    assert sidebar.press("Refresh now").toast == "Everything is up to date"


def test_refresh_of_a_tab_that_is_none_writes_nothing(bound):
    """A forged tab is refused before the first call, not after everything was written."""
    sidebar = bound.sidebar("owner").post("refresh-now", once_key="k", binding_id="preset:x")
    assert sidebar.says("This tab is not connected to Rowstream.")
    with bound.product.services.store.read() as tx:
        assert deeds.last_record(tx, bound.account_id, deed="refresh-now") is None


def test_refresh_on_a_paused_sheet_says_so(bound):
    bound.sidebar("owner").press(Action.SHEET).press("Pause")
    assert bound.sidebar("owner").post("refresh-now", once_key="k").toast == "This sheet is paused"


def test_tab_of_another_file_is_not_shown_here(bound):
    """A binding's id counts only in the file it is of."""
    other = bound.product.sheet(bound.people["owner"], "Books")
    bound.bind("preset:accountant", role="accountant", sheet=other)
    binding_id = bound.bindings(other)[0].id
    bound.join("warehouse")
    for role in ("owner", "warehouse"):
        sidebar = bound.sidebar(role).post("sheet", binding_id=binding_id)
        assert sidebar.says("This tab is not connected to Rowstream.")


def test_stopping_keeps_the_rows_and_forgets_the_tab(bound):
    rows = bound.sheet.cells("SLA Watch List")
    sidebar = bound.sidebar("owner").press(Action.SHEET).press("Stop updating")
    assert sidebar.says("Nothing is deleted in the sheet.")
    sidebar.press("Stop updating")
    assert bound.bindings() == []
    assert bound.sheet.cells("SLA Watch List") == rows


def test_check_sharing_of_a_clean_file_says_so(bound):
    assert bound.sidebar("owner").press("Check sharing").toast == "Everyone who can open this file may see it"


def test_switch_turned_off_pauses_the_tabs_that_need_it(team):
    """The tab rests at once, is named where the switch is, and goes on when the switch is on again."""
    team.switch("warehouse:PII").bind("preset:pick_and_ship")
    owner = team.sidebar("owner").post("role-switches")
    owner.post("set-switch", switch="warehouse:PII")
    assert owner.says("These tabs were paused")
    assert owner.says("3PL pick & ship in Orders")
    home = team.sidebar("owner")
    assert home.says("A column is no longer allowed")
    team.switch("warehouse:PII")
    assert not team.sidebar("owner").says("A column is no longer allowed")
