"""Anything at all, by anybody, at every door: never a 500, no trace of the inside, nothing changed by a refusal."""

import json
import shutil
from dataclasses import dataclass

import pytest
from house.canary_stage import on_stage
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from team import ROLES
from web.doors import FIELD, PARAMETER, REFUSED, addresses, names, open_yard

from cards.actions import Action
from service.flows import connect, links
from service.tiktok.webhook import EVENTS, signature
from service.web.entries import OWN

WHO = (*ROLES, "stranger")
BUG = "Something went wrong on our side"


def calm(examples):
    """One yard serves all examples: each is undone before the next. A failure tells its press; to make it smaller would
    take minutes."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=(Phase.generate,),
    )


@pytest.fixture(scope="module")
def yard(tmp_path_factory, migrated_sqlite, world_keys, spreadsheets):
    folder = tmp_path_factory.mktemp("yard")
    database = folder / "rowstream.db"
    shutil.copy(migrated_sqlite.removeprefix("sqlite:///"), database)
    with on_stage(folder, f"sqlite:///{database}", keys=world_keys, spreadsheets=spreadsheets) as stage:
        found = open_yard(stage)
        yield found
        found.vault.engine.dispose()


# --- what is sent ---


@dataclass(frozen=True)
class Known:
    """An id of the yard: the one of this number among those that a parameter of this name may carry."""

    name: str
    number: int


ODD = st.sampled_from(
    ["", " ", "\0", "a\0b", "=1+1", "<b>x</b>", "{shop}", "%s%n", "../../etc/passwd", "' OR 1=1 --", "\ud800",
     "🛒" * 40, "9" * 400, "-1", "1e309", "NaN", "null", "x" * 19_000, "preset:", "preset:nothing", "\u202eabc", "²"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PARAMETERS, FIELDS = names(PARAMETER), names(FIELD)


def known(name):
    return st.builds(Known, st.just(name), st.integers(0, 8))


def values(name):
    """Mostly what means something somewhere, else anything."""
    return known(name) | known(name) | ODD | JSON


WORDS = st.sampled_from(
    ["owner", "warehouse", "client", "new", "AWAITING_SHIPMENT", "today", "overdue", "red", "all", "30", "on",
     "guest@gmail.com", "maya@bloomthread.example", "order_id", "profit", "recipient", "00000000", "577412936450128731"]
)  # fmt: skip
TYPED = st.one_of(
    st.builds(
        lambda value: {"stringInputs": {"value": value}}, st.lists(WORDS | ODD | st.text(max_size=20), max_size=4)
    ),
    st.builds(lambda word: {"stringInputs": {"value": [word]}}, WORDS),
    st.builds(
        lambda number: {"dateInput": {"msSinceEpoch": number}},
        st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ODD,
    ),
    st.builds(lambda number: {"dateTimeInput": {"msSinceEpoch": number, "hasDate": True}}, st.integers()),
    JSON,
)
PRESS = st.fixed_dictionaries({}, optional={name: values(name) for name in (*PARAMETERS, "once_key", "spreadsheet_id")})
FORM = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, TYPED))


def resolved(yard, press):
    """The press with ids in place of their names."""
    return {key: one_of(yard, value) if isinstance(value, Known) else value for key, value in press.items()}


def one_of(yard, wanted):
    found = yard.ids.get(wanted.name, ["zz"])
    return found[wanted.number % len(found)]


def test_handlers_read_what_is_fuzzed():
    """The names come from the handlers' own text: were the pattern to miss them, nothing would be tried."""
    assert {"binding_id", "draft_id", "member_id", "order_key", "report_id", "page"} <= set(PARAMETERS)
    assert {"account_name", "email", "role", "columns", "note", "audience"} <= set(FIELDS)


# --- the add-on's route ---


@pytest.mark.parametrize("action", list(Action))
@calm(3)
@given(press=PRESS, form=FORM)
def test_any_press_of_anybody_is_answered_and_a_refused_one_changes_nothing(yard, action, press, form):
    for role in WHO:
        event = yard.event(role, action, resolved(yard, press), form)
        body = json.dumps(event).encode()
        status, text, outcome = yard.send(action, body, event["authorizationEventObject"]["systemIdToken"])
        said = f"{role} {action}: {status} {outcome}"
        assert status == 200, said
        assert isinstance(json.loads(text), dict), said
        assert outcome not in {"", "bug"}, said
        assert BUG not in text, said
        assert "Traceback" not in text, said
        assert yard.hunt(text) == [], said
        is_foreign = role == "stranger" and action not in OWN
        yard.settle(is_refused=outcome in REFUSED or is_foreign, said=said)


