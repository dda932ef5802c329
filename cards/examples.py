"""An example view of every screen in every state: what tests check and the local world's gallery draws.

One invented business throughout, so that the gallery reads as a story. Nothing here is used by the service itself.
"""

from collections.abc import Mapping

from cards.account import ConfirmSignOut, Help, SignedOut
from cards.actions import TRIGGERS, Action, Press
from cards.connect import ConnectDone, ConnectExpired, ConnectStart, ConnectWaiting
from cards.earned import Earned, Part
from cards.examples_costs import COST_EXAMPLES
from cards.examples_desk import DESK_EXAMPLES
from cards.examples_leaving import LEAVING_EXAMPLES
from cards.examples_money import MONEY_EXAMPLES
from cards.examples_people import ACCOUNT_EXAMPLES, PEOPLE_EXAMPLES
from cards.examples_privacy import LEFT, PRIVACY_EXAMPLES
from cards.examples_profiles import PROFILE_EXAMPLES
from cards.examples_profit import PROFIT_EXAMPLES
from cards.examples_proof import PROOF_EXAMPLES
from cards.examples_record import RECORD_EXAMPLES
from cards.examples_sharing import SHARING_EXAMPLES
from cards.examples_sheet import SHEET_EXAMPLES
from cards.layout import Pager
from cards.news import Leak
from cards.order import Field, FieldGroup, Note, OrderDetail
from cards.orders import OrderLine, Orders, Urgency
from cards.problem import NotPermitted, ProblemView
from cards.shops import ConfirmDisconnect, ShopLine, Shops, ShopState
from cards.welcome import (
    AllowFile,
    AllowFileHelp,
    ConfirmCode,
    CopiedFile,
    FirstRun,
    InvitationLine,
    Invitations,
    SheetLine,
    Stranger,
    UnboundFile,
)
from cards.widgets import Choice

ALL = frozenset(Action) - TRIGGERS
ACCOUNT = "Glow Skin Ltd"
START_URL = "/connect/start/4fQx7mZk2b"
DAY_S = 86_400

SHOP_UK = ShopLine("7495837462518203941", "Glow Skin UK", "GB", ShopState.LIVE, 41, 211 * DAY_S)
SHOP_US = ShopLine("7495112908374650028", "Glow Skin US", "US", ShopState.LOADING, 8, 364 * DAY_S)
SHOP_EXPIRED = ShopLine("7495660019283746551", "Glow Skin DE", "DE", ShopState.EXPIRED, 3 * DAY_S)
SHOP_GONE = ShopLine("7495660019283746777", "Glow Pets", "GB", ShopState.DISCONNECTED, 90 * DAY_S)

SHEETS = (
    SheetLine(
        "Fulfilment – Glow Skin", "https://docs.google.com/spreadsheets/d/1fGlowSkinFulfilment/edit", ACCOUNT, 12
    ),
    SheetLine("Client view – Nordic Beauty", "https://docs.google.com/spreadsheets/d/1cNordicBeauty/edit", ACCOUNT, 47),
    SheetLine("Returns desk", "https://docs.google.com/spreadsheets/d/1rReturnsDesk/edit", ACCOUNT),
)

