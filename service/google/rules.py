"""What holds for whole columns of a tab of ours: formats, validation, colours, warnings, filter views. Requests only.

Everything here covers rows to come: Google grows a range when rows are put into its midst, as new rows are, and a
column without row bounds is whole for ever. Ids are our own and the same each time, so that a batch which arrives twice
is refused the second time. Column indexes count from 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal
from zlib import crc32

from service.google.grid import Json

ID_SPACE = 2**31 - 1

#: Red, green and blue from 0 to 1.
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Tint:
    """Cells that meet a condition of Google's look like this. `operand` is read as if it were typed."""

    condition: Literal["TEXT_EQ", "NUMBER_LESS_THAN_EQ"]
    operand: str
    fill: Colour
    ink: Colour = (0.0, 0.0, 0.0)
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class HeaderColumn:
    """One column to be: its key, header text, pixel width, explanation, whether it starts hidden.

    `is_right`: its values stand on the right, so its header does. `tints`: its colours, the first that fits wins.
    `number_format`: Google's NumberFormat for its cells, None for the sheet's default. `words`: the words its cells
    are known to hold; any other is marked, and none is refused. `warning`: what to tell who is about to type into it.
    """

    key: str
    header: str
    width_px: int
    note: str
    is_hidden: bool = False
    is_right: bool = False
    tints: Sequence[Tint] = ()
    number_format: Json | None = None
    words: Sequence[str] = ()
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a filter view asks of one column. `operand` is read as if it were typed; a formula in it names no cell,
    so that no moved column changes what is asked. (Google's relative dates are not for DATE_EQ; `=TODAY()` is.)
    """

    column: str
    condition: Literal["TEXT_EQ", "NUMBER_LESS_THAN_EQ", "DATE_EQ", "NOT_BLANK"]
    operand: str = ""


@dataclass(frozen=True, slots=True)
class FilterView:
    """A view that shows some rows to whoever chooses it and moves nothing. `order`: (column key, ascending)."""

    key: str
    title: str
    criterion: Criterion
    order: Sequence[tuple[str, bool]] = ()


def own_id(*names: str) -> int:
    """The id of an object of ours: the same each time, so that making it twice is refused."""
    return crc32(":".join(names).encode()) % ID_SPACE or 1


def column_rules(
    sheet_id: int,
    *,
    binding_id: str,
    columns: Sequence[HeaderColumn],
    first: int = 0,
    end_row: int | None = None,
) -> list[Json]:
    """Formats, validation, colours and warnings of columns that stand side by side from grid column `first` on.

    `end_row`: where the rows end that are dressed, None = with the grid. A handful of blank ones below the content is
    enough, since rows are put in above them and look like them; every dressed row is a row that reads must carry.
    """
    return [
        *(_cells(sheet_id, index, column, end_row=end_row) for index, column in enumerate(columns, first)),
        *_colours(sheet_id, columns, first=first),
        *(
            _warned(sheet_id, index, column, own_id(binding_id, "warning", column.key))
            for index, column in enumerate(columns, first)
            if column.warning
        ),
    ]


def filter_views(
    sheet_id: int,
    views: Sequence[FilterView],
    *,
    binding_id: str,
    columns: Mapping[str, int],
    taken: Sequence[str] = (),
) -> list[Json]:
    """The views over the whole tab, people's own columns included: sorted by ours alone, it would be torn in two.

    `columns`: column key → grid column. `taken`: titles of views that are there already; Google wants each once.
    """
    found: list[Json] = []
    for view in views:
        criterion = view.criterion
        spec = {"columnIndex": columns[criterion.column], "filterCriteria": {"condition": _condition(criterion)}}
        order = [
            {"dimensionIndex": columns[key], "sortOrder": "ASCENDING" if ascending else "DESCENDING"}
            for key, ascending in view.order
        ]
        chosen: Json = {
            "filterViewId": own_id(binding_id, "view", view.key),
            "title": _free(view.title, taken),
            "range": {"sheetId": sheet_id},
            "filterSpecs": [spec],
        }
        found.append({"addFilterView": {"filter": {**chosen, **({"sortSpecs": order} if order else {})}}})
    return found


def _condition(criterion: Criterion) -> Json:
    if criterion.operand:
        return {"type": criterion.condition, "values": [{"userEnteredValue": criterion.operand}]}
    return {"type": criterion.condition}


def _free(title: str, taken: Sequence[str]) -> str:
    if title not in taken:
        return title
    return next(name for number in count(2) if (name := f"{title} {number}") not in taken)


def _cells(sheet_id: int, index: int, column: HeaderColumn, *, end_row: int | None) -> Json:
    """Number format and validation of the cells below the header.

    Nothing is refused: the lists grow at TikTok's, and a value that Google refuses would hold up the whole write.
    """
    cell: Json = {"userEnteredFormat": {"numberFormat": column.number_format}} if column.number_format else {}
    if column.words:
        condition = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": word} for word in column.words]}
        cell["dataValidation"] = {
            "condition": condition,
            "strict": False,
            "showCustomUi": False,
            "inputMessage": column.warning,
        }
    area = {**_whole_column(sheet_id, index), "startRowIndex": 1}
    if end_row is not None:
        area["endRowIndex"] = end_row
    fields = "userEnteredFormat.numberFormat,dataValidation"
    return {"repeatCell": {"range": area, "cell": cell, "fields": fields}}


def _whole_column(sheet_id: int, index: int) -> Json:
    """All rows: ones put in right below the header would push down an area that begins there."""
    return {"sheetId": sheet_id, "startColumnIndex": index, "endColumnIndex": index + 1}


def _colours(sheet_id: int, columns: Sequence[HeaderColumn], *, first: int) -> list[Json]:
    place = count()
    return [
        _colour(next(place), tint, _whole_column(sheet_id, index))
        for index, column in enumerate(columns, first)
        for tint in column.tints
    ]


def _colour(place: int, tint: Tint, area: Json) -> Json:
    look = {
        "backgroundColorStyle": {"rgbColor": _rgb(tint.fill)},
        "textFormat": {"foregroundColorStyle": {"rgbColor": _rgb(tint.ink)}, "bold": tint.is_bold},
    }
    condition = {"type": tint.condition, "values": [{"userEnteredValue": tint.operand}]}
    rule = {"ranges": [area], "booleanRule": {"condition": condition, "format": look}}
    return {"addConditionalFormatRule": {"index": place, "rule": rule}}


def _rgb(colour: Colour) -> Json:
    red, green, blue = colour
    return {"red": red, "green": green, "blue": blue}


def _warned(sheet_id: int, index: int, column: HeaderColumn, range_id: int) -> Json:
    """A column of its own: people who put one of theirs between ours are not warned of it."""
    area = _whole_column(sheet_id, index)
    warned = {
        "protectedRangeId": range_id,
        "range": area,
        "description": column.warning,
        "warningOnly": True,
    }
    return {"addProtectedRange": {"protectedRange": warned}}
