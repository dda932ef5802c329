"""The costs tab: made where costs may be seen, filled in by people as people do, read back row by row."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from flows.guests import join
from flows.mishaps import Fate, KilledError, MortalGoogle, MortalStore, interpose
from flows.rig import MAYA, SAM, scope

from service.core.ledger.cost_cells import Wrong
from service.core.ledger.costs import Cost
from service.core.profiles import ChosenColumn
from service.core.roles import Role
from service.errors import Conflict, NotFound, NotGranted, UpstreamFailed
from service.flows import cost_tabs, share
from service.flows import costs as stating
from service.google.rules import own_id
from service.sandbox.sheets.state.files import Permission as Grant
from service.sandbox.sheets.state.files import permission_id_of, unshare
from service.sandbox.sheets.state.files import share as share_file
from service.store import costs

TAB = "Costs"
HEADER = ["SKU ID", "SKU", "Product", "Currency", "Unit cost", "Packaging", "Own fulfilment", "From", "To"]


@pytest.fixture
def paper(rig):
    rig.place(40)
    return rig.spreadsheet("Ledger")


def make(rig, paper):
    return cost_tabs.make(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)


def read(rig, paper):
    return cost_tabs.read(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)


def known(rig):
    return rig.read(costs.costs_of, scope(rig), rig.shop.id)


def share_with(rig, paper, person):
    file = rig.world.emulator.state.files[paper.spreadsheet_id]
    share_file(file, Grant(permission_id_of("user", person.email), "user", "reader", person.email))


def type_(rig, paper, cell, text):
    """Into the tab of costs, as a person types."""
    sheet_id = own_id("costs", paper.spreadsheet_id)
    rig.world.emulator.hands.type_text(paper.spreadsheet_id, cell, text, sheet_id=sheet_id)


def rows_by_code(paper):
    """The seller's code → the number of its row as people count."""
    return {row[1]: number for number, row in enumerate(paper.grid(tab=TAB), 1) if len(row) > 1 and row[1]}


def test_new_tab_has_a_row_for_every_sku_and_ids_are_text(rig, paper):
    made = make(rig, paper)
    header, *rows = paper.grid(tab=TAB)
    assert header == HEADER
    assert (made.title, made.added, made.is_new) == (TAB, len(rows), True)
    sold = {row.sku_id: row for row in stating.known_skus(rig.services, rig.owner)}
    assert {row[0] for row in rows} == set(sold)
    assert all(row[1] == sold[row[0]].seller_sku and row[3] == "GBP" for row in rows)
    assert len(rows) > 15


#: The cell of a row that is wrong, what is typed into it as people type, and what has to be said about it.
TYPED = (
    ("VASE-CEL", "E", "five", Wrong.NOT_A_NUMBER),
    ("VASE-TEN", "E", "12%", Wrong.PERCENT),
    ("KIT-HEDGEROW", "E", "$5", Wrong.SYMBOL_DIFFERS),
    ("YARN-4PLY-CREME", "E", "-3", Wrong.NEGATIVE),
    ("YARN-4PLY-BLAU", "E", "5.125", Wrong.TOO_PRECISE),
    ("CANDLE-MOSS-L", "E", "=1/0", Wrong.CELL_ERROR),
    ("CANDLE-MOSS-S", "E", "'=A1*2", Wrong.FORMULA),
    ("GIFT-BOOKMARK", "E", "99999999999", Wrong.TOO_LARGE),
    ("TOTE-CHA", "E", "'1,234", Wrong.NUMBER_AMBIGUOUS),
    ("APRON-INK", "F", "2.50", Wrong.COST_MISSING),
    ("APRON-OAT", "D", "EUR", Wrong.CURRENCY_DIFFERS),
    ("SEED-BEES", "D", "Pounds", Wrong.CURRENCY_UNREADABLE),
    ("SEED-MEADOW", "H", "soon", Wrong.NOT_A_DAY),
    ("SEED-SHADE", "H", "'03/04/2026", Wrong.DAY_AMBIGUOUS),
    ("BUNDLE-SILL", "H", "1/1/1999", Wrong.DAY_OUT_OF_RANGE),
)
#: Rows that people add below: their cells from A on.
ADDED = (
    (["", "", "", "GBP", "4"], Wrong.SKU_MISSING),
    (["1729001000000009999", "", "", "", "4"], Wrong.SKU_UNKNOWN),
    (["1.729001E+18", "", "", "", "4"], Wrong.SKU_ID_ROUNDED),
    (["", "YARN-4PLY", "", "", "4"], Wrong.SKU_SHARED),
    (["{tote}", "SEED-BEES", "", "", "4"], Wrong.SKU_DISAGREES),
    (["{mister}", "", "", "", "6", "", "", "2026-01-01", "2026-06-30"], None),
    (["{mister}", "", "", "", "7", "", "", "2026-06-01"], Wrong.OVERLAPS),
    (["{mister}", "", "", "", "6", "", "", "2026-01-01", "2026-06-30"], Wrong.ROW_TWICE),
    (["{rust}", "", "", "", "8", "", "", "2026-07-01", "2026-06-01"], Wrong.ENDS_BEFORE_START),
    (["{rust}", "", "", "gbp", "£8.40", "0.35", "1.10", "2026-07-01"], None),
)


