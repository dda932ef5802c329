"""Hands in the second between our read and our write: people's columns survive to the byte, whatever moved meanwhile.

What a person's cells showed right before our write landed is the measure: the same pass has to put all of it back.
"""

import contextlib

import pytest
from flows.mishaps import interpose

from service.flows import quota
from service.google.grid import column_letters
from service.google.problems import QuotaSpent

FORMULAS = "FORMULA"


@pytest.fixture
def lined(rig, paper):
    """Eight orders, half of them about to change and two more to come, among columns of the user's own: one on the
    left, one in the middle, two on the right, with text, numbers, ticks and formulas of every sort of reference.
    """
    placed = rig.place(8)
    rig.settle()
    paper.hand("insert", "COLUMNS", 0)
    paper.hand("insert", "COLUMNS", 5)
    fill(paper, "A", "Left", lambda row: f"left {row}")
    fill(paper, "F", "Middle", lambda row: str(row * 1.5))
    fill(paper, "Q", "Right", lambda row: f'=B{row}&" A1 "&$F{row}&SUM($F$2:F{row})&COUNTA(C:D)')
    fill(paper, "R", "Done", lambda row: "TRUE" if row % 2 else "")
    rig.clock.advance(120)
    for order_id in placed[::2]:
        rig.ship(order_id)
    rig.place(2)
    return paper


def fill(paper, letters, header, text):
    paper.type(f"{letters}1", header)
    for row in range(2, len(paper.grid()) + 1):
        if text(row):
            paper.type(f"{letters}{row}", text(row))


@pytest.fixture
def google(rig, lined):
    return interpose(rig)


def cells(paper):
    """(row, column) → what every cell holds, formulas as they read; the rows and columns from 0."""
    return {
        (row, column): value
        for row, values in enumerate(paper.grid(render=FORMULAS))
        for column, value in enumerate(values)
        if value != ""
    }


def ours(rig, paper):
    """The grid columns that bear our marks."""
    fields = "sheets(properties.sheetId,data(columnMetadata.developerMetadata(metadataKey,location)))"
    (tab,) = [
        one
        for one in paper.look(fields, ranges=paper.tab)["sheets"]
        if one["properties"].get("sheetId", 0) == paper.sheet_id()
    ]
    marks = [mark for column in tab["data"][0]["columnMetadata"] for mark in column.get("developerMetadata", ())]
    return {
        mark["location"]["dimensionRange"].get("startIndex", 0)
        for mark in marks
        if mark["metadataKey"] == "rowstream.column"
    }


def theirs(rig, paper):
    """Cells of columns that are not ours, and of rows without a key of ours in our columns too."""
    mine = ours(rig, paper)
    return {at: value for at, value in cells(paper).items() if at[1] not in mine}


class Window:
    """A deed right before our write, and people's cells right after it."""

    def __init__(self, rig, paper, deed):
        self.rig, self.paper, self.deed = rig, paper, deed
        self.before = {}

    def __call__(self):
        self.deed(self.paper)
        self.before = theirs(self.rig, self.paper)


def names(paper, places):
    """The places as the history names them."""
    return {f"{paper.tab}!{column_letters(column)}{row + 1}" for row, column in places}


def missing_headers(rig, paper):
    """Our headers that the tab does not show."""
    shown = paper.grid()[0]
    return [header for header in next(iter(rig.truth(paper).values())) if header not in shown]


#: Deeds that move columns. Ours stand at B–E and G–P, theirs at A, F, Q and R; the key is P.
COLUMN_DEEDS = {
    "a column put in at the very left": lambda paper: paper.hand("insert", "COLUMNS", 0),
    "a column put in left of ours": lambda paper: paper.hand("insert", "COLUMNS", 1),
    "a column put in between ours": lambda paper: paper.hand("insert", "COLUMNS", 3),
    "a column put in beside theirs": lambda paper: paper.hand("insert", "COLUMNS", 6),
    "three columns put in between ours": lambda paper: paper.hand("insert", "COLUMNS", 9, count=3),
    "a column put in before the key": lambda paper: paper.hand("insert", "COLUMNS", 15),
    "a column put in at the right": lambda paper: paper.hand("insert", "COLUMNS", 16),
    "a column of ours deleted": lambda paper: paper.hand("delete", "COLUMNS", 3),
    "their column on the left deleted": lambda paper: paper.hand("delete", "COLUMNS", 0),
    "their column in the middle deleted": lambda paper: paper.hand("delete", "COLUMNS", 5),
    "two columns of ours deleted": lambda paper: paper.hand("delete", "COLUMNS", 7, count=2),
    "a column of ours moved to the left": lambda paper: paper.hand("move", "COLUMNS", 12, to=1),
    "a column of ours moved behind theirs": lambda paper: paper.hand("move", "COLUMNS", 2, to=18),
    "their middle column moved to the front": lambda paper: paper.hand("move", "COLUMNS", 5, to=0),
    "their right column moved among ours": lambda paper: paper.hand("move", "COLUMNS", 16, to=4),
    "two of theirs moved among ours": lambda paper: paper.hand("move", "COLUMNS", 16, to=8, count=2),
    "the key moved to the front": lambda paper: paper.hand("move", "COLUMNS", 15, to=0),
    "the key moved by one": lambda paper: paper.hand("move", "COLUMNS", 15, to=17),
    "one of theirs put in and another moved": lambda paper: (
        paper.hand("insert", "COLUMNS", 3),
        paper.hand("move", "COLUMNS", 17, to=1),
    ),
}


