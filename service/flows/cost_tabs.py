"""The tab in which costs are edited: made in a file whose readers may all see costs, and read back row by row.

The person's own token writes and reads it, at a press and never by itself. The tab is theirs: their columns, notes,
order and words stay, and nothing that was typed is ever written over. Who may open the file is asked before each press
and, where the file is bound, whenever its readers are looked at.
"""

import re
from dataclasses import dataclass, replace
from itertools import chain, count

from service.core.cost_audience import costs_profile
from service.core.ledger.cost_rows import CostRows, Fault, header_row, read_costs
from service.core.ledger.costs import Cost
from service.core.roles import Actor, Group, Role
from service.errors import Conflict, NotFound, TooMuch
from service.flows import Services, bind, cost_tab_rows, costs
from service.flows.costs import Stated
from service.google import rules, typed_tab
from service.google.grid import Json
from service.google.identities import UserIdentity
from service.google.problems import RangeGone, RequestRefused
from service.google.typed_tab import Typed
from service.store import costs as cost_book
from service.store import deeds, people, sheets
from service.store.costs import CostTab
from service.store.skus import SkuRow

TITLE = "Costs"
MOST_ROWS = 5_000  # what is written and read within a press; files take more
DEED = "make-cost-tab"
_FOURTH_DECIMAL = re.compile(r"(\.\d{3})0$")  # which a reading gives a number with three (`typed_tab`)
_OWNER = "costs"


@dataclass(frozen=True, slots=True)
class Made:
    """The tab that is there now. `added`: SKUs that were put into it; `is_new`: it was made by this."""

    title: str
    added: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What a table came to. Rows of `faults` are numbered as the person sees them; 0 is the heading's own.

    `taken`: rows that are in force now; `waiting`: rows that name a SKU and no cost yet.
    """

    title: str
    taken: int
    waiting: int
    faults: tuple[Fault, ...]
    stated: Stated


def place(services: Services, actor: Actor, spreadsheet_id: str) -> CostTab | None:
    """The tab of costs that this spreadsheet of the account has, if it has one."""
    with services.store.read() as tx:
        found = cost_book.tab_in(tx, spreadsheet_id)
    return found if found is not None and found.account_id == actor.account_id else None


def make(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> Made:
    """The spreadsheet has a tab with a row for every SKU of the person's shops; rows that are there stay as they are.

    Conflict where somebody can open the file who may not see costs. A press that was cut off is made whole by the next.
    """
    _prove(services, actor, identity, spreadsheet_id)
    known = _known(services, actor)
    if not known:
        raise Conflict("No SKUs are known yet. They appear with the first orders of your shops.")
    sheet_id = rules.own_id(_OWNER, spreadsheet_id)
    _remember(services, actor, spreadsheet_id, sheet_id)
    here = _look(services, identity, spreadsheet_id, sheet_id)
    if here is None:
        title = _free_title(services, identity, spreadsheet_id)
        rows = [cost_tab_rows.filled(sku, cost) for sku, kept in known for cost in kept or (None,)]
        requests = typed_tab.new_tab(sheet_id, title=title, owner=_OWNER, columns=cost_tab_rows.columns(), rows=rows)
        added = len(known)
    else:
        title = here.title
        missing = cost_tab_rows.unnamed(here, known)
        rows = [cost_tab_rows.filled(sku, cost) for sku, kept in missing for cost in kept or (None,)]
        requests = typed_tab.more_rows(
            sheet_id, owner=_OWNER, turn=here.turns, places=cost_tab_rows.places(here), rows=rows
        )
        added = len(missing)
    if len(rows) + (len(here.rows) if here is not None else 0) > MOST_ROWS:
        raise _too_long()
    if requests and not _send(services, identity, spreadsheet_id, requests=requests, before=here):
        raise Conflict("Rows are being written at this moment. Try again in a few seconds.")
    return Made(title, added, is_new=here is None)


def _send(
    services: Services, identity: UserIdentity, spreadsheet_id: str, *, requests: list[Json], before: Typed | None
) -> bool:
    """Whether the batch was applied; not so when another of the same turn arrived first and made Google refuse it."""
    try:
        services.google.batch_update(
            identity, spreadsheet_id, body={"requests": requests}, fields="spreadsheetId", budget_s=bind.BUDGET_S
        )
    except RequestRefused:
        now = _look(services, identity, spreadsheet_id, rules.own_id(_OWNER, spreadsheet_id))
        if now is None or (before is not None and now.turns == before.turns):
            raise
        return False
    return True


def read(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> Report:
    """Every good row of the tab is in force, and every other one is told. Reading again changes nothing.

    NotFound when there is no such tab, or no more; TooMuch for one that is too long.
    """
    found, first, title = _table(services, actor, identity, spreadsheet_id)
    stated = costs.state_rows(services, actor, found)
    return report_of(found, first, title, stated)


def check(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> Report:
    """The same report, and nothing is put in force."""
    return report_of(*_table(services, actor, identity, spreadsheet_id), Stated())


def report_of(found: CostRows, first: int, title: str, stated: Stated) -> Report:
    """Rows by the numbers a person sees. `first`: that of the row above the first one."""
    faults = [
        replace(
            fault,
            row=fault.row + first if fault.row else 0,
            other_row=fault.other_row + first if fault.other_row else 0,
            text=_FOURTH_DECIMAL.sub(r"\1", fault.text),
        )
        for fault in found.faults
    ]
    return Report(title, len(found.taken), len(found.waiting), tuple(faults), stated)


def _table(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> tuple[CostRows, int, str]:
    """The tab as it was understood, the number of its header's row as people count, and its title."""
    tab = place(services, actor, spreadsheet_id)
    here = None
    if tab is not None:
        _prove(services, actor, identity, spreadsheet_id)
        here = _look(services, identity, spreadsheet_id, tab.sheet_id)
    if tab is not None and here is None:
        with services.store.write() as tx:
            cost_book.drop_tab(tx, spreadsheet_id)
    if here is None:
        raise NotFound("There is no tab for costs in this spreadsheet. Make one first.")
    if here.is_cut:
        raise _too_long()
    at = header_row(here.rows)
    header = cost_tab_rows.header(here, at)
    known = costs.as_known(costs.known_skus(services, actor))
    return read_costs(header, here.rows[at + 1 :], known=known), at + 1, here.title


