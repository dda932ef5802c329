"""What a profile shows: its first rows as lines of text that fit the sidebar, and what to do with it.

Rows come in projected for the profile's audience, each cell in words. Parameter: `profile_id`.
"""

from dataclasses import dataclass
from typing import Any

from cards.actions import Action, Press
from cards.changed import Changed, behind
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, footer, heading, section
from cards.markup import Html, bold, faint, joined, rich
from cards.order import Field
from cards.people_words import role_word
from cards.widgets import Button, Style, Widget, button, buttons, line, paragraph
from cards.words import Words

PREVIEW_ROWS = 3  # rows in view
PREVIEW_CELLS = 8  # cells of a row in view; the rest is counted
CELL_LIMIT = 60  # characters of one cell


@dataclass(frozen=True, slots=True)
class Preview:
    """A profile with the first rows it would write; `reason` when it may not be used in this file.

    `fit_count` of the `looked_at` newest orders match its filter; `is_all`: there are no older ones to look at.
    `is_loading`: the shop's first orders are still coming in. `behind`: tabs of this file that show it as it was.
    `is_settled`: its rows are settled transactions, and those are counted.
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
    is_all: bool = False
    is_loading: bool = False
    is_preset: bool = True
    behind: tuple[Changed, ...] = ()
    is_settled: bool = False
    may: frozenset[Action] = frozenset()


def preview(view: Preview, words: Words) -> Card:
    """The facts, ways to change it, the rows, and in view below them using it."""
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
        rows = [section(*(_loading(view, words) if view.is_loading else _none(view, words)))]
    first = section(paragraph(faint(_total(view, words))) if view.rows else None, header=words("First rows"))
    changes = section(buttons(*_changes(view, words)))
    late = behind(view.behind, view.may, words)
    return card(heading(view.name, words("Preview")), [facts, late, changes, first, *rows], fixed=_fixed(view, words))


def _total(view: Preview, words: Words) -> str:
    if view.is_settled:
        return words.plural(
            "{count} of the {newest} newest transactions matches",
            "{count} of the {newest} newest transactions match",
            view.fit_count,
            newest=view.looked_at,
        )
    if view.is_loading:
        return words.plural("{count} order matches so far", "{count} orders match so far", view.fit_count)
    if view.is_all:
        return words.plural("{count} order matches", "{count} orders match", view.fit_count)
    return words("{count} of the {newest} newest orders match", count=view.fit_count, newest=view.looked_at)


def _none(view: Preview, words: Words) -> list[Widget]:
    if view.is_settled:
        return [paragraph(words("Nothing is settled here yet. Rows appear as TikTok Shop settles orders."))]
    return [paragraph(words("No order matches this profile yet. Rows appear as orders arrive."))]


def _loading(view: Preview, words: Words) -> list[Widget]:
    """Nothing yet is not nothing: a card does not move by itself, so it says how to look again."""
    again = Press(Action.PREVIEW_PROFILE, {"profile_id": view.profile_id, "again": "yes"})
    said = paragraph(
        words("Your orders are still loading. Look again in a moment, or go on: rows appear as they come.")
    )
    return [said, *buttons(button(words("Look again"), again))]


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


def _deed(label: str, action: Action, view: Preview, *, style: Style = Style.OUTLINED) -> Button | None:
    return button(label, Press(action, {"profile_id": view.profile_id}), style=style) if action in view.may else None


def _changes(view: Preview, words: Words) -> list[Button | None]:
    """What makes another profile of this one. A copy stands here unless it stands beside the main button."""
    copy = None if _fixed(view, words) and view.is_preset else _copy(view, words)
    if view.is_preset:
        return [copy]
    change = _deed(words("Change columns"), Action.EDIT_COLUMNS, view)
    return [change, _deed(words("Change filter"), Action.EDIT_FILTER, view), copy]


def _fixed(view: Preview, words: Words) -> dict[str, Any] | None:
    use = None if view.reason else _deed(words("Use this profile"), Action.BIND_FORM, view)
    if use is None:
        return None
    return footer(use, _copy(view, words, style=Style.BORDERLESS) if view.is_preset else None)


def _copy(view: Preview, words: Words, *, style: Style = Style.OUTLINED) -> Button | None:
    return _deed(words("Make a copy"), Action.CLONE_PROFILE, view, style=style)
