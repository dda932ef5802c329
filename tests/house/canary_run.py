"""The whole product at work on orders full of canaries, with everything that leaves it on record.

Everybody presses every action, every audience has a file with every column the product would give it, webhooks and
pages are called rightly and wrongly, Google and TikTok refuse, and a handler breaks. What each of them was told stands
in `Told`, by who was told and under which switches.
"""

import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
import stamina
from doubles import Clock, Wake
from drivers import Product, Sheet, Sidebar, caller_of, connect_shop, people
from house.canary import SHOP_NAME, Canary, canaries, upstream
from local_world import WORLD_URL, LocalWorld
from team import ROLES, Team, build_team
from wiretap import Sent, Wiretap

from cards.actions import Action
from cards.reply import Reply
from service.app import create_app
from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.presets import PRESETS
from service.core.roles import Actor, Permission, Role, Switch
from service.errors import BadInput, NotAllowed
from service.flows import bind, design, manage
from service.store import orders as order_store
from service.store.orders import NoteRow
from service.store.tables import flushes
from service.web.ask import Ask
from service.web.entries import Entry
from service.web.registry import REGISTRY

PATIENCE_S = 240
OFF, ON, OFF_AGAIN = "off", "on", "off again"
GRAINS = {"order": "preset:accountant", "line": "preset:sla_watch_list"}


@dataclass
class Told:
    """Everything that left, as (what, text). `cards` and `files` by role and switches; the rest is for nobody."""

    canaries: list[Canary] = field(default_factory=list)
    cards: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    files: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    pages: list[tuple[str, str]] = field(default_factory=list)
    unseen: list[tuple[str, str]] = field(default_factory=list)  # logs, metrics, jobs, history, secrets' neighbours


@dataclass
class Stage:
    """The product in the middle of its run."""

    team: Team
    told: Told
    tap: Wiretap
    log: io.StringIO
    order_ids: list[str] = field(default_factory=list)
    sheets: list[tuple[str, Sheet]] = field(default_factory=list)
    rounds: int = 0

    @cached_property
    def unbound(self) -> Sheet:
        """A file that nothing is bound to, which everybody may open."""
        sheet = self.product.sheet(self.team.people["owner"], "Notes")
        for person in self.team.people.values():
            self.product.world.emulator.state.grant(person.email, sheet.spreadsheet_id)
        return sheet

    @property
    def product(self) -> Product:
        return self.team.product

    @property
    def owner(self) -> Actor:
        found = manage.standing(self.product.services, caller_of(self.team.people["owner"]), "").actor
        assert found is not None
        return found


@contextmanager
def on_stage(folder: Path, database_url: str, *, keys: Path, spreadsheets: Any) -> Iterator[Stage]:
    """A product of its own, its log in hand and its wire tapped, with everybody in one account and two shops."""
    clock, log = Clock(), io.StringIO()
    world = LocalWorld(folder, clock, keys=keys)
    world.market.world.default_shop().name = SHOP_NAME
    settings = replace(world.settings(database_url), log_level="debug")
    with redirect_stderr(log):  # where the log lines go is decided here, once
        app = create_app(settings, clock=clock, wake=Wake(clock), wires=world.wires)
    app.testing = True
    world.deliver_to(app)
    services = app.extensions["rowstream"]
    services.google.__dict__["_spreadsheets"] = spreadsheets
    product = Product(app, services, clock, services.wake, world)
    try:
        team = build_team(product, people()).join(*ROLES[1:])
        with stamina.set_testing(True, attempts=2, cap=True):
            yield Stage(team, Told(), Wiretap.on(world), log)
    finally:
        services.store.engine.dispose()
        world.close()


# --- planting ---


def plant(stage: Stage) -> None:
    """Two orders full of canaries: on the first the team's notes are its own, on the second they are shared."""
    connect_shop(stage.product, stage.team.sidebar("owner"))
    for number, group in ((1, "INTERNAL"), (2, "NOTES")):
        (order_id,) = stage.product.shop().place(1, kind="NORMAL", overrides=upstream(number))
        change(stage, {order_id: {"line_items": dict.fromkeys("23456")}})
        write_notes(stage, order_id, number, is_shared=group == "NOTES")
        stage.order_ids.append(order_id)
        stage.told.canaries += canaries(number, order_id, note_group=group)


