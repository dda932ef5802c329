"""The buyer of an order: name, address, relay e-mail, and what the platform hides of them.

Buyers are a fixed cast per market; the buyer number of an order decides everything.
"""

from functools import lru_cache
from random import Random
from typing import Any

from service.sandbox.tiktok.regions import REGIONS, Place, Region
from service.sandbox.tiktok.state import Order

_DAY_S = 86_400
US_MASK_AFTER_S = 30 * _DAY_S  # after COMPLETED; vendor table of July 2025
EMPTY_AFTER_S = 90 * _DAY_S  # old orders come back with empty strings; the age is the simulator's choice

_SECRET_TEXTS = ("name", "first_name", "last_name", "phone_number", "address_detail", "full_address")
_LINES = ("address_line1", "address_line2", "address_line3", "address_line4")


def user_id(code: str, buyer: int) -> str:
    return str(7_494_000_000_000_000_000 + list(REGIONS).index(code) * 10**9 + buyer * 7_919)


@lru_cache(maxsize=2048)
def relay_email(code: str, buyer: int) -> str:
    letters = Random(f"{code}{buyer}").choices("abcdefghijklmnopqrstuvwxyz0123456789", k=14)
    return f"v4{''.join(letters)}@scs2.tiktok.com"


def show_address(code: str, buyer: int) -> dict[str, Any]:
    """The full, unmasked address object; a fresh one at every call."""
    region = REGIONS[code]
    rng = Random(f"{code}/{buyer}")
    first, last = region.people[buyer % len(region.people)]
    place = region.places[rng.randrange(len(region.places))]
    street = place.street
    if buyer >= len(region.people) and street[0].isdigit():
        street = f"{1 + buyer % 97} {street.lstrip('0123456789b ')}"
    full = ", ".join((street, place.town.title() if code == "GB" else place.town, place.state, place.postcode))
    address: dict[str, Any] = {
        "name": f"{last} {first}".strip() if code == "VN" else f"{first} {last}".strip(),
        "first_name": first,
        "last_name": last,
        "phone_number": "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in region.phone),
        "region_code": code,
        "postal_code": place.postcode,
        "full_address": f"{full}, {region.country}",
        "address_detail": street,
        "address_line1": street,
        "address_line2": "",
        "address_line3": "",
        "address_line4": "",
        "district_info": _districts(region, place),
    }
    if code == "GB":
        address["post_town"] = place.town
    if code == "US" and buyer % 5 == 0:
        address["delivery_preferences"] = {"drop_off_location": "Front door"}
    return address


def hide_address(order: Order, code: str, shown: dict[str, Any], *, now: int) -> None:
    """Remove, empty or mask `shown["recipient_address"]` in place, as the platform does for this order now."""
    status = shown.get("status", order.status)
    if "recipient_address" not in shown:
        return
    if status == "UNPAID":
        del shown["recipient_address"]
        return
    address = shown["recipient_address"]
    finished = order.complete_time or order.cancel_time
    if status == "ON_HOLD" or (finished is not None and now - finished > EMPTY_AFTER_S):
        shown["recipient_address"] = _empty(address)
        return
    by_platform = shown["shipping_type"] == "TIKTOK" or shown["fulfillment_type"] != "FULFILLMENT_BY_SELLER"
    late = order.complete_time is not None and now - order.complete_time > US_MASK_AFTER_S
    in_us = code == "US" and (status == "CANCELLED" or late)
    if by_platform or in_us:
        _mask(address, places_too=in_us)


def _districts(region: Region, place: Place) -> list[dict[str, str]]:
    names = (region.country, place.state, place.county, place.town.title() if region.code == "GB" else place.town)
    return [
        {"address_level": f"L{level}", "address_level_name": title, "address_name": name}
        for level, (title, name) in enumerate(zip(region.levels, names, strict=True))
    ]


def _empty(address: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [] if isinstance(value, list) else {} if isinstance(value, dict) else "" for key, value in address.items()
    }


def _mask(address: dict[str, Any], *, places_too: bool) -> None:
    for key in (*_SECRET_TEXTS, *_LINES):
        if address.get(key):
            address[key] = _mask_phone(address[key]) if key == "phone_number" else _mask_text(address[key])
    if not places_too:
        return
    address["postal_code"] = _mask_text(address.get("postal_code", ""))
    address.pop("delivery_preferences", None)
    for district in address.get("district_info", []):
        if district.get("address_level") in {"L3", "L4"}:
            district["address_name"] = _mask_text(district["address_name"])


def _mask_text(text: str) -> str:
    return text[:2] + "*" * max(3, min(len(text) - 2, 8)) if text else text


def _mask_phone(text: str) -> str:
    prefix = text[: text.find(")") + 1]
    return f"{prefix}***-***-{text[-4:]}"
