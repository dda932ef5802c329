"""Replies become the JSON of their entry point, and names become addresses there and nowhere else."""

import re
from typing import Any

import pytest

from cards.account import ConfirmSignOut, SignedOut
from cards.actions import Action, Link, Opens
from cards.connect import ConnectStart
from cards.examples import EXAMPLES
from cards.reply import Entry, FileScopeRequest, Reply, ScopesRequest, Show, entry_of, envelope
from cards.welcome import FirstRun
from cards.words import ENGLISH

BASE = "https://rows.example/deep"
VIEW = SignedOut()


def answer(reply: Any, *, entry: Entry = Entry.ACTION, spreadsheet_id: str = "") -> dict[str, Any]:
    return envelope(reply, base_url=BASE, words=ENGLISH, entry=entry, once_key="k7", spreadsheet_id=spreadsheet_id)


def steps(reply: Reply) -> list[list[str]]:
    return [list(step) for step in answer(reply)["renderActions"]["action"].get("navigations", [])]


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.PUSH, [["pushCard"]]),
        (Show.UPDATE, [["updateCard"]]),
        (Show.BACK_AND_UPDATE, [["pop"], ["updateCard"]]),
        (Show.ROOT, [["popToRoot"], ["updateCard"]]),
    ],
)
def test_change_stack_as_shown(show, expected):
    assert steps(Reply(VIEW, show)) == expected


def test_go_back_without_view():
    assert steps(Reply(show=Show.BACK)) == [["pop"]]
    assert steps(Reply(show=Show.ROOT)) == [["popToRoot"]]


def test_toast_without_card():
    assert answer(Reply(toast="Saved"))["renderActions"]["action"] == {"notification": {"text": "Saved"}}


def test_open_own_page_by_its_address():
    action = answer(Reply(link=Link("/connect/start/abc", Opens.OVERLAY)))["renderActions"]["action"]
    assert action == {"link": {"url": f"{BASE}/connect/start/abc", "openAs": "OVERLAY", "onClose": "RELOAD"}}


def test_push_card_for_trigger_whatever_was_asked():
    """Google's own calls have no stack to go back on."""
    shown = answer(Reply(VIEW, Show.ROOT, toast="Welcome"), entry=Entry.TRIGGER)
    assert list(shown) == ["action"]
    assert [list(step) for step in shown["action"]["navigations"]] == [["pushCard"]]
    assert shown["action"]["notification"] == {"text": "Welcome"}


def test_ask_for_file_only_after_press():
    assert answer(FileScopeRequest()) == {
        "renderActions": {"hostAppAction": {"editorAction": {"requestFileScopeForActiveDocument": {}}}}
    }
    with pytest.raises(ValueError, match="answer to a press"):
        answer(FileScopeRequest(), entry=Entry.TRIGGER)


@pytest.mark.parametrize("entry", Entry)
def test_ask_for_scopes_on_any_entry(entry):
    assert answer(ScopesRequest(("a", "b")), entry=entry) == {"requesting_google_scopes": {"scopes": ["a", "b"]}}


def test_refuse_reply_that_shows_nothing():
    with pytest.raises(ValueError, match="nothing to update"):
        Reply(show=Show.BACK_AND_UPDATE)
    with pytest.raises(ValueError, match="what was there"):
        Reply(VIEW, Show.BACK)
    with pytest.raises(ValueError, match="with a card"):
        answer(Reply(toast="x"), entry=Entry.TRIGGER)


def test_give_every_action_one_shape():
    assert {action for action in Action if entry_of(action) is Entry.TRIGGER} == {Action.HOME, Action.FILE_GRANTED}


def test_address_presses_links_and_pictures():
    text = str(answer(Reply(ConnectStart("/connect/start/t1", "Glow"))))
    assert f"'function': '{BASE}/addon/connect-status'" in text
    assert f"'url': '{BASE}/connect/start/t1'" in text
    assert f"'imageUrl': '{BASE}/static/logo-128.png'" in text


def presses(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [press for each in node for press in presses(each)]
    if not isinstance(node, dict):
        return []
    return [node] if "function" in node else [press for each in node.values() for press in presses(each)]


def test_carry_spreadsheet_on_every_press_once_known():
    known = presses(answer(Reply(ConfirmSignOut("a@b.example")), spreadsheet_id="1abc"))
    assert known
    for press in known:
        assert {"key": "spreadsheet_id", "value": "1abc"} in press["parameters"]
    assert not any("parameters" in press for press in presses(answer(Reply(ConfirmSignOut("a@b.example")))))


def test_number_idempotency_keys_of_one_reply():
    """A double click repeats a key; two buttons of one card do not share one."""
    reply = answer(Reply(EXAMPLES["sharing"]))
    parameters = [each for press in presses(reply) for each in press.get("parameters", ())]
    keys = [each["value"] for each in parameters if each["key"] == "once_key"]
    assert len(keys) == len(set(keys)) == 5
    assert all(re.fullmatch(r"k7-\d+", key) for key in keys)


def test_leave_view_untouched_by_addressing():
    """Addressing copies: the same view can be shown to two people."""
    view = FirstRun("maya@glowskin.example")
    assert answer(Reply(view)) == answer(Reply(view))
