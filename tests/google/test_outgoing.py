"""What of ours is at the heads of columns that leave, and what another column lost when people moved them meanwhile."""

import pytest

from service.core.cells import Cell, Form
from service.google import outgoing
from service.google.outgoing import Heads
from service.google.rules import HeaderColumn
from service.google.tabs import OwnedTab

TAB = OwnedTab("b1", 7, 0, {"status": "Status", "flag": "Flag", "key": "Key"}, "key")
FLAG = HeaderColumn("flag", "Flag", 60, "What it says.", warning="Ours.")
OURS = [("Status", "status"), ("Flag", "flag"), ("Key", "key")]


def cell(text, note=""):
    found = {"userEnteredValue": {"stringValue": text}} if text else {}
    return {**found, "note": note} if note else found


def answer(columns, *, rows=(), notes=None, warned=()):
    """A tab whose columns are (heading, our key or "")."""
    marks = [
        {"developerMetadata": [{"metadataKey": "rowstream.column", "metadataValue": f"b1:{key}"}]} if key else {}
        for _, key in columns
    ]
    head = {"values": [cell(text, (notes or {}).get(text, "")) for text, _ in columns]}
    body = [{"values": [cell(text) for text in row]} for row in rows]
    return {
        "properties": {"locale": "en_GB"},
        "sheets": [
            {
                "properties": {
                    "sheetId": 7,
                    "title": "List",
                    "gridProperties": {"rowCount": 20, "columnCount": len(columns)},
                },
                "data": [{"rowData": [head, *body], "columnMetadata": marks}],
                "protectedRanges": [
                    {
                        "protectedRangeId": number,
                        "description": text,
                        "warningOnly": True,
                        "range": {"sheetId": 7, "startColumnIndex": at, "endColumnIndex": at + 1},
                    }
                    for number, at, text in warned
                ],
            }
        ],
    }


def top(columns, **more):
    found = outgoing.find(answer(columns, **more), TAB)
    assert found is not None
    return found


def test_a_tab_that_is_gone_has_no_top():
    assert outgoing.find({"sheets": []}, TAB) is None


def test_our_heading_and_our_note_go():
    seen = top(OURS, notes={"Flag": "What it says."})
    assert outgoing.heads(seen, TAB, [FLAG]) == Heads([(0, 1)], [(0, 1)])


@pytest.mark.parametrize(("heading", "note"), [("Colour", "What it says. Ask Sam."), ("flag", "")])
def test_a_heading_and_a_note_of_their_own_stay(heading, note):
    columns = [("Status", "status"), (heading, "flag"), ("Key", "key")]
    assert outgoing.heads(top(columns, notes={heading: note}), TAB, [FLAG]) == Heads([], [])


def test_a_column_that_only_its_heading_claims_is_left_alone():
    """Its mark is gone: it may be somebody's own."""
    columns = [("Status", "status"), ("Flag", ""), ("Key", "key")]
    seen = top(columns)
    assert outgoing.heads(seen, TAB, [FLAG]) == Heads([], [])
    assert outgoing.mark_requests(TAB, seen, [FLAG]) == []


def test_the_heading_is_found_below_lines_that_people_put_above_it():
    raw = answer(OURS, rows=[("a", "Flag", "k1")])
    raw["sheets"][0]["data"][0]["rowData"].insert(0, {"values": [cell("Our orders")]})
    seen = outgoing.find(raw, TAB)
    assert outgoing.heads(seen, TAB, [FLAG]).texts == [(1, 1)]


def test_only_our_warning_about_the_column_goes():
    seen = top(OURS, warned=[(5, 1, "Ours."), (6, 1, "Hands off"), (7, 0, "Ours.")])
    deleted = [one["deleteProtectedRange"]["protectedRangeId"] for one in outgoing.mark_requests(TAB, seen, [FLAG])
               if "deleteProtectedRange" in one]  # fmt: skip
    assert deleted == [5]


def test_nothing_is_missed_where_nothing_moved():
    before = top([*OURS, ("Mine", "")])
    after = top([("Status", "status"), ("", "flag"), ("Key", "key"), ("Mine", "")])
    assert outgoing.misplaced(before, after, TAB, Heads([(0, 1)], [(0, 1)])) == {}


@pytest.mark.parametrize("rows", [(), [("AWAITING", "red", "k1", "tea"), ("SHIPPED", "", "k2", "milk")]])
def test_a_heading_that_came_under_our_hands_is_known_again(rows):
    """Theirs was moved to where ours stood: by its content, or because it is the only one that is nowhere."""
    before = top([*OURS, ("Mine", "")], rows=rows, notes={"Mine": "my note"})
    moved = [[row[0], row[3], row[1], row[2]] for row in rows]
    after = top([("Status", "status"), ("", ""), ("Flag", "flag"), ("Key", "key")], rows=moved)
    lost = outgoing.misplaced(before, after, TAB, Heads([(0, 1)], [(0, 1)]))
    assert lost == {(0, 1): (Cell(Form.TEXT, "Mine"), "my note")}
    (request,) = outgoing.give_back(TAB, lost)
    assert request["updateCells"]["fields"] == "userEnteredValue,note"


def test_a_heading_of_ours_that_came_under_our_hands_is_known_by_its_mark():
    before = top(OURS)
    after = top([("Flag", "flag"), ("", "status"), ("Key", "key")])
    lost = outgoing.misplaced(before, after, TAB, Heads([(0, 1)], []))
    assert lost == {(0, 1): (Cell(Form.TEXT, "Status"), "")}


def test_of_two_headings_that_are_nowhere_none_is_guessed():
    before = top([*OURS, ("Mine", ""), ("Yours", "")])
    after = top([("Status", "status"), ("", ""), ("Flag", "flag"), ("Key", "key")])
    assert outgoing.misplaced(before, after, TAB, Heads([(0, 1)], [])) == {}


def test_validation_in_our_words_is_found_in_runs_of_rows():
    ours = {"values": [{"dataValidation": {"inputMessage": "Ours."}}]}
    theirs = {"values": [{"dataValidation": {"inputMessage": "Mine."}}]}
    raw = {"sheets": [{"properties": {"sheetId": 7}, "data": [{"startRow": 1, "rowData": [ours, ours, theirs, ours]}]}]}
    assert outgoing.ruled_rows(raw, TAB, ["Ours."]) == [(1, 3), (4, 5)]


def test_a_column_of_ours_lacks_its_heading_where_the_cell_is_blank():
    seen = top([("Status", "status"), ("", "flag"), ("Key", "key")])
    assert outgoing.headless(seen, TAB, [FLAG]) == {(0, 1): (Cell(Form.TEXT, "Flag"), "What it says.")}


@pytest.mark.parametrize("columns", [OURS, [("Status", "status"), ("Mine", "flag"), ("Key", "key")], OURS[:1]])
def test_a_column_with_any_heading_lacks_none_and_neither_does_one_that_is_gone(columns):
    assert outgoing.headless(top(columns), TAB, [FLAG]) == {}


def test_a_note_that_somebody_wrote_on_a_blank_heading_stays():
    seen = top([("Status", "status"), ("", "flag"), ("Key", "key")], notes={"": "hers"})
    assert outgoing.headless(seen, TAB, [FLAG]) == {(0, 1): (Cell(Form.TEXT, "Flag"), "")}
