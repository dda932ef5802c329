"""Whether somebody who can open a file may see what a profile writes there. The file is the only boundary there is.

More than the columns: a key that holds order numbers, notes that are not shared, and orders of shops that are not the
reader's are in the cells too. Who can open the file is not asked here.
"""

from collections.abc import Collection

from service.core.columns import COLUMNS
from service.core.inference import told_beyond
from service.core.profiles import HELD_BY_KEY, ROW_KEY, Profile, is_masked, may_see, sheet_columns
from service.core.roles import Audience, Group


def may_read(
    profile: Profile, reader: Audience, *, written_for: Audience, shop_ids: Collection[str] | None = None
) -> bool:
    """Whether `reader` may see every cell of a tab that is written for `written_for`.

    `shop_ids`: the reader's shops, None for every shop of the account. A tab without a filter of shops holds all.
    """
    keys = [column.key for column in sheet_columns(profile, written_for)]
    if not all(may_see(key, reader) for key in keys):
        return False
    if told_beyond(keys, lambda key: key not in COLUMNS or may_see(key, reader)):
        return False
    return (
        _may_read_keys(profile, keys, reader, written_for=written_for)
        and _may_read_notes(keys, reader, written_for=written_for)
        and may_read_shops(profile, shop_ids)
    )


def _may_read_keys(profile: Profile, keys: Collection[str], reader: Audience, *, written_for: Audience) -> bool:
    """An open key holds the order number, and at line grain the product's beside it; or a transaction's own."""
    if ROW_KEY not in keys or is_masked(written_for, profile.grain):
        return True
    return all(reader.may_see(group) for group in HELD_BY_KEY[profile.grain])


def _may_read_notes(keys: Collection[str], reader: Audience, *, written_for: Audience) -> bool:
    """Notes that are not shared are written where the audience is of the house."""
    has_internal = written_for.may_see(Group.NOTES_INTERNAL) and any(COLUMNS[key].is_internal for key in keys)
    return not has_internal or reader.may_see(Group.NOTES_INTERNAL)


def may_read_shops(profile: Profile, shop_ids: Collection[str] | None) -> bool:
    """Whether the tab holds orders of these shops only; None are all."""
    if shop_ids is None:
        return True
    shown = profile.row_filter.shop_ids
    return bool(shown) and set(shown) <= set(shop_ids)
