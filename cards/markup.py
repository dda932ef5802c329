"""Escaping, in one place: the only way text from anywhere gets into a card.

Some fields of a card read a small subset of HTML, others show text as it is, and of some it is not known. So there are
three doors: `rich` for the first (escaped), `plain` for the rest (angle brackets become look-alikes, harmless either
way), `exact` for form values, which must come back as they were. All drop control characters and trim.
"""

import re
from collections.abc import Iterable

MAX_TEXT = 600  # characters of one paragraph; a card has to stay small
MAX_LINE = 200  # characters of one line in a list
MAX_LABEL = 120  # characters of a label, title or choice; more does not fit 300 px in any case
MAX_VALUE = 2_000  # characters of a prefilled form value

FAINT = "#5f6368"  # readable grey on white
DONE = "#0f766e"  # the add-on's own green
TO_DO = "#dadce0"

# C0 and C1 controls but tab and newline, and the marks that reorder or embed the text after them.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# What must not end a trimmed text: joiners, variation selectors and accents, which belong to a neighbour that was cut.
_LOOSE_END = re.compile("[\u200d\ufe0e\ufe0f\u0300-\u036f\\s]+$")


class Html(str):
    """Text whose markup is ours and whose foreign parts are escaped already. Made only in this module."""

    __slots__ = ()


def clean(text: str) -> str:
    """The text without control characters, reordering marks and half characters."""
    return _SURROGATES.sub("\ufffd", _UNWANTED.sub("", text.replace("\r\n", "\n")))


def trim(text: str, limit: int) -> str:
    """The text, at most `limit` characters; what was cut is shown by an ellipsis."""
    return text if len(text) <= limit else _LOOSE_END.sub("", text[: limit - 1]) + "…"


def rich(text: str, *, limit: int = MAX_TEXT) -> Html:
    """Text for a field that reads HTML: escaped, unless it already is; line breaks become `<br>`."""
    if isinstance(text, Html):
        return text
    shown = trim(clean(text), limit)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        shown = shown.replace(character, entity)
    return Html(shown.replace("\n", "<br>"))


def plain(text: str, *, limit: int = MAX_LABEL) -> str:
    """Text for a field that shows it as it is, on one line."""
    shown = " ".join(trim(clean(text), limit).split())
    return shown.replace("<", "‹").replace(">", "›")


def exact(text: str, *, limit: int = MAX_VALUE) -> str:
    """A form value: unchanged but for control characters and length."""
    return clean(text)[:limit]


def bold(text: str, *, limit: int = MAX_LINE) -> Html:
    """The text in bold."""
    return Html(f"<b>{rich(text, limit=limit)}</b>")


def coloured(text: str, colour: str) -> Html:
    """The text in a colour of ours; nothing for no text. What the colour says must also be said in words."""
    return Html(f'<font color="{colour}">{rich(text)}</font>' if text else "")


def faint(text: str) -> Html:
    """The text in grey, for what is read second."""
    return coloured(text, FAINT)


def joined(parts: Iterable[str], *, by: str = "<br>") -> Html:
    """The parts one after another, each escaped unless it already is; `by` is markup of ours."""
    return Html(by.join(rich(part, limit=MAX_LINE) for part in parts))
