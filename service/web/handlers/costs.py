"""Costs: which SKUs wait for one, one SKU's own, and the tab and files in which many are stated at once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from cards.actions import Link, Opens
from cards.cost_faults import PAGE_FAULTS, CostReport, FaultLine, fault_sentence
from cards.costs import ALWAYS, FOUND_SKUS, PAGE_SKUS, SENDING, CostForm, Costs, SendingLine, SkuLine, StatedCost
from cards.layout import Pager
from cards.reply import Reply, Show
from cards.words import Words, mark
from service.core.currencies import exponent
from service.core.ledger.cost_cells import UnreadableCellError, Wrong, is_in_range, number_in
from service.core.ledger.cost_rows import Fault
from service.core.ledger.costs import Cost, CostSource
from service.core.ledger.reconciling import ZERO
from service.errors import BadInput
from service.flows import cost_files, cost_queue, cost_tabs, links
from service.flows import costs as stating
from service.flows.cost_queue import Known, Missing
from service.flows.cost_tabs import Report
from service.web.ask import Ask
from service.web.downloads import COSTS

_AMOUNTS = ("unit", "packaging", "fulfilment")
_SOURCES: Mapping[CostSource, str] = {
    CostSource.TABLE: mark("From the Costs tab"),
    CostSource.IMPORT: mark("From a file"),
    CostSource.INVOICE: mark("From an invoice"),
    CostSource.SETTING: mark("Typed here"),
}


def costs(ask: Ask) -> Reply:
    """Where costs stand. `page`, `since`, `until` (ISO 8601); form: `search`."""
    page = ask.event.parameters.get("page", "")
    search = ask.text("search")
    return Reply(_overview(ask, page=page, search=search), Show.UPDATE if page or search else Show.PUSH)


def cost(ask: Ask) -> Reply:
    """One SKU's costs, or what sending costs. `shop_id`, `sku_id`."""
    return Reply(_form(ask))


def save_cost(ask: Ask) -> Reply:
    """What was typed holds from that day on. `shop_id`, `sku_id`; form: the amounts and `from_day`."""
    shop_id, sku_id = ask.param("shop_id"), ask.param("sku_id")
    known = _known(ask)
    is_sending = sku_id == SENDING
    amounts: dict[str, Decimal | None] = {}
    errors: dict[str, str] = {}
    for name in ("fulfilment",) if is_sending else _AMOUNTS:
        try:
            amounts[name] = _amount(ask, name, currency=_currency(known), is_needed=name == "unit" or is_sending)
        except UnreadableCellError as wrong:
            errors[f"{name}_error"] = fault_sentence(FaultLine(0, wrong.wrong, cell=ask.text(name)), ask.words)
    from_day = ask.event.dates.get("from_day")
    if from_day is not None and not is_in_range(from_day):
        fault = FaultLine(0, Wrong.DAY_OUT_OF_RANGE, cell=ask.words.day(from_day))
        errors["day_error"] = fault_sentence(fault, ask.words)
    if errors:
        return Reply(_form(ask, is_typed=True, errors=errors), Show.UPDATE)
    stated = Cost(
        "" if is_sending else sku_id,
        _currency(known),
        amounts.get("unit") or ZERO,
        amounts.get("packaging") or ZERO,
        amounts.get("fulfilment") or ZERO,
        from_day=from_day,
        source=CostSource.SETTING,
    )
    if is_sending:
        stating.state_sending(ask.services, ask.actor, shop_id, stated)
    else:
        stating.state(ask.services, ask.actor, [stated])
    return Reply(_form(ask), Show.UPDATE, toast=ask.words("Saved. Sheets follow by themselves"))


def drop_cost(ask: Ask) -> Reply:
    """One cost is taken out. `shop_id`, `sku_id`, `day`."""
    day = _day(ask.param("day"))
    sku_id = ask.param("sku_id")
    stored = "" if sku_id == SENDING else sku_id
    stating.take_out(ask.services, ask.actor, ask.param("shop_id"), stored, from_day=day)
    return Reply(_form(ask), Show.UPDATE, toast=ask.words("Removed"))


# --- the tab, and files ----------------------------------------------------------------------------------------------


