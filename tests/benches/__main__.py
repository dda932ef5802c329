"""`python -m tests.benches [NAME]…`: runs the benches and prints each figure beside its bar.

A missed bar is printed, not punished: the exit code is 0 unless a bench itself breaks. Nothing that is timed here is
asserted by a test.
"""

import time
from pathlib import Path

import click

from tests.benches import cards, ingest, start, stream
from tests.benches.harness import Report, render, write_json

#: Name → bench. Each runs for less than a minute and a half and leaves no process behind.
BENCHES = {"start": start.run, "cards": cards.run, "ingest": ingest.run, "stream": stream.run}


@click.command("benches")
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHES)))
@click.option("--json", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here too.")
def main(names: tuple[str, ...], target: Path | None) -> None:
    """Run the named benches, all of them without a name."""
    reports: list[Report] = []
    for name in names or BENCHES:
        started = time.monotonic()
        report = BENCHES[name]()
        report.notes.append(f"took {time.monotonic() - started:.0f} s")
        click.echo(render(report) + "\n")
        reports.append(report)
    if target is not None:
        write_json(reports, target)


if __name__ == "__main__":
    main()
