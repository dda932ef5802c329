"""The later chapters of the newcomer's story: people and care, other eyes, and what can go wrong."""

import re

from journeys.newcomer_truth import ORDER_ID, TAB, assert_rows_are_true, buyers
from playwright.sync_api import Page, expect
from stage import Stage

PRICE = re.compile(r"[£$€]\s?\d")


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
    bind_new_file(stage, "Sales by order", "accountant")
    found = stage.person("accountant").seen("Sales by order")
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
