"""What somebody of ours writes into the sheet of a schedule, in tests of its judge."""

from stateful.bound import OWNER

from service.sandbox.sheets.requests.batch import apply_requests
from service.sandbox.sheets.requests.edit import Edit


def written(play, *requests):
    """Somebody of ours writes this into the sheet, after having read it."""
    play.ledger.begin_pass()
    play.ledger.note_read()
    arrived(play, play.ledger.window(), *requests)


def arrived(play, window, *requests):
    """A write that was sent when its sender had read this arrives."""
    with play.ledger.witnessing(requests, window), play.ledger.book.changing():
        apply_requests(Edit(play.ledger.book, OWNER, 0.0), requests)


def cell(play, row, column, text):
    start = {"sheetId": play.layout.tabs[0].sheet_id, "rowIndex": row, "columnIndex": column}
    data = [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
    return {"updateCells": {"start": start, "rows": data, "fields": "userEnteredValue"}}


def rows(play, kind, start, end):
    where = {"sheetId": play.layout.tabs[0].sheet_id, "dimension": "ROWS", "startIndex": start, "endIndex": end}
    return {kind: {"range": where}}


def remark(play):
    """Where Maya's remark stands."""
    grid = play.ledger.book.sheet(play.layout.tabs[0].sheet_id).grid
    return next(
        (row, column)
        for row in range(len(grid.rows))
        for column in range(grid.column_count)
        if (held := grid.cell(row, column)) is not None and held.value == "«1»"
    )
