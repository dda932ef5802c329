"""A tab is set up once, whatever becomes of the answer, and stays as its people make it afterwards."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flows.mishaps import interpose
from local_world import WORLD_URL

from service.core.profiles import ChosenColumn
from service.core.roles import Role
from service.flows import care
from service.store import sheets

EVERYTHING = (
    "properties(title,sheetId,gridProperties),filterViews,conditionalFormats,protectedRanges,"
    "data(columnMetadata(pixelSize,hiddenByUser,developerMetadata(metadataId,metadataValue)),"
    "rowData.values(note,dataValidation,userEnteredFormat(numberFormat,horizontalAlignment)))"
)


def dress(paper, tab=""):
    """Everything a tab looks like, in Google's own terms. Ranges are asked for: marks of columns come only then."""
    title = tab or paper.tab
    url = f"{WORLD_URL}/sheets/v4/spreadsheets/{paper.spreadsheet_id}"
    params = {"fields": f"sheets({EVERYTHING})", "ranges": f"'{title}'"}
    (found,) = paper._get(url, params=params)["sheets"]
    return found


def marks(tab):
    return [
        mark["metadataValue"].partition(":")[2]
        for column in tab["data"][0]["columnMetadata"]
        for mark in column.get("developerMetadata", ())
    ]


def assert_set_up_once(paper, tab=""):
    found = dress(paper, tab)
    headings = paper.grid(tab=tab)[0]
    assert len(headings) == len(set(headings)), "headings stand twice"
    assert len(marks(found)) == len(set(marks(found))) > 0
    assert [view["title"] for view in found["filterViews"]] == ["Due today", "Overdue"]
    assert len(found["protectedRanges"]) == len(marks(found))
    assert len(found["conditionalFormats"]) == 4 + 4 + 6  # urgency, countdown, flags
    return found


def test_a_new_tab_has_everything_that_makes_it_worth_opening(rig, paper):
    rig.place(2)
    rig.settle()
    found = assert_set_up_once(paper)
    cells = found["data"][0]["rowData"]
    at = {heading: place for place, heading in enumerate(paper.grid()[0])}
    for line in cells[1:]:
        shapes = {
            name: line["values"][place].get("userEnteredFormat", {}).get("numberFormat") for name, place in at.items()
        }
        assert shapes["Order ID"] == shapes["Key"] == shapes["Tracking #"] == {"type": "TEXT", "pattern": "@"}
        assert shapes["Due"] == {"type": "DATE_TIME", "pattern": "dd/MM/yyyy hh:mm"}
        assert shapes["Time left"] == {"type": "TIME", "pattern": "[h]:mm"}
        rules = line["values"][at["Status"]]["dataValidation"]["condition"]
        assert "AWAITING_SHIPMENT" in [one["userEnteredValue"] for one in rules["values"]]
    assert "AWAITING_SHIPMENT – paid: arrange shipment" in cells[0]["values"][at["Status"]]["note"]
    assert found["properties"]["gridProperties"]["frozenRowCount"] == 1


def test_rows_to_come_are_covered_by_every_rule_and_view(rig, paper):
    """Hundreds of rows later the last one is in the views and has the validation of the first."""
    rig.place(60)
    rig.settle()
    found = assert_set_up_once(paper)
    count = len(paper.grid())
    at = paper.grid()[0].index("Status")
    assert "dataValidation" in found["data"][0]["rowData"][count - 1]["values"][at]
    for view in found["filterViews"]:
        assert view["range"].get("endRowIndex", 10**9) >= count


@pytest.mark.parametrize(("locale", "zone"), [("en_GB", "Europe/London"), ("de_DE", "Asia/Ho_Chi_Minh")])
def test_views_show_the_rows_that_they_are_named_after(rig, locale, zone):
    """Today is today where the file is, which may be tomorrow where the shop is; the soonest comes first."""
    paper = rig.spreadsheet()
    settings = {"properties": {"locale": locale, "timeZone": zone}, "fields": "locale,timeZone"}
    paper.change({"updateSpreadsheetProperties": settings})
    base = rig.preset("sla_watch_list", Role.WAREHOUSE)
    columns = (*base.columns, ChosenColumn("action_needed", "Action"))
    rig.bind(paper, replace(base, columns=columns))
    late, soon, tomorrow, asked = (rig.place(1)[0] for _ in range(4))
    now = rig.clock.market()  # 9:00 in London, 16:00 in Saigon
    for order_id, hours in ((late, -2), (soon, 5), (tomorrow, 20), (asked, 90)):
        at = int((now + timedelta(hours=hours)).timestamp())
        rig.edit(order_id, rts_sla_time=at, tts_sla_time=at, shipping_due_time=at)
    rig.edit(asked, is_buyer_request_cancel=True, request_cancel_time=int(now.timestamp()))
    rig.settle()
    picture = rig.world.http.get(f"{WORLD_URL}/sheets/control/spreadsheets/{paper.spreadsheet_id}").json()
    (tab,) = [one for one in picture["sheets"] if one["title"] == paper.tab]
    ids = {row: cells[0]["t"] for row, cells in tab["rows"]}
    shown = {view["title"]: list(dict.fromkeys(ids[row] for row in view["rows"])) for view in tab["views"]}
    assert shown == {"Due today": [late, soon], "Overdue": [late], "Cancel requested": [asked]}


