"""The product with its real engine, in this process and in real time: nothing is run by hand, tests wait for facts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from drivers import Product
from local_world import LocalWorld
from outsider import wait_for

from service import jobs
from service.app import create_app
from service.flows import Services
from service.sandbox.clock import MarketClock
from service.settings import Settings

PATIENCE_S = 30.0


class RunningClock:
    """Wall time, and the market's, which begins with it."""

    def __init__(self) -> None:
        self.market_clock = MarketClock(None, wall=self.timestamp)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def market(self) -> datetime:
        return self.market_clock.now()

    def timestamp(self) -> float:
        return self.now().timestamp()


class Engine:
    """In the place of wake-ups run by hand: the engine runs them, so there is nothing to do but to wait for it."""

    def run_all(self, _services: Any, *, patience_s: float = 0) -> list[Any]:
        del patience_s
        return []


def unchanged(services: Services) -> Services:
    """The parts as they are."""
    return services


@contextmanager
def running(
    settings: Settings,
    world: LocalWorld,
    clock: RunningClock,
    *,
    for_jobs: Callable[[Services], Services] = unchanged,
) -> Iterator[Product]:
    """The web application and the jobs of one process, and a market that moves by itself.

    `for_jobs` gives the jobs other parts than the web application's, for tests that let one of them break.
    """
    app = create_app(settings, clock=clock, wires=world.wires)
    app.testing = True
    world.deliver_to(app)
    services = app.extensions["rowstream"]
    jobs.start(for_jobs(services))
    world.market.start()
    try:
        yield Product(app, services, clock, Engine(), world)
    finally:
        jobs.stop()
        services.store.engine.dispose()


def eventually(look: Any, *, within_s: float = PATIENCE_S) -> Any:
    """What `look` finds, as soon as it is true; a failure when it never is."""
    found = wait_for(look, within_s=within_s)
    assert found, f"never came true: {look()!r}"
    return found
