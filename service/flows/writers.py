"""Who writes a file: a service account of ours, or a person who lets us write as them. The one place that decides it.

A person's consent counts only as long as they are a member who may bind sheets: whoever leaves, or loses that right,
writes no further row, whatever Google still allows.
"""

from dataclasses import dataclass

from service.core.roles import Actor, Permission
from service.errors import NotAllowed, NotFound, NotGranted
from service.flows import Services
from service.google.consent import ConsentIdentity
from service.google.identities import Identity, UserIdentity
from service.google.problems import ConsentEnded, SharingBlocked
from service.store import own_consents, people, sheets
from service.store.records import FileRow, OwnConsentRow
from service.store.session import Tx


class KeptOut(NotAllowed):
    """Nobody of ours may be let into the file. `is_forbidden`: an organisation's rules say so; else the caller may not
    share it.
    """

    def __init__(self, refused: NotAllowed) -> None:
        super().__init__(refused.template, granted_by=refused.granted_by, values=refused.values, detail=refused.detail)
        self.is_forbidden = isinstance(refused, SharingBlocked)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who may write the file from now on: their address, and the consent they do it by, None for a service account."""

    email: str
    consent_id: str | None = None


def writer_of(services: Services, file: FileRow) -> Identity | None:
    """Who writes this file; None when our writer has left the pool, or the consent is over."""
    if file.consent_id is None:
        return services.writers.by_email(file.writer_email)
    with services.store.read() as tx:
        consent = own_consents.consent(tx, file.consent_id)
        if consent is None or not counts(services, tx, consent):
            return None
    return identity_by(services, consent)


def need_writer(services: Services, file: FileRow) -> Identity:
    """The same; ConsentEnded or NotGranted when there is nobody."""
    found = writer_of(services, file)
    if found is not None:
        return found
    if file.consent_id is not None:
        raise ConsentEnded(file.writer_email, detail="consent over, or its giver may not bind sheets here")
    raise NotGranted("The account that writes into this spreadsheet is gone.", detail=file.writer_email)


def counts(services: Services, tx: Tx, consent: OwnConsentRow) -> bool:
    """Whether the consent is in use and its giver may still bind sheets in its account."""
    if consent.state != own_consents.LIVE or consent.sealed is None:
        return False
    role = own_consents.giver_role(tx, consent, services.clock.now())
    return role is not None and people.account(tx, consent.account_id).audience(role).may_do(Permission.SHEET_BIND)


def identity_by(services: Services, consent: OwnConsentRow) -> ConsentIdentity:
    """The person behind a consent whose token is kept."""
    sealed = consent.sealed
    if sealed is None:
        raise ConsentEnded(consent.email, detail="no token kept")
    return services.memory.consent(
        consent.id,
        lambda: services.offline.identity(
            sub=consent.sub, email=consent.email, refresh_token=services.store.sealer.unseal(sealed)
        ),
    )


# --- letting a writer in ---------------------------------------------------------------------------------------------


def keep_or_admit(
    services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, *, budget_s: float
) -> Admitted:
    """Somebody may write the file: the person whose consent it is written by, or whom `admit` finds."""
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
    if file is not None and file.consent_id is not None and writer_of(services, file) is not None:
        return Admitted(file.writer_email, file.consent_id)
    return admit(services, actor, identity, spreadsheet_id, budget_s=budget_s)


def admit(
    services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, *, budget_s: float
) -> Admitted:
    """A service account of ours is an editor of the file by the caller's right to share it; where that cannot be, the
    caller's own consent, if there is one that opens this file. KeptOut otherwise.
    """
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, spreadsheet_id)
        load = sheets.writer_load(tx)
    known = file.writer_email if file is not None and file.consent_id is None else ""
    email = known if services.writers.by_email(known) else services.writers.pick(load).email
    try:
        services.google.drive.add_writer(identity, spreadsheet_id, email, budget_s=budget_s)
    except NotAllowed as refused:
        own = own_admission(services, actor, spreadsheet_id, budget_s=budget_s)
        if own is None:
            raise KeptOut(refused) from refused
        return own
    return Admitted(email)


def own_admission(services: Services, actor: Actor, spreadsheet_id: str, *, budget_s: float) -> Admitted | None:
    """The actor's own consent in this account, if it is one by which the file can be edited."""
    with services.store.read() as tx:
        consents = own_consents.live_of(tx, actor.sub, account_id=actor.account_id)
    for consent in consents:
        if can_edit(services, consent, spreadsheet_id, budget_s=budget_s):
            return Admitted(consent.email, consent.id)
    return None


def can_edit(services: Services, consent: OwnConsentRow, spreadsheet_id: str, *, budget_s: float) -> bool:
    """Whether Google lets us edit the file by this consent: the person may, and opened it with us."""
    try:
        facts = services.google.drive.file(identity_by(services, consent), spreadsheet_id, budget_s=budget_s)
    except (NotFound, NotGranted, ConsentEnded):
        return False
    return facts.can_edit and not facts.trashed
