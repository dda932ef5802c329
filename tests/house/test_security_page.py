"""The README's threat model says who attacks, what is trusted, what is not promised; each claim names its tests."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECURITY = README.partition("\n## Security\n")[2].partition("\n## ")[0]
ROWS = [line.split("|")[1:-1] for line in SECURITY.splitlines() if line.startswith("| ")][1:]
ATTACKERS = ("stranger", "curious member", "leaver", "buyer", "Google", "TikTok", "connection", "database", "flood")


@pytest.mark.parametrize("who", ATTACKERS)
def test_every_attacker_has_a_row(who):
    assert any(who in row[0] for row in ROWS), who


def test_every_claim_names_tests_that_exist():
    """A claim without a test would be a wish."""
    for row in ROWS:
        named = re.findall(r"`(tests/[^`]+)`", row[3])
        assert named, row[0]
        assert [name for name in named if not (ROOT / name).is_file()] == [], row[0]


@pytest.mark.parametrize("who", ["operator", "Google", "TikTok", "owner", "proxies"])
def test_what_is_trusted_is_said(who):
    assert f"**{who}**" in SECURITY.partition("### What is trusted")[2]


@pytest.mark.parametrize(
    "what", ["version\nhistory", "backups", "seen in a sheet", "Google and TikTok", "Google account"]
)
def test_what_is_not_promised_is_said(what):
    promised_not = README.partition("\n## Not promised\n")[2].partition("\n## ")[0]
    assert " ".join(what.split()) in " ".join(promised_not.split())
