"""A changed profile is taken over by a tab that was connected with it: columns come and go, rows are added, and nothing
of people's own is lost, whenever they put their hands in and whenever a call fails."""

from dataclasses import replace

import pytest
from flows.adopting import Own, dress
from flows.mishaps import interpose
from flows.rig import SAM

from service.core.orders import OrderStatus
from service.core.roles import Role, Switch
from service.core.rows import Grain
from service.errors import Conflict, NotAllowed, NotFound
from service.flows import adoption, care, design, stream
from service.google.problems import RequestRefused
from service.store import reports
from service.store.reports import Kind

MINUTE = 60
NOTE = "My note"


@pytest.fixture
def own(rig):
    """A profile of the account's own, five rows of it in a tab, and a person's column beside ours."""
    found = Own(rig)
    rig.place(5, kind="NORMAL")
    rig.settle()
    found.annotate(NOTE)
    rig.live_through(30)
    return found


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


# --- rights ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def labels(rig):
    """A tab with buyers' data, for a warehouse that may see it."""
    rig.switch(Switch.WAREHOUSE_PII)
    found = Own(rig, "pick_and_ship")
    rig.place(4, kind="NORMAL")
    rig.settle()
    return found


def test_columns_that_a_role_lost_are_cleared_before_everything_else(rig, labels):
    """The tab stands still when the right is taken away; without the columns it goes on, and they go at once."""
    rig.switch(Switch.WAREHOUSE_PII, wanted="off")
    assert rig.only_binding(labels.paper).reason == design.RIGHTS
    labels.take_out("recipient", "address", "phone", "postcode")
    labels.adopt()
    assert rig.only_binding(labels.paper).state == "live"
    assert not any(row.is_fill for row in rig.dirty(labels.paper))
    rig.run_pass(labels.paper)
    shown = [value for row in labels.paper.rows() for header, value in row.items() if header in BUYERS]
    assert not any(shown)
    rig.settle()
    assert not set(BUYERS) & set(labels.paper.grid()[0])
    labels.assert_right()


BUYERS = ("Recipient", "Address", "Phone", "Postcode")


def test_a_pass_that_was_reading_when_a_column_was_taken_out_does_not_write_it(rig, labels):
    """It was about to send a buyer's name: it sends nothing, and the next one clears the column."""
    rig.live_through(30)
    rig.ship(labels.paper.rows()[0]["Order ID"])
    labels.take_out("recipient")
    google = interpose(rig)
    google.after["get_by_filter"] = [labels.adopt]
    rig.calls()
    stream.run_pass(rig.services, labels.paper.spreadsheet_id)
    assert rig.calls() == (1, 0)
    rig.settle()
    assert "Recipient" not in labels.paper.grid()[0]
    labels.assert_right()


def test_a_column_that_the_files_audience_may_not_see_is_refused_with_the_reason(rig, own):
    design.save_profile(rig.services, rig.owner, own.profile_id, name="Mine", role=Role.OWNER)
    own.add("items_gross")
    found = own.waiting()
    assert isinstance(found.refusal, NotAllowed)
    with pytest.raises(NotAllowed, match="may never see"):
        own.adopt()
    assert rig.only_binding(own.paper).profile == own.binding.profile


def test_a_column_that_tells_rows_apart_stays(rig):
    own = Own(rig, "accountant", role=Role.ACCOUNTANT)
    rig.settle()
    own.take_out("order_id")
    with pytest.raises(Conflict, match="tells the rows"):
        own.adopt()


def test_other_rows_want_another_tab(rig, own):
    own.save(replace(own.saved(), grain=Grain.ORDER))
    with pytest.raises(Conflict, match="Connect another tab"):
        own.adopt()


def test_a_reader_who_may_not_see_a_new_column_is_in_the_way(rig):
    """The accountant may see what is in the file until a deadline comes, which is none of theirs. What only goes out of
    the tab goes all the same."""
    own = Own(rig, "accountant", role=Role.OWNER)
    own.let_in(SAM, Role.ACCOUNTANT)
    own.add("sla_due")
    with pytest.raises(Conflict) as problem:
        own.adopt()
    assert SAM.email in problem.value.sentence
    own.take_out("sla_due", "payment_method")
    own.adopt()
    assert list(rig.only_binding(own.paper).profile["reshaping"]["leaving"]) == ["payment_method"]


