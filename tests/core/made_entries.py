"""Finance entries for tests: written as upstream writes them, amounts as text."""

from decimal import Decimal

from hypothesis import strategies as st

from service.core.ledger.entries import Entry, Unsettled
from service.core.ledger.fields import ALTERNATIVES, EXPLAINING, GROUP_OF_FIELD, Group

TOTALS = ("settlement", "revenue", "shipping", "fee_tax", "adjustment")


def d(text: str | int) -> Decimal:
    return Decimal(text)


def make_entry(number: int = 1, *, amounts: dict[str, str] | None = None, **changes) -> Entry:
    """An order's transaction in pounds; totals and amounts as text or None."""
    fixed = {"kind": "ORDER", "currency": "GBP", "statement_id": "S1", "order_id": "O1", "settlement": None} | changes
    totals = {name: d(value) for name in TOTALS if (value := fixed.pop(name, None)) is not None}
    reserve = fixed.pop("reserve", None)
    return Entry(
        entry_id=fixed.pop("entry_id", f"E{number}"),
        amounts={path: d(value) for path, value in (amounts or {}).items()},
        reserve=d(reserve) if reserve is not None else None,
        **({"settlement": None} | totals | {name: value for name, value in fixed.items() if name not in TOTALS}),
    )


def make_estimate(*, amounts: dict[str, str] | None = None, **changes) -> Unsettled:
    """Upstream's estimate for the same order."""
    fixed = {"kind": "ORDER", "currency": "GBP", "order_id": "O1"} | changes
    totals = {name: d(value) for name in TOTALS if (value := fixed.pop(name, None)) is not None}
    return Unsettled(
        unsettled_id="U1",
        amounts={path: d(value) for path, value in (amounts or {}).items()},
        **({"settlement": None} | totals | fixed),
    )


_SECTION = {Group.SALES: "revenue", Group.LOGISTICS: "shipping", Group.TAX: "tax"}
_SPELT_TWICE = {name for row in ALTERNATIVES for names in row for name in names}
PATHS = sorted(
    f"{_SECTION.get(group, 'fee')}.{name}"
    for name, group in GROUP_OF_FIELD.items()
    if group not in {Group.EXPLAINS, Group.TIMING} and name not in EXPLAINING | _SPELT_TWICE
)
CENTS = st.integers(-10_000_00, 10_000_00).map(lambda minor: Decimal(minor).scaleb(-2))
KINDS = (
    "ORDER",
    "ORDER",
    "ORDER",
    "PLATFORM_PENALTY",
    "SAMPLE_SHIPPING_FEE",
    "GMV_PAYMENT_FOR_ADS",
    "moon tax",
    "RESERVE",
)


@st.composite
def entries(draw, currency: str = "GBP") -> Entry:
    """Any entry: known and unknown fields, totals that fit, that do not, or that are not stated at all."""
    kind = draw(st.sampled_from(KINDS))
    amounts = draw(
        st.dictionaries(
            st.sampled_from([*PATHS, "fee.new_fee", "supplementary.customer_payment_amount"]), CENTS, max_size=6
        )
    )
    stated = st.none() | CENTS
    return Entry(
        entry_id=f"E{draw(st.integers(0, 10**9))}",
        kind=kind,
        currency=currency,
        statement_id=draw(st.sampled_from(["S1", "S2"])),
        settlement=draw(stated),
        revenue=draw(stated),
        shipping=draw(stated),
        fee_tax=draw(stated),
        adjustment=draw(stated),
        amounts=amounts,
        order_id="" if kind not in {"ORDER", "RESERVE"} else draw(st.sampled_from(["O1", "O2"])),
        reserve_id="R1" if kind == "RESERVE" else "",
        reserve=draw(CENTS) if kind == "RESERVE" else None,
    )
