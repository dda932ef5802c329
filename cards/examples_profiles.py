"""Examples of profiles: choosing one, its first rows, its columns and its filter."""

from collections.abc import Mapping

from cards.actions import TRIGGERS, Action
from cards.columns import ColumnDetail, ColumnLine, ColumnsEditor
from cards.examples_sheet import CHANGED, UNFIT
from cards.filters import FilterForm
from cards.layout import Pager
from cards.order import Field
from cards.preview import Preview
from cards.profiles import ChooseProfile, ProfileLine
from cards.widgets import Choice

ALL = frozenset(Action) - TRIGGERS
ACCOUNT = "Glow Skin Ltd"

PRESETS = (
    ProfileLine("watch-list", "SLA Watch List", "What must leave the warehouse next, line by line.", 13, "warehouse"),
    ProfileLine(
        "pick-ship",
        "3PL pick & ship",
        "The watch list with names and addresses.",
        17,
        "warehouse",
        "Buyer data is closed for the warehouse. An owner can open it under People.",
    ),
    ProfileLine("client", "Agency client", "Progress of orders, sanitised for a client.", 6, "client"),
    ProfileLine("accountant", "Accountant", "Revenue per order, no buyer data.", 12, "accountant"),
)

CHOSEN = (
    ("order_id", "Order ID", "Identity"),
    ("seller_sku", "SKU", "Items"),
    ("qty", "Qty", "Items"),
    ("provider", "Carrier", "Fulfilment"),
    ("tracking", "Tracking #", "Fulfilment"),
    ("sla_due", "Ship before", "Deadlines"),
    ("sla_left", "Time left", "Deadlines"),
)

AVAILABLE = (
    Choice("status", "Status: Status"),
    Choice("warehouse", "Fulfilment: Warehouse"),
    Choice("note", "Notes: Note"),
    Choice("flag", "Notes: Flag"),
)


def _watch_row(order: str, sku: str, qty: str, left: str) -> tuple[Field, ...]:
    return (
        Field("Order ID", order),
        Field("SKU", sku),
        Field("Items", f"{qty} × {sku}"),
        Field("Qty", qty),
        Field("Carrier", "Evri"),
        Field("Tracking #", ""),
        Field("Clock", "Upload tracking"),
        Field("Due", "24 Nov 2026, 23:59"),
        Field("Time left", left),
        Field("Urgency", "Today"),
    )


WATCH_ROWS = (
    _watch_row("577412936450128731", "SERUM-30", "2", "9 h"),
    _watch_row("577412936450130022", "MASK-5PK", "1", "14 h"),
    _watch_row("577412936450131984", "SPF50-TRAVEL", "3", "1 day"),
)

PROFILE_EXAMPLES: Mapping[str, object] = {
    "choose-profile": ChooseProfile(
        ACCOUNT,
        PRESETS,
        (ProfileLine("prof_9", "Night shift", "To ship before 6 in the morning.", 9, "warehouse"),),
        ALL,
    ),
    "preview-preset": Preview(
        "watch-list",
        "SLA Watch List",
        "warehouse",
        "one row per line",
        "To ship, ours",
        13,
        61,
        100,
        WATCH_ROWS,
        may=ALL,
    ),
    "preview-saved": Preview(
        "prof_9",
        "Night shift",
        "warehouse",
        "one row per order",
        "To ship",
        9,
        1,
        7,
        WATCH_ROWS[:1],
        is_all=True,
        is_preset=False,
        may=ALL,
    ),
    "preview-behind": Preview(
        "prof_9",
        "Night shift",
        "warehouse",
        "one row per order",
        "To ship",
        9,
        1,
        7,
        WATCH_ROWS[:1],
        is_all=True,
        is_preset=False,
        behind=(CHANGED, UNFIT),
        may=ALL,
    ),
    "preview-settled": Preview(
        "preset:accountant",
        "Accountant",
        "accountant",
        "one row per settled transaction",
        "All settled transactions",
        30,
        0,
        0,
        is_settled=True,
        may=ALL,
    ),
    "preview-empty": Preview("client", "Agency client", "client", "one row per order", "All orders", 6, 0, 0, may=ALL),
    "preview-loading": Preview(
        "client", "Agency client", "client", "one row per order", "All orders", 6, 0, 0, is_loading=True, may=ALL
    ),
    "preview-refused": Preview(
        "pick-ship",
        "3PL pick & ship",
        "warehouse",
        "one row per line",
        "To ship",
        17,
        0,
        0,
        reason=PRESETS[1].reason,
        may=ALL,
    ),
    "edit-columns": ColumnsEditor(
        "dr_5",
        "Night shift",
        tuple(ColumnLine(key, header, group, at) for at, (key, header, group) in enumerate(CHOSEN, 1)),
        Pager(1, 7, 7),
        AVAILABLE,
        "warehouse",
        ("owner", "admin", "warehouse", "support"),
        ("Orders",),
    ),
    "edit-columns-error": ColumnsEditor(
        "dr_5",
        "Night shift",
        (ColumnLine("order_id", "Order ID", "Identity", 31),),
        Pager(31, 31, 31, previous="1"),
        error="Order total is not for the warehouse: it shows revenue.",
        name_error="This name is taken.",
    ),
    "column": ColumnDetail(
        "dr_5",
        "sla_due",
        "Ship before",
        "Due",
        "Deadlines",
        "When the running clock of the order ends.",
        "24 Nov 2026, 23:59",
        6,
        7,
    ),
    "column-key-error": ColumnDetail(
        "dr_5",
        "order_id",
        "Order ID",
        "Order ID",
        "Identity",
        "TikTok's number of the order, as text.",
        "577412936450128731",
        1,
        7,
        is_key=True,
        error="Another column has this header.",
    ),
    "edit-filter": FilterForm(
        "dr_5",
        "Night shift",
        (Choice("AWAITING_SHIPMENT", "To ship", selected=True), Choice("AWAITING_COLLECTION", "Awaiting collection")),
        (Choice("", "Anything"), Choice("today", "Due today", selected=True)),
        (Choice("7495837462518203941", "Glow Skin UK", selected=True), Choice("7495112908374650028", "Glow Skin US")),
        tuple(Choice(f"wh_{n}", f"Warehouse {n}") for n in range(1, 11)),
        sku="SERUM-30, MASK-5PK",
        from_day_ms=1_793_491_200_000,
    ),
    "edit-filter-settled": FilterForm(
        "dr_7",
        "My accountant",
        shops=(
            Choice("7495837462518203941", "Glow Skin UK", selected=True),
            Choice("7495112908374650028", "Glow Skin US"),
        ),
        has_sku=False,
        from_day_ms=1_793_491_200_000,
        is_settled=True,
    ),
    "edit-filter-error": FilterForm(
        "dr_5",
        "Night shift",
        sku="SERUM-30; MASK",
        sku_error="Separate SKUs with commas.",
        from_day_ms=1_793_491_200_000,
        to_day_ms=1_793_404_800_000,
        day_error="The last day is before the first.",
    ),
}
