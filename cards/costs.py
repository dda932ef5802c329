"""What goods cost the seller: the SKUs that wait for a cost, the tab and files they are stated in, and one SKU's form.

Parameters: `shop_id`, `sku_id` (SENDING for what sending whole orders costs), `day` (ISO 8601, ALWAYS for no day),
`page`, `since`, `until`. Form fields: `search`, `unit`, `packaging`, `fulfilment`, `from_day` (midnight UTC in ms).
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Pager, Section, card, field_error, footer, heading, listed, pages, section
from cards.markup import bold
from cards.widgets import Style, Widget, button, buttons, date_field, line, paragraph, text_field
from cards.words import Words

SENDING = "sending"
NO_PAGE = Pager(0, 0, 0)
ALWAYS = "always"
PAGE_SKUS = 10
FOUND_SKUS = 10
SHOPS_SHOWN = 30
STATED_SHOWN = 12
AMOUNT_LIMIT = 30  # characters
SEARCH_LIMIT = 80


@dataclass(frozen=True, slots=True)
class SkuLine:
    """A SKU: its product, the seller's own code, and how many orders wait for its cost or what it costs now."""

    shop_id: str
    sku_id: str
    name: str
    code: str = ""
    orders: int = 0
    cost: str = ""
    shop_name: str = ""


@dataclass(frozen=True, slots=True)
class SendingLine:
    """What sending a whole order of a shop costs now, in words; empty when nobody said."""

    shop_id: str
    shop_name: str
    cost: str = ""


@dataclass(frozen=True, slots=True)
class Costs:
    """Where costs stand. `missing`: a page of SKUs without one, among `sold` that were sold since the day `since`.

    `is_cut`: only the newest orders were looked at. `found`: what a search came to, None without one. `period`: the
    parameters with which the page was asked for. `has_file`: a spreadsheet is open; `has_tab`: it has a tab of costs.
    """

    since: str
    sold: int = 0
    missing: tuple[SkuLine, ...] = ()
    pager: Pager = NO_PAGE
    is_cut: bool = False
    search: str = ""
    found: tuple[SkuLine, ...] | None = None
    sending: tuple[SendingLine, ...] = ()
    has_file: bool = True
    has_tab: bool = False
    period: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StatedCost:
    """One cost in force: its day for the button, its days, amounts and where it was stated, in words."""

    day: str
    amounts: str
    days: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class CostForm:
    """A SKU's costs, newest first, and what was typed. `is_sending`: the cost of sending whole orders of the shop."""

    shop_id: str
    sku_id: str
    name: str
    currency: str
    code: str = ""
    is_sending: bool = False
    stated: tuple[StatedCost, ...] = ()
    unit: str = ""
    packaging: str = ""
    fulfilment: str = ""
    from_day_ms: int | None = None
    unit_error: str = ""
    packaging_error: str = ""
    fulfilment_error: str = ""
    day_error: str = ""


# --- where costs stand -----------------------------------------------------------------------------------------------


def costs(view: Costs, words: Words) -> Card:
    """The next step first: SKUs that wait, or the tab to state them in."""
    return card(
        heading(words("Costs"), words("What your goods cost you, for your profit")),
        [
            section(_lead(view, words)),
            _tab(view, words),
            section(
                [_missing(each, words) for each in view.missing[:PAGE_SKUS]],
                pages(view.pager, Press(Action.COSTS, dict(view.period)), words),
                header=words("SKUs without a cost") if view.missing else "",
            ),
            _search(view, words),
            _sending(view, words),
            section(
                buttons(
                    button(words("Import a file"), Press(Action.IMPORT_COSTS)),
                    button(words("Download as a file"), Press(Action.EXPORT_COSTS)),
                ),
                header=words("Files"),
            ),
            section(
                line(
                    words("Taxes and rates"),
                    bottom=words("VAT in your prices, and commission where it is not the usual one"),
                    start=icon(Icon.NOTE, words),
                    on=Press(Action.SHOP_TERMS),
                )
            ),
        ],
    )


def _lead(view: Costs, words: Words) -> list[Widget]:
    if not view.sold:
        said = line(words("Nothing was sold since {day}", day=view.since), start=icon(Icon.CLOCK, words))
    elif not view.pager.total:
        text = words("Every SKU sold since {day} has a cost", day=view.since)
        said = line(bold(text), start=icon(Icon.LIVE, words))
    else:
        text = words.plural("{count} SKU has no cost", "{count} SKUs have no cost", view.pager.total)
        remark = words("Sold since {day}. Their orders show no profit until you state one.", day=view.since)
        said = line(bold(text), bottom=remark, start=icon(Icon.WARNING, words))
    cut = paragraph(words("Only the newest orders of each shop were looked at.")) if view.is_cut else None
    return [said] if cut is None else [said, cut]


