"""The finance desk: a period of each shop, its tie-out, one statement, newer figures, and files to take away."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from cards.actions import Action, Link
from cards.desk import SHOPS_SHOWN, Desk, FileKind
from cards.desk_tie import LINES_SHOWN, PayoutLine, TieOut
from cards.layout import Pager
from cards.reply import Reply, Show
from cards.widgets import Choice
from cards.words import mark
from service.core.ledger.periods import Span
from service.core.roles import Permission
from service.errors import BadInput, NotConnected, NotFound, TooMuch
from service.flows import desk as flow
from service.flows import desk_files, links, manage
from service.flows.desk import ShopDesk, TieDesk, Wanted
from service.flows.desk_statements import Tied
from service.web.ask import Ask
from service.web.downloads import DESK_PAYOUTS, DESK_STATEMENTS, DESK_TRANSACTIONS
from service.web.handlers.desk_view import (
    days_of,
    difference_of,
    money,
    payout_line,
    shop_brief,
    shop_name,
    shop_whole,
    statement_detail,
    statement_line,
    tie_of,
    unknown_of,
)
from service.web.handlers.welcome import said

_SPANS: Mapping[Span, str] = {
    Span.THIS_MONTH: mark("This month"),
    Span.LAST_MONTH: mark("Last month"),
    Span.LAST_14: mark("The last 14 days"),
    Span.LAST_30: mark("The last 30 days"),
    Span.OWN: mark("From one day to another"),
}
_FILES: Mapping[str, str] = {
    FileKind.STATEMENTS: DESK_STATEMENTS,
    FileKind.TRANSACTIONS: DESK_TRANSACTIONS,
    FileKind.PAYOUTS: DESK_PAYOUTS,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
PAYOUTS, STATEMENTS = "payouts", "statements"
_MOST_DIGITS = 6


def desk(ask: Ask) -> Reply:
    """The desk. Parameters: the period in force; `again` draws the card in view anew."""
    return Reply(_view(ask, _in_force(ask)), Show.UPDATE if ask.event.parameters.get("again") else Show.PUSH)


def filter_desk(ask: Ask) -> Reply:
    """The days and the shop that were chosen. Form: `span`, `first_day`, `last_day`, `shop`."""
    return Reply(_chosen_view(ask), Show.UPDATE)


def refresh_desk(ask: Ask) -> Reply:
    """A shop's finance is read soon. `shop`, and the period in force."""
    wanted = _in_force(ask)
    try:
        flow.refresh(ask.services, ask.actor, ask.param("shop"))
    except (NotConnected, TooMuch) as problem:
        return ask.nothing_done(Reply(_view(ask, wanted), Show.UPDATE, toast=said(ask, problem)))
    return Reply(_view(ask, wanted), Show.UPDATE, toast=ask.words("TikTok is asked now"))


def tie_out(ask: Ask) -> Reply:
    """The tie-out of a shop in one currency. The period in force; `currency`, `list`, `page`."""
    wanted = _in_force(ask)
    ask.param("shop")
    found = flow.look_at_statements(ask.services, ask.actor, wanted)
    tied = found.statements.get(ask.param("currency"))
    if tied is None:
        raise NotFound("There are no statements in these days any more.")
    page = ask.event.parameters.get("page", "")
    return Reply(_tie_view(ask, found, tied, page), Show.UPDATE if page else Show.PUSH)


def statement(ask: Ask) -> Reply:
    """One statement. `shop`, `statement_id`."""
    found = flow.look_at_statement(ask.services, ask.actor, ask.param("shop"), ask.param("statement_id"))
    return Reply(statement_detail(ask, found))


def export_desk(ask: Ask) -> Reply:
    """A file of a shop's period: a link that works once is opened. The period in force; `kind`."""
    manage.require(ask.actor, Permission.EXPORT)
    kind = ask.param("kind")
    if kind not in _FILES:
        raise BadInput("This button is out of date. Go home and try again.", detail="kind of file")
    ask.param("shop")
    subject = desk_files.subject_of(ask.services, ask.actor, _in_force(ask))
    url = links.issue(ask.services, ask.actor, kind=_FILES[kind], subject=subject, spreadsheet_id=ask.spreadsheet_id)
    return Reply(link=Link(url), toast=ask.words("Your download begins in a new tab"))


# --- what is asked for -----------------------------------------------------------------------------------------------


def _in_force(ask: Ask) -> Wanted:
    """The period that the pressed button carries on; this month where it carries none."""
    given = ask.event.parameters
    span, shop_id = given.get("span", ""), given.get("shop", "")
    if span not in set(Span):
        return Wanted(shop_id=shop_id)
    if Span(span) is not Span.OWN:
        return Wanted(Span(span), shop_id=shop_id)
    return Wanted(Span.OWN, flow.own_period(_day(given.get("first", "")), _day(given.get("last", ""))), shop_id)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _parameters(wanted: Wanted) -> dict[str, str]:
    """The same as parameters of a press."""
    found = {"span": wanted.span.value, "shop": wanted.shop_id}
    if wanted.own is not None:
        found |= {"first": wanted.own.first.isoformat(), "last": wanted.own.last.isoformat()}
    return {name: value for name, value in found.items() if value}


