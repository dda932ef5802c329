"""The main job in a quiet world: every order once, exact ids, changes in place, nothing asked that is not needed."""

from datetime import datetime, timedelta

from flows.rig import MAYA

from service.core.roles import Role, Switch
from service.flows import quota, stream
from service.store import rows


def lines_of(rig, order_ids):
    """Row key → order id, as the market itself tells it."""
    world = rig.world.market.world
    shown = [world.show(world.orders[order_id]) for order_id in order_ids]
    return {f"{order['id']}-{line['sku_id']}": order["id"] for order in shown for line in order["line_items"]}


def test_orders_become_rows_with_their_exact_ids_as_text(rig, paper):
    """25 orders: each line of each once, 18 digits and no rounding."""
    placed = rig.place(25)
    rig.settle()
    expected = lines_of(rig, placed)
    shown = paper.by_key()
    assert {key: row["Order ID"] for key, row in shown.items()} == expected
    assert all(isinstance(row["Order ID"], str) and len(row["Order ID"]) == 18 for row in shown.values())


def test_ids_are_kept_as_text_also_where_people_edit_them(rig, paper):
    """The cells have the text format, so that touching one in the sheet does not round it."""
    rig.place(1)
    rig.settle()
    fields = "sheets(properties.title,data(rowData(values(userEnteredValue,userEnteredFormat.numberFormat))))"
    sheets = paper.look(fields)["sheets"]
    (tab,) = [one for one in sheets if one["properties"]["title"] == paper.tab]
    cell = tab["data"][0]["rowData"][1]["values"][0]
    assert set(cell["userEnteredValue"]) == {"stringValue"}
    assert cell["userEnteredFormat"]["numberFormat"]["type"] == "TEXT"


def test_a_changed_order_changes_its_rows_in_place(rig, paper):
    """Shipped orders keep their rows and places, and none is there twice."""
    placed = rig.place(8)
    rig.settle()
    before = paper.keys()
    for order_id in placed[:3]:
        rig.ship(order_id)
    rig.settle()
    assert paper.keys() == before
    shown = paper.by_key()
    for key, row in shown.items():
        expected = "AWAITING_COLLECTION" if row["Order ID"] in placed[:3] else "AWAITING_SHIPMENT"
        assert row["Status"] == expected, key
        assert bool(row["Tracking #"]) == (row["Order ID"] in placed[:3])


def test_a_row_that_leaves_the_filter_is_updated_for_good(rig, paper):
    """The watch list shows what is to be shipped; a row once there follows its order to the end."""
    (order_id,) = rig.place(1)
    rig.settle()
    rig.ship(order_id)
    rig.world.market.take_step(order_id, "scan")
    rig.clock.advance(1)
    rig.world.market.take_step(order_id, "deliver")
    rig.fetch([order_id])
    rig.settle()
    assert {row["Status"] for row in paper.rows()} == {"DELIVERED"}


def test_an_order_outside_the_filter_gets_no_row(rig, paper):
    rig.place(3, status="DELIVERED")
    rig.settle()
    assert paper.rows() == []


def test_nothing_dirty_asks_google_nothing(rig, paper):
    rig.place(2)
    rig.settle()
    rig.calls()
    rig.live_through(300)
    assert rig.calls() == (0, 0)


def test_the_same_content_fetched_again_makes_nothing_dirty(rig, paper):
    placed = rig.place(3)
    rig.settle()
    rig.calls()
    rig.clock.advance(30)
    rig.fetch(placed)
    assert rig.dirty(paper) == []
    rig.settle()
    assert rig.calls() == (0, 0)


def test_rows_that_already_show_what_they_should_are_settled_without_a_call(rig, paper):
    """Marked for nothing (a replayed notice, a switch turned on and off): our images answer, not Google."""
    rig.place(4)
    rig.settle()
    rig.calls()
    rig.write(rows.mark_all, rig.only_binding(paper).id, rig.clock.now())
    assert rig.dirty(paper)
    assert rig.run_pass(paper) is None
    assert rig.dirty(paper) == []
    assert rig.calls() == (0, 0)


def test_a_quiet_flush_is_one_read_and_one_write(rig, paper):
    """Updates and new rows together, whatever their number."""
    placed = rig.place(20)
    rig.settle()
    rig.clock.advance(120)
    for order_id in placed[:5]:
        rig.ship(order_id)
    rig.place(7)
    rig.calls()
    assert rig.run_pass(paper) is None
    assert rig.calls() == (1, 1)
    assert rig.dirty(paper) == []


def test_two_tabs_of_a_file_share_one_read_and_one_write(rig, paper):
    """Bindings of one spreadsheet are written by the same calls."""
    accountant_like = rig.preset("sla_watch_list", Role.WAREHOUSE, name="Second list")
    rig.bind(paper, accountant_like)
    rig.settle()
    rig.clock.advance(60)
    rig.place(3)
    rig.calls()
    assert rig.run_pass(paper) is None
    assert rig.calls() == (1, 1)
    assert paper.by_key(tab="Second list") == paper.by_key()
    assert len(paper.rows()) >= 3


def test_only_changed_cells_are_sent(rig, paper):
    """A column formatted or coloured by people, and a value equal to ours, are not touched again."""
    (order_id,) = rig.place(1)
    rig.settle()
    paper.type("B2", "typed over")
    rig.clock.advance(60)
    rig.ship(order_id)
    rig.settle()
    (binding,) = [rig.only_binding(paper)]
    assert binding.state == "live"
    assert paper.rows()[0]["SKU"] != "typed over"


