"""A file as JSON for the disk and back. The shape is ours and may change; an archive of another version is refused."""

from typing import Any

from service.sandbox.sheets.formats.cellformat import normal_format
from service.sandbox.sheets.formulas.formula import Formula, read_formula
from service.sandbox.sheets.formulas.notation import Notation
from service.sandbox.sheets.state.cells import Cell, Value
from service.sandbox.sheets.state.files import DriveFile, Permission
from service.sandbox.sheets.state.grid import Column, Grid, Row
from service.sandbox.sheets.state.metadata import Metadata
from service.sandbox.sheets.state.rules import read_rule
from service.sandbox.sheets.state.sheet import COLLECTIONS, Sheet
from service.sandbox.sheets.state.workbook import Workbook

Json = dict[str, Any]

VERSION = 1
FILE_FIELDS = (
    "file_id",
    "mime_type",
    "name",
    "created_s",
    "modified_s",
    "parents",
    "properties",
    "app_properties",
    "description",
    "drive_id",
    "is_trashed",
    "is_starred",
    "writers_can_share",
    "revision",
    "modified_by",
)


def pack_file(file: DriveFile) -> Json:
    """Everything about a file. Call it under the workbook's lock; the result shares only immutable values."""
    packed: Json = {name: getattr(file, name) for name in FILE_FIELDS}
    packed["archive"] = VERSION
    packed["permissions"] = [list(permission) for permission in file.permissions.values()]
    packed["members"] = [list(member) for member in file.members.values()]
    packed["hides_readers"] = file.hides_readers
    packed["granted"] = sorted(file.granted)
    packed["picked"] = sorted(file.picked)
    if file.workbook is not None:
        packed["workbook"] = _pack_workbook(file.workbook)
    return packed


def unpack_file(packed: Json) -> DriveFile:
    if packed.get("archive") != VERSION:
        raise ValueError("archive of another version")
    file = DriveFile(**{name: packed[name] for name in FILE_FIELDS})
    held = [Permission(*entry) for entry in packed["permissions"]]
    file.permissions = {permission.permission_id: permission for permission in held}
    members = [Permission(*entry) for entry in packed.get("members", ())]
    file.members = {member.permission_id: member for member in members}
    file.hides_readers = packed.get("hides_readers", False)
    file.granted = set(packed["granted"])
    file.picked = {(client, email) for client, email in packed.get("picked", ())}
    if "workbook" in packed:
        file.workbook = _unpack_workbook(file.file_id, packed["workbook"])
    return file


def _pack_workbook(workbook: Workbook) -> Json:
    return {
        "properties": workbook.properties,
        "named_ranges": workbook.named_ranges,
        "last_id": workbook.last_id,
        "version": workbook.version,
        "sheets": [_pack_sheet(workbook, sheet) for sheet in workbook.sheets],
        "metadata": [list(entry[:5]) for entry in workbook.metadata.values() if entry.line is None],
    }


def _pack_sheet(workbook: Workbook, sheet: Sheet) -> Json:
    grid = sheet.grid
    styles: dict[int, int] = {}
    table: list[Json] = []
    places = grid.column_positions()
    rows = []
    for index, row in grid.stored_rows(grid.box()):
        cells = {
            str(places[slot]): _pack_cell(workbook, cell, (index, places[slot]), (styles, table))
            for slot, cell in enumerate(row.cells)
            if cell is not None
        }
        line = _pack_line(workbook, row)
        if cells or line:
            rows.append([index, cells, line])
    return {
        "sheet_id": sheet.sheet_id,
        "title": sheet.title,
        "hidden": sheet.hidden,
        "properties": sheet.properties,
        "grid_properties": sheet.grid_properties,
        "basic_filter": sheet.basic_filter,
        "row_count": grid.row_count,
        "columns": [_pack_line(workbook, column) for column in grid.columns],
        "rows": rows,
        "styles": table,
        **{name: getattr(sheet, name) for name in COLLECTIONS},
    }


def _pack_line(workbook: Workbook, line: Row | Column) -> Json:
    plain = Row() if isinstance(line, Row) else Column(0)
    names = ("pixels", "hidden_by_user", "hidden_by_filter")
    packed = {name: getattr(line, name) for name in names if getattr(line, name) != getattr(plain, name)}
    if line.metadata_ids:
        packed["metadata"] = [list(workbook.metadata[number][:5]) for number in line.metadata_ids]
    return packed


