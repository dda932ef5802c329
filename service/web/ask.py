"""Ask: everything a handler may know of one press. Made by the add-on route, after both tokens were proved."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from cards.actions import Action
from cards.reply import FileScopeRequest, Reply, ScopesRequest
from cards.words import Words
from service.core.roles import Actor
from service.errors import BadInput, NotFound, TooMuch
from service.flows import Services
from service.flows.manage import Standing
from service.flows.press import UserIdentity, identity_of
from service.google.tokens import Caller
from service.web.event import AddonEvent

Answer = Reply | FileScopeRequest | ScopesRequest
Given = TypeVar("Given", bound=Answer)
TEXT_LIMIT = 500  # characters of a form value, where a handler names no other


@dataclass(slots=True)
class Outcome:
    """What became of the press. `is_undone`: nothing was done, so the same press may be repeated with its key."""

    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One press by one proved person. `may` are the actions that this person may press here, `may_of` anybody's."""

    services: Services
    caller: Caller
    standing: Standing
    event: AddonEvent
    base_url: str
    action: Action
    words: Words
    may: frozenset[Action]
    may_of: Callable[[Actor | None], frozenset[Action]]
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def actor(self) -> Actor:
        """The member acting. NotFound for a person without membership here; the route lets none through."""
        if self.standing.actor is None:
            raise NotFound("There is nothing here for your Google account.")
        return self.standing.actor

    @property
    def identity(self) -> UserIdentity:
        """The caller's own Google identity. NotGranted when the token or the scope for files is missing."""
        return identity_of(self.caller)

    @property
    def spreadsheet_id(self) -> str:
        """The open spreadsheet, "" when Google does not say which. User input: flows prove it before they act."""
        return self.event.spreadsheet_id

    def param(self, name: str) -> str:
        """A parameter of the press. BadInput when it is missing: every button of ours carries its own."""
        value = self.event.parameters.get(name, "")
        if not value:
            raise BadInput("This button is out of date. Go home and try again.", detail=f"no parameter {name}")
        return value

    def text(self, name: str, *, limit: int = TEXT_LIMIT) -> str:
        """What was typed into a field, trimmed; "" when nothing was. TooMuch beyond `limit` characters."""
        value = next(iter(self.event.form.get(name, ())), "").strip()
        if len(value) > limit:
            raise TooMuch("Use at most {limit} characters.", values={"limit": str(limit)}, detail=f"field {name}")
        return value

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """The chosen value of a list. BadInput when nothing or something else was chosen."""
        value = next(iter(self.event.form.get(name, ())), "")
        if value not in allowed:
            raise BadInput("Choose one of the offered values.", field=name)
        return value

    def choices(self, name: str, allowed: Collection[str]) -> tuple[str, ...]:
        """The chosen values of a list that takes several, each once. BadInput when one is not offered."""
        values = tuple(dict.fromkeys(self.event.form.get(name, ())))
        if not set(values) <= set(allowed):
            raise BadInput("Choose only offered values.", field=name)
        return values

    def flag(self, name: str) -> bool:
        """Whether a switch is on: an off one is simply not among the values."""
        return bool(self.event.form.get(name))

    def nothing_done(self, reply: Given) -> Given:
        """The same reply; the press did nothing but ask on, so pressing it again later must count."""
        self.outcome.is_undone = True
        return reply


Handler = Callable[[Ask], Answer]
