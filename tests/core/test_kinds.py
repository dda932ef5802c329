"""Kinds: each sort of value in a sheet, on a card and in a CSV file."""

import re
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
        (kinds.DT, "", NumberFormat("DATE_TIME", "yyyy-MM-dd hh:mm")),
        (kinds.DUR, "", NumberFormat("TIME", "[h]:mm")),
        (kinds.PCT, "", NumberFormat("PERCENT", "0.0%")),
        (kinds.MONEY, "GBP", NumberFormat("CURRENCY", '"£"#,##0.00')),
        (kinds.MONEY, "VND", NumberFormat("CURRENCY", '"₫"#,##0')),
        (kinds.MONEY, "JPY", NumberFormat("CURRENCY", '"¥"#,##0')),
        (kinds.MONEY, "KWD", NumberFormat("CURRENCY", '"KWD "#,##0.000')),
        (kinds.MONEY, "THB", NumberFormat("CURRENCY", '"THB "#,##0.00')),
        (kinds.TXT, "", None),
    ],
)
def test_a_sheet_format_follows_kind_and_currency(kind, currency, shape):
    assert kind.number_format(currency) == shape


@pytest.mark.parametrize(
    ("locale", "pattern"),
    [
        ("en_GB", "dd/MM/yyyy hh:mm"),
        ("en_US", "MM/dd/yyyy hh:mm"),
        ("de_DE", "dd.MM.yyyy hh:mm"),
        ("vi_VN", "dd/MM/yyyy hh:mm"),
        ("ja_JP", "yyyy/MM/dd hh:mm"),
        ("ar_EG", "dd/MM/yyyy hh:mm"),
        ("xx_XX", "yyyy-MM-dd hh:mm"),
    ],
)
def test_an_instant_is_written_in_the_order_of_the_spreadsheets_locale(locale, pattern):
    """The hour of 24 everywhere: a deadline must not be misread by half a day."""
    assert kinds.DT.number_format(locale=locale) == NumberFormat("DATE_TIME", pattern)


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


@pytest.mark.parametrize("zone_name", ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
@pytest.mark.parametrize("season", [datetime(2026, 3, 20, 22, 59, 59, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_the_countdown_is_right_across_every_change_of_clocks(zone_name, season):
    """Worked out by hand, hour by hour: ahead of the deadline and behind it, ahead of the change and behind it.

    An hour that is gone through twice is counted as its second pass: there the countdown may run an hour ahead.
    """
    where = zone(zone_name)
    for step in range(-30, 31):
        due_at = season + timedelta(hours=13 * step)
        formula = kinds.DUR.cell(Countdown(due_at, due_at), where).value
        for hours in range(-17 * 24, 17 * 24, 7):
            now = due_at + timedelta(hours=hours, minutes=30)
            left = _worked_out(formula, due=_wall_s(due_at, where), now=_wall_s(now, where))
            missing = (due_at - now).total_seconds() - left
            assert missing == 0 or (now.astimezone(where).fold == 0 and _is_ambiguous(now, where) and missing > 0), now


def _worked_out(formula, *, due, now):
    """Seconds left by the formula, in whole numbers."""
    inner = formula.removeprefix("=IF(ISNUMBER({sla_due});{sla_due}-NOW()").removesuffix(';"")')
    terms = re.findall(r"([+-])IF\(NOW\(\)<(\d+)/86400;(-?\d+)(?:/86400)?;(-?\d+)(?:/86400)?\)", inner)
    assert "".join(inner).count("IF(") == len(terms)
    return (
        due
        - now
        + sum(
            (1 if sign == "+" else -1) * int(before if now < int(limit) else after)
            for sign, limit, before, after in terms
        )
    )


def _is_ambiguous(now, where):
    local = now.astimezone(where)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _wall_s(instant, where):
    return (instant.astimezone(where).replace(tzinfo=None) - SHEET_EPOCH).total_seconds()
