"""The process that serves the web: gunicorn with one worker of many threads, so that jobs may share the process.

One process holds one application, one database pool and one set of counters; more machines are more processes.
"""

import gc
from collections.abc import Callable

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # gunicorn ships no types

THREADS = 16
GRACE_S = 30  # longer than a running pass is given to finish
SILENCE_S = 60  # a worker that is silent for so long is started anew; no request of ours works longer than 20 s


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Serves what `build` makes, in the worker process. `started` and `stopped` run there too, around the serving."""

    def __init__(
        self,
        build: Callable[[], Flask],
        *,
        bind: str,
        started: Callable[[Flask], None] | None = None,
        stopped: Callable[[], None] | None = None,
    ) -> None:
        self._build, self._bind, self._started, self._stopped = build, bind, started, stopped
        super().__init__()

    def load_config(self) -> None:
        """Settings of the process; none comes from the command line or the environment."""
        options = {
            "bind": self._bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "keepalive": 75,  # longer than the load balancer's, so that it is the one to close
            "timeout": SILENCE_S,
            "graceful_timeout": GRACE_S,
            "forwarded_allow_ips": "",  # no header of a proxy is believed
            "limit_request_line": 8190,  # codes of a consent are long
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
