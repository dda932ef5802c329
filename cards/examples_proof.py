"""Examples of the card that shows what a file was found to show."""

from collections.abc import Mapping

from cards.actions import TRIGGERS, Action
from cards.proof import Found, Past, Proof, Running, Unread, Verdict

ALL = frozenset(Action) - TRIGGERS
FILE = "Fulfilment – Glow Skin"
CELL = "https://docs.google.com/spreadsheets/d/1fGlowSkinFulfilment/edit#gid=402&range={}"
BEFORE = (
    Past("pr_2", Verdict.UNREAD, 86_400),
    Past("pr_1", Verdict.RED, 604_800),
)

EVERYTHING = (
    Found("value", "Recipient", "SLA Watch List", "H14", "note", "", 1, "pa", "000011", CELL.format("H14")),
    Found("value", "Address", "Scratch", "C7, C8", "cell", "tab", 2, "1c", "000012", CELL.format("C7")),
    Found("value", "Phone", "", "", "metadata", "", 1, "70", "000011"),
    Found("value", "Recipient", "Tab 3", "", "title", "", 1, "gr", "000013", CELL.format("A1")),
    Found("beside", "Revenue", "SLA Watch List", "M2, M3, M4", "cell", "column", 812, "", "000014", CELL.format("M2")),
    Found("heading", "Unit cost", "SLA Watch List", "N1", "cell", "", 1, url=CELL.format("N1")),
    Found("told", "Profit"),
    Found("reader", "link", begins="anyone with the link"),
)

PROOF_EXAMPLES: Mapping[str, object] = {
    "proof": Proof(
        FILE,
        "warehouse",
        "pr_3",
        Verdict.RED,
        ago_s=40,
        tabs=4,
        rows=10_240,
        orders=9_871,
        found=EVERYTHING,
        unread=(Unread("import", "SLA Watch List", "P2", CELL.format("P2")), Unread("no-answer")),
        past=BEFORE,
        may=ALL,
    ),
    "proof-clean": Proof(
        FILE, "warehouse", "pr_3", Verdict.GREEN, ago_s=40, tabs=2, rows=1_204, orders=981, past=BEFORE, may=ALL
    ),
    "proof-unread": Proof(
        FILE,
        "Night shift",
        "pr_3",
        Verdict.UNREAD,
        ago_s=400,
        tabs=2,
        rows=1_204,
        orders=981,
        unread=(
            Unread("import", "SLA Watch List", "P2", CELL.format("P2")),
            Unread("keys", "Archive", "A40", CELL.format("A40")),
            Unread("unlisted"),
        ),
        may=ALL,
    ),
    "proof-running": Proof(
        FILE, "warehouse", "pr_2", Verdict.GREEN, ago_s=86_400, tabs=2, rows=900, orders=871,
        running=Running(4_000, 10_240), may=ALL,
    ),
    "proof-none": Proof(FILE, "warehouse", may=ALL),
    "proof-begins": Proof(FILE, "warehouse", running=Running(), may=ALL),
    "proof-changed": Proof(FILE, "warehouse", "pr_3", Verdict.CHANGED, ago_s=90, past=BEFORE, may=ALL),
}  # fmt: skip
