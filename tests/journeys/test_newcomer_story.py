"""A newcomer's first hour in a real browser, from the empty sheet to everything that can go wrong, in one go.

Each screen is photographed; SCREENSHOTS names the folder to keep them in.
"""

import os
import re
from contextlib import closing
from pathlib import Path

import pytest
from outsider import World, wait_for
from playwright.sync_api import Page, expect
from stage import Stage, raise_curtain

PRICE = re.compile(r"[£$€]\s?\d")
ORDER_ID = re.compile(r"\b\d{18}\b")
TAB = "SLA Watch List"
REMARK = "call Sam"
STATUS_COLUMN, REMARK_COLUMN = 10, 14
ROWS_COME_S = 20.0
MORE = 25
MANY = 500


@pytest.fixture
def stage(tmp_path):
    """The local world with the preview open at the owner's empty sheet."""
    pictures = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    pictures.mkdir(parents=True, exist_ok=True)
    with closing(World()) as world, raise_curtain(world, pictures) as stage:
        yield stage


def test_newcomer_story(stage):
    """Connect, choose, watch, work beside it, share it, break it, mend it: the sheet stays right all the way."""
    connect_a_shop(stage)
    choose_what_to_show(stage)
    watch_orders_arrive(stage)
    look_through_a_view(stage)
    work_beside_the_rows(stage)
    find_an_order_and_note_something(stage)
    look_after_people(stage)
    look_after_the_sheet(stage)
    look_as_the_warehouse(stage)
    give_the_accountant_a_sheet(stage)
    give_the_client_a_sheet(stage)
    share_too_widely(stage)
    lose_the_writer(stage)
    lose_the_consent(stage)
    assert_rows_are_true(stage)
    assert not stage.errors


# --- the beginning ---------------------------------------------------------------------------------------------------


def connect_a_shop(stage: Stage) -> None:
    """Google's question, the pop-up with its three pages, and good news in the sidebar as soon as it is closed."""
    stage.sees("Only this sheet")
    stage.photograph("open")
    stage.allow_file()
    stage.photograph("next-step")
    stage.press("Connect a shop")
    consent(stage, "connect")
    stage.sees("Your shop is connected")
    stage.photograph("connected")


def consent(stage: Stage, name: str) -> None:
    """From the sidebar through Google's sign-in, our page that names the account, and TikTok's question."""
    stage.photograph(name)
    with stage.page.expect_popup() as opened:
        stage.panel.get_by_role("button", name="Continue to TikTok").click()
    window: Page = opened.value
    window.get_by_text("Choose an account").wait_for()
    stage.photograph(f"{name}-sign-in", of=window)
    window.get_by_text("Maya Lindqvist").click()
    expect(window.get_by_role("heading", name="Connect a TikTok Shop to Bloom & Thread")).to_be_visible()
    stage.photograph(f"{name}-account", of=window)
    window.get_by_role("link", name="Anywhere else").click()
    window.get_by_role("button", name="Allow").wait_for()
    stage.photograph(f"{name}-tiktok", of=window)
    window.get_by_role("button", name="Allow").click()
    expect(window.get_by_text("You can close this window")).to_be_visible()
    stage.photograph(f"{name}-close", of=window)
    window.close()
    stage.settle()


def choose_what_to_show(stage: Stage) -> None:
    """A ready-made profile, its first rows before anything is written, and a tab of its own."""
    stage.press("Choose a profile")
    stage.photograph("profiles")
    stage.tap(TAB)
    look_again = stage.panel.get_by_role("button", name="Look again")
    while not stage.panel.get_by_text("First rows").count() or look_again.count():
        stage.press("Look again")
    stage.sees("Order ID")
    stage.photograph("preview")
    stage.press("Use this profile")
    stage.photograph("bind")
    stage.press("Connect this tab")
    stage.sees("Your rows are on their way")
    expect(stage.page.get_by_role("tab", name=TAB)).to_have_attribute("aria-selected", "true")
    expect(stage.cell(0, 0)).to_have_text("Order ID")
    expect(stage.cell(1, 0)).to_have_text(ORDER_ID)
    stage.photograph("first-rows")


# --- the main job ----------------------------------------------------------------------------------------------------


