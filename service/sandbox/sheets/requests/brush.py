"""A field mask over CellData turned into the change it makes to one cell."""

from typing import Any, NamedTuple

from service.sandbox.sheets.conditions import check_rule_condition
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.formats.cellformat import normal_format, with_path
from service.sandbox.sheets.formats.links import link_target
from service.sandbox.sheets.formulas.formula import read_formula
from service.sandbox.sheets.limits import CHARACTERS_PER_CELL
from service.sandbox.sheets.state.cells import BLANK, Cell, Value, round_number
from service.sandbox.sheets.state.rules import read_rule
from service.sandbox.sheets.state.workbook import Workbook
from service.sandbox.sheets.wire.masks import Path, update_paths
from service.sandbox.sheets.wire.zeros import without_zeros

Json = dict[str, Any]

LINK: Path = ("textFormat", "link")


class Brush(NamedTuple):
    """What a mask touches. `format_paths` holds paths below userEnteredFormat; an empty path is the whole format."""

    value: bool
    format_paths: tuple[Path, ...]
    sets_link: bool
    note: bool
    rule: bool
    runs: bool


def read_brush(fields: str, at: str) -> Brush:
    """The brush of a request's `fields`; `at` is the place of the mask for error texts."""
    paths = update_paths("CellData", fields, at)
    heads = {path[0] if path else "*" for path in paths}
    everything = "*" in heads
    formats = tuple(path[1:] for path in paths if path and path[0] == "userEnteredFormat")
    if everything:
        formats = ((),)
    return Brush(
        value=everything or "userEnteredValue" in heads,
        format_paths=formats,
        sets_link=any(path[:2] == LINK or LINK[: len(path)] == path for path in formats),
        note=everything or "note" in heads,
        rule=everything or "dataValidation" in heads,
        runs=everything or "textFormatRuns" in heads,
    )


def check_length(text: str) -> str:
    """The text, refused when it is longer than a cell may be."""
    if len(text) > CHARACTERS_PER_CELL:
        raise ApiError(
            f"Your input contains more than the maximum of {CHARACTERS_PER_CELL} characters in a single cell."
        )
    return text


def read_value(workbook: Workbook, entered: Json | None, row: int, column: int) -> Value:
    """The value an ExtendedValue stands for, typed into the cell at these indexes."""
    if not entered:
        return None
    if len(entered) > 1:
        second = list(entered)[1]
        raise ApiError(f"Invalid value: oneof field 'value' is already set. Cannot set '{second}'")
    if "stringValue" in entered:
        return check_length(entered["stringValue"]) or None
    if "numberValue" in entered:
        return round_number(entered["numberValue"])
    if "boolValue" in entered:
        return bool(entered["boolValue"])
    if "formulaValue" in entered:
        return read_formula(check_length(entered["formulaValue"]), row, column, workbook.notation())
    return None


def painted(workbook: Workbook, at: tuple[int, int], old: Cell | None, data: Json, brush: Brush) -> Cell | None:
    """The cell after the brush went over it with this CellData."""
    cell = old or BLANK
    value, style, note, rule, runs = cell.value, cell.format, cell.note, cell.rule, cell.runs
    if brush.value:
        value = read_value(workbook, data.get("userEnteredValue"), *at)
        runs = None
        if not brush.sets_link:
            style = relinked(style, value)
    for path in brush.format_paths:
        style = with_path(style, data.get("userEnteredFormat"), path)
    if brush.note:
        note = data.get("note") or None
    if brush.rule:
        given = without_zeros(data.get("dataValidation"))
        check_rule_condition((given or {}).get("condition", {}))
        rule = read_rule(given, *at, workbook.notation()) if given else None
    if brush.runs:
        runs = tuple(data["textFormatRuns"]) if data.get("textFormatRuns") else None
    if value is None and style is None and note is None and rule is None and runs is None:
        return None
    return Cell(value, style, note, rule, runs)


class Stroke:
    """One CellData going over many cells. Cells that are one and the same, as those of fresh rows are, stay so."""

    def __init__(self, workbook: Workbook, data: Json, brush: Brush) -> None:
        self._workbook = workbook
        self._data = data
        self._brush = brush
        # A rule is read relative to its cell, anything else is the same wherever the cell stands.
        self._is_same_everywhere = not (brush.rule and data.get("dataValidation"))
        self._known: dict[int, tuple[Cell | None, Cell | None]] = {}
        """By identity of the cell before, which is kept beside its result so that the identity stays its own."""

    def over(self, old: Cell | None, at: tuple[int, int]) -> Cell | None:
        """The cell at these indexes after the stroke; the value must be no formula."""
        known = self._known.get(id(old))
        if known is not None:
            return known[1]
        new = painted(self._workbook, at, old, self._data, self._brush)
        if self._is_same_everywhere:
            self._known[id(old)] = (old, new)
        return new


def relinked(style: Json | None, value: Value) -> Json | None:
    """The format after a value was written without saying anything about links: URLs link by themselves."""
    target = link_target(value) if isinstance(value, str) else None
    if target is None and not (style and "link" in style.get("textFormat", {})):
        return style
    text_format = {name: part for name, part in (style or {}).get("textFormat", {}).items() if name != "link"}
    if target is not None:
        text_format["link"] = {"uri": target}
    rest = {name: part for name, part in (style or {}).items() if name != "textFormat"}
    return normal_format(rest | ({"textFormat": text_format} if text_format else {}))
