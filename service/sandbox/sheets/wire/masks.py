"""Field masks: `a(b,c/d),e.f,*` as a tree, checked against a schema, cut out of an answer, or listed as paths."""

from functools import lru_cache
from typing import Any

from service.sandbox.sheets.errors import ApiError, bad_field
from service.sandbox.sheets.wire.discovery import Discovery, load_discovery

Json = dict[str, Any]
Mask = dict[str, Any]
"""Field name → Mask of what is below; an empty Mask means everything below."""
Path = tuple[str, ...]


class _MaskReader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def group(self, *, closing: str) -> Mask:
        mask: Mask = {}
        while True:
            self.item(mask)
            mark = self.next()
            if mark == closing:
                return mask
            if mark != ",":
                raise ValueError(self.text)

    def item(self, mask: Mask) -> None:
        name = self.word()
        if self.peek() in {".", "/"}:
            self.at += 1
            below: Mask = {}
            self.item(below)
        elif self.peek() == "(":
            self.at += 1
            below = self.group(closing=")")
        else:
            below = {}
        _join(mask, name, below)

    def word(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ",./()":
            self.at += 1
        word = self.text[start : self.at].strip()
        if not word:
            raise ValueError(self.text)
        return word

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def next(self) -> str:
        mark = self.peek()
        self.at += 1
        return mark


def _join(mask: Mask, name: str, below: Mask) -> None:
    if name not in mask:
        mask[name] = below
    elif mask[name] and below:
        for child, under in below.items():
            _join(mask[name], child, under)
    else:
        mask[name] = {}


@lru_cache(maxsize=512)
def read_mask(text: str) -> Mask:
    """The mask as a tree; ValueError when it is malformed. `*` stands as a name of its own."""
    return _MaskReader(text).group(closing="")


def unknown_path(discovery: Discovery, schema: str, mask: Mask) -> str | None:
    """The first path of the mask that the schema does not have."""
    return _unknown(discovery, {"$ref": schema}, mask, "")


def _unknown(discovery: Discovery, spec: Json, mask: Mask, at: str) -> str | None:
    names = discovery.properties_below(spec)
    if not names and "additionalProperties" in spec:
        return None  # the names below a map are its keys
    for name, below in mask.items():
        path = f"{at}.{name}" if at else name
        if name == "*":
            continue
        if name not in names:
            return path
        deeper = _unknown(discovery, names[name], below, path)
        if deeper is not None:
            return deeper
    return None


@lru_cache(maxsize=512)
def answer_mask(service: str, schema: str, text: str) -> Mask:
    """The `fields` parameter of a call, checked; refuses what Google refuses. An empty Mask means everything."""
    try:
        mask = read_mask(text)
    except ValueError:
        raise _bad_selection(service, text) from None
    unknown = unknown_path(load_discovery(service), schema, mask)
    if unknown is not None:
        raise _bad_selection(service, unknown)
    return mask


def _bad_selection(service: str, path: str) -> ApiError:
    if service.startswith("drive"):
        return ApiError(f"Invalid field selection {path}", reason="invalidParameter", location=("fields", "parameter"))
    description = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    return bad_field("Request contains an invalid argument.", path, description)


class Exact(list[Json]):
    """A list that was made for a mask and holds no more than it asks for."""


def cut(value: Any, mask: Mask) -> Any:
    """The part of an answer that the mask asks for; lists keep their length."""
    if not mask or isinstance(value, Exact):
        return value
    if isinstance(value, list):
        return [cut(entry, mask) for entry in value]
    if not isinstance(value, dict):
        return value
    star: Mask | None = mask.get("*")
    result: Json = {}
    for name, entry in value.items():
        below = mask.get(name, star)
        if below is not None:
            result[name] = cut(entry, below) if below else entry
    return result


def under(mask: Mask, name: str) -> Mask:
    """The part of the mask below a field it asks for; everything where it names no part."""
    found: Any = mask.get(name, mask.get("*"))
    return found or {}


def wants(mask: Mask, *path: str) -> bool:
    """Does the mask ask for anything at or below this path?"""
    for name in path:
        if not mask:
            return True
        if name not in mask and "*" not in mask:
            return False
        mask = under(mask, name)
    return True


@lru_cache(maxsize=512)
def update_paths(schema: str, text: str, at: str) -> tuple[Path, ...]:
    """Paths an update request names in its `fields`; an empty path stands for `*`.

    `at` is the place of the mask in the request, for the error text.
    """
    if not text:
        raise ApiError("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    try:
        mask = read_mask(text)
    except ValueError:
        raise ApiError(f"Invalid field mask: {text}") from None
    unknown = unknown_path(load_discovery("sheets.v4"), schema, mask)
    if unknown is not None:
        field = unknown.rpartition(".")[2]
        raise bad_field(
            f"Invalid value at '{at}' (type.googleapis.com/google.protobuf.FieldMask), "
            f"Field '{field}' could not be found in request message.",
            at,
        )
    return tuple(_paths(mask))


def _paths(mask: Mask, above: Path = ()) -> list[Path]:
    found: list[Path] = []
    for name, below in mask.items():
        path = above if name == "*" else (*above, name)
        found.extend(_paths(below, path) if below else [path])
    return found
