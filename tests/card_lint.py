"""Every card and reply, held against what the platform accepts and what the house asks for.

Three judges: Google's own protobuf classes parse each card strictly; the rules below find what those let through
(missing texts, dead addresses, unknown icons, foreign markup, too much of anything); the envelope is checked against
the shape that its entry point takes. `check_reply` is for tests that post events, `check_card` for cards before they
are addressed, where a press is still an action's name.
"""

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from google.apps.card_v1 import Card
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError

from addon_manifest.render import link_prefixes, matches
from cards.actions import Action
from cards.reply import Entry


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_BYTES = 30_000
MAX_WIDGETS = 100
MAX_SECTIONS = 100
MAX_ITEMS = 100
MAX_ROW = 3

KNOWN_ICONS = _names(
    "AIRPLANE BOOKMARK BUS CAR CLOCK CONFIRMATION_NUMBER_ICON DESCRIPTION DOLLAR EMAIL EVENT_SEAT FLIGHT_ARRIVAL"
    " FLIGHT_DEPARTURE HOTEL HOTEL_ROOM_TYPE INVITE MAP_PIN MEMBERSHIP MULTIPLE_PEOPLE PERSON PHONE RESTAURANT_ICON"
    " SHOPPING_CART STAR STORE TICKET TRAIN VIDEO_CAMERA VIDEO_PLAY"
)
WIDGETS = _names("textParagraph image decoratedText buttonList textInput selectionInput dateTimePicker divider grid")
# Fields that strip the card, exist in Chat or Studio only, or are not sure to work in a sidebar.
BANNED = _names(
    "interaction textSyntax maxLines placeholderText contentText topLabelText bottomLabelText"
    " startIconVerticalAlignment columns chipList carousel overflowMenu collapseControl platformDataSource"
    " externalDataSource hostAppDataSource dataSourceConfigs visibility eventActions expressionData displayStyle"
    " peekCardHeader requiredWidgets allWidgetsAreRequired"
)
RICH = frozenset({("textParagraph", "text"), ("decoratedText", "text")})  # fields that read markup
EXACT = frozenset({"value"})  # form and parameter values: shown or sent as they are
TAGS = frozenset({"b", "i", "u", "s", "font", "a", "time", "br"})
ENTITIES = re.compile(r"&(?!(?:amp|lt|gt|quot|#39);)")
# Capitals inside a label that are somebody's name or an abbreviation.
NAMES = _names("TikTok Rowstream Google Drive SKU Seller Center Undo")
DEFAULTS = (
    False,
    "SINGLE_LINE",
    "CHECK_BOX",
    "SWITCH",
    "SQUARE",
    "FULL_SIZE",
    "NOTHING",
    "DATE_AND_TIME",
    "SPINNER",
    "",
)


def check_card(card: Mapping[str, Any]) -> None:
    """Fails with every fault of a card whose presses are action names."""
    faults = list(card_faults(card))
    assert not faults, "\n".join(faults)


def check_reply(reply: Any, *, entry: Entry, base_url: str, spreadsheet_id: str = "") -> list[dict[str, Any]]:
    """Fails with every fault of a reply; gives the cards in it, outermost first."""
    faults = list(_envelope_faults(reply, entry, base_url))
    cards = list(_cards(reply))
    for card in cards:
        faults.extend(card_faults(card, base_url=base_url, spreadsheet_id=spreadsheet_id))
    if len(json.dumps(reply, ensure_ascii=False).encode()) > MAX_BYTES:
        faults.append("the reply is larger than 30 kB")
    assert not faults, "\n".join(faults)
    return cards


# --- the card ---


def card_faults(card: Mapping[str, Any], *, base_url: str = "", spreadsheet_id: str = "") -> Iterator[str]:
    """Every fault of a card in a sentence. Without `base_url` presses are action names and own links are paths."""
    yield from _strict_faults(card)
    yield from _frame_faults(card)
    for widget in _widgets(card):
        yield from _widget_faults(widget)
    for path, node in _walk(card):
        yield from _node_faults(path, node)
        if isinstance(node, Mapping):
            yield from _address_faults(path, node, base_url, spreadsheet_id)
    names = [node["name"] for _, node in _walk(card) if isinstance(node, Mapping) and _is_input(node)]
    yield from (f"two inputs are called {name!r}" for name in sorted({each for each in names if names.count(each) > 1}))
    filled = [text for text, style in _buttons(card) if style == "FILLED"]
    if len(filled) > 1:
        yield f"more than one filled button: {filled}"
    if len(json.dumps(card, ensure_ascii=False).encode()) > MAX_BYTES:
        yield "the card is larger than 30 kB"


