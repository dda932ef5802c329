"""Examples of the finance desk: empty, not allowed, incomplete, differing, tying, several shops, many pages."""

from collections.abc import Mapping
from dataclasses import replace

from cards.actions import Action
from cards.desk import Coverage, Desk, Fresh, ShopBrief, ShopWhole
from cards.desk_money import Earned, PoolLine
from cards.desk_statement import Amount, OddLine, StatementDetail
from cards.desk_tie import (
    Difference,
    PayoutLine,
    StatementLine,
    Step,
    Tie,
    TieOut,
    Verdict,
)
from cards.layout import Pager
from cards.widgets import Choice

ACCOUNT = "Glow Skin Ltd"
ALL = frozenset(Action)
DAYS = "1 Oct 2026 to 31 Oct 2026"
MIDNIGHT_MS = 1_790_812_800_000  # 1 October 2026
DAY_MS = 86_400_000

SPANS = (
    Choice("this-month", "This month"),
    Choice("last-month", "Last month", True),
    Choice("last-14", "The last 14 days"),
    Choice("last-30", "The last 30 days"),
    Choice("own", "From one day to another"),
)
OWN = tuple(replace(each, selected=each.value == "own") for each in SPANS)
SHOPS = (
    Choice("", "All shops, each for itself", True),
    Choice("s-uk", "Glow Skin UK"),
    Choice("s-us", "Glow Skin US"),
    Choice("s-vn", "Glow Skin VN"),
)
TIES = Tie("GBP", Verdict.TIES, 31, "£0.00", "£8,412.55", "£8,362.55", "-£50.00")
TIES_US = Tie("USD", Verdict.UNPAID, 31, "$0.00", "$21,004.10", "$21,004.10")
TIES_VN = Tie("VND", Verdict.TIES, 30, "₫0", "₫84,120,000", "₫84,120,000", has_payouts=False)
INCOMPLETE = replace(TIES, verdict=Verdict.INCOMPLETE, statements=23, incomplete=2, waiting=9, large=1)
OFF = Difference(Step.PAYOUT, "3458764513820541952", "£412.10", "£412.00", "£0.10")
DIFFERS = replace(TIES, verdict=Verdict.DIFFERS, residual="£0.10")
TAX, PLATFORM, MARKETING = PoolLine("£12.00", 1), PoolLine("£982.10", 96), PoolLine("£1,104.20", 108)
EARNED = Earned(
    "GBP",
    "£10,240.00",
    TAX,
    PLATFORM,
    MARKETING,
    "£8,141.70",
    cogs=PoolLine("£3,310.00", 323),
    left=472,
    open_settlement="£1,204.00",
    net="£4,831.70",
    open_net="£702.15",
    profits=396,
    costless=4,
    unknown=1,
)
WITHOUT_COSTS = Earned(
    "GBP",
    "£10,240.00",
    TAX,
    PLATFORM,
    MARKETING,
    "£8,141.70",
    left=795,
    open_settlement="£1,204.00",
    unreadable=1,
)
READ = Fresh(720)
UK = ShopBrief(
    "s-uk",
    "Glow Skin UK",
    "GB",
    DAYS,
    "Europe/London",
    Coverage(312, 400, extras=9, idle=14, is_young=True),
    READ,
    TIES,
    "2026-10-01",
    "2026-10-31",
)
US = ShopBrief("s-us", "Glow Skin US", "US", DAYS, "America/Los_Angeles", Coverage(120, 120), Fresh(30), TIES_US)
VN = ShopBrief(
    "s-vn",
    "Glow Skin VN",
    "VN",
    DAYS,
    "Asia/Ho_Chi_Minh",
    Coverage(12, 30, days_left=11),
    Fresh(None, is_reading=True),
    replace(TIES_VN, verdict=Verdict.INCOMPLETE, waiting=4),
)
REFUSED = Fresh(
    None,
    trouble="TikTok Shop does not let us see this shop's finances. Connect the shop again and allow finance.",
    is_refused=True,
)
ASKED = {"span": "last-month", "shop": "s-uk"}


def _desk(brief: ShopBrief, *earned: Earned, ties: tuple[Tie, ...] = (TIES,), undated: tuple[str, ...] = ()) -> Desk:
    return Desk(ACCOUNT, SPANS, whole=ShopWhole(brief, ties, earned, undated), asked=ASKED, may=ALL)


def _statement(number: int, verdict: Verdict = Verdict.TIES, *, paid: str = "Paid 31 Oct 2026") -> StatementLine:
    return StatementLine(
        statement_id=f"34587645138205{number:04d}",
        day=f"{31 - number} Oct 2026",
        settlement=f"£{270 + number}.40",
        verdict=verdict,
        paid=paid,
    )


