"""Methods of `spreadsheets`, `developerMetadata` and `sheets`: what each does with state, and its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.sandbox.sheets.access import open_spreadsheet
from service.sandbox.sheets.areas import Area
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.evaluate import Evaluator
from service.sandbox.sheets.faults import Faults
from service.sandbox.sheets.gate import Call, Handler
from service.sandbox.sheets.moments import now_serial, recalculated_at
from service.sandbox.sheets.requests.batch import apply_requests
from service.sandbox.sheets.requests.creation import fill_workbook
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.requests.marks import areas_of, filter_entries
from service.sandbox.sheets.requests.tabs import insert_copy
from service.sandbox.sheets.state.files import DriveFile, State, at_least
from service.sandbox.sheets.state.metadata import place
from service.sandbox.sheets.state.workbook import Workbook
from service.sandbox.sheets.wire.a1 import beyond_grid, read_range, starts_outside
from service.sandbox.sheets.wire.masks import Mask, under
from service.sandbox.sheets.wire.resources import Selection, metadata_json, sheet_properties_json, spreadsheet_json

Json = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """What the methods work on. `now` is market time and is used for NOW() only."""

    state: State
    faults: Faults
    now: Callable[[], datetime]

    def evaluator(self, workbook: Workbook) -> Evaluator:
        """Formulas as they stand at this moment, or, if so switched, as they were last worked out."""
        now = self.now()
        if self.faults.recalculates_as_set and workbook.changed_at is not None:
            now = recalculated_at(workbook.changed_at, now, workbook.properties["autoRecalc"])
        return Evaluator(workbook, now_serial(now, workbook.properties["timeZone"]))

    def edit(self, file: DriveFile, workbook: Workbook, call: Call) -> Edit:
        """A change on behalf of the caller."""
        is_owner = at_least(self.state.role_of(call.person, file), "organizer")
        return self.edit_as(file, workbook, call.person.email, is_owner=is_owner)

    def edit_as(self, file: DriveFile, workbook: Workbook, email: str, *, is_owner: bool) -> Edit:
        """A change on behalf of this address, which begins now; the owner is bound by no protection."""
        workbook.changed_at = self.now()
        return Edit(
            workbook,
            email,
            now_serial(workbook.changed_at, workbook.properties["timeZone"]),
            owner=file.owner,
            is_owner=is_owner,
            row_metadata_follows_sort=self.faults.row_metadata_follows_sort,
            language=self.faults.language,
        )

    def handlers(self) -> dict[str, Handler]:
        """Methods by name as the discovery file spells them."""
        return {
            "spreadsheets.create": self.create,
            "spreadsheets.get": self.get,
            "spreadsheets.getByDataFilter": self.get_by_data_filter,
            "spreadsheets.batchUpdate": self.batch_update,
            "spreadsheets.developerMetadata.get": self.metadata_get,
            "spreadsheets.developerMetadata.search": self.metadata_search,
            "spreadsheets.sheets.copyTo": self.copy_to,
        }

    def create(self, call: Call) -> Json:
        """A new spreadsheet owned by the caller."""
        if call.person.is_service_account and not self.faults.service_account_storage:
            raise ApiError("The caller does not have permission", code=403)
        title = call.body.get("properties", {}).get("title") or "Untitled spreadsheet"
        file = self.state.create_spreadsheet(call.person.email, title)
        workbook = file.workbook
        if workbook is None:
            raise KeyError(file.file_id)
        try:
            with workbook.changing():
                fill_workbook(self.edit(file, workbook, call), call.body)
        except ApiError:
            self.state.delete(file.file_id)
            raise
        return self._answer(workbook, None, call.mask, grid_data=False)

    def get(self, call: Call) -> Json:
        """The spreadsheet, narrowed to the ranges asked."""
        file, workbook = open_spreadsheet(self.state, call, call.arguments["spreadsheetId"], "reader")
        with workbook.reading():
            areas = read_areas(workbook, call.query.get("ranges"))
            answer = self._answer(workbook, areas, call.mask, grid_data=call.query.get("includeGridData", False))
        answer = self._as_seen(file, call, answer)
        return _without_table_bands(answer) if call.query.get("excludeTablesInBandedRanges") else answer

    def get_by_data_filter(self, call: Call) -> Json:
        """The same, chosen by data filters."""
        file, workbook = open_spreadsheet(self.state, call, call.arguments["spreadsheetId"], "reader")
        filters = call.body.get("dataFilters", [])
        with workbook.reading():
            areas = [area for data_filter in filters for area in areas_of(workbook, data_filter)] if filters else None
            answer = self._answer(workbook, areas, call.mask, grid_data=call.body.get("includeGridData", False))
        answer = self._as_seen(file, call, answer)
        return _without_table_bands(answer) if call.body.get("excludeTablesInBandedRanges") else answer

    def batch_update(self, call: Call) -> Json:
        """All requests applied as one change, and the state after them if asked."""
        file, workbook = open_spreadsheet(self.state, call, call.arguments["spreadsheetId"], "writer")
        body = call.body
        with workbook.changing():
            replies = apply_requests(self.edit(file, workbook, call), body.get("requests", []))
            answer: Json = {"spreadsheetId": workbook.spreadsheet_id, "replies": replies}
            if body.get("includeSpreadsheetInResponse"):
                below = under(call.mask, "updatedSpreadsheet")
                areas = read_areas(workbook, body.get("responseRanges"))
                wanted = body.get("responseIncludeGridData", False)
                seen = self._answer(workbook, areas, below, grid_data=wanted)
                answer["updatedSpreadsheet"] = self._as_seen(file, call, seen)
        self.state.touch(file, call.person.email)
        return answer

    def metadata_get(self, call: Call) -> Json:
        _, workbook = open_spreadsheet(self.state, call, call.arguments["spreadsheetId"], "reader")
        text = call.arguments["metadataId"]
        with workbook.reading():
            entry = workbook.metadata.get(int(text)) if text.isdigit() else None
            if entry is None:
                raise ApiError(f"No developer metadata with id: {text}", code=404)
            return metadata_json(next(place(workbook, [entry])))

    def metadata_search(self, call: Call) -> Json:
        """Every entry that a filter matches, with the filters that matched it."""
        _, workbook = open_spreadsheet(self.state, call, call.arguments["spreadsheetId"], "reader")
        with workbook.reading():
            matched: dict[int, list[Json]] = {}
            for data_filter in call.body.get("dataFilters", []):
                for entry in filter_entries(workbook, data_filter):
                    matched.setdefault(entry.metadata_id, []).append(data_filter)
            placed = place(workbook, [workbook.metadata[number] for number in sorted(matched)])
            found = [
                {"developerMetadata": metadata_json(p), "dataFilters": matched[p.entry.metadata_id]} for p in placed
            ]
        return {"matchedDeveloperMetadata": found} if found else {}

    def copy_to(self, call: Call) -> Json:
        """A tab copied into another spreadsheet as its last one."""
        _, source = open_spreadsheet(self.state, call, call.arguments["spreadsheetId"], "reader")
        target_id = call.body.get("destinationSpreadsheetId", "")
        file, target = open_spreadsheet(self.state, call, target_id, "writer")
        text = call.arguments["sheetId"]
        first, second = sorted((source, target), key=lambda workbook: workbook.spreadsheet_id)
        with first.lock, second.lock:
            sheet = source.sheet(int(text)) if text.isdigit() else None
            if sheet is None:
                raise ApiError(f"No grid with id: {text}")
            with target.changing():
                title = free_copy_title(target, f"Copy of {sheet.title}")
                copy = insert_copy(target, sheet, target.next_id(), title=title, index=len(target.sheets))
                answer = sheet_properties_json(target, copy)
        self.state.touch(file, call.person.email)
        return answer

    def _answer(self, workbook: Workbook, areas: list[Area] | None, mask: Mask, *, grid_data: bool) -> Json:
        selection = Selection(workbook, areas)
        return spreadsheet_json(selection, mask, self.evaluator(workbook), grid_data=grid_data)

    def _as_seen(self, file: DriveFile, call: Call, answer: Json) -> Json:
        """The answer as the caller sees it: who is kept out of a protection does not see who is let in."""
        told = [sheet for sheet in answer.get("sheets", []) if sheet.get("protectedRanges")]
        if told and not at_least(self.state.role_of(call.person, file), "organizer"):
            for sheet in told:
                sheet["protectedRanges"] = [
                    _protection_as_seen(one, call.person.email) for one in sheet["protectedRanges"]
                ]
        return answer


def _protection_as_seen(held: Json, email: str) -> Json:
    if held.get("warningOnly") or email in held.get("editors", {}).get("users", ()):
        return held
    return {name: value for name, value in held.items() if name not in {"requestingUserCanEdit", "editors"}}


def _without_table_bands(answer: Json) -> Json:
    """The answer without the banded ranges that belong to tables."""
    for sheet in answer.get("sheets", []):
        left = [band for band in sheet.get("bandedRanges", []) if "bandedRangeReference" not in band]
        if left:
            sheet["bandedRanges"] = left
        else:
            sheet.pop("bandedRanges", None)
    return answer


def free_copy_title(workbook: Workbook, wanted: str) -> str:
    """The title, or the title with the first free number behind it."""
    title, number = wanted, 1
    while workbook.titled(title) is not None:
        number += 1
        title = f"{wanted} {number}"
    return title


def read_areas(workbook: Workbook, ranges: list[str] | None) -> list[Area] | None:
    """Areas of A1 ranges; none asked means the whole spreadsheet. One that starts outside its grid is refused."""
    if not ranges:
        return None
    areas = []
    for text in ranges:
        asked = read_range(workbook, text)
        if starts_outside(asked.sheet, asked.area):
            raise beyond_grid(asked.sheet, asked.area)
        areas.append(asked.area)
    return areas
