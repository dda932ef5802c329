"""FEES: what TikTok keeps of a sale and what it pays out: estimated until it is settled, then as settled.

Fees are positive, what TikTok gives back is negative. Nothing here holds what goods cost: of a sample only what TikTok
charged for it is among its fees, so that who may see fees is not told costs by them.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from service.core import kinds
from service.core.columns import ledger
from service.core.columns.record import Column, joined
from service.core.kinds import Value
from service.core.ledger import fee_lines
from service.core.ledger.entries import Entry, Statement
from service.core.ledger.exchange import rate_of_payment
from service.core.ledger.sales import is_sample
from service.core.ledger.settling import is_reserve
from service.core.roles import Group
from service.core.rows import Grain, RowSource

_NEEDS = frozenset({Group.FEES})
_RATE_STEP = Decimal("0.0001")  # a hundredth of a percent
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Reader = Callable[[RowSource], Value | None]


def _marketing(row: RowSource) -> Decimal | None:
    """The marketing pool without what the goods of a sample cost, which is all that is counted there beyond what
    upstream pays.
    """
    found = ledger.shown(row)
    if found is None:
        return None
    goods = found.settlement - found.pools.settlement if is_sample(row.order) else Decimal(0)
    return found.pools.marketing.total - goods


def _fee_rate(row: RowSource) -> Decimal | None:
    """Platform and marketing as a part of revenue; None without revenue."""
    found, marketing = ledger.shown(row), _marketing(row)
    if found is None or marketing is None or found.pools.revenue <= 0:
        return None
    return ((found.pools.platform.total + marketing) / found.pools.revenue).quantize(_RATE_STEP)


def _settlement(row: RowSource) -> Decimal | None:
    found = ledger.settled(row)
    return found.settlement if found is not None else None


def _reserve(row: RowSource) -> Decimal | None:
    found = ledger.settled(row)
    return found.pools.reserve if found is not None else None


def _entries(row: RowSource) -> list[Entry]:
    """The row's lines of statements but for reserves, oldest first. A SKU has its own where upstream splits a line."""
    if row.books is None:
        return []
    sold = [one for one in row.books.facts.entries if not is_reserve(one.kind)]
    if row.grain is Grain.LINE:
        sku_id, split = row.lines[0].sku_id, {one.statement_id for one in sold if one.sku_id}
        sold = [one for one in sold if (one.sku_id == sku_id if one.statement_id in split else not one.sku_id)]
    return sorted(sold, key=lambda one: (one.settled_at or _LONG_AGO, one.entry_id))


def _statements(row: RowSource) -> list[Statement]:
    """The statements the row stands in, oldest first, as far as they are known."""
    known = row.books.statements if row.books is not None else {}
    return [known[one] for one in dict.fromkeys(entry.statement_id for entry in _entries(row)) if one in known]


def _settled_at(row: RowSource) -> datetime | None:
    return max((one.settled_at for one in _entries(row) if one.settled_at is not None), default=None)


def _payout_status(row: RowSource) -> str | None:
    found = _statements(row)
    if not found or row.books is None:
        return None
    payment = row.books.payments.get(found[-1].payment_id)
    return (payment.status if payment is not None else "") or found[-1].payment_status or None


def _fx_rate(row: RowSource) -> Decimal | None:
    """The rate of the newest payout that exchanged anything."""
    payments = row.books.payments if row.books is not None else {}
    paid = [payments[one.payment_id] for one in _statements(row) if one.payment_id in payments]
    rates = [rate for one in paid if (rate := rate_of_payment(one)) is not None]
    return rates[-1].rate if rates else None


_of = partial(Column, group=Group.FEES, needs=_NEEDS)
_money = partial(_of, kind=kinds.MONEY)


