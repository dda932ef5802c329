"""The only room that knows the engine (DBOS): wake-ups, queues, schedules, the sweep, kept failures.

Level-triggered: what is dirty stands in our own rows; a job is only a wake-up, so a lost, doubled or timed-out one
changes nothing but the moment. A job takes ids only and returns after one pass; back-off is a delayed wake-up.

The engine's pitfalls this module answers: a unique executor id per process (else a second process re-runs live jobs),
a pinned application version (else queued jobs of older code are never taken), WAL before the engine opens the file,
start after fork, and a time-out that is longer than every pass's own budget.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions

from service.errors import Problem
from service.flows import Services, audits, ingest, proving, retention, rolling, stream, upkeep
from service.store import leases
from service.store.session import Tx, normalise_url
from service.telemetry import log, places

APP_NAME = "rowstream"
APP_VERSION = "1"  # raised only when waiting jobs of older code could not run on newer code; they carry ids only
FLUSH, INGEST, AUDIT, ROLL_OFF, PROOF = "flush", "ingest", "audit", "roll-off", "proof"
FLUSH_TIMEOUT_S = 30.0  # longer than stream.PASS_BUDGET_S
INGEST_TIMEOUT_S = 60.0  # longer than ingest.RUN_BUDGET_S
AUDIT_TIMEOUT_S = 90.0  # longer than audits.RUN_BUDGET_S and one turn more
ROLL_OFF_TIMEOUT_S = 90.0  # longer than rolling.RUN_BUDGET_S and one turn more
PROOF_TIMEOUT_S = 180.0  # longer than proving.RUN_BUDGET_S, one call more, and going through all orders twice
HOT_POLL_S = 0.1  # mean start latency is half of it; one hot queue costs about 5 % of a core per process
IDLE_POLL_S = 2.0  # audits and roll-offs are in no hurry
SWEEP_CRON = "*/10 * * * * *"
NIGHTLY_CRON = "0 17 3 * * *"
KEEP_FINISHED = timedelta(days=7)
MAX_BACK_OFF_S = 900.0

_services: Services | None = None


class JobBrokenError(Exception):
    """A bug ended a job. The engine keeps and logs this one; the bug's own words may quote what was being handled."""


class _Discreet:
    """Around a job: a bug is in our log by type and place, and reaches the engine by its type alone."""

    def __init__(self, job: str, **ids: str) -> None:
        self._job = job
        self._ids = ids

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, bug: BaseException | None, _trace: object) -> None:
        if isinstance(bug, Exception):  # what the engine itself ends a job with is none
            log().error("job.broken", job=self._job, exception=type(bug).__qualname__, stack=places(bug), **self._ids)
            raise JobBrokenError(f"{self._job}: {type(bug).__name__}") from None


class EngineWake:
    """`Wake` by the engine: a conditional UPDATE decides, then the job is enqueued in the same transaction."""

    def __init__(self, database_url: str, now: Callable[[], datetime]) -> None:
        self._url = normalise_url(database_url)
        self._now = now
        self._lock = threading.Lock()
        self._client: DBOSClient | None = None

    def sheet(self, tx: Tx, spreadsheet_id: str, *, delay_s: float = 0) -> None:
        """A flush of this spreadsheet will run after `delay_s`."""
        if leases.queue_file(tx, spreadsheet_id, self._now()):
            self._enqueue(tx, FLUSH, spreadsheet_id, timeout_s=FLUSH_TIMEOUT_S, delay_s=delay_s)

    def shop(self, tx: Tx, shop_id: str, *, delay_s: float = 0) -> None:
        """An ingest of this shop will run after `delay_s`."""
        if leases.queue_shop(tx, shop_id, self._now()):
            self._enqueue(tx, INGEST, shop_id, timeout_s=INGEST_TIMEOUT_S, delay_s=delay_s)

    def audit(self, tx: Tx, spreadsheet_id: str) -> None:
        """The audits of this spreadsheet that are due will run. Whether one waits already is for the caller to know."""
        self._enqueue(tx, AUDIT, spreadsheet_id, timeout_s=AUDIT_TIMEOUT_S, delay_s=0)

    def roll_off(self, tx: Tx, spreadsheet_id: str) -> None:
        """Old finished rows of this spreadsheet will move. Whether a job waits already is for the caller to know."""
        self._enqueue(tx, ROLL_OFF, spreadsheet_id, timeout_s=ROLL_OFF_TIMEOUT_S, delay_s=0)

    def proof(self, tx: Tx, spreadsheet_id: str, *, delay_s: float = 0) -> None:
        """The proof of this spreadsheet will go on after `delay_s`. A second job beside it finds nothing to do."""
        self._enqueue(tx, PROOF, spreadsheet_id, timeout_s=PROOF_TIMEOUT_S, delay_s=delay_s)

    def _enqueue(self, tx: Tx, queue: str, subject: str, *, timeout_s: float, delay_s: float) -> None:
        options = EnqueueOptions(
            queue_name=queue,
            workflow_name=queue,
            workflow_timeout=timeout_s,
            queue_partition_key=subject,
            app_version=APP_VERSION,
        )
        if delay_s > 0:
            options["delay_seconds"] = delay_s
        self._engine_client().enqueue_in_transaction(tx, options, subject)

    def _engine_client(self) -> DBOSClient:
        with self._lock:  # built on first use: after the fork, and not before the first card was served
            if self._client is None:
                self._client = DBOSClient(system_database_url=self._url, lazy=True, application_name=APP_NAME)
            return self._client


