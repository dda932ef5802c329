"""What the route does for every action: once is once, strangers learn nothing, and Google's words come back right."""

from dataclasses import fields

import pytest
from drivers import caller_of, clicks

from cards.account import SignedOut
from cards.actions import ONCE, TRIGGERS, Action
from cards.reply import FileScopeRequest, Reply, ScopesRequest
from cards.widgets import ONCE_KEY
from service.core.roles import DOES, YES, Actor, Audience, Permission, Role
from service.errors import Conflict, UpstreamFailed
from service.flows import invitations, manage
from service.sandbox.frontend import Reader
from service.store import sheets
from service.store.records import FileRow
from service.web.entries import OWN, Entry, check_complete, may
from service.web.registry import REGISTRY

#: What an action needs, by hand: the registry is held against this, not the other way round.
NEEDS = {
    Permission.SIGNED_IN: "home file-granted return-home allow-file new-account open-account choose-account"
    " accept-invitation confirm-code account help sign-out confirm-sign-out own-consents end-consent delete-me"
    " confirm-delete-me",
    Permission.SHOP_CONNECT: "shops connect-shop connect-status disconnect-shop confirm-disconnect-shop",
    Permission.SHEET_BIND: "choose-profile preview-profile clone-profile edit-columns column add-column remove-column"
    " move-column rename-column edit-filter save-filter save-profile bind-form bind confirm-bind pause resume stop"
    " confirm-stop stop-backfill fetch-older keep-finished fix-writer restore-column take-note accept-missing"
    " make-summary restore-missing move-tab adopt-profile confirm-adopt-profile write-as-me",
    Permission.SHEET_STATUS: "sheet refresh-status history export-history reports leave-account confirm-leave",
    Permission.SHEET_REFRESH: "refresh-now try-now restore-row repair-key remove-copy",
    Permission.PROVE: "check-sharing audit-log filter-log export-log verify-log access-review prove proof export-proof",
    Permission.ACCOUNT_OWN: "privacy set-retention find-buyer export-buyer erase-buyer confirm-erase-buyer"
    " approve-reader offer-ownership confirm-offer close-account confirm-close-account"
    " keep-log withdraw-approval",
    Permission.LEDGER_SEE: "desk filter-desk refresh-desk tie-out statement export-desk profit-history"
    " fee-audit export-fee-audit fee-drift dismiss-drift",
    Permission.COSTS_EDIT: "shop-terms save-shop-terms drop-shop-terms costs cost save-cost drop-cost make-cost-tab"
    " read-costs cost-faults import-costs export-costs",
    Permission.ORDERS_SEE: "orders filter-orders order where-is",
    Permission.NOTES_WRITE: "save-note",
    Permission.PEOPLE_MANAGE: "people invite send-invitation revoke-invitation member change-role revoke-member"
    " confirm-revoke role-switches set-switch invite-domain send-domain-invitation own-roles own-role save-role"
    " retire-role remove-reader confirm-access finish-review",
}


def test_every_action_needs_what_the_plan_says():
    needed = {Action(name): permission for permission, names in NEEDS.items() for name in names.split()}
    assert {action: entry.permission for action, entry in REGISTRY.items()} == needed


def test_every_handler_is_named_after_its_action():
    """One search finds the action, its address, its handler and its tests."""
    assert {
        action: entry.handler.__name__
        for action, entry in REGISTRY.items()
        if entry.handler.__name__ != action.replace("-", "_")
    } == {}


def test_every_handler_exists():
    """Handlers stand in the table by name; one that is missing would be found by the first person to press it."""
    assert [action for action, entry in REGISTRY.items() if not callable(entry.handler.load())] == []


def test_unbound_action_fails_the_start():
    with pytest.raises(LookupError, match="sign-out"):
        check_complete({action: entry for action, entry in REGISTRY.items() if action is not Action.SIGN_OUT})


@pytest.mark.parametrize("role", Role)
def test_what_one_may_press_follows_from_the_role(role):
    """A member may press what needs no more than their role has; a stranger only what any signed-in person may."""
    actor = Actor("1", "a@b.example", "account", "member", Audience(role))
    column = list(Role).index(role)
    for action, entry in REGISTRY.items():
        assert (action in may(REGISTRY, actor)) == (DOES[entry.permission][column] == YES)
    assert may(REGISTRY, None) == {Action(name) for name in NEEDS[Permission.SIGNED_IN].split()}


