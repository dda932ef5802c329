"""Deeds on tabs and on the file: names, order, filters, protections, what is frozen, a copy of the file."""

from collections.abc import Sequence
from typing import Any

from service.sandbox.sheets.deeds.grip import Grip, Order, asked
from service.sandbox.sheets.errors import forbidden
from service.sandbox.sheets.formulas.references import column_index
from service.sandbox.sheets.requests.batch import apply_requests

Json = dict[str, Any]


class TabDeeds(Grip):
    """What a person does to tabs and to the file."""

    def rename_tab(self, spreadsheet_id: str, title: str, *, sheet_id: int = 0) -> None:
        """Another title; ranges that name the old one are read no more."""
        self._change_tab(spreadsheet_id, sheet_id, {"title": title}, "title")

    def add_tab(self, spreadsheet_id: str, title: str) -> int:
        """A new tab; its sheet id is returned."""
        (reply,) = self._apply(spreadsheet_id, {"addSheet": {"properties": {"title": title}}})
        return int(reply["addSheet"]["properties"]["sheetId"])

    def duplicate_tab(self, spreadsheet_id: str, *, sheet_id: int = 0) -> int:
        """A copy of a tab to its right; the sheet id of the copy is returned."""
        with self._editing(spreadsheet_id) as edit:
            sheets = edit.workbook.sheets
            place = sheets.index(edit.workbook.sheet(sheet_id)) + 1
            wish = {"duplicateSheet": {"sourceSheetId": sheet_id, "insertSheetIndex": place}}
            (reply,) = apply_requests(edit, [wish])
        return int(reply["duplicateSheet"]["properties"]["sheetId"])

    def delete_tab(self, spreadsheet_id: str, *, sheet_id: int) -> None:
        """A tab deleted with everything on it."""
        self._apply(spreadsheet_id, {"deleteSheet": {"sheetId": sheet_id}})

    def move_tab(self, spreadsheet_id: str, index: int, *, sheet_id: int = 0) -> None:
        """A tab dragged to another place among the tabs, counted before the move."""
        self._change_tab(spreadsheet_id, sheet_id, {"index": index}, "index")

    def hide_tab(self, spreadsheet_id: str, *, sheet_id: int = 0) -> None:
        """A tab hidden; the last visible one cannot be."""
        self._change_tab(spreadsheet_id, sheet_id, {"hidden": True}, "hidden")

    def show_tab(self, spreadsheet_id: str, *, sheet_id: int = 0) -> None:
        """A hidden tab shown again."""
        self._change_tab(spreadsheet_id, sheet_id, {}, "hidden")

    def freeze(self, spreadsheet_id: str, *, rows: int = 0, columns: int = 0, sheet_id: int = 0) -> None:
        """So many rows and columns stay in sight."""
        grid = {"frozenRowCount": rows, "frozenColumnCount": columns}
        fields = "gridProperties.frozenRowCount,gridProperties.frozenColumnCount"
        self._change_tab(spreadsheet_id, sheet_id, {"gridProperties": grid}, fields)

    def _change_tab(self, spreadsheet_id: str, sheet_id: int, properties: Json, fields: str) -> None:
        wish = {"properties": {"sheetId": sheet_id} | properties, "fields": fields}
        self._apply(spreadsheet_id, {"updateSheetProperties": wish})

    def filter(self, spreadsheet_id: str, column: str, hidden_values: Sequence[str], *, sheet_id: int = 0) -> None:
        """The basic filter set over the tab, hiding rows with these texts in a column."""
        criteria = {"columnIndex": column_index(column), "filterCriteria": {"hiddenValues": list(hidden_values)}}
        chosen = {"range": {"sheetId": sheet_id}, "filterSpecs": [criteria]}
        self._apply(spreadsheet_id, {"setBasicFilter": {"filter": chosen}})

    def sort_filter(self, spreadsheet_id: str, column: str, *, order: Order = "ASCENDING", sheet_id: int = 0) -> None:
        """Rows sorted by the arrow of the basic filter, which is put over the tab first where there is none.

        Like every sort it moves content, and rows that the filter hides are sorted along.
        """
        with self._editing(spreadsheet_id) as edit:
            held = edit.workbook.sheet(sheet_id).basic_filter or {"range": {"sheetId": sheet_id}}
            spec = {"dimensionIndex": column_index(column), "sortOrder": order}
            apply_requests(edit, [{"setBasicFilter": {"filter": held | {"sortSpecs": [spec]}}}])

    def clear_filter(self, spreadsheet_id: str, *, sheet_id: int = 0) -> None:
        """The basic filter taken away; every row it hid is shown."""
        self._apply(spreadsheet_id, {"clearBasicFilter": {"sheetId": sheet_id}})

    def protect(
        self,
        spreadsheet_id: str,
        cells: str = "",
        *,
        editors: Sequence[str] = (),
        warning_only: bool = False,
        sheet_id: int = 0,
    ) -> int:
        """A range, or the whole tab, that only its editors may change; the id of the protection is returned."""
        with self._editing(spreadsheet_id) as edit:
            where = asked(edit.workbook, sheet_id, cells).area.to_json() if cells else {"sheetId": sheet_id}
            wish = {"range": where, "warningOnly": warning_only, "editors": {"users": list(editors)}}
            if warning_only:
                del wish["editors"]
            (reply,) = apply_requests(edit, [{"addProtectedRange": {"protectedRange": wish}}])
        return int(reply["addProtectedRange"]["protectedRange"]["protectedRangeId"])

    def unprotect(self, spreadsheet_id: str, *, sheet_id: int = 0) -> None:
        """Every protection of the tab taken away."""
        with self._editing(spreadsheet_id) as edit:
            held = edit.workbook.sheet(sheet_id).protected_ranges
            wishes = [{"deleteProtectedRange": {"protectedRangeId": one["protectedRangeId"]}} for one in held]
            if wishes:
                apply_requests(edit, wishes)

    def merge(self, spreadsheet_id: str, cells: str, *, sheet_id: int = 0) -> None:
        """Cells made one; only the first keeps its value."""
        with self._editing(spreadsheet_id) as edit:
            where = asked(edit.workbook, sheet_id, cells).area.to_json()
            apply_requests(edit, [{"mergeCells": {"range": where, "mergeType": "MERGE_ALL"}}])

    def rename_file(self, spreadsheet_id: str, title: str) -> None:
        """Another title of the file."""
        wish = {"properties": {"title": title}, "fields": "title"}
        self._apply(spreadsheet_id, {"updateSpreadsheetProperties": wish})

    def copy_file(self, spreadsheet_id: str, *, title: str = "") -> str:
        """A copy of the file, metadata included, which belongs to the copier alone; its id is returned."""
        self._late.land_due()
        file, _ = self._open(spreadsheet_id)
        if self._standing(file) is None:
            raise forbidden()
        return self._bench.state.copy(file, self._who(file), title or f"Copy of {file.title}").file_id
