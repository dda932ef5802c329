"""Examples of a bound file: its home for every role and trouble, binding, status, stopping."""

from collections.abc import Mapping
from dataclasses import replace

from cards.actions import TRIGGERS, Action, Press
from cards.archive import Keeping
from cards.backfill import Progress, Reach
from cards.changed import Changed, ConfirmAdopt
from cards.desk_home import FinanceLine
from cards.history import History, HistoryLine
from cards.home import DueCount, DueKind, SheetHome, TabLine
from cards.news import FeeRise, Leak, News, NewsKind
from cards.readers import Reader, ReaderKind
from cards.reports import ReportKind, ReportLine, Reports
from cards.sheet import BindForm, ConfirmBind, ConfirmStop, SheetStatus, TabChoice
from cards.trouble import Trouble, TroubleKind
from cards.whereabouts import Place, PlaceKind, WhereIs

ALL = frozenset(Action) - TRIGGERS
READING = frozenset({Action.SHEET, Action.REFRESH_STATUS, Action.ACCOUNT, Action.HELP})
WORKING = READING | {Action.REFRESH_NOW, Action.ORDERS, Action.ORDER}

ACCOUNT = "Glow Skin Ltd"
FILE = "Fulfilment – Glow Skin"
TAB_URL = "https://docs.google.com/spreadsheets/d/1fGlowSkinFulfilment/edit#gid=402"

LIVE = TabLine("bind_1", "Orders", "SLA Watch List", 1_284, 12)
FRESH = TabLine("bind_2", "Pick list", "3PL pick & ship", 0)
FILLING = TabLine("bind_3", "All orders", "Night shift", 4_810, progress=Progress(4_810, 10_000, 95, None, 3_280))
READING_HISTORY = TabLine("bind_3", "All orders", "Night shift", 1_150, progress=Progress(1_150, 1_400, None, 0.45))
STOPPING = TabLine("bind_3", "All orders", "Night shift", 4_810, progress=Progress(4_810, 10_000, is_stopping=True))
STARTING = TabLine("bind_3", "All orders", "Night shift", 0, progress=Progress(0, 0))

DUE = (DueCount(DueKind.OVERDUE, 1), DueCount(DueKind.TODAY, 4), DueCount(DueKind.TOMORROW, 17))

WHOLE = Reach()

READERS = (
    Reader("per_1", ReaderKind.UNKNOWN, "ana@oldagency.example"),
    Reader("per_2", ReaderKind.LINK),
)

TROUBLES = (
    Trouble(TroubleKind.PAUSED, name="Maya Lindt", since_s=5_400),
    Trouble(TroubleKind.CONSENT_EXPIRED, "", "7495660019283746551", "Glow Skin DE", 86_400),
    Trouble(TroubleKind.SHOP_DISCONNECTED, "", "7495660019283746777", "Glow Pets"),
    Trouble(TroubleKind.WRITER_REMOVED, name="writer-2@rowstream.example", since_s=600),
    Trouble(TroubleKind.LEAK, since_s=40, readers=READERS),
    Trouble(TroubleKind.PROFILE_NOT_ALLOWED, "bind_1", name="3PL pick & ship"),
    Trouble(TroubleKind.TAB_MISSING, "bind_1", name="Orders"),
    Trouble(TroubleKind.KEY_COLUMN_MISSING, "bind_1", name="Order ID"),
    Trouble(TroubleKind.ARCHIVE_MISSING, "bind_1", name="Orders archive"),
    Trouble(TroubleKind.SAME_ORDER_IN_TWO_SHOPS, "bind_1", name="577412936450128731"),
    Trouble(TroubleKind.PROTECTED, "bind_1", name="writer-2@rowstream.example"),
    Trouble(TroubleKind.SHEET_FULL),
    Trouble(TroubleKind.MANY_ROWS_GONE, "bind_1"),
    Trouble(TroubleKind.UPSTREAM, name="TikTok", since_s=75),
    Trouble(TroubleKind.READERS_UNKNOWN, readers=(Reader("unlisted:4f", ReaderKind.UNLISTED, comes_from="drive"),)),
    Trouble(TroubleKind.FILE_GONE),
    Trouble(TroubleKind.SHARING_BLOCKED),
    Trouble(TroubleKind.CONSENT_ENDED, name="maya@glowskin.example"),
    Trouble(TroubleKind.QUOTA_WAIT, since_s=-12),
    Trouble(TroubleKind.REFUSED, "bind_1", name="A cell would hold more than 50,000 characters."),
)