@pytest.mark.parametrize("deed", COLUMN_DEEDS)
def test_their_columns_survive_to_the_byte_when_columns_move_meanwhile(rig, lined, google, deed):
    """Our cells land in other columns; before the pass ends, people's cells hold what they held, and ours are right
    soon after.
    """
    window = Window(rig, lined, COLUMN_DEEDS[deed])
    google.before["batch_update"] = [window]
    rig.run_pass(lined)
    line = rig.history(lined)[0]
    assert (line.reads, line.writes) <= (2, 2), "one extra pair at most"
    found = theirs(rig, lined)
    assert {at: value for at, value in found.items() if at in window.before} == window.before
    assert set(found) == set(window.before)
    rig.live_through(60)
    assert rig.dirty(lined) == []
    missing = missing_headers(rig, lined)
    assert len(missing) == {"a column of ours deleted": 1, "two columns of ours deleted": 2}.get(deed, 0)
    lined.assert_right(without=missing)
    assert len(lined.by_key()) == len(rig.all_rows(lined))
    assert theirs(rig, lined) == window.before


# --- rows of their own -----------------------------------------------------------------------------------------------


@pytest.fixture
def rowed(rig, lined):
    """The same with rows of the user's own in between: one that says something in columns of ours, a note that stands
    in one column of ours alone, and a blank one.
    """
    for at in (3, 6, 8):
        lined.hand("insert", "ROWS", at)
    lined.hand("paste", "A4", [["mine", "sum so far", "", "see Sam", "12", "kept", "=A4&B4", "x", "y", "z"]])
    lined.type("N4", "=B2")
    lined.type("P4", "no key")
    lined.type("E7", "call them")
    rig.live_through(1)
    return lined


def rows_without_key(rig, paper):
    """(row, column) → content of rows that bear no key of ours, the header left out."""
    keys = set(rig.all_rows(paper))
    keyless = {at for at, values in enumerate(paper.grid()) if at and not keys & {str(value) for value in values}}
    return {at: value for at, value in cells(paper).items() if at[0] in keyless}


#: Deeds that move rows. The user's own rows stand at 3, 6 and 8, from 0.
ROW_DEEDS = {
    "a row put in at the top": lambda paper: paper.hand("insert", "ROWS", 1),
    "a row put in in the middle": lambda paper: paper.hand("insert", "ROWS", 4),
    "two rows put in below a row of theirs": lambda paper: paper.hand("insert", "ROWS", 7, count=2),
    "a row of ours deleted": lambda paper: paper.hand("delete", "ROWS", 2),
    "a row of theirs deleted": lambda paper: paper.hand("delete", "ROWS", 8),
    "a row of theirs moved up": lambda paper: paper.hand("move", "ROWS", 6, to=1),
    "a row of ours moved down": lambda paper: paper.hand("move", "ROWS", 1, to=8),
    "a row put in above the header": lambda paper: paper.hand("insert", "ROWS", 0),
    "all sorted by the key": lambda paper: paper.hand("sort", "P"),
    "all sorted downwards by the left": lambda paper: paper.hand("sort", "A", order="DESCENDING"),
    "ours sorted, theirs on the right left alone": lambda paper: paper.hand("sort", "C", cells="A2:P12"),
    "a row of theirs typed below": lambda paper: paper.type(f"B{len(paper.grid()) + 1}", "below"),
}


