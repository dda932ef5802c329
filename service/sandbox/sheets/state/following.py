"""How rules, filters and charts follow rows and columns: ranges, anchors, and the formulas inside conditions."""

from typing import Any

from service.sandbox.sheets.areas import Area, Shift
from service.sandbox.sheets.formulas.formula import read_formula
from service.sandbox.sheets.formulas.notation import Notation
from service.sandbox.sheets.formulas.references import Mover, Place
from service.sandbox.sheets.state.sheet import shifted_range

Json = dict[str, Any]

BOUNDS = frozenset({"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"})
_ANCHOR = {"ROWS": "rowIndex", "COLUMNS": "columnIndex"}


class Follower:
    """Moves rules along with whatever moves their cells; in formulas only the references change."""

    def __init__(self, mover: Mover, notation: Notation) -> None:
        self.mover = mover
        self.notation = notation.verbatim()

    def rule(self, rule: Json) -> Json | None:
        """A conditional format after the shift; None when all its ranges are gone."""
        old = [Area.from_json(where) for where in rule["ranges"]]
        new = [area for area in map(self.mover.area, old) if area is not None]
        if not new:
            return None
        moved = rule | {"ranges": [area.to_json() for area in new]}
        if "booleanRule" in rule:
            places = (_corner(old), _corner(new))
            condition = self._condition(rule["booleanRule"].get("condition", {}), places)
            moved["booleanRule"] = rule["booleanRule"] | {"condition": condition}
        return moved

    def _condition(self, condition: Json, places: tuple[Place, Place]) -> Json:
        values = [self._operand(value, places) for value in condition.get("values", [])]
        return condition | {"values": values} if values else condition

    def _operand(self, value: Json, places: tuple[Place, Place]) -> Json:
        text = value.get("userEnteredValue", "")
        if not text.startswith("="):
            return value
        old, new = places
        formula = read_formula(text, old.row, old.column, self.notation).moved(self.mover, old, new)
        return value | {"userEnteredValue": formula.text(new.row, new.column, self.notation)}


class ShiftFollower(Follower):
    """Moves filters and charts too, which only rows and columns take along."""

    def __init__(self, shift: Shift, notation: Notation) -> None:
        super().__init__(shift, notation)
        self.shift = shift

    def filter(self, given: Json) -> Json | None:
        """A filter or filter view after the shift; None when its range is gone."""
        moved = shifted_range(given, self.shift)
        if moved is None or "range" not in given:
            return moved
        old, new = Area.from_json(given["range"]), Area.from_json(moved["range"])
        rows = (1 + (old.row or 0), 1 + (new.row or 0))
        for spec in moved.get("filterSpecs", []):
            criteria = spec.get("filterCriteria", {})
            if "condition" in criteria:
                places = [Place(area.sheet_id, row, 0) for area, row in zip((old, new), rows, strict=True)]
                condition = self._condition(criteria["condition"], (places[0], places[1]))
                spec["filterCriteria"] = criteria | {"condition": condition}
        return moved

    def drawing(self, value: Any) -> Any:
        """A chart after the shift: source ranges and anchor cell move, what is gone stays where it was."""
        if isinstance(value, list):
            return [self.drawing(entry) for entry in value]
        if not isinstance(value, dict):
            return value
        if BOUNDS & set(value):
            area = self.shift.area(Area.from_json(value))
            return value if area is None else area.to_json()
        moved = {name: self.drawing(entry) for name, entry in value.items()}
        anchor = value.get("anchorCell")
        if isinstance(anchor, dict) and anchor.get("sheetId", 0) == self.shift.sheet_id:
            name = _ANCHOR[self.shift.dimension]
            at = self.shift.at(anchor.get(name, 0))
            moved["anchorCell"] = anchor | {name: self.shift.start if at is None else at}
        return moved


def _corner(areas: list[Area]) -> Place:
    """The cell that formulas of a rule are relative to."""
    return Place(areas[0].sheet_id, min(area.row or 0 for area in areas), min(area.column or 0 for area in areas))
