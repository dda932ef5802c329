"""Tax rules: the tax in a price that a seller established in the market owes. For profit, never for a tax return.

What upstream keeps back of the same tax is taken off again by `ledger.profit`, so that it is never counted twice.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from service.core.policies.fields import Fields


@dataclass(frozen=True, slots=True)
class TaxRule:
    """`percent` of the price without tax, in every price of the market from `effective_from` on."""

    market: str
    percent: Decimal
    effective_from: date
    source: str
    certainty: str


def parse_tax(fields: Fields) -> TaxRule:
    """A tax rule from its row. ValueError names what is wrong."""
    rule = TaxRule(
        market=fields.text("market"),
        percent=fields.decimal("percent", Decimal(0)),
        effective_from=fields.day("effective_from"),
        source=fields.text("source"),
        certainty=fields.word("certainty", ("A", "B", "C", "D")),
    )
    if not 0 <= rule.percent <= 100:
        raise fields.wrong("percent", "0 to 100")
    fields.done()
    return rule
