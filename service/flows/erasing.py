"""Buyers' data goes: when a shop is taken away, when a buyer asks for it, when an account closes.

What we hold is gone with the transaction. What bound tabs show goes by their next passes, by the same verified path as
every other cell: the rows are dirty, and an order without its buyer has blank cells. A tab that cannot be written keeps
them until it can; which ones those are is always known (`left_in_sheets`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from service.core.profiles import Profile
from service.core.roles import Actor, Scope
from service.errors import Conflict, NotFound
from service.flows import Services, images, sources
from service.flows.transactions import is_of_transactions
from service.store import (
    archives,
    costs,
    deeds,
    fee_checks,
    fee_drifts,
    finance,
    orders,
    people,
    personal,
    profits,
    rows,
    sheets,
    shop_terms,
    shops,
    skus,
    traces,
)
from service.store.records import BindingRow, FileRow, ShopRow
from service.store.session import Tx

ERASED = "erase-buyer"
ORDERS_PER_STEP = 500
SHOPS_PER_SWEEP = 5
#: A tab that could not be cleaned for so long after its account was closed is given up.
GIVE_UP_AFTER = timedelta(days=30)
#: Why a file is paused that a try can put right: Google refused the last one.
REFUSED = frozenset({"writer-removed", "file-gone", "full", "protected", "blocked", "refused"})


class Erase(StrEnum):
    """How much of a shop goes when it is taken away."""

    BUYERS = "buyers"
    ORDERS = "orders"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Left:
    """A tab with `rows` that may still show a buyer whom we hold no more."""

    binding: BindingRow
    file: FileRow
    rows: int


# --- a shop ----------------------------------------------------------------------------------------------------------


def erase_shop(services: Services, tx: Tx, shop: ShopRow, erase: Erase = Erase.BUYERS) -> None:
    """The buyers of a shop that is taken away are gone, and by choice all its orders; or they stay until their time is
    over. Orders go a step at a time (`go_on`), their buyers at once.
    """
    now = services.clock.now()
    if erase is Erase.NOTHING:
        return
    orders.forget_recipients(tx, shop.id)
    traces.note(tx)
    if erase is Erase.ORDERS:
        shops.forget_later(tx, shop.id, now)
    touched = [row for row in personal_bindings(tx, shop.account_id) if rows.mark_shop(tx, row.id, shop.id, now)]
    _wake(services, tx, touched)


def go_on(services: Services) -> None:
    """Orders that are to go are gone, a step of each shop, and accounts that are closed come to their end."""
    with services.store.read() as tx:
        due = shops.to_forget(tx, limit=SHOPS_PER_SWEEP)
        ending = personal.closing_accounts(tx)
    for shop in due:
        _forget_some(services, shop)
    for account_id in ending:
        _end_account(services, account_id)


def _forget_some(services: Services, shop: ShopRow) -> None:
    now = services.clock.now()
    with services.store.write() as tx:
        if shops.is_held(tx, shop.id):  # connected again meanwhile
            return
        ids = personal.forget_orders(tx, shop.id, limit=ORDERS_PER_STEP)
        if not ids:
            finance.forget_shop(tx, shop.id)
            costs.forget_shop(tx, shop.id)
            skus.forget_shop(tx, shop.id)
            profits.forget_shop(tx, shop.id)
            fee_checks.forget_shop(tx, shop.id)
            fee_drifts.forget_shop(tx, shop.id)
            shop_terms.forget_shop(tx, shop.id)
            shops.forget_later(tx, shop.id, None)
            traces.note(tx)
        bound = sheets.bindings_of_account(tx, shop.account_id)
        touched = personal.mark(tx, [row.id for row in bound], shop.id, ids, now)
        if not ids:  # rows that are transactions go with the shop's finance, and some are of no order
            settled = [row.id for row in bound if is_of_transactions(row)]
            touched |= {binding_id for binding_id in settled if rows.mark_shop(tx, binding_id, shop.id, now)}
        _wake(services, tx, [row for row in bound if row.id in touched])


# --- single orders ---------------------------------------------------------------------------------------------------


def erase_orders(services: Services, actor: Actor, order_ids: Sequence[str]) -> int:
    """The buyers of these orders of the account are gone for good, here and in its tabs. Of how many orders.

    NotFound when none of them is the account's.
    """
    now = services.clock.now()
    with services.store.write() as tx:
        found = personal.places_of(tx, actor.scope, order_ids)
        if not found:
            raise NotFound("This order does not exist.")
        for shop_id in sorted({shop_id for shop_id, _order_id in found}):
            forget(services, tx, actor.account_id, shop_id, [order_id for of, order_id in found if of == shop_id])
        traces.note(tx)
        subject = ", ".join(order_id for _shop_id, order_id in found)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed=ERASED, subject=subject, at=now)
    return len(found)


def forget(services: Services, tx: Tx, account_id: str, shop_id: str, order_ids: Sequence[str]) -> None:
    """The buyers of these orders are gone for good, and the tabs that show buyers are told."""
    now = services.clock.now()
    personal.forget(tx, shop_id, order_ids, now)
    bound = personal_bindings(tx, account_id)
    if bound:
        touched = personal.mark(tx, [row.id for row in bound], shop_id, order_ids, now)
        _wake(services, tx, [row for row in bound if row.id in touched])


# --- an account ------------------------------------------------------------------------------------------------------


def erase_account(services: Services, tx: Tx, account_id: str) -> None:
    """All buyers of an account that closes are gone. Called in the transaction that closes it (`accounts.closed_at`),
    after its shops were disconnected.

    Tabs without buyers stop now; those with buyers once they are cleaned, or are given up in the end. Then the orders
    go too. Nobody else stops the tabs of a closed account.
    """
    now = services.clock.now()
    personal.forget_account(tx, account_id)
    traces.note(tx)
    shown = personal_bindings(tx, account_id)
    touched = [row for row in shown if rows.mark_all(tx, row.id, now)]
    kept = {row.id for row in touched}
    for row in sheets.bindings_of_account(tx, account_id):
        if row.id not in kept:
            _stop(services, tx, row)
    _wake(services, tx, touched)


def _end_account(services: Services, account_id: str) -> None:
    """Tabs of a closed account that are clean, or cannot be cleaned, stop; after the last one its orders are to go."""
    now = services.clock.now()
    with services.store.write() as tx:
        account = people.account(tx, account_id)
        if account.closed_at is None:
            return
        bound = sheets.bindings_of_account(tx, account_id)
        is_given_up = account.closed_at <= now - GIVE_UP_AFTER
        unclean = () if is_given_up else personal.uncleaned(tx, [row.id for row in bound])
        for row in bound:
            if row.id not in unclean:
                _stop(services, tx, row)
        if not sheets.bindings_of_account(tx, account_id):
            for shop in shops.every_shop_of(tx, Scope(account_id)):
                shops.forget_later(tx, shop.id, now)


def _stop(services: Services, tx: Tx, row: BindingRow) -> None:
    sheets.stop_binding(tx, row.id, services.clock.now())
    sheets.release_file(tx, row.spreadsheet_id)


# --- sheets ----------------------------------------------------------------------------------------------------------


def personal_bindings(tx: Tx, account_id: str) -> list[BindingRow]:
    """The account's tabs that show buyers, or are just losing the columns that do; archives among them."""
    return [row for row in sheets.bindings_of_account(tx, account_id) if shows_buyers(row)]


