"""The rows of the tab of costs: what its columns are called and explain, what a SKU's row holds, which SKUs have none.

Nothing is read or written here; `cost_tabs` does both.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from service.core.cells import BLANK, Cell, number_cell, text_cell
from service.core.ledger.cost_rows import CostColumn, header_row, is_heading
from service.core.ledger.costs import Cost
from service.google.grid import Json
from service.google.rules import HeaderColumn
from service.google.typed_tab import Filled, Typed
from service.store.skus import SkuRow

_AMOUNTS = (CostColumn.UNIT_COST, CostColumn.PACKAGING, CostColumn.FULFILMENT)
_DAYS = (CostColumn.FROM, CostColumn.TO)
_HEADINGS = frozenset(column.value for column in CostColumn)
_DAY_ZERO = date(1899, 12, 30)
#: Amounts have no format of ours: a cell that had one would show a typed percentage, or a day, as an amount.
_TEXT: Json = {"type": "TEXT", "pattern": "@"}
_DAY: Json = {"type": "DATE", "pattern": "yyyy-mm-dd"}
_EXPLAINED: Mapping[CostColumn, tuple[int, str]] = {
    CostColumn.SKU_ID: (165, "TikTok's number of the SKU. It is kept as text; leave it as it is."),
    CostColumn.SKU: (130, "Your own code of the SKU. A row may name either the number or the code."),
    CostColumn.PRODUCT: (260, "For you to find your way. It is not read."),
    CostColumn.CURRENCY: (75, "The shop's currency. A cost in another currency is not taken."),
    CostColumn.UNIT_COST: (90, "What one unit of the goods costs you."),
    CostColumn.PACKAGING: (90, "What packing one unit costs you. May stay empty."),
    CostColumn.FULFILMENT: (115, "What having one unit picked and sent costs you. May stay empty."),
    CostColumn.FROM: (95, "The first day this cost holds. Empty: it always did. For a new cost add a row of the SKU."),
    CostColumn.TO: (95, "The last day this cost holds. Empty: until the next one starts."),
}


def header(here: Typed, at: int) -> list[str]:
    """The headings; one that somebody renamed is told by the mark of its column, unless another bears its name."""
    found = list(here.rows[at]) if at < len(here.rows) else []
    said = {text.strip().casefold() for text in found}
    for index, key in here.marked.items():
        if key in _HEADINGS and index < len(found) and not is_heading(found[index]) and key.casefold() not in said:
            found[index] = key
    return found


def unnamed(here: Typed, known: Sequence[tuple[SkuRow, tuple[Cost, ...]]]) -> list[tuple[SkuRow, tuple[Cost, ...]]]:
    """Those of the SKUs that no row names, by number or by code."""
    where = places(here)

    def named(column: CostColumn) -> set[str]:
        at = where.get(column)
        return set() if at is None else {row[at].strip().casefold() for row in here.rows if at < len(row)}

    ids, codes = named(CostColumn.SKU_ID), named(CostColumn.SKU)
    return [
        (sku, kept)
        for sku, kept in known
        if sku.sku_id not in ids and not (sku.seller_sku and sku.seller_sku.casefold() in codes)
    ]


def places(here: Typed) -> dict[str, int]:
    """Column → where it stands."""
    said = [text.strip().casefold() for text in header(here, header_row(here.rows))]
    return {column: said.index(column.casefold()) for column in CostColumn if column.casefold() in said}


def columns() -> list[HeaderColumn]:
    """The columns a tab is born with, each with its explanation."""
    formats = {CostColumn.FROM: _DAY, CostColumn.TO: _DAY}
    return [
        HeaderColumn(
            column,
            column,
            width_px,
            note,
            is_right=column in _AMOUNTS,
            number_format=None if column in _AMOUNTS else formats.get(column, _TEXT),
        )
        for column, (width_px, note) in _EXPLAINED.items()
    ]


def filled(sku: SkuRow, cost: Cost | None) -> Filled:
    """The row of a SKU, with one of its costs if there is one."""
    product = " · ".join(part for part in (sku.product_name, sku.sku_name) if part)
    cells: dict[str, Cell] = {
        CostColumn.SKU_ID: text_cell(sku.sku_id),
        CostColumn.SKU: text_cell(sku.seller_sku),
        CostColumn.PRODUCT: text_cell(product),
        CostColumn.CURRENCY: text_cell(cost.currency if cost else sku.currency),
    }
    if cost is not None:
        cells |= {
            CostColumn.UNIT_COST: number_cell(cost.unit),
            CostColumn.PACKAGING: number_cell(cost.packaging) if cost.packaging else BLANK,
            CostColumn.FULFILMENT: number_cell(cost.fulfilment) if cost.fulfilment else BLANK,
            CostColumn.FROM: _day_cell(cost.from_day),
            CostColumn.TO: _day_cell(cost.to_day),
        }
    formats: dict[str, Json] = {column: _TEXT for column in CostColumn if column not in _AMOUNTS}
    return Filled(cells, {**formats, **dict.fromkeys(_DAYS, _DAY)})


def _day_cell(day: date | None) -> Cell:
    return BLANK if day is None else number_cell(Decimal((day - _DAY_ZERO).days))
