"""The README's generated tables: what the code declares, between markers, so that the page cannot fall behind."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from service.core.columns import catalogue_table
from service.core.roles import DOES, NO, SEES, YES, Group, Permission, Role, Switch
from service.settings import SETTINGS
from service.web.registry import REGISTRY

PATH = Path(__file__).parents[1] / "README.md"
SWITCH = "○"

_GROUP_WORDS: Mapping[Group, str] = {
    Group.ID: "order numbers",
    Group.ID_MASKED: "masked order references",
    Group.ITEM: "items and quantities",
    Group.STATUS: "status",
    Group.SLA: "deadlines",
    Group.FULFIL: "carrier, tracking, warehouse",
    Group.PII: "buyers' names and addresses",
    Group.REVENUE: "revenue",
    Group.FEES: "fees",
    Group.COST: "costs",
    Group.PROFIT: "profit",
    Group.NOTES: "shared notes and flags",
    Group.NOTES_INTERNAL: "internal notes",
}


def update(text: str) -> str:
    """The page with every table as the code has it now. LookupError when a marker of a table is missing."""
    for name, draw in TABLES.items():
        found = _between(name).search(text)
        if found is None:
            raise LookupError(f"README.md has no markers for the table {name}")
        text = text[: found.start(2)] + "\n".join(draw()) + "\n" + text[found.end(2) :]
    return text


def _between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- begin: {name} -->\n)(.*?)(<!-- end: {name} -->)", re.DOTALL)


def _columns() -> list[str]:
    rows = [(f"`{key}`", header, kind, group, sentence) for key, header, kind, group, sentence in catalogue_table()]
    return _table(("key", "header", "kind", "group", "what it says"), rows)


def _groups() -> list[str]:
    rows = [(f"{group} ({_GROUP_WORDS[group]})", *_marks(SEES[group])) for group in Group]
    return _table(("group", *Role), rows)


def _actions() -> list[str]:
    rows = [(f"`{need}`", _pressed(need), *_marks(DOES[need])) for need in Permission if _pressed(need)]
    return _table(("permission", "actions", *Role), rows)


def _pressed(need: Permission) -> str:
    return ", ".join(f"`{action}`" for action, entry in REGISTRY.items() if entry.permission is need)


def _settings() -> list[str]:
    rows = [
        (f"`{row.variable}`", _default(row.default), row.sentence + (" Secret." if row.secret else ""))
        for row in SETTINGS
    ]
    return _table(("variable", "default", "what it is"), rows)


def _default(value: str | None) -> str:
    return "required" if value is None else f"`{value}`"


def _marks(row: Iterable[str]) -> list[str]:
    return [SWITCH if isinstance(mark, Switch) else {YES: YES, NO: NO}[mark] for mark in row]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_line(header), _line(["---"] * len(header)), *(_line(row) for row in rows)]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


#: Marker → the lines between it and its end.
TABLES: Mapping[str, Callable[[], list[str]]] = {
    "columns": _columns,
    "groups": _groups,
    "actions": _actions,
    "settings": _settings,
}