def _tab(view: Costs, words: Words) -> Section:
    title = words("Costs tab")
    if not view.has_file:
        return section(paragraph(words("Open a spreadsheet to state many costs in a tab.")), header=title)
    if view.has_tab:
        read = button(words("Read costs"), Press(Action.READ_COSTS), style=Style.FILLED)
        more = button(words("Add new rows"), Press(Action.MAKE_COST_TAB))
        text = words("Type your costs into the tab of this spreadsheet, then have them read.")
        return section(paragraph(text), buttons(read, more), header=title)
    make = button(words("Make the tab"), Press(Action.MAKE_COST_TAB), style=Style.FILLED)
    text = words("A tab with a row for each SKU. Whoever can open this spreadsheet must be allowed to see costs.")
    return section(paragraph(text), buttons(make), header=title)


def _missing(each: SkuLine, words: Words) -> Widget:
    waits = words.plural("{count} order waits", "{count} orders wait", each.orders)
    return _sku(each, waits, words)


def _sku(each: SkuLine, remark: str, words: Words) -> Widget:
    top = " · ".join(part for part in (each.code, each.shop_name) if part)
    press = Press(Action.COST, {"shop_id": each.shop_id, "sku_id": each.sku_id})
    return line(each.name or each.sku_id, top=top, bottom=remark, start=icon(Icon.ORDER, words), on=press)


def _search(view: Costs, words: Words) -> Section:
    field = text_field(
        "search", words("Find a SKU"), value=view.search, hint=words("Product, code or number"), limit=SEARCH_LIMIT
    )
    find = buttons(button(words("Find"), Press(Action.COSTS)))
    if view.found is None:
        return section(field, find)
    shown, more = listed(view.found, words, limit=FOUND_SKUS)
    none = None if shown else paragraph(words("No SKU fits. A SKU is known once it was sold."))
    return section(field, find, none, [_sku(one, one.cost or words("No cost yet"), words) for one in shown], more)


def _sending(view: Costs, words: Words) -> Section:
    shown, more = listed(view.sending, words, limit=SHOPS_SHOWN)
    lines = [
        line(
            one.cost or words("Not stated"),
            top=one.shop_name,
            start=icon(Icon.STORE, words),
            on=Press(Action.COST, {"shop_id": one.shop_id, "sku_id": SENDING}),
        )
        for one in shown
    ]
    return section(lines, more, header=words("Sending one order yourself") if lines else "")


# --- one SKU ---------------------------------------------------------------------------------------------------------


def cost_form(view: CostForm, words: Words) -> Card:
    """What is known, and a form to state a cost from a day on."""
    place = {"shop_id": view.shop_id, "sku_id": view.sku_id}
    save = button(words("Save"), Press(Action.SAVE_COST, place), style=Style.FILLED)
    back = button(words("Show costs"), Press(Action.COSTS), style=Style.BORDERLESS)
    title = words("Sending one order yourself") if view.is_sending else view.name or view.sku_id
    shown, more = listed(view.stated, words, limit=STATED_SHOWN)
    known = [*(_stated(view, one, words) for one in shown), *more]
    none = paragraph(words("No cost is stated yet."))
    return card(
        heading(title, view.name if view.is_sending else view.code),
        [
            section(known or none, header=words("What holds now")),
            section(_amounts(view, words), _day(view, words), header=words("State a cost")),
        ],
        fixed=footer(save, back),
    )


def _stated(view: CostForm, one: StatedCost, words: Words) -> Widget:
    press = Press(Action.DROP_COST, {"shop_id": view.shop_id, "sku_id": view.sku_id, "day": one.day})
    drop = button(words("Remove"), press)
    return line(one.amounts, top=one.days, bottom=one.source, start=icon(Icon.CLOCK, words), end=drop)


def _amounts(view: CostForm, words: Words) -> list[Widget]:
    stated = words("In {currency}", currency=view.currency)
    if view.is_sending:
        label = words("Postage and packing of one order")
        return [_amount("fulfilment", label, view.fulfilment, stated), *field_error(view.fulfilment_error, words)]
    empty = words("Empty: nothing")
    return [
        _amount("unit", words("One unit"), view.unit, stated),
        *field_error(view.unit_error, words),
        _amount("packaging", words("Packing one unit"), view.packaging, empty),
        *field_error(view.packaging_error, words),
        _amount("fulfilment", words("Having one unit sent"), view.fulfilment, empty),
        *field_error(view.fulfilment_error, words),
    ]


def _amount(name: str, label: str, value: str, hint: str = "") -> Widget:
    return text_field(name, label, value=value, hint=hint, limit=AMOUNT_LIMIT)


def _day(view: CostForm, words: Words) -> list[Widget]:
    return [
        date_field("from_day", words("For orders from"), day_ms=view.from_day_ms),
        *field_error(view.day_error, words),
        paragraph(words("Leave the day empty if it always cost this. Earlier orders keep what held for them.")),
    ]
