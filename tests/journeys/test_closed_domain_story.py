"""A closed organisation in a real browser: our writer is kept out, the owner consents, chooses the file in the Picker,
and rows come as them; they end it, and go.

Each screen is photographed; SCREENSHOTS names the folder to keep them in.
"""

import os
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from journeys.newcomer_chapters import consent as connect
from journeys.newcomer_truth import TAB, rows
from outsider import World
from playwright.sync_api import Page, expect
from stage import Stage, raise_curtain

OWNER = "maya@bloomthread.example"


@pytest.fixture
def stage(tmp_path):
    """The owner's empty sheet, in an organisation that shares nothing with the outside."""
    pictures = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    pictures.mkdir(parents=True, exist_ok=True)
    with closing(World()) as world, raise_curtain(world, pictures) as stage:
        answer = httpx.post(f"{world.at['sheets_control']}domains", json={"domain": "bloomthread.example"})
        assert answer.is_success
        stage.allow_file()
        stage.press("Connect a shop")
        connect(stage, "connect")
        yield stage


def test_owner_lets_us_write_as_them_and_ends_it(stage):
    bind_the_watch_list(stage)
    write_as_the_owner(stage)
    see_who_writes(stage)
    end_it(stage)
    close_the_account(stage)
    assert not stage.errors


def bind_the_watch_list(stage: Stage) -> None:
    """The press that would let our writer in ends at the offer."""
    stage.press("Choose a profile")
    stage.tap(TAB)
    look_again = stage.panel.get_by_role("button", name="Look again")
    while not stage.panel.get_by_text("First rows").count() or look_again.count():
        stage.press("Look again")
    stage.press("Use this profile")
    stage.press("Connect this tab")
    stage.sees("Your organisation does not let our writer in")
    stage.photograph("write-as-you")


def write_as_the_owner(stage: Stage) -> None:
    """Google's consent, the Picker, our last page; as the window closes, the press is repeated and works."""
    with stage.page.expect_popup() as opened:
        stage.panel.get_by_role("button", name="Continue to Google").click()
    window: Page = opened.value
    faults: list[object] = []
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    window.get_by_text("Choose an account").wait_for()
    stage.photograph("consent", of=window)
    window.get_by_text("Maya Lindqvist").click()
    expect(window.get_by_role("heading", name="One more step: choose the file")).to_be_visible()
    picker = window.frame_locator("iframe")
    picker.get_by_role("heading", name="Choose a file").wait_for()
    stage.photograph("picker", of=window)
    picker.get_by_role("button", name="Cancel").click()
    expect(window.get_by_role("status")).to_have_text("Nothing was chosen. You can try again.")
    stage.photograph("picker-cancelled", of=window)
    window.get_by_role("button", name="Choose the file").click()
    picker.locator(".account").first.click()
    expect(window.get_by_text("You can close this window.")).to_be_visible()
    stage.photograph("consent-done", of=window)
    assert faults == []
    window.close()
    stage.settle()
    stage.sees("Your rows are on their way")
    expect(stage.cell(0, 0)).to_have_text("Order ID")
    expect(stage.cell(1, 0)).not_to_be_empty()
    stage.photograph("rows-as-you")


def see_who_writes(stage: Stage) -> None:
    """The tab's card tells a person from an account of ours; the Share dialog has nobody new."""
    stage.tap(TAB)
    stage.sees("Writes as you")
    stage.photograph("writes-as-you")
    with stage.sharing() as dialog:
        expect(dialog.locator(".share-list")).to_contain_text(OWNER)
        expect(dialog.locator(".share-list")).not_to_contain_text("gserviceaccount")


def end_it(stage: Stage) -> None:
    """Under Manage account; home says what helps, and nothing is lost."""
    before = len(rows(stage))
    stage.tap("Writes as you")
    stage.sees("We write as you")
    stage.photograph("your-consents")
    stage.press("End consent")
    stage.sees("You gave no consent")
    stage.photograph("consent-ended")
    stage.sees_at_home("The consent to write has ended")
    stage.photograph("home-consent-ended")
    assert len(rows(stage)) == before


def close_the_account(stage: Stage) -> None:
    """The last owner cannot be deleted; they close the account by its name, and are a newcomer again."""
    stage.person("owner")
    open_account_card(stage)
    stage.photograph("manage-account")
    stage.press("Delete my data")
    stage.sees("You are the last owner")
    stage.photograph("last-owner")
    stage.press("Close account")
    stage.photograph("close-account")
    stage.panel.get_by_label("Type the account's name").fill("something else")
    stage.press("Close account")
    stage.sees("Type Bloom & Thread to confirm.")
    stage.photograph("close-account-wrong")
    stage.panel.get_by_label("Type the account's name").fill("bloom & thread")
    stage.press("Close account")
    stage.sees("The account is closed")
    stage.photograph("closed")
    open_account_card(stage)
    stage.press("Delete my data")
    stage.photograph("delete-me")
    stage.panel.get_by_label("Type your address").fill(OWNER)
    stage.press("Delete my data")
    stage.sees("Your data is deleted")
    stage.photograph("deleted")


def open_account_card(stage: Stage) -> None:
    """By the menu of every card."""
    stage.panel.get_by_role("button", name="More").click()
    stage.page.get_by_role("menuitem", name="Manage account").click()
    stage.settle()