@pytest.mark.parametrize("deed", ROW_DEEDS)
def test_rows_of_their_own_lose_nothing_that_is_not_named(rig, rowed, deed):
    """Our cells land in a person's row: nothing of an order's stays there, and each cell that may have held a text is
    put back or named.
    """
    google = interpose(rig)
    rig.clock.advance(60)
    for order_id in sorted({row.order_id for row in rig.all_rows(rowed).values()}):
        rig.ship(order_id)
    before = {}

    def window():
        ROW_DEEDS[deed](rowed)
        before.update(theirs=theirs(rig, rowed), rows=rows_without_key(rig, rowed))

    google.before["batch_update"] = [window]
    rig.run_pass(rowed)
    line = rig.history(rowed)[0]
    named = set(line.cells or ())
    assert theirs(rig, rowed) == before["theirs"]
    now = rows_without_key(rig, rowed)
    differing = {at for at in {*now, *before["rows"]} if now.get(at) != before["rows"].get(at)}
    assert names(rowed, differing) <= named
    assert not {value for at, value in now.items() if at in differing}, "nothing of ours stays there"
    rig.live_through(100)
    assert rig.dirty(rowed) == []
    if deed == "a row put in above the header":
        rowed.hand("delete", "ROWS", 0)  # only so that this test can read the sheet by its header
    rowed.assert_right()


#: Two deeds at once: rows and columns both moved, so that neither alone says what stands where.
DOUBLE_DEEDS = {
    "sorted, then a column put in": lambda paper: (
        paper.hand("sort", "P", order="DESCENDING"),
        paper.hand("insert", "COLUMNS", 3),
    ),
    "a column put in before the key, then sorted": lambda paper: (
        paper.hand("insert", "COLUMNS", 15),
        paper.hand("sort", "B", order="DESCENDING"),
    ),
    "a row moved, then a column of ours deleted": lambda paper: (
        paper.hand("move", "ROWS", 1, to=6),
        paper.hand("delete", "COLUMNS", 3),
    ),
    "the key moved to the front, then a row deleted": lambda paper: (
        paper.hand("move", "COLUMNS", 15, to=0),
        paper.hand("delete", "ROWS", 4),
    ),
}


@pytest.mark.parametrize("deed", DOUBLE_DEEDS)
def test_rows_and_columns_that_move_at_once_lose_nothing_either(rig, lined, google, deed):
    """Rows are told by what of them was not hit, columns by the rows; keys of ours that we hurt are healed by us."""
    rig.clock.advance(60)
    for order_id in sorted({row.order_id for row in rig.all_rows(lined).values()}):
        rig.ship(order_id)
    window = Window(rig, lined, DOUBLE_DEEDS[deed])
    google.before["batch_update"] = [window]
    rig.run_pass(lined)
    assert theirs(rig, lined) == window.before
    rig.live_through(150)
    assert rig.dirty(lined) == []
    lined.assert_right(without=missing_headers(rig, lined))
    assert theirs(rig, lined) == window.before


SECOND_DEEDS = {
    "a row deleted": lambda paper: paper.hand("delete", "ROWS", 1),
    "rows put in": lambda paper: paper.hand("insert", "ROWS", 1, count=3),
    "a row dragged": lambda paper: paper.hand("move", "ROWS", 1, to=7),
    "a sort": lambda paper: paper.hand("sort", "B", order="DESCENDING"),
}


@pytest.mark.parametrize("deed", SECOND_DEEDS)
def test_a_repair_finds_its_rows_again_when_they_move_before_it(rig, lined, google, deed):
    """A column is put in under our write, and rows move before the repair: nobody else knows what her cells held, so
    the repair looks for them, and new rows of ours leave nothing in columns that are hers.
    """
    google.before["batch_update"] = [lambda: lined.hand("insert", "COLUMNS", 3)]
    google.before["get_by_filter"] = [lambda: None, lambda: SECOND_DEEDS[deed](lined)]
    before = texts(theirs(rig, lined))
    rig.run_pass(lined)
    assert rig.history(lined)[0].writes == 2
    rig.live_through(150)
    assert rig.dirty(lined) == []
    lined.assert_right()
    gone = 1 if deed == "a row deleted" else 0
    after = texts(theirs(rig, lined))
    assert after <= before
    assert len(before) - len(after) <= 2 * gone, "her own texts of the row that she deleted"


def texts(held):
    """What people typed, wherever it stands; formulas read otherwise in other places."""
    return {str(value) for value in held.values() if not str(value).startswith("=")}