BROKEN = {
    "a key stands twice": lambda text: text.replace("{", '{"sheets": {}, "sheets": {"id": "1A"}, ', 1),
    "a key stands twice far inside": lambda text: text.replace('"WEB"', '"WEB", "hostApp": "DRIVE"'),
    "cut off": lambda text: text[:-1],
    "goes on": lambda text: text + "}",
    "NaN": lambda text: text.replace('"WEB"', "NaN"),
    "a pit of brackets": lambda text: text.replace('"WEB"', "[" * 60_000 + "]" * 60_000),
    "too deep": lambda text: text.replace('"WEB"', '{"a":' * 40 + "1" + "}" * 40),
    "too large": lambda text: text.replace('"WEB"', '"' + "x" * 300_000 + '"'),
    "a number of many digits": lambda text: text.replace('"WEB"', "9" * 10_000),
    "another encoding": lambda text: text.encode("utf-16"),
    "no encoding": lambda text: text.encode().replace(b"WEB", b"\xff\xfe"),
    "half a character": lambda text: text.encode().replace(b"WEB", b"\xed\xa0\x80"),
    "a mark of the byte order": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "a list": lambda text: f"[{text}]",
    "nothing": lambda _text: "",
}


@pytest.mark.parametrize("mangle", BROKEN.values(), ids=BROKEN)
def test_genuine_tokens_in_a_broken_body_are_refused_at_every_action(yard, mangle):
    """Two readers must not be able to read two things, and no body may cost more than its size."""
    for action in Action:
        event = yard.event("owner", action, {"once_key": "k"}, {})
        mangled = mangle(json.dumps(event))
        body = mangled if isinstance(mangled, bytes) else mangled.encode()
        answer = yard.send(action, body, event["authorizationEventObject"]["systemIdToken"])
        assert answer in {(400, "", ""), (413, "", "")}, action
    yard.settle(is_refused=True, said="a broken body")


def places(node, path=()):
    """Every place of a JSON value, as the way to it."""
    yield path
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield from places(value, (*path, key))


def replaced(node, path, value):
    """A copy with `value` at this place."""
    if not path:
        return value
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = replaced(copy[path[0]], path[1:], value)
    return copy


WRONG = [None, True, -1, 1e300, 10**30, "", "\0\ud800", "9" * 5000, [], {}, [[None]], {"": {"value": 1}}]


def test_wrong_types_at_every_place_of_a_real_event_are_no_bug(yard):
    """Google signed the request, and one place of the body is not what Google promises: each place, each type."""
    form = {"order_number": {"stringInputs": {"value": ["x"]}}, "day": {"dateInput": {"msSinceEpoch": "1"}},
            "at": {"dateTimeInput": {"msSinceEpoch": 1.0, "hasDate": True}}, "time": {"timeInput": {"hours": 6.0}},
            "": {"": {"stringInputs": {"value": ["x"]}}}}  # fmt: skip
    event = yard.event("owner", Action.WHERE_IS, {"order_key": yard.ids["order_key"][0], "again": "yes"}, form)
    token = event["authorizationEventObject"]["systemIdToken"]
    count = 0
    for path in places(event):
        for value in WRONG:
            count += 1
            body = json.dumps(replaced(event, path, value)).encode()
            status, text, outcome = yard.send(Action.WHERE_IS, body, token)
            said = f"{path} = {value!r}: {status} {outcome}"
            assert status in {200, 400, 401}, said
            assert outcome != "bug", said
            assert BUG not in text, said
            assert status == 200 or text == "", said
    yard.settle(is_refused=True, said="an action that only looks")
    assert count > 400


# --- everything else ---


METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])
NAMES = ["Authorization", "Content-Type", "Content-Encoding", "X-Forwarded-Host", "X-Forwarded-For", "Cookie", "Range"]
HEADERS = st.dictionaries(
    st.sampled_from([*NAMES, "Forwarded", "X-HTTP-Method-Override", "Accept", "If-None-Match", "Expect"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=40),
    max_size=4,
)
QUERY = st.dictionaries(
    st.sampled_from(["state", "ticket", "code", "error", "app_key", "locale", "shop_region", "x"]),
    ODD | st.text(max_size=40),
)
BODY = st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode())


