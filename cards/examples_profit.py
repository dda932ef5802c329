"""Examples of the cards about how a profit came to be, about fees that were checked, and about fees that rose."""

from collections.abc import Mapping

from cards.actions import Action
from cards.auditor import AuditTotal, CheckedRule, FeeAudit, FeeFinding
from cards.fee_drift import DriftSide, FeeDrift, FeeShare
from cards.layout import Pager
from cards.profit_history import Charge, CostEdit, ProfitHistory, ProfitStep, Share, ShareLine, StepTaken
from cards.widgets import Choice

ORDER = "576461413038785752"
STATEMENT, LATER = "7238000000000000001", "7238000000000000009"
UK_PAGE = "Seller University UK, commission: net sales + buyer's shipping + platform discount - refunds"

SALE = (
    ShareLine(Share.REVENUE, "£24.00"),
    ShareLine(Share.TAX, "£4.00"),
    ShareLine(Share.PLATFORM, "£2.66"),
    ShareLine(Share.COGS, "£5.00"),
)
STEPS = (
    StepTaken(
        ProfitStep.COST,
        "21 Nov 2026",
        "-£1.00",
        "-£5.00",
        edits=(
            CostEdit("MUG-BLUE", "£5.00", "£6.00", "maya@bloomthread.example"),
            CostEdit("", "", "£3.20", "maya@bloomthread.example"),
        ),
    ),
    StepTaken(
        ProfitStep.ADJUSTMENT,
        "20 Nov 2026",
        "+£2.00",
        "-£4.00",
        name="Logistics reimbursement",
        statement_id=LATER,
        shares=(
            ShareLine(Share.REVENUE, "£0.00"),
            ShareLine(Share.PLATFORM, "-£2.00"),
            ShareLine(Share.SETTLEMENT, "£2.00"),
        ),
    ),
    StepTaken(
        ProfitStep.REFUND,
        "18 Nov 2026",
        "-£16.00",
        "-£6.00",
        statement_id=LATER,
        shares=(
            ShareLine(Share.REVENUE, "-£24.00"),
            ShareLine(Share.PLATFORM, "-£4.00"),
            ShareLine(Share.SETTLEMENT, "-£20.00"),
        ),
    ),
    StepTaken(
        ProfitStep.SETTLED,
        "9 Nov 2026",
        "-£1.00",
        "£10.00",
        statement_id=STATEMENT,
        shares=(
            ShareLine(Share.REVENUE, "£24.00"),
            ShareLine(Share.PLATFORM, "£5.00"),
            ShareLine(Share.SETTLEMENT, "£19.00"),
        ),
    ),
    StepTaken(ProfitStep.OWN_ESTIMATE, "1 Nov 2026", "-£1.34", "£11.00", shares=SALE),
    StepTaken(
        ProfitStep.FEE_TABLE,
        "1 Nov 2026",
        "£12.34",
        "£12.34",
        shares=SALE,
        charges=(
            Charge("Commission", "£2.16", "£24.00", UK_PAGE),
            Charge("Transaction fee", "£0.50", "£0.00", "Seller University UK, 2025-07: 50 pence per order"),
        ),
    ),
)
COMMISSION = CheckedRule(
    "Commission", "Glow Skin UK", "GBP", UK_PAGE, count=134, fitting=131, over="£4.12", over_count=2, under="£0.40",
    under_count=1,
)  # fmt: skip
PER_ORDER = CheckedRule(
    "Transaction fee", "Glow Skin UK", "GBP", "Seller University UK, 2025-07: 50 pence per order the seller ships",
    count=129, fitting=0, under="£64.50", under_count=129,
)  # fmt: skip
FINDINGS = (
    FeeFinding(
        ORDER, ORDER, "9 Nov 2026", "Commission", "+£2.57", "£5.00", "£2.43", "9 % of £27.00, since 9 Sept 2024",
        STATEMENT,
    ),
    FeeFinding(
        "576461413038785753", "576461413038785753", "8 Nov 2026", "Commission", "+£1.55", "£3.98", "£2.43",
        "9 % of £27.00, since 9 Sept 2024", f"{STATEMENT}, {LATER}",
    ),
    FeeFinding(
        "", "", "8 Nov 2026", "Commission", "-£0.40", "£2.03", "£2.43", "9 % of £27.00, since 9 Sept 2024", STATEMENT,
        is_over=False,
    ),
)  # fmt: skip
DAYS = tuple(Choice(days, f"the last {days} days", days == "90") for days in ("30", "90", "365"))
RISE = FeeDrift(
    "drift_1",
    "Glow Skin UK",
    "GBP",
    before=DriftSide(200, "£5,120.40", "9.4 %"),
    after=DriftSide(200, "£4,980.15", "14.1 %"),
    fees=(
        FeeShare("Voucher programme", "0 %", "3.9 %", "+3.9", is_risen=True),
        FeeShare("Creators' commission", "0.4 %", "1.3 %", "+0.9", is_risen=True),
        FeeShare("Commission", "9 %", "8.9 %", "-0.1"),
    ),
    since="2 Nov 2026",
    may=frozenset({Action.DISMISS_DRIFT, Action.FEE_AUDIT}),
)

PROFIT_EXAMPLES: Mapping[str, object] = {
    "profit-history": ProfitHistory(
        ORDER,
        ORDER,
        "-£5.00",
        STEPS,
        Pager(1, 5, 6, following="5"),
        basis="Settled",
        confidence=100,
        settled_less="-£15.00",
    ),
    "profit-history-missing": ProfitHistory(
        ORDER,
        ORDER,
        "",
        (
            StepTaken(ProfitStep.EXPECTED, shares=(ShareLine(Share.REVENUE, "£24.00"),)),
            StepTaken(ProfitStep.RECENT_RATES, "1 Nov 2026", shares=SALE),
            StepTaken(ProfitStep.NOW),
        ),
        Pager(8, 10, 24, "0", "14"),
        basis="Estimated",
        confidence=20,
        is_missing=True,
        missing=("MUG-BLUE", "MUG-RED"),
    ),
    "fee-audit": FeeAudit(
        DAYS,
        "90",
        totals=(AuditTotal("GBP", "£4.12", "£0.40"), AuditTotal("USD", "", "")),
        rules=(COMMISSION,),
        doubtful=(PER_ORDER,),
        findings=FINDINGS,
        pager=Pager(13, 15, 27, "0", "24"),
        is_walking=True,
        may_export=True,
    ),
    "fee-audit-clean": FeeAudit(
        DAYS, "90", rules=(CheckedRule("Referral fee", "Glow Skin US", "USD", "", count=88, fitting=88),)
    ),
    "fee-audit-empty": FeeAudit(DAYS, "90"),
    "fee-drift": RISE,
    "fee-drift-over": FeeDrift(
        "drift_2",
        "Glow Skin US",
        "USD",
        before=DriftSide(20, "$510.00", "6 %"),
        after=DriftSide(20, "$612.00", "10.2 %"),
        fees=(FeeShare("Referral fee", "6 %", "10.2 %", "+4.2", is_risen=True),),
        is_over=True,
        is_noted=True,
    ),
}
