"""Costs by day, bundles, and the costs table: each wrong row is reported, each good one is taken."""

from datetime import date
from decimal import Decimal

import pytest
from core.made_entries import d
from core.made_orders import CREATED, make_line, make_order
from hypothesis import given
from hypothesis import strategies as st

from service.core.ledger.cost_cells import UnreadableCellError, Wrong, day_in, number_in
from service.core.ledger.cost_rows import CostColumn, KnownSku, read_costs
from service.core.ledger.costs import SENDING, BundlePart, Cost, CostSource, book_of, bundles_of, units_sent

MUG, CUP, SET, VN = "1729000000000000065", "1729000000000000066", "1729000000000000067", "1729000000000000068"
KNOWN = (
    KnownSku(MUG, "MUG-A", "GBP"),
    KnownSku(CUP, "CUP", "GBP"),
    KnownSku(SET, "CUP", "GBP"),
    KnownSku(VN, "VN-1", "VND"),
)
HEADER = ["SKU ID", "SKU", "Product", "Currency", "Unit cost", "Packaging", "Own fulfilment", "From", "To"]
GOOD = [MUG, "MUG-A", "Mug", "GBP", "5.00", "0.30", "", "2026-01-01", ""]
DAY = date(2026, 11, 20)


def row(**cells: str) -> list[str]:
    """The good row with some of its cells changed, named by their heading in lower case."""
    places = {heading.lower().replace(" ", "_"): index for index, heading in enumerate(HEADER)}
    changed = list(GOOD)
    for name, text in cells.items():
        changed[places[name]] = text
    return changed


def read(*rows: list[str]):
    return read_costs(HEADER, rows, known=KNOWN)


WRONG_ROWS: dict[str, tuple[list[str], Wrong, CostColumn | None]] = {
    "no sku": (row(sku_id="", sku=""), Wrong.SKU_MISSING, CostColumn.SKU_ID),
    "unknown id": (row(sku_id="1729000000000000999", sku=""), Wrong.SKU_UNKNOWN, CostColumn.SKU_ID),
    "unknown code": (row(sku_id="", sku="TEAPOT"), Wrong.SKU_UNKNOWN, CostColumn.SKU),
    "code of two skus": (row(sku_id="", sku="cup"), Wrong.SKU_SHARED, CostColumn.SKU),
    "id and code disagree": (row(sku="CUP"), Wrong.SKU_DISAGREES, CostColumn.SKU),
    "id became a number": (row(sku_id="1.729E+18"), Wrong.SKU_ID_ROUNDED, CostColumn.SKU_ID),
    "packaging but no cost": (row(unit_cost=""), Wrong.COST_MISSING, CostColumn.UNIT_COST),
    "text": (row(unit_cost="five"), Wrong.NOT_A_NUMBER, CostColumn.UNIT_COST),
    "not finite": (row(unit_cost="NaN"), Wrong.NOT_A_NUMBER, CostColumn.UNIT_COST),
    "two points": (row(unit_cost="1.2.3"), Wrong.NOT_A_NUMBER, CostColumn.UNIT_COST),
    "negative": (row(unit_cost="-5"), Wrong.NEGATIVE, CostColumn.UNIT_COST),
    "in brackets": (row(unit_cost="(5.00)"), Wrong.NEGATIVE, CostColumn.UNIT_COST),
    "thousand or decimal": (row(unit_cost="1,234"), Wrong.NUMBER_AMBIGUOUS, CostColumn.UNIT_COST),
    "part of a penny": (row(unit_cost="5.001"), Wrong.NUMBER_AMBIGUOUS, CostColumn.UNIT_COST),
    "part of a small penny": (row(unit_cost="0.125"), Wrong.TOO_PRECISE, CostColumn.UNIT_COST),
    "half a dong": (
        row(sku_id=VN, sku="", currency="", unit_cost="5.5", packaging=""),
        Wrong.TOO_PRECISE,
        CostColumn.UNIT_COST,
    ),
    "percent": (row(unit_cost="12%"), Wrong.PERCENT, CostColumn.UNIT_COST),
    "too large": (row(unit_cost="10000000000"), Wrong.TOO_LARGE, CostColumn.UNIT_COST),
    "broken formula": (row(unit_cost="#REF!"), Wrong.CELL_ERROR, CostColumn.UNIT_COST),
    "formula as text": (row(unit_cost="=A1*2"), Wrong.FORMULA, CostColumn.UNIT_COST),
    "sign of another currency": (row(unit_cost="$5"), Wrong.SYMBOL_DIFFERS, CostColumn.UNIT_COST),
    "code of another currency": (row(unit_cost="5 USD"), Wrong.SYMBOL_DIFFERS, CostColumn.UNIT_COST),
    "wrong currency": (row(currency="USD"), Wrong.CURRENCY_DIFFERS, CostColumn.CURRENCY),
    "no such currency": (row(currency="Pound"), Wrong.CURRENCY_UNREADABLE, CostColumn.CURRENCY),
    "packaging negative": (row(packaging="-1"), Wrong.NEGATIVE, CostColumn.PACKAGING),
    "packaging text": (row(packaging="box"), Wrong.NOT_A_NUMBER, CostColumn.PACKAGING),
    "fulfilment text": (row(own_fulfilment="courier"), Wrong.NOT_A_NUMBER, CostColumn.FULFILMENT),
    "no day": (row(**{"from": "soon"}), Wrong.NOT_A_DAY, CostColumn.FROM),
    "no such day": (row(**{"from": "2026-02-30"}), Wrong.NOT_A_DAY, CostColumn.FROM),
    "day or month": (row(**{"from": "03/04/2026"}), Wrong.DAY_AMBIGUOUS, CostColumn.FROM),
    "mistyped year": (row(**{"from": "0206-01-01"}), Wrong.DAY_OUT_OF_RANGE, CostColumn.FROM),
    "ends before it starts": (row(to="2025-12-31"), Wrong.ENDS_BEFORE_START, CostColumn.TO),
}  # fmt: skip


