"""PROFIT: what was really earned, estimated and settled side by side. Blank where a cost is missing."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from service.core import kinds
from service.core.columns import ledger
from service.core.columns.record import Column
from service.core.ledger.profit import Outcome
from service.core.ledger.settling import Basis
from service.core.roles import Group
from service.core.rows import RowSource

_NEEDS = frozenset({Group.PROFIT})
_SHARE_STEP = Decimal("0.0001")  # a hundredth of a percent
_POOLS = ("pool_tax", "pool_platform", "pool_marketing", "pool_cogs")


def _shown(read: Callable[[Outcome], Decimal | None]) -> Callable[[RowSource], Decimal | None]:
    def reader(row: RowSource) -> Decimal | None:
        found = ledger.shown(row)
        return None if found is None else read(found)

    return reader


def _share(read: Callable[[Outcome], Decimal | None]) -> Callable[[RowSource], Decimal | None]:
    """A share, to a hundredth of a percent: what a sheet keeps of it compares equal with what was written."""

    def reader(row: RowSource) -> Decimal | None:
        value = _shown(read)(row)
        return None if value is None else value.quantize(_SHARE_STEP)

    return reader


def _estimated(row: RowSource) -> Decimal | None:
    found = ledger.counted(row)
    return found.estimated.net if found is not None and found.estimated is not None else None


def _settled(row: RowSource) -> Decimal | None:
    """The profit as settled; None while anything is open, for half of the fees beside all of the costs is no profit."""
    whole, found = ledger.profit(row), ledger.settled(row)
    return found.net if whole is not None and whole.basis is Basis.SETTLED and found is not None else None


def _delta(row: RowSource) -> Decimal | None:
    settled, estimated = _settled(row), _estimated(row)
    return None if settled is None or estimated is None else settled - estimated


def _basis(row: RowSource) -> str | None:
    found = ledger.profit(row)
    return found.basis.value if found is not None and found.shown is not None else None


def _confidence(row: RowSource) -> int | None:
    found = ledger.profit(row)
    return found.confidence if found is not None and found.shown is not None else None


_of = partial(Column, kind=kinds.MONEY, group=Group.PROFIT, needs=_NEEDS)


COLUMNS = (
    _of(
        "net_profit",
        "Net profit",
        reader=ledger.amount(_shown(lambda outcome: outcome.net)),
        sentence="Revenue less tax, platform fees, marketing and COGS; blank where a cost is missing.",
        example="4.54",
        inputs=("revenue", *_POOLS),
    ),
    _of(
        "margin",
        "Margin",
        reader=_share(lambda outcome: outcome.margin),
        sentence="Net profit as a share of revenue without the VAT in it.",
        example="22.70%",
        kind=kinds.PCT,
        inputs=("net_profit", "revenue"),
    ),
    _of(
        "roi",
        "ROI",
        reader=_share(lambda outcome: outcome.roi),
        sentence="Net profit as a share of COGS.",
        example="56.75%",
        kind=kinds.PCT,
        inputs=("net_profit", "pool_cogs"),
    ),
    _of(
        "basis",
        "Basis",
        reader=_basis,
        sentence="How much of these figures is settled: estimated, partial or settled.",
        example="settled",
        kind=kinds.ENUM,
        choices=tuple(basis.value for basis in Basis),
    ),
    _of(
        "confidence",
        "Confidence",
        reader=_confidence,
        sentence="0 to 100: costs known 40, fees settled 40, creator's share known 10, cost of sending known 10.",
        example="100",
        kind=kinds.INT,
    ),
    _of(
        "est_profit",
        "Estimated profit",
        reader=ledger.amount(_estimated),
        sentence="Net profit as it was expected before anything was settled, with costs as known now.",
        example="4.70",
    ),
    _of(
        "set_profit",
        "Settled profit",
        reader=ledger.amount(_settled),
        sentence="Net profit as settled; blank until all of it is.",
        example="4.54",
    ),
    _of(
        "profit_delta",
        "Est→settled",
        reader=ledger.amount(_delta),
        sentence="Settled less estimated net profit: what settlement changed.",
        example="-0.16",
        inputs=("est_profit", "set_profit"),
    ),
)
