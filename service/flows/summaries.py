"""A summary beside a tab of money: made once at a press, of formulas over what stands in the tab now.

It holds nothing that is not in the tab beside it, for the same readers. It is never written again: from then on it is
the user's, and the spreadsheet itself keeps its references right when columns are moved. Written by the person's own
token.
"""

from collections.abc import Collection, Mapping
from typing import Any

from service.core.columns import COLUMNS
from service.core.kinds import NumberFormat
from service.core.profiles import Profile
from service.core.roles import Actor, Scope
from service.core.summaries import CURRENCY, DAY_OF, Source, summed_keys, table
from service.errors import Conflict
from service.flows import Services, bind, due_rows, share, sources
from service.google import grid, headnotes, outgoing, rules, summary_tab
from service.google.grid import Json
from service.google.identities import UserIdentity
from service.google.outgoing import Top
from service.google.tabs import OwnedTab
from service.store import deeds, people, sheets, shops, transactions
from service.store.records import BindingRow
from service.store.session import Tx

DEED = "make-summary"
TITLE_ROOM = 88  # characters of the tab's own name, so that the summary's fits into a tab's


def can_sum_up(row: BindingRow) -> bool:
    """Whether the tab has amounts to sum up, and a currency and a day to do it by."""
    return row.state == "live" and bool(summed_keys(Profile.from_json(row.profile)))


def make(services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, binding_id: str) -> str:
    """A summary of the tab stands beside it. Returns its title.

    Conflict where there is one, or cannot be any, or where somebody can open the file who may not see the tab.
    """
    bind.prove_editor(services, identity, spreadsheet_id)
    with services.store.read() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        audience = share.audience_of(people.account(tx, actor.account_id), file)
        currencies = _currencies(services, tx, row)
    if file.state != "live":
        raise Conflict("This file is paused. Put right what it waits for first.")
    if not can_sum_up(row) or not currencies:
        raise Conflict("This tab has no amounts with a currency and a day that could be summed up.")
    bind.check_readers(services, actor, identity, spreadsheet_id, profile=Profile.from_json(row.profile))
    tab = due_rows.owned_tab(sources.without_mask(row), audience)
    top = _look(services, identity, spreadsheet_id, tab)
    source = _source(Profile.from_json(row.profile), tab, top)
    sheet_id = rules.own_id(binding_id, "summary")
    title, index, is_half_made = _place(services, identity, spreadsheet_id, sheet_id=sheet_id, beside=top.view.title)
    rows = table(source, currencies)
    money = COLUMNS[summed_keys(Profile.from_json(row.profile))[0]].kind
    formats = [_format(money.number_format(cells[1].value, top.locale)) if len(cells) > 3 else None for cells in rows]
    requests = summary_tab.new_summary(sheet_id, index=index, rows=rows, formats=formats)
    requests = [*(summary_tab.deleted(sheet_id) if is_half_made else []), *requests]
    if not _is_made(services, identity, spreadsheet_id, tab=tab, top=top, requests=requests):
        _change(services, identity, spreadsheet_id, summary_tab.deleted(sheet_id))
        raise Conflict("Somebody moved columns at this moment. Try again.")
    _change(services, identity, spreadsheet_id, summary_tab.shown(sheet_id, title))
    with services.store.write() as tx:
        deeds.record(
            tx, actor.account_id, sub=actor.sub, deed=DEED, subject=title, at=services.clock.now(),
            spreadsheet_id=spreadsheet_id,
        )  # fmt: skip
    return title


def _currencies(services: Services, tx: Tx, row: BindingRow) -> list[str]:
    """Those of the shops' markets, and of what was settled so far, by code."""
    named = Profile.from_json(row.profile).row_filter.shop_ids
    scope = Scope(row.account_id, frozenset(named) if named else None)
    markets = [services.policies.market(shop.region) for shop in shops.shops_of(tx, scope)]
    return sorted({market.currency for market in markets if market is not None} | transactions.currencies(tx, scope))


