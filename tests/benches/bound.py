"""A bound sheet with so many orders in it, filled by the product itself, and what changes in it afterwards.

The sheet is an operations list at order grain: what peers can write too. The ticking countdown is left out, because its
formula would only measure who evaluates it. Quotas of the emulator are off unless a bench is about them.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from msgspec import structs

from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.orders import Order, OrderStatus
from service.core.profiles import ChosenColumn, Profile
from service.core.roles import Role
from service.core.rows import Grain
from service.flows import Services, bind, ingest
from service.sandbox.sheets.state.workbook import Workbook
from service.store import orders as order_store
from service.store.records import ShopRow
from tests.benches import children, grounds, seeding
from tests.benches.children import Child, Cost
from tests.benches.grounds import Account, Grounds

COLUMN_KEYS = (
    "order_id", "created_at", "status", "items", "qty", "provider", "tracking", "sla_clock", "sla_due", "sla_tier",
    "flag", "note",
)  # fmt: skip
HEADERS = tuple(COLUMNS[key].header for key in COLUMN_KEYS)
KEY_HEADER = COLUMNS["order_id"].header
TAB = "Operations"
CARRIER = "Yodel"
PAST = timedelta(days=50)
PRODUCT = "tests.benches.product_child"
BASE_URL = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in the shop: ids of orders with a new parcel, and of new ones, which are copies of the `model`."""

    mark: str
    updated: Sequence[str]
    placed: Sequence[str]
    model: str

    def tracking(self, order_id: str) -> str:
        """The parcel number that this change gave the order."""
        return f"{self.mark}{order_id[-9:]}"


@dataclass(slots=True)
class BoundSheet:
    """One account with one shop and one bound file, on a database of its own, and the process that writes it."""

    ground: Grounds
    services: Services
    account: Account
    shop: ShopRow
    settings: dict[str, str]
    spreadsheet_id: str
    count: int
    child: Child
    start_kb: int
    placed: int = 0
    rounds: int = 0

    @property
    def workbook(self) -> Workbook:
        return self.ground.world.emulator.state.workbook(self.spreadsheet_id)

    def fill(self) -> Cost:
        """The sheet holds every order, by the product's own backfill."""
        return self.settle()

    def settle(self, *, quiet_s: float = 0.0) -> Cost:
        """After so many seconds of quiet, everything that waits is written."""
        return self.child.ask("settle", spreadsheet_id=self.spreadsheet_id, quiet_s=quiet_s)

    def change(self, updates: int, inserts: int, *, mark: str) -> "Change":
        """So many orders have a new parcel and so many are new, as if just fetched. Another mark: other parcels."""
        self.rounds += 1
        step = self.count // updates
        numbers = [self.rounds % step + number * step for number in range(updates)]
        first = self.count + self.placed
        self.placed += inserts
        change = Change(
            mark=mark,
            updated=[str(seeding.FIRST_ID + number) for number in numbers],
            placed=[str(seeding.FIRST_ID + first + number) for number in range(inserts)],
            model=str(seeding.FIRST_ID),
        )
        now = self.services.clock.market()
        (model,) = self._stored([change.model])
        new = [
            structs.replace(model, order_id=key, created_at=now, updated_at=now, fetched_at=now)
            for key in change.placed
        ]
        self._ship(change)
        ingest.save(self.services, self.shop, new)
        return change

    def change_again(self, first: "Change", *, mark: str) -> "Change":
        """The orders that `first` gave a new parcel get another one."""
        change = replace(first, mark=mark, placed=())
        self._ship(change)
        return change

    def _ship(self, change: "Change") -> None:
        now = self.services.clock.market()
        ingest.save(self.services, self.shop, [_shipped(one, change, now) for one in self._stored(change.updated)])

    def _stored(self, order_ids: Sequence[str]) -> list[Order]:
        with self.services.store.read() as tx:
            sealer = self.services.store.sealer
            found = order_store.stored(tx, sealer, shop_id=self.shop.id, order_ids=order_ids)
        return [found[order_id] for order_id in order_ids]


def _shipped(order: Order, change: Change, now: datetime) -> Order:
    """The order with a new parcel: two or three cells of its row."""
    tracking = change.tracking(order.order_id)
    return structs.replace(
        order,
        status=OrderStatus.IN_TRANSIT.value,
        provider=CARRIER,
        tracking=tracking,
        lines=tuple(structs.replace(line, tracking=tracking, provider=CARRIER) for line in order.lines),
        updated_at=now,
        fetched_at=now,
    )


@contextmanager
def opened(ground: Grounds, *, count: int) -> Iterator[BoundSheet]:
    """Orders in a database, an empty bound file, and a process of the product that is ready to write."""
    name = f"{count}-{time.monotonic_ns()}"
    settings = ground.settings(base_url=BASE_URL, database_url=f"sqlite:///{ground.folder / name}.db")
    services = grounds.local_services(settings)
    account = ground.open_account(services)
    (shop,) = ground.connect_shops(services, account, 1)
    kinds = seeding.fetch_kinds(ground, services, shop)
    for _chunk in seeding.add_orders(services, kinds, account_id=account.account_id, shop=shop, count=count, past=PAST):
        pass
    spreadsheet_id = _bind(services, account)
    with children.child(PRODUCT, log=ground.folder / f"{name}.log") as process:
        start_kb = process.ask("open", settings=settings).result
        yield BoundSheet(ground, services, account, shop, settings, spreadsheet_id, count, process, start_kb)
    services.store.engine.dispose()


def _bind(services: Services, account: Account) -> str:
    made = services.google.create(account.me, title="Orders", locale="en_GB", time_zone="Europe/London", budget_s=20)
    spreadsheet_id = str(made["spreadsheetId"])
    columns = tuple(ChosenColumn(key, COLUMNS[key].header) for key in COLUMN_KEYS)
    profile = Profile("", TAB, Grain.ORDER, columns, RowFilter())
    bind.bind(services, account.actor, account.me, bind.BindWish(spreadsheet_id, profile, Role.WAREHOUSE))
    return spreadsheet_id
