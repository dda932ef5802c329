"""The finance desk: a period of a shop, what it came to, how far it is settled, and whether it ties out to the payout.

Amounts come in display-ready, one currency at a time. Parameters, the period in force: `span`, `first`, `last` (days as
2026-11-23), `shop`. Form fields: `span`, `first_day`, `last_day`, `shop`. `kind`: which file is taken away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cards.actions import Action, Press
from cards.desk_money import Earned, earned_section
from cards.desk_tie import Tie, sums_lines, tie_line
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, field_error, heading, section
from cards.markup import bold, faint, joined, trim
from cards.widgets import (
    Choice,
    Style,
    Widget,
    button,
    buttons,
    date_field,
    dropdown,
    line,
    paragraph,
    progress_bar,
)
from cards.words import Words, mark

SHOPS_SHOWN = 8
CURRENCIES_SHOWN = 2
UNDATED_SHOWN = 5
DAYS_LIMIT = 60  # characters of a period in words
DAY_LENGTH, CODE_LENGTH = 10, 3  # of 2026-11-23, of a currency


class FileKind(StrEnum):
    """What can be taken away of a period. Value = the parameter `kind`."""

    STATEMENTS = "statements"
    TRANSACTIONS = "transactions"
    PAYOUTS = "payouts"


_FILE_WORDS: Mapping[FileKind, str] = {
    FileKind.STATEMENTS: mark("Statements"),
    FileKind.TRANSACTIONS: mark("Transactions"),
    FileKind.PAYOUTS: mark("Payouts"),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the period's orders are settled. `extras`: samples and replacements; `idle`: never paid or cancelled.

    `days_left`: days that are not added up yet. `is_too_many`: more orders than a card can count.
    """

    settled: int = 0
    sales: int = 0
    extras: int = 0
    idle: int = 0
    is_young: bool = False
    days_left: int = 0
    is_too_many: bool = False


@dataclass(frozen=True, slots=True)
class Fresh:
    """How far a shop's finance is read. `read_s`: seconds ago, None for not yet. `wait_s`: until asking makes sense."""

    read_s: int | None = None
    is_reading: bool = False
    trouble: str = ""
    is_refused: bool = False
    is_gone: bool = False
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class ShopBrief:
    """One shop among others. `days`: the period in words, `since` and `until` its ends (2026-11-23); `zone`: whose days
    they are. `tie`: of its currencies the one that needs a look the most.
    """

    shop_id: str
    name: str
    market: str
    days: str
    zone: str
    coverage: Coverage
    fresh: Fresh
    tie: Tie | None = None
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class ShopWhole:
    """One shop with everything. `undated`: statements without a time."""

    brief: ShopBrief
    ties: tuple[Tie, ...] = ()
    earned: tuple[Earned, ...] = ()
    undated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk: one shop as a whole, or several in brief; `left` others can be chosen. `asked`: the period and the
    shop in force.

    `first_ms`, `last_ms`: own days, in the date fields.
    """

    account_name: str
    spans: tuple[Choice, ...]
    briefs: tuple[ShopBrief, ...] = ()
    whole: ShopWhole | None = None
    shops: tuple[Choice, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)
    first_ms: int | None = None
    last_ms: int | None = None
    error: str = ""
    left: int = 0
    may: frozenset[Action] = frozenset()


def desk(view: Desk, words: Words) -> Card:
    """The period on top; one shop with everything, several in brief, each with the way to its own."""
    shown = view.briefs[:SHOPS_SHOWN]
    left = view.left + len(view.briefs) - len(shown)
    more = paragraph(words.plural("and {count} more", "and {count} more", left)) if left else None
    nothing = paragraph(words("No shop is connected. An owner or admin of this account can connect one."))
    parts = _whole(view.whole, view, words) if view.whole else [_brief(each, view, words) for each in shown]
    is_empty = not view.briefs and view.whole is None and not view.error
    return card(
        heading(words("Finance desk"), view.account_name),
        [
            _period(view, words),
            section(nothing if is_empty else None),
            *parts,
            section(more, _go_on(view, words)),
            section() if is_empty else _auditor(view, words),
        ],
    )


def _auditor(view: Desk, words: Words) -> Section:
    """The way to what was charged otherwise than the rules say."""
    if Action.FEE_AUDIT not in view.may:
        return section()
    told = line(words("Was every fee charged as its rule says?"), start=icon(Icon.SAFE, words))
    return section(told, buttons(button(words("Check the fees"), Press(Action.FEE_AUDIT), style=Style.BORDERLESS)))


def _go_on(view: Desk, words: Words) -> list[Widget]:
    """While some of the shops in brief are not added up to the end."""
    is_waiting = any(each.coverage.days_left or (each.tie is not None and each.tie.waiting) for each in view.briefs)
    if Action.DESK not in view.may or not is_waiting:
        return []
    return buttons(button(words("Go on adding up"), Press(Action.DESK, {**view.asked, "again": "yes"})))


# --- the period ------------------------------------------------------------------------------------------------------


def _period(view: Desk, words: Words) -> Section:
    """The choice in view; days of one's own and the shop fold away until they are in use."""
    if Action.FILTER_DESK not in view.may:
        return section()
    is_own = view.first_ms is not None or bool(view.error)
    days = [
        date_field("first_day", words("From"), day_ms=view.first_ms),
        date_field("last_day", words("To"), day_ms=view.last_ms),
    ]
    which = [dropdown("shop", words("Shop"), view.shops)] if len(view.shops) > 1 else []
    span = dropdown("span", words("Days"), view.spans)
    submit = buttons(button(words("Show these days"), Press(Action.FILTER_DESK), style=Style.FILLED))
    hint = field_error(view.error, words)
    if is_own:
        return section(span, days, which, hint, submit)
    return section(span, which, submit, days, open_lines=1 + len(which) + len(submit))


