"""People who want to be forgotten, and accounts that are closed.

A person's row keeps Google's number for them, which the audit trail is chained over, and nothing that says who it is.
An account that is closed keeps its members until its sheets are clean: their looks decide who may open those.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.store.session import Tx, hits
from service.store.tables import accounts, bindings, files, invitations, members, own_consents, people, tickets


def forget_person(tx: Tx, sub: str, *, alias: str, now: datetime) -> None:
    """Nothing here says whose number this is. `alias` stands where an address stood; memberships are over."""
    known = sa.select(people.c.email).where(people.c.sub == sub)
    addresses = {*tx.execute(known).scalars(), *_addresses(tx, sub)}
    tx.execute(sa.delete(invitations).where(invitations.c.email.in_(sorted(addresses - {""}))))
    tx.execute(sa.delete(tickets).where(tickets.c.sub == sub))
    live = sa.and_(members.c.sub == sub, members.c.revoked_at.is_(None))
    tx.execute(sa.update(members).where(live).values(revoked_at=now))
    tx.execute(sa.update(members).where(members.c.sub == sub).values(email=alias))
    mine = sa.select(own_consents.c.id).where(own_consents.c.sub == sub)
    by_me = files.c.consent_id.in_(mine)
    tx.execute(sa.update(files).where(by_me).values(writer_email=alias, reason_text=alias))
    tx.execute(sa.update(own_consents).where(own_consents.c.sub == sub).values(email=alias))
    gone = {"email": alias, "chosen_account_id": None, "deleted_at": now}
    tx.execute(sa.update(people).where(people.c.sub == sub).values(**gone))


def _addresses(tx: Tx, sub: str) -> Sequence[str]:
    """Every address the person was a member under."""
    return tx.execute(sa.select(members.c.email).where(members.c.sub == sub)).scalars().all()


def close_account(tx: Tx, account_id: str, now: datetime) -> bool:
    """The account is closed from now on. Whether it was open."""
    is_open = (accounts.c.id == account_id, accounts.c.closed_at.is_(None))
    return bool(hits(tx, sa.update(accounts).where(*is_open).values(closed_at=now)))


def closed_and_clean(tx: Tx) -> list[str]:
    """Closed accounts with members or consents left, and no sheet any more."""
    return list(tx.execute(_CLOSED_AND_CLEAN).scalars())


def _closed_and_clean() -> sa.Select[Any]:
    has_sheet = sa.exists().where(bindings.c.account_id == accounts.c.id, bindings.c.stopped_at.is_(None))
    has_member = sa.exists().where(members.c.account_id == accounts.c.id, members.c.revoked_at.is_(None))
    has_consent = sa.exists().where(own_consents.c.account_id == accounts.c.id, own_consents.c.state == "live")
    query = sa.select(accounts.c.id).where(
        accounts.c.closed_at.is_not(None), ~has_sheet, sa.or_(has_member, has_consent)
    )
    return query.order_by(accounts.c.id)


#: Made once: every sweep asks it, and making a statement costs more than running it.
_CLOSED_AND_CLEAN = _closed_and_clean()


def end_memberships(tx: Tx, account_id: str, now: datetime) -> None:
    """Nobody is a member any more."""
    live = sa.and_(members.c.account_id == account_id, members.c.revoked_at.is_(None))
    tx.execute(sa.update(members).where(live).values(revoked_at=now))
