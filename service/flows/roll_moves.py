"""Rows taken out of a tab: proved by a read, cut into a staging tab, looked at there; what was in the way goes back.

A move is on record before anything is sent, and its rows are out of the binding from then on. Killed at any line, the
next turn looks for the staging tab and goes on. Called under the spreadsheet's lease.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from service.core.cells import Form
from service.errors import Problem
from service.flows import quota, reading, roll_checks
from service.flows.due_rows import TabWork
from service.flows.passes import Pass, hold, name_cells
from service.flows.roll_checks import Beside, Checked
from service.google import grid, rolling, tabs
from service.google.grid import Json
from service.google.problems import RangeGone, RequestRefused
from service.google.rolling import Back, Cut, Sorted, WholeRow
from service.google.tabs import TabView
from service.store import audits, roll_offs, rows, sheets
from service.store.intents import LATE_WRITE
from service.store.records import SheetRow
from service.store.roll_offs import Leaving, Move
from service.store.rows import NewRow
from service.store.session import Tx

CUT, RETURN, DELETE = "cut", "return", "delete"
MOST_BLOCKS = 50  # runs of neighbouring rows in one move: each is two requests, and a statement of the database
REFUSED_AGAIN = timedelta(days=1)
NOT_TOLD_AGAIN = timedelta(hours=1)
LOST_TITLE = "Rows that were moved"  # of the staging tab, where its rows have nowhere else to go


# --- out of the tab --------------------------------------------------------------------------------------------------


def take_out(this: Pass, one: TabWork, chosen: Sequence[SheetRow], *, beside: Beside) -> None:
    """These rows left the tab, as far as they hold nothing of a person's and stand in the other tab too.

    At most as many as lie in MOST_BLOCKS runs. Two reads and two writes; more after a race with people's hands.
    """
    quota.take_idle(this.services, this.identity, read=2, write=2)
    found = roll_checks.look(this, one, chosen, beside=beside)
    if found is None:
        rest(this, one, NOT_TOLD_AGAIN)
        return
    roll_checks.note(this, one, found)
    if found.typed:  # named where it stands: it is replaced before rows above it go
        return
    move = _begin(this, one, found, chosen, beside=beside)
    if move is None:
        return
    try:
        answer = _send(this, rolling.cut_body(_cut(one, found.view, move)), rolling.ANSWER_FIELDS)
    except Problem as problem:
        if getattr(problem, "outcome_unknown", False):
            raise
        _take_back(this, one, move)
        if isinstance(problem, RequestRefused | RangeGone):
            this.tally.remarks.append(problem.sentence)
            rest(this, one, REFUSED_AGAIN)
            return
        raise
    staged = rolling.whole_rows(answer.get("updatedSpreadsheet", {}), move.staging_id)
    if staged is not None:
        conclude(this, one, move, staged)


def _begin(this: Pass, one: TabWork, found: Checked, chosen: Sequence[SheetRow], *, beside: Beside) -> Move | None:
    """The move is on record and its rows are out of the binding: those that nothing changed since they were read."""
    services, row = this.services, one.bound.row
    if not this.may_write():
        return None
    with services.store.write() as tx:
        hold(this, tx)
        fresh = rows.known(tx, row.id, found.right)
        same = [each for each in chosen if each.row_key in found.right and fresh.get(each.row_key) == each]
        same = _few_blocks(same)
        if not same or not _is_wanted(this, tx, one, beside=beside):
            return None
        move_id = services.new_id()
        move = Move(
            row.id,
            rolling.staging_id_for(move_id),
            rolling.staging_title(move_id),
            CUT,
            services.clock.now(),
            [_leaving(this, each, found.right[each.row_key]) for each in same],
        )
        roll_offs.begin(tx, move)
    return move


def _few_blocks(chosen: Sequence[SheetRow]) -> list[SheetRow]:
    """The rows in the order of the tab, no more than lie in so many runs."""
    ordered = sorted(chosen, key=lambda row: row.position or 0)
    runs = rolling.blocks([row.position or 0 for row in ordered])[:MOST_BLOCKS]
    return [row for row in ordered if runs and (row.position or 0) < runs[-1][1]]


def _is_wanted(this: Pass, tx: Tx, one: TabWork, *, beside: Beside) -> bool:
    """Nobody paused the file or one of the tabs, or changed what they show, while this turn was reading; and no write
    can still arrive under which rows would not stand still.
    """
    if roll_offs.is_unanswered(tx, this.file.spreadsheet_id):
        return False
    file = sheets.file_unscoped(tx, this.file.spreadsheet_id)
    live = {row.id: row for row in sheets.bindings_in(tx, this.file.spreadsheet_id) if row.state == "live"}
    before = [each.bound.row for each in (one, beside.tab)]
    is_same = all(row.id in live and live[row.id].profile == row.profile for row in before)
    return file is not None and file.state == "live" and is_same


def _leaving(this: Pass, row: SheetRow, shown: WholeRow) -> Leaving:
    known = NewRow(row.row_key, row.shop_id, row.order_id, row.sku_id, row.sort_at)
    return Leaving(known, row.position or 0, this.services.store.sealer.fingerprint(shown.text()))


def _cut(one: TabWork, view: TabView, move: Move) -> Cut:
    return Cut(
        sheet_id=one.tab.sheet_id,
        header_row=one.tab.header_row,
        row_count=view.row_count,
        column_count=view.column_count,
        places=[each.position for each in move.leaving],
        staging_id=move.staging_id,
        title=move.title,
    )


def _send(this: Pass, body: Json, fields: str) -> Json:
    try:
        return this.services.google.batch_update(
            this.identity, this.file.spreadsheet_id, body=body, fields=fields, budget_s=this.budget_s
        )
    finally:
        this.tally.writes += 1


def _take_back(this: Pass, one: TabWork, move: Move) -> None:
    """Google said that nothing was applied: the rows stand where they stood."""
    with this.services.store.write() as tx:
        hold(this, tx)
        standing = {each.row.row_key: each.position for each in move.leaving}
        roll_offs.put_back(tx, one.bound.row.id, standing, move.leaving, this.services.clock.now())
        roll_offs.end(tx, one.bound.row.id)
        this.services.wake.sheet(tx, this.file.spreadsheet_id)


def rest(this: Pass, one: TabWork, for_: timedelta) -> None:
    """The live tab and its archive are left alone for so long."""
    live_id = one.bound.row.archive_of or one.bound.row.id
    with this.services.store.write() as tx:
        roll_offs.look_again(tx, [live_id], this.services.clock.now() + for_)


# --- what became of it -----------------------------------------------------------------------------------------------


def resume(this: Pass, one: TabWork, move: Move) -> None:
    """A move that was cut off goes on: by what the staging tab shows, or, when it can no longer come, without it."""
    is_late = move.sent_at <= this.services.clock.now() - LATE_WRITE
    quota.take_care(this.services, this.identity, read=2, write=1)
    staged = _read_staged(this, move)
    if move.phase == CUT:
        if staged is not None or is_late:
            conclude(this, one, move, staged)
    elif staged is None:
        _end(this, move)
    elif move.phase == RETURN and (found := _sort_out(this, move, staged)).others:
        if is_late:  # else the write that brings them back is still on its way, perhaps
            _return(this, one, move, found)
    else:
        if move.phase == RETURN:
            _name_what_moved(this, one, move, _sort_out(this, move, staged))
        _delete(this, move)


def _name_what_moved(this: Pass, one: TabWork, move: Move, found: Sorted) -> None:
    """Rows came back by a write that nobody answered: where the headings are others by now they may have come to stand
    under those, and their cells are named. One read.
    """
    quota.take_care(this.services, this.identity, read=1)
    view = _header(this, one)
    if view is None:
        return
    heads = rolling.trimmed(view.rows.get(one.tab.header_row, ()))
    if heads == found.heads.cells:
        return
    back = {row: rolling.NO_ROW for row in range(len(move.leaving)) if row not in found.ours}
    width = 1 + max(len(heads), len(found.heads.cells))  # and whatever stands beside them
    places = _places(move, replace(found, others=back))
    names = [f"{view.title}!{grid.a1_cell(at, column)}" for _, at in places for column in range(width)]
    with this.services.store.write() as tx:
        hold(this, tx)
        name_cells(this, tx, names)


def _read_staged(this: Pass, move: Move) -> dict[int, WholeRow] | None:
    """What the staging tab holds; None when there is none."""
    google, spreadsheet_id = this.services.google, this.file.spreadsheet_id
    here = google.get(this.identity, spreadsheet_id, fields=rolling.TABS_FIELDS, budget_s=this.budget_s)
    this.tally.reads += 1
    if all(int(each["properties"].get("sheetId", 0)) != move.staging_id for each in here.get("sheets", ())):
        return None
    whole = [{"gridRange": {"sheetId": move.staging_id}}]
    try:
        answer = google.get_by_filter(
            this.identity, spreadsheet_id, filters=whole, fields=rolling.STAGED_FIELDS, budget_s=this.budget_s
        )
    except RangeGone:  # deleted between the two reads
        return None
    finally:
        this.tally.reads += 1
    return rolling.whole_rows(answer, move.staging_id)


def _sort_out(this: Pass, move: Move, staged: Mapping[int, WholeRow]) -> Sorted:
    prints = {at: this.services.store.sealer.fingerprint(whole.text()) for at, whole in staged.items()}
    return rolling.sort_out(staged, [each.shown for each in move.leaving], prints)


def conclude(this: Pass, one: TabWork, move: Move, staged: Mapping[int, WholeRow] | None) -> None:
    """What the staging tab holds (None = there never was one) is what left the tab. Expected rows that are not there
    stand in the tab still, or were deleted by a person; other rows than the expected ones go back.
    """
    found = _sort_out(this, move, staged or {})
    taken = {move.leaving[index].row.row_key for index in found.ours.values()}
    missing = {each.row.row_key for each in move.leaving} - taken
    returning = _returning(move, found, missing)
    lost = sorted(missing - returning.keys())
    standing = {**returning, **(_standing(this, one, lost) if lost else {})}
    has_landed = staged is not None
    now, binding_id = this.services.clock.now(), one.bound.row.id
    with this.services.store.write() as tx:
        hold(this, tx)
        if has_landed:
            gone = [each.position for each in move.leaving]
            roll_offs.close_gaps(tx, binding_id, gone, header_row=one.tab.header_row)
        roll_offs.put_back(tx, binding_id, standing, move.leaving, now)
        if missing or found.others:
            audits.hasten(tx, [binding_id], now)
        if standing:
            this.services.wake.sheet(tx, this.file.spreadsheet_id)
        if has_landed:
            roll_offs.go_on(tx, binding_id, phase=RETURN if found.others else DELETE, at=now - LATE_WRITE)
        else:
            roll_offs.end(tx, binding_id)
    this.tally.removed += len(taken)
    if found.others:
        this.tally.raced = True
        _return(this, one, move, found)
    elif has_landed:
        _delete(this, move)


def _returning(move: Move, found: Sorted, missing: Collection[str]) -> dict[str, int]:
    """Rows that left the tab and go back because they were not what was read: somebody typed into them, or put a column
    in. Where they will stand.
    """
    places = dict(_places(move, found))
    texts = {row: {cell.value for cell in whole.cells if cell.form is Form.TEXT} for row, whole in found.others.items()}
    return {key: places[row] for row, shown in texts.items() for key in shown & set(missing) if row in places}


def _standing(this: Pass, one: TabWork, row_keys: Sequence[str]) -> dict[str, int]:
    """Those of the rows that stand in the tab, and where. Two reads; nothing when the tab is gone."""
    quota.take_care(this.services, this.identity, read=2)
    keys = _keys(this, one)
    return {key: keys[key][0] for key in row_keys if key in keys}


def _keys(this: Pass, one: TabWork) -> Mapping[str, Sequence[int]]:
    """Where every key stands in the tab. Two reads; nothing when the tab is gone."""
    view = _header(this, one)
    if view is None or one.tab.key_column not in view.columns:
        return {}
    return reading.read_keys(this, one.tab, view)


def _return(this: Pass, one: TabWork, move: Move, found: Sorted) -> None:
    """Rows that people had moved under our hands go back to their places, in rows made for them."""
    quota.take_care(this.services, this.identity, read=1, write=1)
    view = _header(this, one)
    if view is None:
        _show(this, move)
        return
    back = _back(one, move, found, view=view)
    with this.services.store.write() as tx:
        hold(this, tx)
        roll_offs.go_on(tx, move.binding_id, phase=RETURN, at=this.services.clock.now())
    try:
        answer = _send(this, rolling.return_body(back), rolling.ANSWER_FIELDS)
        again = rolling.moved_under(back, answer.get("updatedSpreadsheet", {}))
        if again is not None:
            quota.take_care(this.services, this.identity, write=1)
            answer = _send(this, rolling.again_body(again), rolling.ANSWER_FIELDS)
    except (RequestRefused, RangeGone) as problem:
        if getattr(problem, "outcome_unknown", False):
            raise
        _show(this, move)
        return
    names = ", ".join(str(at + 1) for _, at in _places(move, found)[:20])
    this.tally.remarks.append(f"rows that people were moving were put back: {names}")
    staged = rolling.whole_rows(answer.get("updatedSpreadsheet", {}), move.staging_id)
    if staged is not None and not _sort_out(this, move, staged).others:
        _delete(this, move)


def _header(this: Pass, one: TabWork) -> TabView | None:
    """The tab's headings; None when it is gone. One read."""
    header = tabs.spot_filters(one.tab, rows=(), tail_from=one.tab.header_row + 1)[:-1]
    try:
        return reading.read(this, header, [one.tab]).tabs.get(one.tab.sheet_id)
    except RangeGone:
        return None


