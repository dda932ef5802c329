"""The finance calls of one shop: one method per endpoint, a page at a time where the whole may be long.

Needs the scope `seller.finance.info`; without it every call is ScopeLacking. A market without payments, or without
withdrawals, is NotFound. Reading the answers is `finance`'s work. Source: vendor API reference, read 2026-11.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from service.core.ledger.entries import Entry, Payment, Statement, Unsettled, Withdrawal
from service.errors import UpstreamFailed
from service.tiktok import finance
from service.tiktok.access import ShopAccess
from service.tiktok.answers import MalformedError, Scalar, decode_open
from service.tiktok.finance import Found, Head, word
from service.tiktok.finance_record import Row
from service.tiktok.gateway import Gateway
from service.tiktok.scalars import text

Kept = TypeVar("Kept")

#: Rows of a page: the vendor's limit.
ROWS_PER_PAGE = 100

#: All kinds of movements of 202309; the call is refused without a list of them.
MOVEMENTS = ("WITHDRAW", "SETTLE", "TRANSFER", "REVERSE")

#: Where the balance is withdrawn and no payments are listed: South-East Asia.
WITHDRAWAL_MARKETS = frozenset({"ID", "MY", "PH", "SG", "TH", "VN"})


@dataclass(frozen=True, slots=True)
class FinancePage(Generic[Kept]):
    """One page. `next_page_token` is "" on the last one. `unnamed`: rows without an id, which cannot be kept."""

    rows: tuple[Found[Kept], ...]
    next_page_token: str
    unnamed: int = 0


@dataclass(frozen=True, slots=True)
class EntriesPage:
    """One page of a statement's entries and what stands above them."""

    head: Head
    entries: tuple[Found[Entry], ...]
    next_page_token: str


class _RowsWire(msgspec.Struct):
    """Whichever list the call answers with."""

    statements: list[msgspec.Raw] | None = None
    transactions: list[msgspec.Raw] | None = None
    payments: list[msgspec.Raw] | None = None
    withdrawals: list[msgspec.Raw] | None = None
    next_page_token: Scalar = None


