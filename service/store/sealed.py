"""Secrets and personal data at rest: MultiFernet, the first key seals, every key unseals."""

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Sealer:
    """Seals text to bytes and back. Rotating = putting a new key first and running the rotation command."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        if not keys:
            raise ValueError("at least one sealing key is needed")
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._print_key = hashlib.sha256(b"fingerprint:" + keys[0].encode()).digest()

    def seal(self, text: str) -> bytes:
        """`text` sealed under the first key."""
        return self._fernet.encrypt(text.encode())

    def unseal(self, sealed: bytes) -> str:
        """The text. ValueError when no key opens it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise ValueError("sealed with a key we do not have") from error

    def fingerprint(self, text: str) -> str:
        """The same for the same text and first key, and nothing to read: for comparing what must not be kept."""
        return hmac.new(self._print_key, text.encode(), hashlib.sha256).hexdigest()[:32]

    def rotate(self, sealed: bytes) -> bytes:
        """The same secret sealed under the first key."""
        return self._fernet.rotate(sealed)
