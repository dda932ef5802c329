"""What is installed is pinned and hashed: what ships, and what the checks run with, in the same versions."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = re.compile(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})*)", re.MULTILINE)
LOCKS = ("requirements.txt", "tests/requirements.txt")


def locked(name):
    """Package → version and its hashes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {package: (version, hashes.count("--hash")) for package, version, hashes in PINNED.findall(text)}


def wanted(requirements):
    return {re.split(r"[\[><=;]", one)[0].strip().lower() for one in requirements}


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_a_version_with_its_hashes(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", "    --hash=sha256:"))]
    assert len(lines) == len(locked(name)) > 40
    assert [package for package, (_version, hashes) in locked(name).items() if hashes == 0] == []


def test_locks_hold_every_dependency():
    assert wanted(PROJECT["dependencies"]) - locked("requirements.txt").keys() == set()
    assert wanted(PROJECT["optional-dependencies"]["dev"]) - locked("tests/requirements.txt").keys() == set()


def test_checks_run_with_the_versions_that_ship():
    ships, checks = locked("requirements.txt"), locked("tests/requirements.txt")
    assert {package: checks.get(package) for package in ships} == ships


def test_build_installs_by_the_locks_only():
    """Both are installed with hashes before anything that is not pinned could be looked for."""
    steps = (ROOT / "tests" / "run").read_text(encoding="utf-8")
    for name in LOCKS:
        assert f"pip install --quiet --require-hashes -r {name}\n" in steps
    assert "pip install --require-hashes -r requirements.txt" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
