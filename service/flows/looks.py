"""How a column of a new tab looks: its width, its side and its colours. What stands in it is not decided here.

Set once, with the header; afterwards the look is the user's. Colours repeat what a cell says in words, so that nothing
is lost without them. Widths are pixels of Google's default font, Arial 10.
"""

from collections.abc import Mapping

from service.core.columns import COLUMNS
from service.core.columns.record import Column
from service.core.kinds import KindId
from service.core.profiles import ChosenColumn
from service.core.rows import Grain
from service.core.sla import TIER_LIMITS, Tier
from service.google.setup import Colour, HeaderColumn, Tint

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

_URGENT: Mapping[Tier, Colour] = {
    Tier.OVERDUE: (0.957, 0.78, 0.765),
    Tier.CRITICAL: (0.988, 0.855, 0.765),
    Tier.HIGH: (0.996, 0.922, 0.761),
    Tier.SOON: (1.0, 0.969, 0.839),
}
_FLAGS: Mapping[str, Colour] = {
    "red": (0.957, 0.78, 0.765),
    "orange": (0.988, 0.855, 0.765),
    "yellow": (1.0, 0.949, 0.7),
    "green": (0.812, 0.922, 0.827),
    "blue": (0.812, 0.886, 0.98),
    "purple": (0.894, 0.835, 0.961),
}


def header_column(chosen: ChosenColumn, grain: Grain, *, is_hidden: bool) -> HeaderColumn:
    """The column as it will stand in the tab."""
    column = COLUMNS[chosen.key]
    return HeaderColumn(
        key=chosen.key,
        header=chosen.header,
        width_px=max(_content_px(column, grain), len(chosen.header) * _HEADER_LETTER + _HEADER_ROOM),
        note=column.sentence,
        is_hidden=is_hidden,
        is_right=column.kind.kind_id in _NUMBERS,
        tints=_tints(column),
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
        return tuple(Tint("TEXT_EQ", tier.value, fill) for tier, fill in _URGENT.items())
    if column.key == "flag":
        return tuple(Tint("TEXT_EQ", flag, fill) for flag, fill in _FLAGS.items())
    if column.kind.kind_id is KindId.DUR:
        # Whole numbers and a quotient read the same in every spreadsheet locale.
        limits = {tier: int(limit.total_seconds()) // 3600 for tier, limit in TIER_LIMITS}
        return tuple(Tint("NUMBER_LESS_THAN_EQ", f"={limits[tier]}/24", fill) for tier, fill in _URGENT.items())
    return ()
