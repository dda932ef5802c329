"""What the platform charges in each market, when it settles, and how it pays. Facts only.

Rates are the simulator's choice near the published ones (US referral 6 %, UK 9 % and 0.50 an order, 20 % of a refunded
referral fee up to 5.00 a SKU); a product must take its own from a dated source, never from here.
"""

from msgspec import Struct

HALF_BP = 5_000
WHOLE_BP = 10_000


class Rates(Struct, frozen=True):
    """`_bp` is basis points; paths name a member of a breakdown by its group: revenue, shipping, fee, tax."""

    commission: str  # path of the market's core commission
    commission_bp: int
    transaction_bp: int  # of what the customer pays
    per_order: tuple[tuple[str, int], ...]  # path, minor units
    programme: tuple[str, int]  # path and share of an opt-in programme
    tax: tuple[str, int]  # path and share of revenue withheld by the platform
    refund_admin_bp: int  # of the commission given back
    refund_admin_most_minor: int  # per SKU
    creator_tax_bp: int  # income tax inside a taxed creator's commission
    carrier_minor: int  # one parcel with a platform label
    return_label: str
    return_label_minor: int
    penalty_minor: int
    wait_days: int  # from delivery to settlement
    fast_days: int  # the same in the accelerated tier
    has_reserve: bool
    is_sea: bool  # balance and withdrawals; elsewhere payments
    payout_least_minor: int
    trims_zeros: bool  # 134.90 is written 134.9


RATES: dict[str, Rates] = {
    "GB": Rates(
        commission="fee.platform_commission_amount",
        commission_bp=900,
        transaction_bp=0,
        per_order=(("shipping.seller_self_shipping_service_fee_amount", 50),),
        programme=("fee.voucher_xtra_service_fee_amount", 200),
        tax=("tax.local_vat_amount", 0),
        refund_admin_bp=0,
        refund_admin_most_minor=0,
        creator_tax_bp=0,
        carrier_minor=412,
        return_label="shipping.return_shipping_fee_amount",
        return_label_minor=365,
        penalty_minor=500,
        wait_days=8,
        fast_days=1,
        has_reserve=True,
        is_sea=False,
        payout_least_minor=15_000,
        trims_zeros=False,
    ),
    "US": Rates(
        commission="fee.referral_fee_amount",
        commission_bp=600,
        transaction_bp=0,
        per_order=(),
        programme=("fee.smart_promotion_fee_amount", 150),
        tax=("tax.sales_tax_referral_fee_amount", 0),
        refund_admin_bp=2_000,
        refund_admin_most_minor=500,
        creator_tax_bp=0,
        carrier_minor=585,
        return_label="shipping.return_shipping_label_fee_amount",
        return_label_minor=612,
        penalty_minor=700,
        wait_days=7,
        fast_days=1,
        has_reserve=True,
        is_sea=False,
        payout_least_minor=20_000,
        trims_zeros=True,
    ),
    "VN": Rates(
        commission="fee.platform_commission_amount",
        commission_bp=400,
        transaction_bp=500,
        per_order=(("fee.vn_fix_infrastructure_fee", 3_000),),
        programme=("fee.flash_sales_service_fee_amount", 250),
        tax=("tax.vat_amount", 100),
        refund_admin_bp=0,
        refund_admin_most_minor=0,
        creator_tax_bp=1_000,
        carrier_minor=28_500,
        return_label="shipping.return_shipping_fee_amount",
        return_label_minor=16_500,
        penalty_minor=50_000,
        wait_days=5,
        fast_days=1,
        has_reserve=False,
        is_sea=True,
        payout_least_minor=2_000_000,
        trims_zeros=False,
    ),
}

# type → share of the order's value, signed; drawn for some settled orders, days after their settlement
ORDER_ADJUSTMENTS: tuple[tuple[str, int], ...] = (
    ("SHIPPING_FEE_ADJUSTMENT", -250),
    ("SHIPPING_FEE_COMPENSATION", 180),
    ("SHIPPING_FEE_REBATE", 90),
    ("PLATFORM_COMMISSION_ADJUSTMENT", -120),
    ("PLATFORM_COMMISSION_COMPENSATION", 130),
    ("CUSTOMER_SERVICE_COMPENSATION", -1_500),
    ("CHARGE_BACK", -10_000),
    ("PLATFORM_REIMBURSEMENT", 3_000),
    ("PLATFORM_COMPENSATION", 700),
    ("PROMOTION_ADJUSTMENT", -330),
    ("DEDUCTIONS_INCURRED_BY_SELLER", -275),
    ("OTHER_ADJUSTMENT", 55),
    ("Sales proceed", 460),
)

# type → share of the day's revenue, signed; they belong to no order. The last three come as prose, as observed
DAY_ADJUSTMENTS: tuple[tuple[str, int], ...] = (
    ("GMV_PAYMENT_FOR_ADS", -420),
    ("GMV_PAYMENT_FOR_ADS", -275),
    ("REBATE", 110),
    ("COFUNDED_CREATOR_REWARDS", -160),
    ("STAMP_DUTY", -15),
    ("FBT_WAREHOUSE_SERVICE_FEE", -230),
    ("SELLER_MISSION_REWARD", 85),
    ("Violation fee", -310),
    ("Bill payment", -95),
    ("Bill deduction", -65),
)


def part_bp(base_minor: int, share_bp: int) -> int:
    """That share of an amount, rounded half away from zero."""
    sign = -1 if base_minor * share_bp < 0 else 1
    return sign * ((abs(base_minor * share_bp) + HALF_BP) // WHOLE_BP)


def spread(total_minor: int, weights: list[int]) -> list[int]:
    """The total in as many parts as there are weights, in proportion; the last takes what rounding leaves."""
    whole = sum(weights)
    if not weights:
        return []
    if not whole:
        return [0] * (len(weights) - 1) + [total_minor]
    parts = [total_minor * weight // whole for weight in weights[:-1]]
    return [*parts, total_minor - sum(parts)]
