"""The one batch that makes a tab ours: header, marks, widths, a hidden key; nothing of anybody's is written over."""

from datetime import UTC, datetime

import httpx
import pytest

from service.google import rules, setup, tabs
from service.google.client import Google
from service.google.identities import UserIdentity
from service.google.problems import RequestRefused
from service.google.rules import Criterion, FilterView, HeaderColumn, Tint
from service.google.tabs import OwnedTab
from service.sandbox.sheets import create_emulator

ME = UserIdentity("anybody")
COLUMNS = (
    HeaderColumn("order_id", "Order ID", 160, "The order's number.", number_format={"type": "TEXT", "pattern": "@"}),
    HeaderColumn(
        "status",
        "Status",
        140,
        "Where it is.",
        tints=(Tint("TEXT_EQ", "late", (0.5, 0.0, 0.0), (1.0, 1.0, 1.0), is_bold=True),),
        words=("new", "late"),
        warning="Ours.",
    ),
    HeaderColumn("row_key", "Key", 90, "Tells rows apart.", is_hidden=True),
)
VIEWS = (FilterView("late", "Late", Criterion("status", "TEXT_EQ", "late"), (("order_id", False),)),)
TAB_ID = setup.sheet_id_for("b1")


@pytest.fixture(scope="module")
def google():
    """The product's client in front of the emulator."""
    emulator = create_emulator(
        data_dir=None, people=lambda _: None, now=lambda: datetime(2026, 11, 23, tzinfo=UTC), answers="every"
    )
    apps = {"https://sheets.sim": emulator.sheets_app, "https://drive.sim": emulator.drive_app}
    with httpx.Client(mounts={url: httpx.WSGITransport(app=app) for url, app in apps.items()}) as http:
        found = Google(sheets_url="https://sheets.sim/", drive_url="https://drive.sim/", http=http)
        found.hands = emulator.hands
        yield found


@pytest.fixture
def file_id(google):
    made = google.create(ME, title="T", locale="en_GB", time_zone="Europe/London", budget_s=9)
    return made["spreadsheetId"]


def send(google, file_id, requests):
    google.batch_update(ME, file_id, body={"requests": requests}, fields="spreadsheetId", budget_s=9)


def sheet_of(google, file_id, sheet_id):
    cells = "rowData(values(userEnteredValue,note,userEnteredFormat))"
    fields = f"sheets(properties,data({cells},columnMetadata))"
    answer = google.get(ME, file_id, fields=fields, budget_s=9)
    (found,) = [one for one in answer["sheets"] if one["properties"].get("sheetId", 0) == sheet_id]
    return found


def view(google, file_id, sheet_id):
    tab = OwnedTab("b1", sheet_id, 0, {one.key: one.header for one in COLUMNS}, "row_key")
    answer = google.get_by_filter(
        ME, file_id, filters=tabs.spot_filters(tab, rows=[], tail_from=1), fields=tabs.TAB_FIELDS, budget_s=9
    )
    return tabs.read_view(answer, [tab]).tabs[sheet_id]


def texts(sheet, row=0):
    lines = sheet["data"][0].get("rowData", [])
    return [cell.get("userEnteredValue", {}).get("stringValue", "") for cell in lines[row].get("values", [])]


