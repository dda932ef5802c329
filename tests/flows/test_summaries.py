"""A summary of a tab of money: by currency and month, of what stands in the tab, whatever people do to it."""

import contextlib
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flows.boundary import let_in
from flows.listening import faults
from flows.mishaps import KilledError, interpose
from flows.sends import BACK, FATES, KILLED, LOST, strike

from service.core.ledger.pools import pools_of_one
from service.core.ledger.tie_out import day_before_cut
from service.core.roles import Role
from service.errors import Conflict, UpstreamFailed
from service.flows import finance, summaries
from service.store import finance_reading, sheets
from service.store.tables import audit

DAY_ZERO = date(1899, 12, 30)
TITLE = "Accountant summary"
pytestmark = pytest.mark.usefixtures("no_retries_inside_a_call")


@pytest.fixture
def paper(rig):
    """An accountant's tab of everything that was settled in some weeks of trade."""
    faults(rig, qps=100_000)
    rig.world.market.seed_history(60, days=40)
    rig.world.market.advance(86_400)
    rig.clock.advance(finance.EVERY.total_seconds() + 6)
    rig.sweep()
    rig.settle()
    made = rig.bound(rig.preset("accountant", Role.ACCOUNTANT), audience=Role.ACCOUNTANT)
    return replace(made, tab="Accountant")


def tabs(paper):
    return [one["properties"] for one in paper.look("sheets.properties(title,hidden)")["sheets"]]


def sum_up(paper):
    rig = paper.rig
    return summaries.make(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, rig.only_binding(paper).id)


def lines(rig):
    ids = [one.statement_id for _, one, _ in rig.read(finance_reading.statements_of, rig.owner.scope)]
    return rig.read(finance_reading.lines_of, rig.owner.scope, rig.shop.id, ids)


def wanted(rig):
    """Month → rows, revenue, settlement, as the ledger adds them up."""
    found = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    for one in lines(rig):
        for month in (day_before_cut(one.settled_at).strftime("%Y-%m"), "All"):
            pools = pools_of_one(one)
            found[month][0] += 1
            found[month][1] += pools.revenue
            found[month][2] += pools.settlement
    return dict(found)


def shown(paper):
    """The same as the sheet adds it up; months of no row left out."""
    found = {}
    for row in paper.rows(tab=TITLE):
        if row["Currency"] and row["Rows"]:
            month = row["Month"]
            name = month if isinstance(month, str) else (DAY_ZERO + timedelta(days=month)).strftime("%Y-%m")
            found[name] = [int(row["Rows"]), cents(row["Revenue"]), cents(row["Settlement"])]
    return found


def cents(value):
    return Decimal(str(value)).quantize(Decimal("0.01"))


def test_a_summary_adds_up_by_month_what_the_ledger_does(paper):
    assert sum_up(paper) == TITLE
    assert shown(paper) == wanted(paper.rig)
    assert len(shown(paper)) > 2
    (others,) = [row for row in paper.rows(tab=TITLE) if row["Month"] == "Other currencies"]
    assert others["Rows"] == 0
    assert paper.look("sheets.properties(title,index)")["sheets"][-1]["properties"]["title"] == TITLE


def test_it_stays_right_when_rows_are_sorted_and_columns_moved(paper):
    sum_up(paper)
    before = shown(paper)
    paper.hand("sort", "D", order="DESCENDING")
    paper.hand("move", "COLUMNS", paper.column("Settlement"), to=3)
    assert paper.column("Settlement") == 3
    assert shown(paper) == before


def test_what_is_settled_later_is_in_it(paper):
    sum_up(paper)
    rig = paper.rig
    before = shown(paper)["All"]
    rig.world.market.advance(2 * 86_400)
    rig.clock.advance(finance.EVERY.total_seconds() + 1)
    rig.sweep()
    rig.settle()
    assert shown(paper) == wanted(rig)
    assert shown(paper)["All"][0] > before[0]


def test_it_is_made_once_and_again_when_it_was_deleted(paper):
    sum_up(paper)
    with pytest.raises(Conflict) as there:
        sum_up(paper)
    assert there.value.values["title"] == TITLE
    paper.change({"deleteSheet": {"sheetId": paper.sheet_id(TITLE)}})
    assert sum_up(paper) == TITLE
    with paper.rig.services.store.read() as tx:
        deeds = list(tx.execute(sa.select(audit.c.deed)).scalars())
    assert deeds.count("make-summary") == 2


