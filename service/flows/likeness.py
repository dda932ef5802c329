"""How like a row is to what an order's row last showed: cells against cells, as images keep them. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from service.core.cells import BLANK

#: Cells that have to be filled and equal before a row is taken for an order's: fewer would fit many. One is enough
#: where the order's row was last seen.
LEAST_TOLD = 3

Shown = tuple[tuple[str, ...], ...]


def shown_of(image: Mapping[str, Any], columns: Sequence[str]) -> Shown:
    """The cells of these columns, as an image keeps them; blank where it says nothing."""
    return tuple(tuple(image.get(column) or BLANK.to_json()) for column in columns)


def is_formula(kept: Sequence[str] | None) -> bool:
    """Whether the kept cell is a formula, which reads otherwise in another row."""
    return bool(kept) and kept[0] == "f"  # type: ignore[index]  # a kept cell is falsy or has its letter


def told(shown: Shown) -> int:
    """How many cells show anything."""
    return sum(1 for cell in shown if cell)


def equal(wanted: Mapping[str, Shown], found: Mapping[int, Shown], noted: Mapping[str, int]) -> dict[str, int]:
    """Rows that show an image to the last cell, where neither the image nor the row could be another's.

    `noted`: where those rows were seen last whose place is a suspect.
    """
    by_shown = {shown: key for key, shown in wanted.items()}
    once = _once(wanted.values()) & _once(found.values())
    same = {by_shown[shown]: at for at, shown in found.items() if shown in once}
    return {key: at for key, at in same.items() if told(found[at]) >= (1 if noted.get(key) == at else LEAST_TOLD)}


def _once(shown: Iterable[Shown]) -> set[Shown]:
    return {one for one, count in Counter(shown).items() if count == 1}


def resembling(wanted: Mapping[str, Shown], found: Mapping[int, Shown], doubted: Collection[str]) -> dict[str, int]:
    """Rows that a write of ours may have hurt: most of their cells are right, and of no other row as many; nor is the
    row that shows them as like to another of the missed ones.
    """
    answer = {}
    for key in wanted.keys() & set(doubted) if found else ():
        likeness = sorted(((alike(wanted[key], shown), at) for at, shown in found.items()), reverse=True)
        (best, at), *others = likeness
        rivals = [alike(wanted[other], found[at]) for other in wanted.keys() - {key}]
        if is_like(wanted[key], best) and best not in [score for score, _ in others] and best > max(rivals, default=0):
            answer[key] = at
    return answer


def left(
    wanted: Mapping[str, Shown],
    found: Mapping[int, Shown],
    telling: Mapping[str, Shown],
    noted: Mapping[str, int],
    own: Mapping[str, Shown],
) -> dict[str, int]:
    """Rows that a write of ours may have hurt and of which something is left where they were seen last, more than of
    any missed row that could be anywhere. `telling`: what of them tells that it is they, of those that are in doubt;
    `own`: what of those stands there that is not known to be a write's.
    """
    answer = {}
    for key in noted.keys() & telling.keys():
        shown = found[noted[key]]
        elsewhere = max((alike(wanted[other], shown) for other in wanted.keys() - noted.keys()), default=0)
        if is_left(wanted[key], own[key], telling[key]) and alike(wanted[key], shown) > elsewhere:
            answer[key] = noted[key]
    return answer


def is_left(wanted: Shown, found: Shown, telling: Shown) -> bool:
    """Whether something of the row is still there: most of it, or nothing else; and any of it that tells."""
    right = alike(wanted, found)
    return alike(telling, found) > 0 and (2 * right > told(wanted) or right == told(found))


def is_like(wanted: Shown, right: int) -> bool:
    """Whether so many right cells are enough and more than half."""
    return right >= LEAST_TOLD and 2 * right > told(wanted)


def alike(wanted: Shown, found: Shown) -> int:
    """How many cells show what is wanted, and that is not nothing."""
    return sum(1 for one, other in zip(wanted, found, strict=True) if one and one == other)


def only(fits: Sequence[tuple[int, str]]) -> dict[int, str]:
    """Place → key, where neither fits another."""
    times = Counter(one for pair in fits for one in pair)
    return {at: row_key for at, row_key in fits if times[at] == times[row_key] == 1}