def test_a_new_tab_has_header_marks_and_a_frozen_first_row(google, file_id):
    send(google, file_id, setup.new_tab(TAB_ID, title="Orders", binding_id="b1", columns=COLUMNS))
    sheet = sheet_of(google, file_id, TAB_ID)
    assert sheet["properties"]["title"] == "Orders"
    assert sheet["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert texts(sheet)[:3] == ["Order ID", "Status", "Key"]
    assert sheet["data"][0]["rowData"][0]["values"][0]["note"] == "The order's number."
    assert sheet["data"][0]["rowData"][0]["values"][0]["userEnteredFormat"]["textFormat"]["bold"]
    assert view(google, file_id, TAB_ID).columns == {"order_id": 0, "status": 1, "row_key": 2}


def test_widths_are_set_and_the_key_is_hidden(google, file_id):
    send(google, file_id, setup.new_tab(TAB_ID, title="Orders", binding_id="b1", columns=COLUMNS))
    columns = sheet_of(google, file_id, TAB_ID)["data"][0]["columnMetadata"]
    assert [column.get("pixelSize") for column in columns[:3]] == [160, 140, 90]
    assert [bool(column.get("hiddenByUser")) for column in columns[:3]] == [False, False, True]


def test_marks_find_the_columns_when_every_header_is_renamed(google, file_id):
    send(google, file_id, setup.new_tab(TAB_ID, title="Orders", binding_id="b1", columns=COLUMNS))
    for letter in "ABC":
        google.hands.rename_header(file_id, letter, f"mine {letter}", sheet_id=TAB_ID)
    google.hands.insert(file_id, "COLUMNS", 1, sheet_id=TAB_ID)
    assert view(google, file_id, TAB_ID).columns == {"order_id": 0, "status": 2, "row_key": 3}


def test_making_the_same_tab_twice_is_refused_by_google(google, file_id):
    """The id is the binding's own: a repeat after a lost answer cannot make a second tab."""
    requests = setup.new_tab(TAB_ID, title="Orders", binding_id="b1", columns=COLUMNS)
    send(google, file_id, requests)
    again = setup.new_tab(TAB_ID, title="Orders 2", binding_id="b1", columns=COLUMNS)
    with pytest.raises(RequestRefused):
        send(google, file_id, again)


def test_each_binding_s_tab_has_an_id_of_its_own_and_always_the_same():
    ids = {setup.sheet_id_for(f"binding-{number}") for number in range(500)}
    assert len(ids) == 500
    assert all(0 < one < 2**31 for one in ids)
    assert setup.sheet_id_for("b1") == TAB_ID


def test_a_blank_tab_grows_when_it_is_too_narrow(google, file_id):
    properties = {"sheetId": 0, "gridProperties": {"columnCount": 2}}
    fields = "gridProperties.columnCount"
    send(google, file_id, [{"updateSheetProperties": {"properties": properties, "fields": fields}}])
    send(google, file_id, setup.blank_tab(0, row_count=1000, column_count=2, binding_id="b1", columns=COLUMNS))
    sheet = sheet_of(google, file_id, 0)
    assert texts(sheet)[:3] == ["Order ID", "Status", "Key"]
    assert sheet["properties"]["gridProperties"]["columnCount"] == 3
    assert sheet["properties"]["gridProperties"]["frozenRowCount"] == 1


def test_a_blank_tab_that_is_wide_enough_keeps_its_columns(google, file_id):
    send(google, file_id, setup.blank_tab(0, row_count=1000, column_count=26, binding_id="b1", columns=COLUMNS))
    assert sheet_of(google, file_id, 0)["properties"]["gridProperties"]["columnCount"] == 26


def test_a_shared_tab_gets_our_columns_beside_what_it_holds(google, file_id):
    """To the left, under a header row of their own: every cell of theirs stays, one row down."""
    google.hands.paste(file_id, "A1", [["Mine", "Sum"], ["tea", "=1+1"]])
    send(google, file_id, setup.shared_tab(0, content_end=3, binding_id="b1", columns=COLUMNS))
    sheet = sheet_of(google, file_id, 0)
    assert texts(sheet)[:3] == ["Order ID", "Status", "Key"]
    assert texts(sheet, 1)[3:5] == ["Mine", "Sum"]
    assert sheet["data"][0]["rowData"][2]["values"][4]["userEnteredValue"] == {"formulaValue": "=1+1"}
    assert view(google, file_id, 0).content_end == 3


# --- what holds for whole columns ------------------------------------------------------------------------------------


def dressed(google, file_id):
    """A new tab with rules and views, as Google shows it: (tab, grid rows)."""
    requests = setup.new_tab(TAB_ID, title="Orders", binding_id="b1", columns=COLUMNS, views=VIEWS)
    send(google, file_id, requests)
    return tab_of(google, file_id, TAB_ID)


def tab_of(google, file_id, sheet_id):
    cells = "rowData(values(userEnteredValue,dataValidation,userEnteredFormat(numberFormat,backgroundColor)))"
    fields = f"sheets(properties,filterViews,conditionalFormats,protectedRanges,data({cells}))"
    answer = google.get(ME, file_id, fields=fields, budget_s=9)
    (found,) = [one for one in answer["sheets"] if one["properties"].get("sheetId", 0) == sheet_id]
    return found


def grid_of(tab):
    return [line.get("values", []) for line in tab["data"][0].get("rowData", [])]


def test_every_cell_below_the_header_has_format_and_validation(google, file_id):
    """Also the rows that are put in later, where ours are: below the last one with content."""
    before = grid_of(dressed(google, file_id))
    google.hands.insert(file_id, "ROWS", 3, sheet_id=TAB_ID)
    after = grid_of(tab_of(google, file_id, TAB_ID))
    assert len(after) == len(before) + 1 == setup.SPARE_ROWS + 2
    for line in after[1:]:
        assert line[0]["userEnteredFormat"]["numberFormat"] == {"type": "TEXT", "pattern": "@"}
        assert line[1]["dataValidation"]["condition"]["type"] == "ONE_OF_LIST"
        assert [one["userEnteredValue"] for one in line[1]["dataValidation"]["condition"]["values"]] == ["new", "late"]
    assert "dataValidation" not in after[0][1]


def test_a_word_that_is_not_in_the_list_is_marked_and_never_refused(google, file_id):
    """TikTok adds words; Google refuses a whole batch for one that a strict list does not know."""
    rule = grid_of(dressed(google, file_id))[1][1]["dataValidation"]
    assert not rule.get("strict")
    assert not rule.get("showCustomUi")
    assert rule["inputMessage"] == "Ours."


def test_a_tint_has_fill_ink_and_weight_over_the_whole_column(google, file_id):
    """A range that began below the header would be pushed down by rows put in there."""
    (rule,) = dressed(google, file_id)["conditionalFormats"]
    assert rule["ranges"] == [{"sheetId": TAB_ID, "startColumnIndex": 1, "endColumnIndex": 2}]
    look = rule["booleanRule"]["format"]
    assert look["textFormat"]["bold"]
    assert look["textFormat"]["foregroundColor"] == {"red": 1, "green": 1, "blue": 1}
    assert look["backgroundColor"]["red"] == pytest.approx(0.5, abs=0.01)


def test_a_column_of_ours_warns_and_refuses_nobody(google, file_id):
    """One range per column: a column that people put between ours is not warned of."""
    (warned,) = dressed(google, file_id)["protectedRanges"]
    assert warned["warningOnly"]
    assert warned["description"] == "Ours."
    assert warned["range"] == {"sheetId": TAB_ID, "startColumnIndex": 1, "endColumnIndex": 2}
    google.hands.insert(file_id, "COLUMNS", 1, sheet_id=TAB_ID)
    (moved,) = tab_of(google, file_id, TAB_ID)["protectedRanges"]
    assert moved["range"] == {"sheetId": TAB_ID, "startColumnIndex": 2, "endColumnIndex": 3}


def test_a_filter_view_stands_over_the_whole_tab_and_grows_with_it(google, file_id):
    (view,) = dressed(google, file_id)["filterViews"]
    assert view["title"] == "Late"
    assert view["sortSpecs"] == [{"sortOrder": "DESCENDING"}]  # of the first column: Google leaves zeros out
    (spec,) = view["filterSpecs"]
    assert spec["columnIndex"] == 1
    assert spec["filterCriteria"]["condition"]["values"] == [{"userEnteredValue": "late"}]
    google.hands.insert(file_id, "ROWS", 1, sheet_id=TAB_ID)
    tab = tab_of(google, file_id, TAB_ID)
    (grown,) = tab["filterViews"]
    assert grown["range"].get("endRowIndex", 10**9) >= tab["properties"]["gridProperties"]["rowCount"]
    assert grown["range"].get("endColumnIndex", 10**9) >= tab["properties"]["gridProperties"]["columnCount"]


def test_a_view_finds_another_title_beside_one_of_the_users(google, file_id):
    mine = {"addFilterView": {"filter": {"title": "Late", "range": {"sheetId": 0}}}}
    send(google, file_id, [mine])
    send(
        google,
        file_id,
        setup.shared_tab(0, content_end=3, binding_id="b1", columns=COLUMNS, views=VIEWS, taken=["Late"]),
    )
    titles = [view["title"] for view in tab_of(google, file_id, 0)["filterViews"]]
    assert titles == ["Late", "Late 2"]


@pytest.mark.parametrize("kind", ["blank", "shared"])
def test_a_batch_that_arrives_a_second_time_is_refused_whole(google, file_id, kind):
    """In a tab of somebody's nothing else would stop it: the columns would stand there twice."""
    make = {
        "blank": lambda: setup.blank_tab(
            0, row_count=1000, column_count=26, binding_id="b1", columns=COLUMNS, views=VIEWS
        ),
        "shared": lambda: setup.shared_tab(0, content_end=3, binding_id="b1", columns=COLUMNS, views=VIEWS),
    }[kind]
    send(google, file_id, make())
    before = tab_of(google, file_id, 0)
    with pytest.raises(RequestRefused):
        send(google, file_id, make())
    assert tab_of(google, file_id, 0) == before


def test_a_shared_tab_lends_our_columns_none_of_its_looks(google, file_id):
    """Google dresses columns that are put in like the one beside them."""
    blue = {"userEnteredFormat": {"backgroundColor": {"blue": 1}}}
    theirs = {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 2, "endRowIndex": 5}
    send(google, file_id, [{"repeatCell": {"range": theirs, "cell": blue, "fields": "userEnteredFormat"}}])
    send(google, file_id, setup.shared_tab(0, content_end=3, binding_id="b1", columns=COLUMNS))
    line = grid_of(tab_of(google, file_id, 0))[2]
    assert [bool(cell.get("userEnteredFormat", {}).get("backgroundColor")) for cell in line[:5]] == [
        False, False, False, True, True,
    ]  # fmt: skip


def test_a_full_tab_gets_blank_rows_below_so_that_ranges_grow(google, file_id):
    google.hands.paste(file_id, "A1000", [["the last row"]])
    send(google, file_id, setup.shared_tab(0, content_end=1000, binding_id="b1", columns=COLUMNS))
    tab = tab_of(google, file_id, 0)
    assert tab["properties"]["gridProperties"]["rowCount"] == 1001 + setup.SPARE_ROWS


def test_only_the_rows_that_new_ones_are_put_among_are_dressed(google, file_id):
    """Every dressed row is one that each read must carry, and a tab has a thousand of them."""
    send(google, file_id, setup.blank_tab(0, row_count=1000, column_count=26, binding_id="b1", columns=COLUMNS))
    assert len(grid_of(tab_of(google, file_id, 0))) == 1 + setup.SPARE_ROWS


def test_ids_of_ours_are_different_and_always_the_same():
    names = [("b1", "view", "late"), ("b1", "column", "late"), ("b2", "view", "late"), ("b1", "warning", "late")]
    assert len({rules.own_id(*name) for name in names}) == 4
    assert rules.own_id("b1", "view", "late") == rules.own_id("b1", "view", "late")


def test_the_file_ticks_each_minute_when_asked_to(google, file_id):
    send(google, file_id, [setup.ticking()])
    answer = google.get(ME, file_id, fields="properties.autoRecalc", budget_s=9)
    assert answer["properties"]["autoRecalc"] == "MINUTE"