def _strict_faults(card: Mapping[str, Any]) -> Iterator[str]:
    try:
        parsed = ParseDict(dict(card), Card.pb()(), ignore_unknown_fields=False)
    except ParseError as fault:
        yield f"Google's classes refuse the card: {fault}"
        return
    yield from _lost(card, MessageToDict(parsed), "card")


def _lost(sent: Any, read: Any, path: str) -> Iterator[str]:
    """What does not come back as it was sent: wrong spelling, numbers for names, values of the wrong kind."""
    if isinstance(sent, Mapping):
        for key, value in sent.items():
            if isinstance(read, Mapping) and key in read:
                yield from _lost(value, read[key], f"{path}.{key}")
            elif value not in DEFAULTS and not (value == {} and key == "divider"):
                yield f"{path}.{key} is not read back"
    elif isinstance(sent, list):
        for at, (one, other) in enumerate(zip(sent, read, strict=True)):
            yield from _lost(one, other, f"{path}[{at}]")
    elif sent != read:
        yield f"{path} is read as {read!r} instead of {sent!r}"


def _frame_faults(card: Mapping[str, Any]) -> Iterator[str]:
    if not card.get("header", {}).get("title", "").strip():
        yield "the card has no title"
    if card.get("header", {}).get("imageUrl") and not card["header"].get("imageAltText"):
        yield "the header's picture has no words"
    sections = card.get("sections", [])
    if not 1 <= len(sections) <= MAX_SECTIONS:
        yield f"the card has {len(sections)} sections"
    for at, section in enumerate(sections):
        if not section.get("widgets"):
            yield f"section {at} has no widget"
        folded = section.get("uncollapsibleWidgetsCount", 0)
        if section.get("collapsible") and not 0 < folded < len(section["widgets"]):
            yield f"section {at} folds {folded} of {len(section['widgets'])} widgets"
    count = sum(1 for _ in _widgets(card))
    if count > MAX_WIDGETS:
        yield f"the card has {count} widgets"


def _widget_faults(widget: Mapping[str, Any]) -> Iterator[str]:
    kinds = [key for key in widget if key != "horizontalAlignment"]
    if len(kinds) != 1 or kinds[0] not in WIDGETS:
        yield f"not one widget that is known to work: {kinds}"
        return
    kind, fields = kinds[0], widget[kinds[0]]
    if kind in {"textParagraph", "decoratedText"} and not fields.get("text", "").strip():
        yield f"{kind} has no text"
    if kind == "decoratedText" and sum(key in fields for key in ("button", "switchControl", "endIcon")) > 1:
        yield "decoratedText has two controls"
    if kind == "image" and not fields.get("altText"):
        yield "an image has no words"
    if kind == "buttonList" and not 1 <= len(fields.get("buttons", [])) <= MAX_ROW:
        yield f"a row of {len(fields.get('buttons', []))} buttons"
    if kind == "selectionInput" and not 1 <= len(fields.get("items", [])) <= MAX_ITEMS:
        yield f"selectionInput {fields.get('name')!r} has {len(fields.get('items', []))} items"
    if kind in {"textInput", "selectionInput", "dateTimePicker"}:
        yield from _input_faults(kind, fields)


def _input_faults(kind: str, fields: Mapping[str, Any]) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", fields.get("name", "")):
        yield f"{kind} is called {fields.get('name')!r}"
    label = fields.get("label") or fields.get("hintText") or ""
    if not label:
        yield f"{kind} {fields.get('name')!r} has no label"
    yield from _case_faults(label)
    values = [item["value"] for item in fields.get("items", [])]
    if len(values) != len(set(values)):
        yield f"two items of {fields.get('name')!r} have the same value"
    if fields.get("type") in {"DROPDOWN", "RADIO_BUTTON"}:
        chosen = sum(bool(item.get("selected")) for item in fields["items"])
        if chosen > 1:
            yield f"{chosen} items of {fields['name']!r} are selected, and only one can be"


