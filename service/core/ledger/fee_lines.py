"""Fee lines: the named lines of pools that people look for. Costs are positive, what they have none of is zero.

The lines of the platform pool add up to it. Of the marketing pool only what is named is here; promotion is the rest.
"""

from collections.abc import Collection
from decimal import Decimal

from service.core.ledger.fields import Group
from service.core.ledger.pools import Pools
from service.core.ledger.reconciling import ZERO

_TRANSACTION = frozenset({"transaction_fee_amount"})
_REFUND_ADMIN = frozenset({"refund_administration_fee_amount"})
_PARTNER = frozenset({"affiliate_partner_commission_amount"})
_ADS = frozenset(
    {
        "affiliate_ads_commission_amount",
        "tap_shop_ads_commission",
        "gmv_max_ad_fee_amount",
        "gmv_max_coupon_fee",
        "adjustment.gmv_payment_for_ads",
    }
)
_REFUNDED = frozenset({"refund_subtotal_before_discount_amount", "seller_discount_refund_amount"})


def referral(pools: Pools) -> Decimal:
    """Referral fee or commission, with all smaller fees on a sale that have no line of their own."""
    return pools.platform.core - transaction(pools) - refund_admin(pools)


def transaction(pools: Pools) -> Decimal:
    """The fee for handling the payment."""
    return -_sum(pools, _TRANSACTION)


def refund_admin(pools: Pools) -> Decimal:
    """What is kept of a commission that a refund gives back."""
    return -_sum(pools, _REFUND_ADMIN)


def unclassified(pools: Pools) -> Decimal:
    """Fees whose name nobody knows, and what is stated but explained by no name."""
    return pools.platform.unclassified + pools.platform.unexplained


def affiliate(pools: Pools) -> Decimal:
    """What creators got, deposits and their release included; not the shares of partners and of shop ads."""
    return pools.marketing.creators - partner(pools) + _sum(pools, _ADS, group=Group.CREATORS)


def partner(pools: Pools) -> Decimal:
    """What partner agencies got."""
    return -_sum(pools, _PARTNER)


def ads(pools: Pools) -> Decimal:
    """Shop ads: commission on sales that came through them, and their budget where it is taken from payouts."""
    return -_sum(pools, _ADS)


def refunded(pools: Pools) -> Decimal:
    """What buyers got back of the goods' price, less the part of it that was the seller's own discount."""
    return -_sum(pools, _REFUNDED)


def _sum(pools: Pools, names: Collection[str], *, group: Group | None = None) -> Decimal:
    """The counted amounts of these names, with upstream's sign."""
    found = (part for part in pools.parts if part.name in names and group in (None, part.group))
    return sum((part.amount for part in found), ZERO)
