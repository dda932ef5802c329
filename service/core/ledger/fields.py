"""Fields: the one table from a finance field, or a kind of adjustment, to the pool it belongs to.

Every field belongs to exactly one pool, to revenue, or to the memo (told, never added). Names are upstream's of the
2025 shape; older spellings are aliases. A name that is not here is unclassified: counted, flagged, never guessed.
Field lists: TikTok Shop finance API, statement transactions 202501 and unsettled orders 202507, read 2026-11; the
split into pools is ours. No sign is decided by a name: `pools` adds amounts as they come.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from service.core.ledger.entries import ORDER_KIND, RESERVE_KIND, Section


class Pool(StrEnum):
    """Where an amount is counted. COGS comes from the seller's own costs, never from a field of upstream's."""

    REVENUE = "revenue"
    TAX = "tax"
    PLATFORM = "platform"
    MARKETING = "marketing"
    COGS = "cogs"
    MEMO = "memo"


class Group(StrEnum):
    """The line of a pool. EXPLAINS: parts of other amounts; TIMING: money that moves at another time, not a cost."""

    SALES = "sales"
    TAX = "tax"
    CORE = "core"
    LOGISTICS = "logistics"
    ADJUSTMENTS = "adjustments"
    UNCLASSIFIED = "unclassified"
    CREATORS = "creators"
    PROMOTION = "promotion"
    SAMPLES = "samples"
    EXPLAINS = "explains"
    TIMING = "timing"


POOL_OF_GROUP: Mapping[Group, Pool] = {
    Group.SALES: Pool.REVENUE,
    Group.TAX: Pool.TAX,
    Group.CORE: Pool.PLATFORM,
    Group.LOGISTICS: Pool.PLATFORM,
    Group.ADJUSTMENTS: Pool.PLATFORM,
    Group.UNCLASSIFIED: Pool.PLATFORM,
    Group.CREATORS: Pool.MARKETING,
    Group.PROMOTION: Pool.MARKETING,
    Group.SAMPLES: Pool.MARKETING,
    Group.EXPLAINS: Pool.MEMO,
    Group.TIMING: Pool.MEMO,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field is counted. `is_known` is false for a name that is not in the table."""

    group: Group
    is_known: bool = True

    @property
    def pool(self) -> Pool:
        return POOL_OF_GROUP[self.group]


#: Older or other spellings of a field (202309, and the unsettled list) → its name here.
ALIASES: Mapping[str, str] = {
    "gross_sales": "subtotal_before_discount_amount",
    "gross_sales_amount": "subtotal_before_discount_amount",
    "gross_sales_refund_amount": "refund_subtotal_before_discount_amount",
    "customer_payment": "customer_payment_amount",
    "customer_order_refund": "customer_refund_amount",
    "customer_order_refund_amount": "customer_refund_amount",
    "platform_discount": "platform_discount_amount",
    "shipping_fee_subsidy": "shipping_fee_subsidy_amount",
    "affiliate_commission_before_pit_amount": "affiliate_commission_amount_before_pit",
    "affiliate_partner_commission": "affiliate_partner_commission_amount",
    "affiliate_commission": "affiliate_commission_amount",
    "platform_commission": "platform_commission_amount",
    "referral_fee": "referral_fee_amount",
    "transaction_fee": "transaction_fee_amount",
    "refund_administration_fee": "refund_administration_fee_amount",
    "actual_shipping_fee": "actual_shipping_fee_amount",
    "actual_return_shipping_fee_amount": "return_shipping_fee_amount",
    "sales_tax": "sales_tax_amount",
    "vn_fix_infrastructure_fee_amount": "vn_fix_infrastructure_fee",
    "mall_service_fee": "mall_service_fee_amount",
    "sfp_service_fee": "sfp_service_fee_amount",
}

_EXPLAINING_SALES = """
    customer_payment_amount customer_refund_amount platform_discount_amount platform_discount_refund_amount
    seller_cofunded_discount_amount seller_cofunded_discount_refund_amount
    platform_cofunded_discount_amount platform_cofunded_discount_refund_amount
"""
_EXPLAINING_SHIPPING = """
    platform_shipping_fee_discount_amount promo_shipping_incentive_amount shipping_fee_subsidy_amount
    seller_shipping_fee_discount_amount customer_shipping_fee_offset_amount fbm_shipping_cost_amount
    fbt_shipping_cost_amount fbt_fulfillment_fee_amount return_refund_subsidy_amount
    refunded_customer_shipping_fee_amount customer_shipping_fee refund_customer_shipping_fee
"""

