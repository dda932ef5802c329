"""Every screen of the sidebar with 1,000 and with 100,000 orders behind it.

The presses are found by walking through the cards as a person would, so each carries what its button carries. Each is
then pressed many times, the two sizes in turn, through the real route: tokens proved, database read, card drawn, JSON
written; the market's and Google's stand-ins answer on loopback. Presses that end something are not repeated.
"""

import gc
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa
from flask.testing import FlaskClient

from cards.actions import Action
from cards.widgets import ONCE_KEY
from service.app import create_app
from service.flows import Services
from service.store import sheets
from service.store.session import normalise_url
from tests.benches import grounds, seeding
from tests.benches.grounds import Grounds, NoWake
from tests.benches.harness import Bar, Figure, Report, percentile
from tests.benches.processes import BrokenError

SMALL, LARGE = 1_000, 100_000
PRESSES = 30  # of each screen; a third where a second database is measured too, to stay within a minute and a half
GROWTH = Bar("≤", 1.3)
BASE_URL = "http://127.0.0.1:9"
MOST_PRESSES = 400  # a walk that goes on longer has lost its way

#: What must be typed before a button does something.
FORMS: Mapping[Action, Mapping[str, Sequence[str]]] = {
    Action.FILTER_ORDERS: {"search": [], "status": ["AWAITING_SHIPMENT"], "shop": [""]},
    Action.WHERE_IS: {"order_number": [str(seeding.FIRST_ID + 7)]},
    Action.SAVE_NOTE: {"note": ["left at the dock"], "flag": ["red"]},
    Action.RENAME_COLUMN: {"header": ["Renamed"]},
    Action.SEND_INVITATION: {"email": ["sam@packright.example"], "role": ["warehouse"]},
    Action.CHANGE_ROLE: {"role": ["owner"]},
    Action.KEEP_LOG: {"days": ["365"]},
    Action.SET_RETENTION: {"keep_days": ["30"]},
    Action.FILTER_DESK: {"span": ["last-30"], "shop": [""]},
    Action.SAVE_COST: {"unit": ["5.00"]},
    Action.SAVE_SHOP_TERMS: {"vat": ["usual"]},
    Action.FIND_BUYER: {"asked": [str(seeding.FIRST_ID + 7)]},
}
#: Shown more than once, because what they ask of the database differs: name → form.
SEARCHES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "filter-orders by a common word": {"search": ["vase"]},
    "filter-orders by a word and a status": {"search": ["vase"], "status": ["DELIVERED"]},
    "filter-orders by order": {"search": [str(seeding.FIRST_ID + 7)]},
    "filter-orders by the end of an order": {"search": [f"{seeding.FIRST_ID + 7}"[-6:]]},
    "filter-orders in vain": {"search": ["no such thing"]},
}
#: Pressed on the way, because a screen lies behind it, but not again: each time makes one more.
MAKES = frozenset({Action.CLONE_PROFILE})
#: Pressed once, it is over; or it waits for Google's quota by design.
ENDS = frozenset(
    {
        Action.OPEN_ACCOUNT, Action.ACCEPT_INVITATION, Action.CONFIRM_CODE, Action.CHOOSE_ACCOUNT, Action.ALLOW_FILE,
        Action.CONFIRM_DISCONNECT_SHOP, Action.SAVE_PROFILE, Action.BIND, Action.CONFIRM_BIND,
        Action.REFRESH_NOW, Action.CONFIRM_STOP, Action.FIX_WRITER, Action.APPROVE_READER, Action.REVOKE_INVITATION,
        Action.REMOVE_READER,
        Action.REVOKE_MEMBER, Action.CONFIRM_REVOKE, Action.CONFIRM_SIGN_OUT, Action.PAUSE, Action.RESUME,
        Action.ADD_COLUMN, Action.REMOVE_COLUMN, Action.STOP_BACKFILL, Action.FETCH_OLDER, Action.KEEP_FINISHED,
        Action.MAKE_SUMMARY, Action.MAKE_COST_TAB, Action.READ_COSTS, Action.DROP_COST, Action.DROP_SHOP_TERMS,
        Action.DISMISS_DRIFT,
        Action.TRY_NOW, Action.RESTORE_ROW, Action.RESTORE_MISSING, Action.ACCEPT_MISSING, Action.RESTORE_COLUMN,
        Action.REPAIR_KEY, Action.REMOVE_COPY, Action.TAKE_NOTE, Action.MOVE_TAB, Action.SAVE_ROLE, Action.RETIRE_ROLE,
        Action.CONFIRM_OFFER, Action.CONFIRM_LEAVE, Action.WITHDRAW_APPROVAL,
        Action.CONFIRM_ERASE_BUYER, Action.CONFIRM_CLOSE_ACCOUNT, Action.CONFIRM_DELETE_ME, Action.PROVE,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Screen:
    """A press found on the way. Parameters as the button carried them, but for the key that is fresh each time."""

    name: str
    action: Action
    parameters: Mapping[str, str]
    form: Mapping[str, Sequence[str]] | None = None


@dataclass(slots=True)
class _Shop:
    """One size: the application over its own database, the bound file, and one user token for every press."""

    ground: Grounds
    client: FlaskClient
    spreadsheet_id: str
    user_token: str
    took_ms: dict[str, list[float]] = field(default_factory=dict)

    def press(self, screen: _Screen) -> Any:
        """The answer's JSON, timed. BrokenError unless it is a card that is no problem card."""
        ask = self.ground.press(
            BASE_URL,
            screen.action,
            spreadsheet_id=self.spreadsheet_id,
            parameters={**screen.parameters, ONCE_KEY: secrets.token_hex(8)},
            form=screen.form,
            user_token=self.user_token,
        )
        started_s = time.perf_counter()
        answer = self.client.post(ask.path, data=ask.body, headers=dict(ask.headers or {}))
        self.took_ms.setdefault(screen.name, []).append((time.perf_counter() - started_s) * 1000)
        if answer.status_code != 200 or b"Support reference" in answer.data:
            raise BrokenError(f"{screen.name} answered {answer.status_code}: {answer.data[:600]!r}")
        return answer.get_json()


def run() -> Report:
    """SQLite always; PostgreSQL too when TEST_DATABASE_URL names a server."""
    server = os.environ.get("TEST_DATABASE_URL")
    presses = PRESSES // 3 if server else PRESSES
    report = Report("cards", f"every screen, {LARGE:,} orders beside {SMALL:,}, {presses} presses each, in turn")
    with grounds.opened() as ground:
        ground.world.emulator.quotas.is_on = False
        urls = [f"sqlite:///{ground.folder / f'{size}.db'}" for size in (SMALL, LARGE)]
        _measure(ground, report, "SQLite", urls, presses=presses)
        if server:
            with ExitStack() as stack:
                urls = [stack.enter_context(_database(server)) for _ in (SMALL, LARGE)]
                _measure(ground, report, "PostgreSQL", urls, presses=presses)
        else:
            report.notes.append("PostgreSQL not measured: TEST_DATABASE_URL names no server")
    report.notes.append("not repeated, because they end something: " + ", ".join(sorted(ENDS | MAKES)))
    return report


# --- two shops ---


def _measure(ground: Grounds, report: Report, database: str, urls: Sequence[str], *, presses: int) -> None:
    with ExitStack() as stack:
        small, large = (
            stack.enter_context(_opened(ground, url, count=count))
            for url, count in zip(urls, (SMALL, LARGE), strict=True)
        )
        known, wanted = _walk(small), _walk(large)
        for shop in (small, large):
            shop.took_ms.clear()
        gc.collect()
        gc.freeze()  # as the product does before it serves: the collector looks at what a press made, not at libraries
        for name, screen in wanted.items():
            for _ in range(presses):
                if name in known:  # a short list has no next page
                    small.press(known[name])
                large.press(screen)
    _report(report, database, small, large)


def _report(report: Report, database: str, small: _Shop, large: _Shop) -> None:
    figures = []
    for name, took in large.took_ms.items():
        p50, p99 = percentile(took, 50), percentile(took, 99)
        beside = percentile(small.took_ms[name], 50) if name in small.took_ms else None
        bar = None if beside is None else GROWTH
        figures.append((p99, Figure(f"  {name}: p99 {p99:.1f} ms, p50", p50, "ms", beside, "small", bar)))
    figures.sort(key=lambda pair: -pair[0])
    everything = [ms for took in large.took_ms.values() for ms in took]
    report.figures += [
        Figure(f"{database}, slowest screen, p99", figures[0][0], "ms", bar=Bar("≤", 100.0)),
        Figure(f"{database}, all screens, p99", percentile(everything, 99), "ms"),
        *(figure for _p99, figure in figures),
    ]


@contextmanager
def _opened(ground: Grounds, url: str, *, count: int) -> Iterator[_Shop]:
    """An account with this many orders in one bound file, and the application before it."""
    settings = ground.settings(base_url=BASE_URL, database_url=url)
    services = grounds.local_services(settings)
    account = ground.open_account(services)
    spreadsheet_id = _fill(ground, services, account, count)
    app = create_app(grounds.typed(settings), wake=NoWake())
    yield _Shop(ground, app.test_client(), spreadsheet_id, account.me.token)
    services.store.engine.dispose()
    app.extensions["rowstream"].store.engine.dispose()


def _fill(ground: Grounds, services: Services, account: grounds.Account, count: int) -> str:
    (shop,) = ground.connect_shops(services, account, 1)
    spreadsheet_id = ground.bind_file(services, account, title="Orders")
    with services.store.read() as tx:
        (bound,) = sheets.bindings_in(tx, spreadsheet_id)
    kinds = seeding.fetch_kinds(ground, services, shop)
    seeding.fill(services, kinds, account_id=account.account_id, shop=shop, bound=bound, count=count)
    seeding.settle(services)
    return spreadsheet_id


@contextmanager
def _database(server: str) -> Iterator[str]:
    """A fresh database on a PostgreSQL server, dropped afterwards."""
    name = f"rowstream_bench_{secrets.token_hex(4)}"
    engine = sa.create_engine(normalise_url(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield sa.make_url(normalise_url(server)).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


# --- the walk ---


def _walk(shop: _Shop) -> dict[str, _Screen]:
    """Every screen that can be reached by pressing, by name, in the order of finding."""
    found = {
        str(action): _Screen(str(action), action, {})
        for action in (Action.HOME, Action.RETURN_HOME, Action.ACCOUNT, Action.HELP, Action.SIGN_OUT, Action.PEOPLE)
    }
    found["choose-profile"] = _Screen("choose-profile", Action.CHOOSE_PROFILE, {})
    queue = list(found.values())
    for _ in range(MOST_PRESSES):
        if not queue:
            break
        for screen in _buttons(shop.press(queue.pop(0))):
            if screen.name not in found and screen.action not in ENDS:
                found[screen.name] = screen
                queue.append(screen)
    for action in MAKES:
        found.pop(action, None)
    asked = found[Action.FILTER_ORDERS.value]
    return found | {name: _Screen(name, asked.action, asked.parameters, form) for name, form in SEARCHES.items()}


def _buttons(node: Any) -> Iterator[_Screen]:
    """What can be pressed in this answer."""
    if isinstance(node, list):
        for each in node:
            yield from _buttons(each)
    if not isinstance(node, dict):
        return
    function = node.get("function")
    if isinstance(function, str):
        action = Action(function.rpartition("/")[2])
        given = {each["key"]: each["value"] for each in node.get("parameters", ())}
        yield _Screen(_name(action, given), action, given, FORMS.get(action))
    for each in node.values():
        yield from _buttons(each)


def _name(action: Action, given: Mapping[str, str]) -> str:
    """A list is another screen for each window, and on its later pages."""
    if action is not Action.ORDERS:
        return str(action)
    query = msgspec.json.decode(given["query"]) if given.get("query") else {}
    parts = [query.get("window") or given.get("window", ""), "next page" if given.get("page") else ""]
    return " ".join([str(action), *(part for part in parts if part)])