class FinanceCalls:
    """Finance of one app's shops. Safe to share between threads. `deadline` is a monotonic second, as everywhere."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def statements(
        self, shop: ShopAccess, *, since: datetime, until: datetime, page_token: str = "", deadline: float | None = None
    ) -> FinancePage[Statement]:
        """A page of the statements of [since, until) by their own time, oldest first."""
        query = _window("statement_time", since, until) | {"sort_field": "statement_time", "sort_order": "ASC"}
        wire = self._page("statements", shop, query, page_token=page_token, deadline=deadline)
        return _read_page("statements", wire.statements, wire, finance.read_statement)

    def entries(
        self, shop: ShopAccess, statement: Statement, *, page_token: str = "", deadline: float | None = None
    ) -> EntriesPage:
        """A page of the statement's entries, oldest order first; their currency is the statement's."""
        query = {"sort_field": "order_create_time", "sort_order": "ASC"} | _paging(page_token)
        raw = self._gateway.ask(
            "statement_entries", shop, msgspec.Raw, query=query, about=statement.statement_id, deadline=deadline
        )
        answer = _open("statement_entries", raw)
        head = finance.read_head(answer)
        rows = [
            finance.read_entry(
                row,
                statement_id=statement.statement_id,
                currency=head.currency or statement.currency,
                settled_at=statement.at,
            )
            for row in _inner_rows("statement_entries", answer, "transactions")
        ]
        return EntriesPage(head, tuple(rows), word(answer, "next_page_token"))

    def order_entries(
        self, shop: ShopAccess, order_id: str, *, deadline: float | None = None
    ) -> tuple[Found[Entry], ...]:
        """The order's entries by statement and SKU; none before settlement. Adjustments are not among them."""
        raw = self._gateway.ask("order_entries", shop, msgspec.Raw, about=order_id, deadline=deadline)
        answer = {"order_id": order_id, **_open("order_entries", raw)}
        times: Counter[tuple[str, str]] = Counter()
        found: list[Found[Entry]] = []
        for row in _inner_rows("order_entries", answer, "sku_transactions"):
            key = (word(row, "statement_id"), word(row, "sku_id"))
            times[key] += 1
            found.append(finance.read_sku_entry(row, order=answer, number=times[key]))
        return tuple(found)

    def unsettled(
        self,
        shop: ShopAccess,
        *,
        since: datetime | None,
        until: datetime,
        page_token: str = "",
        deadline: float | None = None,
    ) -> FinancePage[Unsettled]:
        """A page of the estimates for orders created in [since, until), oldest order first.

        `since` None brings those of no order as well.
        """
        query = _window("search_time", since, until) | {"sort_field": "order_create_time", "sort_order": "ASC"}
        wire = self._page("unsettled", shop, query, page_token=page_token, deadline=deadline)
        return _read_page("unsettled", wire.transactions, wire, finance.read_unsettled)

    def payments(
        self, shop: ShopAccess, *, since: datetime, until: datetime, page_token: str = "", deadline: float | None = None
    ) -> FinancePage[Payment]:
        """A page of the payments created in [since, until), oldest first."""
        query = _window("create_time", since, until) | {"sort_field": "create_time", "sort_order": "ASC"}
        wire = self._page("payments", shop, query, page_token=page_token, deadline=deadline)
        return _read_page("payments", wire.payments, wire, finance.read_payment)

    def withdrawals(
        self, shop: ShopAccess, *, since: datetime, until: datetime, page_token: str = "", deadline: float | None = None
    ) -> FinancePage[Withdrawal]:
        """A page of the movements of the balance created in [since, until)."""
        query = _window("create_time", since, until) | {"types": ",".join(MOVEMENTS)}
        wire = self._page("withdrawals", shop, query, page_token=page_token, deadline=deadline)
        return _read_page("withdrawals", wire.withdrawals, wire, finance.read_withdrawal)

    def _page(
        self, name: str, shop: ShopAccess, query: Mapping[str, str], *, page_token: str, deadline: float | None
    ) -> _RowsWire:
        return self._gateway.ask(name, shop, _RowsWire, query={**query, **_paging(page_token)}, deadline=deadline)


def every(page: Callable[[str], FinancePage[Kept]]) -> Iterator[FinancePage[Kept]]:
    """All pages, asked for by their token. A token that repeats ends in UpstreamFailed, never in a circle."""
    token, seen = "", set[str]()
    while True:
        found = page(token)
        yield found
        token = found.next_page_token
        if not token:
            return
        if token in seen:
            raise UpstreamFailed(
                "TikTok Shop does not list its finances to their end right now. We try again later.",
                detail="finance: paging makes no progress",
            )
        seen.add(token)


def _read_page(
    name: str, rows: list[msgspec.Raw] | None, wire: _RowsWire, read: Callable[[Row], Found[Kept] | None]
) -> FinancePage[Kept]:
    found = [read(_open(name, row)) for row in rows or ()]
    named = tuple(one for one in found if one is not None)
    return FinancePage(named, text(wire.next_page_token), unnamed=len(found) - len(named))


def _open(name: str, raw: msgspec.Raw) -> Row:
    try:
        return decode_open(bytes(raw))
    except MalformedError as error:
        raise _malformed(name) from error


def _inner_rows(name: str, answer: Row, key: str) -> list[Row]:
    rows = answer.get(key) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _malformed(name)
    return rows


def _malformed(name: str) -> UpstreamFailed:
    return UpstreamFailed(
        "TikTok Shop answered in a way we do not understand. Please tell support.",
        permanent=True,
        detail=f"{name}: a row of another shape",
    )


def _window(name: str, since: datetime | None, until: datetime) -> dict[str, str]:
    low = "" if since is None else str(int(since.timestamp()))
    return {f"{name}_ge": low, f"{name}_lt": str(int(until.timestamp()))}


def _paging(token: str) -> dict[str, str]:
    return {"page_size": str(ROWS_PER_PAGE), "page_token": token}