_FIELDS: Mapping[Group, str] = {
    Group.SALES: """
        subtotal_before_discount_amount refund_subtotal_before_discount_amount
        seller_discount_amount seller_discount_refund_amount
        cod_service_fee_amount refund_cod_service_fee_amount distant_item_fee_amount
    """
    + _EXPLAINING_SALES,
    Group.TAX: """
        vat_amount import_vat_amount local_vat_amount gst_amount sst_amount iva_amount isr_amount pit_amount
        customs_duty_amount customs_clearance_amount anti_dumping_duty_amount
        sales_tax_amount sales_tax_payment_amount sales_tax_refund_amount
        retail_delivery_fee_amount retail_delivery_fee_payment_amount retail_delivery_fee_refund_amount
        sales_tax_referral_fee_amount cedular_tax article_22_income_tax_withheld stamp_duty_amount
        pit_withheld_from_ads_commission_amount cps_shop_ads_commission_tax_amount
        platform_semi_managed_commission_fee_tax shipping_insurance_fee_tax_amount smart_promotion_fee_tax_amount
        campaign_period_fee_cfp_tax_amount campaign_period_fee_sp_tax_amount
        new_customer_growth_package_fee_tax target_product_gmv_growth_package_fee_tax
        store_gmv_growth_package_fee_tax
        new_customer_growth_package_fee_tax_amount target_product_gmv_growth_package_fee_tax_amount
        store_gmv_growth_package_fee_tax_amount
    """,
    Group.CORE: """
        platform_commission_amount referral_fee_amount refund_administration_fee_amount transaction_fee_amount
        credit_card_handling_fee_amount dynamic_commission_amount fee_per_item_sold_amount vn_fix_infrastructure_fee
        platform_special_service_fee_amount platform_semi_managed_commission_fee seller_growth_fee_amount
        tsp_commission_amount mall_service_fee_amount pre_order_service_fee_amount sfp_service_fee_amount
        dt_handling_fee_amount epr_pob_service_fee_amount seller_paylater_handling_fee_amount
        shipping_fee_guarantee_service_fee installation_service_fee
    """,
    Group.LOGISTICS: """
        actual_shipping_fee_amount shipping_fee_discount_amount customer_paid_shipping_fee_amount
        customer_paid_shipping_fee_refund_amount return_shipping_fee_amount replacement_shipping_fee_amount
        exchange_shipping_fee_amount signature_confirmation_fee_amount shipping_insurance_fee_amount
        fbt_fulfillment_fee_reimbursement_amount return_shipping_label_fee_amount
        seller_self_shipping_service_fee_amount return_shipping_fee_paid_buyer_amount failed_delivery_subsidy_amount
        shipping_fee_guarantee_reimbursement fbt_free_shipping_fee_amount free_return_subsidy_amount
        international_leg_logistics_amount distant_shipping_fee_amount shipping_app_service_fee_amount
        logistics_service_fee fbt_overall_merchant_subsidy fbt_key_merchant_subsidy
        tiktok_shop_shipping_incentive_amount hazmat_noncompliance_fee hazmat_handling_fee
        non_standard_weight_fee non_standard_dimension_fee
        failed_delivery_shipping_fee buyer_fault_return_shipping_fee insurance_fee
    """
    + _EXPLAINING_SHIPPING,
    Group.CREATORS: """
        affiliate_commission_amount affiliate_commission_amount_before_pit affiliate_partner_commission_amount
        affiliate_ads_commission_amount affiliate_commission_deposit affiliate_commission_release
        external_affiliate_marketing_fee_amount cofunded_creator_bonus_amount tap_shop_ads_commission
        auto_post_shoppable_video_commission_fee
    """,
    Group.PROMOTION: """
        gmv_max_ad_fee_amount gmv_max_coupon_fee live_specials_fee_amount bonus_cashback_service_fee_amount
        voucher_xtra_service_fee_amount flash_sales_service_fee_amount cofunded_promotion_service_fee_amount
        campaign_resource_fee smart_promotion_fee_amount campaign_period_fee_cfp_amount campaign_period_fee_sp_amount
        category_led_campaign_fee_amount brand_amplification_program_commission brand_campaign_fee
        new_customer_growth_package_fee target_product_gmv_growth_package_fee store_gmv_growth_package_fee
        seller_funded_user_spoint_service_fee
    """,
    Group.EXPLAINS: """
        net_sales_amount revenue_amount shipping_cost_amount fee_amount fee_tax_amount fee_and_tax_amount
        settlement_amount adjustment_amount
    """,
    Group.TIMING: "reserve_amount payable_amount payment_amount exchange_rate",
}

