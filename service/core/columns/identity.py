"""ID: which order, which shop, which row. Order ids and all that leads to them are closed to masked audiences."""

from service.core import kinds
from service.core.columns.record import Column, joined
from service.core.roles import Group
from service.core.rows import Grain, RowSource

_PLAIN = frozenset({Group.ID})
_MASKED = frozenset({Group.ID_MASKED})

#: Characters of the order id shown to masked audiences.
REF_LENGTH = 6


def _package_ids(row: RowSource) -> str | None:
    of_lines = joined([line.package_id for line in row.lines])
    if of_lines or (row.grain is Grain.LINE and any(line.package_id for line in row.order.lines)):
        return of_lines
    return joined(list(row.order.package_ids))


def _order_url(row: RowSource) -> str | None:
    market = row.policies.market(row.shop.region)
    if market is None or not market.seller_center:
        return None
    return f"{market.seller_center}/order/detail?order_no={row.order.order_id}&shop_region={market.code}"


COLUMNS = (
    Column(
        key="order_id",
        header="Order ID",
        kind=kinds.ID,
        group=Group.ID,
        needs=_PLAIN,
        reader=lambda row: row.order.order_id,
        sentence="TikTok's number of the order, as text so that no digit is lost.",
        example="576400000000000011",
    ),
    Column(
        key="shop_name",
        header="Shop",
        kind=kinds.TXT,
        group=Group.ID,
        needs=_MASKED,
        reader=lambda row: row.shop.name or None,
        sentence="The shop that sold it.",
        example="Mugs & More UK",
    ),
    Column(
        key="market",
        header="Market",
        kind=kinds.ENUM,
        group=Group.ID,
        needs=_MASKED,
        reader=lambda row: row.order.region or row.shop.region or None,
        sentence="The country code of the delivery, or of the shop while the address is hidden.",
        example="GB",
    ),
    Column(
        key="row_key",
        header="Key",
        kind=kinds.ID,
        group=Group.ID,
        needs=_MASKED,
        reader=lambda row: row.row_key,
        sentence="What makes the row itself, wherever it is sorted to. Ours; hidden by default.",
        example="576400000000000011-1729000000000000001",
    ),
    Column(
        key="order_ref",
        header="Order (masked)",
        kind=kinds.TXT,
        group=Group.ID,
        needs=_MASKED,
        reader=lambda row: row.order.order_id[-REF_LENGTH:],
        sentence="The last six digits of the order number, for people who may not know it whole.",
        example="000011",
    ),
    Column(
        key="line_ids",
        header="Line IDs",
        kind=kinds.ID,
        group=Group.ID,
        needs=_PLAIN,
        reader=lambda row: joined([line.line_id for line in row.lines]),
        sentence="TikTok's numbers of the units in this row.",
        example="576400000000000101, 576400000000000102",
    ),
    Column(
        key="package_id",
        header="Package ID",
        kind=kinds.ID,
        group=Group.ID,
        needs=_PLAIN,
        reader=_package_ids,
        sentence="The package or packages, once there are any.",
        example="1152000000000000001",
    ),
    Column(
        key="order_url",
        header="Open",
        kind=kinds.URL,
        group=Group.ID,
        needs=_PLAIN,
        reader=_order_url,
        sentence="Opens the order in Seller Center; empty in markets whose address we do not know.",
        example="https://seller-uk.tiktok.com/order/detail?order_no=576400000000000011&shop_region=GB",
        inputs=("order_id",),
    ),
)