# --- shops -----------------------------------------------------------------------------------------------------------


def _brief(part: ShopBrief, view: Desk, words: Words) -> Section:
    """A shop in a few lines, and the way to all of it."""
    on = Press(Action.DESK, {**view.asked, "shop": part.shop_id}) if Action.DESK in view.may else None
    trouble = line(part.fresh.trouble, start=icon(Icon.WARNING, words)) if part.fresh.trouble else None
    return section(
        line(
            bold(part.name),
            top=part.market,
            bottom=words("{days} · {fresh}", days=trim(part.days, DAYS_LIMIT), fresh=read_words(part.fresh, words)),
            start=icon(Icon.STORE, words),
            on=on,
        ),
        trouble,
        _coverage(part, words),
        tie_line(part.tie, _way(part, part.tie, view), words) if part.tie else None,
        buttons(button(words("Show this shop"), on, style=Style.BORDERLESS)) if on else None,
    )


def _whole(whole: ShopWhole, view: Desk, words: Words) -> list[Section]:
    """One shop with everything."""
    part = whole.brief
    ends = {"since": part.since[:DAY_LENGTH], "until": part.until[:DAY_LENGTH]}
    costs = Press(Action.COSTS, ends) if Action.COSTS in view.may else None
    earned, more = whole.earned[:CURRENCIES_SHOWN], len(whole.earned) - CURRENCIES_SHOWN
    told = words("{days}, by the days of the shop ({zone})", days=trim(part.days, DAYS_LIMIT), zone=_place(part.zone))
    return [
        _freshness(whole, view, words),
        section(
            paragraph(faint(told)),
            _coverage(part, words),
            _young(part.coverage, words),
            header=words("Orders"),
        ),
        *(earned_section(each, costs, words) for each in earned),
        section(_left_out(more, words)),
        _statements(whole, view, words),
        _undated(whole, view, words),
        _files(part, view, words),
    ]


def _left_out(count: int, words: Words) -> Widget | None:
    """How many currencies the card has no room for."""
    if count <= 0:
        return None
    told = words.plural("{count} more currency is not shown here", "{count} more currencies are not shown here", count)
    return line(told, start=icon(Icon.WARNING, words))


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _coverage(part: ShopBrief, words: Words) -> list[Widget]:
    """How many are settled, as a bar and in words, and who is not counted."""
    found = part.coverage
    if found.is_too_many:
        told = words("More orders than a card can add up. Choose fewer days, or use the Profit Ledger tab.")
        return [line(told, start=icon(Icon.WARNING, words))]
    if found.days_left:
        left = words.plural(
            "{count} day is still to be added up", "{count} days are still to be added up", found.days_left
        )
        waits = [line(left, start=icon(Icon.WORKING, words))]
    else:
        waits = []
    if not found.sales:
        return [*waits, line(words("No orders in these days"), bottom=_not_counted(found, words))]
    if part.fresh.is_refused and not found.settled:
        known = words.plural("{count} order, not known if settled", "{count} orders, not known if settled", found.sales)
        return [*waits, line(bold(known), bottom=_not_counted(found, words), start=icon(Icon.CLOCK, words))]
    said = words("{settled} of {sales} orders settled", settled=found.settled, sales=found.sales)
    bar = progress_bar(found.settled, found.sales)
    is_done = found.settled == found.sales
    shown = line(
        joined((bold(said), bar)),
        bottom=_not_counted(found, words),
        start=icon(Icon.LIVE if is_done else Icon.CLOCK, words),
    )
    return [*waits, shown]


