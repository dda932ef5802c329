"""What a person finds on opening the sidebar: their accounts, their sheets, their shops, the open file's state.

Reads only. Each figure is a kept counter or bounded, so that no card grows slower with the shop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from service.core.profiles import Profile
from service.core.roles import Actor, Permission, Scope
from service.errors import NotFound, Problem
from service.flows import Services, care, connect, filling, tickets
from service.flows.care import SheetStatus
from service.flows.filling import Extent
from service.google.identities import Identity
from service.google.tabs import COLUMN_KEY
from service.google.tokens import Caller
from service.store import deeds, flushes, people, sheets, shops
from service.store.records import BindingRow, FileRow, FlushRow, ShopRow
from service.store.session import Tx

COPY_FIELDS = "sheets(data(columnMetadata(developerMetadata(metadataKey,metadataValue))))"
COPY_BUDGET_S = 5.0
MOST_SHEETS = 20
HISTORY_PAGE = 10  # passes on one page of the sync history
HISTORY_MOST = 20_000  # passes of one export; a sheet that never rests makes them in a day
#: Rows behind that are still "up to date": a handful that the next pass brings.
FEW_ROWS = 25
MANY_TRIES = 3  # failures in a row that a person is told of; fewer pass by themselves
#: For this long after a shop was connected its button answers with the good news: the window that just closed makes
#: Google repeat the press that opened it.
JUST_NOW = timedelta(seconds=30)
EXCHANGE = timedelta(seconds=30)  # between the vendor's answer and the shop on record


@dataclass(frozen=True, slots=True)
class Membership:
    """One account the person belongs to, and what their role is called there."""

    account_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One bound file of an account the person belongs to."""

    file: FileRow
    account_name: str
    has_trouble: bool


@dataclass(frozen=True, slots=True)
class ShopState:
    """A shop as its account sees it. `fetched_until`: market time up to which changes are in the database.

    `is_failing`: several tries in a row came to nothing. `read_from`: how far back its history is fetched, in market
    time, and `read_share`: how much of that is done, from 0 to 1.
    """

    shop_id: str
    name: str
    region: str
    state: Literal["live", "loading", "expired", "disconnected"]
    fetched_until: datetime
    consent_ends_at: datetime | None
    is_failing: bool
    read_from: datetime
    read_share: float = 1.0


@dataclass(frozen=True, slots=True)
class OpenTab:
    """One bound tab, the shops it takes orders from, and how far its backfill has come; None when there is none."""

    row: BindingRow
    profile: Profile
    shops: Sequence[ShopState]
    extent: Extent | None = None


Happened = FlushRow  # one pass of the sync history
BoundFile = FileRow


@dataclass(frozen=True, slots=True)
class OpenFile:
    """The open, bound file. `history`: newest first. `paused_by`: address and time of who paused it, if anybody did."""

    status: SheetStatus
    account_name: str
    tabs: Sequence[OpenTab]
    history: Sequence[FlushRow]
    paused_by: tuple[str, datetime] | None


@dataclass(frozen=True, slots=True)
class Consent:
    """How far the person's newest consent has come. `until`: when the page it waits on runs out, or the news is old."""

    state: Literal["none", "waiting", "done", "refused", "expired"]
    until: datetime | None = None


def memberships(services: Services, caller: Caller) -> list[Membership]:
    """Where the person is a member, oldest first."""
    with services.store.read() as tx:
        mine = people.memberships(tx, caller.sub, services.clock.now())
        accounts = people.accounts_by_id(tx, {row.account_id for row in mine})
    return [
        Membership(row.account_id, accounts[row.account_id].name, accounts[row.account_id].audience(row.role).name)
        for row in mine
    ]