def change(stage: Stage, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """These orders change in TikTok; the notices come, and whatever follows from them happens."""
    world = stage.product.world.market.world
    stage.product.clock.advance(30)
    for order_id, body in changes.items():
        wanted = {"order_id": order_id, "changes": body}
        assert stage.product.world.http.post(f"{WORLD_URL}/tiktok/control/edit", json=wanted).is_success
        world.notify(world.default_shop().id, 1, {"order_id": order_id})
    stage.product.settle(patience_s=PATIENCE_S)


def write_notes(stage: Stage, order_id: str, number: int, *, is_shared: bool) -> None:
    services, shop = stage.product.services, stage.team.shops()[0]
    row = NoteRow(shop.id, order_id, "red", f"zqnote{number}", is_shared, f"zqassignee{number}", [f"zqcustom{number}"])
    with services.store.write() as tx:
        order_store.write_note(tx, row, written_by="nobody", now=services.clock.now())


# --- sheets ---


def stream_to_everybody(stage: Stage, switches: str) -> None:
    """A file per audience, with a tab per grain that shows every column the product grants; then the orders change."""
    for role in ROLES:
        sheet = stage.product.sheet(stage.team.people["owner"], f"For {role}")
        refs = [ref for grain in GRAINS if (ref := everything_for(stage, role, grain, switches))]
        for ref in [*refs, *presets_for(stage, role)]:
            stage.team.bind(ref, role=role, sheet=sheet)
        if refs:
            stage.sheets.append((role, sheet))
    let_orders_change(stage)
    collect_files(stage, switches)


def everything_for(stage: Stage, role: str, grain: str, switches: str) -> str:
    """A profile of the owner's with each column of the catalogue that this role is granted; empty when none can be."""
    services, actor = stage.product.services, stage.owner
    ref = design.clone(services, actor, GRAINS[grain], name=f"{role} by {grain}, {switches}")
    design.save_filter(services, actor, ref, RowFilter())
    for column in design.profile_for(services, actor, ref).profile.columns:
        if column.key != "status":
            design.remove_column(services, actor, ref, column.key)
    with suppress(NotAllowed):
        design.save_profile(services, actor, ref, name=f"{role} by {grain}, {switches}", role=Role(role))
        add_granted(stage, ref, list(COLUMNS))
    return ref if fits(stage, ref, role) else ""


def add_granted(stage: Stage, ref: str, keys: Sequence[str]) -> None:
    """All of these that the product lets into the profile: halved until what is refused stands alone."""
    with suppress(NotAllowed, BadInput):
        design.add_columns(stage.product.services, stage.owner, ref, keys)
        return
    if len(keys) > 1:
        add_granted(stage, ref, keys[: len(keys) // 2])
        add_granted(stage, ref, keys[len(keys) // 2 :])


def fits(stage: Stage, ref: str, role: str) -> bool:
    designed = design.profile_for(stage.product.services, stage.owner, ref, Role(role))
    return design.refusal(stage.product.services, stage.owner, designed) is None


def presets_for(stage: Stage, role: str) -> list[str]:
    """The ready-made profiles that are meant for this role and may be written for it now."""
    refs = [f"preset:{preset.key}" for preset in PRESETS.values() if preset.audiences[0] == role]
    return [ref for ref in refs if fits(stage, ref, role)]


def let_orders_change(stage: Stage) -> None:
    """Each order gets another deadline, message and name of its delivery: every file is written once more."""
    stage.rounds += 1
    later = {
        "buyer_message": "again zqmessage{}" + "." * stage.rounds,
        "delivery_option_name": "Zqdelivery{}" + "." * stage.rounds,
    }
    change(
        stage,
        {
            order_id: {name: value.format(number) for name, value in later.items()}
            for number, order_id in enumerate(stage.order_ids, 1)
        },
    )


def collect_files(stage: Stage, switches: str) -> None:
    """What was sent about each file since the last time, and what stands in it."""
    for role, sheet in stage.sheets:
        sent = [(f"{one.method} {one.url}", one.body) for one in stage.tap.about(sheet.spreadsheet_id)]
        shown = [(f"tab {tab}", json.dumps(sheet.grid(tab))) for tab in sheet.tabs()]
        stage.product.clock.advance(20)  # who looks has a quota too
        stage.told.files[role, switches] += sent if switches == OFF_AGAIN else [*sent, *shown]
    stage.tap.sent.clear()


def leave_all_files_but_one(stage: Stage) -> None:
    """What comes afterwards is about one file, and takes less time with fewer of them."""
    for _role, sheet in stage.sheets:
        if sheet is not stage.team.sheet:
            for row in stage.team.bindings(sheet):
                bind.stop(stage.product.services, stage.owner, sheet.spreadsheet_id, row.id)


# --- presses ---


def everybody_presses_everything(stage: Stage, switches: str) -> None:
    """Every action by every role, with what its buttons would carry, and by the stranger."""
    ids = known_ids(stage)
    for role in (*ROLES, "stranger"):
        for action, parameters, form in presses(ids, switches):
            utter(stage, role, switches, action, parameters, form)


def utter(stage: Stage, role: str, switches: str, action: str, parameters: dict, form: dict) -> str:
    """One press by this role's person in the file that is bound for the warehouse; the raw answer, on record."""
    person = stage.team.people[role]
    stage.product.world.emulator.state.grant(person.email, stage.team.sheet.spreadsheet_id)
    sidebar = Sidebar(stage.product, person, spreadsheet_id=stage.team.sheet.spreadsheet_id)
    given = {"once_key": f"{role}{switches}{action}{len(stage.told.cards[role, switches])}", **parameters}
    typed = {name: {"stringInputs": {"value": value if isinstance(value, list) else [value]}}
             for name, value in form.items()}  # fmt: skip
    answer = sidebar.send(action, sidebar.event(action, given, typed))
    assert answer.status_code == 200, (role, action)
    text = answer.get_data(as_text=True)
    asked = [
        *given.values(),
        *(value for field_ in form.values() for value in ([field_] if isinstance(field_, str) else field_)),
    ]
    stage.told.cards[role, switches].append((action, without(text, asked)))
    return text


def without(text: str, said: list[str]) -> str:
    """The answer without what the person said: an echo tells nobody anything."""
    for word in sorted(said, key=len, reverse=True):
        text = text.replace(json.dumps(word)[1:-1], "") if len(word) > 5 else text
    return text


def known_ids(stage: Stage) -> dict[str, str]:
    """Ids as somebody would know them who has seen every card."""
    services, team = stage.product.services, stage.team
    return {
        "order": stage.order_ids[0],
        "shared": stage.order_ids[1],
        "binding": team.bindings()[0].id,
        "draft": design.clone(services, stage.owner, "preset:pick_and_ship", name="Labels"),
        "member": next(one.id for one in team.members() if one.role == "client"),
        "shop": team.shops()[0].id,
        "unbound": stage.unbound.spreadsheet_id,
    }


Press = tuple[str, dict[str, str], dict[str, Any]]


def presses(ids: Mapping[str, str], switches: str) -> list[Press]:
    """Every action at least once; those that end something with ids that end nothing anybody needs."""
    draft, orders = {"draft_id": ids["draft"]}, [{"order_key": ids[one]} for one in ("order", "shared")]
    refs = ("preset:sla_watch_list", "preset:pick_and_ship", "preset:accountant", "preset:agency_client", ids["draft"])
    shows: list[Press] = [
        *(("orders", {"window": window}, {}) for window in ("", "overdue", "today", "tomorrow", "cancel-requests")),
        ("filter-orders", {}, {"search": "zqtrack1"}),
        ("filter-orders", {}, {"search": "ZQSKU11"}),
        ("filter-orders", {}, {"status": "AWAITING_SHIPMENT", "shop": ids["shop"]}),
        *(("order", one, {}) for one in orders),
        *(("preview-profile", {"profile_id": ref}, {}) for ref in refs),
        ("edit-columns", draft, {}),
        ("edit-columns", {**draft, "page": "10"}, {}),
        *(("column", {**draft, "column_key": key}, {}) for key in ("recipient", "sla_due", "items")),
        ("edit-filter", draft, {}),
        ("home", {}, {}),
        ("home", {"spreadsheet_id": ids["unbound"]}, {}),
        ("choose-profile", {}, {}),
        ("sheet", {"binding_id": ids["binding"]}, {}),
        ("refresh-now", {"binding_id": ids["binding"]}, {}),
        ("shops", {}, {}),
    ]
    return shows if switches != OFF else [*shows, *rest(ids, refs), *changes(ids, draft)]


def rest(ids: Mapping[str, str], refs: Sequence[str]) -> list[Press]:
    """What shows no orders, or is not supposed to."""
    return [
        *((name, {}, {}) for name in ("file-granted", "return-home", "allow-file", "new-account", "account", "help")),
        *((name, {}, {}) for name in ("sign-out", "people", "invite", "role-switches", "check-sharing", "fix-writer")),
        *((name, {}, {}) for name in ("choose-account", "connect-status")),
        *(("bind-form", {"profile_id": ref}, {}) for ref in refs),
        ("refresh-status", {"binding_id": ids["binding"]}, {}),
        ("stop", {"binding_id": ids["binding"]}, {}),
        ("connect-shop", {"shop_id": ids["shop"]}, {}),
        ("disconnect-shop", {"shop_id": ids["shop"]}, {}),
        ("member", {"member_id": ids["member"]}, {}),
        ("revoke-member", {"member_id": ids["member"]}, {}),
        ("bind", {"profile_id": "preset:accountant"}, {"tab": "new", "audience": "warehouse"}),
        ("bind", {"profile_id": "preset:pick_and_ship"}, {"tab": "new", "audience": "client"}),
    ]


def changes(ids: Mapping[str, str], draft: dict[str, str]) -> list[Press]:
    """What changes something, at the end: with every right it changes little, and once is enough."""
    return [
        ("add-column", draft, {"columns": ["phone", "order_total"]}),
        ("move-column", {**draft, "column_key": "items", "place": "2"}, {}),
        ("rename-column", {**draft, "column_key": "items"}, {"header": "Things"}),
        ("remove-column", {**draft, "column_key": "qty"}, {}),
        ("save-filter", draft, {"status": "AWAITING_SHIPMENT"}),
        ("save-profile", draft, {"profile_name": "Labels again", "audience": "support"}),
        ("clone-profile", {"profile_id": ids["draft"]}, {}),
        ("confirm-bind", {"profile_id": "preset:accountant", "tab": "new", "audience": "support"}, {}),
        ("save-note", {"order_key": ids["order"]}, {"note": "seen", "flag": "nonsense"}),
        ("send-invitation", {}, {"email": "guest@gmail.com", "role": "nonsense"}),
        ("revoke-invitation", {"invitation_id": "0" * 32}, {}),
        ("accept-invitation", {"invitation_id": "0" * 32}, {}),
        ("confirm-code", {"invitation_id": "0" * 32}, {"code": "00000000"}),
        ("change-role", {"member_id": ids["member"]}, {"role": "nonsense"}),
        ("confirm-revoke", {"member_id": "0" * 32}, {}),
        ("confirm-disconnect-shop", {"shop_id": "0" * 32}, {}),
        ("confirm-stop", {"binding_id": "0" * 32}, {}),
        ("approve-reader", {"reader_id": "0" * 20}, {}),
        ("set-switch", {"switch": "nonsense"}, {}),
        ("pause", {}, {}),
        ("resume", {}, {}),
        ("open-account", {}, {"account_name": " "}),
        ("confirm-sign-out", {}, {}),
    ]


def clients_look(stage: Stage, switches: str) -> None:
    """A client does not know order numbers: the keys come from the list."""
    text = utter(stage, "client", switches, Action.ORDERS, {}, {})
    for key in sorted({one["value"] for one in parameters_of(json.loads(text)) if one["key"] == "order_key"}):
        utter(stage, "client", switches, Action.ORDER, {"order_key": key}, {})


def parameters_of(node: Any) -> Iterator[dict[str, str]]:
    if isinstance(node, list):
        for one in node:
            yield from parameters_of(one)
    elif isinstance(node, dict):
        yield from node.get("parameters", [])
        for one in node.values():
            yield from parameters_of(one)


def all_switches(stage: Stage, *, are_on: bool) -> None:
    """Every switch of the account."""
    for switch in Switch:
        manage.set_switch(stage.product.services, stage.owner, switch, wanted="on" if are_on else "off")
    stage.product.clock.advance(61)


# --- doors, errors and bugs ---


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


def end_the_consent(stage: Stage) -> None:
    """The seller takes the consent back, then the owner the shop away: what home says of the trouble."""
    world, shop = stage.product.world.market, stage.team.shops()[0]
    binding = {"binding_id": stage.team.bindings()[0].id}
    world.deauthorize(world.world.default_shop().id)
    stage.product.settle()
    for deed in ("", "confirm-disconnect-shop"):
        if deed:
            utter(stage, "owner", OFF, deed, {"shop_id": shop.id}, {})
        for role in (*ROLES, "stranger"):
            utter(stage, role, OFF, "home", {}, {})
            utter(stage, role, OFF, "sheet", binding, {})


def collect_unseen(stage: Stage) -> None:
    """Log lines, metrics, arguments of jobs and the sync history."""
    services, told = stage.product.services, stage.told
    told.unseen.append(("log", re.sub(r'"timestamp": "[^"]*"', "", stage.log.getvalue())))  # of our own time of day
    told.unseen.append(("jobs", " ".join(f"{one.kind} {one.subject}" for one in services.wake.ran)))
    with services.store.read() as tx:
        told.unseen.append(("history", " ".join(map(str, tx.execute(sa.select(flushes))))))
    told.unseen.append(("metrics", stage.product.app.test_client().get("/metrics").get_data(as_text=True)))


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
    return stage.told
