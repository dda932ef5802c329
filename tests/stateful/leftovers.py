"""What the product keeps about a sheet beside its rows: at rest none of it is left over, and all of it is true.

Writes are settled, a heading does not say that its tab stands still, and what is reported of rows and columns is so.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from stateful.bound import BoundTab, sheet_of

from service.flows.standing import MARK
from service.google.tabs import CLAIM_KEY
from service.sandbox.sheets.state.sheet import Sheet
from service.store import intents, reports, sheets
from service.store.reports import Kind

if TYPE_CHECKING:
    from stateful.play import Play

MANY = 1000  # more than a schedule makes reports of


def left_over(play: "Play") -> list[str]:
    """What is left over, and what is not so, in words."""
    with play.services.store.read() as tx:
        live = {row.id for row in sheets.bindings_in(tx, play.spreadsheet_id) if row.state == "live"}
        notices = [row.notice for row in sheets.bindings_in(tx, play.spreadsheet_id) if row.id in live]
        unsettled = [tab for tab in live if intents.open_parts(tx, play.spreadsheet_id, tab)]
    found = [f"the tab still says {notice!r}" for notice in notices if notice]
    found += [f"a write into {tab} was never settled" for tab in unsettled]
    for tab in play.tabs:
        sheet = sheet_of(play.ledger.book, tab.sheet_id)
        if sheet is not None and tab.binding_id in live and tab.key in tab.columns(sheet):
            found += [f"{sheet.title}: {said}" for said in (*_marked(play, tab, sheet), *_untrue(play, tab, sheet))]
    return found


def is_unsettled(play: "Play", sheet_id: int) -> bool:
    """Whether a write into this tab is not over."""
    with play.services.store.read() as tx:
        bound = [row.id for row in sheets.bindings_in(tx, play.spreadsheet_id) if row.sheet_id == sheet_id]
        return any(intents.open_parts(tx, play.spreadsheet_id, binding_id) for binding_id in bound)


def _marked(play: "Play", tab: BoundTab, sheet: Sheet) -> Iterator[str]:
    for column in range(sheet.grid.column_count):
        cell = sheet.grid.cell(0, column)
        if cell is not None and MARK in (cell.note or ""):
            yield f"a heading says {cell.note!r}"
        for number in sheet.grid.columns[column].metadata_ids:
            if play.ledger.book.metadata[number].key == CLAIM_KEY:
                yield f"a claim of {tab.binding_id} was never looked at"


def _untrue(play: "Play", tab: BoundTab, sheet: Sheet) -> Iterator[str]:
    """Reports of what is not so, and what is so and not reported. An archive's rows are told of in its live tab."""
    with play.services.store.read() as tx:
        told = {(one.kind, one.subject) for one in reports.open_reports(tx, tab.binding_id, limit=MANY)}
    standing = play.ledger.keys_in(tab)
    columns = tab.columns(sheet)
    for kind, subject in sorted(told):
        if kind in {Kind.COLUMN_DELETED, Kind.COLUMN_REPLACED}:
            is_true = subject not in columns
        else:
            is_true = standing[subject] > 1 if kind == Kind.ROW_COPIED else standing[subject] == 0
        if not is_true:
            yield f"reported as {kind}, and it is not so: {subject}"
    yield from _untold(play, tab, columns=columns, standing=standing, told=told)


def _untold(
    play: "Play", tab: BoundTab, *, columns: dict[str, int], standing: Counter[str], told: set[tuple[str, str]]
) -> Iterator[str]:
    wanted = {one.binding_id: one.owned for one in play.ledger.standing()}.get(tab.binding_id, tab.slots.keys())
    for key in sorted((tab.slots.keys() & wanted) - columns.keys()):
        if not {(Kind.COLUMN_DELETED, key), (Kind.COLUMN_REPLACED, key)} & told:
            yield f"the column {key} is gone, and nobody is told"
    if play.layout.has_window:
        return
    for key in sorted(play.orders.truth(tab.family)):
        if (tab.binding_id, key) in play.accepted:
            continue
        if standing[key] == 0 and not {(Kind.ROW_DELETED, key), (Kind.KEY_DAMAGED, key)} & told:
            yield f"{key} stands nowhere, and nobody is told"
        if standing[key] > 1 and (Kind.ROW_COPIED, key) not in told:
            yield f"{key} stands {standing[key]} times, and nobody is told"
