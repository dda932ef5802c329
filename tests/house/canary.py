"""Canaries: one unique value in every field that TikTok tells us of an order, which group it belongs to, and the hunt.

The values are planted upstream, in TikTok's own words, so that they take every step an order takes. Each is made of
letters and digits only, so that no escaping, quoting or markup can hide it; amounts, instants and long numbers are
looked for in each way they are written.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_plus

SHOP_NAME = "Zqshop Mercers"
SHEET_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
#: What a tab, a column, a view or a protection of a spreadsheet is called there: a number made of our own random ids,
#: which now and then looks like an amount. In requests and answers, in an emulator's file, in the address of a tab. Ids
#: of orders, lines and goods are texts, and stay.
OBJECT = re.compile(
    r'"\w*(?:sheet|metadata|filterview|protectedrange)_?id"\s*:\s*\d+(?=\s*[,}\]])'
    r'|\d+, "rowstream[\w.]*", "[^"]*", "DOCUMENT", \d+|#gid=\d+',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Canary:
    """A value and the group that may see it. `forms` are the ways it may be written, each found as a whole."""

    name: str
    group: str
    forms: tuple[str, ...]

    def is_in(self, text: str) -> bool:
        """Whether a text, already made plain, holds it."""
        return any(_found(form.lower(), text) for form in self.forms)


def _found(form: str, text: str) -> bool:
    """A number is a find only when it stands alone: not within a longer one, a random id or a sealed text, and a time
    of day not as the minutes and seconds of another.
    """
    start = text.find(form)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(form) : start + len(form) + 1]
        is_alone = not (before.isalnum() or (":" in form and before == ":"))
        if (not form[0].isdigit() or is_alone) and not (form[-1].isdigit() and after.isalnum()):
            return True
        start = text.find(form, start + 1)
    return False


def plain(raw: str | bytes) -> str:
    """The text without escapes of JSON, HTML and addresses and without numbers of objects, in small letters."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    text = OBJECT.sub(" ", text)
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    return unquote_plus(html.unescape(text)).replace("\u00a0", " ").replace("\u202f", " ").lower()


def hunt(raw: str | bytes, canaries: Iterable[Canary]) -> set[str]:
    """The names of the canaries in it."""
    text = plain(raw)
    return {canary.name for canary in canaries if canary.is_in(text)}


# --- what is planted ---


def upstream(number: int) -> dict[str, Any]:
    """What TikTok says about order `number` beside its id, status and times: the overrides of a new order."""
    n = str(number)
    return {
        "buyer_email": f"zqmail{n}@scs2.tiktok.com",
        "user_id": f"749477700011122233{n}",
        "buyer_message": f"please zqmessage{n}",
        "cpf": f"zqtax{n}",
        "seller_note": f"zqsellernote{n}",
        "delivery_option_name": f"Zqdelivery{n}",
        "warehouse_id": f"770011223344556677{n}",
        "tracking_number": f"ZQTRACK{n}",
        "shipping_provider": f"Zqcarrier{n}",
        "packages": [{"id": f"115299777000111222{n}"}],
        "payment_method_name": f"Zqpay{n}",
        "payment_auth_code": f"zqauth{n}",
        "payment_card_type": f"zqcard{n}",
        "buyer_nickname": f"zqnick{n}",
        "recipient_address": _address(n),
        "payment": _payment(number),
        "line_items": [_line(number, 1), _line(number, 2)],
        "rts_sla_time": _at(24, 3, 10 + number),
        "tts_sla_time": _at(25, 4, 10 + number),
        "shipping_due_time": _at(26, 5, 10 + number),
        "collection_due_time": _at(27, 6, 10 + number),
        "cancel_order_sla_time": _at(27, 6, 10 + number),
        "delivery_due_time": _at(27, 6, 10 + number),
        "delivery_sla_time": _at(28, 7, 10 + number),
    }


