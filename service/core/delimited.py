"""Tables as CSV (RFC 4180, UTF-8): one line at a time, and harmless when a spreadsheet program opens them.

What becomes a row is decided elsewhere. Foreign text that such a program would run as a formula is made plain text.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

#: What a spreadsheet program takes for the beginning of a formula, or skips before one.
#: Source: OWASP "CSV injection", read 2026-11.
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MIMETYPE = "text/csv; charset=utf-8"
#: Without it Excel reads UTF-8 as the machine's own old encoding.
BYTE_ORDER_MARK = "\ufeff"

Value = str | int | Decimal | datetime | None


def neutral(text: str) -> str:
    """Text that no spreadsheet program runs: an apostrophe stands before what would begin a formula."""
    return f"'{text}" if text.lstrip(" \n").startswith(STARTS_FORMULA) or text.startswith(STARTS_FORMULA) else text


def lines(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The table, line by line. Texts are made neutral; numbers stay numbers, instants keep the zone they come in."""
    yield (BYTE_ORDER_MARK + _line(header)).encode()
    for row in rows:
        yield _line(row).encode()


def _line(values: Sequence[Value]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_cell(value) for value in values])
    return out.getvalue()


def _cell(value: Value) -> str | int | Decimal:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, str):
        return neutral(value.replace("\0", "").encode("utf-8", "replace").decode())
    return "" if value is None else value