def test_what_was_changed_once_more_is_shown_once_more(rig, own):
    own.add("shop_name")
    seen = own.waiting().version
    own.add("created_at")
    with pytest.raises(Conflict, match="once more"):
        own.adopt(version=seen)


def test_a_second_press_changes_nothing(rig, own):
    own.add("shop_name")
    seen = own.waiting().version
    own.adopt(version=seen)
    before = rig.only_binding(own.paper).profile
    with pytest.raises(Conflict):
        own.adopt(version=seen)
    assert rig.only_binding(own.paper).profile == before


# --- the filter ------------------------------------------------------------------------------------------------------


def test_rows_that_fit_now_are_added_and_others_stay(rig, own):
    """Their filter views hide those that no longer fit; they are kept up to date."""
    shipped = own.paper.rows()[0]["Order ID"]
    rig.ship(shipped)
    hidden = rig.place(2, kind="NORMAL", status="AWAITING_COLLECTION")
    profile = own.saved()
    own.save(replace(profile, row_filter=replace(profile.row_filter, statuses=(OrderStatus.AWAITING_SHIPMENT.value,))))
    own.adopt()
    rig.settle()
    assert shipped in {row["Order ID"] for row in own.paper.rows()}
    count = len(own.paper.keys())
    own.save(replace(profile, row_filter=replace(profile.row_filter, statuses=())))
    rig.place(1, kind="NORMAL", status="ON_HOLD")
    rig.settle()
    assert len(own.paper.keys()) == count
    own.adopt()
    rig.settle()
    assert len({row["Order ID"] for row in own.paper.rows()}) == 5 + len(hidden) + 1
    own.assert_right()


def test_orders_of_another_warehouse_leave_by_right(rig, own):
    profile = own.saved()
    own.save(replace(profile, row_filter=replace(profile.row_filter, warehouse_ids=("7000000000000000999",))))
    own.adopt()
    assert not any(row.is_fill for row in rig.dirty(own.paper))
    rig.settle()
    assert all(row["Order ID"] == "" for row in own.paper.rows())
    assert all(remark == f"about {key}" for key, remark in own.notes().items())


# --- hands between our calls -----------------------------------------------------------------------------------------

HANDS = {
    "sort": lambda paper: paper.hand("sort", "A", order="DESCENDING"),
    "insert": lambda paper: paper.hand("insert", "COLUMNS", 0),
    "move": lambda paper: paper.hand("move", "COLUMNS", paper.column(NOTE), to=0),
    "rows": lambda paper: paper.hand("insert", "ROWS", 2, count=2),
}


