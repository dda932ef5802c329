"""A tab of settled transactions: every line of every statement once, with an order or without, and they add up."""

import contextlib
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flows.buyers import sweep_until_erased
from flows.listening import faults
from flows.mishaps import Fate, KilledError, MortalStore
from flows.rig import scope
from local_world import WORLD_URL

from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.hunting.report import Verdict
from service.core.ledger.pools import pools_of_one
from service.core.ledger.shop_terms import ShopTerms
from service.core.ledger.tie_out import day_before_cut
from service.core.profiles import ChosenColumn, Profile
from service.core.roles import Role, Switch
from service.core.rows import Grain, is_masked_key
from service.errors import BadInput
from service.flows import archive_care, connect, filling, finance, proving, stream, transactions, trial, whereabouts
from service.flows.design import Designed
from service.flows.erasing import Erase
from service.flows.whereabouts import Reason
from service.store import finance as ledger
from service.store import finance_reading, proofs, sheets, shop_terms
from service.store.tables import entries

DAY_S = 86_400
TAB = "Accountant"
pytestmark = pytest.mark.usefixtures("no_retries_inside_a_call")


@pytest.fixture
def settled(rig):
    """The shop after some weeks of trade; the product has seen none of its finance."""
    faults(rig, qps=100_000)
    rig.world.market.seed_history(60, days=40)
    rig.world.market.advance(DAY_S)
    rig.clock.advance(5)
    return rig


def look(rig):
    """Time until the next round passes, and what is due runs."""
    rig.clock.advance(finance.EVERY.total_seconds() + 1)
    rig.sweep()
    rig.settle()


