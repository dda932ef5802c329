"""The frame around widgets: header, sections, footer, and the few arrangements that several screens share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cards.actions import Press
from cards.icons import Icon, icon
from cards.markup import bold, joined, plain
from cards.widgets import Button, Style, Widget, button, buttons, line, paragraph
from cards.words import Words

Card = dict[str, Any]
Section = dict[str, Any]

MAX_WIDGETS = 100  # platform: the section that crosses it and all after it are dropped
LIST_LINES = 30  # lines of one list on a card; keeps every card far below the limits of widgets and size
LOGO = "/static/logo-128.png"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a page stands in a list: numbers of its first and last line, and the tokens of its neighbours if any.

    `is_more`: there are more than `total`; counting stopped there.
    """

    first: int
    last: int
    total: int
    previous: str = ""
    following: str = ""
    is_more: bool = False


def heading(title: str, subtitle: str = "") -> dict[str, Any]:
    """A header of words."""
    drawn = {"title": plain(title)}
    return {**drawn, "subtitle": plain(subtitle)} if subtitle else drawn


def branded(title: str, subtitle: str, words: Words) -> dict[str, Any]:
    """A header with the logo, for the screens that greet."""
    return {
        **heading(title, subtitle),
        "imageUrl": LOGO,
        "imageType": "SQUARE",
        "imageAltText": words("Rowstream logo"),
    }


def section(*parts: Widget | Sequence[Widget] | None, header: str = "", open_lines: int | None = None) -> Section:
    """Widgets under a heading. With `open_lines` the section folds, showing that many widgets at first."""
    widgets: list[Widget] = []
    for part in parts:
        if part is None:
            continue
        widgets.extend([part] if isinstance(part, dict) else part)
    drawn: Section = {"header": plain(header)} if header else {}
    drawn["widgets"] = widgets
    if open_lines is not None and len(widgets) > open_lines:
        drawn |= {"collapsible": True, "uncollapsibleWidgetsCount": open_lines}
    return drawn


def footer(primary: Button, secondary: Button | None = None) -> dict[str, Any]:
    """The row that stays in view below a form. The platform draws the first one as the primary."""
    drawn = {"primaryButton": {**primary, "type": Style.FILLED.value}}
    return drawn if secondary is None else {**drawn, "secondaryButton": secondary}


def card(header: dict[str, Any], sections: Iterable[Section], *, fixed: dict[str, Any] | None = None) -> Card:
    """A card; sections that ended up without a widget are left out."""
    drawn: Card = {"header": header, "sections": [each for each in sections if each["widgets"]]}
    return drawn if fixed is None else {**drawn, "fixedFooter": fixed}


# --- shared arrangements ---


def listed(lines: Sequence[Item], words: Words, *, limit: int = LIST_LINES) -> tuple[Sequence[Item], list[Widget]]:
    """The lines that fit and, when some do not, a sentence that says how many."""
    rest = len(lines) - limit
    if rest <= 0:
        return lines, []
    return lines[:limit], [paragraph(words.plural("and {count} more", "and {count} more", rest))]


def field_error(error: str, words: Words) -> list[Widget]:
    """The hint at a field that could not be used; nothing when there is none."""
    return [line(joined((bold(error),)), start=icon(Icon.FAILED, words))] if error else []


def pages(pager: Pager, turn: Press, words: Words) -> list[Widget]:
    """Which lines are in view, and buttons to the neighbours; `turn` is uttered with the parameter `page`."""
    if not (pager.previous or pager.following):
        return []
    numbers = {"first": pager.first, "last": pager.last, "total": pager.total}
    where = (
        words("{first} to {last} of more than {total}", **numbers)
        if pager.is_more
        else words("{first} to {last} of {total}", **numbers)
    )
    back = _turn(words("Show previous"), turn, pager.previous)
    forth = _turn(words("Show next"), turn, pager.following)
    return [paragraph(where), *buttons(back, forth)]


def _turn(label: str, turn: Press, page: str) -> Button | None:
    return button(label, Press(turn.action, {**turn.parameters, "page": page})) if page else None
