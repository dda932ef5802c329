"""Ahead: the next chunk of a backfill is made ready while Google works on the present one. Nothing is sent here.

What is made ready is a guess about the next pass. A pass takes of it only rows that were neither sent nor marked since
they were projected, for the same profiles, readers, shops and zone; everything else it projects anew. So what is sent
is decided, checked and settled as if nothing had been made ready.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any

from service.core.roles import Audience, Scope
from service.flows import Services, due_rows, filling, share
from service.flows.due_rows import ReadyRows, TabWork
from service.flows.memory import Ahead
from service.flows.sources import Bound
from service.store import people, sheets, shops
from service.store.records import FileRow
from service.store.session import Tx
from service.telemetry import log


def recall(services: Services, tx: Tx, file: FileRow, live: Sequence[Bound], *, audience: Audience) -> ReadyRows:
    """The rows that were made ready for this file, unless what they were made from has changed."""
    found = services.memory.ahead(file.spreadsheet_id)
    return found.rows if found is not None and found.basis == _basis(tx, file, live, audience) else {}


def _basis(tx: Tx, file: FileRow, live: Sequence[Bound], audience: Audience) -> tuple[Any, ...]:
    """Everything but its order that decides what a row shows."""
    known = shops.shops_of(tx, Scope(file.account_id))
    labels = [(shop.id, shop.name, shop.region, dict(shop.warehouses)) for shop in known]
    return audience, file.time_zone, [(one.row.id, one.row.profile, one.mask) for one in live], labels


def beside(
    services: Services, spreadsheet_id: str, live: Sequence[Bound], work: Sequence[TabWork]
) -> Callable[[], AbstractContextManager[None]]:
    """What a pass that sends this work does meanwhile: it makes the next chunk ready, when this one is a backfill's."""
    sending = {one.bound.row.id: len(one.due) for one in work}
    if not any(sending.values()) or not due_rows.is_backfill(work):
        return nullcontext
    return partial(_preparing, services, spreadsheet_id, live, sending)


@contextmanager
def _preparing(
    services: Services, spreadsheet_id: str, live: Sequence[Bound], sending: Mapping[str, int]
) -> Iterator[None]:
    """The next chunk is ready at the end of the block, or it is the next pass's to make.

    Whatever went wrong would go wrong there too, and is told there: here an answer is waited for that must be heard.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as pool:
        task = pool.submit(_prepare, services, spreadsheet_id, live, sending)
        yield
    problem = task.exception()
    if problem is not None:
        log().warning("ahead", spreadsheet_id=spreadsheet_id, error=type(problem).__name__)


def _prepare(services: Services, spreadsheet_id: str, live: Sequence[Bound], sending: Mapping[str, int]) -> None:
    """Enough orders are marked, and the rows that are to go next are projected."""
    for one in live:
        filling.advance_beside(services, one, sending=sending.get(one.row.id, 0))
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
        if file is None:
            return
        audience = share.audience_of(people.account(tx, file.account_id), file)
        basis = _basis(tx, file, live, audience)
        rows = due_rows.make_ready(services, tx, file, live, audience=audience)
    services.memory.keep_ahead(spreadsheet_id, Ahead(basis, rows))
