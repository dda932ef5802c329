"""A newcomer's first hour in a real browser, from the empty sheet to everything that can go wrong, in one go.

Each screen is photographed; SCREENSHOTS names the folder to keep them in.
"""

import os
from contextlib import closing
from pathlib import Path

import pytest
from journeys.newcomer_chapters import (
    consent,
    give_the_accountant_a_sheet,
    give_the_client_a_sheet,
    look_after_people,
    look_after_the_sheet,
    look_as_the_warehouse,
    lose_the_consent,
    lose_the_writer,
    share_too_widely,
)
from journeys.newcomer_truth import ORDER_ID, ROWS_COME_S, TAB, assert_rows_are_true, rows, to_ship
from outsider import World, wait_for
from playwright.sync_api import expect
from stage import Stage, raise_curtain

REMARK = "call Sam"
STATUS_COLUMN, REMARK_COLUMN = 10, 14
MORE = 25


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
