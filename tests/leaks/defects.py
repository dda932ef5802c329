"""Defects as a careless release might bring them, planted in the product that plays a case: each must be found."""

from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from leaks.ground import Ground
from leaks.play import PATIENCE_S

from cards.actions import Action
from cards.reply import Reply
from service.app import create_app
from service.core.columns import COLUMNS
from service.core.roles import Permission, Role
from service.store import orders as order_store
from service.store import sheets
from service.store.tables import bindings, files, flushes
from service.telemetry import log
from service.web.ask import Ask
from service.web.entries import Entry
from service.web.registry import REGISTRY

if TYPE_CHECKING:
    from leaks.play import Play

NEVER = datetime(2100, 1, 1, tzinfo=UTC)


def settle(play: "Play") -> None:
    play.ground.rig.settle(patience_s=PATIENCE_S)


def project_one_column_more(key: str, role: Role) -> Callable[["Play"], None]:
    """The projection shows a column that the file's audience may not see: it believes that the file is for `role`."""

    def flush(play: "Play") -> None:
        for file_id in play.truth.files:
            with play.services.store.write() as tx:
                for row in sheets.bindings_in(tx, file_id):
                    shown = [one for one in row.profile["columns"] if one[0] != key]
                    wider = {**row.profile, "columns": [*shown, [key, COLUMNS[key].header]]}
                    tx.execute(sa.update(bindings).where(bindings.c.id == row.id).values(profile=wider))
                tx.execute(sa.update(files).where(files.c.spreadsheet_id == file_id).values(audience=role))
                tx.execute(sa.update(bindings).where(bindings.c.spreadsheet_id == file_id).values(audience=role))
        settle(play)

    return flush


def believe_every_reader(play: "Play") -> None:
    """Who can open the file is never looked at again."""
    with play.services.store.write() as tx:
        tx.execute(sa.update(files).values(checked_at=NEVER, listed_at=NEVER, state="live", reason=""))
    settle(play)


def remember_rows_in_history(play: "Play") -> None:
    """The sync history keeps what was written."""
    settle(play)
    with play.services.store.write() as tx:
        tx.execute(sa.update(flushes).values(reason=sa.literal("sent to Nyra Zqname1")))


def log_rows(play: "Play") -> None:
    """The log tells what was written."""
    settle(play)
    log().info("pass over 1 Zqstreet1 Lane")


def show_revenue_in_a_card(ground: Ground) -> Ground:
    """The help card names what the first order earned, to whoever asks for help."""
    slot, entry = ground.slots[0], REGISTRY[Action.HELP]

    def handler(ask: Ask) -> Reply:
        reply = entry.handler(ask)
        assert isinstance(reply, Reply)
        with ask.services.store.read() as tx:
            held = order_store.stored(
                tx, ask.services.store.sealer, shop_id=slot.shop.id, order_ids=[slot.order_id]
            )[slot.order_id]  # fmt: skip
        return replace(reply, toast=f"Margin on {held.payment.total}")

    registry = {**REGISTRY, Action.HELP: Entry(Permission.SIGNED_IN, handler)}
    services = ground.services
    with redirect_stderr(ground.log):
        app = create_app(services.settings, clock=services.clock, wake=services.wake,
                         wires=ground.rig.world.wires, registry=registry)  # fmt: skip
    app.testing = True
    return replace(ground, product=replace(ground.product, app=app))
