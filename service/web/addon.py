"""The one add-on route: proves the caller, finds the action, checks the permission, and answers with a card.

In this order, always: read, prove, look up who they are here, check, do. A handler is reached only through here, and
nothing is changed before both tokens are proved. HTTP lives here; what an action does lives in `handlers`.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from cards.actions import ONCE, TRIGGERS, Action, Press
from cards.reply import FileScopeRequest, Reply, ScopesRequest, Show, entry_of, envelope
from cards.welcome import Stranger
from cards.widgets import ONCE_KEY
from service.core.roles import Permission
from service.errors import NotAllowed, NotGranted
from service.flows import Services, manage, noting, press
from service.google.tokens import Caller
from service.telemetry import ACTIONS, log
from service.web import event as events
from service.web.ask import Answer, Ask
from service.web.entries import HOMES, OWN, Registry, may
from service.web.event import AddonEvent
from service.web.limits import Limits, TooFast, retry_after
from service.web.problems import Case, name_of, new_reference, note, row_of
from service.web.words import words_for

PATH_SHOWN = 80  # characters of an address from outside that a log line holds


@dataclass(slots=True)
class Pressed:
    """What is known of the request so far, for answering a problem that comes up on the way."""

    action: Action
    case: Case
    caller: Caller
    event: AddonEvent
    started_s: float
    once_key: str = ""  # set while a taken key would have to be given back


def create_addon(services: Services, registry: Registry, limits: Limits) -> Blueprint:
    """The route `POST /addon/<action>`."""
    addon = Blueprint("addon", __name__)

    @addon.post("/addon/<name>")
    def act(name: str) -> Response:
        pressed = _prove(services, name)
        g.pressed = pressed
        limits.presses.take(pressed.caller.sub)
        return _respond(services, pressed, _act(services, registry, pressed))

    @addon.errorhandler(Exception)
    def explain(problem: Exception) -> Response:
        if isinstance(problem, HTTPException):
            return Response(status=problem.code)
        pressed: Pressed | None = g.get("pressed")
        return _refuse(limits, problem) if pressed is None else _explain(services, pressed, problem)

    return addon


# --- who calls ---


def _prove(services: Services, name: str) -> Pressed:
    """The press, once Google's call and the person are proved. 404 for a name that is no action, but not before."""
    started_s = time.perf_counter()
    event = events.parse(request.get_data(cache=False))
    caller = services.door.verify(
        path=f"/addon/{name}",
        authorization=request.headers.get("Authorization"),
        system_token_in_body=event.system_token,
        user_id_token=event.user_id_token,
        user_oauth_token=event.user_token,
        authorized_scopes=event.scopes,
    )
    if name not in set(Action):
        abort(HTTPStatus.NOT_FOUND)
    action = Action(name)
    case = Case(new_reference(), words_for(event.locale), entry_of(action), again=_again(action, event))
    return Pressed(action, case, caller, event, started_s)


def _again(action: Action, event: AddonEvent) -> Press | None:
    """The press that repeats this one; None when what was typed would be lost, for it stands on the card below."""
    if action in TRIGGERS:
        return Press(Action.RETURN_HOME)
    if event.form or event.dates or event.moments or event.times:
        return None
    return Press(action, {key: value for key, value in event.parameters.items() if key != ONCE_KEY})


# --- what they may and get ---


def _act(services: Services, registry: Registry, pressed: Pressed) -> Answer:
    """The permission is checked and the handler has answered."""
    action, event = pressed.action, pressed.event
    standing = manage.standing(services, pressed.caller, event.spreadsheet_id)
    allowed = may(registry, standing.actor)
    pressed.case = replace(pressed.case, role=standing.actor.audience.name if standing.actor else "", may=allowed)
    ask = Ask(
        services=services,
        caller=pressed.caller,
        standing=standing,
        event=event,
        base_url=services.settings.base_url,
        action=action,
        words=pressed.case.words,
        may=allowed,
        may_of=partial(may, registry),
    )
    if _is_stranger(ask):
        return Reply(Stranger(), Show.ROOT)
    entry = registry[action]
    with _refusals_on_record(ask):
        if entry.permission is not Permission.SIGNED_IN:
            manage.require(standing.actor, entry.permission)
        if action in ONCE and not _take_once(services, pressed, ask):
            return _already_done(registry, ask)
        reply = entry.handler(ask)
    if ask.outcome.is_undone or isinstance(reply, FileScopeRequest | ScopesRequest):
        _give_back(services, pressed)
    pressed.once_key = ""  # from here on it is done, even if the answer cannot be drawn
    return reply


