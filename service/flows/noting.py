"""Lines of the record for what changes nothing, or is done by nobody: a buyer that was looked at, a try that was
refused, a sign-out, and what the service wrote into sheets by itself.

None of these is written twice for one thing: a person who looks again and again, or presses what they may not, leaves a
line and not a heap.
"""

from datetime import datetime, timedelta

from service.core.roles import Actor
from service.flows import Services
from service.google.tokens import Caller
from service.store import deeds, people
from service.store.session import Tx

#: Until then the same again is no news.
SEEN_AGAIN = timedelta(hours=1)
WROTE = "write"
SEEN, REFUSED, SIGNED_OUT, CHANGED = "see-buyer", "refused", "sign-out", "change-profile"


def buyer_seen(services: Services, actor: Actor, order_id: str, *, spreadsheet_id: str = "") -> None:
    """Who looked at the buyer of an order, on record; once an hour per person and order."""
    now = services.clock.now()
    with services.store.read() as tx:
        if _did_lately(tx, actor, SEEN, order_id, now):
            return
    with services.store.write() as tx:
        deeds.record(
            tx, actor.account_id, sub=actor.sub, deed=SEEN, subject=order_id, at=now, spreadsheet_id=spreadsheet_id
        )


def profile_changed(services: Services, tx: Tx, actor: Actor, name: str) -> None:
    """Who works on a profile, on record; once an hour, because every column that is moved is a change."""
    now = services.clock.now()
    if not _did_lately(tx, actor, CHANGED, name, now):
        deeds.record(tx, actor.account_id, sub=actor.sub, deed=CHANGED, subject=name, at=now)


def _did_lately(tx: Tx, actor: Actor, deed: str, subject: str, now: datetime) -> bool:
    lately = deeds.deeds_since(tx, actor.account_id, now - SEEN_AGAIN, deeds={deed}, subject=subject)
    return any(line.sub == actor.sub for line in lately)


def refused(services: Services, actor: Actor, what: str, *, spreadsheet_id: str = "") -> None:
    """Who pressed what their role does not allow, on record; once a day per person and press."""
    now = services.clock.now()
    key = f"{REFUSED}:{actor.account_id}:{actor.sub}:{what}:{now.date().isoformat()}"
    with services.store.write() as tx:
        if people.take_once(tx, key, now):
            deeds.record(
                tx, actor.account_id, sub=actor.sub, deed=REFUSED, subject=what, at=now, spreadsheet_id=spreadsheet_id
            )


def signed_out(services: Services, tx: Tx, caller: Caller) -> None:
    """Who took their consent back, on record in each of their accounts."""
    now = services.clock.now()
    for member in people.memberships(tx, caller.sub, now):
        deeds.record(tx, member.account_id, sub=caller.sub, deed=SIGNED_OUT, subject=member.email, at=now)


def sheets_written(services: Services) -> None:
    """What was written into each file since it was last noted, in one line per file. The sync history has each pass."""
    now = services.clock.now()
    with services.store.read() as tx:
        files = deeds.written_files(tx)
    for account_id, spreadsheet_id, title, audience in files:
        with services.store.write() as tx:
            last = deeds.last_record(tx, account_id, deed=WROTE, spreadsheet_id=spreadsheet_id)
            added, changed = deeds.written(tx, spreadsheet_id, None if last is None else last[1], now)
            if added or changed:
                deeds.record(
                    tx, account_id, sub="", deed=WROTE, subject=title, at=now, spreadsheet_id=spreadsheet_id,
                    role=audience, body={"added": added, "changed": changed},
                )  # fmt: skip
