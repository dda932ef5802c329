"""Every field and kind of upstream's finance answers has its pool: the lists here are written by hand."""

import pytest

from service.core.ledger.fields import (
    ALIASES,
    ALTERNATIVES,
    EXPLAINING,
    GROUP_OF_FIELD,
    GROUP_OF_KIND,
    POOL_OF_GROUP,
    Group,
    Pool,
    is_adjustment,
    place_of,
    place_of_kind,
)

REVENUE = """
    subtotal_before_discount_amount refund_subtotal_before_discount_amount seller_discount_amount
    seller_discount_refund_amount cod_service_fee_amount refund_cod_service_fee_amount distant_item_fee_amount
"""
SHIPPING = """
    actual_shipping_fee_amount shipping_fee_discount_amount customer_paid_shipping_fee_amount
    return_shipping_fee_amount replacement_shipping_fee_amount exchange_shipping_fee_amount
    signature_confirmation_fee_amount shipping_insurance_fee_amount fbt_fulfillment_fee_reimbursement_amount
    return_shipping_label_fee_amount seller_self_shipping_service_fee_amount return_shipping_fee_paid_buyer_amount
    failed_delivery_subsidy_amount shipping_fee_guarantee_reimbursement fbt_free_shipping_fee_amount
    free_return_subsidy_amount international_leg_logistics_amount distant_shipping_fee_amount
    shipping_app_service_fee_amount logistics_service_fee fbt_overall_merchant_subsidy fbt_key_merchant_subsidy
    tiktok_shop_shipping_incentive_amount hazmat_noncompliance_fee hazmat_handling_fee non_standard_weight_fee
    non_standard_dimension_fee
"""
EXPLAINING_SHIPPING = """
    platform_shipping_fee_discount_amount promo_shipping_incentive_amount shipping_fee_subsidy_amount
    seller_shipping_fee_discount_amount customer_shipping_fee_offset_amount fbm_shipping_cost_amount
    fbt_shipping_cost_amount fbt_fulfillment_fee_amount return_refund_subsidy_amount
    refunded_customer_shipping_fee_amount customer_shipping_fee refund_customer_shipping_fee
"""
FEE: dict[str, tuple[Pool, Group]] = {
    "platform_commission_amount": (Pool.PLATFORM, Group.CORE),
    "referral_fee_amount": (Pool.PLATFORM, Group.CORE),
    "refund_administration_fee_amount": (Pool.PLATFORM, Group.CORE),
    "transaction_fee_amount": (Pool.PLATFORM, Group.CORE),
    "credit_card_handling_fee_amount": (Pool.PLATFORM, Group.CORE),
    "dynamic_commission_amount": (Pool.PLATFORM, Group.CORE),
    "fee_per_item_sold_amount": (Pool.PLATFORM, Group.CORE),
    "vn_fix_infrastructure_fee": (Pool.PLATFORM, Group.CORE),
    "platform_special_service_fee_amount": (Pool.PLATFORM, Group.CORE),
    "platform_semi_managed_commission_fee": (Pool.PLATFORM, Group.CORE),
    "platform_semi_managed_commission_fee_tax": (Pool.TAX, Group.TAX),
    "seller_growth_fee_amount": (Pool.PLATFORM, Group.CORE),
    "affiliate_commission_amount": (Pool.MARKETING, Group.CREATORS),
    "affiliate_commission_amount_before_pit": (Pool.MARKETING, Group.CREATORS),
    "affiliate_partner_commission_amount": (Pool.MARKETING, Group.CREATORS),
    "affiliate_ads_commission_amount": (Pool.MARKETING, Group.CREATORS),
    "affiliate_commission_deposit": (Pool.MARKETING, Group.CREATORS),
    "affiliate_commission_release": (Pool.MARKETING, Group.CREATORS),
    "external_affiliate_marketing_fee_amount": (Pool.MARKETING, Group.CREATORS),
    "cofunded_creator_bonus_amount": (Pool.MARKETING, Group.CREATORS),
    "tap_shop_ads_commission": (Pool.MARKETING, Group.CREATORS),
    "auto_post_shoppable_video_commission_fee": (Pool.MARKETING, Group.CREATORS),
    "tsp_commission_amount": (Pool.PLATFORM, Group.CORE),
    "gmv_max_ad_fee_amount": (Pool.MARKETING, Group.PROMOTION),
    "gmv_max_coupon_fee": (Pool.MARKETING, Group.PROMOTION),
    "cps_shop_ads_commission_tax_amount": (Pool.TAX, Group.TAX),
    "sfp_service_fee_amount": (Pool.PLATFORM, Group.CORE),
    "live_specials_fee_amount": (Pool.MARKETING, Group.PROMOTION),
    "bonus_cashback_service_fee_amount": (Pool.MARKETING, Group.PROMOTION),
    "mall_service_fee_amount": (Pool.PLATFORM, Group.CORE),
    "voucher_xtra_service_fee_amount": (Pool.MARKETING, Group.PROMOTION),
    "flash_sales_service_fee_amount": (Pool.MARKETING, Group.PROMOTION),
    "cofunded_promotion_service_fee_amount": (Pool.MARKETING, Group.PROMOTION),
    "pre_order_service_fee_amount": (Pool.PLATFORM, Group.CORE),
    "campaign_resource_fee": (Pool.MARKETING, Group.PROMOTION),
    "smart_promotion_fee_amount": (Pool.MARKETING, Group.PROMOTION),
    "campaign_period_fee_cfp_amount": (Pool.MARKETING, Group.PROMOTION),
    "campaign_period_fee_sp_amount": (Pool.MARKETING, Group.PROMOTION),
    "campaign_period_fee_cfp_tax_amount": (Pool.TAX, Group.TAX),
    "campaign_period_fee_sp_tax_amount": (Pool.TAX, Group.TAX),
    "category_led_campaign_fee_amount": (Pool.MARKETING, Group.PROMOTION),
    "brand_amplification_program_commission": (Pool.MARKETING, Group.PROMOTION),
    "brand_campaign_fee": (Pool.MARKETING, Group.PROMOTION),
    "new_customer_growth_package_fee": (Pool.MARKETING, Group.PROMOTION),
    "target_product_gmv_growth_package_fee": (Pool.MARKETING, Group.PROMOTION),
    "store_gmv_growth_package_fee": (Pool.MARKETING, Group.PROMOTION),
    "seller_funded_user_spoint_service_fee": (Pool.MARKETING, Group.PROMOTION),
    "dt_handling_fee_amount": (Pool.PLATFORM, Group.CORE),
    "epr_pob_service_fee_amount": (Pool.PLATFORM, Group.CORE),
    "seller_paylater_handling_fee_amount": (Pool.PLATFORM, Group.CORE),
    "shipping_fee_guarantee_service_fee": (Pool.PLATFORM, Group.CORE),
    "installation_service_fee": (Pool.PLATFORM, Group.CORE),
    "failed_delivery_shipping_fee": (Pool.PLATFORM, Group.LOGISTICS),
    "buyer_fault_return_shipping_fee": (Pool.PLATFORM, Group.LOGISTICS),
    "insurance_fee": (Pool.PLATFORM, Group.LOGISTICS),
    "shipping_insurance_fee_tax_amount": (Pool.TAX, Group.TAX),
}
TAX = """
    vat_amount import_vat_amount customs_duty_amount customs_clearance_amount sst_amount gst_amount iva_amount
    isr_amount anti_dumping_duty_amount local_vat_amount pit_amount sales_tax_referral_fee_amount
    smart_promotion_fee_tax_amount cedular_tax article_22_income_tax_withheld new_customer_growth_package_fee_tax
    target_product_gmv_growth_package_fee_tax store_gmv_growth_package_fee_tax
    sales_tax_amount sales_tax_payment_amount sales_tax_refund_amount retail_delivery_fee_amount
    retail_delivery_fee_payment_amount retail_delivery_fee_refund_amount pit_withheld_from_ads_commission_amount
"""
SUPPLEMENTARY = """
    customer_payment_amount customer_refund_amount platform_discount_amount platform_discount_refund_amount
    seller_cofunded_discount_amount seller_cofunded_discount_refund_amount platform_cofunded_discount_amount
    platform_cofunded_discount_refund_amount retail_delivery_fee_amount retail_delivery_fee_payment_amount
    retail_delivery_fee_refund_amount sales_tax_amount sales_tax_payment_amount sales_tax_refund_amount
"""
KINDS: dict[str, Group] = {
    "CHARGE_BACK": Group.ADJUSTMENTS,
    "CUSTOMER_SERVICE_COMPENSATION": Group.ADJUSTMENTS,
    "DEDUCTIONS_INCURRED_BY_SELLER": Group.ADJUSTMENTS,
    "GMV_PAYMENT_FOR_ADS": Group.PROMOTION,
    "PLATFORM_COMMISSION_ADJUSTMENT": Group.ADJUSTMENTS,
    "PLATFORM_COMMISSION_COMPENSATION": Group.ADJUSTMENTS,
    "PLATFORM_PENALTY": Group.ADJUSTMENTS,
    "PROMOTION_ADJUSTMENT": Group.ADJUSTMENTS,
    "REBATE": Group.ADJUSTMENTS,
    "PLATFORM_COMPENSATION": Group.ADJUSTMENTS,
    "PLATFORM_REIMBURSEMENT": Group.ADJUSTMENTS,
    "COFUNDED_CREATOR_REWARDS": Group.CREATORS,
    "STAMP_DUTY": Group.TAX,
    "FBT_WAREHOUSE_SERVICE_FEE": Group.ADJUSTMENTS,
    "WAREHOUSE_SERVICE_FEE": Group.ADJUSTMENTS,
    "LOGISTICS_REIMBURSEMENT": Group.ADJUSTMENTS,
    "SHIPPING_FEE_ADJUSTMENT": Group.ADJUSTMENTS,
    "SHIPPING_FEE_COMPENSATION": Group.ADJUSTMENTS,
    "SHIPPING_FEE_REBATE": Group.ADJUSTMENTS,
    "SAMPLE_SHIPPING_FEE": Group.SAMPLES,
    "SELLER_MISSION_REWARD": Group.ADJUSTMENTS,
    "OTHER_ADJUSTMENT": Group.ADJUSTMENTS,
    "violation fee": Group.ADJUSTMENTS,
    "bill payment": Group.ADJUSTMENTS,
    "Sales proceed": Group.ADJUSTMENTS,
    "Bill Deduction": Group.ADJUSTMENTS,
    "RESERVE": Group.TIMING,
}