def sheets_of(services: Services, caller: Caller) -> list[Sheet]:
    """The bound files of the person's accounts that are meant for their role; all of them for who may bind."""
    found: list[Sheet] = []
    with services.store.read() as tx:
        mine = people.memberships(tx, caller.sub, services.clock.now())
        accounts = people.accounts_by_id(tx, {row.account_id for row in mine})
        for member in mine:
            account = accounts[member.account_id]
            sees_all = account.audience(member.role).may_do(Permission.SHEET_BIND)
            found += [
                Sheet(file, account.name, _has_trouble(tx, file))
                for file in sheets.files_of(tx, Scope(account.id))[:MOST_SHEETS]
                if sees_all or file.audience == member.role
            ]
    return found[:MOST_SHEETS]


def _has_trouble(tx: Tx, file: FileRow) -> bool:
    return file.state != "live" or any(
        row.state == "paused" or row.reason for row in sheets.bindings_in(tx, file.spreadsheet_id)
    )


def shops_of(services: Services, actor: Actor) -> list[ShopState]:
    """The account's shops, disconnected ones included."""
    with services.store.read() as tx:
        return _shops(services, tx, actor)


def shop(services: Services, actor: Actor, shop_id: str) -> ShopState:
    """One shop of the account, also a disconnected one. NotFound for any other."""
    found = next((one for one in shops_of(services, actor) if one.shop_id == shop_id), None)
    if found is None:
        raise NotFound("This shop is not connected here.")
    return found


def _shops(services: Services, tx: Tx, actor: Actor) -> list[ShopState]:
    found = []
    for row in shops.every_shop_of(tx, actor.scope):
        state: Literal["live", "loading", "expired", "disconnected"] = "live"
        if row.state in {"expired", "disconnected"}:
            state = "expired" if row.state == "expired" else "disconnected"
        elif row.import_at is not None:
            state = "loading"
        found.append(
            ShopState(
                shop_id=row.id,
                name=row.name,
                region=row.region,
                state=state,
                fetched_until=row.polled_until,
                consent_ends_at=shops.consent(tx, row.consent_id).refresh_expires_at,
                is_failing=row.tries >= MANY_TRIES,
                read_from=row.import_from,
                read_share=_read_share(services, row),
            )
        )
    return found


def _read_share(services: Services, row: ShopRow) -> float:
    """The share of the time of the shop's history import that is behind it: it goes from now backwards."""
    if row.import_at is None:
        return 1.0
    whole = timedelta(days=services.settings.history_days)
    ahead = row.import_at - row.import_from
    return min(max(1.0 - ahead / whole, 0.0), 1.0) if whole else 0.0


def tabs_of_shop(services: Services, actor: Actor, shop_id: str) -> list[str]:
    """Titles of the tabs that take orders from this shop."""
    with services.store.read() as tx:
        bound = sheets.bindings_of_account(tx, actor.account_id)
    return [row.tab_title for row in bound if _takes_from(Profile.from_json(row.profile), shop_id)]


def _takes_from(profile: Profile, shop_id: str) -> bool:
    return not profile.row_filter.shop_ids or shop_id in profile.row_filter.shop_ids


def open_file(services: Services, actor: Actor, spreadsheet_id: str) -> OpenFile:
    """The bound file and its tabs. NotFound for a file that is not the account's."""
    status = care.status(services, actor, spreadsheet_id)
    with services.store.read() as tx:
        known = _shops(services, tx, actor)
        account = people.account(tx, actor.account_id)
        paused_by = _paused_by(tx, actor, status.file)
    tabs = []
    for row in status.bindings:
        profile = Profile.from_json(row.profile)
        mine = [one for one in known if _takes_from(profile, one.shop_id)]
        tabs.append(OpenTab(row, profile, mine, _extent(services, row, mine, status)))
    return OpenFile(status, account.name, tabs, status.flushes, paused_by)


def _extent(services: Services, row: BindingRow, mine: Sequence[ShopState], status: SheetStatus) -> Extent | None:
    """How far the tab's backfill has come, while one runs or the history of its shops is still being read."""
    shares = [one.read_share for one in mine if one.state == "loading"]
    if row.fill_at is None and not shares and row.row_total - row.row_done <= FEW_ROWS:
        return None
    reading = min(shares) if shares else None
    return filling.extent(row, status.flushes, now=services.clock.now(), reading=reading)