def shows_buyers(row: BindingRow) -> bool:
    """Whether the tab has, or is losing, a column with buyers' data."""
    leaving = sources.without_mask(row).reshaping.leaving
    chosen = [column.key for column in Profile.from_json(row.profile).columns]
    return any(images.is_personal(key) for key in (*chosen, *leaving))


def left_in_sheets(services: Services, account_id: str) -> list[Left]:
    """Tabs of the account that may still show buyers whom we hold no more, the oldest tab first."""
    with services.store.read() as tx:
        shown = personal_bindings(tx, account_id)
        counts = personal.uncleaned(tx, [row.id for row in shown]) if shown else {}
        files = {row.spreadsheet_id: sheets.file_unscoped(tx, row.spreadsheet_id) for row in shown if row.id in counts}
    return [Left(row, file, counts[row.id]) for row in shown if (file := files.get(row.spreadsheet_id)) is not None]


def refuse_unclean(tx: Tx, row: BindingRow) -> None:
    """Conflict while deleted buyers are about to be cleared from the tab or its archive: once it is stopped, nobody
    clears them. One that cannot be written now may be stopped.
    """
    archive = archives.archive_of(tx, row.id)
    both = [each for each in (row, archive) if each is not None and each.state == "live" and shows_buyers(each)]
    file = sheets.file_unscoped(tx, row.spreadsheet_id)
    if both and file is not None and file.state == "live" and personal.uncleaned(tx, [each.id for each in both]):
        raise Conflict("Deleted buyers are being cleared from this tab at this moment. Try again in a minute.")


def try_refused(services: Services, account_id: str) -> None:
    """Files with something to clean that Google refused the last time are tried once more; what is still in the way
    pauses them again.
    """
    refused = {left.file.spreadsheet_id for left in left_in_sheets(services, account_id) if _may_be_tried(left.file)}
    for spreadsheet_id in sorted(refused):
        with services.store.write() as tx:
            sheets.update_file(tx, spreadsheet_id, state="live", reason="", reason_text="", tries=0, not_before=None)
            services.wake.sheet(tx, spreadsheet_id)


def _may_be_tried(file: FileRow) -> bool:
    return file.state == "paused" and file.reason in REFUSED


def _wake(services: Services, tx: Tx, bindings: Collection[BindingRow]) -> None:
    for spreadsheet_id in sorted({row.spreadsheet_id for row in bindings}):
        services.wake.sheet(tx, spreadsheet_id)
