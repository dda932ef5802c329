"""The market's time: wall time plus an offset that only ever grows.

Orders, deadlines and status moves live in market time; tokens, signatures, quotas and retries never do. The offset
rests in one small file, so another process with the same data directory reads the same market time.
"""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

OFFSET_FILE = "market_offset"


class MarketClock:
    """Market time. `path` is the data directory (or the `market_offset` file in it); None keeps the offset in memory.

    One process advances, any number read: a reader looks at the file again whenever it was replaced.
    """

    def __init__(self, path: Path | None, *, wall: Callable[[], float] = time.time) -> None:
        self._file = path if path is None or path.name == OFFSET_FILE else path / OFFSET_FILE
        self._wall = wall
        self._lock = threading.Lock()
        self._offset_s = 0.0
        self._seen: tuple[int, int] | None = None

    def now(self) -> datetime:
        """The market's instant, aware, UTC."""
        return datetime.fromtimestamp(self._wall() + self.offset_s, UTC)

    def timestamp(self) -> int:
        """The market's instant in whole Unix seconds, as the wire shows it."""
        return int(self._wall() + self.offset_s)

    @property
    def offset_s(self) -> float:
        """Seconds by which the market is ahead of the wall."""
        if self._file is None:
            return self._offset_s
        try:
            status = self._file.stat()
        except FileNotFoundError:
            return self._offset_s
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._seen:
            self._offset_s = float(self._file.read_text(encoding="ascii"))
            self._seen = stamp
        return self._offset_s

    def advance(self, seconds: float) -> datetime:
        """Move the market forward and return its new instant. ValueError when asked to go back."""
        if seconds < 0:
            raise ValueError("The market's time does not run backwards.")
        with self._lock:
            offset_s = self.offset_s + seconds
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                fresh = self._file.with_suffix(f".{os.getpid()}")
                fresh.write_text(repr(offset_s), encoding="ascii")
                fresh.replace(self._file)
            self._offset_s = offset_s
        return self.now()