@pytest.mark.parametrize("name", REVENUE.split())
def test_sales_fields_are_revenue(name):
    assert place_of(f"revenue.{name}").pool is Pool.REVENUE


@pytest.mark.parametrize("name", SHIPPING.split())
def test_every_direct_member_of_the_shipping_cost_is_platform_logistics(name):
    place = place_of(f"shipping.{name}")
    assert (place.pool, place.group, place.is_known) == (Pool.PLATFORM, Group.LOGISTICS, True)


@pytest.mark.parametrize("name", EXPLAINING_SHIPPING.split())
def test_what_explains_the_shipping_cost_is_told_and_never_added(name):
    below = place_of(f"shipping.supplementary.{name}")
    assert (below.pool, below.is_known) == (Pool.MEMO, True)
    assert name in EXPLAINING
    assert place_of(f"shipping.{name}").group is Group.LOGISTICS


@pytest.mark.parametrize("name", SUPPLEMENTARY.split())
def test_what_explains_a_transaction_is_told_and_never_added(name):
    place = place_of(f"supplementary.{name}")
    assert (place.pool, place.group, place.is_known) == (Pool.MEMO, Group.EXPLAINS, True)


@pytest.mark.parametrize("name", list(FEE))
def test_every_fee_field_has_its_pool_and_group(name):
    place = place_of(f"fee.{name}")
    assert (place.pool, place.group, place.is_known) == (*FEE[name], True)


