"""Profile: an ordered choice of columns with a grain and a filter; and the only way from an order to what people see.

`project`, `project_value`, `card_rows` and `project_csv` all read through one gate, which refuses a column its audience
may not see even where `check` was forgotten. Nothing is ever trimmed silently: a forbidden wish is an error.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import lru_cache
from typing import Any

from msgspec import Struct

from service.core.cells import BLANK, Cell, number_cell, text_cell
from service.core.columns import COLUMNS, Column
from service.core.columns.status import REMOVED
from service.core.columns.transactions import KIND_OF_ENTRY
from service.core.filters import RowFilter
from service.core.inference import told_beyond
from service.core.kinds import KindId, Value
from service.core.roles import Audience, Group, Switch
from service.core.rows import Grain, RowSource, is_masked_key
from service.core.zones import seconds_of_sheet
from service.errors import BadInput, NotAllowed

MOST_COLUMNS = 150
LONGEST_HEADER = 100

#: The owned column that identifies a row where the order id cannot.
ROW_KEY = "row_key"
#: What a key that is not masked tells at each grain.
HELD_BY_KEY: Mapping[Grain, frozenset[Group]] = {
    Grain.ORDER: frozenset({Group.ID}),
    Grain.LINE: frozenset({Group.ID, Group.ITEM}),
    Grain.TRANSACTION: frozenset({Group.ID, Group.FEES}),
}


@dataclass(frozen=True, slots=True)
class ChosenColumn:
    """A column of the catalogue under the heading this profile gives it."""

    key: str
    header: str


@dataclass(frozen=True, slots=True)
class Sort:
    """How a preset's filter view and the sidebar's list are ordered. The tab itself is never sorted by us."""

    key: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What a sheet shows. `preset`: the preset it was made from, empty for one of the account's own.

    `has_own_key`: `row_key` tells its rows apart although the order id is shown, because it did before.
    """

    profile_id: str
    name: str
    grain: Grain
    columns: tuple[ChosenColumn, ...]
    row_filter: RowFilter = field(default_factory=RowFilter)
    preset: str = ""
    sort: tuple[Sort, ...] = ()
    has_own_key: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values for storing; `from_json` makes the same profile of them."""
        return {
            "profile_id": self.profile_id,
            "name": self.name,
            "grain": self.grain.value,
            "columns": [[column.key, column.header] for column in self.columns],
            "row_filter": self.row_filter.to_json(),
            "preset": self.preset,
            "sort": [[sort.key, sort.descending] for sort in self.sort],
            **({"has_own_key": True} if self.has_own_key else {}),
        }

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> "Profile":
        """The profile `to_json` wrote."""
        return Profile(
            profile_id=raw["profile_id"],
            name=raw["name"],
            grain=Grain(raw["grain"]),
            columns=tuple(ChosenColumn(key, header) for key, header in raw["columns"]),
            row_filter=RowFilter.from_json(raw["row_filter"]),
            preset=raw["preset"],
            sort=tuple(Sort(key, descending) for key, descending in raw["sort"]),
            has_own_key=bool(raw.get("has_own_key")),
        )


class Row(Struct, frozen=True):
    """One row ready for a sheet: `cells` by column key, the key column's included.

    `currency` is set where a cell holds money: the number format of the row's amounts follows it.
    A struct like its cells, because a backfill makes as many of them.
    """

    row_key: str
    cells: Mapping[str, Cell]
    currency: str


@lru_cache(maxsize=4096)
def may_see(key: str, audience: Audience) -> bool:
    """Whether `audience` may see the column `key`: every group it needs is open."""
    return all(audience.may_see(group) for group in COLUMNS[key].needs)


def visible_columns(audience: Audience, grain: Grain = Grain.ORDER) -> tuple[Column, ...]:
    """The columns `audience` may choose from at this grain, in the catalogue's order."""
    return tuple(column for key, column in COLUMNS.items() if grain in column.grains and may_see(key, audience))


def is_masked(audience: Audience, grain: Grain) -> bool:
    """Whether rows of this grain need masked keys: the key holds the order id, and at line grain the SKU id beside it;
    at transaction grain it is the transaction's own id, by which it is found in the statements.

    Decided by the role alone: a key is written once for good, and a switch may be turned off again. A role of the
    account's own may be narrowed any day, so its keys are masked always.
    """
    if audience.custom is not None:
        return True
    unswitched = Audience(audience.role)
    return not all(unswitched.may_see(group) for group in HELD_BY_KEY[grain])


def key_column(profile: Profile, audience: Audience) -> str:
    """The column that identifies rows: `order_id` at order grain where it is chosen and allowed, else `row_key`."""
    if profile.has_own_key:
        return ROW_KEY
    has_order_id = any(column.key == "order_id" for column in profile.columns)
    is_open = profile.grain is Grain.ORDER and not is_masked(audience, profile.grain)
    return "order_id" if is_open and has_order_id else ROW_KEY


