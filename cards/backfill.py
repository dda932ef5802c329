"""The first fill of a tab: how far it has come, ending it, and how far back a tab reaches.

Form field: `days_back` (ALL_WE_HOLD or a number of days). Parameter: `binding_id`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Section, section
from cards.markup import bold, joined
from cards.widgets import Choice, Style, Widget, button, buttons, dropdown, line, paragraph, progress_bar
from cards.words import Words

ALL_WE_HOLD = "all"
#: Days back that a tab can be asked to reach, beside everything.
DAYS_BACK = (30, 90, 365)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fill is, in rows; `total` may still grow, and is 0 while nothing is known of it.

    `reading`: the share (0 to 1) of the shop's history that is read from TikTok, None when all of it is.
    `per_minute`: rows a minute lately. `left_s`: seconds that remain, where that can be told.
    """

    done: int
    total: int
    left_s: int | None = None
    reading: float | None = None
    per_minute: int | None = None
    is_stopping: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back a tab reaches: what is older than `since_s` seconds is left out; None = everything we hold.

    `is_settled`: its rows are settled transactions.
    """

    since_s: int | None = None
    is_settled: bool = False


def filling(progress: Progress, words: Words) -> str:
    """What is going on and how far it is, in words and a bar."""
    if progress.is_stopping:
        return words("Stopping the backfill")
    if progress.reading is not None:
        share = words.percent(progress.reading)
        said = words("Reading orders from TikTok, {share}", share=share)
        return joined((said, progress_bar(round(progress.reading * 1000), 1000)))
    if progress.total <= 0:
        return words("Getting ready")
    share = words.percent(progress.done / progress.total)
    return joined((words("Filling the tab, {share}", share=share), progress_bar(progress.done, progress.total)))


def time_left(progress: Progress, words: Words) -> str:
    """Rows done of all, the pace, and how long the rest will take."""
    if progress.reading is not None:
        return words.plural("{count} row written so far", "{count} rows written so far", progress.done)
    if progress.total <= 0:
        return words("We are counting the rows")
    parts = [words("{done} of {total} rows", done=progress.done, total=progress.total)]
    if progress.per_minute is not None:
        parts.append(words.plural("{count} row a minute", "{count} rows a minute", progress.per_minute))
    if progress.left_s is not None:
        parts.append(words("about {time} left", time=words.span(progress.left_s)))
    return ", ".join(parts)


def under_way(progress: Progress, binding_id: str, may: frozenset[Action], words: Words) -> list[Widget]:
    """The fill on the tab's own card: the bar, what goes on meanwhile, and the button that ends it."""
    said = line(bold(filling(progress, words)), bottom=time_left(progress, words), start=icon(Icon.WORKING, words))
    if progress.is_stopping:
        return [said, paragraph(words("Rows that are written stay and are kept up to date."))]
    calm = paragraph(words("You can close the sidebar. The newest come first, and changes are written meanwhile."))
    if Action.STOP_BACKFILL not in may:
        return [said, calm]
    press = Press(Action.STOP_BACKFILL, {"binding_id": binding_id})
    return [said, calm, *buttons(button(words("Stop the backfill"), press, style=Style.BORDERLESS))]


def older_orders(reach: Reach, binding_id: str, may: frozenset[Action], words: Words) -> Section:
    """How far back the tab reaches, and the form that fetches more; nothing where it shows all we hold."""
    if reach.since_s is None:
        return section()
    begins = words("Begins {moment}", moment=words.ago(reach.since_s))
    left_out, fetch = words("Older orders are not in this tab"), words("Fetch older orders")
    if reach.is_settled:
        left_out, fetch = words("Older transactions are not in this tab"), words("Fetch older transactions")
    edge = line(left_out, top=begins, start=icon(Icon.CLOCK, words))
    if Action.FETCH_OLDER not in may:
        return section(edge)
    press = Press(Action.FETCH_OLDER, {"binding_id": binding_id})
    further = [days for days in DAYS_BACK if days * 86_400 > reach.since_s]
    return section(
        edge,
        dropdown("days_back", words("How far back"), _choices(further, ALL_WE_HOLD, words)),
        buttons(button(fetch, press)),
    )


def how_far_back(label: str, chosen: str, words: Words) -> Widget:
    """The choice when a tab is bound. `label`: what its rows are."""
    return dropdown("days_back", label, _choices(DAYS_BACK, chosen, words))


def _choices(days: Sequence[int], chosen: str, words: Words) -> list[Choice]:
    found = [Choice(ALL_WE_HOLD, words("All that we hold"), chosen == ALL_WE_HOLD)]
    for each in days:
        said = words.plural("The last {count} day", "The last {count} days", each)
        found.append(Choice(str(each), said, chosen == str(each)))
    return found
