"""CellFormat values: normalised, shared between cells, changed by mask paths, and merged into what is effective."""

import json
from functools import cache, lru_cache
from typing import Any

from service.sandbox.sheets.formats.colors import twin_name, with_both_colors

Json = dict[str, Any]
Path = tuple[str, ...]

WHITE: Json = {"red": 1, "green": 1, "blue": 1}
DEFAULT_FORMAT: Json = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": WHITE},
}
"""What recordings of new files show under `properties.defaultFormat`."""


@lru_cache(maxsize=4096)
def _shared(canonical: str) -> Json:
    """One object per distinct format, so that a hundred thousand cells share it. Treat it as immutable."""
    shared: Json = json.loads(canonical)
    return shared


def normal_format(value: Json | None) -> Json | None:
    """The format as stored, None when nothing is set."""
    if not value:
        return None
    return _shared(json.dumps(_without_unspecified(with_both_colors(value)), sort_keys=True)) or None


def _without_unspecified(value: Any) -> Any:
    """The same format without enum values that say nothing, which clients send and Google drops."""
    if not isinstance(value, dict):
        return value
    return {
        name: _without_unspecified(part)
        for name, part in value.items()
        if not (isinstance(part, str) and part.endswith("_UNSPECIFIED"))
    }


def with_path(old: Json | None, new: Json | None, path: Path) -> Json | None:
    """`old` with the part under `path` taken from `new`, or cleared where `new` lacks it; an empty path means all."""
    if not path:
        return normal_format(new)
    # Nothing set and nothing to set: so it is for nearly every cell of a large write.
    if not new and (old is None or path[0] not in old):
        return old
    if _part(old, path) == _part(new, path):
        return old
    return normal_format(_merged(old or {}, with_both_colors(new or {}), path))


def _part(value: Any, path: Path) -> Any:
    """What stands under `path`; None when nothing does."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _merged(old: Json, new: Json, path: Path) -> Json:
    name, rest = path[0], path[1:]
    merged = dict(old)
    if rest and isinstance(new.get(name, {}), dict):
        inner = _merged(old.get(name) or {}, new.get(name) or {}, rest)
        merged.pop(name, None)
        return merged | {name: inner} if inner else merged
    for affected in filter(None, (name, twin_name(name))):
        merged.pop(affected, None)
        if affected in new:
            merged[affected] = new[affected]
    return merged


def overlaid(under: Json, over: Json | None) -> Json:
    """`under` with everything that `over` sets laid on top, objects merged deeply."""
    if not over:
        return under
    result = dict(under)
    for name, value in over.items():
        held = result.get(name)
        deep = isinstance(held, dict) and isinstance(value, dict) and twin_name(name) is None
        result[name] = overlaid(held, value) if deep and held is not None else value
    return result


@cache
def default_format() -> Json:
    return _shared(json.dumps(DEFAULT_FORMAT))


def effective_format(user_entered: Json | None, *, is_link: bool) -> Json:
    """What the cell looks like before conditional formats."""
    display = {"hyperlinkDisplayType": "LINKED" if is_link else "PLAIN_TEXT"}
    return overlaid(overlaid(default_format(), display), user_entered)
