"""The file is the only boundary Sheets has: one account, one audience, and everybody who can open it may see all."""

import pytest
from drivers import Sheet, open_account
from local_world import WORLD_URL

from cards.actions import Action
from service.flows import upkeep

TAB = "SLA Watch List"


def minute_later(team):
    team.product.clock.advance(61)
    upkeep.wake_due(team.product.services)
    team.product.settle(patience_s=30)


def bind_form(team, ref, sheet=None):
    return team.sidebar("owner", sheet).post("bind-form", profile_id=ref)


# --- one audience ---


def test_two_tabs_of_one_file_follow_the_same_orders_for_the_same_role(connected):
    """One notice, two tabs, one read and one write."""
    connected.switch("warehouse:PII").bind().bind("preset:pick_and_ship")
    connected.product.clock.advance(30)
    connected.product.world.emulator.calls.reset()
    placed = connected.product.shop().place(3)
    connected.product.settle(patience_s=20)
    for tab in (TAB, "3PL pick & ship"):
        assert {row["Order ID"] for row in connected.sheet.cells(tab)} == set(placed)
    calls = connected.product.world.emulator.calls.summary()["by_method"]
    assert calls["sheets.spreadsheets.batchUpdate"] == 1


def test_second_audience_is_refused_and_told_to_use_another_file(live):
    """The card offers the role the file is written for; whoever says another is refused and nothing is changed."""
    form = bind_form(live, "preset:accountant")
    assert form.says("The role warehouse may never see")
    before = live.sheet.tabs()
    pressed = live.sidebar("owner").post(
        "bind", form={"tab": ["new"], "audience": ["accountant"]}, profile_id="preset:accountant", once_key="k"
    )
    assert pressed.says("This spreadsheet is already written for warehouse. Use a separate spreadsheet")
    assert live.sheet.tabs() == before
    assert [row.audience for row in live.bindings()] == ["warehouse"]


def test_file_is_free_for_another_audience_once_its_tabs_are_stopped(live):
    """What was written stays visible, which is why the card says so; the next audience gets a tab of its own."""
    live.product.shop().place(1)
    live.product.settle(patience_s=20)
    (binding,) = live.bindings()
    live.sidebar("owner").post("sheet", binding_id=binding.id).press(Action.STOP).press(Action.CONFIRM_STOP)
    live.bind("preset:accountant", role="accountant")
    assert {TAB, "Accountant"} <= set(live.sheet.tabs())
    assert live.sheet.cells(TAB)


def test_foreign_content_is_never_written_over_without_a_yes(connected):
    """A tab that holds something: the card asks first, and then the columns stand beside what is there."""
    connected.product.shop().place(1)
    sheet_id = next(iter(connected.sheet.tabs().values()))
    hands = connected.product.world.emulator.hands
    hands.paste(connected.sheet.spreadsheet_id, "A1", [["My list", "x"], ["eggs", "12"]], sheet_id=sheet_id)
    tab = next(iter(connected.sheet.tabs()))
    sidebar = bind_form(connected, "preset:sla_watch_list")
    sidebar.press(Action.BIND, form={"tab": [str(sheet_id)], "audience": ["warehouse"]})
    assert sidebar.says(tab)
    assert connected.bindings() == []
    sidebar.press(Action.CONFIRM_BIND)
    connected.product.settle(patience_s=60)
    header, *rest = connected.sheet.grid(tab)
    assert header[0] == "Order ID"
    assert [row[-2:] for row in rest if row[-1] in {"x", "12"}] == [["My list", "x"], ["eggs", "12"]]
    assert [row for row in rest if row[0]]


# --- who can open it ---


def test_file_shared_by_link_is_not_bound(connected):
    share_by_link(connected.sheet)
    sidebar = bind_form(connected, "preset:sla_watch_list")
    sidebar.press(Action.BIND, form={"tab": ["new"], "audience": ["warehouse"]})
    assert sidebar.says("This spreadsheet can be opened by anyone with the link")
    assert connected.bindings() == []


def test_link_share_made_later_stops_the_stream_within_a_minute(live):
    first = live.product.shop().place(1)
    live.product.settle(patience_s=20)
    share_by_link(live.sheet)
    live.product.clock.advance(61)
    live.product.shop().place(1)
    minute_later(live)
    assert {row["Order ID"] for row in live.sheet.cells(TAB)} == set(first)
    assert any("anyone with the link" in text.lower() for text in live.sidebar("owner").texts())


