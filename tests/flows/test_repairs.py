"""A button for everything that people did to a tab: each does what it says, once, and nothing of theirs is lost."""

import pytest
from flows.comparing import look, told
from flows.mishaps import interpose
from flows.rig import SAM, caller

from service.core.roles import Role
from service.errors import Conflict, NotFound, UpstreamFailed
from service.flows import absence, invitations, manage, repairs, reporting, turns
from service.store import leases, rows
from service.store.reports import Kind

MINUTE = 60
NOTE = "My note"


@pytest.fixture
def listed(rig, paper):
    """Twelve orders, and a column of the user's own in the middle with a remark on each row."""
    rig.place(12)
    rig.settle()
    paper.hand("insert", "COLUMNS", 3)
    paper.type("D1", NOTE)
    for number, key in enumerate(paper.keys(), start=2):
        paper.type(f"D{number}", f"about {key}")
    rig.live_through(30)
    look(rig, paper)
    return paper


def remarks(paper):
    return {row["Key"]: row[NOTE] for row in paper.rows() if row["Key"]}


def press(rig, paper, deed, report_id):
    found = deed(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, report_id)
    rig.settle()
    return found


def letter(paper, header):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[paper.column(header)]


# --- rows ------------------------------------------------------------------------------------------------------------


def test_a_deleted_row_is_put_back_at_the_end(rig, listed):
    key = listed.keys()[3]
    listed.hand("delete", "ROWS", 4)
    look(rig, listed)
    (report_id,) = told(rig, listed).values()
    reporting.restore_row(rig.services, rig.owner, listed.spreadsheet_id, report_id)
    rig.settle()
    assert listed.keys()[-1] == key
    assert told(rig, listed) == {}
    listed.assert_right()
    with pytest.raises(NotFound):
        reporting.restore_row(rig.services, rig.owner, listed.spreadsheet_id, report_id)


def test_a_row_that_its_owner_put_back_meanwhile_is_not_written_twice(rig, listed):
    """Undo and our button: the row is looked for before it is inserted."""
    raw = listed.grid()[4]
    listed.hand("delete", "ROWS", 4)
    look(rig, listed)
    (report_id,) = told(rig, listed).values()
    listed.hand("insert", "ROWS", 4)
    listed.hand("paste", "A5", [[str(value) for value in raw]])
    reporting.restore_row(rig.services, rig.owner, listed.spreadsheet_id, report_id)
    rig.settle()
    listed.assert_right()


@pytest.mark.every_database
def test_rows_that_went_at_once_are_put_back(rig, listed):
    listed.hand("delete", "ROWS", 2, count=7)
    look(rig, listed)
    binding = rig.only_binding(listed)
    assert (binding.state, binding.reason) == ("paused", absence.ROWS_MISSING)
    assert reporting.restore_missing(rig.services, rig.owner, listed.spreadsheet_id, binding.id) == 7
    rig.settle()
    listed.assert_right()
    assert rig.only_binding(listed).state == "live"
    with pytest.raises(Conflict):
        reporting.restore_missing(rig.services, rig.owner, listed.spreadsheet_id, binding.id)


def test_rows_that_were_deleted_on_purpose_stay_deleted(rig, listed):
    gone = set(listed.keys()[1:8])
    listed.hand("delete", "ROWS", 2, count=7)
    look(rig, listed)
    binding_id = rig.only_binding(listed).id
    assert reporting.accept_missing(rig.services, rig.owner, listed.spreadsheet_id, binding_id) == 7
    for order_id in {rig.all_rows(listed)[key].order_id for key in gone}:
        rig.ship(order_id)
    rig.live_through(2 * MINUTE)
    assert gone.isdisjoint(listed.keys())
    assert {key for key, row in rig.all_rows(listed).items() if row.position == rows.DELETED} == gone
    listed.assert_right()


# --- keys ------------------------------------------------------------------------------------------------------------


def damage(rig, paper, at=4, text=""):
    cell = f"{letter(paper, 'Key')}{at + 1}"
    key = paper.rows()[at - 1]["Key"]
    paper.type(cell, text) if text else paper.hand("clear", cell)
    look(rig, paper)
    return key


