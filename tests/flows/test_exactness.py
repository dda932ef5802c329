"""Ids, money and instants to the last digit: whatever the file's locale and zone, in the nights when clocks change too.

Every case looks at both sides of a cell: what was entered, and what a reader sees.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flows.rig import attach_shop
from local_world import WORLD_URL

from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.profiles import ChosenColumn
from service.core.roles import Role, Switch

SHEET_DAY_0 = datetime(1899, 12, 30, tzinfo=UTC)
LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
LOCALES = ("en_GB", "de_DE", "vi_VN", "fr_FR", "ja_JP")


def profile_of(rig, *keys):
    """Every order, one row each, with these columns."""
    base = rig.preset("sales_by_order", Role.OWNER)
    columns = tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys)
    return replace(base, name="Exact", columns=columns, row_filter=RowFilter(), sort=())


def sheet(rig, *keys, locale="en_GB", zone="Europe/London", role=Role.OWNER):
    """These columns in a file of this locale and zone, written."""
    paper = rig.spreadsheet()
    settings = {"properties": {"locale": locale, "timeZone": zone}, "fields": "locale,timeZone"}
    paper.change({"updateSpreadsheetProperties": settings})
    rig.bind(paper, profile_of(rig, *keys), audience=role)
    rig.settle()
    paper.tab = "Exact"
    return paper


def cells(paper, header):
    """Order id → (what was entered, what a reader sees)."""
    fields = (
        "sheets(properties.title,data(rowData(values(userEnteredValue,formattedValue,effectiveFormat.numberFormat))))"
    )
    (tab,) = [one for one in paper.look(fields)["sheets"] if one["properties"]["title"] == paper.tab]
    at = paper.column(header)
    lines = [
        line["values"]
        for line in tab["data"][0]["rowData"][1:]
        if "userEnteredValue" in (line.get("values") or [{}])[0]
    ]
    return {
        line[0]["userEnteredValue"]["stringValue"]: (
            line[at].get("userEnteredValue"),
            line[at].get("formattedValue", ""),
        )
        for line in lines
    }


def serial(instant, zone):
    """The number of days that a spreadsheet in this zone has for an instant, as a double."""
    wall = instant.astimezone(zone).replace(tzinfo=UTC)
    return (wall - SHEET_DAY_0) / timedelta(days=1)


# --- ids -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_a_number_that_is_a_name_keeps_every_digit(rig, locale):
    """Eighteen digits, leading zeros, digits with an exponent or a dot in them: text, as it came, in every locale."""
    names = ["576400000000000011", "000123", "0012345678901234567", "1E5", "12.50", "1,5", "1/2", "00000000"]
    placed = {}
    for name in names:
        (order_id,) = rig.place(1, overrides={"tracking_number": name})
        placed[order_id] = name
    paper = sheet(rig, "order_id", "tracking", locale=locale)
    ids, shown = cells(paper, "Order ID"), cells(paper, "Tracking #")
    for order_id, name in placed.items():
        assert len(order_id) == 18
        assert ids[order_id] == ({"stringValue": order_id}, order_id)
        assert shown[order_id] == ({"stringValue": name}, name)


def test_a_number_typed_by_hand_stays_the_text_it_is(rig):
    """The format of the column is there for rows to come as well: people's own ids lose no zero."""
    rig.place(1)
    paper = sheet(rig, "order_id", "tracking")
    paper.type("A5", "000123")
    paper.type("B5", "576400000000000099")
    assert cells(paper, "Order ID")["000123"] == ({"stringValue": "000123"}, "000123")
    assert cells(paper, "Tracking #")["000123"] == ({"stringValue": "576400000000000099"}, "576400000000000099")


# --- money -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "seen"),
    [("en_GB", "£1,234.50"), ("de_DE", "£1.234,50"), ("vi_VN", "£1.234,50"), ("fr_FR", "£1\u202f234,50")],
)
def test_an_amount_is_a_number_with_its_sign_in_the_marks_of_the_locale(rig, locale, seen):
    (order_id,) = rig.place(1, overrides={"payment": {"total_amount": "1234.50"}})
    paper = sheet(rig, "order_id", "order_total", locale=locale)
    assert cells(paper, "Order total")[order_id] == ({"numberValue": 1234.5}, seen)