def test_every_wrong_row_is_reported_every_good_one_taken_and_nothing_is_lost(rig, paper):
    """More than twenty kinds of wrong input at once, typed by hand between a seller's own columns and remarks."""
    make(rig, paper)
    ids = {"tote": "1729001000000007002", "mister": "1729001000000008001", "rust": "1729001000000002003"}
    places = rows_by_code(paper)
    expected = Counter()
    for code, column, text, wrong in TYPED:
        if column != "E" and wrong is not Wrong.COST_MISSING:
            type_(rig, paper, f"E{places[code]}", "4.20")
        type_(rig, paper, f"{column}{places[code]}", text)
        expected[places[code], wrong] += 1
    end = len(paper.grid(tab=TAB))
    for number, (cells, wrong) in enumerate(ADDED, end + 1):
        for letter, text in zip("ABCDEFGHI", cells, strict=False):
            type_(rig, paper, f"{letter}{number}", text.format(**ids))
        if wrong is not None:
            expected[number, wrong] += 1
    type_(rig, paper, "E2", "=2*1.75")
    type_(rig, paper, "J3", "asked the supplier")
    before = paper.grid(tab=TAB, render="FORMULA")

    report = read(rig, paper)

    assert Counter((fault.row, fault.wrong) for fault in report.faults) == expected
    assert len({fault.wrong for fault in report.faults}) >= 20
    assert report.taken == 3
    first = paper.grid(tab=TAB)[1][0]
    assert known(rig) == {
        first: (Cost(first, "GBP", Decimal("3.5")),),
        ids["mister"]: (
            Cost(ids["mister"], "GBP", Decimal(6), from_day=date(2026, 1, 1), to_day=date(2026, 6, 30)),
        ),
        ids["rust"]: (
            Cost(
                ids["rust"], "GBP", Decimal("8.40"), Decimal("0.35"), Decimal("1.10"), from_day=date(2026, 7, 1)
            ),
        ),
    }  # fmt: skip
    assert paper.grid(tab=TAB, render="FORMULA") == before


def test_reading_again_changes_nothing_and_writes_no_history(rig, paper):
    make(rig, paper)
    type_(rig, paper, "E2", "5")
    assert read(rig, paper).stated.skus == 1
    again = read(rig, paper)
    assert (again.taken, again.stated.skus, again.stated.orders) == (1, 0, 0)
    (sku_id,) = known(rig)
    assert len(rig.read(costs.history_of, scope(rig), rig.shop.id, [sku_id])) == 1


def test_day_that_is_corrected_leaves_no_cost_behind_unless_a_row_of_the_sku_is_wrong(rig, paper):
    make(rig, paper)
    type_(rig, paper, "E2", "5")
    type_(rig, paper, "H2", "2026-03-01")
    read(rig, paper)
    type_(rig, paper, "H2", "2026-04-01")
    read(rig, paper)
    (kept,) = known(rig).values()
    assert [cost.from_day for cost in kept] == [date(2026, 4, 1)]
    type_(rig, paper, "H2", "whenever")
    assert read(rig, paper).taken == 0
    assert known(rig) == {kept[0].sku_id: kept}


