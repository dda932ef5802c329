"""The functions of formulas that need nothing but the values of their arguments, by name.

Import functions answer #N/A and never fetch; a name that is not here is #NAME?. `manual.py` lists all for the page.
"""

import math
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from service.sandbox.sheets.formats.dates import EPOCH, serial_of
from service.sandbox.sheets.formats.locales import words_of
from service.sandbox.sheets.formats.shown import shown_text
from service.sandbox.sheets.formula_errors import MISSING, NUM, FormulaError
from service.sandbox.sheets.formulas.operators import Result, Scalar, as_number, as_text, as_truth, compare, operate

FETCHING = frozenset({"IMPORTXML", "IMPORTDATA", "IMPORTHTML", "IMPORTFEED", "IMPORTRANGE", "IMAGE", "GOOGLEFINANCE"})
NOT_FETCHED = FormulaError("N_A", "#N/A", "Nothing is fetched here.")


def flat(arguments: tuple[Result, ...]) -> Iterator[tuple[Scalar, bool]]:
    """Every value with whether it came out of a range."""
    for argument in arguments:
        if isinstance(argument, list):
            for line in argument:
                for value in line:
                    yield value, True
        else:
            yield argument, False


def _numbers(arguments: tuple[Result, ...]) -> list[float] | FormulaError:
    """Numbers among the arguments; text and booleans count only when written as arguments themselves."""
    found: list[float] = []
    for value, ranged in flat(arguments):
        if isinstance(value, FormulaError):
            return value
        if ranged and (value is None or isinstance(value, (str, bool))):
            continue
        number = as_number(value)
        if isinstance(number, FormulaError):
            return number
        found.append(number)
    return found


def _over(call: Callable[[list[float]], Scalar]) -> Callable[..., Result]:
    def run(*arguments: Result) -> Result:
        numbers = _numbers(arguments)
        return numbers if isinstance(numbers, FormulaError) else call(numbers)

    return run


def _truths(verdict: Callable[[list[bool]], bool]) -> Callable[..., Result]:
    def run(*arguments: Result) -> Result:
        found: list[bool] = []
        for value, ranged in flat(arguments):
            if ranged and (value is None or isinstance(value, str)):
                continue
            truth = as_truth(value)
            if isinstance(truth, FormulaError):
                return truth
            found.append(truth)
        return verdict(found)

    return run


def _count(*arguments: Result) -> Result:
    return float(sum(isinstance(v, (int, float)) and not isinstance(v, bool) for v, _ in flat(arguments)))


def _counta(*arguments: Result) -> Result:
    return float(sum(value is not None for value, _ in flat(arguments)))


def criterion(wanted: Scalar) -> Callable[[Scalar], bool]:
    """The test that COUNTIF and SUMIF make of their criterion (`">=3"`, `"text"`, `3`)."""
    if not isinstance(wanted, str):
        return lambda value: value is not None and compare(value, wanted) == 0
    sign = next((s for s in ("<>", "<=", ">=", "<", ">", "=") if wanted.startswith(s)), "")
    rest: Scalar = wanted[len(sign) :]
    number = as_number(rest) if rest else rest
    operand = rest if isinstance(number, FormulaError) else number
    return lambda value: value is not None and operate(sign or "=", value, operand) is True


def _countif(values: Result, wanted: Result) -> Result:
    test = criterion(None if isinstance(wanted, list) else wanted)
    return float(sum(test(value) for value, _ in flat((values,))))


def _sumif(values: Result, wanted: Result, totals: Result = None) -> Result:
    test = criterion(None if isinstance(wanted, list) else wanted)
    pairs = zip(flat((values,)), flat((values if totals is None else totals,)), strict=False)
    chosen = [[total] for (value, _), (total, _) in pairs if test(value)]
    return _over(sum)(chosen)


def _rounded(mode: Callable[[float], float]) -> Callable[..., Scalar]:
    def run(value: Scalar, places: Scalar = 0.0) -> Scalar:
        number, digits = as_number(value), as_number(places)
        if isinstance(number, FormulaError):
            return number
        if isinstance(digits, FormulaError):
            return digits
        scale = 10.0 ** int(digits)
        return math.copysign(mode(abs(number) * scale) / scale, number)

    return run


def _numeric(call: Callable[..., float | FormulaError]) -> Callable[..., Scalar]:
    def run(*arguments: Scalar) -> Scalar:
        numbers: list[float] = []
        for argument in arguments:
            number = as_number(argument)
            if isinstance(number, FormulaError):
                return number
            numbers.append(number)
        try:
            result = call(*numbers)
        except (ValueError, OverflowError):
            return NUM
        return result if isinstance(result, FormulaError) else float(result)

    return run


