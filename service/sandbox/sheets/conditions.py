"""Boolean conditions, as conditional formats, filters and validation rules use them: does a cell meet one?

A condition on dates looks at the day only. Filter expressions of data sources are never met. Which operands a
condition may have is told by the descriptions in Google's discovery file; the words of the refusals are ours.
"""

import math
import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.evaluate import Evaluator
from service.sandbox.sheets.formats.dates import EPOCH, serial_of
from service.sandbox.sheets.formats.locales import words_of
from service.sandbox.sheets.formats.typed import read_typed
from service.sandbox.sheets.formulas.formula import Formula, read_formula
from service.sandbox.sheets.formulas.functions import flat
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


_FORMS = frozenset({"BOOLEAN", "ONE_OF_LIST", "ONE_OF_RANGE", "DATE_IS_VALID", "TEXT_IS_EMAIL", "TEXT_IS_URL"})
_DAYS_FROM_TODAY = {"TODAY": 0, "TOMORROW": 1, "YESTERDAY": -1, "PAST_WEEK": -7}
_MONTHS_BACK = {"PAST_MONTH": 1, "PAST_YEAR": 12}
_SIDES_OF_A_DAY = frozenset({"DATE_BEFORE", "DATE_AFTER", "DATE_ON_OR_BEFORE", "DATE_ON_OR_AFTER"})
"""The conditions that may compare with a relative date."""
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+\Z")
_ADDRESS = re.compile(r"(?:https?|ftp)://\S+\Z|(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?\Z", re.IGNORECASE)


def check_condition(given: Json) -> None:
    """Refuse a relative date in a condition of a conditional format or filter that does not take one."""
    kind = given.get("type", "CONDITION_TYPE_UNSPECIFIED")
    if _is_relative(given) and kind not in _SIDES_OF_A_DAY:
        raise ApiError(f"ConditionValue.relativeDate is not supported for conditions of type {kind}.")


def check_rule_condition(given: Json) -> None:
    """Refuse a relative date in the condition of a validation rule, where there are none."""
    if _is_relative(given):
        raise ApiError("ConditionValue.relativeDate is not supported in data validation.")


def _is_relative(given: Json) -> bool:
    return any((value or {}).get("relativeDate") for value in given.get("values", ()))


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
        values = given.get("values", [])
        self.operands = [self._read(entry, anchor) for entry in values]
        self.texts = [entry.get("userEnteredValue", "") for entry in values]

    def _read(self, given: Json, anchor: tuple[int, int]) -> Scalar | Formula:
        if given.get("relativeDate"):
            return _day_named(given["relativeDate"], math.floor(self.evaluator.now_serial))
        text = given.get("userEnteredValue", "")
        typed = read_typed(text, words_of(self.evaluator.workbook.properties["locale"]))
        if typed.formula is None:
            return typed.value
        return read_formula(typed.formula, *anchor, self.evaluator.workbook.notation())

    def _operand(self, at: int, place: Place) -> Scalar:
        operand = self.operands[at] if at < len(self.operands) else None
        return next(self._found(operand, place), None) if isinstance(operand, Formula) else operand

    def _found(self, operand: Formula, place: Place) -> Iterator[Scalar]:
        """Every value the formula of an operand stands for, seen from the cell."""
        here = (self.sheet.sheet_id, place.row, place.column)
        wants_all = self.kind == "ONE_OF_RANGE"
        yield from (value for value, _ in flat((self.evaluator.result(tree_of(operand), here, arrays=wants_all),)))

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
        return self._matches(place) if self.kind in _FORMS else self._orders(place)

    def _matches(self, place: Place) -> bool:
        """Conditions on what a value is, which validation rules are made of."""
        if self.kind == "BOOLEAN":
            return place.text in self.texts if self.texts else isinstance(place.value, bool)
        if self.kind == "ONE_OF_LIST":
            return place.text in self.texts
        if self.kind == "ONE_OF_RANGE":
            wanted = [value for one in self.operands if isinstance(one, Formula) for value in self._found(one, place)]
            return any(value is not None and compare(place.value, value) == 0 for value in wanted)
        if self.kind == "DATE_IS_VALID":
            return isinstance(place.value, float) and not isinstance(place.value, bool)
        return bool((_EMAIL if self.kind == "TEXT_IS_EMAIL" else _ADDRESS).match(place.text))

    def _orders(self, place: Place) -> bool:
        if not isinstance(place.value, float):
            return False
        family, _, name = self.kind.partition("_")
        if family not in {"NUMBER", "DATE"}:
            return False
        value = float(math.floor(place.value)) if family == "DATE" else place.value
        first = compare(value, self._operand(0, place))
        if name in {"BETWEEN", "NOT_BETWEEN"}:
            inside = first >= 0 and compare(value, self._operand(1, place)) <= 0
            return inside is (name == "BETWEEN")
        return name in _ORDER and _ORDER[name](first)


def _day_named(name: str, today: int) -> float | None:
    """The serial of a relative date. A month or year back is the same day there, or the last one of a shorter month."""
    if name not in _MONTHS_BACK:
        return None if name not in _DAYS_FROM_TODAY else float(today + _DAYS_FROM_TODAY[name])
    now = EPOCH + timedelta(days=today)
    year, month = divmod(now.year * 12 + now.month - 1 - _MONTHS_BACK[name], 12)
    return serial_of(date(year, month + 1, min(now.day, monthrange(year, month + 1)[1])))