def test_people_may_sort_move_rename_and_write_above(rig, paper):
    make(rig, paper)
    code = rows_by_code(paper)["APRON-OAT"]
    type_(rig, paper, f"E{code}", "9.90")
    type_(rig, paper, "E1", "What I pay")
    sheet_id = paper.sheet_id(TAB)
    top = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    cost = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": 4, "endIndex": 5}
    paper.change({"moveDimension": {"source": cost, "destinationIndex": 0}}, {"insertDimension": {"range": top}})
    type_(rig, paper, "B1", "Prices of 2026, agreed with Paul")
    report = read(rig, paper)
    assert (report.taken, report.faults) == (1, ())
    ((cost,),) = known(rig).values()
    assert cost.unit == Decimal("9.9")


def test_tab_that_is_there_gets_rows_for_new_skus_below_and_keeps_the_rest(rig, paper):
    make(rig, paper)
    type_(rig, paper, "E2", "5")
    sheet_id = paper.sheet_id(TAB)
    gone = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": 5, "endIndex": 7}
    removed = {row[0] for row in paper.grid(tab=TAB)[5:7]}
    paper.change({"deleteDimension": {"range": gone}})
    before = paper.grid(tab=TAB)
    made = make(rig, paper)
    assert (made.added, made.is_new) == (2, False)
    after = paper.grid(tab=TAB)
    assert after[: len(before)] == before
    assert {row[0] for row in after[len(before) :]} == removed
    assert make(rig, paper).added == 0


def test_tab_that_is_made_anew_states_what_is_known(rig, paper):
    make(rig, paper)
    type_(rig, paper, "E2", "5.50")
    type_(rig, paper, "H2", "2026-03-01")
    read(rig, paper)
    before = known(rig)
    paper.change({"deleteSheet": {"sheetId": paper.sheet_id(TAB)}})
    with pytest.raises(NotFound, match="Make one first"):
        read(rig, paper)
    assert make(rig, paper).is_new
    report = read(rig, paper)
    assert (report.taken, report.stated.skus, report.faults) == (1, 0, ())
    assert known(rig) == before


def test_file_that_somebody_opens_who_may_not_see_costs_gets_no_tab(rig, paper):
    join(rig.services, rig.owner, SAM, Role.WAREHOUSE)
    share_with(rig, paper, SAM)
    with pytest.raises(Conflict, match="who may not see these columns"):
        make(rig, paper)
    assert [one["properties"]["title"] for one in paper.look("sheets.properties.title")["sheets"]] == ["Sheet1"]


def test_file_that_is_written_for_the_warehouse_gets_no_tab(rig, paper):
    rig.bind(paper)
    with pytest.raises(Conflict, match="who may not see costs"):
        make(rig, paper)


def test_file_with_costs_is_not_written_for_who_may_not_see_them_until_the_tab_is_gone(rig, paper):
    """A hidden tab leaks like any other."""
    make(rig, paper)
    hidden = {"sheetId": paper.sheet_id(TAB), "hidden": True}
    paper.change({"updateSheetProperties": {"properties": hidden, "fields": "hidden"}})
    with pytest.raises(Conflict, match="has a tab of costs"):
        rig.bind(paper)
    paper.change({"deleteSheet": {"sheetId": paper.sheet_id(TAB)}})
    assert rig.bind(paper).audience == Role.WAREHOUSE
    assert cost_tabs.place(rig.services, rig.owner, paper.spreadsheet_id) is None


def test_costs_are_not_read_any_more_once_the_file_is_shared_further(rig, paper):
    make(rig, paper)
    type_(rig, paper, "E2", "5")
    share_with(rig, paper, SAM)
    with pytest.raises(Conflict, match="Remove them under Share first"):
        read(rig, paper)
    assert known(rig) == {}


