"""The flows without the web: parts, an account with a shop, and a bound sheet."""

from dataclasses import dataclass, replace

import httpx
import pytest
import stamina
from flows.mishaps import Line
from flows.rig import MAYA, Rig, attach_shop, open_account
from local_world import WORLD_URL
from statements import share_statements

from service.app import Wires, build_services
from service.google.client import Google
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


@pytest.fixture(scope="session")
def spreadsheets():
    """The methods of the Sheets API at the local world's address: stateless, and slow to make."""
    with httpx.Client() as nobody:
        return Google(sheets_url=f"{WORLD_URL}/sheets/", drive_url=f"{WORLD_URL}/drive/", http=nobody)._spreadsheets


@pytest.fixture
def services(settings, local_world, clock, wake, spreadsheets):
    """The product's parts in the local world, without the web application."""
    with httpx.Client(transport=Line(local_world.app)) as google:
        wires = Wires(google=google, tiktok=local_world.http)
        built = build_services(settings, clock=clock, wake=wake, wires=wires)
        share_statements(built.store)
        hurry = Hurry()
        gateway = Gateway(
            App(settings.tiktok_app_key, settings.tiktok_app_secret, settings.tiktok_service_id),
            Sender(local_world.http),
            api_url=settings.tiktok_api_url,
            clock=clock.now,
            pace=Pace(monotonic=hurry.monotonic, sleep=hurry.sleep),
        )
        built.google.__dict__["_spreadsheets"] = spreadsheets  # what it would build at its first call, for 100 ms
        yield replace(built, tiktok=TikTokClient(gateway, clock=clock.market))
    built.store.engine.dispose()


@pytest.fixture
def rig(services, local_world, clock, wake):
    """An account with a connected shop that has no orders yet."""
    owner = open_account(services, MAYA)
    shop = attach_shop(services, local_world, owner)
    found = Rig(services, clock, wake, local_world, owner.account_id, owner, shop)
    found.settle(patience_s=0)
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
