"""JSON text as Google's front end writes it: two spaces and a newline, or compact with `prettyPrint=false`."""

from typing import Any

import msgspec


def pretty(value: Any) -> bytes:
    return msgspec.json.format(compact(value), indent=2) + b"\n"


def compact(value: Any) -> bytes:
    return msgspec.json.encode(value)
