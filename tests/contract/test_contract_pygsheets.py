"""pygsheets as people use it: another way of asking for the same things."""

import httplib2
import pygsheets
import pytest
from contract.clients import JUDGE
from google.oauth2.credentials import Credentials


class Elsewhere(httplib2.Http):
    """Calls to Google's addresses go to the service, and its answers past the judge."""

    def __init__(self, service):
        super().__init__(timeout=30)
        self.service = service

    def request(self, uri, method="GET", **more):
        moved = uri.replace("https://sheets.googleapis.com/", self.service.sheets)
        moved = moved.replace("https://www.googleapis.com/", self.service.drive)
        response, content = super().request(moved, method=method, **more)
        JUDGE.look(method, moved.partition("?")[0], response.status, content)
        return response, content


@pytest.fixture
def opened(service):
    """A client and a spreadsheet of its own."""
    http = Elsewhere(service)
    client = pygsheets.client.Client(Credentials(service.bearer), http=http)
    made = client.create("pygsheets")
    yield client, made
    made.delete()
    http.close()


def test_rows_and_cells(opened):
    _, made = opened
    sheet = made.sheet1
    sheet.update_values("A1", [["id", "qty"], ["a", 1], ["b", 2]])
    assert sheet.get_values("A1", "B3") == [["id", "qty"], ["a", "1"], ["b", "2"]]
    assert sheet.get_all_records() == [{"id": "a", "qty": 1}, {"id": "b", "qty": 2}]
    sheet.update_value("B2", 10)
    sheet.append_table(["c", 3])
    sheet.insert_rows(1, values=["z", 0])
    assert sheet.get_col(1, include_tailing_empty=False) == ["id", "z", "a", "b", "c"]
    sheet.delete_rows(2)
    sheet.sort_range("A2", "B4", basecolumnindex=0, sortorder="DESCENDING")
    assert sheet.get_col(1, include_tailing_empty=False) == ["id", "c", "b", "a"]
    sheet.clear("A3", "B4")
    assert sheet.get_values("A2", "B2") == [["c", "3"]]


def test_looks_notes_and_formulas(opened):
    _, made = opened
    sheet = made.sheet1
    cell = sheet.cell("B2")
    cell.formula = "=SUM(1,2)"
    assert sheet.get_value("B2") == "3"
    cell.note = "why"
    cell.set_text_format("bold", value=True).color = (1.0, 0.0, 0.0, 0.0)
    cell.update()
    found = sheet.cell("B2")
    assert (found.note, found.text_format["bold"], found.color[0]) == ("why", True, 1)
    sheet.frozen_rows = 1
    sheet.adjust_column_width(1, pixel_size=180)
    assert made.worksheet().frozen_rows == 1


def test_tabs_ranges_and_sharing(opened):
    client, made = opened
    other = made.add_worksheet("Second", rows=5, cols=4)
    assert [sheet.title for sheet in made.worksheets()] == ["Sheet1", "Second"]
    told = made.sheet1.create_named_range("orders", start="A1", end="B3", returnas="json")
    assert (told["name"], told["range"]["endRowIndex"]) == ("orders", 3)
    made.sheet1.create_developer_metadata("k", "v")
    assert [entry.value for entry in made.sheet1.get_developer_metadata("k")] == ["v"]
    made.del_worksheet(other)
    made.share("sam@packright.example", role="writer", type="user", sendNotificationEmail=False)
    assert {one["role"] for one in made.permissions} == {"owner", "writer"}
    assert made.id in [one["id"] for one in client.drive.list()]
