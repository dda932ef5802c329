"""Every kind of Problem has its place in the one table, and becomes what the table says on every route."""

import json

import pytest
from drivers import caller_of
from sqlalchemy.exc import OperationalError

from cards.actions import TRIGGERS, Action
from service import errors
from service.core.roles import Permission
from service.flows import invitations, manage
from service.web.entries import Entry
from service.web.problems import BUG, TABLE, new_reference, sentence_of

PROBLEMS = {
    "NotAuthentic": errors.NotAuthentic("secret detail"),
    "NotAllowed": errors.NotAllowed(
        "Your role ({role}) does not include this.", needed=Permission.SHOP_CONNECT, values={"role": "client"}
    ),
    "NotAllowed without a role": errors.NotAllowed("You can only view this spreadsheet."),
    "NotFound": errors.NotFound("There is no such order.", detail="secret detail"),
    "NotConnected": errors.NotConnected("The shop has to be connected again.", shop_id="7"),
    "NotGranted file": errors.NotGranted("This file is not granted."),
    "NotGranted scopes": errors.NotGranted(
        "A scope is missing.", scopes=["https://www.googleapis.com/auth/drive.file"]
    ),
    "BadInput": errors.BadInput("This date is in the future.", field="day"),
    "Conflict": errors.Conflict("Somebody else was quicker."),
    "TooMuch": errors.TooMuch("Use at most {limit} characters.", values={"limit": "60"}),
    "UpstreamFailed": errors.UpstreamFailed("TikTok did not answer.", detail="secret detail"),
    "UpstreamFailed for good": errors.UpstreamFailed("TikTok refuses.", permanent=True),
    "database away": OperationalError("SELECT secret", {}, Exception("secret")),
    "bug": ZeroDivisionError("secret in the message"),
}


def subclasses(kind):
    return {kind, *(each for child in kind.__subclasses__() for each in subclasses(child))}


@pytest.fixture
def failing(make_product, registry, people):
    """A sidebar in a product whose every action ends in one problem."""

    def build(problem):
        def fail(_ask):
            raise problem

        entries = dict.fromkeys(registry, Entry(Permission.SIGNED_IN, fail))
        return make_product(entries).sidebar(people["owner"])

    return build


def test_every_kind_has_a_row_of_its_own_or_of_its_parent():
    """A kind added to the family without a place in the table would be shown as a bug."""
    family = subclasses(errors.Problem) - {errors.Problem}
    assert {kind for kind in family if row_of_type(kind) is TABLE[Exception]} == set()
    assert set(errors.Problem.__subclasses__()) <= set(TABLE)


def row_of_type(kind):
    return next(TABLE[each] for each in kind.__mro__ if each in TABLE)


STATUS = {
    "NotAuthentic": 401, "NotAllowed": 403, "NotFound": 404, "NotConnected": 200, "NotGranted": 403, "BadInput": 400,
    "Conflict": 409, "TooMuch": 429, "UpstreamFailed": 502,
}  # fmt: skip


@pytest.mark.parametrize("name", STATUS)
def test_status_away_from_the_sidebar(name):
    """Written by hand, not derived from the table it checks."""
    assert TABLE[getattr(errors, name)].status == STATUS[name]
    assert TABLE[Exception].status == 500
    assert TABLE[OperationalError].status == 503


@pytest.mark.parametrize("name", [name for name in PROBLEMS if name != "NotAuthentic"])
def test_every_problem_becomes_an_answer_google_takes(failing, name):
    """HTTP 200, the right envelope, a sentence, a way on, a reference, and never a word of what was secret."""
    sidebar = failing(PROBLEMS[name])
    for action in (Action.HOME, Action.FILE_GRANTED, Action.SHOPS, Action.OPEN_ACCOUNT):
        sidebar.post(action, once_key="k")
        check_answer(sidebar, action, name)


def check_answer(sidebar, action, name):
    assert "secret" not in json.dumps(sidebar.reply)
    if name == "NotGranted scopes":
        assert sidebar.asked_for == ("https://www.googleapis.com/auth/drive.file",)
    elif name == "NotGranted file" and action not in TRIGGERS:
        assert sidebar.asked_for_file
    elif name == "NotGranted file":
        assert Action.ALLOW_FILE in sidebar.actions()
    else:
        assert sidebar.says(sentence_of(PROBLEMS[name]))
        assert sidebar.says("RS-")
        assert Action.RETURN_HOME in sidebar.actions()


def test_not_authentic_inside_a_handler_is_a_bare_401(failing):
    sidebar = failing(PROBLEMS["NotAuthentic"])
    answer = sidebar.send("home", sidebar.event("home", {}, {}))
    assert (answer.status_code, answer.data) == (401, b"")


def test_bug_says_nothing_about_its_cause(failing, listen):
    """The person gets a reference, the log the same reference with type and places, nobody the message."""
    sidebar = failing(PROBLEMS["bug"])
    said = listen()
    sidebar.post(Action.SHOPS)
    assert sidebar.says(BUG)
    reference = next(text for text in sidebar.texts() if text.startswith("RS-"))
    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    (line,) = [line for line in lines if line.get("reference") == reference]
    assert line["exception"] == "ZeroDivisionError"
    assert any("test_problems.py" in place for place in line["stack"])
    assert "secret" not in json.dumps(lines)


def test_each_answer_has_a_reference_of_its_own(failing):
    sidebar = failing(PROBLEMS["bug"])
    seen = {next(t for t in sidebar.post(Action.SHOPS).texts() if t.startswith("RS-")) for _ in range(5)}
    assert len(seen) == 5


def test_reference_is_easy_to_read_out():
    assert all(len(one) == 9 and not set(one[3:]) & set("01ILO") for one in (new_reference() for _ in range(200)))


def test_retry_repeats_the_press_with_its_parameters(failing):
    """What was pressed can be pressed again from the card, unless typed text would be lost."""
    sidebar = failing(PROBLEMS["UpstreamFailed"])
    sidebar.post(Action.ORDER, order_id="5764", shop_id="7")
    assert Action.ORDER in sidebar.actions()
    sidebar.press("Try again")
    assert sidebar.says("TikTok did not answer.")
    sidebar.post(Action.SAVE_NOTE, form={"note": "typed"}, once_key="k")
    assert "Try again" not in sidebar.labels()


def test_permanent_failure_offers_no_retry(failing):
    assert "Try again" not in failing(PROBLEMS["UpstreamFailed for good"]).post(Action.ORDERS).labels()


def test_refusal_names_the_role_and_who_can_give_one(make_product, registry, people):
    """The caller's role is looked up; the roles that may come from the matrix."""
    entries = {**registry, Action.CONNECT_SHOP: Entry(Permission.SHOP_CONNECT, registry[Action.HELP].handler)}
    product = make_product(entries)
    owner = product.sidebar(people["owner"]).post(Action.OPEN_ACCOUNT, once_key="k")
    assert owner.toast
    actor = manage.standing(product.services, caller_of(people["owner"]), "").actor
    invitations.invite(product.services, actor, email=people["warehouse"].email, role="warehouse")
    (invitation,) = manage.standing(product.services, caller_of(people["warehouse"]), "").invitations
    invitations.accept(product.services, caller_of(people["warehouse"]), invitation[0].id)
    sidebar = product.sidebar(people["warehouse"]).post(Action.CONNECT_SHOP)
    assert sidebar.title == "Your role does not allow this"
    assert sidebar.says("Warehouse") or sidebar.says("warehouse")
    assert sidebar.says("owner, admin") or sidebar.says("Owner, admin")
