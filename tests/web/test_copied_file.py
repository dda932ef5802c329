"""A copy of a connected file carries our marks and is not ours: it says that it is a copy, and nothing writes it."""

import pytest
from drivers import Sheet

TAB = "SLA Watch List"


@pytest.fixture
def team(begin):
    found = begin(until="connected")
    found.product.shop().place(3)
    return found.bind()


@pytest.fixture
def copy(team):
    """What "Make a copy" makes, opened by its maker with the add-on."""
    made = team.product.world.emulator.hands.copy_file(team.sheet.spreadsheet_id, title="Copy of Orders")
    return Sheet(team.product, made, team.people["owner"])


def test_a_copy_says_plainly_that_it_is_not_updated(team, copy):
    sidebar = team.sidebar("owner", copy)
    sidebar.open(copy.spreadsheet_id)
    assert sidebar.title == "This is a copy"
    assert sidebar.says("A copy, not updated")
    assert "choose-profile" in sidebar.actions()


def test_a_copy_is_written_by_nobody(team, copy):
    """It looks the same to the last mark; whose it is stands in our own rows, never in the file."""
    before = copy.grid(TAB)
    team.product.shop().place(2)
    team.product.settle(patience_s=60)
    assert len(team.sheet.grid(TAB)) > len(before)
    assert copy.grid(TAB) == before


def test_a_copy_can_be_connected_anew(team, copy):
    """With tabs of its own: the one that was copied stays as it is, under its name."""
    before = copy.grid(TAB)
    team.bind(sheet=copy)
    titles = set(copy.tabs())
    assert titles == {"Sheet1", TAB, f"{TAB} 2"}
    assert copy.grid(TAB) == before
    assert len(copy.grid(f"{TAB} 2")) == len(team.sheet.grid(TAB))
    sidebar = team.sidebar("owner", copy)
    sidebar.open(copy.spreadsheet_id)
    assert not sidebar.says("A copy, not updated")


def test_the_copied_file_itself_is_no_copy(team, copy):
    del copy
    sidebar = team.sidebar("owner")
    sidebar.open(team.sheet.spreadsheet_id)
    assert not sidebar.says("A copy, not updated")
    assert sidebar.says(TAB)


def test_a_file_whose_tab_was_given_up_is_no_copy_of_itself(team):
    """Our marks are still in it; it was connected itself, and may be again."""
    sidebar = team.sidebar("owner")
    (binding,) = team.bindings()
    sidebar.post("confirm-stop", binding_id=binding.id)
    sidebar.open(team.sheet.spreadsheet_id)
    assert not sidebar.says("A copy, not updated")


def test_a_member_who_may_not_connect_files_is_told_and_offered_nothing(team, copy, people):
    team.join("warehouse")
    copy.share(people["warehouse"])
    sidebar = team.sidebar("warehouse", copy)
    sidebar.open(copy.spreadsheet_id)
    assert sidebar.says("A copy, not updated")
    assert "choose-profile" not in sidebar.actions()