def sheet_columns(profile: Profile, audience: Audience) -> tuple[ChosenColumn, ...]:
    """The columns of the tab: the chosen ones, and `row_key` at the end where rows need it and it was not chosen."""
    key = key_column(profile, audience)
    if any(column.key == key for column in profile.columns):
        return profile.columns
    return (*profile.columns, ChosenColumn(ROW_KEY, COLUMNS[ROW_KEY].header))


def check(profile: Profile, audience: Audience) -> None:
    """Nothing for a profile that can be written for `audience`.

    NotAllowed names the columns it may not see, chosen, filtered or sorted by, and who can change that; BadInput names
    what is wrong with the profile itself.
    """
    _check_shape(profile)
    _check_headers(sheet_columns(profile, audience))
    profile.row_filter.check(profile.grain)
    chosen = [column.key for column in profile.columns]
    spoken = [*chosen, *profile.row_filter.columns(), *(sort.key for sort in profile.sort)]
    _refuse([key for key in dict.fromkeys(spoken) if not may_see(key, audience)], audience)
    _refuse([key for key in (key_column(profile, audience),) if not may_see(key, audience)], audience)
    _refuse_inferable(chosen, audience)


def _check_shape(profile: Profile) -> None:
    if not profile.columns:
        raise BadInput("Choose at least one column.", field="columns")
    if len(profile.columns) > MOST_COLUMNS:
        raise BadInput("At most {most} columns.", field="columns", values={"most": str(MOST_COLUMNS)})
    seen: set[str] = set()
    for key in [column.key for column in profile.columns]:
        if key not in COLUMNS:
            raise BadInput("There is no column called {key}.", field="columns", values={"key": key})
        if key in seen:
            raise BadInput("{column} is chosen twice.", field="columns", values={"column": COLUMNS[key].header})
        if profile.grain not in COLUMNS[key].grains:
            raise BadInput(
                "{column} cannot be shown here. {reason}",
                field="columns",
                values={"column": COLUMNS[key].header, "reason": COLUMNS[key].refusal_at(profile.grain)},
            )
        seen.add(key)
    for sort in profile.sort:
        if sort.key not in COLUMNS:
            raise BadInput("There is no column called {key}.", field="sort", values={"key": sort.key})


def _check_headers(columns: Iterable[ChosenColumn]) -> None:
    seen: set[str] = set()
    for column in columns:
        header = column.header.strip()
        if not header or len(header) > LONGEST_HEADER or not header.isprintable():
            raise BadInput(
                "A heading is one line of 1 to {most} characters.",
                field="columns",
                values={"most": str(LONGEST_HEADER)},
            )
        if header.casefold() in seen:
            raise BadInput("Two columns are called {header}.", field="columns", values={"header": header})
        seen.add(header.casefold())


def _refuse(keys: list[str], audience: Audience) -> None:
    """NotAllowed about these columns; nothing for none."""
    if not keys:
        return
    columns = [COLUMNS[key] for key in keys]
    names = ", ".join(column.header for column in columns)
    groups = {group for column in columns for group in column.needs if not audience.may_see(group)}
    switches: set[Switch] = set()
    for group in groups:
        missing = audience.missing_switches(group)
        if missing is None:
            raise _never(audience, names, needed=", ".join(sorted(groups)))
        switches |= missing
    raise NotAllowed(
        "The role {role} may not see: {columns}. An owner or admin can allow it under People, Set what roles see.",
        values={"role": audience.name, "columns": names},
        needed=", ".join(sorted(switches)),
        granted_by="owner, admin",
    )


def _never(audience: Audience, names: str, *, needed: str) -> NotAllowed:
    """About columns that no switch opens."""
    values = {"role": audience.name, "columns": names}
    if audience.custom is not None:
        return NotAllowed(
            "The role {role} was made without: {columns}. Leave them out, or change the role under People, Roles.",
            values=values,
            needed=needed,
            granted_by="owner, admin",
        )
    return NotAllowed(
        "The role {role} may never see: {columns}. Leave them out, or write this sheet for another role.",
        values=values,
        needed=needed,
    )


def _refuse_inferable(chosen: Iterable[str], audience: Audience) -> None:
    """NotAllowed when the chosen columns together tell one this audience may not see."""
    told = told_beyond(chosen, lambda key: key not in COLUMNS or may_see(key, audience))
    if told:
        raise NotAllowed(
            "Side by side, these columns tell what the role {role} may not see: {columns}. Leave one of them out.",
            values={"role": audience.name, "columns": ", ".join(COLUMNS[key].header for key in told)},
            needed=", ".join(sorted({group for key in told for group in COLUMNS[key].needs})),
        )


def project(profile: Profile, audience: Audience, row: RowSource, *, where: tzinfo) -> Row:
    """The cells of one row as `audience` may see them, instants in the spreadsheet's zone `where`.

    NotAllowed for any column it may not see. ValueError if the row is of another grain than the profile, or carries an
    open key for an audience that may not know order ids: mistakes of the caller.
    """
    return Projection(profile, audience, where=where).of(row)