def make_cost_tab(ask: Ask) -> Reply:
    """The open spreadsheet has a tab of costs, and a row in it for every SKU."""
    made = cost_tabs.make(ask.services, ask.actor, ask.identity, ask.spreadsheet_id)
    if made.is_new:
        toast = ask.words("The tab {title} is there: type your costs into it", title=made.title)
    elif made.added:
        toast = ask.words.plural("{count} SKU added at the end", "{count} SKUs added at the end", made.added)
    else:
        toast = ask.words("Every SKU has a row already")
    return Reply(_overview(ask), Show.UPDATE, toast=toast)


def read_costs(ask: Ask) -> Reply:
    """The tab was read: its good rows are in force, the others are told."""
    report = cost_tabs.read(ask.services, ask.actor, ask.identity, ask.spreadsheet_id)
    return Reply(report_view(report, page=1, is_again=False))


def cost_faults(ask: Ask) -> Reply:
    """Another page of what is wrong in the tab, as it is now. `page`."""
    report = cost_tabs.check(ask.services, ask.actor, ask.identity, ask.spreadsheet_id)
    page = _page(ask.event.parameters.get("page", ""))
    return Reply(report_view(report, page=page, is_again=True), Show.UPDATE)


def import_costs(ask: Ask) -> Reply:
    """A page of ours opens that takes one file."""
    return Reply(link=Link(cost_files.issue(ask.services, ask.actor), Opens.OVERLAY))


def export_costs(ask: Ask) -> Reply:
    """The table as a file: a link that works once is opened."""
    url = links.issue(
        ask.services, ask.actor, kind=COSTS, subject=ask.actor.account_id, spreadsheet_id=ask.spreadsheet_id
    )
    return Reply(link=Link(url), toast=ask.words("Your download begins in a new tab"))


def report_view(report: Report, *, page: int, is_again: bool) -> CostReport:
    """A page of a report."""
    total = len(report.faults)
    first = (page - 1) * PAGE_FAULTS if 0 < (page - 1) * PAGE_FAULTS < total else 0
    shown = report.faults[first : first + PAGE_FAULTS]
    return CostReport(
        tab_name=report.title,
        taken=report.taken,
        changed=report.stated.skus,
        orders=report.stated.orders,
        waiting=report.waiting,
        faults=tuple(fault_line(fault) for fault in shown),
        pager=_pager(first, len(shown), total, size=PAGE_FAULTS),
        is_again=is_again,
    )


def fault_line(fault: Fault) -> FaultLine:
    """A fault as cards tell it."""
    return FaultLine(fault.row, fault.wrong, fault.column or "", fault.text, fault.other_row)


# --- views -----------------------------------------------------------------------------------------------------------


def _overview(ask: Ask, *, page: str = "", search: str = "") -> Costs:
    given = {name: ask.event.parameters.get(name, "") for name in ("since", "until")}
    since, until = (_day(text) if text else None for text in given.values())
    queue = cost_queue.queue(ask.services, ask.actor, since=since, until=until)
    total = len(queue.missing)
    first = (_page(page) - 1) * PAGE_SKUS
    first = first if first < total else 0
    shown = queue.missing[first : first + PAGE_SKUS]
    found = None
    if search:
        found = tuple(
            _found(ask.words, one) for one in cost_queue.matching(ask.services, ask.actor, search, limit=FOUND_SKUS + 1)
        )
    return Costs(
        since=ask.words.day(queue.since),
        sold=queue.sold,
        missing=tuple(_missing(one) for one in shown),
        pager=_pager(first, len(shown), total, size=PAGE_SKUS),
        is_cut=queue.is_cut,
        search=search,
        found=found,
        sending=_sending(ask),
        has_file=bool(ask.spreadsheet_id),
        has_tab=cost_tabs.place(ask.services, ask.actor, ask.spreadsheet_id) is not None,
        period=tuple((name, text) for name, text in given.items() if text),
    )


def _missing(one: Missing) -> SkuLine:
    sku = one.sku
    return SkuLine(sku.shop_id, sku.sku_id, _name(sku.product_name, sku.sku_name), sku.seller_sku, one.orders,
                   shop_name=one.shop_name)  # fmt: skip


def _found(words: Words, one: Known) -> SkuLine:
    sku = one.sku
    now = words.money(one.now.unit, one.now.currency) if one.now else ""
    return SkuLine(sku.shop_id, sku.sku_id, _name(sku.product_name, sku.sku_name), sku.seller_sku, cost=now,
                   shop_name=one.shop_name)  # fmt: skip


