"""Batches against the emulator: what is sent is what stands there, and the answer tells of what moved."""

from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.core.cells import BLANK, bool_cell, number_cell, text_cell
from service.google import batch, setup, tabs
from service.google.batch import RowInsert, RowUpdate, TabEdit, Verdict
from service.google.client import Google
from service.google.identities import UserIdentity
from service.google.tabs import OwnedTab
from service.sandbox.sheets import create_emulator

TAB = OwnedTab("b1", 11, 0, {"order_id": "Order ID", "status": "Status", "note": "Note"}, "order_id")
ME = UserIdentity("anybody")
HERS = "her own remark"


@pytest.fixture(scope="module")
def google():
    """The product's client in front of the emulator, which checks every request and answer by Google's own schema."""
    emulator = create_emulator(
        data_dir=None, people=lambda _: None, now=lambda: datetime(2026, 11, 23, tzinfo=UTC), answers="every"
    )
    emulator.quotas.is_on = False
    apps = {"https://sheets.sim": emulator.sheets_app, "https://drive.sim": emulator.drive_app}
    with httpx.Client(mounts={url: httpx.WSGITransport(app=app) for url, app in apps.items()}) as http:
        found = Google(sheets_url="https://sheets.sim/", drive_url="https://drive.sim/", http=http)
        found.hands = emulator.hands
        yield found


def set_up(google, tab, keys):
    """A spreadsheet whose tab is ours."""
    made = google.create(ME, title="T", locale="en_GB", time_zone="Europe/London", budget_s=9)
    headers = [setup.HeaderColumn(key, tab.headers[key], 100, "") for key in keys]
    requests = setup.new_tab(tab.sheet_id, title="Orders", binding_id=tab.binding_id, columns=headers)
    google.batch_update(ME, made["spreadsheetId"], body={"requests": requests}, fields="spreadsheetId", budget_s=9)
    return made["spreadsheetId"]


def look(google, file_id, tab):
    answer = google.get_by_filter(
        ME, file_id, filters=tabs.spot_filters(tab, rows=[], tail_from=1), fields=tabs.TAB_FIELDS, budget_s=9
    )
    return tabs.read_view(answer, [tab]).tabs[tab.sheet_id]


def send(google, file_id, wanted):
    """The batch is applied; what its own answer shows."""
    answer = google.batch_update(ME, file_id, body=batch.body_of([wanted]), fields=batch.ANSWER_FIELDS, budget_s=9)
    return tabs.read_view(answer["updatedSpreadsheet"], [wanted.tab]).tabs[wanted.tab.sheet_id]


TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(text_cell)
CELLS = st.one_of(
    st.just(BLANK),
    TEXT,
    st.sampled_from(["=1+1", "+1", "example.com", "00012", "TRUE"]).map(text_cell),
    st.integers(-(10**9), 10**9).map(number_cell),
    st.decimals(-9999, 9999, places=2).map(number_cell),
    st.booleans().map(bool_cell),
)
KEYS = ("order_id", "status", "qty", "note")


@settings(max_examples=35, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_sent_is_what_stands_there_and_people_s_columns_are_untouched(google, data):
    """Columns in any order, a user's columns between them, any rows: read back, every cell is the wanted one."""
    keys = data.draw(st.permutations(KEYS))
    tab = OwnedTab("b1", 11, 0, {key: key.title() for key in KEYS}, "order_id")
    file_id = set_up(google, tab, keys)
    hers = sorted(data.draw(st.sets(st.integers(0, 4), max_size=2)))
    for at in hers:
        google.hands.insert(file_id, "COLUMNS", at, sheet_id=tab.sheet_id)
    wanted = {}
    for number in range(data.draw(st.integers(1, 3))):
        before = look(google, file_id, tab)
        placed = {before.key_at(at, tab): at for at in before.rows if at and before.key_at(at, tab)}
        draw_cells = st.fixed_dictionaries(dict.fromkeys(KEYS[1:], CELLS))
        inserts = [
            RowInsert(key, {"order_id": text_cell(key), **data.draw(draw_cells)})
            for key in (f"5764{number}{index}" for index in range(data.draw(st.integers(1, 3))))
        ]
        touched = data.draw(st.sets(st.sampled_from(sorted(placed)), max_size=3)) if placed else set()
        updates = [
            RowUpdate(key, placed[key], data.draw(st.dictionaries(st.sampled_from(KEYS[1:]), CELLS, min_size=1)))
            for key in sorted(touched)
        ]
        this = TabEdit(tab, before, frozenset({"note"}), updates, inserts)
        after = send(google, file_id, this)
        found = batch.verify(this, after)
        assert set(found.proved) == {one.row_key for one in (*updates, *inserts)}
        for one in inserts:
            wanted[one.row_key] = dict(one.cells)
        for one in updates:
            wanted[one.row_key] |= one.cells
        if hers:
            letter = "ABCDEFGH"[hers[0]]
            google.hands.type_text(file_id, f"{letter}{found.proved[inserts[0].row_key] + 1}", HERS, sheet_id=11)
            wanted[inserts[0].row_key][HERS] = text_cell(HERS)
    shown = look(google, file_id, tab)
    for key, cells in wanted.items():
        (at,) = [at for at in shown.rows if at and shown.key_at(at, tab) == key]
        for name, cell in cells.items():
            column = hers[0] if name == HERS else shown.columns[name]
            assert shown.cell(at, column) == cell, f"{key} {name}"


def test_the_emulator_s_answer_tells_of_a_row_that_moved(google):
    """End to end: a row moved between the view and the write, and the verdict knows."""
    file_id = set_up(google, TAB, ("order_id", "status", "note"))
    first = TabEdit(TAB, look(google, file_id, TAB), frozenset(), (), [
        RowInsert(key, {"order_id": text_cell(key), "status": text_cell("old")}) for key in "abc"
    ])  # fmt: skip
    send(google, file_id, first)
    before = look(google, file_id, TAB)
    google.hands.move(file_id, "ROWS", 1, to=4, sheet_id=11)
    wanted = TabEdit(TAB, before, frozenset(), [RowUpdate("a", 1, {"status": text_cell("new")})], ())
    found = batch.verify(wanted, send(google, file_id, wanted))
    assert found == Verdict(missed=("a",), has_moved=True)
