"""Read by a program at its start: packages that only the checks install cannot be imported, as where it is deployed.

Some libraries load more when they find more: httpx and structlog load `rich`, which nothing that ships depends on.
"""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

ABSENT = frozenset(os.environ.get("BENCH_ABSENT_PACKAGES", "").split())


class AbsentPackages:
    """Stands before the finders that would find them."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Nothing, for the next finder to look; ModuleNotFoundError for a package that does not ship."""
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


sys.meta_path.insert(0, AbsentPackages)
