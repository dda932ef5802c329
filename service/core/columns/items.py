"""ITEM: what was bought. A cancelled unit is not counted while other units of the row live: nobody should pack it."""

from collections import Counter

from service.core import kinds
from service.core.columns.record import Column, joined
from service.core.orders import Line
from service.core.roles import Group
from service.core.rows import RowSource

_NEEDS = frozenset({Group.ITEM})


def _name(line: Line) -> str:
    """What a packer calls it: the seller's own code, else product and variant."""
    return line.seller_sku or " ".join(part for part in (line.product_name, line.sku_name) if part) or line.sku_id


def _items(row: RowSource) -> str | None:
    lines = row.live_lines
    if len(lines) == 1:  # of nearly every order
        return f"1×{_name(lines[0])}"
    counts = Counter(map(_name, lines))
    return ", ".join(f"{count}×{name}" for name, count in counts.items()) or None


COLUMNS = (
    Column(
        key="product_name",
        header="Product",
        kind=kinds.TXT,
        group=Group.ITEM,
        needs=_NEEDS,
        reader=lambda row: joined([line.product_name for line in row.lines], "; "),
        sentence="The product's name; each one once when the row holds several.",
        example="Mug",
    ),
    Column(
        key="sku_name",
        header="Variant",
        kind=kinds.TXT,
        group=Group.ITEM,
        needs=_NEEDS,
        reader=lambda row: joined([line.sku_name for line in row.lines], "; "),
        sentence="Colour, size and the like.",
        example="Blue",
    ),
    Column(
        key="seller_sku",
        header="SKU",
        kind=kinds.TXT,
        group=Group.ITEM,
        needs=_NEEDS,
        reader=lambda row: joined([line.seller_sku for line in row.lines]),
        sentence="Your own code; may be empty in TikTok.",
        example="MUG-BLUE",
    ),
    Column(
        key="sku_id",
        header="SKU ID",
        kind=kinds.ID,
        group=Group.ITEM,
        needs=_NEEDS,
        reader=lambda row: joined([line.sku_id for line in row.lines]),
        sentence="TikTok's number of the variant.",
        example="1729000000000000001",
    ),
    Column(
        key="product_id",
        header="Product ID",
        kind=kinds.ID,
        group=Group.ITEM,
        needs=_NEEDS,
        reader=lambda row: joined([line.product_id for line in row.lines]),
        sentence="TikTok's number of the product.",
        example="1729000000000000000",
    ),
    Column(
        key="qty",
        header="Qty",
        kind=kinds.INT,
        group=Group.ITEM,
        needs=_NEEDS,
        reader=lambda row: len(row.live_lines),
        sentence="Units in the row; cancelled ones are left out while others are still wanted.",
        example="2",
    ),
    Column(
        key="items",
        header="Items",
        kind=kinds.TXT,
        group=Group.ITEM,
        needs=_NEEDS,
        reader=_items,
        sentence="What to pack, in one line.",
        example="2×MUG-BLUE, 1×MUG-RED",
        inputs=("seller_sku", "product_name", "sku_name", "sku_id", "qty"),
    ),
    Column(
        key="sku_type",
        header="Line type",
        kind=kinds.ENUM,
        group=Group.ITEM,
        needs=_NEEDS,
        reader=lambda row: joined([line.sku_type for line in row.lines]),
        sentence="Normal, pre-order, made to order and so on, as TikTok says.",
        example="NORMAL",
        choices=("NORMAL", "PRE_ORDER", "MADE_TO_ORDER", "BACK_ORDER", "ZERO_LOTTERY"),
    ),
    Column(
        key="is_gift",
        header="Gift",
        kind=kinds.BOOL,
        group=Group.ITEM,
        needs=_NEEDS,
        reader=lambda row: any(line.is_gift for line in row.lines),
        sentence="Whether a unit in the row is a free gift.",
        example="FALSE",
    ),
    Column(
        key="image",
        header="Image",
        kind=kinds.URL,
        group=Group.ITEM,
        needs=_NEEDS,
        reader=lambda row: next((line.sku_image for line in row.lines if line.sku_image), None),
        sentence="The address of the variant's picture.",
        example="https://example.com/mug-blue.jpeg",
    ),
)
