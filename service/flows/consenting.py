"""A person lets us write as them, where no service account may be added: three steps in one browser.

The sidebar's button (a single-use ticket), Google's consent (the same `sub` as in the sidebar, or nothing is kept),
and, where Google does not count the add-on's grant, the person's choice of the file in Google's Picker. What is kept
is the sealed refresh token; the page with the Picker gets an access token of its person's own, for that page alone.
"""

import json
from dataclasses import dataclass, field

from service.core.roles import Actor
from service.errors import Conflict, NotAllowed, UpstreamFailed
from service.flows import Services, consents, tickets, writers
from service.flows.tickets import Leaving
from service.google.consent import Given
from service.store import deeds, leases, own_consents, people, sheets
from service.store.records import OwnConsentRow
from service.store.session import Tx

BUDGET_S = 10.0
START, GIVE, PICK = "consent-start", "consent-give", "consent-pick"
#: Why a file may rest that somebody else's hand can write again.
_MENDED = frozenset({consents.ENDED, "blocked", "writer-removed", "file-gone"})


@dataclass(frozen=True, slots=True)
class Consented:
    """The consent is kept and opens the file. `is_bound`: rows are written by it already."""

    account_name: str
    email: str
    is_bound: bool


@dataclass(frozen=True, slots=True)
class Picking:
    """The consent is kept and does not open the file yet: the person chooses it in Google's Picker.

    `state` goes with the choice, `cookie` is the browser's. `is_again`: the choice was another file.
    """

    account_name: str
    email: str
    spreadsheet_id: str
    access_token: str = field(repr=False)
    state: str = field(repr=False)
    cookie: str = field(repr=False)
    is_again: bool = False


def start(services: Services, actor: Actor, spreadsheet_id: str) -> str:
    """The path of our start page with a fresh ticket for this person, account and file."""
    ticket = tickets.new_secret()
    whose = {"sub": actor.sub, "account_id": actor.account_id}
    with services.store.write() as tx:
        tickets.issue(services, tx, ticket, **whose, purpose=START, sealed=_sealed(services, spreadsheet_id))
    return f"/consent/start?ticket={ticket}"


def begin(services: Services, ticket: str) -> Leaving:
    """The ticket is used; the browser is sent to Google's consent. NotAuthentic for a spent or unknown one."""
    found = tickets.take(services, ticket, purpose=START)
    (spreadsheet_id,) = json.loads(services.store.sealer.unseal(found["sealed"]))
    state, nonce, verifier, cookie = (tickets.new_secret() for _ in range(4))
    whose = {"sub": found["sub"], "account_id": found["account_id"], "cookie": cookie}
    sealed = _sealed(services, nonce, verifier, spreadsheet_id)
    with services.store.write() as tx:
        tickets.issue(services, tx, state, **whose, purpose=GIVE, sealed=sealed)
        hint = people.address_of(tx, found["sub"])
    url = services.offline.authorize_url(state=state, nonce=nonce, verifier=verifier, login_hint=hint)
    return Leaving(url, cookie)


def finish(services: Services, *, state: str, code: str, cookie: str) -> Consented | Picking:
    """The consent is kept, and writes the file if Google opens it by it. Single use, same browser and person only."""
    found = tickets.take(services, state, purpose=GIVE, cookie=cookie)
    nonce, verifier, spreadsheet_id = json.loads(services.store.sealer.unseal(found["sealed"]))
    given = services.offline.redeem(code, verifier)
    client_id = services.offline.client.client_id
    caller = services.door.verify_sign_in(given.id_token, client_id=client_id, nonce=nonce)
    if caller.sub != found["sub"]:
        _give_back(services, given, sub=caller.sub)
        raise NotAllowed("You signed in with another Google account than the one that opened the sidebar.")
    if not given.has_files or not given.refresh_token:
        _give_back(services, given, sub=caller.sub)
        raise Conflict("You did not let Rowstream work with the file, so nothing was changed.")
    consent = _keep(services, given, found["account_id"], sub=caller.sub, email=caller.email)
    return _settle(services, consent, spreadsheet_id)


def finish_picking(services: Services, *, state: str, cookie: str) -> Consented | Picking:
    """The file that was chosen is written by the consent, if it is the one; else the person chooses again."""
    found = tickets.take(services, state, purpose=PICK, cookie=cookie)
    consent_id, spreadsheet_id = json.loads(services.store.sealer.unseal(found["sealed"]))
    with services.store.read() as tx:
        consent = own_consents.consent(tx, consent_id)
        if consent is None or not writers.counts(services, tx, consent):
            raise NotAllowed("This consent has ended. Go back to the sidebar and begin anew.")
    return _settle(services, consent, spreadsheet_id, is_again=True)


