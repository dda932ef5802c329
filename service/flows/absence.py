"""Rows that are nowhere in their tab: when that is believed, and what follows. Nothing is written into the sheet here.

Called under the spreadsheet's lease.
"""

from collections.abc import Sequence

from service.flows import images
from service.flows.due_rows import DueRow
from service.flows.passes import Pass, hold
from service.store import rows
from service.store.rows import ABSENCE_AGAIN, LATE_WRITE, Settled


def settle_gone(this: Pass, binding_id: str, gone: Sequence[DueRow]) -> None:
    """Rows a person deleted are not written again: the sheet is theirs. Believed after two reads a minute apart."""
    if not gone:
        return
    sure = [row for row in gone if row.row.absent_at is not None]
    fresh = [row.row.row_key for row in gone if row.row.absent_at is None]
    with this.services.store.write() as tx:
        hold(this, tx)
        rows.settle(tx, binding_id, [_tombstone(this, row) for row in sure])
        rows.note_absent(tx, binding_id, fresh, this.services.clock.now())
    if sure:
        this.tally.remarks.append(f"rows deleted by hand: {len(sure)}")


def rest(this: Pass, binding_id: str, held: Sequence[DueRow]) -> None:
    """Rows that an unanswered write may still insert are looked for again in a minute, or when that is impossible."""
    if not held:
        return
    now = this.services.clock.now()
    with this.services.store.write() as tx:
        for row in held:
            until = min(now, (row.row.sent_at or now) + LATE_WRITE - ABSENCE_AGAIN)
            rows.note_absent(tx, binding_id, [row.row.row_key], until)


def _tombstone(this: Pass, row: DueRow) -> Settled:
    return Settled(row.row.row_key, row.row.version, images.keep(this.services.store.sealer, row.cells), rows.DELETED)
