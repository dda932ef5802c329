"""Number patterns (`#,##0.00`, `0.0%`, currency literals, sections) and the general way a number is shown."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from service.sandbox.sheets.formats.locales import Words

GENERAL_DIGITS = 10
"""Significant digits of a number without format, as observed (1/3 shows ten threes)."""

_PIECE = re.compile(r'"[^"]*"|\\.|\[\$[^\]]*\]|\[[^\]]*\]|_.|\*.|[Ee][+-]0+|.', re.DOTALL)


class Section(NamedTuple):
    """One part of a pattern between semicolons."""

    before: str
    core: str
    after: str
    percents: int
    exponent: int
    """Digits of an E+00 exponent, 0 for none."""


def sections(pattern: str) -> list[str]:
    """The pattern cut at semicolons that are not quoted."""
    parts, current = [], ""
    for piece in _PIECE.findall(pattern):
        if piece == ";":
            parts.append(current)
            current = ""
        else:
            current += piece
    return [*parts, current]


@lru_cache(maxsize=512)
def _section(text: str) -> Section:
    before, core, after, percents, exponent = "", "", "", 0, 0
    for piece in _PIECE.findall(text):
        if piece in {"0", "#", "?", ",", "."} and not (after and piece in {",", "."}):
            core += piece
            continue
        if len(piece) > 2 and piece[0] in "Ee" and piece[1] in "+-":
            exponent = len(piece) - 2
            continue
        percents += piece == "%"
        literal = _literal(piece)
        if core:
            after += literal
        else:
            before += literal
    return Section(before, core, after, percents, exponent)


def _literal(piece: str) -> str:
    if piece[0] == '"':
        return piece[1:-1]
    if piece[0] == "\\":
        return piece[1:]
    if piece.startswith("[$"):
        return piece[2:-1].split("-", maxsplit=1)[0]
    if piece[0] == "[" or piece[0] == "*":
        return ""
    return " " if piece[0] == "_" else piece


def draw_number(value: float, pattern: str, words: Words) -> str:
    """A number drawn by a number pattern."""
    parts = sections(pattern)
    sign = ""
    if value < 0 and len(parts) > 1 and parts[1]:
        chosen, value = parts[1], -value
    elif value == 0 and len(parts) > 2 and parts[2]:
        chosen = parts[2]
    else:
        chosen = parts[0]
        if value < 0:
            sign, value = "-", -value
    section = _section(chosen)
    if not section.core:
        return sign + section.before + section.after
    body = _draw_core(Decimal(repr(value)) * (100**section.percents), section, words)
    if sign and not any(digit in "123456789" for digit in body):
        sign = ""
    return sign + section.before + body + section.after


def _draw_core(value: Decimal, section: Section, words: Words) -> str:
    whole, _, fraction = section.core.partition(".")
    scale = len(whole) - len(whole.rstrip(","))
    value /= Decimal(1000) ** scale
    if section.exponent:
        return _draw_scientific(value, fraction, section.exponent, words)
    quantum = Decimal(1).scaleb(-len(fraction))
    digits = f"{value.quantize(quantum, rounding=ROUND_HALF_UP):f}"
    left, _, right = digits.partition(".")
    least = whole.count("0")
    left = left.lstrip("0").rjust(least, "0")
    if "," in whole.rstrip(","):
        left = _grouped(left, words.group)
    keep = fraction.rfind("0") + 1
    while len(right) > keep and right.endswith("0"):
        right = right[:-1]
    return left + (words.decimal + right if right else "")


def _draw_scientific(value: Decimal, fraction: str, exponent_digits: int, words: Words) -> str:
    mantissa, _, exponent = f"{value:.{len(fraction)}E}".partition("E")
    sign = "-" if exponent.startswith("-") else "+"
    return f"{mantissa.replace('.', words.decimal)}E{sign}{exponent.lstrip('+-').rjust(exponent_digits, '0')}"


def _grouped(digits: str, mark: str) -> str:
    groups = []
    while len(digits) > 3:
        groups.append(digits[-3:])
        digits = digits[:-3]
    return mark.join([digits, *reversed(groups)])


def draw_general(value: float, words: Words) -> str:
    """A number without a format: all digits of an integer up to 15, else ten significant ones."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if abs(value) >= 1e15 or abs(value) < 1e-9:
        mantissa, _, exponent = f"{value:.5E}".partition("E")
        mantissa = mantissa.rstrip("0").rstrip(".").replace(".", words.decimal)
        return f"{mantissa}E{exponent[0]}{exponent[1:].lstrip('0').rjust(2, '0')}"
    text = f"{Decimal(f'{value:.{GENERAL_DIGITS}g}'):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", words.decimal)
