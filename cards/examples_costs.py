"""Examples of the cards about costs."""

from collections.abc import Mapping

from cards.cost_faults import FAULTS, CostReport, FaultLine
from cards.costs import ALWAYS, SENDING, CostForm, Costs, SendingLine, SkuLine, StatedCost
from cards.layout import Pager

SHOP = "shop_1"
VASE = SkuLine(SHOP, "1729001000000005001", "Bud Vase, Reactive Glaze · Celadon", "VASE-CEL", orders=41)
PART = SkuLine(SHOP, "1729001000000007001", "", "", orders=1)
TOTE = SkuLine("shop_2", "1729001000000007002", "Market Tote · Charcoal", "TOTE-CHA", orders=7, shop_name="Bloom US")

COST_EXAMPLES: Mapping[str, object] = {
    "costs-waiting": Costs(
        "24 Oct 2026",
        sold=20,
        missing=(VASE, TOTE, PART),
        pager=Pager(1, 3, 14, following="2"),
        is_cut=True,
        sending=(SendingLine(SHOP, "Bloom UK", "£3.20 from 1 Mar 2026"), SendingLine("shop_2", "Bloom US")),
        has_tab=True,
    ),
    "costs-all-known": Costs("24 Oct 2026", sold=20, sending=(SendingLine(SHOP, "Bloom UK"),)),
    "costs-nothing-sold": Costs("24 Oct 2026", has_file=False),
    "costs-found": Costs(
        "24 Oct 2026",
        sold=20,
        search="vase",
        found=(SkuLine(SHOP, VASE.sku_id, VASE.name, VASE.code, cost="£4.20"), PART),
    ),
    "costs-not-found": Costs("24 Oct 2026", sold=20, search="teapot", found=()),
    "cost-form": CostForm(
        SHOP,
        VASE.sku_id,
        VASE.name,
        "GBP",
        code="VASE-CEL",
        stated=(
            StatedCost("2026-09-01", "£4.20, packing £0.30, sending £1.10", "From 1 Sept 2026", "From the Costs tab"),
            StatedCost(ALWAYS, "£3.90", "Until 31 Aug 2026", "From a file"),
        ),
    ),
    "cost-form-errors": CostForm(
        SHOP,
        PART.sku_id,
        "",
        "GBP",
        unit="five",
        packaging="12%",
        fulfilment="-1",
        from_day_ms=7_468_416_000_000,
        unit_error="“five” is not an amount. Type a number, such as 4.20.",
        packaging_error="“12%” is a percentage. Type the amount itself.",
        fulfilment_error="A cost is never below zero. Type the amount without the minus sign.",
        day_error="“1 Sept 2206” is too far from today. Check the year.",
    ),
    "cost-form-sending": CostForm(SHOP, SENDING, "Bloom UK", "GBP", is_sending=True, fulfilment="3.20"),
    "cost-report": CostReport(
        "Costs",
        taken=212,
        changed=14,
        orders=1_204,
        waiting=3,
        faults=(
            FaultLine(4, "not-a-number", "Unit cost", "five"),
            FaultLine(9, "sku-unknown", "SKU", "TEAPOT-XL"),
            FaultLine(17, "overlaps", "From", "2026-03-01", other_row=12),
        ),
        pager=Pager(1, 3, 12, following="2"),
    ),
    "cost-report-again": CostReport(
        "Costs",
        faults=(FaultLine(41, "percent", "Packaging", "5%"),),
        pager=Pager(11, 11, 11, previous="1"),
        is_again=True,
    ),
    "cost-report-right": CostReport("Costs", taken=1, waiting=0),
    "cost-report-heading": CostReport(
        "Costs", faults=(FaultLine(0, "heading-missing", "Unit cost"),), pager=Pager(1, 1, 1)
    ),
    "cost-report-kinds": CostReport(
        "Costs",
        taken=1,
        changed=1,
        faults=tuple(
            FaultLine(number, wrong, "Unit cost", "1,234", other_row=2) for number, wrong in enumerate(FAULTS, 2)
        ),
        pager=Pager(1, len(FAULTS), len(FAULTS)),
    ),
}
