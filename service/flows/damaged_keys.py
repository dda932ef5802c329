"""Rows whose key cell somebody damaged: the order's image stands in the tab, beside an unknown or blank key.

Reads only. Rows are told by what they last showed, so only a row that nobody changed otherwise is recognised.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.cells import BLANK
from service.flows import images, likeness, quota, reading, typed_over
from service.flows.due_rows import TabWork
from service.flows.likeness import Shown
from service.flows.passes import Pass
from service.google import damage, tabs, traces
from service.google.tabs import OwnedTab, TabView
from service.store import intents, places, rows
from service.store.places import Placed

MOST_LOOKED_AT = 5000  # rows without a key of ours that one look reads
MOST_DRAGGED = 50  # such rows that are held against every row of ours which was seen near them


@dataclass(frozen=True, slots=True)
class Damaged:
    """Where an order's row stands under a damaged key. `is_ours`: an unanswered write of ours may have done it."""

    row: int
    is_ours: bool


def look(
    this: Pass, one: TabWork, view: TabView, keys: Mapping[str, Sequence[int]], placed: Placed
) -> dict[str, Damaged]:
    """Row key → where it stands under a damaged key, for missed rows that are recognised beyond doubt.

    `view` knows the tab's columns. One read, none when no row lacks a key of ours.
    """
    suspects = _suspects(one, view, keys, placed)
    columns = _columns(one.tab, view)
    if not suspects or not columns:
        return {}
    quota.take_care(this.services, this.identity, read=1)
    filters = tabs.spot_filters(one.tab, rows=suspects, tail_from=suspects[-1] + 1)[:-1]
    now = reading.read(this, filters, [one.tab]).tabs.get(one.tab.sheet_id)
    columns = [] if now is None else [column for column in columns if column in now.columns]
    if now is None or not columns:  # somebody deleted columns between the two reads
        return {}
    with this.services.store.read() as tx:
        known = rows.known(tx, one.bound.row.id, placed.missed)
        doubted = places.in_doubt(tx, this.file.spreadsheet_id, one.bound.row.id)
    doubted |= {key for key, row in known.items() if not row.is_known}  # a write to it was given up as unanswered
    kept = {key: row.image or {} for key, row in known.items()}
    columns = [
        column for column in columns if not any(likeness.is_formula(image.get(column)) for image in kept.values())
    ]
    wanted = {key: likeness.shown_of(image, columns) for key, image in kept.items()}
    found = {at: likeness.shown_of(cells_at(this, now, at, columns), columns) for at in suspects}
    new = _new(this, one, now, found, columns, wanted=wanted)
    found = {at: shown for at, shown in found.items() if at not in new}
    noted = {key: at for key, missed in placed.missed.items() if (at := missed.position) is not None and at in found}
    telling = {
        key: _unsent(this, one.tab, now, noted[key], shown=dict(zip(columns, wanted[key], strict=True)), row_key=key)
        for key in noted.keys() & doubted
    }
    own = {key: _own(this, one.tab, now, noted[key], columns, wanted=wanted[key]) for key in telling}
    told = {
        **likeness.left(wanted, found, telling, noted, own),
        **likeness.resembling(wanted, found, doubted),
        **likeness.equal(wanted, found, noted),
    }
    hers = typed(this, one.tab, now, told.values())
    ours = {key for key, at in told.items() if key in doubted or now.key_at(at, one.tab) in doubted}
    return {key: Damaged(at, is_ours=key in ours and at not in hers) for key, at in told.items()}


def _new(
    this: Pass,
    one: TabWork,
    view: TabView,
    found: Mapping[int, Shown],
    columns: Sequence[str],
    *,
    wanted: Mapping[str, Shown],
) -> set[int]:
    """Places of rows that unsettled writes put in and which lack their key, since columns moved under those: they show
    more of what was sent to a new row than of any missed one. Orders of the same goods are much alike.
    """
    with this.services.store.read() as tx:
        parts = intents.open_parts(tx, this.file.spreadsheet_id, one.bound.row.id)
    sealer = this.services.store.sealer
    blank = images.print_of(sealer, BLANK)
    sent = [part["sent"][key] for part in parts for key in part["inserted"] if key in part.get("sent", {})]
    there = set[int]()
    for at, shown in found.items() if sent else ():
        prints = {key: images.print_of(sealer, view.cell(at, view.columns[key])) for key in columns}
        same = max(sum(1 for key, it in prints.items() if it == row.get(key) != blank) for row in sent)
        if same >= likeness.LEAST_TOLD and same > max((likeness.alike(it, shown) for it in wanted.values()), default=0):
            there.add(at)
    return there