@pytest.mark.parametrize("text", ["", "mine now"])
def test_a_damaged_key_is_repaired(rig, listed, text):
    """The key stands in its cell again, and what was typed beside the row is still there."""
    before = remarks(listed)
    key = damage(rig, listed, text=text)
    report_id = told(rig, listed)[Kind.KEY_DAMAGED, key]
    press(rig, listed, repairs.repair_key, report_id)
    assert told(rig, listed) == {}
    assert remarks(listed) == before
    listed.assert_right()
    assert any(line.kind == "repair" and line.healed for line in rig.history(listed))


def test_a_row_that_changed_since_is_not_given_a_key(rig, listed):
    """Somebody made another row of it: nothing is written, and the tab is looked at again."""
    key = damage(rig, listed)
    report_id = told(rig, listed)[Kind.KEY_DAMAGED, key]
    listed.type("A5", "something else")
    with pytest.raises(Conflict):
        press(rig, listed, repairs.repair_key, report_id)
    assert listed.rows()[3]["Key"] == ""


def test_a_sort_just_before_the_key_is_written_hurts_nobody(rig, listed):
    """Another row came under our hands: it has its key again, and every remark stands beside its order."""
    before = remarks(listed)
    key = damage(rig, listed)
    report_id = told(rig, listed)[Kind.KEY_DAMAGED, key]
    google = interpose(rig)
    google.before["batch_update"] = [lambda: listed.hand("move", "ROWS", 4, to=9)]
    with pytest.raises(Conflict):
        repairs.repair_key(rig.services, rig.owner, rig.identity(), listed.spreadsheet_id, report_id)
    look(rig, listed)
    rig.live_through(5 * MINUTE)
    again = told(rig, listed)
    assert set(again) == {(Kind.KEY_DAMAGED, key)}
    press(rig, listed, repairs.repair_key, again[Kind.KEY_DAMAGED, key])
    assert remarks(listed) == before
    listed.assert_right()


def test_taking_note_of_a_damaged_key_leaves_the_row_to_its_people(rig, listed):
    key = damage(rig, listed, text="mine now")
    report_id = told(rig, listed)[Kind.KEY_DAMAGED, key]
    reporting.take_note(rig.services, rig.owner, listed.spreadsheet_id, report_id)
    rig.ship(rig.all_rows(listed)[key].order_id)
    look(rig, listed)
    assert told(rig, listed) == {}
    assert listed.rows()[3]["Key"] == "mine now"
    assert key not in set(listed.keys())


@pytest.mark.parametrize("fault", ["drop", "503-after"])
def test_a_repair_without_an_answer_may_be_pressed_again(rig, listed, fault):
    """Whether it arrived or not: in the end the key stands where it belongs, once."""
    key = damage(rig, listed)
    report_id = told(rig, listed)[Kind.KEY_DAMAGED, key]
    google = interpose(rig)

    def lose():
        problem = UpstreamFailed("Google did not answer.")
        problem.outcome_unknown = True
        raise problem

    google.after["batch_update" if fault == "drop" else "get_by_filter"] = [lose]
    with pytest.raises(UpstreamFailed):
        repairs.repair_key(rig.services, rig.owner, rig.identity(), listed.spreadsheet_id, report_id)
    rig.live_through(6 * MINUTE)
    for report_id in told(rig, listed).values():
        press(rig, listed, repairs.repair_key, report_id)
    assert told(rig, listed) == {}
    assert listed.keys().count(key) == 1
    listed.assert_right()


# --- copies ----------------------------------------------------------------------------------------------------------


def copy(rig, paper, at=2, *, beside=""):
    """A copy of a row, pasted below everything; what stands in the user's own column of it."""
    raw = [str(value) for value in paper.grid()[at]]
    raw[3] = beside
    end = len(paper.grid()) + 1
    paper.hand("paste", f"A{end}", [raw])
    look(rig, paper)
    return raw[paper.column("Key")], end


def test_a_copy_is_cleared_and_the_row_stays(rig, listed):
    before = remarks(listed)
    key, end = copy(rig, listed)
    press(rig, listed, repairs.remove_copy, told(rig, listed)[Kind.ROW_COPIED, key])
    assert len(listed.grid()) < end
    assert remarks(listed) == before
    assert told(rig, listed) == {}
    look(rig, listed)
    listed.assert_right()