def control(rig, path, **body):
    answer = rig.world.http.post(f"{WORLD_URL}/tiktok/control/finance/{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()


def accountants(rig, **changes):
    return rig.preset("accountant", Role.ACCOUNTANT, **changes)


def bound(rig, **changes):
    paper = rig.bound(accountants(rig, **changes), audience=Role.ACCOUNTANT)
    return replace(paper, tab=TAB)


def lines(rig):
    ids = [one.statement_id for _, one, _ in rig.read(finance_reading.statements_of, scope(rig))]
    return {one.entry_id: one for one in rig.read(finance_reading.lines_of, scope(rig), rig.shop.id, ids)}


def money(value):
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


def assert_ties_out(rig, paper):
    """The tab has each line once, and its cells add up to what each statement says of itself."""
    found = paper.by_key()
    assert set(found) == set(lines(rig))
    sums = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in found.values():
        sums[row["Statement"]][0] += money(row["Settlement"])
        sums[row["Statement"]][1] += money(row["Reserve"])
        pools = sum(money(row[name]) for name in ("Tax", "Platform fees", "Marketing"))
        assert money(row["Revenue"]) - pools == money(row["Settlement"])
    stated = rig.read(finance_reading.statements_of, scope(rig))
    assert len(stated) > 3
    assert {key: tuple(both) for key, both in sums.items()} == {
        one.statement_id: (one.settlement, one.reserve) for _, one, _ in stated
    }


def test_a_new_tab_shows_what_was_settled_before_it_and_ties_out(settled):
    control(settled, "adjustments", type="Moon rent", amount_minor=-321)
    settled.world.market.advance(DAY_S)
    look(settled)
    paper = bound(settled)
    assert_ties_out(settled, paper)
    (rent,) = [row for row in paper.rows() if row["Transaction"] == "Moon rent"]
    assert (rent["Order ID"], rent["Created"], rent["Settlement"]) == ("", "", -3.21)


def test_a_quarter_with_all_its_oddities_ties_out_in_the_tab(rig):
    """Refunds, samples, adjustments, reserves and names that nobody knows: each in its row, and nothing left over."""
    faults(rig, qps=100_000)
    control(rig, "quarter", orders=900, days=91)
    look(rig)
    paper = bound(rig)
    assert_ties_out(rig, paper)
    found = paper.rows()
    assert len(found) > 300
    assert {"Order", "Reserve"} < {row["Transaction"] for row in found}
    assert any(row["Refunded"] for row in found)
    assert any(row["Unclassified"] for row in found)
    assert any(row["Reserve"] for row in found)
    assert any(row["Order ID"] == "" for row in found)


def test_what_is_settled_later_comes_in_as_rows_and_leaves_the_readers_own_column_alone(settled):
    paper = bound(settled)
    assert paper.rows() == []
    look(settled)
    assert_ties_out(settled, paper)
    before = paper.by_key()
    first = paper.grid()[1]
    at = len(paper.grid()[0]) + 1
    paper.hand("type_text", f"{column_name(at)}2", "checked", tab=TAB)
    some = next(row["Order ID"] for row in before.values() if row["Transaction"] == "Order")
    control(settled, "adjustments", type="SHIPPING_FEE_ADJUSTMENT", amount_minor=-199, order_id=some)
    settled.world.market.advance(2 * DAY_S)
    look(settled)
    assert_ties_out(settled, paper)
    after = paper.by_key()
    (added,) = [row for key, row in after.items() if key not in before and row["Order ID"] == some]
    assert (added["Transaction"], added["Adjustments"]) == ("Shipping fee adjustment", 1.99)
    assert paper.grid()[1] == [*first, *[""] * (at - 1 - len(first)), "checked"]


def column_name(number):
    """The letters of a column, from 1."""
    first, last = divmod(number - 1, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def test_how_a_statement_is_paid_is_followed(settled):
    paper = bound(settled)
    control(settled, "adjustments", type="REBATE", amount_minor=50_000)
    settled.world.market.advance(DAY_S)
    look(settled)
    (waiting,) = [row for row in paper.rows() if row["Transaction"] == "Rebate"]
    assert waiting["Payout status"] != "PAID"
    settled.clock.advance(4 * DAY_S)
    settled.world.market.tick()
    look(settled)
    look(settled)
    (paid,) = [row for row in paper.rows() if row["Transaction"] == "Rebate"]
    assert (paid["Payout status"], paid["Payout"] != "") == ("PAID", True)


def test_a_process_that_dies_anywhere_leaves_each_transaction_once(settled):
    """Killed after each commit in turn, of reading and of writing, and gone on with by another."""
    paper = bound(settled)
    settled.clock.advance(finance.EVERY.total_seconds() + 1)
    settled.write(ledger.open_cursors, settled.clock.now())
    access = connect.access(settled.services, settled.shop)
    deaths = 0
    for moment in range(1, 200):
        fate = Fate(1 if moment % 2 else 4)
        parts = replace(settled.services, store=MortalStore(settled.services.store, fate))
        with contextlib.suppress(KilledError):
            while finance.run(parts, settled.shop, access, deadline=float("inf")):
                pass
        with contextlib.suppress(KilledError):
            stream.run_pass(parts, paper.spreadsheet_id)
        deaths += fate.is_dead
        if not fate.is_dead:
            break
    assert deaths > 5
    settled.live_through(400)
    assert_ties_out(settled, paper)


def test_a_transaction_that_its_statement_no_longer_has_says_so_and_counts_nothing(settled):
    look(settled)
    paper = bound(settled)
    key, row = next(iter(paper.by_key().items()))
    settled.clock.advance(1)
    with settled.services.store.write() as tx:
        transactions.leave(settled.services, tx, settled.shop, row["Statement"], begun_at=settled.clock.now())
        tx.execute(sa.delete(entries).where(entries.c.entry_id == key))
        settled.wake.sheet(tx, paper.spreadsheet_id)
    settled.settle()
    gone = paper.by_key()[key]
    assert {name: text for name, text in gone.items() if text != ""} == {"Key": key, "Transaction": "removed"}
    assert paper.by_key().keys() - {key} == lines(settled).keys()


def test_all_transactions_of_a_shop_go_with_it(settled):
    """Those of no order too, and what the seller said of the shop; the rows keep their keys."""
    look(settled)
    control(settled, "adjustments", type="REBATE", amount_minor=500)
    settled.world.market.advance(DAY_S)
    look(settled)
    settled.write(shop_terms.put, settled.shop, ShopTerms(vat_percent=Decimal(20)), settled.clock.now())
    paper = bound(settled)
    keys = set(paper.by_key())
    connect.disconnect(settled.services, settled.owner, settled.shop.id, erase=Erase.ORDERS)
    sweep_until_erased(settled)
    assert lines(settled) == {}
    assert settled.read(shop_terms.of_shop, settled.shop.id) == []
    assert set(paper.by_key()) == keys
    assert {text for row in paper.by_key().values() for text in row.values()} <= {"", "removed", *keys}


def test_a_tab_of_some_days_has_what_their_statements_hold(settled):
    look(settled)
    days = sorted({day_before_cut(one.settled_at) for one in lines(settled).values()})
    wanted = RowFilter(settled_from=days[1], settled_to=days[-2])
    paper = bound(settled, row_filter=wanted)
    inside = {key for key, one in lines(settled).items() if days[1] <= day_before_cut(one.settled_at) <= days[-2]}
    assert 0 < len(inside) < len(lines(settled))
    assert paper.by_key().keys() == inside
    control(settled, "adjustments", type="REBATE", amount_minor=500)
    settled.world.market.advance(DAY_S)
    look(settled)
    assert paper.by_key().keys() == inside


def test_a_tab_reaches_back_as_far_as_it_was_asked_to_and_further_when_asked(settled):
    look(settled)
    paper = rig_tab(settled, days_back=7)
    edge = settled.services.clock.market() - timedelta(days=7)
    near = {key for key, one in lines(settled).items() if one.settled_at >= edge - timedelta(minutes=1)}
    assert 0 < len(near) < len(lines(settled))
    assert paper.by_key().keys() == near
    binding_id = settled.only_binding(paper).id
    assert filling.fetch_older(settled.services, settled.owner, paper.spreadsheet_id, binding_id, days=None)
    settled.settle()
    assert_ties_out(settled, paper)


def rig_tab(rig, **wishes):
    return replace(rig.bound(accountants(rig), audience=Role.ACCOUNTANT, **wishes), tab=TAB)


def test_nothing_of_it_is_ever_carried_away(settled):
    look(settled)
    paper = rig_tab(settled, window_days=1)
    binding = settled.only_binding(paper)
    assert (binding.window_days, binding.roll_due_at) == (None, None)
    with pytest.raises(BadInput):
        archive_care.keep_finished(settled.services, settled.owner, paper.spreadsheet_id, binding.id, days=30)
    settled.live_through(20 * 60, step_s=60)
    assert_ties_out(settled, paper)


def test_a_masked_tab_tells_its_rows_apart_and_names_no_transaction(settled):
    look(settled)
    columns = [ChosenColumn(key, COLUMNS[key].header) for key in ("created_at", "currency", "revenue")]
    settled.switch(Switch.SUPPORT_REVENUE)
    profile = Profile("", "Masked", Grain.TRANSACTION, tuple(columns))
    paper = replace(settled.bound(profile, audience=Role.SUPPORT), tab="Masked")
    found = paper.by_key()
    assert len(found) == len(lines(settled))
    assert all(is_masked_key(key) for key in found)
    revenue = sum(pools_of_one(one).revenue for one in lines(settled).values())
    assert sum(money(row["Revenue"]) for row in found.values()) == revenue


def test_the_sheet_says_of_an_order_whether_it_is_settled(settled):
    look(settled)
    (fresh,) = settled.place()
    some = next(one for one in lines(settled).values() if one.kind == "ORDER")
    settled.fetch([some.order_id])
    paper = bound(settled)
    assert places(settled, paper, fresh) == [Reason.NOT_SETTLED]
    assert places(settled, paper, some.order_id) == [Reason.SHOWN]


def places(rig, paper, order_id):
    found = whereabouts.explain(rig.services, rig.owner, paper.spreadsheet_id, order_id)
    return [one.reason for one in found.places]


def test_a_preview_shows_the_newest_transactions(settled):
    look(settled)
    designed = Designed("preset:accountant", accountants(settled), Role.ACCOUNTANT)
    seen = trial.preview(settled.services, settled.owner, designed, locale="en")
    assert seen.fit_count == seen.looked_at == min(len(lines(settled)), trial.PREVIEW_DEPTH)
    newest = max(one.settled_at for one in lines(settled).values())
    told = [dict(row) for row in seen.rows]
    assert len(told) == trial.PREVIEW_ROWS
    assert newest.strftime("%b %d, %Y") in told[0]["Settled"]


def test_what_the_accountant_may_see_is_green_and_a_warehouse_would_be_told_of_fees(settled):
    """Rows of no order, and of orders that were never here, keep nothing from being proved."""
    look(settled)
    some = [one.order_id for one in lines(settled).values() if one.kind == "ORDER"][:20]
    settled.fetch(some)
    paper = bound(settled)
    assert (proof := prove(settled, paper)).verdict == Verdict.GREEN, proof.body
    settled.write(sheets.update_file, paper.spreadsheet_id, audience=Role.WAREHOUSE.value)
    found = {one["title"] for one in prove(settled, paper).body["findings"]}
    assert {"Settlement", "Revenue"} <= found


def prove(rig, paper):
    """The report of a proof that ran to its end."""
    proof = proving.prove_now(rig.services, rig.owner, paper.spreadsheet_id)
    rig.settle()
    return rig.read(proofs.proof, rig.owner.scope, proof.id)
