"""New rows of a write without an answer that came while columns moved: what of them stands in columns that are none of
ours, and rows whose key stands where the key column was.

Such a row was blank by construction, so nothing of a person's is under what we sent; whatever she has put into it since
is told by its fingerprint. Called under the spreadsheet's lease. Nothing is written here.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from service.core.cells import BLANK, Cell, Form
from service.flows import images, quota, reading
from service.flows.passes import Pass
from service.google import grid, tabs
from service.google.batch import TabEdit, key_cell, references_in
from service.google.damage import NO_DAMAGE, Damage
from service.google.repairs import Repair
from service.google.tabs import OwnedTab, TabView
from service.store import rows

LEAST_TOLD = 3  # right cells that make a row ours of which others are wrong
ROWS_AROUND = 50  # how far on both sides of where they were put in new rows are looked for
MOST_ROWS = 200  # of one write that are looked for there


@dataclass(frozen=True, slots=True)
class Newcomers:
    """The rows that a write was to put into a tab. `columns`: where our cells were sent, by column key. `sent`: row key
    → column key → fingerprint, of a write that was small enough; `edit`: the write itself, while it is remembered.
    `put_in_at`: the grid row at which it was to put them in.
    """

    tab: OwnedTab
    row_keys: Sequence[str]
    columns: Mapping[str, int]
    sent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    edit: TabEdit | None = None
    put_in_at: int | None = None

    @property
    def key_at(self) -> int | None:
        """The grid column to which the keys were sent."""
        return self.columns.get(self.tab.key_column)

    def has_moved(self, view: TabView) -> bool:
        """Whether a column of ours stands elsewhere by now."""
        return any(view.columns.get(key) != at for key, at in self.columns.items())

    def cells_of(self, row_key: str) -> Mapping[str, Cell] | None:
        """What was sent to the row; None when the write itself is forgotten."""
        inserts = self.edit.inserts if self.edit else ()
        return next((one.cells for one in inserts if one.row_key == row_key), None)

    def remembers(self, row_key: str) -> bool:
        """Whether it is known what was sent to the row."""
        return row_key in self.sent or self.cells_of(row_key) is not None


def of_edit(edit: TabEdit) -> Newcomers:
    """The new rows of a write that is remembered whole."""
    keys = [one.row_key for one in edit.inserts]
    return Newcomers(edit.tab, keys, edit.view.columns, edit=edit, put_in_at=edit.insert_at)


def strays(this: Pass, new: Newcomers, view: TabView) -> Damage:
    """What fell into people's columns of the rows that stand in this view under their keys. What only may be ours is
    named.
    """
    ours, wanted = set(view.columns.values()), set(new.row_keys)
    if ours.issuperset(new.columns.values()):
        return NO_DAMAGE
    repairs, unsure = list[Repair](), list[str]()
    for at in view.rows:
        if (row_key := view.key_at(at, new.tab)) in wanted:
            told = _told(this, new, view, at, row_key=row_key)
            told = {column: is_sent for column, is_sent in told.items() if column not in ours}
            if cells := {column: BLANK for column, is_sent in told.items() if is_sent}:
                repairs.append(Repair(at, cells, heals=True))
            unsure += [grid.a1_cell(at, column) for column, is_sent in told.items() if is_sent is None]
    return Damage(tuple(repairs), foreign=tuple(unsure))


def astray(this: Pass, new: Newcomers, view: TabView) -> dict[int, str]:
    """Grid row → row key of the rows in this view whose key stands somewhere else than where it belongs. Columns may
    have moved since they came, so that it need not be the place to which it was sent.
    """
    if new.key_at is None or not new.has_moved(view):
        return {}
    wanted, found = set(_missing(this, new)), dict[int, str]()
    for at, cells in view.rows.items():
        if view.key_at(at, new.tab) in wanted:
            continue
        keys = {cell.value for cell in cells if cell.form is Form.TEXT and cell.value in wanted}
        if len(keys) == 1 and at != new.tab.header_row:
            found[at] = keys.pop()
    once = Counter(found.values())
    return {at: key for at, key in found.items() if once[key] == 1 and _is_ours(this, new, view, at, row_key=key)}


def taken_back(this: Pass, new: Newcomers, view: TabView) -> Damage:
    """Such rows without anything of ours: nobody can gather them now, and they are put in anew once somebody can."""
    found = [(at, _fallen(this, new, view, at, row_key=key)) for at, key in astray(this, new, view).items()]
    return Damage(tuple(Repair(at, dict.fromkeys(columns, BLANK), heals=True) for at, columns in found if columns))


def gathered(this: Pass, new: Newcomers, view: TabView) -> Damage:
    """Such rows with their key where it belongs, and nothing of ours in people's columns. The next pass fills them:
    what a person typed into their cells since is named.
    """
    owned, key_at = set(view.columns.values()), view.columns[new.tab.key_column]
    repairs, typed = list[Repair](), list[str]()
    for at, row_key in astray(this, new, view).items():
        fallen = _fallen(this, new, view, at, row_key=row_key)
        repairs.append(Repair(at, {**dict.fromkeys(fallen - owned, BLANK), key_at: key_cell(row_key)}, heals=True))
        typed += [grid.a1_cell(at, column) for column in sorted(owned - fallen) if view.cell(at, column) != BLANK]
    return Damage(tuple(repairs), foreign=tuple(typed))


def _fallen(this: Pass, new: Newcomers, view: TabView, at: int, *, row_key: str) -> set[int]:
    """Where such a row shows what was sent to it, its key among it wherever that stands."""
    keys = {column for column, cell in enumerate(view.rows.get(at, ())) if cell == key_cell(row_key)}
    return keys.union(_ours_of(this, new, view, at, row_key=row_key))


def look(this: Pass, new: Newcomers, view: TabView) -> TabView:
    """The view with the rows in it that are still missed and whose key stands where the key column was, and those
    around the place where the rows were put in: columns may have moved more than once.

    At most two reads; NoSlotError before the first when there is no room for both.
    """
    missing = _missing(this, new) if new.has_moved(view) else []
    missing = sorted(set(missing) - set(astray(this, new, view).values()))
    if not missing or new.key_at is None:
        return view
    quota.take_care(this.services, this.identity, read=2)
    is_elsewhere = view.columns.get(new.tab.key_column) != new.key_at
    standing = _places_under(this, new.tab, new.key_at, missing) if is_elsewhere else {}
    around = [] if len(standing) == len(missing) or new.put_in_at is None else _around(new, view)
    touched = sorted({*standing.values(), *around, *view.rows} - {new.tab.header_row})
    if not (standing or around):
        return view
    filters = tabs.spot_filters(new.tab, rows=touched, tail_from=touched[-1] + 1)[:-1]
    again = reading.read(this, filters, [new.tab]).tabs.get(new.tab.sheet_id)
    return view if again is None else again.only(new.columns)


def _around(new: Newcomers, view: TabView) -> range:
    at = new.put_in_at or 0
    end = min(at + min(len(new.row_keys), MOST_ROWS) + ROWS_AROUND, view.row_count)
    return range(max(at - ROWS_AROUND, new.tab.header_row + 1), end)


def _missing(this: Pass, new: Newcomers) -> list[str]:
    """Rows that the write was to insert and that nobody has seen."""
    with this.services.store.read() as tx:
        known = rows.known(tx, new.tab.binding_id, new.row_keys)
    return [key for key, row in known.items() if row.sent_at is not None]


def _places_under(this: Pass, tab: OwnedTab, column: int, row_keys: Collection[str]) -> dict[str, int]:
    """Where these keys stand in a column that is not the key's; those that stand once."""
    found = reading.read_keys_in(this, tab, column)
    return {key: found[key][0] for key in row_keys if len(found.get(key, ())) == 1}


