"""The record of an account as a table to take away: a line for each deed, with the seal that proves it."""

import json
from collections.abc import Mapping
from datetime import UTC, timedelta, tzinfo

from service.core import delimited
from service.core.roles import Actor
from service.core.zones import zone
from service.errors import BadInput
from service.flows import Services, manage, record
from service.flows.links import Export
from service.flows.record import Filter, Log, Told
from service.web.deed_words import DeedGroup, sentence, words_in
from service.web.words import words_for

AUDIT_LOG = "audit-log"  # the kind of its download link
HEADER = ("Line", "When", "Who", "Role", "What", "From sheet", "Deed", "To what", "Details", "Seal")
LONGEST_PERIOD_DAYS = 3_660


def wanted_of(services: Services, actor: Actor, asked: Mapping[str, str]) -> Filter:
    """The lines that a filter asks for: an address, a group of deeds, days back. BadInput for anything else."""
    subs = deeds = since = None
    if person := asked.get("person"):
        subs = frozenset(sub for sub, email in record.actors(services, actor).items() if email == person)
    if group := asked.get("group"):
        if group not in set(DeedGroup):
            raise BadInput("Choose one of the offered values.", field="group")
        deeds = words_in(DeedGroup(group))
    if period := asked.get("period"):
        if not (period.isascii() and period.isdecimal() and 0 < int(period[:6]) <= LONGEST_PERIOD_DAYS):
            raise BadInput("Choose one of the offered values.", field="period")
        since = services.clock.now() - timedelta(days=int(period))
    return Filter(subs, deeds, since)


def audit_table(services: Services, actor: Actor, subject: str) -> Export:
    """Every wanted line that is kept, newest first, in the zone of who asked. `subject`: the filter, as JSON."""
    asked = json.loads(subject)
    found = record.whole(services, actor, wanted_of(services, actor, asked))
    place = _zone(asked.get("zone", ""))
    name = manage.account(services, actor.scope).name
    rows = (_row(found, one, place) for one in found.lines)
    content = delimited.lines(HEADER, rows)
    return Export(f"{name} – record", "csv", delimited.MIMETYPE, content, rows=len(found.lines))


def _row(found: Log, one: Told, place: tzinfo) -> tuple[delimited.Value, ...]:
    line = one.line
    details = "" if line.body is None else json.dumps(line.body, ensure_ascii=False, sort_keys=True)
    told = sentence(line, words_for("en"), shops=found.shops)
    return (
        found.numbers.get(line.id),
        line.at.astimezone(place),
        one.who,
        one.role,
        told,
        one.place,
        line.deed,
        line.subject,
        details,
        line.hash,
    )


def _zone(name: str) -> tzinfo:
    try:
        return zone(name)
    except BadInput:  # Google did not say where the person is
        return UTC
