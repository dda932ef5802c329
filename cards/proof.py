"""Prove it: what a file was found to show, in a verdict, each finding with its place, and the proofs before it.

Parameters: `proof_id`, `again` when the card is already in view, `form` of a download (PAGE or TABLE).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Link, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, footer, heading, listed, section
from cards.markup import bold, faint, joined
from cards.people_words import role_word
from cards.widgets import Button, Style, Widget, button, buttons, line, paragraph, progress_bar
from cards.words import Words, mark

AGAIN = "again"  # parameter: draw the card in place
PAGE, DATA = "page", "data"  # forms of a download
MOST_FINDINGS = 12
MOST_UNREAD = 6
MOST_PAST = 6


class Verdict(StrEnum):
    """What a proof came to. CHANGED: the report is not as it was signed."""

    GREEN = "green"
    RED = "red"
    UNREAD = "unread"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Found:
    """Something found. `sign`: value, beside, heading, told or reader; `title`: the column, or why a reader is one too
    many. `where`: A1 addresses; `part`, `hidden`: words of the report. `begins`, `order`: as much as may be repeated.
    """

    sign: str
    title: str
    tab: str = ""
    where: str = ""
    part: str = "cell"
    hidden: str = ""
    count: int = 1
    begins: str = ""
    order: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read or proved, and where."""

    why: str
    tab: str = ""
    where: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier proof."""

    proof_id: str
    verdict: Verdict
    ago_s: int


@dataclass(frozen=True, slots=True)
class Running:
    """A proof under way, in rows; `total` 0 while nothing is known of it."""

    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof in view, or none yet (`verdict` None). `is_newest`: there is none after it."""

    file_title: str
    audience: str
    proof_id: str = ""
    verdict: Verdict | None = None
    ago_s: int = 0
    tabs: int = 0
    rows: int = 0
    orders: int = 0
    found: tuple[Found, ...] = ()
    unread: tuple[Unread, ...] = ()
    past: tuple[Past, ...] = ()
    running: Running | None = None
    is_newest: bool = True
    may: frozenset[Action] = frozenset()


_SIGNS: Mapping[Verdict, Icon] = {
    Verdict.GREEN: Icon.SAFE,
    Verdict.RED: Icon.FAILED,
    Verdict.UNREAD: Icon.WARNING,
    Verdict.CHANGED: Icon.FAILED,
}
_SHORT: Mapping[Verdict, str] = {
    Verdict.GREEN: mark("Clean"),
    Verdict.RED: mark("Shows too much"),
    Verdict.UNREAD: mark("Could not be proved"),
    Verdict.CHANGED: mark("Changed after it was signed"),
}
_PARTS: Mapping[str, str] = {
    "note": mark("in a note"),
    "choices": mark("in a list of choices"),
    "link": mark("in a link"),
    "title": mark("in a title"),
    "range-name": mark("as the name of a range"),
    "protection": mark("in a protected range's description"),
    "condition": mark("in conditional formatting"),
    "filter": mark("in a filter"),
    "chart": mark("in a chart"),
    "metadata": mark("in notes that add-ons keep"),
    "object": mark("in a table, slicer or pivot table"),
}
_HIDDEN: Mapping[str, str] = {
    "tab": mark("hidden tab"),
    "column": mark("hidden column"),
    "row": mark("hidden row"),
}
_READERS: Mapping[str, str] = {
    "link": mark("Anyone with the link can open it"),
    "public": mark("Everybody on the internet can open it"),
    "domain": mark("A whole organisation can open it"),
    "group": mark("A group can open it"),
    "role": mark("A member can open it whose role may not see all of it"),
    "ended": mark("Somebody can open it whose membership has ended"),
}
_REASONS: Mapping[str, str] = {
    "import": mark("Brings data in from another file, so it cannot be proved"),
    "loading": mark("A formula was still loading. Prove it again in a moment"),
    "linked": mark("Shows data of another system, which we cannot read"),
    "edited": mark("Rows kept moving while we read. Prove it again in a moment"),
    "keys": mark("A row's order is not held here any more, so its amounts could not be compared"),
    "readers": mark("Google did not tell who can open the file. Prove it again in a moment"),
    "unlisted": mark("Google does not let us see who can open the file"),
    "no-access": mark("We could not open the file. Check that its writer may still edit it"),
    "no-answer": mark("Google did not answer. Prove it again in a moment"),
    "not-bound": mark("The file was disconnected meanwhile"),
}


def proof(view: Proof, words: Words) -> Card:
    """The verdict, what it rests on, what was found with a way to each place, and earlier proofs."""
    return card(
        heading(words("Prove it"), view.file_title),
        [
            section(_running(view.running, words) if view.running else []),
            section(_verdict(view, words)),
            *_findings(view, words),
            section(_unread(view, words), header=words("Could not be proved") if view.unread else ""),
            section(_downloads(view, words)),
            _past(view, words),
            _limits(words),
        ],
        fixed=_fixed(view, words),
    )


def _running(running: Running, words: Words) -> list[Widget]:
    if running.total <= 0:
        said, rest = words("Getting ready"), words("We compare the file with every order you have")
    else:
        said = joined((words("Reading the file"), progress_bar(running.done, running.total)))
        rest = words("{done} of {total} rows", done=running.done, total=running.total)
    calm = paragraph(words("You can close the sidebar. Nothing is written into the sheet."))
    return [line(bold(said), bottom=rest, start=icon(Icon.WORKING, words)), calm]