def _not_counted(found: Coverage, words: Words) -> str:
    parts = []
    if found.extras:
        parts.append(words.plural("{count} sample or replacement", "{count} samples or replacements", found.extras))
    if found.idle:
        parts.append(words.plural("{count} unpaid or cancelled", "{count} unpaid or cancelled", found.idle))
    return words("Not counted: {parts}", parts=", ".join(parts)) if parts else ""


def _young(found: Coverage, words: Words) -> Widget | None:
    if not found.is_young or found.settled == found.sales:
        return None
    told = words("Orders of the latest 14 days are mostly not settled yet. Do not compare them with earlier weeks.")
    return line(told, start=icon(Icon.WARNING, words))


# --- statements ------------------------------------------------------------------------------------------------------


def _way(part: ShopBrief, tie: Tie, view: Desk) -> Press | None:
    if Action.TIE_OUT not in view.may or not tie.statements:
        return None
    return Press(Action.TIE_OUT, {**view.asked, "shop": part.shop_id, "currency": tie.currency[:CODE_LENGTH]})


def _statements(whole: ShopWhole, view: Desk, words: Words) -> Section:
    """The tie-out in each currency, and what it is made of."""
    part = whole.brief
    told = words("{days}, by UTC days: TikTok cuts its statements at midnight UTC", days=trim(part.days, DAYS_LIMIT))
    shown: list[Widget] = [paragraph(faint(told))]
    for tie in whole.ties[:CURRENCIES_SHOWN]:
        way = _way(part, tie, view)
        shown += [tie_line(tie, way, words), *sums_lines(tie, words)]
        shown += buttons(button(words("Show the tie-out"), way)) if way else []
    if left_out := _left_out(len(whole.ties) - CURRENCIES_SHOWN, words):
        shown.append(left_out)
    if not whole.ties:
        shown.append(line(words("No statements in these days"), start=icon(Icon.CLOCK, words)))
    return section(shown, header=words("Statements and payouts"))


def _undated(whole: ShopWhole, view: Desk, words: Words) -> Section:
    if not whole.undated:
        return section()
    ways = [
        line(
            words("Statement {id}", id=statement_id),
            on=Press(Action.STATEMENT, {"shop": whole.brief.shop_id, "statement_id": statement_id}),
        )
        for statement_id in whole.undated[:UNDATED_SHOWN]
        if Action.STATEMENT in view.may
    ]
    told = paragraph(words("TikTok states no day for these. They are in no period."))
    return section(told, ways, header=words("Without a day"))


def _freshness(whole: ShopWhole, view: Desk, words: Words) -> Section:
    part, fresh = whole.brief, whole.brief.fresh
    known = {**view.asked, "shop": part.shop_id}
    ask = button(words("Refresh now"), Press(Action.REFRESH_DESK, known))
    again = Press(Action.DESK, {**known, "again": "yes"})
    look = button(words("Refresh status") if fresh.is_reading else words("Go on adding up"), again)
    can_ask = Action.REFRESH_DESK in view.may and not (fresh.is_reading or fresh.is_refused or fresh.is_gone)
    has_more = fresh.is_reading or part.coverage.days_left or any(tie.waiting for tie in whole.ties)
    can_look = has_more and Action.DESK in view.may
    trouble = line(fresh.trouble, start=icon(Icon.WARNING, words)) if fresh.trouble else None
    return section(
        line(bold(part.name), top=part.market, bottom=read_words(fresh, words), start=icon(Icon.STORE, words)),
        trouble,
        buttons(ask if can_ask else None, look if can_look else None),
    )


def read_words(fresh: Fresh, words: Words) -> str:
    """How fresh the figures are, in a line."""
    if fresh.is_gone:
        return words("Not connected any more")
    if fresh.is_refused:
        return words("Not read: finance is not allowed")
    if fresh.is_reading:
        return words("Being read from TikTok now")
    if fresh.read_s is None:
        return words("Not read yet")
    return words("Read {moment}", moment=words.ago(fresh.read_s))


def _files(part: ShopBrief, view: Desk, words: Words) -> Section:
    """What can be taken away; each download is on record."""
    if Action.EXPORT_DESK not in view.may:
        return section()
    known = {**view.asked, "shop": part.shop_id}
    taken = [
        button(words(told), Press(Action.EXPORT_DESK, {**known, "kind": kind.value}), style=Style.OUTLINED)
        for kind, told in _FILE_WORDS.items()
    ]
    return section(buttons(*taken), header=words("Download these days"))
