"""Google's own discovery files as router and validator, compiled once per service.

The schemas say names and types, not what is required. Requests are normalised on the way: nulls dropped, numbers
that came as text turned into numbers, as Google's JSON reader does.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import unquote

from service.sandbox.sheets.errors import ApiError, bad_field
from service.sandbox.sheets.wire.incoming import read_json
from service.sandbox.sheets.wire.plainbody import WORTH_BYTES, PlainBodies

Json = dict[str, Any]
At = str | tuple[Any, str | int]
"""Where a value stands: a path, or a place and one step further. It is spelled out only when something is wrong."""
Check = Callable[[Any, At], Any]
"""Takes a value and its place, returns the value as the server understands it, raises ApiError."""

_INTEGER = re.compile(r"-?\d+(\.0+)?\Z")
_GOOGLE_TYPES = {"double": "TYPE_DOUBLE", "float": "TYPE_FLOAT", "int32": "TYPE_INT32", "int64": "TYPE_INT64"}

BODY_FIELDS = {
    "spreadsheets.create": "spreadsheet",
    "spreadsheets.values.append": "data",
    "spreadsheets.values.update": "data",
}
"""Methods whose whole body is one field of the request message: its name leads the path in refusals."""


class Method(NamedTuple):
    """One method of the API."""

    name: str
    """Such as `spreadsheets.values.batchGet`."""
    verb: str
    spec: Json

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(scope.rpartition("/")[2] for scope in self.spec.get("scopes", ()))


class Match(NamedTuple):
    method: Method
    arguments: dict[str, str]


class Discovery:
    """Methods and schemas of one service. `is_lenient` services ignore unknown names, as Drive does."""

    def __init__(self, document: Json, *, is_lenient: bool) -> None:
        self.is_lenient = is_lenient
        self.common: Json = document["parameters"]
        self.prefix = "/" + document["servicePath"]
        self._schemas: Json = document["schemas"]
        self._plain = PlainBodies(self._schemas)
        self._checks: dict[str, Check] = {}
        self._shapes: dict[str, Check] = {}
        self._routes: list[tuple[str, re.Pattern[str], list[str], Method]] = []
        self._collect(document, document["name"])
        # Most literal first: `values:batchGet` before `values/{range}`.
        self._routes.sort(key=lambda route: (len(route[2]), -len(route[3].spec["path"])))

    def _collect(self, resource: Json, service: str) -> None:
        for spec in resource.get("methods", {}).values():
            path = spec["path"]
            pieces = [p for p in re.split(r"(\{[^}]+\})", path) if p]
            # A range may hold anything, even a slash when a server has already decoded the path.
            pattern = "".join(
                ("(.+?)" if "range" in p else "([^/]+?)") if p[0] == "{" else re.escape(p) for p in pieces
            )
            method = Method(spec["id"].removeprefix(service + "."), spec["httpMethod"], spec)
            self._routes.append((method.verb, re.compile(f"{pattern}\\Z"), re.findall(r"\{\+?(\w+)\}", path), method))
        for child in resource.get("resources", {}).values():
            self._collect(child, service)

    def match(self, verb: str, path: str) -> Match | None:
        """The method for a path relative to the service, still percent-encoded."""
        for wanted, pattern, names, method in self._routes:
            found = pattern.match(path) if wanted == verb else None
            if found and not any(
                ":" in value for name, value in zip(names, found.groups(), strict=True) if name != "range"
            ):
                return Match(method, {n: unquote(v) for n, v in zip(names, found.groups(), strict=True)})
        return None

    def properties_below(self, spec: Json) -> Json:
        """Names and specs of what stands below a value, of a list or map below its entries; none below a plain one."""
        while inner := spec.get("items") or spec.get("additionalProperties"):
            spec = inner
        message = self._schemas[spec["$ref"]] if "$ref" in spec else spec
        found: Json = message.get("properties", {})
        return found

    def read_body(self, method: Method, raw: bytes) -> Any:
        """The request body, which is JSON text, checked and normalised."""
        body = read_json(raw)
        reference = method.spec.get("request", {}).get("$ref")
        if reference is None or (len(raw) >= WORTH_BYTES and self._plain.fits(reference, raw)):
            return body
        if not isinstance(body, dict):
            raise bad_field(f'Invalid value at "{reference}", object expected.', "")
        return self._named(reference, self._checks, strict_output=False)(body, BODY_FIELDS.get(method.name, ""))

    def check_answer(self, method: Method, answer: Any) -> None:
        """Raise when an answer of our own does not fit Google's schema. That is a fault of the emulator."""
        reference = method.spec.get("response", {}).get("$ref")
        if reference is not None and answer is not None:
            self._named(reference, self._shapes, strict_output=True)(answer, "")

    def read_query(self, method: Method, query: list[tuple[str, str]]) -> Json:
        """Query parameters by name, typed; repeated ones as lists."""
        known = {**self.common, **method.spec.get("parameters", {})}
        found: Json = {}
        for name, text in query:
            spec = known.get(name)
            if spec is None or spec.get("location") == "path":
                if self.is_lenient or name == "x-goog-api-key":
                    continue
                raise bad_field(
                    f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
                    f"Field '{name}' could not be found in request message.",
                    "",
                )
            value = _read_parameter(name, text, spec)
            if spec.get("repeated"):
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
        return found

    def _named(self, reference: str, cache_: dict[str, Check], *, strict_output: bool) -> Check:
        if reference not in cache_:
            # Schemas are recursive: leave a forwarding call until the real one is there.
            cache_[reference] = _forwarding(cache_, reference)
            cache_[reference] = self._compile(self._schemas[reference], cache_, strict_output=strict_output)
        return cache_[reference]

    def _compile(self, schema: Json, cache_: dict[str, Check], *, strict_output: bool) -> Check:
        if "$ref" in schema:
            return self._named(schema["$ref"], cache_, strict_output=strict_output)
        kind = schema.get("type")
        if kind == "object":
            return self._compile_object(schema, cache_, strict_output=strict_output)
        if kind == "array":
            return self._compile_list(schema, cache_, strict_output=strict_output)
        if kind == "string":
            return _enum_check(schema) if "enum" in schema else _string_check
        if kind in {"integer", "number"}:
            return _number_check(schema, strict_output=strict_output)
        return _boolean_check if kind == "boolean" else _any_check

    def _compile_list(self, schema: Json, cache_: dict[str, Check], *, strict_output: bool) -> Check:
        item = self._compile(schema["items"], cache_, strict_output=strict_output)
        holds_messages = "$ref" in schema["items"] and not strict_output
        holds_lists = schema["items"].get("type") == "array"

        def check(value: Any, at: At) -> Any:
            if holds_messages:
                value = _flattened(value)
            if not isinstance(value, list):
                raise _wrong_type(at, "TYPE_MESSAGE", value)
            for index, entry in enumerate(value):
                if entry is None:
                    continue
                if holds_lists and not isinstance(entry, list):
                    raise _wrong_type(at, "google.protobuf.ListValue", entry)
                kept = item(entry, (at, index))
                if kept is not entry:
                    value[index] = kept
            return value

        return check

    def _compile_object(self, schema: Json, cache_: dict[str, Check], *, strict_output: bool) -> Check:
        names = {
            name: self._compile(spec, cache_, strict_output=strict_output)
            for name, spec in schema.get("properties", {}).items()
        }
        other = schema.get("additionalProperties")
        rest = self._compile(other, cache_, strict_output=strict_output) if other else None
        lenient = self.is_lenient and not strict_output

        def check(value: Any, at: At) -> Any:
            if not isinstance(value, dict):
                raise _wrong_type(at, schema.get("id", "object"), value)
            if None in value.values():
                for name in [name for name, entry in value.items() if entry is None]:
                    del value[name]
            for name, entry in value.items():
                sub = names.get(name) or rest
                if sub is None:
                    if not lenient:
                        raise _unknown_name(name, at)
                    continue
                kept = sub(entry, (at, name))
                if kept is not entry:
                    value[name] = kept
            return value

        return check