@pytest.mark.parametrize("name", TAX.split())
def test_every_tax_field_is_tax(name):
    assert place_of(f"tax.{name}").pool is Pool.TAX


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_adjustment_has_its_group_in_any_spelling(kind):
    for spelling in (kind, kind.lower(), kind.replace("_", " ").title()):
        place = place_of_kind(spelling)
        assert (place.group, place.is_known) == (KINDS[kind], True)


def test_the_table_knows_nothing_beyond_the_hand_written_lists_but_totals_and_old_names():
    written = {name for text in (REVENUE, SHIPPING, EXPLAINING_SHIPPING, TAX, SUPPLEMENTARY) for name in text.split()}
    written |= set(FEE)
    more = {name for name, group in GROUP_OF_FIELD.items() if group not in {Group.EXPLAINS, Group.TIMING}} - written
    assert more == {
        "customer_paid_shipping_fee_refund_amount",
        "new_customer_growth_package_fee_tax_amount",
        "target_product_gmv_growth_package_fee_tax_amount",
        "store_gmv_growth_package_fee_tax_amount",
        "stamp_duty_amount",
    }
    assert set(GROUP_OF_KIND) == {kind.lower().replace(" ", "_") for kind in KINDS}


def test_an_unknown_field_or_kind_is_unclassified_and_flagged():
    for place in (place_of("fee.moon_landing_fee_amount"), place_of("fee.new.part"), place_of_kind("MOON_LANDING")):
        assert (place.pool, place.group, place.is_known) == (Pool.PLATFORM, Group.UNCLASSIFIED, False)


def test_older_names_lead_to_known_fields():
    assert all(name in GROUP_OF_FIELD for name in ALIASES.values())
    assert not set(ALIASES) & set(GROUP_OF_FIELD)
    assert place_of("revenue.gross_sales_amount").pool is Pool.REVENUE
    assert place_of("fee.affiliate_commission_before_pit_amount").group is Group.CREATORS


def test_every_group_has_a_pool_and_every_alternative_a_known_field():
    assert set(POOL_OF_GROUP) == set(Group)
    assert all(name in GROUP_OF_FIELD for row in ALTERNATIVES for names in row for name in names)


def test_only_orders_and_reserves_are_no_adjustments():
    assert [is_adjustment(kind) for kind in ("ORDER", "order", "Reserve", "CHARGE_BACK", "bill payment")] == [
        False,
        False,
        False,
        True,
        True,
    ]
