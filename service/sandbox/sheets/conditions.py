"""Boolean conditions, as conditional formats and filters use them: does a cell meet one?

Relative dates and the conditions of data validation are not imitated: they are never met.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from service.sandbox.sheets.evaluate import Evaluator
from service.sandbox.sheets.formats.locales import words_of
from service.sandbox.sheets.formats.typed import read_typed
from service.sandbox.sheets.formulas.formula import Formula, read_formula
from service.sandbox.sheets.formulas.operators import Scalar, compare
from service.sandbox.sheets.formulas.syntax import tree_of
from service.sandbox.sheets.state.sheet import Sheet

Json = dict[str, Any]

_TEXT: dict[str, Callable[[str, str], bool]] = {
    "TEXT_CONTAINS": lambda text, wanted: wanted in text,
    "TEXT_NOT_CONTAINS": lambda text, wanted: wanted not in text,
    "TEXT_STARTS_WITH": str.startswith,
    "TEXT_ENDS_WITH": str.endswith,
    "TEXT_EQ": lambda text, wanted: text == wanted,
    "TEXT_NOT_EQ": lambda text, wanted: text != wanted,
}
_ORDER: dict[str, Callable[[int], bool]] = {
    "GREATER": lambda order: order > 0,
    "GREATER_THAN_EQ": lambda order: order >= 0,
    "LESS": lambda order: order < 0,
    "LESS_THAN_EQ": lambda order: order <= 0,
    "EQ": lambda order: order == 0,
    "NOT_EQ": lambda order: order != 0,
    "AFTER": lambda order: order > 0,
    "ON_OR_AFTER": lambda order: order >= 0,
    "BEFORE": lambda order: order < 0,
    "ON_OR_BEFORE": lambda order: order <= 0,
}


class Place(NamedTuple):
    """A cell that is tested: its indexes, its effective value and its shown text."""

    row: int
    column: int
    value: Scalar
    text: str


class Condition:
    """A BooleanCondition read once for a tab; formulas in it are relative to `anchor` (row, column)."""

    def __init__(self, evaluator: Evaluator, sheet: Sheet, given: Json, anchor: tuple[int, int]) -> None:
        self.evaluator = evaluator
        self.sheet = sheet
        self.kind: str = given.get("type", "")
        self.operands = [self._read(entry.get("userEnteredValue", ""), anchor) for entry in given.get("values", [])]

    def _read(self, text: str, anchor: tuple[int, int]) -> Scalar | Formula:
        typed = read_typed(text, words_of(self.evaluator.workbook.properties["locale"]))
        if typed.formula is None:
            return typed.value
        return read_formula(typed.formula, *anchor, self.evaluator.workbook.sheet_ids())

    def _operand(self, at: int, place: Place) -> Scalar:
        operand = self.operands[at] if at < len(self.operands) else None
        if not isinstance(operand, Formula):
            return operand
        result = self.evaluator.result(tree_of(operand), (self.sheet.sheet_id, place.row, place.column))
        while isinstance(result, list):
            result = result[0] if result else None
        return result

    def holds(self, place: Place) -> bool:
        """Does the cell meet the condition?"""
        if self.kind == "BLANK":
            return place.value in (None, "")
        if self.kind == "NOT_BLANK":
            return place.value not in (None, "")
        if self.kind == "CUSTOM_FORMULA":
            verdict = self._operand(0, place)
            return verdict is True or (isinstance(verdict, float) and verdict != 0)
        if self.kind in _TEXT:
            return _TEXT[self.kind](place.text.lower(), str(self._operand(0, place) or "").lower())
        return self._orders(place)

    def _orders(self, place: Place) -> bool:
        if not isinstance(place.value, float):
            return False
        family, _, name = self.kind.partition("_")
        if family not in {"NUMBER", "DATE"}:
            return False
        first = compare(place.value, self._operand(0, place))
        if name in {"BETWEEN", "NOT_BETWEEN"}:
            inside = first >= 0 and compare(place.value, self._operand(1, place)) <= 0
            return inside is (name == "BETWEEN")
        return name in _ORDER and _ORDER[name](first)
