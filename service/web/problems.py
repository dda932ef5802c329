"""One table: what each kind of Problem becomes in the sidebar, as a bare status or page, and in the log.

The row is found by the problem's own type or its nearest parent, so the kinds that other rooms derive need none of
their own. `Exception` is the row of everything that is no Problem: a bug. Its sentence says nothing about the cause.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cards.actions import Action, Press
from cards.problem import NotPermitted, ProblemView
from cards.reply import Entry, FileScopeRequest, Reply, ScopesRequest
from cards.welcome import AllowFile
from cards.words import ENGLISH, Words, mark
from service import errors
from service.core.roles import Permission, who_can_grant
from service.telemetry import log

#: Without characters that are taken for one another when read out.
REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 6

Answer = Reply | FileScopeRequest | ScopesRequest
Level = Literal["info", "warning", "error"]

#: What a person is told about a bug, and about our own database being away.
BUG = mark("Something went wrong on our side. Try again; if it happens again, send us the reference below.")
RESTING = mark("Rowstream is not available for a moment. Nothing is lost. Try again in a minute.")
STILL_WORKS = mark(
    "What is in your sheets stays, and new orders are written by themselves as soon as this works again."
)


@dataclass(frozen=True, slots=True)
class Case:
    """Where a problem happened. `again` repeats the press, when that can be done without typing again."""

    reference: str
    words: Words = ENGLISH
    entry: Entry = Entry.ACTION
    role: str = ""
    again: Press | None = None
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """One kind: the sidebar's answer (None = no card, the bare status), the status elsewhere, the log's level."""

    show: Callable[[Any, Case], Answer] | None
    status: HTTPStatus
    level: Level


def new_reference() -> str:
    """A fresh support reference, such as RS-7F3K2Q: short enough to be read out, and in the log beside the cause."""
    return "RS-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(REFERENCE_LENGTH))


def row_of(problem: Exception) -> Row:
    """The row of the problem's type or of its nearest parent that has one."""
    return next(TABLE[kind] for kind in type(problem).__mro__ if kind in TABLE)


def name_of(problem: Exception) -> str:
    """What the problem is called in the log and in counters: its type, or `bug`."""
    return type(problem).__name__ if row_of(problem) is not TABLE[Exception] else "bug"


def sentence_of(problem: Exception, words: Words = ENGLISH) -> str:
    """What the person is told."""
    if isinstance(problem, errors.Problem):
        return words(problem.template, **problem.values)
    return words(RESTING if row_of(problem).status is HTTPStatus.SERVICE_UNAVAILABLE else BUG)


def note(problem: Exception, *, reference: str, event: str, **fields: str) -> None:
    """The problem is in the log under its reference: type and detail of a Problem, type and places of a bug."""
    why = {"detail": problem.detail} if isinstance(problem, errors.Problem) else {"exc_info": problem}
    say = getattr(log(), row_of(problem).level)
    say(event, reference=reference, problem=name_of(problem), **why, **fields)


# --- the sidebar's answers ---


def _tell(problem: Exception, case: Case) -> Reply:
    """What happened, and the way home."""
    return Reply(ProblemView(sentence_of(problem, case.words), case.reference))


def _tell_and_repeat(problem: Exception, case: Case) -> Reply:
    """The same, with the press once more."""
    return Reply(ProblemView(sentence_of(problem, case.words), case.reference, fix=case.again))


def _not_allowed(problem: errors.NotAllowed, case: Case) -> Reply:
    """Which role it takes and who can give it; a refusal that is not about an action of the person is only told."""
    if problem.needed not in set(Permission) or not case.role:
        return _tell(problem, case)
    needed = tuple(role.value for role in who_can_grant(Permission(problem.needed)))
    return Reply(NotPermitted(sentence_of(problem, case.words), case.reference, role=case.role, needed=needed))


def _not_connected(problem: errors.NotConnected, case: Case) -> Reply:
    """The way to the connect screen, for those who may go there."""
    known = {"shop_id": problem.shop_id} if problem.shop_id else {}
    fix = Press(Action.CONNECT_SHOP, known) if Action.CONNECT_SHOP in case.may else None
    view = ProblemView(
        sentence_of(problem, case.words), case.reference, works=case.words(STILL_WORKS) if fix is None else "", fix=fix
    )
    return Reply(view)


def _not_granted(problem: errors.NotGranted, case: Case) -> Answer:
    """Google is asked to ask the person. A trigger may not be answered with the request for a file: a card asks."""
    if problem.scopes:
        return ScopesRequest(problem.scopes)
    return Reply(AllowFile()) if case.entry is Entry.TRIGGER else FileScopeRequest()


def _upstream(problem: errors.UpstreamFailed, case: Case) -> Reply:
    """What still works; the press once more, unless repeating cannot help."""
    view = ProblemView(
        sentence_of(problem, case.words),
        case.reference,
        works=case.words(STILL_WORKS),
        fix=None if problem.permanent else case.again,
    )
    return Reply(view)


#: Kind → sidebar, status of a webhook or page, level in the log.
TABLE: Mapping[type[BaseException], Row] = {
    errors.NotAuthentic: Row(None, HTTPStatus.UNAUTHORIZED, "warning"),
    errors.NotAllowed: Row(_not_allowed, HTTPStatus.FORBIDDEN, "info"),
    errors.NotFound: Row(_tell, HTTPStatus.NOT_FOUND, "info"),
    errors.NotConnected: Row(_not_connected, HTTPStatus.OK, "info"),
    errors.NotGranted: Row(_not_granted, HTTPStatus.FORBIDDEN, "info"),
    errors.BadInput: Row(_tell, HTTPStatus.BAD_REQUEST, "info"),
    errors.Conflict: Row(_tell_and_repeat, HTTPStatus.CONFLICT, "info"),
    errors.TooMuch: Row(_tell, HTTPStatus.TOO_MANY_REQUESTS, "info"),
    errors.UpstreamFailed: Row(_upstream, HTTPStatus.BAD_GATEWAY, "warning"),
    # Our own database is away: no bug, and whoever sent something should send it again.
    OperationalError: Row(_tell_and_repeat, HTTPStatus.SERVICE_UNAVAILABLE, "error"),
    InterfaceError: Row(_tell_and_repeat, HTTPStatus.SERVICE_UNAVAILABLE, "error"),
    PoolTimeoutError: Row(_tell_and_repeat, HTTPStatus.SERVICE_UNAVAILABLE, "error"),
    Exception: Row(_tell_and_repeat, HTTPStatus.INTERNAL_SERVER_ERROR, "error"),
}
