"""A writer as people write it with gspread in an afternoon, in the place of the product: the proof that the test can
fail. Left alone with the sheet it is right; with a person in it, it is not.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gspread
import httpx
import requests
from flows.rig import MAYA
from local_world import WORLD_URL
from requests.adapters import BaseAdapter

from service.core.cells import Cell, Form
from service.google import grid

if TYPE_CHECKING:
    from stateful.play import Play

GOOGLE = "https://sheets.googleapis.com/"


class InProcess(BaseAdapter):
    """Carries the calls of `requests` over the wire of this process."""

    def __init__(self, wire: httpx.BaseTransport) -> None:
        super().__init__()
        self._http = httpx.Client(transport=wire)

    def send(self, request: requests.PreparedRequest, **_more: Any) -> requests.Response:
        url = str(request.url).replace(GOOGLE, f"{WORLD_URL}/sheets/")
        answer = self._http.request(str(request.method), url, content=request.body, headers=dict(request.headers))
        found = requests.Response()
        found.status_code, found._content, found.url = answer.status_code, answer.content, url
        found.request = request
        return found

    def close(self) -> None:
        self._http.close()


def write_where_it_stood(play: "Play") -> None:
    """Reads the whole tab, finds each order's row and each column by its header, writes at those numbers."""
    for sheet, columns, wanted in _tabs(play):
        shown = sheet.get_all_values()
        header = [text.strip() for text in shown[0]] if shown else []
        places = {key: header.index(title) for key, title in columns.items() if title in header}
        key = list(columns)[-1] if "row_key" in columns else "order_id"
        rows = {line[places[key]]: at for at, line in enumerate(shown) if key in places and len(line) > places[key]}
        new = [one for one in wanted if one not in rows]
        rows |= {one: len(shown) + at for at, one in enumerate(new)}
        if rows and max(rows.values()) >= sheet.row_count:
            sheet.add_rows(max(rows.values()) + 1 - sheet.row_count)
        changes = [
            (cell, {"range": grid.a1_cell(rows[one], places[name]), "values": [[_value(cell, places, rows[one])]]})
            for one, cells in wanted.items()
            for name, cell in cells.items()
            if name in places
        ]
        _send(sheet, changes)


def _tabs(play: "Play") -> Sequence[tuple[gspread.Worksheet, Mapping[str, str], Mapping[str, Mapping[str, Cell]]]]:
    """Each bound tab with its columns (key → header) and the rows it should show."""
    session = requests.Session()
    session.mount("https://", InProcess(play.ground.traffic))
    session.headers["Authorization"] = f"Bearer {play.ground.world.identity.google_token(MAYA)}"
    book = gspread.Client(auth=None, session=session).open_by_key(play.spreadsheet_id)
    return [
        (book.get_worksheet_by_id(tab.sheet_id), play.headers(tab), play.orders.truth(tab.binding_id))
        for tab in play.layout.tabs
    ]


def _send(sheet: gspread.Worksheet, changes: Sequence[tuple[Cell, dict[str, Any]]]) -> None:
    """Formulas as typed, everything else as it is."""
    formulas = [change for cell, change in changes if cell.form is Form.FORMULA]
    plain = [change for cell, change in changes if cell.form is not Form.FORMULA]
    if plain:
        sheet.batch_update(plain, raw=True)
    if formulas:
        sheet.batch_update(formulas, raw=False)


def _value(cell: Cell, places: Mapping[str, int], row: int) -> Any:
    match cell.form:
        case Form.FORMULA:
            return grid.formula_text(cell, {name: grid.a1_cell(row, column) for name, column in places.items()})
        case Form.NUMBER:
            return grid.json_number(cell.value)
        case Form.BOOL:
            return cell.value == "TRUE"
        case _:
            return cell.value