def test_what_people_change_in_it_stays(paper):
    """Nothing of ours writes there again."""
    sum_up(paper)
    paper.type("D2", "mine", tab=TITLE)
    paper.rig.live_through(1200, step_s=60)
    assert paper.grid(tab=TITLE)[1][3] == "mine"


def test_columns_that_move_at_that_moment_leave_no_wrong_summary(paper):
    google = interpose(paper.rig)
    google.before["batch_update"] = [lambda: paper.hand("move", "COLUMNS", paper.column("Settlement"), to=3)]
    with pytest.raises(Conflict):
        sum_up(paper)
    assert TITLE not in {one["properties"]["title"] for one in paper.look("sheets.properties.title")["sheets"]}


@pytest.mark.parametrize(("fault", "call"), [("dropped_after", 0), ("late", 0), ("late", 1)])
def test_a_summary_whose_answer_is_lost_or_that_comes_late_is_seen_once_and_right(paper, fault, call):
    """Columns are moved before anybody presses again."""
    rig = paper.rig
    rig.fail(fault, after=call)
    with pytest.raises(UpstreamFailed):
        sum_up(paper)
    paper.hand("move", "COLUMNS", paper.column("Settlement"), to=3)
    assert [one["title"] for one in tabs(paper) if not one.get("hidden")] == ["Sheet1", "Accountant"]
    assert sum_up(paper) == TITLE
    rig.clock.advance(200)
    assert shown(paper) == wanted(rig)
    assert [one["title"] for one in tabs(paper)] == ["Sheet1", "Accountant", TITLE]


STRUCK = [
    *(("summaries._is_made", fate) for fate in (KILLED, BACK)),
    *(("summaries.make 1", fate) for fate in FATES),
    *(("summaries.make 2", fate) for fate in (LOST, KILLED, BACK)),
]


@pytest.mark.parametrize(("place", "fate"), STRUCK, ids=[f"{place}, {fate}" for place, fate in STRUCK])
def test_a_summary_is_seen_once_and_right_whatever_became_of_a_write(paper, place, fate):
    """Made, taken away again because columns moved, or shown; there and back: a column is dragged away and back."""
    rig, settled = paper.rig, paper.column("Settlement")
    if place == "summaries.make 1":
        google = interpose(rig)
        google.before["batch_update"] = [lambda: paper.hand("move", "COLUMNS", settled, to=3)]
    met = strike(rig, place, fate)
    with contextlib.suppress(KilledError, UpstreamFailed):
        sum_up(paper)
    met.bury()
    assert met.is_over
    if fate == BACK:
        for at, to in ((paper.column("Settlement"), 1), (1, settled + 1)):
            paper.hand("move", "COLUMNS", at, to=to)
    if place == "summaries.make 2" and fate in {LOST, KILLED}:
        assert shown(paper) == wanted(rig), "it had come"
    else:
        assert sum_up(paper) == TITLE
    rig.clock.advance(200)
    assert shown(paper) == wanted(rig)
    assert [one["title"] for one in tabs(paper)] == ["Sheet1", "Accountant", TITLE]


def test_a_tab_without_money_has_none(rig):
    made = rig.bound()
    assert not summaries.can_sum_up(rig.only_binding(made))
    with pytest.raises(Conflict):
        sum_up(made)


def test_a_file_that_somebody_else_can_open_is_not_added_to(paper):
    """Nobody reads a sum who may not read what it is of."""
    let_in(paper.rig, paper, "stranger@elsewhere.example")
    with pytest.raises(Conflict) as refused:
        sum_up(paper)
    assert refused.value.values["reader"] == "stranger@elsewhere.example"
    paper.rig.write(sheets.update_file, paper.spreadsheet_id, state="paused", reason="by-hand", reason_text="")
    with pytest.raises(Conflict, match="paused"):
        sum_up(paper)


def test_a_paused_tab_is_not_summed_up(paper):
    binding = paper.rig.only_binding(paper)
    paper.rig.write(sheets.update_binding, binding.id, state="paused", reason="by-hand", reason_text="")
    assert not summaries.can_sum_up(paper.rig.only_binding(paper))


def test_orders_are_summed_up_by_the_day_they_were_placed(rig):
    rig.place(3)
    made = replace(
        rig.bound(rig.preset("sales_by_order", Role.ACCOUNTANT), audience=Role.ACCOUNTANT), tab="Sales by order"
    )
    sum_up(made)
    rows = made.rows()
    (whole,) = [row for row in made.rows(tab="Sales by order summary") if row["Month"] == "All" and row["Rows"]]
    assert whole["Rows"] == 3
    assert cents(whole["Order total"]) == sum(cents(row["Order total"]) for row in rows)
