"""Requests that reorder rows in place: sortRange and randomizeRange. Sorting moves content, not rows."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from service.sandbox.sheets.areas import Box
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.evaluate import Evaluator
from service.sandbox.sheets.formula_errors import FormulaError
from service.sandbox.sheets.formulas.operators import Scalar, compare
from service.sandbox.sheets.requests.edit import Edit
from service.sandbox.sheets.state.sheet import Sheet

if TYPE_CHECKING:
    from service.sandbox.sheets.state.cells import Cell

Json = dict[str, Any]


def sort_range(edit: Edit, request: Json) -> None:
    """The rows of a range ordered by the given columns; blanks come last in both orders."""
    sheet, box = edit.target(request.get("range", {}))
    specs = request.get("sortSpecs", [])
    if not specs:
        raise ApiError("At least one sortSpec must be specified.")
    edit.guard(sheet, box)
    sort_box(edit, sheet, box, specs)


def sort_box(edit: Edit, sheet: Sheet, box: Box, specs: Sequence[Json]) -> None:
    """The box sorted by SortSpecs, stable among equals."""
    for spec in specs:
        if not box.column <= spec.get("dimensionIndex", 0) < box.end_column:
            raise ApiError(f"Cannot sort by column {spec.get('dimensionIndex', 0)}: it is outside the range.")
    box = box._replace(end_row=min(box.end_row, max(len(sheet.grid.rows), box.row)))
    rearrange(edit, sheet, box, ordered(edit.evaluator(), sheet, range(box.row, box.end_row), specs=specs))


def ordered(evaluator: Evaluator, sheet: Sheet, rows: Iterable[int], *, specs: Sequence[Json]) -> list[int]:
    """The rows in the order of SortSpecs, stable among equals."""
    keys = {row: [_key(evaluator, sheet, row, spec) for spec in specs] for row in rows}
    descending = [spec.get("sortOrder") == "DESCENDING" for spec in specs]

    def order(one: int, two: int) -> int:
        for left, right, down in zip(keys[one], keys[two], descending, strict=True):
            verdict = _verdict(left, right, down=down)
            if verdict:
                return verdict
        return 0

    return sorted(keys, key=cmp_to_key(order))


def _key(evaluator: Evaluator, sheet: Sheet, row: int, spec: Json) -> Scalar:
    column = spec.get("dimensionIndex", 0)
    return evaluator.value(sheet, row, column, sheet.grid.cell(row, column))


def _verdict(left: Scalar, right: Scalar, *, down: bool) -> int:
    """Order of two keys: blanks last whatever the direction, errors after everything else."""
    if left is None or right is None:
        return (left is None) - (right is None)
    wrong = isinstance(left, FormulaError) - isinstance(right, FormulaError)
    verdict = wrong or (0 if isinstance(left, FormulaError) else compare(left, right))
    return -verdict if down else verdict


def randomize_range(edit: Edit, request: Json) -> None:
    """The rows of a range in an order that looks random and is the same for the same batch state."""
    sheet, box = edit.target(request.get("range", {}))
    edit.guard(sheet, box)
    seed = f"{edit.workbook.spreadsheet_id}:{edit.workbook.version}"
    rows = sorted(range(box.row, box.end_row), key=lambda row: hashlib.sha256(f"{seed}:{row}".encode()).digest())
    rearrange(edit, sheet, box, rows)


def rearrange(edit: Edit, sheet: Sheet, box: Box, order: Sequence[int]) -> None:
    """Content of the box's rows put into this order of their old indexes; columns outside the box stay."""
    grid = sheet.grid
    moves = [(new, old) for new, old in enumerate(order, box.row) if new != old]
    taken: dict[int, list[Cell | None]] = {old: grid.row_cells(old, box) for _, old in moves}
    follows = edit.row_metadata_follows_sort
    marks = {old: stored.metadata_ids for old, stored in grid.stored_rows(box)} if follows else {}
    for new, old in moves:
        for offset, cell in enumerate(taken[old]):
            column = box.column + offset
            if grid.cell(new, column) is not cell:
                grid.put(new, column, cell)
    if marks:
        _move_marks(edit, sheet, moves, marks)


def _move_marks(edit: Edit, sheet: Sheet, moves: list[tuple[int, int]], marks: dict[int, tuple[int, ...]]) -> None:
    """Row metadata carried along with the sorted content: the answer Google's documents leave open."""
    workbook = edit.workbook
    for new, old in moves:
        numbers = marks.get(old, ())
        if not numbers and not marks.get(new):
            continue
        row = sheet.grid.row_at(new)
        workbook.journal.assign(row, "metadata_ids", numbers)
        for number in numbers:
            workbook.journal.set_item(workbook.metadata, number, workbook.metadata[number]._replace(line=row))
