"""Reports of proofs to take away: a page for people, JSON for machines, each signed. A changed one does not leave."""

from service.core.hunting.page import render
from service.core.roles import Actor
from service.errors import Conflict
from service.flows import Services, proof_signatures, proving
from service.flows.links import Export
from service.store import proofs
from service.store.proofs import ProofRow


def report_page(services: Services, actor: Actor, proof_id: str) -> Export:
    """The page. NotFound for a proof that is not the account's, Conflict for one that is not as it was signed."""
    proof = _proof(services, actor, proof_id)
    page = render(proof.body, signature=proof.signature)
    content = proof_signatures.signed_page(services.settings.secret_keys, page)
    return Export(_title(proof), "html", "text/html; charset=utf-8", [content], rows=len(proof.body["findings"]))


def report_json(services: Services, actor: Actor, proof_id: str) -> Export:
    """The document with its signature. As `report_page`."""
    proof = _proof(services, actor, proof_id)
    content = proof_signatures.signed_json(proof.body, proof.signature)
    return Export(_title(proof), "json", "application/json; charset=utf-8", [content], rows=len(proof.body["findings"]))


def _proof(services: Services, actor: Actor, proof_id: str) -> ProofRow:
    with services.store.read() as tx:
        proof = proofs.proof(tx, actor.scope, proof_id)
    if proof.verdict == proofs.UNDER_WAY:
        raise Conflict("This proof is still under way. Try again in a moment.")
    if not proving.is_genuine(services, proof):
        raise Conflict("This report is not as it was signed. Prove the file again.")
    return proof


def _title(proof: ProofRow) -> str:
    return f"{proof.body['file']['title']} – sharing proof {proof.at:%Y-%m-%d}"
