"""The stand-in for Google's Picker: whose files it shows, and what a choice grants."""

import httpx
import pytest

from service.sandbox.identity import PICKER_KEY, create_identity
from service.sandbox.issuer import PROJECT_NUMBER, WEB_CLIENT_ID
from service.sandbox.picker import add_picker
from service.sandbox.sheets import Person
from service.sandbox.sheets.state.files import State

MAYA = "maya@bloomthread.example"
ORIGIN = "http://127.0.0.1:8081"


@pytest.fixture
def state():
    found = State(wall=lambda: 0.0)
    for owner, title in ((MAYA, "Hers"), (MAYA, "Another"), ("sam@packright.example", "Not hers")):
        found.create_spreadsheet(owner, title).granted.clear()
    return found


@pytest.fixture
def picker(identity, state):
    app = create_identity(identity)
    add_picker(app, identity, state)
    with httpx.Client(transport=httpx.WSGITransport(app), base_url="http://identity/") as client:
        yield client


@pytest.fixture
def asked(identity):
    """What a page of the product gives the Picker."""
    token = identity.bearers.issue(MAYA, scopes=["drive.file"], client_id=WEB_CLIENT_ID)
    return {"token": token, "app": PROJECT_NUMBER, "key": PICKER_KEY, "origin": ORIGIN}


def file_called(state, title):
    return next(file for file in state.files.values() if file.title == title)


def as_web(state, title):
    """Whether the web client of the project may open the file as her."""
    return state.is_granted(Person(MAYA, grants=WEB_CLIENT_ID), file_called(state, title))


def test_her_own_files_are_shown_or_those_that_were_asked_for(picker, asked, state):
    every = picker.get("picker", params=asked).text
    assert "Hers" in every
    assert "Another" in every
    assert "Not hers" not in every
    one = picker.get("picker", params={**asked, "ids": file_called(state, "Hers").file_id}).text
    assert "Another" not in one


def test_choice_grants_the_file_to_the_client_of_the_token_and_is_told_to_the_page(picker, asked, state):
    file = file_called(state, "Hers")
    answer = picker.post("picker", data={**asked, "file_id": file.file_id})
    assert file.file_id in answer.text
    assert ORIGIN in answer.text
    assert as_web(state, "Hers")
    assert not as_web(state, "Another")
    assert file.granted == set(), "the add-on was given nothing"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"token": "ya29.nobody"}, 401),
        ({"key": "another"}, 403),
        ({"app": "999"}, 403),
        ({"app": ""}, 403),
    ],
)
def test_wrong_token_key_or_project_shows_and_grants_nothing(picker, asked, state, changes, status):
    """Google grants nothing to a page that does not name the project of its client."""
    file = file_called(state, "Hers")
    assert picker.get("picker", params={**asked, **changes}).status_code == status
    assert picker.post("picker", data={**asked, **changes, "file_id": file.file_id}).status_code == status
    assert not as_web(state, "Hers")


def test_file_of_somebody_else_cannot_be_chosen(picker, asked, state):
    theirs = file_called(state, "Not hers")
    assert picker.post("picker", data={**asked, "file_id": theirs.file_id}).status_code == 404
    assert not as_web(state, "Not hers")


def test_script_is_served_where_the_product_loads_it(picker):
    answer = picker.get("picker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "PickerBuilder" in answer.text
