"""Examples of a bound file: its home for every role and trouble, binding, status, stopping."""

from collections.abc import Mapping

from cards.actions import TRIGGERS, Action
from cards.home import DueCount, DueKind, Progress, SheetHome, TabLine
from cards.sheet import BindForm, ConfirmBind, ConfirmStop, HistoryLine, SheetStatus, TabChoice
from cards.trouble import Reader, Trouble, TroubleKind

ALL = frozenset(Action) - TRIGGERS
READING = frozenset({Action.SHEET, Action.REFRESH_STATUS, Action.ACCOUNT, Action.HELP})
WORKING = READING | {Action.REFRESH_NOW, Action.ORDERS, Action.ORDER}

ACCOUNT = "Glow Skin Ltd"
FILE = "Fulfilment – Glow Skin"
TAB_URL = "https://docs.google.com/spreadsheets/d/1fGlowSkinFulfilment/edit#gid=402"

LIVE = TabLine("bind_1", "Orders", "SLA Watch List", 1_284, 12)
FRESH = TabLine("bind_2", "Pick list", "3PL pick & ship", 0)
FILLING = TabLine("bind_3", "All orders", "Night shift", 4_810, progress=Progress(4_810, 10_000, 95))
STARTING = TabLine("bind_3", "All orders", "Night shift", 0, progress=Progress(0, 0))

DUE = (DueCount(DueKind.OVERDUE, 1), DueCount(DueKind.TODAY, 4), DueCount(DueKind.TOMORROW, 17))

READERS = (
    Reader("per_1", "ana@oldagency.example", "Not a member of this account"),
    Reader("per_2", "Anyone with the link", "The link is open to everyone"),
)

TROUBLES = (
    Trouble(TroubleKind.PAUSED, "bind_1", name="Maya Lindt", since_s=5_400),
    Trouble(TroubleKind.CONSENT_EXPIRED, "bind_1", "7495660019283746551", "Glow Skin DE", 86_400),
    Trouble(TroubleKind.SHOP_DISCONNECTED, "bind_1", "7495660019283746777", "Glow Pets"),
    Trouble(TroubleKind.WRITER_REMOVED, "bind_1", name="writer-2@rowstream.example", since_s=600),
    Trouble(TroubleKind.LEAK, "bind_1", since_s=40, readers=READERS),
    Trouble(TroubleKind.PROFILE_NOT_ALLOWED, "bind_1", name="3PL pick & ship"),
    Trouble(TroubleKind.TAB_MISSING, "bind_1", name="Orders"),
    Trouble(TroubleKind.KEY_COLUMN_MISSING, "bind_1", name="Order ID"),
    Trouble(TroubleKind.SAME_ORDER_IN_TWO_SHOPS, "bind_1", name="577412936450128731"),
    Trouble(TroubleKind.PROTECTED, "bind_1", name="writer-2@rowstream.example"),
    Trouble(TroubleKind.SHEET_FULL, "bind_1"),
    Trouble(TroubleKind.MANY_ROWS_GONE, "bind_1"),
    Trouble(TroubleKind.UPSTREAM, "bind_1", name="TikTok", since_s=75),
    Trouble(TroubleKind.READERS_UNKNOWN, "bind_1", readers=(Reader("", "People Google does not let us list"),)),
    Trouble(TroubleKind.FILE_GONE, "bind_1"),
    Trouble(TroubleKind.SHARING_BLOCKED, "bind_1"),
    Trouble(TroubleKind.REFUSED, "bind_1", name="A cell would hold more than 50,000 characters."),
)

HISTORY = (
    HistoryLine(12, "4 rows changed, 1 added"),
    HistoryLine(95, "Checked, nothing to change"),
    HistoryLine(640, "Your text in D17 was replaced by the tracking number"),
    HistoryLine(5_400, "Maya Lindt resumed this tab"),
)


def _troubled(trouble: Trouble) -> TabLine:
    return TabLine("bind_1", "Orders", "SLA Watch List", 1_284, trouble.since_s, trouble=trouble)


def _home(role: str, *tabs: TabLine, due: tuple[DueCount, ...] = (), may: frozenset[Action]) -> SheetHome:
    return SheetHome(FILE, ACCOUNT, role, "warehouse", tabs, due, 6 if Action.PEOPLE in may else None, may)


def _status(tab: TabLine, may: frozenset[Action] = ALL) -> SheetStatus:
    return SheetStatus(
        tab, TAB_URL, "warehouse", ("Glow Skin UK", "Glow Skin US"), 540, "writer-2@rowstream.example", HISTORY, may
    )


ACCOUNTANT_HOME = SheetHome(
    "Books 2026",
    ACCOUNT,
    "accountant",
    "accountant",
    (TabLine("bind_7", "Payouts", "Accountant", 9_204, 58),),
    may=WORKING,
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
    "confirm-bind": ConfirmBind("watch-list", "SLA Watch List", "warehouse", "402", "Stock", is_ticking=True),
    "home-owner": _home("owner", LIVE, FRESH, due=DUE, may=ALL),
    "home-quiet": _home("admin", LIVE, due=(DueCount(DueKind.TODAY, 0),), may=ALL),
    "home-busy": _home("warehouse", LIVE, due=(DueCount(DueKind.TODAY, 500, is_more=True),), may=WORKING),
    "home-filling": _home("owner", FILLING, may=ALL),
    "home-warehouse": _home("warehouse", LIVE, due=DUE, may=WORKING),
    "home-support": _home("support", LIVE, due=(DueCount(DueKind.CANCEL_REQUESTS, 2),), may=WORKING),
    "home-finance": _home("finance", LIVE, may=WORKING),
    "home-accountant": ACCOUNTANT_HOME,
    "home-client": CLIENT_HOME,
    "home-leak-warehouse": _home("warehouse", _troubled(TROUBLES[4]), may=WORKING),
    **{f"home-{trouble.kind}": _home("owner", _troubled(trouble), due=DUE, may=ALL) for trouble in TROUBLES},
    "sheet-live": _status(LIVE),
    "sheet-new": _status(FRESH),
    "sheet-filling": _status(FILLING),
    "sheet-starting": _status(STARTING),
    "sheet-paused": _status(_troubled(TROUBLES[0])),
    "sheet-leak": _status(_troubled(TROUBLES[4])),
    "sheet-reader": _status(LIVE, READING),
    "confirm-stop": ConfirmStop("bind_1", "Orders", 1_284),
}
