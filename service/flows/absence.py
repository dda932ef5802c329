"""What a full read of a tab's keys means for its rows: gone, copied, damaged, or back again.

A row is believed gone after two reads a minute apart, and many at once only when somebody says so. Called under the
spreadsheet's lease. Nothing is written into the sheet here; a key that a write of our own may have hurt is put back by
the next audit.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from service.flows import carried, damaged_keys
from service.flows.damaged_keys import Damaged
from service.flows.due_rows import DueRow, TabWork
from service.flows.passes import ChangedError, Pass, hold, pause_binding
from service.google import grid
from service.google.tabs import TabView
from service.store import audits, intents, places, reports, rows
from service.store.intents import LATE_WRITE
from service.store.places import Missed, Placed
from service.store.reports import Kind
from service.store.rows import ABSENCE_AGAIN
from service.store.session import Tx

#: More rows than this, or than this share of the tab (when that is more than a few), are not taken for deleted at once.
MANY, FEW, MANY_SHARE = 50, 5, 0.2
ROWS_MISSING = "rows-missing"  # why the tab is paused then
LOOK_AGAIN = timedelta(minutes=4)  # how long a row with a damaged key is left alone, less the minute of `places.rest`


def census(this: Pass, one: TabWork, view: TabView, keys: Mapping[str, Sequence[int]]) -> Placed:
    """Every row's place is on record, and what a full read (`keys`: key → places) says of rows that stand nowhere.

    ChangedError when so many are gone that the tab is paused.
    """
    now, binding_id = this.services.clock.now(), one.bound.row.id
    with this.services.store.write() as tx:
        hold(this, tx)
        placed = places.place(tx, binding_id, keys, now=now)
        carried.keep(this, tx, one, keys, placed.strange)
        strayed = intents.rekeyed(tx, this.file.spreadsheet_id, binding_id) & keys.keys()
        places.rest(tx, binding_id, strayed, intents.over_at(tx, this.file.spreadsheet_id, binding_id) or now)
        _note_seen(this, tx, one, view, placed)
    _judge(this, one, view, keys, placed)
    return placed


def _note_seen(this: Pass, tx: Tx, one: TabWork, view: TabView, placed: Placed) -> None:
    """Copies are reported once; what was reported of rows and is no longer so is forgotten."""
    binding_id = one.bound.row.id
    where = {key: _address(one, view, further[0]) for key, further in placed.copied.items()}
    _report(this, tx, binding_id, Kind.ROW_COPIED, where)
    reports.forget(tx, binding_id, Kind.ROW_COPIED, placed.single)
    reports.forget(tx, binding_id, Kind.ROW_DELETED, placed.back)
    healed = set(reports.open_subjects(tx, binding_id, Kind.KEY_DAMAGED)) - placed.missed.keys()
    reports.forget(tx, binding_id, Kind.KEY_DAMAGED, healed)


def _judge(this: Pass, one: TabWork, view: TabView, keys: Mapping[str, Sequence[int]], placed: Placed) -> None:
    """Missed rows are damaged, missed for the first time, or gone."""
    if not placed.missed:
        return
    now = this.services.clock.now()
    damaged = damaged_keys.look(this, one, view, keys, placed)
    gone = {key: missed for key, missed in placed.missed.items() if key not in damaged}
    if (over_at := _over_at(this, one)) is not None:
        _note_missing(this, one, view, damaged=damaged, fresh=())
        _wait(this, one, gone, max(over_at, now))
        return
    sure = [key for key, missed in gone.items() if _is_believed(missed, now)]
    if sure and is_many(len(gone), placed.standing):
        _note_missing(this, one, view, damaged=damaged, fresh=_fresh(gone, now))
        pause_binding(this, one.bound.row.id, ROWS_MISSING, str(len(gone)))
        raise ChangedError
    _note_missing(this, one, view, damaged=damaged, fresh=_fresh(gone, now))
    _bury(this, one, sure)


def _over_at(this: Pass, one: TabWork) -> datetime | None:
    with this.services.store.read() as tx:
        return intents.over_at(tx, this.file.spreadsheet_id, one.bound.row.id)


def _wait(this: Pass, one: TabWork, gone: Mapping[str, Missed], over_at: datetime) -> None:
    """A write that is not settled may have taken the keys of missed rows, or may do so yet: while it is not over, they
    are believed to stand where they were seen last, and nobody is taken for deleted.
    """
    if not gone:
        return
    binding_id = one.bound.row.id
    with this.services.store.write() as tx:
        hold(this, tx)
        places.move(tx, binding_id, {key: it.position for key, it in gone.items() if it.position is not None})
        places.rest(tx, binding_id, gone, over_at)
        audits.hasten(tx, [binding_id], over_at + ABSENCE_AGAIN)


def is_many(gone: int, standing: int) -> bool:
    """Whether so many rows went at once that it may have been a mistake."""
    return gone > MANY or (gone > FEW and gone > MANY_SHARE * standing)


def _is_believed(missed: Missed, now: datetime) -> bool:
    return missed.absent_at is not None and missed.absent_at <= now - ABSENCE_AGAIN


def _fresh(gone: Mapping[str, Missed], now: datetime) -> list[str]:
    """Rows missed for the first time, or until now taken for damaged."""
    return [key for key, missed in gone.items() if missed.absent_at is None or missed.absent_at > now]


def _note_missing(
    this: Pass, one: TabWork, view: TabView, *, damaged: Mapping[str, Damaged], fresh: Collection[str]
) -> None:
    """Damaged rows are reported and left alone; the others rest until it is time to look a second time."""
    now, binding_id = this.services.clock.now(), one.bound.row.id
    with this.services.store.write() as tx:
        hold(this, tx)
        rows.note_absent(tx, binding_id, fresh, now)
        if fresh:
            audits.hasten(tx, [binding_id], now + ABSENCE_AGAIN)
        places.move(tx, binding_id, {key: found.row for key, found in damaged.items()})
        places.rest(tx, binding_id, damaged, now + LOOK_AGAIN)
        ours = [key for key, found in damaged.items() if found.is_ours]
        rows.suspect(tx, binding_id, ours)
        if ours:
            audits.hasten(tx, [binding_id], now)
        where = {key: _address(one, view, found.row) for key, found in damaged.items()}
        _report(this, tx, binding_id, Kind.KEY_DAMAGED, where)
        known = reports.open_subjects(tx, binding_id, Kind.KEY_DAMAGED)
        reports.forget(tx, binding_id, Kind.KEY_DAMAGED, set(known) - damaged.keys())


def _bury(this: Pass, one: TabWork, sure: Sequence[str]) -> None:
    if not sure:
        return
    with this.services.store.write() as tx:
        hold(this, tx)
        bury(this, tx, one.bound.row.id, sure)
    this.tally.removed += len(sure)


def bury(this: Pass, tx: Tx, binding_id: str, row_keys: Collection[str]) -> None:
    """A person deleted these rows: they are not written again, and reported with a way back."""
    places.bury(tx, binding_id, row_keys)
    _report(this, tx, binding_id, Kind.ROW_DELETED, dict.fromkeys(row_keys, ""))


def _report(this: Pass, tx: Tx, binding_id: str, kind: Kind, where: Mapping[str, str]) -> None:
    ids = {subject: this.services.new_id() for subject in where}
    reports.report(tx, ids, binding_id, kind, places=where, now=this.services.clock.now())


def _address(one: TabWork, view: TabView, at: int) -> str:
    return grid.a1_cell(at, view.columns[one.tab.key_column])


def rest(this: Pass, binding_id: str, held: Sequence[DueRow]) -> None:
    """Rows that an unanswered write may still insert are looked for again in a minute, or when that is impossible."""
    if not held:
        return
    now = this.services.clock.now()
    with this.services.store.write() as tx:
        for row in held:
            until = min(now, (row.row.sent_at or now) + LATE_WRITE - ABSENCE_AGAIN)
            rows.note_absent(tx, binding_id, [row.row.row_key], until)
