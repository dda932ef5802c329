"""Who may see a table of costs: whoever may see a tab with these columns. The one answer for tabs, files and pages."""

from collections.abc import Collection

from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.profiles import ChosenColumn, Profile
from service.core.rows import Grain

_KEYS = ("sku_id", "seller_sku", "product_name", "unit_cost")


def costs_profile(shop_ids: Collection[str] | None) -> Profile:
    """A tab with the costs of these shops (None = of all of the account), as far as its readers are concerned."""
    return Profile(
        profile_id="",
        name="Costs",
        grain=Grain.LINE,
        columns=tuple(ChosenColumn(key, COLUMNS[key].header) for key in _KEYS),
        row_filter=RowFilter(shop_ids=tuple(sorted(shop_ids or ()))),
    )
