"""The record of the account: its lines, the filter, the download, the proof, and how long it is kept."""

import json
from datetime import UTC, datetime, timedelta

from cards.actions import Action, Link
from cards.audit_log import KEPT_LIMIT, AuditLog, FaultKind, LogFault, LogLine, RecordProof
from cards.reply import Reply, Show
from cards.widgets import Choice
from cards.words import mark
from service.errors import BadInput
from service.flows import links, manage, record
from service.flows.record import Log, Told, Verdict
from service.web.ask import TEXT_LIMIT, Ask
from service.web.audit_table import AUDIT_LOG, wanted_of
from service.web.deed_words import GROUP_WORDS, sentence
from service.web.handlers.access import zone_of
from service.web.handlers.welcome import said

NEWEST = "newest"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: Days that a period goes back → what it is called.
_PERIODS = {
    "1": mark("The last 24 hours"),
    "7": mark("The last 7 days"),
    "30": mark("The last 30 days"),
    "90": mark("The last 90 days"),
    "365": mark("The last year"),
}
_KEEPS = {
    None: mark("For good"),
    1095: mark("For three years"),
    365: mark("For one year"),
    90: mark("For 90 days"),
}
_FOREVER = "always"


def audit_log(ask: Ask) -> Reply:
    """The newest lines."""
    return Reply(_view(ask, {}, ""))


def filter_log(ask: Ask) -> Reply:
    """The lines that are asked for, a page of them. Form or parameters: `person`, `group`, `period`; `page`."""
    page = ask.event.parameters.get("page", "")
    return Reply(_view(ask, _in_force(ask) if page else _typed(ask), page), Show.UPDATE)


def export_log(ask: Ask) -> Reply:
    """The lines of the filter in force as a file: a link that works once is opened."""
    asked = _in_force(ask)
    wanted_of(ask.services, ask.actor, asked)
    subject = json.dumps({**asked, "zone": ask.event.time_zone})
    url = links.issue(ask.services, ask.actor, kind=AUDIT_LOG, subject=subject, spreadsheet_id=ask.spreadsheet_id)
    return Reply(link=Link(url), toast=ask.words("Your download begins in a new tab"))


def _typed(ask: Ask) -> dict[str, str]:
    """The filter that was chosen just now, without what was left open."""
    chosen = {"person": ask.text("person"), "group": ask.text("group"), "period": ask.text("period")}
    return {name: value for name, value in chosen.items() if value}


def _in_force(ask: Ask) -> dict[str, str]:
    """The filter that the pressed button carries on."""
    given = ask.event.parameters
    parameters = {name: given.get(name, "")[:TEXT_LIMIT] for name in ("person", "group", "period")}
    return {name: value for name, value in parameters.items() if value}


def verify_log(ask: Ask) -> Reply:
    """The whole record is looked through; with a line that was kept, up to that. Form: `kept`; `again`."""
    show = Show.UPDATE if ask.event.parameters.get("again") else Show.PUSH
    typed, error, kept = ask.text("kept", limit=KEPT_LIMIT), "", None
    try:
        kept = record.kept_seal(typed)
    except BadInput as problem:
        error = said(ask, problem)
    return Reply(_proof(ask, record.verify(ask.services, ask.actor.account_id, kept=kept), typed, error), show)


def keep_log(ask: Ask) -> Reply:
    """The record is kept so long from now on. Form: `days`."""
    chosen = ask.choice("days", [_day_value(days) for days in _KEEPS])
    record.keep(ask.services, ask.actor, None if chosen == _FOREVER else int(chosen))
    return Reply(_view(ask, {}, ""), Show.UPDATE, toast=ask.words("Saved"))


# --- views -----------------------------------------------------------------------------------------------------------


def _view(ask: Ask, asked: dict[str, str], page: str) -> AuditLog:
    is_newest = page in {"", NEWEST}
    wanted = wanted_of(ask.services, ask.actor, asked)
    found = record.page(ask.services, ask.actor, wanted, before=None if is_newest else _place(page))
    days = record.days_kept(ask.services, ask.actor)
    may_keep = Action.KEEP_LOG in ask.may
    keeps = (Choice(_day_value(each), ask.words(name), each == days) for each, name in _KEEPS.items())
    return AuditLog(
        account_name=manage.account(ask.services, ask.actor.scope).name,
        lines=tuple(_line(ask, found, one) for one in found.lines),
        people=_people(ask, asked.get("person", "")),
        groups=_choices(ask, {group.value: name for group, name in GROUP_WORDS.items()}, asked.get("group", "")),
        periods=_choices(ask, _PERIODS, asked.get("period", "")),
        asked=asked or None,
        older=_page(found.lines[-1]) if found.is_more else "",
        is_newest=is_newest,
        keeps=tuple(keeps) if may_keep else (),
        kept="" if may_keep else ask.words("Kept: {time}", time=ask.words(_KEEPS[days])) if days in _KEEPS else "",
        may=ask.may,
    )


def _line(ask: Ask, found: Log, one: Told) -> LogLine:
    told = sentence(one.line, ask.words, shops=found.shops)
    return LogLine(
        told=told,
        at=ask.words.moment(one.line.at, zone_of(ask)),
        who=one.who or (ask.words("Another account") if _is_foreign(one) else ""),
        role=one.role,
        place="" if one.place in told else one.place,
    )


def _is_foreign(one: Told) -> bool:
    """Whether nobody of this account did it, and not the service either."""
    return not one.line.sub and one.line.deed in {"claim-shop", "take-over-shop"}


def _people(ask: Ask, chosen: str) -> tuple[Choice, ...]:
    addresses = dict.fromkeys(record.actors(ask.services, ask.actor).values())
    return _choices(ask, {each: each for each in addresses}, chosen)


def _choices(ask: Ask, named: dict[str, str], chosen: str) -> tuple[Choice, ...]:
    everything = Choice("", ask.words("All"), chosen not in named)
    return (everything, *(Choice(value, ask.words(name), value == chosen) for value, name in named.items()))


def _day_value(days: int | None) -> str:
    return _FOREVER if days is None else str(days)


def _page(last: Told) -> str:
    return f"{(last.line.at - _EPOCH) // _MICROSECOND}.{last.line.id}"


def _place(page: str) -> tuple[datetime, int]:
    """The line after which a page begins. BadInput for what no button of ours carries."""
    parts = page.split(".")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 17 for part in parts):
        raise BadInput("This button is out of date. Go home and try again.", detail="page of the record")
    return _EPOCH + int(parts[0]) * _MICROSECOND, int(parts[1])


def _proof(ask: Ask, verdict: Verdict, typed: str, error: str) -> RecordProof:
    since = "" if verdict.since is None else ask.words.day(verdict.since.astimezone(zone_of(ask)).date())
    return RecordProof(
        account_name=manage.account(ask.services, ask.actor.scope).name,
        count=verdict.count,
        since=since,
        newest=f"{verdict.number}:{verdict.seal}" if verdict.is_whole and verdict.number else "",
        faults=tuple(LogFault(FaultKind(one.fault), one.number) for one in verdict.faults),
        typed=typed,
        error=error,
    )
