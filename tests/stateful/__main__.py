"""`python -m tests.stateful [--schedules 2000]`: the night's share of random schedules, new ones each time.

Those that failed before are played first; a failing one is shrunk and told as a story. Exit code 1 when any fails.
"""

import os
import sys
from pathlib import Path

import click
import pytest

ROOM = Path(__file__).parent


@click.command("stateful")
@click.option(
    "--schedules", default=2000, show_default=True, help="How many are played, in equal shares of the scenes."
)
@click.option("--scene", default="", help="Only this scene: hands, windows, weather or everything.")
def main(schedules: int, scene: str) -> None:
    """Play random orders, edits and faults against product and emulator."""
    os.environ["ROWSTREAM_SCHEDULES"] = str(schedules)
    chosen = ["-k", scene] if scene else []
    sys.exit(pytest.main(["-q", "-s", str(ROOM / "test_schedules.py"), *chosen]))


if __name__ == "__main__":
    main()