def _forwarding(cache_: dict[str, Check], reference: str) -> Check:
    def check(value: Any, at: At) -> Any:
        return cache_[reference](value, at)

    return check


def _spelled(at: At) -> str:
    """The place as Google writes it, such as `requests[0].updateCells`."""
    steps: list[str | int] = []
    while isinstance(at, tuple):
        at, step = at
        steps.append(step)
    text = at
    for step in reversed(steps):
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _unknown_name(name: str, place: At) -> ApiError:
    at = _spelled(place)
    place = f" at '{at}'" if at else ""
    description = f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.'
    return bad_field(description, at)


def _snake(path: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m[1].lower(), path)


def _wrong_type(place: At, kind: str, value: Any) -> ApiError:
    at = _spelled(place)
    shown = json.dumps(value) if isinstance(value, str) else json.dumps(value, separators=(",", ":"))[:200]
    full = kind if kind.startswith("google.") else f"google.apps.sheets.v4.{kind}"
    named = kind if kind.startswith("TYPE_") else f"type.googleapis.com/{full}"
    return bad_field(f"Invalid value at '{_snake(at)}' ({named}), {shown}", _snake(at))


def _flattened(value: Any) -> Any:
    """A list of messages as Google's reader takes it: one message for a list and lists in lists are fine."""
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list) and any(isinstance(entry, list) for entry in value):
        return [message for entry in value for message in (_flattened(entry) if isinstance(entry, list) else [entry])]
    return value