def test_bound_file_with_costs_is_paused_when_a_reader_may_not_see_them(rig, paper):
    """The tab is no binding, but it is in the file: whoever can open the file can open it."""
    join(rig.services, rig.owner, SAM, Role.WAREHOUSE)
    plain = (ChosenColumn("order_id", "Order"), ChosenColumn("status", "Status"))
    profile = rig.preset("sla_watch_list", Role.OWNER, columns=plain)
    rig.bind(paper, profile, audience=Role.OWNER)
    rig.settle()
    share_with(rig, paper, SAM)
    assert share.check_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id) == []
    unshare(rig.world.emulator.state.files[paper.spreadsheet_id], permission_id_of("user", SAM.email))
    make(rig, paper)
    share_with(rig, paper, SAM)
    found = share.check_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)
    assert [(one.name, one.why) for one in found] == [(SAM.email, "role")]
    assert rig.file(paper).state == "paused"


def test_stranger_to_the_file_learns_nothing(rig, paper):
    make(rig, paper)
    with pytest.raises(NotGranted):
        cost_tabs.read(rig.services, rig.owner, rig.identity(SAM), paper.spreadsheet_id)


def delete_two(rig, paper):
    """Two rows of the tab are gone, as when two SKUs are new."""
    make(rig, paper)
    gone = {"sheetId": paper.sheet_id(TAB), "dimension": "ROWS", "startIndex": 5, "endIndex": 7}
    paper.change({"deleteDimension": {"range": gone}})


def assert_each_once(rig, paper):
    ids = [row[0] for row in paper.grid(tab=TAB)[1:]]
    assert sorted(ids) == sorted(row.sku_id for row in stating.known_skus(rig.services, rig.owner))


@pytest.mark.usefixtures("no_retries_inside_a_call")
@pytest.mark.parametrize("fault", ["dropped_after", "unavailable_after", "unavailable_before", "late"])
@pytest.mark.parametrize("begin", [lambda *_: None, delete_two], ids=["a new tab", "more rows"])
def test_rows_whose_answer_is_lost_or_that_come_late_stand_once(rig, paper, begin, fault):
    """Pressed again at once; the first press lands minutes later, or has landed already."""
    begin(rig, paper)
    rig.fail(fault)
    with pytest.raises(UpstreamFailed):
        make(rig, paper)
    make(rig, paper)
    rig.clock.advance(200)
    assert_each_once(rig, paper)
    assert make(rig, paper).added == 0


@pytest.mark.usefixtures("no_retries_inside_a_call")
def test_rows_that_went_and_came_back_while_others_were_on_their_way_stand_once(rig, paper):
    """The first press comes late; by the second the rows stand there, and they are deleted and put in once more."""
    delete_two(rig, paper)
    rig.fail("late")
    with pytest.raises(UpstreamFailed):
        make(rig, paper)
    assert make(rig, paper).added == 2
    delete_two(rig, paper)
    rig.clock.advance(200)
    make(rig, paper)
    assert_each_once(rig, paper)


def test_rows_that_somebody_else_puts_in_at_the_same_moment_stand_once(rig, paper):
    delete_two(rig, paper)
    google = interpose(rig)
    google.before["batch_update"] = [lambda: make(rig, paper)]
    with pytest.raises(Conflict, match="Try again"):
        make(rig, paper)
    assert_each_once(rig, paper)


@pytest.mark.parametrize("dies_at", range(1, 4))
def test_press_that_is_cut_off_while_making_is_made_whole_by_the_next(rig, paper, dies_at):
    fate = Fate(dies_at)
    services = replace(
        rig.services,
        store=MortalStore(rig.services.store, fate),
        google=MortalGoogle(rig.services.google, fate),
    )
    try:
        cost_tabs.make(services, rig.owner, rig.identity(), paper.spreadsheet_id)
    except KilledError:
        make(rig, paper)
    rows = paper.grid(tab=TAB)[1:]
    assert len(rows) == len({row[0] for row in rows}) == len(stating.known_skus(rig.services, rig.owner))
    assert cost_tabs.place(rig.services, rig.owner, paper.spreadsheet_id).created_by == MAYA.sub
