"""Every method and every kind of request once, through every client, each answer held against Google's schema."""

import json

import pytest
from contract.clients import JUDGE, RefusedError
from contract.examples import MARKED, METHODS, REQUESTS
from contract.judge import DOCUMENTS, misfits
from contract.judge import METHODS as ALL_METHODS

from service.sandbox.sheets.manual import GAPS
from service.sandbox.sheets.requests.batch import KINDS

CALLS = [(service, name) for service, calls in METHODS.items() for name in calls]
TABLE = [["id", "qty", "city"], ["a,b", 1, "Lyon"], ["c", 2, " Oslo "], ["c", 2, " Oslo "]]


@pytest.fixture
def filled(client, book):
    """The spreadsheet that the examples speak of."""
    grid = {"rowCount": 10, "columnCount": 5}
    properties = {"sheetId": 0, "gridProperties": grid}
    fields = "gridProperties.rowCount,gridProperties.columnCount"
    client.structure(book, {"updateSheetProperties": {"properties": properties, "fields": fields}})
    client.update(book, "A1", TABLE)
    return book


def test_there_is_an_example_of_everything_that_is_imitated():
    missing = tuple(name for gap in GAPS for name in gap.methods)
    for service, methods in ALL_METHODS.items():
        told = {m.name for m in methods if not any(m.name == one or m.name.startswith(one) for one in missing)}
        assert told == set(METHODS[service])
    assert set(REQUESTS) == set(KINDS)


@pytest.mark.parametrize(("service_name", "name"), CALLS, ids=[name for _, name in CALLS])
def test_every_method_answers_as_its_schema_says(client, filled, service_name, name):
    body, parameters = METHODS[service_name][name]
    client.structure(filled, MARKED)
    share = {"type": "anyone", "role": "reader"}
    client.call("permissions.create", share, service="drive", fileId=filled)
    spare = client.create("Spare")

    def put(value):
        text = json.dumps(value).replace("{book}", filled).replace("{spare}", spare)
        return json.loads(text)

    JUDGE.seen.discard(f"{service_name}.{name}")
    answer = client.call(name, None if body is None else put(body), service=service_name, **put(parameters))
    assert f"{service_name}.{name}" in JUDGE.seen
    assert answer or name in {"files.delete", "permissions.delete"}


@pytest.mark.parametrize("kind", REQUESTS)
def test_every_kind_of_request_is_taken_and_told(plain, kind):
    """And the spreadsheet afterwards, grid data and all, is one that Google could have told."""
    paper = plain.create("Contract")
    grid = {"rowCount": 10, "columnCount": 5}
    fields = "gridProperties.rowCount,gridProperties.columnCount"
    size = {"updateSheetProperties": {"properties": {"sheetId": 0, "gridProperties": grid}, "fields": fields}}
    plain.structure(paper, size)
    plain.update(paper, "A1", TABLE)
    told = plain.structure(paper, *REQUESTS[kind], includeSpreadsheetInResponse=True, responseIncludeGridData=True)
    assert len(told["replies"]) == len(REQUESTS[kind])
    assert set(told["replies"][-1]) <= {kind}
    assert set(told["updatedSpreadsheet"]) >= {"spreadsheetId", "properties", "sheets", "spreadsheetUrl"}
    plain.delete(paper)


@pytest.mark.parametrize("kind", REQUESTS)
def test_no_kind_of_request_takes_a_name_that_google_does_not_know(plain, paper, kind):
    (body,) = REQUESTS[kind][-1].values()
    with pytest.raises(RefusedError) as refused:
        plain.structure(paper, {kind: body | {"colour": 1}})
    assert refused.value.message == (
        f"Invalid JSON payload received. Unknown name \"colour\" at 'requests[0].{kind}': Cannot find field."
    )


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"spreadsheetId": 5}, "answer.spreadsheetId is 5, no string"),
        ({"colour": "red"}, "answer.colour is unknown"),
        ({"sheets": {}}, "answer.sheets is no list"),
        ({"sheets": [{"properties": {"sheetId": "0"}}]}, "answer.sheets[0].properties.sheetId is '0', no integer"),
        ({"properties": {"autoRecalc": "NEVER"}}, "answer.properties.autoRecalc is 'NEVER', no string"),
    ],
)
def test_the_judge_finds_what_does_not_fit(answer, fault):
    assert list(misfits(DOCUMENTS["sheets"]["schemas"], {"$ref": "Spreadsheet"}, answer)) == [fault]
