"""What must hold for every screen in every state: goldens, hostile text, crowds, and the language of each sentence."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pytest
from card_lint import check_card, check_reply

from cards import gallery, render
from cards.actions import TRIGGERS, UNIVERSAL, Action, Press
from cards.examples import EXAMPLES
from cards.pages import PAGES
from cards.reply import Entry, Reply, envelope
from cards.words import ENGLISH, Words

GOLDENS = Path(__file__).parent.parent / "data" / "cards"
BASE = "https://rowstream-backend-europe-west2.a.run.example"
SPREADSHEET = "1QxExampleSpreadsheetId0000000000000000000044"

HOSTILE = {
    "markup": "<script>alert('x')</script><img src=x onerror=y> & \"quoted\" </b></font>",
    "entities": "&lt;b&gt; &amp;amp; &#60;script&#62;",
    "placeholders": "{0} {name} %s %(x)s {{}} ${y}",
    "long": "Quarterly replenishment of every vitamin product " * 100,
    "unbroken": "W" * 5_000,
    "right to left": "\u202eעברית \u202b العربية\u2066 abc\u202c",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 e\u0301" * 400,
    "controls": "a\x00b\x07c\u0085d\ud800e\r\nf\ng",
}
#: Fields that hold a name of something, not text for people: lengths are our own there.
NAMES = re.compile(r"(^|_)(id|key|url|query|previous|following|value|tab|switch)$")


def rebuilt(value: Any, change: Callable[[str, str], str], name: str = "") -> Any:
    """A view with every text in it changed, however deep; addresses stay."""
    if isinstance(value, Enum) or (name.endswith("url") and isinstance(value, str)):
        return value
    if isinstance(value, str):
        return change(name, value)
    if isinstance(value, Press):
        return Press(value.action, {key: change(key, text) for key, text in value.parameters.items()})
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{each.name: rebuilt(getattr(value, each.name), change, each.name) for each in fields(value)}
        )
    return tuple(rebuilt(each, change, name) for each in value) if isinstance(value, tuple) else value


def planted(view: object, text: str) -> object:
    """The view with the text in every field, also in those that were empty. Values stay apart by a number."""
    count = iter(range(100_000))
    longest = 60

    def plant(name: str, _old: str) -> str:
        return f"{next(count)}{text[:longest] if NAMES.search(name) else text}"

    return rebuilt(view, plant)


def crowded(value: Any, size: int) -> Any:
    """The view with every list of it repeated to `size`, the names in it made different."""
    if is_dataclass(value) and not isinstance(value, (type, Enum, Press)):
        return replace(value, **{each.name: crowded(getattr(value, each.name), size) for each in fields(value)})
    if isinstance(value, tuple) and value:
        grown = [crowded(value[at % len(value)], size) for at in range(size)]
        return tuple(rebuilt(each, _numbered(at), "item_id") for at, each in enumerate(grown))
    return value


def _numbered(at: int) -> Callable[[str, str], str]:
    return lambda name, text: f"{text}-{at}" if NAMES.search(name) else text


def shown(node: Any, key: str = "") -> list[str]:
    """Every text of a card that a person reads."""
    if isinstance(node, Mapping):
        return [text for name, value in node.items() for text in shown(value, name)]
    if isinstance(node, list):
        return [text for value in node for text in shown(value, key)]
    read = {"text", "title", "subtitle", "label", "topLabel", "bottomLabel", "header", "altText", "imageAltText"}
    return [node] if isinstance(node, str) and key in read | {"hintText", "bottomText"} else []


@pytest.mark.parametrize("name", EXAMPLES)
def test_draw_sound_card(name):
    check_card(render(EXAMPLES[name], ENGLISH))


@pytest.mark.parametrize("entry", Entry)
@pytest.mark.parametrize("name", EXAMPLES)
def test_envelope_sound_reply(name, entry):
    reply = envelope(
        Reply(EXAMPLES[name], toast="Saved"),
        base_url=BASE,
        words=ENGLISH,
        entry=entry,
        once_key="k",
        spreadsheet_id=SPREADSHEET,
    )
    check_reply(reply, entry=entry, base_url=BASE, spreadsheet_id=SPREADSHEET)


@pytest.mark.parametrize(("name", "card"), gallery(), ids=[name for name, _ in gallery()])
def test_draw_as_agreed(name, card):
    """The difference to the golden is read in review; UPDATE_GOLDENS=1 writes it anew."""
    golden = GOLDENS / f"{name}.json"
    drawn = json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_GOLDENS") == "1":
        golden.write_text(drawn, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == drawn


def test_keep_no_golden_without_view():
    assert {path.stem for path in GOLDENS.glob("*.json")} == set(EXAMPLES)


def test_show_every_view_in_gallery():
    assert {type(view) for view in EXAMPLES.values()} == {view.load() for view in PAGES}


def test_every_page_exists():
    """Pages stand in the table by name; a name of nothing would be found by the first to see the screen."""
    assert [page for page in PAGES.values() if not callable(page.load())] == []


def test_utter_every_action_somewhere():
    """Every word of the vocabulary is on a button of some screen, in the menu of every card, or called by Google."""
    drawn = json.dumps([card for _, card in gallery()])
    uttered = {Action(name) for name in re.findall(r'"function": "([^"]+)"', drawn)}
    assert uttered | TRIGGERS | set(UNIVERSAL) == set(Action)
    assert not uttered & TRIGGERS


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", EXAMPLES)
def test_stand_hostile_text(name, kind):
    """Foreign text in every field: the card stays valid, small, and shows it as text and nothing else."""
    card = render(planted(EXAMPLES[name], HOSTILE[kind]), ENGLISH)
    check_card(card)
    assert not [text for text in shown(card) if "<script" in text or "<img" in text or "\u202e" in text]


@pytest.mark.parametrize("name", EXAMPLES)
def test_stay_small_in_crowd(name):
    """Hundreds of everything fit: lists are cut and say so."""
    reply = envelope(
        Reply(crowded(EXAMPLES[name], 300)),
        base_url=BASE,
        words=ENGLISH,
        entry=Entry.ACTION,
        once_key="0f8fad5b-d9cb-469f",
        spreadsheet_id=SPREADSHEET,
    )
    faults = _faults_but_choice(reply)
    assert not faults


def _faults_but_choice(reply: dict[str, Any]) -> list[str]:
    """What is wrong with a crowded reply; repeating an example repeats its selected choice, which says nothing."""
    try:
        check_reply(reply, entry=Entry.ACTION, base_url=BASE)
    except AssertionError as failure:
        return [fault for fault in str(failure).splitlines() if "only one can be" not in fault]
    return []


class _Marked(NullTranslations):
    """A language in which every translated sentence is in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.mark.parametrize("name", EXAMPLES)
def test_translate_every_sentence(name):
    """Each text comes from the catalogue, from the view, or, as times and numbers do, from the reader's locale."""
    view = rebuilt(EXAMPLES[name], lambda _name, text: f"§{text}§" if text else "")
    bare = [
        text
        for text in shown(render(view, Words(_Marked(), "ja")))
        if not re.search("[⟦§]", text) and re.search("[a-zA-Z]", re.sub("<[^>]+>", "", text))
    ]
    assert not bare
