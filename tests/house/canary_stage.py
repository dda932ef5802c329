"""The stage of the canaries' run: one account with everybody in it, its log in hand and its wire tapped.

`Told` is what left, by who was told and under which switches.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import stamina
from doubles import Clock, Wake
from drivers import Product, Sheet, caller_of, connect_shop, people
from house.canary import SHOP_NAME, Canary, canaries, upstream
from house.canary_finance import finance_canaries, plant_finance
from local_world import WORLD_URL, LocalWorld
from statements import share_statements
from team import ROLES, Team, build_team
from wiretap import Wiretap

from service.app import create_app
from service.core.roles import Actor, Switch
from service.flows import manage, members
from service.store import orders as order_store
from service.store import shops as shop_store
from service.store.orders import NoteRow

PATIENCE_S = 240
OFF, ON, OFF_AGAIN = "off", "on", "off again"


@dataclass
class Told:
    """Everything that left, as (what, text). `cards` and `files` by role and switches; the rest is for nobody."""

    canaries: list[Canary] = field(default_factory=list)
    cards: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    files: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    pages: list[tuple[str, str]] = field(default_factory=list)
    unseen: list[tuple[str, str]] = field(default_factory=list)  # logs, metrics, jobs, history, secrets' neighbours
    kept: list[tuple[str, str]] = field(default_factory=list)  # every table, and the bytes of the database's files


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

    @cached_property
    def owner(self) -> Actor:
        """The owner as a member, to act without the sidebar."""
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
    share_statements(services.store)
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
        plant_finance(stage.product.services, stage.team.shops()[0], order_id, number)
        stage.order_ids.append(order_id)
        stage.told.canaries += [*canaries(number, order_id, note_group=group), *finance_canaries(number)]
    stage.told.canaries += secrets_of(stage)


def secrets_of(stage: Stage) -> list[Canary]:
    """What opens doors: nobody is told, not even the owner."""
    product, shop = stage.product, stage.team.shops()[0]
    services, settings = product.services, product.services.settings
    with services.store.read() as tx:
        tokens = shop_store.consent(tx, shop.consent_id).tokens
    access, refresh = shop_store.unseal_pair(services.store.sealer, tokens)
    opens = {
        "access": access,
        "refresh": refresh,
        "cipher": shop.cipher,
        "app secret": settings.tiktok_app_secret,
        "seal": settings.secret_keys[0],
        "web client": settings.google_web_client_secret,
        "writer": product.world.identity.writer["private_key"].replace("PRIVATE KEY", ""),
    }
    return [Canary(f"SECRET: {name}", "SECRET", (longest_word(value),)) for name, value in opens.items()]


def longest_word(secret: str) -> str:
    """A part of the secret that no escaping changes, long enough to be nobody else's."""
    word = max(re.split(r"[^A-Za-z0-9_-]", secret), key=len)
    assert len(word) >= 10, secret
    return word


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


def all_switches(stage: Stage, *, are_on: bool) -> None:
    """Every switch of the account."""
    for switch in Switch:
        members.set_switch(stage.product.services, stage.owner, switch, wanted="on" if are_on else "off")
    stage.product.clock.advance(61)