def typed(this: Pass, tab: OwnedTab, view: TabView, standing: Collection[int]) -> set[int]:
    """At which of these places a person's own text stands in the key cell, or nothing since she cleared it, and surely:
    unsettled writes may still have hurt the key, but it is known what they all sent, and this is none of it; blank they
    make it only where columns moved. Nobody writes over it unasked.

    Empty when no write is unsettled: then nobody knows any more what it sent.
    """
    column, binding_id = view.columns.get(tab.key_column), tab.binding_id
    with this.services.store.read() as tx:
        parts = intents.open_parts(tx, this.file.spreadsheet_id, binding_id)
        ours = rows.known(tx, binding_id, {view.key_at(at, tab) for at in standing} - {""}) if parts else {}
    if column is None or not parts or not all(map(typed_over.is_told, parts)):
        return set()
    sent, sealer = typed_over.prints_of(parts), this.services.store.sealer
    shown = {at: view.cell(at, column) for at in standing if view.key_at(at, tab) not in ours}
    is_unmoved = all(part["columns"].items() <= view.columns.items() for part in parts)
    return {
        at for at, cell in shown.items() if (is_unmoved if cell == BLANK else images.print_of(sealer, cell) not in sent)
    }


def standing(this: Pass, tab: OwnedTab, view: TabView) -> dict[int, str]:
    """Grid row → key of the order whose row was last seen there and stands there still, whatever its key cell shows: of
    rows into which writes without an answer came, as far as this process remembers those, when all that they did not
    touch is as we wrote it last, or most of it and the rest was cleared; if that is nothing, when the write was meant
    for the row, took its key too, and no other has moved. Or whose place such a row has taken.
    """
    found, strange = dict[int, str](), list[int]()
    puts = [put for edit in this.services.memory.unanswered_in([tab.binding_id]) for put in traces.landed(edit, view)]
    hits, key_at = damage.hits_of(puts), view.columns.get(tab.key_column)
    for at, hit in hits.items():
        with this.services.store.read() as tx:
            row = rows.row_at(tx, tab.binding_id, at)
            is_told = bool(rows.known(tx, tab.binding_id, {view.key_at(at, tab)} - {""}))
        if is_told:
            continue
        if row is None or row.image is None:
            strange.append(at)
            continue
        ours, wanted, shown = _read_at(this, tab, view, at, image=row.image)
        pairs = zip(ours, wanted, shown, strict=True)
        changed = [is_ for key, was, is_ in pairs if was != is_ and view.columns[key] not in hit]
        if any(changed) or (changed and not likeness.is_like(wanted, likeness.alike(wanted, shown))):
            strange.append(at)
            continue
        is_meant = (key_at is None or key_at in hit) and any(it.row == at and it.row_key == row.row_key for it in puts)
        if likeness.alike(wanted, shown) or (is_meant and _stand_still(this, tab, view, without=hits)):
            found[at] = row.row_key
    moved = _moved(this, tab, view, hits=hits, found=found) if strange else {}
    return found | {at: row_key for at, row_key in moved.items() if at in strange}


def dragged(this: Pass, tab: OwnedTab, view: TabView) -> set[int]:
    """Places of rows of ours that lost their key and stand where another row of this view was seen last."""
    return set(_moved(this, tab, view, hits={}, found={}))


def _moved(
    this: Pass, tab: OwnedTab, view: TabView, *, hits: Mapping[int, Collection[int]], found: Mapping[int, str]
) -> dict[int, str]:
    """The same for rows that were dragged since, and came to stand in the place of another row of this view: all that
    was not hit is as we wrote it last or was cleared, enough of it tells, and neither it nor the row fits another. None
    when many rows lack a key.
    """
    shown_keys = {at: view.key_at(at, tab) for at in view.rows if at != tab.header_row}
    with this.services.store.read() as tx:
        standing = rows.known(tx, tab.binding_id, set(shown_keys.values()) - {""})
        missed = places.noted(tx, tab.binding_id, view.rows.keys()) - standing.keys() - set(found.values())
        known = rows.known(tx, tab.binding_id, missed)
    keyless = [at for at, key in shown_keys.items() if key not in standing and at not in found]
    keyless = [at for at in keyless if any(cell != BLANK for cell in view.rows[at])]
    if len(keyless) > MOST_DRAGGED:
        return {}
    whole, in_part = list[tuple[int, str]](), list[tuple[int, str]]()
    for row_key, image in ((row_key, row.image) for row_key, row in known.items() if row.image is not None):
        for at in keyless:
            ours, wanted, shown = _read_at(this, tab, view, at, image=image)
            told = zip(ours, wanted, shown, strict=True)
            kept = [(was, is_) for key, was, is_ in told if view.columns[key] not in hits.get(at, ())]
            if sum(1 for was, is_ in kept if was and was == is_) < likeness.LEAST_TOLD:
                continue
            if all(was == is_ for was, is_ in kept):
                whole.append((at, row_key))
            elif all(was == is_ or not is_ for was, is_ in kept):
                in_part.append((at, row_key))
    told_of = {one for pair in whole for one in pair}
    return likeness.only(whole) | likeness.only([pair for pair in in_part if not told_of.intersection(pair)])