@DBOS.workflow(name=FLUSH)
def flush(spreadsheet_id: str) -> None:
    """One pass over a spreadsheet, then a new wake-up if anything is left."""
    services = _parts()
    with _Discreet(FLUSH, spreadsheet_id=spreadsheet_id):
        with services.store.write() as tx:
            leases.unqueue_file(tx, spreadsheet_id)
        try:
            again_s = stream.run_pass(services, spreadsheet_id)
        except Problem as problem:
            log().info(
                "flush.problem", spreadsheet_id=spreadsheet_id, problem=type(problem).__name__, detail=problem.detail
            )
            again_s = stream.put_off(services, spreadsheet_id, problem)
        if again_s is not None:
            with services.store.write() as tx:
                services.wake.sheet(tx, spreadsheet_id, delay_s=again_s)


@DBOS.workflow(name=INGEST)
def ingest_shop(shop_id: str) -> None:
    """What waits for a shop (notices, a due poll, the history import), then a new wake-up if anything is left."""
    services = _parts()
    with _Discreet(INGEST, shop_id=shop_id):
        with services.store.write() as tx:
            leases.unqueue_shop(tx, shop_id)
        try:
            again_s = ingest.run_shop(services, shop_id)
        except Problem as problem:
            log().info("ingest.problem", shop_id=shop_id, problem=type(problem).__name__, detail=problem.detail)
            again_s = ingest.put_off(services, shop_id, problem)
        if again_s is not None:
            with services.store.write() as tx:
                services.wake.shop(tx, shop_id, delay_s=again_s)


@DBOS.workflow(name=AUDIT)
def audit(spreadsheet_id: str) -> None:
    """What is due of a spreadsheet's audits, as far as the quota goes; the sweep wakes what is left."""
    services = _parts()
    with _Discreet(AUDIT, spreadsheet_id=spreadsheet_id):
        try:
            audits.run(services, spreadsheet_id)
        except Problem as problem:
            log().info(
                "audit.problem", spreadsheet_id=spreadsheet_id, problem=type(problem).__name__, detail=problem.detail
            )
            stream.put_off(services, spreadsheet_id, problem)


@DBOS.workflow(name=ROLL_OFF)
def roll_off(spreadsheet_id: str) -> None:
    """Old finished rows move to their archive, as far as the quota goes; the sweep wakes what is left."""
    services = _parts()
    with _Discreet(ROLL_OFF, spreadsheet_id=spreadsheet_id):
        try:
            rolling.run(services, spreadsheet_id)
        except Problem as problem:
            log().info(
                "roll-off.problem", spreadsheet_id=spreadsheet_id, problem=type(problem).__name__, detail=problem.detail
            )
            stream.put_off(services, spreadsheet_id, problem)


@DBOS.workflow(name=PROOF)
def prove(spreadsheet_id: str) -> None:
    """A proof goes on as far as its time and the quota allow, then a new wake-up if anything is left."""
    services = _parts()
    with _Discreet(PROOF, spreadsheet_id=spreadsheet_id):
        again_s = proving.run(services, spreadsheet_id)
        if again_s is not None:
            with services.store.write() as tx:
                services.wake.proof(tx, spreadsheet_id, delay_s=again_s)


