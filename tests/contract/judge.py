"""A judge of its own for answers: Google's discovery files read a second time, sharing nothing with the emulator.

Names and types must fit the schema; an error must have Google's envelope.
"""

import json
import re
from importlib.resources import files
from urllib.parse import unquote, urlsplit

INTEGER = re.compile(r"-?\d+\Z")
STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
          429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}  # fmt: skip


def document(service):
    text = (files("googleapiclient") / "discovery_cache" / "documents" / f"{service}.json").read_text("utf-8")
    return json.loads(text)


class Method:
    """One method: its name without the service's, its verb, where it lives, and what it takes and gives."""

    def __init__(self, service, path_prefix, spec):
        self.service, self.spec = service, spec
        self.name = spec["id"].partition(".")[2]
        self.verb = spec["httpMethod"]
        self.template = path_prefix + spec["path"]
        self.names = re.findall(r"\{\+?(\w+)\}", self.template)
        pieces = re.split(r"(\{[^}]+\})", self.template)
        self.pattern = re.compile("".join("([^/]+?)" if p.startswith("{") else re.escape(p) for p in pieces) + r"\Z")

    def is_for(self, verb, path):
        found = self.pattern.match(path) if verb == self.verb else None
        # `values/{range}` must not swallow `values/{range}:append`.
        return found is not None and all(
            ":" not in value or name == "range" for name, value in zip(self.names, found.groups(), strict=True)
        )


def walk(document_, resource=None):
    """Every method of a document."""
    resource = resource or document_
    for spec in resource.get("methods", {}).values():
        yield Method(document_["name"], document_["servicePath"], spec)
    for child in resource.get("resources", {}).values():
        yield from walk(document_, child)


DOCUMENTS = {"sheets": document("sheets.v4"), "drive": document("drive.v3")}
METHODS = {name: sorted(walk(one), key=lambda m: (len(m.names), -len(m.template))) for name, one in DOCUMENTS.items()}


def method_named(service, name):
    return next(method for method in METHODS[service] if method.name == name)


class Judge:
    """Raises AssertionError for an answer that Google could not have given. `seen` holds the methods judged."""

    def __init__(self):
        self.seen = set()

    def look(self, verb, url, status, content):
        """Judge one answer; the address tells which method it belongs to."""
        service = "drive" if "/drive/v3/" in url else "sheets"
        if status == 204:
            assert content == b""
        if status >= 500 and content.lstrip().startswith(b"<"):
            return
        method = self._method(service, verb, url)
        if status >= 300:
            self._look_at_error(service, status, json.loads(content))
            return
        assert method is not None, f"{verb} {url} is no method"
        self.seen.add(f"{service}.{method.name}")
        if status == 200:
            faults = list(misfits(DOCUMENTS[service]["schemas"], method.spec["response"], json.loads(content)))
            assert faults == [], f"{method.name}: {faults}"

    @staticmethod
    def _method(service, verb, url):
        path = urlsplit(url).path
        start = path.index("/v4/") + 1 if service == "sheets" and "/v4/" in path else path.find("/drive/v3/") + 1
        below = path[start:]
        colon = unquote(below) if "%3A" in below.rpartition("/")[2] and service == "drive" else below
        return next((method for method in METHODS[service] if method.is_for(verb, colon)), None)

    @staticmethod
    def _look_at_error(service, status, body):
        error = body["error"]
        assert error["code"] == status
        assert error["message"]
        if service == "sheets":
            assert error["status"] == STATUS[status]
            assert set(error) <= {"code", "message", "status", "details"}
        else:
            assert error["errors"][0]["reason"]


def misfits(schemas, schema, value, at="answer"):
    """Places where a value does not fit a schema, each in a few words."""
    schema = schemas[schema["$ref"]] if "$ref" in schema else schema
    kind = schema.get("type")
    if kind == "object":
        if not isinstance(value, dict):
            yield f"{at} is no object"
            return
        for name, entry in value.items():
            below = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            if below is None:
                yield f"{at}.{name} is unknown"
            else:
                yield from misfits(schemas, below, entry, f"{at}.{name}")
    elif kind == "array":
        if not isinstance(value, list):
            yield f"{at} is no list"
            return
        for index, entry in enumerate(value):
            yield from misfits(schemas, schema["items"], entry, f"{at}[{index}]")
    elif not is_plain(kind, schema, value):
        yield f"{at} is {value!r}, no {kind}"


def is_plain(kind, schema, value):
    """Does a single value have the type and, where there is one, a name of the enumeration?"""
    if kind == "string":
        # 64-bit integers travel as text.
        is_number = schema.get("format") in {"int64", "uint64"}
        return (
            isinstance(value, str) and value in schema.get("enum", [value]) and (not is_number or INTEGER.match(value))
        )
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return kind == "any"
