"""The catalogue: complete, well-formed, and each reader says what its sentence promises."""

from datetime import UTC

import pytest
from core.made_orders import SHARED_NOTES, make_line, make_order, make_payment, make_row, make_rows
from msgspec.structs import replace

from service.core.columns import COLUMNS, catalogue_table
from service.core.kinds import KindId
from service.core.orders import Money, Recipient
from service.core.roles import Audience, Group, Role, Switch
from service.core.rows import ORDER_GRAINS, Grain, ShopLabel

TWO_SKUS = make_order(
    lines=(make_line(1, "A"), make_line(2, "A"), make_line(3, "B", price="5.00")),
    payment=make_payment(items_gross="25.00", items_net="25.00", ship_paid="3.99", total="28.99"),
)


def read(key, row):
    return COLUMNS[key].reader(row)


def test_keys_and_headers_are_unique_and_every_record_is_filled():
    assert len({column.header.casefold() for column in COLUMNS.values()}) == len(COLUMNS)
    for key, column in COLUMNS.items():
        assert column.key == key
        assert column.sentence.endswith(".")
        assert column.example
        assert column.needs
        assert (column.kind.kind_id is KindId.ENUM) or not column.choices
        assert bool(column.refusal) == (not column.grains >= ORDER_GRAINS)


def test_the_readme_table_has_a_row_per_column():
    table = catalogue_table()
    assert [row[0] for row in table] == list(COLUMNS)
    assert table[0][:4] == ("order_id", "Order ID", "id", "ID")


@pytest.mark.parametrize("grain", Grain)
@pytest.mark.parametrize("order", [make_order(), TWO_SKUS, make_order(lines=())], ids=["plain", "two skus", "no lines"])
def test_every_reader_gives_a_value_its_kind_can_write(order, grain):
    for row in make_rows(order, grain, notes=SHARED_NOTES):
        for column in COLUMNS.values():
            if grain in column.grains:
                value = column.reader_at(grain)(row)
                assert column.kind.card(value, locale="en", where=UTC)
                column.kind.csv(value, UTC)
                column.kind.cell(value, UTC)


def test_quantities_are_counted_from_units():
    assert read("qty", make_row(TWO_SKUS)) == 3
    assert read("items", make_row(TWO_SKUS)) == "2×MUG-A, 1×MUG-B"
    assert [(read("qty", row), read("items", row)) for row in make_rows(TWO_SKUS, Grain.LINE)] == [
        (2, "2×MUG-A"),
        (1, "1×MUG-B"),
    ]


def test_a_cancelled_unit_is_not_packed_unless_all_are_cancelled():
    dropped = make_line(1, status="CANCELLED")
    assert read("items", make_row(make_order(lines=(dropped, make_line(2))))) == "1×MUG-A"
    assert read("qty", make_row(make_order(lines=(dropped, dropped)))) == 2


def test_an_item_without_a_code_goes_by_its_name():
    row = make_row(make_order(lines=(make_line(seller_sku=""),)))
    assert read("items", row) == "1×Mug Colour A"
    assert read("seller_sku", row) is None


def test_a_cancelled_line_says_so_while_its_order_lives():
    order = make_order(lines=(make_line(1, "A", status="CANCELLED"), make_line(2, "B")))
    assert [read("status", row) for row in make_rows(order, Grain.LINE)] == ["CANCELLED", "AWAITING_SHIPMENT"]
    assert read("status", make_row(order)) == "AWAITING_SHIPMENT"


def test_a_line_shows_its_own_parcel_and_never_anothers():
    order = make_order(
        tracking="T1", provider="Evri", lines=(make_line(1, "A", tracking="T1", provider="Evri"), make_line(2, "B"))
    )
    assert [read("tracking", row) for row in make_rows(order, Grain.LINE)] == ["T1", None]
    assert [read("provider", row) for row in make_rows(order, Grain.LINE)] == ["Evri", None]
    plain = make_order(tracking="T9")
    assert [read("tracking", row) for row in make_rows(plain, Grain.LINE)] == ["T9"]


def test_a_parcel_is_linked_when_there_is_one_and_its_carrier_is_known():
    order = make_order(tracking="H1", provider="Evri")
    assert read("tracking_url", make_row(order)) == "https://www.evri.com/track/parcel/H1"
    assert read("tracking_url", make_row(make_order(tracking="H1", provider="Elsewhere"))) is None
    lines = (make_line(1, "A", tracking="H1", provider="Evri"), make_line(2, "B", tracking="H2", provider="Evri"))
    assert read("tracking_url", make_row(make_order(lines=lines))) is None


