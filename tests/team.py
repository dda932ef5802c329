"""An account with its people, its shop and a bound sheet, made through the sidebar: where most stories begin."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from drivers import Product, Sheet, Sidebar, clicks, connect_shop, open_account

from cards.actions import Action
from service.core.roles import Scope, Switch
from service.flows import sources
from service.sandbox.people import Person
from service.store import orders as order_store
from service.store import people as people_store
from service.store import sheets as sheet_store
from service.store import shops as shop_store
from service.store.records import BindingRow, MemberRow, ShopRow

ROLES = ("owner", "admin", "finance", "warehouse", "support", "accountant", "client")


@dataclass
class Team:
    """`sheet` is bound for the warehouse once `bind` was called; `people` by role, with the stranger."""

    product: Product
    people: Mapping[str, Person]
    sheet: Sheet

    @property
    def account_id(self) -> str:
        with self.product.services.store.read() as tx:
            return people_store.memberships(tx, self.people["owner"].sub, self.product.services.clock.now())[
                0
            ].account_id

    @property
    def scope(self) -> Scope:
        return Scope(self.account_id)

    def sidebar(self, role: str, sheet: Sheet | None = None) -> Sidebar:
        """The sidebar of this role's person at home in the sheet, which they were allowed to open."""
        place = sheet or self.sheet
        self.product.world.emulator.state.grant(self.people[role].email, place.spreadsheet_id)
        return self.product.sidebar(self.people[role], spreadsheet_id=place.spreadsheet_id)

    def join(self, *roles: str) -> "Team":
        """The owner invites a person for each role, and they accept."""
        owner = self.sidebar("owner")
        for role in roles:
            owner.post("invite").press(Action.SEND_INVITATION, form={"email": self.people[role].email, "role": role})
            guest = self.product.sidebar(self.people[role])
            guest.open().press(Action.ACCEPT_INVITATION)
        return self

    def switch(self, *names: Switch | str) -> "Team":
        """The owner turns these switches on."""
        owner = self.sidebar("owner").post("role-switches")
        for name in names:
            owner.post("set-switch", switch=str(name), form={str(name): True})
        return self

    def connect(self, *, seller: str = "") -> "Team":
        """The owner connects a shop."""
        connect_shop(self.product, self.sidebar("owner"), seller=seller)
        return self

    def bind(
        self, ref: str = "preset:sla_watch_list", *, role: str = "warehouse", sheet: Sheet | None = None
    ) -> "Team":
        """The owner binds a profile to a new tab of the sheet, and the first rows are written."""
        sidebar = self.sidebar("owner", sheet).post("bind-form", profile_id=ref)
        sidebar.press(Action.BIND, form={"tab": ["new"], "audience": [role]})
        assert sidebar.toast.startswith("Connected"), sidebar.texts()
        self.product.settle(patience_s=60)
        return self

    # --- what the database holds, for tests that need an id ---

    def bindings(self, sheet: Sheet | None = None) -> list[BindingRow]:
        with self.product.services.store.read() as tx:
            return sheet_store.bindings_in(tx, (sheet or self.sheet).spreadsheet_id)

    def shops(self) -> list[ShopRow]:
        with self.product.services.store.read() as tx:
            return shop_store.every_shop_of(tx, self.scope)

    def members(self) -> list[MemberRow]:
        with self.product.services.store.read() as tx:
            return people_store.members_of(tx, self.scope, self.product.services.clock.now())


def build_team(product: Product, people: Mapping[str, Person]) -> Team:
    """The owner's account, with a spreadsheet that nothing is bound to."""
    return Team(product, people, open_account(product, people["owner"]))


def crawl(sidebar: Sidebar, *, without: Collection[str], most: int = 150) -> Iterable[tuple[str, str]]:
    """Every card that can be reached from the one in view, as (action, raw reply); each press once, none of `without`.

    Lists are followed by their first two lines.
    """
    waiting = [sidebar.card]
    done: set[str] = set()
    seen_lines: dict[str, int] = {}
    yield "home", json.dumps(sidebar.reply)
    while waiting and len(done) < most:
        card = waiting.pop(0)
        for click in clicks(card):
            known = {key: value for key, value in click.parameters.items() if key != "once_key"}
            name = json.dumps([click.action, known], sort_keys=True)
            if not click.action or click.action in without or name in done:
                continue
            done.add(name)
            seen_lines[click.action] = seen_lines.get(click.action, 0) + 1
            if seen_lines[click.action] > 2 * 8:
                continue
            sidebar.stack[-1:] = [card]
            sidebar.follow(click)
            yield click.action, json.dumps(sidebar.reply)
            if sidebar.stack:
                waiting.append(sidebar.card)


def plant(product: Product, account_id: str, order: Any) -> None:
    """An order is stored as if it had been fetched."""
    services = product.services
    with services.store.write() as tx:
        marks = sources.marks(services, order)
        now = services.clock.now()
        order_store.save(tx, services.store.sealer, order, account_id=account_id, marks=marks, now=now)
