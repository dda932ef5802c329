"""The cards of the gallery: one of everything the product can show."""

from collections.abc import Mapping
from typing import Any

from cards import gallery

_ADDRESSES = frozenset({"imageUrl", "iconUrl"})


def draw_examples(product_url: str) -> list[Mapping[str, Any]]:
    """`name` and `card` of every example view, in the order of the story, pictures taken from the product."""
    return [{"name": name, "card": _with_pictures(card, product_url)} for name, card in gallery()]


def _with_pictures(part: Any, product_url: str) -> Any:
    if isinstance(part, Mapping):
        return {
            key: product_url + value
            if key in _ADDRESSES and isinstance(value, str) and value.startswith("/")
            else _with_pictures(value, product_url)
            for key, value in part.items()
        }
    if isinstance(part, list | tuple):
        return [_with_pictures(inner, product_url) for inner in part]
    return part
