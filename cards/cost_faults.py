"""What is wrong with rows of a table of costs, said to the person who can mend it: which row, which cell, how.

`page` is where a page of a long list begins. FAULTS has a sentence for every kind the ledger knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import LIST_LINES, Card, Pager, card, heading, pages, section
from cards.markup import bold
from cards.widgets import Style, Widget, button, buttons, line
from cards.words import Words, mark

PAGE_FAULTS = 10
NO_PAGE = Pager(0, 0, 0)

#: Kind of fault → what to say. Places: the cell's text, the row it collides with, the heading of its column.
FAULTS: Mapping[str, str] = {
    "heading-missing": mark("The column {heading} is missing. Put this heading back above it."),
    "heading-twice": mark("The heading {heading} stands twice. Rename one of the two."),
    "sku-missing": mark("The row names no SKU. Type its number under SKU ID, or your own code under SKU."),
    "sku-unknown": mark("No shop of yours has sold {cell}. Check the number or the code."),
    "sku-shared": mark("Several SKUs have the code {cell}. Type the number under SKU ID instead."),
    "sku-disagrees": mark("The code {cell} belongs to another SKU than the number beside it. Correct one of the two."),
    "sku-id-rounded": mark("The number was rounded. Format the cell as plain text, then paste the number again."),
    "cost-missing": mark("The unit cost is missing. Type what one unit costs, or empty the other amounts of the row."),
    "currency-unreadable": mark("{cell} is not a currency. Type its three letters, such as GBP."),
    "currency-differs": mark("The shop does not sell in {cell}. State the cost in the shop's own currency."),
    "symbol-differs": mark("{cell} is in another currency than its row. Type the amount in the row's currency."),
    "not-a-number": mark("{cell} is not an amount. Type a number, such as 4.20."),
    "number-ambiguous": mark("{cell} can mean two amounts. Type it with two decimals, such as 1234.00."),
    "negative": mark("A cost is never below zero. Type the amount without the minus sign."),
    "percent": mark("{cell} is a percentage. Type the amount itself."),
    "too-large": mark("{cell} is very much for one unit. Check its digits."),
    "too-precise": mark("{cell} has more decimals than its currency. Round it."),
    "cell-error": mark("The cell shows an error. Correct its formula, or type the amount."),
    "formula": mark("The cell holds a formula as text. Type the amount instead."),
    "not-a-day": mark("{cell} is not a day. Type it like 2026-01-31."),
    "day-ambiguous": mark("{cell} can mean two days. Type it like 2026-01-31."),
    "day-out-of-range": mark("{cell} is too far from today. Check the year."),
    "ends-before-start": mark("The last day comes before the first. Correct one of the two."),
    "row-twice": mark("The row says the same as row {row}. Delete one of the two."),
    "overlaps": mark("Row {row} states another cost for the same days. Let one end before the other starts."),
}
_OTHER = mark("The row cannot be used. Compare it with the rows that were taken.")


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One thing that is wrong: the row as the person counts, its column's heading, the cell's text, the other row."""

    row: int
    wrong: str
    heading: str = ""
    cell: str = ""
    other_row: int = 0


@dataclass(frozen=True, slots=True)
class CostReport:
    """What reading a tab of costs came to. `taken`: rows in force; `changed`: SKUs that cost something else now;
    `orders`: how many orders follow; `waiting`: rows without a cost yet; `is_again`: only looked through once more.
    """

    tab_name: str
    taken: int = 0
    changed: int = 0
    orders: int = 0
    waiting: int = 0
    faults: tuple[FaultLine, ...] = ()
    pager: Pager = NO_PAGE
    is_again: bool = False


def fault_sentence(fault: FaultLine, words: Words) -> str:
    """What is wrong and how to mend it."""
    return words(FAULTS.get(fault.wrong, _OTHER), cell=f"“{fault.cell}”", row=fault.other_row, heading=fault.heading)


def cost_report(view: CostReport, words: Words) -> Card:
    """What was taken, then each row that was not."""
    faults = [_fault(each, words) for each in view.faults[:LIST_LINES]]
    told = [] if view.is_again else _told(view, words)
    again = button(words("Read costs again"), Press(Action.READ_COSTS), style=Style.FILLED)
    back = button(words("Show costs"), Press(Action.COSTS), style=Style.BORDERLESS)
    title = words("Rows to mend") if faults else words("Costs were read")
    return card(
        heading(title, view.tab_name),
        [
            section(told),
            section(faults, header=words("To mend") if told else ""),
            section(pages(view.pager, Press(Action.COST_FAULTS), words)),
            section(buttons(again if faults else None, back)),
        ],
    )


def _told(view: CostReport, words: Words) -> list[Widget]:
    total = view.pager.total
    told: list[Widget] = []
    if view.taken or not total:
        taken = words.plural("{count} row taken", "{count} rows taken", view.taken)
        told.append(line(bold(taken), bottom=_changed(view, words), start=icon(Icon.LIVE, words)))
    if view.waiting:
        waiting = words.plural("{count} row has no cost yet", "{count} rows have no cost yet", view.waiting)
        told.append(line(waiting, start=icon(Icon.CLOCK, words)))
    if total:
        wrong = words.plural("{count} thing to mend", "{count} things to mend", total)
        kept = words("These rows are not used. What you typed stays as it is.")
        told.append(line(bold(wrong), bottom=kept, start=icon(Icon.WARNING, words)))
    return told


def _changed(view: CostReport, words: Words) -> str:
    if not view.changed:
        return words("Nothing new in them")
    changed = words.plural("{count} SKU costs something else now", "{count} SKUs cost something else now", view.changed)
    if not view.orders:
        return changed
    orders = words.plural("{count} order follows", "{count} orders follow", view.orders)
    return words("{changed}; {orders}", changed=changed, orders=orders)


def _fault(fault: FaultLine, words: Words) -> Widget:
    if not fault.row:
        return line(fault_sentence(fault, words), top=words("Headings"), start=icon(Icon.FAILED, words))
    where = words("Row {row}", row=fault.row)
    if fault.heading:
        where = words("Row {row}, {heading}", row=fault.row, heading=fault.heading)
    return line(fault_sentence(fault, words), top=where, start=icon(Icon.FAILED, words))