# --- once ---


def counting(results):
    """A handler that keeps count and gives the next result, or raises it."""
    calls = []

    def handle(_ask):
        calls.append(1)
        result = results[min(len(calls), len(results)) - 1]
        if isinstance(result, Exception):
            raise result
        return result

    return handle, calls


@pytest.fixture
def pressing(make_product, registry, people):
    """A sidebar whose save-note is counted; returns it with the count."""

    def build(*results):
        handler, calls = counting(results)
        entries = {**registry, Action.SAVE_NOTE: Entry(Permission.SIGNED_IN, handler)}
        return make_product(entries).sidebar(people["owner"]), calls

    return build


DONE = Reply(SignedOut(), toast="saved")


def test_double_click_is_done_once(pressing):
    sidebar, calls = pressing(DONE)
    assert sidebar.post(Action.SAVE_NOTE, once_key="k").toast == "saved"
    assert sidebar.post(Action.SAVE_NOTE, once_key="k").toast == "Already done"
    assert sidebar.card, "the second answer shows how things stand"
    assert sidebar.post(Action.SAVE_NOTE, once_key="k2").toast == "saved"
    assert len(calls) == 2


@pytest.mark.parametrize(
    "first",
    [
        ScopesRequest(("https://www.googleapis.com/auth/drive.file",)),
        FileScopeRequest(),
        UpstreamFailed("TikTok did not answer."),
        Conflict("Somebody else was quicker."),
        ZeroDivisionError(),
    ],
)
def test_press_that_came_to_nothing_counts_again(pressing, first):
    """After a consent Google repeats the same press with the same key; after a failure the person does."""
    sidebar, calls = pressing(first, DONE)
    sidebar.post(Action.SAVE_NOTE, once_key="k")
    assert sidebar.post(Action.SAVE_NOTE, once_key="k").toast == "saved"
    assert len(calls) == 2


def test_press_that_only_asked_on_counts_again(make_product, registry, people):
    """A handler that asks "are you sure" has done nothing yet: going back and pressing again must work."""
    entries = {**registry, Action.BIND: Entry(Permission.SIGNED_IN, lambda ask: ask.nothing_done(DONE))}
    sidebar = make_product(entries).sidebar(people["owner"])
    for _ in range(2):
        assert sidebar.post(Action.BIND, once_key="k").toast == "saved"


def test_deed_whose_card_fails_is_not_done_twice(pressing):
    """The handler has done it; that its card cannot be drawn is a bug, and no reason to do it again."""
    sidebar, calls = pressing(Reply(object()))
    assert sidebar.post(Action.SAVE_NOTE, once_key="k").says("RS-")
    assert sidebar.post(Action.SAVE_NOTE, once_key="k").toast == "Already done"
    assert len(calls) == 1


def test_key_belongs_to_one_person(pressing, people):
    """Somebody else's key, guessed or shared, does not use mine up."""
    sidebar, calls = pressing(DONE)
    sidebar.post(Action.SAVE_NOTE, once_key="k")
    other = sidebar.product.sidebar(people["admin"])
    assert other.post(Action.SAVE_NOTE, once_key="k").toast == "saved"
    assert len(calls) == 2


def test_press_without_its_key_is_refused(pressing):
    sidebar, calls = pressing(DONE)
    sidebar.post(Action.SAVE_NOTE)
    assert sidebar.says("out of date")
    assert calls == []


def test_every_press_that_creates_carries_a_key_of_its_own(routed, people):
    """Drawn once, each such button has another key; drawn again, all are new."""
    sidebar = routed.sidebar(people["owner"])
    first = keys(sidebar.post(Action.HELP))
    second = keys(sidebar.post(Action.HELP))
    assert first
    assert not first & second


def keys(sidebar):
    """Of the first-run card, whose button opens an account."""
    return {one.parameters[ONCE_KEY] for one in clicks(sidebar.card) if one.action in ONCE}


# --- strangers ---


