"""Orders: the list with its filter and pages, one order, and the note people write on it."""

import json
from collections.abc import Mapping

from cards.actions import Action
from cards.earned import Earned, Part
from cards.layout import Pager
from cards.order import Field, FieldGroup, Note, OrderDetail
from cards.orders import OrderLine, Orders, Urgency
from cards.reply import Reply, Show
from cards.widgets import Choice
from cards.words import mark
from service.core.columns.notes import FLAGS
from service.core.roles import Group
from service.core.terms import TermKind
from service.errors import BadInput
from service.flows import browse, order_list, profit_history
from service.flows.browse import Line, OwnNote
from service.flows.order_list import Page, Query
from service.web.ask import Ask
from service.web.handlers.welcome import said
from service.web.handlers.wording import GROUP_WORDS, STATUS_WORDS

SEARCH_LIMIT = 200

_WINDOW_WORDS: Mapping[str, str] = {
    "overdue": mark("Overdue orders"),
    "today": mark("Orders due today"),
    "tomorrow": mark("Orders due tomorrow"),
    "cancel-requests": mark("Cancel requests"),
}
_FLAG_WORDS: Mapping[str, str] = {
    "red": mark("Red"),
    "orange": mark("Orange"),
    "yellow": mark("Yellow"),
    "green": mark("Green"),
    "blue": mark("Blue"),
    "purple": mark("Purple"),
}
_LATE, _SOON = frozenset({"overdue"}), frozenset({"critical", "high", "soon"})
#: What matters first in an order, first.
_GROUP_ORDER = (
    Group.SLA,
    Group.ITEM,
    Group.STATUS,
    Group.FULFIL,
    Group.PII,
    Group.REVENUE,
    Group.FEES,
    Group.COST,
    Group.PROFIT,
    Group.ID,
    Group.ID_MASKED,
    Group.NOTES,
)


def orders(ask: Ask) -> Reply:
    """A page of orders. `window` from home; `query` and `page` when a page is turned."""
    given = ask.event.parameters
    query = _query(given["query"]) if given.get("query") else Query(window=given.get("window", ""))
    page = given.get("page", "")
    return Reply(_list(ask, query, token=page), Show.UPDATE if page or ask.event.form else Show.PUSH)


def filter_orders(ask: Ask) -> Reply:
    """The first page of what was asked for. Form: `search`, `status`, `shop`."""
    query = Query(status=ask.text("status"), search=ask.text("search", limit=SEARCH_LIMIT), shop_id=ask.text("shop"))
    try:
        view = _list(ask, query)
    except BadInput as problem:
        view = _empty(ask, query, said(ask, problem))
    return Reply(view, Show.UPDATE)


def order(ask: Ask) -> Reply:
    """One order as the person may see it. `order_key`."""
    return Reply(_detail(ask))


def save_note(ask: Ask) -> Reply:
    """The order has this note. `order_key`; form: `note`, `flag`, `shared`."""
    shared = "on" if ask.flag("shared") else ""
    text, flag = ask.text("note", limit=4 * browse.NOTE_LIMIT), ask.text("flag")
    try:
        browse.save_note(ask.services, ask.actor, ask.param("order_key"), text=text, flag=flag, shared=shared)
    except BadInput as problem:
        return ask.nothing_done(Reply(_detail(ask, error=said(ask, problem), text=text), Show.UPDATE))
    return Reply(_detail(ask), Show.UPDATE, toast=ask.words("The note is saved"))


# --- lists -----------------------------------------------------------------------------------------------------------


def _query(text: str) -> Query:
    """The query a page's button carries back; what cannot be read is no filter at all."""
    try:
        raw = json.loads(text)
    except ValueError:
        return Query()
    known = {name: raw.get(name, "") for name in Query.__dataclass_fields__} if isinstance(raw, dict) else {}
    return Query(**known) if all(isinstance(value, str) for value in known.values()) else Query()


def _text_of(query: Query) -> str:
    said_ = {name: getattr(query, name) for name in Query.__dataclass_fields__ if getattr(query, name)}
    return json.dumps(said_, ensure_ascii=False, separators=(",", ":")) if said_ else ""


def _list(ask: Ask, query: Query, *, token: str = "") -> Orders:
    page = order_list.page(ask.services, ask.actor, query, token=token, locale=ask.words.locale)
    return _view(ask, query, page)


