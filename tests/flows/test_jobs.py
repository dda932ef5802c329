"""The real engine: wake-ups that commit with their cause, jobs that go on when their process is gone.

These tests wait for facts in real time; the take-over is the slow one (a job's time-out and one sweep).
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from doubles import Clock
from local_world import WORLD_URL
from outsider import wait_for
from running import RunningClock

from service import jobs
from service.settings import PREFIX
from service.store import audits, leases, sheets

SHORT_TIMEOUT_S = 3.0
SWEEP_S = 10.0


@pytest.fixture
def clock():
    """Standing still at the present, so that what is set up by hand fits what the engine does in real time."""
    return Clock(datetime.now(UTC))


class HurriedWake(jobs.EngineWake):
    """The engine's wake-ups, whose jobs are given up after seconds instead of half a minute."""

    def _enqueue(self, tx, queue, subject, *, timeout_s, delay_s):
        super()._enqueue(tx, queue, subject, timeout_s=min(timeout_s, SHORT_TIMEOUT_S), delay_s=delay_s)


@pytest.fixture
def engine_wake(settings):
    """Wake-ups by the engine, in a database that knows it."""
    jobs.migrate(settings.database_url)
    return HurriedWake(settings.database_url, lambda: datetime.now(UTC))


def kept_jobs(rig):
    """The engine's own rows; on PostgreSQL they stand in a schema of their own."""
    with rig.services.store.engine.connect() as connection:
        schema = "dbos" if connection.dialect.name == "postgresql" else None
        table = sa.Table("workflow_status", sa.MetaData(), schema=schema, autoload_with=connection)
        return connection.execute(sa.select(table).where(table.c.name == "flush")).mappings().all()


def job_count(rig):
    return len(kept_jobs(rig))


@contextlib.contextmanager
def working(services):
    """This process runs jobs."""
    jobs.start(services)
    try:
        yield
    finally:
        jobs.stop()


# --- wake-ups --------------------------------------------------------------------------------------------------------


@pytest.mark.every_database
def test_a_wake_up_is_enqueued_once_while_it_waits(rig, paper, engine_wake):
    for _ in range(3):
        rig.write(engine_wake.sheet, paper.spreadsheet_id)
    assert job_count(rig) == 1
    rig.write(leases.unqueue_file, paper.spreadsheet_id)
    rig.write(engine_wake.sheet, paper.spreadsheet_id)
    assert job_count(rig) == 2


@pytest.mark.every_database
def test_a_wake_up_commits_with_its_cause(rig, paper, engine_wake):
    """Not before: nobody may see a job whose data is not there yet."""
    with rig.services.store.write() as tx:
        engine_wake.sheet(tx, paper.spreadsheet_id)
        assert job_count(rig) == 0
    assert job_count(rig) == 1


@pytest.mark.every_database
def test_a_wake_up_is_rolled_back_with_its_cause(rig, paper, engine_wake):
    def fail(tx):
        engine_wake.sheet(tx, paper.spreadsheet_id)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        rig.write(fail)
    assert job_count(rig) == 0
    rig.write(engine_wake.sheet, paper.spreadsheet_id)
    assert job_count(rig) == 1, "the flag was taken back too"


# --- jobs ------------------------------------------------------------------------------------------------------------


class BrokenGoogle:
    """A bug of ours in the shape of a client."""

    def __getattr__(self, name):
        raise RuntimeError(f"no {name} today")


def test_the_sweep_has_a_due_audit_run_by_the_engine(rig, paper, engine_wake):
    """Nobody but the sweep wakes it, from a queue of its own; what was typed over is written again."""
    rig.place(2)
    rig.settle()
    rig.write(leases.unqueue_file, paper.spreadsheet_id)
    paper.type("C2", "typed over")
    running = replace(rig.services, clock=RunningClock(), wake=engine_wake)
    rig.write(audits.hasten, [rig.only_binding(paper).id], datetime.now(UTC))
    with working(running):
        # looked for in our own rows: the sheet's quota is not for a test that looks every moment
        assert wait_for(lambda: rig.only_binding(paper).audited_at is not None and not rig.dirty(paper), within_s=40)
    assert paper.rows()[0]["Items"] != "typed over"


