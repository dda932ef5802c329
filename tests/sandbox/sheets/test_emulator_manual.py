"""What the page says is true: every gap is named, every address is listed, and nothing else is missing."""

import json
from html import unescape
from importlib.resources import files

import pytest

from service.sandbox.page import create_page
from service.sandbox.sheets import MANUAL, NOT_IMITATED
from service.sandbox.sheets.faults import KEYS
from service.sandbox.sheets.hands import DEEDS
from service.sandbox.sheets.manual import FUNCTIONS, GAPS
from service.sandbox.sheets.requests.batch import KINDS

DOCUMENTS = files("googleapiclient") / "discovery_cache" / "documents"
SHEETS = json.loads((DOCUMENTS / "sheets.v4.json").read_text("utf-8"))
DRIVE = json.loads((DOCUMENTS / "drive.v3.json").read_text("utf-8"))
REQUESTS = set(SHEETS["schemas"]["Request"]["properties"])
MISSING_REQUESTS = sorted(kind for gap in GAPS for kind in gap.requests)


def methods(resource):
    """Name (without the service's) and description of every method."""
    for spec in resource.get("methods", {}).values():
        yield spec["id"].partition(".")[2], spec
    for child in resource.get("resources", {}).values():
        yield from methods(child)


def is_said_to_be_missing(name):
    return [gap for gap in GAPS if any(name == one or (one[-1] == "." and name.startswith(one)) for one in gap.methods)]


def test_every_kind_of_request_is_imitated_or_said_to_be_missing():
    assert sorted(REQUESTS - set(KINDS)) == MISSING_REQUESTS
    assert set(KINDS) <= REQUESTS


@pytest.mark.parametrize("kind", MISSING_REQUESTS)
def test_a_missing_request_says_so(api, kind):
    book = api.new(rows=2, columns=2)
    told = api.batch(book, {kind: {}})
    assert told["message"] == f"Invalid requests[0].{kind}: this kind of request is not imitated by the sandbox."


def test_every_method_of_sheets_is_imitated(emulator):
    assert {name for name, _ in methods(SHEETS)} == set(emulator.sheets_app.handlers)


def test_every_method_of_drive_is_imitated_or_said_to_be_missing(emulator):
    for name, _ in methods(DRIVE):
        is_imitated = name in emulator.drive_app.handlers
        assert is_imitated is not bool(is_said_to_be_missing(name)), name


@pytest.mark.parametrize(("name", "spec"), [pair for pair in methods(DRIVE) if is_said_to_be_missing(pair[0])])
def test_a_missing_method_says_so(api, name, spec):
    path = "/" + spec["path"].replace("{", "").replace("}", "")
    asked = {parameter: "x" for parameter, one in spec.get("parameters", {}).items() if one.get("required")}
    query = {
        parameter: value for parameter, value in asked.items() if spec["parameters"][parameter]["location"] == "query"
    }
    told = api.file(spec["httpMethod"], path, params=query)
    assert (told["code"], told["message"]) == (400, f"{name} is not imitated by the sandbox.")


def test_the_page_lists_each_gap_once_in_a_sentence():
    assert len(set(NOT_IMITATED)) == len(GAPS)
    assert all(sentence.endswith(".") for sentence in NOT_IMITATED)


def test_the_page_shows_gaps_faults_deeds_and_functions():
    addresses = dict.fromkeys(("preview", "tiktok_control", "sheets_control", "identity"), "http://127.0.0.1/")
    page = create_page(lambda: addresses | {"people": []}).test_client().get("/").get_data(as_text=True)
    shown = unescape(page)
    for phrase in (*NOT_IMITATED, *MANUAL.values(), *KEYS.values(), *DEEDS, *FUNCTIONS):
        assert phrase in shown


def test_every_address_of_the_control_door_is_explained(emulator):
    told = {
        f"{verb} {rule.rule[1:]}"
        for rule in emulator.control_app.url_map.iter_rules()
        for verb in rule.methods - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/static")
    }
    assert told == set(MANUAL)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_listed_is_known(api, name):
    """It may want other arguments, but it never asks who that is."""
    book = api.new(rows=3, columns=3)
    for arguments in ("", "1", "1,1", "1,1,1", "B1:B3,1"):
        api.write(book, "A1", [[f"={name}({arguments})"]], mode="USER_ENTERED")
        assert api.values(book, "A1") != [["#NAME?"]]
