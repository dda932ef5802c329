"""The process that serves the web: gunicorn with one worker of many threads, so that jobs may share the process.

One process holds one application, one database pool and one set of counters; more machines are more processes.
"""

import gc
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # gunicorn ships no types
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # same

THREADS = 16
GRACE_S = 30  # longer than a running pass is given to finish
READING_S = 10.0  # for a whole request to arrive, head and body; ours are small and come from good networks
HEADERS = 64  # of one request; Google, TikTok and proxies send two dozen
HEADER_BYTES = 8190  # of one header; tokens are under 3 KB
SILENCE_S = 60  # a worker that is silent for so long is started anew; no request of ours works longer than 20 s


class HurriedWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's threaded worker, in which no sender may hold a thread by dripping a request.

    gunicorn waits without a limit once the first byte has come. Here a request that is not all there in time finds its
    sender's side shut: half a head is dropped, half a body is refused. An answer under way is not touched, for nothing
    is read any more by then; only its connection is not kept.
    """

    reading_s = READING_S

    def init_process(self) -> None:
        """In the worker, after the fork."""
        self._reading: deque[list[Any]] = deque()  # [instant to shut at, socket or None when it is done], oldest first
        threading.Thread(target=self._shut_late_ones, name="reading", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """One request of a connection, in a thread of the pool."""
        entry = [time.monotonic() + self.reading_s, conn.sock]
        self._reading.append(entry)
        try:
            return super().handle(conn)
        finally:
            entry[1] = None

    def _shut_late_ones(self) -> None:
        """Looks ten times in the time a request has, for ever."""
        pause = threading.Event()
        while not pause.wait(self.reading_s / 10):
            while self._reading and (self._reading[0][1] is None or self._reading[0][0] <= time.monotonic()):
                late = self._reading.popleft()[1]
                if late is not None:
                    with suppress(OSError):  # it has just gone by itself
                        late.shutdown(socket.SHUT_RD)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Serves what `build` makes, in the worker process. `started` and `stopped` run there too, around the serving."""

    def __init__(
        self,
        build: Callable[[], Flask],
        *,
        bind: str,
        started: Callable[[Flask], None] | None = None,
        stopped: Callable[[], None] | None = None,
        worker: type[HurriedWorker] = HurriedWorker,
    ) -> None:
        self._build, self._bind, self._started, self._stopped = build, bind, started, stopped
        self._worker = worker
        super().__init__()

    def load_config(self) -> None:
        """Settings of the process; none comes from the command line or the environment."""
        options = {
            "bind": self._bind,
            "workers": 1,
            "worker_class": self._worker,
            "threads": THREADS,
            "keepalive": 75,  # longer than the load balancer's, so that it is the one to close
            "timeout": SILENCE_S,
            "graceful_timeout": GRACE_S,
            "forwarded_allow_ips": "",  # no header of a proxy is believed
            "limit_request_line": 8190,  # codes of a consent are long
            "limit_request_fields": HEADERS,
            "limit_request_field_size": HEADER_BYTES,
            "loglevel": "warning",
            "post_worker_init": self._after_start,
            "worker_exit": self._after_stop,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, built in the worker: nothing crosses the fork."""
        app = self._build()
        gc.freeze()  # what exists now stays: the collector need not look at it again
        gc.enable()
        return app

    def _after_start(self, _worker: object) -> None:
        if self._started is not None:
            self._started(self.wsgi())

    def _after_stop(self, _server: object, _worker: object) -> None:
        if self._stopped is not None:
            self._stopped()