def adopt(services: Services, actor: Actor, spreadsheet_id: str) -> Consented | None:
    """The open file is written by a consent that the actor gave before, if one of theirs opens it; None without."""
    own = writers.own_admission(services, actor, spreadsheet_id, budget_s=BUDGET_S)
    if own is None or own.consent_id is None:
        return None
    with services.store.write() as tx:
        consent = own_consents.consent(tx, own.consent_id)
        if consent is None:
            return None
        is_bound = _take_over(services, tx, consent, spreadsheet_id)
        return Consented(people.account(tx, consent.account_id).name, consent.email, is_bound)


def _give_back(services: Services, given: Given, *, sub: str) -> None:
    """A consent that is not kept is ended at Google, unless the person writes for us by another."""
    with services.store.read() as tx:
        is_needed = bool(own_consents.live_of(tx, sub))
    if given.refresh_token and not is_needed:
        services.sign_in.revoke(given.refresh_token)


def _keep(services: Services, given: Given, account_id: str, *, sub: str, email: str) -> OwnConsentRow:
    """The consent is on record, in the place of earlier ones of the same person here."""
    now = services.clock.now()
    row = OwnConsentRow(
        id=services.new_id(),
        account_id=account_id,
        sub=sub,
        email=email.lower(),
        sealed=services.store.sealer.seal(given.refresh_token),
        scopes=list(given.scopes),
        state=own_consents.LIVE,
        created_at=now,
        revoked_at=None,
    )
    with services.store.write() as tx:
        earlier = own_consents.live_of(tx, sub, account_id=account_id)
        own_consents.add(tx, row)
        if is_kept := writers.counts(services, tx, row):
            for old in earlier:
                own_consents.hand_over(tx, old.id, row.id, email=row.email)
                own_consents.end(tx, old.id, state=own_consents.DEAD, now=now)
            deeds.record(tx, account_id, sub=sub, deed="give-consent", subject=row.email, at=now)
        else:
            own_consents.end(tx, row.id, state=own_consents.DEAD, now=now)
    if not is_kept:
        _give_back(services, given, sub=sub)
        raise NotAllowed("Your role in this account does not connect sheets any more. Nothing was changed.")
    return row


def _settle(
    services: Services, consent: OwnConsentRow, spreadsheet_id: str, *, is_again: bool = False
) -> Consented | Picking:
    with services.store.read() as tx:
        account_name = people.account(tx, consent.account_id).name
    if writers.can_edit(services, consent, spreadsheet_id, budget_s=BUDGET_S):
        with services.store.write() as tx:
            is_bound = _take_over(services, tx, consent, spreadsheet_id)
        return Consented(account_name, consent.email, is_bound)
    if not services.settings.google_picker_key:
        raise UpstreamFailed(
            "Google does not open this file by your consent, and choosing it is not set up here. Please tell whoever"
            " runs Rowstream for you.",
            permanent=True,
            detail="no key for Google's Picker",
        )
    return _picking(services, consent, spreadsheet_id, account_name=account_name, is_again=is_again)


def _take_over(services: Services, tx: Tx, consent: OwnConsentRow, spreadsheet_id: str) -> bool:
    """The file, if it is bound here, is written by the consent, unless somebody else already does. Whether it is."""
    file = sheets.file_unscoped(tx, spreadsheet_id)
    if file is None or file.account_id != consent.account_id:
        return False
    if file.state == "live" and file.consent_id != consent.id:
        return False
    sheets.update_file(tx, spreadsheet_id, writer_email=consent.email, consent_id=consent.id)
    if file.state != "live" and file.reason in _MENDED:
        goes_on = {"state": "live", "reason": "", "reason_text": "", "not_before": None, "tries": 0, "checked_at": None}
        sheets.update_file(tx, spreadsheet_id, **goes_on)
    deeds.record(
        tx,
        consent.account_id,
        sub=consent.sub,
        deed="write-as-me",
        subject=consent.email,
        at=services.clock.now(),
        spreadsheet_id=spreadsheet_id,
    )
    leases.unqueue_file(tx, spreadsheet_id)
    services.wake.sheet(tx, spreadsheet_id)
    return True


def _picking(
    services: Services, consent: OwnConsentRow, spreadsheet_id: str, *, account_name: str, is_again: bool
) -> Picking:
    state, cookie = tickets.new_secret(), tickets.new_secret()
    whose = {"sub": consent.sub, "account_id": consent.account_id, "cookie": cookie}
    with services.store.write() as tx:
        tickets.issue(services, tx, state, **whose, purpose=PICK, sealed=_sealed(services, consent.id, spreadsheet_id))
    token = writers.identity_by(services, consent).bearer(services.offline.client.http, timeout_s=BUDGET_S)
    return Picking(account_name, consent.email, spreadsheet_id, token, state, cookie, is_again)


def _sealed(services: Services, *told: str) -> bytes:
    """What a later step needs to know."""
    return services.store.sealer.seal(json.dumps(told))
