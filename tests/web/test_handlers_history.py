"""The sync history, trying again, the backfill's buttons, and the question where an order is: through the sidebar."""

from datetime import timedelta
from itertools import count

import pytest
from team import build_team

from cards.actions import Action
from service.errors import UpstreamFailed
from service.flows import overview, stream
from service.google.problems import QuotaSpent
from service.store import flushes, sheets
from service.store.records import FlushRow

WATCH_LIST = "preset:sla_watch_list"
NUMBERS = count()


@pytest.fixture
def bound(begin):
    team = begin(until="connected")
    team.product.shop().place(3)
    return team.bind()


def write(team, deed, *arguments, **more):
    with team.product.services.store.write() as tx:
        return deed(tx, *arguments, **more)


def file_of(team):
    with team.product.services.store.read() as tx:
        return sheets.file_unscoped(tx, team.sheet.spreadsheet_id)


def happen(team, number, **facts):
    """A pass `number` minutes ago."""
    at = team.product.clock.now() - timedelta(minutes=number)
    row = FlushRow(**{"at": at, "inserted": 0, "updated": 1, "unchanged": 0, "reads": 1, "writes": 1, "ms": 400,
                      "outcome": "ok", "reason": ""} | facts)  # fmt: skip
    write(team, flushes.add, f"{0:010d}-{next(NUMBERS):05d}", team.sheet.spreadsheet_id, row)


def order_ids(team):
    return [row["Order ID"] for row in team.sheet.cells("SLA Watch List") if row.get("Order ID")]


# --- history ---


def test_history_tells_counts_calls_and_time_of_each_pass(bound):
    bound.product.clock.advance(60)
    happen(bound, 0, inserted=2, updated=3, unchanged=4, healed=1, removed=5, ms=1_250, kind="audit")
    sidebar = bound.sidebar("owner").press(Action.SHEET).press("Show the whole history")
    assert sidebar.title == "History"
    assert sidebar.says("2 rows added, 3 rows changed, 1 row put right, 5 rows gone")
    assert sidebar.says("1 read, 1 write, 1.2 s, 4 rows were right")
    assert sidebar.says("Check of the whole tab, ")


def test_history_names_the_cells_that_may_have_been_written_over(bound):
    happen(bound, 0, outcome="raced", cells=[f"Orders!D{row}" for row in range(2, 22)])
    sidebar = bound.sidebar("owner").post("history")
    assert sidebar.says("The tab was changed meanwhile, so we look again")
    assert sidebar.says("Cells to look at: Orders!D2, Orders!D3")
    assert sidebar.says("and 10 more")


def test_history_is_turned_page_by_page_and_back(bound):
    """Lines of one instant are on one page or the other, and none is shown twice or lost."""
    bound.product.clock.advance(3600)
    for number in range(25):
        happen(bound, number - number % 2, updated=number + 100)
    shown = []
    sidebar = bound.sidebar("owner").post("history")
    while True:
        shown += [text for text in sidebar.texts() if text.endswith("rows changed")]
        if "Show older" not in sidebar.labels():
            break
        sidebar.press("Show older")
    counts = [int(text.split()[0]) for text in shown]
    assert len(counts) == len(set(counts)) == 25
    assert sidebar.press("Show the newest").says("100 rows changed") or sidebar.says("101 rows changed")


@pytest.mark.parametrize("page", ["x", "12.", "-1.a", "9" * 40 + ".a", "²5.a"])
def test_a_forged_page_is_refused_or_empty_and_breaks_nothing(bound, page):
    sidebar = bound.sidebar("owner").post("history", page=page)
    assert sidebar.says("This button is out of date") or sidebar.title == "History"


def test_history_keeps_to_one_page(bound):
    for number in range(40):
        happen(bound, number)
    assert len([one for one in bound.sidebar("owner").post("history").texts() if one == "1 row changed"]) <= (
        overview.HISTORY_PAGE
    )


# --- trying again ---


def fail(team, problem):
    team.product.clock.advance(1)
    stream.put_off(team.product.services, team.sheet.spreadsheet_id, problem)
    happen(team, 0, outcome="failed", updated=0, writes=0, reason=problem.sentence)


def test_a_failed_pass_can_be_tried_again_at_once_and_nothing_is_lost(bound):
    """Google was out for a while: the next try is minutes away, and one press does not wait for it."""
    for _ in range(5):
        fail(bound, UpstreamFailed("Google does not answer at the moment.", detail="503"))
    (order_id,) = bound.product.shop().place(1)
    bound.product.settle(patience_s=1)
    assert order_id not in order_ids(bound)
    assert file_of(bound).not_before > bound.product.clock.now()
    sidebar = bound.sidebar("owner")
    assert sidebar.says("Google does not answer at the moment. We keep trying; nothing is lost.")
    sidebar.press("Try now")
    assert sidebar.toast == "We try again now"
    bound.product.settle(patience_s=1)
    assert order_id in order_ids(bound)
    assert file_of(bound).tries == 0


