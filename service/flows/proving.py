"""Prove it: a bound file is read as it is written and searched for what its audience must not see; the answer is dated
and signed. Nothing is ever written into the sheet.

A small file has its answer within the press. A larger one goes on as a job: what was found and where to go on is kept,
so that it survives the process. What could not be read is said, and no such file is ever green.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from service.core.hunting.hunt import Hunt
from service.core.hunting.places import Place, Sign
from service.core.hunting.report import Reach, Subject, compose, written
from service.core.roles import Actor, Role
from service.errors import NotFound, Problem, UpstreamFailed
from service.flows import Services, proof_signatures, proof_sitting, quota, share, writers
from service.flows.intruders import UNLISTED
from service.flows.proof_sitting import Mark, Sitting
from service.flows.quota import NoSlotError
from service.google.problems import QuotaSpent
from service.store import deeds, people, proofs, sheets
from service.store.proofs import ProofRow
from service.store.records import FileRow
from service.telemetry import log

RUN_BUDGET_S = 45.0
PRESS_BUDGET_S = 6.0  # a card has to answer
PRESS_ORDERS = 5_000  # with more of them, getting ready alone takes longer than a press may
CALL_BUDGET_S = 20.0
KEPT = 50  # reports of one file
MOST_WAITING = 20_000  # places that may hold something, before they are settled
SETTLE_AFTER = 20  # chunks: what a killed process has to read again
MOST_FAILURES = 3
MOST_TRIES = 8  # of processes that began where the last one had begun, and died of it
AGAIN_S = 5.0
FILES_PER_SWEEP = 100
PATIENCE = timedelta(seconds=30)  # before the sweep gives a proof a job: a press may still be at it


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a proof has come: rows read, of so many as are known of."""

    rows: int
    row_total: int


def prove_now(services: Services, actor: Actor, spreadsheet_id: str) -> ProofRow:
    """The file's proof has begun, or goes on; it is finished already where the file is small. NotFound for a file that
    is not the account's.
    """
    proof = start(services, actor, spreadsheet_id)
    with services.store.read() as tx:
        is_small = proofs.count(tx, actor.account_id) <= PRESS_ORDERS
    again_s: float | None = AGAIN_S
    if is_small:
        again_s = _sit(services, spreadsheet_id, _Terms(PRESS_BUDGET_S, take=quota.take))
    if again_s is not None:
        with services.store.write() as tx:
            services.wake.proof(tx, spreadsheet_id, delay_s=again_s if is_small else 0)
    with services.store.read() as tx:
        return proofs.proof(tx, actor.scope, proof.id)


def start(services: Services, actor: Actor, spreadsheet_id: str) -> ProofRow:
    """A proof of the file is under way: the one that was already, or a new one. No job is woken."""
    with services.store.write() as tx:
        sheets.file(tx, actor.scope, spreadsheet_id)
        running = proofs.under_way(tx, spreadsheet_id)
        if running is not None and running.account_id == actor.account_id:
            return running
        row = ProofRow(
            id=services.new_id(),
            account_id=actor.account_id,
            spreadsheet_id=spreadsheet_id,
            at=services.clock.now(),
            sub=actor.sub,
            verdict=proofs.UNDER_WAY,
            body={},
            signature="",
        )
        proofs.add(tx, row)
    return row


def run(
    services: Services,
    spreadsheet_id: str,
    *,
    budget_s: float = RUN_BUDGET_S,
    rows_per_chunk: int = proof_sitting.MOST_ROWS,
    settle_after: int = SETTLE_AFTER,
) -> float | None:
    """As much of the file's proof as the time and the quota allow. Seconds until it can go on; None = nothing is left.

    What was found is kept for other processes after every `settle_after` chunks. What goes wrong ends the proof after
    a few tries, with what it could not read in its report.
    """
    return _sit(services, spreadsheet_id, _Terms(budget_s, rows_per_chunk, settle_after))


@dataclass(frozen=True, slots=True)
class _Terms:
    """How a sitting is held: for how long, in what steps, on which part of the quota."""

    budget_s: float
    rows_per_chunk: int = proof_sitting.MOST_ROWS
    settle_after: int = SETTLE_AFTER
    take: Callable[..., None] = quota.take_idle


