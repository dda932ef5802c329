"""Merging what a test plants or edits into an order object."""

from typing import Any

_ALL = "*"


def merge(target: dict[str, Any], changes: dict[str, Any]) -> None:
    """Lay `changes` over `target`, in place.

    Objects merge key by key; null removes a key; a list of objects merges position by position and a longer list adds;
    any other value replaces. Over a list, an object with the keys "0", "1"… or "*" (every element) changes elements,
    and null removes them.
    """
    for key, change in changes.items():
        if change is None:
            target.pop(key, None)
        elif isinstance(target.get(key), list):
            target[key] = _merge_list(target[key], change)
        else:
            target[key] = _merged(target.get(key), change)


def _merged(old: Any, change: Any) -> Any:
    if not isinstance(change, dict):
        return change
    new = dict(old) if isinstance(old, dict) else {}
    merge(new, change)
    return new


def _merge_list(elements: list[Any], change: Any) -> Any:
    if isinstance(change, dict):
        return _merge_chosen(elements, change)
    if not (isinstance(change, list) and change and all(isinstance(part, dict) for part in change)):
        return change
    kept = [_merged(old, part) for old, part in zip(elements, change, strict=False)]
    return kept + elements[len(change) :] + change[len(elements) :]


def _merge_chosen(elements: list[Any], change: dict[str, Any]) -> list[Any]:
    merged: list[Any] = []
    for index, element in enumerate(elements):
        new = element
        for key in (_ALL, str(index)):
            if key in change and new is not None:
                new = None if change[key] is None else _merged(new, change[key])
        if new is not None:
            merged.append(new)
    return merged
