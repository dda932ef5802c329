"""How long buyers are kept: counted from the end of their order."""

from datetime import timedelta

import pytest
from core.made_orders import BUYER, CREATED, make_order, make_row
from msgspec import structs

from service.core.columns import COLUMNS
from service.core.orders import OrderStatus, Recipient
from service.core.retention import CHOICES, DEFAULT_DAYS, FORGOTTEN_AFTER, days_kept, is_spent, without_buyer
from service.core.roles import Group
from service.core.rows import Grain

DAY = timedelta(days=1)
ENDED = CREATED + 3 * DAY


def order(status):
    return make_order(status=status, updated_at=ENDED)


@pytest.mark.parametrize("days", CHOICES)
@pytest.mark.parametrize("status", ["COMPLETED", "CANCELLED"])
def test_buyer_of_an_ended_order_is_kept_for_the_chosen_days(status, days):
    over_at = ENDED + days * DAY
    assert not is_spent(order(status), days=days, now=over_at - timedelta(seconds=1))
    assert is_spent(order(status), days=days, now=over_at)


@pytest.mark.parametrize(
    "status", [*sorted({one.value for one in OrderStatus} - {"COMPLETED", "CANCELLED"}), "NEVER_SEEN"]
)
def test_buyer_of_an_open_order_is_kept_until_nobody_speaks_of_it_any_more(status):
    """A delivered one may still come back; what nothing was heard of for two months is over all the same."""
    assert not is_spent(order(status), days=0, now=ENDED + FORGOTTEN_AFTER - timedelta(seconds=1))
    assert is_spent(order(status), days=0, now=ENDED + FORGOTTEN_AFTER)


def test_account_that_chose_nothing_gets_one_of_the_choices():
    assert days_kept(None) == DEFAULT_DAYS == 7
    assert days_kept(0) == 0
    assert DEFAULT_DAYS in CHOICES


def test_every_column_about_the_buyer_is_blank_once_the_buyer_is_gone():
    """Whatever column is added to the group: its source lies in what is sealed and erased, nowhere else."""
    full = make_order(recipient=Recipient(**{one.name: f"zq{one.name}" for one in structs.fields(Recipient)}))
    keys = [key for key, column in COLUMNS.items() if Group.PII in column.needs]
    assert len(keys) == len(structs.fields(Recipient))
    assert [key for key in keys if read(key, full) is None] == []
    assert [key for key in keys if read(key, without_buyer(full)) is not None] == []
    assert "zq" not in repr(without_buyer(full))


def test_no_other_column_tells_of_the_buyer():
    """With and without the buyer, every other column of the catalogue says the same."""
    full = make_order(recipient=BUYER)
    others = [key for key, column in COLUMNS.items() if Group.PII not in column.needs]
    assert {key: read(key, full) for key in others} == {key: read(key, without_buyer(full)) for key in others}


def read(key, shown):
    grain = Grain.ORDER if Grain.ORDER in COLUMNS[key].grains else Grain.LINE
    return COLUMNS[key].reader(make_row(shown, grain=grain))
