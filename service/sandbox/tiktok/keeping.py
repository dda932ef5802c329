"""Keeps the market over restarts: market.json in the data directory, replaced as a whole or not at all."""

import os
import secrets
import threading
from pathlib import Path

import msgspec

from service.sandbox.tiktok.state import State
from service.sandbox.tiktok.world import World

FILE = "market.json"
SHARE = 20  # saving may take a twentieth of the time at most


def load_state(data_dir: Path | None, *, seed: int) -> State:
    """The saved market, or an empty one with fresh app credentials."""
    file = None if data_dir is None else data_dir / FILE
    if file is not None and file.exists():
        return msgspec.json.decode(file.read_bytes(), type=State)
    return State(
        app_key=secrets.token_hex(7)[:13],
        app_secret=secrets.token_hex(20),
        service_id=str(7_450_000_000_000_000_000 + secrets.randbelow(10**12)),
        seed=seed,
    )


class Keeper:
    """Saves a changed market about once a second, more rarely when saving is slow. Without a directory it rests."""

    def __init__(self, world: World, data_dir: Path | None, *, every_s: float = 1.0) -> None:
        self._world = world
        self._dir = data_dir
        self._every_s = every_s
        self._saved_changes = world.changes
        self._not_before = 0.0
        self._lock = threading.Lock()

    def save_if_due(self) -> bool:
        """Saved, if something changed and the last save is long enough ago."""
        if self._world.wall() < self._not_before or self._world.changes == self._saved_changes:
            return False
        return self.save()

    def save(self) -> bool:
        """The file holds the market as it is now; False where there is no directory."""
        if self._dir is None:
            return False
        with self._lock:
            started = self._world.wall()
            with self._world.lock:
                self._saved_changes = self._world.changes
                content = msgspec.json.encode(self._world.state)
            self._dir.mkdir(parents=True, exist_ok=True)
            fresh = self._dir / f"{FILE}.new"
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                out.write(content)
            fresh.replace(self._dir / FILE)
            ended = self._world.wall()
            self._not_before = ended + max(self._every_s, SHARE * (ended - started))
        return True