@calm(60)
@given(method=METHODS, number=st.integers(0, 10_000), query=QUERY, body=BODY, headers=HEADERS)
def test_nothing_that_is_not_proved_changes_anything_anywhere(yard, method, number, query, body, headers):
    """Every route of the application, whatever is sent to it: each in turn, and three with every example."""
    routes = addresses(yard.stage.product.app)
    for route in (routes[number % len(routes)], "/addon/open-account", "/hooks/tiktok", "/connect/start"):
        answer = yard.stage.product.app.test_client().open(
            route, method=method, query_string=printable(query), data=body, headers=headers
        )
        assert answer.status_code < 500, route
        assert b"Traceback" not in answer.data
        assert yard.hunt(answer.get_data().decode("utf-8", "replace")) == []
    yard.settle(is_refused=True, said=f"{method} {number} {query} {headers}")


def printable(query):
    """Half characters have no place in an address."""
    return {key: value.encode("utf-8", "replace").decode() for key, value in query.items()}


NOTICE = st.fixed_dictionaries(
    {"type": st.sampled_from([*EVENTS, 0, 4711]) | JSON},
    optional={
        "tts_notification_id": ODD | JSON,
        "shop_id": known("tiktok_shop_id") | JSON,
        "seller_open_id": JSON,
        "timestamp": st.integers() | JSON,
        "data": st.fixed_dictionaries(
            {},
            optional={
                **dict.fromkeys(("order_id", "cancel_id", "return_id", "order_status", "expiration_time"), ODD | JSON),
                **dict.fromkeys(("update_time", "create_time"), st.integers() | JSON),
                "order_ids": st.lists(JSON, max_size=3) | JSON,
                "package_list": st.lists(st.builds(lambda ids: {"order_id_list": ids}, JSON), max_size=2) | JSON,
            },
        )
        | JSON,
    },
)


@calm(120)
@given(notice=NOTICE)
def test_signed_nonsense_of_every_event_is_taken_or_refused_and_never_a_bug(yard, notice):
    """The vendor's own signature around a body that no page of theirs promises."""
    keys = yard.stage.product.services.settings
    raw = json.dumps(resolved(yard, notice)).encode()
    signed = signature(raw, keys.tiktok_app_key, keys.tiktok_app_secret)
    answer = yard.stage.product.app.test_client().post("/hooks/tiktok", data=raw, headers={"Authorization": signed})
    assert (answer.status_code, answer.data) in {(200, b""), (400, b"")}, notice
    yard.settle(is_refused=answer.status_code == 400, said=f"{notice}")


@calm(15)
@given(query=QUERY, code=ODD | st.text(max_size=30), kind=ODD | st.just("sync-history"), subject=ODD)
def test_genuine_secrets_with_nonsense_beside_them_are_never_a_bug(yard, query, code, kind, subject):
    """Each step of a connection and each link is reached with what is really needed, and with anything else."""
    product, owner = yard.stage.product, yard.stage.owner
    client = product.app.test_client()
    ticket = connect.start(product.services, owner).partition("ticket=")[2]
    left = client.get("/connect/start", query_string={**printable(query), "ticket": ticket})
    assert left.status_code == 302
    for step in ("/connect/signed-in", "/tiktok/callback"):
        state = left.headers["Location"].partition("state=")[2].partition("&")[0]
        asked = {**printable(query), "state": state, **printable({"code": code})}
        assert client.get(step, query_string=asked).status_code in {400, 401, 403, 409, 502}, step
    path = links.issue(product.services, owner, kind=kind.encode("utf-8", "replace").decode(), subject=subject)
    answer = client.get(path)
    assert answer.status_code in {200, 404}
    assert yard.hunt(answer.get_data(as_text=True)) == []
    yard.settle(is_refused=False, said="")


def test_nothing_that_was_logged_on_the_way_opens_a_door(yard):
    """After all of the above: no secret, no token and no half of one in the log."""
    told = yard.stage.log.getvalue()
    assert len(told) > 10_000
    assert yard.hunt(told) == []
    for event in yard.tokens.values():
        given_ = event["authorizationEventObject"]
        for name in ("userOAuthToken", "userIdToken", "systemIdToken"):
            assert given_[name] not in told, name