def test_packages_come_from_lines_or_from_the_order():
    lines = (make_line(1, "A", package_id="P1"), make_line(2, "B"))
    order = make_order(lines=lines, package_ids=("P1", "P2"))
    assert [read("package_id", row) for row in make_rows(order, Grain.LINE)] == ["P1", None]
    assert read("package_id", make_row(make_order(package_ids=("P1", "P2")))) == "P1, P2"


def test_the_reference_is_the_end_of_the_order_number():
    assert read("order_ref", make_row()) == "000011"


def test_the_link_to_seller_center_exists_only_where_its_address_is_known():
    assert read("order_url", make_row()).startswith(
        "https://seller-uk.tiktok.com/order/detail?order_no=576400000000000011"
    )
    assert read("order_url", make_row(shop=ShopLabel("Tassen", "DE", "Europe/Berlin"))) is None


def test_a_warehouse_is_named_or_shown_by_its_number():
    order = make_order(warehouse_id="69")
    assert read("warehouse", make_row(order, warehouses={"69": "Leeds"})) == "Leeds"
    assert read("warehouse", make_row(order)) == "69"
    assert read("warehouse", make_row()) is None


def test_revenue_is_goods_as_paid_plus_the_platforms_discount():
    """2 × 25.00, seller discount 5, platform discount 3 → buyer pays 42.00 for goods, revenue 45.00."""
    payment = make_payment(items_gross="50", seller_discount="5", platform_discount="3", items_net="42")
    assert read("revenue", make_row(make_order(payment=payment))) == Money(4500, "GBP")


@pytest.mark.parametrize("sort", ["is_sample", "is_replacement"])
def test_what_is_no_sale_has_no_revenue(sort):
    assert read("revenue", make_row(make_order(**{sort: True}))) == Money(0, "GBP")


def test_revenue_is_unknown_where_an_input_is():
    payment = replace(make_payment(), platform_discount=None)
    assert read("revenue", make_row(make_order(payment=payment))) is None


MONEY_AT_LINES = [
    key
    for key, column in COLUMNS.items()
    if column.kind.kind_id is KindId.MONEY and not column.refusal and (key == "revenue" or not column.reads_books)
]


@pytest.mark.parametrize("key", MONEY_AT_LINES)
@pytest.mark.parametrize(
    "order",
    [
        TWO_SKUS,
        make_order(lines=TWO_SKUS.lines, payment=make_payment(items_net="24.99", platform_discount="0.01")),
        make_order(
            lines=(make_line(1, "A", sale_price=None), make_line(2, "B")), payment=make_payment(ship_paid="0.01")
        ),
        make_order(
            lines=tuple(make_line(n, s, price="0") for n, s in enumerate("ABC")), payment=make_payment(ship_paid="1")
        ),
    ],
    ids=["exact", "lines disagree", "price missing", "free"],
)
def test_amounts_of_lines_add_up_to_the_orders(key, order):
    whole = read(key, make_row(order))
    parts = [read(key, row) for row in make_rows(order, Grain.LINE)]
    assert sum(part.minor for part in parts) == whole.minor


def test_a_lines_own_price_is_shown_where_the_lines_add_up():
    assert [read("items_net", row) for row in make_rows(TWO_SKUS, Grain.LINE)] == [
        Money(2000, "GBP"),
        Money(500, "GBP"),
    ]
    assert [read("ship_paid", row).minor for row in make_rows(TWO_SKUS, Grain.LINE)] == [319, 80]


def test_tax_and_the_total_with_it_are_not_split():
    for key in ("tax_collected", "order_total"):
        assert COLUMNS[key].grains == frozenset({Grain.ORDER})


def test_synced_is_the_fetch_of_the_content_shown():
    row = make_row()
    assert read("synced_at", row) == row.order.fetched_at


def test_custom_notes_have_their_places():
    row = make_row(notes=SHARED_NOTES)
    assert [read(f"custom_{number}", row) for number in range(1, 6)] == ["x", None, "z", None, None]


def test_columns_that_are_derived_from_deadlines_need_the_deadlines_group():
    for key in ("action_needed", "seller_fault"):
        assert COLUMNS[key].needs == {Group.STATUS, Group.SLA}
    assert not Audience(Role.ACCOUNTANT, frozenset(Switch)).may_see(Group.SLA)


@pytest.mark.parametrize("key", [key for key, column in COLUMNS.items() if Group.PII not in column.needs])
def test_columns_that_need_no_leave_to_show_buyers_read_none(key):
    """Sheets without a buyer's column are made from orders whose buyers stay sealed."""
    order = make_order()
    known, unknown = (make_row(one) for one in (order, replace(order, recipient=Recipient())))
    assert read(key, known) == read(key, unknown)