def test_what_people_wrote_beside_a_copy_stays(rig, listed):
    """Both have remarks: ours goes from the copy, theirs does not."""
    key, end = copy(rig, listed, beside="a second thought")
    press(rig, listed, repairs.remove_copy, told(rig, listed)[Kind.ROW_COPIED, key])
    assert listed.grid()[end - 1][3] == "a second thought"
    assert [cell for cell in listed.grid()[end - 1] if cell] == ["a second thought"]
    assert listed.keys().count(key) == 1
    listed.assert_right()


@pytest.mark.every_database
def test_of_two_rows_the_one_without_remarks_goes(rig, listed):
    """The remark stands beside the copy alone: the original is cleared, and the copy is the row from now on."""
    listed.hand("clear", "D3")
    key, end = copy(rig, listed, beside="keep me")
    press(rig, listed, repairs.remove_copy, told(rig, listed)[Kind.ROW_COPIED, key])
    assert [row[NOTE] for row in listed.rows() if row["Key"] == key] == ["keep me"]
    assert rig.all_rows(listed)[key].position == end - 1
    rig.ship(rig.all_rows(listed)[key].order_id)
    rig.settle()
    listed.assert_right()


def test_a_sort_just_before_a_copy_is_cleared_hurts_nobody(rig, listed):
    """The row that came under our hands has its key again and is written anew, beside its own remark."""
    before = remarks(listed)
    key, end = copy(rig, listed)
    report_id = told(rig, listed)[Kind.ROW_COPIED, key]
    google = interpose(rig)
    google.before["batch_update"] = [lambda: listed.hand("move", "ROWS", 5, to=end)]
    with pytest.raises(Conflict):
        repairs.remove_copy(rig.services, rig.owner, rig.identity(), listed.spreadsheet_id, report_id)
    look(rig, listed)
    again = told(rig, listed)
    assert set(again) == {(Kind.ROW_COPIED, key)}
    press(rig, listed, repairs.remove_copy, again[Kind.ROW_COPIED, key])
    assert remarks(listed) == before
    listed.assert_right()


# --- columns ---------------------------------------------------------------------------------------------------------


def test_a_deleted_column_comes_back_on_the_right_of_ours(rig, listed):
    listed.hand("delete", "COLUMNS", listed.column("Carrier"))
    rig.ship(listed.rows()[0]["Order ID"])
    rig.settle()
    report_id = told(rig, listed)[Kind.COLUMN_DELETED, "provider"]
    press(rig, listed, repairs.restore_column, report_id)
    assert listed.grid()[0][-1] == "Carrier"
    assert told(rig, listed) == {}
    rig.place(2)
    rig.settle()
    listed.assert_right()


def test_their_column_of_our_name_stays_beside_ours_made_anew(rig, listed):
    at = listed.column("Status")
    listed.hand("delete", "COLUMNS", at)
    listed.hand("insert", "COLUMNS", at)
    name = "ABCDEFGHIJKLMNOP"[at]
    listed.type(f"{name}1", "Status")
    for number in range(2, 8):
        listed.type(f"{name}{number}", f"asked Sam {number}")
    for row in listed.rows()[:3]:
        rig.ship(row["Order ID"])
    rig.settle()
    report_id = told(rig, listed)[Kind.COLUMN_REPLACED, "status"]
    press(rig, listed, repairs.restore_column, report_id)
    rig.live_through(MINUTE)
    header, *grid = listed.grid()
    assert [row[at] for row in grid[:6]] == [f"asked Sam {number}" for number in range(2, 8)]
    ours = len(header) - 1
    assert header[ours] == "Status"
    assert {row[ours] for row in grid if len(row) > ours} == {"AWAITING_SHIPMENT", "AWAITING_COLLECTION"}
    assert told(rig, listed) == {}


