"""Sentences, numbers and times in the reader's language; text from anywhere made harmless."""

from datetime import UTC, date, datetime
from decimal import Decimal
from gettext import NullTranslations
from zoneinfo import ZoneInfo

import pytest

from cards.markup import MAX_TEXT, bold, exact, joined, plain, rich, trim
from cards.words import ENGLISH, Words


class German(NullTranslations):
    def gettext(self, message: str) -> str:
        return {"Invite {name}": "{name} einladen"}.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return "{count} Zeile" if n == 1 else "{count} Zeilen"


GERMAN = Words(German(), "de-DE")


def test_fill_places_after_translation():
    assert GERMAN("Invite {name}", name="{count} & <b>") == "{count} & <b> einladen"


def test_group_counts_as_reader_does():
    assert GERMAN.plural("{count} row", "{count} rows", 1) == "1 Zeile"
    assert GERMAN.plural("{count} row", "{count} rows", 12_345) == "12.345 Zeilen"
    assert ENGLISH.plural("{count} row of {tab}", "{count} rows of {tab}", 2_000, tab="A") == "2,000 rows of A"


def test_ask_catalogue_for_nothing_when_sentence_is_empty():
    """The empty message is the catalogue's own header, which must never be shown."""

    class Header(NullTranslations):
        def gettext(self, message: str) -> str:
            return message or "Project-Id-Version: x"

    assert Words(Header())("") == ""


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (12, "12 seconds ago"),
        (0, "1 second ago"),
        (0.4, "1 second ago"),
        (5_400, "2 hours ago"),
        (-259_200, "in 3 days"),
    ],
)
def test_say_how_long_ago(seconds, expected):
    assert ENGLISH.ago(seconds) == expected


def test_show_money_with_digits_of_currency():
    assert ENGLISH.money(Decimal("1234.5"), "GBP") == "£1,234.50"
    assert ENGLISH.money(Decimal(1200), "JPY") == "¥1,200"
    assert GERMAN.money(Decimal("-0.5"), "EUR") == "-0,50\xa0€"


def test_show_moment_on_clocks_of_its_zone():
    at = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert GERMAN.moment(at, ZoneInfo("Europe/Berlin")) == "24.11.2026, 00:30"
    assert Words(locale="en-GB").moment(at, ZoneInfo("UTC")) == "23 Nov 2026, 23:30"
    assert ENGLISH.day(date(2026, 2, 1)) == "Feb 1, 2026"


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("en-GB", "en_GB"),
        ("de", "de"),
        ("pt_BR", "pt_BR"),
        ("en-XX", "en"),
        ("", "en"),
        ("klingon", "en"),
        ("../x", "en"),
    ],
)
def test_read_locale_tolerantly(asked, used):
    assert Words(locale=asked).locale == used


def test_escape_foreign_text_once():
    assert rich("<b>A & \"B\" 'C'</b>") == "&lt;b&gt;A &amp; &quot;B&quot; &#39;C&#39;&lt;/b&gt;"
    assert rich(rich("A & B")) == "A &amp; B"
    assert bold("<i>") == "<b>&lt;i&gt;</b>"
    assert joined(("a<", bold("b"))) == "a&lt;<br><b>b</b>"


def test_keep_lines_in_rich_text_and_fold_them_in_plain():
    assert rich("a\r\nb\nc") == "a<br>b<br>c"
    assert plain("a\n b\t<c>") == "a b ‹c›"


def test_trim_before_escaping():
    """A trimmed text never ends in half an entity."""
    shown = rich("&" * (MAX_TEXT + 1))
    assert shown.count("&amp;") == MAX_TEXT - 1
    assert shown.endswith(";…")


def test_leave_no_loose_joiner_at_the_cut():
    assert trim("ab👩\u200d👩!", 5) == "ab👩…"
    assert trim("abcd", 4) == "abcd"


def test_drop_what_reorders_or_hides():
    assert plain("invoice\u202egpj.exe\x00\u2066") == "invoicegpj.exe"
    assert exact("<b> & שלום\ud800") == "<b> & שלום\ufffd"
