"""How the columns of a new tab look, what their headings explain, and which filter views stand ready.

Set once, with the header; afterwards the look is the user's. Colours repeat what a cell says in words or by its sign,
so that nothing is lost without them. Widths are pixels of Google's default font, Arial 10.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service.core.columns import COLUMNS
from service.core.columns.record import Column
from service.core.kinds import KindId
from service.core.meanings import MEANINGS
from service.core.profiles import ROW_KEY, ChosenColumn, Profile, key_column, sheet_columns
from service.core.roles import Audience
from service.core.rows import Grain
from service.core.sla import TIER_LIMITS, Need, Tier
from service.google.rules import Colour, Criterion, FilterView, HeaderColumn, Tint

_WIDTHS: Mapping[KindId, int] = {
    KindId.ID: 150, KindId.TXT: 140, KindId.INT: 45, KindId.NUM: 90, KindId.MONEY: 90, KindId.PCT: 70,
    KindId.DT: 125, KindId.DUR: 80, KindId.ENUM: 70, KindId.BOOL: 60, KindId.URL: 120, KindId.NOTE: 200,
}  # fmt: skip
#: Columns that need another width than their kind.
_OWN_WIDTHS: Mapping[str, int] = {
    "items": 190,
    "product_name": 240,
    "sku_name": 160,
    "seller_sku": 130,
    "provider": 100,
    "address": 300,
    "buyer_message": 240,
    "tiktok_note": 200,
    "cancel_reason": 200,
}
#: Columns that hold more in one row per order.
_ORDER_WIDTHS: Mapping[str, int] = {"items": 300, "product_name": 300, "seller_sku": 200}
_HEADER_LETTER, _HEADER_ROOM = 7, 26  # a bold letter; the margins and the corner of the explanation
_CAPITAL, _LETTER, _ROOM = 9, 7, 10  # a word of a list: TikTok's constants are capitals
_NUMBERS = frozenset({KindId.INT, KindId.NUM, KindId.MONEY, KindId.PCT, KindId.DT, KindId.DUR})

_WHITE: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Dress:
    """How an urgency looks. Each is lighter than the one before, so that the ladder is seen in grey as well."""

    fill: Colour
    ink: Colour = (0.0, 0.0, 0.0)
    is_bold: bool = False


_URGENT: Mapping[Tier, _Dress] = {
    Tier.OVERDUE: _Dress((0.702, 0.149, 0.118), _WHITE, is_bold=True),
    Tier.CRITICAL: _Dress((0.961, 0.612, 0.427), is_bold=True),
    Tier.HIGH: _Dress((0.992, 0.8, 0.518)),
    Tier.SOON: _Dress((1.0, 0.945, 0.757)),
}
_FLAGS: Mapping[str, Colour] = {
    "red": (0.957, 0.78, 0.765),
    "orange": (0.988, 0.855, 0.765),
    "yellow": (1.0, 0.949, 0.7),
    "green": (0.812, 0.922, 0.827),
    "blue": (0.812, 0.886, 0.98),
    "purple": (0.894, 0.835, 0.961),
}


_OURS = "Rowstream writes this column: what is typed into it is replaced."
_KEY = "Rowstream finds the row by this cell: leave it as it is."
_NOTED = "Write it in the Rowstream sidebar, on the order's card: what is typed here is replaced."


def header_columns(profile: Profile, audience: Audience, *, locale: str) -> list[HeaderColumn]:
    """The columns of the tab as they will stand, the key of masked or line rows hidden unless it was chosen."""
    key = key_column(profile, audience)
    is_chosen = any(one.key == ROW_KEY for one in profile.columns)
    return [
        header_column(
            chosen,
            profile.grain,
            locale=locale,
            is_key=chosen.key == key,
            is_hidden=chosen.key == ROW_KEY and not is_chosen,
        )
        for chosen in sheet_columns(profile, audience)
    ]


def header_column(
    chosen: ChosenColumn, grain: Grain, *, locale: str = "", is_key: bool = False, is_hidden: bool = False
) -> HeaderColumn:
    """The column as it will stand in the tab of a spreadsheet of this locale."""
    column = COLUMNS[chosen.key]
    warning = _KEY if is_key else _NOTED if column.owned_note else _OURS
    shape = None if column.kind.kind_id is KindId.MONEY else column.kind.number_format(locale=locale)  # by the row
    return HeaderColumn(
        key=chosen.key,
        header=chosen.header,
        width_px=max(_content_px(column, grain), len(chosen.header) * _HEADER_LETTER + _HEADER_ROOM),
        note=_explanation(column, warning),
        is_hidden=is_hidden,
        is_right=column.kind.kind_id in _NUMBERS,
        tints=_tints(column),
        number_format=None if shape is None else {"type": shape.type, "pattern": shape.pattern},
        words=column.choices,
        warning=warning,
    )


def _explanation(column: Column, warning: str) -> str:
    """What the column says, what its words mean, and what becomes of typing into it."""
    meanings = MEANINGS.get(column.key, {})
    lines = [f"{word} – {meanings[word]}" for word in column.choices if word in meanings]
    return "\n\n".join(part for part in (column.sentence, "\n".join(lines), warning) if part)


def filter_views(profile: Profile, audience: Audience) -> list[FilterView]:
    """The views that the columns of the tab allow. They ask about columns that stand in it, and about no other: what
    its audience may not see is not in the tab.
    """
    keys = {chosen.key for chosen in sheet_columns(profile, audience)}
    order = tuple((sort.key, not sort.descending) for sort in profile.sort if sort.key in keys)
    return [
        FilterView(key, title, criterion, order)
        for key, title, choices in _VIEWS
        if (criterion := next((one for one in choices if one.column in keys), None)) is not None
    ]


#: Views by key and title, with what they may ask, the best first.
_VIEWS: tuple[tuple[str, str, tuple[Criterion, ...]], ...] = (
    ("due-today", "Due today", (Criterion("sla_due", "DATE_EQ", "=TODAY()"),)),
    (
        "overdue",
        "Overdue",
        (Criterion("sla_tier", "TEXT_EQ", Tier.OVERDUE.value), Criterion("sla_left", "NUMBER_LESS_THAN_EQ", "0")),
    ),
    (
        "cancel-requested",
        "Cancel requested",
        (Criterion("action_needed", "TEXT_EQ", Need.CANCEL_REQUEST.value), Criterion("cancel_request_at", "NOT_BLANK")),
    ),
)


def _content_px(column: Column, grain: Grain) -> int:
    width = _OWN_WIDTHS.get(column.key, _WIDTHS[column.kind.kind_id])
    if grain is Grain.ORDER:
        width = _ORDER_WIDTHS.get(column.key, width)
    return max(width, *map(_word_px, column.choices)) if column.choices else width


def _word_px(word: str) -> int:
    return sum(_CAPITAL if letter.isupper() or letter == "_" else _LETTER for letter in word) + _ROOM


def _tints(column: Column) -> tuple[Tint, ...]:
    """The colours of urgency and of flags; the countdown takes its own from the time that is left, as it ticks."""
    if column.key == "sla_tier":
        return tuple(
            Tint("TEXT_EQ", tier.value, dress.fill, dress.ink, dress.is_bold) for tier, dress in _URGENT.items()
        )
    if column.key == "flag":
        return tuple(Tint("TEXT_EQ", flag, fill) for flag, fill in _FLAGS.items())
    if column.kind.kind_id is KindId.DUR:
        # Whole numbers and a quotient read the same in every spreadsheet locale.
        limits = {tier: int(limit.total_seconds()) // 3600 for tier, limit in TIER_LIMITS}
        return tuple(
            Tint("NUMBER_LESS_THAN_EQ", f"={limits[tier]}/24", dress.fill, dress.ink, dress.is_bold)
            for tier, dress in _URGENT.items()
        )
    return ()
