"""Methods of `spreadsheets.values`."""

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from service.sandbox.sheets.access import open_spreadsheet
from service.sandbox.sheets.areas import Area, Box
from service.sandbox.sheets.errors import ApiError, bad_field
from service.sandbox.sheets.gate import Call, Handler
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.requests.entry import Written
from service.sandbox.sheets.requests.marks import areas_of
from service.sandbox.sheets.spreadsheets import Bench
from service.sandbox.sheets.state.workbook import Workbook
from service.sandbox.sheets.values.appending import append_values
from service.sandbox.sheets.values.reading import Rendering, value_range
from service.sandbox.sheets.values.writing import clear_values, read_lines, write_values
from service.sandbox.sheets.wire.a1 import Asked, beyond_grid, box_text, read_range, starts_outside

if TYPE_CHECKING:
    from service.sandbox.sheets.state.sheet import Sheet

Json = dict[str, Any]


@dataclass(frozen=True)
class Values:
    """Reading and writing of plain values."""

    bench: Bench

    def handlers(self) -> dict[str, Handler]:
        """Methods by name as the discovery file spells them."""
        return {
            "spreadsheets.values.get": self.get,
            "spreadsheets.values.batchGet": self.batch_get,
            "spreadsheets.values.batchGetByDataFilter": self.batch_get_by_data_filter,
            "spreadsheets.values.update": self.update,
            "spreadsheets.values.batchUpdate": self.batch_update,
            "spreadsheets.values.batchUpdateByDataFilter": self.batch_update_by_data_filter,
            "spreadsheets.values.append": self.append,
            "spreadsheets.values.clear": self.clear,
            "spreadsheets.values.batchClear": self.batch_clear,
            "spreadsheets.values.batchClearByDataFilter": self.batch_clear_by_data_filter,
        }

    def get(self, call: Call) -> Json:
        """One range."""
        workbook = self._readable(call)
        with workbook.reading():
            return self._read(workbook, [_readable_range(workbook, call.arguments["range"])], call.query)[0]

    def batch_get(self, call: Call) -> Json:
        """Several ranges in the order asked."""
        workbook = self._readable(call)
        with workbook.reading():
            asked = [_readable_range(workbook, text) for text in call.query.get("ranges", [])]
            found = self._read(workbook, asked, call.query)
        answer: Json = {"spreadsheetId": workbook.spreadsheet_id}
        return answer | {"valueRanges": found} if found else answer

    def batch_get_by_data_filter(self, call: Call) -> Json:
        """Ranges that the filters select, each with its filter."""
        workbook = self._readable(call)
        matched: list[Json] = []
        with workbook.reading():
            for data_filter in call.body.get("dataFilters", []):
                asked = [_asked(workbook, area) for area in areas_of(workbook, data_filter)]
                found = self._read(workbook, asked, call.body)
                matched.extend({"valueRange": one, "dataFilters": [data_filter]} for one in found)
        answer: Json = {"spreadsheetId": workbook.spreadsheet_id}
        return answer | {"valueRanges": matched} if matched else answer

    def _readable(self, call: Call) -> Workbook:
        return open_spreadsheet(self.bench.state, call, call.arguments["spreadsheetId"], "reader")[1]

    def _read(self, workbook: Workbook, asked: list[Asked], options: Json) -> list[Json]:
        evaluator = self.bench.evaluator(workbook)
        rendering = Rendering(
            options.get("valueRenderOption", "FORMATTED_VALUE"), options.get("dateTimeRenderOption", "SERIAL_NUMBER")
        )
        major = options.get("majorDimension", "ROWS")
        return [value_range(evaluator, one.sheet, one.box, major=major, rendering=rendering) for one in asked]

    def update(self, call: Call) -> Json:
        """Values written into one range."""
        typed = _is_typed(call.query.get("valueInputOption"))
        lines = read_lines(call.body, "values")
        with _Change(self.bench, call) as change:
            asked = read_range(change.workbook, call.arguments["range"])
            written = write_values(change.edit, asked, lines, typed=typed)
            return change.told(written, call.query, major=call.body.get("majorDimension", "ROWS"))

    def batch_update(self, call: Call) -> Json:
        """Values written into several ranges, all or none."""
        typed = _is_typed(call.body.get("valueInputOption"))
        with _Change(self.bench, call) as change:
            done: list[tuple[Written, str]] = []
            for index, given in enumerate(call.body.get("data", [])):
                try:
                    lines = read_lines(given, "values")
                    asked = read_range(change.workbook, given.get("range", ""))
                    written = write_values(change.edit, asked, lines, typed=typed)
                except ApiError as refusal:
                    raise refusal.within(f"data[{index}]") from None
                done.append((written, given.get("majorDimension", "ROWS")))
            return change.told_all(done, call.body)

    def batch_update_by_data_filter(self, call: Call) -> Json:
        """Values written where the filters point at the moment of writing."""
        typed = _is_typed(call.body.get("valueInputOption"))
        with _Change(self.bench, call) as change:
            done: list[tuple[Written, str]] = []
            filters: list[Json] = []
            for index, given in enumerate(call.body.get("data", [])):
                try:
                    data_filter = given.get("dataFilter", {})
                    lines = read_lines(given, "values")
                    for area in areas_of(change.workbook, data_filter):
                        written = write_values(change.edit, _asked(change.workbook, area), lines, typed=typed)
                        done.append((written, given.get("majorDimension", "ROWS")))
                        filters.append(data_filter)
                except ApiError as refusal:
                    raise refusal.within(f"data[{index}]") from None
            answer = change.told_all(done, call.body)
        for response, data_filter in zip(answer.get("responses", []), filters, strict=True):
            response.pop("spreadsheetId")
            response["dataFilter"] = data_filter
        return answer

    def append(self, call: Call) -> Json:
        """Values written below the table found in the range."""
        typed = _is_typed(call.query.get("valueInputOption"))
        lines = read_lines(call.body, "values")
        insert = call.query.get("insertDataOption") == "INSERT_ROWS"
        with _Change(self.bench, call) as change:
            asked = read_range(change.workbook, call.arguments["range"])
            table, written = append_values(change.edit, asked, lines, typed=typed, insert_rows=insert)
            answer: Json = {"spreadsheetId": change.workbook.spreadsheet_id}
            if table is not None:
                answer["tableRange"] = box_text(written.sheet, table)
            answer["updates"] = change.told(written, call.query, major=call.body.get("majorDimension", "ROWS"))
            return answer

    def clear(self, call: Call) -> Json:
        """Values of one range emptied."""
        with _Change(self.bench, call) as change:
            cleared = _clear(change.edit, read_range(change.workbook, call.arguments["range"]))
            return {"spreadsheetId": change.workbook.spreadsheet_id, "clearedRange": cleared}

    def batch_clear(self, call: Call) -> Json:
        """Values of several ranges emptied."""
        with _Change(self.bench, call) as change:
            asked = [read_range(change.workbook, text) for text in call.body.get("ranges", [])]
            cleared = [_clear(change.edit, one) for one in asked]
            return {"spreadsheetId": change.workbook.spreadsheet_id, "clearedRanges": cleared}

    def batch_clear_by_data_filter(self, call: Call) -> Json:
        """Values emptied where the filters point."""
        with _Change(self.bench, call) as change:
            filters = call.body.get("dataFilters", [])
            areas = [area for data_filter in filters for area in areas_of(change.workbook, data_filter)]
            cleared = [_clear(change.edit, _asked(change.workbook, area)) for area in areas]
            return {"spreadsheetId": change.workbook.spreadsheet_id, "clearedRanges": cleared}


