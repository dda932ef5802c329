"""The judge of cards must find what it promises to find: each case breaks a sound card in one way."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from card_lint import card_faults, check_card, check_reply

from cards.reply import Entry

BASE = "https://rows.example"


def sound_card() -> dict[str, Any]:
    return {
        "header": {"title": "A card"},
        "sections": [
            {
                "widgets": [
                    {
                        "decoratedText": {
                            "text": "<b>A &amp; B</b>",
                            "startIcon": {"knownIcon": "CLOCK", "altText": "Time"},
                        }
                    },
                    {"textInput": {"name": "note", "label": "Note", "type": "SINGLE_LINE"}},
                    {
                        "buttonList": {
                            "buttons": [
                                {
                                    "text": "Save note",
                                    "type": "FILLED",
                                    "onClick": {"action": {"function": "save-note"}},
                                }
                            ]
                        }
                    },
                ]
            }
        ],
    }


def widgets(card: dict[str, Any]) -> list[dict[str, Any]]:
    return card["sections"][0]["widgets"]


def first_button(card: dict[str, Any]) -> dict[str, Any]:
    return widgets(card)[2]["buttonList"]["buttons"][0]


def press(card: dict[str, Any]) -> dict[str, Any]:
    return first_button(card)["onClick"]["action"]


def field(card: dict[str, Any]) -> dict[str, Any]:
    return widgets(card)[1]["textInput"]


def text(card: dict[str, Any], value: object) -> None:
    widgets(card)[0]["decoratedText"]["text"] = value


BREAKS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "misspelt key": (lambda c: first_button(c).update(txt="x"), "refuse the card"),
    "snake case": (lambda c: c["header"].update(image_url="/logo.png"), "is not read back"),
    "enum as number": (lambda c: first_button(c).update(type=2), "instead of 2"),
    "null": (lambda c: c.update(name=None), "is None"),
    "no title": (lambda c: c["header"].update(title=" "), "no title"),
    "no sections": (lambda c: c.update(sections=[]), "0 sections"),
    "empty section": (lambda c: c["sections"].append({"widgets": []}), "has no widget"),
    "two widgets in one": (lambda c: widgets(c)[0].update(divider={}), "not one widget"),
    "risky widget": (lambda c: widgets(c).append({"chipList": {"chips": []}}), "not one widget"),
    "no text": (lambda c: text(c, ""), "has no text"),
    "foreign tag": (lambda c: text(c, "<script>x</script>"), "<script>"),
    "foreign attribute": (lambda c: text(c, '<a href="https://x" onclick="y">z</a>'), "onclick"),
    "open tag": (lambda c: text(c, "<b>x"), "not closed"),
    "bare ampersand": (lambda c: text(c, "A & B"), "bare ampersand"),
    "angle in a plain field": (lambda c: c["header"].update(title="a<b"), "angle brackets"),
    "override mark": (lambda c: text(c, "abc\u202edef"), "control characters"),
    "unknown icon": (lambda c: widgets(c)[0]["decoratedText"]["startIcon"].update(knownIcon="UNICORN"), "unknown icon"),
    "icon without words": (lambda c: widgets(c)[0]["decoratedText"]["startIcon"].pop("altText"), "no words"),
    "input without label": (lambda c: field(c).pop("label"), "no label"),
    "input without name": (lambda c: field(c).update(name=""), "is called"),
    "same input twice": (lambda c: widgets(c).append(copy.deepcopy(widgets(c)[1])), "two inputs"),
    "label in title case": (lambda c: field(c).update(label="Your Note"), "sentence case"),
    "button in title case": (lambda c: first_button(c).update(text="Save Note"), "sentence case"),
    "button that only agrees": (lambda c: first_button(c).update(text="OK"), "does not say"),
    "silent button": (lambda c: first_button(c).pop("text"), "says nothing"),
    "dead button": (lambda c: first_button(c).pop("onClick"), "does nothing"),
    "two filled": (lambda c: widgets(c).append(copy.deepcopy(widgets(c)[2])), "more than one filled"),
    "four in a row": (lambda c: widgets(c)[2]["buttonList"].update(buttons=[first_button(c)] * 4), "row of 4"),
    "unknown action": (lambda c: press(c).update(function="launch-rocket"), "not an action"),
    "parameter of a number": (lambda c: press(c).update(parameters=[{"key": "a", "value": 1}]), "refuse the card"),
    "parameter twice": (lambda c: press(c).update(parameters=[{"key": "a", "value": "1"}] * 2), "are called"),
    "interaction": (lambda c: press(c).update(interaction="OPEN_DIALOG"), "must not be used"),
    "foreign link": (
        lambda c: first_button(c).update(onClick={"openLink": {"url": "https://evil.example/", "openAs": "OVERLAY"}}),
        "outside the prefixes",
    ),
    "plain http picture": (lambda c: c["header"].update(imageUrl="http://x/y.png", imageAltText="x"), "not an address"),
    "picture without words": (lambda c: c["header"].update(imageUrl="/static/logo-128.png"), "no words"),
    "vector picture": (lambda c: c["header"].update(imageUrl="/logo.svg", imageAltText="x"), "SVG"),
    "too many widgets": (lambda c: widgets(c).extend([{"divider": {}}] * 100), "103 widgets"),
    "too large": (lambda c: text(c, "x" * 30_000), "30 kB"),
    "two chosen of one": (
        lambda c: widgets(c).append(
            {
                "selectionInput": {
                    "name": "role",
                    "label": "Role",
                    "type": "RADIO_BUTTON",
                    "items": [{"text": t, "value": t, "selected": True} for t in "ab"],
                }
            }
        ),
        "only one can be",
    ),
}


def test_accept_sound_card():
    check_card(sound_card())


@pytest.mark.parametrize("name", BREAKS)
def test_find_broken_card(name):
    spoil, reason = BREAKS[name]
    card = sound_card()
    spoil(card)
    assert any(reason in fault for fault in card_faults(card)), list(card_faults(card))


def addressed_card() -> dict[str, Any]:
    card = sound_card()
    press(card)["function"] = f"{BASE}/addon/save-note"
    return card


def as_press(**body: object) -> dict[str, Any]:
    return {"renderActions": {"action": body}}


GOOD_REPLIES = {
    "trigger": (Entry.TRIGGER, {"action": {"navigations": [{"pushCard": addressed_card()}]}}),
    "update": (Entry.ACTION, as_press(navigations=[{"pop": True}, {"updateCard": addressed_card()}])),
    "toast": (Entry.ACTION, as_press(notification={"text": "Saved"})),
    "file": (
        Entry.ACTION,
        {"renderActions": {"hostAppAction": {"editorAction": {"requestFileScopeForActiveDocument": {}}}}},
    ),
    "scopes": (Entry.TRIGGER, {"requesting_google_scopes": {"scopes": ["https://www.googleapis.com/auth/drive.file"]}}),
}

BAD_REPLIES = {
    "bare card": (Entry.ACTION, addressed_card()),
    "press shape to a trigger": (Entry.TRIGGER, as_press(navigations=[{"pushCard": addressed_card()}])),
    "trigger shape to a press": (Entry.ACTION, {"action": {"navigations": [{"pushCard": addressed_card()}]}}),
    "update by a trigger": (Entry.TRIGGER, {"action": {"navigations": [{"updateCard": addressed_card()}]}}),
    "nothing": (Entry.ACTION, as_press()),
    "pop spelt as in the prose": (Entry.ACTION, as_press(navigations=[{"popCard": True}])),
    "pop false": (Entry.ACTION, as_press(navigations=[{"pop": False}])),
    "empty toast": (Entry.ACTION, as_press(notification={"text": ""})),
    "foreign link": (Entry.ACTION, as_press(link={"url": "https://evil.example/", "openAs": "OVERLAY"})),
    "action name left in": (Entry.ACTION, as_press(navigations=[{"pushCard": sound_card()}])),
    "no scopes": (Entry.ACTION, {"requesting_google_scopes": {"scopes": []}}),
}


@pytest.mark.parametrize("name", GOOD_REPLIES)
def test_accept_reply_in_its_shape(name):
    entry, reply = GOOD_REPLIES[name]
    check_reply(reply, entry=entry, base_url=BASE)


@pytest.mark.parametrize("name", BAD_REPLIES)
def test_refuse_reply_in_another_shape(name):
    entry, reply = BAD_REPLIES[name]
    with pytest.raises(AssertionError):
        check_reply(reply, entry=entry, base_url=BASE)


def test_ask_for_spreadsheet_on_every_press():
    reply = {"action": {"navigations": [{"pushCard": addressed_card()}]}}
    with pytest.raises(AssertionError, match="does not carry the spreadsheet"):
        check_reply(reply, entry=Entry.TRIGGER, base_url=BASE, spreadsheet_id="1abc")
