"""Evaluation of the formulas of one workbook at one moment. An Evaluator lives for one request: it remembers results.

NOW() and TODAY() come from the moment handed in (wall time of the spreadsheet), never from a clock.
"""

from collections.abc import Callable

from service.sandbox.sheets.areas import Area
from service.sandbox.sheets.formula_errors import CIRCULAR, REF, VALUE, FormulaError, unknown_name
from service.sandbox.sheets.formulas.formula import Formula
from service.sandbox.sheets.formulas.functions import AGGREGATES, FETCHING, NOT_FETCHED, SCALARS, drawn_text
from service.sandbox.sheets.formulas.lookups import LOOKUPS
from service.sandbox.sheets.formulas.operators import Result, Scalar, as_truth, broadcast, operate
from service.sandbox.sheets.formulas.syntax import Call, Constant, Literal, Look, Node, Operation, tree_of
from service.sandbox.sheets.state.cells import Cell
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook

Place = tuple[int, int, int]
"""Sheet id, row, column."""

RANGED = AGGREGATES | LOOKUPS
"""Functions that take whole ranges."""
SPECIAL = frozenset({"ARRAYFORMULA", "IF", "IFS", "IFERROR", "ROW", "COLUMN", "NOW", "TODAY", "TEXT"})
"""Functions that need more than the values of their arguments; the others are in `formulas/functions.py`."""

_TOO_DEEP = FormulaError("ERROR", "#ERROR!", "Formula chain is too long.")


