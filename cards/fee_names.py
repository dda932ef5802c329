"""What fees are called: TikTok's own names in plain words.

New fees arrive often. One without a row here is called as TikTok calls it, its underscores and endings taken off.
"""

from collections.abc import Mapping

from cards.words import Words, mark

_NAMES: Mapping[str, str] = {
    "fee_tax_amount": mark("Fees and taxes in one sum"),
    "shipping_cost_amount": mark("Shipping in one sum"),
    "platform_commission_amount": mark("Commission"),
    "referral_fee_amount": mark("Referral fee"),
    "refund_administration_fee_amount": mark("Refund administration fee"),
    "transaction_fee_amount": mark("Transaction fee"),
    "dynamic_commission_amount": mark("Dynamic commission"),
    "seller_growth_fee_amount": mark("Growth fee"),
    "platform_special_service_fee_amount": mark("Platform support fee"),
    "credit_card_handling_fee_amount": mark("Card handling fee"),
    "fee_per_item_sold_amount": mark("Fee per item sold"),
    "sfp_service_fee_amount": mark("Free shipping programme"),
    "voucher_xtra_service_fee_amount": mark("Voucher programme"),
    "affiliate_commission_amount": mark("Creators' commission"),
    "affiliate_commission_amount_before_pit": mark("Creators' commission before tax"),
    "affiliate_partner_commission_amount": mark("Partner agencies' commission"),
    "affiliate_ads_commission_amount": mark("Shop ads commission"),
    "actual_shipping_fee_amount": mark("Shipping label"),
    "shipping_fee_discount_amount": mark("Shipping paid by TikTok"),
    "customer_paid_shipping_fee_amount": mark("Shipping paid by the buyer"),
    "seller_self_shipping_service_fee_amount": mark("Fee for shipping yourself"),
    "return_shipping_fee_amount": mark("Return shipping"),
    "vat_amount": mark("VAT"),
    "local_vat_amount": mark("VAT"),
    "import_vat_amount": mark("Import VAT"),
    "iva_amount": mark("IVA"),
    "isr_amount": mark("ISR"),
    "pit_amount": mark("Income tax"),
    "gst_amount": mark("GST"),
    "sst_amount": mark("SST"),
}


def fee_name(field: str, words: Words) -> str:
    """The fee in words; `adjustment.` before its name is no part of it."""
    if field in _NAMES:
        return words(_NAMES[field])
    bare = field.removeprefix("adjustment.").lower()
    bare = bare.removesuffix("_amount")
    return bare.replace("_", " ").strip().capitalize()
