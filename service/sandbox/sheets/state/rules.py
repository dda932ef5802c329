"""A cell's data validation rule. Its formulas are kept relative to the cell, like the cell's own formula."""

from typing import Any, NamedTuple

from service.sandbox.sheets.formulas.formula import Formula, read_formula
from service.sandbox.sheets.formulas.notation import Notation
from service.sandbox.sheets.formulas.references import Mover, Place

Json = dict[str, Any]


class Rule(NamedTuple):
    """`given` is the rule as set; `formulas` has one entry per value of its condition, None for plain values."""

    given: Json
    formulas: tuple[Formula | None, ...] = ()

    @property
    def is_checkbox(self) -> bool:
        """Does the cell show a box to tick?"""
        return bool(self.given.get("condition", {}).get("type") == "BOOLEAN")

    @property
    def refers(self) -> bool:
        """Does it point at any cell?"""
        return any(formula is not None for formula in self.formulas)

    @property
    def crosses_rows(self) -> bool:
        """Does it point at any row but its own?"""
        return bool(self.formulas) and any(one is not None and one.crosses_rows for one in self.formulas)

    def json(self, row: int, column: int, notation: Notation) -> Json:
        """The DataValidationRule as the cell at these indexes shows it."""
        if not self.refers:
            return self.given
        verbatim = notation.verbatim()
        condition = self.given["condition"]
        values = [
            value if formula is None else value | {"userEnteredValue": formula.text(row, column, verbatim)}
            for value, formula in zip(condition["values"], self.formulas, strict=True)
        ]
        return self.given | {"condition": condition | {"values": values}}

    def moved(self, mover: Mover, old: Place, new: Place) -> "Rule":
        """The rule after cells moved, its own cell from `old` to `new`; itself when nothing changes for it."""
        formulas = tuple(None if one is None else one.moved(mover, old, new) for one in self.formulas)
        return self if formulas == self.formulas else Rule(self.given, formulas)


def read_rule(given: Json, row: int, column: int, notation: Notation) -> Rule:
    """The rule set on the cell at these indexes. Items of a list are never formulas."""
    condition = given.get("condition", {})
    if condition.get("type") == "ONE_OF_LIST":
        return Rule(given)
    texts = [value.get("userEnteredValue", "") for value in condition.get("values", [])]
    verbatim = notation.verbatim()
    found = [read_formula(text, row, column, verbatim) if text.startswith("=") else None for text in texts]
    return Rule(given, tuple(found) if any(found) else ())