def _string_check(value: Any, at: At) -> Any:
    if not isinstance(value, str):
        raise _wrong_type(at, "TYPE_STRING", value)
    return value


def _enum_check(schema: Json) -> Check:
    allowed = frozenset(schema["enum"])

    def check(value: Any, at: At) -> Any:
        if not isinstance(value, str) or value not in allowed:
            raise _wrong_type(at, "TYPE_ENUM", value)
        return value

    return check


def _number_check(schema: Json, *, strict_output: bool) -> Check:
    named = _GOOGLE_TYPES.get(schema.get("format", ""), "TYPE_DOUBLE")
    whole = schema["type"] == "integer"

    def check(value: Any, at: At) -> Any:
        if type(value) is int or (type(value) is float and not whole):
            return value
        if strict_output or not isinstance(value, (str, float)):
            raise _wrong_type(at, named, value)
        try:
            if whole and _INTEGER.match(str(value)):
                return int(float(value))
            if not whole:
                return float(value)
        except ValueError as error:
            raise _wrong_type(at, named, value) from error
        raise _wrong_type(at, named, value)

    return check


def _boolean_check(value: Any, at: At) -> Any:
    if not isinstance(value, bool):
        raise _wrong_type(at, "TYPE_BOOL", value)
    return value


def _any_check(value: Any, _at: At) -> Any:
    return value


def _read_parameter(name: str, text: str, spec: Json) -> Any:
    kind = spec.get("type")
    if kind == "boolean":
        if text.lower() not in {"true", "false", "1", "0", ""}:
            raise bad_field(f"Invalid value at '{_snake(name)}' (TYPE_BOOL), \"{text}\"", _snake(name))
        return text.lower() in {"true", "1"}
    if kind == "integer":
        if not _INTEGER.match(text):
            raise bad_field(f"Invalid value at '{_snake(name)}' (TYPE_INT32), \"{text}\"", _snake(name))
        return int(float(text))
    if "enum" in spec and text not in spec["enum"]:
        raise bad_field(f"Invalid value at '{_snake(name)}' (TYPE_ENUM), \"{text}\"", _snake(name))
    return text


@cache
def load_discovery(service: str) -> Discovery:
    """The shipped document of `sheets.v4` or `drive.v3`, compiled."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    document: Json = json.loads((folder / f"{service}.json").read_text("utf-8"))
    return Discovery(document, is_lenient=service.startswith("drive"))
