"""The list of orders, its filter and its pages. Lines come in projected: nothing here that the viewer may not see.

Form fields: `search`, `status`, `shop`. Parameters: `order_key` (opaque to the card), `query`, `window`, `page`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Pager, Section, card, heading, listed, pages, section
from cards.markup import bold
from cards.widgets import Choice, Style, Widget, button, buttons, dropdown, line, paragraph, text_field
from cards.words import Words

PAGE_ORDERS = 20  # orders of one page
SEARCH_LIMIT = 200  # characters of a search; several ids fit


class Urgency(StrEnum):
    """How soon an order asks for something."""

    NONE = "none"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order in display-ready words. `order_key` opens it; for masked viewers it is not the order's id."""

    order_key: str
    title: str
    status: str
    items: str = ""
    due: str = ""
    urgency: Urgency = Urgency.NONE


@dataclass(frozen=True, slots=True)
class Orders:
    """A page of orders. `query` repeats the filter in force when the page is turned; `scope` says it in words.

    `hint` says what the viewer can search by.
    """

    title: str
    orders: tuple[OrderLine, ...]
    pager: Pager
    scope: str = ""
    query: str = ""
    search: str = ""
    hint: str = ""
    statuses: tuple[Choice, ...] = ()
    shops: tuple[Choice, ...] = ()
    error: str = ""


_SIGNS: Mapping[Urgency, Icon] = {Urgency.NONE: Icon.ORDER, Urgency.SOON: Icon.CLOCK, Urgency.LATE: Icon.LATE}


def orders(view: Orders, words: Words) -> Card:
    """The filter, then the orders with their deadlines, page by page."""
    turn = Press(Action.ORDERS, {"query": view.query} if view.query else {})
    shown, more = listed(view.orders, words, limit=PAGE_ORDERS)
    lines = [_order(each, words) for each in shown]
    if not lines:
        lines = [paragraph(words("No orders here. Change the filter, or come back when orders arrive."))]
    return card(
        heading(view.title, view.scope),
        [_filter(view, words), section(lines, more), section(pages(view.pager, turn, words))],
    )


def _order(order: OrderLine, words: Words) -> Widget:
    remark = "\n".join(part for part in (order.items, order.due) if part).replace("\n", " · ")
    return line(
        bold(order.title),
        top=order.status,
        bottom=remark,
        start=icon(_SIGNS[order.urgency], words),
        on=Press(Action.ORDER, {"order_key": order.order_key}),
    )


def _filter(view: Orders, words: Words) -> Section:
    """Search and button in view; what narrows further stands above the button once something is asked for."""
    search = text_field("search", words("Find orders"), value=view.search, hint=view.hint, limit=SEARCH_LIMIT)
    error = [line(bold(view.error), start=icon(Icon.FAILED, words))] if view.error else []
    status = [dropdown("status", words("Status"), _or_all(view.statuses, words))] if view.statuses else []
    shop = [dropdown("shop", words("Shop"), _or_all(view.shops, words))] if len(view.shops) > 1 else []
    is_asked = bool(view.query or view.error)
    everything = button(words("Show all"), Press(Action.ORDERS), style=Style.BORDERLESS) if is_asked else None
    submit = buttons(button(words("Apply filter"), Press(Action.FILTER_ORDERS), style=Style.FILLED), everything)
    if is_asked:
        return section(search, error, status, shop, submit)
    return section(search, submit, status, shop, open_lines=1 + len(submit))


def _or_all(choices: tuple[Choice, ...], words: Words) -> tuple[Choice, ...]:
    return (Choice("", words("All"), selected=not any(each.selected for each in choices)), *choices)