def test_a_job_that_ends_in_a_bug_is_kept_for_the_operator_and_others_go_on(rig, paper, engine_wake):
    """The list of failures names the sheet; the next sheet is written as if nothing had been."""
    rig.place(2)
    rig.write(leases.unqueue_file, paper.spreadsheet_id)
    broken = replace(rig.services, clock=RunningClock(), wake=engine_wake, google=BrokenGoogle())
    with working(broken):
        rig.write(engine_wake.sheet, paper.spreadsheet_id)
        assert wait_for(lambda: ("flush", paper.spreadsheet_id) in jobs.failures(), within_s=10)
    rig.write(sheets.update_file, paper.spreadsheet_id, lease_holder=None)
    rig.write(leases.unqueue_file, paper.spreadsheet_id)
    with working(replace(rig.services, clock=RunningClock(), wake=engine_wake)):
        rig.write(engine_wake.sheet, paper.spreadsheet_id)
        assert wait_for(lambda: not rig.dirty(paper), within_s=10)
    paper.assert_right()


#: A worker of its own: starts the engine, says so, and works until it is killed.
WORKER = """
import os, threading
from datetime import UTC, datetime
from service import jobs, settings
from service.app import build_services
services = build_services(settings.read(os.environ))
jobs.start(services)
print("ready", flush=True)
threading.Event().wait()
"""


@pytest.fixture
def silence():
    """An address that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def worker(settings, silence):
    """A process that runs jobs and for which Google never answers."""
    environ = {f"{PREFIX}{one.name.upper()}": shown(getattr(settings, one.name)) for one in fields(settings)}
    deaf = {name: value.replace(WORLD_URL, silence) for name, value in environ.items()}
    with subprocess.Popen(
        [sys.executable, "-c", WORKER], env={**os.environ, **deaf}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline().strip() == "ready"
        yield process
        if process.poll() is None:
            process.kill()


def shown(value):
    return ",".join(value) if isinstance(value, tuple) else str(value)


@pytest.mark.every_database
def test_a_worker_that_is_killed_in_the_middle_of_a_pass_is_replaced(rig, paper, engine_wake, worker):
    """kill -9 while Google is silent: another process writes the sheet within the time-out and one sweep.

    A second sheet whose wake-up got lost altogether is found by the same sweep.
    """
    lost = rig.bound()
    rig.place(3)
    rig.write(leases.unqueue_file, paper.spreadsheet_id)
    assert rig.file(lost).queued, "it believes that a job waits, and there is none"
    rig.write(engine_wake.sheet, paper.spreadsheet_id)
    assert wait_for(lambda: rig.file(paper).lease_holder, within_s=10), "the worker is in the middle of its pass"
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=10)
    assert rig.file(paper).lease_holder, "nobody cleaned up behind it"
    rig.write(sheets.update_file, paper.spreadsheet_id, lease_until=datetime.now(UTC) - timedelta(seconds=1))
    with working(replace(rig.services, clock=RunningClock(), wake=engine_wake)):
        assert wait_for(
            lambda: not rig.dirty(paper) and not rig.dirty(lost),
            within_s=SHORT_TIMEOUT_S + 2 * SWEEP_S + 5,
        )
    for one in (paper, lost):
        one.assert_right()
        assert len(one.rows()) == len(rig.all_rows(one)) > 0


def test_the_engine_keeps_no_secret_and_no_order(rig, paper, engine_wake):
    """A job is an id: the data stands in our own rows, read when it runs."""
    rig.place(1)
    rig.write(leases.unqueue_file, paper.spreadsheet_id)
    rig.write(engine_wake.sheet, paper.spreadsheet_id)
    text = str([dict(row) for row in kept_jobs(rig)])
    assert paper.spreadsheet_id in text
    assert rig.all_rows(paper)
    for row in rig.all_rows(paper).values():
        assert row.order_id not in text
