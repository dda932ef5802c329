"""The tab in which costs are edited: made in a file whose readers may all see costs, and read back row by row.

The person's own token writes and reads it, at a press and never by itself. The tab is theirs: their columns, notes,
order and words stay, and nothing that was typed is ever written over. Who may open the file is asked before each press
and, where the file is bound, whenever its readers are looked at.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain, count

from service.core.cells import BLANK, Cell, number_cell, text_cell
from service.core.cost_audience import costs_profile
from service.core.ledger.cost_rows import CostColumn, CostRows, Fault, header_row, is_heading, read_costs
from service.core.ledger.costs import Cost
from service.core.roles import Actor, Group, Role
from service.errors import Conflict, NotFound, TooMuch
from service.flows import Services, bind, costs
from service.flows.costs import Stated
from service.google import rules, typed_tab
from service.google.grid import Json
from service.google.identities import UserIdentity
from service.google.problems import RangeGone
from service.google.rules import HeaderColumn
from service.google.typed_tab import Filled, Typed
from service.store import costs as cost_book
from service.store import deeds, people, sheets
from service.store.costs import CostTab
from service.store.skus import SkuRow

TITLE = "Costs"
MOST_ROWS = 5_000  # what is written and read within a press; files take more
DEED = "make-cost-tab"
_DAY_ZERO = date(1899, 12, 30)
_FOURTH_DECIMAL = re.compile(r"(\.\d{3})0$")  # which a reading gives a number with three (`typed_tab`)
_OWNER = "costs"
_AMOUNTS = (CostColumn.UNIT_COST, CostColumn.PACKAGING, CostColumn.FULFILMENT)
_DAYS = (CostColumn.FROM, CostColumn.TO)
_HEADINGS = frozenset(column.value for column in CostColumn)
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


@dataclass(frozen=True, slots=True)
class Made:
    """The tab that is there now. `added`: SKUs that were put into it; `is_new`: it was made by this."""

    title: str
    added: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What a table came to. Rows of `faults` are numbered as the person sees them; 0 is the heading's own.

    `taken`: rows that are in force now; `waiting`: rows that name a SKU and no cost yet.
    """

    title: str
    taken: int
    waiting: int
    faults: tuple[Fault, ...]
    stated: Stated


def place(services: Services, actor: Actor, spreadsheet_id: str) -> CostTab | None:
    """The tab of costs that this spreadsheet of the account has, if it has one."""
    with services.store.read() as tx:
        found = cost_book.tab_in(tx, spreadsheet_id)
    return found if found is not None and found.account_id == actor.account_id else None


