"""Lines of statements as rows of tabs: newest first, none left behind, parts by SKU never among them."""

from datetime import timedelta

import pytest
from store.conftest import NOW
from store.test_finance import AT, BLOOM, line, put, statement

from service.core.ledger.entries import Payment
from service.core.roles import Scope
from service.core.rows import Grain
from service.store import finance, proofs, rows, transactions
from service.store.rows import NewRow
from service.store.tables import bindings

DAYS = [AT - timedelta(days=number) for number in range(4)]


@pytest.fixture
def lines(bloom):
    """Two lines on each of four days, the parts of one by SKU, and one of no time."""
    found = [line(number, settled_at=DAYS[number // 2]) for number in range(8)]
    put(bloom, finance.put_entries, *found, line(8, settled_at=None), line(9, order_id="", kind="REBATE"))
    put(bloom, finance.put_entries, line(20, sku_id="1729", order_id="5760"))
    return bloom


def ids(found):
    return [one.entry_id.removeprefix("81") for one in found]


def test_a_backfill_comes_to_every_line_once_and_cuts_no_day_in_two(lines):
    seen, before = [], NOW
    for _ in range(9):
        found = lines.read(transactions.older_than, BLOOM, before=before, limit=1)
        if not found:
            break
        seen.append(ids(found))
        before = min(one.settled_at for one in found)
    assert seen == [["0", "1", "9"], ["2", "3"], ["4", "5"], ["6", "7"]]
    assert ids(lines.read(transactions.timeless, BLOOM)) == ["8"]
    assert lines.read(transactions.count_settled, BLOOM, since=None, before=NOW) == 9
    assert lines.read(transactions.count_settled, BLOOM, since=DAYS[1], before=NOW) == 5
    assert ids(lines.read(transactions.older_than, BLOOM, before=DAYS[0], since=DAYS[2], limit=99)) == [
        "2",
        "3",
        "4",
        "5",
    ]


def test_nobody_else_s_lines_are_among_them(lines):
    for scope in (Scope("other"), Scope("bloom", frozenset({"another-shop"}))):
        assert lines.read(transactions.older_than, scope, before=NOW, limit=99) == []
        assert lines.read(transactions.timeless, scope) == []
        assert lines.read(transactions.count_settled, scope, since=None, before=NOW) == 0
        assert lines.read(transactions.currencies, scope) == set()


def test_lines_are_found_by_order_by_statement_and_by_payout(lines):
    put(lines, finance.put_statements, statement(payment_id="P1"))
    put(lines, finance.put_payments, Payment("P1", "PAID", None))
    assert ids(lines.read(transactions.lines_of_orders, "bloom-shop", ["5760", "5763"])) == ["0", "3"]
    assert len(lines.read(transactions.of_statements, "bloom-shop", ["721"])) == 10
    assert lines.read(transactions.paid_by, "bloom-shop", ["P1", "P2"]) == {"721"}
    assert lines.read(transactions.currencies, BLOOM) == {"GBP"}
    later = NOW + timedelta(seconds=1)
    put(lines, finance.put_entries, line(0, settled_at=DAYS[0]), now=later)
    assert len(lines.read(transactions.not_seen, "bloom-shop", "721", since=later)) == 9


def test_marking_makes_only_these_rows_dirty_and_says_how_many(lines):
    made = [NewRow(f"81{number}", "bloom-shop", f"576{number}", f"81{number}", AT) for number in range(3)]
    lines.write(rows.add_rows, "bloom-binding", made, now=NOW)
    assert lines.write(transactions.mark, "bloom-binding", ["810", "812", "nowhere"], NOW) == 2
    known = lines.read(rows.known, "bloom-binding", ["810", "811", "812"])
    assert {key: row.version for key, row in known.items()} == {"810": 2, "811": 1, "812": 2}


def test_a_row_of_an_order_that_was_never_here_is_of_none_for_a_proof(lines):
    """At order grain its order was taken away, which is another matter."""
    made = [NewRow("811", "bloom-shop", "5761", "811", AT), NewRow("819", "bloom-shop", "", "819", AT)]
    lines.write(rows.add_rows, "bloom-binding", made, now=NOW)
    assert lines.read(proofs.orders_of_keys, "bloom-file", ["811", "819"]) == {"811": "5761", "819": ""}
    with lines.store.write() as tx:
        tx.execute(bindings.update().values(profile={"grain": Grain.TRANSACTION.value}))
    assert lines.read(proofs.orders_of_keys, "bloom-file", ["811", "819"]) == {"811": "", "819": ""}
