"""The signature every request to the shop API carries. Pure: bytes and text in, hex text out.

What is signed is what is sent: decoded parameter values and the body's exact bytes. Building the request is `client`'s
work. Source: vendor page "Sign your API request", read 2026-10; its worked vector is a test.
"""

import hashlib
import hmac
from collections.abc import Mapping

#: Never part of the signed text, even when they stand in the query.
UNSIGNED_PARAMS = frozenset({"sign", "access_token"})

MULTIPART = "multipart/form-data"


def sign(
    path: str, params: Mapping[str, str], secret: str, *, body: bytes = b"", content_type: str = "application/json"
) -> str:
    """The `sign` parameter: 64 lowercase hex digits (upstream rejects uppercase).

    `path` is the API path without host or prefix, with its leading slash; `params` hold decoded values, a list already
    joined by commas. A multipart body is left out of the signature, any other body belongs to it byte by byte.
    """
    pairs = "".join(f"{name}{params[name]}" for name in sorted(params) if name not in UNSIGNED_PARAMS)
    signed_body = b"" if _media_type(content_type) == MULTIPART else body
    key = secret.encode()
    text = key + path.encode() + pairs.encode() + signed_body + key
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def _media_type(content_type: str) -> str:
    """The type alone: `multipart/form-data; boundary=x` is still multipart."""
    return content_type.partition(";")[0].strip().lower()