def test_the_tab_s_own_card_offers_the_same_after_a_single_failure(bound):
    fail(bound, UpstreamFailed("Google does not answer at the moment.", detail="503"))
    sidebar = bound.sidebar("owner").press(Action.SHEET)
    assert sidebar.says("The last update did not work")
    sidebar.press("Try now")
    bound.product.settle(patience_s=1)
    assert not bound.sidebar("owner").press(Action.SHEET).says("The last update did not work")


def test_waiting_for_google_s_quota_is_told_and_passes_by_itself(bound):
    stream.put_off(bound.product.services, bound.sheet.spreadsheet_id, QuotaSpent("Too much.", retry_after_s=20.0))
    (order_id,) = bound.product.shop().place(1)
    bound.product.settle(patience_s=1)
    assert order_id not in order_ids(bound)
    sidebar = bound.sidebar("owner")
    assert sidebar.says("Google asks us to wait")
    bound.product.settle(patience_s=60)
    assert order_id in order_ids(bound)
    assert not bound.sidebar("owner").says("Google asks us to wait")


# --- the backfill ---


def test_backfill_is_stopped_and_older_orders_are_fetched_again(bound):
    (row,) = bound.bindings()
    write(bound, sheets.update_binding, row.id, fill_at=bound.product.clock.market() - timedelta(days=30))
    sidebar = bound.sidebar("owner").press(Action.SHEET).press("Stop the backfill")
    assert sidebar.says("Stopping the backfill")
    bound.product.settle(patience_s=10)
    sidebar.press("Refresh status")
    assert sidebar.says("Older orders are not in this tab")
    sidebar.press("Fetch older orders", form={"days_back": ["all"]})
    assert sidebar.toast == "Older rows are on their way"
    bound.product.settle(patience_s=10)
    assert bound.bindings()[0].fill_from_at is None
    assert not sidebar.press("Refresh status").says("Older orders are not in this tab")


def test_how_far_back_is_chosen_when_a_tab_is_connected(product, people):
    team = build_team(product, people).connect()
    form = team.sidebar("owner").post("bind-form", profile_id=WATCH_LIST)
    form.press(Action.BIND, form={"tab": ["new"], "days_back": ["30"]})
    (row,) = team.bindings()
    assert row.fill_from_at == pytest.approx(product.clock.market() - timedelta(days=30), abs=timedelta(minutes=1))


def test_a_reach_that_is_not_offered_is_refused(bound):
    sidebar = bound.sidebar("owner")
    (row,) = bound.bindings()
    sidebar.post("fetch-older", binding_id=row.id, form={"days_back": ["7000000"]})
    assert sidebar.says("Choose one of the offered values.")
    sidebar.post("bind", profile_id=WATCH_LIST, once_key="k", form={"tab": ["new"], "audience": ["warehouse"],
                                                                  "days_back": ["-1"]})  # fmt: skip
    assert sidebar.says("Choose one of the offered values.")
    assert len(bound.bindings()) == 1


def test_who_may_not_bind_sees_the_progress_and_no_button_that_ends_it(bound):
    (row,) = bound.bindings()
    write(bound, sheets.update_binding, row.id, fill_at=bound.product.clock.market() - timedelta(days=30))
    bound.join("warehouse")
    packer = bound.sidebar("warehouse").press(Action.SHEET)
    assert packer.says("Filling the tab") or packer.says("Reading orders from TikTok")
    assert "Stop the backfill" not in packer.labels()


# --- where is it ---


def test_an_order_is_looked_for_by_its_number_and_from_its_own_card(bound):
    order_id = order_ids(bound)[0]
    sidebar = bound.sidebar("owner").press(Action.SHEET)
    sidebar.press("Look for it", form={"order_number": order_id})
    assert sidebar.says("It is in the tab")
    assert "#gid=" in sidebar.link_of("Show the row")
    card = bound.sidebar("owner").post("order", order_key=order_id).press("Is it in the sheet?")
    assert card.says("It is in the tab")
    assert card.press("Look again").says("It is in the tab")


def test_a_number_that_we_do_not_have_is_answered_with_what_we_hold(bound):
    sidebar = bound.sidebar("owner").post("where-is", form={"order_number": "577412936450128731"})
    assert sidebar.says("We have no order of this number")
    assert sidebar.says("We hold orders of ")


def test_an_empty_question_is_answered_with_a_hint(bound):
    assert bound.sidebar("owner").post("where-is").says("Type an order number first.")


def test_shops_are_not_named_to_who_may_not_see_them(bound):
    bound.switch("client:orders:see").join("client")
    client = bound.sidebar("client").post("where-is", form={"order_number": "577412936450128731"})
    assert client.says("It may be older than what we have fetched, or of another shop.")
    assert not client.says("We hold orders of ")