WELCOME_EXAMPLES: Mapping[str, object] = {
    "allow-file": AllowFile(),
    "allow-file-with-sheets": AllowFile(SHEETS[:2]),
    "allow-file-help": AllowFileHelp(),
    "first-run": FirstRun("maya@glowskin.example"),
    "first-run-error": FirstRun("maya@glowskin.example", error="Enter the name of your business."),
    "new-account": FirstRun("maya@glowskin.example", "Glow Pets", is_first=False),
    "invitations": Invitations((InvitationLine("inv_31", ACCOUNT, "warehouse", 6 * DAY_S),)),
    "invitations-two": Invitations(
        (
            InvitationLine("inv_31", ACCOUNT, "warehouse", 6 * DAY_S),
            InvitationLine("inv_77", "Nordic Beauty", "admin", 7_200),
        )
    ),
    "confirm-code": ConfirmCode("inv_31", ACCOUNT, "sam@packhouse.example"),
    "confirm-code-error": ConfirmCode("inv_31", ACCOUNT, "sam@packhouse.example", "This code is not right."),
    "unbound-no-shop": UnboundFile("Untitled spreadsheet", ACCOUNT, "owner", may=ALL),
    "unbound-with-shop": UnboundFile(
        "Fulfilment – Glow Skin", ACCOUNT, "owner", (SHOP_UK, SHOP_US), SHEETS, account_count=2, may=ALL
    ),
    "unbound-leak": UnboundFile(
        "My notes",
        ACCOUNT,
        "owner",
        (SHOP_UK,),
        leaks=(Leak("Returns", "https://docs.google.com/spreadsheets/d/2bQk/edit", "Anyone with the link", 3_700),),
        may=ALL,
    ),
    "unbound-warehouse": UnboundFile("My notes", ACCOUNT, "warehouse", sheets=SHEETS[:1]),
    "unbound-invited": UnboundFile(
        "Stock",
        ACCOUNT,
        "owner",
        (SHOP_UK,),
        invitations=(InvitationLine("inv_77", "Nordic Beauty", "admin", 7_200),),
        may=ALL,
    ),
    "copied-file": CopiedFile(ALL),
    "copied-file-reader": CopiedFile(),
    "stranger": Stranger(),
}

SHOP_EXAMPLES: Mapping[str, object] = {
    "connect-start": ConnectStart(START_URL, ACCOUNT),
    "connect-renew": ConnectStart(START_URL, ACCOUNT, "Glow Skin DE"),
    "connect-waiting": ConnectWaiting(START_URL, ACCOUNT, 540),
    "connect-done": ConnectDone(ACCOUNT, (SHOP_UK, SHOP_US), may=ALL),
    "connect-renewed": ConnectDone(ACCOUNT, (SHOP_UK,), is_bound=True, may=ALL),
    "connect-expired": ConnectExpired(),
    "connect-refused": ConnectExpired(is_refused=True),
    "shops": Shops(ACCOUNT, (SHOP_UK, SHOP_US, SHOP_EXPIRED, SHOP_GONE), ALL),
    "shops-none": Shops(ACCOUNT, (), ALL),
    "shops-reader": Shops(ACCOUNT, (SHOP_UK,)),
    "shops-left": Shops(ACCOUNT, (SHOP_GONE,), ALL, LEFT),
    "confirm-disconnect-shop-choice": ConfirmDisconnect(SHOP_UK.shop_id, SHOP_UK.name, ("Orders",), days=7),
    "confirm-disconnect-shop": ConfirmDisconnect(SHOP_UK.shop_id, SHOP_UK.name, ("Orders", "Client view")),
}

ORDER_LINES = (
    OrderLine("577412936450128731", "577412936450128731", "To ship", "2 × SERUM-30", "Overdue by 2 h", Urgency.LATE),
    OrderLine("577412936450130022", "577412936450130022", "To ship", "1 × MASK-5PK", "9 h left", Urgency.SOON),
    OrderLine("577412936450131984", "577412936450131984", "In transit", "3 × SPF50-TRAVEL, 1 × SERUM-30"),
)

STATUSES = (Choice("AWAITING_SHIPMENT", "To ship", selected=True), Choice("IN_TRANSIT", "In transit"))

_PARTS = (
    Part("Revenue", "£24.00"),
    Part("Tax", "£4.00"),
    Part("Platform fees", "£2.66"),
    Part("Marketing", "£4.80"),
)

