"""An emulator in this process, spoken to over WSGI, every answer checked against Google's schema."""

from datetime import UTC, datetime

import httpx
import pytest

from service.sandbox.sheets import Person, StaleBearerError, create_emulator

MARKET = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PEOPLE = {
    "maya": Person("maya@bloom.example", frozenset({"drive.file"}), "addon"),
    "maya-web": Person("maya@bloom.example", frozenset({"drive.file"}), "web", grants="web"),
    "sam": Person("sam@packright.example", frozenset({"drive.file"}), "addon"),
    "writer": Person(
        "writer@rowstream.iam.gserviceaccount.com",
        frozenset({"https://www.googleapis.com/auth/spreadsheets", "drive.metadata.readonly"}),
        "addon",
        is_service_account=True,
    ),
    "reader": Person("reader@bloom.example", frozenset({"spreadsheets.readonly"}), "addon"),
}


def lookup(bearer, /):
    if bearer == "stale":
        raise StaleBearerError(bearer)
    return PEOPLE.get(bearer)


class Clock:
    """A clock in the test's hands."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


class Api:
    """Calls as one bearer. Every method returns the decoded answer, or the error's `error` object when refused."""

    def __init__(self, emulator, bearer):
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        self.sheets = httpx.Client(
            transport=httpx.WSGITransport(emulator.sheets_app), base_url="http://sheets/v4", headers=headers
        )
        self.drive = httpx.Client(
            transport=httpx.WSGITransport(emulator.drive_app), base_url="http://drive/drive/v3", headers=headers
        )

    @staticmethod
    def _told(response):
        if response.status_code == 204:
            return None
        body = response.json()
        return body["error"] if response.is_error else body

    def create(self, **body):
        return self._told(self.sheets.post("/spreadsheets", json=body))

    def new(self, *, rows=1000, columns=26, title="Book"):
        """Id of a spreadsheet with one tab of this size."""
        sheet = {"properties": {"title": "Sheet1", "sheetId": 0}}
        sheet["properties"]["gridProperties"] = {"rowCount": rows, "columnCount": columns}
        return self.create(properties={"title": title}, sheets=[sheet])["spreadsheetId"]

    def get(self, spreadsheet_id, **query):
        return self._told(self.sheets.get(f"/spreadsheets/{spreadsheet_id}", params=query))

    def filtered(self, spreadsheet_id, *filters, **query):
        body = {"dataFilters": list(filters), "includeGridData": True}
        return self._told(self.sheets.post(f"/spreadsheets/{spreadsheet_id}:getByDataFilter", json=body, params=query))

    def batch(self, spreadsheet_id, *requests, query=None, **options):
        body = {"requests": list(requests), **options}
        return self._told(self.sheets.post(f"/spreadsheets/{spreadsheet_id}:batchUpdate", json=body, params=query))

    def read(self, spreadsheet_id, cells, **query):
        return self._told(self.sheets.get(f"/spreadsheets/{spreadsheet_id}/values/{cells}", params=query))

    def values(self, spreadsheet_id, cells="Sheet1", **query):
        """Values of a range; an empty list when there are none."""
        return self.read(spreadsheet_id, cells, **query).get("values", [])

    def write(self, spreadsheet_id, cells, values, mode="RAW", **query):
        body = {"values": values}
        query = {"valueInputOption": mode, **query}
        return self._told(self.sheets.put(f"/spreadsheets/{spreadsheet_id}/values/{cells}", json=body, params=query))

    def append(self, spreadsheet_id, cells, values, mode="RAW", **query):
        query = {"valueInputOption": mode, **query}
        url = f"/spreadsheets/{spreadsheet_id}/values/{cells}:append"
        return self._told(self.sheets.post(url, json={"values": values}, params=query))

    def post(self, spreadsheet_id, tail, body):
        return self._told(self.sheets.post(f"/spreadsheets/{spreadsheet_id}{tail}", json=body))

    def cells(self, spreadsheet_id, cells, field="userEnteredValue"):
        """One field of the cells of a range, row by row."""
        answer = self.get(spreadsheet_id, ranges=cells, fields=f"sheets.data.rowData.values.{field}")
        rows = answer["sheets"][0]["data"][0].get("rowData", [])
        return [[cell.get(field) for cell in row.get("values", [])] for row in rows]

    def file(self, method, path, **options):
        return self._told(self.drive.request(method, path, **options))

    def share(self, file_id, email, role="writer", **more):
        body = {"type": "user", "role": role, "emailAddress": email, **more}
        return self.file("POST", f"/files/{file_id}/permissions", json=body)


@pytest.fixture
def market():
    return Clock(MARKET)


@pytest.fixture
def wall():
    return Clock(1_795_435_200.0)


@pytest.fixture
def emulator(market, wall):
    built = create_emulator(data_dir=None, people=lookup, now=market, wall=wall, answers="every")
    built.quotas.is_on = False
    yield built
    built.close()


@pytest.fixture
def as_person(emulator):
    """The API as seen by a bearer."""
    return lambda bearer: Api(emulator, bearer)


@pytest.fixture
def api(as_person):
    return as_person("anyone")


@pytest.fixture
def control(emulator):
    """The control door."""
    with httpx.Client(transport=httpx.WSGITransport(emulator.control_app), base_url="http://control") as client:
        yield client
