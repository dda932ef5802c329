"""`python -m tests.leaks [--cases 20000]`: the night's share of random cases, new ones each time.

Those that failed before are played first; a failing one is shrunk and told as a story. Exit code 1 when any fails.
"""

import os
import sys
from pathlib import Path

import click
import pytest

ROOM = Path(__file__).parent


@click.command("leaks")
@click.option("--cases", default=20_000, show_default=True, help="How many are played.")
def main(cases: int) -> None:
    """Play random accounts, rights and readers against the product, and look for what nobody should be told."""
    os.environ["ROWSTREAM_LEAKS"] = str(cases)
    sys.exit(pytest.main(["-q", "-s", str(ROOM / "test_leaks.py")]))


if __name__ == "__main__":
    main()
