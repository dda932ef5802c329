"""What the product does: a function per sentence, each owning its transaction. `Services` is what a flow may reach."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

from service.core.policies import Policies
from service.flows.memory import Memory
from service.google.client import Google
from service.google.consent import OfflineConsent
from service.google.identities import WriterPool
from service.google.signin import SignIn
from service.google.tokens import Door
from service.settings import Settings
from service.store.session import Store, Tx
from service.tiktok.client import TikTokClient
from service.tiktok.oauth import TikTokOAuth


class Clock(Protocol):
    """Two times. `now` is wall time: tokens, schedules, quotas, leases. `market` is the orders' time."""

    def now(self) -> datetime: ...

    def market(self) -> datetime: ...


class WallClock:
    """The real world: both times are the same."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def market(self) -> datetime:
        return datetime.now(UTC)


class Wake(Protocol):
    """Enqueues a wake-up in the caller's transaction; a no-op while one already waits. Called last in it.

    Audits and roll-offs are woken by the sweep alone, which asks first whether one waits.
    """

    def sheet(self, tx: Tx, spreadsheet_id: str, *, delay_s: float = 0) -> None: ...

    def shop(self, tx: Tx, shop_id: str, *, delay_s: float = 0) -> None: ...

    def audit(self, tx: Tx, spreadsheet_id: str) -> None: ...

    def roll_off(self, tx: Tx, spreadsheet_id: str) -> None: ...

    def proof(self, tx: Tx, spreadsheet_id: str, *, delay_s: float = 0) -> None: ...


def new_id() -> str:
    """A fresh id for a row of ours."""
    return uuid4().hex


@dataclass(frozen=True, slots=True)
class Services:
    """The parts, built once by `app`."""

    settings: Settings
    store: Store
    clock: Clock
    wake: Wake
    google: Google
    writers: WriterPool
    door: Door
    sign_in: SignIn
    offline: OfflineConsent
    tiktok: TikTokClient
    oauth: TikTokOAuth
    policies: Policies
    new_id: Callable[[], str] = new_id
    memory: Memory = field(default_factory=Memory)
