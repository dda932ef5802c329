"""Where our rows and columns stand after somebody moved them. Nothing is written into the sheet here.

Called under the spreadsheet's lease, by passes whose spot read did not find what it looked for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from service.core.cells import BLANK
from service.core.roles import Audience
from service.flows import Services, absence, due_rows, images, quota, reading, sources
from service.flows.due_rows import TabWork
from service.flows.passes import Pass
from service.google import grid, tabs
from service.google.tabs import OwnedTab, TabView
from service.store import audits, reports, rows
from service.store.records import BindingRow, SheetRow
from service.store.reports import Kind

SAMPLE = 20  # known rows that decide whether a column is ours
HALF = 0.5  # not more of them that show what they last showed: somebody else's


@dataclass(frozen=True, slots=True)
class Proof:
    """What known rows tell of the columns that only their header claims: `strange` ones are somebody's own, `proved`
    ones are ours. Of the others nothing is told. `view` shows the proof.
    """

    view: TabView
    strange: frozenset[str] = frozenset()
    proved: frozenset[str] = frozenset()


def strange_columns(this: Pass, one: TabWork, view: TabView) -> frozenset[str]:
    """Columns under one of our headers that are somebody's own: known rows show there what we never wrote.

    People delete our column and make one of the same name. A mark of ours proves a column, its header only proposes it.
    One that is proved without a mark gets it again by the next audit, which is hastened: this search is a full read.
    """
    proof = prove(this, one, view)
    if proof.proved:
        with this.services.store.write() as tx:
            audits.hasten(tx, [one.bound.row.id], this.services.clock.now())
    return proof.strange


def prove(this: Pass, one: TabWork, view: TabView) -> Proof:
    """The columns that only their header claims, held against what known rows last showed."""
    if not view.proposed or one.tab.key_column not in view.columns:
        return Proof(view)
    with this.services.store.read() as tx:
        known = rows.sample(tx, one.bound.row.id, limit=SAMPLE)
    if not known:
        return Proof(view)
    where, again = find(this, one, view, [row.row_key for row in known])
    standing = [(row, at) for row in known if (at := where.get(row.row_key)) is not None]
    if not standing:
        return Proof(again, strange=view.proposed)
    shares = {key: _share_kept(this, again, standing, key=key) for key in view.proposed}
    strange = frozenset(key for key, share in shares.items() if share is not None and share <= HALF)
    proved = frozenset(key for key, share in shares.items() if share is not None and share > HALF)
    return Proof(again, strange, proved & again.columns.keys())


def _share_kept(this: Pass, view: TabView, standing: Sequence[tuple[SheetRow, int]], *, key: str) -> float | None:
    """Which share of the rows shows in this column what they last showed; 0 when it is gone, None when nothing is told:
    a cell that is and was blank tells nothing.
    """
    if key not in view.columns:
        return 0.0
    told = []
    for row, at in standing:
        found, image = view.cell(at, view.columns[key]), row.image or {}
        kept = images.recall(this.services.store.sealer, image, {key: found}).get(key)
        if found != BLANK or kept != BLANK:
            told.append(kept is not None and grid.is_same(kept, found))
    return sum(told) / len(told) if told else None


def note_columns(this: Pass, one: TabWork, view: TabView, strange: Collection[str] = ()) -> None:
    """Columns that somebody deleted, or replaced by one of their own (`strange`), are reported and not made again.

    What was reported and is found again is forgotten.
    """
    missing = [key for key in view.missing if key not in one.bound.reshaping.leaving]
    gone = {(Kind.COLUMN_REPLACED if key in strange else Kind.COLUMN_DELETED, key) for key in missing}
    binding_id, now = one.bound.row.id, this.services.clock.now()
    with this.services.store.read() as tx:
        known = reports.reported(tx, binding_id, Kind.COLUMN_DELETED, Kind.COLUMN_REPLACED)
    new, back = gone - known, known - gone
    if new or back:
        with this.services.store.write() as tx:
            for kind, key in new:
                reports.report(tx, {key: this.services.new_id()}, binding_id, kind, places={key: ""}, now=now)
            for back_kind, key in back:
                reports.forget(tx, binding_id, Kind(back_kind), [key])
    if new:
        lost = {key for _, key in new}
        names = ", ".join(header for key, header in one.tab.headers.items() if key in lost)
        this.tally.remarks.append(f"deleted columns: {names}")


def open_tab(services: Services, row: BindingRow, audience: Audience) -> TabWork:
    """The tab as the writer addresses it, with nothing to do in it."""
    bound = sources.open_binding(services, row)
    tab = due_rows.owned_tab(bound, audience)
    return TabWork(bound, tab, sources.foreign_columns(tab.headers), audience)


def read_header(this: Pass, tab: OwnedTab, *, rows_too: Collection[int] = ()) -> TabView | None:
    """The tab's columns, and these rows of it: one read. None when the tab is gone."""
    last = max((tab.header_row, *rows_too)) + 1
    filters = tabs.spot_filters(tab, rows=rows_too, tail_from=last)[:-1]
    return reading.read(this, filters, [tab]).tabs.get(tab.sheet_id)


def find(this: Pass, one: TabWork, view: TabView, keys: Sequence[str]) -> tuple[dict[str, int | None], TabView]:
    """A full key read: every row's place is on record, and the wanted rows are read again where they stand now.

    None = nowhere in the tab. A row that moved between the two reads has no entry: it is left for the next pass. Copies
    of the wanted rows are read with them. Where anything moved, the tab is compared with its images soon. ChangedError
    when so many rows are gone that the tab is paused.
    """
    quota.take(this.services, this.identity, read=2)
    found = reading.read_keys(this, one.tab, view)
    placed = absence.census(this, one, view, found)
    if placed.moved:
        with this.services.store.write() as tx:
            audits.hasten(tx, [one.bound.row.id], this.services.clock.now())
    with this.services.store.read() as tx:
        known = rows.known(tx, one.bound.row.id, [key for key in keys if key in found])
    where: dict[str, int | None] = {key: known[key].position if key in known else None for key in keys}
    last = max((at for standing in found.values() for at in standing), default=one.tab.header_row)
    touched = {at for key in keys for at in found.get(key, ())}
    filters = tabs.spot_filters(one.tab, rows=touched, tail_from=max(last, one.tab.header_row + 1))
    again = reading.read(this, filters, [one.tab]).tabs.get(one.tab.sheet_id)
    if again is None:
        return {}, view
    return {key: at for key, at in where.items() if at is None or again.key_at(at, one.tab) == key}, again