def _stand_still(this: Pass, tab: OwnedTab, view: TabView, *, without: Collection[int]) -> bool:
    """Whether all rows of ours that were last seen in the rows of this view, but for some, read there as we wrote them
    last.
    """
    with this.services.store.read() as tx:
        others = places.noted(tx, tab.binding_id, view.rows.keys() - set(without))
        known = rows.known(tx, tab.binding_id, others).values()
    standing = [(row.position or 0, row.image) for row in known if row.image is not None]
    compared = (_read_at(this, tab, view, at, image=image) for at, image in standing)
    return all(wanted == shown for _, wanted, shown in compared)


def _read_at(
    this: Pass, tab: OwnedTab, view: TabView, at: int, *, image: Mapping[str, Any]
) -> tuple[Sequence[str], Shown, Shown]:
    """Keys of columns of ours without formulas, what this image says of them, and what they show at the place."""
    ours = [key for key in _columns(tab, view) if key in image and not likeness.is_formula(image[key])]
    return ours, likeness.shown_of(image, ours), likeness.shown_of(cells_at(this, view, at, ours), ours)


def taken(this: Pass, tab: OwnedTab, view: TabView, standing: Collection[int]) -> dict[str, int]:
    """Keys of orders whose row was last seen at one of these places, stands there still by what is left of it, and has
    a person's own text where its key was; with the place.
    """
    hers = typed(this, tab, view, standing)
    with this.services.store.read() as tx:
        noted = {key: at for at in hers for key in places.noted(tx, tab.binding_id, [at])}
    return taken_of(this, tab, view, noted)


def taken_of(this: Pass, tab: OwnedTab, view: TabView, standing: Mapping[str, int]) -> dict[str, int]:
    """The same for orders whose rows stood at these places a moment ago (row key → place)."""
    hers = typed(this, tab, view, standing.values()) if standing else set()
    typed_at = {key: at for key, at in standing.items() if at in hers}
    return {key: at for key, at in typed_at.items() if _is_there(this, tab, view, at, row_key=key)}


def _is_there(this: Pass, tab: OwnedTab, view: TabView, at: int, *, row_key: str) -> bool:
    """Whether the row at this place may be the order's, hurt by a write of ours: by what unsettled writes did not send
    there, since that would stand in any row which has come to this place.
    """
    columns, wanted, found = _compared(this, tab, view, at, row_key=row_key)
    telling = _unsent(this, tab, view, at, shown=dict(zip(columns, wanted, strict=True)), row_key=row_key)
    is_told = likeness.alike(telling, found) > 0
    return is_told and (
        likeness.is_like(wanted, likeness.alike(wanted, found)) or likeness.is_left(wanted, found, telling)
    )


def shows(this: Pass, one: TabWork, view: TabView, at: int, *, row_key: str) -> bool:
    """Whether the row at this place, where it was recognised, shows what this order's row last showed; not its key."""
    _, wanted, found = _compared(this, one.tab, view, at, row_key=row_key)
    return likeness.told(wanted) > 0 and wanted == found


def resembles(this: Pass, one: TabWork, view: TabView, at: int, *, row_key: str) -> bool:
    """Whether the row at this place, where it was recognised, may still be this order's, hurt by a write of ours; not
    when its key cell shows a person's own text.
    """
    columns, wanted, found = _compared(this, one.tab, view, at, row_key=row_key)
    if typed(this, one.tab, view, [at]):
        return False
    if likeness.is_like(wanted, likeness.alike(wanted, found)):
        return True
    with this.services.store.read() as tx:
        others = rows.known(tx, one.bound.row.id, {view.key_at(at, one.tab)} - {"", row_key})
    telling = _unsent(this, one.tab, view, at, shown=dict(zip(columns, wanted, strict=True)), row_key=row_key)
    own = _own(this, one.tab, view, at, columns, wanted=wanted)
    return not others and likeness.is_left(wanted, own, telling)


