"""Fee rules: what TikTok charges in a market, from which day, on what, by which source. For estimates and for audits.

Percentages and amounts are exact decimals, written as text in the data. What is made of them is `ledger.rates`' work.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from service.core.policies.fields import Fields


class FeeBase(StrEnum):
    """What a percentage is taken of. Each is less what was refunded, but for the commission that comes back."""

    PAID_WITHOUT_TAX = "paid-without-tax"  # the buyer's whole payment and TikTok's discount, less tax
    ITEMS_AND_SHIPPING = "items-and-shipping"  # items as paid, buyer's shipping, TikTok's discount
    PAID = "paid"  # the buyer's whole payment
    PAID_AND_SUBSIDY = "paid-and-subsidy"  # the same and TikTok's discount
    RETURNED_COMMISSION = "returned-commission"  # the commission that a refund gives back
    NOTHING = "nothing"  # only the flat amount


class FeePer(StrEnum):
    """What a flat amount and a cap are counted by."""

    ORDER = "order"
    UNIT = "unit"
    SKU = "sku"


@dataclass(frozen=True, slots=True)
class FeeRule:
    """One fee of one market, from `effective_from` up to but not including `effective_to`.

    `percent` of `base`, plus `flat` for each `per`, together never more than `cap` for each `per`; in the market's
    currency. `shipping`: empty = both. `kept_on_refund`: a refund does not bring it back.
    """

    market: str
    field: str
    base: FeeBase
    per: FeePer
    percent: Decimal
    flat: Decimal
    cap: Decimal | None
    effective_from: date
    effective_to: date | None
    shipping: str
    kept_on_refund: bool
    source: str
    certainty: str

    def covers(self, *, market: str, shipping: str, day: date) -> bool:
        """Whether the rule speaks about an order of this market and shipping created on the local `day`."""
        return (
            self.market == market
            and self.shipping in ("", shipping)
            and self.effective_from <= day
            and (self.effective_to is None or day < self.effective_to)
        )


def parse_fee(fields: Fields) -> FeeRule:
    """A fee rule from its row. ValueError names what is wrong."""
    rule = FeeRule(
        market=fields.text("market"),
        field=fields.text("field"),
        base=FeeBase(fields.word("base", FeeBase)),
        per=FeePer(fields.word("per", FeePer)),
        percent=fields.decimal("percent", Decimal(0)),
        flat=fields.decimal("flat", Decimal(0)),
        cap=fields.decimal("cap", Decimal(0)) if "cap" in fields else None,
        effective_from=fields.day("effective_from"),
        effective_to=fields.day("effective_to") if "effective_to" in fields else None,
        shipping=fields.text("shipping", ""),
        kept_on_refund=fields.truth("kept_on_refund"),
        source=fields.text("source"),
        certainty=fields.word("certainty", ("A", "B", "C", "D")),
    )
    if not 0 <= rule.percent <= 100 or rule.flat < 0 or (rule.cap is not None and rule.cap <= 0):
        raise fields.wrong("percent", "0 to 100, with no negative amounts beside it")
    if (rule.base is FeeBase.NOTHING) != (rule.percent == 0) or (rule.percent == 0 and rule.flat == 0):
        raise fields.wrong("base", '"nothing" for a flat fee, and anything else for a percentage')
    if rule.effective_to is not None and rule.effective_to <= rule.effective_from:
        raise fields.wrong("effective_to", "after effective_from")
    fields.done()
    return rule