@pytest.mark.parametrize("name", list(WRONG_ROWS))
def test_a_wrong_row_is_reported_with_its_cell_and_the_good_ones_are_taken(name):
    """One wrong row between two good ones: nothing of it is taken, nothing of them is lost."""
    wrong, expected, column = WRONG_ROWS[name]
    found = read(row(to="2026-05-31"), wrong, row(**{"from": "2026-06-01"}))
    assert [(fault.row, fault.wrong, fault.column) for fault in found.faults] == [(2, expected, column)]
    assert found.faults[0].text == (wrong[HEADER.index(column)] if column else "")
    assert sorted(found.taken) == [1, 3]


def test_all_wrong_rows_at_once_are_each_reported():
    rows = [wrong for wrong, _, _ in WRONG_ROWS.values()]
    found = read(*rows, GOOD)
    assert len({wrong for _, wrong, _ in WRONG_ROWS.values()}) >= 20
    assert [fault.row for fault in found.faults] == list(range(1, len(rows) + 1))
    assert list(found.taken) == [len(rows) + 1]


def test_everything_wrong_in_a_row_is_said_at_once():
    found = read(row(unit_cost="x", packaging="-1", **{"from": "soon"}, currency="USD"))
    assert {fault.wrong for fault in found.faults} == {
        Wrong.NOT_A_NUMBER,
        Wrong.NEGATIVE,
        Wrong.NOT_A_DAY,
        Wrong.CURRENCY_DIFFERS,
    }
    assert not found.taken


@pytest.mark.parametrize(
    ("one", "two", "wrong"),
    [
        ({}, {}, Wrong.ROW_TWICE),
        ({}, {"unit_cost": "6"}, Wrong.OVERLAPS),
        ({"to": "2026-06-30"}, {"from": "2026-06-30", "unit_cost": "6"}, Wrong.OVERLAPS),
        ({"from": "2026-06-30"}, {"from": "", "to": "2026-07-01"}, Wrong.OVERLAPS),
    ],
    ids=["twice", "same-start", "a-shared-day", "upper-row-later"],
)
def test_of_two_rows_that_collide_the_upper_is_kept(one, two, wrong):
    found = read(row(**one), row(**two))
    assert [(fault.row, fault.wrong, fault.other_row) for fault in found.faults] == [(2, wrong, 1)]
    assert list(found.taken) == [1]


def test_an_open_end_closes_where_the_next_cost_starts():
    found = read(row(), row(**{"from": "2026-06-01", "to": "2026-06-30", "unit_cost": "6"}))
    book = book_of(found.taken.values())
    days = [date(2025, 12, 31), date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 1)]
    assert [cost and cost.unit for cost in (book.cost_on(MUG, day) for day in days)] == [None, 5, 6, None]


def test_a_row_that_only_names_its_sku_waits():
    found = read([MUG, "MUG-A", "Mug", "GBP", "", "", "", "", ""], [""] * 9, [])
    assert (found.taken, found.faults, found.waiting) == ({}, (), (1,))


def test_a_cost_of_zero_is_a_cost():
    assert read(row(unit_cost="0")).taken[1].unit == 0


def test_a_row_by_the_sellers_code_takes_the_shops_currency():
    found = read_costs(
        ["sku", "UNIT COST", "My margin"], [["mug-a", "£5,50", "=B2"]], known=KNOWN, source=CostSource.IMPORT
    )
    assert found.taken == {1: Cost(MUG, "GBP", d("5.50"), source=CostSource.IMPORT)}


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        (["SKU ID", "Price"], [Wrong.HEADING_MISSING]),
        (["Name"], [Wrong.HEADING_MISSING, Wrong.HEADING_MISSING]),
        (["SKU ID", "Unit cost", "unit_cost"], [Wrong.HEADING_TWICE]),
    ],
    ids=["no-cost", "nothing", "twice"],
)
def test_a_header_that_cannot_be_used_takes_no_row(header, wrong):
    found = read_costs(header, [GOOD], known=KNOWN)
    assert ([fault.wrong for fault in found.faults], found.taken) == (wrong, {})
    assert {fault.row for fault in found.faults} == {0}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5", "5"), ("5.5", "5.5"), ("5,50", "5.50"), (".5", "0.5"), ("£5.00", "5"), ("GBP 5", "5"), ("5 gbp", "5"),
        ("1,234.50", "1234.50"), ("1.234,50", "1234.50"), ("1 234,50", "1234.50"), ("1,234,567", "1234567"),
        ("+3", "3"), ("0012.00", "12"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, amount):
    assert number_in(text, currency="GBP", decimals=2) == d(amount)


