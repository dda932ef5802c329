"""The benches of the sheet run at a size that takes seconds, and tell a careful writer from a careless one.

Counts are asserted, never times: what is timed is printed by `python -m tests.benches` and judged by a reader.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small(tmp_path):
    """Runs a bench at its smallest and returns its report."""

    def run(name):
        target = tmp_path / f"{name}.json"
        command = [sys.executable, "-m", "tests.benches", "--small", "--json", str(target), name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        assert name in done.stdout
        (report,) = json.loads(target.read_text())
        return report

    return run


def figure(report, end):
    """The one figure whose name ends so."""
    (found,) = [one for one in report["figures"] if one["name"].endswith(end)]
    return found


def test_calls_sees_what_careless_writers_lose_and_rowstream_does_not(small):
    """A bench that finds nothing lost by anybody would prove nothing."""
    report = small("calls")
    assert figure(report, "quietly: writes")["value"] == 1
    assert figure(report, "user cells lost")["value"] == 0
    assert figure(report, "orders wrong")["value"] == 0
    lost = Counter()
    for grid in report["grids"]:
        for client, *cells in grid["rows"]:
            lost[client] += int(cells[grid["head"].index("lost") - 1])
    assert lost["Rowstream"] == 0
    assert lost["gspread, overwrite"] > lost["gspread, best"] > 0
    assert lost["pygsheets, best"] > 0


def test_growth_compares_two_sizes(small):
    report = small("growth")
    calls = figure(report, "flush: calls")
    assert calls["value"] == calls["against"] == 2
    assert figure(report, "full key read: bytes received")["ratio"] > 1


def test_backfill_finds_every_order_on_both_sides(small):
    """The bench itself refuses a sheet that lacks an order."""
    report = small("backfill")
    assert figure(report, "rows/s, 40 orders")["against"] > 0
    assert {row[1] for row in report["grids"][0]["rows"]} == {"Rowstream", "gspread-dataframe"}


def test_revoke_sees_every_file_paused_and_nothing_new_in_it(small):
    """While orders pour in: the bench itself refuses a file that is still written."""
    report = small("revoke")
    assert figure(report, "press to every file paused")["value"] > 0
    assert [row[0] for row in report["grids"][0]["rows"]] == ["2"]


def test_proof_finds_the_one_name_and_writes_nothing(small):
    """What a clean sheet would cost is measured on one that is not: a proof that looked away would be quick."""
    report = small("proof")
    for size in (20, 40):
        assert figure(report, f"{size} rows: findings of the one name")["value"] == 1
        assert figure(report, f"{size} rows: writes")["value"] == 0
