"""Reads the parameters of a call as strictly as the vendor does: ranges, enumerations, types.

Unknown body fields are tolerated, except paging and sorting, which belong in the query.
"""

from typing import Any, Literal, NoReturn, TypeVar

import msgspec
from msgspec import Struct

from service.sandbox.tiktok.gate import Call, Refusal

Filter = TypeVar("Filter", bound=Struct)
_QUERY_ONLY = {"page_size", "page_token", "sort_field", "sort_order"}

OrderStatus = Literal[
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "PARTIALLY_SHIPPING",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
]


class Windowed(Struct):
    create_time_ge: int | None = None
    create_time_lt: int | None = None
    update_time_ge: int | None = None
    update_time_lt: int | None = None


class OrderFilter(Windowed):
    order_status: OrderStatus | None = None
    shipping_type: Literal["TIKTOK", "SELLER", "TIKTOK_DIGITAL"] | None = None
    buyer_user_id: str | None = None
    is_buyer_request_cancel: bool | None = None
    warehouse_ids: list[str] | None = None


class PackageFilter(Windowed):
    package_status: Literal["PROCESSING", "FULFILLING", "COMPLETED", "CANCELLED"] | None = None


class AftersalesFilter(Windowed):
    order_ids: list[str] | None = None
    buyer_user_ids: list[str] | None = None
    cancel_ids: list[str] | None = None
    cancel_types: list[str] | None = None
    cancel_status: list[str] | None = None
    return_ids: list[str] | None = None
    return_types: list[str] | None = None
    return_status: list[str] | None = None
    locale: str | None = None


class Sorting(Struct, frozen=True):
    field: str
    is_descending: bool


def invalid(message: str) -> NoReturn:
    """The vendor's answer to a bad parameter."""
    raise Refusal(36009004, message)


def read_filter(call: Call, kind: type[Filter]) -> Filter:
    """The JSON body as a filter; an absent body is an empty one."""
    content = read_object(call)
    misplaced = sorted(_QUERY_ONLY & content.keys())
    if misplaced:
        invalid(f"Invalid body: {misplaced[0]} belongs in the query.")
    return convert(content, kind)


def read_object(call: Call) -> dict[str, Any]:
    """The JSON body as an object; an absent body is an empty one."""
    if not call.body:
        return {}
    try:
        return msgspec.json.decode(call.body, type=dict[str, Any])
    except msgspec.DecodeError as broken:
        raise Refusal(36009004, f"Invalid body: {broken}") from broken


def convert(content: dict[str, Any], kind: type[Filter]) -> Filter:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as wrong:
        raise Refusal(36009004, f"Invalid parameter: {wrong}") from wrong


def page_size(call: Call, *, low: int, high: int, default: int | None = None) -> int:
    """`page_size` within its range; without a default it must be sent."""
    text = call.query.get("page_size")
    if text is None and default is not None:
        return default
    if text is None or not text.isdecimal() or not low <= int(text) <= high:
        invalid(f"Invalid page_size: {low} to {high}.")
    return int(text)


def sorting(call: Call, *fields: str, descending: bool = False) -> Sorting:
    """`sort_field` and `sort_order`; the first field named is the default."""
    field = call.query.get("sort_field", fields[0])
    order = call.query.get("sort_order", "DESC" if descending else "ASC")
    if field not in fields:
        invalid(f"Invalid sort_field: {', '.join(fields)}.")
    if order not in {"ASC", "DESC"}:
        invalid("Invalid sort_order: ASC or DESC.")
    return Sorting(field, order == "DESC")


def id_list(call: Call, name: str, *, most: int) -> list[str]:
    """Ids of one comma-joined parameter."""
    ids = [part.strip() for part in call.query.get(name, "").split(",") if part.strip()]
    if not 1 <= len(ids) <= most or not all(one.isdecimal() for one in ids):
        invalid(f"Invalid {name}: 1 to {most} ids joined by commas.")
    return ids
