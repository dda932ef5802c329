"""Facts as the lines of cards: shops, sheets, tabs, and what keeps a tab from being updated. Nothing is decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from cards.backfill import Progress, Reach
from cards.history import HistoryLine
from cards.home import TabLine
from cards.people_words import ROLE_WORDS, OwnRoleName
from cards.shops import ShopLine
from cards.shops import ShopState as ShopWord
from cards.trouble import Trouble, TroubleKind
from cards.welcome import InvitationLine, SheetLine
from cards.words import Words
from service.core.roles import Role
from service.flows import consents, design, share
from service.flows.overview import MANY_TRIES, BoundFile, Happened, OpenFile, OpenTab, Sheet, ShopState
from service.flows.transactions import is_of_transactions
from service.web.ask import Ask
from service.web.handlers.reader_lines import kept_readers

SHEET_URL = "https://docs.google.com/spreadsheets/d/{spreadsheet_id}/edit"
TAB_URL = SHEET_URL + "#gid={sheet_id}"
_TENTH = Decimal("0.1")

_FILE_TROUBLE: Mapping[str, TroubleKind] = {
    "asked": TroubleKind.PAUSED,
    share.LEAK: TroubleKind.LEAK,
    share.UNLISTED: TroubleKind.READERS_UNKNOWN,
    "writer-removed": TroubleKind.WRITER_REMOVED,
    "file-gone": TroubleKind.FILE_GONE,
    "full": TroubleKind.SHEET_FULL,
    "protected": TroubleKind.PROTECTED,
    "blocked": TroubleKind.SHARING_BLOCKED,
    consents.ENDED: TroubleKind.CONSENT_ENDED,
}
#: Of a file that we write as a person all of this comes to the same: consent is given again, or nobody writes.
_OUT_OF_REACH = frozenset({TroubleKind.WRITER_REMOVED, TroubleKind.FILE_GONE, TroubleKind.SHARING_BLOCKED})
#: What speaks of whoever writes the file.
_OF_WRITER = frozenset({TroubleKind.WRITER_REMOVED, TroubleKind.PROTECTED, TroubleKind.CONSENT_ENDED})
_TAB_TROUBLE: Mapping[str, TroubleKind] = {
    "tab-gone": TroubleKind.TAB_MISSING,
    "key-gone": TroubleKind.KEY_COLUMN_MISSING,
    "protected": TroubleKind.PROTECTED,
    "rows-missing": TroubleKind.MANY_ROWS_GONE,
    design.RIGHTS: TroubleKind.PROFILE_NOT_ALLOWED,
}


def seconds_since(now: datetime, at: datetime) -> int:
    """Whole seconds from `at` until `now`, never negative."""
    return max(0, int((now - at).total_seconds()))


def percent_of(words: Words, share: Decimal) -> str:
    """A share of one as percent with one decimal: 0.094 is 9.4 %."""
    return words("{percent} %", percent=words.number((share * 100).quantize(_TENTH)))


def shop_line(ask: Ask, shop: ShopState) -> ShopLine:
    """A shop with its freshness in market time and the end of its consent in wall time."""
    clock = ask.services.clock
    ends_s = None if shop.consent_ends_at is None else int((shop.consent_ends_at - clock.now()).total_seconds())
    return ShopLine(
        shop_id=shop.shop_id,
        name=shop.name,
        market=shop.region,
        state=ShopWord(shop.state),
        updated_s=seconds_since(clock.market(), shop.fetched_until),
        consent_s=ends_s,
    )


def sheet_lines(ask: Ask, sheets: Sequence[Sheet]) -> tuple[SheetLine, ...]:
    """The person's sheets elsewhere; the open one is left out."""
    now = ask.services.clock.now()
    return tuple(
        SheetLine(
            title=sheet.file.title,
            url=SHEET_URL.format(spreadsheet_id=sheet.file.spreadsheet_id),
            account_name=sheet.account_name,
            updated_s=None if sheet.file.flushed_at is None else seconds_since(now, sheet.file.flushed_at),
            trouble=Trouble(TroubleKind.PAUSED) if sheet.has_trouble else None,
        )
        for sheet in sheets
        if sheet.file.spreadsheet_id != ask.spreadsheet_id
    )


def role_name(ask: Ask, role: str) -> str:
    """What a role that is written down is called in the account of this file; one of the seven by its key."""
    account = ask.standing.account
    return account.audience(role).name if account else role


def own_role_names(roles: Mapping[str, str]) -> tuple[OwnRoleName, ...]:
    """The account's own among these roles, given as they are written down, with their names."""
    return tuple(OwnRoleName(role, name) for role, name in roles.items() if role not in ROLE_WORDS)


def invitation_lines(ask: Ask, *, account_id: str = "") -> tuple[InvitationLine, ...]:
    """The invitations that wait for the person; of one account where one is named."""
    now, mine = ask.services.clock.now(), {account.id for account in ask.standing.accounts}
    return tuple(
        InvitationLine(
            row.id,
            account.name,
            account.audience(row.role).name,
            int((row.expires_at - now).total_seconds()),
            is_offer=row.account_id in mine and row.role == Role.OWNER,
        )
        for row, account in ask.standing.invitations
        if account_id in {"", row.account_id}
    )


def tab_line(ask: Ask, file: OpenFile, tab: OpenTab) -> TabLine:
    """A bound tab: its rows, freshness, progress of the first fill, and what is in the way."""
    flushed_at = file.status.file.flushed_at
    now = ask.services.clock.now()
    return TabLine(
        binding_id=tab.row.id,
        tab_name=tab.row.tab_title,
        profile_name=tab.profile.name,
        rows=tab.row.row_done,
        updated_s=None if flushed_at is None else seconds_since(now, flushed_at),
        progress=_progress(tab),
        trouble=trouble_of(ask, file, tab),
    )


