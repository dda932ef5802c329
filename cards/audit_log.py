"""The record of what was done: its lines with a filter, the proof that it is whole, and how long it is kept.

Form fields: `person`, `group`, `period`, `kept`, `days`. Parameters: `person`, `group`, `period` (the filter in force),
`page` (where an older page begins).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, field_error, heading, listed, section
from cards.markup import bold, faint
from cards.people_words import role_word
from cards.widgets import Choice, Style, Widget, button, buttons, dropdown, line, paragraph, text_field
from cards.words import Words, mark

LINES_SHOWN = 10
FAULTS_SHOWN = 5
CHOICES_SHOWN = 50  # of one list; keeps the card far below the limit of its size
KEPT_LIMIT = 120  # characters of a number, a colon and a seal, with room for blanks


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line. `who`: an address, empty for Rowstream itself; `at` and `place` (a sheet's title) are display-ready."""

    told: str
    at: str
    who: str = ""
    role: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class AuditLog:
    """A page of the record. `asked`: the filter in force, by field; `older`: where the next page begins.

    `keeps`: how long it may be kept, the choice in force selected; empty for who may not choose. `kept`: that in words.
    """

    account_name: str
    lines: tuple[LogLine, ...]
    people: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    periods: tuple[Choice, ...] = ()
    asked: Mapping[str, str] | None = None
    older: str = ""
    is_newest: bool = True
    keeps: tuple[Choice, ...] = ()
    kept: str = ""
    may: frozenset[Action] = frozenset()


class FaultKind(StrEnum):
    """How the record is broken at a place."""

    CHANGED = "changed"
    GAP = "gap"
    START = "start"
    END = "end"
    HEAD = "head"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class LogFault:
    """A place where the record does not fit."""

    kind: FaultKind
    number: int


@dataclass(frozen=True, slots=True)
class RecordProof:
    """What came of looking through the record. `newest`: number and seal of its last line, to be kept elsewhere;
    `typed` and `error`: a line that was pasted, and what is wrong with it.
    """

    account_name: str
    count: int
    since: str = ""
    newest: str = ""
    faults: tuple[LogFault, ...] = ()
    typed: str = ""
    error: str = ""


_FAULTS: Mapping[FaultKind, str] = {
    FaultKind.CHANGED: mark("Line {number} was changed or put in"),
    FaultKind.GAP: mark("Lines before line {number} are missing or out of order"),
    FaultKind.START: mark("Lines at the beginning are missing"),
    FaultKind.END: mark("After line {number} lines are missing or were put in"),
    FaultKind.HEAD: mark("What says where the record ends was changed or is gone"),
    FaultKind.KEPT: mark("Line {number} is not the one you kept"),
}


def audit_log(view: AuditLog, words: Words) -> Card:
    """The filter, the lines, newest first, and what can be done with the whole of it."""
    lines = [_line(each, words) for each in view.lines[:LINES_SHOWN]]
    nothing = paragraph(words("Nothing was done here. Change the filter to see more.")) if not lines else None
    return card(
        heading(words("Record"), view.account_name),
        [
            _filter(view, words),
            section(nothing, lines, _turns(view, words)),
            section(_whole(view, words), header=words("The whole record")),
            _keeping(view, words),
        ],
    )


def _line(shown: LogLine, words: Words) -> Widget:
    who = shown.who or words("Rowstream")
    top = words("{who}, {role}", who=who, role=role_word(shown.role, words)) if shown.role and shown.who else who
    bottom = " · ".join(part for part in (shown.at, shown.place) if part)
    return line(shown.told, top=top, bottom=bottom, start=icon(Icon.PERSON if shown.who else Icon.WORKING, words))