#: Every field we know → its line. What EXPLAINS is a total of other fields: adding it would count twice.
GROUP_OF_FIELD: Mapping[str, Group] = {name: group for group, names in _FIELDS.items() for name in names.split()}

#: Fields that upstream lists as explaining others (below a `supplementary_component`). One that stands among the direct
#: members all the same is added only when the stated total says so.
EXPLAINING = frozenset((_EXPLAINING_SALES + _EXPLAINING_SHIPPING).split())

#: Spellings of one amount: of each row exactly one set is counted, the first one that makes the stated total come out.
#: The creator's commission comes before and after the income tax withheld from it; a tax comes whole and in parts.
ALTERNATIVES: tuple[tuple[frozenset[str], ...], ...] = (
    (frozenset({"affiliate_commission_amount"}), frozenset({"affiliate_commission_amount_before_pit"})),
    (frozenset({"sales_tax_amount"}), frozenset({"sales_tax_payment_amount", "sales_tax_refund_amount"})),
    (
        frozenset({"retail_delivery_fee_amount"}),
        frozenset({"retail_delivery_fee_payment_amount", "retail_delivery_fee_refund_amount"}),
    ),
)

_KINDS: Mapping[Group, str] = {
    Group.ADJUSTMENTS: """
        charge_back customer_service_compensation deductions_incurred_by_seller
        platform_commission_adjustment platform_commission_compensation platform_penalty promotion_adjustment
        rebate platform_compensation platform_reimbursement
        fbt_warehouse_service_fee warehouse_service_fee logistics_reimbursement
        shipping_fee_adjustment shipping_fee_compensation shipping_fee_rebate
        seller_mission_reward other_adjustment
        violation_fee bill_payment sales_proceed bill_deduction
    """,
    Group.PROMOTION: "gmv_payment_for_ads",
    Group.CREATORS: "cofunded_creator_rewards",
    Group.SAMPLES: "sample_shipping_fee",
    Group.TAX: "stamp_duty",
    Group.TIMING: "reserve",
}

#: Every kind of adjustment we know, in lower case with underscores → its line. A reserve is timing.
GROUP_OF_KIND: Mapping[str, Group] = {name: group for group, names in _KINDS.items() for name in names.split()}

UNKNOWN = Place(Group.UNCLASSIFIED, is_known=False)
#: Names that are looked up once. Upstream has some hundreds; what it makes up is forgotten again.
_LOOKED_UP = 4_096


@lru_cache(_LOOKED_UP)
def name_of(path: str) -> str:
    """The field's name here, without the sections before it and whichever spelling it came in."""
    leaf = path.rpartition(".")[2]
    return ALIASES.get(leaf, leaf)


@lru_cache(_LOOKED_UP)
def place_of(path: str) -> Place:
    """Where the amount at `path` is counted. What stands below a `supplementary` explains, whatever its name."""
    if Section.SUPPLEMENTARY in path.split(".")[:-1]:
        return Place(Group.EXPLAINS, is_known=name_of(path) in GROUP_OF_FIELD)
    group = GROUP_OF_FIELD.get(name_of(path))
    return Place(group) if group is not None else UNKNOWN


@lru_cache(_LOOKED_UP)
def place_of_kind(kind: str) -> Place:
    """Where an adjustment of this kind is counted. Kinds arrive as constants and as prose, in any letter case."""
    group = GROUP_OF_KIND.get(plain_kind(kind))
    return Place(group) if group is not None else UNKNOWN


@lru_cache(_LOOKED_UP)
def plain_kind(kind: str) -> str:
    """A kind in one spelling: "Violation fee" and "VIOLATION_FEE" are the same."""
    return re.sub(r"[\W_]+", "_", kind.strip()).strip("_").lower()


def is_adjustment(kind: str) -> bool:
    """Whether a kind is an adjustment: everything but an order's own transaction and a reserve."""
    return plain_kind(kind) not in {ORDER_KIND.lower(), RESERVE_KIND.lower(), ""}
