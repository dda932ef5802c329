"""Coercions and operators on formula values, scalar or array. Blank is None; errors win over everything."""

from collections.abc import Callable
from typing import Any

from service.sandbox.sheets.formats.locales import words_of
from service.sandbox.sheets.formats.numbers import draw_general
from service.sandbox.sheets.formats.typed import read_typed
from service.sandbox.sheets.formula_errors import DIVIDE, NUM, VALUE, FormulaError

Scalar = str | float | bool | FormulaError | None
Array = list[list[Any]]
Result = Scalar | Array

_ENGLISH = words_of("en_US")


def as_number(value: Scalar) -> float | FormulaError:
    """A number for arithmetic; text that reads as one counts, other text is #VALUE!."""
    if isinstance(value, FormulaError):
        return value
    if value is None or isinstance(value, (bool, float, int)):
        return float(value or 0)
    typed = read_typed(value, _ENGLISH) if value.strip() else None
    if typed is None or not isinstance(typed.value, float):
        return VALUE
    return typed.value


def as_text(value: Scalar) -> str | FormulaError:
    if isinstance(value, FormulaError):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value if isinstance(value, str) else draw_general(value, _ENGLISH)


def as_truth(value: Scalar) -> bool | FormulaError:
    """A condition; text other than TRUE and FALSE is #VALUE!."""
    if isinstance(value, str):
        named = {"TRUE": True, "FALSE": False, "": False}
        return named.get(value.upper(), VALUE)
    return value if isinstance(value, FormulaError) else bool(value)


def _rank(value: Scalar) -> tuple[int, Any]:
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, str):
        return 1, value.casefold()
    return 0, value or 0.0


def compare(left: Scalar, right: Scalar) -> int:
    """-1, 0 or 1; numbers before text before booleans, text without regard to case, blank equals 0, "" and FALSE."""
    blank: dict[type, Scalar] = {str: "", bool: False}
    if left is None and right is not None:
        left = blank.get(type(right), 0.0)
    if right is None and left is not None:
        right = blank.get(type(left), 0.0)
    one, two = _rank(left), _rank(right)
    return (one > two) - (one < two)


_VERDICTS: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def _arithmetic(sign: str, left: float, right: float) -> float | FormulaError:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    if sign == "/":
        return left / right if right else DIVIDE
    try:
        power = left**right
    except (OverflowError, ZeroDivisionError):
        return NUM
    return NUM if isinstance(power, complex) else float(power)


def operate(sign: str, left: Scalar, right: Scalar) -> Scalar:
    """One binary operation on scalars."""
    if isinstance(left, FormulaError):
        return left
    if isinstance(right, FormulaError):
        return right
    if sign in _VERDICTS:
        return _VERDICTS[sign](compare(left, right))
    if sign == "&":
        return f"{as_text(left)}{as_text(right)}"
    one, two = as_number(left), as_number(right)
    if isinstance(one, FormulaError):
        return one
    return two if isinstance(two, FormulaError) else _arithmetic(sign, one, two)


def broadcast(call: Callable[..., Scalar], *arguments: Result) -> Result:
    """`call` on scalars, or element by element when any argument is an array; single rows and columns stretch."""
    arrays = [argument for argument in arguments if isinstance(argument, list)]
    if not arrays:
        return call(*arguments)
    height = max(len(array) for array in arrays)
    width = max(len(array[0]) if array else 0 for array in arrays)

    def pick(argument: Result, row: int, column: int) -> Scalar:
        if not isinstance(argument, list):
            return argument
        line = argument[0 if len(argument) == 1 else row] if len(argument) == 1 or row < len(argument) else []
        if len(line) == 1:
            return line[0]  # type: ignore[no-any-return]  # arrays hold scalars
        return line[column] if column < len(line) else FormulaError("N_A", "#N/A", "Array sizes differ.")

    return [[call(*(pick(a, row, column) for a in arguments)) for column in range(width)] for row in range(height)]