def test_what_a_flush_did_is_in_the_sync_history(rig, paper):
    """What was done, what it cost and when: of new rows, then of a change."""
    for deed in (lambda: rig.place(3), lambda: rig.ship(paper.rows()[0]["Order ID"])):
        rig.clock.advance(60)
        deed()
        rig.calls()
        before = len(paper.rows())
        rig.settle()
        latest, after = rig.history(paper)[0], paper.rows()
        changed = [row for row in after if row["Status"] == "AWAITING_COLLECTION"]
        assert (latest.inserted, latest.updated, latest.unchanged) == (len(after) - before, len(changed), 0)
        assert (latest.kind, latest.outcome, latest.reason, latest.cells) == ("flush", "ok", "", None)
        reads, writes = rig.calls()
        assert (latest.reads, latest.writes) == (reads - 2, writes), "two of the reads are the test's own"
        assert latest.at == rig.clock.now()
        assert 0 <= latest.ms < 60_000
    assert rig.file(paper).flushed_at is not None


def test_the_backfill_shows_what_was_there_before_newest_first(rig):
    """Bound after the fact: the orders we hold become rows, and progress is counted."""
    rig.place(6)
    rig.clock.advance(3600)
    newest = rig.place(1)
    paper = rig.bound()
    shown = paper.rows()
    assert shown[0]["Order ID"] == newest[0]
    binding = rig.only_binding(paper)
    assert binding.fill_at is None
    assert binding.row_total == binding.row_done == len(shown)
    assert 0 < binding.fill_seen == binding.fill_total


def test_a_backfill_loses_no_order_where_many_were_made_in_the_same_second(rig):
    """A viral second: more orders share one creation time than fit into one chunk of the backfill."""
    made = rig.place(620, kind="NORMAL")
    assert len({order.create_time for order in rig.world.market.world.state.orders}) < 3
    paper = rig.bound()
    assert {row["Order ID"] for row in paper.rows()} == set(made)


def test_instants_stand_in_the_spreadsheet_s_own_zone(rig, paper):
    """Due dates are serial numbers of the file's wall time."""
    (order_id,) = rig.place(1)
    rig.settle()
    serial = paper.rows()[0]["Due"]
    shown = paper.rows(render="FORMATTED_VALUE")[0]["Due"]
    as_wall = datetime(1899, 12, 30) + timedelta(days=serial)  # noqa: DTZ001 - a sheet's serial has no zone
    assert f"{as_wall:%d/%m/%Y %H:%M}" == shown
    assert shown.endswith("23:59"), "London, end of day"
    assert order_id


def test_a_changed_time_zone_rewrites_every_instant(rig, paper):
    """Google relabels nothing by itself: the same serial would mean another instant."""
    rig.place(3)
    rig.settle()
    before = paper.by_key()
    change = {"properties": {"timeZone": "Asia/Tokyo"}, "fields": "timeZone"}
    paper.change({"updateSpreadsheetProperties": change})
    rig.clock.advance(120)
    rig.place(1)
    rig.settle()
    after = paper.by_key()
    for key, row in before.items():
        moved = timedelta(days=after[key]["Due"] - row["Due"])
        assert round(moved.total_seconds()) == 9 * 3600, key
    assert rig.file(paper).time_zone == "Asia/Tokyo"


def test_money_without_decimals_is_written_without_decimals(rig):
    """Dong have no minor unit: 189,000 is 189,000, and its format shows no decimals."""
    shop = rig.world.market.add_shop("VN")
    rig.switch(Switch.CLIENT_REVENUE)
    from flows.rig import attach_shop

    rig.shop = attach_shop(rig.services, rig.world, rig.owner, seller=shop.seller_id)
    placed = rig.place(2, shop_id=shop.id)
    paper = rig.bound(rig.preset("sales_by_order", Role.ACCOUNTANT), audience=Role.ACCOUNTANT)
    paper.tab = "Sales by order"
    shown = paper.by_key("Order ID")
    assert set(shown) == set(placed)
    for order_id, row in shown.items():
        payment = rig.world.market.world.show(rig.world.market.world.orders[order_id])["payment"]
        total = next(value for header, value in row.items() if header == "Order total")
        assert total == int(payment["total_amount"])
        assert row["Currency"] == "VND"
    formatted = paper.rows(render="FORMATTED_VALUE")[0]["Order total"]
    assert "₫" in formatted
    assert not formatted.rstrip("₫ ").endswith(".00")


def test_refresh_now_writes_by_the_caller_s_own_hand(rig, paper):
    """The press writes what waits at once, charged to the person and not to the writer."""
    rig.place(2)
    rig.calls()
    outcome = stream.refresh_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)
    assert (outcome.status, outcome.inserted) == ("written", len(paper.rows()))
    assert rig.world.emulator.calls.summary()["by_identity"][MAYA.email]["sheets.write"] == 1
    again = stream.refresh_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)
    assert again.status == "nothing"


def test_refresh_now_pressed_all_the_time_says_busy_and_not_more(rig, paper):
    """A person's own quota is theirs: the press that has no room changes nothing and raises nothing."""
    found = set()
    for _ in range(quota.IDENTITY_BURST):
        rig.place(1)
        found.add(stream.refresh_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id).status)
    assert found == {"written", "busy"}