def _too_long() -> TooMuch:
    return TooMuch(
        "A tab of costs can have at most {most} rows. Import a file instead.", values={"most": f"{MOST_ROWS:,}"}
    )


# --- the file --------------------------------------------------------------------------------------------------------


def _prove(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str) -> None:
    """The person may edit the file, it is nobody else's, and everybody who can open it may see costs."""
    bind.prove_editor(services, identity, spreadsheet_id)
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
        tab = cost_book.tab_in(tx, spreadsheet_id)
        account = people.account(tx, actor.account_id)
    if any(one is not None and one.account_id != actor.account_id for one in (file, tab)):
        raise NotFound("There is nothing here for your Google account.")
    role = file.audience if file is not None else Role.OWNER.value
    audience = account.audience(role)
    if not (audience.may_see(Group.COST) and audience.may_see(Group.ITEM)):
        raise Conflict(
            "This spreadsheet is written for {role}, who may not see costs. Open another spreadsheet for them.",
            values={"role": audience.name},
        )
    profile = costs_profile(_shops_of(actor, tab))
    bind.check_readers(services, actor, identity, spreadsheet_id, profile=profile, role=role)


def _shops_of(actor: Actor, tab: CostTab | None) -> list[str] | None:
    """The shops whose costs the tab holds once this person has filled it."""
    if actor.shop_ids is None or (tab is not None and tab.shop_ids is None):
        return None
    return sorted({*actor.shop_ids, *(tab.shop_ids or () if tab is not None else ())})


def _remember(services: Services, actor: Actor, spreadsheet_id: str, sheet_id: int) -> None:
    """It is known that the file holds costs before it does: a press that dies in between leaves nothing unguarded."""
    now = services.clock.now()
    with services.store.write() as tx:
        known = cost_book.tab_in(tx, spreadsheet_id)
        made_at, made_by = (known.created_at, known.created_by) if known else (now, actor.sub)
        shop_ids = _shops_of(actor, known)
        cost_book.add_tab(tx, CostTab(spreadsheet_id, actor.account_id, sheet_id, shop_ids, made_by, made_at))
        if known is None:
            deeds.record(
                tx, actor.account_id, sub=actor.sub, deed=DEED, subject=TITLE, at=now, spreadsheet_id=spreadsheet_id
            )


def _look(services: Services, identity: UserIdentity, spreadsheet_id: str, sheet_id: int) -> Typed | None:
    """The tab as it is; None when it is not there."""
    try:
        answer = services.google.get_by_filter(
            identity,
            spreadsheet_id,
            filters=typed_tab.read_filters(sheet_id, most_rows=MOST_ROWS),
            fields=typed_tab.FIELDS,
            budget_s=bind.BUDGET_S,
        )
    except RangeGone:
        return None
    return typed_tab.read(answer, sheet_id, owner=_OWNER, most_rows=MOST_ROWS)


def _free_title(services: Services, identity: UserIdentity, spreadsheet_id: str) -> str:
    answer = services.google.get(identity, spreadsheet_id, fields="sheets.properties.title", budget_s=bind.BUDGET_S)
    taken = {one["properties"].get("title") for one in answer.get("sheets", ())}
    return next(title for title in chain((TITLE,), (f"{TITLE} {number}" for number in count(2))) if title not in taken)


def _known(services: Services, actor: Actor) -> list[tuple[SkuRow, tuple[Cost, ...]]]:
    """The SKUs of the person's shops with what is known of their costs."""
    found = costs.known_skus(services, actor)
    with services.store.read() as tx:
        kept = {shop_id: cost_book.costs_of(tx, actor.scope, shop_id) for shop_id in {row.shop_id for row in found}}
    return [(row, kept[row.shop_id].get(row.sku_id, ())) for row in found]
