"""Serves one application in a child process of the world: gunicorn, one threaded worker, on a handed-over socket."""

import argparse
import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # gunicorn ships no types

THREADS = 16


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """One worker, so that jobs and web share one process as in the embedded mode."""

    def __init__(self, build: Callable[[], Any], *, listen_fd: int, on_exit: Callable[[], None]) -> None:
        self._build, self._listen_fd, self._on_exit = build, listen_fd, on_exit
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"fd://{self._listen_fd}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "keepalive": 75,
            "timeout": 60,
            "graceful_timeout": 5,
            "loglevel": "warning",
            "worker_exit": lambda _server, _worker: self._on_exit(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._build()


def serve(
    build: Callable[[Path], Any], arguments: Sequence[str], *, on_exit: Callable[[], None] = lambda: None
) -> None:
    """Serves what `build` makes of the data directory, until told to end or until the world is gone.

    `build` and `on_exit` are called in the worker: after the fork, and when no request is left.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen-fd", type=int, required=True)
    parser.add_argument("--lifeline-fd", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    _end_with(chosen.lifeline_fd)
    _Server(lambda: build(chosen.data), listen_fd=chosen.listen_fd, on_exit=on_exit).run()


def _end_with(lifeline_fd: int) -> None:
    """This process is asked to end when the world at the other end of the pipe is gone."""

    def wait() -> None:
        os.read(lifeline_fd, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
