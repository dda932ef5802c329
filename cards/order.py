"""One order: its fields by group, and the note. Fields come in projected and formatted.

Form fields: `note`, `flag`, `shared` (on, or absent). Parameter: `order_key`.
"""

from dataclasses import dataclass

from cards.actions import Action, Link, Press
from cards.earned import Earned, earned_section
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, field_error, heading, section
from cards.widgets import Choice, Style, Typed, button, buttons, check_boxes, dropdown, line, text_field
from cards.words import Words

NOTE_LIMIT = 500  # characters of a note
MAX_FIELDS = 70  # lines of all groups together: the platform draws 100 widgets


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the order: its header and its value in words."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Columns that belong together."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What the viewer may write on an order: text and a flag. `who_sees` says who reads it.

    `is_shared`: whether outsiders read it too; None where the viewer has no choice.
    """

    text: str = ""
    flags: tuple[Choice, ...] = ()
    who_sees: str = ""
    is_shared: bool | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """One order as the viewer may see it. `note` is None for who may not write; `order_url` is TikTok's page.

    `is_file_bound`: the open file has tabs in which it can be looked for. `has_profit_history`: the viewer may ask why
    its profit is what it is.
    """

    order_key: str
    title: str
    status: str
    groups: tuple[FieldGroup, ...]
    note: Note | None = None
    order_url: str = ""
    is_file_bound: bool = False
    has_profit_history: bool = False
    earned: Earned | None = None


def order_detail(view: OrderDetail, words: Words) -> Card:
    """Groups of fields, the first open and the rest folded, then the note."""
    sections = [_group(group, is_first=at == 0) for at, group in enumerate(_fitting(view.groups))]
    if view.earned is not None:
        sections.insert(1, earned_section(view.earned, words))
    there = button(words("Open in Seller Center"), Link(view.order_url)) if view.order_url else None
    note = [] if view.note is None else [_note(view.note, view.order_key, words)]
    back = button(words("Show orders"), Press(Action.ORDERS), style=Style.BORDERLESS)
    ask = Press(Action.WHERE_IS, {"order_key": view.order_key})
    place = button(words("Is it in the sheet?"), ask, style=Style.BORDERLESS) if view.is_file_bound else None
    why = Press(Action.PROFIT_HISTORY, {"order_key": view.order_key})
    profit = button(words("Show why this profit"), why) if view.has_profit_history else None
    return card(heading(view.title, view.status), [*sections, *note, section(buttons(profit, there, place, back))])


def _fitting(groups: tuple[FieldGroup, ...]) -> list[FieldGroup]:
    """The groups cut to MAX_FIELDS in all; the catalogue's order puts what matters first."""
    room = MAX_FIELDS
    fitting = []
    for group in groups:
        fitting.append(FieldGroup(group.title, group.fields[:room]))
        room -= len(fitting[-1].fields)
    return fitting


def _group(group: FieldGroup, *, is_first: bool) -> Section:
    lines = [line(field.value or "–", top=field.label) for field in group.fields]
    return section(lines, header=group.title, open_lines=None if is_first else 2)


def _note(note: Note, order_key: str, words: Words) -> Section:
    share = Choice("on", words("The warehouse reads it too"), note.is_shared or False)
    save = button(words("Save note"), Press(Action.SAVE_NOTE, {"order_key": order_key}), style=Style.FILLED)
    return section(
        text_field("note", words("Note"), value=note.text, limit=NOTE_LIMIT, typed=Typed.TEXT),
        field_error(note.error, words),
        dropdown("flag", words("Flag"), note.flags) if note.flags else None,
        check_boxes("shared", words("Who reads it"), [share]) if note.is_shared is not None else None,
        line(note.who_sees, top=words("Who reads it"), start=icon(Icon.SEEN, words)) if note.who_sees else None,
        buttons(save),
        header=words("Your note"),
    )
