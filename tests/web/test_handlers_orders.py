"""Orders in the sidebar: the list, its filter and pages, one order, and the note."""

from datetime import timedelta

import pytest
from core.made_orders import make_order
from drivers import clicks, prefilled
from team import plant
from web.stated import SKU, Ledger, d, sale

from cards.actions import Action
from service.core.ledger.costs import Cost
from service.core.orders import OrderStatus
from service.store import costs
from service.store.costs import Editor


@pytest.fixture
def team(begin):
    return begin(until="connected")


@pytest.fixture
def many(team):
    """45 orders, one a minute, the newest last; every third is in transit. Bound, so that everybody can open it."""
    now = team.product.clock.market()
    for number in range(45):
        status = OrderStatus.IN_TRANSIT if number % 3 == 0 else OrderStatus.AWAITING_SHIPMENT
        order = make_order(
            shop_id=team.shops()[0].id,
            order_id=f"5764000000000{number:05d}",
            status=status.value,
            created_at=now - timedelta(minutes=45 - number),
        )
        plant(team.product, team.account_id, order)
    return team.bind()


def titles(sidebar):
    return [one.label for one in clicks(sidebar.card) if one.action == "order"]


def test_pages_go_forth_and_back_without_gaps_or_repeats(many):
    """Newest first; each order on one page, also after going back."""
    sidebar = many.sidebar("owner").press("Show orders")
    first = titles(sidebar)
    assert first[0] == "576400000000000044"
    assert sidebar.says("1 to 20 of 45")
    second = titles(sidebar.press("Show next"))
    assert sidebar.says("21 to 40 of 45")
    third = titles(sidebar.press("Show next"))
    assert sidebar.says("41 to 45 of 45")
    assert "Show next" not in sidebar.labels()
    assert sorted([*first, *second, *third], reverse=True) == [*first, *second, *third]
    assert len({*first, *second, *third}) == 45
    assert titles(sidebar.press("Show previous")) == second
    assert titles(sidebar.press("Show previous")) == first
    assert "Show previous" not in sidebar.labels()


def test_order_that_arrives_meanwhile_moves_no_page(many):
    """Pages begin at an order and not at a number."""
    sidebar = many.sidebar("owner").press("Show orders")
    expected = many.sidebar("owner").press("Show orders").press("Show next")
    plant(
        many.product,
        many.account_id,
        make_order(
            shop_id=many.shops()[0].id,
            order_id="576400000000000999",
            created_at=many.product.clock.market() + timedelta(minutes=1),
        ),
    )
    assert titles(sidebar.press("Show next")) == titles(expected)


def test_filter_by_status_holds_while_pages_are_turned(many):
    sidebar = many.sidebar("owner").press("Show orders").press("Apply filter", form={"status": "AWAITING_SHIPMENT"})
    assert sidebar.says("1 to 20 of 30")
    assert dict(prefilled(sidebar.card))["status"] == ["AWAITING_SHIPMENT"]
    sidebar.press("Show next")
    assert sidebar.says("21 to 30 of 30")
    assert not sidebar.says("In transit,")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("576400000000000007", ["576400000000000007"]),
        ("576400000000000007, 576400000000000009", ["576400000000000009", "576400000000000007"]),
        ("57640000000000099", []),
    ],
)
def test_search_finds_ids(many, text, found):
    sidebar = many.sidebar("owner").press("Show orders").press("Apply filter", form={"search": text})
    assert titles(sidebar) == found


def test_search_finds_skus_and_tracking(team):
    shop_id = team.shops()[0].id
    plant(team.product, team.account_id, make_order(shop_id=shop_id, tracking="H00AAA77"))
    team.bind()
    for text in ("h00aaa77", "MUG-A"):
        sidebar = team.sidebar("owner").press("Show orders").press("Apply filter", form={"search": text})
        assert titles(sidebar) == ["576400000000000011"]


def test_empty_list_says_so(team):
    assert team.bind().sidebar("owner").press("Show orders").says("No orders here.")


def test_altered_page_and_query_are_harmless(many):
    """Both come back as user input."""
    sidebar = many.sidebar("owner").post("orders", page="made up")
    assert sidebar.says("This list has changed. Open it again.")
    assert many.sidebar("owner").post("orders", query='{"status":["x"]}').says("1 to 20 of 45")
    assert many.sidebar("owner").post("orders", query="not json").says("1 to 20 of 45")
    assert many.sidebar("owner").post("orders", window="next-year").says("Choose one of the offered values.")


def test_client_pages_by_masked_numbers_only(many):
    """The client may look up orders: no card, key or page token shows a whole number."""
    many.join("client").switch("client:orders:see", "client:ID_MASKED")
    sidebar = many.sidebar("client").post("orders")
    assert titles(sidebar)[0] == "…000044"
    sidebar.press("Show next")
    assert titles(sidebar)[0] == "…000024"
    assert "576400000000000" not in str(sidebar.reply)
    found = sidebar.press("Apply filter", form={"search": "000007"})
    assert titles(found) == ["…000007"]
    assert found.press(Action.ORDER).title == "…000007"
    assert sidebar.post("order", order_key="576400000000000007").says("This order does not exist.")


def test_client_search_by_whole_number_finds_nothing(many):
    """What a client may not see, a client cannot confirm by searching for it either."""
    many.join("client").switch("client:orders:see", "client:ID_MASKED")
    sidebar = many.sidebar("client").post("orders").press("Apply filter", form={"search": "576400000000000007"})
    assert titles(sidebar) == []
    assert sidebar.says("Enter the last 6 digits of the order.")


