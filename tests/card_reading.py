"""Reading a card as a person does: what can be pressed, what is filled in, what it says."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Click:
    """Something in a card that can be pressed."""

    label: str
    action: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


def clicks(card: Mapping[str, Any]) -> list[Click]:
    """Everything in the card that can be pressed, in reading order; a switch is pressed by its action."""
    return list(_clicks(card))


def _clicks(node: Any) -> Iterator[Click]:
    if isinstance(node, list):
        for each in node:
            yield from _clicks(each)
    if not isinstance(node, Mapping):
        return
    if "onClick" in node:
        yield _click(plain(node.get("text") or node.get("altText") or ""), node["onClick"])
    if "onChangeAction" in node:
        yield _click("", {"action": node["onChangeAction"]})
    for key, value in node.items():
        if key not in {"onClick", "onChangeAction"}:
            yield from _clicks(value)


def _click(label: str, target: Mapping[str, Any]) -> Click:
    if "openLink" in target:
        return Click(label, url=target["openLink"]["url"])
    action = target["action"]
    parameters = {each["key"]: each["value"] for each in action.get("parameters", [])}
    return Click(label, action["function"].rpartition("/")[2], parameters)


def filled(card: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The form as Google sends it: every input with a value, what was typed over what the card prefilled."""
    shown = {name: value for name, value in prefilled(card) if value is not None}
    unknown = set(typed) - {name for name, _ in prefilled(card)}
    assert not unknown, f"the card has no field {sorted(unknown)}"
    values = {**shown, **typed}
    return {name: wrapped(value) for name, value in values.items() if value is not None and value is not False}


def prefilled(node: Any) -> Iterator[tuple[str, Any]]:
    """Every input of the card with the value it was drawn with, None without one."""
    if isinstance(node, list):
        for each in node:
            yield from prefilled(each)
    if not isinstance(node, Mapping):
        return
    for kind, fields in node.items():
        if kind == "textInput":
            yield fields["name"], fields.get("value")
        elif kind == "selectionInput":
            yield fields["name"], [item["value"] for item in fields["items"] if item.get("selected")] or None
        elif kind == "switchControl":
            yield fields["name"], True if fields.get("selected") else None
        elif kind == "dateTimePicker":
            at = fields.get("valueMsEpoch")
            yield fields["name"], None if at is None else {"dateInput": {"msSinceEpoch": at}}
        else:
            yield from prefilled(fields)


def wrapped(value: Any) -> dict[str, Any]:
    """A form value in the wrapper of its kind."""
    if isinstance(value, Mapping):
        return dict(value)
    texts = ["on"] if value is True else [value] if isinstance(value, str) else list(value)
    return {"stringInputs": {"value": texts}}


_SHOWN = frozenset({"title", "subtitle", "header", "text", "topLabel", "bottomLabel", "label", "hintText", "value"})


def texts_of(node: Any) -> Iterator[str]:
    """Texts that a person sees, presses and their parameters left out."""
    if isinstance(node, list):
        for each in node:
            yield from texts_of(each)
    if not isinstance(node, Mapping):
        return
    for key, value in node.items():
        if key in _SHOWN and isinstance(value, str):
            yield value
        elif key == "items":
            yield from (item.get("text", "") for item in value)
        elif key not in {"onClick", "switchControl"}:
            yield from texts_of(value)


def plain(text: str) -> str:
    """The text without markup."""
    return html.unescape(re.sub(r"<[^>]+>", " ", text.replace("<br>", "\n"))).strip()
