"""A proof is red for every planted leak, with its place, and green for a clean file; it never writes into a sheet."""

import json

import pytest
from flows.boundary import let_in
from flows.filled import spend
from flows.planting import (
    PLANTS,
    TAB,
    add_tab,
    an_order,
    cell,
    file_with_room,
    free_column,
    plant_name_in_a_hidden_tab,
    plant_phone_in_a_note,
    prove,
    told,
)
from flows.rig import MAYA

from service.core.hunting.report import Verdict
from service.core.roles import Role, Switch
from service.flows import proof_sitting, proving
from service.store import orders as order_store
from service.store import proofs, sheets
from service.store.orders import NoteRow


@pytest.fixture
def paper(rig):
    return file_with_room(rig)


# --- clean -----------------------------------------------------------------------------------------------------------


@pytest.mark.every_database
def test_clean_file_is_green(rig, paper):
    """With a packer's own columns in it: weights, shelves, ticks, a plain note."""
    letter, at = free_column(paper)
    paper.type(f"{letter}1", "Weight kg")
    paper.type(f"{letter}2", "2")
    paper.type(f"{letter}3", "0.75")
    paper.type(f"{chr(ord(letter) + 1)}2", "Shelf 4, packed 23/11/2026")
    cell(paper, 1, at, fields="note", note="fragile")
    proof = prove(rig, paper)
    assert (proof.verdict, proof.body["findings"], proof.body["unread"]) == (Verdict.GREEN, [], [])
    assert proof.body["read"]["tabs"] >= 1
    assert proof.body["compared_with_orders"] == 3


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("sla_watch_list", Role.WAREHOUSE),
        ("pick_and_ship", Role.WAREHOUSE),
        ("sales_by_order", Role.ACCOUNTANT),
        ("agency_client", Role.CLIENT),
        ("sla_watch_list", Role.SUPPORT),
    ],
)
def test_what_we_write_is_green_for_whom_we_write_it(rig, key, role):
    """Many orders whose figures and names meet each other by chance: none of it is taken for a leak."""
    rig.switch(Switch.CLIENT_ID)
    if key == "pick_and_ship":  # a packer's label: the buyer is in it
        rig.switch(Switch.WAREHOUSE_PII)
    rig.place(60)
    paper = rig.bound(rig.preset(key, role), audience=role)
    assert len(paper.grid(tab=rig.only_binding(paper).tab_title)) > 60
    proof = prove(rig, paper)
    assert (proof.verdict, proof.body["findings"], proof.body["unread"]) == (Verdict.GREEN, [], [])


@pytest.mark.parametrize("key", ["sales_by_order", "sla_watch_list"])
def test_same_sheet_is_red_for_a_role_that_may_see_less(rig, key):
    """What is green for its own readers is not so by itself: for a client the same cells tell."""
    rig.place(20)
    role = Role.ACCOUNTANT if key == "sales_by_order" else Role.WAREHOUSE
    paper = rig.bound(rig.preset(key, role), audience=role)
    rig.write(sheets.update_file, paper.spreadsheet_id, audience=Role.CLIENT.value)
    proof = prove(rig, paper)
    assert proof.verdict == Verdict.RED
    titles = {one["title"]: one["count"] for one in proof.body["findings"]}
    assert titles["Order ID"] >= 20
    if key == "sales_by_order":
        assert sum(one["count"] for one in proof.body["findings"] if one["sign"] == "beside") >= 20


# --- planted leaks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__.removeprefix("plant_"))
def test_planted_leak_is_red_where_it_stands(rig, paper, plant):
    place = plant(rig, paper, an_order(rig, paper))
    proof = prove(rig, paper)
    assert proof.verdict == Verdict.RED
    assert told(proof) == {place}


def test_tab_of_a_wider_role_that_was_left_is_red(rig):
    """An accountant's tab is stopped, the file is bound anew for the warehouse: what was written there stays."""
    rig.place(2)
    paper = rig.spreadsheet()
    rig.bind(paper, rig.preset("sales_by_order", Role.ACCOUNTANT), audience=Role.ACCOUNTANT, title="Books")
    rig.settle()
    rig.unbind(paper)
    rig.bind(paper)
    rig.settle()
    proof = prove(rig, paper)
    assert proof.verdict == Verdict.RED
    assert {"Revenue", "Order total"} & {title for title, tab, _, _ in told(proof) if tab == "Books"}