def test_client_searches_by_what_a_client_sees(many):
    """Item codes are theirs to see; more digits of a number than they know tell nothing, and neither does tracking."""
    many.join("client").switch("client:orders:see", "client:ID_MASKED")
    sidebar = many.sidebar("client").post("orders")
    assert sidebar.says("Last 6 digits of the order, or SKU")
    assert len(titles(sidebar.press("Apply filter", form={"search": "mug-a"}))) == 20
    assert titles(sidebar.press("Apply filter", form={"search": "0000007"})) == []


def test_accountant_cannot_ask_for_deadlines(many):
    many.join("accountant")
    sidebar = many.sidebar("accountant").post("orders", window="overdue")
    assert sidebar.says("Choose one of the offered values.")
    assert not many.sidebar("accountant").post("orders").says("left")


# --- one order ---


def test_order_shows_each_role_its_own_groups(many):
    many.join("warehouse", "accountant", "support")
    shown = {role: many.sidebar(role).post("orders").press(Action.ORDER) for role in ("owner", "warehouse", "support")}
    accountant = many.sidebar("accountant").post("orders").press(Action.ORDER)
    assert accountant.says("Revenue")
    assert not accountant.says("Deadlines")
    assert not shown["warehouse"].says("Revenue")
    assert shown["warehouse"].says("Deadlines")
    assert shown["support"].says("Paula Canary")
    assert not shown["owner"].says("Paula Canary")


def note_of(sidebar):
    values = dict(prefilled(sidebar.card))
    return values["note"], values["flag"]


def test_note_is_kept_and_reaches_the_sheet(many):
    owner = many.sidebar("owner").post("orders").press(Action.ORDER)
    owner.press("Save note", form={"note": "Second parcel follows", "flag": "red", "shared": ["on"]})
    assert owner.toast == "The note is saved"
    assert note_of(owner) == ("Second parcel follows", ["red"])
    many.product.settle(patience_s=60)
    row = next(row for row in many.sheet.cells("SLA Watch List") if row["Order ID"] == owner.title)
    assert (row["Flag"], row["Note"]) == ("red", "Second parcel follows")


def test_internal_note_is_hidden_from_the_warehouse_and_not_overwritten_by_it(many):
    """The packer does not see it; saving over it unseen would lose it, so that is refused."""
    many.join("warehouse")
    owner = many.sidebar("owner").post("orders").press(Action.ORDER)
    owner.press("Save note", form={"note": "VIP, call first", "shared": None})
    packer = many.sidebar("warehouse").post("order", order_key=owner.title)
    assert not packer.says("VIP")
    packer.press("Save note", form={"note": "box damaged"})
    assert packer.says("The seller's team keeps notes of its own on this order.")
    assert note_of(many.sidebar("owner").post("order", order_key=owner.title))[0] == "VIP, call first"


def test_note_of_the_warehouse_is_always_shared(many):
    many.join("warehouse")
    packer = many.sidebar("warehouse").post("orders").press(Action.ORDER)
    assert "shared" not in dict(prefilled(packer.card))
    packer.press("Save note", form={"note": "box damaged"})
    assert note_of(packer)[0] == "box damaged"
    owner = many.sidebar("owner").post("order", order_key=packer.title)
    assert dict(prefilled(owner.card))["shared"] == ["on"]


def test_long_note_is_hinted_at_and_not_lost(many):
    owner = many.sidebar("owner").post("orders").press(Action.ORDER)
    text = "x" * 501
    owner.press("Save note", form={"note": text})
    assert owner.says("A note has at most 500 characters.")
    assert note_of(owner)[0] == text[:500]


def test_finance_writes_and_accountant_only_reads(many):
    many.join("finance", "accountant")
    assert "Save note" in many.sidebar("finance").post("orders").press(Action.ORDER).labels()
    assert "Save note" not in many.sidebar("accountant").post("orders").press(Action.ORDER).labels()


# --- what it earned ---


@pytest.fixture
def ledger(team):
    return Ledger(team.join("finance", "accountant", "warehouse")).orders(sale(1))


def open_order(team, role):
    return team.sidebar(role).post("order", order_key=sale(1).order_id)


def test_card_says_that_a_cost_is_missing_and_leads_to_it(team, ledger):
    card = open_order(team, "finance")
    assert card.says("Estimated: TikTok has settled nothing of it yet.")
    assert card.says("A cost is missing, so nobody knows what this order earned.")
    assert card.press("State costs").title == "Costs"


def test_card_says_what_a_settled_order_earned(team, ledger):
    """24.00, of which TikTok keeps 4.00 and 4.00 is VAT; the goods cost 5.00. Fees that are none are not listed."""
    ledger.state("S1", [ledger.line(1)])
    with ledger.services.store.write() as tx:
        now = ledger.services.clock.now()
        costs.put(tx, ledger.shop, {SKU: [Cost(SKU, "GBP", d("5.00"))]}, by=Editor("someone", now))
    card = open_order(team, "owner")
    assert card.says("Settled: these are TikTok's own figures.")
    for amount in ("£11.00", "55.0% of revenue", "Confidence 90 of 100", "£24.00", "£5.00"):
        assert card.says(amount), amount
    assert not card.says("Refund admin fee")
    assert not card.says("A cost is missing")


@pytest.mark.parametrize(("role", "sees_fees"), [("accountant", True), ("warehouse", False)])
def test_card_says_nothing_of_profit_to_who_may_not_know(team, ledger, role, sees_fees):
    ledger.state("S1", [ledger.line(1)])
    card = open_order(team, role)
    assert card.says("£3.00") == sees_fees
    for word in ("Net profit", "Confidence", "A cost is missing", "COGS"):
        assert not card.says(word), word