def _back(one: TabWork, move: Move, found: Sorted, *, view: TabView) -> Back:
    most = max(view.row_count - 1, one.tab.header_row + 1)
    width = max(len(row) for whole in found.others.values() for row in (whole.cells, whole.notes))
    return Back(
        staging_id=move.staging_id,
        title=move.title,
        staged_rows=len(move.leaving),
        sheet_id=one.tab.sheet_id,
        header_row=one.tab.header_row,
        view=view,
        places=[(row, min(at, most)) for row, at in _places(move, found)],
        width=width,
        runs=rolling.runs_of(found.heads, view, header_row=one.tab.header_row, width=width),
    )


def _places(move: Move, found: Sorted) -> list[tuple[int, int]]:
    """(staging row, grid row) of each row that goes back: where it was cut out, without those that left for good."""
    cut = [each.position for each in move.leaving]
    gone = [at for row, at in enumerate(cut) if row not in found.others]
    staying = [row for row in sorted(found.others) if row < len(cut)]
    return [(row, cut[row] - sum(1 for at in gone if at < cut[row])) for row in staying]


def _show(this: Pass, move: Move) -> None:
    """The tab they came from is not there to take them back, or takes nothing: the staging tab shows them."""
    quota.take_care(this.services, this.identity, write=1)
    title = f"{LOST_TITLE} {move.title.rpartition(' ')[2]}"
    _send(this, rolling.show_body(move.staging_id, title), "spreadsheetId")
    this.tally.remarks.append(f"rows that people were moving are in the tab {title}")
    _end(this, move)


def _delete(this: Pass, move: Move) -> None:
    """The staging tab is gone, and the move is over."""
    with this.services.store.write() as tx:
        hold(this, tx)
        roll_offs.go_on(tx, move.binding_id, phase=DELETE, at=this.services.clock.now())
    try:
        _send(this, rolling.delete_body(move.staging_id), "spreadsheetId")
    except (RequestRefused, RangeGone) as gone:  # somebody, or an earlier turn of ours, has deleted it
        if getattr(gone, "outcome_unknown", False):
            raise
    _end(this, move)


def _end(this: Pass, move: Move) -> None:
    with this.services.store.write() as tx:
        hold(this, tx)
        roll_offs.end(tx, move.binding_id)