def test_order_number_in_a_masked_sheet_is_red(rig):
    """Typed by hand, where a sheet takes it for a number and drops its last digits; and as text."""
    (number, *_) = rig.place(2)
    rig.switch(Switch.CLIENT_ID)
    paper = rig.bound(rig.preset("agency_client", Role.CLIENT), audience=Role.CLIENT)
    tab = rig.only_binding(paper).tab_title
    paper.change({"appendDimension": {"sheetId": paper.sheet_id(tab), "dimension": "COLUMNS", "length": 2}})
    at = len(paper.grid(tab=tab)[0])
    assert prove(rig, paper).verdict == Verdict.GREEN
    paper.type(f"{chr(ord('A') + at)}2", number, tab=tab)
    paper.type(f"{chr(ord('A') + at)}3", f"see {number}", tab=tab)
    proof = prove(rig, paper)
    (finding,) = proof.body["findings"]
    assert (finding["title"], finding["count"]) == ("Order ID", 2)
    assert number not in json.dumps(proof.body)


def test_margin_beside_revenue_is_red_and_names_what_follows(rig):
    rig.place(2)
    paper = rig.bound(rig.preset("sales_by_order", Role.ACCOUNTANT), audience=Role.ACCOUNTANT)
    tab = rig.only_binding(paper).tab_title
    paper.change({"appendDimension": {"sheetId": paper.sheet_id(tab), "dimension": "COLUMNS", "length": 2}})
    letter = chr(ord("A") + len(paper.grid(tab=tab)[0]))
    paper.type(f"{letter}1", "Margin %", tab=tab)
    paper.type(f"{letter}2", "0.31", tab=tab)
    proof = prove(rig, paper)
    assert {("heading", "Margin"), ("told", "Net profit")} <= {
        (one["sign"], one["title"]) for one in proof.body["findings"]
    }


def test_title_of_a_tab_that_tells_a_name_is_not_repeated(rig, paper):
    order = an_order(rig, paper)
    add_tab(paper, f"for {order.recipient.name}")
    proof = prove(rig, paper)
    ((title, tab, part, _),) = told(proof)
    assert (title, part) == ("Recipient", "title")
    assert tab.startswith("Tab ")
    assert order.recipient.name not in json.dumps(proof.body, ensure_ascii=False)


def test_stranger_in_a_clean_file_is_red(rig, paper):
    let_in(rig, paper, kind="anyone")
    proof = prove(rig, paper)
    assert [(one["sign"], one["title"]) for one in proof.body["findings"]] == [("reader", "link")]


# --- what cannot be proved -------------------------------------------------------------------------------------------


def test_data_from_another_file_is_never_green(rig, paper):
    letter, _ = free_column(paper)
    paper.type(f"{letter}2", '=IMPORTRANGE("1AbC", "A1:B2")')
    proof = prove(rig, paper)
    assert proof.verdict == Verdict.UNREAD
    assert [(one["why"], one["tab"], one["a1"]) for one in proof.body["unread"]] == [("import", TAB, f"{letter}2")]


def test_rows_whose_order_nobody_can_tell_any_more_are_never_green(rig):
    """A client's tab was left: its keys are masked, and what they stood for went with the tab's connection."""
    rig.switch(Switch.CLIENT_ID)
    rig.place(2)
    paper = rig.spreadsheet()
    rig.bind(paper, rig.preset("agency_client", Role.CLIENT), audience=Role.CLIENT, title="For the client")
    rig.settle()
    rig.unbind(paper)
    rig.bind(paper)
    rig.settle()
    proof = prove(rig, paper)
    assert proof.verdict == Verdict.UNREAD
    assert [(one["why"], one["tab"]) for one in proof.body["unread"]] == [("keys", "For the client")]


def test_internal_note_in_an_outsiders_sheet_is_red(rig, paper):
    order = an_order(rig, paper)
    note = NoteRow(order.shop_id, order.order_id, "", "Refund him before Friday", False, "", [])
    rig.write(order_store.write_note, note, written_by=MAYA.sub, now=rig.clock.now())
    letter, _ = free_column(paper)
    paper.type(f"{letter}9", "refund him BEFORE friday!")
    assert told(prove(rig, paper)) == {("Note", TAB, "cell", f"{letter}9")}


def test_file_that_cannot_be_read_is_never_green(rig, paper):
    """The writer was shut out: the report says so instead of nothing."""
    writer = rig.file(paper).writer_email
    rig.world.emulator.state.files[paper.spreadsheet_id].permissions.clear()
    assert writer
    proof = prove(rig, paper)
    assert proof.verdict == Verdict.UNREAD
    assert proof.body["unread"]


