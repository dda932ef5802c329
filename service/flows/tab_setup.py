"""The one-time set-up of a bound tab: header, marks, looks, warnings, filter views. Never done again over the user's
taste: a batch that may have been applied is looked for before another is sent, and refused by Google if both arrive.
"""

from dataclasses import replace
from itertools import count

from service.core.cells import BLANK
from service.core.roles import Audience
from service.flows import looks, quota, refused
from service.flows.passes import Pass, pause_binding
from service.flows.sources import Bound
from service.google import setup
from service.google.grid import Json, grid_rows
from service.google.problems import FileFull, RangeGone, RequestRefused
from service.store import sheets
from service.store.records import BindingRow

#: States of a binding whose tab is not ours yet: to be added, found blank, found holding something (after a yes).
NEW_TAB, BLANK_TAB, SHARED_TAB = "new-tab", "blank-tab", "shared-tab"
SETTING_UP = frozenset({NEW_TAB, BLANK_TAB, SHARED_TAB})
_TABS = (
    "properties(locale,autoRecalc),"
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),filterViews(title))"
)
_CONTENT = ",sheets(data(rowData.values.userEnteredValue,columnMetadata.developerMetadata(metadataValue)))"


def is_due(row: BindingRow) -> bool:
    """Whether the tab is to be set up now: one that Google refused rests until somebody tries again."""
    return row.state in SETTING_UP and not row.reason


def set_up(this: Pass, bound: Bound, audience: Audience) -> None:
    """The tab is ours and looks as its columns deserve. Repeating after a lost answer finds it done.

    One that Google refuses rests, still to be set up, and keeps nothing else of the file waiting.
    """
    quota.take_care(this.services, this.identity, read=1, write=1)
    here = _look(this, bound.row)
    if here is None:
        pause_binding(this, bound.row.id, "tab-gone", bound.row.tab_title)
        return
    row = _titled(bound.row, here)
    requests = _requests(row, bound, audience, here)
    if bound.row.is_ticking and here.get("properties", {}).get("autoRecalc") == "ON_CHANGE":
        requests.append(setup.ticking())
    try:
        if requests:
            _send(this, row, requests)
    except RequestRefused as problem:
        if isinstance(problem, FileFull):
            raise
        _rest(this, row, problem)
        return
    with this.services.store.write() as tx:
        sheets.update_binding(tx, row.id, state="live", reason="", reason_text="", tab_title=row.tab_title)


def _send(this: Pass, row: BindingRow, requests: list[Json]) -> None:
    """The batch is applied, by this call or by an earlier one that arrived meanwhile and made Google refuse this."""
    try:
        this.services.google.batch_update(
            this.identity, this.file.spreadsheet_id, body={"requests": requests}, fields="spreadsheetId",
            budget_s=this.budget_s,
        )  # fmt: skip
    except RequestRefused as problem:
        quota.take_care(this.services, this.identity, read=1)
        here = _look(this, row)
        if here is None or not _is_done(row, here):
            refused.explain(this, problem, requests)
            raise
    finally:
        this.tally.writes += 1


def _rest(this: Pass, row: BindingRow, problem: RequestRefused) -> None:
    reason = refused.reason_of(problem)
    with this.services.store.write() as tx:
        sheets.update_binding(tx, row.id, reason=reason, reason_text=problem.sentence)
    this.tally.remarks.append(f"not set up: {reason}")


def _look(this: Pass, row: BindingRow) -> Json | None:
    """The file's properties and tabs, and of an existing tab to be everything in it. None when that tab is gone."""
    google, spreadsheet_id = this.services.google, this.file.spreadsheet_id
    this.tally.reads += 1
    if row.state == NEW_TAB:
        return google.get(this.identity, spreadsheet_id, fields=_TABS, budget_s=this.budget_s)
    everything = {"gridRange": {"sheetId": row.sheet_id}}
    try:
        return google.get_by_filter(
            this.identity, spreadsheet_id, filters=[everything], fields=_TABS + _CONTENT, budget_s=this.budget_s
        )
    except RangeGone:
        return None


def _tab(row: BindingRow, here: Json) -> Json | None:
    found: dict[int, Json] = {int(one["properties"].get("sheetId", 0)): one for one in here.get("sheets", ())}
    return found.get(row.sheet_id)


def _titled(row: BindingRow, here: Json) -> BindingRow:
    """The binding under the title its new tab can have: somebody may have taken the one that was asked for."""
    others = {one["properties"].get("title") for one in here.get("sheets", ()) if one is not _tab(row, here)}
    if row.state != NEW_TAB or row.tab_title not in others:
        return row
    free = next(name for number in count(2) if (name := f"{row.tab_title[:90]} {number}") not in others)
    return replace(row, tab_title=free)


def _requests(row: BindingRow, bound: Bound, audience: Audience, here: Json) -> list[Json]:
    """What is still to be done: all of it, or nothing, since a batch is applied whole or not at all."""
    if _is_done(row, here):
        return []
    tab = _tab(row, here) or {}
    columns = looks.header_columns(bound.profile, audience, locale=here.get("properties", {}).get("locale", ""))
    views = looks.filter_views(bound.profile, audience)
    if row.state == NEW_TAB:
        return setup.new_tab(row.sheet_id, title=row.tab_title, binding_id=row.id, columns=columns, views=views)
    taken = [str(view.get("title", "")) for view in tab.get("filterViews", ())]
    content_end = _content_end(tab)
    if row.state == SHARED_TAB or content_end > 0:
        return setup.shared_tab(
            row.sheet_id, content_end=content_end, binding_id=row.id, columns=columns, views=views, taken=taken
        )
    size = tab.get("properties", {}).get("gridProperties", {})
    return setup.blank_tab(
        row.sheet_id,
        row_count=int(size.get("rowCount", 0)),
        column_count=int(size.get("columnCount", 0)),
        binding_id=row.id,
        columns=columns,
        views=views,
        taken=taken,
    )


def _content_end(tab: Json) -> int:
    """One past the last row of the tab that holds any value."""
    rows = grid_rows(tab.get("data", ()))
    return max((at for at, cells in rows.items() if any(cell != BLANK for cell in cells)), default=-1) + 1


def _is_done(row: BindingRow, here: Json) -> bool:
    """Whether the batch was applied: a tab of our own is there, a tab of others' bears our marks."""
    tab = _tab(row, here)
    if row.state == NEW_TAB or tab is None:
        return tab is not None
    marks = (
        mark
        for block in tab.get("data", ())
        for column in block.get("columnMetadata", ())
        for mark in column.get("developerMetadata", ())
    )
    return any(str(mark.get("metadataValue", "")).startswith(f"{row.id}:") for mark in marks)
