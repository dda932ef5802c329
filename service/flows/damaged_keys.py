"""Rows whose key cell somebody damaged: the order's image stands in the tab, beside an unknown or blank key.

Reads only. Rows are told by what they last showed, so only a row that nobody changed otherwise is recognised.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.cells import BLANK
from service.flows import images, quota, reading, typed_over
from service.flows.due_rows import TabWork
from service.flows.passes import Pass
from service.google import damage, tabs, traces
from service.google.tabs import OwnedTab, TabView
from service.store import intents, places, rows
from service.store.places import Placed

#: Cells that have to be filled and equal before a row is taken for an order's: fewer would fit many. One is enough
#: where the order's row was last seen.
LEAST_TOLD = 3
MOST_LOOKED_AT = 5000  # rows without a key of ours that one look reads

Shown = tuple[tuple[str, ...], ...]


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
    columns = [column for column in columns if not any(_is_formula(image.get(column)) for image in kept.values())]
    wanted = {key: _shown(image, columns) for key, image in kept.items()}
    found = {at: _shown(cells_at(this, now, at, columns), columns) for at in suspects}
    noted = {key: at for key, missed in placed.missed.items() if (at := missed.position) is not None and at in found}
    telling = {
        key: _unsent(this, one.tab, now, noted[key], shown=dict(zip(columns, wanted[key], strict=True)), row_key=key)
        for key in noted.keys() & doubted
    }
    told = {
        **left(wanted, found, telling, noted),
        **resembling(wanted, found, doubted),
        **_equal(wanted, found, noted),
    }
    hers = typed(this, one.tab, now, told.values())
    ours = {key for key, at in told.items() if key in doubted or now.key_at(at, one.tab) in doubted}
    return {key: Damaged(at, is_ours=key in ours and at not in hers) for key, at in told.items()}


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
    touch is as we wrote it last; if that is nothing, when the write was meant for the row and no other has moved.
    """
    found, edits = {}, this.services.memory.unanswered_in([tab.binding_id])
    puts = [put for edit in edits for put in traces.landed(edit, view)]
    hits = damage.hits_of(puts)
    for at, hit in hits.items():
        with this.services.store.read() as tx:
            row = rows.row_at(tx, tab.binding_id, at)
            is_told = bool(rows.known(tx, tab.binding_id, {view.key_at(at, tab)} - {""}))
        if row is None or row.image is None or is_told:
            continue
        ours, wanted, shown = _read_at(this, tab, view, at, image=row.image)
        pairs = zip(ours, wanted, shown, strict=True)
        if not all(was == is_ or view.columns[key] in hit for key, was, is_ in pairs):
            continue
        is_meant = any(put.row == at and put.row_key == row.row_key for put in puts)
        if _alike(wanted, shown) or (is_meant and _stand_still(this, tab, view, without=hits)):
            found[at] = row.row_key
    return found


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
    ours = [key for key in _columns(tab, view) if key in image and not _is_formula(image[key])]
    return ours, _shown(image, ours), _shown(cells_at(this, view, at, ours), ours)


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
    return {key: at for key, at in typed_at.items() if _is_there(*_compared(this, tab, view, at, row_key=key)[1:])}


def shows(this: Pass, one: TabWork, view: TabView, at: int, *, row_key: str) -> bool:
    """Whether the row at this place, where it was recognised, shows what this order's row last showed; not its key."""
    _, wanted, found = _compared(this, one.tab, view, at, row_key=row_key)
    return _told(wanted) > 0 and wanted == found


def resembles(this: Pass, one: TabWork, view: TabView, at: int, *, row_key: str) -> bool:
    """Whether the row at this place, where it was recognised, may still be this order's, hurt by a write of ours; not
    when its key cell shows a person's own text.
    """
    columns, wanted, found = _compared(this, one.tab, view, at, row_key=row_key)
    if typed(this, one.tab, view, [at]):
        return False
    if _is_like(wanted, _alike(wanted, found)):
        return True
    with this.services.store.read() as tx:
        others = rows.known(tx, one.bound.row.id, {view.key_at(at, one.tab)} - {"", row_key})
    telling = _unsent(this, one.tab, view, at, shown=dict(zip(columns, wanted, strict=True)), row_key=row_key)
    return not others and _is_left(wanted, found, telling)


def bears_another(this: Pass, one: TabWork, view: TabView, at: int, *, row_key: str) -> bool:
    """Whether the row at this place bears the key of another order, and shows no less of that one."""
    other = view.key_at(at, one.tab)
    if other in {"", row_key}:
        return False
    _, theirs, found = _compared(this, one.tab, view, at, row_key=other)
    _, wanted, shown = _compared(this, one.tab, view, at, row_key=row_key)
    return _told(theirs) > 0 and _alike(theirs, found) >= _alike(wanted, shown)


