"""Who may open a file that is written for somebody else: what is in the cells counts, not only the headings."""

import pytest

from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.profiles import ChosenColumn, Profile
from service.core.readership import may_read
from service.core.roles import Audience, CustomRole, Group, Role, Switch
from service.core.rows import Grain

OWNER, FINANCE, SUPPORT = Audience(Role.OWNER), Audience(Role.FINANCE), Audience(Role.SUPPORT)
WAREHOUSE, ACCOUNTANT = Audience(Role.WAREHOUSE), Audience(Role.ACCOUNTANT)
CLIENT = Audience(Role.CLIENT, frozenset({Switch.CLIENT_ID, Switch.CLIENT_FULFIL}))


def profile(*keys, grain=Grain.ORDER, shops=()):
    columns = tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys)
    return Profile("p", "P", grain, columns, RowFilter(shop_ids=shops))


@pytest.mark.parametrize("role", Role)
def test_whoever_a_tab_is_written_for_may_read_it(role):
    audience = Audience(role, frozenset({Switch.CLIENT_ID}))
    assert may_read(profile("order_ref", "status"), audience, written_for=audience)


def test_a_column_too_many_is_one_too_many():
    assert may_read(profile("order_id", "status"), ACCOUNTANT, written_for=FINANCE)
    assert not may_read(profile("order_id", "status", "note"), ACCOUNTANT, written_for=FINANCE)


def test_an_open_key_shows_the_order_number_to_whom_it_is_masked():
    """No heading of an order number is in sight: it is in the hidden key."""
    parcels = profile("status", "items", grain=Grain.LINE)
    assert not may_read(parcels, CLIENT, written_for=WAREHOUSE)
    assert may_read(parcels, WAREHOUSE, written_for=CLIENT), "masked keys tell nobody anything"
    groups = frozenset({Group.ID_MASKED, Group.ITEM, Group.STATUS})
    own = Audience(Role.WAREHOUSE, custom=CustomRole("r", "Odd", Role.WAREHOUSE, groups))
    assert not may_read(parcels, own, written_for=WAREHOUSE)
    assert may_read(parcels, own, written_for=own)


def test_an_open_key_of_a_line_holds_the_product_too():
    assert not may_read(profile("order_id", "status", grain=Grain.LINE), ACCOUNTANT, written_for=FINANCE)
    assert may_read(profile("order_id", "status"), ACCOUNTANT, written_for=FINANCE)


def test_notes_of_the_house_stay_in_it():
    """The heading is the same; what stands below depends on whom the file is written for."""
    noted = profile("order_id", "note")
    assert not may_read(noted, WAREHOUSE, written_for=SUPPORT)
    assert may_read(noted, SUPPORT, written_for=WAREHOUSE)
    assert may_read(noted, FINANCE, written_for=OWNER)


@pytest.mark.parametrize(
    ("shown", "mine", "may"),
    [
        (("a",), {"a", "b"}, True),
        (("a", "b"), {"a", "b"}, True),
        (("a", "b"), {"a"}, False),
        ((), {"a", "b"}, False),
        ((), None, True),
        (("a",), None, True),
        (("a",), set(), False),
    ],
)
def test_orders_of_other_shops_are_not_for_who_has_some(shown, mine, may):
    assert may_read(profile("order_id", shops=shown), WAREHOUSE, written_for=WAREHOUSE, shop_ids=mine) is may
