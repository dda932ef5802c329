"""Home of a bound file: what each tab shows, how fresh it is, what is due, who can see it, and the next step.

One view for every role. What a role is here for decides which button is the filled one; which buttons exist at all
comes in as `may`. Parameters: `binding_id`, `window`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Press
from cards.backfill import Progress, filling, time_left
from cards.desk_home import FinanceLine, finance_section
from cards.icons import Icon, icon
from cards.layout import Card, Section, branded, card, listed, section
from cards.markup import bold
from cards.news import FeeRise, Leak, News, news_section
from cards.people_words import role_word
from cards.trouble import Trouble, fix, panel, sign, title
from cards.widgets import Button, Style, Widget, button, buttons, line, paragraph
from cards.words import Words, mark

MAX_TROUBLES = 3  # reasons told in full; the tabs below name the others


@dataclass(frozen=True, slots=True)
class TabLine:
    """One bound tab. `updated_s`: seconds since the last verified write or check that found nothing to write."""

    binding_id: str
    tab_name: str
    profile_name: str
    rows: int
    updated_s: int | None = None
    progress: Progress | None = None
    trouble: Trouble | None = None


class DueKind(StrEnum):
    """A window of orders that ask for something. Value = the parameter `window`."""

    OVERDUE = "overdue"
    TODAY = "today"
    TOMORROW = "tomorrow"
    CANCEL_REQUESTS = "cancel-requests"


@dataclass(frozen=True, slots=True)
class DueCount:
    """How many orders are in a window. `is_more`: counting stopped at `count`, there are more."""

    kind: DueKind
    count: int
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class SheetHome:
    """A bound file as one member sees it. `reader_count`: people who can open it; None hides it.

    `is_review_due`: it is time to look through who can see what, and this person is the one to be asked.
    """

    file_title: str
    account_name: str
    role: str
    audience: str
    tabs: tuple[TabLine, ...]
    due: tuple[DueCount, ...] = ()
    reader_count: int | None = None
    may: frozenset[Action] = frozenset()
    news: tuple[News, ...] = ()
    leaks: tuple[Leak, ...] = ()
    rises: tuple[FeeRise, ...] = ()
    is_review_due: bool = False
    finance: FinanceLine | None = None


#: What each role is here for: the action whose button is filled. A role without a row only reads.
_PURPOSE: Mapping[str, Action] = {
    "owner": Action.ORDERS,
    "admin": Action.ORDERS,
    "finance": Action.REFRESH_NOW,
    "warehouse": Action.ORDERS,
    "support": Action.ORDERS,
    "accountant": Action.REFRESH_NOW,
}

_MANY_DUE: Mapping[DueKind, str] = {
    DueKind.OVERDUE: mark("More than {count} overdue"),
    DueKind.TODAY: mark("More than {count} due today"),
    DueKind.TOMORROW: mark("More than {count} due tomorrow"),
    DueKind.CANCEL_REQUESTS: mark("More than {count} cancel requests"),
}

_LABELS: Mapping[Action, str] = {
    Action.ORDERS: mark("Show orders"),
    Action.REFRESH_NOW: mark("Refresh now"),
    Action.COSTS: mark("Show costs"),
    Action.BIND_FORM: mark("Add a tab"),
    Action.PEOPLE: mark("Manage people"),
    Action.SHOPS: mark("Manage shops"),
    Action.CHECK_SHARING: mark("Check sharing"),
}


def sheet_home(view: SheetHome, words: Words) -> Card:
    """Troubles first, then freshness, what is due, and the doors for this role."""
    troubles = list(dict.fromkeys(tab.trouble for tab in view.tabs if tab.trouble is not None))
    audience = words("Written for {role}", role=role_word(view.audience, words))
    waits = _look_again(view, words)
    told = troubles[:MAX_TROUBLES]
    shown, more = listed(view.tabs, words, limit=10)
    return card(
        branded(
            view.file_title,
            words("{account}, {role}", account=view.account_name, role=role_word(view.role, words)),
            words,
        ),
        [
            *(panel(each, view.may, words, is_first=at == 0) for at, each in enumerate(told)),
            news_section(view.news, view.leaks, words, rises=view.rises if Action.FEE_DRIFT in view.may else ()),
            section(review_reminder(view.may, words) if view.is_review_due else []),
            section([_tab(tab, told, view.may, words) for tab in shown], more, waits, header=words("This sheet")),
            _due(view, words) if not waits or any(each.count for each in view.due) else section(),
            finance_section(view.finance, view.may, words),
            section(_seen_by(view, audience, words), header=words("Who sees it")),
            section(_doors(view, words, calm=not troubles and not waits)),
        ],
    )


def review_reminder(may: frozenset[Action], words: Words) -> list[Widget]:
    """That a quarter has passed, and the way to the review."""
    said = line(
        bold(words("Time to look at who sees what")),
        bottom=words("Once a quarter: confirm who still needs access, end the rest"),
        start=icon(Icon.SEEN, words),
    )
    way = button(words("Review access"), Press(Action.ACCESS_REVIEW)) if Action.ACCESS_REVIEW in may else None
    return [said, *buttons(way)]


def _look_again(view: SheetHome, words: Words) -> list[Widget]:
    """While rows are on their way: a card does not move by itself."""
    if all(tab.progress is None or tab.trouble is not None for tab in view.tabs):
        return []
    return buttons(button(words("Refresh status"), Press(Action.RETURN_HOME), style=Style.FILLED))


def _tab(tab: TabLine, told: Sequence[Trouble], may: frozenset[Action], words: Words) -> Widget:
    """A tab in a line. A reason that a panel above tells is not told again."""
    on = Press(Action.SHEET, {"binding_id": tab.binding_id}) if Action.SHEET in may else None
    mood, state, remark = tab_state(tab, words)
    if tab.trouble in told:
        state = words("Not updated at the moment")
    top = tab.tab_name
    if tab.profile_name != tab.tab_name:
        top = words("{profile} in {tab}", profile=tab.profile_name, tab=tab.tab_name)
    return line(bold(state), top=top, bottom=remark, start=icon(mood, words), on=on)


def tab_state(tab: TabLine, words: Words) -> tuple[Icon, str, str]:
    """A tab's icon, state and remark: freshness and rows, progress, or the reason why it rests."""
    rows = words.plural("{count} row", "{count} rows", tab.rows)
    if tab.trouble is not None:
        return sign(tab.trouble), title(tab.trouble, words), rows
    if tab.progress is not None:
        return Icon.WORKING, filling(tab.progress, words), time_left(tab.progress, words)
    if tab.updated_s is None:
        return Icon.WORKING, words("Not updated yet"), rows
    return Icon.LIVE, words("Updated {moment}", moment=words.ago(tab.updated_s)), rows


