"""How ranges follow a block of cells that is cut and pasted elsewhere: those that lie wholly inside it go along.

Formulas and names follow in `workbook`. Filters, tables, banding and groups stay where they are, and so does a
conditional format of which some cells are left behind.
"""

from collections.abc import Callable
from typing import Any

from service.sandbox.sheets.areas import Area, Carry
from service.sandbox.sheets.state.following import BOUNDS, Follower
from service.sandbox.sheets.state.sheet import Sheet

Json = dict[str, Any]


def carry_ranges(source: Sheet, target: Sheet, carry: Carry, follower: Follower) -> None:
    """Merges, protections and conditional formats of the block belong to the tab it is pasted into."""

    def merge(held: Json) -> tuple[Json, bool]:
        return carried(held, carry), carry.takes(Area.from_json(held))

    def protection(held: Json) -> tuple[Json, bool]:
        is_taken = "range" in held and carry.takes(Area.from_json(held["range"]))
        return (held | {"range": carried(held["range"], carry)} if is_taken else held), is_taken

    def rule(held: Json) -> tuple[Json, bool]:
        is_taken = all(carry.takes(Area.from_json(where)) for where in held["ranges"])
        return (follower.rule(held) or held) if is_taken else held, is_taken

    _carry_held(source, target, "merges", merge)
    _carry_held(source, target, "protected_ranges", protection)
    _carry_held(source, target, "conditional_formats", rule)


def _carry_held(source: Sheet, target: Sheet, name: str, moved: Callable[[Json], tuple[Json, bool]]) -> None:
    """`moved` gives an object of the source as it is afterwards, and whether it goes along."""
    found = [moved(held) for held in getattr(source, name)]
    gone = tuple(item for item, is_taken in found if is_taken)
    if not gone:
        return
    if source is target:
        source.change(name, tuple(item for item, _ in found))
        return
    source.change(name, tuple(item for item, is_taken in found if not is_taken))
    target.change(name, (*getattr(target, name), *gone))


def carried(grid_range: Json, carry: Carry) -> Json:
    """A GridRange after the block was carried."""
    return carry.area(Area.from_json(grid_range)).to_json()


def carried_chart(value: Any, carry: Carry) -> Any:
    """A chart, or a part of one, whose sources follow. The chart itself floats above the cells and is not cut."""
    if isinstance(value, list):
        return [carried_chart(entry, carry) for entry in value]
    if not isinstance(value, dict):
        return value
    if BOUNDS & set(value):
        return carried(value, carry)
    return {name: carried_chart(entry, carry) for name, entry in value.items()}
