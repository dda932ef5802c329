"""A file of costs as bytes → its header and rows as text. What they mean is `cost_rows`' work.

People's programs write such files in a few ways: UTF-8 or UTF-16, separated by commas, semicolons or tabs. Anything
else is refused, never guessed: a wrong guess would be a wrong cost.
"""

import codecs
import csv
from collections.abc import Sequence
from dataclasses import dataclass

from service.core.ledger.cost_rows import header_row, is_heading

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 20_000
_SEPARATORS = (",", ";", "\t")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class UnreadableFileError(ValueError):
    """The bytes are no such file; the message is one of the words below."""


NOT_TEXT, NO_TABLE, TOO_LONG = "not-text", "no-table", "too-long"


@dataclass(frozen=True, slots=True)
class Opened:
    """Every line of a file as cells, and where the header stands among them, from 0."""

    rows: Sequence[Sequence[str]]
    header_at: int


def rows_of(raw: bytes) -> Opened:
    """The file's table. UnreadableFileError where there is none."""
    if len(raw) > MOST_BYTES:
        raise UnreadableFileError(TOO_LONG)
    text = _decoded(raw)
    for separator in _SEPARATORS:
        rows = _split(text, separator)
        at = header_row(rows)
        if rows and sum(is_heading(cell) for cell in rows[at]) > 1:
            if len(rows) > MOST_ROWS:
                raise UnreadableFileError(TOO_LONG)
            return Opened(rows, at)
    raise UnreadableFileError(NO_TABLE)


def _decoded(raw: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFileError(NOT_TEXT) from None
    if "\0" in text:
        raise UnreadableFileError(NOT_TEXT)
    return text


def _split(text: str, separator: str) -> Sequence[list[str]]:
    """The cells; nothing where the text cannot be split so."""
    try:
        return list(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True))
    except csv.Error:
        return []
