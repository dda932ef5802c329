"""The card of what people did to a tab, and each of its buttons, pressed as people press them."""

import pytest

from cards.actions import Action
from service.flows import absence
from service.store import audits, reports, rows
from service.store.reports import Kind

TAB = "SLA Watch List"


@pytest.fixture
def bound(begin):
    team = begin(until="connected")
    team.product.shop().place(12)
    team.product.settle(patience_s=60)
    return team.bind()


def hands(team, deed, *arguments, **more):
    """The owner does something by hand."""
    found = getattr(team.product.world.emulator.hands, deed)
    found(team.sheet.spreadsheet_id, *arguments, sheet_id=team.bindings()[0].sheet_id, **more)


def write(team, ask, *arguments):
    with team.product.services.store.write() as tx:
        return ask(tx, *arguments)


def look(team):
    """The tab is compared with its images twice, more than a minute apart."""
    product = team.product
    for _ in range(2):
        product.clock.advance(75)
        write(team, audits.hasten, [team.bindings()[0].id], product.clock.now())
        write(team, product.services.wake.audit, team.sheet.spreadsheet_id)
        product.settle(patience_s=5)
    product.settle(patience_s=60)


def cells(team):
    return team.sheet.cells(TAB)


def letter(team, header):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[team.sheet.grid(TAB)[0].index(header)]


def opened(team, role="owner"):
    """The reports of the tab, by way of the tab's own card."""
    return team.sidebar(role).press(Action.SHEET).press(Action.REPORTS)


def test_quiet_tab_has_nothing_to_look_at(bound):
    sidebar = bound.sidebar("owner").press(Action.SHEET)
    assert not any("to look at" in text for text in sidebar.texts())
    sidebar.post("reports", binding_id=bound.bindings()[0].id)
    assert sidebar.says("Nothing to put right")


def test_deleted_row_is_put_back_by_its_button(bound):
    order_id = cells(bound)[3]["Order ID"]
    before = len(cells(bound))
    hands(bound, "delete", "ROWS", 4)
    look(bound)
    sidebar = opened(bound)
    assert sidebar.says(f"The row of {order_id} was deleted")
    sidebar.press(Action.RESTORE_ROW)
    assert sidebar.toast == "The row comes back at the end of the tab"
    assert sidebar.says("Nothing to put right")
    bound.product.settle(patience_s=60)
    assert len(cells(bound)) == before


def test_damaged_key_is_repaired_by_its_button(bound):
    key = cells(bound)[3]["Key"]
    hands(bound, "clear", f"{letter(bound, 'Key')}5")
    look(bound)
    sidebar = opened(bound)
    assert sidebar.link_of("Show it").endswith(f"&range={letter(bound, 'Key')}5")
    sidebar.press(Action.REPAIR_KEY)
    assert sidebar.toast == "The key is back"
    assert cells(bound)[3]["Key"] == key


def test_copy_is_removed_by_its_button(bound):
    raw = [str(value) for value in bound.sheet.grid(TAB)[2]]
    end = len(bound.sheet.grid(TAB)) + 1
    hands(bound, "paste", f"A{end}", [raw])
    look(bound)
    sidebar = opened(bound)
    assert any("stands more than once" in text for text in sidebar.texts())
    sidebar.press(Action.REMOVE_COPY)
    assert sidebar.toast == "The copy is cleared"
    assert len(bound.sheet.grid(TAB)) < end


def test_deleted_column_is_added_again_by_its_button(bound):
    hands(bound, "delete", "COLUMNS", bound.sheet.grid(TAB)[0].index("Carrier"))
    look(bound)
    sidebar = opened(bound)
    assert sidebar.says("The column Carrier was deleted")
    sidebar.press(Action.RESTORE_COLUMN)
    assert sidebar.toast == "The column is back and fills itself"
    assert bound.sheet.grid(TAB)[0].count("Carrier") == 1


