"""What the identity issuer remembers: access and refresh tokens, codes, consents. Kept in the data directory.

Times are seconds of wall time since 1970. A restart on the same data directory keeps every token valid.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from service.sandbox.issuer import LIFETIME_S, new_secret

ADDON_SCOPES = (
    "https://www.googleapis.com/auth/drive.file",
    "https://www.googleapis.com/auth/userinfo.email",
    "https://www.googleapis.com/auth/script.locale",
)
CODE_LIFETIME_S = 600
#: How long an expired token is still known as expired, so that using it is a 401 and not a stranger's call.
REMEMBERED_S = 30 * 24 * 3600

_TABLES = """
CREATE TABLE IF NOT EXISTS people (email TEXT PRIMARY KEY, first_seen INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS bearers (token TEXT PRIMARY KEY, email TEXT NOT NULL, scopes TEXT NOT NULL,
    client_id TEXT NOT NULL, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS refreshes (token TEXT PRIMARY KEY, email TEXT NOT NULL, scopes TEXT NOT NULL,
    client_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (code TEXT PRIMARY KEY, fields TEXT NOT NULL, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS consents (email TEXT PRIMARY KEY, scopes TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who an access or refresh token speaks for, and what it may do. `expires_at` is 0 for a refresh token."""

    email: str
    scopes: tuple[str, ...]
    client_id: str
    expires_at: float = 0


class Bearers:
    """Every token the issuer has handed out. One connection behind one lock: the work per call is microseconds."""

    def __init__(self, data_dir: Path, *, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._lock = threading.Lock()
        self._db = sqlite3.connect(data_dir / "identity.sqlite3", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """The file is released."""
        with self._lock:
            self._db.close()

    def issue(self, email: str, *, scopes: Iterable[str], client_id: str) -> str:
        """A new access token, good for an hour of wall time. Tokens long expired are forgotten on the way."""
        token, now = new_secret("ya29.a0"), self._now()
        row = (token, email, " ".join(scopes), client_id, now + LIFETIME_S)
        with self._lock:
            self._db.execute("DELETE FROM bearers WHERE expires_at < ?", (now - REMEMBERED_S,))
            self._db.execute("INSERT INTO bearers VALUES (?, ?, ?, ?, ?)", row)
        return token

    def find(self, token: str) -> Bearer | None:
        """The live access token, or None when it is unknown, revoked or expired."""
        bearer = self.find_even_expired(token)
        return bearer if bearer is not None and bearer.expires_at > self._now() else None

    def find_even_expired(self, token: str) -> Bearer | None:
        """The access token as issued, also after its hour."""
        row = self._one("SELECT email, scopes, client_id, expires_at FROM bearers WHERE token = ?", token)
        return Bearer(row[0], tuple(row[1].split()), row[2], row[3]) if row else None

    def issue_refresh(self, email: str, *, scopes: Iterable[str], client_id: str) -> str:
        """A refresh token, good until revoked."""
        token = new_secret("1//0")
        with self._lock:
            self._db.execute("INSERT INTO refreshes VALUES (?, ?, ?, ?)", (token, email, " ".join(scopes), client_id))
        return token

    def find_refresh(self, token: str) -> Bearer | None:
        """Who a refresh token speaks for, or None when it is unknown or revoked."""
        row = self._one("SELECT email, scopes, client_id FROM refreshes WHERE token = ?", token)
        return Bearer(row[0], tuple(row[1].split()), row[2]) if row else None

    def has_refresh(self, email: str, client_id: str) -> bool:
        """Whether this person already gave this client offline consent, so that Google would not send another."""
        sql = "SELECT 1 FROM refreshes WHERE email = ? AND client_id = ? LIMIT 1"
        with self._lock:
            return self._db.execute(sql, (email, client_id)).fetchone() is not None

    def revoke(self, token: str) -> bool:
        """The token is worthless; a refresh token takes all along that the person gave the client. False if nobody
        issued it.
        """
        refresh, now = self.find_refresh(token), self._now()
        if refresh is not None:
            self.revoke_all(refresh.email, refresh.client_id)
            return True
        with self._lock:
            ended = self._db.execute(
                "UPDATE bearers SET expires_at = ?1 WHERE token = ?2 AND expires_at > ?1", (now, token)
            )
            return ended.rowcount == 1

    def revoke_all(self, email: str, client_id: str) -> None:
        """Every token that the person gave this client is worthless, as when they take it back at Google."""
        with self._lock:
            self._db.execute("DELETE FROM refreshes WHERE email = ? AND client_id = ?", (email, client_id))
            self._db.execute(
                "UPDATE bearers SET expires_at = ?1 WHERE email = ?2 AND client_id = ?3 AND expires_at > ?1",
                (self._now(), email, client_id),
            )

    def issue_code(self, fields: dict[str, str]) -> str:
        """A one-time authorisation code that stands for `fields`."""
        code = new_secret("4/0")
        with self._lock:
            self._db.execute(
                "INSERT INTO codes VALUES (?, ?, ?)", (code, json.dumps(fields), self._now() + CODE_LIFETIME_S)
            )
        return code

    def take_code(self, code: str) -> dict[str, str] | None:
        """What the code stands for, once; None when unknown, used or older than ten minutes."""
        with self._lock:
            row = self._db.execute("DELETE FROM codes WHERE code = ? RETURNING fields, expires_at", (code,)).fetchone()
        if row is None or row[1] < self._now():
            return None
        fields: dict[str, str] = json.loads(row[0])
        return fields

    def consented(self, email: str) -> tuple[str, ...]:
        """The add-on scopes this person has granted; everything until they say otherwise."""
        row = self._one("SELECT scopes FROM consents WHERE email = ?", email)
        return tuple(row[0].split()) if row else ADDON_SCOPES

    def consent(self, email: str, scopes: Iterable[str]) -> None:
        """From now on the person's add-on tokens carry exactly these scopes."""
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO consents VALUES (?, ?)", (email, " ".join(scopes)))

    def meet(self, email: str) -> None:
        """The address has been seen, and stays in the list of people."""
        with self._lock:
            self._db.execute("INSERT OR IGNORE INTO people VALUES (?, (SELECT COUNT(*) FROM people))", (email,))

    def met(self) -> list[str]:
        """Every address seen so far, in the order of first sight."""
        with self._lock:
            return [row[0] for row in self._db.execute("SELECT email FROM people ORDER BY first_seen, email")]

    def _one(self, sql: str, value: str) -> tuple[str, str, str, float] | None:
        with self._lock:
            row: tuple[str, str, str, float] | None = self._db.execute(sql, (value,)).fetchone()
        return row

    def _now(self) -> float:
        return self._wall().timestamp()