class Projection:
    """`project` for many rows: what is the same for all of them is looked up and checked once."""

    def __init__(self, profile: Profile, audience: Audience, *, where: tzinfo) -> None:
        columns = [COLUMNS[chosen.key] for chosen in sheet_columns(profile, audience)]
        for column in columns:
            _check_column(column, audience, profile.grain)
        self._grain, self._where = profile.grain, where
        self._columns = [(column.key, column.kind.cell, _reader(column, audience, profile.grain)) for column in columns]
        self._has_money = any(column.kind.kind_id is KindId.MONEY for column in columns)
        keys = {column.key for column in columns}
        self._has_countdown_alone = "sla_left" in keys and "sla_due" not in keys

    def of(self, row: RowSource) -> Row:
        """The cells of the row. ValueError as `project`."""
        if row.grain is not self._grain:
            raise ValueError(f"a {row.grain} row for a profile of grain {self._grain}")
        where = self._where
        cells = {  # what is not known is a blank cell of every kind, and much is not
            key: BLANK if (value := read(row)) is None else cell(value, where) for key, cell, read in self._columns
        }
        if self._has_countdown_alone and row.sla.due_at is not None:
            due_s = seconds_of_sheet(row.sla.due_at, where)
            left = cells["sla_left"]
            cells["sla_left"] = Cell(left.form, left.value.replace("{sla_due}", f"({due_s}/86400)"))
        return Row(row.row_key, cells, row.currency if self._has_money else "")


def project_value(key: str, row: RowSource, audience: Audience, *, locale: str, where: tzinfo) -> str:
    """One column as words on a card or in a list. NotAllowed for a column this audience may not see. Not escaped."""
    column = COLUMNS[key]
    return column.kind.card(_read(column, audience, row), locale=locale, where=where)


def card_rows(
    keys: Iterable[str], row: RowSource, audience: Audience, *, locale: str, where: tzinfo
) -> tuple[tuple[str, str], ...]:
    """Heading and words of each column, in the order asked for. NotAllowed as `project_value`."""
    return tuple((COLUMNS[key].header, project_value(key, row, audience, locale=locale, where=where)) for key in keys)


def project_csv(profile: Profile, audience: Audience, row: RowSource, *, where: tzinfo) -> tuple[str, ...]:
    """The fields of one CSV line, one per chosen column, neutralised, not yet quoted. NotAllowed as `project`."""
    if row.grain is not profile.grain:
        raise ValueError(f"a {row.grain} row for a profile of grain {profile.grain}")
    columns = [COLUMNS[chosen.key] for chosen in profile.columns]
    return tuple(column.kind.csv(_read(column, audience, row), where) for column in columns)


def removed_cells(profile: Profile) -> dict[str, Cell]:
    """What changes in the row of a line that vanished from its order: it says "removed" and counts none.

    Of a transaction that its statement no longer has nothing stays: what is left must add up to the statement.
    """
    keys = {column.key for column in profile.columns}
    if profile.grain is Grain.TRANSACTION:
        told = {KIND_OF_ENTRY: text_cell(REMOVED)} if KIND_OF_ENTRY in keys else {}
        return dict.fromkeys(sorted(keys - {ROW_KEY}), BLANK) | told
    says = next((key for key in ("status", "items", "product_name") if key in keys), None)
    shown = {says: text_cell(REMOVED)} if says else {}
    return shown | ({"qty": number_cell(0)} if "qty" in keys else {})


def cleared_cells(profile: Profile, audience: Audience) -> dict[str, Cell]:
    """A row that left by right: every owned cell blank but the key."""
    key = key_column(profile, audience)
    return {column.key: BLANK for column in sheet_columns(profile, audience) if column.key != key}


def _read(column: Column, audience: Audience, row: RowSource) -> Value | None:
    """The gate: the value of a column for an audience, None for unknown or for notes that are not shared with it."""
    _check_column(column, audience, row.grain)
    return _reader(column, audience, row.grain)(row)


def _check_column(column: Column, audience: Audience, grain: Grain) -> None:
    if not may_see(column.key, audience):
        _refuse([column.key], audience)
    if grain not in column.grains:
        raise BadInput(column.refusal_at(grain), field="columns")


def _reader(column: Column, audience: Audience, grain: Grain) -> Callable[[RowSource], Value | None]:
    """The column's own reader behind what has to be asked of each row."""
    if column.key == ROW_KEY and is_masked(audience, grain):
        return _masked_key
    if column.is_internal and not audience.may_see(Group.NOTES_INTERNAL):
        return lambda row: column.reader(row) if row.notes.shared else None
    return column.reader_at(grain)


def _masked_key(row: RowSource) -> str:
    if not is_masked_key(row.row_key):
        raise ValueError("this audience needs masked row keys")
    return row.row_key
