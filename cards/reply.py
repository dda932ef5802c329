"""Reply: what a handler answers, and `envelope`, which makes the JSON that goes out of it.

Here, and only here, the names that presses utter become absolute addresses, every press gets the spreadsheet's id (the
host does not reliably repeat it), and the two shapes of answer are told apart: Google's own triggers take one, presses
the other.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Any

from cards.actions import TRIGGERS, Action, Link
from cards.markup import plain
from cards.pages import render
from cards.widgets import ONCE_KEY, open_link
from cards.words import Words

MAX_TOAST = 160  # characters; a toast is read in passing
SPREADSHEET_ID = "spreadsheet_id"
_ADDRESS_KEYS = frozenset({"imageUrl", "iconUrl", "url"})


class Show(StrEnum):
    """How a reply changes the stack of cards in the sidebar."""

    PUSH = "push"  # a new card on top, with a way back
    UPDATE = "update"  # instead of the top card; typed values stay where names match
    BACK = "back"  # take the top card away
    BACK_AND_UPDATE = "back-and-update"  # take it away and draw the one below anew
    ROOT = "root"  # take all but the first away; draw that one anew when there is a view


class Entry(StrEnum):
    """Who called: one of Google's triggers, or a press in a card."""

    TRIGGER = "trigger"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Reply:
    """A view and how to show it; or only a toast, only a way back, only a link to open."""

    view: object | None = None
    show: Show = Show.PUSH
    toast: str = ""
    link: Link | None = None

    def __post_init__(self) -> None:
        if self.view is None and self.show is Show.BACK_AND_UPDATE:
            raise ValueError("nothing to update with")
        if self.view is not None and self.show is Show.BACK:
            raise ValueError("going back shows what was there; use BACK_AND_UPDATE")


@dataclass(frozen=True, slots=True)
class FileScopeRequest:
    """Asks Google to ask the person for access to the open file. Only a press may be answered so."""


@dataclass(frozen=True, slots=True)
class ScopesRequest:
    """Asks Google to ask the person for scopes; Google then repeats the same call."""

    scopes: tuple[str, ...]


def entry_of(action: Action) -> Entry:
    """Which shape of answer an action gets: an address has one, always."""
    return Entry.TRIGGER if action in TRIGGERS else Entry.ACTION


def envelope(
    reply: Reply | FileScopeRequest | ScopesRequest,
    *,
    base_url: str,
    words: Words,
    entry: Entry,
    once_key: str,
    spreadsheet_id: str = "",
) -> dict[str, Any]:
    """The JSON that answers the call.

    `base_url` has no slash at its end. `once_key` is fresh per reply: presses that create something carry it, each with
    a number of its own. `spreadsheet_id` is empty as long as it is not known.
    """
    if isinstance(reply, ScopesRequest):
        return {"requesting_google_scopes": {"scopes": list(reply.scopes)}}
    if isinstance(reply, FileScopeRequest):
        if entry is Entry.TRIGGER:
            raise ValueError("Google takes the request for a file only as the answer to a press")
        return {"renderActions": {"hostAppAction": {"editorAction": {"requestFileScopeForActiveDocument": {}}}}}
    address = _Addresses(base_url=base_url, spreadsheet_id=spreadsheet_id, once_key=once_key)
    if entry is Entry.TRIGGER:
        if reply.view is None:
            raise ValueError("a trigger is answered with a card")
        shown: dict[str, Any] = {"navigations": [{"pushCard": address.resolve(render(reply.view, words))}]}
        return {"action": shown | _toast(reply)}
    return {"renderActions": {"action": _navigations(reply, address, words) | _toast(reply) | _link(reply, address)}}


def _navigations(reply: Reply, address: "_Addresses", words: Words) -> dict[str, Any]:
    steps: list[dict[str, Any]] = []
    if reply.show in {Show.BACK, Show.BACK_AND_UPDATE}:
        steps.append({"pop": True})
    if reply.show is Show.ROOT:
        steps.append({"popToRoot": True})
    if reply.view is not None:
        verb = "pushCard" if reply.show is Show.PUSH else "updateCard"
        steps.append({verb: address.resolve(render(reply.view, words))})
    return {"navigations": steps} if steps else {}


def _toast(reply: Reply) -> dict[str, Any]:
    return {"notification": {"text": plain(reply.toast, limit=MAX_TOAST)}} if reply.toast else {}


def _link(reply: Reply, address: "_Addresses") -> dict[str, Any]:
    return {"link": address.resolve(open_link(reply.link))} if reply.link else {}


class _Addresses:
    """Makes the addresses of one reply."""

    def __init__(self, *, base_url: str, spreadsheet_id: str, once_key: str) -> None:
        self._base_url = base_url
        self._spreadsheet_id = spreadsheet_id
        self._once_key = once_key
        self._numbers = count(1)

    def resolve(self, node: Any) -> Any:
        """A copy in which names are addresses, own paths are absolute and presses are complete."""
        if isinstance(node, list):
            return [self.resolve(each) for each in node]
        if not isinstance(node, dict):
            return node
        resolved = {key: self._value(key, value) for key, value in node.items()}
        return self._pressed(resolved) if "function" in node else resolved

    def _value(self, key: str, value: Any) -> Any:
        if key == "function":
            return f"{self._base_url}/addon/{Action(value)}"
        if key in _ADDRESS_KEYS and isinstance(value, str) and value.startswith("/"):
            return self._base_url + value
        return self.resolve(value)

    def _pressed(self, action: dict[str, Any]) -> dict[str, Any]:
        parameters = [self._filled(each) for each in action.get("parameters", ())]
        known = {each["key"] for each in parameters}
        if self._spreadsheet_id and SPREADSHEET_ID not in known:
            parameters.append({"key": SPREADSHEET_ID, "value": self._spreadsheet_id})
        return {**action, "parameters": parameters} if parameters else action

    def _filled(self, parameter: dict[str, str]) -> dict[str, str]:
        if parameter["key"] != ONCE_KEY:
            return parameter
        return {"key": ONCE_KEY, "value": f"{self._once_key}-{next(self._numbers)}"}
