"""Orders in lists and in full: windows that end with the market's day, pages, searches that say nothing forbidden."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from core.made_orders import make_line, make_order

from service.core.orders import Clocks
from service.core.roles import Actor, Audience, Group, Role, Switch
from service.errors import BadInput, Conflict, NotFound
from service.flows import browse, order_list, sources
from service.flows.order_list import MOST_DUE, PAGE, Query
from service.store import orders
from service.store import shops as shop_store

WAITING = "AWAITING_SHIPMENT"
NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # what the tests' clock shows


def plant(rig, number, *, shop_id="", due_at=None, **changes):
    """An order of this number is stored with its marks; due to be handed over at `due_at`."""
    clocks = Clocks(rts_due=due_at, tts_due=due_at) if due_at else Clocks()
    order = make_order(
        shop_id=shop_id or rig.shop.id,
        order_id=f"5764000000000{number:05d}",
        clocks=clocks,
        created_at=NOON - timedelta(days=2) + timedelta(seconds=number),
        **{"region": "", **changes},
    )
    services = rig.services
    with services.store.write() as tx:
        found = sources.marks(services, order)
        orders.save(tx, services.store.sealer, order, account_id=rig.account_id, marks=found, now=services.clock.now())
    return order.order_id


def second_shop(rig, region):
    """Another live shop of the account, in another market."""
    with rig.services.store.write() as tx:
        row = replace(rig.shop, id=f"shop-{region}", tiktok_shop_id=f"77{region}", region=region, name=f"Shop {region}")
        shop_store.add_shop(tx, row, seller_type="CROSS_BORDER", code=region)
    return row


def as_role(rig, role, *switches):
    """The owner's account, seen by a member of this role."""
    return Actor("1", "a@b.example", rig.account_id, "member", Audience(Role(role), frozenset(switches)))


def listed(rig, actor=None, token="", **query):
    return order_list.page(rig.services, actor or rig.owner, Query(**query), token=token, locale="en")


def keys(page):
    return [line.order_key for line in page.lines]


def counts(rig, actor=None):
    return {one.window: one.count for one in order_list.due_counts(rig.services, actor or rig.owner)}


# --- windows ---


def test_day_ends_when_it_ends_in_the_shops_market(rig):
    """At nine in the morning UTC the American day has just begun and the British one ends seven hours earlier."""
    america = second_shop(rig, "US")
    at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    british = plant(rig, 1, due_at=at)
    american = plant(rig, 2, due_at=at, shop_id=america.id)
    assert keys(listed(rig, window="today")) == [american]
    assert keys(listed(rig, window="tomorrow")) == [british]
    assert counts(rig) == {"overdue": 0, "today": 1, "tomorrow": 1, "cancel-requests": 0}


def test_windows_touch_and_do_not_overlap(rig):
    """Each open order is in one window at the most; the second at which a deadline ends belongs to it."""
    ends = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    late, now, today, tomorrow, after = (
        plant(rig, number, due_at=at)
        for number, at in enumerate(
            (NOON - timedelta(hours=1), NOON, ends, ends + timedelta(seconds=1), ends + timedelta(days=1, seconds=1))
        )
    )
    assert keys(listed(rig, window="overdue")) == [late, now]
    assert keys(listed(rig, window="today")) == [today]
    assert keys(listed(rig, window="tomorrow")) == [tomorrow]
    assert after in keys(listed(rig))


def test_cancel_requests_are_found_by_what_they_ask(rig):
    plain = plant(rig, 1)
    asked = plant(rig, 2, cancel_requested=True, cancel_requested_at=NOON)
    assert keys(listed(rig, window="cancel-requests")) == [asked]
    assert set(keys(listed(rig))) == {plain, asked}


def test_counting_stops_and_says_so(rig):
    """A shop with thousands of open orders costs no more than one with hundreds."""
    services = rig.services
    at = NOON + timedelta(hours=1)
    with services.store.write() as tx:
        for number in range(MOST_DUE + 3):
            order = make_order(shop_id=rig.shop.id, order_id=f"5764{number:014d}", clocks=Clocks(rts_due=at), region="")
            found = sources.marks(services, order)
            orders.save(tx, services.store.sealer, order, account_id=rig.account_id, marks=found, now=NOON)
    (today,) = [one for one in order_list.due_counts(services, rig.owner) if one.window == "today"]
    assert (today.count, today.is_more) == (MOST_DUE, True)


@pytest.mark.parametrize("role", ["accountant", "finance", "client"])
def test_who_may_not_see_deadlines_is_given_no_counts_and_no_windows(rig, role):
    plant(rig, 1, due_at=NOON)
    actor = as_role(rig, role)
    assert counts(rig, actor) == {}
    with pytest.raises(BadInput):
        listed(rig, actor, window="overdue")


def test_finance_with_its_switch_is_given_deadlines(rig):
    plant(rig, 1, due_at=NOON)
    assert counts(rig, as_role(rig, "finance", Switch.FINANCE_SLA))["overdue"] == 1


# --- pages ---