def _empty(ask: Ask, query: Query, error: str) -> Orders:
    return _view(ask, query, Page((), 0, 0, 0, is_more=False, previous="", following=""), error)


def _view(ask: Ask, query: Query, page: Page, error: str = "") -> Orders:
    statuses = order_list.statuses_for(ask.actor.audience)
    return Orders(
        title=ask.words(_WINDOW_WORDS.get(query.window, mark("Orders"))),
        orders=tuple(_line(ask, line) for line in page.lines),
        pager=Pager(page.first, page.last, page.total, page.previous, page.following, page.is_more),
        scope=_scope(ask, query),
        query=_text_of(query),
        search=query.search,
        hint=_hint(ask),
        statuses=tuple(Choice(one, ask.words(STATUS_WORDS[one]), one == query.status) for one in statuses),
        shops=tuple(
            Choice(key, name, key == query.shop_id)
            for key, name in order_list.shops_for(ask.services, ask.actor).items()
        ),
        error=error,
    )


def _scope(ask: Ask, query: Query) -> str:
    """The list's order and filter in words."""
    parts = [ask.words(STATUS_WORDS[query.status])] if query.status in STATUS_WORDS else []
    if query.search:
        parts.append(ask.words("Search: {text}", text=query.search))
    is_due = query.window in {"overdue", "today", "tomorrow"}
    parts.append(ask.words("Nearest deadline first") if is_due else ask.words("Newest first"))
    return " · ".join(parts)


def _hint(ask: Ask) -> str:
    allowed = order_list.searchable(ask.actor.audience)
    if allowed.ids and TermKind.TRACKING in allowed:
        return ask.words("Order, tracking or SKU")
    if allowed.ids:
        return ask.words("Order or SKU") if TermKind.SELLER_SKU in allowed else ask.words("Order number")
    if TermKind.ORDER_END in allowed:
        return ask.words("Last {count} digits of the order, or SKU", count=order_list.REF_LENGTH)
    return ask.words("SKU")


def _line(ask: Ask, line: Line) -> OrderLine:
    urgency = Urgency.LATE if line.tier in _LATE else Urgency.SOON if line.tier in _SOON else Urgency.NONE
    return OrderLine(line.order_key, line.title, line.status, line.items, _due(ask, line), urgency)


def _due(ask: Ask, line: Line) -> str:
    if not line.left:
        return ""
    if line.left.startswith("−"):
        return ask.words("Overdue by {time}", time=line.left.removeprefix("−"))
    return ask.words("{time} left", time=line.left)


# --- one order -------------------------------------------------------------------------------------------------------


def _detail(ask: Ask, *, error: str = "", text: str | None = None) -> OrderDetail:
    found = browse.detail(
        ask.services,
        ask.actor,
        ask.param("order_key"),
        locale=ask.words.locale,
        spreadsheet_id=ask.spreadsheet_id,
    )
    groups = tuple(
        FieldGroup(ask.words(GROUP_WORDS[group]), tuple(Field(label, value) for label, value in found.groups[group]))
        for group in _GROUP_ORDER
        if group in found.groups
    )
    note = None if found.note is None else _note(ask, found.note, error=error, text=text)
    is_bound = ask.standing.file is not None
    return OrderDetail(
        found.order_key,
        found.title,
        found.status,
        groups,
        note,
        found.order_url,
        is_bound,
        has_profit_history=Action.PROFIT_HISTORY in ask.may and profit_history.may_ask(ask.actor),
        earned=None if found.earned is None else _earned(ask, found.earned),
    )


def _earned(ask: Ask, found: browse.Earned) -> Earned:
    return Earned(
        found.basis,
        found.net,
        found.margin,
        found.confidence,
        tuple(Part(label, amount) for label, amount in found.parts),
        is_cost_missing=found.is_cost_missing,
        may_state_costs=Action.COSTS in ask.may,
    )


def _note(ask: Ask, note: OwnNote, *, error: str, text: str | None) -> Note:
    flags = [Choice("", ask.words("No flag"), not note.flag)]
    flags += [Choice(flag, ask.words(_FLAG_WORDS[flag]), flag == note.flag) for flag in FLAGS]
    who = ask.words("The seller's team and everyone of your role") if note.is_shared is None else ""
    return Note(
        text=note.text if text is None else text,
        flags=tuple(flags),
        who_sees=who,
        is_shared=note.is_shared,
        error=error,
    )
