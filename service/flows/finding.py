"""Where our rows and columns stand after somebody moved them. Nothing is written into the sheet here.

Called under the spreadsheet's lease, by passes whose spot read did not find what it looked for.
"""

from collections.abc import Sequence

from service.core.cells import BLANK
from service.flows import images, quota, reading
from service.flows.due_rows import TabWork
from service.flows.passes import Pass, hold
from service.google import grid, tabs
from service.google.tabs import TabView
from service.store import rows
from service.store.records import SheetRow

SAMPLE = 20  # known rows that decide whether a column is ours


def strange_columns(this: Pass, one: TabWork, view: TabView) -> frozenset[str]:
    """Columns under one of our headers that are somebody's own: known rows show there what we never wrote.

    People delete our column and make one of the same name. A mark of ours proves a column, its header only proposes it.
    """
    if not view.proposed or one.tab.key_column not in view.columns:
        return frozenset()
    with this.services.store.read() as tx:
        known = rows.sample(tx, one.bound.row.id, limit=SAMPLE)
    if not known:
        return frozenset()
    places, again = find(this, one, view, [row.row_key for row in known])
    standing = [(row, at) for row in known if (at := places.get(row.row_key)) is not None]
    if not standing:
        return view.proposed
    return frozenset(key for key in view.proposed if _is_strange(this, again, standing, key=key))


def _is_strange(this: Pass, view: TabView, standing: Sequence[tuple[SheetRow, int]], *, key: str) -> bool:
    """Whether not more than half of the rows show what they last showed. A cell that is and was blank tells nothing."""
    if key not in view.columns:
        return True
    told = []
    for row, at in standing:
        found, image = view.cell(at, view.columns[key]), row.image or {}
        kept = images.recall(this.services.store.sealer, image, {key: found}).get(key)
        if found != BLANK or kept != BLANK:
            told.append(kept is not None and grid.is_same(kept, found))
    return bool(told) and 2 * sum(told) <= len(told)


def note_columns(this: Pass, one: TabWork, view: TabView) -> None:
    """A column somebody deleted is reported and not made again."""
    if view.missing:
        names = ", ".join(one.tab.headers[key] for key in view.missing)
        this.tally.remarks.append(f"deleted columns: {names}")


def find(this: Pass, one: TabWork, view: TabView, keys: Sequence[str]) -> tuple[dict[str, int | None], TabView]:
    """A full key read: every row's place is on record, and the wanted rows are read again where they stand now.

    None = nowhere in the tab. A row that moved between the two reads has no entry: it is left for the next pass.
    """
    column = view.columns[one.tab.key_column]
    quota.take(this.services, this.identity, read=2)
    answer = this.services.google.get_by_filter(
        this.identity,
        this.file.spreadsheet_id,
        filters=tabs.key_filters(one.tab, column),
        fields=tabs.KEY_FIELDS,
        budget_s=this.budget_s,
    )
    this.tally.reads += 1
    found = {key: places[0] for key, places in tabs.read_keys(answer, one.tab.sheet_id).items()}
    with this.services.store.write() as tx:
        hold(this, tx)
        rows.place(tx, one.bound.row.id, found, now=this.services.clock.now())
    last = max(found.values(), default=one.tab.header_row)
    places: dict[str, int | None] = {key: found.get(key) for key in keys}
    filters = tabs.spot_filters(
        one.tab, rows=[at for at in places.values() if at is not None], tail_from=max(last, one.tab.header_row + 1)
    )
    again = reading.read(this, filters, [one.tab]).tabs.get(one.tab.sheet_id)
    if again is None:
        return {}, view
    return {key: at for key, at in places.items() if at is None or again.key_at(at, one.tab) == key}, again
