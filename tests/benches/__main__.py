"""`python -m tests.benches [NAME]…`: runs the benches and prints each figure beside its bar.

A missed bar is printed, not punished: the exit code is 0 unless a bench itself breaks. Nothing that is timed here is
asserted by a test.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tests.benches import backfill, calls, cards, growth, ingest, proof, revoke, start, stream
from tests.benches.harness import Report, render, write_json

#: Name → bench. Each runs for a minute or a few, longest where 100,000 rows are filled, and leaves no process behind.
BENCHES: dict[str, Callable[..., Report]] = {
    "start": start.run,
    "cards": cards.run,
    "ingest": ingest.run,
    "stream": stream.run,
    "revoke": revoke.run,
    "calls": calls.run,
    "growth": growth.run,
    "backfill": backfill.run,
    "proof": proof.run,
}


#: Name → what makes it so small that it is over in seconds: to see that it runs, its figures mean nothing.
SMALL: dict[str, dict[str, Any]] = {
    "revoke": {"sizes": (2,), "lead_s": 2.0, "quiet_s": 2.0},
    "calls": {"sizes": (40,), "updates": 4, "inserts": 2},
    "growth": {"sizes": (20, 40), "changes": 4, "flushes": 1},
    "backfill": {"sizes": (20, 40), "rounds": (1, 1)},
    "proof": {"sizes": (20, 40)},
}


@click.command("benches")
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHES)))
@click.option("--json", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here too.")
@click.option("--small", "is_small", is_flag=True, help="Only see that they run: " + ", ".join(SMALL) + ".")
@click.option("--list", "is_list", is_flag=True, help="Say what each bench measures, and run none.")
def main(names: tuple[str, ...], target: Path | None, *, is_small: bool, is_list: bool) -> None:
    """Run the named benches, all of them without a name."""
    if is_list:
        for name, bench in BENCHES.items():
            said = sys.modules[bench.__module__].__doc__ or ""
            click.echo(f"{name.ljust(10)}{said.partition('.')[0].replace(chr(10), ' ')}.")
        return
    reports: list[Report] = []
    for name in names or (SMALL if is_small else BENCHES):
        started = time.monotonic()
        report = BENCHES[name](**SMALL[name]) if is_small else BENCHES[name]()
        report.notes.append(f"took {time.monotonic() - started:.0f} s")
        click.echo(render(report) + "\n")
        reports.append(report)
    if target is not None:
        write_json(reports, target)


if __name__ == "__main__":
    main()
