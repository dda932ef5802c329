"""What people write a sheet with instead: gspread and pygsheets, in a process of their own, one deed per script.

Each is the script that one finds for the task, no worse than it must be; the `best` ones are what somebody writes who
knows the API: they look where the columns and the rows are, once, and write everything in one call and an append. All
get the orders ready-made, as whole rows of text and numbers, and the spreadsheet is open before the clock starts.
`python -m tests.benches.sheet_peers` serves them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import gspread
import gspread.http_client
import gspread.urls
import httplib2
import pygsheets.client
import requests
from google.oauth2.credentials import Credentials
from gspread.utils import rowcol_to_a1

from tests.benches import children

Row = list[Any]
SHEETS, DRIVE = "https://sheets.googleapis.com/", "https://www.googleapis.com/"


class Peers:
    """Both libraries, led to the emulator. `rows` hold the values of `headers` in their order, the key first."""

    def open(self, sheets_url: str, drive_url: str, bearer: str) -> int:
        """Both clients can speak. Returns the resident KiB."""
        lead_gspread(sheets_url, drive_url)
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {bearer}"
        self._gspread = gspread.Client(auth=None, session=session)
        self._pygsheets = pygsheets.client.Client(Credentials(bearer), http=_Led(sheets_url, drive_url))
        return children.settle_memory()

    def find_tab(self, spreadsheet_id: str, title: str) -> None:
        """Both hold the tab."""
        self._tab = self._gspread.open_by_key(spreadsheet_id).worksheet(title)
        self._grid = self._pygsheets.open_by_key(spreadsheet_id).worksheet_by_title(title)

    # --- gspread ---

    def gspread_overwrite(self, headers: Row, everything: list[Row], **_unused: Any) -> None:
        """The export replaces the tab: clear, then write all of it."""
        self._tab.clear()
        self._tab.update([headers, *everything])

    def gspread_rows(self, updates: list[Row], inserts: list[Row], **_unused: Any) -> None:
        """Row by row: find the order, write its cells; append what is new."""
        for row in updates:
            found = self._tab.find(row[0], in_column=1)
            self._tab.update([row], f"A{found.row}")
        for row in inserts:
            self._tab.append_row(row)

    def gspread_best(self, headers: Row, updates: list[Row], inserts: list[Row], **_unused: Any) -> None:
        """One read of header and keys, one batch of all changed rows, one append."""
        (header,), keys = self._tab.batch_get(["1:1", "A:A"])
        columns = _columns(headers, header)
        places = {row[0]: at for at, row in enumerate(keys, start=1) if row}
        self._tab.batch_update([{"range": at, "values": [part]} for at, part in _pieces(updates, columns, places)])
        self._tab.append_rows([_spread(row, columns) for row in inserts])

    # --- pygsheets ---

    def pygsheets_best(self, headers: Row, updates: list[Row], inserts: list[Row], **_unused: Any) -> None:
        """The same with its own calls. Appending parses what it is given; the text format of our columns keeps ids."""
        header, keys = self._grid.get_values_batch(["1:1", "A:A"])
        columns = _columns(headers, header[0])
        places = {row[0]: at for at, row in enumerate(keys, start=1) if row}
        pieces = _pieces(updates, columns, places)
        self._grid.update_values_batch([at for at, _ in pieces], [[part] for _, part in pieces], parse=False)
        self._grid.append_table([_spread(row, columns) for row in inserts])


def lead_gspread(sheets_url: str, drive_url: str) -> None:
    """gspread of this process asks the emulator: its address constants are all that changes."""
    for module in (gspread.urls, gspread.http_client):
        for name, value in vars(module).items():
            if name.endswith("_URL") and isinstance(value, str):
                setattr(module, name, value.replace(SHEETS, sheets_url).replace(DRIVE, drive_url))


class _Led(httplib2.Http):
    """httplib2 with other base addresses."""

    def __init__(self, sheets_url: str, drive_url: str) -> None:
        super().__init__()
        self._sheets_url, self._drive_url = sheets_url, drive_url

    def request(self, uri: str, *given: Any, **named: Any) -> Any:
        led = uri.replace(SHEETS, self._sheets_url).replace(DRIVE, self._drive_url)
        return super().request(led, *given, **named)


def _columns(headers: Row, header: Row) -> list[int]:
    """Where each of our columns stands now, from 0, by its heading."""
    return [header.index(text) for text in headers]


def _pieces(rows: Sequence[Row], columns: Sequence[int], places: Mapping[str, int]) -> list[tuple[str, Row]]:
    """(A1 range, values) of each run of neighbouring columns of each row."""
    return [
        (f"{rowcol_to_a1(places[row[0]], columns[start] + 1)}:{rowcol_to_a1(places[row[0]], columns[end - 1] + 1)}",
         list(row[start:end]))
        for row in rows
        for start, end in _runs(columns)
    ]  # fmt: skip


def _runs(columns: Sequence[int]) -> list[tuple[int, int]]:
    """(first, one past the last) of our columns that stand side by side."""
    breaks = [at for at in range(1, len(columns)) if columns[at] != columns[at - 1] + 1]
    return list(zip([0, *breaks], [*breaks, len(columns)], strict=True))


def _spread(row: Row, columns: Sequence[int]) -> Row:
    """The row with holes, which stay as they are, where other people's columns stand."""
    spread: Row = [None] * (max(columns) + 1)
    for value, column in zip(row, columns, strict=True):
        spread[column] = value
    return spread


if __name__ == "__main__":
    peers = Peers()
    names = ("open", "find_tab", "gspread_overwrite", "gspread_rows", "gspread_best", "pygsheets_best")
    children.serve({name: getattr(peers, name) for name in names})