@pytest.mark.parametrize("deed", HANDS)
@pytest.mark.parametrize("call", range(6))
def test_whatever_people_do_between_two_calls_their_texts_survive(rig, own, deed, call):
    """A column comes and one goes, and before one of our calls they sort, put columns or rows in, or move their own."""
    before = own.notes()
    own.take_out("provider")
    own.add("shop_name")
    own.adopt()
    google = interpose(rig)
    done = []

    def hand():
        HANDS[deed](own.paper)
        done.append(deed)

    google.before["get_by_filter" if call % 2 else "batch_update"] = [*[lambda: None] * (call // 2), hand]
    rig.settle()
    own.audit()
    assert done
    assert own.notes() == before
    header = own.paper.grid()[0]
    assert (header.count("Shop"), header.count("Carrier"), header.count(NOTE)) == (1, 0, 1)
    assert own.is_calm()
    own.assert_right()


def test_a_column_put_in_just_before_the_heads_are_blanked_costs_nobody_a_heading(rig, own):
    """Their own heading came under our hands: it is put back, and named in the history."""
    own.take_out("provider")
    own.adopt()
    rig.run_pass(own.paper)
    google = interpose(rig)
    at = own.paper.column("Carrier")
    google.before["batch_update"] = [lambda: own.paper.hand("move", "COLUMNS", own.paper.column(NOTE), to=at)]
    rig.clock.advance(10)
    rig.settle()
    header = own.paper.grid()[0]
    assert (header.count(NOTE), header.count("Carrier")) == (1, 0)
    assert any(line.cells for line in rig.history(own.paper))
    assert own.is_calm()


# --- calls that fail -------------------------------------------------------------------------------------------------

FAULTS = ("unavailable_before", "unavailable_after", "dropped_after", "bad_gateway_after")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("skip", range(4))
def test_an_answer_that_is_lost_costs_only_time(rig, own, fault, skip):
    """One of the writes (columns in, cells cleared, heads blanked, marks off) is refused or loses its answer."""
    before = own.notes()
    own.take_out("status")
    own.add("shop_name")
    own.adopt()
    google = interpose(rig)
    google.before["batch_update"] = [*[lambda: None] * skip, lambda: rig.fail(fault)]
    rig.live_through(6 * MINUTE, step_s=30)
    header = own.paper.grid()[0]
    assert (header.count("Shop"), header.count("Status")) == (1, 0)
    assert own.notes() == before
    assert own.is_calm()
    own.assert_right()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_call_that_lands_late_changes_nothing(rig, own, count):
    """It was given up, and what it was to do was done by another call: then it arrives."""
    own.take_out("status")
    own.add("shop_name")
    own.adopt()
    google = interpose(rig)
    line = google._google._transport._http._transport
    google.before["batch_update"] = [*[lambda: None] * (count - 1), line.hold]
    rig.live_through(6 * MINUTE, step_s=30)
    header = own.paper.grid()[0]
    line.deliver()
    rig.live_through(MINUTE)
    assert own.paper.grid()[0] == header
    assert (header.count("Shop"), header.count("Status")) == (1, 0)
    assert own.is_calm()
    own.assert_right()


def test_what_google_refuses_rests_alone_until_somebody_tries_again(rig, own):
    """Somebody protected the tab: it is paused for that, and goes on where it stood."""
    google = interpose(rig)
    own.add("shop_name")
    own.adopt()

    def refuse():
        raise RequestRefused("Google refused this.", index=0, message="no")

    google.before["batch_update"] = [refuse]
    rig.settle()
    row = rig.only_binding(own.paper)
    assert (row.state, row.reason) == ("paused", "refused")
    assert rig.file(own.paper).state == "live"
    care.resume_tab(rig.services, rig.owner, own.paper.spreadsheet_id, row.id)
    rig.settle()
    assert own.is_calm()
    own.assert_right()


def test_a_lost_wake_up_is_found_by_the_sweep(rig):
    """No row waits for anything in an empty tab, and still its columns come."""
    empty = Own(rig, "accountant", role=Role.ACCOUNTANT, statuses=(OrderStatus.CANCELLED.value,))
    assert empty.paper.rows() == []
    empty.add("shop_name")
    empty.adopt()
    rig.wake.waiting.clear()  # with the process that had them
    rig.live_through(MINUTE)
    assert "Shop" in empty.paper.grid()[0]


# --- the history -----------------------------------------------------------------------------------------------------


def test_history_says_which_columns_came_and_went(rig, own):
    own.take_out("provider")
    own.add("shop_name")
    own.adopt()
    rig.settle()
    said = " / ".join(line.reason for line in rig.history(own.paper))
    assert "columns added: Shop" in said
    assert "columns taken out: Carrier" in said


def test_a_paused_file_takes_the_change_over_when_it_goes_on(rig, own):
    care.pause(rig.services, rig.owner, own.paper.spreadsheet_id)
    own.add("shop_name")
    own.adopt()
    rig.settle()
    assert "Shop" not in own.paper.grid()[0]
    care.resume(rig.services, rig.owner, own.paper.spreadsheet_id)
    rig.settle()
    assert own.is_calm()
    own.assert_right()
