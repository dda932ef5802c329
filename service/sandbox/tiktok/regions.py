"""The three markets the simulator knows: money, deadlines, carriers, warehouses and buyers of each.

Facts only. Deadlines count working days (Monday to Friday) from the day of the order and fall at 23:59:59 local time.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct


class Place(NamedTuple):
    street: str
    town: str
    county: str
    state: str
    postcode: str


class Region(Struct, frozen=True):
    code: str
    country: str
    currency: str
    exponent: int  # digits after the decimal point
    zone: str
    locale: str
    phone: str  # a pattern; # is a digit
    shipping_minor: int
    sales_tax_bp: int  # basis points added on top of prices; 0 where prices include tax
    cod_share: float
    packs_at_payment: bool  # GB and US create the package when the seller ships
    rts_days: int
    tts_days: int
    due_days: int
    collect_days: int
    deliver_days: int
    providers: tuple[tuple[str, str, str], ...]  # id, name, tracking number pattern
    people: tuple[tuple[str, str], ...]  # first, last; the last is empty where only one name was given
    places: tuple[Place, ...]
    levels: tuple[str, ...]  # names of the districts L0 to L3


class Deadlines(NamedTuple):
    """Unix seconds."""

    rts_sla: int
    tts_sla: int
    shipping_due: int
    collection_due: int
    delivery_sla: int
    delivery_due: int


GB = Region(
    code="GB",
    country="United Kingdom",
    currency="GBP",
    exponent=2,
    zone="Europe/London",
    locale="en-GB",
    phone="(+44)7700900###",
    shipping_minor=349,
    sales_tax_bp=0,
    cod_share=0.0,
    packs_at_payment=False,
    rts_days=2,
    tts_days=3,
    due_days=5,
    collect_days=7,
    deliver_days=6,
    providers=(
        ("6671794738251726849", "Royal Mail", "AA#########GB"),
        ("6599541761693270018", "Evri", "H00#############"),
        ("6639580521074524161", "DHL UK", "##########"),
    ),
    people=(
        ("Siân", "O'Connor"),
        ("Zoë", "Brontë-Hughes"),
        ("Tom", "Whitlock"),
        ("محمد", "الأمين"),
        ("王小明", ""),
        ("Priya 🌸", "Raman"),
        ("Łukasz", "Żółkiewski"),
        ("נועה", "לוי"),
        ("Grace", "Adeyemi"),
        ("Björn", "Þórsson"),
        ("Anne-Marie", "de la Croix"),
        ("Kwame", "Mensah"),
        ("Ffion", "Llewellyn"),
    ),
    places=(
        Place("14 Harbour Terrace", "BRISTOL", "Bristol", "England", "BS1 5TY"),
        Place("Flat 3, 88 Byres Road", "GLASGOW", "Glasgow City", "Scotland", "G12 8TD"),
        Place("2 Heol y Bont", "ABERYSTWYTH", "Ceredigion", "Wales", "SY23 3AB"),
        Place("The Old Forge, Mill Lane", "HEBDEN BRIDGE", "West Yorkshire", "England", "HX7 8DG"),
        Place("41b Camden Passage", "LONDON", "Greater London", "England", "N1 8EA"),
        Place("7 Ormeau Avenue", "BELFAST", "Belfast", "Northern Ireland", "BT2 8HD"),
    ),
    levels=("Country", "Nation", "County", "Town"),
)

US = Region(
    code="US",
    country="United States",
    currency="USD",
    exponent=2,
    zone="America/Los_Angeles",
    locale="en-US",
    phone="(+1)213-555-0###",
    shipping_minor=499,
    sales_tax_bp=725,
    cod_share=0.0,
    packs_at_payment=False,
    rts_days=2,
    tts_days=3,
    due_days=7,
    collect_days=9,
    deliver_days=6,
    providers=(
        ("7117858858072016686", "USPS", "9400##################"),
        ("7117859084333745966", "UPS", "1Z################"),
        ("7352738314622863120", "UniUni", "UUS################"),
    ),
    people=(
        ("María José", "Núñez"),
        ("Tyrell", "Washington"),
        ("Aoife", "Brennan"),
        ("李", "Wei"),
        ("Dmitri", "Sørensen-Katz"),
        ("سارة", "خوري"),
        ("Jordan ✨", "Blake"),
        ("Nguyễn", "Thảo"),
        ("Hannah", "Okafor"),
    ),
    places=(
        Place("1820 Maple Ave Apt 4", "Pasadena", "Los Angeles County", "California", "91104"),
        Place("77 Prospect St", "Cambridge", "Middlesex County", "Massachusetts", "02139"),
        Place("509 W Lamar Blvd #12", "Austin", "Travis County", "Texas", "78703"),
        Place("3 Calle Loíza", "Santa Fe", "Santa Fe County", "New Mexico", "87501"),
    ),
    levels=("Country", "State", "County", "City"),
)

VN = Region(
    code="VN",
    country="Việt Nam",
    currency="VND",
    exponent=0,
    zone="Asia/Ho_Chi_Minh",
    locale="vi-VN",
    phone="(+84)90#######",
    shipping_minor=32000,
    sales_tax_bp=0,
    cod_share=0.45,
    packs_at_payment=True,
    rts_days=1,
    tts_days=2,
    due_days=2,
    collect_days=3,
    deliver_days=7,
    providers=(
        ("6841743441349706241", "J&T Express", "85##########"),
        ("7117858858072016111", "Viettel Post", "VTP##########"),
    ),
    people=(
        ("Nguyễn Thị Hồng", "Nhung"),
        ("Trần Quốc", "Bảo"),
        ("Lê", "Phương Anh"),
        ("Đặng Văn", "Lâm"),
        ("Phạm 🌱", "Thảo My"),
        ("陳美玲", ""),
    ),
    places=(
        Place("12 Lý Tự Trọng, P. Bến Nghé", "Quận 1", "Quận 1", "Hồ Chí Minh", "700000"),
        Place("Ngõ 45 Hàng Bông", "Hoàn Kiếm", "Hoàn Kiếm", "Hà Nội", "100000"),
        Place("208 Nguyễn Văn Linh", "Hải Châu", "Hải Châu", "Đà Nẵng", "550000"),
    ),
    levels=("Country", "Province", "District", "Ward"),
)

REGIONS = {region.code: region for region in (GB, US, VN)}


def add_working_days(day: date, count: int) -> date:
    """The day `count` working days after `day`."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


@lru_cache(maxsize=4096)
def _deadlines_of(code: str, day: date) -> Deadlines:
    region = REGIONS[code]
    zone = ZoneInfo(region.zone)

    def close(days: int) -> int:
        return int(datetime.combine(add_working_days(day, days), time(23, 59, 59), zone).timestamp())

    deliver = region.collect_days + region.deliver_days
    return Deadlines(
        rts_sla=close(region.rts_days),
        tts_sla=close(region.tts_days),
        shipping_due=close(region.due_days),
        collection_due=close(region.collect_days),
        delivery_sla=close(region.deliver_days),
        delivery_due=close(deliver),
    )


def deadlines(code: str, start: int) -> Deadlines:
    """The clocks of an order whose dispatch time starts at `start` (Unix seconds)."""
    region = REGIONS[code]
    return _deadlines_of(code, datetime.fromtimestamp(start, UTC).astimezone(ZoneInfo(region.zone)).date())