def test_a_column_pressed_twice_is_added_once(rig, listed):
    """The first press was answered by nobody: the second finds the column and adds none."""
    listed.hand("delete", "COLUMNS", listed.column("Carrier"))
    rig.ship(listed.rows()[0]["Order ID"])
    rig.settle()
    report_id = told(rig, listed)[Kind.COLUMN_DELETED, "provider"]
    google = interpose(rig)

    def lose():
        raise UpstreamFailed("Google did not answer.")

    google.after["batch_update"] = [lose]
    with pytest.raises(UpstreamFailed):
        repairs.restore_column(rig.services, rig.owner, rig.identity(), listed.spreadsheet_id, report_id)
    press(rig, listed, repairs.restore_column, report_id)
    assert listed.grid()[0].count("Carrier") == 1
    listed.assert_right()


@pytest.mark.usefixtures("no_retries_inside_a_call")
@pytest.mark.parametrize("is_pressed_again", [False, True], ids=["", "and is pressed again"])
def test_a_column_that_arrives_late_stands_there_once(rig, listed, is_pressed_again):
    """Her own column was moved meanwhile: it keeps every remark, and the new one is filled by itself."""
    before = remarks(listed)
    listed.hand("delete", "COLUMNS", listed.column("Carrier"))
    rig.ship(listed.rows()[0]["Order ID"])
    rig.settle()
    report_id = told(rig, listed)[Kind.COLUMN_DELETED, "provider"]
    rig.fail("late")
    with pytest.raises(UpstreamFailed):
        repairs.restore_column(rig.services, rig.owner, rig.identity(), listed.spreadsheet_id, report_id)
    listed.hand("move", "COLUMNS", listed.column(NOTE), to=len(listed.grid()[0]))
    if is_pressed_again:
        press(rig, listed, repairs.restore_column, report_id)
    rig.live_through(25 * MINUTE, step_s=60)
    assert (listed.grid()[0].count("Carrier"), remarks(listed)) == (1, before)
    assert told(rig, listed) == {}
    listed.assert_right()


def test_a_column_taken_note_of_is_not_reported_again(rig, listed):
    listed.hand("delete", "COLUMNS", listed.column("Carrier"))
    rig.ship(listed.rows()[0]["Order ID"])
    rig.settle()
    reporting.take_note(
        rig.services, rig.owner, listed.spreadsheet_id, told(rig, listed)[Kind.COLUMN_DELETED, "provider"]
    )
    rig.ship(listed.rows()[1]["Order ID"])
    look(rig, listed)
    assert told(rig, listed) == {}


# --- who and when ----------------------------------------------------------------------------------------------------


def test_order_ids_are_named_to_those_who_may_know_them(rig, listed):
    listed.hand("delete", "ROWS", 4)
    look(rig, listed)
    binding_id = rig.only_binding(listed).id
    (one,) = reporting.reported(rig.services, rig.owner, listed.spreadsheet_id, binding_id).told
    assert one.name == rig.all_rows(listed)[one.report.subject].order_id
    invitations.invite(rig.services, rig.owner, email=SAM.email, role=Role.CLIENT)
    waiting = manage.standing(rig.services, caller(SAM), "").invitations
    invitations.accept(rig.services, caller(SAM), waiting[0][0].id)
    client = manage.standing(rig.services, caller(SAM), "").actor
    (hidden,) = reporting.reported(rig.services, client, listed.spreadsheet_id, binding_id).told
    assert hidden.name == ""


def test_a_sheet_that_is_being_written_is_left_alone(rig, listed):
    key = damage(rig, listed)
    report_id = told(rig, listed)[Kind.KEY_DAMAGED, key]
    now = rig.clock.now()
    rig.write(leases.take_lease, listed.spreadsheet_id, holder="else", now=now, until=now + turns.LEASE_LIFE)
    with pytest.raises(Conflict):
        repairs.repair_key(rig.services, rig.owner, rig.identity(), listed.spreadsheet_id, report_id)
    assert listed.rows()[3]["Key"] == ""


def test_a_report_of_another_file_is_not_found_here(rig, listed):
    key = damage(rig, listed)
    report_id = told(rig, listed)[Kind.KEY_DAMAGED, key]
    other = rig.bound()
    for deed in (repairs.repair_key, repairs.remove_copy):
        with pytest.raises(NotFound):
            deed(rig.services, rig.owner, rig.identity(), other.spreadsheet_id, report_id)
    with pytest.raises(NotFound):
        reporting.take_note(rig.services, rig.owner, other.spreadsheet_id, report_id)
