"""Formula errors as values: they flow through a formula and end in a cell."""

from typing import NamedTuple


class FormulaError(NamedTuple):
    """`kind` is Google's ErrorValue type, `text` what the cell shows."""

    kind: str
    text: str
    message: str = ""


PARSE = FormulaError("ERROR", "#ERROR!", "Formula parse error.")
DIVIDE = FormulaError("DIVIDE_BY_ZERO", "#DIV/0!", "Function DIVIDE parameter 2 cannot be zero.")
VALUE = FormulaError("VALUE", "#VALUE!", "A parameter expects number values but the given value is text.")
REF = FormulaError("REF", "#REF!", "Reference does not exist.")
CIRCULAR = FormulaError(
    "REF", "#REF!", "Circular dependency detected. To resolve with iterative calculation, see File > Settings."
)
NUM = FormulaError("NUM", "#NUM!", "Result is not a number.")
MISSING = FormulaError("N_A", "#N/A", "Did not find value.")


def unknown_name(name: str) -> FormulaError:
    return FormulaError("NAME", "#NAME?", f"Unknown function: '{name}'.")


def is_error(value: object) -> bool:
    return isinstance(value, FormulaError)