def _address(n: str) -> dict[str, Any]:
    return {
        "name": f"Nyra Zqname{n}",
        "first_name": f"Zqfirst{n}",
        "last_name": f"Zqlast{n}",
        "phone_number": f"(+44)770090012{n}",
        "full_address": f"{n} Zqstreet{n} Lane",
        "address_detail": f"Zqdetail{n}",
        "address_line1": f"Zqline{n}",
        "postal_code": f"ZQ{n} 9YX",
        "district_info": [
            {"address_level": "L0", "address_name": f"Zqcountry{n}"},
            {"address_level": "L1", "address_name": f"Zqregion{n}"},
            {"address_level": "L2", "address_name": f"Zqcounty{n}"},
            {"address_level": "L3", "address_name": f"Zqcity{n}"},
        ],
    }


def _payment(number: int) -> dict[str, str]:
    return {name: _amount(minor) for name, minor in _minor(number).items()}


def _minor(number: int) -> dict[str, int]:
    """Amounts in pence, no two alike, of which the lines' add up to the order's, and the discounts to what is paid."""
    by = number * 2
    return {
        "original_total_product_price": 731103 + 6 * by,
        "seller_discount": 61307 + 2 * by,
        "platform_discount": 41709 + 2 * by,
        "sub_total": 628087 + 2 * by,
        "shipping_fee": 29413 + by,
        "tax": 59317 + by,
        "total_amount": 716839 + by,
        "original_shipping_fee": 38121 + by,
        "shipping_fee_seller_discount": 8717 + by,
        "product_tax": 47711 + by,
    }


def _line(number: int, place: int) -> dict[str, Any]:
    by = number * 2
    part = {
        1: {"original_price": 411101, "sale_price": 358043, "seller_discount": 31303, "platform_discount": 21705},
        2: {"original_price": 320002, "sale_price": 270044, "seller_discount": 30004, "platform_discount": 20004},
    }[place]
    own = f"{number}{place}"
    return {
        "id": f"57649977700011122{own}",
        "product_id": f"17294777000111222{own}",
        "product_name": f"Zqproduct{own}",
        "sku_id": f"17295777000111222{own}",
        "sku_name": f"Zqvariant{own}",
        "seller_sku": f"ZQSKU{own}",
        "sku_image": f"https://p16-shop.example/zqimage{own}.jpeg",
        "sku_type": "NORMAL",
        "currency": "GBP",
        "display_status": "AWAITING_SHIPMENT",
        "package_id": f"115299777000111222{number}",
        "tracking_number": f"ZQTRACK{number}",
        "shipping_provider_name": f"Zqcarrier{number}",
        "item_tax": [{"tax_type": "SALES_TAX", "tax_amount": _amount(23107 + by + place), "tax_rate": "0.2"}],
        **{name: _amount(minor + by) for name, minor in part.items()},
        "original_price": _amount(part["original_price"] + 3 * by),
    }


def _amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _at(day: int, hour: int, minute: int) -> int:
    return int(datetime(2026, 11, day, hour, minute, 43, tzinfo=UTC).timestamp())


# --- what is looked for ---


