"""JSON that means one thing to every reader: UTF-8, no key twice, no NaN, not too large, not too deep.

For what strangers send. Nothing is looked up in it here, and nothing of it is quoted in an error.
"""

import json
from typing import Any, NoReturn


def read(raw: bytes, *, most_bytes: int, most_levels: int) -> Any:
    """The value in `raw`. ValueError says in a few words why there is none; it holds nothing of `raw`."""
    if len(raw) > most_bytes:
        raise ValueError(f"larger than {most_bytes // 1024} KB")
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({type(error).__name__})") from None
    _check_depth(value, most_levels)
    return value


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key that stands twice means two things to two readers, so no honest sender writes it."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check_depth(value: Any, most_levels: int) -> None:
    level = [value]
    for _ in range(most_levels):
        level = [inner for node in level for inner in _inside(node)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _inside(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
