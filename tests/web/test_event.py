"""The add-on's event as it really arrives: numbers as floats, parts left out, old copies beside new."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import BadInput
from service.web.event import MAX_BYTES, MAX_DEPTH, parse

EVENTS = Path(__file__).parents[1] / "data" / "events"
FILE = "1QxExampleSpreadsheetId000"


def event(name):
    return parse((EVENTS / f"{name}.json").read_bytes())


def made(**parts):
    return parse(json.dumps(parts).encode())


def with_form(**inputs):
    return made(commonEventObject={"formInputs": inputs})


def test_homepage_without_grant_names_no_file():
    found = event("homepage_ungranted")
    assert (found.spreadsheet_id, found.has_file_grant, found.locale) == ("", False, "en-GB")
    assert found.time_zone == "Europe/London"
    assert found.scopes is not None
    assert len(found.scopes) == 2
    assert (found.user_token, found.user_id_token, found.system_token) == (
        "ya29.short",
        "e30.e30.user",
        "e30.e30.system",
    )


def test_granted_file_is_named_and_unlisted_scopes_are_unknown():
    found = event("file_granted")
    assert (found.spreadsheet_id, found.title, found.has_file_grant) == (FILE, "Budget 2027", True)
    assert found.scopes is None


def test_press_without_host_object_keeps_its_file():
    """Field reports say that presses may come without `sheets`: the id travels in the parameters."""
    found = event("button_without_host_object")
    assert found.spreadsheet_id == FILE
    assert found.has_file_grant is None
    assert found.parameters == {"spreadsheet_id": FILE, "job": "42", "op": "run_now"}
    assert found.platform == "ANDROID", "Google's own schema misspells it"


def test_every_kind_of_input_is_read():
    found = event("form_submitted")
    assert found.form == {
        "title": ("Weekly load",),
        "mode": ("append",),
        "columns": ("date", "spend", "clicks"),
        "emptied": (),
        "notify": ("on",),
    }
    assert found.dates == {"start": date(2027, 1, 1)}
    assert found.times == {"at": time(6, 30)}
    assert found.moments == {"until": datetime(2027, 1, 31, 22, 0, tzinfo=UTC)}


def test_numbers_as_floats_and_the_old_empty_level_are_read_the_same():
    floats, plain = event("form_printed_as_floats"), event("form_submitted")
    assert floats.dates == plain.dates
    assert floats.moments == plain.moments
    assert floats.form["title"] == plain.form["title"]
    assert floats.times == {"at": time(6, 0)}, "a zero is left out"


def test_deprecated_copies_at_the_top_do_not_count():
    found = event("legacy_duplicates")
    assert (found.spreadsheet_id, found.locale, found.time_zone) == (FILE, "en-GB", "")
    assert found.form == {"title": ("Weekly load",)}
    assert found.parameters["step"] == "2"


def test_parameter_decides_before_the_event_which_file_is_meant():
    found = made(
        commonEventObject={"parameters": {"spreadsheet_id": "1Parameter"}}, sheets={"id": "1Event", "title": "x"}
    )
    assert found.spreadsheet_id == "1Parameter"


@pytest.mark.parametrize("wrong", ["../../etc", "a b", "", "x" * 200, "1\n2", 7, None, ["a"], {"a": 1}])
def test_what_is_no_file_id_is_no_file(wrong):
    """The id becomes part of an address, so it must look like one of Google's."""
    assert made(commonEventObject={"parameters": {"spreadsheet_id": wrong}}, sheets={"id": wrong}).spreadsheet_id in {
        "",
        "7",
    }


@pytest.mark.parametrize("value", [True, None, [], "text", 1.5])
@pytest.mark.parametrize("part", ["commonEventObject", "authorizationEventObject", "sheets"])
def test_part_of_a_wrong_type_counts_as_absent(part, value):
    assert made(**{part: value}) == made()


@pytest.mark.parametrize(
    "wrapper",
    [
        None,
        7,
        [],
        {},
        {"stringInputs": None},
        {"stringInputs": {"value": {"a": 1}}},
        {"dateInput": {"msSinceEpoch": "soon"}},
        {"dateInput": {"msSinceEpoch": 1e300}},
        {"dateInput": {"msSinceEpoch": True}},
        {"timeInput": {"hours": 24, "minutes": 0}},
        {"timeInput": {"hours": "x"}},
        {"timeInput": []},
    ],
)
def test_input_of_a_wrong_shape_counts_as_absent(wrapper):
    found = with_form(field=wrapper)
    assert (found.form, found.dates, found.moments, found.times) == ({}, {}, {}, {})


def test_text_loses_what_no_database_takes():
    """NUL and half characters would fail far from here, in the database or in the answer."""
    found = with_form(name={"stringInputs": {"value": ["a\0b", "\ud800x", 7, "ü"]}})
    assert found.form == {"name": ("ab", "?x", "ü")}


def test_token_that_was_tampered_with_is_not_mended():
    assert made(authorizationEventObject={"userIdToken": "e30.ü", "userOAuthToken": 7}).user_id_token is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b"{",
        b'{"a": 1,}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"sheets": {}, "sheets": {"id": "1A"}}',
        b'{"sheets": {"id": "1A", "id": "1B"}}',
        b'{"a": "\xff"}',
        '{"a": 1}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": ' * 20_000,
        b'{"a": ' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH,
        b"[" * 50_000 + b"]" * 50_000,
        b'{"a": "' + b"x" * MAX_BYTES + b'"}',
    ],
)
def test_what_is_no_event_is_bad_input(raw):
    """Not JSON, not UTF-8, said twice, too deep, too large: refused without a trace of what it was."""
    with pytest.raises(BadInput) as refused:
        parse(raw)
    assert len(refused.value.detail) < 60


#: Keys that mean something here, so that nonsense lands in the right places.
KEYS = (
    *("commonEventObject", "sheets", "formInputs", "parameters", "stringInputs", "value", "dateInput", "timeInput"),
    *("msSinceEpoch", "hours", "id", "title", "timeZone", "authorizedScopes", ""),
)

TREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(TREE)
def test_any_json_is_read_or_refused(tree):
    """Whatever JSON comes: an event of the right types, or BadInput. Nothing else is ever raised."""
    raw = json.dumps(tree).encode()
    try:
        found = parse(raw)
    except BadInput:
        return
    assert all(isinstance(value, str) for value in found.parameters.values())
    assert all(isinstance(text, str) for values in found.form.values() for text in values)
    assert found.has_file_grant in {None, True, False}
    assert isinstance(found.title + found.locale + found.spreadsheet_id, str)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw):
    try:
        parse(raw)
    except BadInput:
        return
