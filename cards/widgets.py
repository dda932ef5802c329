"""One function per widget in use, each platform limit a constant beside it. What a screen says lives in the screens.

Widgets are plain dicts in the platform's JSON. A press is drawn as its action's name; `reply.envelope` makes the
address of it. Text is escaped here (by `markup`) and nowhere else. Only widgets that are known to work in the Sheets
sidebar are here: no columns, chips, carousels, menus or markdown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cards.actions import ONCE, Link, Opens, Press
from cards.markup import DONE, MAX_LINE, TO_DO, Html, coloured, exact, joined, plain, rich

Widget = dict[str, Any]
Button = dict[str, Any]

BUTTONS_IN_ROW = 3  # style guide: more do not fit 300 px
ROW_WIDTH = 268  # px between the sidebar's margins
BUTTON_FRAME = 42  # px of a button besides its text: padding and the gap to the next
CHARACTER_WIDTH = 6.6  # px, on average, of the platform's button font
MAX_CHOICES = 100  # platform: items of one selection input
MAX_BUTTON_TEXT = 40  # characters; longer labels are cut by the platform at 300 px
MAX_PARAMETER = 400  # characters of what comes back with a press: ids and page tokens, never documents
MAX_LABEL_TEXT = 60  # characters of a top label, which the platform cuts instead of wrapping
PROGRESS_CELLS = 12  # figures of a progress bar: fits 300 px together with its percentage

#: Parameter that carries the idempotency key; its value is filled when the reply is enveloped.
ONCE_KEY = "once_key"


class Style(StrEnum):
    """How a button looks. One FILLED button per card: the thing to do next."""

    FILLED = "FILLED"
    OUTLINED = "OUTLINED"
    BORDERLESS = "BORDERLESS"


@dataclass(frozen=True, slots=True)
class Choice:
    """One item of a list to choose from."""

    value: str
    text: str
    selected: bool = False
    hint: str = ""


# --- what a click does ---


def action(press: Press) -> dict[str, Any]:
    """A press as the platform's Action. Form values survive the click, so that an error can be shown beside them."""
    parameters = [{"key": key, "value": exact(value, limit=MAX_PARAMETER)} for key, value in press.parameters.items()]
    if press.action in ONCE:
        parameters.append({"key": ONCE_KEY, "value": ""})
    drawn: dict[str, Any] = {"function": press.action.value}
    if parameters:
        drawn["parameters"] = parameters
    return {**drawn, "persistValues": True}


def quiet_action(press: Press) -> dict[str, Any]:
    """A press without the spinner that blocks the form: for changes that are sent as they are made."""
    return {**action(press), "loadIndicator": "NONE"}


def open_link(link: Link) -> dict[str, Any]:
    """A link as the platform's OpenLink; over the sidebar it draws the card anew when the window closes."""
    if link.opens is Opens.OVERLAY:
        return {"url": link.url, "openAs": "OVERLAY", "onClose": "RELOAD"}
    return {"url": link.url, "openAs": "FULL_SIZE", "onClose": "NOTHING"}


def on_click(target: Press | Link) -> dict[str, Any]:
    """What a click does: utter a press or open a link."""
    return {"openLink": open_link(target)} if isinstance(target, Link) else {"action": action(target)}


# --- text ---


def paragraph(text: str) -> Widget:
    """Running text; wraps."""
    return {"textParagraph": {"text": rich(text)}}


def line(
    text: str,
    *,
    top: str = "",
    bottom: str = "",
    start: dict[str, Any] | None = None,
    on: Press | Link | None = None,
    end: Button | None = None,
) -> Widget:
    """One fact: text, a label above, a remark below, an icon before; the line or a button at its end is pressed."""
    fields: dict[str, Any] = {"text": rich(text, limit=MAX_LINE), "wrapText": True}
    if start is not None:
        fields["startIcon"] = start
    if top:
        fields["topLabel"] = plain(top, limit=MAX_LABEL_TEXT)
    if bottom:
        fields["bottomLabel"] = plain(bottom, limit=MAX_LINE)
    if on is not None:
        fields["onClick"] = on_click(on)
    if end is not None:
        fields["button"] = end
    return {"decoratedText": fields}


