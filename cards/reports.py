"""What people did to a tab that we did not undo by ourselves: a sentence and a button for each, and the tab that waits.

Parameters: `binding_id`, `report_id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Link, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, heading, listed, section
from cards.markup import bold
from cards.widgets import Style, Widget, button, buttons, line, paragraph
from cards.words import Words, mark

REPORTS_SHOWN = 15


class ReportKind(StrEnum):
    """What was found."""

    ROW_DELETED = "row-deleted"
    ROW_COPIED = "row-copied"
    KEY_DAMAGED = "key-damaged"
    COLUMN_DELETED = "column-deleted"
    COLUMN_REPLACED = "column-replaced"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report, `ago_s` seconds old. `name`: the order or the column, "" where the viewer may not know it.

    `place`: A1 address in the tab, "" when there is none; `url` opens the tab there.
    """

    report_id: str
    kind: ReportKind
    name: str
    ago_s: int
    place: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reports:
    """One tab's open reports, newest first. `count`: how many there are in all.

    `missing`: rows that disappeared at once, while the tab waits to be told what happened; 0 when it does not.
    """

    binding_id: str
    tab_name: str
    lines: tuple[ReportLine, ...] = ()
    count: int = 0
    missing: int = 0
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class _Said:
    """A kind's title with a name and without, what it means, and the press that puts it right with its label."""

    named: str
    nameless: str
    meaning: str
    fix: Action
    label: str


_SAID: Mapping[ReportKind, _Said] = {
    ReportKind.ROW_DELETED: _Said(
        mark("The row of {name} was deleted"),
        mark("A row was deleted"),
        mark("We do not write it again by ourselves."),
        Action.RESTORE_ROW,
        mark("Put this row back"),
    ),
    ReportKind.ROW_COPIED: _Said(
        mark("The row of {name} stands more than once"),
        mark("A row stands more than once"),
        mark("All of them are kept up to date. Your own cells beside a copy stay when it is removed."),
        Action.REMOVE_COPY,
        mark("Remove the copy"),
    ),
    ReportKind.KEY_DAMAGED: _Said(
        mark("The key of {name} was changed"),
        mark("The key of a row was changed"),
        mark("Without its key the row is not updated any more."),
        Action.REPAIR_KEY,
        mark("Repair the key"),
    ),
    ReportKind.COLUMN_DELETED: _Said(
        mark("The column {name} was deleted"),
        mark("A column was deleted"),
        mark("We do not make it again by ourselves."),
        Action.RESTORE_COLUMN,
        mark("Add the column again"),
    ),
    ReportKind.COLUMN_REPLACED: _Said(
        mark("The column {name} is somebody's own now"),
        mark("A column is somebody's own now"),
        mark("We leave it alone. Ours can stand on the right of our other columns."),
        Action.RESTORE_COLUMN,
        mark("Add our column again"),
    ),
}


def reports(view: Reports, words: Words) -> Card:
    """The question that the tab waits for, then every report with its button."""
    shown, _ = listed(view.lines, words, limit=REPORTS_SHOWN)
    rest = view.count - len(shown)
    more = [paragraph(words.plural("and {count} more", "and {count} more", rest))] if rest > 0 else []
    calm = line(words("Nothing to put right"), start=icon(Icon.LIVE, words))
    return card(
        heading(words("To look at"), view.tab_name),
        [
            _question(view, words),
            *(_report(each, view.may, words) for each in shown),
            section(more),
            section(calm if not shown and not view.missing else None),
        ],
    )


def _question(view: Reports, words: Words) -> Section:
    if not view.missing:
        return section()
    gone = words.plural("{count} row disappeared at once", "{count} rows disappeared at once", view.missing)
    known = {"binding_id": view.binding_id}
    may = Action.ACCEPT_MISSING in view.may
    deeds = buttons(
        button(words("Put them back"), Press(Action.RESTORE_MISSING, known), style=Style.FILLED),
        button(words("They were deleted on purpose"), Press(Action.ACCEPT_MISSING, known)),
    )
    return section(
        line(bold(gone), start=icon(Icon.WARNING, words)),
        paragraph(
            words("The tab waits until somebody says what happened. Undo in Google Sheets brings them back too.")
        ),
        deeds if may else [paragraph(words("An owner or admin of this account can decide this."))],
    )


def _report(each: ReportLine, may: frozenset[Action], words: Words) -> Section:
    said = _SAID[each.kind]
    title = words(said.named, name=each.name) if each.name else words(said.nameless)
    found = words.ago(each.ago_s)
    where = words("{place}, {moment}", place=each.place, moment=found) if each.place else found
    return section(
        line(bold(title), bottom=where, start=icon(Icon.WARNING, words)),
        paragraph(words(said.meaning)),
        _deeds(each, said, may, words),
    )


def _deeds(each: ReportLine, said: _Said, may: frozenset[Action], words: Words) -> list[Widget]:
    known = {"report_id": each.report_id}
    note = Action.TAKE_NOTE in may
    return buttons(
        button(words(said.label), Press(said.fix, known)) if said.fix in may else None,
        button(words("Show it"), Link(each.url), style=Style.BORDERLESS) if each.url else None,
        button(words("Leave it so"), Press(Action.TAKE_NOTE, known), style=Style.BORDERLESS) if note else None,
    )


def reports_line(count: int, binding_id: str, may: frozenset[Action], words: Words) -> list[Widget]:
    """The way from a tab's own card to its reports; nothing when there are none."""
    if not count or Action.REPORTS not in may:
        return []
    said = words.plural("{count} thing to look at", "{count} things to look at", count)
    bottom = words("Somebody changed what we wrote")
    return [line(bold(said), bottom=bottom, start=icon(Icon.FLAG, words),
                 on=Press(Action.REPORTS, {"binding_id": binding_id}))]  # fmt: skip
