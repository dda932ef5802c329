"""The preview in a real browser, on a whole world with a stand-in product: sidebar, dialogs, live sheet."""

import re

import pytest
from playwright.sync_api import expect

MAYA, SAM, RAVI = "maya@bloomthread.example", "sam@packright.example", "ravi.menon@gmail.com"


def press(page, name):
    page.locator("#panel").get_by_role("button", name=name, exact=True).click()


def title(page):
    return page.locator("#panel .header-title")


def last_event(world_client, name):
    events = [one["event"] for one in world_client.product.get("/events").json() if one["name"] == name]
    return events[-1]


def test_cards_are_pushed_updated_and_popped(page):
    press(page, "Detail")
    expect(title(page)).to_have_text("Detail card")
    press(page, "Refresh")
    expect(title(page)).to_have_text("Detail card, again")
    press(page, "Back")
    expect(title(page)).to_have_text("Home card")


def test_stack_returns_to_root_and_to_named_card(page):
    for way in ("To root", "To home"):
        press(page, "Detail")
        press(page, "Deeper")
        expect(title(page)).to_have_text("Deeper card")
        press(page, way)
        expect(title(page)).to_have_text("Home card")
        expect(page.locator("#panel").get_by_role("button", name="Back", exact=True)).to_have_count(0)


def test_card_inside_button_opens_without_call(page, world_client):
    before = len(world_client.product.get("/events").json())
    press(page, "Inline")
    expect(title(page)).to_have_text("Made here")
    assert len(world_client.product.get("/events").json()) == before


def test_form_travels_as_google_sends_it(page, world_client):
    """Wrapped by kind, numbers as floats, a switch that is off missing, two switches of one name joined."""
    press(page, "Form")
    page.get_by_label("Title").fill("Weekly load")
    page.get_by_label("Mode").select_option("replace")
    page.get_by_label("Notify").check()
    page.get_by_label("Weekly", exact=True).check()
    page.get_by_label("Start").fill("2027-01-02")
    page.get_by_label("At", exact=True).fill("06:30")
    press(page, "Save")
    expect(page.get_by_text("Saved once")).to_be_visible()
    common = last_event(world_client, "save")["commonEventObject"]
    assert common["parameters"] == {"step": "2"}
    assert common["formInputs"] == {
        "title": {"stringInputs": {"value": ["Weekly load"]}},
        "mode": {"stringInputs": {"value": ["replace"]}},
        "cols": {"stringInputs": {"value": ["date"]}},
        "notify": {"stringInputs": {"value": ["on", "weekly"]}},
        "start": {"dateInput": {"msSinceEpoch": "1798848000000"}},
        "at": {"timeInput": {"hours": 6.0, "minutes": 30.0}},
        "tags": {"stringInputs": {"value": ["new"]}},
    }


