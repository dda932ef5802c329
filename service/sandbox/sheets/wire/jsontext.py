"""JSON text as Google's front end writes it: two spaces and a newline, or compact with `prettyPrint=false`."""

import json
from typing import Any


def pretty(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