def test_a_dollar_sign_will_do_for_any_dollar():
    assert number_in("$5", currency="MXN", decimals=2) == 5
    with pytest.raises(UnreadableCellError):
        number_in("€5", currency="MXN", decimals=2)


@given(st.integers(0, 10**11))
def test_no_cent_is_lost_on_the_way_from_a_cell(minor):
    """An amount with two decimals comes back as it was, however many digits it has."""
    amount = Decimal(minor).scaleb(-2)
    assert number_in(f"{amount:.2f}", currency="GBP", decimals=2) == amount
    assert number_in(f"{amount:,.2f}", currency="GBP", decimals=2) == amount


@pytest.mark.parametrize(
    "text", ["2026-01-31", "2026/1/31", "31/01/2026", "31.1.2026", "01/31/2026", "46053", "2026-01-31 00:00:00"]
)
def test_days_are_read_as_people_write_them(text):
    assert day_in(text) == date(2026, 1, 31)


def test_the_same_number_twice_is_no_doubt():
    assert day_in("05/05/2026") == date(2026, 5, 5)


def test_a_bundle_costs_what_its_components_cost():
    book = book_of(
        [Cost(MUG, "GBP", d("5"), packaging=d("0.30")), Cost(CUP, "GBP", d("2"), fulfilment=d("1"))],
        {SET: [BundlePart(MUG, 1), BundlePart(CUP, 2)]},
    )
    cogs = book.cogs_of(SET, 2, day=DAY, currency="GBP")
    assert (cogs.product, cogs.packaging, cogs.fulfilment, cogs.total) == (18, d("0.60"), 4, d("22.60"))


def test_a_bundle_with_a_component_missing_has_no_cost_and_says_which():
    book = book_of([Cost(MUG, "GBP", d("5"))], {SET: [BundlePart(MUG, 1), BundlePart(CUP, 2)]})
    cogs = book.cogs_of(SET, 1, day=DAY, currency="GBP")
    assert (cogs.total, cogs.missing) == (None, (CUP,))


def test_a_bundles_own_cost_goes_before_its_components():
    book = book_of([Cost(SET, "GBP", d("7")), Cost(MUG, "GBP", d("5"))], {SET: [BundlePart(MUG, 1)]})
    assert book.cogs_of(SET, 1, day=DAY, currency="GBP").total == 7


def test_a_bundle_that_holds_itself_is_missing_and_does_not_hang():
    book = book_of([], {SET: [BundlePart(SET, 1)]})
    assert book.cogs_of(SET, 1, day=DAY, currency="GBP").missing == (SET,)


def test_goods_without_an_id_are_missing_and_do_not_cost_what_sending_does():
    """Sending is kept under no SKU: taken for the cost of such goods it would be a cost that is known, and too low."""
    book = book_of([Cost(SENDING, "GBP", d(0), fulfilment=d("3.20"))])
    assert book.cogs_of("", 2, day=DAY, currency="GBP").total is None
    bundle = book_of([Cost(SENDING, "GBP", d(0), fulfilment=d("3.20"))], {SET: [BundlePart("", 1)]})
    assert bundle.cogs_of(SET, 1, day=DAY, currency="GBP").total is None


def test_a_bundle_of_none_of_something_has_no_cost():
    for count in (0, -2):
        book = book_of([Cost(MUG, "GBP", d(5))], {SET: [BundlePart(MUG, count)]})
        assert book.cogs_of(SET, 1, day=DAY, currency="GBP").missing == (SET,)


def test_a_cost_in_another_currency_is_missing_and_not_added():
    book = book_of([Cost(MUG, "USD", d("5"))])
    assert book.cogs_of(MUG, 1, day=DAY, currency="GBP").total is None


def test_bundles_are_read_from_the_order_and_nonsense_is_no_bundle():
    told = '{"' + SET + '": [{"sku_id": "' + MUG + '", "seller_sku": "MUG-A", "count": "2"}]}'
    assert bundles_of(make_order(extra={"bundles": told})) == {SET: (BundlePart(MUG, 2),)}
    for nonsense in ("", "[", "[]", '{"a": [{"count": "x"}]}', '{"a": 5}'):
        assert bundles_of(make_order(extra={"bundles": nonsense})) == {}


def test_units_that_never_left_cost_nothing():
    lines = (make_line(1), make_line(2, status="CANCELLED"), make_line(3, "B"))
    order = make_order(lines=lines)
    assert sorted(units_sent(order).values()) == [1, 1]
    assert units_sent(make_order(lines=lines, status="CANCELLED")) == {}
    assert sum(units_sent(make_order(lines=lines, status="CANCELLED", collected_at=CREATED)).values()) == 3
