"""What the sidebar offers to people whose file or tab rests, and what they do in the sheet first."""

from typing import TYPE_CHECKING

from stateful.deeds import Deed
from stateful.ground import NEVER

from service.flows import care, reporting
from service.flows.absence import ROWS_MISSING
from service.store import sheets

if TYPE_CHECKING:
    from stateful.play import Play

#: What no button of the sidebar brings back: the tab was deleted, or the column that tells its rows apart.
FOR_GOOD = frozenset({"tab-gone", "key-gone"})
PROTECTED = "protected"


def clear_the_way(play: "Play") -> None:
    """Whoever protected a tab that rests for it takes the protection away."""
    for number, tab in enumerate(play.tabs):
        with play.services.store.read() as tx:
            row = sheets.binding_unscoped(tx, tab.binding_id)
        if row is not None and row.reason == PROTECTED:
            play.do(Deed("unprotect", tab=number))


def go_on(play: "Play") -> None:
    """The button under each trouble is pressed. A tab that rests for what nobody did is on record as harm."""
    services, spreadsheet_id, owner = play.services, play.spreadsheet_id, play.ground.rig.owner
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
        bound = sheets.bindings_in(tx, spreadsheet_id)
    if file.state == "paused":
        play.tell(f"Maya reads {file.reason!r} about the file and presses Resume.")
        if file.reason == PROTECTED:
            play.ledger.harm.append("one protected tab stopped the whole file")
        care.resume(services, owner, spreadsheet_id)
        with services.store.write() as tx:  # who may read the file is proved elsewhere
            sheets.update_file(tx, spreadsheet_id, checked_at=NEVER)
    for row in bound:
        if row.state != "paused" or row.reason in FOR_GOOD:
            continue
        play.tell(f"Maya reads {row.reason!r} about {row.tab_title} and presses the button.")
        if row.reason == ROWS_MISSING:
            play.accepted |= _standing_nowhere(play, row.id)
            reporting.accept_missing(services, owner, spreadsheet_id, row.id)
            continue
        if row.reason != PROTECTED or row.sheet_id not in play.protected:
            play.ledger.harm.append(f"{row.tab_title} rests for {row.reason!r}, which nobody did: {row.reason_text}")
        care.resume_tab(services, owner, spreadsheet_id, row.id)


def _standing_nowhere(play: "Play", binding_id: str) -> set[tuple[str, str]]:
    """Binding id and key of the rows that the tab lacks now: whoever presses the button knows."""
    tab = next(one for one in play.tabs if one.binding_id == binding_id)
    standing = play.ledger.keys_in(tab)
    return {(binding_id, key) for key in play.orders.truth(tab.family) if not standing[key]}
