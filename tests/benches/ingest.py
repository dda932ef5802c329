"""Webhooks per second made durable, against a bare Flask + SQLAlchemy view that inserts one row.

Ours proves the signature, finds the shop, puts the notice into the inbox and wakes the shop's job, in one transaction;
embedded, the same process also fetches and saves the orders meanwhile. The peer parses the JSON and inserts a row.
Same gunicorn settings, same database settings, same load client; every round starts from the same database.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from service import jobs
from service.sandbox.tiktok.signing import sign_notice
from service.store import shops
from tests.benches import grounds
from tests.benches.grounds import Grounds
from tests.benches.harness import Bar, Figure, Report, median
from tests.benches.load import Load, post_bytes, send_all
from tests.benches.processes import (
    GUNICORN,
    LOOPBACK,
    SERVE,
    SERVE_ALL,
    BrokenError,
    Program,
    await_listener,
    free_port,
    running,
)

ROUNDS = 3
HOOKS = 1500  # a round: enough for a steady rate, few enough for nine rounds
WARM_UP = 100
CONNECTIONS = 8
HOOK_PATH = "/hooks/tiktok"
FIRST_ID = 7_380_000_000_000_000_000  # TikTok's notices carry ids of this size
NEVER = timedelta(days=1)


@dataclass(slots=True)
class _Rival:
    """One way to serve: how it is started on a port and a database, what it counts, and what it reached."""

    name: str
    start: Callable[[Path, int], tuple[tuple[str, ...], dict[str, str]]]
    count_sql: str
    loads: list[Load] = field(default_factory=list)

    @property
    def per_s(self) -> float:
        return median(load.per_s for load in self.loads)

    @property
    def p99_ms(self) -> float:
        return median(load.p99_ms for load in self.loads)


def run() -> Report:
    """Three servers, one after the other in each round."""
    report = Report("ingest", f"webhooks made durable, {CONNECTIONS} connections, median of {ROUNDS} rounds of {HOOKS}")
    with grounds.opened() as ground:
        template = _prepare(ground)
        bodies = _bodies(ground)
        bare = _Rival("bare Flask + SQLAlchemy", _bare, "SELECT count(*) FROM hooks")
        off, embedded = (
            _Rival(name, partial(_ours, ground, words), "SELECT count(*) FROM notices")
            for name, words in (("workers off", SERVE), ("workers embedded", SERVE_ALL))
        )
        for _ in range(ROUNDS):
            for rival in (bare, off, embedded):
                rival.loads.append(_round(ground, rival, template, bodies))
    for rival, least in ((off, 0.7), (embedded, 0.4)):
        report.figures.append(Figure(rival.name, rival.per_s, "/s", bare.per_s, bare.name, Bar("≥", least)))
    for rival in (off, embedded):
        report.figures.append(Figure(f"{rival.name}, p99", rival.p99_ms, "ms", bare.p99_ms, "the same"))
    report.notes.append("embedded: each notice names an order of its own, fetched and saved meanwhile; no sheet bound")
    return report


def _prepare(ground: Grounds) -> Path:
    """A database with one shop that has nothing to do but follow its notices."""
    template = ground.folder / "template.db"
    settings = ground.settings(database_url=f"sqlite:///{template}")
    services = grounds.local_services(settings)
    jobs.migrate(settings["database_url"])
    account = ground.open_account(services)
    (shop,) = ground.connect_shops(services, account, 1)
    now = services.clock.now()
    with services.store.write() as tx:
        shops.mark_prepared(tx, shop.id, warehouses={}, at=now)
        shops.move_import(tx, shop.id, None)
        shops.move_poll(tx, shop.id, polled_until=now, next_poll_at=now + NEVER)
    services.store.engine.dispose()
    return template


def _bodies(ground: Grounds) -> list[bytes]:
    """One notice for each of so many orders that the market knows."""
    market = ground.world.market
    made = market.seed_history(HOOKS + WARM_UP)
    return [
        json.dumps(
            {
                "type": 1,
                "tts_notification_id": str(FIRST_ID + number),
                "shop_id": order.shop_id,
                "timestamp": market.clock.timestamp(),
                "data": {"order_id": order.id, "order_status": order.status, "update_time": order.update_time},
            }
        ).encode()
        for number, order in enumerate(made)
    ]


def _bare(database: Path, port: int) -> tuple[tuple[str, ...], dict[str, str]]:
    database.unlink()  # it makes its own
    command = (*GUNICORN, "--bind", f"{LOOPBACK}:{port}", "tests.benches.peers:bare_inbox()")
    return command, {"BENCH_DATABASE_URL": f"sqlite:///{database}"}


def _ours(ground: Grounds, words: tuple[str, ...], database: Path, port: int) -> tuple[tuple[str, ...], dict[str, str]]:
    settings = ground.settings(base_url=f"http://{LOOPBACK}:{port}", database_url=f"sqlite:///{database}")
    return (*words, "--port", str(port)), grounds.environ_of(settings)


def _round(ground: Grounds, rival: _Rival, template: Path, bodies: list[bytes]) -> Load:
    database, port = ground.folder / "round.db", free_port()
    for old in ground.folder.glob("round.db*"):
        old.unlink()
    shutil.copy(template, database)
    command, environ = rival.start(database, port)
    with running(command, port=port, log=ground.folder / "round.log", environ=environ) as program:
        await_listener(program)
        market = ground.world.market
        requests = [
            post_bytes(
                HOOK_PATH,
                body,
                port=port,
                headers={"Authorization": sign_notice(market.app_key, market.app_secret, body)},
            )
            for body in bodies
        ]
        _send(ground, program, requests[:WARM_UP])
        load = _send(ground, program, requests[WARM_UP:])
    with closing(sqlite3.connect(database)) as connection:
        (kept,) = connection.execute(rival.count_sql).fetchone()
    if kept != len(bodies):
        raise BrokenError(f"{rival.name} kept {kept} of {len(bodies)} webhooks")
    return load


def _send(ground: Grounds, program: Program, requests: list[bytes]) -> Load:
    return send_all(requests, port=program.port, connections=CONNECTIONS, file=ground.folder / "requests.bin")
