"""The scan finds what it is there for, and leaves alone what was looked at. `tests/run` scans the whole tree."""

import base64
import hashlib
import json
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from secret_scan import BASELINE, ROOT, files, secrets_in

#: Made here, so that none of them stands in this file.
NOISE = hashlib.sha256(b"noise").digest()
PLANTED = {
    "a sealing key": f'KEYS = "{Fernet.generate_key().decode()}"',
    "a TikTok app secret": "app_" + f'secret = "{NOISE.hex()[:40]}"',
    "a Google client secret": "client_" + f'secret: "GOCSPX-{base64.urlsafe_b64encode(NOISE).decode()[:28]}"',
    "a writer's key": "-----BEGIN PRIVATE " + "KEY-----\nMIIEvQIBADANBg\n",
    "an address with a password": "postgresql://rowstream:" + "sEsAmE-77@db.example/rows",
    "a token of a repository": "ghp_" + base64.b64encode(NOISE).decode().translate(str.maketrans("+/=", "abc"))[:36],
    "a signed token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxIn0." + "c2lnbmF0dXJlLW9mLWl0",
}


@pytest.mark.parametrize("text", PLANTED.values(), ids=PLANTED)
def test_planted_secret_is_found(tmp_path, text):
    (tmp_path / "settings.py").write_text(f"# a file\n{text}\n")
    found = secrets_in(["settings.py"], root=tmp_path)
    assert found
    assert all(line.startswith("settings.py:2: ") for line in found)


def test_plain_file_is_clean(tmp_path):
    (tmp_path / "plain.py").write_text('HISTORY = "history"\norder_id = "577412936450128731"\n')
    assert secrets_in(["plain.py"], root=tmp_path) == []


def test_known_examples_are_left_alone_in_their_own_file_only(tmp_path):
    """The same text elsewhere is found: the baseline says where an example may stand."""
    name = next(name for name in json.loads(BASELINE.read_text())["results"] if name.endswith("test_signing.py"))
    assert secrets_in([name]) == []
    (tmp_path / "copied.py").write_text((ROOT / name).read_text())
    assert secrets_in(["copied.py"], root=tmp_path)


def test_every_known_example_is_of_the_tests_or_explained():
    """Nothing of the product is excused but the letters of a support reference."""
    known = json.loads(BASELINE.read_text())["results"]
    assert {name for name in known if not name.startswith("tests/")} <= {"service/web/problems.py"}


def test_whole_tree_is_scanned_by_the_one_door():
    assert "tests/secret_scan.py" in (ROOT / "tests" / "run").read_text()
    assert {"service/settings.py", "README.md", "tests/run", "Dockerfile"} <= set(files())


@pytest.mark.parametrize(("text", "code"), [(PLANTED["a sealing key"], 1), ("nothing to see", 0)], ids=["key", "plain"])
def test_build_stops_at_a_secret_and_nowhere_else(tmp_path, text, code):
    """The exit code is what the build looks at; the secret itself is not printed."""
    (tmp_path / "settings.py").write_text(text)
    command = [sys.executable, str(ROOT / "tests" / "secret_scan.py"), "settings.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stdout.startswith("settings.py:1: " if code else "No secrets.")
    assert text not in done.stdout
