"""Zones: instants as a spreadsheet's numbers, right on both sides of a change of clocks."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.zones import SHEET_EPOCH, seconds_of_sheet, serial, serial_text, shifts, zone
from service.errors import BadInput


def test_known_days_have_the_numbers_google_documents():
    assert serial(datetime(1900, 1, 1, 12, tzinfo=UTC), UTC) == Decimal("2.5")
    assert serial_text(datetime(2020, 1, 1, tzinfo=UTC), UTC) == "43831"


def test_the_number_is_wall_time_of_the_spreadsheet():
    noon_utc = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert serial_text(noon_utc, zone("Europe/Berlin")) == serial_text(noon_utc + timedelta(hours=2), UTC)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), 3601),  # 00:59:59 → 02:00:00
        (datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC), -3599),  # 01:59:59 → 01:00:00
    ],
    ids=["spring", "autumn"],
)
def test_a_second_across_a_change_of_clocks_moves_the_wall(before, after):
    london = zone("Europe/London")
    assert seconds_of_sheet(before + timedelta(seconds=1), london) - seconds_of_sheet(before, london) == after


@settings(max_examples=80)
@given(
    st.integers(1_577_836_800, 2_840_140_800).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from(["UTC", "Europe/London", "America/Los_Angeles", "Asia/Ho_Chi_Minh", "GMT-07:00"]),
)
def test_a_number_gives_back_its_second_also_as_a_double(instant, name):
    seconds = round(float(serial_text(instant, zone(name))) * 86400)
    shown = SHEET_EPOCH + timedelta(seconds=seconds)
    assert shown == instant.astimezone(zone(name)).replace(tzinfo=None, microsecond=0)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        serial(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), UTC)


@pytest.mark.parametrize("name", ["Mars/Base", "", "GMT+99:00", "../etc/passwd"])
def test_an_unknown_zone_is_said_in_words(name):
    with pytest.raises(BadInput):
        zone(name)


def test_an_offset_is_a_zone():
    assert zone("GMT-07:30") == timezone(-timedelta(hours=7, minutes=30))


def test_changes_of_clocks_are_found_to_the_hour():
    found = shifts(datetime(2026, 10, 3, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC), zone("America/Los_Angeles"))
    assert found == [
        (datetime(2026, 11, 1, 9, tzinfo=UTC), timedelta(hours=-1)),
        (datetime(2027, 3, 14, 10, tzinfo=UTC), timedelta(hours=1)),
    ]
    assert not shifts(datetime(2026, 1, 3, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC), zone("Asia/Tokyo"))


def test_two_changes_that_undo_each_other_are_both_found():
    """Morocco turns its clocks back for the month of fasting and forward after it."""
    found = shifts(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC), zone("Africa/Casablanca"))
    assert [moved for _, moved in found] == [timedelta(hours=-1), timedelta(hours=1)]


def test_an_instant_of_change_belongs_to_the_span_that_ends_with_it():
    changes_at = datetime(2026, 10, 25, 1, tzinfo=UTC)
    day, london = timedelta(days=1), zone("Europe/London")
    assert [at for at, _ in shifts(changes_at - day, changes_at, london)] == [changes_at]
    assert not shifts(changes_at, changes_at + day, london)
