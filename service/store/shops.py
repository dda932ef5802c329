"""Shops, consents, poll cursors and the single-use tickets of browser flows.

Tokens go in and out sealed (the flow unseals). A refresh is serialised by a claim (`claim_refresh`) and stored by one
conditional UPDATE on `version`, so that two workers can never store an older pair over a newer one.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.core.roles import Scope
from service.errors import Conflict, NotFound
from service.store.records import ConsentRow, ShopRow, columns_of, many, one
from service.store.sealed import Sealer
from service.store.session import Tx, hits
from service.store.tables import consents, shops, tickets

SHOP = columns_of(shops, ShopRow)
CONSENT = columns_of(consents, ConsentRow)
#: Made once, these: every webhook, pass or sweep asks them, and making a statement costs more than running it.
_HOLDING = sa.select(*SHOP).where(shops.c.tiktok_shop_id == sa.bindparam("held"), shops.c.state != "disconnected")
_SHOP = sa.select(*SHOP).where(shops.c.id == sa.bindparam("shop"))
_OF_ACCOUNT = sa.select(*SHOP).where(shops.c.account_id == sa.bindparam("account")).order_by(shops.c.name, shops.c.id)
_TO_FORGET = (
    sa.select(*SHOP)
    .where(shops.c.forget_at.is_not(None), shops.c.state == "disconnected")
    .order_by(shops.c.forget_at, shops.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_CLAIM_POLLS = sa.select(*SHOP).where(
    shops.c.state == "live",
    sa.or_(shops.c.next_poll_at <= sa.bindparam("now"), shops.c.import_at.is_not(None)),
    sa.or_(shops.c.not_before.is_(None), shops.c.not_before <= sa.bindparam("now")),
)


def add_ticket(
    tx: Tx,
    ticket_hash: str,
    *,
    purpose: str,
    sub: str,
    account_id: str,
    expires_at: datetime,
    sealed: bytes | None = None,
    cookie_hash: str | None = None,
) -> None:
    """A ticket that `take_ticket` will honour once before `expires_at`."""
    tx.execute(
        sa.insert(tickets).values(
            hash=ticket_hash, purpose=purpose, sub=sub, account_id=account_id, expires_at=expires_at, sealed=sealed,
            cookie_hash=cookie_hash,
        )
    )  # fmt: skip


def take_ticket(tx: Tx, ticket_hash: str, *, purpose: str, now: datetime) -> Mapping[str, Any] | None:
    """The ticket's `sub`, `account_id`, `sealed` and `cookie_hash`, once; None if used, expired or never issued."""
    taken = hits(
        tx,
        sa.update(tickets)
        .where(
            tickets.c.hash == ticket_hash,
            tickets.c.purpose == purpose,
            tickets.c.used_at.is_(None),
            tickets.c.expires_at > now,
        )
        .values(used_at=now),
    )
    if not taken:
        return None
    row = tx.execute(sa.select(tickets).where(tickets.c.hash == ticket_hash)).mappings().one()
    return {str(name): value for name, value in row.items()}


def forget_tickets(tx: Tx, before: datetime) -> int:
    """Tickets that expired before `before` are gone. Returns how many."""
    return hits(tx, sa.delete(tickets).where(tickets.c.expires_at < before))


def add_consent(tx: Tx, consent: ConsentRow, *, scopes: list[str], created_by: str, now: datetime) -> None:
    """A live consent."""
    tx.execute(
        sa.insert(consents).values(
            id=consent.id, account_id=consent.account_id, open_id=consent.open_id, seller_name=consent.seller_name,
            region=consent.region, tokens=consent.tokens, access_expires_at=consent.access_expires_at,
            refresh_expires_at=consent.refresh_expires_at, scopes=scopes, state="live", version=1,
            created_by=created_by, created_at=now,
        )
    )  # fmt: skip


def consent(tx: Tx, consent_id: str) -> ConsentRow:
    """The consent. For the worker, which has no caller."""
    found = one(ConsentRow, tx.execute(sa.select(*CONSENT).where(consents.c.id == consent_id)).first())
    if found is None:
        raise NotFound("This shop is not connected.")
    return found


def claim_refresh(tx: Tx, consent_id: str, *, version: int, now: datetime, until: datetime) -> bool:
    """Whether this caller may refresh: nobody else holds the claim and the pair is still of `version`."""
    claimed = hits(
        tx,
        sa.update(consents)
        .where(
            consents.c.id == consent_id,
            consents.c.version == version,
            consents.c.state == "live",
            sa.or_(consents.c.refreshing_until.is_(None), consents.c.refreshing_until < now),
        )
        .values(refreshing_until=until),
    )
    return bool(claimed)