class Evaluator:
    """Effective values of a workbook's cells at `now`, a wall-time moment whose zone is ignored."""

    def __init__(self, workbook: Workbook, now_serial: float) -> None:
        self.workbook = workbook
        self.now_serial = now_serial
        self._known: dict[Place, Result] = {}
        self._spills: dict[int, dict[tuple[int, int], Scalar]] = {}
        self._scanned: set[int] = set()

    def value(self, sheet: Sheet, row: int, column: int, cell: Cell | None) -> Scalar:
        """What the cell holds once formulas are worked out, spilled neighbours included."""
        held = None if cell is None else cell.value
        if isinstance(held, Formula):
            try:
                return _first(self._formula(sheet, row, column, held))
            except RecursionError:
                return _TOO_DEEP
        if held is None and sheet.grid.spilling_rows:
            return self.spilled(sheet).get((row, column))
        return held

    def spilled(self, sheet: Sheet) -> dict[tuple[int, int], Scalar]:
        """Values that array formulas of this tab write into other cells."""
        found = self._spills.setdefault(sheet.sheet_id, {})
        if sheet.grid.spilling_rows and sheet.sheet_id not in self._scanned:
            self._scanned.add(sheet.sheet_id)
            for index in sheet.grid.positions(sheet.grid.spilling_rows).values():
                for column, cell in enumerate(sheet.grid.row_cells(index, sheet.grid.box())):
                    if cell is not None and isinstance(cell.value, Formula) and cell.value.spills:
                        self._formula(sheet, index, column, cell.value)
        return found

    def _formula(self, sheet: Sheet, row: int, column: int, formula: Formula) -> Result:
        place = (sheet.sheet_id, row, column)
        if place not in self._known:
            self._known[place] = CIRCULAR
            result = self.result(tree_of(formula), place)
            if formula.spills and isinstance(result, list):
                result = self._spread(sheet, row, column, result)
            self._known[place] = result
        return self._known[place]

    def _spread(self, sheet: Sheet, row: int, column: int, result: list[list[Scalar]]) -> Result:
        """Write an array's other values into the cells around it, or answer #REF! where one of those is taken."""
        spots = {
            (row + down, column + right): value
            for down, line in enumerate(result)
            for right, value in enumerate(line)
            if (down or right) and row + down < sheet.grid.row_count and column + right < sheet.grid.column_count
        }
        if any(sheet.grid.is_valued(*spot) for spot in spots):
            return FormulaError("REF", "#REF!", "Array result was not expanded because it would overwrite data.")
        self._spills.setdefault(sheet.sheet_id, {}).update(spots)
        return result

    def result(self, node: Node, place: Place, *, arrays: bool = False) -> Result:
        """Value of a tree seen from a cell; with `arrays` operations run over whole ranges."""
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Look):
            return self._look(node, place, arrays=arrays)
        if isinstance(node, Operation):
            left = 0.0 if node.left is None else self.result(node.left, place, arrays=arrays)
            right = self.result(node.right, place, arrays=arrays)
            return broadcast(lambda one, two: operate(node.sign, one, two), left, right)
        if isinstance(node, Literal):
            return self._literal(node, place)
        return self._call(node, place, arrays=arrays)

    def _call(self, call: Call, place: Place, *, arrays: bool) -> Result:
        name = call.name
        if name in SPECIAL:
            return self._special(call, place, arrays=arrays)
        if name in RANGED:
            return _applied(RANGED[name], [self.result(a, place, arrays=True) for a in call.arguments])
        if name in SCALARS:
            values = [self.result(argument, place, arrays=arrays) for argument in call.arguments]
            return _applied(lambda *given: broadcast(SCALARS[name], *given), values)
        return NOT_FETCHED if name in FETCHING else unknown_name(name)

    def _text(self, value: Scalar, pattern: Scalar) -> Scalar:
        return drawn_text(value, pattern, self.workbook.properties["locale"])

    def _special(self, call: Call, place: Place, *, arrays: bool) -> Result:
        name, arguments = call.name, call.arguments
        if name == "NOW":
            return self.now_serial
        if name == "TODAY":
            return float(int(self.now_serial))
        if name in {"ROW", "COLUMN"}:
            return self._position(call, place)
        if not arguments:
            return FormulaError("N_A", "#N/A", f"Wrong number of arguments to {name}.")
        if name == "ARRAYFORMULA":
            return self.result(arguments[0], place, arrays=True)
        if name == "TEXT":
            values = [self.result(argument, place, arrays=arrays) for argument in arguments]
            return _applied(lambda value, pattern: broadcast(self._text, value, pattern), values)
        if name == "IFERROR":
            fallback = self.result(arguments[1], place, arrays=arrays) if len(arguments) > 1 else None
            value = self.result(arguments[0], place, arrays=arrays)
            return broadcast(lambda v, other: other if isinstance(v, FormulaError) else v, value, fallback)
        return self._choose(call, place, arrays=arrays)

    def _choose(self, call: Call, place: Place, *, arrays: bool) -> Result:
        """IF and IFS; with scalar conditions only the chosen branch is worked out."""
        arguments = call.arguments
        condition = self.result(arguments[0], place, arrays=arrays)
        rest: Node = Constant(False)
        if call.name == "IFS":
            rest = (
                Call("IFS", arguments[2:]) if len(arguments) > 2 else Constant(FormulaError("N_A", "#N/A", "No match."))
            )
        elif len(arguments) > 2:
            rest = arguments[2]
        then: Node = arguments[1] if len(arguments) > 1 else Constant(True)
        if not isinstance(condition, list):
            truth = as_truth(condition)
            return (
                truth if isinstance(truth, FormulaError) else self.result(then if truth else rest, place, arrays=arrays)
            )
        yes, no = self.result(then, place, arrays=arrays), self.result(rest, place, arrays=arrays)
        return broadcast(_pick, condition, yes, no)

    def _position(self, call: Call, place: Place) -> Result:
        row, column = place[1], place[2]
        if call.arguments and isinstance(call.arguments[0], Look):
            area = call.arguments[0].reference.area(*place)
            if area is None:
                return REF
            row, column = area.row or 0, area.column or 0
        return float((row if call.name == "ROW" else column) + 1)

    def _literal(self, node: Literal, place: Place) -> Result:
        lines: list[list[Scalar]] = []
        for row in node.rows:
            parts = [self.result(entry, place, arrays=True) for entry in row]
            blocks = [part if isinstance(part, list) else [[part]] for part in parts]
            height = max(len(block) for block in blocks)
            if any(len(block) != height for block in blocks):
                return FormulaError("VALUE", "#VALUE!", "Function ARRAY_ROW parameter sizes differ.")
            lines.extend([value for block in blocks for value in block[line]] for line in range(height))
        return lines

    def _look(self, node: Look, place: Place, *, arrays: bool) -> Result:
        area = node.reference.area(*place)
        sheet = None if area is None else next((s for s in self.workbook.sheets if s.sheet_id == area.sheet_id), None)
        if area is None or sheet is None:
            return REF
        if node.reference.last is None:
            row, column = area.row or 0, area.column or 0
            return self._at(sheet, row, column)
        if arrays:
            return self._block(sheet, area)
        return self._intersection(sheet, area, place)

    def _intersection(self, sheet: Sheet, area: Area, place: Place) -> Result:
        """The one cell of a range that stands in the formula's own row or column."""
        box = area.box(sheet.grid.row_count, sheet.grid.column_count)
        if box.end_column - box.column == 1 and box.row <= place[1] < box.end_row:
            return self._at(sheet, place[1], box.column)
        if box.end_row - box.row == 1 and box.column <= place[2] < box.end_column:
            return self._at(sheet, box.row, place[2])
        return VALUE

    def _block(self, sheet: Sheet, area: Area) -> Result:
        box = area.box(sheet.grid.row_count, sheet.grid.column_count)
        if box.is_empty:
            return REF
        block: list[list[Scalar]] = []
        for row in range(box.row, box.end_row):
            cells = sheet.grid.row_cells(row, box)
            block.append([self.value(sheet, row, box.column + offset, cell) for offset, cell in enumerate(cells)])
        return block

    def _at(self, sheet: Sheet, row: int, column: int) -> Scalar:
        if row >= sheet.grid.row_count or column >= sheet.grid.column_count:
            return REF
        cell = sheet.grid.cell(row, column)
        if cell is not None and isinstance(cell.value, Formula):
            return _first(self._formula(sheet, row, column, cell.value))
        return self.value(sheet, row, column, cell)


def _first(result: Result) -> Scalar:
    if isinstance(result, list):
        return result[0][0] if result and result[0] else None
    return result


def _pick(condition: Scalar, yes: Scalar, no: Scalar) -> Scalar:
    truth = as_truth(condition)
    if isinstance(truth, FormulaError):
        return truth
    return yes if truth else no


def _applied(call: Callable[..., Result], values: list[Result]) -> Result:
    try:
        return call(*values)
    except TypeError:
        return FormulaError("N_A", "#N/A", "Wrong number of arguments.")
