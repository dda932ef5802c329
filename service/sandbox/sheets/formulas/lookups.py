"""Functions that look through whole ranges: counting and adding by several criteria, looking up, joining.

Each takes its arguments as values or as blocks (rows of values) and gives a value or a block.
"""

import re
from collections.abc import Callable, Iterator
from statistics import median

from service.sandbox.sheets.formula_errors import MISSING, NUM, REF, VALUE, FormulaError
from service.sandbox.sheets.formulas.functions import criterion, flat
from service.sandbox.sheets.formulas.operators import Array, Result, Scalar, as_number, as_text, compare


def _block(value: Result) -> Array:
    return value if isinstance(value, list) else [[value]]


def _first(value: Result) -> Scalar:
    return next((one for one, _ in flat((value,))), None)


def _chosen(pairs: tuple[Result, ...]) -> Iterator[int]:
    """Places, counted through the ranges, at which every criterion holds."""
    ranges = [[value for value, _ in flat((values,))] for values in pairs[::2]]
    tests = [criterion(_first(wanted)) for wanted in pairs[1::2]]
    for place, row in enumerate(zip(*ranges, strict=True)):
        if all(test(value) for test, value in zip(tests, row, strict=True)):
            yield place


def _countifs(*pairs: Result) -> Result:
    try:
        return float(sum(1 for _ in _chosen(pairs)))
    except ValueError:
        return VALUE


def _sumifs(totals: Result, *pairs: Result) -> Result:
    numbers = [value for value, _ in flat((totals,))]
    try:
        found = [numbers[place] for place in _chosen(pairs)]
    except (ValueError, IndexError):
        return VALUE
    return float(sum(one for one in found if isinstance(one, float) and not isinstance(one, bool)))


def _countblank(*arguments: Result) -> Result:
    return float(sum(value in (None, "") for value, _ in flat(arguments)))


def _median(*arguments: Result) -> Result:
    numbers = [value for value, _ in flat(arguments) if isinstance(value, float) and not isinstance(value, bool)]
    return float(median(numbers)) if numbers else NUM


def _textjoin(mark: Result, skips_blanks: Result, *arguments: Result) -> Result:
    texts = [str(as_text(value)) for value, _ in flat(arguments)]
    return str(as_text(_first(mark))).join(text for text in texts if text or not _first(skips_blanks))


def _whole(value: Result) -> int:
    number = as_number(_first(value))
    return int(number) if isinstance(number, float) else 0


def _match(wanted: Result, values: Result, way: Result = 1.0) -> Result:
    """Place (from 1) of a value; sorted ranges are searched for the last that is not beyond it."""
    line = [value for value, _ in flat((values,))]
    place = _place(_first(wanted), line, _whole(way))
    return MISSING if place is None else float(place + 1)


def _place(wanted: Scalar, line: list[Scalar], way: int) -> int | None:
    if way == 0:
        return next((at for at, value in enumerate(line) if value is not None and compare(value, wanted) == 0), None)
    reached = (at for at, value in enumerate(line) if value is not None and compare(value, wanted) * way <= 0)
    return max(reached, default=None)


def _vlookup(wanted: Result, values: Result, column: Result, is_sorted: Result = True) -> Result:  # noqa: FBT002 - a cell
    rows, at = _block(values), _whole(column) - 1
    place = _place(_first(wanted), [row[0] for row in rows], 1 if _first(is_sorted) else 0)
    if place is None:
        return MISSING
    return rows[place][at] if 0 <= at < len(rows[place]) else REF


def _xlookup(wanted: Result, values: Result, results: Result, otherwise: Result = MISSING) -> Result:
    place = _place(_first(wanted), [value for value, _ in flat((values,))], 0)
    found = [value for value, _ in flat((results,))]
    return found[place] if place is not None and place < len(found) else otherwise


def _index(values: Result, row: Result = 0.0, column: Result = 0.0) -> Result:
    """One cell of a block; 0 stands for the whole row or column."""
    block, down, right = _block(values), _whole(row), _whole(column)
    if len(block) == 1 and not right:
        down, right = 1, down
    if down > len(block) or right > len(block[0]):
        return REF
    rows = block if not down else [block[down - 1]]
    found = rows if not right else [[line[right - 1]] for line in rows]
    return found[0][0] if len(found) == 1 and len(found[0]) == 1 else found


def _regexmatch(text: Result, pattern: Result) -> Result:
    try:
        return re.search(str(_first(pattern)), str(as_text(_first(text)))) is not None
    except re.error:
        return REF


def _ifna(value: Result, otherwise: Result = None) -> Result:
    found = _first(value)
    return otherwise if isinstance(found, FormulaError) and found.kind == "N_A" else value


LOOKUPS: dict[str, Callable[..., Result]] = {
    "COUNTIFS": _countifs,
    "SUMIFS": _sumifs,
    "COUNTBLANK": _countblank,
    "MEDIAN": _median,
    "TEXTJOIN": _textjoin,
    "MATCH": _match,
    "VLOOKUP": _vlookup,
    "XLOOKUP": _xlookup,
    "INDEX": _index,
    "REGEXMATCH": _regexmatch,
    "IFNA": _ifna,
}
"""Name → function."""