def _sit(services: Services, spreadsheet_id: str, terms: _Terms) -> float | None:
    with services.store.read() as tx:
        proof = proofs.under_way(tx, spreadsheet_id)
        file = sheets.file_unscoped(tx, spreadsheet_id)
    if proof is None:
        return None
    if file is None or file.account_id != proof.account_id:
        _give_up(services, proof, why="not-bound")
        return None
    try:
        return _go_on(services, proof, file, terms)
    except NoSlotError as full:
        return full.wait_s
    except QuotaSpent as spent:
        eyes = writers.writer_of(services, file)
        return quota.back_off(services, eyes, spent) if eyes is not None else AGAIN_S
    except Problem as problem:
        log().info(
            "proof.problem", spreadsheet_id=spreadsheet_id, problem=type(problem).__name__, detail=problem.detail
        )
        return _try_again(services, proof, problem)


def _go_on(services: Services, proof: ProofRow, file: FileRow, terms: _Terms) -> float | None:
    until = time.monotonic() + terms.budget_s
    sitting = services.memory.sitting(proof.id)
    if sitting is None:
        body = {**proof.body, "tries": proof.body.get("tries", 0) + 1}
        if body["tries"] > MOST_TRIES or not _write_down(services, proof, body):
            _give_up(services, proof, why="no-answer")
            return None
        eyes = writers.need_writer(services, file)
        sitting = proof_sitting.sit_down(services, file, eyes, body=body)
    sitting.take, sitting.rows_per_chunk = terms.take, terms.rows_per_chunk
    chunks = 0
    try:
        if not sitting.titles:
            sitting.look_around(budget_s=_left_s(until))
        while not sitting.mark.is_read:
            if time.monotonic() >= until:
                return AGAIN_S if _keep(services, proof, sitting) else None
            if not sitting.mark.todo:
                sitting.look_again(budget_s=_left_s(until))
                continue
            sitting.read_chunk(budget_s=_left_s(until))
            chunks += 1
            if sitting.hunt.waiting > MOST_WAITING or chunks % terms.settle_after == 0:
                sitting.settle()
                if not _save(services, proof, sitting):
                    return None
    except (NoSlotError, QuotaSpent):
        _keep(services, proof, sitting)
        raise
    _look_at_readers(services, sitting, until=until)
    sitting.settle()
    _finish(services, proof, sitting.hunt, sitting=sitting)
    return None


def _left_s(until: float) -> float:
    """For one call, which may end a little after the sitting when it was begun in time."""
    return min(max(until - time.monotonic(), 2.0), CALL_BUDGET_S)


def _keep(services: Services, proof: ProofRow, sitting: Sitting) -> bool:
    """This process goes on in a moment; should it not, another one does from what was saved last. False once the proof
    has been closed by somebody else.
    """
    services.memory.keep_sitting(proof.id, sitting)
    return _write_down(services, proof, {**sitting.saved, "progress": _progress(sitting)})


def _write_down(services: Services, proof: ProofRow, body: Mapping[str, Any]) -> bool:
    with services.store.write() as tx:
        return proofs.go_on(tx, proof.id, body)


def _save(services: Services, proof: ProofRow, sitting: Sitting) -> bool:
    """What was found so far is kept, and that the proof goes on from here. False as `_keep`."""
    sitting.saved = {"hunt": sitting.hunt.to_json(), "mark": sitting.mark.to_json()}
    return _write_down(services, proof, {**sitting.saved, "progress": _progress(sitting)})


def _progress(sitting: Sitting) -> dict[str, int]:
    return {"rows": sitting.mark.rows, "row_total": sitting.mark.row_total}


def _look_at_readers(services: Services, sitting: Sitting, *, until: float) -> None:
    """A clean file that somebody can open who may not is none."""
    file = sitting.file
    try:
        found = share.look(
            services,
            sitting.eyes,
            file.spreadsheet_id,
            account_id=file.account_id,
            approved=file.approved_readers,
            budget_s=_left_s(until),
        )
    except Problem as problem:
        log().info("proof.readers", spreadsheet_id=file.spreadsheet_id, problem=type(problem).__name__)
        sitting.hunt.miss("readers")
        return
    for one in found:
        if one.why == UNLISTED:
            sitting.hunt.miss("unlisted")
        else:
            sitting.hunt.add(Sign.READER, one.why, Place(None), one.label)


# --- the end ---------------------------------------------------------------------------------------------------------


def _try_again(services: Services, proof: ProofRow, problem: Problem) -> float | None:
    """A failure that may pass is waited out, a few times."""
    failures = int(proof.body.get("failures", 0)) + 1
    if isinstance(problem, UpstreamFailed) and not problem.permanent and failures < MOST_FAILURES:
        is_open = _write_down(services, proof, {**proof.body, "failures": failures})
        return max(problem.retry_after_s or 0, AGAIN_S * failures) if is_open else None
    _give_up(services, proof, why="no-answer" if isinstance(problem, UpstreamFailed) else "no-access")
    return None


