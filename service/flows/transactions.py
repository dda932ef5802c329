"""Settled transactions as rows: what a tab of transactions should hold, and which rows of it finance has changed.

Every line of a statement is one row, of an order or of none, under upstream's own id of it. Nothing is fetched here:
`finance` calls this in the transaction that stores what it read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from service.core.ledger.entries import Entry, Payment, Statement
from service.core.profiles import Profile
from service.core.roles import Scope
from service.core.rows import Grain, RowSource, entry_key, entry_source
from service.flows import Services, sources
from service.flows.sources import Bound
from service.store import finance_reading, orders, personal, rows, sheets
from service.store import transactions as store
from service.store.records import BindingRow, ShopRow
from service.store.rows import NewRow
from service.store.session import Tx
from service.store.transactions import Line

#: What was settled longer ago than this is history that is read for the first time: it waits behind live changes.
LIVE_FOR = timedelta(days=3)
#: Columns that tell of a statement's payout, which comes days after its lines.
PAYOUT_COLUMNS = frozenset({"payment_id", "payout_status", "fx_rate"})


def is_of_transactions(row: BindingRow) -> bool:
    """Whether each row of the tab is a settled transaction."""
    return str(row.profile["grain"]) == Grain.TRANSACTION.value


# --- rows ------------------------------------------------------------------------------------------------------------


def load(
    services: Services, tx: Tx, shop: ShopRow, entry_ids: Collection[str], *, mask: bytes | None
) -> list[RowSource]:
    """The rows that these lines of one shop are, in this order, whatever the filter says. What is gone makes none."""
    found = store.lines_called(tx, shop.id, entry_ids)
    scope = Scope(shop.account_id, frozenset({shop.id}))
    stated = finance_reading.statements_called(tx, scope, shop.id, {one.statement_id for one in found.values()})
    paying = {one.payment_id for one in stated.values()} - {""}
    paid = finance_reading.payments_called(tx, scope, shop.id, paying)
    undated = {one.about_order for one in found.values() if one.order_created_at is None} - {""}
    known = orders.stored_without_buyers(tx, shop_id=shop.id, order_ids=sorted(undated)) if undated else {}
    label, now = sources.label(services, shop), services.clock.market()
    return [
        entry_source(
            entry,
            shop_id=shop.id,
            shop=label,
            now=now,
            mask=mask,
            order=known.get(entry.about_order),
            statement=stated.get(entry.statement_id),
            payment=_payment(stated.get(entry.statement_id), paid),
        )
        for entry in (found[one] for one in dict.fromkeys(entry_ids) if one in found)
    ]


def of_orders(services: Services, tx: Tx, shop: ShopRow, order_ids: Collection[str]) -> list[RowSource]:
    """The transactions of these orders of the shop, under keys that are not masked."""
    lines = store.lines_of_orders(tx, shop.id, order_ids)
    return load(services, tx, shop, [line.entry_id for line in lines], mask=None)


def _payment(statement: Statement | None, paid: Mapping[str, Payment]) -> Payment | None:
    return paid.get(statement.payment_id) if statement is not None else None


def new_rows(bound: Bound, lines: Iterable[Line]) -> list[NewRow]:
    """The rows of these lines that belong in the tab, as the store keeps them: the entry's id where a line has its
    SKU's.
    """
    return [
        NewRow(entry_key(line.entry_id, mask=bound.mask), line.shop_id, line.order_id, line.entry_id, line.settled_at)
        for line in lines
        if is_wanted(bound, line)
    ]


def is_wanted(bound: Bound, line: Line) -> bool:
    """Whether the tab reaches back to the line, and its filter accepts it."""
    if bound.row.fill_from_at is not None and line.settled_at < bound.row.fill_from_at:
        return False
    return bound.profile.row_filter.accepts_entry(shop_id=line.shop_id, settled_at=line.settled_at)


# --- what finance changed --------------------------------------------------------------------------------------------


def arrive(services: Services, tx: Tx, shop: ShopRow, found: Sequence[Entry]) -> set[str]:
    """New lines have their rows, and rows of changed ones are dirty: called before the lines are stored, in the same
    transaction. Returns the spreadsheets to wake.
    """
    bound = _bound(services, tx, shop)
    if not bound or not found:
        return set()
    now = services.clock.now()
    before = store.lines_called(tx, shop.id, [one.entry_id for one in found])
    fresh = [_line(shop, one, now) for one in found if one.entry_id not in before]
    changed = [one.entry_id for one in found if before.get(one.entry_id, one) != one]
    edge = services.clock.market() - LIVE_FOR
    touched = _mark(tx, bound, changed, now)
    for one in bound:
        late = [line for line in fresh if line.settled_at >= edge]
        old = [line for line in fresh if line.settled_at < edge]
        added = rows.add_rows(tx, one.row.id, new_rows(one, late), now=now)
        if added + rows.add_fill_rows(tx, one.row.id, new_rows(one, old), now=now):
            touched.add(one.row.spreadsheet_id)
    return touched


def leave(services: Services, tx: Tx, shop: ShopRow, statement_id: str, *, begun_at: datetime) -> set[str]:
    """Rows of the statement's lines that were not among those read since `begun_at` are dirty, before the lines go.

    Returns the spreadsheets to wake.
    """
    bound = _bound(services, tx, shop)
    if not bound:
        return set()
    gone = store.not_seen(tx, shop.id, statement_id, since=begun_at)
    return _mark(tx, bound, [line.entry_id for line in gone], services.clock.now())


def paid(services: Services, tx: Tx, shop: ShopRow, statement_ids: Collection[str]) -> set[str]:
    """Rows that show how these statements are paid are dirty, of orders too. Returns the spreadsheets to wake."""
    if not statement_ids:
        return set()
    showing = [row for row in sheets.bindings_of_account(tx, shop.account_id) if _shows_payouts(row)]
    if not showing:
        return set()
    now, lines = services.clock.now(), store.of_statements(tx, shop.id, statement_ids)
    opened = [sources.open_binding(services, row) for row in showing if is_of_transactions(row)]
    touched = _mark(tx, opened, [line.entry_id for line in lines], now)
    of_orders = {row.id: row.spreadsheet_id for row in showing if not is_of_transactions(row)}
    order_ids = sorted({line.order_id for line in lines} - {""})
    if of_orders and order_ids:
        touched |= {of_orders[one] for one in personal.mark(tx, list(of_orders), shop.id, order_ids, now)}
    return touched


def restated(tx: Tx, shop: ShopRow, found: Iterable[Statement]) -> set[str]:
    """Those of these statements, as upstream has them now, whose payout we know otherwise: by id."""
    fresh = {one.statement_id: one for one in found}
    known = finance_reading.statements_called(tx, _of(shop), shop.id, fresh)
    return {key for key, one in known.items() if _payout(one) != _payout(fresh[key])}


def repaid(tx: Tx, shop: ShopRow, found: Iterable[Payment]) -> set[str]:
    """The statements that are paid by those of these payments that are new or changed."""
    fresh = {one.payment_id: one for one in found}
    known = finance_reading.payments_called(tx, _of(shop), shop.id, fresh)
    return store.paid_by(tx, shop.id, [key for key, one in fresh.items() if known.get(key) != one])


def _payout(statement: Statement) -> tuple[object, ...]:
    return statement.payment_id, statement.payment_status, statement.paid_at


def _of(shop: ShopRow) -> Scope:
    return Scope(shop.account_id, frozenset({shop.id}))


def _shows_payouts(row: BindingRow) -> bool:
    return any(column.key in PAYOUT_COLUMNS for column in Profile.from_json(row.profile).columns)


def _bound(services: Services, tx: Tx, shop: ShopRow) -> list[Bound]:
    """The account's tabs of transactions."""
    found = sheets.bindings_of_account(tx, shop.account_id)
    return [sources.open_binding(services, row) for row in found if is_of_transactions(row)]


def _mark(tx: Tx, bound: Iterable[Bound], entry_ids: Collection[str], now: datetime) -> set[str]:
    touched: set[str] = set()
    for one in bound:
        keys = [entry_key(entry_id, mask=one.mask) for entry_id in entry_ids]
        if keys and store.mark(tx, one.row.id, keys, now):
            touched.add(one.row.spreadsheet_id)
    return touched


def _line(shop: ShopRow, entry: Entry, now: datetime) -> Line:
    return Line(shop.id, entry.entry_id, entry.about_order, entry.settled_at or now)