class _Change:
    """One writing call: the workbook's transaction and the answers about what was written."""

    def __init__(self, bench: Bench, call: Call) -> None:
        self.bench = bench
        self.call = call
        self.file, self.workbook = open_spreadsheet(bench.state, call, call.arguments["spreadsheetId"], "writer")
        self._transaction = self.workbook.changing()

    def __enter__(self) -> Self:
        self._transaction.__enter__()
        self.edit = self.bench.edit(self.file, self.workbook, self.call)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if kind is None:
            self.bench.state.touch(self.file, self.call.person.email)
        return self._transaction.__exit__(kind, error, trace)

    def told(self, written: Written, options: Json, *, major: str) -> Json:
        """An UpdateValuesResponse, with all values of the range after the update when asked."""
        answer = written.json(self.workbook.spreadsheet_id)
        if options.get("includeValuesInResponse"):
            rendering = Rendering(
                options.get("responseValueRenderOption", "FORMATTED_VALUE"),
                options.get("responseDateTimeRenderOption", "SERIAL_NUMBER"),
            )
            evaluator = self.bench.evaluator(self.workbook)
            answer["updatedData"] = value_range(evaluator, written.sheet, written.box, major=major, rendering=rendering)
        return answer

    def told_all(self, done: list[tuple[Written, str]], options: Json) -> Json:
        """A BatchUpdateValuesResponse; totals count each row and column once."""
        answers = [self.told(written, options, major=major) for written, major in done]
        rows = {(w.sheet.sheet_id, row) for w, _ in done for row in w.rows}
        columns = {(w.sheet.sheet_id, column) for w, _ in done for column in w.columns}
        totals = {
            "totalUpdatedRows": len(rows),
            "totalUpdatedColumns": len(columns),
            "totalUpdatedCells": sum(w.cells for w, _ in done),
            "totalUpdatedSheets": len({w.sheet.sheet_id for w, _ in done if w.cells}),
        }
        found: Json = {"spreadsheetId": self.workbook.spreadsheet_id}
        found |= {name: count for name, count in totals.items() if count}
        return found | {"responses": answers} if answers else found


def _is_typed(option: str | None) -> bool:
    if option not in {"RAW", "USER_ENTERED"}:
        raise bad_field("'valueInputOption' is required but not specified", "valueInputOption")
    return option == "USER_ENTERED"


def _readable_range(workbook: Workbook, text: str) -> Asked:
    asked = read_range(workbook, text)
    if starts_outside(asked.sheet, asked.area):
        raise beyond_grid(asked.sheet, asked.area)
    return asked


def _asked(workbook: Workbook, area: Area) -> Asked:
    sheet: Sheet = workbook.sheet(area.sheet_id)
    box: Box = area.box(sheet.grid.row_count, sheet.grid.column_count)
    return Asked(sheet, area, is_anchor=False, text=box_text(sheet, box))


def _clear(edit: Edit, asked: Asked) -> str:
    if starts_outside(asked.sheet, asked.area):
        raise beyond_grid(asked.sheet, asked.area)
    clear_values(edit, asked.sheet, asked.box)
    return box_text(asked.sheet, asked.box)