@pytest.mark.parametrize(
    ("currency", "amount", "number", "seen"),
    [
        ("VND", "189000", 189000, "₫189.000"),
        ("JPY", "12345", 12345, "¥12.345"),
        ("IDR", "1500000", 1500000, "IDR 1.500.000"),
        ("KWD", "1234.567", 1234.567, "KWD 1.234,567"),
        ("GBP", "0.07", 0.07, "£0,07"),
        ("EUR", "99999999.99", 99999999.99, "€99.999.999,99"),
    ],
)
def test_an_amount_has_the_decimals_of_its_own_currency(rig, currency, amount, number, seen):
    """By the row: one tab holds several currencies, each with as many decimals as it is traded with."""
    (order_id,) = rig.place(1, overrides={"payment": {"total_amount": amount, "currency": currency}})
    (other,) = rig.place(1, overrides={"payment": {"total_amount": "1.50", "currency": "GBP"}})
    paper = sheet(rig, "order_id", "order_total", locale="de_DE")
    found = cells(paper, "Order total")
    assert found[order_id] == ({"numberValue": number}, seen)
    assert found[other] == ({"numberValue": 1.5}, "£1,50")


def test_dong_of_a_shop_in_vietnam_have_no_decimals_anywhere(rig):
    shop = rig.world.market.add_shop("VN")
    rig.switch(Switch.CLIENT_REVENUE)
    rig.shop = attach_shop(rig.services, rig.world, rig.owner, seller=shop.seller_id)
    placed = rig.place(3, shop_id=shop.id)
    paper = sheet(rig, "order_id", "order_total", "items_gross", locale="vi_VN", zone="Asia/Ho_Chi_Minh")
    for key in ("order_total", "items_gross"):
        found = cells(paper, COLUMNS[key].header)
        assert set(found) == set(placed)
        for entered, seen in found.values():
            number = entered["numberValue"]
            assert number == int(number)
            assert seen == "₫" + f"{int(number):,}".replace(",", ".")


# --- instants --------------------------------------------------------------------------------------------------------