def _verdict(view: Proof, words: Words) -> list[Widget]:
    role = role_word(view.audience, words)
    if view.verdict is None:
        if view.running:
            return []
        return [
            line(bold(words("Not proved yet")), start=icon(Icon.SAFE, words)),
            paragraph(
                words(
                    "We read the whole file as it is, hidden parts too, and look for what the role {role} may not see.",
                    role=role,
                )
            ),
        ]
    said = {
        Verdict.GREEN: words("Clean: nothing found that the role {role} may not see", role=role),
        Verdict.RED: words("This file shows what the role {role} may not see", role=role),
        Verdict.UNREAD: words("Nothing found, but part of the file could not be proved"),
        Verdict.CHANGED: words("This report was changed after it was signed. Do not rely on it"),
    }[view.verdict]
    shown = [line(bold(said), top=words.ago(view.ago_s), start=icon(_SIGNS[view.verdict], words))]
    if view.verdict is not Verdict.CHANGED:
        shown.append(paragraph(faint(_extent(view, words))))
    return shown


def _extent(view: Proof, words: Words) -> str:
    tabs = words.plural("{count} tab", "{count} tabs", view.tabs)
    rows = words.plural("{count} row", "{count} rows", view.rows)
    orders = words.plural("{count} order", "{count} orders", view.orders)
    return words("Read {tabs} and {rows}, compared with {orders}", tabs=tabs, rows=rows, orders=orders)


def _findings(view: Proof, words: Words) -> list[Section]:
    if view.verdict is Verdict.CHANGED:
        return []
    shown, more = listed(view.found, words, limit=MOST_FINDINGS)
    lines = [widget for each in shown for widget in _finding(each, view, words)]
    return [section(lines, more, header=words("What was found"))] if lines else []


def _finding(found: Found, view: Proof, words: Words) -> list[Widget]:
    """What it is and where; the line leads to the cell, a button to what helps."""
    on = Link(found.url) if found.url else None
    drawn = line(
        bold(_what(found, words)),
        top=_where(found, words),
        bottom=_more(found, words),
        start=_mark(found, words),
        on=on,
    )
    if found.sign == "reader" and Action.CHECK_SHARING in view.may:
        return [drawn, *buttons(button(words("See who can open it"), Press(Action.CHECK_SHARING)))]
    return [drawn]


def _mark(found: Found, words: Words) -> dict[str, object]:
    return icon(Icon.SEEN if found.sign == "reader" else Icon.OPEN if found.url else Icon.WARNING, words)


def _what(found: Found, words: Words) -> str:
    if found.sign == "reader":
        known = _READERS.get(found.title, mark("Somebody can open it who is not a member"))
        return words(known)
    if found.sign == "beside":
        return words("{column} of the row's order", column=found.title)
    if found.sign == "heading":
        return words("A column that calls itself {column}", column=found.title)
    if found.sign == "told":
        return words("{column} follows from columns side by side", column=found.title)
    return found.title


def _where(found: Found, words: Words) -> str:
    spot = words("{tab}, {cells}", tab=found.tab, cells=found.where) if found.tab and found.where else found.tab
    hidden = _HIDDEN.get(found.hidden, "")
    return words("{place} ({why})", place=spot, why=words(hidden)) if hidden and spot else spot


def _more(found: Found, words: Words) -> str:
    if found.sign == "reader":
        return "" if found.title in {"link", "public"} else found.begins
    said = [words(_PARTS[found.part])] if found.part in _PARTS else []
    if found.begins:
        said.append(words("begins with {letters}", letters=found.begins))
    if found.order:
        said.append(words("order …{number}", number=found.order))
    if found.count > 1:
        said.append(words.plural("{count} place", "{count} places", found.count))
    return ", ".join(said)


def _unread(view: Proof, words: Words) -> list[Widget]:
    shown, more = listed(view.unread, words, limit=MOST_UNREAD)
    drawn: list[Widget] = []
    for each in shown:
        place = words("{tab}, {cells}", tab=each.tab, cells=each.where) if each.tab and each.where else each.tab
        said = words(_REASONS.get(each.why, _REASONS["no-answer"]))
        on = Link(each.url) if each.url else None
        drawn.append(line(said, top=place, start=icon(Icon.WARNING, words), on=on))
    return [*drawn, *more]


def _downloads(view: Proof, words: Words) -> list[Widget]:
    is_ready = view.proof_id and view.verdict not in {None, Verdict.CHANGED}
    if not is_ready or Action.EXPORT_PROOF not in view.may:
        return []

    def form(label: str, which: str) -> Button:
        press = Press(Action.EXPORT_PROOF, {"proof_id": view.proof_id, "form": which})
        return button(label, press, style=Style.BORDERLESS)

    return buttons(form(words("Save the report"), PAGE), form(words("Save as data"), DATA))


def _past(view: Proof, words: Words) -> Section:
    lines = [
        line(
            words(_SHORT[each.verdict]),
            top=words.ago(each.ago_s),
            start=icon(_SIGNS[each.verdict], words),
            on=Press(Action.PROOF, {"proof_id": each.proof_id, AGAIN: "yes"}) if Action.PROOF in view.may else None,
        )
        for each in view.past[:MOST_PAST]
    ]
    return section(lines, header=words("Proofs before") if view.is_newest else words("Other proofs"))


def _limits(words: Words) -> Section:
    return section(
        paragraph(
            faint(
                words(
                    "No proof covers comments, drawings, pictures, older versions, scripts, copies or what was"
                    " published to the web."
                )
            )
        )
    )


def _fixed(view: Proof, words: Words) -> dict[str, object] | None:
    if view.running:
        status = button(words("Refresh status"), Press(Action.PROOF, {AGAIN: "yes"}))
        return footer(status) if Action.PROOF in view.may else None
    if Action.PROVE not in view.may:
        return None
    return footer(button(words("Prove it now"), Press(Action.PROVE)))
