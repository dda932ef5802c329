"""Buyers' data: how long it is kept, what is held about one buyer, and the end of it.

Parameters: `order_ids` with commas between, `after`. Form fields: `keep_days`, `asked`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, field_error, footer, heading, listed, section
from cards.markup import bold
from cards.widgets import Choice, Style, Widget, button, buttons, dropdown, line, paragraph, text_field
from cards.words import Words, mark

ASKED_LIMIT = 300  # characters: fifteen order numbers and what stands between them
TABS_SHOWN = 10
MOST_CHOICES = 8  # lengths of time on offer
MOST_ORDERS = 15  # orders of one answer: their numbers fit into a parameter


class LeftWhy(StrEnum):
    """Why a tab still shows buyers who were deleted."""

    SOON = "soon"
    PAUSED = "paused"
    LEAK = "leak"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LeftTab:
    """A tab with `rows` that may still show a buyer who was deleted."""

    tab: str
    file: str
    rows: int
    why: LeftWhy


@dataclass(frozen=True, slots=True)
class Privacy:
    """What the account keeps of buyers. `days`: after an order has ended; `choices`: what may be chosen instead.

    `held`: orders whose buyer is held, `is_more` when counting stopped there; `tabs` show buyers; `left` still show
    deleted ones.
    """

    account_name: str
    days: int
    choices: tuple[int, ...]
    recommended: int
    held: int = 0
    is_more: bool = False
    tabs: tuple[str, ...] = ()
    left: tuple[LeftTab, ...] = ()
    may_see: bool = False
    asked: str = ""
    asked_error: str = ""


@dataclass(frozen=True, slots=True)
class BuyerOrder:
    """An order and which of its buyer's data is held, by the names of `told`. `erased`: the day it was deleted."""

    order_id: str
    shop: str
    status: str
    told: tuple[str, ...] = ()
    erased: str = ""


@dataclass(frozen=True, slots=True)
class BuyerFound:
    """What was found for what was `asked`. `after`: where to look further, empty when everything was looked through.

    `seen` of `total` buyers were looked at, zero when the orders were named by number.
    """

    asked: str
    orders: tuple[BuyerOrder, ...]
    after: str = ""
    seen: int = 0
    total: int = 0
    may_see: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmErase:
    """What goes with the buyer of these orders, before it is done; `tabs` are cleaned."""

    order_ids: tuple[str, ...]
    tabs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Erased:
    """The buyer's data is deleted; `left` are the tabs that do not show it yet."""

    count: int
    left: tuple[LeftTab, ...] = ()


_TOLD: Mapping[str, str] = {
    "name": mark("name"),
    "phone": mark("phone"),
    "address": mark("address"),
    "city": mark("city"),
    "postcode": mark("postcode"),
    "buyer_email": mark("e-mail"),
    "buyer_user_id": mark("buyer number"),
    "buyer_message": mark("message"),
    "tax_id": mark("tax number"),
}
_LEFT: Mapping[LeftWhy, str] = {
    LeftWhy.SOON: mark("Being cleared now"),
    LeftWhy.PAUSED: mark("Paused: cleared as soon as it goes on"),
    LeftWhy.LEAK: mark("Stopped for its readers: cleared once sharing is right"),
    LeftWhy.REFUSED: mark("Google does not let us write there: we try every night"),
}


def privacy(view: Privacy, words: Words) -> Card:
    """What is kept, for how long, and a field to find one buyer."""
    held = words.plural("{count} order with its buyer", "{count} orders with their buyers", view.held)
    if view.is_more:
        held = words("More than {count} orders with their buyers", count=view.held)
    kept = section(
        line(held, top=words("Kept now"), bottom=words("Sealed, and apart from orders"), start=icon(Icon.KEY, words)),
    )
    tabs, more = listed(view.tabs, words, limit=TABS_SHOWN)
    none = None if view.tabs else paragraph(words("No tab shows buyers. No ready-made profile does unless you say so."))
    shown = section(
        none, [line(each, start=icon(Icon.SHEET, words)) for each in tabs], more, header=words("Tabs that show buyers")
    )
    back = button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)
    return card(
        heading(words("Buyers' data"), view.account_name),
        [left_section(view.left, words), kept, _retention(view, words), _search(view, words), shown,
         section(buttons(back))],
    )  # fmt: skip


def _retention(view: Privacy, words: Words) -> Section:
    choices = [
        Choice(str(days), _after(days, words, is_recommended=days == view.recommended), days == view.days)
        for days in sorted(set(view.choices))[:MOST_CHOICES]
    ]
    return section(
        paragraph(words("Once an order is completed or cancelled, its buyer's data is deleted, in sheets too.")),
        dropdown("keep_days", words("Delete it"), choices),
        buttons(button(words("Save"), Press(Action.SET_RETENTION))),
        header=words("How long"),
    )


def _after(days: int, words: Words, *, is_recommended: bool) -> str:
    said = words.plural("After {count} day", "After {count} days", days) if days else words("At once")
    return words("{choice} (recommended)", choice=said) if is_recommended else said


