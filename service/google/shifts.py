"""Where the columns of a tab went between two views of it: our own by key, people's by what they show, then by order.

Pure. Needed when somebody inserted, moved or deleted columns between our read and our write. Indexes count from 0.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.core.cells import BLANK, Cell, Form
from service.google.tabs import TabView

#: Grid row → grid columns that were written over, in the later view: what stands there tells nothing.
Hits = Mapping[int, Collection[int]]


@dataclass(frozen=True, slots=True)
class Shift:
    """Old grid column → new one; a column that is gone has no entry. `dragged`: columns that left their neighbours."""

    columns: Mapping[int, int]
    dragged: frozenset[int]

    def origin(self, column: int) -> int | None:
        """The old place of a new column; None when it is new."""
        return next((old for old, new in self.columns.items() if new == column), None)

    def span(self, first: int, last: int) -> tuple[int, int] | None:
        """Where the columns `first` to `last` are now, as Google keeps a reference to them: one that was dragged out
        of the middle or the end of them does not take the others along.
        """
        there = [old for old in range(first, last + 1) if old in self.columns]
        kept = [self.columns[old] for old in there if old not in self.dragged] or [self.columns[old] for old in there]
        return (min(kept), max(kept)) if kept else None


def is_alike(one: Cell, other: Cell) -> bool:
    """Whether the two may be one cell, seen before and after: a formula changes its text when what it names moves."""
    return one == other or (one.form is Form.FORMULA and other.form is Form.FORMULA)


def is_undisturbed(before: TabView, after: TabView, row: int, *, header_row: int, hits: Hits) -> bool:
    """Whether nothing speaks for rows having come or gone about this one: the others that both views show read as
    before in our columns, where none of our `hits` is in them, and none shows what this one did.
    """
    columns = {at: after.columns[key] for key, at in before.columns.items() if key in after.columns}

    def reads_as(old_row: int, new_row: int) -> bool | None:
        cells = [
            (before.cell(old_row, old), after.cell(new_row, new))
            for old, new in columns.items()
            if new not in hits.get(new_row, ())
        ]
        return None if all(was == BLANK for was, _ in cells) else all(is_alike(was, is_) for was, is_ in cells)

    others = after.rows.keys() - {row, header_row}
    is_kept = all(reads_as(it, it) is not False for it in others & before.rows.keys())
    return is_kept and not any(reads_as(row, it) for it in others)


def shift_between(before: TabView, after: TabView, *, rows: Sequence[int], hits: Hits) -> Shift:
    """The shift from one view to the other. `rows`: grid rows that hold the same row in both (the header's among them).

    Columns that show nothing in these rows keep their order between those that do.
    """
    found = {at: after.columns[key] for key, at in before.columns.items() if key in after.columns}
    if all(old == new for old, new in found.items()) and before.column_count == after.column_count:
        found |= _in_place(before, after, found, rows=rows, hits=hits)
    found |= _by_content(before, after, found, rows=rows, hits=hits)
    ordered = _by_order(before, after, found)
    found |= {
        old: new for old, new in ordered.items() if not _is_emptied(before, after, (old, new), rows=rows, hits=hits)
    }
    return Shift(found, frozenset(found) - set(_in_order(found)))


def _left(count: int, taken: Collection[int]) -> list[int]:
    return [index for index in range(count) if index not in taken]


def _in_place(
    before: TabView, after: TabView, found: Mapping[int, int], *, rows: Sequence[int], hits: Hits
) -> dict[int, int]:
    """Columns that show where they stood what they showed there: nothing moved, as far as anybody can see."""
    left = _left(before.column_count, found)
    return {at: at for at in left if _agreement(before, after, (at, at), rows=rows, hits=hits) is not None}


def _by_content(
    before: TabView, after: TabView, found: Mapping[int, int], *, rows: Sequence[int], hits: Hits
) -> dict[int, int]:
    """Columns that show what an old one showed, the best proved first; alike ones in their order."""
    olds, news = _left(before.column_count, found), _left(after.column_count, set(found.values()))
    agreed = [
        (-told, old, new)
        for old in olds
        for new in news
        if (told := _agreement(before, after, (old, new), rows=rows, hits=hits))
    ]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, old, new in sorted(agreed):
        if old not in pairs and new not in taken:
            pairs[old] = new
            taken.add(new)
    return pairs


def _agreement(
    before: TabView, after: TabView, pair: tuple[int, int], *, rows: Sequence[int], hits: Hits
) -> int | None:
    """In how many rows both columns show the same content; None when they differ in one that was not written over."""
    old, new = pair
    told = 0
    for row in rows:
        if new in hits.get(row, ()):
            continue
        was, is_ = before.cell(row, old), after.cell(row, new)
        if not is_alike(was, is_):
            return None
        told += was != BLANK
    return told


def _by_order(before: TabView, after: TabView, found: Mapping[int, int]) -> dict[int, int]:
    """What is left lies between columns that are known to have kept their order, and keeps its own."""
    kept = _in_order(found)
    gone = set(before.columns.values())  # a column of ours that has left its key and its content behind
    olds, news = _left(before.column_count, {*found, *gone}), _left(after.column_count, set(found.values()))
    edges = [(-1, -1), *((old, found[old]) for old in kept), (before.column_count, after.column_count)]
    pairs: dict[int, int] = {}
    for (old_start, new_start), (old_end, new_end) in pairwise(edges):
        old_gap = [old for old in olds if old_start < old < old_end]
        new_gap = [new for new in news if new_start < new < new_end]
        if old_start < 0 < old_end < before.column_count:  # before the first: whatever is new was put in at the edge
            old_gap, new_gap = old_gap[::-1], new_gap[::-1]
        pairs.update(zip(old_gap, new_gap, strict=False))
    return pairs


def _is_emptied(before: TabView, after: TabView, pair: tuple[int, int], *, rows: Sequence[int], hits: Hits) -> bool:
    """Whether nothing is left of what the old column showed, so that it is gone rather, and a blank one is there."""
    old, new = pair
    seen = [row for row in rows if new not in hits.get(row, ())]
    return any(before.cell(row, old) != BLANK for row in seen) and all(after.cell(row, new) == BLANK for row in seen)


def _in_order(found: Mapping[int, int]) -> list[int]:
    """The most old columns that kept their order among each other (a longest rising run of their new places)."""
    olds = sorted(found)
    ends: list[int] = []  # the smallest new place at which a run of each length ends
    at: list[int] = []
    for old in olds:
        length = bisect_left(ends, found[old])
        ends[length : length + 1] = [found[old]]
        at.append(length)
    run: list[int] = []
    length = len(ends) - 1
    for old, place in zip(reversed(olds), reversed(at), strict=True):
        if place == length:
            run.append(old)
            length -= 1
    return run[::-1]