def walk(rig, **query):
    """Every page, from the first to the last."""
    pages = [listed(rig, **query)]
    while pages[-1].following:
        pages.append(listed(rig, token=pages[-1].following, **query))
    return pages


def test_due_list_pages_by_deadline_then_by_id(rig):
    """Nearest first; orders of one deadline keep their order across pages, there and back."""
    placed = [plant(rig, number, due_at=NOON + timedelta(hours=1 + number // 15)) for number in range(2 * PAGE + 3)]
    pages = walk(rig, window="today")
    assert [key for page in pages for key in keys(page)] == placed[: 14 * 15]
    back = listed(rig, token=pages[2].previous, window="today")
    assert keys(back) == keys(pages[1])
    assert keys(listed(rig, token=back.previous, window="today")) == keys(pages[0])


def test_pages_are_numbered_and_the_last_has_no_next(rig):
    for number in range(PAGE + 1):
        plant(rig, number)
    first, second = walk(rig)
    assert (first.first, first.last, first.total, first.previous) == (1, PAGE, PAGE + 1, "")
    assert (second.first, second.last, second.following) == (PAGE + 1, PAGE + 1, "")


def test_numbers_of_a_page_stay_true_beyond_what_was_counted(rig):
    """Where counting stops early, a later page is not "of more than" fewer than it shows, and the last one is exact."""
    lines = tuple(make_line(number, seller_sku=f"SET-{number:02d}") for number in range(20))
    for number in range(6 * PAGE - 1):  # more than two thousand words that begin so
        plant(rig, number, lines=lines)
    told = [(page.first, page.last, page.total, page.is_more) for page in walk(rig, search="set", status=WAITING)]
    assert told[:2] == [(1, 20, 40, True), (21, 40, 40, True)]
    assert told[2:] == [(41, 60, 60, True), (61, 80, 80, True), (81, 100, 100, True), (101, 119, 119, False)]


def test_full_last_page_has_no_next(rig):
    for number in range(PAGE):
        plant(rig, number)
    assert len(walk(rig)) == 1


def test_member_of_one_shop_sees_its_orders_only(rig):
    """A member whose scope names shops: lists, searches, details and windows end there."""
    other = second_shop(rig, "US")
    mine, foreign = plant(rig, 1, due_at=NOON), plant(rig, 2, due_at=NOON, shop_id=other.id)
    member = replace(as_role(rig, "support"), shop_ids=frozenset({rig.shop.id}))
    assert keys(listed(rig, member)) == [mine]
    assert keys(listed(rig, member, search=foreign)) == []
    assert counts(rig, member)["overdue"] == 1
    with pytest.raises(NotFound):
        browse.detail(rig.services, member, foreign, locale="en")
    with pytest.raises(NotFound):
        listed(rig, member, shop_id=other.id)


# --- searching ---


def test_search_by_sku_and_tracking_ignores_case_and_takes_several(rig):
    one = plant(rig, 1, tracking="H00AAA0001")
    two = plant(rig, 2, tracking="H00BBB0002")
    assert keys(listed(rig, search="h00aaa0001")) == [one]
    assert keys(listed(rig, search="aaa0001; BBB0002")) == [two, one]
    assert keys(listed(rig, search="%")) == []


def test_accountant_finds_by_number_and_not_by_what_is_hidden(rig):
    """No tracking, no SKU: a hit would tell that it is in the order."""
    number = plant(rig, 1, tracking="H00AAA0001")
    accountant = as_role(rig, "accountant")
    assert keys(listed(rig, accountant, search=number)) == [number]
    assert keys(listed(rig, accountant, search="H00AAA0001")) == []


def test_each_column_is_searched_by_who_sees_it(rig):
    """Finance sees item codes always, and tracking only once the account switches it on."""
    number = plant(rig, 1, tracking="H00AAA0001", lines=(make_line(1, seller_sku="VASE-CEL"),))
    for audience, by_sku, by_tracking in (
        (as_role(rig, "finance"), [number], []),
        (as_role(rig, "finance", Switch.FINANCE_FULFIL), [number], [number]),
        (as_role(rig, "accountant", Switch.ACCOUNTANT_ITEM), [number], []),
        (as_role(rig, "warehouse"), [number], [number]),
    ):
        assert keys(listed(rig, audience, search="cel")) == by_sku
        assert keys(listed(rig, audience, search="0001")) == [number], "the end of its number is theirs"
        assert keys(listed(rig, audience, search="h00aaa")) == by_tracking


def test_long_numbers_of_carriers_are_found_too(rig):
    """Digits as long as an order's number, and longer: they are looked for as tracking as well."""
    number = plant(rig, 1, tracking="9400111899223344556677")
    assert keys(listed(rig, search="9400111899223344556677")) == [number]
    assert keys(listed(rig, search="44556677")) == [number]


def test_client_finds_by_the_last_digits_only(rig):
    plant(rig, 123, tracking="H00AAA0001")
    client = as_role(rig, "client", Switch.CLIENT_ID, Switch.CLIENT_ORDERS, Switch.CLIENT_FULFIL)
    assert [line.title for line in listed(rig, client, search="…000123").lines] == ["…000123"]
    with pytest.raises(BadInput):
        listed(rig, client, search="576400000000000123")


def test_client_without_masked_numbers_sees_when_it_was_placed(rig):
    """Without any number an order is told by its creation."""
    plant(rig, 1)
    (line,) = listed(rig, as_role(rig, "client", Switch.CLIENT_ORDERS)).lines
    assert line.title.startswith("Nov 21, 2026")
    assert "5764" not in line.order_key


# --- one order ---


def test_sealed_key_opens_the_order_for_who_may_not_know_it(rig):
    order_id = plant(rig, 1)
    client = as_role(rig, "client", Switch.CLIENT_ID)
    (line,) = listed(rig, client).lines
    found = browse.detail(rig.services, client, line.order_key, locale="en")
    assert found.title == "…000001"
    assert set(found.groups) == {Group.ID, Group.ITEM, Group.STATUS}
    for key in (order_id, "made up", line.order_key[:-4] + "AAAA"):
        with pytest.raises(NotFound):
            browse.detail(rig.services, client, key, locale="en")


def test_page_token_is_no_order_key(rig):
    """What is sealed for one purpose does not open another door."""
    for number in range(PAGE + 1):
        plant(rig, number)
    client = as_role(rig, "client", Switch.CLIENT_ID)
    page = listed(rig, client)
    with pytest.raises(NotFound):
        browse.detail(rig.services, client, page.following, locale="en")
    with pytest.raises(BadInput):
        listed(rig, client, token=page.lines[0].order_key)


def test_detail_leaves_unknown_values_out(rig):
    found = browse.detail(rig.services, rig.owner, plant(rig, 1), locale="en")
    shown = [value for group in found.groups.values() for _, value in group]
    assert "—" not in shown
    assert Group.PII not in found.groups


# --- notes ---


def write(rig, actor, order_id, text, *, shared="", flag=""):
    browse.save_note(rig.services, actor, order_id, text=text, flag=flag, shared=shared)


def note(rig, actor, order_id):
    return browse.detail(rig.services, actor, order_id, locale="en").note


def test_note_marks_the_rows_of_its_order_dirty(rig, paper):
    """The sheet follows: one dirty row, one wake-up."""
    (order_id,) = rig.place(1)
    rig.settle()
    assert rig.dirty(paper) == []
    write(rig, rig.owner, order_id, "call first", shared="on", flag="red")
    assert {row.order_id for row in rig.dirty(paper)} == {order_id}
    rig.settle()
    assert {row["Note"] for row in paper.rows()} == {"call first"}


def test_outsider_reads_and_writes_shared_notes_only(rig):
    order_id = plant(rig, 1)
    packer = as_role(rig, "warehouse")
    write(rig, rig.owner, order_id, "internal")
    assert note(rig, packer, order_id).text == ""
    with pytest.raises(Conflict):
        write(rig, packer, order_id, "box damaged")
    write(rig, rig.owner, order_id, "for both", shared="on")
    assert note(rig, packer, order_id).text == "for both"
    write(rig, packer, order_id, "box damaged")
    assert note(rig, rig.owner, order_id) == browse.OwnNote("box damaged", "", is_shared=True)


def test_outsider_may_write_where_the_teams_note_is_empty(rig):
    order_id = plant(rig, 1)
    write(rig, rig.owner, order_id, "")
    write(rig, as_role(rig, "warehouse"), order_id, "box damaged")
    assert note(rig, rig.owner, order_id).text == "box damaged"


def test_accountant_is_offered_no_note(rig):
    assert note(rig, as_role(rig, "accountant"), plant(rig, 1)) is None


@pytest.mark.parametrize(("text", "flag"), [("x" * 501, ""), ("ok", "pink")])
def test_note_that_cannot_be_kept_is_refused_whole(rig, text, flag):
    order_id = plant(rig, 1)
    with pytest.raises(BadInput):
        write(rig, rig.owner, order_id, text, flag=flag)
    assert note(rig, rig.owner, order_id).text == ""


def test_assignee_and_custom_cells_survive_a_note_from_the_sidebar(rig):
    order_id = plant(rig, 1)
    kept = orders.NoteRow(rig.shop.id, order_id, "", "", is_shared=False, assignee="Sam", customs=["a", "", "c"])
    with rig.services.store.write() as tx:
        orders.write_note(tx, kept, written_by="member", now=NOON)
    write(rig, rig.owner, order_id, "new")
    with rig.services.store.read() as tx:
        row = orders.notes_of(tx, rig.shop.id, [order_id])[order_id]
    assert (row.assignee, list(row.customs), row.note) == ("Sam", ["a", "", "c"], "new")


def test_foreign_order_takes_no_note(rig):
    with pytest.raises(NotFound):
        write(rig, rig.owner, "576400000000099999", "x")
    with rig.services.store.read() as tx:
        assert orders.notes_of(tx, rig.shop.id, ["576400000000099999"]) == {}
