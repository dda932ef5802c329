"""What a profile shows: its first rows as lines of text that fit the sidebar, and what to do with it.

Rows come in projected for the profile's audience, each cell in words. Parameter: `profile_id`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, heading, section
from cards.markup import Html, bold, faint, joined, rich
from cards.order import Field
from cards.people_words import role_word
from cards.widgets import Button, Style, button, buttons, line, paragraph
from cards.words import Words

PREVIEW_ROWS = 3  # rows in view
PREVIEW_CELLS = 8  # cells of a row in view; the rest is counted
CELL_LIMIT = 60  # characters of one cell


@dataclass(frozen=True, slots=True)
class Preview:
    """A profile with the first rows it would write; `reason` when it may not be used in this file.

    `fit_count` of the `looked_at` newest orders fit its filter.
    """

    profile_id: str
    name: str
    audience: str
    grain: str
    filter_words: str
    column_count: int
    fit_count: int
    looked_at: int
    rows: tuple[tuple[Field, ...], ...] = ()
    reason: str = ""
    is_preset: bool = True
    may: frozenset[Action] = frozenset()


def preview(view: Preview, words: Words) -> Card:
    """The facts, the rows, and the buttons: use it, copy it, change it."""
    facts = section(
        line(
            words.plural("{count} column", "{count} columns", view.column_count),
            top=words("For {role}, {grain}", role=role_word(view.audience, words), grain=view.grain),
            bottom=view.filter_words,
            start=icon(Icon.COLUMN, words),
        ),
        line(bold(view.reason), start=icon(Icon.LOCKED, words)) if view.reason else None,
    )
    rows = [_row(row, words) for row in view.rows[:PREVIEW_ROWS]]
    if not rows and not view.reason:
        rows = [section(paragraph(words("No order fits this profile yet. Rows appear as orders arrive.")))]
    total = words("{count} of your {newest} newest orders fit", count=view.fit_count, newest=view.looked_at)
    first = section(paragraph(faint(total)) if view.rows else None, header=words("First rows"))
    return card(heading(view.name, words("Preview")), [facts, first, *rows, section(buttons(*_deeds(view, words)))])


def _row(row: tuple[Field, ...], words: Words) -> Section:
    cells = [_cell(field) for field in row[:PREVIEW_CELLS]]
    rest = len(row) - PREVIEW_CELLS
    if rest > 0:
        cells.append(faint(words.plural("and {count} more column", "and {count} more columns", rest)))
    return section(paragraph(joined(cells)))


def _cell(field: Field) -> Html:
    label = faint(rich(field.label, limit=CELL_LIMIT))
    value = rich(field.value, limit=CELL_LIMIT) if field.value else Html("–")
    return joined((label, value), by=": ")


def _deeds(view: Preview, words: Words) -> list[Button | None]:
    known = {"profile_id": view.profile_id}

    def deed(label: str, action: Action, style: Style = Style.OUTLINED) -> Button | None:
        return button(label, Press(action, known), style=style) if action in view.may else None

    use = None if view.reason else deed(words("Use this profile"), Action.BIND_FORM, Style.FILLED)
    copy = deed(words("Make a copy"), Action.CLONE_PROFILE)
    if view.is_preset:
        return [use, copy]
    change = deed(words("Change columns"), Action.EDIT_COLUMNS)
    return [use, change, deed(words("Change filter"), Action.EDIT_FILTER), copy]
