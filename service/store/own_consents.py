"""Consents of people who let us write as them, and the files that are written so.

`live`: in use. `dead`: Google gives nothing for it any more. `revoked`: ended by us or its giver; as long as its token
is kept, Google has not been told yet. Who may use the token is decided elsewhere; here it is sealed bytes.
"""

from datetime import datetime

import sqlalchemy as sa

from service.store.records import FileRow, OwnConsentRow, columns_of, many, one
from service.store.session import Tx, hits
from service.store.tables import files, members, own_consents

LIVE, DEAD, REVOKED = "live", "dead", "revoked"
_CONSENT = columns_of(own_consents, OwnConsentRow)


def add(tx: Tx, row: OwnConsentRow) -> None:
    """A new consent."""
    tx.execute(
        sa.insert(own_consents).values(
            id=row.id, account_id=row.account_id, sub=row.sub, email=row.email, sealed=row.sealed,
            scopes=list(row.scopes), state=row.state, created_at=row.created_at, revoked_at=row.revoked_at,
        )
    )  # fmt: skip


def consent(tx: Tx, consent_id: str) -> OwnConsentRow | None:
    """The consent, whatever became of it."""
    return one(OwnConsentRow, tx.execute(sa.select(*_CONSENT).where(own_consents.c.id == consent_id)).first())


def live_of(tx: Tx, sub: str, *, account_id: str = "") -> list[OwnConsentRow]:
    """The person's consents that are in use, newest first; in one account where one is named."""
    query = sa.select(*_CONSENT).where(own_consents.c.sub == sub, own_consents.c.state == LIVE)
    if account_id:
        query = query.where(own_consents.c.account_id == account_id)
    return many(OwnConsentRow, tx.execute(query.order_by(own_consents.c.created_at.desc(), own_consents.c.id)))


def live_in(tx: Tx, account_id: str) -> list[OwnConsentRow]:
    """The account's consents that are in use."""
    query = sa.select(*_CONSENT).where(own_consents.c.account_id == account_id, own_consents.c.state == LIVE)
    return many(OwnConsentRow, tx.execute(query.order_by(own_consents.c.created_at, own_consents.c.id)))


def giver_role(tx: Tx, row: OwnConsentRow, now: datetime) -> str | None:
    """The role of its giver in its account, None once they left; in a closed account too, whose sheets are cleaned."""
    query = sa.select(members.c.role).where(
        members.c.account_id == row.account_id, members.c.sub == row.sub, _is_live(now)
    )
    return tx.execute(query).scalar()


def _is_live(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    has_time = sa.or_(members.c.expires_at.is_(None), members.c.expires_at > now)
    return sa.and_(members.c.revoked_at.is_(None), has_time)


#: Made once: every sweep asks it, and making a statement costs more than running it.
_OF_PEOPLE_WHO_LEFT = sa.select(*_CONSENT).where(
    own_consents.c.state == LIVE,
    ~sa.exists().where(
        members.c.account_id == own_consents.c.account_id,
        members.c.sub == own_consents.c.sub,
        _is_live(sa.bindparam("now")),
    ),
)


def of_people_who_left(tx: Tx, now: datetime) -> list[OwnConsentRow]:
    """Consents in use whose giver is no member of the account any more."""
    return many(OwnConsentRow, tx.execute(_OF_PEOPLE_WHO_LEFT, {"now": now}))


def untold(tx: Tx) -> list[OwnConsentRow]:
    """Consents that were revoked here and not yet at Google."""
    query = sa.select(*_CONSENT).where(own_consents.c.state == REVOKED, own_consents.c.sealed.is_not(None))
    return many(OwnConsentRow, tx.execute(query.order_by(own_consents.c.revoked_at, own_consents.c.id)))


def end(tx: Tx, consent_id: str, *, state: str, now: datetime) -> bool:
    """The consent is in use no more. Whether it was until now. A dead one's token is forgotten: it opens nothing."""
    values: dict[str, object] = {"state": state, "revoked_at": now}
    if state == DEAD:
        values["sealed"] = None
    is_live = (own_consents.c.id == consent_id, own_consents.c.state == LIVE)
    return bool(hits(tx, sa.update(own_consents).where(*is_live).values(**values)))


def forget_token(tx: Tx, consent_id: str) -> None:
    """The token is kept no more."""
    tx.execute(sa.update(own_consents).where(own_consents.c.id == consent_id).values(sealed=None))


def files_by(tx: Tx, consent_id: str) -> list[FileRow]:
    """The files that are written by this consent, oldest first."""
    query = sa.select(*columns_of(files, FileRow)).where(files.c.consent_id == consent_id)
    return many(FileRow, tx.execute(query.order_by(files.c.created_at, files.c.spreadsheet_id)))


def pause_files(tx: Tx, consent_id: str, *, reason: str, text: str) -> None:
    """The files of this consent that are live rest for this reason."""
    mine = (files.c.consent_id == consent_id, files.c.state == "live")
    tx.execute(sa.update(files).where(*mine).values(state="paused", reason=reason, reason_text=text))


def hand_over(tx: Tx, old_id: str, new_id: str, *, email: str) -> None:
    """The files of one consent are written by another one of the same person from now on."""
    tx.execute(sa.update(files).where(files.c.consent_id == old_id).values(consent_id=new_id, writer_email=email))
