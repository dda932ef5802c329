"""Keys that a write without an answer put into a cell, once it can no longer arrive: one that came to stand in another
row leaves it again. Until then nothing is written into the row that bears it.

Sheets has no conditional write: somebody may have sorted between our read and the moment at which it arrived. Called
under the spreadsheet's lease.
"""

from collections.abc import Sequence

from service.core.roles import Audience
from service.flows import corrections, damaged_keys, finding, quota
from service.flows.corrections import Proof
from service.flows.due_rows import TabWork
from service.flows.passes import ChangedError, Pass, hold, name_cells
from service.flows.sources import Bound
from service.google import grid
from service.store import audits, intents, places
from service.store.records import IntentRow


def look_after(this: Pass, late: Sequence[IntentRow], bound: Sequence[Bound], audience: Audience) -> None:
    """Every key of these writes stands in its own row or in none. NoSlotError when the quota has no room for that."""
    tabs = {one.row.id: TabWork.of(one, audience) for one in bound}
    rekeyed = [
        (tabs[binding_id], row_key, part["places"][0])
        for intent in late
        for binding_id, part in intent.body.items()
        if binding_id in tabs
        for row_key in part.get("rekeyed", ())
    ]
    for one, row_key, at in rekeyed:
        if not this.may_write():
            return
        quota.take_care(this.services, this.identity, read=5, write=1)
        _put_right(this, one, row_key, at)
        with this.services.store.write() as tx:
            hold(this, tx)
            intents.forget_rekeyed(tx, this.file.spreadsheet_id, one.bound.row.id, row_key)


def _put_right(this: Pass, one: TabWork, row_key: str, at: int) -> None:
    """A key that stands twice is reported as a copied row, one that stands nowhere as damaged: neither is done here."""
    proof = _proof(this, one, row_key, at)
    if proof is None or _is_its_own(this, one, proof, row_key):
        return
    (here,) = proof.keys[row_key]
    owner = _owner(this, one, proof, here, row_key=row_key)
    if not owner and damaged_keys.resembles(this, one, proof.view, here, row_key=row_key):
        return
    this.tally.remarks.append("a key that came to stand in another row was taken away from there")
    with this.services.store.write() as tx:
        hold(this, tx)
        if not owner:
            address = grid.a1_cell(here, proof.view.columns[one.tab.key_column])
            name_cells(this, tx, [f"{proof.view.title}!{address}"])
        audits.hasten(tx, [one.bound.row.id], this.services.clock.now())
    corrections.take_key_away(this, one, proof, here, row_key=row_key, owner=owner)


def _proof(this: Pass, one: TabWork, row_key: str, at: int) -> Proof | None:
    """The row in which the key stands now; None when it stands in none, or in several."""
    try:
        proof = corrections.prove(this, one, at)
    except ChangedError:
        return None
    standing = proof.keys.get(row_key, ())
    if len(standing) != 1:
        return None
    if standing[0] == at:
        return proof
    view = finding.read_header(this, one.tab, rows_too=standing)
    is_there = view is not None and view.key_at(standing[0], one.tab) == row_key
    return Proof(view, proof.keys) if view is not None and is_there else None


def _is_its_own(this: Pass, one: TabWork, proof: Proof, row_key: str) -> bool:
    (here,) = proof.keys[row_key]
    return damaged_keys.shows(this, one, proof.view, here, row_key=row_key)


def _owner(this: Pass, one: TabWork, proof: Proof, at: int, *, row_key: str) -> str:
    """The one order that the row at `at` shows and that stands nowhere; empty when there is none, or several."""
    with this.services.store.read() as tx:
        unseen = places.unseen(tx, one.bound.row.id, proof.keys)
    found = [key for key in unseen if key != row_key and damaged_keys.shows(this, one, proof.view, at, row_key=key)]
    return found[0] if len(found) == 1 else ""