@pytest.fixture
def bound_file(routed, people):
    """A file that belongs to the owner's account."""
    routed.sidebar(people["owner"]).post(Action.OPEN_ACCOUNT, once_key="k")
    actor = manage.standing(routed.services, caller_of(people["owner"]), "").actor
    sheet = routed.sheet(people["owner"])
    with routed.services.store.write() as tx:
        sheets.add_file(tx, file_row(actor.account_id, sheet.spreadsheet_id, at=routed.clock.now()))
    return sheet


def file_row(account_id, spreadsheet_id, *, at):
    """The file's row as binding writes it; binding itself would need a shop and a profile, which are no matter here."""
    absent = dict.fromkeys(field.name for field in fields(FileRow))
    known = {
        "spreadsheet_id": spreadsheet_id,
        "account_id": account_id,
        "title": "Orders",
        "audience": "warehouse",
        "writer_email": "writer@rowstream.example",
        "time_zone": "Europe/London",
        "state": "live",
        "approved_readers": [],
        "created_at": at,
    }
    return FileRow(**{**absent, **known})


def test_stranger_in_a_bound_file_gets_the_card_that_names_nobody(routed, bound_file, people):
    """Whatever is uttered, whatever was shown before, and whether Google or a parameter names the file."""
    stranger = routed.sidebar(people["stranger"])
    for action in sorted(set(Action) - OWN):
        stranger.stack = [{"header": {"title": "of before"}}, {"header": {"title": "on top"}}]
        stranger.post(action, spreadsheet_id=bound_file.spreadsheet_id, once_key=action)
        assert stranger.says("Nothing to show here"), action
        shown = " ".join(stranger.texts()).lower()
        assert "bloom" not in shown
        assert "maya" not in shown
        assert len(stranger.stack) == 1, "no card of before is left below"


def test_stranger_keeps_their_own_things(routed, bound_file, people):
    stranger = routed.sidebar(people["stranger"])
    stranger.post(Action.HELP, spreadsheet_id=bound_file.spreadsheet_id)
    assert stranger.says("ravi.menon@gmail.com"), "the test's handler shows the caller's own address"


def test_stranger_in_an_unbound_file_is_welcome(routed, people):
    sheet = routed.sheet(people["stranger"])
    assert routed.sidebar(people["stranger"], spreadsheet_id=sheet.spreadsheet_id).says("ravi.menon@gmail.com")


def test_invited_stranger_reaches_home_to_learn_of_it(routed, bound_file, people):
    """An invitation to the account of the file they were sent to: the home screen may speak of it."""
    actor = manage.standing(routed.services, caller_of(people["owner"]), "").actor
    invitations.invite(routed.services, actor, email=people["warehouse"].email, role="warehouse")
    invited = routed.sidebar(people["warehouse"])
    assert invited.post(Action.HOME, spreadsheet_id=bound_file.spreadsheet_id).says("sam@packright.example")
    assert not invited.post(Action.ORDERS, spreadsheet_id=bound_file.spreadsheet_id).says("sam@packright.example")


# --- envelopes ---


def test_every_address_answers_in_its_own_envelope(routed, people):
    """Triggers and presses take different shapes, and each address has one, always (the driver lints both)."""
    for action in sorted(set(Action) - {Action.ALLOW_FILE}):
        sidebar = routed.sidebar(people["owner"]).post(action, once_key=action)
        assert ("action" in sidebar.reply) == (action in TRIGGERS), action


def test_file_request_is_answered_to_a_press(routed, people):
    assert routed.sidebar(people["owner"]).post(Action.ALLOW_FILE).asked_for_file


def test_presses_carry_the_spreadsheet_on(routed, people):
    """Google does not reliably repeat which file is open, so each press says it again."""
    sidebar = routed.sidebar(people["owner"]).post(Action.HELP, spreadsheet_id="1QxExample")
    assert {one.parameters.get("spreadsheet_id") for one in clicks(sidebar.card) if one.action} == {"1QxExample"}


def test_any_locale_is_answered(routed, people):
    """A language without a catalogue is read in English; what is no language too."""
    for locale in ("en", "en-GB", "zz", "", "../../etc", "x" * 500, "en\0", "e\u0301n"):
        sidebar = routed.sidebar(people["owner"])
        sidebar.reader = Reader(locale=locale)
        assert sidebar.open().says("Welcome to Rowstream"), locale