def watch_orders_arrive(stage: Stage) -> None:
    """25 orders come in while one looks; a day later the same rows say something else, none twice."""
    before = {row["Order ID"] for row in rows(stage)}
    stage.play("New orders +25")
    stage.sees_at_home("Updated")
    assert_rows_are_true(stage)
    assert len({row["Order ID"] for row in rows(stage)} - before) == MORE
    stage.photograph("orders-came")
    keys = {row["Key"] for row in rows(stage)}
    stage.play("Advance 1 day")
    assert_rows_are_true(stage)
    assert keys <= {row["Key"] for row in rows(stage)}
    stage.photograph("a-day-later")


def look_through_a_view(stage: Stage) -> None:
    """A filter view shows some rows to whoever chose it; for everybody else the sheet is as it was."""
    keys = [row["Key"] for row in rows(stage)]
    stage.page.get_by_role("button", name="Filter views").click()
    stage.page.get_by_role("menuitem", name="Due today").click()
    bar = stage.page.locator(".view-bar")
    expect(bar).to_contain_text("Due today")
    stage.photograph("due-today")
    stage.page.get_by_role("button", name="Close filter view").click()
    expect(bar).to_be_hidden()
    assert [row["Key"] for row in rows(stage)][: len(keys)] == keys


def work_beside_the_rows(stage: Stage) -> None:
    """A column of one's own, a sort and an inserted column: the next updates still find their rows."""
    stage.scroll_right(2000)
    key = rows(stage)[2]["Key"]
    stage.type_in(0, REMARK_COLUMN, "Remark")
    stage.type_in(3, REMARK_COLUMN, REMARK)
    stage.photograph("remark")
    stage.scroll_right(500)
    stage.cell(0, STATUS_COLUMN).click()
    stage.page.get_by_role("button", name="Sort sheet").click()
    stage.page.get_by_role("menuitem", name="A to Z").click()
    expect(stage.page.get_by_text("Saved", exact=True)).to_be_visible()
    stage.page.get_by_role("button", name="Insert 1 column left").click()
    expect(stage.cell(0, STATUS_COLUMN + 1)).to_have_text("Status")
    stage.photograph("sorted-and-inserted")
    stage.play("Advance 6 h")
    stage.play("New orders +5")
    assert_rows_are_true(stage)
    assert {row["Key"]: row["Remark"] for row in rows(stage) if row["Remark"]} == {key: REMARK}
    stage.photograph("still-right")


def find_an_order_and_note_something(stage: Stage) -> None:
    """The list narrows by status and by number; what is noted on an order stands in its row."""
    stage.open_home()
    stage.press("Show orders")
    stage.photograph("orders")
    stage.press("Show more")
    stage.panel.get_by_label("Status").select_option(label="Awaiting shipment")
    stage.press("Apply filter")
    expect(stage.panel.get_by_text("In transit", exact=True)).to_have_count(1)  # the choice, no order
    stage.photograph("orders-awaiting-shipment")
    order_id = to_ship(stage)[0]
    stage.press("Show all")
    stage.panel.get_by_label("Find orders").fill(order_id)
    stage.press("Apply filter")
    expect(stage.panel.locator(".clickable")).to_have_count(1)
    stage.tap(order_id)
    stage.sees("Deadlines")
    stage.photograph("order")
    stage.panel.get_by_label("Note", exact=True).fill("Gift wrap, please")
    stage.panel.get_by_label("Flag").select_option("orange")
    stage.panel.get_by_label("The warehouse reads it too").check()
    stage.press("Save note")
    stage.sees("The note is saved")
    noted = wait_for(lambda: [row for row in rows(stage) if row["Note"]], within_s=ROWS_COME_S)
    assert {(row["Order ID"], row["Flag"], row["Note"]) for row in noted} == {(order_id, "orange", "Gift wrap, please")}
    stage.scroll_right(900)
    stage.page.get_by_role("button", name="new rows").click()
    stage.cell(len(rows(stage)), 0).wait_for()
    stage.photograph("note-in-sheet")


# --- people and care -------------------------------------------------------------------------------------------------


