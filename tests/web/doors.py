"""Every door of the product with everybody in front of it: routes as the application has them, presses with what its
handlers read, a database that can be compared and put back, and everything that left.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from drivers import Sidebar
from house.canary_stage import Stage, secrets_of
from werkzeug.routing import BuildError

from cards.actions import Action
from service.flows import design, invitations, manage
from service.flows.members import everybody
from service.store.tables import metadata

WEB = Path(__file__).parents[2] / "service" / "web"
#: What a stranger would put into the places of a route.
SAMPLES = {"name": ("home", "x", "logo-128.png", "%2e%2e"), "token": ("x", "x.y")}
#: Read by handlers, so that new ones are found by themselves.
PARAMETER = re.compile(r'(?:\.param\(|parameters\.get\()"(\w+)"')
FIELD = re.compile(r'(?:\.text|\.choices?|\.flag|form\.get|dates\.get|moments\.get)\(\s*"([\w:-]+)"')
#: Our tables without the types of their columns: what stands in the database is read, and written, as it is.
BARE = {
    table.name: sa.table(table.name, *(sa.column(column.name) for column in table.columns))
    for table in metadata.sorted_tables
}
#: Outcomes after which nothing may have changed. Of the others, `done` and `asked` may, and an upstream that failed
#: half-way is on record.
REFUSED = frozenset({"NotAllowed", "NotFound", "BadInput", "Conflict", "TooMuch", "NotGranted", "TooFast"})


def addresses(app: Any) -> list[str]:
    """Every route of the application, each place filled with its samples."""
    adapter = app.url_map.bind("rowstream.example")
    found = set()
    for rule in app.url_map.iter_rules():
        values: list[dict[str, str]] = [{}]
        for argument in rule.arguments:
            values = [{**known, argument: sample} for known in values for sample in SAMPLES[argument]]
        for value in values:
            try:
                found.add(adapter.build(rule.endpoint, value))
            except BuildError:
                found.add(adapter.build(rule.endpoint, value, method=min(rule.methods)))
    return sorted(found)


def names(pattern: re.Pattern[str]) -> list[str]:
    """What the web room reads under names that match."""
    return sorted({name for path in sorted(WEB.rglob("*.py")) for name in pattern.findall(path.read_text())})


@dataclass(repr=False)
class Vault:
    """The whole database, to compare and to put back. The engine is a plain one: no foreign key is followed."""

    engine: sa.Engine
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def look(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table of ours, as the database has it."""
        with self.engine.connect() as connection:
            return {
                name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
                for name, table in BARE.items()
            }

    def keep(self) -> None:
        """From here on this is how it should be."""
        self.kept = self.look()

    def changed(self) -> list[str]:
        """Tables that are not as they were kept."""
        now = self.look()
        return [name for name, rows in self.kept.items() if now[name] != rows]

    def traces(self) -> set[str]:
        """The tables in which a refusal leaves a line of the record, where nothing but that was added to them."""
        now = self.look()
        added = {name: [row for row in now[name] if row not in self.kept[name]] for name in ("audit", "once_keys")}
        is_all_there = all(len(now[name]) == len(self.kept[name]) + len(rows) for name, rows in added.items())
        is_told = [row["deed"] for row in added["audit"]] == ["refused"]
        is_once = [row["key"].partition(":")[0] for row in added["once_keys"]] == ["refused"]
        return {"audit", "audit_heads", "once_keys"} if is_all_there and is_told and is_once else set()

    def put_back(self, tables: list[str]) -> None:
        """These are again as they were."""
        with self.engine.begin() as connection:
            for name in tables:
                connection.execute(sa.delete(BARE[name]))
            for name in tables:
                if self.kept[name]:
                    connection.execute(sa.insert(BARE[name]), self.kept[name])


