"""One row of a finance answer as it is kept: every amount by its path, what nobody knows by name, and the row itself.

Nothing personal is kept. Finance states none today; a field that is new tomorrow is kept only while it is an amount and
its name speaks of nobody. Of a bank account four digits are kept, as upstream shows it.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from service.core.ledger.entries import NOTHING, Section
from service.core.ledger.fields import is_adjustment, place_of, place_of_kind
from service.tiktok.scalars import parse_amount, text

#: One row of upstream's, every field it has.
Row = Mapping[str, object]

_SUPPLEMENTARY = "supplementary_component"

#: Upstream's breakdowns → where their amounts stand. Only `fee_tax_breakdown` is divided once more.
_SECTIONS: Mapping[tuple[str, ...], str] = {
    ("revenue_breakdown",): Section.REVENUE,
    ("shipping_cost_breakdown",): Section.SHIPPING,
    ("fee_tax_breakdown", "tax"): Section.TAX,
    ("fee_tax_breakdown", "fee"): Section.FEE,
    ("fee_tax_breakdown",): Section.FEE,
    (_SUPPLEMENTARY,): Section.SUPPLEMENTARY,
}
_BREAKDOWNS = frozenset(keys[0] for keys in _SECTIONS)

_TOTALS = """
    settlement_amount revenue_amount net_sales_amount shipping_cost_amount fee_amount fee_tax_amount fee_and_tax_amount
    adjustment_amount reserve_amount total_reserve_amount payable_amount total_settlement_amount
    est_settlement_amount est_revenue_amount est_shipping_cost_amount est_fee_tax_amount est_fee_amount
    est_adjustment_amount amount payment_amount_before_exchange exchange_rate
"""
_OTHERS = """
    id type status currency order_id adjustment_id adjustment_order_id reserve_id associated_order_id reserve_status
    estimated_release_time statement_id statement_time order_create_time order_delivery_time create_time paid_time
    payment_time payment_status payment_id unsettled_reason estimated_settlement sku_id sku_name product_name quantity
    value bank_account
"""
_KNOWN_TOTALS = frozenset(_TOTALS.split())
_KNOWN = _KNOWN_TOTALS | frozenset(_OTHERS.split())

#: What a new field is called when it is about a person.
_PERSONAL = re.compile(
    r"buyer(?!_fault)|recipient|receiver|(^|_)name|phone|mobile|e?mail|address|street|postal|zip|contact"
    r"|user_id|open_id|tax_id|cpf|cnpj|passport|birth|account",
    re.IGNORECASE,
)
#: How much of a bank account may be kept: what bank statements show, too.
_SHOWN_DIGITS = 4
_DEEPEST = 6


def breakdown(row: Row) -> Mapping[str, Decimal]:
    """Every amount of the row's breakdowns by path (`core.ledger.entries.Section`), known or not."""
    found = {path: amount for path, value in _paths(row) if (amount := parse_amount(value)) is not None}
    return found or NOTHING


def flags_of(row: Row, *, kind: str = "") -> tuple[str, ...]:
    """What was not understood of the row: see `finance.Found`."""
    found = {f"unknown:{path}" for path, _ in _paths(row) if not place_of(path).is_known}
    found |= {f"unreadable:{path}" for path, value in _paths(row) if value != "" and parse_amount(value) is None}
    found |= {f"unreadable:{name}" for name in _KNOWN_TOTALS & row.keys() if _is_unreadable(row[name])}
    found |= {f"unknown:{name}" for name, value in row.items() if name not in _KNOWN and _looks_like_money(name, value)}
    if kind and is_adjustment(kind) and not place_of_kind(kind).is_known:
        found.add("unknown:type")
    return tuple(sorted(found))


def record(row: Row) -> dict[str, object]:
    """The row as it came, fit to be kept."""
    return _kept(row, depth=0)


def digest(row: Row) -> str:
    """A name for a row that has none: the same whenever it says the same."""
    content = json.dumps(record(row), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _paths(row: Row) -> Iterator[tuple[str, str | int | None]]:
    """Every single value of the breakdowns with its path; null is not stated and left out."""
    for name in sorted(_BREAKDOWNS & row.keys()):
        yield from _walk((name,), row[name])


def _walk(keys: tuple[str, ...], value: object) -> Iterator[tuple[str, str | int | None]]:
    if isinstance(value, dict):
        if len(keys) < _DEEPEST:
            for key in sorted(value):
                yield from _walk((*keys, key), value[key])
    elif value is not None:
        # what is no single value has no amount, and its place is told all the same
        yield _path(keys), value if isinstance(value, str | int) else None


def _path(keys: tuple[str, ...]) -> str:
    section, length = next((_SECTIONS[keys[:length]], length) for length in (2, 1) if keys[:length] in _SECTIONS)
    inner = (Section.SUPPLEMENTARY if key == _SUPPLEMENTARY else key for key in keys[length:])
    return ".".join((section, *inner))


def _is_unreadable(value: object) -> bool:
    """Whether a stated total cannot be read; an object of value and currency is read elsewhere."""
    if value is None or value == "" or isinstance(value, dict):
        return False
    return not isinstance(value, str | int) or parse_amount(value) is None


def _looks_like_money(name: str, value: object) -> bool:
    """Whether a field that nobody knows may hold money: by its name, or because it is a breakdown."""
    return name not in _BREAKDOWNS and (isinstance(value, dict) or name.endswith(("_amount", "_fee", "_tax")))


def _kept(row: Row, *, depth: int) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            if depth < _DEEPEST and (name in _BREAKDOWNS or not _PERSONAL.search(name)):
                kept[text(name)] = _kept(value, depth=depth + 1)
        elif name == "bank_account":
            kept[name] = _masked(value)
        elif _may_stay(name, value):
            kept[text(name)] = text(value) if isinstance(value, str) else value
    return kept


def _may_stay(name: str, value: object) -> bool:
    if not isinstance(value, str | int | None):
        return False
    if name in _KNOWN:
        return True
    is_plain = value is None or isinstance(value, bool) or parse_amount(value) is not None
    return is_plain and not _PERSONAL.search(name)


def _masked(value: object) -> str:
    digits = text(value)[-_SHOWN_DIGITS:] if isinstance(value, str | int) else ""
    return f"****{digits}" if digits.isascii() and digits.isdigit() else "****"
