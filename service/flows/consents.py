"""Consents by which people let us write as them: which there are, and ending them.

A consent ends by its giver's press, when they sign out, leave the account or lose the right to bind sheets, or by
Google. The files it wrote are paused and say so; nothing is taken out of them. Giving one is in `consenting`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.core.roles import Actor
from service.errors import NotFound, Problem
from service.flows import Services, standing, writers
from service.google.tokens import Caller
from service.store import deeds, own_consents, people
from service.store.records import FileRow, OwnConsentRow
from service.store.session import Tx
from service.telemetry import log

ENDED = "consent-ended"
#: Google is told of a consent that ended here, again every night, for so long; then its token is forgotten anyway.
KEEP_TELLING = timedelta(days=7)
SAID_IN = 3  # files whose headings say it at once; the press has to answer


@dataclass(frozen=True, slots=True)
class Held:
    """One consent of a person, the account it is for, and the files that are written by it."""

    consent: OwnConsentRow
    account_name: str
    files: Sequence[FileRow]

    @property
    def account_id(self) -> str:
        return self.consent.account_id


def held_by(services: Services, caller: Caller) -> list[Held]:
    """The caller's consents that are in use, in whatever account."""
    with services.store.read() as tx:
        rows = own_consents.live_of(tx, caller.sub)
        names = people.accounts_by_id(tx, {row.account_id for row in rows})
        return [Held(row, names[row.account_id].name, own_consents.files_by(tx, row.id)) for row in rows]


def titles_by(services: Services, actor: Actor, sub: str) -> list[str]:
    """Titles of the account's files that are written by this person's consent."""
    with services.store.read() as tx:
        rows = own_consents.live_of(tx, sub, account_id=actor.account_id)
        return [file.title for row in rows for file in own_consents.files_by(tx, row.id)]


def behind(services: Services, file: FileRow) -> OwnConsentRow | None:
    """The consent that the file is written by, whatever became of it; None for a service account's."""
    if file.consent_id is None:
        return None
    with services.store.read() as tx:
        return own_consents.consent(tx, file.consent_id)


# --- ending ----------------------------------------------------------------------------------------------------------


def end_own(services: Services, caller: Caller, consent_id: str) -> Held:
    """The caller's consent is over, here and at Google; its files pause and say so. NotFound for anybody else's."""
    found = next((one for one in held_by(services, caller) if one.consent.id == consent_id), None)
    if found is None:
        raise NotFound("This consent has ended already.")
    end_each(services, [found.consent], by=caller.sub)
    return found


def end_all(services: Services, caller: Caller) -> None:
    """Every consent of the caller is over."""
    end_each(services, [one.consent for one in held_by(services, caller)], by=caller.sub)


def end_each(services: Services, rows: Sequence[OwnConsentRow], *, by: str) -> None:
    """These consents are over: their files pause, their headings say so while we still can, Google is told.

    `by`: whose deed it is on record; "" for nobody's.
    """
    stopped: list[tuple[OwnConsentRow, list[FileRow]]] = []
    for row in rows:
        with services.store.write() as tx:
            files = own_consents.files_by(tx, row.id)
            _end(services, tx, row, state=own_consents.REVOKED, by=by)
        stopped.append((row, [file for file in files if file.state == "live"]))
    for row, files in stopped:
        if by == row.sub:  # whoever lost the right to write here writes nothing more, not even that
            for file in files[:SAID_IN]:
                standing.say_ended(services, file, writers.identity_by(services, row))
    for row in rows:
        tell_google(services, row)


def end_left(services: Services) -> None:
    """Consents of people who are no members any more are over. For the sweep."""
    with services.store.read() as tx:
        left = own_consents.of_people_who_left(tx, services.clock.now())
    end_each(services, left, by="")


def note_end(services: Services, consent_id: str) -> None:
    """A pass found that the consent is over: refused by Google, or its giver may not bind sheets here any more."""
    with services.store.write() as tx:
        row = own_consents.consent(tx, consent_id)
        if row is None:
            return
        is_refused = writers.counts(services, tx, row)
        _end(services, tx, row, state=own_consents.DEAD if is_refused else own_consents.REVOKED, by="")
    if not is_refused:
        tell_google(services, row)


def _end(services: Services, tx: Tx, row: OwnConsentRow, *, state: str, by: str) -> None:
    now = services.clock.now()
    if not own_consents.end(tx, row.id, state=state, now=now):
        return
    own_consents.pause_files(tx, row.id, reason=ENDED, text=row.email)
    deeds.record(tx, row.account_id, sub=by, deed="end-consent", subject=row.email, at=now)


# --- Google ----------------------------------------------------------------------------------------------------------


def tell_google(services: Services, row: OwnConsentRow) -> None:
    """Google forgets the consent, as soon as it answers, and we forget its token.

    Google ends everything that a person gave us at once: while they write by another consent of ours, it is not told.
    """
    if row.sealed is None:
        return
    with services.store.read() as tx:
        is_needed = bool(own_consents.live_of(tx, row.sub))
    if not is_needed:
        try:
            services.sign_in.revoke(services.store.sealer.unseal(row.sealed))
        except Problem as problem:
            log().info("consent.revoke", problem=type(problem).__name__, detail=problem.detail)
            if row.revoked_at is None or services.clock.now() - row.revoked_at < KEEP_TELLING:
                return
    services.memory.forget_consent(row.id)
    with services.store.write() as tx:
        own_consents.forget_token(tx, row.id)


def tell_google_again(services: Services) -> None:
    """Of each consent that ended while Google did not answer. For the night."""
    with services.store.read() as tx:
        waiting = own_consents.untold(tx)
    for row in waiting:
        tell_google(services, row)