def _give_up(services: Services, proof: ProofRow, *, why: str) -> None:
    """The proof ends with what it has; what it could not read is in its report."""
    with services.store.read() as tx:
        account = people.account(tx, proof.account_id)
        file = sheets.file_unscoped(tx, proof.spreadsheet_id)
    audience = account.audience(file.audience if file is not None else Role.CLIENT.value)
    hunt = Hunt.from_json(audience, proof.body["hunt"]) if "hunt" in proof.body else Hunt(audience)
    hunt.miss(why)
    _finish(services, proof, hunt, sitting=None)


def _finish(services: Services, proof: ProofRow, hunt: Hunt, *, sitting: Sitting | None) -> None:
    """The report is composed, signed and kept, and that it was made is on record."""
    now = services.clock.now()
    findings = hunt.finish()
    mark = sitting.mark if sitting is not None else Mark()
    with services.store.write() as tx:
        account = people.account(tx, proof.account_id)
        file = sheets.file_unscoped(tx, proof.spreadsheet_id)
        subject = Subject(
            proof_id=proof.id,
            account=account.name,
            spreadsheet_id=proof.spreadsheet_id,
            title=file.title if file is not None else "",
            audience=hunt.audience.name,
            asked_by=people.address_of(tx, proof.sub),
            tabs=sitting.titles if sitting is not None else {},
        )
        reach = Reach(
            proof.at, now, mark.tabs, mark.rows, mark.cells, mark.calls, sitting.order_count if sitting else 0
        )
        report = compose(subject, reach, findings=findings, unread=hunt.unread)
        signature = proof_signatures.sign(services.settings.secret_keys, written(report))
        verdict = str(report["verdict"])
        if not proofs.close(tx, proof.id, at=now, verdict=verdict, body=report, signature=signature):
            return
        proofs.forget(tx, proof.spreadsheet_id, keep=KEPT)
        deeds.record(
            tx,
            proof.account_id,
            sub=proof.sub,
            deed="prove",
            subject=f"{report['file']['title']}: {verdict}",
            at=now,
            spreadsheet_id=proof.spreadsheet_id,
            body={"proof_id": proof.id, "verdict": verdict, "findings": len(findings), "unread": len(hunt.unread)},
        )


# --- looked at -------------------------------------------------------------------------------------------------------

Report = ProofRow  # a proof as cards are made of it


@dataclass(frozen=True, slots=True)
class Proofs:
    """The proofs of a file, newest first. `running`: how far the one under way has come, None when there is none."""

    file: FileRow
    done: Sequence[ProofRow]
    running: Progress | None = None


def proofs_of(services: Services, actor: Actor, spreadsheet_id: str, *, limit: int = 10) -> Proofs:
    """What is known of the file. NotFound for one that is not the account's."""
    with services.store.read() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        rows = proofs.recent(tx, actor.scope, spreadsheet_id, limit=limit)
    running = next((row for row in rows if row.verdict == proofs.UNDER_WAY), None)
    done = [row for row in rows if row.verdict != proofs.UNDER_WAY]
    if running is None:
        return Proofs(file, done)
    known = running.body.get("progress", {})
    return Proofs(file, done, Progress(known.get("rows", 0), known.get("row_total", 0)))


def proof_of(services: Services, actor: Actor, spreadsheet_id: str, proof_id: str) -> ProofRow:
    """A finished proof of this file. NotFound for any other, also another account's."""
    with services.store.read() as tx:
        found = proofs.proof(tx, actor.scope, proof_id)
    if found.spreadsheet_id != spreadsheet_id or found.verdict == proofs.UNDER_WAY:
        raise NotFound("This report is not here any more.")
    return found


def is_genuine(services: Services, proof: ProofRow) -> bool:
    """Whether the report is as it was signed."""
    return proof_signatures.is_signed(services.settings.secret_keys, written(proof.body), proof.signature)


def files_waiting(services: Services) -> list[str]:
    """Spreadsheets whose proof is under way for a while. Read this before the live jobs, never after."""
    with services.store.read() as tx:
        return proofs.files_under_way(tx, before=services.clock.now() - PATIENCE, limit=FILES_PER_SWEEP)


def wake_waiting(services: Services, spreadsheet_ids: Iterable[str]) -> None:
    """Each gets a job."""
    for spreadsheet_id in spreadsheet_ids:
        with services.store.write() as tx:
            services.wake.proof(tx, spreadsheet_id)