def look_after_people(stage: Stage) -> None:
    """Somebody is invited; the client's masked numbers are opened."""
    stage.open_home()
    stage.press("Manage people")
    stage.photograph("people")
    stage.press("Invite someone")
    stage.panel.get_by_label("E-mail").fill("kim@packright.example")
    stage.panel.get_by_label("Warehouse").check()
    stage.photograph("invite")
    stage.press("Make invitation")
    stage.sees("One-time code")
    stage.photograph("invitation")
    stage.press("Show people")
    stage.sees("kim@packright.example")
    stage.photograph("people-invited")
    stage.press("Set what roles see")
    stage.panel.locator(".deco", has_text="Masked order numbers").get_by_role("switch").check()
    expect(stage.panel.locator(".toast")).to_have_text("Saved")
    stage.photograph("what-roles-see")


def look_after_the_sheet(stage: Stage) -> None:
    """Refresh, pause and resume; stopping asks first."""
    stage.open_home()
    stage.photograph("home")
    stage.tap(TAB)
    stage.sees("History")
    stage.photograph("sheet")
    stage.press("Refresh now")
    expect(stage.panel.locator(".toast")).to_contain_text(re.compile("up to date|changed|added|written"))
    stage.press("Stop updating")
    stage.sees("Nothing is deleted in the sheet")
    stage.photograph("stop")
    stage.press("Back")
    stage.press("Pause")
    stage.sees("paused this sheet")
    stage.photograph("paused")
    stage.press("Resume updates")
    stage.sees("Updates go on")
    stage.sees_no("paused this sheet")


# --- other eyes ------------------------------------------------------------------------------------------------------


def look_as_the_warehouse(stage: Stage) -> None:
    """The file is shared with the warehouse: orders, deadlines and notes, and no price anywhere."""
    stage.share_with("warehouse")
    stage.photograph("shared")
    stage.become("warehouse")
    stage.allow_file()
    stage.sees("Updated")
    assert not PRICE.search(stage.words)
    stage.photograph("warehouse")
    stage.press("Show orders")
    stage.tap("Awaiting")
    stage.sees("Deadlines")
    assert not PRICE.search(stage.words)
    stage.photograph("warehouse-order")


def give_the_accountant_a_sheet(stage: Stage) -> None:
    """A file of its own: every price, no name, no address."""
    bind_new_file(stage, "Accountant", "accountant")
    found = stage.person("accountant").seen("Accountant")
    assert found
    assert all(PRICE.match(row["Order total"]) for row in found)
    stage.sees("Updated")
    stage.photograph("accountant")
    stage.press("Show orders")
    stage.tap(found[0]["Order ID"])
    said = stage.words
    assert PRICE.search(said)
    for buyer in buyers(stage):
        assert buyer not in said
    stage.photograph("accountant-order")


def give_the_client_a_sheet(stage: Stage) -> None:
    """A file of its own: what was sold and how far it is, and no order number in full."""
    bind_new_file(stage, "Agency client", "client")
    found = stage.person("client").seen("Agency client")
    assert found
    assert all(re.fullmatch(r"\d{6}", row["Order (masked)"]) for row in found)
    stage.sees("keeps itself up to date")
    assert not ORDER_ID.search(stage.words)
    assert not PRICE.search(stage.words)
    stage.photograph("client")


def bind_new_file(stage: Stage, profile: str, role: str) -> None:
    """The owner makes a spreadsheet for this role and shares it; the person opens it."""
    stage.become("owner")
    stage.open_file("New spreadsheet")
    stage.allow_file()
    stage.press("Choose a profile")
    stage.tap(profile)
    stage.press("Use this profile")
    stage.press("Connect this tab")
    expect(stage.cell(1, 0)).to_have_text(re.compile(r"^\d{6,18}$"))
    stage.share_with(role)
    stage.become(role)
    stage.allow_file()


# --- what can go wrong -----------------------------------------------------------------------------------------------


