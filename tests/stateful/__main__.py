"""`python -m tests.stateful [--schedules 2000]`: the night's share of random schedules, new ones each time.

It tells how far it is, goes on after one that fails, and ends with what came of each scene. A failing schedule is
shrunk and told as a story with the seed that makes it again. Those that failed before are played first. Exit code 1
when any fails.
"""

import json
import os
import secrets
import sys
from pathlib import Path

import click
import pytest

ROOM = Path(__file__).parent
SCENES = ("hands", "windows", "weather", "everything")
SEEDS = 1_000_000


@click.command("stateful")
@click.option(
    "--schedules", default=2000, show_default=True, help="How many are played, in equal shares of the scenes."
)
@click.option("--scene", "scenes", multiple=True, type=click.Choice(SCENES), help="Only this scene, or these.")
@click.option("--seed", type=int, help="Of the first batch; by chance when none is named.")
@click.option("--quick", is_flag=True, help="A failing schedule is told as it was drawn, not shrunk.")
def main(schedules: int, scenes: tuple[str, ...], seed: int | None, *, quick: bool) -> None:
    """Play random orders, edits and faults against product and emulator."""
    asked = {
        "schedules": schedules,
        "first_seed": secrets.randbelow(SEEDS) if seed is None else seed,
        "scenes": scenes or SCENES,
        "shrinks": not quick,
    }
    os.environ["ROWSTREAM_NIGHT"] = json.dumps(asked)
    night = ["-q", "-s", "-p", "no:cacheprovider", "--tb=line", str(ROOM / "night.py")]
    sys.exit(pytest.main(night))


if __name__ == "__main__":
    main()
