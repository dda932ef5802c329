"""How a role is called in a sentence, and the choice of roles in a form. Roles come in as their keys."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cards.widgets import Choice
from cards.words import Words, mark

MOST_ROLES = 40  # in one list: the seven, and all that an account has of its own

ROLE_WORDS: Mapping[str, str] = {
    "owner": mark("owner"),
    "admin": mark("admin"),
    "finance": mark("finance"),
    "warehouse": mark("warehouse"),
    "support": mark("support"),
    "accountant": mark("accountant"),
    "client": mark("client"),
}

ROLE_SENTENCES: Mapping[str, str] = {
    "owner": mark("Everything, including people and closing the account"),
    "admin": mark("Everything but owners and closing the account"),
    "finance": mark("Revenue, fees, costs and profit; no buyer data"),
    "warehouse": mark("Deadlines, items and tracking; no money"),
    "support": mark("Order details, buyer contact and cancel requests"),
    "accountant": mark("Revenue and fees; no buyer data"),
    "client": mark("A sanitised view: masked orders, no costs, no buyer data"),
}


@dataclass(frozen=True, slots=True)
class OwnRoleName:
    """A role of the account's own: how it is written down, and what it is called."""

    role_key: str
    name: str


def role_word(role: str, words: Words) -> str:
    """The role as a word inside a sentence; a role of the account's own keeps its name."""
    return words(ROLE_WORDS[role]) if role in ROLE_WORDS else role


def role_title(role: str, words: Words) -> str:
    """The role as a label that stands alone."""
    shown = role_word(role, words)
    return shown[:1].upper() + shown[1:]


def role_choices(roles: Iterable[str], chosen: str, words: Words, *, own: Iterable[OwnRoleName] = ()) -> list[Choice]:
    """The roles to choose from, each with the sentence that says what it means. `own`: the account's own among them."""
    names = {each.role_key: each.name for each in own}
    return [_choice(role, chosen, words, names=names) for role in list(roles)[:MOST_ROLES]]


def _choice(role: str, chosen: str, words: Words, *, names: Mapping[str, str]) -> Choice:
    if role in ROLE_SENTENCES:
        return Choice(role, role_title(role, words), role == chosen, words(ROLE_SENTENCES[role]))
    return Choice(role, names.get(role, role), role == chosen, words("A role of your own"))
