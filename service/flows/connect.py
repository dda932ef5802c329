"""Start, finish and end a shop's consent; hand out access tokens, renewed one at a time.

Four steps in one browser: the sidebar's button (a single-use ticket), our start page (signs the browser in with
Google), the page that names the account (the same `sub` as in the sidebar, or nothing), and the vendor's callback
(cookie and unused state). Each secret is stored as a hash, lives ten minutes and is taken by one conditional UPDATE.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.core.roles import Actor, Permission, Scope
from service.errors import Conflict, NotAllowed, NotConnected, UpstreamFailed
from service.flows import Services, erasing, tickets
from service.flows.erasing import Erase
from service.flows.tickets import Leaving
from service.store import deeds, people, shops
from service.store.records import ConsentRow, ShopRow
from service.store.session import Tx
from service.tiktok.access import Shop, ShopAccess
from service.tiktok.oauth import Tokens, read_callback

RENEW_BEFORE = timedelta(minutes=10)
RENEW_CLAIM = timedelta(seconds=30)
RENEW_RETRY_S = 2.0
#: A shop that is live in another account moves only after its seller's consent was given twice, this far apart, while
#: the other account's owners knew; what is not confirmed lapses.
CLAIM_WAIT, CLAIM_LIFE = timedelta(days=7), timedelta(days=30)
CONNECTED, CLAIMED, TAKEN_OVER = "connect-shop", "claim-shop", "take-over-shop"
START, SIGN_IN, CONSENT = "connect-start", "connect-sign-in", "connect-consent"


@dataclass(frozen=True, slots=True)
class Named:
    """The page that names the account, before the vendor's consent. `urls`: market → consent page."""

    account_name: str
    email: str
    urls: dict[str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """A shop that is live in another account. `owner`: a masked address, maybe "". `free_at`: from when a fresh consent
    moves it here.
    """

    name: str
    owner: str
    free_at: datetime


@dataclass(frozen=True, slots=True)
class Connected:
    """What a finished consent brought: shops of this account now live, and those another account holds."""

    account_name: str
    names: tuple[str, ...]
    refused: tuple[Refused, ...]


def start(services: Services, actor: Actor) -> str:
    """The path of our start page with a fresh ticket for this person and account."""
    ticket = tickets.new_secret()
    with services.store.write() as tx:
        tickets.issue(services, tx, ticket, purpose=START, sub=actor.sub, account_id=actor.account_id)
    return f"/connect/start?ticket={ticket}"


def begin_sign_in(services: Services, ticket: str) -> Leaving:
    """The ticket is used; the browser is sent to sign in with Google. NotAuthentic for a spent or unknown one."""
    found = tickets.take(services, ticket, purpose=START)
    with services.store.write() as tx:
        state, nonce, verifier, cookie = (tickets.new_secret() for _ in range(4))
        sealed = services.store.sealer.seal(json.dumps([nonce, verifier]))
        tickets.issue(
            services, tx, state, purpose=SIGN_IN, sub=found["sub"], account_id=found["account_id"], sealed=sealed,
            cookie=cookie,
        )  # fmt: skip
    return Leaving(services.sign_in.authorize_url(state=state, nonce=nonce, verifier=verifier), cookie)


def finish_sign_in(services: Services, *, state: str, code: str, cookie: str) -> tuple[Named, str]:
    """The browser belongs to the person of the sidebar. Returns the page to show and a fresh cookie value."""
    found = tickets.take(services, state, purpose=SIGN_IN, cookie=cookie)
    nonce, verifier = json.loads(services.store.sealer.unseal(found["sealed"]))
    id_token = services.sign_in.exchange(code, verifier)
    caller = services.door.verify_sign_in(id_token, client_id=services.sign_in.client_id, nonce=nonce)
    if caller.sub != found["sub"]:
        raise NotAllowed("You signed in with another Google account than the one that opened the sidebar.")
    consent_state, fresh = tickets.new_secret(), tickets.new_secret()
    with services.store.write() as tx:
        account = people.account(tx, found["account_id"])
        tickets.issue(services, tx, consent_state, purpose=CONSENT, sub=caller.sub, account_id=account.id, cookie=fresh)
    urls = {market: services.oauth.consent_url(market, state=consent_state) for market in ("", "US")}
    return Named(account.name, caller.email, urls), fresh


def finish(services: Services, query: dict[str, str], *, cookie: str) -> Connected:
    """The consent behind the vendor's callback is stored and its shops are live. Single use, same browser only."""
    found = tickets.take(services, query.get("state", ""), purpose=CONSENT, cookie=cookie)
    code = read_callback(query).code
    if not code:
        raise Conflict("You did not give permission in TikTok, so nothing was connected.")
    tokens = services.oauth.exchange(code)
    opened = services.tiktok.shops(tokens.access_token)
    if not opened:
        raise Conflict("TikTok did not open any shop for this login. Choose a seller login that owns a shop.")
    return _attach(services, tokens, opened, sub=found["sub"], account_id=found["account_id"])


def _attach(services: Services, tokens: Tokens, opened: list[Shop], *, sub: str, account_id: str) -> Connected:
    now = services.clock.now()
    names: list[str] = []
    refused: list[Refused] = []
    ours: list[tuple[Shop, ShopRow | None]] = []
    with services.store.write() as tx:
        account = people.account(tx, account_id)
        member = people.membership(tx, sub, account_id, now)
        if member is None:
            raise NotAllowed("You are no longer a member of this account.")
        if not account.audience(member.role).may_do(Permission.SHOP_CONNECT):  # as it is now, not when it began
            raise NotAllowed("Your role in this account does not connect shops any more. Nothing was connected.")
        for shop in opened:
            holder = shops.shop_holding(tx, shop.shop_id)
            if holder is not None and holder.account_id != account_id and holder.state == "live":
                free_at = _claim(services, tx, holder, by=account_id, sub=sub)
                if free_at > now:
                    refused.append(Refused(shop.name, _masked_owner(tx, holder), free_at))
                    continue
            ours.append((shop, holder))
        consent = _consent_row(services, tokens, account_id)
        if ours:  # tokens that open nothing here are not kept
            shops.add_consent(tx, consent, scopes=list(tokens.granted_scopes), created_by=member.id, now=now)
        for shop, found in ours:
            holder = found
            if holder is not None and holder.account_id != account_id:
                _take_over(services, tx, holder, by=account_id, sub=sub)
                holder = None
            known = holder or shops.left_shop(tx, account_id, shop.shop_id)
            shop_id = _put_shop(services, tx, shop, consent=consent, known=known)
            services.wake.shop(tx, shop_id)
            deeds.record(tx, account_id, sub=sub, deed=CONNECTED, subject=shop.shop_id, at=now)
            names.append(shop.name)
    return Connected(account.name, tuple(names), tuple(refused))


def _masked_owner(tx: Tx, holder: ShopRow) -> str:
    owners = people.owner_addresses(tx, holder.account_id)
    return masked(owners[0]) if owners else ""


def _claim(services: Services, tx: Tx, holder: ShopRow, *, by: str, sub: str) -> datetime:
    """From when a fresh consent moves the shop to `by`. Asked for the first time, it is on record in both accounts."""
    now = services.clock.now()
    first: datetime | None = None
    past = deeds.deeds_since(
        tx, by, now - CLAIM_LIFE, deeds={CLAIMED, CONNECTED, TAKEN_OVER}, subject=holder.tiktok_shop_id
    )
    for line in past:  # what was settled meanwhile begins anew
        first = (first or line.at) if line.deed == CLAIMED else None
    if first is None:
        first = now
        _tell_both(services, tx, holder, by=by, sub=sub, deed=CLAIMED)
    return first + CLAIM_WAIT


def _tell_both(services: Services, tx: Tx, holder: ShopRow, *, by: str, sub: str, deed: str) -> None:
    """The deed is on record in both accounts; who did it, only in their own."""
    now = services.clock.now()
    for account_id, who in ((holder.account_id, ""), (by, sub)):
        deeds.record(tx, account_id, sub=who, deed=deed, subject=holder.tiktok_shop_id, at=now)


def _take_over(services: Services, tx: Tx, holder: ShopRow, *, by: str, sub: str) -> None:
    """A shop whose consent is dead, or that was asked for in time, moves with the seller's fresh consent.

    The old account keeps what its sheets show, gets nothing more, forgets the buyers as after any disconnection, and
    has it on record; no data is copied.
    """
    shops.disconnect_shop(tx, holder.id)
    erasing.erase_shop(services, tx, holder)
    _tell_both(services, tx, holder, by=by, sub=sub, deed=TAKEN_OVER)


def _consent_row(services: Services, tokens: Tokens, account_id: str) -> ConsentRow:
    return ConsentRow(
        id=services.new_id(),
        account_id=account_id,
        open_id=tokens.open_id,
        seller_name=tokens.seller_name,
        region=tokens.seller_base_region,
        tokens=shops.seal_pair(services.store.sealer, tokens.access_token, tokens.refresh_token),
        access_expires_at=tokens.access_expires_at,
        refresh_expires_at=tokens.refresh_expires_at,
        state="live",
        version=1,
        refreshing_until=None,
    )


def _put_shop(services: Services, tx: Tx, shop: Shop, *, consent: ConsentRow, known: ShopRow | None) -> str:
    if known is not None:
        shops.renew_shop(tx, known.id, consent_id=consent.id, cipher=shop.cipher, name=shop.name)
        if known.state == "disconnected":  # its buyers were forgotten: fetch the past once more
            shops.move_import(tx, known.id, services.clock.market() + timedelta(seconds=1))
        return known.id
    now, market = services.clock.now(), services.clock.market()
    row = ShopRow(
        id=services.new_id(),
        account_id=consent.account_id,
        consent_id=consent.id,
        tiktok_shop_id=shop.shop_id,
        name=shop.name,
        region=shop.region,
        cipher=shop.cipher,
        state="live",
        warehouses={},
        polled_until=market,
        next_poll_at=now,
        import_from=market - timedelta(days=services.settings.history_days),
        import_at=market + timedelta(seconds=1),
        subscribed_at=None,
        not_before=None,
        tries=0,
        trouble=None,
        connected_at=now,
    )
    shops.add_shop(tx, row, seller_type=shop.seller_type, code=shop.code)
    return row.id


def disconnect(services: Services, actor: Actor, shop_id: str, *, erase: Erase = Erase.BUYERS) -> str:
    """Nothing is fetched for the shop any more, and what `erase` says of it is gone, also from the sheets; all else in
    them stays. Returns its name.
    """
    now = services.clock.now()
    with services.store.write() as tx:
        shop = shops.shop(tx, actor.scope, shop_id)
        shops.disconnect_shop(tx, shop.id)
        erasing.erase_shop(services, tx, shop, erase)
        deeds.record(
            tx,
            actor.account_id,
            sub=actor.sub,
            deed="disconnect-shop",
            subject=shop.tiktok_shop_id,
            at=now,
            body={"erased": erase.value},
        )
    return shop.name


def shops_of(services: Services, scope: Scope) -> list[ShopRow]:
    """The shops in scope."""
    with services.store.read() as tx:
        return shops.shops_of(tx, scope)


def access(services: Services, shop: ShopRow) -> ShopAccess:
    """What it takes to ask TikTok for this shop; the token is read and renewed when it is needed."""

    def token(rejected: str) -> str:
        return access_token(services, shop.consent_id, rejected=rejected)

    return ShopAccess(shop_id=shop.id, cipher=shop.cipher, access_token=token, region=shop.region)


def access_token(services: Services, consent_id: str, *, rejected: str) -> str:
    """A live access token, never `rejected`. Renewed before it expires, by one caller at a time.

    NotConnected when the seller has to connect again; UpstreamFailed while another worker is renewing.
    """
    now = services.clock.now()
    with services.store.read() as tx:
        consent = shops.consent(tx, consent_id)
    current, refresh_token = shops.unseal_pair(services.store.sealer, consent.tokens)
    if consent.state != "live" or consent.refresh_expires_at <= now:
        _end(services, consent_id)
        raise NotConnected("TikTok's permission for this shop has ended. Connect the shop again.")
    is_usable = current != rejected and consent.access_expires_at > now
    if is_usable and consent.access_expires_at - now > RENEW_BEFORE:
        return current
    with services.store.write() as tx:
        claimed = shops.claim_refresh(tx, consent_id, version=consent.version, now=now, until=now + RENEW_CLAIM)
    if claimed:
        return _renew(services, consent, refresh_token)
    if is_usable:
        return current
    raise UpstreamFailed(
        "The shop's permission is being renewed. This takes a few seconds.", retry_after_s=RENEW_RETRY_S
    )


def _renew(services: Services, consent: ConsentRow, refresh_token: str) -> str:
    try:
        fresh = services.oauth.refresh(refresh_token)
    except NotConnected:
        _end(services, consent.id)
        raise
    except UpstreamFailed:
        with services.store.write() as tx:
            shops.release_refresh(tx, consent.id)
        raise
    with services.store.write() as tx:
        shops.store_refreshed(
            tx,
            consent.id,
            version=consent.version,
            tokens=shops.seal_pair(services.store.sealer, fresh.access_token, fresh.refresh_token),
            access_expires_at=fresh.access_expires_at,
            refresh_expires_at=fresh.refresh_expires_at,
        )
    return fresh.access_token


def _end(services: Services, consent_id: str) -> None:
    with services.store.write() as tx:
        shops.end_consent(tx, consent_id)


def masked(email: str) -> str:
    """maya@bloom.example → m***@bloom.example."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}***@{domain}"
