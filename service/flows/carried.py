"""Rows that a person carried from a tab into its archive, or back: copied at the moment in which they left, or pasted.

Such a row is kept right wherever it stands, and leaves neither tab by itself any more. Called under the spreadsheet's
lease, with a full read of a tab's keys.
"""

from collections.abc import Collection, Mapping, Sequence

from service.flows.due_rows import TabWork
from service.flows.passes import Pass
from service.store import archives, roll_offs, rows
from service.store.records import SheetRow
from service.store.roll_offs import Leaving
from service.store.rows import NewRow
from service.store.session import Tx


def keep(this: Pass, tx: Tx, one: TabWork, keys: Mapping[str, Sequence[int]], strange: Collection[str]) -> None:
    """Rows of the other tab that stand in this one too are this one's as well. `strange`: keys that none of its rows
    has. Nothing while rows are on their way out of it: those stand in it until they are cut.
    """
    binding_id = one.bound.row.id
    if not strange or roll_offs.move_of(tx, binding_id) is not None:
        return
    for other_id in archives.beside(tx, binding_id):
        carried = rows.known(tx, other_id, strange)
        if carried:
            _take_in(this, tx, binding_id, {key: (row, keys[key][0]) for key, row in carried.items()})
            now = this.services.clock.now()
            roll_offs.stay(tx, binding_id, carried, now)
            roll_offs.stay(tx, other_id, carried, now)
            this.tally.remarks.append(f"rows of the archive stand in {one.bound.row.tab_title} too: {len(carried)}")


def _take_in(this: Pass, tx: Tx, binding_id: str, carried: Mapping[str, tuple[SheetRow, int]]) -> None:
    """The rows are the binding's where they stand, and are compared with what they should show."""
    leaving = [
        Leaving(NewRow(row.row_key, row.shop_id, row.order_id, row.sku_id, row.sort_at), at, "")
        for row, at in carried.values()
    ]
    places = {key: at for key, (_, at) in carried.items()}
    roll_offs.put_back(tx, binding_id, places, leaving, this.services.clock.now())
    this.services.wake.sheet(tx, this.file.spreadsheet_id)