def _is_ours(this: Pass, new: Newcomers, view: TabView, at: int, *, row_key: str) -> bool:
    """Whether the row is a new one of the write and not somebody's own that names the same order: it shows what was
    sent, but for a few cells, or, when that is forgotten, nothing outside the columns of then; and no other row's key.
    """
    with this.services.store.read() as tx:
        if rows.known(tx, new.tab.binding_id, {view.key_at(at, new.tab)} - {""}):
            return False
    if not new.remembers(row_key):
        shown = {column for column, cell in enumerate(view.rows.get(at, ())) if cell != BLANK}
        has_key = new.key_at is not None and view.cell(at, new.key_at) == key_cell(row_key)
        return has_key and shown <= set(new.columns.values()) and 2 * len(shown) > len(new.columns)
    right, sent = len(_ours_of(this, new, view, at, row_key=row_key)), len(_told(this, new, view, at, row_key=row_key))
    return right == sent or (right >= LEAST_TOLD and 2 * right > sent)


def _ours_of(this: Pass, new: Newcomers, view: TabView, at: int, *, row_key: str) -> list[int]:
    """The grid columns in which a row of ours that nobody has filled since shows what was sent to it, or may: where it
    was sent, or, when columns have moved since, in the same order.
    """
    told = _told(this, new, view, at, row_key=row_key)
    if not new.remembers(row_key) or all(is_sent is not False for is_sent in told.values()):
        return list(told)
    shows = _comparer(this, new, view, at, row_key=row_key)
    keys = sorted((key for key, column in new.columns.items() if column in told), key=new.columns.__getitem__)
    shown = [column for column, cell in enumerate(view.rows.get(at, ())) if cell != BLANK]
    best: list[list[tuple[int, ...]]] = [[()] * (len(shown) + 1) for _ in range(len(keys) + 1)]
    for left, key in enumerate(keys):
        for right, column in enumerate(shown):
            longer = max(best[left][right + 1], best[left + 1][right], key=len)
            if len(best[left][right]) >= len(longer) and shows(key, column) is not False:
                longer = (*best[left][right], column)
            best[left + 1][right + 1] = longer
    return list(best[-1][-1])


