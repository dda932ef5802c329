"""TikTok or Google is away, slow, full or forgetful: afterwards each order stands once, and right."""

from dataclasses import replace

import pytest
import stamina
from local_world import HURRIED_PER_S, WORLD_URL

from cards.actions import Action
from service.flows import upkeep
from service.tiktok.pace import Pace

TAB = "SLA Watch List"
CONTROL = f"{WORLD_URL}/tiktok/control/"
WHILE = 1200  # seconds that pass after the fault: more than any back-off of a few tries and than a lost write takes


@pytest.fixture
def local_world(local_world, clock):
    """Where the vendor asks for patience, it is the clock in hand that waits, and not we."""
    local_world.wires = replace(local_world.wires, pace=Pace(HURRIED_PER_S, sleep=clock.advance))
    return local_world


@pytest.fixture(autouse=True)
def _no_waiting():
    """The tries within one call follow at once; how long they wait is proved elsewhere."""
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


def rows(team):
    return team.sheet.cells(TAB)


def pass_time(team, seconds=WHILE, *, step_s=60):
    """Time goes by as in production: jobs run when they are due, and the schedule looks around."""
    end = team.product.clock.timestamp() + seconds
    while team.product.clock.timestamp() < end:
        team.product.clock.advance(step_s)
        upkeep.wake_due(team.product.services)
        stale = upkeep.stale_sheets(team.product.services)
        live = {one.subject for one in team.product.wake.waiting}
        upkeep.rewake_sheets(team.product.services, [one for one in stale if one not in live])
        team.product.settle(patience_s=1)


def assert_each_once(team, wanted):
    """The sheet holds exactly these orders, no row twice."""
    found = rows(team)
    keys = [row["Key"] for row in found]
    assert len(keys) == len(set(keys)), "a row stands twice"
    assert {row["Order ID"] for row in found} == set(wanted)


def ship_and_compare(team, order_id):
    """The stream goes on after the fault: the next change arrives in place."""
    team.product.shop().step(order_id, "ship")
    team.product.settle(patience_s=60)
    assert {row["Status"] for row in rows(team) if row["Order ID"] == order_id} == {"AWAITING_COLLECTION"}


# --- TikTok ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["unavailable", "throttle", "html_error"])
def test_orders_placed_while_tiktok_fails_come_afterwards(live, fault):
    """Tries come later and later; the notice waits in the inbox meanwhile."""
    live.product.world.market.world.faults.change({fault: 12})
    placed = live.product.shop().place(2, kind="NORMAL")
    pass_time(live)
    assert_each_once(live, placed)
    ship_and_compare(live, placed[0])


def test_expired_access_token_is_renewed_in_passing(live):
    live.product.world.http.post(f"{CONTROL}faults", json={"expire_access_tokens": True, "rotate_refresh_tokens": True})
    placed = live.product.shop().place(2, kind="NORMAL")
    pass_time(live, 120)
    assert_each_once(live, placed)
    assert [shop.state for shop in live.shops()] == ["live"]


def test_token_host_that_is_away_does_not_end_the_consent(live):
    """That a token cannot be renewed today says nothing about the seller's will."""
    live.product.world.http.post(f"{CONTROL}faults", json={"expire_access_tokens": True, "auth_unavailable": 6})
    placed = live.product.shop().place(2, kind="NORMAL")
    pass_time(live)
    assert_each_once(live, placed)
    assert [shop.state for shop in live.shops()] == ["live"]


def test_revoked_refresh_token_asks_the_owner_and_loses_nothing(live):
    live.product.world.http.post(f"{CONTROL}faults", json={"expire_access_tokens": True, "revoke_refresh_tokens": True})
    live.product.shop().place(2, kind="NORMAL")
    pass_time(live, 60)
    assert live.sidebar("owner").says("The shop's consent has expired")


def test_sidebar_says_what_still_works_while_tiktok_is_away(live):
    """A few failures pass unsaid; then the card names who does not answer, and home goes on working."""
    live.product.world.market.world.faults.change({"unavailable": 10_000})
    live.product.shop().place(1)
    pass_time(live, 300)
    owner = live.sidebar("owner")
    assert owner.says("TikTok does not answer at the moment. We keep trying; nothing is lost.")
    live.product.world.market.world.faults.change({"unavailable": 0})
    pass_time(live)
    assert not live.sidebar("owner").says("TikTok does not answer at the moment")


# --- Google ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    ["unavailable_before", "unavailable_after", "bad_gateway_after", "too_many_requests"],
)  # fmt: skip
def test_writes_that_google_fails_are_made_once(live, fault):
    """Whether a failed write was applied or not, each row stands once when it is over."""
    live.product.world.emulator.faults.order(fault, {"count": 2, "kind": "write"})
    placed = live.product.shop().place(3, kind="NORMAL")
    pass_time(live)
    assert_each_once(live, placed)
    ship_and_compare(live, placed[0])


@pytest.mark.parametrize("fault", ["unavailable_before", "too_many_requests"])
def test_reads_that_google_fails_are_made_again(live, fault):
    live.product.world.emulator.faults.order(fault, {"count": 3, "kind": "read"})
    placed = live.product.shop().place(3, kind="NORMAL")
    pass_time(live)
    assert_each_once(live, placed)


def test_update_that_may_have_been_applied_is_proved(live):
    placed = live.product.shop().place(2, kind="NORMAL")
    pass_time(live, 60)
    live.product.world.emulator.faults.order("unavailable_after", {"count": 1, "kind": "write"})
    live.product.shop().step(placed[0], "ship")
    pass_time(live)
    assert_each_once(live, placed)
    assert {row["Status"] for row in rows(live) if row["Order ID"] == placed[0]} == {"AWAITING_COLLECTION"}
    assert any("Google's answer was lost, so we look again" in line for line in history(live))


def test_writer_that_was_removed_is_put_back_with_one_press(live):
    """Somebody took the service account out of the Share dialog; the owner puts it back, and what waited comes."""
    first = live.product.shop().place(1, kind="NORMAL")
    pass_time(live, 60)
    live.sheet.unshare(live.product.services.writers.emails[0])
    second = live.product.shop().place(2, kind="NORMAL")
    pass_time(live, 120)
    owner = live.sidebar("owner")
    assert owner.says(live.product.services.writers.emails[0])
    owner.press(Action.FIX_WRITER)
    pass_time(live, 120)
    assert_each_once(live, [*first, *second])


def test_deleted_tab_stops_and_says_so(live):
    live.product.shop().place(1)
    pass_time(live, 60)
    tab_id = live.sheet.tabs()[TAB]
    live.product.world.emulator.hands.delete_tab(live.sheet.spreadsheet_id, sheet_id=tab_id)
    live.product.shop().place(1)
    pass_time(live, 120)
    assert TAB not in live.sheet.tabs()
    assert live.sidebar("owner").says(f"The tab {TAB} was deleted.")


def history(team):
    (binding,) = team.bindings()
    return team.sidebar("owner").post("sheet", binding_id=binding.id).texts()
