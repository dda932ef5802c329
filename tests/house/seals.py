"""A hunt through the files of a SQLite database by somebody who holds the keys: in plain, and in every sealed text."""

import re
from collections.abc import Iterable
from pathlib import Path

from house.canary import Canary, hunt

from service.flows import Services

#: What a sealed text begins with, whatever it says.
_SEALED = re.compile(rb"gAAAAA[A-Za-z0-9_-]{60,}={0,2}")
_SHORTEST = 100  # characters of a sealed text that says nothing


def in_files(services: Services, planted: Iterable[Canary]) -> set[str]:
    """The canaries in the database's files: in the tables, in what they no longer use, and in the log of writes."""
    base = Path(str(services.store.engine.url.database))
    planted, found = list(planted), set()
    for file in sorted(base.parent.glob(f"{base.name}*")):
        raw = file.read_bytes()
        found |= hunt(raw, planted)
        for sealed in _SEALED.findall(raw):
            found |= hunt(_unsealed(services, sealed), planted)
    return found


def _unsealed(services: Services, sealed: bytes) -> str:
    """What a sealed text says, whose end may be bytes of its neighbour; empty when nothing opens it."""
    for length in range(len(sealed) - len(sealed) % 4, _SHORTEST - 1, -4):
        try:
            return services.store.sealer.unseal(sealed[:length])
        except ValueError:
            continue
    return ""
