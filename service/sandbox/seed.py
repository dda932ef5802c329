"""The opening scene: one account with a member of every role and no shop, made as people would make it.

Everything goes through the product's own add-on addresses with signed events; nothing is written behind its back. The
names of actions and fields that this needs stand here and nowhere else in the sandbox.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.sandbox.frontend import Frontend, Reply
from service.sandbox.people import PEOPLE, Person

ACCOUNT_NAME = "Bloom & Thread"
FIRST_FILE = "Bloom & Thread orders"
OK = 200


class SeedError(Exception):
    """The product refused a step of the opening scene."""


def seed(contract: Mapping[str, Any]) -> None:
    """The account exists, everybody with a role is a member, and the owner has a first, empty spreadsheet."""
    owner, *team = [person for person in PEOPLE if person.role is not None]
    with Frontend(contract) as google:
        _press(google, owner, "open-account", form={"account_name": ACCOUNT_NAME}, once="seed-account")
        for person in team:
            form = {"email": person.email, "role": str(person.role)}
            _press(google, owner, "send-invitation", form=form, once=f"seed-{person.role}")
            _accept(google, person)
        google.create_file(owner.email, FIRST_FILE)


def _accept(google: Frontend, person: Person) -> None:
    """The person opens the sidebar, finds the invitation there and takes it."""
    reply = google.open_sidebar(person.email, None)
    found = [action for action in actions_in(reply.body) if action["function"].endswith("/accept-invitation")]
    if reply.status != OK or len(found) != 1:
        raise SeedError(f"{person.name} found {len(found)} invitations (status {reply.status}).")
    parameters = {one["key"]: one["value"] for one in found[0].get("parameters", ())}
    _check(person, "accept-invitation", google.press(person.email, found[0]["function"], parameters=parameters))


def _press(google: Frontend, person: Person, action: str, *, form: Mapping[str, str], once: str) -> None:
    inputs = {name: {"stringInputs": {"value": [value]}} for name, value in form.items()}
    url = f"{google.contract['addon']}{action}"
    _check(person, action, google.press(person.email, url, parameters={"once_key": once}, form_inputs=inputs))


def _check(person: Person, action: str, reply: Reply) -> None:
    if reply.status != OK or reply.body is None:
        raise SeedError(f"{action} by {person.name} was answered with status {reply.status}.")


def actions_in(part: Any) -> Iterator[Mapping[str, Any]]:
    """Every action of a reply, wherever it hangs."""
    if isinstance(part, Mapping):
        if isinstance(part.get("function"), str):
            yield part
        for inner in part.values():
            yield from actions_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from actions_in(inner)