def _filter(view: AuditLog, words: Words) -> Section:
    """The button in view; what it asks for folds away until something is asked for."""
    if Action.FILTER_LOG not in view.may:
        return section()
    fields = [
        dropdown(name, label, choices[:CHOICES_SHOWN])
        for name, label, choices in (
            ("person", words("Who"), view.people),
            ("group", words("What"), view.groups),
            ("period", words("When"), view.periods),
        )
    ]
    everything = button(words("Show all"), Press(Action.FILTER_LOG, {"page": "newest"}), style=Style.BORDERLESS)
    submit = buttons(
        button(words("Apply filter"), Press(Action.FILTER_LOG), style=Style.FILLED), everything if view.asked else None
    )
    if view.asked:
        return section(fields, submit)
    return section(fields[0], submit, fields[1:], open_lines=1 + len(submit))


def _turns(view: AuditLog, words: Words) -> list[Widget]:
    if Action.FILTER_LOG not in view.may:
        return []
    asked = dict(view.asked or {})
    newest = button(words("Show the newest"), Press(Action.FILTER_LOG, {**asked, "page": "newest"}))
    older = button(words("Show older"), Press(Action.FILTER_LOG, {**asked, "page": view.older}))
    return buttons(None if view.is_newest else newest, older if view.older else None)


def _whole(view: AuditLog, words: Words) -> list[Widget]:
    asked = dict(view.asked or {})
    taken = button(words("Download the record"), Press(Action.EXPORT_LOG, asked)) if view.lines else None
    return [
        paragraph(faint(words("Each line is sealed together with the one before it, so a changed line is found."))),
        *buttons(
            button(words("Check the record"), Press(Action.VERIFY_LOG)) if Action.VERIFY_LOG in view.may else None,
            taken if Action.EXPORT_LOG in view.may else None,
        ),
    ]


def _keeping(view: AuditLog, words: Words) -> Section:
    if not view.keeps or Action.KEEP_LOG not in view.may:
        return section(line(view.kept, start=icon(Icon.CLOCK, words)) if view.kept else None)
    return section(
        dropdown("days", words("Keep the record"), view.keeps[:CHOICES_SHOWN]),
        paragraph(faint(words("Older lines are deleted at night, for good. What is left can still be checked."))),
        buttons(button(words("Save"), Press(Action.KEEP_LOG))),
        header=words("How long it is kept"),
    )


def record_proof(view: RecordProof, words: Words) -> Card:
    """Whole, or where not; the seal to keep elsewhere; and checking one that was kept."""
    return card(
        heading(words("Check of the record"), view.account_name),
        [
            section(_verdict(view, words)),
            _to_keep(view, words),
            section(
                text_field("kept", words("A line you kept"), value=view.typed, limit=KEPT_LIMIT),
                field_error(view.error, words),
                buttons(
                    button(words("Check again"), Press(Action.VERIFY_LOG, {"again": "yes"})),
                    button(words("Show the record"), Press(Action.AUDIT_LOG), style=Style.BORDERLESS),
                ),
                header=words("Compare with what you kept"),
            ),
        ],
    )


def _verdict(view: RecordProof, words: Words) -> list[Widget]:
    if not view.faults:
        lines = words.plural("{count} line", "{count} lines", view.count)
        bottom = words("{lines} since {day}", lines=lines, day=view.since) if view.since else lines
        return [line(bold(words("The record is whole")), bottom=bottom, start=icon(Icon.SAFE, words))]
    shown, more = listed(view.faults, words, limit=FAULTS_SHOWN)
    said = [line(words(_FAULTS[each.kind], number=each.number), start=icon(Icon.FAILED, words)) for each in shown]
    advice = words("Somebody changed the database behind Rowstream. Keep a copy of it and write to us.")
    if all(each.kind is FaultKind.KEPT for each in view.faults):
        advice = words("The record fits together, but not with what you kept. Check that you pasted the whole line.")
    return [
        line(bold(words("The record is not whole")), start=icon(Icon.WARNING, words)),
        *said,
        *more,
        paragraph(advice),
    ]


def _to_keep(view: RecordProof, words: Words) -> Section:
    if not view.newest:
        return section()
    return section(
        paragraph(view.newest),
        paragraph(
            faint(words("Copy this to a place of your own. It proves later that nothing up to here was changed."))
        ),
        header=words("The newest line"),
    )
