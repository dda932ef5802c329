"""The house itself: what lies where, how long things get, and the marks that must never be committed."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("service", "cards", "addon_manifest")
TOP_LEVEL = {
    "service", "cards", "addon_manifest", "tests", "Dockerfile", "pyproject.toml", "README.md", "LICENSE",
    "requirements.txt",
}  # fmt: skip
BAD_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "data", "info"}
MARKS = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error"]))


def tracked(pattern: str) -> list[Path]:
    """Files under version control, and new ones that are not ignored."""
    found = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in found.stdout.splitlines() if (ROOT / line).is_file()]


PYTHON = [path for path in tracked("*.py") if "migrations/versions" not in str(path)]
PRODUCT = [path for path in PYTHON if path.relative_to(ROOT).parts[0] in ROOMS]


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_nothing_is_added_at_the_top_level():
    """The top level is agreed; everything new belongs into a room."""
    seen = {path.relative_to(ROOT).parts[0] for path in tracked("*")}
    assert {name for name in seen if not name.startswith(".")} <= TOP_LEVEL


def test_modules_are_named_after_what_they_hold():
    assert [path for path in PYTHON if path.stem in BAD_NAMES] == []


def test_no_half_done_marks_are_committed():
    assert [str(path) for path in PYTHON if MARKS.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("sign", ["pytest.skip(", "mark.skip", "mark.xfail", "pragma: no " + "cover"])
def test_no_test_is_skipped(sign):
    """A check that cannot run is a failure, not a pass."""
    assert [str(path) for path in PYTHON if sign in path.read_text(encoding="utf-8") and path != Path(__file__)] == []


def test_nobody_catches_broadly_except_the_edges():
    """`except Exception` hides bugs; only the web's edge may turn one into a card with a reference, and the emulator's
    batch, which takes everything back and raises on."""
    allowed = {"service/web/addon.py", "service/sandbox/sheets/state/workbook.py"}
    found = {
        str(path.relative_to(ROOT))
        for path in PRODUCT
        if re.search(r"except (Base)?Exception\b", path.read_text(encoding="utf-8"))
    }
    assert found <= allowed


def test_suppressions_name_their_rule_and_reason():
    """`# noqa` and `# type: ignore` carry a code and, in the product, a reason."""
    bare = re.compile(r"#\s*(noqa|type:\s*ignore)(?!\s*[:\[])")
    assert [
        str(path) for path in PYTHON if bare.search(path.read_text(encoding="utf-8")) and path != Path(__file__)
    ] == []


def test_most_functions_are_short():
    """Nine in ten under 25 lines: a reason to look at the others, not to cut a thought in two."""
    lengths = [node.end_lineno - node.lineno + 1 for path in PRODUCT for node in functions(path) if node.end_lineno]
    assert sum(1 for length in lengths if length <= 25) / len(lengths) > 0.9


def test_modules_open_with_what_lives_there():
    """A newcomer reads the first lines of a module to know whether it is the right room."""
    bare = [str(path) for path in PRODUCT if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))]
    assert bare == []


def test_every_flow_opens_with_a_sentence():
    """Public functions of the flows say what is true afterwards."""
    silent = [
        f"{path.stem}.{node.name}"
        for path in PRODUCT
        if path.parent.name == "flows"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_dependency_says_why_it_is_here():
    """A dependency without a reason would be hard to remove later."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if re.match(r'  "[a-z].*",', line) and re.search(r"[><=]=?|types-", line)]
    assert [line for line in wanted if "#" not in line] == []


def test_the_lock_holds_every_dependency_that_ships():
    """What the image installs is pinned and hashed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[\[><=;]", one)[0].strip().lower() for one in project["dependencies"]}
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==", lock, flags=re.MULTILINE))
    assert wanted - locked == set()
    assert lock.count("--hash=sha256:") > len(locked)


def test_no_float_touches_money():
    """Amounts are integers of minor units or exact decimals; the one float is the sheet's own, at the wire."""
    allowed = {"service/google/grid.py"}
    source = {path: path.read_text(encoding="utf-8") for path in PRODUCT if "sandbox" not in path.parts}
    found = {
        str(path.relative_to(ROOT))
        for path, text in source.items()
        if re.search(r"float\(", text) and re.search(r"\b(Money|_minor|currenc)", text)
    }
    assert found - allowed == set()
