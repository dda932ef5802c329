"""The sync history of a file: what each pass did, what it cost, and what went wrong, in plain words.

Parameter: `page`, where an older page begins.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, card, heading, listed, section
from cards.markup import bold, faint
from cards.widgets import Style, Widget, button, buttons, line, paragraph
from cards.words import Words, mark

LINES_SHOWN = 10
CELLS_SHOWN = 10  # addresses of one line; the rest is counted


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One pass, `ago_s` seconds ago. `kind`: flush, set-up, audit, repair or roll-off; `outcome`: ok, raced, failed or
    unknown.

    Rows by what became of them, calls to Google, milliseconds, `remark` in a sentence, and the addresses of cells where
    people's text may have been written over.
    """

    ago_s: int
    outcome: str = "ok"
    kind: str = "flush"
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    healed: int = 0
    removed: int = 0
    reads: int = 0
    writes: int = 0
    ms: int = 0
    remark: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """A page of the history of the file `title`. `older`: where the next page begins, empty on the last one.

    `is_failing`: the newest pass failed and the next try is waited for.
    """

    title: str
    lines: tuple[HistoryLine, ...]
    older: str = ""
    is_newest: bool = True
    is_failing: bool = False
    may: frozenset[Action] = frozenset()


_KINDS: Mapping[str, str] = {
    "flush": mark("Update"),
    "set-up": mark("Setting up the tab"),
    "audit": mark("Check of the whole tab"),
    "repair": mark("Repair"),
    "roll-off": mark("Move to the archive"),
}
_OUTCOMES: Mapping[str, str] = {
    "failed": mark("This did not work"),
    "raced": mark("The tab was changed meanwhile, so we look again"),
    "unknown": mark("Google's answer was lost, so we look again"),
}


def history(view: History, words: Words) -> Card:
    """The passes, newest first; a button to try again when the last one failed, and one to older ones."""
    lines = [widget for each in view.lines[:LINES_SHOWN] for widget in full_line(each, words)]
    nothing = None if lines else paragraph(words("Nothing has been written here yet."))
    return card(
        heading(words("History"), view.title),
        [
            section(try_again(view.may, words) if view.is_failing else []),
            section(nothing, lines),
            section(_turns(view, words)),
        ],
    )


def try_again(may: frozenset[Action], words: Words) -> list[Widget]:
    """That the last pass failed, and the button that does not wait for the next one."""
    said = line(
        bold(words("The last update did not work")),
        bottom=words("We try again by ourselves; nothing is lost"),
        start=icon(Icon.WARNING, words),
    )
    if Action.TRY_NOW not in may:
        return [said]
    return [said, *buttons(button(words("Try now"), Press(Action.TRY_NOW), style=Style.FILLED))]


def _turns(view: History, words: Words) -> list[Widget]:
    if Action.HISTORY not in view.may:
        return []
    newest = None if view.is_newest else button(words("Show the newest"), Press(Action.HISTORY, {"page": "newest"}))
    older = button(words("Show older"), Press(Action.HISTORY, {"page": view.older})) if view.older else None
    can_take = Action.EXPORT_HISTORY in view.may and bool(view.lines)
    taken = button(words("Download the history"), Press(Action.EXPORT_HISTORY)) if can_take else None
    return buttons(newest, older, taken)


def short_line(shown: HistoryLine, words: Words) -> Widget:
    """One pass on the tab's own card: what it did and when."""
    return line(_said(shown, words), top=words.ago(shown.ago_s), bottom=shown.remark)


def full_line(shown: HistoryLine, words: Words) -> list[Widget]:
    """One pass with what it cost and whose cells it may have written over."""
    kind = words(_KINDS.get(shown.kind, _KINDS["flush"]))
    top = words("{kind}, {moment}", kind=kind, moment=words.ago(shown.ago_s))
    sign = icon(Icon.WARNING if shown.outcome in {"failed", "unknown"} else Icon.HISTORY, words)
    drawn = [line(_said(shown, words), top=top, bottom=_cost(shown, words), start=sign)]
    if shown.remark:
        drawn.append(paragraph(faint(shown.remark)))
    if shown.cells:
        drawn += _cells(shown.cells, words)
    return drawn


def _said(shown: HistoryLine, words: Words) -> str:
    parts = [words(_OUTCOMES[shown.outcome])] if shown.outcome == "failed" else []
    counts = (
        (shown.inserted, words.plural("{count} row added", "{count} rows added", shown.inserted)),
        (shown.updated, words.plural("{count} row changed", "{count} rows changed", shown.updated)),
        (shown.healed, words.plural("{count} row put right", "{count} rows put right", shown.healed)),
        (shown.removed, _left(shown, words)),
    )
    parts += [said for count, said in counts if count]
    told = ", ".join(parts)
    if shown.outcome in {"raced", "unknown"}:
        again = words(_OUTCOMES[shown.outcome])
        return words("{told}. {again}", told=told, again=again) if told else again
    if told:
        return told
    if shown.kind == "set-up":
        return words("The tab is set up")
    return words("Nothing was written") if shown.remark else words("Checked, nothing to change")


def _left(shown: HistoryLine, words: Words) -> str:
    """Rows that a person deleted, or that we moved."""
    if shown.kind == "roll-off":
        return words.plural("{count} row moved", "{count} rows moved", shown.removed)
    return words.plural("{count} row gone", "{count} rows gone", shown.removed)


def _cost(shown: HistoryLine, words: Words) -> str:
    parts = [
        words.plural("{count} read", "{count} reads", shown.reads),
        words.plural("{count} write", "{count} writes", shown.writes),
        words("{seconds} s", seconds=f"{shown.ms / 1000:.1f}"),
    ]
    if shown.unchanged:
        parts.append(words.plural("{count} row was right", "{count} rows were right", shown.unchanged))
    return ", ".join(parts)


def _cells(cells: tuple[str, ...], words: Words) -> list[Widget]:
    shown, more = listed(cells, words, limit=CELLS_SHOWN)
    return [paragraph(words("Cells to look at: {cells}", cells=", ".join(shown))), *more]
