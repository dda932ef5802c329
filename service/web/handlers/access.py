"""The fields of `cards.access`: what can be given, what was typed, and what was wrong with it.

A last day is the person's own: access ends at the midnight that follows it where they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from cards.access import Access
from cards.widgets import Choice
from service.core.zones import zone
from service.errors import BadInput, Problem
from service.flows import members
from service.flows.members import Givable
from service.web.ask import Ask
from service.web.handlers.lines import own_role_names
from service.web.handlers.welcome import said

_ERRORS = {"role": "role_error", "shops": "shops_error", "until": "until_error"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was chosen. `shop_ids`: None for every shop."""

    role: str
    shop_ids: Sequence[str] | None
    expires_at: datetime | None


def typed(ask: Ask) -> Typed:
    """The form's values. Which of them can be given is for the flow to say."""
    shop_ids = list(dict.fromkeys(ask.event.form.get("shops", ())))
    day = ask.event.dates.get("until")
    return Typed(ask.text("role"), shop_ids or None, None if day is None else _end_of(day, zone_of(ask)))


def access_of(
    ask: Ask,
    given: Typed,
    *,
    problem: Problem | None = None,
    fits: Callable[[str], bool] = lambda _role: True,
) -> Access:
    """The fields with these values chosen, and the hint where `problem` names one of them."""
    may = members.givable(ask.services, ask.actor)
    roles = {role: name for role, name in may.roles.items() if fits(role)}
    field = problem.field if isinstance(problem, BadInput) else ""
    errors = {_ERRORS[field]: said(ask, problem)} if problem is not None and field in _ERRORS else {}
    return Access(
        roles=tuple(roles),
        role=given.role,
        own_roles=own_role_names(roles),
        shops=_shops(may, given.shop_ids),
        until_ms=_ms(last_day(ask, given.expires_at)),
        no_later_than=_day(ask, may.no_later_than),
        **errors,
    )


def is_of_access(problem: Problem) -> bool:
    """Whether the hint belongs to one of these fields."""
    return isinstance(problem, BadInput) and problem.field in _ERRORS


def last_day(ask: Ask, expires_at: datetime | None) -> date | None:
    """The last day of access as the reader's calendar has it."""
    return None if expires_at is None else (expires_at - timedelta(seconds=1)).astimezone(zone_of(ask)).date()


def day_of(ask: Ask, at: datetime) -> str:
    """The day of an instant as the reader's calendar has it."""
    return ask.words.day(at.astimezone(zone_of(ask)).date())


def _day(ask: Ask, expires_at: datetime | None) -> str:
    day = last_day(ask, expires_at)
    return "" if day is None else ask.words.day(day)


def _shops(may: Givable, chosen: Sequence[str] | None) -> tuple[Choice, ...]:
    """Nothing to choose where there is one shop."""
    known: Mapping[str, str] = may.shops
    if len(known) < 2:
        return ()
    return tuple(Choice(shop_id, name, shop_id in (chosen or ())) for shop_id, name in known.items())


def zone_of(ask: Ask) -> tzinfo:
    """Where the reader is, as Google says; UTC where it does not."""
    try:
        return zone(ask.event.time_zone)
    except BadInput:  # Google did not say where the person is
        return UTC


def _end_of(day: date, where: tzinfo) -> datetime:
    if day == date.max:
        raise BadInput("Choose an earlier day.", field="until")
    return datetime.combine(day + timedelta(days=1), time(), where).astimezone(UTC)


def _ms(day: date | None) -> int | None:
    """Midnight UTC of the day in milliseconds, as the picker wants it."""
    return None if day is None else int(datetime.combine(day, time(), UTC).timestamp() * 1000)
