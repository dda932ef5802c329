"""What comes in over HTTP, read as Google reads it: addresses, queries, and JSON in clean text."""

import json
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from werkzeug.wrappers import Request

from service.sandbox.sheets.errors import ApiError, bad_field


def read_pairs(query_text: str) -> list[tuple[str, str]]:
    """Names and values of a query, or of a form that stands for one."""
    pairs = [part.partition("=") for part in query_text.split("&") if part]
    return [(unquote(name.replace("+", " ")), unquote(value.replace("+", " "))) for name, _, value in pairs]


def read_json(raw: bytes) -> Any:
    """The value a body holds, an empty object when there is none; what is no JSON text is refused."""
    if not raw.strip():
        return {}
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _read_closely(raw)


def _read_closely(raw: bytes) -> Any:
    """What the quick reader, which is the stricter one, leaves: read all the same, or refused in Google's words."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise _unreadable("Encountered non UTF-8 code points.") from None
    except ValueError as error:
        raise _unreadable(f"Unexpected token.\n{getattr(error, 'doc', '')[:40]}\n^") from error
    _refuse_half_pairs(value)
    return value


def _refuse_constant(name: str) -> None:
    """NaN and the infinities are Python's idea of JSON."""
    raise ValueError(name)


def _refuse_half_pairs(value: Any) -> None:
    """Half a surrogate pair is no text; Google's reader stops at it."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise _unreadable("Missing low surrogate.") from None


def _unreadable(problem: str) -> ApiError:
    description = f"Invalid JSON payload received. {problem}"
    return bad_field(description, "", description)


def raw_path(request: Request) -> str:
    """The path as sent, still percent-encoded, below the place where the application is mounted."""
    environ = request.environ
    decoded = str(environ.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace")
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "").partition("?")[0]
    mounted = quote(environ.get("SCRIPT_NAME", ""), safe="/")
    if raw.startswith(("http://", "https://")):
        raw = "/" + raw.split("/", 3)[-1]
    below = raw.removeprefix(mounted) if mounted else raw
    # A proxy or test client may not hand over the raw address; the decoded one serves unless a range holds a slash.
    return below if below and unquote(below) == decoded else quote(decoded, safe="/:!$'(),@")


def wsgi_path(path: str) -> str:
    """PATH_INFO as servers hand it over (bytes read as Latin-1); in-process clients may give plain text."""
    try:
        path.encode("latin-1")
    except UnicodeEncodeError:
        return path.encode().decode("latin-1")
    return path
