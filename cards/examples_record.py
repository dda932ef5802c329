"""Examples of the record and of the access review."""

from collections.abc import Mapping
from dataclasses import replace

from cards.actions import Action
from cards.audit_log import AuditLog, FaultKind, LogFault, LogLine, RecordProof
from cards.layout import Pager
from cards.own_roles import OwnRoleLine
from cards.people import DomainOffer, SentInvitation
from cards.review import AccessReview, ApprovedReader, ReviewedPerson
from cards.widgets import Choice

ACCOUNT = "Glow Skin"
ALL = frozenset(Action)
DAY_S = 86_400
SEAL = "9f3ac1d0" * 8

LINES = (
    LogLine("Invited sam@packhouse.example as warehouse", "23 Nov 2026, 10:42", "maya@glowskin.example", "owner"),
    LogLine(
        "Saw the buyer of order 576461413038785752",
        "23 Nov 2026, 09:15",
        "lea@glowskin.example",
        "support",
        "Operations",
    ),
    LogLine(
        "Wrote into Fulfilment – Glow Skin: 120 rows added, 48 rows changed",
        "23 Nov 2026, 03:30",
    ),
    LogLine(
        "Pressed what their role does not allow: stop",
        "22 Nov 2026, 17:01",
        "kim@agency.example",
        "Night shift",
        "Fulfilment – Glow Skin",
    ),
    LogLine("Asked to move the shop Glow Skin UK", "22 Nov 2026, 16:40", "Another account"),
)
WHO = (Choice("", "All", True), Choice("maya@glowskin.example", "maya@glowskin.example"))
WHAT = (Choice("", "All", True), Choice("people", "People and roles"), Choice("refused", "What was refused"))
WHEN = (Choice("", "All", True), Choice("7", "The last 7 days"), Choice("30", "The last 30 days"))
KEEPS = (Choice("always", "For good", True), Choice("365", "For one year"), Choice("90", "For 90 days"))

PEOPLE = (
    ReviewedPerson(
        "mem_2",
        "jon@glowskin.example",
        "admin",
        ("Order numbers", "Products", "Status", "Deadlines", "Shipping", "What buyers paid", "Fees"),
        ("Payouts",),
        "Last here 5 months ago",
        is_idle=True,
        unused=("Connect shops", "Set up sheets", "Buyers' names and addresses"),
    ),
    ReviewedPerson(
        "mem_3",
        "sam@packhouse.example",
        "warehouse",
        ("Order numbers", "Products", "Status", "Deadlines", "Shipping", "Notes and flags"),
        ("Fulfilment – Glow Skin", "Returns desk", "Labels", "Cut-off", "Samples", "Gifts"),
        "Last here 2 hours ago",
    ),
    ReviewedPerson("mem_5", "kim@agency.example", "Night shift", (), (), "Has not been here yet", is_idle=True),
    ReviewedPerson(
        "mem_1",
        "maya@glowskin.example",
        "owner",
        ("Order numbers", "Products", "Status", "What buyers paid", "Fees"),
        (),
        "Last here 1 minute ago",
        is_confirmed=True,
        is_you=True,
    ),
)

RECORD_EXAMPLES: Mapping[str, object] = {
    "audit-log": AuditLog(ACCOUNT, LINES, WHO, WHAT, WHEN, older="1.4", keeps=KEEPS, may=ALL),
    "audit-log-asked": AuditLog(
        ACCOUNT,
        LINES[:1],
        WHO,
        (Choice("", "All"), replace(WHAT[1], selected=True), WHAT[2]),
        (Choice("", "All"), replace(WHEN[1], selected=True), WHEN[2]),
        {"group": "people", "period": "7"},
        is_newest=False,
        kept="Kept: For one year",
        may=ALL - {Action.KEEP_LOG},
    ),
    "audit-log-nothing": AuditLog(ACCOUNT, (), WHO, WHAT, WHEN, {"group": "refused"}, may=ALL),
    "record-whole": RecordProof(ACCOUNT, 1_204, "3 Mar 2026", f"1204:{SEAL}"),
    "record-broken": RecordProof(
        ACCOUNT,
        1_204,
        "3 Mar 2026",
        faults=(LogFault(FaultKind.CHANGED, 812), LogFault(FaultKind.GAP, 813), LogFault(FaultKind.END, 1_203)),
    ),
    "record-not-as-kept": RecordProof(
        ACCOUNT, 1_204, "3 Mar 2026", faults=(LogFault(FaultKind.KEPT, 700),), typed=f"700:{SEAL}"
    ),
    "record-odd-line": RecordProof(
        ACCOUNT,
        1,
        "3 Mar 2026",
        f"1:{SEAL}",
        typed="700",
        error="Paste the whole line that you kept: a number, a colon and 64 letters.",
    ),
    "access-review": AccessReview(
        ACCOUNT,
        PEOPLE,
        Pager(1, 4, 4),
        3,
        "Due since 12 Nov 2026",
        is_due=True,
        invitations=(SentInvitation("inv_1", "lea@tallybooks.example", "accountant", 5 * DAY_S),),
        offers=(DomainOffer("inv_2", "packhouse.example", "warehouse", 200 * DAY_S, ("sam@packhouse.example",)),),
        readers=(
            ApprovedReader("file_1", "Payouts", "r1", "The group finance@glowskin.example", "Approved 3 months ago"),
            ApprovedReader("file_1", "Payouts", "r2", ""),
        ),
        roles=(OwnRoleLine("r1", "Night shift", "warehouse", 1),),
        may=ALL,
    ),
    "access-review-reader": AccessReview(
        ACCOUNT,
        PEOPLE[3:],
        Pager(9, 9, 9, "0"),
        0,
        "Next due on 23 Feb 2027",
        may=frozenset({Action.ACCESS_REVIEW, Action.AUDIT_LOG}),
    ),
}
