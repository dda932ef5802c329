"""A protection is known for one in whatever language Google refuses, and a refusal for another reason is not."""

import pytest
from flows.rig import MAYA

from service.core.roles import Role
from service.errors import UpstreamFailed
from service.flows import care, refused
from service.flows.passes import Pass, Tally
from service.google.problems import CellProtected, FileFull, RequestRefused
from service.store import sheets

LANGUAGES = ["en", "de", "fr", "vi"]


@pytest.fixture(params=LANGUAGES)
def language(request, rig):
    rig.world.emulator.faults.language = request.param
    return request.param


def protect(paper, tab, **part):
    where = {"sheetId": paper.sheet_id(tab), **part}
    wish = {"protectedRangeId": 7, "range": where, "editors": {"users": [MAYA.email]}}
    paper.change({"addProtectedRange": {"protectedRange": wish}})


def binding_of(rig, paper, tab):
    return next(row for row in rig.read(sheets.bindings_in, paper.spreadsheet_id) if row.tab_title == tab)


def test_a_protected_column_pauses_its_tab_for_what_it_is(rig, paper, language):
    """Two tabs in one batch: the one that is shut rests with the right reason, the other goes on, and after the
    protection is gone the first one catches up.
    """
    second = rig.bind(paper, rig.preset("sla_watch_list", Role.WAREHOUSE, name="Second list"))
    rig.place(3)
    rig.settle()
    protect(paper, "Second list", startColumnIndex=0, endColumnIndex=14)
    rig.clock.advance(60)
    rig.place(2)
    rig.live_through(30)
    found = rig.binding(second.id)
    assert (found.state, found.reason) == ("paused", "protected")
    assert rig.file(paper).writer_email in found.reason_text
    assert (rig.file(paper).state, binding_of(rig, paper, paper.tab).state) == ("live", "live")
    assert len(paper.rows()) > len(paper.rows(tab="Second list"))
    paper.change({"deleteProtectedRange": {"protectedRangeId": 7}})
    care.resume_tab(rig.services, rig.owner, paper.spreadsheet_id, second.id)
    rig.live_through(30)
    assert paper.by_key(tab="Second list") == paper.by_key()


def test_a_tab_that_cannot_be_set_up_says_that_it_is_protected(rig, language):
    paper = rig.spreadsheet()
    paper.tab = "Sheet1"
    protect(paper, "Sheet1")
    made = rig.bind(paper, tab="0")
    rig.settle()
    assert rig.binding(made.id).reason == "protected"


def turn(rig, paper):
    file = rig.file(paper)
    writer = rig.services.writers.by_email(file.writer_email)
    return Pass(rig.services, file, writer, 1, float("inf"), Tally(), "a-line")


def request_at(paper, row):
    start = {"sheetId": paper.sheet_id(), "rowIndex": row, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": [{"values": [{}]}], "fields": "userEnteredValue"}}


def test_a_refusal_elsewhere_in_a_tab_with_a_protection_stays_what_it_was(rig, paper):
    """Only the request at fault is asked about, with one read."""
    protect(paper, paper.tab, startRowIndex=3, endRowIndex=5)
    this = turn(rig, paper)
    requests = [request_at(paper, 3), request_at(paper, 9)]
    refused.explain(this, RequestRefused("no", index=1, message="no"), requests)
    assert this.tally.reads == 1
    with pytest.raises(CellProtected):
        refused.explain(this, RequestRefused("no", index=0, message="no"), requests)


@pytest.mark.parametrize(
    "known",
    [
        UpstreamFailed("no"),
        FileFull("full", index=0, message="full"),
        CellProtected("shut", index=0, message="shut"),
    ],
)
def test_what_is_understood_is_not_asked_about(rig, paper, known):
    protect(paper, paper.tab)
    this = turn(rig, paper)
    refused.explain(this, known, [request_at(paper, 3)])
    assert this.tally.reads == 0
