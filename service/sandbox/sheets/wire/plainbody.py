"""Request bodies that hold exactly what Google's schemas say, recognised in one pass over their bytes.

Nothing is read here and nothing refused: a body that does not fit as it stands may still be one that Google takes
(nulls, numbers as text, a message for a list), and that is for the careful reader in `discovery` to say. What fits
here, that reader would hand on as it is; so a large body of a well-behaved client need not be walked value by value.
"""

import threading
from typing import Any, Literal

import msgspec

Json = dict[str, Any]

WORTH_BYTES = 16_384
"""Compiling the schemas of a method takes some milliseconds: smaller bodies are read sooner than that."""
_PLAIN_TYPES: dict[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool, "any": Any}


class PlainBodies:
    """The schemas of one service as strict types. Google's schemas of requests are not recursive."""

    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas
        self._types: dict[str, Any] = {}
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}
        self._making = threading.Lock()

    def fits(self, reference: str, raw: bytes) -> bool:
        """Is this JSON text a message of the schema, with known names and exact types only?"""
        try:
            self._decoder(reference).decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        return True

    def _decoder(self, reference: str) -> msgspec.json.Decoder[Any]:
        """Made by one thread: msgspec 0.22 crashes when two at once look into a struct that neither has seen."""
        with self._making:
            if reference not in self._decoders:
                self._decoders[reference] = msgspec.json.Decoder(self._named(reference))
            return self._decoders[reference]

    def _named(self, reference: str) -> Any:
        if reference not in self._types:
            self._types[reference] = self._type(self._schemas[reference])
        return self._types[reference]

    def _type(self, schema: Json) -> Any:
        if "$ref" in schema:
            return self._named(schema["$ref"])
        kind = schema["type"]
        if kind == "array":
            return list[self._type(schema["items"])]  # type: ignore[misc]  # the type is made here, at run time
        if kind == "object" and "additionalProperties" in schema:
            return dict[str, self._type(schema["additionalProperties"])]  # type: ignore[misc]  # as above
        if kind == "object":
            return self._message(schema.get("properties", {}))
        return Literal[tuple(schema["enum"])] if "enum" in schema else _PLAIN_TYPES[kind]

    def _message(self, properties: Json) -> Any:
        """A struct that knows these names only. Its values are thrown away, so the collector need not see them."""
        fields = [
            (f"at_{number}", self._type(spec), msgspec.field(default=None, name=name))
            for number, (name, spec) in enumerate(properties.items())
        ]
        return msgspec.defstruct("Message", fields, forbid_unknown_fields=True, gc=False)