class Yard:
    """Everybody before every door. `ids`: name of a parameter → values that mean something, also in other accounts.

    No dataclass: a failure would print the whole database.
    """

    def __init__(self, stage: Stage, vault: Vault, ids: Mapping[str, list[str]], secrets: list[str]) -> None:
        self.stage, self.vault, self.ids, self.secrets = stage, vault, ids, secrets
        self.tokens: dict[tuple[str, str], Mapping[str, Any]] = {}

    def sidebar(self, role: str) -> Sidebar:
        return Sidebar(
            self.stage.product, self.stage.team.people[role], spreadsheet_id=self.stage.team.sheet.spreadsheet_id
        )

    def event(self, role: str, action: str, parameters: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
        """The signed event of this press. Time stands still here, so one signature per person and address is enough."""
        if (role, action) not in self.tokens:
            self.tokens[role, action] = self.sidebar(role).event(action, {}, {})
        event: dict[str, Any] = json.loads(json.dumps(self.tokens[role, action]))
        event["commonEventObject"] |= {"parameters": parameters, "formInputs": form}
        return event

    def send(self, action: str, body: bytes, token: str) -> tuple[int, str, str]:
        """Status, text, and what became of it by the product's own log ("" without a word of it)."""
        heard = self.stage.log.tell()
        answer = self.stage.product.app.test_client().post(
            f"/addon/{action}", data=body, headers={"Authorization": f"Bearer {token}"}
        )
        self.stage.log.seek(heard)
        lines = [json.loads(line) for line in self.stage.log.read().splitlines() if line.startswith("{")]
        outcome = next((line["outcome"] for line in reversed(lines) if line["event"] == "action"), "")
        return answer.status_code, answer.get_data(as_text=True), outcome

    def settle(self, *, is_refused: bool, said: str) -> None:
        """A refusal left every row as it was, but for its own line in the record; whatever else happened is undone."""
        changed = self.vault.changed()
        allowed = {"quotas"} | (self.vault.traces() if is_refused and "audit" in changed else set())
        if changed:
            self.vault.put_back(changed)
        self.stage.product.wake.waiting.clear()
        assert not (is_refused and set(changed) - allowed), f"{said}: refused, and changed {changed}"

    def hunt(self, text: str) -> list[str]:
        """Secrets in what was told to somebody, or logged."""
        return [secret for secret in self.secrets if secret in text]


def open_yard(stage: Stage) -> Yard:
    """An account with everybody, a shop, orders and a bound sheet; the stranger owns another. Time stands still."""
    team, product = stage.team, stage.product
    team.connect()
    product.world.emulator.quotas.is_on = False
    order_ids = product.shop().place(2)
    team.bind()
    stranger = Sidebar(product, team.people["stranger"]).open(product.sheet(team.people["stranger"]).spreadsheet_id)
    stranger.press(Action.OPEN_ACCOUNT, form={"account_name": "Menon Goods"})
    sheet_id = team.sheet.spreadsheet_id
    for role, person in team.people.items():
        product.world.emulator.state.grant(person.email, sheet_id)
        Sidebar(product, team.people[role], spreadsheet_id=sheet_id).open(sheet_id)
    vault = Vault(sa.create_engine(product.services.settings.database_url))
    yard = Yard(stage, vault, dict(_ids(stage, order_ids)), [one.forms[0] for one in secrets_of(stage)])
    vault.keep()
    return yard


def _ids(stage: Stage, order_ids: list[str]) -> Iterator[tuple[str, list[str]]]:
    services, team = stage.product.services, stage.team
    other = _account_of(stage, "stranger")
    foreign = manage.actor_of(services, team.people["stranger"].sub, other)
    assert foreign is not None
    invitations.invite(services, stage.owner, email="guest@gmail.com", role="warehouse")
    waiting = everybody(services, stage.owner).invitations
    yield "binding_id", [one.id for one in team.bindings()]
    theirs = design.clone(services, foreign, "preset:accountant", name="Theirs")
    yield "profile_id", ["preset:sla_watch_list", "preset:accountant", theirs]
    yield "draft_id", [design.clone(services, stage.owner, "preset:pick_and_ship", name="Labels")]
    yield "member_id", [*(one.id for one in team.members()), foreign.member_id]
    yield "shop_id", [one.id for one in team.shops()]
    yield "order_key", [*order_ids, *(f"{team.shops()[0].id}:{one}" for one in order_ids)]
    yield "invitation_id", [one.id for one in waiting]
    yield "account_id", [team.account_id, other]
    yield "column_key", ["order_id", "recipient", "profit", "items"]
    yield "page", ["newest", "10", "1764000000000000.x"]
    yield "place", ["0", "2", "-1"]
    yield "spreadsheet_id", [team.sheet.spreadsheet_id]


def _account_of(stage: Stage, role: str) -> str:
    with stage.product.services.store.read() as tx:
        found = tx.connection().exec_driver_sql(
            "SELECT account_id FROM members WHERE sub = ?", (stage.team.people[role].sub,)
        )
        return str(found.scalar_one())