def _due(view: SheetHome, words: Words) -> Section:
    counts = [each for each in view.due if each.count > 0][: len(DueKind)]
    if view.due and not counts:
        return section(
            line(words("Nothing is due today or tomorrow"), start=icon(Icon.LIVE, words)), header=words("Next up")
        )
    return section([_due_line(each, view.may, words) for each in counts], header=words("Next up"))


def _due_line(due: DueCount, may: frozenset[Action], words: Words) -> Widget:
    if due.is_more:
        said, mood = words(_MANY_DUE[due.kind], count=due.count), Icon.CLOCK
    elif due.kind is DueKind.OVERDUE:
        said, mood = words.plural("{count} overdue", "{count} overdue", due.count), Icon.LATE
    elif due.kind is DueKind.TODAY:
        said, mood = words.plural("{count} due today", "{count} due today", due.count), Icon.CLOCK
    elif due.kind is DueKind.TOMORROW:
        said, mood = words.plural("{count} due tomorrow", "{count} due tomorrow", due.count), Icon.CLOCK
    else:
        said = words.plural("{count} cancel request", "{count} cancel requests", due.count)
        mood = Icon.WARNING
    on = Press(Action.ORDERS, {"window": due.kind.value}) if Action.ORDERS in may else None
    return line(bold(said), start=icon(mood, words), on=on)


def _seen_by(view: SheetHome, audience: str, words: Words) -> Widget:
    if view.reader_count is None:
        return line(audience, start=icon(Icon.SEEN, words))
    readers = words.plural("{count} person can open it", "{count} people can open it", view.reader_count)
    return line(audience, bottom=readers, start=icon(Icon.SEEN, words))


def _doors(view: SheetHome, words: Words, *, calm: bool) -> list[Widget]:
    purpose = _PURPOSE.get(view.role)
    useless = {fix(tab.trouble) for tab in view.tabs if tab.trouble is not None}  # a panel above offers these
    if not any(tab.trouble is None and tab.progress is None for tab in view.tabs):
        useless.add(Action.REFRESH_NOW)
    ordered = [each for each in _LABELS if each in view.may and each not in useless]
    ordered.sort(key=lambda each: each is not purpose)
    if not ordered:
        return [paragraph(words("This sheet keeps itself up to date. There is nothing you need to do."))]
    return buttons(*(_door(each, words, filled=calm and each is purpose) for each in ordered))


def _door(action: Action, words: Words, *, filled: bool) -> Button:
    if action is Action.BIND_FORM:  # another tab starts with its profile
        return button(words(_LABELS[action]), Press(Action.CHOOSE_PROFILE), style=Style.BORDERLESS)
    quiet = Style.OUTLINED if action in {Action.ORDERS, Action.REFRESH_NOW} else Style.BORDERLESS
    return button(words(_LABELS[action]), Press(action), style=Style.FILLED if filled else quiet)