def _chosen_view(ask: Ask) -> Desk:
    span = Span(ask.choice("span", [one.value for one in Span]))
    shop_id = ask.text("shop")
    if span is not Span.OWN:
        return _view(ask, Wanted(span, shop_id=shop_id))
    first, last = ask.event.dates.get("first_day"), ask.event.dates.get("last_day")
    try:
        period = flow.own_period(first, last)
    except BadInput as problem:
        return _frame(ask, Wanted(span, shop_id=shop_id), days=(first, last), error=said(ask, problem))
    return _view(ask, Wanted(span, period, shop_id))


# --- views -----------------------------------------------------------------------------------------------------------


def _view(ask: Ask, wanted: Wanted) -> Desk:
    found = flow.look(ask.services, ask.actor, wanted, most=SHOPS_SHOWN)
    days = (wanted.own.first, wanted.own.last) if wanted.own else (None, None)
    return _frame(ask, wanted, found.shops, left=found.left, days=days)


def _frame(
    ask: Ask,
    wanted: Wanted,
    found: Sequence[ShopDesk] = (),
    *,
    left: int = 0,
    days: tuple[date | None, date | None] = (None, None),
    error: str = "",
) -> Desk:
    """The card around the shops: what can be chosen, and what is."""
    may_take = ask.actor.audience.may_do(Permission.EXPORT)
    return Desk(
        account_name=manage.account(ask.services, ask.actor.scope).name,
        spans=tuple(Choice(span.value, ask.words(name), span is wanted.span) for span, name in _SPANS.items()),
        briefs=tuple(shop_brief(ask, one) for one in found) if len(found) > 1 else (),
        whole=shop_whole(ask, found[0]) if len(found) == 1 else None,
        left=left,
        shops=_shops(ask, wanted.shop_id),
        asked=_parameters(wanted),
        first_ms=_ms(days[0]),
        last_ms=_ms(days[1]),
        error=error,
        may=ask.may if may_take else ask.may - {Action.EXPORT_DESK},
    )


def _shops(ask: Ask, chosen: str) -> tuple[Choice, ...]:
    shops = flow.known_shops(ask.services, ask.actor)
    every = Choice("", ask.words("All shops, each for itself"), not chosen)
    return (every, *(Choice(shop.id, shop_name(ask, shop), shop.id == chosen) for shop in shops))


def _ms(day: date | None) -> int | None:
    return None if day is None else (datetime.combine(day, time.min, UTC) - _EPOCH) // _MILLISECOND


def _tie_view(ask: Ask, found: TieDesk, tied: Tied, page: str) -> TieOut:
    is_payouts = ask.event.parameters.get("list") == PAYOUTS and tied.has_payouts
    count = len(tied.out.payouts if is_payouts else tied.statements)
    first = _first(page, count)
    last = min(first + LINES_SHOWN, count)
    page_ = slice(first, last)
    asked = {**_parameters(_in_force(ask)), "currency": tied.currency, "list": PAYOUTS if is_payouts else STATEMENTS}
    ties = {tie.statement.statement_id: tie for tie in tied.out.statements}
    return TieOut(
        shop_name=shop_name(ask, found.shop),
        days=days_of(ask.words, found.period),
        tie=tie_of(ask, tied),
        differences=tuple(difference_of(ask, one, tied.currency) for one in tied.out.residuals),
        unexplained=money(ask, tied.out.pools.unexplained, tied.currency) if tied.out.pools.unexplained else "",
        unknown=unknown_of(tied.out.pools),
        pager=Pager(
            first + 1,
            last,
            count,
            previous=str(max(first - LINES_SHOWN, 0)) if first else "",
            following=str(last) if last < count else "",
        ),
        statements=() if is_payouts else tuple(statement_line(ask, tied, one, ties) for one in tied.statements[page_]),
        payouts=_payouts(ask, tied, page_) if is_payouts else None,
        asked=asked,
        may=ask.may,
    )


def _payouts(ask: Ask, tied: Tied, page: slice) -> tuple[PayoutLine, ...]:
    return tuple(payout_line(ask, one, tied.payments.get(one.payment_id)) for one in tied.out.payouts[page])


def _first(page: str, count: int) -> int:
    """Where a page begins, counted from 0; the first one for what no button of ours carries."""
    if not (page.isascii() and page.isdecimal() and len(page) <= _MOST_DIGITS) or int(page) >= count:
        return 0
    return int(page)
