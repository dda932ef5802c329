"""Choosing, ordering and renaming the columns of an own profile. Every edit is kept at once; tabs keep what they have.

Form fields: `columns` and `more_columns` (keys to add: one field takes so many choices only), `profile_name`,
`audience`, `header`. Parameters: `draft_id`, `column_key`, `place` (the column's new number, from 1), `page`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Pager, card, field_error, footer, heading, listed, pages, section
from cards.people_words import OwnRoleName, role_choices
from cards.widgets import (
    MAX_CHOICES,
    Choice,
    Style,
    Widget,
    button,
    buttons,
    dropdown,
    line,
    multi_select,
    paragraph,
    text_field,
)
from cards.words import Words

HEADER_LIMIT = 60  # characters of a column's header
PROFILE_NAME_LIMIT = 60  # characters
MOST_OFFERED = 150  # columns to add: more than the catalogue has, and no more than a card can carry


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One chosen column, with its number in the order, from 1."""

    column_key: str
    header: str
    group: str
    number: int


@dataclass(frozen=True, slots=True)
class ColumnsEditor:
    """An own profile: its chosen columns (one page of them) and those that its readers may see besides.

    `audiences`: roles it could be written for, `own_roles` the account's own among them. `used_by`:
    tabs that were connected with it as it was then.
    """

    draft_id: str
    profile_name: str
    columns: tuple[ColumnLine, ...]
    pager: Pager
    available: tuple[Choice, ...] = ()
    audience: str = ""
    audiences: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()
    error: str = ""
    name_error: str = ""
    own_roles: tuple[OwnRoleName, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnDetail:
    """One chosen column. `last` is the number of the last column of the draft."""

    draft_id: str
    column_key: str
    header: str
    default_header: str
    group: str
    sentence: str
    example: str
    number: int
    last: int
    is_key: bool = False
    error: str = ""


def columns_editor(view: ColumnsEditor, words: Words) -> Card:
    """The chosen columns in order, a field to add more, and the name to save under."""
    shown, more = listed(view.columns, words)
    known = {"draft_id": view.draft_id}
    used = ""
    if view.used_by:
        tabs = ", ".join(view.used_by[:5])
        used = words("These tabs keep what they show until you bring the change to them: {tabs}", tabs=tabs)
    chosen = section(
        [_column(each, view.draft_id, words) for each in shown],
        more,
        pages(view.pager, Press(Action.EDIT_COLUMNS, known), words),
        header=words("Columns in order"),
    )
    first, rest = view.available[:MAX_CHOICES], view.available[MAX_CHOICES:MOST_OFFERED]
    adding = [
        multi_select("columns", words("More columns"), first),
        *([multi_select("more_columns", words("And these"), rest)] if rest else []),
        *buttons(button(words("Add columns"), Press(Action.ADD_COLUMN, known))),
    ]
    naming = section(
        text_field("profile_name", words("Name"), value=view.profile_name, limit=PROFILE_NAME_LIMIT),
        field_error(view.name_error, words),
        dropdown(
            "audience", words("Written for"), role_choices(view.audiences, view.audience, words, own=view.own_roles)
        )
        if view.audiences
        else None,
        paragraph(used) if used else None,
    )
    save = button(words("Save profile"), Press(Action.SAVE_PROFILE, known))
    back = button(words("Change profile"), Press(Action.CHOOSE_PROFILE), style=Style.BORDERLESS)
    return card(
        heading(words("Columns"), view.profile_name),
        [
            section(field_error(view.error, words)),
            chosen,
            section(adding if view.available else [], header=words("Add")),
            naming,
        ],
        fixed=footer(save, back),
    )


def _column(column: ColumnLine, draft_id: str, words: Words) -> Widget:
    top = words("{number}. {group}", number=column.number, group=column.group)
    press = Press(Action.COLUMN, {"draft_id": draft_id, "column_key": column.column_key})
    return line(column.header, top=top, on=press)


def column_detail(view: ColumnDetail, words: Words) -> Card:
    """What the column holds, its header, its place, and taking it out."""
    about = section(
        line(
            view.sentence,
            top=view.group,
            bottom=words("For example {example}", example=view.example) if view.example else "",
            start=icon(Icon.KEY if view.is_key else Icon.COLUMN, words),
        )
    )
    rename = section(
        text_field(
            "header",
            words("Header in the sheet"),
            value=view.header,
            hint=words("Usually {header}", header=view.default_header),
            limit=HEADER_LIMIT,
        ),
        field_error(view.error, words),
        header=words("Header"),
    )
    known = {"draft_id": view.draft_id, "column_key": view.column_key}
    place = words("Column {number} of {last}", number=view.number, last=view.last)
    where = section(paragraph(place), buttons(*_moves(view, words)), header=words("Place"))
    keep = words("This column tells rows apart and stays in the profile.")
    out = button(words("Take out this column"), Press(Action.REMOVE_COLUMN, known), style=Style.BORDERLESS)
    save = button(words("Save header"), Press(Action.RENAME_COLUMN, known))
    last = section(paragraph(keep)) if view.is_key else section(buttons(out))
    return card(heading(view.header, words("Column")), [about, rename, where, last], fixed=footer(save))


def _moves(view: ColumnDetail, words: Words) -> list[dict[str, object] | None]:
    def move(label: str, place: int) -> dict[str, object] | None:
        if not 1 <= place <= view.last or place == view.number:
            return None
        known = {"draft_id": view.draft_id, "column_key": view.column_key, "place": str(place)}
        return button(label, Press(Action.MOVE_COLUMN, known))

    first = move(words("Make it first"), 1) if view.number > 2 else None
    return [move(words("Move left"), view.number - 1), move(words("Move right"), view.number + 1), first]