def _look(services: Services, identity: UserIdentity, spreadsheet_id: str, tab: OwnedTab) -> Top:
    answer = services.google.get_by_filter(
        identity,
        spreadsheet_id,
        filters=[headnotes.top_filter(tab)],
        fields=outgoing.FIELDS,
        budget_s=bind.BUDGET_S,
    )
    top = outgoing.find(answer, tab)
    if top is None:
        raise Conflict("This tab is not there any more.")
    return top


def _source(profile: Profile, tab: OwnedTab, top: Top) -> Source:
    """The tab as formulas name it. Only columns that bear our mark are ours beyond doubt."""
    places = {key: at for key in tab.headers if (at := top.marked(key)) is not None}
    day = DAY_OF[profile.grain]
    if CURRENCY not in places or day not in places:
        raise Conflict(
            "The columns {day} and {currency} are needed in this tab to sum it up.",
            values={"day": COLUMNS[day].header, "currency": COLUMNS[CURRENCY].header},
        )
    letters = {key: grid.column_letters(at) for key, at in places.items()}
    sums = [(_heading(tab, top, key), letters[key]) for key in summed_keys(profile) if key in letters]
    return Source(top.view.title, profile.grain, letters[day], letters[CURRENCY], sums)


def _heading(tab: OwnedTab, top: Top, key: str) -> str:
    """What people call the column in the tab."""
    shown = top.view.cell(tab.header_row, top.view.columns[key]).value
    return shown or tab.headers[key]


def _place(
    services: Services, identity: UserIdentity, spreadsheet_id: str, *, sheet_id: int, beside: str
) -> tuple[str, int, bool]:
    """A free title, the place right of the tab, and whether a press that was cut off has left its half there. Conflict
    where the summary stands already.
    """
    answer = services.google.get(identity, spreadsheet_id, fields=summary_tab.FIELDS, budget_s=bind.BUDGET_S)
    known: list[Mapping[str, Any]] = [one["properties"] for one in answer.get("sheets", ())]
    own = next((one for one in known if int(one.get("sheetId", 0)) == sheet_id), None)
    is_half_made = own is not None and own.get("title") == summary_tab.unproved(sheet_id)
    if own is not None and not is_half_made:
        raise Conflict("There is a summary already: {title}.", values={"title": str(own.get("title", ""))})
    index = next((int(one.get("index", 0)) for one in known if one.get("title") == beside), len(known) - 1)
    taken = {str(one.get("title", "")) for one in known}
    return _free_title(f"{beside[:TITLE_ROOM].rstrip()} summary", taken), index + 1, is_half_made


def _free_title(wanted: str, taken: Collection[str]) -> str:
    title, number = wanted, 2
    while title in taken:
        title, number = f"{wanted} {number}", number + 1
    return title


def _format(shape: NumberFormat | None) -> Json | None:
    return None if shape is None else {"type": shape.type, "pattern": shape.pattern}


def _is_made(
    services: Services, identity: UserIdentity, spreadsheet_id: str, *, tab: OwnedTab, top: Top, requests: list[Json]
) -> bool:
    """Whether the summary stands, hidden, over the columns that it was made for. Nobody sees one whose answer was lost,
    or that arrives after somebody moved them.
    """
    answer = services.google.batch_update(
        identity,
        spreadsheet_id,
        body=outgoing.top_body(tab, top, requests),
        fields=f"updatedSpreadsheet({outgoing.FIELDS})",
        budget_s=bind.BUDGET_S,
    )
    seen = outgoing.find(answer.get("updatedSpreadsheet", {}), tab)
    return seen is not None and seen.view.columns == top.view.columns


def _change(services: Services, identity: UserIdentity, spreadsheet_id: str, requests: list[Json]) -> None:
    body = {"requests": requests}
    services.google.batch_update(identity, spreadsheet_id, body=body, fields="spreadsheetId", budget_s=bind.BUDGET_S)
