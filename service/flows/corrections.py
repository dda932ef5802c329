"""Writes that correct single rows: a key put back into its cell, a copy of a row cleared. Each is proved by reads.

Called under the spreadsheet's lease. Sheets has no conditional write: whatever stood where we wrote, because somebody
sorted in that moment, gets its key back and is written anew.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from service.core.cells import BLANK
from service.errors import Problem
from service.flows import damaged_keys, images, quota, reading, refused, typed_over
from service.flows.due_rows import TabWork
from service.flows.passes import ChangedError, Pass, hold, name_cells
from service.google import grid, tabs
from service.google.grid import Json
from service.google.tabs import TabView
from service.store import audits, intents, places, reports, rows
from service.store.intents import LATE_WRITE
from service.store.records import IntentRow
from service.store.reports import Kind

Keys = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Proof:
    """The tab's columns, one row of it, and the places of all keys, as they are now."""

    view: TabView
    keys: Keys


def prove(this: Pass, one: TabWork, at: int, *, strange: Collection[str] = ()) -> Proof:
    """Two reads. ChangedError when the tab or its key column is not there."""
    filters = tabs.spot_filters(one.tab, rows=[at], tail_from=at + 1)[:-1]
    view = reading.read(this, filters, [one.tab]).tabs.get(one.tab.sheet_id)
    view = view.without(strange) if view is not None and strange else view
    if view is None or one.tab.key_column not in view.columns:
        raise ChangedError
    return Proof(view, reading.read_keys(this, one.tab, view))


#: Whether the row at a place is the one of an order.
IsIt = Callable[..., bool]


def write_key(
    this: Pass,
    one: TabWork,
    *,
    at: int,
    row_key: str,
    strange: Collection[str] = (),
    is_it: IsIt = damaged_keys.shows,
) -> bool:
    """The key stands in its cell again, in the row at `at` that `is_it`; a text there is named. Whether it does.

    NoSlotError before anything is written when the quota has no room.
    """
    quota.take_care(this.services, this.identity, read=4, write=1)
    before = prove(this, one, at, strange=strange)
    if before.keys.get(row_key) or not is_it(this, one, before.view, at, row_key=row_key):
        return False
    if damaged_keys.bears_another(this, one, before.view, at, row_key=row_key):
        return False
    _name_typed(this, one, before, at)
    after = _write_key(this, one, before, at, row_key=row_key, told={})
    lost = [key for key in before.keys if key not in after.keys]
    hurt = next((key for key in lost if damaged_keys.shows(this, one, after.view, at, row_key=key)), None)
    if hurt is not None:
        _give_back(this, one, after, at, row_key=hurt)
        return False
    if list(after.keys.get(row_key, ())) != [at]:
        return False
    _settle(this, one, row_key, at)
    with this.services.store.write() as tx:
        hold(this, tx)
        reports.forget(tx, one.bound.row.id, Kind.KEY_DAMAGED, [row_key])
    this.tally.healed += 1
    return True


def _name_typed(this: Pass, one: TabWork, before: Proof, at: int) -> None:
    """What the key is about to replace is in the history, but for a key of ours or what an unsettled write sent."""
    column, binding_id = before.view.columns[one.tab.key_column], one.tab.binding_id
    shown = before.view.cell(at, column)
    with this.services.store.write() as tx:
        sent = typed_over.prints_of(intents.open_parts(tx, this.file.spreadsheet_id, binding_id))
        is_ours = bool(rows.known(tx, binding_id, {before.view.key_at(at, one.tab)} - {""}))
        if shown != BLANK and not is_ours and images.print_of(this.services.store.sealer, shown) not in sent:
            hold(this, tx)
            name_cells(this, tx, [f"{before.view.title}!{grid.a1_cell(at, column)}"])


def clear_copy(this: Pass, one: TabWork, *, at: int, row_key: str, strange: Collection[str] = ()) -> bool:
    """The copy of a row at `at` shows nothing of ours any more; what people wrote beside it stays. Whether it is so."""
    quota.take_care(this.services, this.identity, read=4, write=1)
    before = prove(this, one, at, strange=strange)
    if at not in before.keys.get(row_key, ()) or len(before.keys[row_key]) < 2:
        return False
    blank = dict.fromkeys(before.view.columns, "")
    cleared = {"cleared": [row_key, len(before.keys[row_key])]}
    after = _write(this, one, before, at, values=blank, row_key=row_key, told=cleared)
    lost = [key for key in before.keys if key not in after.keys]
    if len(lost) == 1 and is_blank(after.view, at):
        _give_back(this, one, after, at, row_key=lost[0])
        return False
    return at not in after.keys.get(row_key, ())


def take_key_away(this: Pass, one: TabWork, before: Proof, at: int, *, row_key: str) -> None:
    """The key is out of the row at `at`, which is none of ours."""
    _write(this, one, before, at, values={one.tab.key_column: ""}, row_key=row_key, told={})