def is_strange(this: Pass, tab: OwnedTab, view: TabView, at: int, *, row_key: str) -> bool:
    """Whether the row at this place shows something in our columns and nothing of this order's, but for what unsettled
    writes sent to it.
    """
    columns, wanted, found = _compared(this, tab, view, at, row_key=row_key)
    telling, rest = (
        _unsent(this, tab, view, at, shown=dict(zip(columns, cells, strict=True)), row_key=row_key)
        for cells in (wanted, found)
    )
    return _alike(telling, found) == 0 and _told(rest) > 0


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


def _compared(this: Pass, tab: OwnedTab, view: TabView, at: int, *, row_key: str) -> tuple[Sequence[str], Shown, Shown]:
    """Column keys, what the order's row last showed in them, and what the row at this place shows; nothing when that is
    not known.
    """
    with this.services.store.read() as tx:
        row = rows.known(tx, tab.binding_id, [row_key]).get(row_key)
    if row is None or row.image is None:
        return (), (), ()
    image = row.image
    columns = [column for column in _columns(tab, view) if not _is_formula(image.get(column))]
    return columns, _shown(image, columns), _shown(cells_at(this, view, at, columns), columns)


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


def _shown(image: Mapping[str, Any], columns: Sequence[str]) -> Shown:
    return tuple(tuple(image.get(column) or BLANK.to_json()) for column in columns)


def _is_formula(kept: Sequence[str] | None) -> bool:
    return bool(kept) and kept[0] == "f"  # type: ignore[index]  # a kept cell is falsy or has its letter


def _told(shown: Shown) -> int:
    return sum(1 for cell in shown if cell)


def _equal(wanted: Mapping[str, Shown], found: Mapping[int, Shown], noted: Mapping[str, int]) -> dict[str, int]:
    """Rows that show an image to the last cell, where neither the image nor the row could be another's.

    `noted`: where those rows were seen last whose place is a suspect.
    """
    by_shown = {shown: key for key, shown in wanted.items()}
    once = _once(wanted.values()) & _once(found.values())
    same = {by_shown[shown]: at for at, shown in found.items() if shown in once}
    return {key: at for key, at in same.items() if _told(found[at]) >= (1 if noted.get(key) == at else LEAST_TOLD)}


def _once(shown: Iterable[Shown]) -> set[Shown]:
    return {one for one, count in Counter(shown).items() if count == 1}


def resembling(wanted: Mapping[str, Shown], found: Mapping[int, Shown], doubted: Collection[str]) -> dict[str, int]:
    """Rows that a write of ours may have hurt: most of their cells are right, and of no other row as many; nor is the
    row that shows them as like to another of the missed ones.
    """
    answer = {}
    for key in wanted.keys() & set(doubted):
        likeness = sorted(((_alike(wanted[key], shown), at) for at, shown in found.items()), reverse=True)
        (best, at), *others = likeness
        rivals = [_alike(wanted[other], found[at]) for other in wanted.keys() - {key}]
        if _is_like(wanted[key], best) and best not in [score for score, _ in others] and best > max(rivals, default=0):
            answer[key] = at
    return answer


def left(
    wanted: Mapping[str, Shown], found: Mapping[int, Shown], telling: Mapping[str, Shown], noted: Mapping[str, int]
) -> dict[str, int]:
    """Rows that a write of ours may have hurt and of which something is left where they were seen last, more than of
    any missed row that could be anywhere. `telling`: what of them tells that it is they, of those that are in doubt.
    """
    answer = {}
    for key in noted.keys() & telling.keys():
        shown = found[noted[key]]
        elsewhere = max((_alike(wanted[other], shown) for other in wanted.keys() - noted.keys()), default=0)
        if _is_left(wanted[key], shown, telling[key]) and _alike(wanted[key], shown) > elsewhere:
            answer[key] = noted[key]
    return answer


def _is_there(wanted: Shown, found: Shown) -> bool:
    """Whether the row may be the wanted one, hurt by a write of ours."""
    return _is_like(wanted, _alike(wanted, found)) or _is_left(wanted, found, wanted)


def _is_left(wanted: Shown, found: Shown, telling: Shown) -> bool:
    """Whether something of the row is still there: most of it, or nothing else; and any of it that tells."""
    right = _alike(wanted, found)
    return _alike(telling, found) > 0 and (2 * right > _told(wanted) or right == _told(found))


def _is_like(wanted: Shown, right: int) -> bool:
    """Whether so many right cells are enough and more than half."""
    return right >= LEAST_TOLD and 2 * right > _told(wanted)


def _alike(wanted: Shown, found: Shown) -> int:
    return sum(1 for one, other in zip(wanted, found, strict=True) if one and one == other)