def test_failures_that_pass_are_waited_out_and_lasting_ones_end_in_the_report(rig, paper, no_retries_inside_a_call):
    rig.fail("unavailable_before", count=1, method="spreadsheets.get")
    assert prove(rig, paper).verdict == Verdict.GREEN
    rig.fail("unavailable_before", count=20, method="spreadsheets.get")
    proof = prove(rig, paper)
    assert [one["why"] for one in proof.body["unread"]] == ["no-answer"]


# --- in many sittings ------------------------------------------------------------------------------------------------


@pytest.mark.every_database
def test_proof_goes_on_where_another_process_was_killed(rig, paper):
    """What was found before the kill is in the report, and nothing is left out."""
    plant_phone_in_a_note(rig, paper, an_order(rig, paper))
    place = plant_name_in_a_hidden_tab(rig, paper, an_order(rig, paper))
    proof = proving.start(rig.services, rig.owner, paper.spreadsheet_id)
    rig.clock.advance(60)
    spend(rig, paper, kind="read", left=8)
    again_s = proving.run(rig.services, paper.spreadsheet_id, rows_per_chunk=200, settle_after=1)
    assert again_s is not None  # the quota's first slots are used up
    under_way = rig.read(proofs.proof, rig.owner.scope, proof.id)
    assert 0 < under_way.body["mark"]["rows"] < under_way.body["mark"]["row_total"]
    assert rig.services.memory.sitting(proof.id) is not None  # and is gone with its process
    with rig.services.store.write() as tx:
        rig.wake.proof(tx, paper.spreadsheet_id)
    rig.settle()
    proof = rig.read(proofs.proof, rig.owner.scope, proof.id)
    assert proof.verdict == Verdict.RED
    assert place in told(proof)
    assert "note" in {part for _, _, part, _ in told(proof)}
    assert proof.body["read"]["rows"] == under_way.body["mark"]["row_total"]


def test_rows_that_move_while_they_are_read_are_read_again(rig, paper):
    """Somebody deletes rows above: what moved up into the part that was read already would be missed."""
    order = an_order(rig, paper)
    add_tab(paper, "Long")
    sheet_id = paper.sheet_id("Long")
    lines = [{"values": [{"userEnteredValue": {"stringValue": f"line {row}"}}]} for row in range(60)]
    lines[40]["values"].append({"userEnteredValue": {"stringValue": order.recipient.name}})
    start = {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": 0}
    paper.change({"updateCells": {"start": start, "fields": "userEnteredValue", "rows": lines}})
    file = rig.file(paper)
    writer = rig.services.writers.by_email(file.writer_email)
    sitting = proof_sitting.sit_down(rig.services, file, writer, body={})
    sitting.rows_per_chunk = 20
    sitting.look_around(budget_s=10)
    sitting.mark.todo = [one for one in sitting.mark.todo if one[0] == sheet_id]
    for _ in range(2):
        rig.clock.advance(60)
        sitting.read_chunk(budget_s=10)
    area = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": 0, "endIndex": 10}
    paper.change({"deleteDimension": {"range": area}})
    while sitting.mark.todo:
        rig.clock.advance(60)
        sitting.read_chunk(budget_s=10)
    sitting.settle()
    assert [(one.column, one.places[0][0]) for one in sitting.hunt.finish()] == [("recipient", "B31")]


def test_one_proof_at_a_time_and_the_newest_are_kept(rig, paper):
    first = proving.start(rig.services, rig.owner, paper.spreadsheet_id)
    assert proving.start(rig.services, rig.owner, paper.spreadsheet_id).id == first.id
    prove(rig, paper)
    assert len(proving.proofs_of(rig.services, rig.owner, paper.spreadsheet_id).done) == 1
    with rig.services.store.write() as tx:
        assert proofs.forget(tx, paper.spreadsheet_id, keep=0) == 1


def test_proof_whose_worker_died_is_woken_by_the_sweep(rig, paper):
    proving.start(rig.services, rig.owner, paper.spreadsheet_id)
    assert proving.files_waiting(rig.services) == []
    rig.clock.advance(60)
    assert proving.files_waiting(rig.services) == [paper.spreadsheet_id]
    proving.wake_waiting(rig.services, [paper.spreadsheet_id])
    rig.settle()
    assert proving.files_waiting(rig.services) == []