COLUMNS = (
    _money(
        "pool_tax",
        "Tax",
        reader=ledger.of_pools(lambda pools: pools.tax),
        sentence="Taxes TikTok keeps back, and the VAT in your prices that you owe yourself.",
        example="4.00",
    ),
    _money(
        "pool_platform",
        "Platform fees",
        reader=ledger.of_pools(lambda pools: pools.platform.total),
        sentence="Everything TikTok charges: commission, shipping, adjustments, and what nobody can name.",
        example="2.66",
    ),
    _money(
        "pool_marketing",
        "Marketing",
        reader=ledger.amount(_marketing),
        sentence="Creators, partners, ads and promotion; of a sample all TikTok charged for it, without its goods.",
        example="4.80",
    ),
    _money(
        "fee_referral",
        "Referral/commission",
        reader=ledger.of_pools(fee_lines.referral),
        sentence="TikTok's referral fee or commission, with all smaller selling fees that have no column here.",
        example="2.16",
    ),
    _money(
        "fee_transaction",
        "Transaction fee",
        reader=ledger.of_pools(fee_lines.transaction),
        sentence="TikTok's fee for handling the payment.",
        example="0.50",
    ),
    _money(
        "fee_refund_admin",
        "Refund admin fee",
        reader=ledger.of_pools(fee_lines.refund_admin),
        sentence="What TikTok keeps of a commission that a refund gives back.",
        example="0.00",
    ),
    _money(
        "fee_logistics",
        "TikTok logistics",
        reader=ledger.of_pools(lambda pools: pools.platform.logistics),
        sentence="Shipping and warehouse fees of TikTok, less what the buyer paid for shipping.",
        example="0.00",
    ),
    _money(
        "fee_adjust",
        "Adjustments",
        reader=ledger.of_pools(lambda pools: pools.platform.adjustments),
        sentence="Later corrections by TikTok; negative where money came back to you.",
        example="0.00",
    ),
    _money(
        "fee_affiliate",
        "Affiliate",
        reader=ledger.of_pools(fee_lines.affiliate),
        sentence="Commission of the creators who drove the sale.",
        example="4.80",
    ),
    _money(
        "fee_partner",
        "Partner",
        reader=ledger.of_pools(fee_lines.partner),
        sentence="Commission of partner agencies.",
        example="0.00",
    ),
    _money(
        "fee_ads",
        "Shop ads",
        reader=ledger.of_pools(fee_lines.ads),
        sentence="Commission on sales through shop ads, and ad budget taken from payouts.",
        example="0.00",
    ),
    _money(
        "fee_unclassified",
        "Unclassified",
        reader=ledger.of_pools(fee_lines.unclassified),
        sentence="Fees under a name we do not know yet, and amounts TikTok does not explain. Look into them.",
        example="0.00",
    ),
    Column(
        key="fee_rate",
        header="Fee rate",
        kind=kinds.PCT,
        group=Group.FEES,
        needs=_NEEDS | {Group.REVENUE},
        reader=_fee_rate,
        sentence="Platform fees and marketing as a share of revenue.",
        example="31.08%",
        inputs=("pool_platform", "pool_marketing", "revenue"),
    ),
    _money(
        "settlement",
        "Settlement",
        reader=ledger.amount(_settlement),
        sentence="What TikTok has settled for it so far; blank until then, never an estimate.",
        example="16.54",
    ),
    _of(
        "settled_at",
        "Settled",
        kind=kinds.DT,
        reader=_settled_at,
        sentence="The time of the newest statement it stands in.",
        example="2026-12-01 00:00",
    ),
    _of(
        "statement_id",
        "Statement",
        kind=kinds.ID,
        reader=lambda row: joined([one.statement_id for one in _entries(row)]),
        sentence="The statements it stands in, the oldest first: a refund comes in a later one.",
        example="7400000000000000001",
    ),
    _of(
        "payment_id",
        "Payout",
        kind=kinds.ID,
        reader=lambda row: joined([one.payment_id for one in _statements(row)]),
        sentence="The payouts that its statements are part of, the oldest first.",
        example="3400000000000000001",
    ),
    _of(
        "payout_status",
        "Payout status",
        kind=kinds.ENUM,
        reader=_payout_status,
        sentence="How far the newest of these payouts is, in TikTok's word.",
        example="PAID",
    ),
    _money(
        "reserve",
        "Reserve",
        reader=ledger.amount(_reserve),
        sentence="Held back of the payout (negative) and released again; never a cost.",
        example="0.00",
    ),
    _of(
        "fx_rate",
        "FX rate",
        kind=kinds.NUM,
        reader=_fx_rate,
        sentence="The rate TikTok applied where it paid out in another currency; blank where it exchanged nothing.",
        example="1.2715",
    ),
)
