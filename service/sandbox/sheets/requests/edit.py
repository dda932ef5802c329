"""One batch in progress: the workbook it changes, on whose behalf, and the checks every kind of request shares."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.sandbox.sheets.areas import Area, Box
from service.sandbox.sheets.errors import PROTECTED_TEXTS, ApiError
from service.sandbox.sheets.evaluate import Evaluator
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook
from service.sandbox.sheets.wire.a1 import beyond_grid, starts_outside

Json = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """A change on behalf of `caller` (an e-mail address) at `now_serial`, wall time of the spreadsheet."""

    workbook: Workbook
    caller: str
    now_serial: float
    owner: str = ""
    is_owner: bool = True
    row_metadata_follows_sort: bool = False
    language: str = "en"

    def protected(self) -> ApiError:
        """The refusal of a change of protected cells."""
        return ApiError(PROTECTED_TEXTS[self.language])

    def evaluator(self) -> Evaluator:
        """A fresh evaluator over the state as it is now."""
        return Evaluator(self.workbook, self.now_serial)

    def target(self, grid_range: Json) -> tuple[Sheet, Box]:
        """The tab and the part of its grid that a GridRange names; one that starts outside is refused."""
        area = Area.from_json(grid_range)
        sheet = self.workbook.sheet(area.sheet_id)
        if starts_outside(sheet, area):
            raise beyond_grid(sheet, area)
        return sheet, area.box(sheet.grid.row_count, sheet.grid.column_count)

    def guard(self, sheet: Sheet, box: Box) -> None:
        """Refuse a change of protected cells by anyone who is neither owner nor listed as editor."""
        if self.is_owner:
            return
        for protected in sheet.protected_ranges:
            if protected.get("warningOnly") or self.caller in protected.get("editors", {}).get("users", ()):
                continue
            if self._covered(sheet, protected).touches(box) and not self._is_spared(sheet, protected, box):
                raise self.protected()

    def _covered(self, sheet: Sheet, protected: Json) -> Box:
        named = protected.get("namedRangeId")
        if named and "range" not in protected:
            found = next((n.get("range") for n in self.workbook.named_ranges if n["namedRangeId"] == named), None)
            return sheet.box(found) if found and found["sheetId"] == sheet.sheet_id else Box(0, 0, 0, 0)
        return sheet.box(protected.get("range", {}))

    @staticmethod
    def _is_spared(sheet: Sheet, protected: Json, box: Box) -> bool:
        for spared in protected.get("unprotectedRanges", ()):
            free = sheet.box(spared)
            if free.covers(box.row, box.column) and free.covers(box.end_row - 1, box.end_column - 1):
                return True
        return False

    def guard_sheet(self, sheet: Sheet) -> None:
        """Refuse a structural change of a tab with any protection that binds the caller."""
        self.guard(sheet, sheet.grid.box())


def find_numbered(items: tuple[Json, ...], key: str, wanted: object) -> Iterator[tuple[int, Json]]:
    """Position and object of the entry with this id."""
    for position, item in enumerate(items):
        if item.get(key) == wanted:
            yield position, item


def replaced(items: tuple[Json, ...], position: int, *new: Json) -> tuple[Json, ...]:
    """The tuple with one entry replaced by others, or by nothing."""
    return (*items[:position], *new, *items[position + 1 :])


def masked(old: Json, new: Json, paths: tuple[tuple[str, ...], ...], fixed: tuple[str, ...] = ()) -> Json:
    """`old` with the masked parts taken from `new`; `fixed` names never change."""
    result = dict(old)
    for path in paths:
        if not path:
            result = {**{n: v for n, v in new.items() if n not in fixed}, **{n: old[n] for n in fixed if n in old}}
        elif path[0] not in fixed:
            result = _with(result, new, path)
    return result


def _with(old: Json, new: Json, path: tuple[str, ...]) -> Json:
    name, rest = path[0], path[1:]
    result = dict(old)
    if rest:
        result[name] = _with(old.get(name) or {}, new.get(name) or {}, rest)
    elif name in new:
        result[name] = new[name]
    else:
        result.pop(name, None)
    return result
