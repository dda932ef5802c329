"""Costs as a file: the table to take away and fill in, and the same table brought back by a page of our own.

A file says what it says: costs that it does not name stay, unlike in the tab, which is all there is to say.
"""

from collections.abc import Iterator, Mapping

from service.core import delimited
from service.core.delimited import Value
from service.core.ledger.cost_rows import CostColumn, read_costs
from service.core.ledger.cost_text import NO_TABLE, NOT_TEXT, TOO_LONG, Opened, UnreadableFileError, rows_of
from service.core.ledger.costs import Cost, CostSource
from service.core.roles import Actor, Permission
from service.errors import BadInput, NotAllowed
from service.flows import Services, costs, manage, tickets
from service.flows.cost_tabs import Report, report_of
from service.flows.links import Export
from service.store import costs as cost_book
from service.store.skus import SkuRow

PURPOSE = "import-costs"
ADDRESS = "/costs/import"
TITLE = "Costs"
_REFUSED: Mapping[str, str] = {
    NOT_TEXT: "This is not a CSV file. Save the table as CSV (UTF-8) and choose that file.",
    NO_TABLE: "The file has no table of costs. Its first row needs the headings SKU ID or SKU, and Unit cost.",
    TOO_LONG: "The file is too large. Split it into smaller ones.",
}


def table(services: Services, actor: Actor, _subject: str) -> Export:
    """Every SKU of the person's shops with what is known of its costs, ready to be filled in and brought back."""
    rows = list(_rows(services, actor))
    content = delimited.lines([column.value for column in CostColumn], rows)
    return Export(TITLE, "csv", delimited.MIMETYPE, content, rows=len(rows))


def _rows(services: Services, actor: Actor) -> Iterator[list[Value]]:
    known = costs.known_skus(services, actor)
    with services.store.read() as tx:
        kept = {shop_id: cost_book.costs_of(tx, actor.scope, shop_id) for shop_id in {row.shop_id for row in known}}
    for sku in known:
        for cost in kept[sku.shop_id].get(sku.sku_id, ()) or (None,):
            yield _row(sku, cost)


def _row(sku: SkuRow, cost: Cost | None) -> list[Value]:
    """An apostrophe before the number keeps spreadsheet programs from rounding it; reading takes it off."""
    product = " · ".join(part for part in (sku.product_name, sku.sku_name) if part)
    named: list[Value] = [f"'{sku.sku_id}", sku.seller_sku, product]
    if cost is None:
        return [*named, sku.currency, None, None, None, None, None]
    days = [day.isoformat() if day else None for day in (cost.from_day, cost.to_day)]
    return [*named, cost.currency, cost.unit, cost.packaging or None, cost.fulfilment or None, *days]


def issue(services: Services, actor: Actor) -> str:
    """The path of a page on which this person can bring one file, within ten minutes."""
    secret = tickets.new_secret()
    with services.store.write() as tx:
        tickets.issue(services, tx, secret, purpose=PURPOSE, sub=actor.sub, account_id=actor.account_id)
    return f"{ADDRESS}?ticket={secret}"


def take(services: Services, secret: str, raw: bytes) -> Report:
    """The file's good rows are in force, and every other one is told; the link is used up.

    NotAuthentic for a link that is spent; BadInput for a file that is none, which leaves the link as it is.
    """
    opened = _opened(raw)
    found = tickets.take(services, secret, purpose=PURPOSE)
    actor = manage.actor_of(services, found["sub"], found["account_id"])
    if actor is None:
        raise NotAllowed("You are no longer a member of this account.")
    return _bring(services, manage.require(actor, Permission.COSTS_EDIT), opened)


def _opened(raw: bytes) -> Opened:
    try:
        return rows_of(raw)
    except UnreadableFileError as wrong:
        raise BadInput(_REFUSED[str(wrong)], field="file") from None


def _bring(services: Services, actor: Actor, opened: Opened) -> Report:
    known = costs.as_known(costs.known_skus(services, actor))
    header, *rows = opened.rows[opened.header_at :]
    found = read_costs(header, rows, known=known, source=CostSource.IMPORT)
    return report_of(found, opened.header_at + 1, TITLE, costs.state(services, actor, list(found.taken.values())))
