"""The product and the world around it for the leak fuzz: made once, begun anew in milliseconds.

Two accounts. Bloom & Thread has a person for every role, two shops, and orders that are full of canaries in every
field; Harbour Lane has its own owner, shop and order, and the first account's client is an admin there. Each order is
known in several versions, no value of which stands in another, as TikTok told them.
"""

import io
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from doubles import Clock
from drivers import Product
from flows.boundary import join
from flows.rig import MAYA, Rig, attach_shop, open_account
from house.canary import Canary, canaries, upstream
from house.canary_finance import finance_canaries, plant_finance
from house.canary_stage import longest_word
from leaks.hunting import Hunter, Planted
from leaks.watch import Watch
from local_world import LocalWorld
from msgspec import structs
from stateful.ground import FileWake, make_file, quieten
from statements import share_statements

from service.app import create_app
from service.core.orders import Order
from service.core.roles import Actor, Role
from service.flows import Services, connect, design, ingest, members
from service.sandbox.people import PEOPLE, person_of
from service.store import orders as order_store
from service.store import shops as shop_store
from service.store.orders import NoteRow
from service.store.records import ShopRow

BLOOM, HARBOUR = "bloom", "harbour"
OLA = person_of("ola@harbour.example")
EVERYBODY = (*PEOPLE, OLA)
VERSIONS = 5  # of each order
SHOP_NAMES = {"first": "Zqshop Mercers", "second": "Zqbarn Drapers", "other": "Zqquay Chandlers"}


@dataclass
class Slot:
    """An order that is told again and again: `versions` as TikTok tells them, none of whose values stand in another."""

    account: str
    shop: ShopRow
    place: str  # in SHOP_NAMES
    order_id: str
    is_shared: bool  # what the team notes about it
    versions: list[tuple[int, Order]] = field(default_factory=list)


@dataclass
class Ground:
    """The one product of all cases. `begin` makes it new. `bare`: the database without any file."""

    product: Product
    rig: Rig
    log: io.StringIO
    watch: Watch
    slots: list[Slot]
    hunter: Hunter
    draft_id: str
    other_member: str
    bare: sqlite3.Connection
    at: datetime

    @property
    def services(self) -> Services:
        return self.rig.services

    def begin(self) -> None:
        """Database, files, clock, log, faults and wake-ups are as they were in the beginning."""
        with self.services.store.engine.connect() as connection:
            found = connection.connection.driver_connection
            assert isinstance(found, sqlite3.Connection)
            self.bare.backup(found)
        self.rig.clock.at = self.at
        self.rig.wake.waiting.clear()
        self.rig.wake.ran.clear()
        memory = self.services.memory
        for kept in (memory._answers, memory._needed, memory._unanswered, memory._ahead, memory._recent_sales):
            kept.clear()
        emulator = self.rig.world.emulator
        emulator.faults.clear()
        emulator.quotas._used.clear()
        emulator.calls.reset()
        emulator.state.files = {}
        self.log.seek(0)
        self.log.truncate()
        self.watch.begin()

    def make_file(self, name: str) -> str:
        """A spreadsheet of the owner's, open with the add-on. Its id."""
        return make_file(self.rig, f"file-{name}").spreadsheet_id

    def tell(self, slot: Slot, number: int) -> None:
        """The product fetches this version of the order, and the team notes something new about it."""
        name, order = slot.versions[number % len(slot.versions)]
        now, services = self.rig.clock.now(), self.services
        ingest.save(services, slot.shop, [structs.replace(order, updated_at=now, fetched_at=now)])
        plant_finance(services, slot.shop, slot.order_id, name)
        with services.store.write() as tx:
            order_store.write_note(tx, note_of(slot, name), written_by="nobody", now=now)
            ingest.touch(
                services, tx, account_id=slot.shop.account_id, shop_id=slot.shop.id, order_id=slot.order_id
            )  # fmt: skip
        self.rig.clock.advance(1)  # no two versions are of one moment

    def read(self, ask: Any, *arguments: Any, **more: Any) -> Any:
        return self.rig.read(ask, *arguments, **more)


def note_of(slot: Slot, name: int) -> NoteRow:
    texts = f"zqnote{name}", slot.is_shared, f"zqassignee{name}", [f"zqcustom{name}"]
    return NoteRow(slot.shop.id, slot.order_id, "red", *texts)


def raise_ground(folder: Path, *, database_url: str, keys: Path, spreadsheets: Any) -> Iterator[Ground]:
    """A ground in this folder, taken down in the end."""
    clock, log = Clock(), io.StringIO()
    world = LocalWorld(folder, clock, keys=keys)
    seller = world.market.world.default_shop()
    seller.name = SHOP_NAMES["first"]
    world.market.world.add_shop(seller.seller_id, SHOP_NAMES["second"], region="GB")
    world.market.world.shops_of("harbour-lane")[0].name = SHOP_NAMES["other"]
    watch = Watch.on(world)
    wake = FileWake(clock)
    with redirect_stderr(log):  # where the log lines go is decided here, once
        app = create_app(replace(world.settings(database_url), log_level="debug"), clock=clock, wake=wake,
                         wires=world.wires)  # fmt: skip
    app.testing = True
    services: Services = app.extensions["rowstream"]
    share_statements(services.store)
    services.google.__dict__["_spreadsheets"] = spreadsheets  # what it would build at its first call
    try:
        yield _settled(Product(app, services, clock, wake, world), log, watch)
    finally:
        services.store.engine.dispose()
        world.close()


