"""The vendor's two signatures, written from its documentation and independently of the product's client.

A test or a script that wants to call the simulator signs with these too.
"""

import hashlib
import hmac
from collections.abc import Mapping


def sign_request(secret: str, path: str, query: Mapping[str, str], *, body: bytes = b"") -> str:
    """Lowercase hex over path, decoded query (sorted by key bytes, without sign and access_token) and raw body.

    The caller passes an empty body for multipart uploads. Source: Partner Center, "Sign your API request" (2026-10).
    """
    named = sorted(
        (key.encode(), value.encode()) for key, value in query.items() if key not in {"sign", "access_token"}
    )
    text = path.encode() + b"".join(key + value for key, value in named) + body
    return _hex(secret, secret.encode() + text + secret.encode())


def sign_notice(app_key: str, secret: str, body: bytes) -> str:
    """The `Authorization` header of a webhook: lowercase hex over app key and raw body."""
    return _hex(secret, app_key.encode() + body)


def _hex(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
