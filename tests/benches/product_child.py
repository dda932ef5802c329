"""The product's passes in a process of their own, when asked: `python -m tests.benches.product_child`.

These are the passes that the engine would run; only their clock is a bench's. Where a pass says when to come again
(quota, pace), the clock is put forward by that much instead of waiting, and the seconds left out are counted.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from service import telemetry
from service.app import build_services, relax_collector
from service.core.roles import Audience, Role, Scope
from service.errors import Problem
from service.flows import Services, due_rows, manage, proving, sources, stream, writers
from service.google import tabs
from service.store import flushes, people, proofs, sheets
from tests.benches import children
from tests.benches.grounds import NoWake, typed

MOST_PASSES = 20_000
READ_WITHIN_S = 60.0


class SkippingClock:
    """Wall time, put forward by the waits that were left out; the orders' own time stays where it is."""

    def __init__(self) -> None:
        self.skipped_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.skipped_s)

    def market(self) -> datetime:
        return datetime.now(UTC)

    def skip(self, seconds: float) -> None:
        self.skipped_s += seconds


class Product:
    """The product's parts on one database, and the passes over its sheets."""

    def __init__(self) -> None:
        self.clock = SkippingClock()
        self._services: Services | None = None

    @property
    def services(self) -> Services:
        assert self._services is not None
        return self._services

    def open(self, settings: dict[str, str]) -> int:
        """Everything is loaded that a running worker has loaded. Returns the resident KiB then."""
        telemetry.configure(settings["log_level"])
        relax_collector()
        self._services = build_services(typed(settings), clock=self.clock, wake=NoWake())
        self._services.google.warm()
        with self._services.store.read():
            return children.settle_memory()

    def settle(self, spreadsheet_id: str, quiet_s: float = 0.0) -> dict[str, Any]:
        """After so many seconds of quiet: passes until the sheet shows all it should and nothing waits."""
        self.clock.skip(quiet_s)
        since = self.clock.now()
        before_s, failed = self.clock.skipped_s, 0
        for passes in range(1, MOST_PASSES):
            try:
                wait_s = stream.run_pass(self.services, spreadsheet_id)
            except Problem as problem:  # as the engine does
                failed += 1
                wait_s = stream.put_off(self.services, spreadsheet_id, problem)
            if wait_s is None:
                waited_s = self.clock.skipped_s - before_s
                return {"failed": failed, "waited_s": waited_s, "passes": self._told(spreadsheet_id, passes, since)}
            self.clock.skip(wait_s)
        raise RuntimeError(f"{spreadsheet_id} does not come to rest in {MOST_PASSES} passes")

    def _told(self, spreadsheet_id: str, passes: int, since: datetime) -> list[list[int]]:
        """Reads and writes of each pass since then, as the history tells them, oldest first."""
        with self.services.store.read() as tx:
            found = flushes.recent(tx, spreadsheet_id, limit=passes)
        return [[row.reads, row.writes] for row in reversed(found) if row.at >= since]

    def read_keys(self, spreadsheet_id: str) -> int:
        """A full key read, as after a sort: where every row stands. Returns how many rows were found."""
        with self.services.store.read() as tx:
            file = sheets.file_unscoped(tx, spreadsheet_id)
            (row,) = sheets.bindings_in(tx, spreadsheet_id)
        assert file is not None
        writer = writers.writer_of(self.services, file)
        assert writer is not None
        bound = sources.open_binding(self.services, row)
        tab = due_rows.owned_tab(bound, Audience(Role(row.audience)))
        answer = self.services.google.get_by_filter(
            writer, spreadsheet_id, filters=tabs.key_filters(tab, 0), fields=tabs.KEY_FIELDS, budget_s=READ_WITHIN_S
        )
        return len(tabs.read_keys(answer, tab.sheet_id))

    def prove(self, spreadsheet_id: str, account: str) -> dict[str, Any]:
        """The file is proved to the end. Returns the verdict, how much was found, and the waits that were left out."""
        with self.services.store.read() as tx:
            owner = people.members_of(tx, Scope(account), self.clock.now())[0]
        actor = manage.actor_of(self.services, owner.sub, account)
        assert actor is not None
        proof = proving.start(self.services, actor, spreadsheet_id)
        before_s = self.clock.skipped_s
        while (wait_s := proving.run(self.services, spreadsheet_id)) is not None:
            self.clock.skip(wait_s)
        with self.services.store.read() as tx:
            body = proofs.proof(tx, actor.scope, proof.id).body
        found = sum(one["count"] for one in body["findings"])
        return {"verdict": body["verdict"], "findings": found, "waited_s": self.clock.skipped_s - before_s}


if __name__ == "__main__":
    product = Product()
    children.serve(
        {"open": product.open, "settle": product.settle, "read_keys": product.read_keys, "prove": product.prove}
    )