def _settled(product: Product, log: io.StringIO, watch: Watch) -> Ground:
    services, world = product.services, product.world
    maya, ola = open_account(services, MAYA), open_account(services, OLA, "Harbour Lane")
    shop = attach_shop(services, world, maya)
    rig = Rig(services, product.clock, product.wake, world, maya.account_id, maya, shop)
    for person in PEOPLE:
        if person.role not in {None, "owner"}:
            join(rig, person, Role(person.role))
    other = attach_shop(services, world, ola, seller="harbour-lane")
    lena = next(person for person in PEOPLE if person.role == "client")
    join(replace(rig, account_id=ola.account_id), lena, Role.ADMIN)
    places = {one.name: place for place in SHOP_NAMES for one in _shops(services, maya, ola)
              if one.name == SHOP_NAMES[place]}  # fmt: skip
    for one in _shops(services, maya, ola):
        rig.write(quieten, one.id)
    slots = _slots(rig, {places[one.name]: one for one in _shops(services, maya, ola)})
    planted = [one for slot in slots for one in _canaries(slot)] + _secrets(product, [shop, other])
    draft_id = design.clone(services, maya, "preset:pick_and_ship", name="Labels")
    bare = sqlite3.connect(":memory:", check_same_thread=False)
    ground = Ground(
        product, rig, log, watch, slots, Hunter(planted), draft_id, _lena_at_bloom(rig), bare, product.clock.now()
    )
    for slot in slots:
        ground.tell(slot, 0)
    ground.at = product.clock.now()
    with services.store.engine.connect() as connection:
        found = connection.connection.driver_connection
        assert isinstance(found, sqlite3.Connection)
        found.backup(bare)
    return ground


def _lena_at_bloom(rig: Rig) -> str:
    return next(row.id for row in members.everybody(rig.services, rig.owner).members if row.role == Role.CLIENT)


def _shops(services: Services, *owners: Actor) -> list[ShopRow]:
    with services.store.read() as tx:
        return [shop for owner in owners for shop in shop_store.every_shop_of(tx, owner.scope)]


def _slots(rig: Rig, held: Mapping[str, ShopRow]) -> list[Slot]:
    """Four orders, each as TikTok tells it in every version: fetched and read on the product's own way."""
    wanted = ((BLOOM, "first", False), (BLOOM, "first", True), (BLOOM, "second", False), (HARBOUR, "other", True))
    slots = []
    for at, (account, place, is_shared) in enumerate(wanted):
        shop = held[place]
        numbers = [1 + at + len(wanted) * version for version in range(VERSIONS)]
        ids = [_place(rig, shop, number) for number in numbers]
        fetched = {one.order_id: one for one in rig.services.tiktok.orders(connect.access(rig.services, shop), ids)}
        first = fetched[ids[0]]
        told = [structs.replace(fetched[one], order_id=first.order_id, created_at=first.created_at) for one in ids]
        slots.append(Slot(account, shop, place, first.order_id, is_shared, list(zip(numbers, told, strict=True))))
    return slots


def _place(rig: Rig, shop: ShopRow, number: int) -> str:
    (order,) = rig.world.market.place_orders(
        1, kind="NORMAL", shop_id=shop.tiktok_shop_id, overrides=upstream(number)
    )  # fmt: skip
    return order.id


def _canaries(slot: Slot) -> list[Planted]:
    """Every value of every version. The shop's name is its own."""
    group = "NOTES" if slot.is_shared else "INTERNAL"
    found = [Canary(f"REF: shop {slot.place}", "REF", (SHOP_NAMES[slot.place].lower(),))]
    for number, _order in slot.versions:
        named = [*canaries(number, slot.order_id, note_group=group), *finance_canaries(number)]
        found += [one for one in named if not one.name.startswith("REF: shop")]
    return [
        Planted(one) if one.group == "NOBODY" else Planted(one, slot.account, slot.place, slot.order_id)
        for one in found
    ]  # fmt: skip


def _secrets(product: Product, held: list[ShopRow]) -> list[Planted]:
    """What opens doors."""
    services, settings = product.services, product.services.settings
    opens = {"app secret": settings.tiktok_app_secret, "seal": settings.secret_keys[0],
             "web client": settings.google_web_client_secret,
             "writer": product.world.identity.writer["private_key"].replace("PRIVATE KEY", "")}  # fmt: skip
    for shop in held:
        with services.store.read() as tx:
            tokens = shop_store.consent(tx, shop.consent_id).tokens
        access, refresh = shop_store.unseal_pair(services.store.sealer, tokens)
        opens |= {f"access of {shop.name}": access, f"refresh of {shop.name}": refresh, f"cipher of {shop.name}":
                  shop.cipher}  # fmt: skip
    return [Planted(Canary(f"SECRET: {name}", "SECRET", (longest_word(value),))) for name, value in opens.items()]
