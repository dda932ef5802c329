"""The ground a bench stands on: the local world without its product, an account with an owner, shops and files.

The world serves from this process; the product under measurement runs in a process of its own, or in this one with its
clients led here. What is set up goes through the product's own flows; what is measured does not come from here.
"""

import hashlib
import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from cards.actions import Action
from cards.widgets import ONCE_KEY
from service.app import build_services
from service.core.filters import RowFilter
from service.core.presets import PRESETS, preset_for
from service.core.profiles import Profile
from service.core.roles import Actor, Audience, Role
from service.flows import Services, bind, connect, manage
from service.google.identities import UserIdentity
from service.google.tokens import Caller
from service.sandbox.frontend import Reader, build_event
from service.sandbox.people import Person, person_of
from service.sandbox.world import Options, World
from service.settings import PREFIX, Settings, read
from service.store import shops
from service.store.migrate import upgrade
from service.store.records import ShopRow
from service.store.session import Tx, make_engine
from tests.benches.processes import Ask

OWNER = "maya@bloomthread.example"
#: What the credentials of a person's own script may do.
SCRIPT_SCOPES = ("https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive")
TICKET_LIFE = timedelta(minutes=10)
NEVER_S = 10**6


class NoWake:
    """A set-up wakes nobody: whoever needs the jobs wakes them itself."""

    def sheet(self, tx: Tx, spreadsheet_id: str, *, delay_s: float = 0) -> None:
        """Nothing."""

    def shop(self, tx: Tx, shop_id: str, *, delay_s: float = 0) -> None:
        """Nothing."""

    def audit(self, tx: Tx, spreadsheet_id: str) -> None:
        """Nothing."""

    def roll_off(self, tx: Tx, spreadsheet_id: str) -> None:
        """Nothing."""

    def proof(self, tx: Tx, spreadsheet_id: str, *, delay_s: float = 0) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account with its owner, as the set-up made it. `me` is the owner's own Google identity."""

    account_id: str
    actor: Actor
    me: UserIdentity


class Grounds:
    """The running world and what is set up in it."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder

    def settings(self, **changes: str) -> dict[str, str]:
        """The product's settings in this world, by their names, with these changes."""
        return {**self.world.settings(), "log_level": "error", **changes}

    def press(self, base_url: str, action: Action, **more: Any) -> Ask:
        """The signed request that Google would send for this press. See `_Press` for what `more` may be."""
        press = _Press(**more)
        person, identity = person_of(press.email), self.world.identity
        url = f"{base_url}/addon/{action}"
        tokens = {
            "user_oauth_token": press.user_token or identity.addon_token(person),
            "user_id_token": identity.issuer.user_token(person),
            "system_id_token": identity.issuer.system_token(url),
            "authorized_scopes": list(identity.bearers.consented(person.email)),
        }
        sheets = {"id": press.spreadsheet_id, "title": "Bench", "addonHasFileScopePermission": True}
        event = build_event(
            tokens,
            sheets=sheets if press.spreadsheet_id else {"addonHasFileScopePermission": False},
            parameters={ONCE_KEY: secrets.token_hex(8), **(press.parameters or {})},
            form_inputs={name: {"stringInputs": {"value": list(given)}} for name, given in (press.form or {}).items()},
            reader=Reader(),
        )
        headers = {"Authorization": f"Bearer {tokens['system_id_token']}", "Content-Type": "application/json"}
        return Ask(f"/addon/{action}", json.dumps(event).encode(), headers)

    def caller(self, person: Person) -> Caller:
        """The person as the door proves them."""
        return Caller(
            sub=person.sub,
            email=person.email,
            email_verified=True,
            hd=person.hd,
            authoritative=True,
            user_token=self.world.identity.addon_token(person),
            scopes=None,
        )

    def open_account(self, services: Services) -> Account:
        """A new account with its owner."""
        caller = self.caller(person_of(OWNER))
        account_id = manage.open_account(services, caller, "Bloom & Thread")
        actor = manage.standing(services, caller, "").actor
        assert actor is not None
        return Account(account_id, actor, UserIdentity(caller.user_token))

    def connect_shops(self, services: Services, account: Account, count: int) -> list[ShopRow]:
        """So many shops of one seller are live in the account, by the vendor's consent, nothing fetched yet."""
        market = self.world.market
        with market.world.lock:
            seller_id = market.world.default_shop().seller_id
        for number in range(1, count):
            market.add_shop("GB", name=f"Bloom & Thread {number + 1}", seller_id=seller_id)
        state, cookie = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        with services.store.write() as tx:
            shops.add_ticket(
                tx,
                hashlib.sha256(state.encode()).hexdigest(),
                purpose=connect.CONSENT,
                sub=account.actor.sub,
                account_id=account.account_id,
                expires_at=services.clock.now() + TICKET_LIFE,
                cookie_hash=hashlib.sha256(cookie.encode()).hexdigest(),
            )
        connect.finish(services, {"code": market.authorize(seller_id), "state": state}, cookie=cookie)
        with services.store.read() as tx:
            return shops.shops_of(tx, account.actor.scope)[:count]

    def bind_file(self, services: Services, account: Account, *, title: str, shop: ShopRow | None = None) -> str:
        """A new spreadsheet of the owner shows the watch list, of one shop if one is named. Returns its id."""
        made = services.google.create(account.me, title=title, locale="en_GB", time_zone="Europe/London", budget_s=20)
        file_id = str(made["spreadsheetId"])
        wish = bind.BindWish(file_id, watch_list(shop), Role.WAREHOUSE)
        bind.bind(services, account.actor, account.me, wish)
        return file_id


@dataclass(frozen=True, slots=True)
class _Press:
    """Who presses, where, and with what. `form`: field → the values chosen."""

    email: str = OWNER
    spreadsheet_id: str = ""
    parameters: Mapping[str, str] | None = None
    form: Mapping[str, Sequence[str]] | None = None
    user_token: str = ""


@contextmanager
def opened() -> Iterator[Grounds]:
    """A world of its own in a temporary folder, without the product."""
    with tempfile.TemporaryDirectory(prefix="rowstream-bench-") as name:
        world = World(Options(data_dir=Path(name), port=0))
        if world.emulator.disk is not None:
            world.emulator.disk.close()  # nothing is kept, and writing large sheets would hold up their readers
        world._server.start()
        try:
            yield Grounds(world, Path(name))
        finally:
            world.close()


def environ_of(settings: Mapping[str, str]) -> dict[str, str]:
    """These settings as the product reads them from its environment."""
    return {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}


def typed(settings: Mapping[str, str]) -> Settings:
    """These settings as the product knows them."""
    return read(environ_of(settings))


def local_services(settings: Mapping[str, str]) -> Services:
    """The product's parts in this process, on a migrated database, without jobs."""
    engine = make_engine(settings["database_url"])
    upgrade(engine)
    engine.dispose()
    return build_services(typed(settings), wake=NoWake())


def watch_list(shop: ShopRow | None = None) -> Profile:
    """The warehouse's list of what must be shipped, of one shop if one is named."""
    profile = preset_for(PRESETS["sla_watch_list"], Audience(Role.WAREHOUSE), profile_id="")
    if shop is None:
        return profile
    return replace(profile, row_filter=RowFilter(shop_ids=(shop.id,)))