def _progress(tab: OpenTab) -> Progress | None:
    """How far the tab's fill is; nothing when none is under way."""
    if tab.row.state not in {"live", "paused"}:  # the tab itself is still being made
        return Progress(0, 0)
    if tab.extent is None:
        return None
    left_s, per_minute = tab.extent.left_s, tab.extent.per_minute
    return Progress(
        done=tab.extent.done,
        total=tab.extent.total,
        left_s=None if left_s is None else round(left_s),
        reading=tab.extent.reading,
        per_minute=None if per_minute is None else round(per_minute),
        is_stopping=tab.row.fill_stopped_at is not None,
    )


def reach(ask: Ask, tab: OpenTab) -> Reach:
    """How far back the tab reaches, in market time; no line about it while a fill is under way."""
    begins_at = tab.row.fill_from_at
    if begins_at is None or tab.row.fill_at is not None:
        return Reach()
    return Reach(seconds_since(ask.services.clock.market(), begins_at), is_of_transactions(tab.row))


def history_line(now: datetime, happened: Happened) -> HistoryLine:
    """One pass of the sync history."""
    return HistoryLine(
        ago_s=seconds_since(now, happened.at),
        outcome=happened.outcome,
        kind=happened.kind,
        inserted=happened.inserted,
        updated=happened.updated,
        unchanged=happened.unchanged,
        healed=happened.healed,
        removed=happened.removed,
        reads=happened.reads,
        writes=happened.writes,
        ms=happened.ms,
        remark=happened.reason,
        cells=tuple(happened.cells or ()),
    )


def is_failing(file: BoundFile, history: Sequence[Happened]) -> bool:
    """Whether the newest pass failed and the file waits for the next try."""
    return file.state == "live" and file.tries > 0 and bool(history) and history[0].outcome in {"failed", "unknown"}


def trouble_of(ask: Ask, file: OpenFile, tab: OpenTab) -> Trouble | None:
    """The one thing that keeps the tab from being updated: the file's first, then the tab's, then the shops'."""
    row = file.status.file
    if row.state != "live":
        return _file_trouble(ask, file)
    if tab.row.state == "paused" or tab.row.reason:
        kind = _TAB_TROUBLE.get(tab.row.reason, TroubleKind.REFUSED)
        if kind is TroubleKind.TAB_MISSING and tab.row.archive_of is not None:
            kind = TroubleKind.ARCHIVE_MISSING
        return Trouble(kind, tab.row.id, name=_named(kind, file, tab))
    if row.tries >= MANY_TRIES:
        return Trouble(TroubleKind.UPSTREAM, name="Google")
    now = ask.services.clock.now()
    if row.tries == 0 and row.not_before is not None and row.not_before > now:  # no failure: Google's quota is spent
        return Trouble(TroubleKind.QUOTA_WAIT, since_s=-int((row.not_before - now).total_seconds()))
    return _shop_trouble(ask, tab)


def _named(kind: TroubleKind, file: OpenFile, tab: OpenTab) -> str:
    """Whom or what the reason of a paused tab speaks of."""
    if kind is TroubleKind.PROFILE_NOT_ALLOWED:
        return tab.profile.name
    return file.status.file.writer_email if kind is TroubleKind.PROTECTED else tab.row.reason_text


def _file_trouble(ask: Ask, file: OpenFile) -> Trouble:
    row = file.status.file
    kind = _FILE_TROUBLE.get(row.reason, TroubleKind.REFUSED)
    if row.consent_id is not None and kind in _OUT_OF_REACH:
        kind = TroubleKind.CONSENT_ENDED
    now = ask.services.clock.now()
    if kind is TroubleKind.PAUSED:
        email, at = file.paused_by or ("", None)
        name = email or ask.words("Somebody")
        return Trouble(kind, name=name, since_s=None if at is None else seconds_since(now, at))
    since_s = None if row.checked_at is None else seconds_since(now, row.checked_at)
    if kind in {TroubleKind.LEAK, TroubleKind.READERS_UNKNOWN}:
        return Trouble(kind, since_s=since_s, readers=kept_readers(ask, row))
    name = row.writer_email if kind in _OF_WRITER else row.reason_text
    return Trouble(kind, name=name)


def _shop_trouble(ask: Ask, tab: OpenTab) -> Trouble | None:
    """An expired consent; that no shop is connected any more; that TikTok has not answered for a while.

    The shop is named to those who may see its name.
    """
    is_named = design.sees(ask.actor, "shop_name")
    expired = next((shop for shop in tab.shops if shop.state == "expired"), None)
    if expired is not None:
        name = expired.name if is_named else ask.words("the shop")
        return Trouble(TroubleKind.CONSENT_EXPIRED, shop_id=expired.shop_id, name=name)
    gone = next((shop for shop in tab.shops if shop.state == "disconnected"), None)
    if gone is not None and all(shop.state == "disconnected" for shop in tab.shops):
        name = gone.name if is_named else ask.words("The shop")
        return Trouble(TroubleKind.SHOP_DISCONNECTED, shop_id=gone.shop_id, name=name)
    is_failing = any(shop.is_failing for shop in tab.shops if shop.state in {"live", "loading"})
    return Trouble(TroubleKind.UPSTREAM, name="TikTok") if is_failing else None
