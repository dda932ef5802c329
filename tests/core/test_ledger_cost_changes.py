"""An edit of costs touches exactly the days on which something costs something else."""

from datetime import date, timedelta

from core.made_entries import d
from core.made_orders import make_line, make_order
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.cost_changes import Change, Days, changed_days, changes, with_stated, with_table
from service.core.ledger.costs import SENDING, Cost, CostSource, OrderCost, book_of
from service.core.ledger.sending import sending_of
from service.core.terms import Term, TermKind, terms_of

MUG = "1729000000000000065"
FIRST = date(2026, 1, 1)


def cost(unit: str = "5.00", **more) -> Cost:
    return Cost(MUG, "GBP", d(unit), **more)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_first_cost_changes_every_day_and_one_from_a_day_on_those_from_then_on():
    assert changed_days((), [cost()]) == [Days(None, None)]
    assert changed_days([cost()], [cost(), cost("6.00", from_day=day(31))]) == [Days(day(31), None)]


def test_corrected_stretch_changes_its_own_days_only():
    before = [cost(from_day=day(0)), cost("6.00", from_day=day(31)), cost("7.00", from_day=day(60))]
    after = [before[0], cost("6.50", from_day=day(31)), before[2]]
    assert changed_days(before, after) == [Days(day(31), day(59))]


def test_neighbouring_days_are_one_stretch():
    before = [cost(from_day=day(0)), cost("6.00", from_day=day(31))]
    after = [cost("1.00", from_day=day(0)), cost("2.00", from_day=day(31))]
    assert changed_days(before, after) == [Days(day(0), None)]


def test_saying_the_same_again_changes_nothing_whoever_says_it():
    kept = [cost(source=CostSource.IMPORT)]
    after = with_stated(kept, [cost(source=CostSource.TABLE)])
    assert (list(after), changes(kept, after), changed_days(kept, after)) == (kept, [], [])


def test_cost_of_the_same_day_is_replaced_and_others_stay():
    kept = [cost(from_day=day(0)), cost("6.00", from_day=day(31))]
    after = with_stated(kept, [cost("6.20", from_day=day(31))])
    assert after == (kept[0], cost("6.20", from_day=day(31)))
    assert changes(kept, after) == [Change(kept[1], after[1])]


def test_table_takes_back_what_it_said_before_and_nothing_else():
    """A day that was corrected in the tab must not leave the cost behind that the wrong day had."""
    typed, imported = cost("6.00", from_day=day(31)), cost("7.00", from_day=day(60), source=CostSource.IMPORT)
    corrected = cost("6.00", from_day=day(45))
    assert with_table([typed, imported], [corrected]) == (corrected, imported)


ONE = st.builds(
    lambda unit, start, length, ends: cost(
        str(unit),
        from_day=None if start is None else day(start),
        to_day=day((start or 0) + length) if ends else None,
    ),
    st.integers(1, 3), st.none() | st.integers(0, 20), st.integers(0, 9), st.booleans(),
)  # fmt: skip
SOME = st.lists(ONE, max_size=4, unique_by=lambda one: one.starts)


@given(SOME, SOME)
def test_changed_days_are_exactly_those_on_which_the_cost_differs(before, after):
    old, new = book_of(before), book_of(after)
    stretches = changed_days(before, after)

    def said(book, on):
        found = book.cost_on(MUG, on)
        return None if found is None else (found.unit, found.source)

    for number in range(-3, 35):
        on = day(number)
        is_in = any(
            (one.first is None or one.first <= on) and (one.last is None or on <= one.last) for one in stretches
        )
        assert is_in == (said(old, on) != said(new, on))


def test_own_sending_counts_for_what_the_seller_ships():
    book = book_of([Cost(SENDING, "GBP", d("0"), fulfilment=d("3.20"), from_day=FIRST)])
    order = make_order(shipping_type="SELLER")
    assert sending_of(order, FIRST, book) == OrderCost(d("3.20"), "GBP", CostSource.SETTING)
    assert sending_of(make_order(shipping_type="TIKTOK"), FIRST, book) is None
    assert sending_of(order, FIRST - timedelta(days=1), book) is None
    assert sending_of(make_order(shipping_type="SELLER", status="CANCELLED"), FIRST, book) is None


def test_own_sending_in_another_currency_is_none():
    book = book_of([Cost(SENDING, "USD", d("0"), fulfilment=d("3.20"))])
    assert sending_of(make_order(shipping_type="SELLER"), FIRST, book) is None


def test_order_is_found_by_what_its_bundle_is_packed_from():
    """A component's cost is in the order's profit though no line sells it."""
    bundles = '{"1729000000000000065": [{"sku_id": "1729000000000000070", "seller_sku": "C", "count": "2"}]}'
    order = make_order(lines=(make_line(1),), extra={"bundles": bundles})
    assert Term(TermKind.PART_SKU, "1729000000000000070") in terms_of(order)