#: Nights in which clocks change: an hour that is gone through twice, and one that is left out, on both sides.
NIGHTS = [
    (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25/10/2026 01:30"),  # still summer time
    (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25/10/2026 01:30"),  # the same hour on the wall, once more
    (datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC), "25/10/2026 01:59"),
    (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "25/10/2026 01:00"),
    (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "29/03/2026 00:59"),
    (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29/03/2026 02:00"),  # the hour from one to two is left out
]


def test_the_nights_of_london_are_on_its_wall_clock(rig):
    placed = {}
    for instant, seen in NIGHTS:
        (order_id,) = rig.place(1)
        rig.edit(order_id, rts_sla_time=int(instant.timestamp()))
        placed[order_id] = (instant, seen)
    paper = sheet(rig, "order_id", "rts_due")
    found = cells(paper, "Upload by")
    for order_id, (instant, seen) in placed.items():
        entered, shown = found[order_id]
        assert shown == seen
        assert entered["numberValue"] == pytest.approx(serial(instant, LONDON), abs=1e-9)
        assert round(entered["numberValue"] * 86400) == round(serial(instant, LONDON) * 86400)


@pytest.mark.parametrize(
    ("locale", "zone", "seen"),
    [
        ("en_GB", "Europe/London", "01/07/2026 13:30"),
        ("en_US", "America/New_York", "07/01/2026 08:30"),
        ("de_DE", "Asia/Ho_Chi_Minh", "01.07.2026 19:30"),
        ("vi_VN", "Asia/Ho_Chi_Minh", "01/07/2026 19:30"),
        ("ja_JP", "Asia/Tokyo", "2026/07/01 21:30"),
        ("en_GB", "GMT-07:30", "01/07/2026 05:00"),
        ("fr_FR", "America/St_Johns", "01/07/2026 10:00"),
    ],
)
def test_an_instant_stands_in_the_zone_and_order_of_its_file(rig, locale, zone, seen):
    """The shop is in London; the file is wherever its people are."""
    (order_id,) = rig.place(1)
    rig.edit(order_id, rts_sla_time=int(datetime(2026, 7, 1, 12, 30, tzinfo=UTC).timestamp()))
    paper = sheet(rig, "order_id", "rts_due", locale=locale, zone=zone)
    assert cells(paper, "Upload by")[order_id][1] == seen


# --- time left -------------------------------------------------------------------------------------------------------

CHANGES = [
    pytest.param(LONDON, datetime(2026, 10, 25, 1, tzinfo=UTC), id="london-autumn"),
    pytest.param(LONDON, datetime(2027, 3, 28, 1, tzinfo=UTC), id="london-spring"),
    pytest.param(NEW_YORK, datetime(2026, 11, 1, 6, tzinfo=UTC), id="new-york-autumn"),
    pytest.param(NEW_YORK, datetime(2027, 3, 14, 7, tzinfo=UTC), id="new-york-spring"),
]


@pytest.mark.parametrize(("zone", "changes_at"), CHANGES)
@pytest.mark.parametrize(
    "columns", [("order_id", "sla_due", "sla_left"), ("order_id", "sla_left")], ids=["due", "alone"]
)
def test_the_countdown_ticks_through_a_change_of_clocks(rig, zone, changes_at, columns):
    """By the sheet's own NOW(), without a write: before and after the change, ahead of the deadline and past it.

    In the hour that is gone through twice the sheet does not know which pass it is; there nobody is told of more time
    than there is.
    """
    due_at = changes_at + timedelta(hours=5, minutes=20)
    rig.clock.at = changes_at - timedelta(hours=30)
    (order_id,) = rig.place(1)
    rig.edit(order_id, **dues(due_at))
    paper = sheet(rig, *columns, zone=zone.key, locale="de_DE")
    rig.calls()
    for hours in (-30, -3, -1.5, -0.5, 0.25, 1.25, 4, 5, 6, 30):
        rig.clock.at = max(changes_at + timedelta(hours=hours), rig.clock.at)
        left = due_at - rig.clock.market()
        entered, seen = cells(paper, "Time left")[order_id]
        assert set(entered) == {"formulaValue"}
        local = rig.clock.market().astimezone(zone)
        is_first_pass = local.fold == 0 and local.replace(fold=1).utcoffset() < local.utcoffset()
        assert seen == spoken(left - timedelta(hours=1) if is_first_pass else left), f"{hours} h from the change"


def dues(at):
    """Every deadline of an order at one moment."""
    names = ("rts_sla_time", "tts_sla_time", "shipping_due_time", "collection_due_time", "cancel_order_sla_time")
    return dict.fromkeys(names, int(at.timestamp()))


def spoken(left):
    """Hours and minutes as a sheet shows them, with a minus when they are over."""
    seconds = int(abs(left).total_seconds())
    return f"{'-' if left < timedelta(0) else ''}{seconds // 3600}:{seconds // 60 % 60:02d}"


@pytest.mark.parametrize("locale", LOCALES)
def test_formulas_and_colours_mean_the_same_in_every_locale(rig, locale):
    """Where the comma is the decimal mark, a formula with commas would be an error and 0.5 no number."""
    late, early = (rig.place(1)[0] for _ in range(2))
    rig.edit(late, **dues(rig.clock.market() + timedelta(hours=3, minutes=30)))
    rig.edit(early, **dues(rig.clock.market() + timedelta(days=9)))
    paper = sheet(rig, "order_id", "sla_due", "sla_left", locale=locale)
    found = cells(paper, "Time left")
    for _, seen in found.values():
        assert seen.replace(":", "").isdigit(), seen
    assert found[late][1].startswith("3:")
    picture = rig.world.http.get(f"{WORLD_URL}/sheets/control/spreadsheets/{paper.spreadsheet_id}").json()
    (tab,) = [one for one in picture["sheets"] if one["title"] == paper.tab]
    coloured = {cells_[0]["t"]: bool(cells_[2].get("background")) for _, cells_ in tab["rows"][1:] if cells_[0]["t"]}
    assert coloured == {late: True, early: False}