def canaries(number: int, order_id: str, *, note_group: str) -> list[Canary]:
    """Every canary of order `number`. `note_group`: who may see what the seller's team wrote about it."""
    n = str(number)
    texts = [
        *_each("PII", recipient=f"zqname{n}", phone=f"770090012{n}", address=f"zqstreet{n}", city=f"zqcity{n}"),
        *_each("PII", postcode=f"zq{n} 9yx", email=f"zqmail{n}", buyer=f"749477700011122233{n}"),
        *_each("PII", message=f"zqmessage{n}", tax_id=f"zqtax{n}"),
        *_each("FULFIL", delivery=f"zqdelivery{n}", warehouse=f"770011223344556677{n}", tracking=f"zqtrack{n}"),
        *_each("FULFIL", carrier=f"zqcarrier{n}", country=f"zqcountry{n}", region=f"zqregion{n}"),
        *_each("ID", order=order_id, package=f"115299777000111222{n}"),
        *_each("REF", shop=SHOP_NAME, ref=order_id[-6:]),
        *_each("REVENUE", payment=f"zqpay{n}"),
        *_each("INTERNAL", seller_note=f"zqsellernote{n}"),
        *_each(note_group, note=f"zqnote{n}", assignee=f"zqassignee{n}", custom=f"zqcustom{n}"),
        *_each("NOBODY", auth=f"zqauth{n}", card=f"zqcard{n}", nickname=f"zqnick{n}", first_name=f"zqfirst{n}"),
        *_each("NOBODY", last_name=f"zqlast{n}", street=f"zqdetail{n}", line=f"zqline{n}", county=f"zqcounty{n}"),
    ]
    found = [Canary(f"{group}: {name} of {n}", group, (value,)) for group, name, value in texts]
    return [*found, *_items(number), *_amounts(number), *_clocks(number)]


def _each(group: str, **values: str) -> list[tuple[str, str, str]]:
    return [(group, name, value) for name, value in values.items()]


def _items(number: int) -> list[Canary]:
    found = []
    for place in (1, 2):
        own = f"{number}{place}"
        words = {"product": "zqproduct", "variant": "zqvariant", "sku": "zqsku", "image": "zqimage",
                 "sku id": "17295777000111222", "product id": "17294777000111222"}  # fmt: skip
        found += [Canary(f"ITEM: {name} of {own}", "ITEM", (f"{word}{own}",)) for name, word in words.items()]
        found.append(Canary(f"ID: line of {own}", "ID", (f"57649977700011122{own}",)))
    return found


def _amounts(number: int) -> list[Canary]:
    minor = _minor(number)
    unread = {"original_shipping_fee", "shipping_fee_seller_discount", "product_tax"}
    shown = {name: pence for name, pence in minor.items() if name not in unread}
    shown["revenue"] = minor["sub_total"] + minor["platform_discount"]
    for place in (1, 2):
        line = {name: int(value.replace(".", "")) for name, value in _line(number, place).items()
                if isinstance(value, str) and re.fullmatch(r"\d+\.\d\d", value)}  # fmt: skip
        shown |= {f"{name} of {place}": pence for name, pence in line.items()}
        shown[f"revenue of {place}"] = line["sale_price"] + line["platform_discount"]
    taxes = {f"item tax of {place}": 23107 + number * 2 + place for place in (1, 2)}
    return [
        *(Canary(f"REVENUE: {name} of {number}", "REVENUE", money(pence)) for name, pence in shown.items()),
        *(Canary(f"NOBODY: {name} of {number}", "NOBODY", money(minor[name])) for name in sorted(unread)),
        *(Canary(f"NOBODY: {name} of {number}", "NOBODY", money(pence)) for name, pence in taxes.items()),
    ]


def money(minor: int) -> tuple[str, ...]:
    """The ways an amount is written: as text, with thousands, in pence."""
    return (_amount(minor), f"{minor // 100:,}.{minor % 100:02d}", str(minor))


def _clocks(number: int) -> list[Canary]:
    """`rts_sla_time` and its like. Of the limits of auto-cancel the earliest counts, and only that one is shown."""
    told = upstream(number)
    shown = ("rts_sla_time", "tts_sla_time", "shipping_due_time", "delivery_sla_time")
    return [Canary(f"SLA: {name} of {number}", "SLA", instant(told[name])) for name in shown]


def instant(timestamp: int) -> tuple[str, ...]:
    """The ways an instant is written: hours and minutes, a sheet's number, seconds of either calendar."""
    at = datetime.fromtimestamp(timestamp, UTC)
    seconds = int((at - SHEET_EPOCH).total_seconds())
    serial = (Decimal(seconds) / 86400).quantize(Decimal("1E-10")).normalize()
    return (f"{at:%H:%M}", f"{serial:f}", str(seconds), str(timestamp))