def test_it_is_never_done_again_over_the_users_taste(rig, paper):
    """They throw away a view, a rule and a warning, and set colours of their own: nothing of ours comes back."""
    rig.place(1)
    rig.settle()
    found = dress(paper)
    sheet_id = paper.sheet_id()
    status = {"sheetId": sheet_id, "startColumnIndex": paper.column("Status"), "endColumnIndex": paper.column("Flag")}
    paper.change(
        {"deleteFilterView": {"filterId": found["filterViews"][0]["filterViewId"]}},
        {"deleteProtectedRange": {"protectedRangeId": found["protectedRanges"][0]["protectedRangeId"]}},
        {"deleteConditionalFormatRule": {"sheetId": sheet_id, "index": 0}},
        {"setDataValidation": {"range": {**status, "startRowIndex": 1}}},
    )
    before = dress(paper)
    for _ in range(3):
        rig.clock.advance(60)
        for row in paper.rows():
            rig.edit(row["Order ID"], tracking_number=f"T{rig.clock.timestamp():.0f}")
        rig.settle()
        rig.sweep()
    after = dress(paper)
    for part in ("filterViews", "protectedRanges", "conditionalFormats"):
        assert after[part] == before[part]
    assert after["data"][0]["rowData"][0] == before["data"][0]["rowData"][0]
    column = paper.column("Status")
    assert not any("dataValidation" in line["values"][column] for line in after["data"][0]["rowData"])


@pytest.mark.parametrize("fault", ["unavailable_before", "unavailable_after", "dropped_after", "bad_gateway_after"])
@pytest.mark.parametrize("kind", ["new", "blank", "shared"])
def test_an_answer_that_is_lost_leads_to_one_set_up(rig, fault, kind):
    paper, wish = chosen(rig, kind)
    rig.place(2)
    rig.fail(fault)
    rig.bind(paper, **wish)
    rig.settle()
    assert_set_up_once(paper)
    rows_are_there(rig, paper)


@pytest.mark.parametrize("kind", ["new", "blank", "shared"])
def test_a_batch_that_lands_after_another_was_sent_changes_nothing(rig, kind):
    """The first one was given up, looked for, not found, and sent again. Then it arrives."""
    paper, wish = chosen(rig, kind)
    rig.place(2)
    rig.line.hold()
    rig.bind(paper, **wish)
    rig.settle()
    before = assert_set_up_once(paper)
    rows = paper.grid()
    rig.line.deliver()
    assert dress(paper) == before
    assert paper.grid() == rows
    rows_are_there(rig, paper)


@pytest.mark.parametrize("kind", ["new", "blank", "shared"])
def test_a_batch_that_lands_between_our_look_and_our_next_try_is_the_set_up(rig, kind):
    """Google refuses the second one, because its ids are taken: that is no reason to pause anything."""
    paper, wish = chosen(rig, kind)
    rig.place(2)
    rig.line.hold()
    google = interpose(rig)
    google.before["batch_update"] = [lambda: None, rig.services.google._google._transport._http._transport.deliver]
    rig.bind(paper, **wish)
    rig.settle()
    assert rig.file(paper).state == "live"
    assert_set_up_once(paper)
    rows_are_there(rig, paper)


def test_a_title_that_somebody_took_meanwhile_gets_a_number(rig):
    paper = rig.spreadsheet()
    rig.bind(paper)
    paper.change({"addSheet": {"properties": {"title": paper.tab}}})
    rig.place(1)
    rig.settle()
    assert rig.only_binding(paper).tab_title == f"{paper.tab} 2"
    paper.tab = f"{paper.tab} 2"
    assert_set_up_once(paper)
    rows_are_there(rig, paper)


