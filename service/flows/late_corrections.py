"""Writes without an answer that were to correct single rows, once they can no longer arrive.

A key that came to stand in another row leaves it again, and a row that was cleared in the place of a copy gets its key
back. Sheets has no conditional write: somebody may have sorted between our read and the moment at which it arrived.
Until it is over nothing else is written into the row that bears such a key. Called under the spreadsheet's lease.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from service.core.cells import BLANK
from service.core.roles import Audience
from service.flows import corrections, damaged_keys, finding, quota
from service.flows.corrections import Proof
from service.flows.due_rows import TabWork
from service.flows.passes import ChangedError, Pass, hold, name_cells
from service.flows.sources import Bound
from service.google import grid
from service.google.problems import RangeGone
from service.store import audits, intents, places
from service.store.records import IntentRow

ROWS_AROUND = 500  # how far on both sides a row is looked for that was to get its key back


def look_after(this: Pass, late: Sequence[IntentRow], bound: Sequence[Bound], audience: Audience) -> None:
    """Rows of ours that were hit by mistake are on their way to be right, people's cells are named. NoSlotError when
    the quota has no room for that.
    """
    by_id = {one.row.id: one for one in bound}
    for intent in late:
        for binding_id, part in intent.body.items():
            if part.keys().isdisjoint(intents.CORRECTION) or binding_id not in by_id or not this.may_write():
                continue
            quota.take_care(this.services, this.identity, read=2)
            _put_right(this, TabWork.of(by_id[binding_id], audience), part)
            with this.services.store.write() as tx:
                hold(this, tx)
                intents.forget_correction(tx, intent.id)


def _put_right(this: Pass, one: TabWork, part: Mapping[str, Any]) -> None:
    (at,) = part["places"]
    try:
        proof = corrections.prove(this, one, at)
    except (ChangedError, RangeGone):  # that place is not there any more, or the whole tab: others will say so
        return
    for row_key in part.get("rekeyed", ()):
        _look_at_key(this, one, proof, at, row_key=row_key, beside=part.get("beside"))
    if "cleared" in part:
        row_key, times = part["cleared"]
        if len(proof.keys.get(row_key, ())) >= times:
            _look_at_clearing(this, one, proof, at)


# --- a key -----------------------------------------------------------------------------------------------------------


def _look_at_key(
    this: Pass, one: TabWork, proof: Proof, at: int, *, row_key: str, beside: Sequence[str] | None
) -> None:
    """A key that stands twice is reported as a copied row, one that stands nowhere as damaged: neither is done here.

    `beside`: what stood beside a row to which its key was given back, None where that was not what the write was for.
    """
    found = _where_it_stands(this, one, proof, at, row_key=row_key)
    if found is None and beside and row_key not in proof.keys:
        _give_again(this, one, proof, at, row_key=row_key, beside=beside)
    if found is None or damaged_keys.shows(this, one, found.view, found.keys[row_key][0], row_key=row_key):
        return
    (here,) = found.keys[row_key]
    if beside is not None and _is_bare(found, one, here) and corrections.beside(this, found.view, here) == beside:
        return  # it came to its own row, of which a write of ours has left no more
    lacking = [key for key in _unseen(this, one, found) if key != row_key]
    owners = [key for key in lacking if damaged_keys.shows(this, one, found.view, here, row_key=key)]
    if len(owners) == 1:
        _say(this, one, ())
        corrections.give_key_back(this, one, found, here, row_key=owners[0])
    elif not damaged_keys.resembles(this, one, found.view, here, row_key=row_key):
        _say(this, one, [_address(found, here, found.view.columns[one.tab.key_column])])
        corrections.take_key_away(this, one, found, here, row_key=row_key)
        if beside:
            _give_again(this, one, proof, at, row_key=row_key, beside=beside)


def _give_again(this: Pass, one: TabWork, proof: Proof, at: int, *, row_key: str, beside: Sequence[str]) -> None:
    """The row to which its key was to be given back has it, wherever it went meanwhile: it shows nothing of ours, and
    what stood beside it then; no other near by does.
    """
    quota.take_care(this.services, this.identity, read=3, write=1)
    near = range(max(at - ROWS_AROUND, one.tab.header_row + 1), min(at + ROWS_AROUND, proof.view.row_count))
    view = finding.read_header(this, one.tab, rows_too=near)
    if view is None or one.tab.key_column not in view.columns:
        return
    now = Proof(view, proof.keys)
    bare = [row for row in near if corrections.is_blank(view, row) and corrections.beside(this, view, row) == beside]
    if len(bare) == 1:
        corrections.give_key_back(this, one, now, bare[0], row_key=row_key)


def _is_bare(proof: Proof, one: TabWork, at: int) -> bool:
    """Whether the row shows nothing of ours but its key."""
    sure = {key: column for key, column in proof.view.columns.items() if key not in proof.view.proposed}
    return all(proof.view.cell(at, column) == BLANK for key, column in sure.items() if key != one.tab.key_column)


def _where_it_stands(this: Pass, one: TabWork, proof: Proof, at: int, *, row_key: str) -> Proof | None:
    """The row in which the key stands now; None when it stands in none, or in several."""
    standing = proof.keys.get(row_key, ())
    if len(standing) != 1:
        return None
    if standing[0] == at:
        return proof
    quota.take_care(this.services, this.identity, read=1)
    view = finding.read_header(this, one.tab, rows_too=standing)
    is_there = view is not None and view.key_at(standing[0], one.tab) == row_key
    return Proof(view, proof.keys) if view is not None and is_there else None


# --- a clearing ------------------------------------------------------------------------------------------------------


def _look_at_clearing(this: Pass, one: TabWork, proof: Proof, at: int) -> None:
    """The copy is still there, so that another row was cleared, if any: one of ours that stands nowhere any more, else
    one of somebody's own. Where nothing stands at that place or below it, nothing was hit.
    """
    is_below_all = at > max((place for found in proof.keys.values() for place in found), default=-1)
    ours = set(proof.view.columns.values())
    is_told = any(cell != BLANK for column, cell in enumerate(proof.view.rows.get(at, ())) if column not in ours)
    if not corrections.is_blank(proof.view, at) or (is_below_all and not is_told):
        return
    lacking = _unseen(this, one, proof)
    if len(lacking) > 1:
        with this.services.store.read() as tx:
            lacking = sorted(places.noted(tx, one.bound.row.id, [at]) & set(lacking))
    if len(lacking) == 1:
        _say(this, one, ())
        corrections.give_key_back(this, one, proof, at, row_key=lacking[0])
    else:
        _say(this, one, [_address(proof, at, column) for column in sorted(ours)])


# --- both ------------------------------------------------------------------------------------------------------------


def _unseen(this: Pass, one: TabWork, proof: Proof) -> list[str]:
    with this.services.store.read() as tx:
        return places.unseen(tx, one.bound.row.id, proof.keys)


def _address(proof: Proof, at: int, column: int) -> str:
    return f"{proof.view.title}!{grid.a1_cell(at, column)}"


def _say(this: Pass, one: TabWork, addresses: Sequence[str]) -> None:
    """The history tells of it, with people's cells that were written over; the tab is compared soon. NoSlotError before
    that when there is no room for the write which puts it right, and for its proof.
    """
    quota.take_care(this.services, this.identity, read=2, write=1)
    this.tally.remarks.append("a late write had hit another row")
    with this.services.store.write() as tx:
        hold(this, tx)
        name_cells(this, tx, addresses)
        audits.hasten(tx, [one.bound.row.id], this.services.clock.now())