def bears_another(this: Pass, one: TabWork, view: TabView, at: int, *, row_key: str) -> bool:
    """Whether the row at this place bears the key of another order, and shows no less of that one."""
    other = view.key_at(at, one.tab)
    if other in {"", row_key}:
        return False
    _, theirs, found = _compared(this, one.tab, view, at, row_key=other)
    _, wanted, shown = _compared(this, one.tab, view, at, row_key=row_key)
    return likeness.told(theirs) > 0 and likeness.alike(theirs, found) >= likeness.alike(wanted, shown)


def is_strange(this: Pass, tab: OwnedTab, view: TabView, at: int, *, row_key: str) -> bool:
    """Whether the row at this place shows something in our columns and nothing of this order's, but for what unsettled
    writes sent to it.
    """
    columns, wanted, found = _compared(this, tab, view, at, row_key=row_key)
    telling, rest = (
        _unsent(this, tab, view, at, shown=dict(zip(columns, cells, strict=True)), row_key=row_key)
        for cells in (wanted, found)
    )
    return likeness.alike(telling, found) == 0 and likeness.told(rest) > 0


def _unsent(
    this: Pass, tab: OwnedTab, view: TabView, at: int, *, shown: Mapping[str, tuple[str, ...]], row_key: str
) -> Shown:
    """What the order's row last showed (`shown`, by column key), but for the cells that show here what unsettled writes
    sent to it: those stand at its place whoever's row has come there, and tell nothing.
    """
    with this.services.store.read() as tx:
        parts = intents.open_parts(tx, this.file.spreadsheet_id, tab.binding_id)
    sent, sealer = typed_over.sent_to(row_key, parts) or {}, this.services.store.sealer
    prints = {key: images.print_of(sealer, view.cell(at, view.columns[key])) for key in shown}
    return tuple(() if prints[key] in sent.get(key, ()) else cell for key, cell in shown.items())


def _own(this: Pass, tab: OwnedTab, view: TabView, at: int, columns: Sequence[str], *, wanted: Shown) -> Shown:
    """What the row at this place shows, but for the cells that are not what is `wanted` and show what unsettled writes
    sent to whatever row and column: columns may have moved under them, so these cells are no sign of another row.
    """
    with this.services.store.read() as tx:
        sent = typed_over.prints_of(intents.open_parts(tx, this.file.spreadsheet_id, tab.binding_id))
    sealer, found = this.services.store.sealer, likeness.shown_of(cells_at(this, view, at, columns), columns)
    cells = zip(columns, wanted, found, strict=True)
    return tuple(
        shown if shown == cell or images.print_of(sealer, view.cell(at, view.columns[key])) not in sent else ()
        for key, cell, shown in cells
    )


def _compared(this: Pass, tab: OwnedTab, view: TabView, at: int, *, row_key: str) -> tuple[Sequence[str], Shown, Shown]:
    """Column keys, what the order's row last showed in them, and what the row at this place shows; nothing when that is
    not known.
    """
    with this.services.store.read() as tx:
        row = rows.known(tx, tab.binding_id, [row_key]).get(row_key)
    if row is None or row.image is None:
        return (), (), ()
    image = row.image
    columns = [column for column in _columns(tab, view) if not likeness.is_formula(image.get(column))]
    return columns, likeness.shown_of(image, columns), likeness.shown_of(cells_at(this, view, at, columns), columns)


def cells_at(this: Pass, view: TabView, at: int, columns: Iterable[str]) -> Mapping[str, Any]:
    """The owned cells of the row as an image would keep them."""
    return images.keep(this.services.store.sealer, {key: view.cell(at, view.columns[key]) for key in columns})


def _columns(tab: OwnedTab, view: TabView) -> list[str]:
    """The columns that are surely ours, but the key."""
    return sorted(key for key in view.columns if key != tab.key_column and key not in view.proposed)


def _suspects(one: TabWork, view: TabView, keys: Mapping[str, Sequence[int]], placed: Placed) -> list[int]:
    """Places that may hold a missed row, in order: everything that bears no key of ours, or one that stands twice; and
    below the last key as many as are missed.
    """
    ends = [one.tab.header_row, *(at for found in keys.values() for at in found)]
    ends += [missed.position for missed in placed.missed.values() if missed.position is not None]
    below = range(one.tab.header_row + 1, min(max(ends) + 1 + len(placed.missed), view.row_count))
    return [at for at in below if at not in placed.taken][:MOST_LOOKED_AT]