def share_too_widely(stage: Stage) -> None:
    """A link, then a stranger: writing stops, the card names whom to remove, the stranger learns nothing."""
    stage.become("owner")
    stage.open_file("Bloom & Thread orders")
    with stage.sharing() as dialog:
        dialog.get_by_label("General access").select_option("reader")
        expect(dialog.get_by_label("General access")).to_have_value("reader")
    stage.press("Check sharing")
    stage.sees("Anyone with the link")
    stage.photograph("open-to-everyone")
    with stage.sharing() as dialog:
        dialog.get_by_label("General access").select_option("")
        expect(dialog.get_by_label("General access")).to_have_value("")
    stage.share_with(None)
    stage.press("Check sharing again")
    stage.sees("ravi.menon@gmail.com")
    stage.photograph("stranger-in-the-file")
    stage.become(None)
    stage.allow_file()
    stage.sees("Nothing to show here")
    said = stage.panel.inner_text()
    assert not re.search("maya|bloom|packright|lindqvist", said, re.IGNORECASE)
    stage.photograph("stranger")
    stage.become("owner")
    with stage.sharing() as dialog:
        dialog.get_by_role("button", name="Remove Ravi Menon").click()
        expect(dialog.get_by_text("ravi.menon@gmail.com")).to_have_count(0)
    stage.press("Check sharing again")
    stage.sees_no("ravi.menon@gmail.com")
    stage.play("New orders +1")
    assert_rows_are_true(stage)
    stage.photograph("resumed")


def lose_the_writer(stage: Stage) -> None:
    """The writer is removed by mistake: the card says so and puts it back."""
    with stage.sharing() as dialog:
        dialog.get_by_role("button", name="Remove rowstream-writer").click()
        expect(dialog.get_by_text("rowstream-writer")).to_have_count(0)
    stage.play("New orders +1")
    stage.sees_at_home("We can no longer write here")
    stage.photograph("writer-removed")
    stage.press("Add the writer again")
    stage.sees("The writer can edit this file again")
    assert_rows_are_true(stage)


def lose_the_consent(stage: Stage) -> None:
    """The seller's consent ends: the card says so, and a new one brings what was missed."""
    stage.world.play("faults", expire_access_tokens=True, revoke_refresh_tokens=True)
    stage.play("New orders +1")
    stage.sees_at_home("The shop's consent has expired")
    stage.photograph("consent-expired")
    stage.press("Renew the consent")
    stage.sees("Renew the consent of Bloom & Thread")
    consent(stage, "renew")
    stage.sees("Your shop is connected")
    stage.photograph("renewed")
    stage.press("Go home")
    stage.sees_no("The shop's consent has expired")
    stage.photograph("end")


# --- what is true ----------------------------------------------------------------------------------------------------


def rows(stage: Stage) -> list[dict[str, str]]:
    """The rows of the watch list as the window shows them."""
    return stage.person("owner").seen(TAB)


def to_ship(stage: Stage) -> list[str]:
    """Ids of the orders that the seller is to ship, as TikTok itself would tell: each belongs into the watch list."""
    return [
        order["id"]
        for order in orders(stage)
        if order["fulfillment_type"] == "FULFILLMENT_BY_SELLER" and order["status"] == "AWAITING_SHIPMENT"
    ]


def orders(stage: Stage) -> list[dict]:
    answer = stage.world.http.get(f"{stage.world.at['tiktok_control']}orders", params={"limit": MANY})
    return answer.raise_for_status().json()["orders"]


def buyers(stage: Stage) -> set[str]:
    """Names and addresses of all buyers."""
    return {order["recipient_address"][part] for order in orders(stage) for part in ("name", "full_address")} - {""}


def assert_rows_are_true(stage: Stage) -> None:
    """Every order to ship has its row, every row says what TikTok says, and none is there twice."""
    wait_for(lambda: not lies(stage), within_s=ROWS_COME_S)
    assert not lies(stage)
    keys = [row["Key"] for row in rows(stage)]
    assert len(keys) == len(set(keys))


def lies(stage: Stage) -> dict[str, str]:
    """Order id → what its rows say, where TikTok says something else."""
    shown = {row["Order ID"]: row["Status"] for row in rows(stage)}
    truth = {order["id"]: order["status"] for order in orders(stage)}
    missing = dict.fromkeys(set(to_ship(stage)) - set(shown), "no row")
    return missing | {order_id: said for order_id, said in shown.items() if said != truth.get(order_id)}
