"""Makes new orders: a fixed seed gives the same order for the same serial number.

Here are the goods, the buyer and the prices of an order at the moment it is placed. What happens to it later is in
`life`; how it looks on the wire is in `wire`.
"""

from random import Random

from msgspec.structs import replace

from service.sandbox.tiktok import catalogue
from service.sandbox.tiktok.regions import REGIONS, Region
from service.sandbox.tiktok.state import Order, Package, Shop, Unit

KINDS = ("NORMAL", "BUNDLE", "GIFT", "COD", "SAMPLE", "PRE_ORDER")
BUYERS = 240  # buyers per market; some come back

_ID_BASE = 576_400_000_000_000_000
_ID_STRIDE = 1_000_000
_FIRST_SERIAL = 41_573_209
_PACKAGES_PER_ORDER = 16
_PACKAGE_BASE = 1_152_900_000_000_000_000
_MESSAGES = (
    "Please leave with the neighbour at no. 16",
    "+1 for plastic-free wrapping, thank you!",
    "It's a birthday gift 🎁 no invoice in the box please",
    "Gọi trước khi giao giúp mình nhé",
    "شكرا جزيلا",
    "=rush order if at all possible",
)
_NOTES = ("VIP customer", "Pack with tissue paper", "Call before dispatch")


def random_for(seed: int, *parts: object) -> Random:
    """Random numbers that depend on nothing but the arguments."""
    return Random(":".join(map(str, (seed, *parts))))


def make_order(seed: int, shop: Shop, *, serial: int, at: int, kind: str | None = None) -> Order:
    """An unpaid order placed at `at`, one record per unit. Without a kind the goods vary but it is a plain sale."""
    rng = random_for(seed, "order", serial)
    region = REGIONS[shop.region]
    chosen = kind or _usual_kind(rng, region)
    order_id = _ID_BASE + (_FIRST_SERIAL + serial) * _ID_STRIDE + rng.randrange(_ID_STRIDE - 64)
    units = _pick_units(rng, region, order_id=order_id, kind=chosen)
    order = Order(
        id=str(order_id),
        shop_id=shop.id,
        serial=serial,
        status="UNPAID",
        create_time=at,
        update_time=at,
        buyer=rng.randrange(BUYERS),
        units=units,
        kind=chosen,
        warehouse_id=shop.warehouse_ids[0 if rng.random() < 0.8 else -1],
        buyer_message=rng.choice(_MESSAGES) if rng.random() < 0.12 else "",
        seller_note=rng.choice(_NOTES) if rng.random() < 0.05 else "",
    )
    _price_shipping(rng, region, order)
    if chosen == "PRE_ORDER":
        order.release_date = at + rng.randrange(3, 11) * 86_400
    return order


def add_package(order: Order, *, at: int) -> int:
    """The index of a new, still empty package."""
    number = _PACKAGE_BASE + order.serial * _PACKAGES_PER_ORDER + len(order.packages)
    order.packages.append(Package(id=str(number), create_time=at, update_time=at))
    return len(order.packages) - 1


def grow_to_two(order: Order) -> None:
    """An order of one unit gets a second of the same SKU, so that it can be shipped in parts."""
    if len(order.units) == 1:
        order.units.append(replace(order.units[0], id=str(int(order.units[0].id) + 1)))


def place_of_package(package_id: str) -> tuple[int, int]:
    """Serial of the order and index of the package; serial 0 when the text is no package id."""
    number = int(package_id) - _PACKAGE_BASE if package_id.isdecimal() else 0
    return divmod(number, _PACKAGES_PER_ORDER)


def tracking_number(rng: Random, pattern: str) -> str:
    """A number of the carrier's shape; # is a digit, a leading AA two capital letters."""
    if pattern.startswith("AA"):
        pattern = rng.choice("ABCDEFGHJ") + rng.choice("ABCDEFGHJ") + pattern[2:]
    return "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in pattern)


def _usual_kind(rng: Random, region: Region) -> str:
    if rng.random() < region.cod_share:
        return "COD"
    draw = rng.random()
    return "BUNDLE" if draw < 0.07 else "GIFT" if draw < 0.15 else "NORMAL"


def _pick_units(rng: Random, region: Region, *, order_id: int, kind: str) -> list[Unit]:
    pool = {"BUNDLE": catalogue.BUNDLES, "PRE_ORDER": catalogue.PRE_ORDERS}.get(kind, catalogue.PLAIN)
    count = 1 if kind in {"SAMPLE", "PRE_ORDER"} else rng.choices((1, 2, 3, 4), (62, 22, 10, 6))[0]
    units: list[Unit] = []
    while len(units) < count:
        product = rng.choice(pool)
        variant = rng.randrange(len(catalogue.PRODUCTS[product].variants))
        same = rng.choice((1, 1, 2))  # a second unit of the same SKU is a second line
        seller_bp = 10_000 if kind == "SAMPLE" else rng.choice((0, 0, 0, 1000, 1500, 2000))
        platform_bp = 0 if kind == "SAMPLE" else rng.choice((0, 0, 0, 0, 500, 1000))
        for _ in range(min(same, count - len(units))):
            line_id = str(order_id + 1 + len(units))
            units.append(_price_unit(region, product, variant, line_id=line_id, discounts_bp=(seller_bp, platform_bp)))
    if kind == "GIFT":
        units.append(
            Unit(id=str(order_id + 1 + len(units)), product=catalogue.GIFTS[0], variant=0, price_minor=0, is_gift=True)
        )
    return units


def _price_unit(region: Region, product: int, variant: int, *, line_id: str, discounts_bp: tuple[int, int]) -> Unit:
    price = catalogue.PRODUCTS[product].variants[variant].prices_minor[region.code]
    seller_off = price * discounts_bp[0] // 10_000
    platform_off = (price - seller_off) * discounts_bp[1] // 10_000
    return Unit(
        id=line_id,
        product=product,
        variant=variant,
        price_minor=price,
        seller_off_minor=seller_off,
        platform_off_minor=platform_off,
        tax_minor=_tax(region, price - seller_off - platform_off),
    )


def _price_shipping(rng: Random, region: Region, order: Order) -> None:
    fee = region.shipping_minor
    order.shipping_minor = fee
    free = order.kind == "SAMPLE" or sum(unit.price_minor for unit in order.units) > fee * 8
    if free:
        order.shipping_platform_off_minor = fee
    elif rng.random() < 0.3:
        order.shipping_seller_off_minor = fee // 2
    paid = fee - order.shipping_platform_off_minor - order.shipping_seller_off_minor
    order.shipping_tax_minor = _tax(region, paid)


def _tax(region: Region, net_minor: int) -> int:
    return (net_minor * region.sales_tax_bp + 5_000) // 10_000
