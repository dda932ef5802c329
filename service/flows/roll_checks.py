"""Which rows may leave a tab: read whole, and held against what they were last written to show. Nothing is sent here.

A row that holds something of a person's, was typed over, copied or moved stays, and is looked after.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from service.core.cells import Cell
from service.flows import images, reading, typed_over
from service.flows.due_rows import TabWork
from service.flows.passes import Pass, hold, name_cells
from service.google import grid, rolling, tabs
from service.google.grid import Json
from service.google.rolling import NO_ROW, WholeRow
from service.google.tabs import TabView
from service.store import audits, roll_offs, rows
from service.store.records import SheetRow


@dataclass(frozen=True, slots=True)
class Checked:
    """What a read said of rows that are to leave. `right`: they show what they should and nothing of a person's.

    `owned`: rows that hold something of a person's. `wrong`: rows that show something else, `typed`: the cells of these
    in which people typed; `moved`: rows that stand elsewhere; `copied`: rows of which a person has made another.
    `view`: the tab.
    """

    view: TabView
    right: Mapping[str, WholeRow]
    owned: Sequence[str]
    wrong: Sequence[str]
    moved: Sequence[str]
    typed: Sequence[str] = ()
    copied: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """The tab in which rows have to stand before they leave another. `places`: row key → its grid row there."""

    tab: TabWork
    places: Mapping[str, int]


def look(this: Pass, one: TabWork, chosen: Sequence[SheetRow], *, beside: Beside | None = None) -> Checked | None:
    """One read of the whole rows, and one of the keys if any may leave: a copy of a row is found nowhere else before
    the next audit. None when the tab, or a column of ours in it, cannot be told for sure.

    `beside`: the other tab in which the rows have to stand as well.
    """
    owned = [one, *([beside.tab] if beside else [])]
    places = {one.tab.sheet_id: [row.position for row in chosen if row.position is not None]}
    if beside is not None:
        places[beside.tab.tab.sheet_id] = list(beside.places.values())
    filters = [filter_ for each in owned for filter_ in _filters(each, places[each.tab.sheet_id])]
    this.tally.reads += 1
    answer = this.services.google.get_by_filter(
        this.identity, this.file.spreadsheet_id, filters=filters, fields=rolling.SPOT_FIELDS, budget_s=this.budget_s
    )
    seen = tabs.read_view(answer, [each.tab for each in owned]).tabs
    view = seen.get(one.tab.sheet_id)
    whole = rolling.whole_rows(answer, one.tab.sheet_id)
    if view is None or whole is None or view.proposed or one.tab.key_column not in view.columns:
        return None
    standing = {row.row_key for row in chosen}
    if beside is not None:
        other = seen.get(beside.tab.tab.sheet_id)
        standing = {key for key, at in beside.places.items() if other and other.key_at(at, beside.tab.tab) == key}
    found = _check(this, one, view, whole, [row for row in chosen if row.row_key in standing])
    return _without_copied(found, reading.read_keys(this, one.tab, view)) if found.right else found


def _without_copied(found: Checked, keys: Mapping[str, Sequence[int]]) -> Checked:
    right = {key: whole for key, whole in found.right.items() if len(keys.get(key, ())) == 1}
    copied = [key for key in found.right if len(keys.get(key, ())) > 1]
    moved = [key for key in found.right if key not in keys]
    return replace(found, right=right, copied=copied, moved=[*found.moved, *moved])


def _filters(one: TabWork, places: Collection[int]) -> list[Json]:
    last = max((one.tab.header_row, *places)) + 1
    return tabs.spot_filters(one.tab, rows=places, tail_from=last)[:-1]


def _check(
    this: Pass, one: TabWork, view: TabView, whole: Mapping[int, WholeRow], chosen: Sequence[SheetRow]
) -> Checked:
    ours = set(view.columns.values())
    found = Checked(view, {}, [], [], [])
    right, owned, wrong, moved = dict[str, WholeRow](), list[str](), list[str](), list[str]()
    typed, written = dict[str, tuple[str, Cell]](), set[tuple[str, Cell]]()
    for row in chosen:
        at = row.position if row.position is not None else -1
        written.update(_cells(this, one, view, row)[1].items())
        shown = whole.get(at, NO_ROW)
        if view.key_at(at, one.tab) != row.row_key:
            moved.append(row.row_key)
        elif shown.holds_own(ours):
            owned.append(row.row_key)
        elif not _shows(this, one, view, row):
            wrong.append(row.row_key)
            typed |= _typed(this, one, view, row)
        else:
            right[row.row_key] = shown
    named = [address for address, it in typed.items() if it not in written]  # ours that a sort carried is nobody's text
    return replace(found, right=right, owned=owned, wrong=wrong, moved=moved, typed=named)


def _shows(this: Pass, one: TabWork, view: TabView, row: SheetRow) -> bool:
    """Whether every cell of ours is what it was when it was last written."""
    ours, kept = _cells(this, one, view, row)
    return all(_is_kept(kept, key, cell, view) for key, cell in ours.items())


def _typed(this: Pass, one: TabWork, view: TabView, row: SheetRow) -> dict[str, tuple[str, Cell]]:
    """The cells of a row in which a person typed, as the history calls them, with column key and text: the next flush
    replaces that.
    """
    ours, kept = _cells(this, one, view, row)
    at = row.position or 0
    keys = typed_over.keys(found=ours, kept=kept)
    return {f"{view.title}!{grid.a1_cell(at, view.columns[key])}": (key, ours[key]) for key in keys}


def _cells(this: Pass, one: TabWork, view: TabView, row: SheetRow) -> tuple[Mapping[str, Cell], Mapping[str, Cell]]:
    """The row's owned cells but the key, and what its image says of them."""
    at = row.position or 0
    ours = {key: view.cell(at, column) for key, column in view.columns.items() if key != one.tab.key_column}
    return ours, images.recall(this.services.store.sealer, row.image or {}, ours)


def _is_kept(kept: Mapping[str, Cell], key: str, found: Cell, view: TabView) -> bool:
    return key in kept and grid.is_same(grid.pin(kept[key], kept, view.columns), found)


def note(this: Pass, one: TabWork, found: Checked) -> None:
    """Rows that hold something of a person's stay for good; the others that may not leave are looked after first. So
    are copied ones of an archive, which were to leave it again.
    """
    binding_id, now = one.bound.row.id, this.services.clock.now()
    copied = found.copied if one.bound.row.archive_of is None else ()
    if not (found.owned or found.wrong or found.moved or found.copied):
        return
    with this.services.store.write() as tx:
        hold(this, tx)
        roll_offs.stay(tx, binding_id, [*found.owned, *copied], now)
        rows.make_unknown(tx, binding_id, found.wrong, now)
        name_cells(this, tx, found.typed)
        if found.moved or found.copied:
            audits.hasten(tx, [binding_id], now)
        if found.wrong:
            this.services.wake.sheet(tx, this.file.spreadsheet_id)
    if found.owned:
        what = "a row stays" if len(found.owned) == 1 else f"{len(found.owned)} rows stay"
        this.tally.remarks.append(f"{what} in {found.view.title}: people wrote something there")