@pytest.mark.parametrize("role", ["support", "admin"])
def test_reader_whose_role_may_see_every_column_is_fine(live, role):
    live.join(role)
    live.sheet.share(live.people[role])
    placed = live.product.shop().place(1)
    minute_later(live)
    assert {row["Order ID"] for row in live.sheet.cells(TAB)} == set(placed)


@pytest.mark.parametrize("role", ["accountant", "client", "finance"])
def test_reader_whose_role_may_see_less_stops_the_stream_by_name(live, role):
    live.join(role)
    live.sheet.share(live.people[role])
    live.product.clock.advance(61)
    live.product.shop().place(1)
    minute_later(live)
    assert live.sheet.cells(TAB) == []
    assert live.sidebar("owner").says(live.people[role].email)


def test_owner_lets_an_unknown_reader_stay_on_record(live):
    """By name, by the owner only; the stream goes on."""
    live.sheet.share("auditor@bigfour.example")
    live.product.clock.advance(61)
    placed = live.product.shop().place(1)
    minute_later(live)
    owner = live.sidebar("owner").press(Action.CHECK_SHARING)
    assert owner.says("auditor@bigfour.example")
    owner.press(Action.APPROVE_READER)
    assert owner.toast == "auditor@bigfour.example may stay"
    minute_later(live)
    assert {row["Order ID"] for row in live.sheet.cells(TAB)} == set(placed)


# --- whose it is ---


def test_copied_file_is_told_from_the_bound_one_and_is_not_written(live):
    """A copy carries our marks; only our own row proves a binding."""
    live.product.shop().place(1)
    live.product.settle(patience_s=20)
    copy = copied(live)
    assert live.sidebar("owner", copy).says("A copy, not updated")
    before = copy.grid(TAB)
    live.product.shop().place(2)
    live.product.settle(patience_s=30)
    assert copy.grid(TAB) == before
    assert len({row["Order ID"] for row in live.sheet.cells(TAB)}) == 3


def test_copy_can_be_bound_anew_and_both_follow(live):
    live.product.shop().place(1)
    live.product.settle(patience_s=20)
    copy = copied(live)
    live.bind(sheet=copy)
    placed = live.product.shop().place(1)
    live.product.settle(patience_s=60)
    fresh = next(tab for tab in copy.tabs() if tab not in {TAB, *live.sheet.tabs()})
    assert set(placed) <= {row["Order ID"] for row in copy.cells(fresh)}
    assert set(placed) <= {row["Order ID"] for row in live.sheet.cells(TAB)}


def test_file_of_another_account_cannot_be_bound_though_its_editor_tries(live):
    """The stranger can edit the file in Google; their account still gets the card that names nobody."""
    other = live.people["stranger"]
    open_account(live.product, other, name="Harbour Lane Goods")
    live.join("support")
    live.sheet.share(other)
    sidebar = live.product.sidebar(other, spreadsheet_id=live.sheet.spreadsheet_id)
    assert sidebar.says("Nothing to show here")
    sidebar.post(
        "bind", form={"tab": ["new"], "audience": ["warehouse"]}, profile_id="preset:sla_watch_list", once_key="k"
    )
    assert sidebar.says("Nothing to show here")
    assert [row.audience for row in live.bindings()] == ["warehouse"]


def test_viewer_of_a_file_cannot_bind_it(connected):
    """The caller's own token must prove that they may edit."""
    connected.join("admin")
    viewed = connected.product.sheet(connected.people["stranger"], "Theirs")
    viewed.share(connected.people["admin"], "reader")
    sidebar = connected.product.sidebar(connected.people["admin"], spreadsheet_id=viewed.spreadsheet_id)
    sidebar.post("bind-form", profile_id="preset:sla_watch_list")
    assert sidebar.says("You can only view this spreadsheet")
    assert connected.bindings(viewed) == []


def share_by_link(sheet):
    url = f"{WORLD_URL}/drive/drive/v3/files/{sheet.spreadsheet_id}/permissions"
    sheet._call(sheet.owner, "POST", url, json={"type": "anyone", "role": "reader"})


def copied(team):
    """The owner copies the bound file in Google Drive and opens the copy with the add-on."""
    made = team.sheet._call(
        team.sheet.owner, "POST", f"{WORLD_URL}/drive/drive/v3/files/{team.sheet.spreadsheet_id}/copy", json={}
    )
    team.product.world.emulator.state.grant(team.sheet.owner.email, made["id"])
    return Sheet(team.product, made["id"], team.sheet.owner)
