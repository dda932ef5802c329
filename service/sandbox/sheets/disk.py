"""Spreadsheets kept in a folder: one JSON file each, written in the background soon after a change.

A write replaces the file atomically. A large spreadsheet that changes all the time is written less often: writing
takes at most a tenth of the time.
"""

import contextlib
import json
import os
import threading
import time
from pathlib import Path

from service.sandbox.sheets.archive import pack_file, unpack_file
from service.sandbox.sheets.state.files import DriveFile, State

PERIOD_S = 0.5
"""How often the background writer looks for changes."""
SHARE = 10
"""A file that took t seconds to write is written again after SHARE × t at the earliest."""


class UnreadableArchiveError(Exception):
    """A file in the data folder was written by another version, or is no archive at all."""


class Disk:
    """Loads the folder into the state, then keeps it up to date until `close`."""

    def __init__(self, folder: Path, state: State) -> None:
        self.folder = folder
        self.state = state
        self._written: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._stop = threading.Event()
        self._saving = threading.Lock()
        self._saved = threading.Condition()
        folder.mkdir(parents=True, exist_ok=True)
        self._load()
        self._writer = threading.Thread(target=self._run, name="spreadsheet-writer", daemon=True)
        self._writer.start()

    def close(self) -> None:
        """Stop the writer and write what is left."""
        if not self._stop.is_set():
            self._stop.set()
            self._writer.join()
            self.save(regardless_of_pace=True)

    def wait_saved(self, file_id: str, timeout_s: float) -> bool:
        """True once the file's present state is on disk; False after the time-out."""
        with self._saved:
            return self._saved.wait_for(lambda: self._written.get(file_id) == self._mark_of(file_id), timeout_s)

    def _mark_of(self, file_id: str) -> int | None:
        file = self.state.files.get(file_id)
        return None if file is None else _mark(file)

    def _load(self) -> None:
        for path in sorted(self.folder.glob("*.json")):
            try:
                file = unpack_file(json.loads(path.read_text("utf-8")))
            except (ValueError, KeyError, TypeError) as error:
                text = f"{path} is not a spreadsheet this sandbox can read. Delete it or choose another data folder."
                raise UnreadableArchiveError(text) from error
            self.state.add(file)
            self._written[file.file_id] = _mark(file)

    def _run(self) -> None:
        while not self._stop.wait(PERIOD_S):
            self.save()

    def save(self, *, regardless_of_pace: bool = False) -> None:
        """Write every file that changed since it was last written."""
        with self._saving:
            with self.state.lock:
                files, gone = list(self.state.files.values()), set(self.state.deleted)
                self.state.deleted -= gone
            for file_id in gone:
                with contextlib.suppress(FileNotFoundError):
                    self._path(file_id).unlink()
            for file in files:
                due = regardless_of_pace or time.monotonic() >= self._not_before.get(file.file_id, 0.0)
                if due and self._written.get(file.file_id) != _mark(file):
                    self._write(file)

    def _write(self, file: DriveFile) -> None:
        started = time.monotonic()
        with file.workbook.reading() if file.workbook else contextlib.nullcontext():
            mark = _mark(file)
            packed = pack_file(file)
        text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
        path = self._path(file.file_id)
        fresh = path.with_suffix(".fresh")
        fresh.write_text(text, "utf-8")
        os.replace(fresh, path)  # noqa: PTH105 - Path.replace is the same call; the name says what matters
        with self._saved:
            self._written[file.file_id] = mark
            self._saved.notify_all()
        self._not_before[file.file_id] = time.monotonic() + SHARE * (time.monotonic() - started)

    def _path(self, file_id: str) -> Path:
        return self.folder / f"{file_id}.json"


def _mark(file: DriveFile) -> int:
    """Changes whenever anything worth saving did."""
    return hash((file.version, file.modified_s, frozenset(file.granted), frozenset(file.picked)))
