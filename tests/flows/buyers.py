"""Buyers who can be told from everybody else, tabs that show them, and a hunt through every byte that is kept."""

from contextlib import closing
from pathlib import Path

from flows.rig import Paper, Rig
from house.canary import canaries, hunt, upstream
from house.seals import in_files

from service.core.columns import COLUMNS
from service.core.columns.buyers import COLUMNS as BUYERS
from service.core.filters import RowFilter
from service.core.profiles import ChosenColumn, Profile
from service.core.roles import Role
from service.core.rows import Grain
from service.flows import upkeep
from service.sandbox.sheets.disk import Disk

TAB, KEY = "Desk", "Order ID"
HEADERS = tuple(column.header for column in BUYERS)
DAY_S = 86_400


def desk(*, grain: Grain = Grain.ORDER) -> Profile:
    """A tab for support: every order, its status, and all there is to know of its buyer."""
    keys = ["order_id", "status", "note", *(column.key for column in BUYERS)]
    return Profile("", TAB, grain, tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys), RowFilter())


def desk_of(rig: Rig, **wishes) -> Paper:
    """A file for support with the desk in it, which shows what is there."""
    paper = rig.bound(desk(), audience=Role.SUPPORT, title=TAB, **wishes)
    paper.tab = TAB
    return paper


def place(rig: Rig, number: int = 1, **more):
    """An order of a buyer who is all canaries: its id, and what nobody may find afterwards."""
    (order_id,) = rig.place(1, kind="NORMAL", overrides=upstream(number), **more)
    return order_id, [one for one in canaries(number, order_id, note_group="NOTES") if one.group == "PII"]


def end(rig: Rig, order_id: str, status: str = "CANCELLED") -> None:
    """The order has ended this moment; the product knows, its sheets do not yet."""
    rig.edit(order_id, status=status)


def shown(paper: Paper, order_id: str, **more) -> dict[str, str]:
    """What the tab shows of the order's buyer."""
    row = paper.by_key(KEY, **more)[order_id]
    return {header: row[header] for header in HEADERS if row.get(header)}


def in_sheets(rig: Rig, folder: Path, planted) -> set[str]:
    """The canaries in the emulator's files."""
    with closing(Disk(folder, rig.world.emulator.state)) as disk:
        disk.save(regardless_of_pace=True)
    files = sorted(folder.glob("*.json"))
    assert files
    return {name for file in files for name in hunt(file.read_bytes(), planted)}


def in_database(rig: Rig, planted) -> set[str]:
    """The canaries in the files of the database, in plain or under our own seal."""
    return in_files(rig.services, planted)


def sweep_until_erased(rig: Rig) -> None:
    """The sweep looks around until there is nothing left for it to erase."""
    for _ in range(9):
        upkeep.erase_due(rig.services)
        rig.settle()
