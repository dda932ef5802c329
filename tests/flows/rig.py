"""A connected shop, a bound spreadsheet and the hands of its people, for the tests of the flows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from doubles import Clock, Wake
from flows.mishaps import Line
from local_world import WORLD_URL, LocalWorld

from service.core.cells import Cell, Form
from service.core.presets import PRESETS, preset_for
from service.core.profiles import Profile, project, sheet_columns
from service.core.roles import Actor, Audience, Role, Scope, Switch
from service.core.zones import zone
from service.flows import Services, bind, care, connect, ingest, manage, members, rolling, sources, stream, upkeep
from service.flows.bind import BindWish
from service.google.identities import UserIdentity
from service.google.tokens import Caller
from service.sandbox.people import Person, person_of
from service.store import fills, flushes, people, rows, sheets, shops
from service.store.records import BindingRow, FileRow, FlushRow, SheetRow, ShopRow
from service.store.tables import sheet_rows

MAYA = person_of("maya@bloomthread.example")
SAM = person_of("sam@packright.example")
PATIENCE_S = 400
QUIET_S = 60  # the longest that a sweep is put off while nothing is to be done


@dataclass
class Rig:
    """One account, its shop, and whatever is bound. `owner` acts; the market and Google are the local world's."""

    services: Services
    clock: Clock
    wake: Wake
    world: LocalWorld
    account_id: str
    owner: Actor
    shop: ShopRow

    # --- the seller's side ---

    def place(self, count: int = 1, **wishes: Any) -> list[str]:
        """New orders, fetched and saved; the sheets are not written yet. Their ids."""
        made = [order.id for order in self.world.market.place_orders(count, **wishes)]
        self.fetch(made)
        return made

    def fetch(self, order_ids: list[str]) -> None:
        """These orders are stored as the market shows them now."""
        access = connect.access(self.services, self.shop)
        ingest.refresh(self.services, self.shop, access, order_ids, deadline=float("inf"))

    def ship(self, order_id: str) -> None:
        """The order is shipped; the product knows, its sheets do not yet."""
        self.clock.advance(1)
        self.world.market.take_step(order_id, "ship")
        self.fetch([order_id])

    def edit(self, order_id: str, **changes: Any) -> None:
        """The order shows these values from now on; the product knows."""
        self.clock.advance(1)
        body = {"order_id": order_id, "changes": changes, "notify": False}
        answer = self.world.http.post(f"{WORLD_URL}/tiktok/control/edit", json=body)
        assert answer.is_success, answer.text
        self.fetch([order_id])

    def read(self, ask: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        """One store function in a transaction of its own."""
        with self.services.store.read() as tx:
            return ask(tx, *arguments, **more)

    def write(self, ask: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        """One store function that writes, in a transaction of its own."""
        with self.services.store.write() as tx:
            return ask(tx, *arguments, **more)

    def switch(self, name: Switch, *, wanted: str = "on") -> None:
        members.set_switch(self.services, self.owner, name, wanted=wanted)

    # --- the sheet's side ---

    def spreadsheet(self, title: str = "Orders") -> "Paper":
        """A new spreadsheet of the owner's, open with the add-on."""
        made = self.services.google.create(
            self.identity(), title=title, locale="en_GB", time_zone="Europe/London", budget_s=10
        )
        self.world.emulator.state.grant(MAYA.email, made["spreadsheetId"])
        return Paper(self, made["spreadsheetId"])

    def identity(self, person: Person = MAYA) -> UserIdentity:
        return UserIdentity(self.world.identity.google_token(person))

    def bind(self, paper: "Paper", profile: Profile | None = None, **wishes: Any) -> BindingRow:
        """The profile (SLA Watch List for the warehouse) in a tab, not yet written."""
        role = wishes.pop("audience", Role.WAREHOUSE)
        wish = BindWish(paper.spreadsheet_id, profile or self.preset("sla_watch_list", role), role, **wishes)
        made = bind.bind(self.services, self.owner, self.identity(), wish)
        return self.binding(made)

    def unbind(self, paper: "Paper") -> None:
        """The file's only tab is written no more."""
        care.stop(self.services, self.owner, paper.spreadsheet_id, self.only_binding(paper).id)

    def preset(self, key: str, role: Role, **changes: Any) -> Profile:
        account = self.read(people.account, self.account_id)
        return replace(preset_for(PRESETS[key], account.audience(role), profile_id=""), **changes)

    def bound(self, profile: Profile | None = None, **wishes: Any) -> "Paper":
        """A spreadsheet with a bound tab that shows what is there."""
        paper = self.spreadsheet()
        self.bind(paper, profile, **wishes)
        self.settle()
        return paper

    def settle(self, *, patience_s: float = PATIENCE_S) -> None:
        """Jobs run until nothing is left to do, time passing as they ask."""
        self.wake.run_all(self.services, patience_s=patience_s)

    def live_through(self, seconds: float, *, step_s: float = 10) -> None:
        """Time passes as in production: jobs run when they are due, and the sweep looks around every ten seconds.

        While there is nothing to do it looks around less and less often: of what comes to be due by time alone a test
        hears up to `QUIET_S` later.
        """
        end = self.clock.timestamp() + seconds
        pause_s = step_s
        while (left_s := end - self.clock.timestamp()) > 0:
            until = self.clock.timestamp() + min(pause_s, left_s)
            ran = self.wake.run_all(self.services, patience_s=min(pause_s, left_s))
            self.clock.advance(max(until - self.clock.timestamp(), 0))
            self.sweep()
            is_quiet = not ran and not self.wake.waiting
            pause_s = min(2 * pause_s, max(QUIET_S, step_s)) if is_quiet else step_s
        self.wake.run_all(self.services)

    def sweep(self) -> None:
        """What the sweep does, with the waiting wake-ups as the live jobs."""
        upkeep.wake_due(self.services)
        upkeep.erase_due(self.services)
        stale = upkeep.stale_sheets(self.services)
        live = {one.subject for one in self.wake.waiting}
        upkeep.rewake_sheets(self.services, [subject for subject in stale if subject not in live])
        waiting = upkeep.stale_shops(self.services)
        upkeep.rewake_shops(self.services, [subject for subject in waiting if subject not in live])
        due = upkeep.due_audits(self.services)
        live = {one.subject for one in self.wake.waiting if one.kind == "audit"}
        upkeep.wake_audits(self.services, [subject for subject in due if subject not in live])
        old = rolling.due_files(self.services)
        live = {one.subject for one in self.wake.waiting if one.kind == "roll-off"}
        upkeep.wake_roll_offs(self.services, [subject for subject in old if subject not in live])

    def fail(self, fault: str, *, count: int = 1, **more: Any) -> None:
        """The next writes into spreadsheets meet this fault of the emulator."""
        wish = {"count": count, "method": "spreadsheets.batchUpdate", **more}
        self.world.emulator.faults.order(fault, wish)

    @property
    def line(self) -> Line:
        """The wire to Google."""
        return self.services.google._transport._http._transport

    def calls(self) -> tuple[int, int]:
        """Reads and writes of spreadsheets since the last time this was asked."""
        found = self.world.emulator.calls.summary()
        self.world.emulator.calls.reset()
        return found["reads"], found["writes"]

    def run_pass(self, paper: "Paper") -> float | None:
        """One pass, now, by the file's writer."""
        return stream.run_pass(self.services, paper.spreadsheet_id)

    def file(self, paper: "Paper") -> FileRow:
        return self.read(sheets.file_unscoped, paper.spreadsheet_id)

    def binding(self, binding_id: str) -> BindingRow:
        return self.read(sheets.binding_unscoped, binding_id)

    def only_binding(self, paper: "Paper") -> BindingRow:
        (found,) = self.read(sheets.bindings_in, paper.spreadsheet_id)
        return found

    def stored_rows(self, paper: "Paper") -> dict[str, SheetRow]:
        """Row key → what is known of the row, of the file's only binding."""
        binding = self.only_binding(paper)
        found = self.read(fills.dirty, [binding.id], now=self.clock.now(), limit=10_000)
        keys = {row.row_key for row in found} | set(paper.keys())
        return self.read(rows.known, binding.id, keys)

    def all_rows(self, paper: "Paper") -> dict[str, SheetRow]:
        """Every row the file's only binding should show, by key, whether or not it stands there."""
        binding_id = self.only_binding(paper).id
        with self.services.store.read() as tx:
            keys = tx.execute(sa.select(sheet_rows.c.row_key).where(sheet_rows.c.binding_id == binding_id)).scalars()
            return rows.known(tx, binding_id, list(keys))

    def truth(self, paper: "Paper") -> dict[str, dict[str, Cell]]:
        """Row key → header → cell, made from the stored orders anew and not from what was written."""
        binding = sources.open_binding(self.services, self.only_binding(paper))
        file = self.file(paper)
        audience = self.read(people.account, self.account_id).audience(file.audience)
        headers = {column.key: column.header for column in sheet_columns(binding.profile, audience)}
        found = {}
        with self.services.store.read() as tx:
            for shop_id, order_id in {(row.shop_id, row.order_id) for row in self.all_rows(paper).values()}:
                shop = shops.shop_unscoped(tx, shop_id)
                orders, notes = sources.load(self.services, tx, shop_id=shop_id, order_ids=[order_id])
                books = sources.books_for(self.services, tx, shop, orders, columns=headers)
                rows_of = sources.maker(self.services, binding, shop, books=books)
                for row in rows_of(orders[order_id], notes.get(order_id)):
                    shown = project(binding.profile, audience, row, where=zone(file.time_zone))
                    found[row.row_key] = {headers[key]: cell for key, cell in shown.cells.items()}
        return found

    def dirty(self, paper: "Paper") -> list[SheetRow]:
        return self.read(fills.dirty, [self.only_binding(paper).id], now=self.clock.now(), limit=10_000)

    def history(self, paper: "Paper") -> list[FlushRow]:
        """The sync history, newest first."""
        return self.read(flushes.recent, paper.spreadsheet_id, limit=200)

    def named(self, paper: "Paper") -> list[str]:
        """Every cell that the history names, the newest line's first."""
        return [cell for line in self.history(paper) for cell in line.cells or []]


@dataclass
class Paper:
    """A spreadsheet, looked at and touched as its owner does, beside everything the product does to it."""

    rig: Rig
    spreadsheet_id: str
    tab: str = "SLA Watch List"

    def grid(self, *, tab: str = "", render: str = "UNFORMATTED_VALUE") -> list[list[Any]]:
        """Every row of the tab, the header first; numbers as numbers, or as `render` asks."""
        url = f"{WORLD_URL}/sheets/v4/spreadsheets/{self.spreadsheet_id}/values/{tab or self.tab}"
        return self._get(url, params={"valueRenderOption": render}).get("values", [])

    def rows(self, *, tab: str = "", render: str = "UNFORMATTED_VALUE") -> list[dict[str, Any]]:
        """The rows below the header by column title, blank ones left out."""
        header, *found = self.grid(tab=tab, render=render) or [[]]
        return [dict(zip(header, [*row, *[""] * len(header)], strict=False)) for row in found if any(row)]

    def by_key(self, key: str = "Key", **more: Any) -> dict[str, dict[str, Any]]:
        """The rows that have a key, by it; a key that stands twice is a failure."""
        found = [row for row in self.rows(**more) if row.get(key)]
        keys = [row[key] for row in found]
        assert len(keys) == len(set(keys)), f"keys stand twice: {sorted(k for k in keys if keys.count(k) > 1)}"
        return dict(zip(keys, found, strict=True))

    def keys(self, key: str = "Key") -> list[str]:
        return [row.get(key, "") for row in self.rows()]

    def assert_right(self, *, key: str = "Key", without: Sequence[str] = (), renamed: Mapping[str, str] = {}) -> None:
        """Each row that should be there stands there once and shows the truth in every owned column.

        `without`: headers of columns that people deleted; `renamed`: our header → theirs. Rows that people deleted
        are not asked for, and rows of their own are theirs.
        """
        known = self.rig.all_rows(self)
        truth = self.rig.truth(self)
        wanted = {k for k, row in known.items() if row.position != rows.DELETED}
        found = [row for row in self.rows() if row.get(renamed.get(key, key)) in wanted]
        shown = {row[renamed.get(key, key)]: row for row in found}
        assert len(shown) == len(found), "an order stands twice"
        assert wanted <= set(shown), f"not there: {sorted(wanted - set(shown))}"
        for row_key in wanted:
            for header, cell in truth[row_key].items():
                if header in without:
                    continue
                here = f"{row_key} / {header}"
                found = shown[row_key].get(renamed.get(header, header), "")
                if cell.form is Form.FORMULA:
                    assert isinstance(found, int | float), here
                elif cell.form is Form.NUMBER:
                    assert float(found) == float(cell.value), here
                elif cell.form is Form.BOOL:
                    assert found is (cell.value == "TRUE"), here
                else:
                    assert found == cell.value, here

    def sheet_id(self, tab: str = "") -> int:
        url = f"{WORLD_URL}/sheets/v4/spreadsheets/{self.spreadsheet_id}"
        found = self._get(url, params={"fields": "sheets.properties(sheetId,title)"})["sheets"]
        ids = {one["properties"]["title"]: one["properties"].get("sheetId", 0) for one in found}
        return ids[tab or self.tab]

    def column(self, header: str, *, tab: str = "") -> int:
        """Where the column with this header stands, from 0."""
        return self.grid(tab=tab)[0].index(header)

    def hand(self, deed: str, *arguments: Any, tab: str = "", **more: Any) -> None:
        """The owner does something by hand (a method of the emulator's hands)."""
        hands = self.rig.world.emulator.hands
        getattr(hands, deed)(self.spreadsheet_id, *arguments, sheet_id=self.sheet_id(tab), **more)

    def type(self, cell: str, text: str, *, tab: str = "") -> None:
        self.hand("type_text", cell, text, tab=tab)

    def change(self, *requests: Mapping[str, Any]) -> None:
        """A batchUpdate by the owner: what no hand of the emulator does."""
        url = f"{WORLD_URL}/sheets/v4/spreadsheets/{self.spreadsheet_id}:batchUpdate"
        answer = self.rig.world.http.post(url, json={"requests": list(requests)}, headers=self._headers())
        assert answer.is_success, answer.text

    def look(self, fields: str, **query: Any) -> Any:
        """Parts of the spreadsheet in Google's own terms."""
        url = f"{WORLD_URL}/sheets/v4/spreadsheets/{self.spreadsheet_id}"
        return self._get(url, params={"fields": fields, **query})

    def _get(self, url: str, **more: Any) -> Any:
        answer = self.rig.world.http.get(url, headers=self._headers(), **more)
        assert answer.is_success, answer.text
        return answer.json()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.rig.world.identity.google_token(MAYA)}"}


def caller(person: Person, world: LocalWorld | None = None, **changes: Any) -> Caller:
    """A proved person, as the door would give it."""
    found = Caller(
        sub=person.sub,
        email=person.email,
        email_verified=True,
        hd=person.hd,
        authoritative=True,
        user_token=world.identity.google_token(person) if world else "",
        scopes=None,
    )
    return replace(found, **changes)


def open_account(services: Services, person: Person, name: str = "Bloom & Thread") -> Actor:
    """The person owns a new account."""
    manage.open_account(services, caller(person), name)
    return actor(services, person)


def actor(services: Services, person: Person) -> Actor:
    found = manage.standing(services, caller(person), "").actor
    assert found is not None
    return found


def attach_shop(services: Services, world: LocalWorld, owner: Actor, *, seller: str = "bloom-and-thread") -> ShopRow:
    """The seller's shops belong to the account, as after a finished consent."""
    tokens = services.oauth.exchange(world.market.authorize(seller))
    opened = services.tiktok.shops(tokens.access_token)
    connect._attach(services, tokens, opened, sub=owner.sub, account_id=owner.account_id)
    with services.store.read() as tx:
        found = shops.shop_holding(tx, opened[0].shop_id)
    assert found is not None
    return found


def audience_of(rig: Rig, role: Role) -> Audience:
    return rig.read(people.account, rig.account_id).audience(role)


def scope(rig: Rig) -> Scope:
    return Scope(rig.account_id)
