"""The flows without the web: parts, an account with a shop, and a bound sheet."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace

import httpx
import pytest
import stamina
from beginnings import Beginning
from doubles import START, Clock, Wake
from flows.mishaps import Line
from flows.rig import MAYA, Rig, attach_shop, open_account
from local_world import LocalWorld
from statements import share_statements

from service.app import Wires, build_services
from service.tiktok.access import App
from service.tiktok.calls import Sender
from service.tiktok.client import TikTokClient
from service.tiktok.gateway import Gateway
from service.tiktok.pace import Pace


@dataclass
class Hurry:
    """Time in which waiting takes none: the pace of the vendor's calls is proved elsewhere."""

    at_s: float = 0.0

    def monotonic(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.at_s += seconds


@contextmanager
def raise_services(settings, world, wake, spreadsheets):
    """The product's parts in this world, without the web application."""
    with httpx.Client(transport=Line(world.app)) as google:
        wires = Wires(google=google, tiktok=world.http)
        built = build_services(settings, clock=world.clock, wake=wake, wires=wires)
        share_statements(built.store)
        hurry = Hurry()
        gateway = Gateway(
            App(settings.tiktok_app_key, settings.tiktok_app_secret, settings.tiktok_service_id),
            Sender(world.http),
            api_url=settings.tiktok_api_url,
            clock=world.clock.now,
            pace=Pace(monotonic=hurry.monotonic, sleep=hurry.sleep),
        )
        built.google.__dict__["_spreadsheets"] = spreadsheets  # what it would build at its first call, for 100 ms
        yield replace(built, tiktok=TikTokClient(gateway, clock=world.clock.market))
    built.store.engine.dispose()


@pytest.fixture
def services(settings, local_world, wake, spreadsheets):
    """The product's parts in the local world."""
    with raise_services(settings, local_world, wake, spreadsheets) as raised:
        yield raised


def settle_in(services, world, wake):
    """An account whose shop is connected."""
    owner = open_account(services, MAYA)
    shop = attach_shop(services, world, owner)
    found = Rig(services, world.clock, wake, world, owner.account_id, owner, shop)
    found.settle(patience_s=0)
    return found


@pytest.fixture(scope="session")
def first_account(tmp_path_factory, migrated_sqlite, world_keys, spreadsheets):
    """The beginning of most of these tests, lived through once: an account, its shop, and nothing ordered yet."""
    folder, clock = tmp_path_factory.mktemp("settled"), Clock()
    database = f"sqlite:///{folder / 'rowstream.db'}"
    shutil.copy(migrated_sqlite.removeprefix("sqlite:///"), folder / "rowstream.db")
    world, wake = LocalWorld(folder, clock, keys=world_keys), Wake(clock)
    with raise_services(world.settings(database), world, wake, spreadsheets) as raised:
        found = settle_in(raised, world, wake)
        yield Beginning.of(found), found
    world.close()


@pytest.fixture
def rig(request, services, local_world, clock, wake, dialect):
    """An account with a connected shop that has no orders yet."""
    if dialect != "sqlite" or clock.now() != START:  # copies are of SQLite's files, and of the first day's morning
        return settle_in(services, local_world, wake)
    beginning, first = request.getfixturevalue("first_account")
    found = replace(first, services=services, clock=clock, wake=wake, world=local_world)
    beginning.begin(found)
    return found


@pytest.fixture
def paper(rig):
    """A spreadsheet with the SLA Watch List bound and set up, still without orders."""
    return rig.bound()


@pytest.fixture
def no_retries_inside_a_call():
    """The client's own short retries wait in real time; what comes after them is what is tested here."""
    with stamina.set_testing(True, attempts=1):
        yield