def test_typed_text_survives_update_and_is_cleared_by_plain_press(page):
    press(page, "Form")
    page.get_by_label("Title").fill("Kept")
    press(page, "Save")
    expect(page.get_by_text("Saved once")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Kept")
    press(page, "Forget")
    expect(page.get_by_text("Forgotten")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("")


def test_required_field_holds_press_back(page, world_client):
    before = len(world_client.product.get("/events").json())
    press(page, "Form")
    press(page, "Save")
    expect(page.get_by_text("This field is required")).to_be_visible()
    assert len(world_client.product.get("/events").json()) == before + 1


def test_suggestions_come_from_server(page):
    press(page, "Form")
    page.get_by_label("City").press_sequentially("Le")
    page.get_by_role("option", name="Leicester").click()
    expect(page.get_by_label("City")).to_have_value("Leicester")


@pytest.mark.parametrize("button", ["Fail", "Bare"])
def test_answer_google_would_not_take_shows_error_with_way_back(page, button):
    """A status other than 200, and a bare card as the answer to a press."""
    press(page, button)
    expect(page.get_by_text("Something went wrong")).to_be_visible()
    press(page, "Back")
    expect(title(page)).to_have_text("Home card")


def test_markup_is_cut_down_to_what_cards_may_carry(page):
    paragraph = page.locator("#panel .paragraph", has_text="Bold")
    assert re.sub(r"\s+", " ", paragraph.inner_html()) == "<b>Bold</b> <u>end</u>"
    assert page.title() == "Rowstream · local world"


def test_collapsed_section_unfolds(page):
    expect(page.get_by_text("Folded")).to_be_hidden()
    press(page, "Show more")
    expect(page.get_by_text("Folded")).to_be_visible()


def test_menu_offers_card_actions_and_refresh(page):
    press(page, "More")
    expect(page.get_by_role("menuitem")).to_have_text(["Own action", "Refresh"])
    page.get_by_role("menuitem", name="Own action").click()
    expect(page.get_by_text("Done as asked")).to_be_visible()


def test_file_grant_is_asked_by_google_and_then_told_to_product(page, world_client):
    press(page, "Allow file")
    page.get_by_role("button", name="Allow", exact=True).click()
    expect(title(page)).to_have_text("Granted Orders")
    event = last_event(world_client, "file-granted")
    assert event["sheets"] == {"addonHasFileScopePermission": True, "id": world_client.file_id, "title": "Orders"}


def test_missing_scope_is_asked_and_press_repeated(page, world_client):
    world_client.identity.post("consents", json={"email": MAYA, "scopes": []})
    press(page, "Ask scope")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Scope is there")).to_be_visible()


def test_closing_popup_reloads_card(page):
    before = page.locator("#panel .header-subtitle").inner_text()
    with page.expect_popup() as opened:
        press(page, "Popup")
    expect(page.get_by_text("Continue in the window that opened.")).to_be_visible()
    opened.value.close()
    expect(page.locator("#panel .header-subtitle")).not_to_have_text(before)


def test_typing_in_cell_reaches_file_and_change_by_others_shows_without_reload(page, world_client):
    page.locator('[data-at="1:0"]').dblclick()
    page.keyboard.type("typed here")
    page.keyboard.press("Enter")
    expect(page.locator('[data-at="1:0"]')).to_have_text("typed here")
    world_client.hand("type", cell="B2", text="from elsewhere")
    expect(page.locator('[data-at="1:1"]')).to_have_text("from elsewhere")
    expect(page.locator('[data-at="1:1"]')).to_have_class(re.compile("cell-flash"))


def test_sort_insert_and_rename_by_hand(page, world_client):
    world_client.hand("paste", cell="A1", rows=[["Key"], ["b"], ["c"], ["a"]])
    expect(page.locator('[data-at="3:0"]')).to_have_text("a")
    page.get_by_role("button", name="Sort sheet").click()
    page.get_by_role("menuitem", name="A to Z").click()
    expect(page.locator('[data-at="1:0"]')).to_have_text("a")
    page.get_by_role("button", name="Insert 1 column left").click()
    expect(page.locator('[data-at="1:1"]')).to_have_text("a")
    page.get_by_role("tab", name="Sheet1").dblclick()
    page.get_by_label("Tab name").fill("Mine")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Mine")).to_be_visible()


def test_thousands_of_rows_draw_only_what_is_in_sight(page, world_client):
    world_client.hand("paste", cell="A1", rows=[[f"row {number}"] for number in range(1, 3001)])
    expect(page.get_by_text("3,000 rows")).to_be_visible()
    page.locator(".grid-scroll").evaluate("grid => { grid.scrollTop = 2500 * 21; }")
    expect(page.get_by_text("row 2510", exact=True)).to_be_visible()
    assert page.locator(".grid-row").count() < 80


def test_stranger_sees_no_file_until_it_is_shared(page, world_client):
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_label("Email address").fill(SAM)
    page.get_by_label("Role", exact=True).select_option("reader")
    page.get_by_role("dialog").get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Sam Whitlock")
    page.get_by_role("button", name="Done").click()
    page.locator(f'[data-email="{SAM}"]').click()
    expect(page.locator(".doc-title")).to_contain_text("Orders")
    expect(page.get_by_text("View only")).to_be_visible()
    page.locator(f'[data-email="{RAVI}"]').click()
    expect(page.get_by_text("No spreadsheets here yet")).to_be_visible()
    assert last_event(world_client, "home")["sheets"] == {"addonHasFileScopePermission": False}


def test_share_dialog_says_what_ends_and_what_comes_from_above(page, world_client):
    """What was given at a shared drive cannot be ended at the file, so nothing offers it."""
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    page.get_by_label("Email address").fill(SAM)
    page.get_by_label("Access ends").select_option("Ends in an hour")
    dialog.get_by_role("button", name="Share", exact=True).click()
    sam = dialog.locator(".share-row", has_text="Sam Whitlock")
    expect(sam).to_contain_text("until")
    expect(sam.get_by_role("button", name="Remove Sam Whitlock")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    moved = {"spreadsheet_id": world_client.file_id, "drive_id": "0Drive", "members": [{"email": RAVI}]}
    assert world_client.sheets_control.post("shared-drive", json=moved).is_success
    page.get_by_role("button", name="Share", exact=True).click()
    ravi = dialog.locator(".share-row", has_text="Ravi Menon")
    expect(ravi).to_contain_text("From the shared drive")
    expect(ravi.get_by_role("button")).to_have_count(0)
    expect(sam.get_by_role("button", name="Remove Sam Whitlock")).to_be_visible()
    page.get_by_role("button", name="Done").click()


def test_market_bar_places_orders_and_moves_time(page, world_client):
    before = world_client.market.get("clock").json()["offset_s"]
    page.get_by_role("button", name="New orders +5").click()
    expect(page.get_by_text("5 new orders have come in.")).to_be_visible()
    page.get_by_role("button", name="Advance 6 h").click()
    expect(page.get_by_text("The market is 6 h further.")).to_be_visible()
    assert world_client.market.get("clock").json()["offset_s"] - before == 6 * 3600


def test_gallery_draws_every_example_without_gap(tabs, world_client):
    """No unknown widget, no missing icon, nothing wider than the sidebar."""
    page = tabs.new_page()
    page.goto(f"{world_client.base_url}gallery")
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".example")).not_to_have_count(0)
    expect(page.locator(".unknown-widget")).to_have_count(0)
    expect(page.locator("[data-missing]")).to_have_count(0)
    wide = page.locator(".example-card").evaluate_all("cards => cards.filter(c => c.scrollWidth > 300).length")
    assert wide == 0
    page.close()