def _name(product: str, variant: str) -> str:
    return " · ".join(part for part in (product, variant) if part)


def _sending(ask: Ask) -> tuple[SendingLine, ...]:
    found = []
    for one in cost_queue.sending(ask.services, ask.actor):
        text = ""
        if one.costs:
            last = one.costs[-1]
            text = ask.words.money(last.fulfilment, last.currency)
            if last.from_day is not None:
                text = ask.words("{amount} from {day}", amount=text, day=ask.words.day(last.from_day))
        found.append(SendingLine(one.shop_id, one.shop_name, text))
    return tuple(found)


def _known(ask: Ask) -> Known | cost_queue.Sending:
    shop_id, sku_id = ask.param("shop_id"), ask.param("sku_id")
    if sku_id == SENDING:
        return cost_queue.sending_of(ask.services, ask.actor, shop_id)
    return cost_queue.one(ask.services, ask.actor, shop_id, sku_id)


def _currency(known: Known | cost_queue.Sending) -> str:
    return known.sku.currency if isinstance(known, Known) else known.currency


def _form(ask: Ask, *, is_typed: bool = False, errors: Mapping[str, str] | None = None) -> CostForm:
    known = _known(ask)
    name, code = known.shop_name, ""
    if isinstance(known, Known):
        name, code = _name(known.sku.product_name, known.sku.sku_name), known.sku.seller_sku
    typed = {name: ask.text(name) for name in _AMOUNTS} if is_typed else {}
    day = ask.event.dates.get("from_day") if is_typed else None
    return CostForm(
        shop_id=ask.param("shop_id"),
        sku_id=ask.param("sku_id"),
        name=name,
        currency=_currency(known),
        code=code,
        is_sending=not isinstance(known, Known),
        stated=_stated(ask.words, known.costs),
        from_day_ms=None if day is None else int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000,
        **typed,
        **(errors or {}),
    )


def _stated(words: Words, found: Sequence[Cost]) -> tuple[StatedCost, ...]:
    """The costs, newest first, each until the next one starts."""
    return tuple(
        StatedCost(
            one.from_day.isoformat() if one.from_day else ALWAYS,
            _amounts(words, one),
            _days(words, one),
            words(_SOURCES[one.source]),
        )
        for one in reversed(found)
    )


def _amounts(words: Words, one: Cost) -> str:
    parts = [words.money(one.unit, one.currency)] if one.sku_id else []
    if one.packaging:
        parts.append(words("packing {amount}", amount=words.money(one.packaging, one.currency)))
    if one.fulfilment:
        parts.append(words("sending {amount}", amount=words.money(one.fulfilment, one.currency)))
    return ", ".join(parts) or words.money(ZERO, one.currency)


def _days(words: Words, one: Cost) -> str:
    since = words.day(one.from_day) if one.from_day else ""
    until = words.day(one.to_day) if one.to_day else ""
    if since and until:
        return words("From {since} to {until}", since=since, until=until)
    if since:
        return words("Orders from {day}", day=since)
    return words("Until {day}", day=until) if until else words("From the first order on")


# --- what was typed --------------------------------------------------------------------------------------------------


def _amount(ask: Ask, name: str, *, currency: str, is_needed: bool) -> Decimal | None:
    """The amount in a field. UnreadableCellError for one that cannot be read, or is missing and needed."""
    text = ask.text(name)
    if not text:
        if is_needed:
            raise UnreadableCellError(Wrong.NOT_A_NUMBER)
        return None
    return number_in(text, currency=currency, decimals=exponent(currency))


def _day(text: str) -> date | None:
    try:
        return None if text == ALWAYS else date.fromisoformat(text)
    except ValueError as wrong:
        raise BadInput("This button is out of date. Go home and try again.", detail="a day") from wrong


def _page(text: str) -> int:
    """The number of a page, from 1; the first where nothing sensible is asked for."""
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _pager(first: int, shown: int, total: int, *, size: int) -> Pager:
    page = first // size + 1
    return Pager(
        first + 1 if shown else 0,
        first + shown,
        total,
        previous=str(page - 1) if first else "",
        following=str(page + 1) if first + shown < total else "",
    )