STATEMENTS = (
    _statement(0, paid="Not paid yet"),
    _statement(1, Verdict.INCOMPLETE, paid=""),
    _statement(2, Verdict.DIFFERS),
    replace(_statement(3), has_odd=True),
    *(_statement(number) for number in range(4, 12)),
)
PAYOUTS = (
    PayoutLine("", "£270.40", 1, Verdict.UNPAID),
    PayoutLine("3458764513820541952", "£1,912.10", 7, Verdict.TIES, "£1,912.10 paid 31 Oct 2026"),
    PayoutLine("3458764513820541951", "£1,804.00", 7, Verdict.UNPAID, "£1,804.00", "On its way"),
    PayoutLine(
        "3458764513820541950",
        "£1,730.00",
        7,
        Verdict.TIES,
        "$2,197.10 paid 17 Oct 2026 at 1 GBP = 1.27 USD",
    ),
    PayoutLine("3458764513820541949", "£412.00", 3, Verdict.DIFFERS, "£412.10 paid 10 Oct 2026"),
)
AMOUNTS = (
    Amount("Revenue", "£340.00"),
    Amount("TikTok's fees", "-£30.60"),
    Amount("Creators and partners", "-£34.00"),
    Amount("Unexplained", "-£1.20"),
    Amount("Settlement", "£274.20", is_total=True),
    Amount("Held back (minus) or released", "-£5.00"),
    Amount("Payable", "£269.20", is_total=True),
)
DETAIL = StatementDetail(
    "s-uk",
    "Glow Skin UK",
    "345876451382050004",
    "27 Oct 2026",
    Verdict.TIES,
    lines=18,
    total=18,
    amounts=AMOUNTS,
    payout=PAYOUTS[1],
)
ENTRY_OFF = Difference(Step.ENTRIES, "345876451382050004", "£274.30", "£274.20", "£0.10")

DESK_EXAMPLES: Mapping[str, object] = {
    "desk": _desk(UK, EARNED),
    "desk-without-costs": _desk(UK, WITHOUT_COSTS),
    "desk-differs": _desk(replace(UK, coverage=Coverage(400, 400)), EARNED, ties=(DIFFERS,)),
    "desk-incomplete": _desk(replace(UK, fresh=Fresh(5, is_reading=True)), EARNED, ties=(INCOMPLETE,)),
    "desk-currencies": _desk(UK, EARNED, replace(EARNED, currency="USD"), ties=(TIES, TIES_US)),
    "desk-empty": _desk(replace(UK, coverage=Coverage(idle=2)), ties=(), undated=("34587645138205",)),
    "desk-too-many": _desk(replace(UK, coverage=Coverage(is_too_many=True))),
    "desk-not-allowed": _desk(replace(UK, coverage=Coverage(0, 12), fresh=REFUSED), ties=()),
    "desk-gone": _desk(replace(UK, fresh=Fresh(90 * 86_400, is_gone=True)), EARNED),
    "desk-shops": Desk(ACCOUNT, SPANS, (UK, US, VN), None, SHOPS, {"span": "last-month"}, may=ALL),
    "desk-own-days": Desk(
        ACCOUNT,
        OWN,
        (),
        ShopWhole(UK, (TIES,), (EARNED,)),
        SHOPS,
        {"span": "own", "first": "2026-10-01", "last": "2026-10-31"},
        MIDNIGHT_MS,
        MIDNIGHT_MS + 30 * DAY_MS,
        may=ALL,
    ),
    "desk-own-days-error": Desk(
        ACCOUNT,
        OWN,
        shops=SHOPS,
        asked={"span": "own"},
        first_ms=MIDNIGHT_MS,
        error="Choose the last day.",
        may=ALL,
    ),
    "desk-nothing-connected": Desk(ACCOUNT, SPANS, may=ALL),
    "tie-out": TieOut("Glow Skin UK", DAYS, TIES, Pager(1, 12, 31, following="12"), STATEMENTS, asked=ASKED, may=ALL),
    "tie-out-differs": TieOut(
        "Glow Skin UK",
        DAYS,
        DIFFERS,
        Pager(1, 2, 2),
        STATEMENTS[:2],
        differences=(OFF,),
        unexplained="£1.20",
        unknown=("moon fee", "green levy"),
        asked=ASKED,
        may=ALL,
    ),
    "tie-out-cancels": TieOut(
        "Glow Skin UK",
        DAYS,
        replace(DIFFERS, residual="£0.00", cancels=True),
        Pager(1, 2, 2),
        STATEMENTS[:2],
        differences=(OFF, replace(ENTRY_OFF, amount="-£0.10")),
        asked=ASKED,
        may=ALL,
    ),
    "tie-out-payouts": TieOut("Glow Skin UK", DAYS, TIES, Pager(1, 5, 5), payouts=PAYOUTS, asked=ASKED, may=ALL),
    "tie-out-no-payouts": TieOut(
        "Glow Skin VN", DAYS, TIES_VN, Pager(13, 24, 30, "0", "24"), STATEMENTS, asked=ASKED, may=ALL
    ),
    "statement": DETAIL,
    "statement-odd": replace(
        DETAIL,
        unexplained="£1.20",
        odd=(OddLine("Order 576461413038785752", "£0.80"), OddLine("Platform penalty", "£0.40")),
        unknown=("moon fee",),
        payout=PAYOUTS[3],
    ),
    "statement-differs": replace(DETAIL, verdict=Verdict.DIFFERS, differences=(ENTRY_OFF,), payout=None),
    "statement-incomplete": replace(
        DETAIL, verdict=Verdict.INCOMPLETE, lines=40, total=120, amounts=(), payout=PAYOUTS[2]
    ),
    "statement-large": replace(DETAIL, verdict=Verdict.INCOMPLETE, lines=48_211, amounts=(), is_large=True),
    "statement-no-payouts": replace(DETAIL, day="", shop_name="Glow Skin VN", payout=None, has_payouts=False),
}
