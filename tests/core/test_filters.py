"""Row filters: what belongs in a sheet, said in words, stored and read back."""

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from core.made_orders import CREATED, NOW, make_line, make_order, make_row, make_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.columns import COLUMNS
from service.core.filters import MOST_HOURS, MOST_WORDS, RowFilter
from service.core.orders import Clocks
from service.core.rows import Grain
from service.errors import BadInput

LONDON = ZoneInfo("Europe/London")
WORDS = st.lists(st.text(max_size=6), max_size=3).map(tuple)
DAYS = st.none() | st.dates(date(2024, 1, 1), date(2028, 1, 1))
FILTERS = st.builds(
    RowFilter,
    statuses=WORDS,
    due_within_h=st.none() | st.integers(1, MOST_HOURS),
    created_from=DAYS,
    created_to=DAYS,
    skus=WORDS,
    warehouse_ids=WORDS,
    shop_ids=WORDS,
    fulfilment_types=WORDS,
    include_samples=st.booleans(),
)


def test_an_empty_filter_lets_everything_in_and_says_nothing():
    assert RowFilter().accepts(make_row())
    assert RowFilter().pieces() == ()
    assert RowFilter().columns() == ()
    assert RowFilter().to_json() == {}


@pytest.mark.parametrize(
    ("row_filter", "changes", "belongs"),
    [
        (RowFilter(statuses=("AWAITING_SHIPMENT",)), {}, True),
        (RowFilter(statuses=("DELIVERED",)), {}, False),
        (RowFilter(shop_ids=("shop-2",)), {}, False),
        (RowFilter(warehouse_ids=("w1",)), {"warehouse_id": "w1"}, True),
        (RowFilter(warehouse_ids=("w1",)), {}, False),
        (RowFilter(fulfilment_types=("FULFILLMENT_BY_SELLER",)), {"fulfilment_type": ""}, True),
        (RowFilter(fulfilment_types=("FULFILLMENT_BY_SELLER",)), {"fulfilment_type": "FULFILLMENT_BY_TIKTOK"}, False),
        (RowFilter(include_samples=False), {"is_sample": True}, False),
        (RowFilter(include_samples=False), {}, True),
        (RowFilter(skus=("MUG-A",)), {}, True),
        (RowFilter(skus=(make_line().sku_id,)), {}, True),
        (RowFilter(skus=("MUG-Z",)), {}, False),
        (RowFilter(due_within_h=12), {"clocks": Clocks(rts_due=NOW + timedelta(hours=12))}, True),
        (RowFilter(due_within_h=12), {"clocks": Clocks(rts_due=NOW + timedelta(hours=13))}, False),
        (RowFilter(due_within_h=12), {"clocks": Clocks(rts_due=NOW - timedelta(hours=13))}, True),
        (RowFilter(due_within_h=12), {"region": "FR"}, False),
    ],
)
def test_each_condition_holds(row_filter, changes, belongs):
    assert row_filter.accepts(make_row(make_order(**changes))) is belongs


def test_at_line_grain_the_rows_own_units_count():
    order = make_order(lines=(make_line(1, "A"), make_line(2, "B")))
    assert [RowFilter(skus=("MUG-B",)).accepts(row) for row in make_rows(order, Grain.LINE)] == [False, True]


@pytest.mark.parametrize(
    ("created_at", "belongs"),
    [(datetime(2026, 7, 1, 0, 30, tzinfo=LONDON), True), (datetime(2026, 6, 30, 23, 30, tzinfo=LONDON), False)],
)
def test_days_are_the_shops_own(created_at, belongs):
    """Half past midnight in London in July is still the day before in UTC."""
    order = make_order(created_at=created_at)
    assert RowFilter(created_from=date(2026, 7, 1), created_to=date(2026, 7, 1)).accepts(make_row(order)) is belongs


def test_the_moment_an_order_comes_into_the_due_window_is_known():
    row = make_row(make_order(clocks=Clocks(rts_due=NOW + timedelta(hours=30))))
    row_filter = RowFilter(due_within_h=24)
    enters_at = row_filter.next_change_at(row)
    assert enters_at == NOW + timedelta(hours=6)
    assert not row_filter.accepts(make_row(row.order, now=enters_at - timedelta(seconds=1)))
    inside = make_row(row.order, now=enters_at)
    assert row_filter.accepts(inside)
    assert row_filter.next_change_at(inside) is None
    assert RowFilter().next_change_at(row) is None


@settings(max_examples=60)
@given(FILTERS)
def test_a_filter_survives_json_and_names_known_columns(row_filter):
    assert RowFilter.from_json(json.loads(json.dumps(row_filter.to_json()))) == row_filter
    assert set(row_filter.columns()) <= set(COLUMNS)
    assert bool(row_filter.pieces()) == (row_filter != RowFilter())


def test_a_filter_speaks_plain_words():
    row_filter = RowFilter(
        statuses=("AWAITING_SHIPMENT", "IN_TRANSIT"),
        due_within_h=24,
        created_from=CREATED.date(),
        skus=tuple("abcdefgh"),
        include_samples=False,
    )
    assert [piece.sentence for piece in row_filter.pieces()] == [
        "Status: awaiting shipment, in transit",
        "Due within 24 hours, or overdue",
        "Created from 2026-11-20",
        "SKU: a, b, c, d, e, f (+2)",
        "Without samples",
    ]


@pytest.mark.parametrize(
    ("row_filter", "field"),
    [
        (RowFilter(due_within_h=0), "due_within_h"),
        (RowFilter(due_within_h=MOST_HOURS + 1), "due_within_h"),
        (RowFilter(created_from=date(2026, 2, 2), created_to=date(2026, 2, 1)), "created_to"),
        (RowFilter(skus=("x",) * (MOST_WORDS + 1)), "skus"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_at_its_field(row_filter, field):
    with pytest.raises(BadInput) as refused:
        row_filter.check()
    assert refused.value.field == field


def test_stored_conditions_we_do_not_know_are_an_error():
    with pytest.raises(ValueError, match="colour"):
        RowFilter.from_json({"colour": "red"})
