"""What a proof of a file costs: every cell read as written and compared with every order, at 1,000 rows and at 10,000.

Waits for the quota are left out and counted apart. The sheet is clean but for one name that is typed at its end: a
proof that were quick because it looked away would be green.
"""

from collections.abc import Sequence
from contextlib import ExitStack

from service.store import orders as order_store
from tests.benches import bound, grounds, seeding
from tests.benches.bound import TAB, BoundSheet
from tests.benches.grounds import Grounds
from tests.benches.harness import Bar, Figure, Grid, Report

SIZES = (1_000, 10_000)
LINEAR = Bar("≤", 1.5)  # of the time of a row, at ten times the rows


def run(sizes: Sequence[int] = SIZES) -> Report:
    """One proof of each size, by the product's own process."""
    report = Report("proof", "a file read as written and compared with every order")
    rows = []
    per_row = []
    with ExitStack() as stack:
        ground = stack.enter_context(grounds.opened())
        ground.world.emulator.quotas.is_on = False
        for size in sizes:
            sheet = stack.enter_context(bound.opened(ground, count=size))
            sheet.fill()
            _plant(ground, sheet)
            ground.world.emulator.calls.reset()
            cost = sheet.child.ask("prove", spreadsheet_id=sheet.spreadsheet_id, account=sheet.account.account_id)
            calls = ground.world.emulator.calls.summary()
            told = cost.result
            per_row.append(cost.processor_s / size * 1000)
            rows.append(
                (f"{size:,}", told["verdict"], str(told["findings"]), str(calls["reads"]), str(calls["writes"]),
                 f"{calls['bytes_out'] / 1e6:.1f}", f"{cost.processor_s:.1f}", f"{cost.took_s:.1f}",
                 f"{told['waited_s']:.0f}", f"{cost.peak_kb / 1024:.0f}")
            )  # fmt: skip
            report.figures.append(Figure(f"{size:,} rows: findings of the one name", told["findings"], ""))
            report.figures.append(Figure(f"{size:,} rows: writes", calls["writes"], "calls", bar=Bar("≤", 0)))
    beside = f"at {sizes[0]:,} rows"
    report.figures.append(Figure("processor time of a row", per_row[-1], "ms", per_row[0], beside, LINEAR))
    head = ("rows", "verdict", "findings", "reads", "writes", "MB read", "processor s", "on the clock s",
            "quota's waits s", "peak MB")  # fmt: skip
    report.grids.append(Grid("how it went", head, rows))
    return report


def _plant(ground: Grounds, sheet: BoundSheet) -> None:
    """The name of an order's buyer stands below the last row."""
    with sheet.services.store.read() as tx:
        number = str(seeding.FIRST_ID + sheet.count // 2)
        sealer = sheet.services.store.sealer
        (order,) = order_store.stored(tx, sealer, shop_id=sheet.shop.id, order_ids=[number]).values()
    (tab,) = (one for one in sheet.workbook.sheets if one.title == TAB)
    ground.world.emulator.hands.type_text(
        sheet.spreadsheet_id, f"C{tab.grid.row_count}", f"for {order.recipient.name}", sheet_id=tab.sheet_id
    )
