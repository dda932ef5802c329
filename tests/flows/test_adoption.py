"""A changed profile is offered to a tab that was connected with it, and columns come into it and go out of it."""

import pytest
from flows.adopting import Own, dress, standing

from service.core.roles import Role
from service.errors import NotFound
from service.flows import adoption, design
from service.store import reports
from service.store.reports import Kind

MINUTE = 60
NOTE = "My note"


@pytest.fixture
def own(rig):
    return standing(rig, NOTE, count=5)


# --- what is offered -------------------------------------------------------------------------------------------------


def test_nothing_is_offered_while_the_profile_is_as_it_was(own):
    assert own.waiting() is None


def test_what_concerns_only_the_profile_is_not_offered(rig, own):
    """Its name, the order and the headings of columns, and its lists: in the tab they are the tab's own."""
    design.move_column(rig.services, rig.owner, own.profile_id, "qty", number=1)
    design.rename_column(rig.services, rig.owner, own.profile_id, "qty", header="Pieces")
    design.save_profile(rig.services, rig.owner, own.profile_id, name="Another name", role=Role.WAREHOUSE)
    assert own.waiting() is None


def test_new_and_taken_out_columns_are_counted(own):
    own.add("shop_name", "created_at")
    own.take_out("provider")
    change = own.waiting().change
    assert [column.key for column in change.added] == ["shop_name", "created_at"]
    assert [column.key for column in change.removed] == ["provider"]
    assert not change.has_filter


def test_a_ready_made_profile_is_never_offered(rig, paper):
    binding = rig.only_binding(paper)
    assert adoption.waiting(rig.services, rig.owner, paper.spreadsheet_id, binding.id) is None


def test_a_tab_of_another_file_is_not_found_here(rig, own):
    other = rig.bound()
    with pytest.raises(NotFound):
        adoption.waiting(rig.services, rig.owner, other.spreadsheet_id, own.binding.id)


# --- columns that come -----------------------------------------------------------------------------------------------


@pytest.mark.every_database
def test_new_columns_stand_at_the_right_of_ours_and_fill_themselves(rig, own):
    """A person's columns beside them move to the right with all that is in them."""
    before = own.notes()
    own.add("shop_name", "created_at")
    own.adopt()
    rig.settle()
    ours, theirs = own.paper.grid()[0][:-1], own.paper.grid()[0][-1]
    assert (ours[-2:], theirs) == (["Shop", "Created"], NOTE)
    assert own.notes() == before
    assert own.is_calm()
    own.assert_right()


def test_new_columns_look_as_in_a_new_tab(rig, own):
    """Their marks, the format of their cells, the explanation at their heads and the warning."""
    own.add("created_at")
    own.adopt()
    rig.settle()
    found = dress(own.paper)
    at = own.paper.column("Created")
    cells = found["data"][0]["rowData"]
    marks = found["data"][0]["columnMetadata"][at]["developerMetadata"]
    assert [one["metadataValue"] for one in marks] == [f"{own.binding.id}:created_at"]
    assert "Rowstream writes this column" in cells[0]["values"][at]["note"]
    assert cells[1]["values"][at]["userEnteredFormat"]["numberFormat"]["pattern"] == "dd/MM/yyyy hh:mm"
    places = [one["range"].get("startColumnIndex") for one in found["protectedRanges"]]
    assert places.count(at) == 1


def test_columns_that_people_moved_stay_where_they_are(rig, own):
    own.paper.hand("move", "COLUMNS", own.paper.column("Status"), to=0)
    own.paper.hand("move", "COLUMNS", own.paper.column("Carrier"), to=2)
    order = [header for header in own.paper.grid()[0] if header != NOTE]
    own.add("shop_name")
    own.adopt()
    rig.settle()
    assert [header for header in own.paper.grid()[0] if header not in {NOTE, "Shop"}] == order
    own.assert_right()


def test_live_changes_do_not_wait_for_the_new_cells(rig, own):
    """The rows are filled behind what happens meanwhile."""
    own.add("shop_name")
    own.adopt()
    waiting = rig.dirty(own.paper)
    assert all(row.is_fill for row in waiting)
    assert len(waiting) == len(own.paper.rows())
    rig.ship(own.paper.rows()[4]["Order ID"])
    first = rig.dirty(own.paper)[0]
    assert (first.is_fill, first.order_id) == (False, own.paper.rows()[4]["Order ID"])
    rig.settle()
    own.assert_right()


def test_a_tab_keeps_its_key_when_the_order_id_comes_into_it(rig):
    """What tells the rows apart stays what it was, though another column could do it now."""
    own = Own(rig, "accountant", role=Role.ACCOUNTANT, without=("order_id",))
    rig.place(3, kind="NORMAL", status="AWAITING_SHIPMENT")
    rig.settle()
    before = own.paper.keys()
    own.add("order_id")
    own.adopt()
    rig.settle()
    assert own.paper.keys() == before
    assert sorted(row["Order ID"] for row in own.paper.rows()) == sorted(
        row.order_id for row in rig.all_rows(own.paper).values()
    )
    rig.place(2, kind="NORMAL", status="AWAITING_SHIPMENT")
    rig.settle()
    own.assert_right()


