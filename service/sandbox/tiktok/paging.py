"""Opaque page tokens, and cutting a sorted list into pages.

A token remembers the last key shown (or, with the fault `page_shift`, a position) and a fingerprint of the filters. It
always holds `/`, `+` and `=`, so a client that signs encoded text or forgets to encode is found out.
"""

import base64
import binascii
import hashlib
from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple

import msgspec

Key = tuple[int, str]
_PREFIX = "Zz/+"
_SUFFIX = "="


class BadTokenError(ValueError):
    """The token is not one of ours, or belongs to another search."""


class Slice(NamedTuple):
    keys: list[Key]
    next_token: str
    total: int


class Cut(msgspec.Struct, frozen=True):
    """How to cut: page size, the token sent, descending or not, and what the token must belong to."""

    size: int
    token: str
    is_descending: bool
    fingerprint: str
    by_position: bool = False


def fingerprint(*filters: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(filters, order="sorted")).hexdigest()[:10]


def cut_page(keys: list[Key], cut: Cut) -> Slice:
    """One page of `keys` (ascending). Raises BadTokenError."""
    ordered = keys[::-1] if cut.is_descending else keys
    start = _start(keys, cut)
    page = ordered[start : start + cut.size]
    more = start + cut.size < len(ordered)
    mark: list[Any] = [start + cut.size] if cut.by_position else list(page[-1]) if page else []
    return Slice(page, _write([cut.fingerprint, *mark]) if more else "", len(keys))


def _start(keys: list[Key], cut: Cut) -> int:
    if not cut.token:
        return 0
    mark = _read(cut.token, cut.fingerprint)
    if len(mark) == 1:
        return int(mark[0])
    last = (int(mark[0]), str(mark[1]))
    return len(keys) - bisect_left(keys, last) if cut.is_descending else bisect_right(keys, last)


def _write(parts: list[Any]) -> str:
    packed = base64.b64encode(msgspec.json.encode(parts)).decode().rstrip("=")
    return f"{_PREFIX}{packed}{_SUFFIX}"


def _read(token: str, expected: str) -> list[Any]:
    packed = token.removeprefix(_PREFIX).removesuffix(_SUFFIX)
    if len(packed) + len(_PREFIX) + len(_SUFFIX) != len(token):
        raise BadTokenError("The page_token is invalid.")
    try:
        parts = msgspec.json.decode(base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True), type=list[Any])
    except (binascii.Error, msgspec.DecodeError) as broken:
        raise BadTokenError("The page_token is invalid.") from broken
    if len(parts) not in {2, 3} or parts[0] != expected:
        raise BadTokenError("The page_token belongs to another search.")
    return parts[1:]
