"""Writing as a person: offering it where our writer is kept out, what they gave, and ending it."""

from cards.consents import ConsentGiven, ConsentLine, OwnConsents, Why, WriteAsMe
from cards.reply import Reply, Show
from service.flows import bind, consenting, consents, manage
from service.flows.consents import Held
from service.web.ask import Ask
from service.web.handlers.access import day_of
from service.web.handlers.welcome import home_view, standing_anew


def write_as_me(ask: Ask) -> Reply:
    """What it means that we write as the person, and the way to their consent; or that they have given it.

    Google repeats the press when the consent's window closes.
    """
    bind.prove_editor(ask.services, ask.identity, ask.spreadsheet_id)
    given = consenting.adopt(ask.services, ask.actor, ask.spreadsheet_id)
    if given is None:
        return Reply(offer(ask))
    if given.is_bound:
        return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=ask.words("We write here as you"))
    return Reply(ConsentGiven(given.email, given.account_name, ask.may))


def offer(ask: Ask, *, is_forbidden: bool = True) -> WriteAsMe:
    """The card with a fresh start page. `is_forbidden`: it is the organisation that keeps our writer out."""
    file = ask.standing.file
    has_ended = file is not None and file.consent_id is not None
    why = Why.ENDED if has_ended else Why.CLOSED if is_forbidden else Why.NO_RIGHT
    return WriteAsMe(
        url=consenting.start(ask.services, ask.actor, ask.spreadsheet_id),
        email=ask.caller.email,
        account_name=manage.account(ask.services, ask.actor.scope).name,
        writer_name=ask.services.writers.emails[0],
        why=why,
    )


def own_consents(ask: Ask) -> Reply:
    """The person's consents, in whatever account, and what each writes."""
    return Reply(_own(ask))


def end_consent(ask: Ask) -> Reply:
    """One of them is over. `consent_id`."""
    consents.end_own(ask.services, ask.caller, ask.param("consent_id"))
    return Reply(_own(ask), Show.UPDATE, toast=ask.words("The consent has ended"))


def _own(ask: Ask) -> OwnConsents:
    return OwnConsents(ask.caller.email, tuple(_line(ask, one) for one in consents.held_by(ask.services, ask.caller)))


def _line(ask: Ask, held: Held) -> ConsentLine:
    return ConsentLine(
        consent_id=held.consent.id,
        account_name=held.account_name,
        day=day_of(ask, held.consent.created_at),
        files=tuple(file.title for file in held.files),
    )