def give_key_back(this: Pass, one: TabWork, before: Proof, at: int, *, row_key: str) -> None:
    """The row at `at`, which a write of ours has hurt, has its key again; the next pass writes the rest of it."""
    after = _write_key(this, one, before, at, row_key=row_key, told={"beside": beside(this, before.view, at)})
    if list(after.keys.get(row_key, ())) == [at]:
        _settle(this, one, row_key, at)


def beside(this: Pass, view: TabView, at: int) -> list[str]:
    """Fingerprints of what stands in the row outside our columns: they tell it from another, as blank in ours."""
    ours, sealer = set(view.columns.values()), this.services.store.sealer
    cells = enumerate(view.rows.get(at, ()))
    return [images.print_of(sealer, cell) for column, cell in cells if column not in ours and cell != BLANK]


def _write_key(this: Pass, one: TabWork, before: Proof, at: int, *, row_key: str, told: Json) -> Proof:
    """`_write` of the key. While it is not answered nothing else is written into the row that bears it, and nothing by
    a key that stands there wrongly until then.
    """
    with this.services.store.read() as tx:
        others = rows.known(tx, one.bound.row.id, {before.view.key_at(at, one.tab)} - {"", row_key})
    keys = [row_key, *others]
    values = {one.tab.key_column: row_key}
    return _write(this, one, before, at, values=values, row_key=row_key, told={"rekeyed": keys, **told})


def _write(
    this: Pass, one: TabWork, before: Proof, at: int, *, values: Mapping[str, str], row_key: str, told: Json
) -> Proof:
    """The owned cells of one row have these texts (empty = blank), and what the tab shows then. `told`: what else has
    to be known of the write when its answer is lost.

    The intent stands until the reads that follow have answered: what it names is not known until then.
    """
    services, binding_id = this.services, one.bound.row.id
    body = {binding_id: {"inserted": [], "updated": [row_key], "places": [at], "columns": {}, **told}}
    intent = IntentRow(services.new_id(), this.file.spreadsheet_id, this.epoch, services.clock.now(), body)
    with services.store.write() as tx:
        hold(this, tx)
        intents.add_intent(tx, intent)
        rows.suspect(tx, binding_id, [row_key])
        places.rest(tx, binding_id, told.get("rekeyed", ()), intent.sent_at + LATE_WRITE)
        audits.hasten(tx, [binding_id], intent.sent_at + LATE_WRITE)
    requests = [_text_cell(one, before.view.columns[key], at, text) for key, text in values.items()]
    try:
        services.google.batch_update(
            this.identity, this.file.spreadsheet_id, body={"requests": requests}, fields="spreadsheetId",
            budget_s=this.budget_s,
        )  # fmt: skip
    except Problem as problem:
        if not getattr(problem, "outcome_unknown", False):
            _close(this, one, intent, row_key)
            refused.explain(this, problem, requests)
        raise
    finally:
        this.tally.writes += 1
    after = prove(this, one, at)
    _close(this, one, intent, row_key)
    return after


def _text_cell(one: TabWork, column: int, at: int, text: str) -> Json:
    value: Json = {"userEnteredValue": {"stringValue": text}} if text else {}
    start = {"sheetId": one.tab.sheet_id, "rowIndex": at, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": [{"values": [value]}], "fields": "userEnteredValue"}}


def _close(this: Pass, one: TabWork, intent: IntentRow, row_key: str) -> None:
    """The write has been answered; its row is compared once more."""
    with this.services.store.write() as tx:
        hold(this, tx)
        intents.settle_intents(tx, [intent.id])
        rows.make_unknown(tx, one.bound.row.id, [row_key], this.services.clock.now())


def is_blank(view: TabView, at: int) -> bool:
    """Whether the row shows nothing in the columns that are surely ours."""
    return all(view.cell(at, column) == BLANK for key, column in view.columns.items() if key not in view.proposed)


def _give_back(this: Pass, one: TabWork, after: Proof, at: int, *, row_key: str) -> None:
    """The row that came under our hands has its key again; the next pass writes the rest of it.

    It does not wait for the quota: what we plan leaves room below Google's own limit.
    """
    this.tally.raced = True
    _write_key(this, one, after, at, row_key=row_key, told={"beside": beside(this, after.view, at)})
    _settle(this, one, row_key, at)


def _settle(this: Pass, one: TabWork, row_key: str, at: int) -> None:
    """The row stands here, and what it shows is to be compared."""
    now, binding_id = this.services.clock.now(), one.bound.row.id
    with this.services.store.write() as tx:
        hold(this, tx)
        places.move(tx, binding_id, {row_key: at})
        places.found(tx, binding_id, [row_key])
        rows.make_unknown(tx, binding_id, [row_key], now)
        audits.hasten(tx, [binding_id], now)
