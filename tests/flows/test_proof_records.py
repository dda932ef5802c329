"""The report of a proof: on record, signed, verified to the last byte, and naming no buyer."""

import json
import string

import pytest
import sqlalchemy as sa
from flows.planting import PLANTS, an_order, file_with_room, plant_phone_in_a_note, prove, revenue_of
from flows.rig import MAYA

from service.core.hunting.report import written
from service.flows import proof_signatures, proving
from service.store import proofs
from service.store.tables import audit
from service.store.tables import proofs as proof_table


@pytest.fixture
def paper(rig):
    return file_with_room(rig)


@pytest.mark.every_database
def test_proof_is_on_record_and_writes_nothing_into_the_sheet(rig, paper):
    written_in = "sheets(properties,data.rowData.values(userEnteredValue,userEnteredFormat,note))"
    before = paper.look(written_in)
    rig.calls()
    proof = prove(rig, paper)
    assert rig.calls()[1] == 0
    assert paper.look(written_in) == before
    with rig.services.store.read() as tx:
        line = tx.execute(sa.select(audit).where(audit.c.deed == "prove")).one()
    assert (line.sub, line.spreadsheet_id) == (MAYA.sub, paper.spreadsheet_id)
    assert line.subject == "Orders: green"
    assert proof.body["asked_by"] == MAYA.email


def test_report_holds_no_buyer(rig, paper):
    """Of a value its first two characters, of an order the end of its number, of an amount nothing."""
    for plant in PLANTS:
        plant(rig, paper, an_order(rig, paper))
    order = an_order(rig, paper)
    text = written(prove(rig, paper).body).decode()
    buyer = order.recipient
    for value in (
        buyer.name,
        buyer.phone,
        buyer.address,
        buyer.buyer_email,
        order.order_id,
        f"{revenue_of(order):.2f}",
    ):
        assert value not in text
    assert order.order_id[-6:] in text


def test_report_verifies_until_a_byte_is_changed(rig, paper):
    plant_phone_in_a_note(rig, paper, an_order(rig, paper))
    proof = prove(rig, paper)
    assert proving.is_genuine(rig.services, proof)
    changed = json.loads(json.dumps(proof.body).replace('"red"', '"green"'))
    with rig.services.store.write() as tx:
        tx.execute(sa.update(proof_table).values(body=changed))
    assert not proving.is_genuine(rig.services, rig.read(proofs.proof, rig.owner.scope, proof.id))


def test_file_of_the_report_verifies_until_a_byte_is_changed(rig, paper):
    """Each byte of what was taken away counts."""
    keys = rig.services.settings.secret_keys
    proof = prove(rig, paper)
    content = proof_signatures.signed_json(proof.body, proof.signature)
    assert proof_signatures.verify(keys, content).fault == ""
    assert proof_signatures.verify(keys, content).document == proof.body
    for at in range(0, len(content), 7):
        broken = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        assert proof_signatures.verify(keys, broken).fault, at
    assert proof_signatures.verify(keys, content + b" ").fault
    page = proof_signatures.signed_page(keys, "<p>All clear</p>")
    assert proof_signatures.verify(keys, page).fault == ""
    for at in range(len(page)):
        broken = page[:at] + bytes([page[at] ^ 1]) + page[at + 1 :]
        assert proof_signatures.verify(keys, broken).fault, at


def test_signature_has_one_spelling():
    """The last letter of 43 holds two bits that stand for nothing: its three twins are other letters all the same."""
    page = proof_signatures.signed_page(["a key"], "<p>All clear</p>")
    end = page.index(b" -->\n")
    twins = [letter for letter in string.ascii_letters + string.digits + "-_" if ord(letter) != page[end - 1]]
    changed = [page[: end - 1] + letter.encode() + page[end:] for letter in twins]
    assert all(proof_signatures.verify(["a key"], one).fault for one in changed)


def test_report_of_another_service_does_not_verify_and_one_of_an_older_key_does():
    signed = proof_signatures.signed_page(["old"], "<p>All clear</p>")
    assert proof_signatures.verify(["new", "old"], signed).fault == ""
    assert "not among the keys" in proof_signatures.verify(["new"], signed).fault
