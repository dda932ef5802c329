"""Which orders a profile takes: a form over what the audience may see.

Form fields: `status`, `window`, `shop`, `warehouse` (lists), `sku`, `from_day`, `to_day` (midnight UTC in
milliseconds). Parameter: `draft_id`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.layout import Card, Section, card, field_error, footer, heading, section
from cards.markup import faint
from cards.widgets import (
    Choice,
    Style,
    button,
    check_boxes,
    date_field,
    dropdown,
    multi_select,
    paragraph,
    text_field,
)
from cards.words import Words

SKU_LIMIT = 200  # characters; several SKUs fit
FEW = 8  # choices that are shown all at once
MANY = 60  # choices of one list: four such lists stay below 30 kB


@dataclass(frozen=True, slots=True)
class FilterForm:
    """The filter of a profile. A list of choices that the audience may not filter by comes in empty.

    `has_sku`: whether it may filter by SKU. `is_settled`: the days are those of statements, not of orders.
    """

    draft_id: str
    profile_name: str
    statuses: tuple[Choice, ...] = ()
    windows: tuple[Choice, ...] = ()
    shops: tuple[Choice, ...] = ()
    warehouses: tuple[Choice, ...] = ()
    has_sku: bool = True
    sku: str = ""
    from_day_ms: int | None = None
    to_day_ms: int | None = None
    is_settled: bool = False
    sku_error: str = ""
    day_error: str = ""


def filter_form(view: FilterForm, words: Words) -> Card:
    """Every way to narrow the rows, and saving it."""
    lead = section(paragraph(words("Leave a field empty to take everything. A row once written is kept up to date.")))
    first = words("Settled from") if view.is_settled else words("Created from")
    last = words("Settled until") if view.is_settled else words("Created until")
    when = section(
        date_field("from_day", first, day_ms=view.from_day_ms),
        date_field("to_day", last, day_ms=view.to_day_ms),
        field_error(view.day_error, words),
        paragraph(faint(words("TikTok Shop closes a day at midnight UTC."))) if view.is_settled else None,
        header=words("When"),
    )
    what = section(
        text_field("sku", words("SKU"), value=view.sku, hint=words("Several, with commas"), limit=SKU_LIMIT),
        field_error(view.sku_error, words),
        header=words("What"),
    )
    save = button(words("Save filter"), Press(Action.SAVE_FILTER, {"draft_id": view.draft_id}))
    back = Press(Action.EDIT_COLUMNS, {"draft_id": view.draft_id})
    other = button(words("Change columns"), back, style=Style.BORDERLESS)
    return card(
        heading(words("Filter"), view.profile_name),
        [
            lead,
            _among("status", words("Status"), view.statuses),
            section(dropdown("window", words("Deadline"), view.windows[:MANY]) if view.windows else None),
            _among("shop", words("Shops"), view.shops),
            _among("warehouse", words("Warehouses"), view.warehouses),
            when,
            what if view.has_sku else section(),
        ],
        fixed=footer(save, other),
    )


def _among(name: str, label: str, choices: tuple[Choice, ...]) -> Section:
    if not choices:
        return section()
    if len(choices) <= FEW:
        return section(check_boxes(name, label, choices))
    return section(multi_select(name, label, choices[:MANY]))
