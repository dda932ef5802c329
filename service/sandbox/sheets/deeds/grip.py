"""A person's grip on a spreadsheet: opening it for an edit, as its owner or as somebody it is shared with.

Every theme of deeds builds on it. Nothing here knows what an edit does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from service.sandbox.sheets.errors import ApiError, forbidden
from service.sandbox.sheets.late import Late
from service.sandbox.sheets.people import Person
from service.sandbox.sheets.requests.batch import apply_requests
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.spreadsheets import Bench
from service.sandbox.sheets.state.files import DriveFile, at_least
from service.sandbox.sheets.state.workbook import Workbook
from service.sandbox.sheets.wire.a1 import Asked, read_range

Json = dict[str, Any]
Dimension = Literal["ROWS", "COLUMNS"]
Order = Literal["ASCENDING", "DESCENDING"]


class Grip:
    """Opens spreadsheets for `email`, or for the owner of each when none is given."""

    def __init__(self, bench: Bench, late: Late, email: str = "") -> None:
        self._bench = bench
        self._late = late
        self._email = email

    def _open(self, spreadsheet_id: str) -> tuple[DriveFile, Workbook]:
        file = self._bench.state.files.get(spreadsheet_id)
        if file is None or file.workbook is None:
            raise ApiError(f"There is no spreadsheet {spreadsheet_id}.", code=404)
        return file, file.workbook

    def _who(self, file: DriveFile) -> str:
        return self._email or file.owner

    def _standing(self, file: DriveFile) -> str | None:
        """The role on the file; whoever acts without a name of their own acts with the owner's rights."""
        return self._bench.state.role_of(Person(self._email), file) if self._email else "owner"

    @contextmanager
    def _editing(self, spreadsheet_id: str) -> Iterator[Edit]:
        self._late.land_due()
        file, workbook = self._open(spreadsheet_id)
        role = self._standing(file)
        if not at_least(role, "writer"):
            raise forbidden()
        with workbook.changing():
            yield self._bench.edit_as(file, workbook, self._who(file), is_owner=at_least(role, "organizer"))
        self._bench.state.touch(file, self._who(file))

    def _apply(self, spreadsheet_id: str, *requests: Json) -> list[Json]:
        with self._editing(spreadsheet_id) as edit:
            return apply_requests(edit, requests)

    def _write(self, spreadsheet_id: str, cells: str, data: Json, *, sheet_id: int, fields: str) -> None:
        """The same CellData in every cell of a range, in the masked fields only."""
        with self._editing(spreadsheet_id) as edit:
            where = asked(edit.workbook, sheet_id, cells).area.to_json()
            apply_requests(edit, [{"repeatCell": {"range": where, "cell": data, "fields": fields}}])


def asked(workbook: Workbook, sheet_id: int, cells: str) -> Asked:
    """The range of A1 letters on a tab named by its id."""
    title = workbook.sheet(sheet_id).title.replace("'", "''")
    return read_range(workbook, f"'{title}'!{cells}")


def span(sheet_id: int, dimension: Dimension, start: int, end: int) -> Json:
    """A DimensionRange."""
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}
