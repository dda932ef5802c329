"""The program of the product's own process in the local world.

The only file of the sandbox that builds the product: its normal composition root, settings from the environment, jobs
embedded. Only addresses and the market's clock differ from production.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.app import create_app, start_jobs, stop_jobs
from service.sandbox.child import serve
from service.sandbox.clock import MarketClock
from service.settings import read


class LocalClock:
    """Wall time for everything that guards access, the market's time for orders and deadlines."""

    def __init__(self, data_dir: Path) -> None:
        self._market = MarketClock(data_dir)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def market(self) -> datetime:
        return self._market.now()


def build_product(data_dir: Path) -> Any:
    """The product's own application with its jobs running. Called after the fork."""
    app = create_app(read(os.environ), clock=LocalClock(data_dir))
    start_jobs(app.extensions["rowstream"])
    return app


if __name__ == "__main__":
    serve(build_product, sys.argv[1:], on_exit=stop_jobs)