MOVES = {
    "a column of hers dragged": lambda paper: paper.hand("move", "COLUMNS", 6, to=1),
    "a column put in": lambda paper: paper.hand("insert", "COLUMNS", 2),
    "the tab sorted": lambda paper: paper.hand("sort", "C", order="DESCENDING"),
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("moment", ["get_by_filter", "batch_update"])
def test_a_repair_that_meets_hands_too_goes_along_with_what_they_move(rig, lined, google, moment, move):
    """Columns or rows move again between the answer and the repair, or under the repair itself: what it fell upon is
    given back, and it is done where its cells are now.
    """
    window = Window(rig, lined, lambda paper: paper.hand("insert", "COLUMNS", 3))
    google.before["batch_update"] = [window]
    google.before.setdefault(moment, [lambda: None]).append(lambda: MOVES[move](lined))
    rig.run_pass(lined)
    line = rig.history(lined)[0]
    assert (line.outcome, line.writes) == ("raced", 2 if moment == "get_by_filter" else 3)
    rig.live_through(150)
    assert rig.dirty(lined) == []
    lined.assert_right()
    assert texts(theirs(rig, lined)) == texts(window.before)


def leave_no_room(rig, paper):
    """Every call that the writer may make now is made by somebody else."""
    writer = rig.services.writers.by_email(rig.file(paper).writer_email)
    with contextlib.suppress(quota.NoSlotError):
        while True:
            quota.take_care(rig.services, writer, read=1)


def no_room_to_look(rig, paper, google):
    google.after["batch_update"] = [lambda: leave_no_room(rig, paper)]


def google_counts_otherwise(rig, _paper, google):
    google.before["batch_update"] += [lambda: rig.fail("too_many_requests")]


@pytest.mark.parametrize("obstacle", [no_room_to_look, google_counts_otherwise])
def test_a_repair_without_room_is_done_as_soon_as_there_is_some(rig, lined, google, obstacle):
    """A column is put in under our write, and the minute's calls are spent: nothing of hers is given up."""
    window = Window(rig, lined, lambda paper: paper.hand("insert", "COLUMNS", 3))
    google.before["batch_update"] = [window]
    obstacle(rig, lined, google)
    with contextlib.suppress(QuotaSpent):
        rig.run_pass(lined)
    before = texts(window.before)
    assert texts(theirs(rig, lined)) != before, "they are hurt"
    rig.clock.advance(90)
    rig.live_through(60)
    assert rig.dirty(lined) == []
    lined.assert_right()
    assert texts(theirs(rig, lined)) == before
    named = rig.named(lined)
    assert named
    assert len(named) == len(set(named)), "each is named once"


def test_a_tab_that_is_deleted_before_its_repair_holds_nothing_up(rig, lined, google):
    """The repair waits for room, and the tab goes: the file's passes do not wait for it, and what it hurt is named."""
    google.before["batch_update"] = [lambda: lined.hand("insert", "COLUMNS", 3)]
    no_room_to_look(rig, lined, google)
    rig.run_pass(lined)
    lined.hand("delete_tab")
    rig.clock.advance(90)
    rig.live_through(30)
    assert rig.only_binding(lined).reason == "tab-gone"
    assert rig.services.memory.hurt(lined.spreadsheet_id) is None
    named = rig.named(lined)
    assert named
    assert len(named) == len(set(named)), "each is named once"


def test_a_key_column_that_is_deleted_meanwhile_costs_nobody_a_cell(rig, lined, google):
    """Our cells land one column off and no row can be told by its key: people's columns are put back, the new rows are
    blank again, and the tab waits for its owner.
    """
    window = Window(rig, lined, lambda paper: paper.hand("delete", "COLUMNS", 15))
    google.before["batch_update"] = [window]
    rig.run_pass(lined)
    assert theirs(rig, lined) == window.before
    rig.live_through(60)
    assert theirs(rig, lined) == window.before
    assert rig.only_binding(lined).state == "paused"
    assert rig.only_binding(lined).reason == "key-gone"


@pytest.mark.parametrize("text", ["", "mine"])
def test_a_key_that_a_person_changes_meanwhile_is_theirs_to_explain(rig, lined, google, text):
    """The row is still told by its other cells: what we wrote into it is right there and stays."""
    row = next(row for row in rig.dirty(lined) if row.position is not None)
    cell = f"P{row.position + 1}"
    google.before["batch_update"] = [lambda: lined.type(cell, text) if text else lined.hand("clear", cell)]
    shown = lined.grid()[row.position]
    rig.run_pass(lined)
    now = lined.grid()[row.position]
    truth = rig.truth(lined)[row.row_key]
    header = lined.grid()[0]
    blanked = {header[at] for at, was in enumerate(shown) if was != "" and now[at : at + 1] in ([], [""])}
    assert {name for name in blanked if truth[name].value} <= {"Key"}
    assert "AWAITING_COLLECTION" in now
    assert not rig.history(lined)[0].cells
