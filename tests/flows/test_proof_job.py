"""A proof as the engine's job: begun by a press, finished by a worker, and found by the sweep when its worker died."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from doubles import Clock
from outsider import wait_for
from running import RunningClock

from service import jobs
from service.flows import proving
from service.store import leases, proofs
from service.store.tables import proofs as proof_table


@pytest.fixture
def clock():
    """Standing still at the present, so that what is set up by hand fits what the engine does in real time."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def running(rig, paper):
    """The same parts, with the engine's own wake-ups in a database that knows it."""
    rig.place(2)
    rig.settle()
    rig.write(leases.unqueue_file, paper.spreadsheet_id)
    jobs.migrate(rig.services.settings.database_url)
    wake = jobs.EngineWake(rig.services.settings.database_url, lambda: datetime.now(UTC))
    return replace(rig.services, clock=RunningClock(), wake=wake)


@contextlib.contextmanager
def working(services):
    """This process runs jobs."""
    jobs.start(services)
    try:
        yield
    finally:
        jobs.stop()


def verdict(rig, proof_id):
    return rig.read(proofs.proof, rig.owner.scope, proof_id).verdict


def test_worker_finishes_what_a_press_began(rig, paper, running):
    proof = proving.start(running, rig.owner, paper.spreadsheet_id)
    rig.write(running.wake.proof, paper.spreadsheet_id)
    with working(running):
        assert wait_for(lambda: verdict(rig, proof.id) == "green", within_s=30)


def test_sweep_finds_a_proof_that_nobody_works_on(rig, paper, running):
    proof = proving.start(running, rig.owner, paper.spreadsheet_id)
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    rig.write(lambda tx: tx.execute(sa.update(proof_table).values(at=long_ago)))
    with working(running):
        assert wait_for(lambda: verdict(rig, proof.id) == "green", within_s=40)