def switch(text: str, *, name: str, on: bool, press: Press, bottom: str = "") -> Widget:
    """A setting that is on or off, sent as soon as it is changed. An OFF switch is missing from the form's values."""
    control = {
        "name": plain(name),
        "value": "on",
        "selected": on,
        "controlType": "SWITCH",
        "onChangeAction": quiet_action(press),
    }
    drawn = line(text, bottom=bottom)
    drawn["decoratedText"]["switchControl"] = control
    return drawn


def progress_bar(done: int, total: int) -> Html:
    """A bar for `done` of `total`; full only when all is done, empty only when nothing is. Say the share beside it."""
    filled = min(PROGRESS_CELLS, max(0, done * PROGRESS_CELLS // total)) if total > 0 else 0
    if done > 0 and total > 0:
        filled = max(filled, 1)
    return joined((coloured("█" * filled, DONE), coloured("█" * (PROGRESS_CELLS - filled), TO_DO)), by="")


# --- buttons ---


def button(text: str, on: Press | Link, *, style: Style = Style.OUTLINED) -> Button:
    """One button. Its label begins with a verb and holds nothing from outside."""
    return {"text": plain(text, limit=MAX_BUTTON_TEXT), "onClick": on_click(on), "type": style.value}


def buttons(*shown: Button | None) -> list[Widget]:
    """The buttons that are there, in rows that fit the sidebar; nothing when there are none."""
    rows: list[list[Button]] = []
    for each in shown:
        if each is None:
            continue
        if rows and len(rows[-1]) < BUTTONS_IN_ROW and sum(map(_width, [*rows[-1], each])) <= ROW_WIDTH:
            rows[-1].append(each)
        else:
            rows.append([each])
    return [{"buttonList": {"buttons": row}} for row in rows]


def _width(drawn: Button) -> float:
    return BUTTON_FRAME + CHARACTER_WIDTH * len(drawn["text"])


# --- forms ---


class Typed(StrEnum):
    """What a text field takes."""

    LINE = "SINGLE_LINE"
    TEXT = "MULTIPLE_LINE"


def text_field(
    name: str, label: str, *, value: str = "", hint: str = "", limit: int = 0, typed: Typed = Typed.LINE
) -> Widget:
    """A field to type in; `limit` characters when it is not zero."""
    fields: dict[str, Any] = {"name": name, "label": plain(label), "type": typed.value}
    if value:
        fields["value"] = exact(value, limit=limit) if limit else exact(value)
    if hint:
        fields["hintText"] = plain(hint)
    if limit:
        fields["validation"] = {"characterLimit": limit}
    return {"textInput": fields}


def _selection(kind: str, name: str, label: str, choices: Iterable[Choice]) -> Widget:
    items = [_item(choice) for choice in list(choices)[:MAX_CHOICES]]
    return {"selectionInput": {"name": name, "label": plain(label), "type": kind, "items": items}}


def _item(choice: Choice) -> dict[str, Any]:
    item: dict[str, Any] = {
        "text": plain(choice.text),
        "value": exact(choice.value, limit=MAX_PARAMETER),
        "selected": choice.selected,
    }
    if choice.hint:
        item["bottomText"] = plain(choice.hint)
    return item


def dropdown(name: str, label: str, choices: Iterable[Choice]) -> Widget:
    """One of many, folded."""
    return _selection("DROPDOWN", name, label, choices)


def radio(name: str, label: str, choices: Iterable[Choice]) -> Widget:
    """One of a few, all in view."""
    return _selection("RADIO_BUTTON", name, label, choices)


def check_boxes(name: str, label: str, choices: Iterable[Choice]) -> Widget:
    """Any of a few, all in view."""
    return _selection("CHECK_BOX", name, label, choices)


def multi_select(name: str, label: str, choices: Sequence[Choice]) -> Widget:
    """Any of many, found by typing."""
    drawn = _selection("MULTI_SELECT", name, label, choices)
    drawn["selectionInput"]["multiSelectMaxSelectedItems"] = max(1, min(len(choices), MAX_CHOICES))
    return drawn


def date_field(name: str, label: str, *, day_ms: int | None = None) -> Widget:
    """A day; `day_ms` and the answer are milliseconds at midnight UTC of that day, whatever the reader's zone."""
    fields: dict[str, Any] = {"name": name, "label": plain(label), "type": "DATE_ONLY"}
    if day_ms is not None:
        fields["valueMsEpoch"] = str(day_ms)
    return {"dateTimePicker": fields}
