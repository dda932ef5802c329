"""What a reader sees in a cell: value plus number format, in the spreadsheet's locale."""

from typing import Any

from service.sandbox.sheets.formats.dates import draw_date
from service.sandbox.sheets.formats.locales import Words
from service.sandbox.sheets.formats.numbers import draw_general, draw_number, sections
from service.sandbox.sheets.formula_errors import FormulaError

Json = dict[str, Any]

DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})
DEFAULT_PATTERNS = {
    "NUMBER": "#,##0.00",
    "PERCENT": "0.00%",
    "CURRENCY": '"$"#,##0.00',
    "SCIENTIFIC": "0.00E+00",
    "DATE": "M/d/yyyy",
    "TIME": "h:mm:ss am/pm",
    "DATE_TIME": "M/d/yyyy H:mm:ss",
}
"""Patterns of the US locale that stand in where a type comes without one."""


def number_format(cell_format: Json | None) -> Json:
    return (cell_format or {}).get("numberFormat") or {}


def shows_date(cell_format: Json | None) -> bool:
    """Is a number in this cell a date, a time or a duration?"""
    return number_format(cell_format).get("type") in DATE_TYPES


Shown = str | float | bool | FormulaError | None


def shown_text(value: Shown, cell_format: Json | None, words: Words) -> str:
    """The formatted value; empty for a blank."""
    if value is None:
        return ""
    if isinstance(value, FormulaError):
        return value.text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    chosen = number_format(cell_format)
    kind = chosen.get("type")
    pattern = chosen.get("pattern") or DEFAULT_PATTERNS.get(kind or "", "")
    if isinstance(value, str):
        return _shown_string(value, pattern)
    if kind == "TEXT" or not pattern or pattern.lower() == "general":
        return draw_general(value, words)
    if kind in DATE_TYPES:
        return draw_date(value, pattern, words)
    return draw_number(value, pattern, words)


def _shown_string(value: str, pattern: str) -> str:
    parts = sections(pattern) if ";" in pattern else []
    if len(parts) > 3 and "@" in parts[3]:
        return parts[3].replace('"', "").replace("@", value)
    return value
