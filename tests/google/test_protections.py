"""Which requests meet a protection that keeps the caller out, by what Google tells of protections."""

import pytest

from service.google.protections import keeps_out


def told(**protection):
    """Google's answer about one tab, 7, with one protection."""
    return {"sheets": [{"properties": {"sheetId": 7}, "protectedRanges": [protection]}]}


def block(top, bottom, left, right, sheet_id=7):
    return {
        "sheetId": sheet_id, "startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left,
        "endColumnIndex": right,
    }  # fmt: skip


def update(row, column, *, width=2, sheet_id=7):
    rows = [{"values": [{}] * width}]
    return {"updateCells": {"start": {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}, "rows": rows}}


def lines(dimension, start, end):
    return {"sheetId": 7, "dimension": dimension, "startIndex": start, "endIndex": end}


SHUT = told(protectedRangeId=1, range=block(2, 5, 3, 6))


@pytest.mark.parametrize(
    ("request_", "is_shut"),
    [
        (update(2, 3), True),
        (update(4, 5), True),
        (update(4, 2), True),
        (update(5, 3), False),
        (update(1, 3), False),
        (update(2, 1), False),
        (update(2, 6), False),
        (update(2, 3, sheet_id=8), False),
        ({"repeatCell": {"range": block(0, 3, 0, 4)}}, True),
        ({"repeatCell": {"range": block(0, 2, 0, 4)}}, False),
        ({"insertDimension": {"range": lines("ROWS", 3, 4)}}, True),
        ({"insertDimension": {"range": lines("ROWS", 9, 12)}}, False),
        ({"insertDimension": {"range": lines("COLUMNS", 0, 1)}}, False),
        ({"copyPaste": {"source": block(9, 10, 0, 1), "destination": block(4, 5, 5, 6)}}, True),
        ({"appendDimension": {"sheetId": 7, "dimension": "ROWS", "length": 20}}, True),
        ({"appendDimension": {"sheetId": 8, "dimension": "ROWS", "length": 20}}, False),
        ({"addSheet": {"properties": {"title": "New"}}}, False),
    ],
)
def test_a_request_meets_a_protection_where_both_lie(request_, is_shut):
    """The first row and column inside, the last ones, and the first ones beyond, on every side."""
    assert keeps_out(SHUT, [request_]) is is_shut


def test_a_protected_tab_is_shut_everywhere():
    assert keeps_out(told(range={"sheetId": 7}), [update(900, 0)])


def test_the_first_tab_is_named_by_leaving_its_number_out():
    """Google leaves zeros out: of the tab's own id, and of ranges in it."""
    answer = {"sheets": [{"properties": {}, "protectedRanges": [{"range": {"startColumnIndex": 1}}]}]}
    assert keeps_out(answer, [{"updateCells": {"start": {"columnIndex": 1}, "rows": [{"values": [{}]}]}}])
    assert not keeps_out(answer, [{"updateCells": {"start": {}, "rows": [{"values": [{}]}]}}])


@pytest.mark.parametrize("open_", [{"warningOnly": True}, {"requestingUserCanEdit": True}])
def test_what_only_warns_or_lets_us_in_keeps_nobody_out(open_):
    assert not keeps_out(told(range={"sheetId": 7}, **open_), [update(2, 3)])


def test_a_range_that_is_spared_is_open_as_far_as_it_goes():
    answer = told(range={"sheetId": 7}, unprotectedRanges=[block(2, 5, 3, 6)])
    assert not keeps_out(answer, [update(3, 4)])
    assert keeps_out(answer, [update(3, 5)])


def test_a_protection_that_tells_no_range_may_lie_anywhere_in_its_tab():
    assert keeps_out(told(namedRangeId="n1"), [update(40, 40)])


def test_one_request_of_many_is_enough():
    assert keeps_out(SHUT, [update(40, 40), update(2, 3)])
    assert not keeps_out(SHUT, [])
