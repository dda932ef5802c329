"""What a bound sheet shows now: the reads of one pass. Nothing is written into the sheet here.

A spot read proves where rows stand; `finding` looks for those that moved. Called under the spreadsheet's lease.
"""

from collections.abc import Collection, Mapping, Sequence

from service.flows import quota
from service.flows.due_rows import DueRow, TabWork
from service.flows.passes import Pass
from service.google import grid, tabs
from service.google.batch import TabEdit
from service.google.grid import Json
from service.google.problems import RangeGone
from service.google.tabs import FileView, OwnedTab, TabView
from service.store import rows, sheets

MOST_SENT_TO = 50  # rows of one write without an answer that are read along


def spot_read(this: Pass, todo: Sequence[TabWork]) -> FileView:
    """Header, the rows to be touched and everything below the last known row, of every tab with work. With them the
    rows to which writes without an answer were sent, as far as this process remembers: whatever these fell into may
    stand there for a while only.
    """
    filters = []
    with this.services.store.read() as tx:
        for one in todo:
            last = rows.last_position(tx, one.bound.row.id)
            tail = max(one.tab.header_row + 1, last if last is not None else 0)
            touched = [at for row in one.due for at in (row.row.position, *(row.row.copies or ())) if at is not None]
            touched += [at for at in _sent_to(this, one.bound.row.id) if at < tail]
            filters += tabs.spot_filters(one.tab, rows=touched, tail_from=tail)
    return read(this, filters, [one.tab for one in todo])


def _sent_to(this: Pass, binding_id: str) -> list[int]:
    edits = this.services.memory.unanswered_in([binding_id])
    return [update.row for edit in edits for update in edit.updates[:MOST_SENT_TO]]


def recall(this: Pass, todo: Sequence[TabWork]) -> FileView | None:
    """What a spot read would show, when the last write's own answer shows it and is fresh: nobody else wrote since.

    None when a row to be touched, or the place where new ones go, was not in that answer, or when this pass has written
    since.
    """
    if this.tally.writes:
        return None
    found = this.services.memory.fresh_answer(this.file.spreadsheet_id, epoch=this.epoch, now=this.services.clock.now())
    if found is None:
        return None
    edits = {edit.tab.binding_id: edit for edit in found.edits}
    for one in todo:
        edit = edits.get(one.bound.row.id)
        if edit is None or edit.tab != one.tab or not _covers(edit, one.due):
            return None
    return found.view


def _covers(edit: TabEdit, due: Sequence[DueRow]) -> bool:
    """Whether the answer to the edit shows every place of these rows; new ones come below all content, which it shows.
    A row that is to be looked for is not covered.
    """
    seen = {update.row for update in edit.updates}
    standing = [row.row for row in due if row.may_stand]
    return all(
        row.position is not None
        and all(at in seen or at >= edit.insert_at - 1 for at in (row.position, *(row.copies or ())))
        for row in standing
    )


def read(this: Pass, filters: Sequence[Json], owned: Sequence[OwnedTab]) -> FileView:
    """One `getByDataFilter`, counted and laid out by tab. Raises what the call raises."""
    this.tally.reads += 1
    answer = this.services.google.get_by_filter(
        this.identity, this.file.spreadsheet_id, filters=filters, fields=tabs.TAB_FIELDS, budget_s=this.budget_s
    )
    return tabs.read_view(answer, owned)


def read_places(
    this: Pass, owned: Sequence[OwnedTab], places: Mapping[int, Collection[int]], *, ends: Mapping[int, int]
) -> Mapping[int, TabView]:
    """The headers, rows at these places, and all from a row on (`ends`), by sheet id. RangeGone when a tab is gone.

    One read; two more where rows were deleted from the end of a tab, so that some places are there no more.
    """
    quota.take_care(this.services, this.identity, read=1)
    try:
        return read(this, _filters(owned, places, ends), owned).tabs
    except RangeGone:
        quota.take_care(this.services, this.identity, read=2)
    sizes = {sheet_id: view.row_count for sheet_id, view in read(this, _filters(owned, {}, {}), owned).tabs.items()}
    there = {sheet_id: [at for at in found if at < sizes.get(sheet_id, 0)] for sheet_id, found in places.items()}
    tails = {sheet_id: at for sheet_id, at in ends.items() if at < sizes.get(sheet_id, 0)}
    return read(this, _filters(owned, there, tails), owned).tabs


def _filters(owned: Sequence[OwnedTab], places: Mapping[int, Collection[int]], ends: Mapping[int, int]) -> list[Json]:
    touched = {tab.sheet_id: {tab.header_row, *places.get(tab.sheet_id, ())} for tab in owned}
    found = [
        grid.row_range(sheet_id, start, end) for sheet_id, at in touched.items() for start, end in grid.runs(at, gap=2)
    ]
    return [{"gridRange": one} for one in [*found, *(grid.row_range(sheet_id, at) for sheet_id, at in ends.items())]]


def read_keys(this: Pass, tab: OwnedTab, view: TabView) -> dict[str, list[int]]:
    """One read of the whole key column: key → the rows that carry it, top first. `view` knows where the column is."""
    return read_keys_in(this, tab, view.columns[tab.key_column])


def read_keys_in(this: Pass, tab: OwnedTab, column: int) -> dict[str, list[int]]:
    """The same of any grid column, where keys may have come to stand."""
    this.tally.reads += 1
    answer = this.services.google.get_by_filter(
        this.identity,
        this.file.spreadsheet_id,
        filters=tabs.key_filters(tab, column),
        fields=tabs.KEY_FIELDS,
        budget_s=this.budget_s,
    )
    return tabs.read_keys(answer, tab.sheet_id)


def note_zone(this: Pass, view: FileView) -> None:
    """A changed time zone relabels every instant: all rows of the file are dirty again."""
    if not view.time_zone or view.time_zone == this.file.time_zone:
        return
    now = this.services.clock.now()
    with this.services.store.write() as tx:
        sheets.update_file(tx, this.file.spreadsheet_id, time_zone=view.time_zone)
        for row in sheets.bindings_in(tx, this.file.spreadsheet_id):
            rows.mark_all(tx, row.id, now)