def _node_faults(path: str, node: Any) -> Iterator[str]:
    if node is None:
        yield f"{path} is None"
    if isinstance(node, str):
        yield from _text_faults(path, node)
    if not isinstance(node, Mapping):
        return
    yield from (f"{path}.{key} must not be used" for key in node if key in BANNED)
    if "knownIcon" in node and node["knownIcon"] not in KNOWN_ICONS:
        yield f"unknown icon {node['knownIcon']}"
    if "materialIcon" in node and not re.fullmatch(r"[a-z][a-z0-9_]*", node["materialIcon"].get("name", "")):
        yield f"unknown icon {node['materialIcon']}"
    if ({"knownIcon", "materialIcon", "iconUrl"} & node.keys()) and not node.get("altText"):
        yield f"{path}: an icon has no words"
    if "onClick" in node and len(node["onClick"]) != 1:
        yield f"{path}.onClick does not do exactly one thing"
    for button in _buttons_of(node):
        yield from _button_faults(button)


def _button_faults(button: Mapping[str, Any]) -> Iterator[str]:
    label = button.get("text") or button.get("altText") or ""
    if not label:
        yield "a button says nothing"
    if not button.get("onClick"):
        yield f"the button {label!r} does nothing"
    if label.lower() in {"ok", "yes", "no"}:
        yield f"the button {label!r} does not say what it does"
    yield from _case_faults(label)


def _case_faults(label: str) -> Iterator[str]:
    if label[:1].islower() or label != label.strip() or label.endswith((".", ":")):
        yield f"{label!r} is not a label in sentence case"
    for word in re.findall(r"[^\W\d]+(?:['-][^\W\d]+)*", label)[1:]:
        if word[0].isupper() and word not in NAMES:
            yield f"{label!r} is not in sentence case: {word}"


def _text_faults(path: str, text: str) -> Iterator[str]:
    field = path.rpartition(".")[2]
    parent = path.rpartition(".")[0].rpartition(".")[2]
    if re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text):
        yield f"{path} holds control characters"
    if field in EXACT:
        return
    if (parent, field) in RICH:
        yield from _markup_faults(path, text)
    elif "<" in text or ">" in text:
        yield f"{path} holds angle brackets, which some clients read as markup: {text[:60]!r}"


