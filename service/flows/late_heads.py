"""Headings that a write without an answer was to blank, once it can no longer arrive.

Where columns had moved and it fell upon somebody else's, that one is put back as far as it is remembered, and named.
Called under the spreadsheet's lease.
"""

from collections.abc import Mapping, Sequence

from service.core.cells import BLANK
from service.core.roles import Audience
from service.flows import quota, reshaping
from service.flows.passes import Pass, hold, name_cells
from service.flows.sources import Bound
from service.google import grid, outgoing
from service.google.headnotes import top_filter
from service.google.outgoing import Lost, Top
from service.google.tabs import OwnedTab
from service.store.records import IntentRow

Place = tuple[int, int]


def look_after(this: Pass, late: Sequence[IntentRow], live: Sequence[Bound], audience: Audience) -> None:
    """People's headings are as they were. One read, and one write where one was hit; NoSlotError without room."""
    by_id = {one.row.id: one for one in live}
    for intent in late:
        for binding_id, part in intent.body.items():
            if part.get("heads") and binding_id in by_id and this.may_write():
                tab = reshaping.whole_tab(by_id[binding_id], audience)
                _put_right(this, tab, intent.id, [(row, column) for row, column in part["heads"]])


def _put_right(this: Pass, tab: OwnedTab, intent_id: str, places: Sequence[Place]) -> None:
    quota.take_care(this.services, this.identity, read=1, write=1)
    this.tally.reads += 1
    answer = this.services.google.get_by_filter(
        this.identity, this.file.spreadsheet_id, filters=[top_filter(tab)], fields=outgoing.FIELDS,
        budget_s=this.budget_s,
    )  # fmt: skip
    now = outgoing.find(answer, tab)
    if now is None:
        return
    blanked = this.services.memory.blanked(intent_id)
    lost = _still_lost(now, outgoing.misplaced(blanked.top, now, tab, blanked.heads)) if blanked is not None else {}
    ours = set(now.view.columns.values())
    hit = lost or ({} if blanked is not None else [it for it in places if it[1] not in ours and _is_blank(now, it)])
    if not hit:
        return
    with this.services.store.write() as tx:
        hold(this, tx)
        name_cells(this, tx, [f"{now.view.title}!{grid.a1_cell(*place)}" for place in hit])
    if lost:
        _give_back(this, tab, now, lost)


def _still_lost(now: Top, lost: Mapping[Place, Lost]) -> dict[Place, Lost]:
    """Without what she has filled in again herself."""
    found = {
        place: (cell if _is_blank(now, place) else BLANK, note if place not in now.notes else "")
        for place, (cell, note) in lost.items()
    }
    return {place: one for place, one in found.items() if one != (BLANK, "")}


def _is_blank(now: Top, place: Place) -> bool:
    return now.view.cell(*place) == BLANK


def _give_back(this: Pass, tab: OwnedTab, now: Top, lost: Mapping[Place, Lost]) -> None:
    this.tally.remarks.append("headings were put back that had been moved under our hands")
    try:
        this.services.google.batch_update(
            this.identity,
            this.file.spreadsheet_id,
            body=outgoing.top_body(tab, now, outgoing.give_back(tab, lost)),
            fields="spreadsheetId",
            budget_s=this.budget_s,
        )
    finally:
        this.tally.writes += 1