def test_what_is_left_so_is_not_told_again(bound):
    hands(bound, "delete", "COLUMNS", bound.sheet.grid(TAB)[0].index("Carrier"))
    look(bound)
    sidebar = opened(bound).press("Leave it so")
    assert sidebar.toast == "Left as it is"
    look(bound)
    assert not any("to look at" in text for text in bound.sidebar("owner").press(Action.SHEET).texts())


@pytest.mark.parametrize(("button", "toast", "is_back"), [
    ("Put them back", "6 rows come back", True),
    ("They were deleted on purpose", "We go on without 6 rows", False),
])  # fmt: skip
def test_rows_that_went_at_once_wait_for_an_answer(bound, button, toast, is_back):
    """The home card says so, its button leads to the question, and either answer lets the tab go on."""
    before = {row["Key"] for row in cells(bound)}
    hands(bound, "delete", "ROWS", 2, count=6)
    look(bound)
    sidebar = bound.sidebar("owner")
    assert sidebar.says("Many rows disappeared at once")
    sidebar.press("Decide about them")
    assert sidebar.says("6 rows disappeared at once")
    sidebar.press(button)
    assert sidebar.toast == toast
    bound.product.settle(patience_s=60)
    assert ({row["Key"] for row in cells(bound)} == before) is is_back
    assert not bound.sidebar("owner").says("Many rows disappeared at once")


def test_tab_that_is_gone_is_written_elsewhere(bound):
    """The form comes with the same profile; once it is bound, the old tab is forgotten."""
    url = f"spreadsheets/{bound.sheet.spreadsheet_id}"
    bound.product.world.emulator.hands.add_tab(bound.sheet.spreadsheet_id, "Mine")
    hands(bound, "delete_tab")
    look(bound)
    (old,) = bound.bindings()
    assert (old.state, old.reason) == ("paused", "tab-gone"), url
    sidebar = bound.sidebar("owner").press("Choose another tab")
    assert sidebar.title == "Connect a tab"
    sidebar.press(Action.BIND, form={"tab": ["new"]})
    (new,) = bound.bindings()
    assert new.id != old.id
    bound.product.settle(patience_s=60)
    assert len(bound.sheet.cells(new.tab_title)) > 0


def test_warehouse_mends_rows_and_leaves_columns_to_the_owner(bound):
    bound.join("warehouse")
    hands(bound, "delete", "ROWS", 4)
    hands(bound, "delete", "COLUMNS", bound.sheet.grid(TAB)[0].index("Carrier"))
    look(bound)
    labels = opened(bound, "warehouse").texts()
    assert "Put this row back" in labels
    assert "Add the column again" not in labels
    assert "Leave it so" not in labels


def test_client_is_not_told_order_ids(bound):
    """Who may not know order ids sees that a row was deleted, not whose."""
    order_id = cells(bound)[3]["Order ID"]
    hands(bound, "delete", "ROWS", 4)
    look(bound)
    bound.join("client")
    sidebar = bound.sidebar("client").post("reports", binding_id=bound.bindings()[0].id)
    assert sidebar.says("A row was deleted")
    assert not any(order_id in text for text in sidebar.texts())


def test_report_that_is_no_longer_open_says_so(bound):
    hands(bound, "delete", "ROWS", 4)
    look(bound)
    with bound.product.services.store.read() as tx:
        (report,) = reports.open_reports(tx, bound.bindings()[0].id, limit=5)
    assert report.kind == Kind.ROW_DELETED
    sidebar = opened(bound)
    sidebar.press(Action.RESTORE_ROW)
    sidebar.post("restore-row", report_id=report.id)
    assert sidebar.says("This report is no longer open.")


def test_tab_that_does_not_wait_has_no_answer_to_give(bound):
    sidebar = bound.sidebar("owner").post("accept-missing", binding_id=bound.bindings()[0].id)
    assert sidebar.says("This has been decided already.")
    assert bound.bindings()[0].reason != absence.ROWS_MISSING
    with bound.product.services.store.read() as tx:
        assert not any(row.position == rows.DELETED for row in rows.sample(tx, bound.bindings()[0].id, limit=50))