ORDER_EXAMPLES: Mapping[str, object] = {
    "orders": Orders(
        "Orders due",
        ORDER_LINES,
        Pager(26, 28, 1284, "p1", "p3"),
        "To ship, oldest deadline first",
        "q_7c1",
        hint="Order, tracking or SKU, several if you like",
        statuses=STATUSES,
        shops=(Choice("uk", "Glow Skin UK"), Choice("us", "Glow Skin US")),
    ),
    "orders-empty": Orders(
        "Orders due", (), Pager(0, 0, 0), search="577412936450128", error="No order has this number."
    ),
    "orders-many": Orders("Orders", ORDER_LINES, Pager(21, 23, 1000, "p1", "p3", is_more=True), "All orders"),
    "orders-masked": Orders(
        "Orders", (OrderLine("k_9f2c61", "…128731", "Delivered", "2 × Vitamin C serum"),), Pager(1, 1, 1)
    ),
    "order": OrderDetail(
        "577412936450128731",
        "577412936450128731",
        "To ship",
        (
            FieldGroup(
                "Deadlines",
                (Field("Clock", "Upload tracking"), Field("Due", "24 Nov 2026, 23:59"), Field("Time left", "9 h")),
            ),
            FieldGroup(
                "Items", (Field("SKU", "SERUM-30"), Field("Product", "Vitamin C serum 30 ml"), Field("Qty", "2"))
            ),
            FieldGroup(
                "Fulfilment", (Field("Carrier", "Evri"), Field("Tracking #", "–"), Field("Warehouse", "Leeds 1"))
            ),
        ),
        Note(
            "Second parcel follows on Tuesday.",
            (Choice("", "No flag", selected=True), Choice("red", "Red: call the buyer")),
            "Your own team",
            is_shared=False,
        ),
        order_url="https://seller-uk.tiktok.com/order/detail?order_no=577412936450128731",
        is_file_bound=True,
        has_profit_history=True,
    ),
    "order-note-error": OrderDetail(
        "577412936450130022",
        "577412936450130022",
        "In transit",
        (FieldGroup("Items", (Field("SKU", "MASK-5PK"),)),),
        Note("", error="A note has at most 500 characters."),
    ),
    "order-earned": OrderDetail(
        "577412936450128731",
        "577412936450128731",
        "Completed",
        (FieldGroup("Items", (Field("SKU", "SERUM-30"),)), FieldGroup("Fees", (Field("Transaction fee", "£0.50"),))),
        earned=Earned(
            "settled",
            "£4.54",
            "22.7%",
            "100",
            (*_PARTS, Part("COGS", "£8.00"), Part("Estimated profit", "£4.70"), Part("Est→settled", "-£0.16")),
        ),
    ),
    "order-cost-missing": OrderDetail(
        "577412936450130022",
        "577412936450130022",
        "In transit",
        (FieldGroup("Items", (Field("SKU", "MASK-5PK"),)),),
        earned=Earned(
            "partial", "—", "", "60", (*_PARTS, Part("COGS", "—")), is_cost_missing=True, may_state_costs=True
        ),
    ),
    "order-read-only": OrderDetail(
        "k_9f2c61", "…128731", "Delivered", (FieldGroup("Status", (Field("Delivered", "21 Nov 2026"),)),)
    ),
}

OWN_EXAMPLES: Mapping[str, object] = {
    **ACCOUNT_EXAMPLES,
    "sign-out": ConfirmSignOut("maya@glowskin.example"),
    "sign-out-with-files": ConfirmSignOut("maya@glowskin.example", ("Returns desk",)),
    "signed-out": SignedOut(),
    "help": Help("help@rowstream.example"),
    "problem": ProblemView(
        "TikTok did not answer in time.",
        "RS-7F3K2",
        "Rows already in your sheet stay, and new orders are fetched when TikTok answers again.",
        Press(Action.REFRESH_STATUS, {"binding_id": "bind_1"}),
        Press(Action.SHEET, {"binding_id": "bind_1"}),
    ),
    "problem-bare": ProblemView("Something went wrong on our side. Try again in a minute.", "RS-01ABC"),
    "not-permitted": NotPermitted(
        "Connecting a shop is not part of your role.", "RS-9QX4D", "warehouse", ("owner", "admin")
    ),
    "scopes-missing": ProblemView(
        "Google has not given us access to this sheet.", "RS-4TT0P", fix=Press(Action.ALLOW_FILE)
    ),
}

#: Every screen in every state, in the order of the story.
EXAMPLES: Mapping[str, object] = {
    **WELCOME_EXAMPLES,
    **SHOP_EXAMPLES,
    **PRIVACY_EXAMPLES,
    **MONEY_EXAMPLES,
    **PROFIT_EXAMPLES,
    **COST_EXAMPLES,
    **DESK_EXAMPLES,
    **PROFILE_EXAMPLES,
    **SHEET_EXAMPLES,
    **SHARING_EXAMPLES,
    **PROOF_EXAMPLES,
    **ORDER_EXAMPLES,
    **PEOPLE_EXAMPLES,
    **RECORD_EXAMPLES,
    **OWN_EXAMPLES,
    **LEAVING_EXAMPLES,
}