def _told(this: Pass, new: Newcomers, view: TabView, at: int, *, row_key: str) -> dict[int, bool | None]:
    """Grid column → whether the row shows there what was sent to it, of the places to which anything was sent. None
    when it may: a formula reads otherwise once columns have moved, and what is forgotten cannot be told.
    """
    cells, prints = new.cells_of(row_key), new.sent.get(row_key)
    if cells is None and prints is None:
        return {column: None for column in new.columns.values() if view.cell(at, column) != BLANK}
    shows, blank = _comparer(this, new, view, at, row_key=row_key), images.print_of(this.services.store.sealer, BLANK)
    sent = [
        key
        for key in new.columns
        if (cells.get(key, BLANK) != BLANK if cells is not None else (prints or {}).get(key, blank) != blank)
    ]
    return {new.columns[key]: shows(key, new.columns[key]) for key in sent}


def _comparer(this: Pass, new: Newcomers, view: TabView, at: int, *, row_key: str) -> Callable[[str, int], bool | None]:
    """Tells whether a row shows in a grid column what was sent to it for one of ours (column key, grid column)."""
    cells, prints, sealer = new.cells_of(row_key), new.sent.get(row_key, {}), this.services.store.sealer

    def shows(key: str, column: int) -> bool | None:
        shown = view.cell(at, column)
        if cells is None:
            is_same = images.print_of(sealer, shown) == prints[key]
            return None if is_same and shown.form is Form.FORMULA else is_same
        cell = cells.get(key, BLANK)
        if cell.form is not Form.FORMULA or shown.form is not Form.FORMULA or new.edit is None:
            return grid.is_same(cell, shown)
        return grid.is_formula_text(cell, shown, references_in(new.edit.view, at)) or None

    return shows
