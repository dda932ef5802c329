"""Prove it: the proof of the open file begun, looked at, and taken away as a report."""

from collections.abc import Mapping
from typing import Any

from cards.actions import Link
from cards.proof import AGAIN, DATA, Found, Past, Proof, Running, Unread, Verdict
from cards.reply import Reply, Show
from service.flows import links, proving
from service.flows.proving import Report
from service.web.ask import Ask
from service.web.downloads import PROOF_DATA, PROOF_PAGE

CELL_URL = "https://docs.google.com/spreadsheets/d/{spreadsheet_id}/edit#gid={sheet_id}"


def proof(ask: Ask) -> Reply:
    """The newest proof of the open file, or the one named by `proof_id`; how far one under way has come."""
    is_in_view = bool(ask.event.parameters.get(AGAIN))
    view = _view(ask, ask.event.parameters.get("proof_id", ""))
    return Reply(view, Show.UPDATE if is_in_view else Show.PUSH)


def prove(ask: Ask) -> Reply:
    """The open file is proved now: the answer, or how far it has come."""
    made = proving.prove_now(ask.services, ask.actor, ask.spreadsheet_id)
    view = _view(ask, "")
    return Reply(view, Show.UPDATE, toast="" if made.verdict else ask.words("We are reading the file"))


def export_proof(ask: Ask) -> Reply:
    """The report as a file: a link that works once is opened. `proof_id`, `form`."""
    kind = PROOF_DATA if ask.event.parameters.get("form") == DATA else PROOF_PAGE
    found = proving.proof_of(ask.services, ask.actor, ask.spreadsheet_id, ask.param("proof_id"))
    url = links.issue(ask.services, ask.actor, kind=kind, subject=found.id, spreadsheet_id=found.spreadsheet_id)
    return Reply(link=Link(url), toast=ask.words("Your download begins in a new tab"))


def _view(ask: Ask, proof_id: str) -> Proof:
    known = proving.proofs_of(ask.services, ask.actor, ask.spreadsheet_id)
    chosen = known.done[0] if known.done else None
    if proof_id:
        chosen = proving.proof_of(ask.services, ask.actor, ask.spreadsheet_id, proof_id)
    running = None if known.running is None else Running(known.running.rows, known.running.row_total)
    account = ask.standing.account
    audience = account.audience(known.file.audience).name if account else known.file.audience
    if chosen is None:
        return Proof(known.file.title, audience, running=running, may=ask.may)
    verdict = _verdict(ask, chosen)
    body = chosen.body if verdict is not Verdict.CHANGED else {}
    read = body.get("read", {})
    return Proof(
        file_title=known.file.title,
        audience=body.get("audience", audience),
        proof_id=chosen.id,
        verdict=verdict,
        ago_s=_ago_s(ask, chosen),
        tabs=read.get("tabs", 0),
        rows=read.get("rows", 0),
        orders=body.get("compared_with_orders", 0),
        found=tuple(_found(ask, one) for one in body.get("findings", ())),
        unread=tuple(_unread(ask, one) for one in body.get("unread", ())),
        past=tuple(Past(one.id, _verdict(ask, one), _ago_s(ask, one)) for one in known.done if one.id != chosen.id),
        running=running,
        is_newest=not known.done or chosen.id == known.done[0].id,
        may=ask.may,
    )


def _verdict(ask: Ask, one: Report) -> Verdict:
    """Of a report that is not as it was signed, nothing is believed."""
    return Verdict(one.body["verdict"]) if proving.is_genuine(ask.services, one) else Verdict.CHANGED


def _ago_s(ask: Ask, one: Report) -> int:
    return int((ask.services.clock.now() - one.at).total_seconds())


def _found(ask: Ask, raw: Mapping[str, Any]) -> Found:
    places = raw["places"]
    first = places[0] if places else {"a1": "", "order": "", "begins": ""}
    return Found(
        sign=raw["sign"],
        title=raw["title"],
        tab=raw["tab"],
        where=", ".join(one["a1"] for one in places if one["a1"]),
        part=raw["part"],
        hidden=raw["hidden"],
        count=raw["count"],
        begins=first["begins"],
        order=first["order"],
        url=_url(ask, raw["sheet_id"], first["a1"]),
    )


def _unread(ask: Ask, raw: Mapping[str, Any]) -> Unread:
    return Unread(raw["why"], raw["tab"], raw["a1"], _url(ask, raw["sheet_id"], raw["a1"]))


def _url(ask: Ask, sheet_id: int | None, a1: str) -> str:
    """Opens the very cell; empty for what has no place in a tab."""
    if sheet_id is None:
        return ""
    url = CELL_URL.format(spreadsheet_id=ask.spreadsheet_id, sheet_id=sheet_id)
    return f"{url}&range={a1}" if a1 else url
