"""Orders for tests: plain ones, with what a test cares about changed by keyword."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from core.made_entries import make_entry
from msgspec import structs

from service.core.currencies import money
from service.core.orders import Clocks, Line, Order, Payment, Recipient
from service.core.policies import Policies, parse_policies
from service.core.rows import Grain, NoteSet, RowSource, ShopLabel, entry_source, row_sources

CREATED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MASK = b"0123456789abcdef0123456789abcdef"
SHOP = ShopLabel(name="Mugs UK", region="GB", time_zone="Europe/London")

BUYER = Recipient(
    name="Paula Canary",
    phone="+447000000001",
    address="1 Canary Road",
    city="Canarytown",
    postcode="CN1 2AR",
    buyer_email="canary@relay.example",
    buyer_user_id="7494000000000000001",
    buyer_message="canary message",
    tax_id="canary-tax",
)


@cache
def real_policies() -> Policies:
    """The rules the product ships."""
    folder = Path(__file__).parents[2] / "service" / "core" / "policies"
    return parse_policies(tomllib.loads(path.read_text()) for path in sorted(folder.glob("*.toml")))


def make_line(number: int = 1, sku: str = "A", price: str = "10.00", currency: str = "GBP", **changes) -> Line:
    line = Line(
        line_id=f"5764000000000001{number:02d}",
        sku_id=f"172900000000000{ord(sku[0]):04d}",
        product_id="1729000000000000000",
        product_name="Mug",
        sku_name=f"Colour {sku}",
        seller_sku=f"MUG-{sku}",
        sku_image="https://img.example/mug.jpeg",
        status="AWAITING_SHIPMENT",
        sku_type="NORMAL",
        is_gift=False,
        original_price=money(price, currency),
        sale_price=money(price, currency),
        seller_discount=money("0", currency),
        platform_discount=money("0", currency),
        package_id="",
        tracking="",
        provider="",
    )
    return structs.replace(line, **changes)


def make_payment(currency: str = "GBP", **amounts: str) -> Payment:
    stated = {
        "items_gross": "20.00",
        "seller_discount": "0",
        "platform_discount": "0",
        "items_net": "20.00",
        "ship_paid": "0",
        "tax": "0",
        "total": "20.00",
    } | amounts
    return Payment(currency=currency, method="Card", **{name: money(text, currency) for name, text in stated.items()})


def make_order(**changes) -> Order:
    order = Order(
        shop_id="shop-1",
        order_id="576400000000000011",
        status="AWAITING_SHIPMENT",
        created_at=CREATED,
        updated_at=CREATED + timedelta(minutes=1),
        fetched_at=CREATED + timedelta(minutes=2),
        lines=(make_line(1), make_line(2)),
        payment=make_payment(),
        recipient=BUYER,
        clocks=Clocks(),
        paid_at=CREATED + timedelta(seconds=30),
        order_type="NORMAL",
        region="GB",
        fulfilment_type="FULFILLMENT_BY_SELLER",
        shipping_type="SELLER",
        seller_note="canary seller note",
    )
    return structs.replace(order, **changes)


def make_rows(order: Order, grain: Grain = Grain.ORDER, **changes) -> tuple[RowSource, ...]:
    if grain is Grain.TRANSACTION:
        entry = make_entry(order_id=order.order_id, settlement="16.40", revenue="20.00", fee_tax="-3.60")
        return (entry_source(entry, shop_id=order.shop_id, shop=SHOP, now=NOW, mask=changes.get("mask"), order=order),)
    return row_sources(order, grain, **({"shop": SHOP, "now": NOW, "policies": real_policies()} | changes))


def make_row(order: Order | None = None, **changes) -> RowSource:
    return make_rows(order or make_order(), **changes)[0]


SHARED_NOTES = NoteSet(flag="red", note="handle with care", assignee="Sam", customs=("x", "", "z"), shared=True)
INTERNAL_NOTES = replace(SHARED_NOTES, shared=False)