def _pack_cell(workbook: Workbook, cell: Cell, at: tuple[int, int], styles: tuple[dict[int, int], list[Json]]) -> Any:
    """The bare value where there is nothing more; formulas and dressed cells as objects."""
    value: Any = cell.value
    if isinstance(value, Formula):
        value = {"formula": value.text(*at, workbook.notation())}
    if cell == Cell(cell.value) and not isinstance(value, dict):
        return value
    packed: Json = {} if value is None else {"v": value}
    if cell.format is not None:
        known, table = styles
        if id(cell.format) not in known:
            known[id(cell.format)] = len(table)
            table.append(cell.format)
        packed["s"] = known[id(cell.format)]
    if cell.rule is not None:
        packed["r"] = cell.rule.json(*at, workbook.notation())
    for name, short in (("note", "n"), ("runs", "t")):
        if getattr(cell, name) is not None:
            packed[short] = getattr(cell, name)
    return packed


def _unpack_workbook(spreadsheet_id: str, packed: Json) -> Workbook:
    workbook = Workbook(spreadsheet_id, packed["properties"]["title"])
    workbook.properties = packed["properties"]
    workbook.named_ranges = tuple(packed["named_ranges"])
    workbook.last_id, workbook.version = packed["last_id"], packed["version"]
    for entry in packed["metadata"]:
        workbook.metadata[entry[0]] = Metadata(*entry)
    # All titles first: formulas of one tab may name a later one.
    workbook.sheets = [
        Sheet(workbook.journal, tab["sheet_id"], tab["title"], rows=0, columns=0) for tab in packed["sheets"]
    ]
    for sheet, tab in zip(workbook.sheets, packed["sheets"], strict=True):
        _fill_sheet(workbook, sheet, tab)
    workbook.journal.begin()
    return workbook


def _fill_sheet(workbook: Workbook, sheet: Sheet, packed: Json) -> None:
    for name in ("hidden", "properties", "grid_properties", "basic_filter"):
        setattr(sheet, name, packed[name])
    for name in COLLECTIONS:
        setattr(sheet, name, tuple(packed[name]))
    grid = sheet.grid = Grid(workbook.journal, packed["row_count"], len(packed["columns"]))
    for held, line in zip(grid.columns, packed["columns"], strict=True):
        _unpack_line(workbook, sheet, held, line)
    styles = [normal_format(style) for style in packed["styles"]]
    notation = workbook.notation()
    for index, cells, line in packed["rows"]:
        row = grid.row_at(index)
        _unpack_line(workbook, sheet, row, line)
        row.cells = [None] * (max(map(int, cells), default=-1) + 1)
        for column_text, cell in cells.items():
            column = int(column_text)
            row.cells[column] = _unpack_cell(cell, (index, column), styles, notation)
    grid.rescan()


def _unpack_line(workbook: Workbook, sheet: Sheet, line: Row | Column, packed: Json) -> None:
    for name in ("pixels", "hidden_by_user", "hidden_by_filter"):
        if name in packed:
            setattr(line, name, packed[name])
    for number, key, value, visibility, _ in packed.get("metadata", []):
        workbook.metadata[number] = Metadata(number, key, value, visibility, sheet.sheet_id, line)
        line.metadata_ids = (*line.metadata_ids, number)


def _unpack_cell(packed: Any, at: tuple[int, int], styles: list[Json | None], notation: Notation) -> Cell:
    if not isinstance(packed, dict):
        return Cell(float(packed) if isinstance(packed, int) and not isinstance(packed, bool) else packed)
    held: Any = packed.get("v")
    if isinstance(held, int) and not isinstance(held, bool):
        held = float(held)
    value: Value = read_formula(held["formula"], *at, notation) if isinstance(held, dict) else held
    style = styles[packed["s"]] if "s" in packed else None
    runs = tuple(packed["t"]) if "t" in packed else None
    rule = read_rule(packed["r"], *at, notation) if "r" in packed else None
    return Cell(value, style, packed.get("n"), rule, runs)
