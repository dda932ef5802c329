"""The whole product at work on orders full of canaries, with everything that leaves it on record.

Everybody presses every action, every audience has a file, webhooks and pages are called rightly and wrongly, Google and
TikTok refuse, and a handler breaks.
"""

import re
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from house.canary import upstream
from house.canary_consent import end_the_consent
from house.canary_presses import clients_look, everybody_presses_everything, utter
from house.canary_sheets import collect_files, leave_all_files_but_one, let_orders_change, stream_to_everybody
from house.canary_stage import OFF, OFF_AGAIN, ON, Stage, Told, all_switches, change, plant
from team import ROLES
from wiretap import Sent

from cards.actions import Action
from cards.reply import Reply
from service.app import create_app
from service.core.roles import Permission
from service.store.rotation import SEALED
from service.store.tables import flushes, metadata, recipients
from service.web.ask import Ask
from service.web.entries import Entry
from service.web.registry import REGISTRY


def knock_everywhere(stage: Stage) -> None:
    """Every page and hook of ours, rightly and wrongly."""
    client = stage.product.app.test_client()
    for path in ("/", "/privacy", "/terms", "/support", "/help", "/healthz", "/readyz", "/nothing", "/connect/start",
                 "/connect/start?ticket=wrong", "/connect/signed-in?state=x&code=y", "/tiktok/callback?state=x&code=y",
                 "/tiktok/callback?error=denied"):  # fmt: skip
        note_page(stage, f"GET {path}", client.get(path))
    notice = {"type": 1, "tts_notification_id": "1", "shop_id": stage.team.shops()[0].tiktok_shop_id, "timestamp": 1,
              "data": {"order_id": stage.order_ids[0]}}  # fmt: skip
    for headers in ({}, {"Authorization": "0" * 64}):
        note_page(stage, "POST webhook", client.post("/hooks/tiktok", json=notice, headers=headers))
    note_page(stage, "POST nonsense", client.post("/hooks/tiktok", data=b"\xff{", headers={"Authorization": "0" * 64}))
    note_page(stage, "POST unproved", client.post("/addon/order", json={"commonEventObject": {}}))
    note_page(stage, "POST unknown", client.post("/addon/no-such-action", json={}))
    stage.product.world.market.world.faults.change({"webhook_forged": 1, "webhook_unknown_type": 1})
    stage.told.unseen.append(("metrics", client.get("/metrics").get_data(as_text=True)))


def note_page(stage: Stage, what: str, answer: Any) -> None:
    stage.told.pages.append((f"{what}: {answer.status_code}", f"{answer.headers}\n{answer.get_data(as_text=True)}"))


def let_others_fail(stage: Stage) -> None:
    """Google and TikTok refuse, and say again what they were sent; one order comes in a shape nobody knows."""
    stage.tap.instead += [refuse_with_echo]
    let_orders_change(stage)
    stage.tap.instead += [fail_with_echo] * 4
    let_orders_change(stage)
    (broken,) = stage.product.world.market.place_orders(1, overrides=upstream(2))
    change(stage, {broken.id: {"payment": "zqname2", "line_items": "zqstreet2"}})


def refuse_with_echo(asked: Sent) -> httpx.Response | None:
    """Google's refusal of a write, with the value it did not like in quotes."""
    if not asked.url.partition("?")[0].endswith(":batchUpdate"):
        return None
    told = f"Invalid value at 'requests[0]' (type.googleapis.com/ExtendedValue), \"{asked.body}\""
    return httpx.Response(400, json={"error": {"code": 400, "message": told, "status": "INVALID_ARGUMENT"}})


def fail_with_echo(asked: Sent) -> httpx.Response | None:
    """TikTok's failure of a read, which names whom it concerned."""
    if "/order/" not in asked.url:
        return None
    told = {"code": 36009003, "message": f"failed for Nyra Zqname1, order {asked.url}", "request_id": "r"}
    return httpx.Response(500, json=told)


def break_a_handler(stage: Stage) -> None:
    """A bug whose message and locals hold everything: the card says nothing about it, nor does the log."""
    everything = " ".join(form for canary in stage.told.canaries for form in canary.forms)

    def broken(ask: Ask) -> Reply:
        held = {everything: ask}
        raise KeyError(everything, held)

    registry = {**REGISTRY, Action.HELP: Entry(Permission.SIGNED_IN, broken)}
    services = stage.product.services
    with redirect_stderr(stage.log):
        app = create_app(services.settings, clock=services.clock, wake=services.wake, wires=stage.product.world.wires,
                         registry=registry)  # fmt: skip
    other = replace(stage, team=replace(stage.team, product=replace(stage.product, app=app)))
    for role in (*ROLES, "stranger"):
        utter(other, role, OFF, "help", {}, {})
    app.extensions["rowstream"].store.engine.dispose()


def collect_unseen(stage: Stage) -> None:
    """Log lines, metrics, arguments of jobs and the sync history."""
    services, told = stage.product.services, stage.told
    told.unseen.append(("log", re.sub(r'"timestamp": "[^"]*"', "", stage.log.getvalue())))  # of our own time of day
    told.unseen.append(("jobs", " ".join(f"{one.kind} {one.subject}" for one in services.wake.ran)))
    with services.store.read() as tx:
        told.unseen.append(("history", " ".join(map(str, tx.execute(sa.select(flushes))))))
    told.unseen.append(("metrics", stage.product.app.test_client().get("/metrics").get_data(as_text=True)))


def collect_kept(stage: Stage) -> None:
    """Every table with its seals opened, but that of the buyers themselves; and the database's files as they are."""
    store, told = stage.product.services.store, stage.told
    sealed = {(column.table.name, column.name) for column in SEALED}
    with store.read() as tx:
        for table in metadata.sorted_tables:
            if table is not recipients:
                cells = [
                    store.sealer.unseal(cell) if cell and (table.name, name) in sealed else str(cell)
                    for row in tx.execute(sa.select(table)).mappings()
                    for name, cell in row.items()
                ]
                told.kept.append((f"table {table.name}", "\n".join(cells)))
    base = Path(str(store.engine.url.database))
    for file in sorted(base.parent.glob(f"{base.name}*")):
        told.kept.append((f"file {file.name}", file.read_bytes().decode("utf-8", "replace")))


def run(stage: Stage) -> Told:
    """The whole of it, in order."""
    plant(stage)
    stage.team.bind()
    stage.sheets.append(("warehouse", stage.team.sheet))
    stream_to_everybody(stage, OFF)
    everybody_presses_everything(stage, OFF)
    all_switches(stage, are_on=True)
    stream_to_everybody(stage, ON)
    everybody_presses_everything(stage, ON)
    clients_look(stage, ON)
    all_switches(stage, are_on=False)
    let_orders_change(stage)
    collect_files(stage, OFF_AGAIN)
    collect_unseen(stage)
    leave_all_files_but_one(stage)
    knock_everywhere(stage)
    let_others_fail(stage)
    break_a_handler(stage)
    end_the_consent(stage)
    collect_unseen(stage)
    collect_kept(stage)
    return stage.told
