"""Columns of ours that lost their mark get it again, once what they show has proved them. By audits only.

People cut a column out and paste it elsewhere: the cells go, our mark stays behind or is gone. Until it is back every
pass has to read the whole key column to tell ours from somebody's own. How a mark comes back is told in `google.marks`.
"""

from datetime import timedelta

from service.flows import quota
from service.flows.due_rows import TabWork
from service.flows.finding import Proof
from service.flows.passes import Pass
from service.google import marks
from service.google.problems import FileFull, RequestRefused
from service.store import audits

CLAIMED_AGAIN = timedelta(minutes=1)  # until a claim is looked at


def put_back(this: Pass, one: TabWork, proof: Proof) -> None:
    """Proved columns bear a claim that the next audit proves, or the mark that a claim becomes. One write.

    NoSlotError before anything is written when the quota has no room for it. A tab that refuses it goes on without:
    everything about it works, and costs more.
    """
    binding_id, view = one.bound.row.id, proof.view
    quota.take_idle(this.services, this.identity, write=1)
    ready = marks.standing(view, proof.proved)
    requests = [request for key in sorted(ready) for request in marks.promote(view, key, binding_id=binding_id)]
    for key in sorted(proof.proved - ready):
        time_id = this.services.new_id()
        requests += marks.claim(one.tab.sheet_id, view, key, binding_id=binding_id, time_id=time_id)
    try:
        this.services.google.batch_update(
            this.identity, this.file.spreadsheet_id, body={"requests": requests}, fields="spreadsheetId",
            budget_s=this.budget_s,
        )  # fmt: skip
    except RequestRefused as problem:
        if isinstance(problem, FileFull):
            raise
        this.tally.remarks.append("a column of ours could not be marked again")
        return
    finally:
        this.tally.writes += 1
    if proof.proved - ready:
        with this.services.store.write() as tx:
            audits.hasten(tx, [binding_id], this.services.clock.now() + CLAIMED_AGAIN)
