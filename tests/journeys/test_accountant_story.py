"""An accountant's evening in a real browser: how far the month is settled, whether it ties out, and what a statement is
made of; nobody who bought anything is named.

Each screen is photographed; SCREENSHOTS names the folder to keep them in.
"""

import os
import re
import time
from contextlib import closing
from pathlib import Path

import pytest
from journeys.newcomer_chapters import bind_new_file, consent
from journeys.newcomer_truth import orders
from outsider import World
from playwright.sync_api import expect
from stage import Stage, raise_curtain

ORDERS, DAYS = 36, 28
FINANCE_COMES_S = 180  # three shops at the vendor's pace, on a busy machine
SHOP, SHOPS = "Bloom & Thread", 3


@pytest.fixture
def stage(tmp_path):
    """The owner has connected three shops that were settled every day for some weeks."""
    pictures = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    pictures.mkdir(parents=True, exist_ok=True)
    with closing(World()) as world, raise_curtain(world, pictures) as stage:
        world.play("finance/quarter", orders=ORDERS, days=DAYS)
        stage.allow_file()
        stage.press("Connect a shop")
        consent(stage, "connect")
        yield stage


def test_accountant_looks_through_the_last_30_days(stage):
    bind_new_file(stage, "Sales by order", "accountant")
    said = [open_the_desk(stage), choose_a_shop(stage), tie_out(stage), look_at_a_statement(stage), refresh(stage)]
    assert_nobody_is_named(stage, "\n".join(said))
    assert not stage.errors


def open_the_desk(stage: Stage) -> str:
    """Home says how fresh the finances are; the desk shows each shop for itself as soon as it is read."""
    stage.sees_at_home("Finances")
    stage.photograph("accountant-home")
    stage.press("Open the finance desk")
    until = time.monotonic() + FINANCE_COMES_S
    while stage.panel.get_by_text(re.compile("^Ties out, difference")).count() < SHOPS:
        assert time.monotonic() < until, f"the shops never tied out: {stage.panel.inner_text()}"
        choose_days(stage, "The last 30 days")
    expect(stage.panel.get_by_text(re.compile(r"^\d+ of \d+ orders settled"))).not_to_have_count(0)
    stage.photograph("desk-all-shops")
    return stage.words


def choose_days(stage: Stage, days: str, *, shop: str = "") -> None:
    """The form on top of the desk."""
    stage.panel.get_by_role("combobox", name="Days").select_option(label=days)
    if shop:
        stage.panel.get_by_role("combobox", name="Shop").select_option(label=shop)
    stage.press("Show these days")


def choose_a_shop(stage: Stage) -> str:
    """One shop with everything: coverage, what its orders came to, and no cost or profit of the seller's."""
    choose_days(stage, "The last 30 days", shop=SHOP)
    stage.sees("What they came to, in GBP")
    stage.sees("Orders of the latest 14 days are mostly not settled yet.")
    stage.sees("by UTC days: TikTok cuts its statements at midnight UTC")
    for hidden in ("Net profit", "Cost of goods"):
        stage.sees_no(re.compile(hidden))
    stage.photograph("desk-one-shop")
    return stage.words


def tie_out(stage: Stage) -> str:
    """Every statement, then every payout."""
    stage.press("Show the tie-out")
    stage.sees("Ties out, difference £0.00")
    stage.photograph("tie-out")
    said = stage.words
    stage.press("Show payouts")
    stage.sees("Payout ")
    stage.photograph("tie-out-payouts")
    said += stage.words
    stage.press("Show statements")
    return said


def look_at_a_statement(stage: Stage) -> str:
    """From revenue to what is paid out."""
    stage.panel.locator(".clickable").first.click()
    stage.settle()
    stage.sees("It ties out with its lines")
    stage.photograph("statement")
    return stage.words


def refresh(stage: Stage) -> str:
    """Asked again a moment later, the desk says when that makes sense."""
    stage.open_home()
    stage.press("Open the finance desk")
    choose_days(stage, "The last 14 days", shop=SHOP)
    stage.press("Refresh now")
    expect(stage.panel.locator(".toast")).to_contain_text("settles once a day")
    stage.photograph("desk-refresh")
    return stage.words


def assert_nobody_is_named(stage: Stage, said: str) -> None:
    addresses = [order.get("recipient_address", {}) for order in orders(stage)]
    named = {address.get(part, "") for address in addresses for part in ("name", "full_address")} - {""}
    assert len(named) > ORDERS / 2
    assert not [buyer for buyer in named if buyer in said]
    assert "scs2.tiktok.com" not in said
