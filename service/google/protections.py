"""Protections of a spreadsheet that keep the caller out, and whether a request meets one. Pure.

Google refuses such a request in the language of the account; the protections themselves it tells in all of them alike.
Indexes count from 0, ends are one past the last; None = unbounded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.google.grid import Json

FIELDS = "sheets(properties.sheetId,protectedRanges)"


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a tab."""

    sheet_id: int
    rows: tuple[int, int | None] = (0, None)
    columns: tuple[int, int | None] = (0, None)

    def meets(self, other: "Area") -> bool:
        return self.sheet_id == other.sheet_id and _meet(self.rows, other.rows) and _meet(self.columns, other.columns)

    def covers(self, other: "Area") -> bool:
        return (
            self.sheet_id == other.sheet_id and _covers(self.rows, other.rows) and _covers(self.columns, other.columns)
        )


def keeps_out(answer: Mapping[str, Any], requests: Sequence[Json]) -> bool:
    """Whether one of the batch's requests meets a protection in this answer (`FIELDS`) that the caller may not edit."""
    shut = [
        (Area(int(sheet["properties"].get("sheetId", 0))), protection)
        for sheet in answer.get("sheets", ())
        for protection in sheet.get("protectedRanges", ())
        if not protection.get("warningOnly") and not protection.get("requestingUserCanEdit")
    ]
    return any(_is_shut(area, tab, one) for request in requests for area in areas_of(request) for tab, one in shut)


def _is_shut(area: Area, tab: Area, protection: Json) -> bool:
    """A protection that tells no range of its own (of a named range, of a table) may lie anywhere in its tab."""
    spared = [_of_range(one, tab.sheet_id) for one in protection.get("unprotectedRanges", ())]
    covered = _of_range(protection.get("range", {}), tab.sheet_id)
    return covered.meets(area) and not any(one.covers(area) for one in spared)


def areas_of(request: Json) -> Iterable[Area]:
    """What a request of a batch is about, as far as it names it."""
    for body in request.values():
        if "start" in body:
            yield _written(body)
        for name in ("range", "source", "destination"):
            if isinstance(body.get(name), Mapping):
                yield _of_range(body[name])
        if "dimension" in body:  # appendDimension names its tab beside it
            yield Area(int(body.get("sheetId", 0)))


def _written(body: Json) -> Area:
    start, rows = body["start"], body.get("rows", ())
    top, left = int(start.get("rowIndex", 0)), int(start.get("columnIndex", 0))
    width = max((len(row.get("values", ())) for row in rows), default=0)
    return Area(int(start.get("sheetId", 0)), (top, top + len(rows)), (left, left + width))


def _of_range(given: Mapping[str, Any], sheet_id: int = 0) -> Area:
    """A GridRange or a DimensionRange; what it leaves out is unbounded, and the tab the first or the one given."""
    found = int(given.get("sheetId", sheet_id))
    if "dimension" in given:
        span = (int(given.get("startIndex", 0)), _end(given, "endIndex"))
        return Area(found, rows=span) if given["dimension"] == "ROWS" else Area(found, columns=span)
    rows = (int(given.get("startRowIndex", 0)), _end(given, "endRowIndex"))
    columns = (int(given.get("startColumnIndex", 0)), _end(given, "endColumnIndex"))
    return Area(found, rows, columns)


def _end(given: Mapping[str, Any], name: str) -> int | None:
    return int(given[name]) if name in given else None


def _meet(one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])


def _covers(one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    return one[0] <= other[0] and (one[1] is None or (other[1] is not None and other[1] <= one[1]))
