"""The one-time set-up of a bound tab: header, column marks, widths, looks. Never done again over the user's taste."""

from collections.abc import Sequence

from service.core.profiles import ROW_KEY, sheet_columns
from service.core.roles import Audience
from service.flows import looks, quota
from service.flows.passes import Pass
from service.flows.sources import Bound
from service.google import setup
from service.google.grid import Json
from service.google.setup import HeaderColumn
from service.store import sheets

#: States of a binding whose tab is not ours yet: to be added, found blank, found holding something (after a yes).
NEW_TAB, BLANK_TAB, SHARED_TAB = "new-tab", "blank-tab", "shared-tab"
SETTING_UP = frozenset({NEW_TAB, BLANK_TAB, SHARED_TAB})
_TAB_LIST = "properties(autoRecalc),sheets(properties(sheetId,title,gridProperties(columnCount)))"
_TAB_HEADER = ",sheets(data(rowData.values.userEnteredValue,columnMetadata.developerMetadata(metadataValue)))"


def set_up(this: Pass, bound: Bound, audience: Audience) -> None:
    """The tab is ours: header, column marks, widths. Repeating after a lost answer finds it done."""
    quota.take_care(this.services, this.identity, read=1, write=1)
    here = _look(this, bound)
    requests = _requests(bound, here.get("sheets", ()), header_columns(bound, audience))
    if bound.row.is_ticking and here.get("properties", {}).get("autoRecalc") == "ON_CHANGE":
        requests.append(setup.ticking())
    if requests:
        this.services.google.batch_update(
            this.identity, this.file.spreadsheet_id, body={"requests": requests}, fields="spreadsheetId",
            budget_s=this.budget_s,
        )  # fmt: skip
        this.tally.writes += 1
    with this.services.store.write() as tx:
        sheets.update_binding(tx, bound.row.id, state="live", reason="", reason_text="")


def _look(this: Pass, bound: Bound) -> Json:
    """The file's properties and the tab to be: everything of an existing tab's first row, or just the list of tabs."""
    if bound.row.state == NEW_TAB:
        answer = this.services.google.get(
            this.identity, this.file.spreadsheet_id, fields=_TAB_LIST, budget_s=this.budget_s
        )
    else:
        header = {"sheetId": bound.row.sheet_id, "startRowIndex": 0, "endRowIndex": 1}
        answer = this.services.google.get_by_filter(
            this.identity,
            this.file.spreadsheet_id,
            filters=[{"gridRange": header}],
            fields=_TAB_LIST + _TAB_HEADER,
            budget_s=this.budget_s,
        )
    this.tally.reads += 1
    return answer


def _requests(bound: Bound, found: Sequence[Json], columns: list[HeaderColumn]) -> list[Json]:
    """What is still to be done. A tab of our own that is there was made by a write whose answer was lost: all of it,
    since a batch is applied whole or not at all. In others' tabs our marks tell the same.
    """
    row = bound.row
    present = next((one for one in found if int(one["properties"].get("sheetId", 0)) == row.sheet_id), None)
    if row.state == NEW_TAB:
        return [] if present else setup.new_tab(row.sheet_id, title=row.tab_title, binding_id=row.id, columns=columns)
    data = present.get("data", ()) if present else ()
    if _is_marked(data, row.id):
        return []
    is_blank = not any(block.get("rowData") for block in data)
    if is_blank and bound.row.state == BLANK_TAB:
        count = int(present["properties"]["gridProperties"]["columnCount"]) if present else 0
        return setup.blank_tab(row.sheet_id, column_count=count, binding_id=row.id, columns=columns)
    return setup.shared_tab(row.sheet_id, binding_id=row.id, columns=columns)


def _is_marked(data: Sequence[Json], binding_id: str) -> bool:
    marks = (
        mark
        for block in data
        for column in block.get("columnMetadata", ())
        for mark in column.get("developerMetadata", ())
    )
    return any(str(mark.get("metadataValue", "")).startswith(f"{binding_id}:") for mark in marks)


def header_columns(bound: Bound, audience: Audience) -> list[HeaderColumn]:
    """The headers of the tab as they will stand, the key of masked or line rows hidden."""
    has_key = any(one.key == ROW_KEY for one in bound.profile.columns)
    return [
        looks.header_column(chosen, bound.profile.grain, is_hidden=chosen.key == ROW_KEY and not has_key)
        for chosen in sheet_columns(bound.profile, audience)
    ]
