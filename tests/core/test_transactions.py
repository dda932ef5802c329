"""A row that is a settled transaction: its own amounts to the cent, its order's never, and nothing made up."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from core.made_entries import entries, make_entry
from core.made_orders import MASK, NOW, SHOP, make_order
from hypothesis import given
from hypothesis import strategies as st

from service.core.columns import COLUMNS
from service.core.columns.transactions import READERS
from service.core.currencies import amount
from service.core.filters import RowFilter
from service.core.ledger.entries import Payment, Statement
from service.core.ledger.pools import pools_of
from service.core.presets import PRESETS, preset_for
from service.core.profiles import ChosenColumn, Profile, check, key_column, project, removed_cells
from service.core.roles import Audience, Group, Role, Switch
from service.core.rows import Grain, entry_key, entry_source, row_sources
from service.errors import BadInput

AT = datetime(2026, 10, 1, tzinfo=UTC)
ACCOUNTANT = Audience(Role.ACCOUNTANT)
SALE = make_entry(
    settlement="105.90",
    revenue="134.90",
    fee_tax="-29.00",
    amounts={
        "revenue.subtotal_before_discount_amount": "140.00",
        "revenue.seller_discount_amount": "-5.10",
        "fee.sfp_service_fee_amount": "-10.79",
        "fee.fee_per_item_sold_amount": "-6.00",
        "tax.isr_amount": "-2.91",
        "tax.iva_amount": "-9.30",
    },
    settled_at=AT,
)


def row_of(entry, **more):
    return entry_source(entry, shop_id="shop", shop=SHOP, now=NOW, **more)


def read(key, entry, **more):
    return COLUMNS[key].reader_at(Grain.TRANSACTION)(row_of(entry, **more))


def test_a_sale_says_what_it_was_made_of():
    shown = {key: read(key, SALE) for key in ("items_gross", "seller_discount", "revenue", "pool_tax", "pool_platform")}
    assert {key: str(amount(value)) for key, value in shown.items()} == {
        "items_gross": "140.00", "seller_discount": "5.10", "revenue": "134.90", "pool_tax": "12.21",
        "pool_platform": "16.79",
    }  # fmt: skip
    assert read("fee_partner", SALE) is None


@given(st.lists(entries(), max_size=8))
def test_rows_add_up_to_what_the_ledger_makes_of_the_same_entries(found):
    """Settlement, reserve and pools of all rows together are those of their statement; each row ties out alone."""
    sums = dict.fromkeys(
        ("revenue", "pool_tax", "pool_platform", "pool_marketing", "settlement", "reserve"), Decimal(0)
    )
    for entry in found:
        mine = {key: read(key, entry) for key in sums}
        parts = {key: amount(value) if value is not None else Decimal(0) for key, value in mine.items()}
        taken = parts["pool_tax"] + parts["pool_platform"] + parts["pool_marketing"]
        assert parts["revenue"] - taken == parts["settlement"]
        sums = {key: sums[key] + parts[key] for key in sums}
    whole = pools_of(found, "GBP")
    assert sums["settlement"] == whole.settlement
    assert sums["reserve"] == whole.reserve
    assert sums["revenue"] == whole.revenue


@given(entries())
def test_the_lines_of_the_platform_pool_add_up_to_it_with_what_nobody_can_name(entry):
    lines = ("fee_referral", "fee_transaction", "fee_refund_admin", "fee_logistics", "fee_adjust", "fee_unclassified")
    found = [amount(value) for key in lines if (value := read(key, entry)) is not None]
    assert sum(found, Decimal(0)) == amount(read("pool_platform", entry))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("ORDER", "Order"),
        ("SHIPPING_FEE_ADJUSTMENT", "Shipping fee adjustment"),
        ("moon  Tax!", "Moon tax"),
        ("", None),
    ],
)
def test_a_transaction_is_called_by_its_kind_in_plain_words(kind, said):
    assert read("transaction_type", make_entry(kind=kind)) == said


def test_a_reserve_settles_nothing_and_says_what_is_held_back():
    held = make_entry(kind="RESERVE", reserve_id="R1", reserve="-7.50", settlement="-7.50")
    assert (amount(read("settlement", held)), amount(read("reserve", held))) == (0, Decimal("-7.50"))


def test_a_row_without_an_order_says_nothing_of_one():
    """What stands in the order's place has a creation of its own, which must not be shown."""
    rent = make_entry(kind="Moon rent", order_id="", adjustment="-3.21")
    assert [read(key, rent) for key in ("order_id", "order_ref", "created_at")] == [None, None, None]
    assert read("currency", rent) == "GBP"


def test_the_order_s_creation_is_upstream_s_own_or_that_of_the_order_we_hold():
    assert read("created_at", make_entry()) is None
    assert read("created_at", make_entry(), order=make_order()) == make_order().created_at
    assert read("created_at", make_entry(order_created_at=AT)) == AT


def test_amounts_are_in_the_transaction_s_currency_whatever_the_order_s_is():
    row = row_of(make_entry(currency="MXN", revenue="10.00", settlement="10.00"), order=make_order())
    profile = Profile("p", "P", Grain.TRANSACTION, tuple(ChosenColumn(key, key) for key in ("currency", "revenue")))
    shown = project(profile, ACCOUNTANT, row, where=UTC)
    assert (shown.currency, shown.cells["currency"].value) == ("MXN", "MXN")