def _search(view: Privacy, words: Words) -> Section:
    label = words("Order number, e-mail, phone or name") if view.may_see else words("Order number")
    return section(
        paragraph(words("When a buyer asks what you hold, or wants it deleted.")),
        text_field("asked", label, value=view.asked, limit=ASKED_LIMIT),
        field_error(view.asked_error, words),
        buttons(button(words("Find the buyer"), Press(Action.FIND_BUYER))),
        header=words("One buyer"),
    )


def left_section(left: tuple[LeftTab, ...], words: Words) -> Section:
    """The tabs that still show deleted buyers; nothing when there are none."""
    shown, more = listed(left, words, limit=TABS_SHOWN)
    return section([_left(each, words) for each in shown], more, header=words("Tabs that still show deleted buyers"))


def _left(each: LeftTab, words: Words) -> Widget:
    rows = words.plural("{count} row in {file}", "{count} rows in {file}", each.rows, file=each.file)
    sign = Icon.WORKING if each.why is LeftWhy.SOON else Icon.WARNING
    return line(each.tab, top=rows, bottom=words(_LEFT[each.why]), start=icon(sign, words))


def buyer_found(view: BuyerFound, words: Words) -> Card:
    """The orders, what is held with each, and what can be done."""
    none = None
    if not view.orders:
        none = line(
            bold(words("Nothing found")),
            bottom=words("We hold no buyer like this. Data that TikTok masks is not searched."),
            start=icon(Icon.SEEN, words),
        )
    shown, more = listed(view.orders, words, limit=MOST_ORDERS)
    lines = [*(_order(each, words) for each in shown), *more]
    looked = paragraph(_looked(view, words)) if view.total else None
    return card(
        heading(words("One buyer"), view.asked),
        [section(none, lines, looked), section(buttons(*_deeds(view, words)))],
    )


def _looked(view: BuyerFound, words: Words) -> str:
    if view.after:
        return words("Looked at {seen} buyers of {total}.", seen=view.seen, total=view.total)
    return words.plural("Looked at {count} buyer.", "Looked at all {count} buyers.", view.total)


def _order(each: BuyerOrder, words: Words) -> Widget:
    held = ", ".join(words(_TOLD[name]) for name in each.told if name in _TOLD)
    said = words("We hold: {what}", what=held) if held else words("We hold nothing of the buyer")
    if each.erased:
        said = words("Deleted on {day}", day=each.erased)
    top = words("{shop}, {status}", shop=each.shop, status=each.status)
    return line(each.order_id, top=top, bottom=said, start=icon(Icon.ORDER, words))


def _deeds(view: BuyerFound, words: Words) -> list[dict[str, object] | None]:
    known = {"order_ids": ",".join(each.order_id for each in view.orders[:MOST_ORDERS])}
    held = any(each.told for each in view.orders)
    wiped = button(words("Delete this buyer"), Press(Action.ERASE_BUYER, known)) if held else None
    taken = None
    if view.may_see and view.orders:
        taken = button(words("Download what we hold"), Press(Action.EXPORT_BUYER, known))
    further = None
    if view.after:
        further = button(words("Look further"), Press(Action.FIND_BUYER, {"asked": view.asked, "after": view.after}))
    back = button(words("Show buyers' data"), Press(Action.PRIVACY), style=Style.BORDERLESS)
    return [taken, wiped, further, back]


def confirm_erase(view: ConfirmErase, words: Words) -> Card:
    """What goes and what stays, then the button."""
    said = section(
        paragraph(
            words("Name, address, phone, e-mail, message and tax number are deleted for good and never fetched again.")
        ),
        paragraph(words("Orders, amounts and your notes stay. Google keeps earlier versions of a sheet for a while.")),
    )
    shown, more = listed(view.order_ids, words, limit=TABS_SHOWN)
    orders = section([line(each, start=icon(Icon.ORDER, words)) for each in shown], more, header=words("Orders"))
    tabs, others = listed(view.tabs, words, limit=TABS_SHOWN)
    cleaned = section(
        [line(each, start=icon(Icon.SHEET, words)) for each in tabs], others, header=words("Cleared in these tabs")
    )
    known = {"order_ids": ",".join(view.order_ids[:MOST_ORDERS])}
    submit = button(words("Delete for good"), Press(Action.CONFIRM_ERASE_BUYER, known))
    keep = button(words("Keep it"), Press(Action.PRIVACY), style=Style.BORDERLESS)
    return card(heading(words("Delete this buyer")), [said, orders, cleaned], fixed=footer(submit, keep))


def erased(view: Erased, words: Words) -> Card:
    """That it is done, and which tabs follow."""
    done = words.plural("The buyer of {count} order is deleted", "The buyer of {count} orders is deleted", view.count)
    said = section(
        line(
            bold(done),
            bottom=words("Backups of ours and earlier versions of a sheet forget it in their own time"),
            start=icon(Icon.LIVE, words),
        )
    )
    back = button(words("Show buyers' data"), Press(Action.PRIVACY), style=Style.OUTLINED)
    return card(heading(words("Deleted")), [said, left_section(view.left, words), section(buttons(back))])