def make(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> Made:
    """The spreadsheet has a tab with a row for every SKU of the person's shops; rows that are there stay as they are.

    Conflict where somebody can open the file who may not see costs. A press that was cut off is made whole by the next.
    """
    _prove(services, actor, identity, spreadsheet_id)
    known = _known(services, actor)
    if not known:
        raise Conflict("No SKUs are known yet. They appear with the first orders of your shops.")
    sheet_id = rules.own_id(_OWNER, spreadsheet_id)
    _remember(services, actor, spreadsheet_id, sheet_id)
    here = _look(services, identity, spreadsheet_id, sheet_id)
    if here is None:
        title = _free_title(services, identity, spreadsheet_id)
        rows = [_filled(sku, cost) for sku, kept in known for cost in kept or (None,)]
        requests = typed_tab.new_tab(sheet_id, title=title, owner=_OWNER, columns=_columns(), rows=rows)
        added = len(known)
    else:
        title = here.title
        missing = _unnamed(here, known)
        rows = [_filled(sku, cost) for sku, kept in missing for cost in kept or (None,)]
        requests = typed_tab.more_rows(sheet_id, places=_places(here), rows=rows)
        added = len(missing)
    if len(rows) + (len(here.rows) if here is not None else 0) > MOST_ROWS:
        raise _too_long()
    if requests:
        services.google.batch_update(
            identity, spreadsheet_id, body={"requests": requests}, fields="spreadsheetId", budget_s=bind.BUDGET_S
        )
    return Made(title, added, is_new=here is None)


def read(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> Report:
    """Every good row of the tab is in force, and every other one is told. Reading again changes nothing.

    NotFound when there is no such tab, or no more; TooMuch for one that is too long.
    """
    found, first, title = _table(services, actor, identity, spreadsheet_id)
    stated = costs.state_rows(services, actor, found)
    return report_of(found, first, title, stated)


def check(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> Report:
    """The same report, and nothing is put in force."""
    return report_of(*_table(services, actor, identity, spreadsheet_id), Stated())


def report_of(found: CostRows, first: int, title: str, stated: Stated) -> Report:
    """Rows by the numbers a person sees. `first`: that of the row above the first one."""
    faults = [
        replace(
            fault,
            row=fault.row + first if fault.row else 0,
            other_row=fault.other_row + first if fault.other_row else 0,
            text=_FOURTH_DECIMAL.sub(r"\1", fault.text),
        )
        for fault in found.faults
    ]
    return Report(title, len(found.taken), len(found.waiting), tuple(faults), stated)


def _table(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> tuple[CostRows, int, str]:
    """The tab as it was understood, the number of its header's row as people count, and its title."""
    tab = place(services, actor, spreadsheet_id)
    here = None
    if tab is not None:
        _prove(services, actor, identity, spreadsheet_id)
        here = _look(services, identity, spreadsheet_id, tab.sheet_id)
    if tab is not None and here is None:
        with services.store.write() as tx:
            cost_book.drop_tab(tx, spreadsheet_id)
    if here is None:
        raise NotFound("There is no tab for costs in this spreadsheet. Make one first.")
    if here.is_cut:
        raise _too_long()
    at = header_row(here.rows)
    header = _header(here, at)
    known = costs.as_known(costs.known_skus(services, actor))
    return read_costs(header, here.rows[at + 1 :], known=known), at + 1, here.title


def _too_long() -> TooMuch:
    return TooMuch(
        "A tab of costs can have at most {most} rows. Import a file instead.", values={"most": f"{MOST_ROWS:,}"}
    )


def _header(here: Typed, at: int) -> list[str]:
    """The headings; one that somebody renamed is told by the mark of its column, unless another bears its name."""
    found = list(here.rows[at]) if at < len(here.rows) else []
    said = {text.strip().casefold() for text in found}
    for index, key in here.marked.items():
        if key in _HEADINGS and index < len(found) and not is_heading(found[index]) and key.casefold() not in said:
            found[index] = key
    return found


# --- the file --------------------------------------------------------------------------------------------------------


def _prove(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> None:
    """The person may edit the file, it is nobody else's, and everybody who can open it may see costs."""
    bind.prove_editor(services, identity, spreadsheet_id)
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
        tab = cost_book.tab_in(tx, spreadsheet_id)
        account = people.account(tx, actor.account_id)
    if any(one is not None and one.account_id != actor.account_id for one in (file, tab)):
        raise NotFound("There is nothing here for your Google account.")
    role = file.audience if file is not None else Role.OWNER.value
    audience = account.audience(role)
    if not (audience.may_see(Group.COST) and audience.may_see(Group.ITEM)):
        raise Conflict(
            "This spreadsheet is written for {role}, who may not see costs. Open another spreadsheet for them.",
            values={"role": audience.name},
        )
    profile = costs_profile(_shops_of(actor, tab))
    bind.check_readers(services, actor, identity, spreadsheet_id, profile=profile, role=role)


def _shops_of(actor: Actor, tab: CostTab | None) -> list[str] | None:
    """The shops whose costs the tab holds once this person has filled it."""
    if actor.shop_ids is None or (tab is not None and tab.shop_ids is None):
        return None
    return sorted({*actor.shop_ids, *(tab.shop_ids or () if tab is not None else ())})


def _remember(services: Services, actor: Actor, spreadsheet_id: str, sheet_id: int) -> None:
    """It is known that the file holds costs before it does: a press that dies in between leaves nothing unguarded."""
    now = services.clock.now()
    with services.store.write() as tx:
        known = cost_book.tab_in(tx, spreadsheet_id)
        made_at, made_by = (known.created_at, known.created_by) if known else (now, actor.sub)
        shop_ids = _shops_of(actor, known)
        cost_book.add_tab(tx, CostTab(spreadsheet_id, actor.account_id, sheet_id, shop_ids, made_by, made_at))
        if known is None:
            deeds.record(
                tx, actor.account_id, sub=actor.sub, deed=DEED, subject=TITLE, at=now, spreadsheet_id=spreadsheet_id
            )


def _look(services: Services, identity: UserIdentity, spreadsheet_id: str, sheet_id: int) -> Typed | None:
    """The tab as it is; None when it is not there."""
    try:
        answer = services.google.get_by_filter(
            identity,
            spreadsheet_id,
            filters=typed_tab.read_filters(sheet_id, most_rows=MOST_ROWS),
            fields=typed_tab.FIELDS,
            budget_s=bind.BUDGET_S,
        )
    except RangeGone:
        return None
    return typed_tab.read(answer, sheet_id, owner=_OWNER, most_rows=MOST_ROWS)


def _free_title(services: Services, identity: UserIdentity, spreadsheet_id: str) -> str:
    answer = services.google.get(identity, spreadsheet_id, fields="sheets.properties.title", budget_s=bind.BUDGET_S)
    taken = {one["properties"].get("title") for one in answer.get("sheets", ())}
    return next(title for title in chain((TITLE,), (f"{TITLE} {number}" for number in count(2))) if title not in taken)


# --- its rows --------------------------------------------------------------------------------------------------------


def _known(services: Services, actor: Actor) -> list[tuple[SkuRow, tuple[Cost, ...]]]:
    """The SKUs of the person's shops with what is known of their costs."""
    found = costs.known_skus(services, actor)
    with services.store.read() as tx:
        kept = {shop_id: cost_book.costs_of(tx, actor.scope, shop_id) for shop_id in {row.shop_id for row in found}}
    return [(row, kept[row.shop_id].get(row.sku_id, ())) for row in found]


def _unnamed(here: Typed, known: Sequence[tuple[SkuRow, tuple[Cost, ...]]]) -> list[tuple[SkuRow, tuple[Cost, ...]]]:
    """Those of the SKUs that no row names, by number or by code."""
    places = _places(here)

    def named(column: CostColumn) -> set[str]:
        at = places.get(column)
        return set() if at is None else {row[at].strip().casefold() for row in here.rows if at < len(row)}

    ids, codes = named(CostColumn.SKU_ID), named(CostColumn.SKU)
    return [
        (sku, kept)
        for sku, kept in known
        if sku.sku_id not in ids and not (sku.seller_sku and sku.seller_sku.casefold() in codes)
    ]


def _places(here: Typed) -> dict[str, int]:
    """Column → where it stands."""
    header = [text.strip().casefold() for text in _header(here, header_row(here.rows))]
    return {column: header.index(column.casefold()) for column in CostColumn if column.casefold() in header}


def _columns() -> list[HeaderColumn]:
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


def _filled(sku: SkuRow, cost: Cost | None) -> Filled:
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