class _Markup(HTMLParser):
    """Collects what is wrong with a piece of markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = {"font": {"color"}, "a": {"href"}}.get(tag, set())
        if tag not in TAGS or {key for key, _ in attrs} - allowed:
            self.faults.append(f"<{tag}> with {attrs}")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment: {data}")


def _markup_faults(path: str, text: str) -> Iterator[str]:
    parser = _Markup()
    parser.feed(text)
    parser.close()
    yield from (f"{path}: {fault}" for fault in parser.faults)
    if parser.open:
        yield f"{path}: {parser.open} is not closed"
    if ENTITIES.search(text):
        yield f"{path}: a bare ampersand"


# --- addresses ---


def _address_faults(path: str, node: Mapping[str, Any], base_url: str, spreadsheet_id: str) -> Iterator[str]:
    if "function" in node:
        yield from _action_faults(path, node, base_url, spreadsheet_id)
    for key in ("imageUrl", "iconUrl"):
        url = node.get(key, "")
        if url and not _is_own(url, base_url) and not url.startswith("https://"):
            yield f"{path}.{key} is not an address: {url}"
        if url.endswith(".svg"):
            yield f"{path}.{key} is an SVG, which cards do not show"
    if "openAs" in node or "onClose" in node:
        url = node.get("url", "")
        inside = any(matches(url, prefix) for prefix in link_prefixes(base_url or "https://rowstream.example"))
        if not (inside or (not base_url and _is_own(url, base_url))):
            yield f"{path}: the link {url!r} is outside the prefixes of the deployment"


def _is_own(url: str, base_url: str) -> bool:
    return url.startswith(f"{base_url}/") if base_url else url.startswith("/") and not url.startswith("//")


def _action_faults(path: str, node: Mapping[str, Any], base_url: str, spreadsheet_id: str) -> Iterator[str]:
    name = node["function"]
    if base_url:
        prefix = f"{base_url}/addon/"
        if not name.startswith(prefix):
            yield f"{path}: {name!r} is not an address of ours"
            return
        name = name.removeprefix(prefix)
    if name not in set(Action):
        yield f"{path}: {name!r} is not an action"
    parameters = node.get("parameters", [])
    keys = [each.get("key", "") for each in parameters]
    if any(set(each) != {"key", "value"} or not isinstance(each["value"], str) for each in parameters):
        yield f"{path}: parameters are not keys and texts: {parameters}"
    if len(keys) != len(set(keys)) or not all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in keys):
        yield f"{path}: parameters are called {keys}"
    if spreadsheet_id and "spreadsheet_id" not in keys:
        yield f"{path}: the press {name} does not carry the spreadsheet"


# --- the envelope ---


def _envelope_faults(reply: Any, entry: Entry, base_url: str) -> Iterator[str]:
    if not isinstance(reply, Mapping):
        yield "the reply is not an object"
        return
    if set(reply) == {"requesting_google_scopes"}:
        scopes = reply["requesting_google_scopes"]
        if not (scopes == {"all_scopes": True} or (set(scopes) == {"scopes"} and scopes["scopes"])):
            yield f"not a request for scopes: {scopes}"
        return
    if entry is Entry.TRIGGER:
        if set(reply) != {"action"}:
            yield f"a trigger is answered with `action`, not with {sorted(reply)}"
        yield from _action_body_faults(reply.get("action", {}), base_url, {"navigations", "notification"})
        if [list(step) for step in reply.get("action", {}).get("navigations", [])] != [["pushCard"]]:
            yield "a trigger is answered with one pushCard"
        return
    if not {"renderActions"} <= set(reply) <= {"renderActions", "stateChanged"}:
        yield f"a press is answered with `renderActions`, not with {sorted(reply)}"
        return
    yield from _render_faults(reply["renderActions"], base_url)


def _render_faults(render: Mapping[str, Any], base_url: str) -> Iterator[str]:
    if set(render) == {"hostAppAction"}:
        if render["hostAppAction"] != {"editorAction": {"requestFileScopeForActiveDocument": {}}}:
            yield f"not a request for the file: {render}"
        return
    if set(render) != {"action"}:
        yield f"renderActions holds {sorted(render)}"
    yield from _action_body_faults(render.get("action", {}), base_url, {"navigations", "notification", "link"})


def _action_body_faults(body: Mapping[str, Any], base_url: str, allowed: set[str]) -> Iterator[str]:
    if not body:
        yield "the reply does nothing"
    if set(body) - allowed:
        yield f"the action holds {sorted(set(body) - allowed)}"
    for step in body.get("navigations", []):
        (verb, value), *more = step.items()
        if more or verb not in {"pushCard", "updateCard", "pop", "popToRoot"}:
            yield f"not a step: {sorted(step)}"
        if verb in {"pop", "popToRoot"} and value is not True:
            yield f"{verb} is {value!r}"
    if "notification" in body and not body["notification"].get("text", "").strip():
        yield "an empty toast"
    if "link" in body and not any(matches(body["link"].get("url", ""), each) for each in link_prefixes(base_url)):
        yield f"the link {body['link']} is outside the prefixes of the deployment"


# --- walking ---


def _walk(node: Any, path: str = "card") -> Iterator[tuple[str, Any]]:
    yield path, node
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _walk(value, f"{path}.{key}")
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value, path)


def _widgets(card: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for section in card.get("sections", []):
        yield from section.get("widgets", [])


def _is_input(node: Mapping[str, Any]) -> bool:
    return "name" in node and ("type" in node or "controlType" in node)


def _buttons_of(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from node.get("buttons", [])
    yield from (node[key] for key in ("button", "primaryButton", "secondaryButton") if key in node)


def _buttons(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for _, node in _walk(card):
        if isinstance(node, Mapping):
            yield from ((each.get("text", ""), each.get("type", "OUTLINED")) for each in _buttons_of(node))


def _cards(node: Any) -> Iterator[dict[str, Any]]:
    for _, each in _walk(node):
        if isinstance(each, Mapping):
            yield from (each[key] for key in ("pushCard", "updateCard", "card") if isinstance(each.get(key), dict))
