"""What the simulated shops sell: a fixed catalogue with prices per market.

No behaviour lives here. Prices are minor units of the market's currency (pence, cents, whole dong).
"""

from msgspec import Struct


class Variant(Struct, frozen=True):
    name: str
    seller_sku: str  # may be empty or shared by several variants, as real catalogues have it
    prices_minor: dict[str, int]  # region code → list price


class Product(Struct, frozen=True):
    name: str
    variants: tuple[Variant, ...]
    kind: str = "PLAIN"  # PLAIN, BUNDLE, GIFT, PRE_ORDER
    contents: tuple[tuple[int, int, int], ...] = ()  # a bundle's parts: product index, variant index, count


def _variant(name: str, seller_sku: str, prices: tuple[int, int, int]) -> Variant:
    gb, us, vn = prices
    return Variant(name=name, seller_sku=seller_sku, prices_minor={"GB": gb, "US": us, "VN": vn})


PRODUCTS: tuple[Product, ...] = (
    Product(
        name="Wildflower Seed Tin, 12 Native Species",
        variants=(
            _variant("Meadow mix", "SEED-MEADOW", (1250, 1499, 189000)),
            _variant("Shade mix", "SEED-SHADE", (1250, 1499, 189000)),
            _variant("Bee lover's mix", "SEED-BEES", (1350, 1599, 199000)),
        ),
    ),
    Product(
        name="Stonewashed Linen Apron",
        variants=(
            _variant("Oatmeal", "APRON-OAT", (2800, 3200, 420000)),
            _variant("Ink blue", "APRON-INK", (2800, 3200, 420000)),
            _variant("Rust", "", (2800, 3200, 420000)),
        ),
    ),
    Product(
        name="Moss & Amber Soy Candle",
        variants=(
            _variant("Small, 120 g", "CANDLE-MOSS-S", (1100, 1300, 165000)),
            _variant("Large, 300 g", "CANDLE-MOSS-L", (1999, 2400, 310000)),
        ),
    ),
    Product(
        name="Hand-dyed Merino Yarn, 100 g",
        variants=(
            _variant("Heather", "YARN-4PLY", (1650, 1950, 245000)),
            _variant("Copper beech", "YARN-4PLY", (1650, 1950, 245000)),
            _variant("Café crème", "YARN-4PLY-CREME", (1650, 1950, 245000)),
            _variant("Überblau", "YARN-4PLY-BLAU", (1725, 2050, 255000)),
        ),
    ),
    Product(
        name="Bud Vase, Reactive Glaze",
        variants=(
            _variant("Celadon", "VASE-CEL", (1499, 1800, 225000)),
            _variant("Tenmoku 天目", "VASE-TEN", (1699, 2000, 249000)),
        ),
    ),
    Product(
        name="Embroidery Starter Kit: Hedgerow",
        variants=(_variant("Default", "KIT-HEDGEROW", (2250, 2600, 335000)),),
    ),
    Product(
        name="Recycled Cotton Market Tote",
        variants=(
            _variant("Natural", "TOTE-NAT", (950, 1150, 145000)),
            _variant('Charcoal, 15" handles', "TOTE-CHA", (950, 1150, 145000)),
        ),
    ),
    Product(
        name="Brass Plant Mister",
        variants=(_variant("300 ml", "", (1875, 2200, 280000)),),
    ),
    Product(
        name="Windowsill Gardener's Bundle",
        variants=(_variant("Tin, mister and tote", "BUNDLE-SILL", (3499, 4100, 520000)),),
        kind="BUNDLE",
        contents=((0, 0, 1), (7, 0, 1), (6, 0, 1)),
    ),
    Product(
        name="Pressed-flower Bookmark, Set of 3",
        variants=(_variant("Default", "GIFT-BOOKMARK", (450, 550, 69000)),),
        kind="GIFT",
    ),
    Product(
        name="Advent Terrarium, Limited Edition",
        variants=(_variant("Fern and fir", "TERRA-ADVENT", (4200, 4900, 610000)),),
        kind="PRE_ORDER",
    ),
)

PLAIN = tuple(index for index, product in enumerate(PRODUCTS) if product.kind == "PLAIN")
BUNDLES = tuple(index for index, product in enumerate(PRODUCTS) if product.kind == "BUNDLE")
GIFTS = tuple(index for index, product in enumerate(PRODUCTS) if product.kind == "GIFT")
PRE_ORDERS = tuple(index for index, product in enumerate(PRODUCTS) if product.kind == "PRE_ORDER")


def product_id(shop_serial: int, product: int) -> str:
    return str(1_729_000_000_000_000_000 + shop_serial * 10**12 + (product + 1) * 1_000)


def sku_id(shop_serial: int, product: int, variant: int) -> str:
    return str(1_729_000_000_000_000_000 + shop_serial * 10**12 + (product + 1) * 1_000 + variant + 1)
