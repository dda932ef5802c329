"""Proofs as they are kept: one under way per file, a verdict that is given once, and only within the account."""

from dataclasses import replace
from datetime import timedelta

import pytest
from core.made_orders import make_order
from store.conftest import NOW

from service.core.roles import Scope
from service.errors import NotFound
from service.store import proofs
from service.store.proofs import ProofRow

BLOOM = Scope("bloom")
PROOF = ProofRow("p1", "bloom", "bloom-file", NOW, "sub-1", "", {}, "")


def begun(bloom, proof_id="p1", **changes):
    row = replace(PROOF, id=proof_id, **changes)
    bloom.write(proofs.add, row)
    return row


def closed(bloom, proof_id, *, minutes):
    at = NOW + timedelta(minutes=minutes)
    return bloom.write(proofs.close, proof_id, at=at, verdict="green", body={"verdict": "green"}, signature="s")


def test_proof_goes_on_until_it_has_a_verdict_and_has_one_verdict_only(bloom):
    begun(bloom)
    assert bloom.write(proofs.go_on, "p1", {"mark": 1})
    assert bloom.read(proofs.under_way, "bloom-file").body == {"mark": 1}
    assert closed(bloom, "p1", minutes=1)
    assert not closed(bloom, "p1", minutes=2)
    assert not bloom.write(proofs.go_on, "p1", {"mark": 2})
    assert bloom.read(proofs.under_way, "bloom-file") is None
    assert bloom.read(proofs.proof, BLOOM, "p1").at == NOW + timedelta(minutes=1)


def test_proof_is_found_within_its_account_only(bloom):
    begun(bloom)
    with pytest.raises(NotFound):
        bloom.read(proofs.proof, Scope("other"), "p1")
    assert bloom.read(proofs.recent, Scope("other"), "bloom-file", limit=5) == []


def test_newest_proofs_are_kept_and_one_under_way_always(bloom):
    for number in range(4):
        begun(bloom, f"p{number}")
        closed(bloom, f"p{number}", minutes=number)
    begun(bloom, "running")
    assert bloom.write(proofs.forget, "bloom-file", keep=2) == 2
    kept = [row.id for row in bloom.read(proofs.recent, BLOOM, "bloom-file", limit=9)]
    assert kept == ["p3", "p2", "running"]


def test_files_whose_proof_waits_are_named_the_longest_waiting_first(bloom):
    begun(bloom, "late", spreadsheet_id="second", at=NOW - timedelta(minutes=1))
    begun(bloom, "later", spreadsheet_id="third", at=NOW - timedelta(minutes=2))
    begun(bloom, "now", spreadsheet_id="first")
    assert bloom.read(proofs.files_under_way, before=NOW - timedelta(seconds=30), limit=9) == ["third", "second"]


def test_orders_are_walked_through_page_by_page_each_once(bloom):
    """With their buyers, whatever the page's size, and nobody else's."""
    ids = [f"5764000000000000{number:02d}" for number in range(7)]
    for order_id in ids:
        bloom.save_order(make_order(shop_id="bloom-shop", order_id=order_id), account_id="bloom")
    before = {row.order_id for row in walked(bloom, limit=100)}
    assert set(ids) <= before
    for limit in (1, 2, 3, 7):
        assert sorted(row.order_id for row in walked(bloom, limit=limit)) == sorted(before)
    assert all(row.recipient.name for row in walked(bloom, limit=3) if row.order_id in ids)
    assert bloom.read(proofs.count, "bloom") == len(before)


def walked(bloom, *, limit):
    found, last = [], None
    while page := bloom.read(proofs.page_after, bloom.store.sealer, "bloom", last, limit=limit):
        found += page
        last = (page[-1].order_id, page[-1].shop_id)
    return found


def test_orders_are_found_by_number_within_the_account(bloom):
    bloom.save_order(make_order(shop_id="bloom-shop", order_id="576400000000000001"), account_id="bloom")
    wanted = ["576400000000000001", "576400000000000002"]
    sealer = bloom.store.sealer
    assert [one.order_id for one in bloom.read(proofs.orders_called, sealer, "bloom", wanted)] == wanted[:1]
    assert bloom.read(proofs.orders_called, sealer, "other", wanted) == []
