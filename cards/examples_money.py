"""Examples of the cards about taxes and rates."""

from collections.abc import Mapping

from cards.shop_terms import ALWAYS, NONE, OWN, USUAL, OtherShop, ShopTermsForm, TermsVersion

SHOP, NAME = "shop_1", "Glow Skin UK"
OTHERS = (OtherShop("shop_2", "Glow Skin US"), OtherShop("shop_3", "Glow Skin DE"))

MONEY_EXAMPLES: Mapping[str, object] = {
    "shop-terms": ShopTermsForm(
        SHOP,
        NAME,
        usual_vat="20",
        versions=(
            TermsVersion("2026-09-01", "1 Sept 2026", vat="20", commission="8.5", affiliate="15"),
            TermsVersion("2026-03-01", "1 Mar 2026", vat=NONE),
            TermsVersion(ALWAYS),
        ),
        others=OTHERS,
    ),
    "shop-terms-empty": ShopTermsForm(SHOP, "Glow Skin US", vat=USUAL),
    "shop-terms-errors": ShopTermsForm(
        SHOP,
        NAME,
        usual_vat="20",
        vat=OWN,
        vat_percent="two",
        commission="101",
        affiliate="-1",
        from_day_ms=1_788_220_800_000,
        vat_error="Type a number from 0 to 100, such as 8.5.",
        commission_error="Type a number from 0 to 100, such as 8.5.",
        affiliate_error="Type a number from 0 to 100, such as 8.5.",
        day_error="At most 24 different days. Remove one first.",
    ),
}
