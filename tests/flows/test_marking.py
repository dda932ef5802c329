"""A column of ours that lost its mark gets it back by what it shows; nobody else's column ever bears it."""

import pytest
from flows.mishaps import interpose
from flows.sends import BACK, KILLED, live_until_struck, strike

MINUTE = 60
KEY = "status"
HEADER = "Status"


@pytest.fixture
def listed(rig, paper):
    """Eight orders on the sheet, compared once."""
    rig.place(8)
    rig.settle()
    rig.live_through(20 * MINUTE, step_s=60)
    return paper


def marked(paper, *, entry="rowstream.column", key=KEY):
    """The grid columns that bear this entry for the column."""
    found = paper.look("sheets(properties.title,data.columnMetadata)", ranges=f"{paper.tab}!1:1")
    (sheet,) = found["sheets"]
    return [
        at
        for at, column in enumerate(sheet["data"][0]["columnMetadata"])
        for one in column.get("developerMetadata", ())
        if one["metadataKey"] == entry and one["metadataValue"].endswith(f":{key}")
    ]


def unmark(rig, paper, key=KEY):
    value = f"{rig.only_binding(paper).id}:{key}"
    lookup = {"metadataKey": "rowstream.column", "metadataValue": value}
    paper.change({"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}})


def ship(rig, number):
    rig.ship(rig.world.market.world.state.orders[number].id)


def live_until_marked(rig, paper):
    """An order changes, so that a pass looks; the audits that follow put the mark back."""
    rig.clock.advance(60)
    ship(rig, 0)
    rig.live_through(10 * MINUTE, step_s=20)


def test_a_proved_column_is_marked_again_and_the_search_for_it_ends(rig, listed):
    """Until then each pass reads every key; afterwards one spot read and one write are enough again."""
    unmark(rig, listed)
    live_until_marked(rig, listed)
    assert marked(listed) == [listed.column(HEADER)]
    assert marked(listed, entry="rowstream.claim") == []
    rig.calls()
    rig.clock.advance(60)
    ship(rig, 1)
    rig.settle()
    assert rig.calls() == (1, 1)
    listed.assert_right()


def test_the_mark_holds_when_the_heading_is_renamed(rig, listed):
    """What the mark is for: without it the renamed column would be gone for us."""
    unmark(rig, listed)
    live_until_marked(rig, listed)
    at = listed.column(HEADER)
    listed.type(f"{chr(ord('A') + at)}1", "How it is")
    rig.clock.advance(60)
    ship(rig, 1)
    rig.live_through(30)
    listed.assert_right(renamed={HEADER: "How it is"})


def test_a_claim_that_lands_on_somebody_s_column_proves_nothing(rig, listed):
    """She drags her own column to where ours stood, right before the claim is put there."""
    width = len(listed.grid()[0])
    hers = chr(ord("A") + width)
    listed.type(f"{hers}1", "Hers")
    unmark(rig, listed)
    ours = listed.column(HEADER)
    rig.clock.advance(60)
    ship(rig, 0)
    rig.settle()  # the pass that finds the mark missing; the audit is yet to come
    google = interpose(rig)
    google.before["batch_update"] = [lambda: listed.hand("move", "COLUMNS", width, to=ours)]
    rig.live_through(70, step_s=5)
    assert listed.column("Hers") == ours
    assert marked(listed) == []
    rig.live_through(10 * MINUTE, step_s=20)
    assert marked(listed) == [listed.column(HEADER)]
    listed.assert_right()


def test_a_claim_goes_with_its_column(rig, listed):
    """Moved between the two steps: the mark comes to stand where the column is then."""
    unmark(rig, listed)
    rig.clock.advance(60)
    ship(rig, 0)
    google = interpose(rig)
    claims = []

    def look():
        claims[:] = marked(listed, entry="rowstream.claim")
        if claims:
            listed.hand("move", "COLUMNS", claims[0], to=0)
        else:
            google.after["batch_update"].append(look)

    google.after["batch_update"] = [look]
    rig.live_through(10 * MINUTE, step_s=20)
    assert claims
    assert marked(listed) == [listed.column(HEADER)] == [0]


@pytest.mark.parametrize("fault", ["dropped_after", "late"])
@pytest.mark.parametrize("call", [1, 2], ids=["the claim", "the mark"])
def test_a_mark_whose_answer_is_lost_or_that_comes_late_stands_on_its_column_alone(rig, listed, fault, call):
    """Each write fails once, and right before it she drags the column. The flush of the changed order goes first."""
    unmark(rig, listed)
    google = interpose(rig)
    drag = [lambda: listed.hand("move", "COLUMNS", listed.column(HEADER), to=0)]
    google.before["batch_update"] = [*[lambda: None] * call, *drag]
    rig.fail(fault, after=call)
    live_until_marked(rig, listed)
    rig.clock.advance(60)
    ship(rig, 1)  # the next pass that misses the mark
    rig.live_through(10 * MINUTE, step_s=30)
    assert google.before["batch_update"] == []
    assert marked(listed) == [listed.column(HEADER)]
    assert marked(listed, entry="rowstream.claim") == []
    listed.assert_right()


@pytest.mark.parametrize("fate", [KILLED, BACK])
def test_a_mark_stands_on_its_column_alone_whatever_became_of_its_sender_or_of_its_column(rig, listed, fate):
    """The claim and then the mark: each meets its fate, and the column is dragged away and back while it comes late."""
    unmark(rig, listed)
    for number in range(2):
        rig.clock.advance(60)
        ship(rig, number)
        live_until_struck(strike(rig, "marking.put_back", fate))
        at = listed.column(HEADER)
        if fate == BACK:
            listed.hand("move", "COLUMNS", at, to=0)
            rig.live_through(20)
            listed.hand("move", "COLUMNS", 0, to=at + 1)
    rig.live_through(3 * MINUTE, step_s=30)
    ship(rig, 2)  # the next pass that misses the mark
    rig.live_through(10 * MINUTE, step_s=30)
    assert marked(listed) == [listed.column(HEADER)] == [at]
    assert marked(listed, entry="rowstream.claim") == []
    listed.assert_right()


def test_somebody_s_own_column_under_our_heading_is_never_marked(rig, listed):
    """She deleted ours and made one of the same name: it shows what we never wrote."""
    at = listed.column(HEADER)
    listed.hand("delete", "COLUMNS", at)
    listed.hand("insert", "COLUMNS", at)
    letter = chr(ord("A") + at)
    listed.type(f"{letter}1", HEADER)
    for row in range(2, len(listed.grid()) + 1):
        listed.type(f"{letter}{row}", f"call {row}")
    live_until_marked(rig, listed)
    assert marked(listed) == []
    assert marked(listed, entry="rowstream.claim") == []


def test_a_copied_column_loses_the_mark_to_the_one_that_is_ours(rig, listed):
    """Both bear it; the copy got another heading and other cells: only the proved one keeps a mark."""
    at = listed.column(HEADER)
    width = len(listed.grid()[0])
    listed.type(f"{chr(ord('A') + width)}1", "Copy")
    value = f"{rig.only_binding(listed).id}:{KEY}"
    place = {"sheetId": listed.sheet_id(), "dimension": "COLUMNS", "startIndex": width, "endIndex": width + 1}
    entry = {
        "metadataKey": "rowstream.column",
        "metadataValue": value,
        "location": {"dimensionRange": place},
        "visibility": "DOCUMENT",
    }
    listed.change({"createDeveloperMetadata": {"developerMetadata": entry}})
    assert marked(listed) == [at, width]
    live_until_marked(rig, listed)
    assert marked(listed) == [at]
    listed.assert_right()