HISTORY = (
    HistoryLine(12, inserted=1, updated=4, unchanged=2, reads=1, writes=1, ms=640),
    HistoryLine(95, kind="audit", unchanged=1_284, reads=2, ms=910),
    HistoryLine(
        640,
        "raced",
        updated=3,
        healed=2,
        reads=2,
        writes=2,
        ms=1_830,
        remark="The tab was sorted while we wrote",
        cells=("Orders!D17", "Orders!E17"),
    ),
    HistoryLine(700, removed=3, reads=2, ms=480, remark="rows deleted by hand: 3"),
    HistoryLine(4_000, kind="roll-off", removed=184, reads=1, writes=2, ms=1_210),
    HistoryLine(5_400, kind="set-up", reads=1, writes=1, ms=720),
)
FAILED = (
    HistoryLine(30, "failed", reads=1, ms=20_140, remark="Google does not answer at the moment."),
    HistoryLine(60, "unknown", reads=1, writes=1, ms=25_000),
    *HISTORY,
)


def _troubled(trouble: Trouble) -> TabLine:
    return TabLine("bind_1", "Orders", "SLA Watch List", 1_284, trouble.since_s, trouble=trouble)


def _home(role: str, *tabs: TabLine, due: tuple[DueCount, ...] = (), may: frozenset[Action]) -> SheetHome:
    return SheetHome(FILE, ACCOUNT, role, "warehouse", tabs, due, 6 if Action.PEOPLE in may else None, may)


def _status(tab: TabLine, may: frozenset[Action] = ALL, reach: Reach = WHOLE) -> SheetStatus:
    shops = ("Glow Skin UK", "Glow Skin US")
    return SheetStatus(tab, TAB_URL, "warehouse", shops, 540, "writer-2@rowstream.example", reach, HISTORY, may=may)


FAILING = SheetStatus(
    replace(LIVE, updated_s=410),
    TAB_URL,
    "warehouse",
    history=FAILED,
    is_failing=True,
    may=ALL,
    writer_name="w@r.example",
)
REPORTED = (
    ReportLine("rep_1", ReportKind.ROW_DELETED, "577412936450128731", 340),
    ReportLine("rep_2", ReportKind.ROW_COPIED, "577412936450128777", 3_400, "O218", f"{TAB_URL}&range=O218"),
    ReportLine("rep_3", ReportKind.KEY_DAMAGED, "577412936450128999", 7_200, "O12", f"{TAB_URL}&range=O12"),
    ReportLine("rep_4", ReportKind.COLUMN_DELETED, "Carrier", 86_400),
    ReportLine("rep_5", ReportKind.COLUMN_REPLACED, "Status", 90_000),
)
PLACES = (
    Place("Orders", "bind_1", PlaceKind.SHOWN, "218", f"{TAB_URL}&range=A218"),
    Place("Pick list", "bind_2", PlaceKind.FILTERED, why="Status: awaiting shipment"),
    Place("All orders", "bind_3", PlaceKind.IN_BACKFILL, since_s=240),
    Place("Late", "bind_4", PlaceKind.WAITING, since_s=20, again_s=15),
    Place("Returns", "bind_5", PlaceKind.TOO_OLD, since_s=90 * 86_400),
    Place("Night shift", "bind_6", PlaceKind.DELETED, mends=Press(Action.SHEET, {"binding_id": "bind_6"})),
)
STOPPED = (
    Place("Orders", "bind_1", PlaceKind.FILE_PAUSED, trouble=TROUBLES[0]),
    Place("Pick list", "bind_2", PlaceKind.TAB_PAUSED, trouble=TROUBLES[6]),
    Place("Late", "bind_4", PlaceKind.KEY_DAMAGED, "12", mends=Press(Action.SHEET, {"binding_id": "bind_4"})),
    Place("Returns", "bind_5", PlaceKind.OTHER_SHOP),
    Place("Night shift", "bind_6", PlaceKind.NOT_REACHED),
    Place("Wholesale", "bind_7", PlaceKind.FILTERED),
    Place("Lines", "bind_8", PlaceKind.LINE_GONE, "7", f"{TAB_URL}&range=A7"),
    Place("Items", "bind_9", PlaceKind.NO_LINES),
    Place("Settlements", "bind_12", PlaceKind.NOT_SETTLED),
    Place("Open orders", "bind_11", PlaceKind.ARCHIVED),
    Place("New", "bind_10", PlaceKind.SETTING_UP),
    Place("Old", "bind_11", PlaceKind.ARCHIVED),
)
NOTES = ("We hold orders of Glow Skin UK since 24 May 2026.", "Orders of Glow Skin US are still being read: 45%.")

