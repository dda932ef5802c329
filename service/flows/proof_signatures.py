"""Signatures of proofs: who holds the service's secret made this report, and not a byte of it has changed.

A signature names the key it was made with by a fingerprint, so that a report of an older key can be told from a forged
one. A report leaves as JSON, for machines, or as a page, for people; both carry their signature with them.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itsdangerous import Signer

from service.core.hunting.report import KIND, written

PURPOSE = "rowstream.proof"
LARGEST = 4 * 1024 * 1024  # bytes of a file that is looked at
_SEAL = re.compile(rb"<!-- rowstream-proof ([0-9a-f]{8})\.([\w-]{43}) -->\n\Z")


@dataclass(frozen=True, slots=True)
class Verified:
    """What a file proves. `fault` says in a sentence why it proves nothing; empty for one that does."""

    fault: str = ""
    document: Mapping[str, Any] | None = None


def sign(keys: Sequence[str], content: bytes) -> str:
    """The signature of these bytes under the first key."""
    return f"{_name(keys[0])}.{_signer(keys[0]).get_signature(content).decode()}"


def is_signed(keys: Sequence[str], content: bytes, signature: str) -> bool:
    """Whether this is the signature of exactly these bytes, under any of the keys."""
    name, _, value = signature.partition(".")
    told = value.encode(errors="replace")  # compared as written: other last letters may stand for the same bytes
    return any(_name(key) == name and hmac.compare_digest(_signer(key).get_signature(content), told) for key in keys)


def _signer(key: str) -> Signer:
    return Signer(key, salt=PURPOSE, key_derivation="hmac", digest_method=hashlib.sha256)


def _name(key: str) -> str:
    return hashlib.sha256(f"{PURPOSE}:{key}".encode()).hexdigest()[:8]


def signed_json(document: Mapping[str, Any], signature: str) -> bytes:
    """The report for machines, with its signature."""
    return written({"report": document, "signature": signature})


def signed_page(keys: Sequence[str], page: str) -> bytes:
    """The report for people, signed as a page."""
    content = (page.rstrip("\n") + "\n").encode()
    return content + f"<!-- rowstream-proof {sign(keys, content)} -->\n".encode()


def verify(keys: Sequence[str], content: bytes) -> Verified:
    """Whether a file that was taken away is as it left."""
    if len(content) > LARGEST:
        return Verified("This file is too large to be a report.")
    seal = _SEAL.search(content)
    if seal is not None:
        return _verdict(keys, content[: seal.start()], f"{seal[1].decode()}.{seal[2].decode()}", None)
    try:
        read = json.loads(content)
        document, signature = read["report"], read["signature"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Verified("This is not a signed report of Rowstream.")
    if not isinstance(document, dict) or not isinstance(signature, str) or document.get("document") != KIND:
        return Verified("This is not a signed report of Rowstream.")
    if signed_json(document, signature) != content:
        return Verified("This report was changed after it was made.")
    return _verdict(keys, written(document), signature, document)


def _verdict(keys: Sequence[str], content: bytes, signature: str, document: Mapping[str, Any] | None) -> Verified:
    if is_signed(keys, content, signature):
        return Verified(document=document)
    if signature.partition(".")[0] not in {_name(key) for key in keys}:
        return Verified("This report was signed with a key that is not among the keys of this service.")
    return Verified("This report was changed after it was made.")