def _textual(call: Callable[..., Scalar]) -> Callable[..., Scalar]:
    """`call` on text; the first argument is text, later ones whole numbers."""

    def run(value: Scalar, *counts: Scalar) -> Scalar:
        text = as_text(value)
        if isinstance(text, FormulaError):
            return text
        sizes: list[int] = []
        for count in counts:
            number = as_number(count)
            if isinstance(number, FormulaError):
                return number
            sizes.append(int(number))
        return call(text, *sizes)

    return run


def _concatenate(*arguments: Result) -> Result:
    texts = [as_text(value) for value, _ in flat(arguments)]
    return next((text for text in texts if isinstance(text, FormulaError)), None) or "".join(map(str, texts))


def _join(mark: Result, *arguments: Result) -> Result:
    return str(mark or "").join(str(as_text(value)) for value, _ in flat(arguments))


def _date(year: float, month: float, day: float) -> float:
    years, months = divmod(int(month) - 1, 12)
    return serial_of(date(int(year) + years, months + 1, 1)) + int(day) - 1


def drawn_text(value: Scalar, pattern: Scalar, locale: str) -> Scalar:
    """TEXT(): a value drawn by a pattern in the words of a locale."""
    drawn = str(pattern)
    kind = "DATE_TIME" if any(letter in drawn.lower() for letter in "ydhs") else "NUMBER"
    return shown_text(value, {"numberFormat": {"type": kind, "pattern": drawn}}, words_of(locale))


def _moment_part(name: str) -> Callable[..., Scalar]:
    return _numeric(lambda serial: float(getattr(EPOCH + timedelta(milliseconds=round(serial * 86_400_000)), name)))


AGGREGATES: dict[str, Callable[..., Result]] = {
    "SUM": _over(sum),
    "AVERAGE": _over(lambda n: sum(n) / len(n) if n else FormulaError("DIVIDE_BY_ZERO", "#DIV/0!")),
    "MIN": _over(lambda n: min(n, default=0.0)),
    "MAX": _over(lambda n: max(n, default=0.0)),
    "COUNT": _count,
    "COUNTA": _counta,
    "COUNTIF": _countif,
    "SUMIF": _sumif,
    "AND": _truths(all),
    "OR": _truths(any),
    "CONCATENATE": _concatenate,
    "JOIN": _join,
}
"""Functions that take whole ranges."""

SCALARS: dict[str, Callable[..., Scalar]] = {
    "NOT": lambda value: v if isinstance(v := as_truth(value), FormulaError) else not v,
    "ISNUMBER": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "ISTEXT": lambda value: isinstance(value, str),
    "ISLOGICAL": lambda value: isinstance(value, bool),
    "ISNA": lambda value: isinstance(value, FormulaError) and value.kind == "N_A",
    "ISBLANK": lambda value: value is None,
    "ISERROR": lambda value: isinstance(value, FormulaError),
    "LEN": _textual(lambda text: float(len(text))),
    "UPPER": _textual(str.upper),
    "LOWER": _textual(str.lower),
    "PROPER": _textual(str.title),
    "TRIM": _textual(lambda text: " ".join(text.split())),
    "LEFT": _textual(lambda text, size=1: text[:size]),
    "RIGHT": _textual(lambda text, size=1: text[-size:] if size else ""),
    "MID": _textual(lambda text, start, size: text[start - 1 : start - 1 + size]),
    "SUBSTITUTE": lambda text, old, new: str(as_text(text)).replace(str(as_text(old)), str(as_text(new))),
    "EXACT": lambda one, two: as_text(one) == as_text(two),
    "VALUE": as_number,
    "CONCAT": lambda left, right: operate("&", left, right),
    "ROUND": _rounded(lambda n: math.floor(n + 0.5)),
    "ROUNDUP": _rounded(math.ceil),
    "ROUNDDOWN": _rounded(math.floor),
    "ABS": _numeric(abs),
    "INT": _numeric(math.floor),
    "MOD": _numeric(lambda n, d: n - d * math.floor(n / d) if d else FormulaError("DIVIDE_BY_ZERO", "#DIV/0!")),
    "SQRT": _numeric(math.sqrt),
    "POWER": lambda left, right: operate("^", left, right),
    "SIGN": _numeric(lambda n: (n > 0) - (n < 0)),
    "DAYS": _numeric(lambda end, start: math.floor(end) - math.floor(start)),
    "WEEKDAY": _numeric(lambda serial: (math.floor(serial) - 1) % 7 + 1),
    "DATE": _numeric(_date),
    "TIME": _numeric(lambda hour, minute, second: (hour * 3600 + minute * 60 + second) / 86400),
    "YEAR": _moment_part("year"),
    "MONTH": _moment_part("month"),
    "DAY": _moment_part("day"),
    "HOUR": _moment_part("hour"),
    "MINUTE": _moment_part("minute"),
    "SECOND": _moment_part("second"),
    "NA": lambda: MISSING,
    "TRUE": lambda: True,
    "FALSE": lambda: False,
    "HYPERLINK": lambda url, label=None: url if label is None else label,
}
"""Functions of single values; inside ARRAYFORMULA they run element by element."""
