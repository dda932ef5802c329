"""Calls whose answer never came and which are applied later, and answers that take their time, without any waiting."""

import httpx
import pytest

from service.sandbox.sheets import create_emulator


@pytest.fixture
def book(api):
    made = api.new(rows=5, columns=3)
    api.write(made, "A1", [["key"], ["a"]])
    return made


def set_a2(text):
    start = {"sheetId": 0, "rowIndex": 1, "columnIndex": 0}
    rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def test_a_late_call_lands_when_the_clock_has_come_so_far(api, control, wall, book):
    """Its sender sees a dropped connection; until it lands nothing of it is there."""
    control.post("/faults", json={"late": {"seconds": 100, "kind": "write"}})
    with pytest.raises(ConnectionResetError):
        api.batch(book, set_a2("late"))
    wall.at += 99
    assert api.values(book) == [["key"], ["a"]]
    wall.at += 1
    assert api.values(book) == [["key"], ["late"]]


def test_a_late_call_lands_on_top_of_what_came_meanwhile(api, control, book):
    control.post("/faults", json={"late": 1})
    with pytest.raises(ConnectionResetError):
        api.batch(book, set_a2("late"))
    api.batch(book, set_a2("meanwhile"))
    told = control.post("/faults/land").json()
    assert told == {"landed": [{"method": "spreadsheets.batchUpdate", "status": 200}]}
    assert api.values(book, "A2") == [["late"]]
    assert control.post("/faults/land").json() == {"landed": []}


def test_a_late_call_may_find_its_place_gone(api, control, book):
    """It is refused like any other, and nobody hears of it but who asks the control door."""
    control.post("/faults", json={"late": 1})
    with pytest.raises(ConnectionResetError):
        api.write(book, "A5", [["late"]])
    api.batch(book, {"deleteDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 4, "endIndex": 5}}})
    (told,) = control.post("/faults/land").json()["landed"]
    assert (told["status"], told["message"]) == (
        400,
        "Range (Sheet1!A5) exceeds grid limits. Max rows: 4, max columns: 3",
    )


def test_a_503_may_be_followed_by_the_effect(api, control, wall, book):
    control.post("/faults", json={"late_unavailable": {"seconds": 7}})
    assert api.batch(book, set_a2("late"))["code"] == 503
    wall.at += 7
    assert api.values(book, "A2") == [["late"]]


def test_late_calls_land_in_the_order_of_their_times(api, control, wall, book):
    for seconds in (20, 10):
        control.post("/faults", json={"late": {"seconds": seconds}})
        with pytest.raises(ConnectionResetError):
            api.batch(book, set_a2(f"after {seconds}"))
    wall.at += 20
    assert api.values(book, "A2") == [["after 20"]]


def test_what_is_on_its_way_is_shown_and_costs_its_quota(emulator, api, control, wall, book):
    emulator.quotas.is_on, emulator.quotas.per_user = True, 1
    control.post("/faults", json={"late": {"seconds": 3}})
    with pytest.raises(ConnectionResetError):
        api.batch(book, set_a2("late"))
    (told,) = control.get("/faults").json()["on_the_way"]
    assert (told["method"], told["due_s"]) == ("spreadsheets.batchUpdate", wall.at + 3)
    assert api.batch(book, set_a2("b"))["code"] == 429


def test_hands_find_a_late_call_landed(api, control, wall, book):
    control.post("/faults", json={"late": {"seconds": 5}})
    with pytest.raises(ConnectionResetError):
        api.batch(book, set_a2("late"))
    wall.at += 5
    control.post("/hands/type", json={"spreadsheet_id": book, "cell": "A2", "text": "typed after"})
    assert api.values(book, "A2") == [["typed after"]]


def test_slow_answers_pass_time_on_the_clock_handed_in(market, wall):
    """No test waits: the emulator's pause is the step of the test's clock."""

    def step(seconds):
        wall.at += seconds

    built = create_emulator(data_dir=None, people=lambda _: None, now=market, wall=wall, pause=step)
    began = wall.at
    built.faults.order("slow", {"seconds": 180})
    built.faults.order("slow_before", {"seconds": 5})
    built.faults.latency_s = 0.5
    transport = httpx.WSGITransport(built.sheets_app)
    with httpx.Client(transport=transport, base_url="http://sheets", headers={"Authorization": "Bearer t"}) as client:
        assert client.post("/v4/spreadsheets", json={}).status_code == 200
    assert wall.at - began == pytest.approx(185.5)
    built.close()