def store_refreshed(
    tx: Tx,
    consent_id: str,
    *,
    version: int,
    tokens: bytes,
    access_expires_at: datetime,
    refresh_expires_at: datetime,
) -> bool:
    """Whether the new pair was stored: only over the version it was refreshed from."""
    stored = hits(
        tx,
        sa.update(consents)
        .where(consents.c.id == consent_id, consents.c.version == version)
        .values(
            tokens=tokens,
            access_expires_at=access_expires_at,
            refresh_expires_at=refresh_expires_at,
            version=version + 1,
            refreshing_until=None,
        ),
    )
    return bool(stored)


def release_refresh(tx: Tx, consent_id: str) -> None:
    """Nobody holds the claim (after a failed refresh)."""
    tx.execute(sa.update(consents).where(consents.c.id == consent_id).values(refreshing_until=None))


def end_consent(tx: Tx, consent_id: str, *, unless_after: datetime | None = None) -> bool:
    """The consent is dead and its live shops are expired: the seller must connect again. Returns whether.

    One given after `unless_after` lives on: what ended then was another one.
    """
    ended = sa.update(consents).where(consents.c.id == consent_id)
    if unless_after is not None:
        ended = ended.where(consents.c.created_at <= unless_after)
    if not hits(tx, ended.values(state="dead", refreshing_until=None)):
        return False
    tx.execute(
        sa.update(shops).where(shops.c.consent_id == consent_id, shops.c.state == "live").values(state="expired")
    )
    return True


def add_shop(tx: Tx, row: ShopRow, *, seller_type: str, code: str) -> None:
    """A live shop. Conflict where it has just become live somewhere else; nothing else may be done in `tx` then."""
    added = sa.insert(shops).values(
        id=row.id, account_id=row.account_id, consent_id=row.consent_id, tiktok_shop_id=row.tiktok_shop_id,
        name=row.name, region=row.region, seller_type=seller_type, code=code, cipher=row.cipher, state=row.state,
        warehouses=dict(row.warehouses), polled_until=row.polled_until, next_poll_at=row.next_poll_at,
        import_from=row.import_from, import_at=row.import_at, connected_at=row.connected_at,
    )  # fmt: skip
    _hold(tx, added)


def renew_shop(tx: Tx, shop_id: str, *, consent_id: str, cipher: str, name: str) -> None:
    """The shop is live again under a new consent; its orders and cursors stay. Conflict as in `add_shop`."""
    values = {
        "consent_id": consent_id,
        "cipher": cipher,
        "name": name,
        "state": "live",
        "trouble": None,
        "tries": 0,
        "subscribed_at": None,
        "not_before": None,
        "queued": False,  # a wake-up that waits out a back-off is not waited for
        "forget_at": None,  # what is not deleted yet is wanted again
    }
    _hold(tx, sa.update(shops).where(shops.c.id == shop_id).values(values))


def _hold(tx: Tx, statement: sa.Insert | sa.Update) -> None:
    """A shop is live in one place: who comes second at the same moment is refused by the index, and told so."""
    try:
        tx.execute(statement)
    except sa.exc.IntegrityError as error:
        # SQLite names the column, PostgreSQL the index
        if "shops.tiktok_shop_id" not in str(error.orig) and "uq_shops_live" not in str(error.orig):
            raise
        raise Conflict(
            "This shop is being connected by somebody else at this moment. Wait a little and try again."
        ) from error


def shop_holding(tx: Tx, tiktok_shop_id: str) -> ShopRow | None:
    """The shop record that holds this TikTok shop, in whatever account. For connect and ingest only."""
    return one(ShopRow, tx.execute(_HOLDING, {"held": tiktok_shop_id}).first())


def shops_of(tx: Tx, scope: Scope) -> list[ShopRow]:
    """The account's shops that are not disconnected, by name."""
    query = sa.select(*SHOP).where(shops.c.account_id == scope.account_id, shops.c.state != "disconnected")
    if scope.shop_ids is not None:
        query = query.where(shops.c.id.in_(sorted(scope.shop_ids)))
    return many(ShopRow, tx.execute(query.order_by(shops.c.name, shops.c.id)))


def every_shop_of(tx: Tx, scope: Scope) -> list[ShopRow]:
    """The account's shops, disconnected ones included, by name."""
    query = _OF_ACCOUNT
    if scope.shop_ids is not None:
        query = query.where(shops.c.id.in_(sorted(scope.shop_ids)))
    return many(ShopRow, tx.execute(query, {"account": scope.account_id}))