@DBOS.workflow(name="sweep")
def sweep(_at: datetime, _context: Any) -> None:
    """Due polls, audits, roll-offs and time-dependent rows are woken; so is what waits, or is dirty, without a job."""
    services = _parts()
    with _Discreet("sweep"):
        upkeep.wake_due(services)
        upkeep.erase_due(services)
        dirty = upkeep.stale_sheets(services)
        if dirty:
            live = _live_partitions(FLUSH)
            upkeep.rewake_sheets(services, [subject for subject in dirty if subject not in live])
        waiting = upkeep.stale_shops(services)
        if waiting:
            live = _live_partitions(INGEST)
            upkeep.rewake_shops(services, [subject for subject in waiting if subject not in live])
        due = upkeep.due_audits(services)
        if due:
            live = _live_partitions(AUDIT)
            upkeep.wake_audits(services, [subject for subject in due if subject not in live])
        old = rolling.due_files(services)
        if old:
            live = _live_partitions(ROLL_OFF)
            upkeep.wake_roll_offs(services, [subject for subject in old if subject not in live])
        unproved = proving.files_waiting(services)
        if unproved:
            live = _live_partitions(PROOF)
            proving.wake_waiting(services, [subject for subject in unproved if subject not in live])


@DBOS.workflow(name="nightly")
def nightly(at: datetime, _context: Any) -> None:
    """The record is kept; finished jobs, done notices and old history are forgotten, in bounded batches."""
    before = (at - KEEP_FINISHED).isoformat()
    with _Discreet("nightly"):
        upkeep.keep_record(_parts())
        upkeep.forget_old(_parts())
        retention.wipe_all(_parts())
        while old := DBOS.list_workflows(end_time=before, limit=1000, load_input=False, load_output=False):
            DBOS.delete_workflows([one.workflow_id for one in old])


def start(services: Services) -> None:
    """This process runs jobs: worker threads, queues and schedules. Call it after the fork."""
    global _services  # noqa: PLW0603 - the engine calls module-level functions; this is where they find their parts
    _services = services
    config = _config(services.settings.database_url)
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(FLUSH, partition_concurrency=1, worker_concurrency=8, polling_interval_sec=HOT_POLL_S)
    DBOS.register_queue(INGEST, partition_concurrency=1, worker_concurrency=4, polling_interval_sec=HOT_POLL_S)
    DBOS.register_queue(AUDIT, partition_concurrency=1, worker_concurrency=2, polling_interval_sec=IDLE_POLL_S)
    DBOS.register_queue(ROLL_OFF, partition_concurrency=1, worker_concurrency=1, polling_interval_sec=IDLE_POLL_S)
    DBOS.register_queue(PROOF, partition_concurrency=1, worker_concurrency=1, polling_interval_sec=IDLE_POLL_S)
    DBOS.apply_schedules(
        [
            {"schedule_name": "sweep", "workflow_fn": sweep, "schedule": SWEEP_CRON, "context": None},
            {"schedule_name": "nightly", "workflow_fn": nightly, "schedule": NIGHTLY_CRON, "context": None},
        ]
    )


def stop() -> None:
    """Running passes finish, nothing new is taken."""
    DBOS.destroy(workflow_completion_timeout_sec=20)


def migrate(database_url: str) -> None:
    """The engine's own tables exist and are current."""
    DBOS(config=_config(database_url))
    DBOS.launch()
    DBOS.destroy()


def failures(limit: int = 20) -> list[tuple[str, str]]:
    """(job, subject) of the latest jobs that ended in a bug: the list an operator looks at."""
    rows = DBOS.list_workflows(status="ERROR", sort_desc=True, limit=limit, load_input=False, load_output=False)
    return [(row.name, row.queue_partition_key or "") for row in rows]


def _config(database_url: str) -> DBOSConfig:
    return DBOSConfig(
        name=APP_NAME,
        system_database_url=normalise_url(database_url).replace("postgresql+psycopg://", "postgresql://"),
        executor_id=uuid4().hex,
        application_version=APP_VERSION,
        log_level="WARNING",
        scheduler_polling_interval_sec=2.0,
        run_migrations=True,
    )


def _live_partitions(queue: str) -> set[str]:
    rows = DBOS.list_queued_workflows(queue_name=queue, load_input=False)
    return {row.queue_partition_key for row in rows if row.queue_partition_key}


def _parts() -> Services:
    if _services is None:
        raise RuntimeError("jobs were not started in this process")
    return _services