def history(
    services: Services, actor: Actor, spreadsheet_id: str, *, before: tuple[datetime, str] | None = None
) -> tuple[FileRow, list[FlushRow]]:
    """A page of the file's sync history, newest first, and one line more when there is an older page."""
    with services.store.read() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        return file, flushes.recent(tx, spreadsheet_id, before=before, limit=HISTORY_PAGE + 1)


def whole_history(services: Services, actor: Actor, spreadsheet_id: str) -> tuple[FileRow, list[FlushRow]]:
    """The file's sync history as far as it is kept, newest first, at most `HISTORY_MOST` passes. NotFound otherwise."""
    with services.store.read() as tx:
        file = sheets.file(tx, actor.scope, spreadsheet_id)
        return file, flushes.recent(tx, spreadsheet_id, limit=HISTORY_MOST)


def _paused_by(tx: Tx, actor: Actor, file: FileRow) -> tuple[str, datetime] | None:
    last = deeds.last_record(tx, actor.account_id, deed="pause", spreadsheet_id=file.spreadsheet_id)
    if file.state == "live" or last is None:
        return None
    sub, at = last
    return people.address_of(tx, sub), at


def open_tab(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> tuple[OpenFile, OpenTab]:
    """One tab of the open file. NotFound for a tab of another file or account."""
    file = open_file(services, actor, spreadsheet_id)
    tab = next((one for one in file.tabs if one.row.id == binding_id), None)
    if tab is None:
        raise NotFound("This tab is not connected to Rowstream.")
    return file, tab


def file_titles_for(services: Services, actor: Actor, role: str) -> list[str]:
    """Titles of the account's bound files that are written for this role."""
    with services.store.read() as tx:
        return [file.title for file in sheets.files_of(tx, actor.scope) if file.audience == role]


def is_copy(services: Services, identity: Identity, spreadsheet_id: str) -> bool:
    """Whether the file carries marks of a tab that is bound in another file. One read; no when it cannot be read.

    Marks prove nothing and are never acted on: a copy of a bound file carries them too.
    """
    lookup = {"developerMetadataLookup": {"metadataKey": COLUMN_KEY}}
    try:
        answer = services.google.get_by_filter(
            identity, spreadsheet_id, filters=[lookup], fields=COPY_FIELDS, budget_s=COPY_BUDGET_S
        )
    except Problem:
        return False
    owners = {
        str(mark.get("metadataValue", "")).partition(":")[0]
        for sheet in answer.get("sheets", ())
        for block in sheet.get("data", ())
        for column in block.get("columnMetadata", ())
        for mark in column.get("developerMetadata", ())
        if mark.get("metadataKey") == COLUMN_KEY
    }
    with services.store.read() as tx:
        bound = [row for owner in sorted(owners) if (row := sheets.binding_unscoped(tx, owner)) is not None]
    return bool(bound) and all(row.spreadsheet_id != spreadsheet_id for row in bound)


def consent_state(services: Services, actor: Actor) -> Consent:
    """How far the newest consent of this person for this account has come, once its page was opened."""
    now = services.clock.now()
    with services.store.read() as tx:
        ticket = shops.last_ticket(tx, actor.sub, actor.account_id, purposes={connect.SIGN_IN, connect.CONSENT})
        connected = deeds.last_record(tx, actor.account_id, deed="connect-shop")
    if ticket is None:
        return Consent("none")
    begun_at = ticket["expires_at"] - tickets.LIFE
    if connected is not None and connected[1] >= begun_at:
        return Consent("done", connected[1] + JUST_NOW)
    is_used = ticket["used_at"] is not None and now - ticket["used_at"] > EXCHANGE
    if is_used:
        return Consent("refused" if ticket["purpose"] == connect.CONSENT else "expired")
    return Consent("waiting", ticket["expires_at"]) if ticket["expires_at"] > now else Consent("expired")