# --- columns that go -------------------------------------------------------------------------------------------------


@pytest.mark.every_database
def test_a_column_that_is_taken_out_is_cleared_and_is_the_persons_then(rig, own):
    """Our cells, heading, mark, explanation, validation and warning are gone; the column itself stays, with its place
    and what people typed into it."""
    at = own.paper.column("Status")
    own.paper.type(f"{own.letter('Status')}3", "asked Sam")
    own.take_out("status")
    own.adopt()
    rig.settle()
    header, *grid = own.paper.grid()
    assert header[at] == ""
    assert [row[at] for row in grid if row[at]] == ["asked Sam"] == [grid[1][at]]
    assert NOTE in header
    assert own.is_calm()
    found = dress(own.paper)
    assert "developerMetadata" not in found["data"][0]["columnMetadata"][at]
    assert all(one["range"].get("startColumnIndex", 0) != at for one in found["protectedRanges"])
    lines = found["data"][0]["rowData"]
    assert all(not {"note", "dataValidation"} & set(line["values"][at]) for line in lines)
    own.assert_right()


def test_what_people_write_into_a_column_that_was_ours_is_theirs(rig, own):
    """The next flushes and the audit of the tab leave it alone."""
    letter = own.letter("Carrier")
    own.take_out("provider")
    own.adopt()
    rig.settle()
    own.paper.type(f"{letter}1", "Van")
    numbers = range(2, len(own.paper.rows()) + 2)
    for number in numbers:
        own.paper.type(f"{letter}{number}", f"van {number}")
    rig.ship(own.paper.rows()[0]["Order ID"])
    own.audit()
    assert [row["Van"] for row in own.paper.rows()] == [f"van {number}" for number in numbers]
    own.assert_right()


def test_a_heading_and_a_note_of_peoples_own_stay(rig, own):
    letter, at = own.letter("Carrier"), own.paper.column("Carrier")
    own.paper.type(f"{letter}1", "Who drives")
    own.paper.hand("note", f"{letter}1", "Ask Sam")
    own.take_out("provider")
    own.adopt()
    rig.settle()
    assert own.paper.grid()[0][at] == "Who drives"
    assert dress(own.paper)["data"][0]["rowData"][0]["values"][at]["note"] == "Ask Sam"
    assert own.is_calm()


def test_validation_of_peoples_own_stays(rig, own):
    """Ours is lifted from the cells that bear it, and from no others."""
    at, sheet_id = own.paper.column("Status"), own.paper.sheet_id()
    area = {"sheetId": sheet_id, "startRowIndex": 2, "endRowIndex": 3, "startColumnIndex": at, "endColumnIndex": at + 1}
    rule = {"condition": {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": "x"}]}}
    own.paper.change({"setDataValidation": {"range": area, "rule": rule}})
    own.take_out("status")
    own.adopt()
    rig.settle()
    lines = dress(own.paper)["data"][0]["rowData"]
    assert [number for number, line in enumerate(lines) if "dataValidation" in line["values"][at]] == [2]


def test_a_column_may_come_back_while_it_goes_and_after_it_went(rig, own):
    own.take_out("provider")
    own.adopt()
    own.add("provider")
    own.adopt()
    rig.settle()
    assert own.paper.grid()[0].count("Carrier") == 1
    own.assert_right()
    own.take_out("provider")
    own.adopt()
    rig.settle()
    assert "Carrier" not in own.paper.grid()[0]
    own.add("provider")
    own.adopt()
    rig.settle()
    assert own.paper.grid()[0].count("Carrier") == 1
    assert own.is_calm()
    own.assert_right()


def test_a_deleted_column_is_no_report_any_more_once_it_is_taken_out(rig, own):
    own.paper.hand("delete", "COLUMNS", own.paper.column("Carrier"))
    rig.ship(own.paper.rows()[0]["Order ID"])
    rig.settle()
    assert rig.read(reports.open_subjects, own.binding.id, Kind.COLUMN_DELETED) == ["provider"]
    own.take_out("provider")
    own.adopt()
    rig.settle()
    assert rig.read(reports.open_subjects, own.binding.id, Kind.COLUMN_DELETED) == []
    assert own.is_calm()
    own.assert_right()


def test_a_countdown_goes_on_without_the_column_it_counts_from(rig, own):
    own.take_out("sla_due")
    own.adopt()
    rig.settle()
    own.assert_right()
    own.add("sla_due")
    own.adopt()
    rig.settle()
    own.assert_right()


def test_rows_that_wait_to_be_missed_a_second_time_keep_their_column_ours(rig, own):
    """What a column shows in a row that we cannot find is cleared before we forget the column."""
    own.paper.hand("clear", f"{own.letter('Key')}4")
    own.audit()
    own.take_out("provider")
    own.adopt()
    rig.live_through(MINUTE)
    assert not own.is_calm()
    assert own.paper.grid()[0].count("Carrier") == 1
