"""Shop terms: what a seller says of one shop that no table can know, each version in force from a day on.

Percentages are Decimals from 0 to 100; None = not said. Days are local days of the shop's market. What goods and
sending cost is `costs`' work.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from service.core.ledger.cost_cells import UnreadableCellError, Wrong, number_in
from service.core.ledger.facts import TaxMode, TaxTerms
from service.core.ledger.rates import OwnTerms

PERCENT_DECIMALS = 2
_MOST_PERCENT = Decimal(100)
_PASSES_THROUGH = "US"
_REFERRAL, _COMMISSION = "referral_fee_amount", "platform_commission_amount"


@dataclass(frozen=True, slots=True)
class ShopTerms:
    """In force for orders created on `from_day` and later; None: for all that come before the first stated day.

    `vat_percent`: VAT inside the prices that the seller pays; 0: none is owed; None: as the market's rule says.
    `commission_percent`: what TikTok charges this shop, where it differs from the market's usual rate.
    `affiliate_percent`: what creators get of what buyers pay for the goods.
    """

    from_day: date | None = None
    vat_percent: Decimal | None = None
    commission_percent: Decimal | None = None
    affiliate_percent: Decimal | None = None

    def tax(self, usual: TaxTerms) -> TaxTerms:
        """Who pays the tax on a sale, where `usual` holds for the market."""
        if self.vat_percent is None:
            return usual
        if self.vat_percent:
            return TaxTerms(TaxMode.VAT_SELLER_REMITS, self.vat_percent)
        return usual if usual.mode is TaxMode.US_PASS_THROUGH else TaxTerms(TaxMode.MARKETPLACE_REMITS)

    def own(self, market: str) -> OwnTerms:
        """The seller's own rates, by the field that this market charges commission in."""
        charged = _REFERRAL if market == _PASSES_THROUGH else _COMMISSION
        percents = {} if self.commission_percent is None else {charged: self.commission_percent}
        return OwnTerms(percents, self.affiliate_percent)


NO_TERMS = ShopTerms()


def in_force(versions: Iterable[ShopTerms], day: date) -> ShopTerms:
    """The terms for an order created on the local `day`; those that say nothing where none are stated for it."""
    fitting = [one for one in versions if one.from_day is None or one.from_day <= day]
    return max(fitting, key=lambda one: one.from_day or date.min, default=NO_TERMS)


def percent_in(text: str) -> Decimal | None:
    """The percentage that was typed, `8.5`, `8,5 %`; None for nothing. UnreadableCellError for anything else."""
    bare = text.strip().removesuffix("%").strip()
    if not bare:
        return None
    percent = number_in(bare, currency="", decimals=PERCENT_DECIMALS)
    if percent > _MOST_PERCENT:
        raise UnreadableCellError(Wrong.TOO_LARGE)
    return percent
