"""What is to be looked at of writes without an answer: their part in each tab, and the rows where they were sent.

Called under the spreadsheet's lease. What they did there is found out elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.flows import reading, typed_over
from service.flows.newcomers import Newcomers
from service.flows.passes import Pass
from service.google.batch import TabEdit
from service.google.tabs import OwnedTab, TabView
from service.store import rows
from service.store.records import IntentRow

MOST_NEW = 200  # new rows of one write that are read again wherever they are known to stand
MOST_FOLLOWED = 50  # rows of one write around which is looked for what it put into rows of people's
ROWS_NEAR = 20


@dataclass(frozen=True, slots=True)
class Case:
    """One binding's part of an unanswered write. `edit`: what it was based on, when this process still knows."""

    intent_id: str
    tab: OwnedTab
    edit: TabEdit | None
    updated: Sequence[str]
    inserted: Sequence[str]
    places: Sequence[int]
    columns: Mapping[str, int] = field(default_factory=dict)
    part: Mapping[str, Any] = field(default_factory=dict)  # as its sender put it down
    is_at_rest: bool = False  # no pass fills rows there

    @property
    def newcomers(self) -> Newcomers:
        sent = {key: prints for key, prints in self.part.get("sent", {}).items() if key in self.inserted}
        return Newcomers(self.tab, self.inserted, self.columns, sent, self.edit, self.part.get("put_in_at"))


def cases_of(this: Pass, intent: IntentRow, owned: Mapping[str, OwnedTab]) -> list[Case]:
    """What the write did to the tabs that can be looked at (`owned`, by binding id), a case for each edit of it."""
    known = this.services.memory.unanswered(intent.id)
    this.services.memory.keep_unanswered(intent.id, known)  # until it is over, whoever comes to that
    found = []
    for key in (key for key in intent.body if key in owned):
        edits: list[TabEdit | None] = [edit for edit in known if edit.tab.binding_id == key]
        found += [_case(intent, owned[key], edit) for edit in edits or [None]]
    return found


def _case(intent: IntentRow, tab: OwnedTab, edit: TabEdit | None) -> Case:
    part = intent.body[tab.binding_id]
    sent = part["updated"], part["inserted"], part.get("places", ()), part.get("columns", {})
    return Case(intent.id, tab, edit, *sent, part)


def look(this: Pass, cases: Sequence[Case]) -> dict[int, TabView]:
    """The rows as they are now where the writes were sent and where new ones come, with the header."""
    touched = {case.tab.sheet_id: set[int]() for case in cases}
    ends = dict[int, int]()
    for case in cases:
        with this.services.store.read() as tx:  # where the rows of people's texts stand by now, and the new ones
            keys = {typed.row_key for typed in typed_over.met(case.part)} | set(case.inserted[:MOST_NEW])
            known = rows.known(tx, case.tab.binding_id, keys)
            last = rows.last_position(tx, case.tab.binding_id)
        standing = [row.position for row in known.values()]
        touched[case.tab.sheet_id] |= {*_around(case), *(at for at in standing if at is not None and at >= 0)}
        if case.inserted:
            ends[case.tab.sheet_id] = max(case.tab.header_row + 1, last or 0)
    owned = {case.tab.sheet_id: case.tab for case in cases}
    return dict(reading.read_places(this, list(owned.values()), touched, ends=ends)) if owned else {}


def _around(case: Case) -> set[int]:
    """The places of the write, and of a small one those near by: what it put into rows that are none of ours went along
    with them when people put rows in or took them out.
    """
    if case.edit is None or len(case.places) > MOST_FOLLOWED:
        return set(case.places)
    first, end = case.tab.header_row + 1, case.edit.view.row_count
    near = {at for place in case.places for at in range(place - ROWS_NEAR, place + ROWS_NEAR + 1)}
    return {*case.places, *(at for at in near if first <= at < end)}
