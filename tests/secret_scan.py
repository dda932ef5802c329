"""Looks for secrets in every file under version control, or in those named, and says where. Nobody is asked anything.

`.secrets.baseline` holds which detectors look, what they leave out (locks, which are all hashes, and goldens) and what
they found that is none: examples of vendors' pages and words that look like keys. To take another one in after looking
at it: `.venv/bin/detect-secrets scan --baseline .secrets.baseline`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).parents[1]
BASELINE = ROOT / ".secrets.baseline"


def files() -> list[str]:
    """Files under version control, and new ones that are not ignored, from the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in listed if (ROOT / name).is_file() and name != BASELINE.name]


def secrets_in(names: Sequence[str], *, root: Path = ROOT) -> list[str]:
    """File, line and sort of every secret in these files below `root` that the baseline does not know."""
    config = json.loads(BASELINE.read_text(encoding="utf-8"))
    known = {(name, one["type"], one["hashed_secret"]) for name, found in config["results"].items() for one in found}
    found = SecretsCollection(root=str(root))
    with transient_settings(config):
        found.scan_files(*names, num_processors=os.cpu_count() or 1 if len(names) > 1 else 1)
    fresh = {(name, one) for name, one in found if (name, one.type, one.secret_hash) not in known}
    return sorted(f"{name}:{one.line_number}: {one.type}" for name, one in fresh)


if __name__ == "__main__":
    lines = secrets_in(sys.argv[1:], root=Path.cwd()) if sys.argv[1:] else secrets_in(files())
    print("\n".join(lines) or "No secrets.")
    sys.exit(1 if lines else 0)
