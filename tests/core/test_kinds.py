"""Kinds: each sort of value in a sheet, on a card and in a CSV file."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core import kinds
from service.core.cells import BLANK, Cell, Form
from service.core.kinds import Countdown, NumberFormat, neutral
from service.core.orders import Money
from service.core.zones import SHEET_EPOCH, zone

LONDON = zone("Europe/London")
AT = datetime(2026, 7, 1, 12, 30, 15, tzinfo=UTC)
ORDER_ID = "576400000000000011"


@pytest.mark.parametrize(
    ("kind", "value", "cell", "card", "csv"),
    [
        (kinds.ID, ORDER_ID, Cell(Form.TEXT, ORDER_ID), ORDER_ID, ORDER_ID),
        (kinds.TXT, "=1+1", Cell(Form.TEXT, "=1+1"), "=1+1", "'=1+1"),
        (kinds.NOTE, "call back", Cell(Form.TEXT, "call back"), "call back", "call back"),
        (kinds.INT, 1200, Cell(Form.NUMBER, "1200"), "1,200", "1200"),
        (kinds.NUM, Decimal("1.50"), Cell(Form.NUMBER, "1.5"), "1.5", "1.5"),
        (kinds.PCT, Decimal("0.227"), Cell(Form.NUMBER, "0.227"), "22.7%", "0.227"),
        (kinds.MONEY, Money(-1234, "GBP"), Cell(Form.NUMBER, "-12.34"), "-£12.34", "-12.34"),
        (kinds.MONEY, Money(1234, "VND"), Cell(Form.NUMBER, "1234"), "₫1,234", "1234"),
        (kinds.MONEY, Money(1234, "IDR"), Cell(Form.NUMBER, "1234"), "IDR1,234", "1234"),
        (
            kinds.ENUM,
            "AWAITING_SHIPMENT",
            Cell(Form.TEXT, "AWAITING_SHIPMENT"),
            "Awaiting shipment",
            "AWAITING_SHIPMENT",
        ),
        (kinds.ENUM, "ok", Cell(Form.TEXT, "ok"), "OK", "ok"),
        (kinds.ENUM, "TIKTOK_DIGITAL", Cell(Form.TEXT, "TIKTOK_DIGITAL"), "TikTok digital", "TIKTOK_DIGITAL"),
        (
            kinds.ENUM,
            "FULFILLMENT_BY_SELLER",
            Cell(Form.TEXT, "FULFILLMENT_BY_SELLER"),
            "Seller",
            "FULFILLMENT_BY_SELLER",
        ),
        (kinds.ENUM, "overdue", Cell(Form.TEXT, "overdue"), "Overdue", "overdue"),
        (kinds.ENUM, "GB", Cell(Form.TEXT, "GB"), "GB", "GB"),
        (kinds.BOOL, True, Cell(Form.BOOL, "TRUE"), "Yes", "TRUE"),
        (kinds.BOOL, False, Cell(Form.BOOL, "FALSE"), "No", "FALSE"),
        (
            kinds.URL,
            "https://a.example/x",
            Cell(Form.TEXT, "https://a.example/x"),
            "https://a.example/x",
            "https://a.example/x",
        ),
        (kinds.URL, "javascript:alert(1)", BLANK, "—", ""),
        (kinds.URL, "https://a.example/x y", BLANK, "—", ""),
    ],
)
def test_a_value_looks_right_everywhere(kind, value, cell, card, csv):
    assert kind.cell(value, LONDON) == cell
    assert kind.card(value, locale="en_US", where=LONDON) == card
    assert kind.csv(value, LONDON) == csv


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=kinds.KINDS)
def test_unknown_is_blank_a_dash_and_empty(kind):
    assert kind.cell(None, LONDON) == BLANK
    assert kind.card(None, locale="en", where=LONDON) == "—"
    assert kind.csv(None, LONDON) == ""


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=kinds.KINDS)
def test_a_value_of_another_sort_is_a_bug_and_not_a_cell(kind):
    with pytest.raises(TypeError):
        kind.cell(object(), LONDON)


def test_true_is_no_number():
    with pytest.raises(TypeError):
        kinds.INT.cell(True, LONDON)


def test_an_instant_is_shown_in_the_zone_asked_for():
    """On a card to the minute, everywhere else to the second."""
    assert kinds.DT.card(AT, locale="de", where=LONDON) == "01.07.2026, 13:30"
    assert kinds.DT.card(AT, locale="en_GB", where=UTC) == "1 Jul 2026, 12:30"
    assert kinds.DT.csv(AT, LONDON) == "2026-07-01 13:30:15"
    assert kinds.DT.cell(AT, LONDON) != kinds.DT.cell(AT, UTC)


@pytest.mark.parametrize(
    ("kind", "currency", "shape"),
    [
        (kinds.ID, "", NumberFormat("TEXT", "@")),
        (kinds.DT, "", NumberFormat("DATE_TIME", "yyyy-mm-dd hh:mm")),
        (kinds.DUR, "", NumberFormat("TIME", "[h]:mm")),
        (kinds.PCT, "", NumberFormat("PERCENT", "0.0%")),
        (kinds.MONEY, "GBP", NumberFormat("CURRENCY", '"£"#,##0.00')),
        (kinds.MONEY, "VND", NumberFormat("CURRENCY", '"₫"#,##0')),
        (kinds.MONEY, "THB", NumberFormat("CURRENCY", '"THB "#,##0.00')),
        (kinds.TXT, "", None),
    ],
)
def test_a_sheet_format_follows_kind_and_currency(kind, currency, shape):
    assert kind.number_format(currency) == shape


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", "\n", " =", "＝"])
def test_foreign_text_cannot_start_a_formula_in_an_exported_file(start):
    assert neutral(f"{start}cmd") == f"'{start}cmd"


@settings(max_examples=60)
@given(st.text(max_size=12))
def test_exported_text_never_begins_like_a_formula(text):
    assert not kinds.TXT.csv(text, UTC).lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    ("left", "card", "csv"),
    [
        (timedelta(hours=30, minutes=4, seconds=50), "1 day 6 hr", "30:04"),
        (-timedelta(hours=3, minutes=5), "−3 hr 5 min", "-3:05"),
        (timedelta(seconds=20), "0 min", "0:00"),
    ],
)
def test_time_left_is_said_in_its_two_largest_parts(left, card, csv):
    countdown = Countdown(due_at=AT + left, now_at=AT)
    assert kinds.DUR.card(countdown, locale="en", where=UTC) == card
    assert kinds.DUR.csv(countdown, UTC) == csv


def test_the_countdown_in_a_sheet_is_a_formula_that_does_not_depend_on_now():
    early = kinds.DUR.cell(Countdown(AT, AT - timedelta(hours=9)), UTC)
    late = kinds.DUR.cell(Countdown(AT, AT + timedelta(hours=9)), UTC)
    assert early == late == Cell(Form.FORMULA, '=IF(ISNUMBER({sla_due});{sla_due}-NOW();"")')


@pytest.mark.parametrize("hours_before", [1, 30, 60])
@pytest.mark.parametrize(
    "due_at",
    [datetime(2026, 3, 30, 22, 59, 59, tzinfo=UTC), datetime(2026, 10, 26, 23, 59, 59, tzinfo=UTC)],
    ids=["spring", "autumn"],
)
def test_the_countdown_is_right_across_a_change_of_clocks(due_at, hours_before):
    """The formula is worked out by hand: wall time of due, minus wall time of now, minus the correction while ahead."""
    now = due_at - timedelta(hours=hours_before)
    formula = kinds.DUR.cell(Countdown(due_at, now), LONDON).value
    threshold, moved = formula.split("NOW()<")[1].split(";")[0:2]
    wall_now, wall_due = (_wall_s(instant) for instant in (now, due_at))
    correction = int(moved.split("/")[0]) if wall_now < int(threshold.split("/")[0]) else 0
    assert wall_due - wall_now - correction == hours_before * 3600


def _wall_s(instant):
    return (instant.astimezone(LONDON).replace(tzinfo=None) - SHEET_EPOCH).total_seconds()
