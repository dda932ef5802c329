"""What a refusal of Google's is about, where its words do not tell, and the rest of its tab. No cell is written here.

Google says in the language of the account that cells are protected. What it says in none is which protections there
are: they are asked for, once, when a write was refused for a reason that its words do not name.
"""

from collections.abc import Sequence

from service.errors import Problem
from service.flows import quota
from service.flows.passes import Pass, pause_binding
from service.google import protections, refusals
from service.google.grid import Json
from service.google.problems import CellProtected, RequestRefused


def explain(this: Pass, problem: Problem, requests: Sequence[Json]) -> None:
    """Raises CellProtected when a protection kept the refused batch out; returns when its own words have to do.

    One read, only for a refusal without a known reason. NoSlotError when the quota has no room for it: the write is
    tried again, and asked about then.
    """
    if type(problem) is not RequestRefused:
        return
    index = problem.index
    blamed = requests if index is None else requests[index : index + 1]
    quota.take_care(this.services, this.identity, read=1)
    answer = this.services.google.get(
        this.identity, this.file.spreadsheet_id, fields=protections.FIELDS, budget_s=this.budget_s
    )
    this.tally.reads += 1
    if protections.keeps_out(answer, blamed):
        raise refusals.cell_protected(this.identity, problem) from problem


def reason_of(problem: RequestRefused) -> str:
    """Why the tab rests, as its card knows it."""
    return "protected" if isinstance(problem, CellProtected) else "refused"


def pause(this: Pass, binding_id: str, problem: RequestRefused) -> None:
    """The tab that refused rests, with the sentence that says why; the file's others go on."""
    pause_binding(this, binding_id, reason_of(problem), problem.sentence)