def test_a_tab_that_somebody_begins_to_use_meanwhile_is_not_written_over(rig):
    """It was blank when it was chosen; something far down it is not when it is set up."""
    paper = rig.spreadsheet()
    paper.tab = "Sheet1"
    rig.bind(paper, tab="0")
    paper.type("B40", "mine")
    rig.place(2)
    rig.settle()
    rows_are_there(rig, paper)
    found = assert_set_up_once(paper)
    width = len([heading for heading in paper.grid()[0] if heading])
    assert paper.grid()[40][width + 1] == "mine"
    at, count = paper.column("Status"), len(paper.grid())
    assert "dataValidation" in found["data"][0]["rowData"][count - 1]["values"][at], "new rows are dressed here too"


def test_a_chosen_tab_that_is_deleted_before_its_set_up_pauses_its_binding_alone(rig, paper):
    """Nothing is tried again and again, and the file's other tab goes on."""
    second = rig.bind(
        paper, rig.preset("sla_watch_list", Role.WAREHOUSE, name="Second"), tab=str(paper.sheet_id("Sheet1"))
    )
    paper.hand("delete_tab", tab="Sheet1")
    rig.place(1)
    rig.settle()
    gone = rig.binding(second.id)
    assert (gone.state, gone.reason) == ("paused", "tab-gone")
    assert rig.file(paper).state == "live"
    assert len(paper.rows()) > 0


def test_a_tab_that_google_will_not_let_us_set_up_rests_alone_until_somebody_tries_again(rig, paper):
    """Somebody protected it: the file's other tab goes on, nothing is tried in vain, and nothing is lost."""
    protect = {"range": {"sheetId": 0}, "protectedRangeId": 77, "editors": {"users": ["maya@bloomthread.example"]}}
    paper.change({"addProtectedRange": {"protectedRange": protect}})
    second = rig.bind(paper, rig.preset("sla_watch_list", Role.WAREHOUSE, name="Second"), tab="0")
    rig.place(2)
    rig.live_through(30)
    resting = rig.binding(second.id)
    assert (resting.state, resting.reason) == ("blank-tab", "protected")
    assert rig.file(paper).state == "live"
    assert len(paper.rows()) > 0
    rig.calls()
    rig.live_through(60)
    assert rig.calls() == (0, 0)
    paper.change({"deleteProtectedRange": {"protectedRangeId": 77}})
    care.resume_tab(rig.services, rig.owner, paper.spreadsheet_id, second.id)
    rig.settle()
    assert rig.binding(second.id).state == "live"
    assert_set_up_once(paper, "Sheet1")
    assert len(paper.rows(tab="Sheet1")) == len(paper.rows())


def test_a_view_of_the_users_keeps_its_name(rig):
    """Google wants each title once in a tab."""
    paper = rig.spreadsheet()
    mine = {"title": "Overdue", "range": {"sheetId": 0}}
    paper.change({"addFilterView": {"filter": mine}})
    rig.bind(paper, tab="0")
    rig.settle()
    paper.tab = "Sheet1"
    assert [view["title"] for view in dress(paper)["filterViews"]] == ["Overdue", "Due today", "Overdue 2"]


@pytest.mark.parametrize(
    ("locale", "pattern"), [("en_US", "MM/dd/yyyy hh:mm"), ("de_DE", "dd.MM.yyyy hh:mm"), ("en_GB", "dd/MM/yyyy hh:mm")]
)
def test_days_are_written_in_the_locale_of_the_file(rig, locale, pattern):
    paper = rig.spreadsheet()
    properties = {"properties": {"locale": locale}, "fields": "locale"}
    paper.change({"updateSpreadsheetProperties": properties})
    rig.bind(paper)
    rig.place(1)
    rig.settle()
    at = paper.column("Due")
    shapes = {
        line["values"][at]["userEnteredFormat"]["numberFormat"]["pattern"]
        for line in dress(paper)["data"][0]["rowData"][1:]
    }
    assert shapes == {pattern}


def chosen(rig, kind):
    """A spreadsheet, and the wish for a tab of this kind in it."""
    paper = rig.spreadsheet()
    if kind == "new":
        return paper, {}
    paper.tab = "Sheet1"
    if kind == "shared":
        paper.hand("paste", "A1", [["Mine", "Sum"], ["tea", "=1+1"]])
    return paper, {"tab": "0", "has_said_yes": True}


def rows_are_there(rig, paper):
    binding = rig.only_binding(paper)
    assert binding.state == "live"
    assert binding.row_done == binding.row_total > 0
    assert rig.read(sheets.file_unscoped, paper.spreadsheet_id).reason == ""
    keys = [row["Key"] for row in paper.rows() if row.get("Key")]
    assert sorted(keys) == sorted(rig.all_rows(paper))