CHANGED = Changed("bind_1", "Orders", "Night shift", added=2, removed=1)
UNFIT = Changed("bind_1", "Orders", "Night shift", added=1, has_filter=True,
                reason="The role warehouse may never see: Order total. Leave them out, or write this sheet for another "
                       "role.")  # fmt: skip


ACCOUNTANT_HOME = SheetHome(
    "Books 2026",
    ACCOUNT,
    "accountant",
    "accountant",
    (TabLine("bind_7", "Payouts", "Accountant", 9_204, 58),),
    may=WORKING | {Action.DESK},
    finance=FinanceLine(720),
)
CLIENT_HOME = SheetHome(
    "Client view – Nordic Beauty",
    "Nordic Beauty",
    "client",
    "client",
    (TabLine("bind_8", "Orders", "Agency client", 312, 47),),
    may=frozenset(),
)

SHEET_EXAMPLES: Mapping[str, object] = {
    "bind-form": BindForm(
        "watch-list",
        "SLA Watch List",
        ("warehouse", "support"),
        "warehouse",
        (TabChoice("0", "Sheet1", "Empty"), TabChoice("402", "Stock", "120 rows of your own")),
        tab_name="Orders",
        is_ticking=False,
    ),
    "bind-form-error": BindForm(
        "watch-list",
        "SLA Watch List",
        ("warehouse",),
        "warehouse",
        tab_error="A tab of this name exists. Choose it above or take another name.",
        audience_error="This file is already written for the warehouse.",
    ),
    "bind-form-settled": BindForm(
        "preset:accountant",
        "Accountant",
        ("accountant",),
        "accountant",
        tab_name="Accountant",
        keep_days="",
        is_settled=True,
    ),
    "confirm-bind": ConfirmBind("watch-list", "SLA Watch List", "warehouse", "402", "Stock", is_ticking=True),
    "home-owner": _home("owner", LIVE, FRESH, due=DUE, may=ALL),
    "home-quiet": _home("admin", LIVE, due=(DueCount(DueKind.TODAY, 0),), may=ALL),
    "home-busy": _home("warehouse", LIVE, due=(DueCount(DueKind.TODAY, 500, is_more=True),), may=WORKING),
    "home-filling": _home("owner", FILLING, may=ALL),
    "home-review-due": replace(_home("owner", LIVE, due=DUE, may=ALL), is_review_due=True),
    "home-news": replace(
        _home("owner", LIVE, may=ALL),
        news=(
            News(NewsKind.CONNECTED, "Glow Skin DE", 7_200, "kenji@glowskin.example"),
            News(NewsKind.ASKED_FOR, "Glow Pets", 90_000, left_s=518_400),
            News(NewsKind.MOVED_AWAY, "Glow Home", 200_000),
        ),
        leaks=(
            Leak("Returns – Glow Skin", "https://docs.google.com/spreadsheets/d/2bQk/edit", "nosy@else.example", 40),
        ),
        rises=(FeeRise("drift_1", "Glow Skin UK", "9.4 %", "14.1 %", 50_000),),
    ),
    "home-reading-history": _home("owner", READING_HISTORY, may=ALL),
    "home-two-tabs-paused": _home("owner", _troubled(TROUBLES[0]), replace(FRESH, trouble=TROUBLES[0]), may=ALL),
    "home-warehouse": _home("warehouse", LIVE, due=DUE, may=WORKING),
    "home-support": _home("support", LIVE, due=(DueCount(DueKind.CANCEL_REQUESTS, 2),), may=WORKING),
    "home-finance": _home("finance", LIVE, may=WORKING),
    "home-accountant": ACCOUNTANT_HOME,
    "home-client": CLIENT_HOME,
    "home-leak-warehouse": _home("warehouse", _troubled(TROUBLES[4]), may=WORKING),
    **{f"home-{trouble.kind}": _home("owner", _troubled(trouble), due=DUE, may=ALL) for trouble in TROUBLES},
    "sheet-live": _status(LIVE),
    "sheet-new": _status(FRESH),
    "sheet-money": replace(
        _status(LIVE, reach=Reach(45 * 86_400, is_settled=True)), keeping=Keeping(""), can_sum_up=True
    ),
    "sheet-filling": _status(FILLING),
    "sheet-reading-history": _status(READING_HISTORY),
    "sheet-stopping": _status(STOPPING),
    "sheet-reaching-back": _status(LIVE, reach=Reach(45 * 86_400)),
    "sheet-archiving": replace(_status(LIVE), keeping=Keeping("60", "Orders archive", 1_204)),
    "sheet-archive": replace(_status(replace(LIVE, tab_name="Orders archive")), keeping=Keeping(live_name="Orders")),
    "sheet-archiving-reader": replace(_status(LIVE, READING), keeping=Keeping("60", "Orders archive", 1)),
    "sheet-failing": FAILING,
    "sheet-as-person": replace(_status(LIVE), writer_name="maya@glowskin.example", consent_day="3 Mar 2026"),
    "sheet-as-viewer": replace(
        _status(LIVE), writer_name="maya@glowskin.example", consent_day="3 Mar 2026", is_own_consent=True
    ),
    "sheet-reports": replace(_status(LIVE), report_count=5),
    "reports": Reports("bind_1", "Orders", REPORTED, 19, may=ALL),
    "reports-missing": Reports("bind_1", "Orders", missing=64, may=ALL),
    "reports-missing-reader": Reports("bind_1", "Orders", missing=1, may=READING),
    "reports-reader": Reports("bind_1", "Orders", (replace(REPORTED[0], name=""), *REPORTED[3:]), 3, may=READING),
    "reports-none": Reports("bind_1", "Orders", may=ALL),
    "history": History(FILE, HISTORY, older="1764000000000000.0000000007-f3", may=ALL),
    "history-failing": History(FILE, FAILED, is_newest=False, is_failing=True, may=ALL),
    "history-empty": History(FILE, ()),
    "where-is": WhereIs("577412936450128731", "577412936450128731", PLACES, may=ALL),
    "where-is-not": WhereIs("577412936450128731", "577412936450128731", STOPPED, may=ALL),
    "where-is-unknown": WhereIs("", "577412936450128799", notes=NOTES, may=ALL),
    "sheet-starting": _status(STARTING),
    "sheet-paused": _status(_troubled(TROUBLES[0])),
    "sheet-leak": _status(_troubled(TROUBLES[4])),
    "sheet-reader": _status(LIVE, READING),
    "confirm-stop": ConfirmStop("bind_1", "Orders", 1_284),
    "sheet-changed": replace(_status(LIVE), changed=CHANGED),
    "sheet-changed-unfit": replace(_status(LIVE), changed=UNFIT),
    "sheet-changed-reader": replace(_status(LIVE, READING), changed=CHANGED),
    "confirm-adopt": ConfirmAdopt(
        "bind_1",
        "4f1c2a9e",
        "Orders",
        "Night shift",
        ("Carrier", "Tracking #"),
        ("Flag",),
        "Status: awaiting shipment; Without samples",
    ),
    "confirm-adopt-columns": ConfirmAdopt(
        "bind_1", "4f1c2a9e", "Orders", "Night shift", tuple(f"Column {number}" for number in range(1, 15))
    ),
}
