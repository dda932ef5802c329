"""Deeds on rows and columns: insert, delete, move, copy, hide, resize. Indexes count from 0, ends exclusive."""

from typing import Any

from service.sandbox.sheets.deeds.grip import Dimension, Grip, span

Json = dict[str, Any]


class LineDeeds(Grip):
    """What a person does to rows and columns."""

    def insert(self, spreadsheet_id: str, dimension: Dimension, at: int, *, count: int = 1, sheet_id: int = 0) -> None:
        """Blank rows or columns put in before an index."""
        where = span(sheet_id, dimension, at, at + count)
        self._apply(spreadsheet_id, {"insertDimension": {"range": where, "inheritFromBefore": at > 0}})

    def delete(self, spreadsheet_id: str, dimension: Dimension, at: int, *, count: int = 1, sheet_id: int = 0) -> None:
        """Rows or columns deleted."""
        self._apply(spreadsheet_id, {"deleteDimension": {"range": span(sheet_id, dimension, at, at + count)}})

    def move(
        self,
        spreadsheet_id: str,
        dimension: Dimension,
        at: int,
        *,
        to: int,
        count: int = 1,
        sheet_id: int = 0,
    ) -> None:
        """Rows or columns dragged; `to` is the index before which they land, counted before the move."""
        where = span(sheet_id, dimension, at, at + count)
        self._apply(spreadsheet_id, {"moveDimension": {"source": where, "destinationIndex": to}})

    def duplicate_row(self, spreadsheet_id: str, at: int, *, to: int | None = None, sheet_id: int = 0) -> None:
        """A copy of a row put in below it, or before the index `to`: two rows with one key."""
        place = at + 1 if to is None else to
        moved = at + 1 if place <= at else at
        source = {"sheetId": sheet_id, "startRowIndex": moved, "endRowIndex": moved + 1}
        target = {"sheetId": sheet_id, "startRowIndex": place, "endRowIndex": place + 1}
        insertion = {"range": span(sheet_id, "ROWS", place, place + 1), "inheritFromBefore": place > 0}
        self._apply(
            spreadsheet_id,
            {"insertDimension": insertion},
            {"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}},
        )

    def hide(self, spreadsheet_id: str, dimension: Dimension, at: int, *, count: int = 1, sheet_id: int = 0) -> None:
        """Rows or columns hidden."""
        where = span(sheet_id, dimension, at, at + count)
        self._apply(spreadsheet_id, _line_change(where, {"hiddenByUser": True}, "hiddenByUser"))

    def show(self, spreadsheet_id: str, dimension: Dimension, at: int, *, count: int = 1, sheet_id: int = 0) -> None:
        """Rows or columns shown again."""
        where = span(sheet_id, dimension, at, at + count)
        self._apply(spreadsheet_id, _line_change(where, {}, "hiddenByUser"))

    def resize(self, spreadsheet_id: str, dimension: Dimension, at: int, *, pixels: int, sheet_id: int = 0) -> None:
        """A row made higher or a column made wider."""
        where = span(sheet_id, dimension, at, at + 1)
        self._apply(spreadsheet_id, _line_change(where, {"pixelSize": pixels}, "pixelSize"))


def _line_change(where: Json, properties: Json, fields: str) -> Json:
    return {"updateDimensionProperties": {"range": where, "properties": properties, "fields": fields}}