def left_shop(tx: Tx, account_id: str, tiktok_shop_id: str) -> ShopRow | None:
    """The account's own disconnected record of this TikTok shop: connected again, it goes on where it stopped."""
    query = sa.select(*SHOP).where(
        shops.c.account_id == account_id, shops.c.tiktok_shop_id == tiktok_shop_id, shops.c.state == "disconnected"
    )
    return one(ShopRow, tx.execute(query.order_by(shops.c.connected_at.desc()).limit(1)).first())


def last_ticket(tx: Tx, sub: str, account_id: str, *, purposes: Collection[str]) -> Mapping[str, Any] | None:
    """`purpose`, `expires_at` and `used_at` of this person's newest ticket of these sorts for the account."""
    query = sa.select(tickets.c.purpose, tickets.c.expires_at, tickets.c.used_at).where(
        tickets.c.sub == sub, tickets.c.account_id == account_id, tickets.c.purpose.in_(sorted(purposes))
    )
    newest = query.order_by(tickets.c.expires_at.desc(), tickets.c.purpose).limit(1)  # of two at once the later step
    row = tx.execute(newest).mappings().first()
    return None if row is None else {str(name): value for name, value in row.items()}


def shop(tx: Tx, scope: Scope, shop_id: str) -> ShopRow:
    """A shop in scope. NotFound otherwise, also for another account's."""
    found = next((row for row in shops_of(tx, scope) if row.id == shop_id), None)
    if found is None:
        raise NotFound("This shop is not connected here.")
    return found


def shop_unscoped(tx: Tx, shop_id: str) -> ShopRow | None:
    """The shop, for the worker, which has no caller."""
    return one(ShopRow, tx.execute(_SHOP, {"shop": shop_id}).first())


def is_held(tx: Tx, shop_id: str) -> bool:
    """Whether the shop is connected; if so, nobody takes it away before the transaction ends."""
    # held against being taken away alone: a webhook that wakes the shop does not wait for a save
    query = sa.select(shops.c.state).where(shops.c.id == shop_id).with_for_update(read=True, key_share=True)
    return tx.execute(query).scalar() not in {None, "disconnected"}


def forget_later(tx: Tx, shop_id: str, at: datetime | None) -> None:
    """All orders of the shop are to be deleted; None = they are."""
    tx.execute(sa.update(shops).where(shops.c.id == shop_id).values(forget_at=at))


def to_forget(tx: Tx, *, limit: int) -> list[ShopRow]:
    """Shops whose orders are to be deleted, the first that was asked for first."""
    return many(ShopRow, tx.execute(_TO_FORGET, {"most": limit}))


def disconnect_shop(tx: Tx, shop_id: str) -> None:
    """The shop is disconnected; nothing is fetched for it any more. What is just being saved of it is waited for."""
    tx.execute(sa.select(shops.c.id).where(shops.c.id == shop_id).with_for_update())  # see `is_held`
    tx.execute(sa.update(shops).where(shops.c.id == shop_id).values(state="disconnected"))


def mark_prepared(tx: Tx, shop_id: str, *, warehouses: Mapping[str, str], at: datetime) -> None:
    """Webhooks are ordered, and warehouse id → name is what TikTok last said."""
    tx.execute(sa.update(shops).where(shops.c.id == shop_id).values(warehouses=dict(warehouses), subscribed_at=at))


def move_poll(tx: Tx, shop_id: str, *, polled_until: datetime, next_poll_at: datetime) -> None:
    """Update times before `polled_until` are in the database; called after the save, never before."""
    tx.execute(
        sa.update(shops).where(shops.c.id == shop_id).values(polled_until=polled_until, next_poll_at=next_poll_at)
    )


def move_import(tx: Tx, shop_id: str, import_at: datetime | None) -> None:
    """The history import has come back to `import_at`; None = it is complete."""
    tx.execute(sa.update(shops).where(shops.c.id == shop_id).values(import_at=import_at))


def claim_polls(tx: Tx, now: datetime) -> list[ShopRow]:
    """Live shops whose poll or import is due, not being waited for."""
    return many(ShopRow, tx.execute(_CLAIM_POLLS, {"now": now}))


def note_trouble(tx: Tx, shop_id: str, *, sentence: str | None, tries: int, not_before: datetime | None) -> None:
    """What is wrong with fetching this shop, how often in a row, and when to try again; None = it is well."""
    values = {"trouble": sentence, "tries": tries, "not_before": not_before}
    tx.execute(sa.update(shops).where(shops.c.id == shop_id).values(values))


def seal_pair(sealer: Sealer, access_token: str, refresh_token: str) -> bytes:
    """Both tokens as one sealed value."""
    return sealer.seal(json.dumps([access_token, refresh_token]))


def unseal_pair(sealer: Sealer, sealed: bytes) -> tuple[str, str]:
    """(access token, refresh token)."""
    access_token, refresh_token = json.loads(sealer.unseal(sealed))
    return access_token, refresh_token