def test_the_payout_is_that_of_the_statement():
    statement = Statement("S1", "GBP", AT, Decimal("1.00"), payment_status="PROCESSING", payment_id="P1")
    assert read("payout_status", SALE, statement=statement) == "PROCESSING"
    paid = Payment("P1", "PAID", None)
    shown = [read(key, SALE, statement=statement, payment=paid) for key in ("payment_id", "payout_status", "fx_rate")]
    assert shown == ["P1", "PAID", None]
    assert read("payment_id", SALE) is None


def test_only_what_a_transaction_says_of_itself_stands_beside_it():
    """Amounts of the whole order would be added up once for each of its transactions."""
    standing = {key for key, column in COLUMNS.items() if Grain.TRANSACTION in column.grains}
    assert standing == {*READERS, "transaction_type"} & COLUMNS.keys()
    allowed = {Group.ID, Group.ID_MASKED, Group.STATUS, Group.REVENUE, Group.FEES}
    assert {group for key in standing for group in COLUMNS[key].needs} <= allowed
    for key in ("order_total", "items_net", "qty", "recipient", "pool_cogs", "net_profit"):
        profile = Profile("p", "P", Grain.TRANSACTION, (ChosenColumn(key, key),))
        with pytest.raises(BadInput) as refused:
            check(profile, Audience(Role.OWNER, frozenset(Switch)))
        assert "one settled transaction" in refused.value.values["reason"]


@pytest.mark.parametrize("switches", [(), (Switch.ACCOUNTANT_COST, Switch.ACCOUNTANT_PROFIT)], ids=["plain", "opened"])
def test_the_accountant_s_tab_tells_no_cost_and_no_buyer(switches):
    audience = Audience(Role.ACCOUNTANT, frozenset(switches))
    profile = preset_for(PRESETS["accountant"], audience, profile_id="p")
    check(profile, audience)
    needed = {group for column in profile.columns for group in COLUMNS[column.key].needs}
    assert needed == {Group.ID, Group.STATUS, Group.REVENUE, Group.FEES}
    assert key_column(profile, audience) == "row_key"


def test_an_order_by_itself_makes_no_row_of_what_was_settled():
    assert row_sources(make_order(), Grain.TRANSACTION, shop=SHOP, now=NOW) == ()


def test_keys_are_upstream_s_ids_and_masked_ones_tell_nothing():
    masked = entry_key("7241000000000015000", mask=MASK)
    assert entry_key("7241000000000015000", mask=None) == "7241000000000015000"
    assert "7241" not in masked
    assert masked != entry_key("7241000000000015001", mask=MASK)


def test_a_line_that_is_gone_keeps_no_amount():
    profile = preset_for(PRESETS["accountant"], ACCOUNTANT, profile_id="p")
    cells = removed_cells(profile)
    assert cells.keys() == {column.key for column in profile.columns}
    assert {key: cell.value for key, cell in cells.items() if cell.value} == {"transaction_type": "removed"}


# --- the filter ---


@pytest.mark.parametrize(
    ("first", "last", "belongs"),
    [
        (None, date(2026, 9, 30), True),
        (date(2026, 9, 30), date(2026, 9, 30), True),
        (date(2026, 10, 1), None, False),
        (None, date(2026, 9, 29), False),
    ],
)
def test_a_statement_belongs_to_the_utc_day_that_it_covers(first, last, belongs):
    """Cut at midnight, it holds the day before: the last day of September is September's."""
    assert RowFilter(settled_from=first, settled_to=last).accepts(row_of(SALE)) is belongs


def test_without_a_time_it_belongs_to_no_period_and_to_every_tab_without_one():
    timeless = row_of(replace(SALE, settled_at=None))
    assert RowFilter().accepts(timeless)
    assert not RowFilter(settled_from=date(2020, 1, 1)).accepts(timeless)


def test_the_filter_says_which_shops():
    assert RowFilter(shop_ids=("shop",)).accepts(row_of(SALE))
    assert not RowFilter(shop_ids=("another",)).accepts(row_of(SALE))


def test_a_period_survives_storing_and_is_said_in_words():
    wanted = RowFilter(settled_from=date(2026, 9, 1), settled_to=date(2026, 9, 30))
    assert RowFilter.from_json(wanted.to_json()) == wanted
    assert [piece.sentence for piece in wanted.pieces()] == [
        "Settled from 2026-09-01 (UTC)", "Settled up to 2026-09-30 (UTC)",
    ]  # fmt: skip
    assert wanted.columns() == ("settled_at",)
    assert RowFilter.from_json({"statuses": ["DELIVERED"]}) == RowFilter(statuses=("DELIVERED",))


@pytest.mark.parametrize(
    ("wanted", "grain"),
    [
        (RowFilter(statuses=("DELIVERED",)), Grain.TRANSACTION),
        (RowFilter(include_samples=False), Grain.TRANSACTION),
        (RowFilter(settled_from=date(2026, 9, 1)), Grain.ORDER),
        (RowFilter(settled_from=date(2026, 9, 2), settled_to=date(2026, 9, 1)), Grain.TRANSACTION),
    ],
    ids=["status of an order", "samples", "orders by settlement", "the wrong way round"],
)
def test_a_condition_that_such_rows_do_not_know_is_refused(wanted, grain):
    with pytest.raises(BadInput):
        wanted.check(grain)