@contextmanager
def _refusals_on_record(ask: Ask) -> Iterator[None]:
    """A member who presses what they may not is refused, and the account's owners can read of it."""
    try:
        yield
    except NotAllowed:
        if ask.standing.actor is not None:
            noting.refused(ask.services, ask.standing.actor, ask.action, spreadsheet_id=ask.spreadsheet_id)
        raise


def _is_stranger(ask: Ask) -> bool:
    """Whether the file is somebody else's and the action is not one of the person's own."""
    if ask.standing.actor is not None or ask.standing.file is None or ask.action in OWN:
        return False
    return not (ask.action in HOMES and ask.standing.invitations)


def _take_once(services: Services, pressed: Pressed, ask: Ask) -> bool:
    key = ask.param(ONCE_KEY)
    if not press.take_once(services, pressed.caller, action=pressed.action, key=key):
        return False
    pressed.once_key = key
    return True


def _give_back(services: Services, pressed: Pressed) -> None:
    if pressed.once_key:
        press.give_back_once(services, pressed.caller, action=pressed.action, key=pressed.once_key)


def _already_done(registry: Registry, ask: Ask) -> Answer:
    """A second press with the same key: how things stand now, and nothing is done again."""
    reply = registry[Action.RETURN_HOME].handler(ask)
    return replace(reply, toast=ask.words("Already done")) if isinstance(reply, Reply) else reply


# --- the answer ---


def _respond(services: Services, pressed: Pressed, reply: Answer) -> Response:
    answer = _drawn(services, pressed, reply)
    _count(pressed, "asked" if isinstance(reply, FileScopeRequest | ScopesRequest) else "done")
    return answer


def _drawn(services: Services, pressed: Pressed, reply: Answer) -> Response:
    body = envelope(
        reply,
        base_url=services.settings.base_url,
        words=pressed.case.words,
        entry=pressed.case.entry,
        once_key=services.new_id(),
        spreadsheet_id=pressed.event.spreadsheet_id,
    )
    return _json(body)


def _json(body: dict[str, Any]) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, content_type="application/json; charset=utf-8")


def _explain(services: Services, pressed: Pressed, problem: Exception) -> Response:
    """The problem as the sidebar shows it. A press that failed may be repeated with its key."""
    with suppress(SQLAlchemyError):  # the database may be the very thing that failed
        _give_back(services, pressed)
    note(problem, reference=pressed.case.reference, event="action.problem", action=pressed.action)
    _count(pressed, name_of(problem))
    show = row_of(problem).show
    if show is None:
        return Response(status=row_of(problem).status)
    return _drawn(services, pressed, show(problem, pressed.case))


def _refuse(limits: Limits, problem: Exception) -> Response:
    """A request that was not proved gets no card: a bare status, or Google is asked for the person's address."""
    if isinstance(problem, NotGranted):
        note(problem, reference="", event="action.refused", path=request.path[:PATH_SHOWN])
        return _json({"requesting_google_scopes": {"scopes": list(problem.scopes)}})
    try:
        limits.count_try()
    except TooFast as fast:  # not even a line in the log, which would fill up
        return Response(status=row_of(fast).status, headers=retry_after(fast))
    note(problem, reference="", event="action.refused", path=request.path[:PATH_SHOWN])
    return Response(status=row_of(problem).status)


def _count(pressed: Pressed, outcome: str) -> None:
    ACTIONS.labels(pressed.action, outcome).inc()
    ms = round((time.perf_counter() - pressed.started_s) * 1000)
    log().info("action", action=pressed.action, outcome=outcome, ms=ms, spreadsheet_id=pressed.event.spreadsheet_id)
