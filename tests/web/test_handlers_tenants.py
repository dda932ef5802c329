"""Two accounts: who knows the other's ids gets nothing for them on any action that takes one, and touches nothing."""

import pytest
import sqlalchemy as sa
from team import Team, build_team

from cards.actions import Action
from service.sandbox.people import Person
from service.store import invitations, people, proofs, reports, sheets
from service.store.reports import Kind
from service.store.tables import metadata

RIVAL = Person("rival@other.example", "Rival")

#: What a card says about a thing that is not the caller's: the same as about one that never was.
NOTHING = (
    "Nothing to show here",
    "There is nothing here for your Google account.",
    "This account does not exist.",
    "This invitation does not exist.",
    "This invitation is no longer open. Ask for a new one.",
    "This order does not exist.",
    "We have no order of this number",
    "This person is not a member here.",
    "This profile does not exist.",
    "This shop is not connected here.",
    "This spreadsheet is not connected to Rowstream.",
    "This tab is not connected to Rowstream.",
    "This person is not in the file any more.",
    "This report is no longer open.",
    "This role does not exist any more.",
    "This consent has ended already.",
    "This report is not here any more.",
    "This note is gone.",
)

#: Action → the parameters it takes, by what they name. Pressed by the rival in a file of their own.
TAKES = {
    "choose-account": {"account_id": "account"},
    "accept-invitation": {"invitation_id": "invitation"},
    "confirm-code": {"invitation_id": "invitation"},
    "connect-shop": {"shop_id": "shop"},
    "disconnect-shop": {"shop_id": "shop"},
    "confirm-disconnect-shop": {"shop_id": "shop"},
    "preview-profile": {"profile_id": "profile"},
    "clone-profile": {"profile_id": "profile"},
    "edit-columns": {"draft_id": "profile"},
    "column": {"draft_id": "profile", "column_key": "qty"},
    "add-column": {"draft_id": "profile"},
    "remove-column": {"draft_id": "profile", "column_key": "qty"},
    "move-column": {"draft_id": "profile", "column_key": "qty", "place": "1"},
    "rename-column": {"draft_id": "profile", "column_key": "qty"},
    "edit-filter": {"draft_id": "profile"},
    "save-filter": {"draft_id": "profile"},
    "save-profile": {"draft_id": "profile"},
    "bind-form": {"profile_id": "profile"},
    "bind": {"profile_id": "profile"},
    "confirm-bind": {"profile_id": "profile", "audience": "warehouse", "tab": "new", "tab_name": "x"},
    "sheet": {"binding_id": "binding"},
    "refresh-status": {"binding_id": "binding"},
    "stop": {"binding_id": "binding"},
    "confirm-stop": {"binding_id": "binding"},
    "stop-backfill": {"binding_id": "binding"},
    "fetch-older": {"binding_id": "binding"},
    "keep-finished": {"binding_id": "binding"},
    "make-summary": {"binding_id": "binding"},
    "resume": {"binding_id": "binding"},
    "adopt-profile": {"binding_id": "binding"},
    "confirm-adopt-profile": {"binding_id": "binding", "version": "0"},
    "where-is": {"order_key": "order"},
    "reports": {"binding_id": "binding"},
    "accept-missing": {"binding_id": "binding"},
    "restore-missing": {"binding_id": "binding"},
    "move-tab": {"binding_id": "binding"},
    "restore-row": {"report_id": "report"},
    "repair-key": {"report_id": "key report"},
    "remove-copy": {"report_id": "copy report"},
    "restore-column": {"report_id": "column report"},
    "take-note": {"report_id": "report"},
    "order": {"order_key": "order"},
    "save-note": {"order_key": "order"},
    "export-buyer": {"order_ids": "order"},
    "erase-buyer": {"order_ids": "order"},
    "confirm-erase-buyer": {"order_ids": "order"},
    "revoke-invitation": {"invitation_id": "invitation"},
    "member": {"member_id": "member"},
    "change-role": {"member_id": "member"},
    "revoke-member": {"member_id": "member"},
    "confirm-revoke": {"member_id": "member"},
    "confirm-leave": {"account_id": "account"},
    "confirm-close-account": {"account_id": "account"},
    "end-consent": {"consent_id": "0" * 32},
    "offer-ownership": {"member_id": "member"},
    "confirm-offer": {"member_id": "member"},
    "own-role": {"role_id": "role"},
    "save-role": {"role_id": "role"},
    "retire-role": {"role_id": "role"},
    "confirm-access": {"member_id": "member"},
    "withdraw-approval": {"file_id": "file", "reader_id": "reader"},
    "approve-reader": {"reader_id": "reader"},
    "remove-reader": {"reader_id": "reader"},
    "proof": {"proof_id": "proof"},
    "export-proof": {"proof_id": "proof"},
    "desk": {"shop": "shop"},
    "refresh-desk": {"shop": "shop"},
    "tie-out": {"shop": "shop", "currency": "GBP"},
    "statement": {"shop": "shop", "statement_id": "0" * 19},
    "export-desk": {"shop": "shop", "kind": "statements"},
    "shop-terms": {"shop_id": "shop"},
    "save-shop-terms": {"shop_id": "shop"},
    "drop-shop-terms": {"shop_id": "shop", "day": "always"},
    "profit-history": {"order_key": "order"},
    "fee-drift": {"drift_id": "0" * 32},
    "dismiss-drift": {"drift_id": "0" * 32},
    "cost": {"shop_id": "shop", "sku_id": "0" * 19},
    "save-cost": {"shop_id": "shop", "sku_id": "0" * 19},
    "drop-cost": {"shop_id": "shop", "sku_id": "0" * 19, "day": "always"},
}
FORMS = {
    "add-column": {"columns": ["warehouse"]},
    "rename-column": {"header": "Mine"},
    "save-profile": {"profile_name": "Mine", "audience": "warehouse"},
    "bind": {"tab": ["new"], "audience": ["warehouse"]},
    "fetch-older": {"days_back": ["30"]},
    "keep-finished": {"keep_days": ["30"]},
    "save-note": {"note": "mine"},
    "change-role": {"role": "client"},
    "save-role": {"role_name": "Mine", "groups": ["STATUS"]},
    "confirm-code": {"code": "00000000"},
    "save-shop-terms": {"vat": "usual"},
    "save-cost": {"unit": "5"},
}

#: Without an id of their own, or with one that a test above names: what is pressed in the other's file all the same.
IN_THE_FILE = sorted(set(Action) - {Action.CONFIRM_SIGN_OUT})


@pytest.fixture
def victim(begin, product, people):
    """An account with a bound file, an order, a member, an open invitation and a profile of its own."""
    team = begin(until="connected")
    product.shop().place(1)
    team.bind().join("warehouse")
    owner = team.sidebar("owner").post("invite")
    owner.press(Action.SEND_INVITATION, form={"email": team.people["support"].email, "role": "support"})
    owner.post("preview-profile", profile_id="preset:sla_watch_list").press("Make a copy")
    owner.post("own-role", base="warehouse").press("Save role", form={"role_name": "Night shift"})
    return team


@pytest.fixture
def rival(product, victim):
    """The owner of another account, in a bound file of their own."""
    team = build_team(product, {"owner": RIVAL})
    return Team(product, {"owner": RIVAL}, team.sheet).bind()


def known(victim):
    """Everything the rival has found out about the victim: names of the table above → real ids."""
    services = victim.product.services
    found = {"report": Kind.ROW_DELETED, "key report": Kind.KEY_DAMAGED, "copy report": Kind.ROW_COPIED,
             "column report": Kind.COLUMN_DELETED}  # fmt: skip
    with services.store.write() as tx:
        for name, kind in found.items():
            ids, places = {name: f"{name} of the victim"}, {name: "A2"}
            now = victim.product.clock.now()
            reports.report(tx, ids, victim.bindings()[0].id, kind, places=places, now=now)
    with services.store.read() as tx:
        invitation = invitations.open_of(tx, victim.scope, victim.product.clock.now())[0]
        profile = sheets.profiles_of(tx, victim.scope)[0]
        role_id = next(iter(people.account(tx, victim.account_id).custom_roles))
    return {
        "account": victim.account_id,
        "file": victim.sheet.spreadsheet_id,
        "invitation": invitation.id,
        "shop": victim.shops()[0].id,
        "profile": profile.id,
        "binding": victim.bindings()[0].id,
        "order": next(iter(victim.product.world.market.world.orders)),
        "member": victim.members()[1].id,
        "role": role_id,
        "reader": "any-permission-id",
        "proof": proof_of(victim),
        **{name: f"{name} of the victim" for name in found},
    }


def proof_of(victim):
    """The victim's file was proved."""
    victim.sidebar("owner").post("prove")
    with victim.product.services.store.read() as tx:
        return proofs.recent(tx, victim.scope, victim.sheet.spreadsheet_id, limit=1)[0].id


def rows_of(victim):
    """Every row of the database that names the victim's account or file, once-keys and sightings of people aside."""
    found = {}
    with victim.product.services.store.engine.connect() as connection:
        for name, table in metadata.tables.items():
            if name in {"once_keys", "people", "quotas", "tickets"}:
                continue
            rows = [str(row) for row in connection.execute(sa.select(table))]
            found[name] = sorted(row for row in rows if victim.account_id in row or victim.sheet.spreadsheet_id in row)
    return found


def touched(team, spreadsheet_id):
    """The version of the file, which rises with every change of content or sharing."""
    return team.product.world.emulator.state.files[spreadsheet_id].version


def test_table_names_every_action_that_takes_an_id():
    """An action with a parameter that names something belongs into the table above."""
    takes_nothing = {
        "home", "file-granted", "return-home", "allow-file", "new-account", "open-account", "shops", "connect-status",
        "privacy", "set-retention", "find-buyer",
        "choose-profile", "refresh-now", "pause", "history", "try-now", "fix-writer", "check-sharing", "orders",
        "filter-orders", "people", "invite", "send-invitation", "role-switches", "set-switch", "account", "help",
        "sign-out", "confirm-sign-out", "invite-domain", "send-domain-invitation", "own-roles", "leave-account",
        "export-history", "write-as-me", "own-consents", "delete-me", "confirm-delete-me", "close-account",
        "prove",
        "filter-desk", "fee-audit", "export-fee-audit", "costs", "make-cost-tab", "read-costs", "cost-faults",
        "import-costs", "export-costs",
        "audit-log", "filter-log", "export-log", "verify-log", "keep-log", "access-review", "finish-review",
    }  # fmt: skip
    assert takes_nothing | set(TAKES) == {action.value for action in Action}


def test_foreign_ids_are_not_found_on_any_action(victim, rival):
    """In their own file, with their own rights, and the other's ids."""
    facts, before = known(victim), rows_of(victim)
    version = touched(victim, victim.sheet.spreadsheet_id)
    sidebar = rival.sidebar("owner")
    shown = {}
    for action, takes in TAKES.items():
        parameters = {name: facts.get(what, what) for name, what in takes.items()}
        sidebar.post(action, form=FORMS.get(action), once_key=f"foreign-{action}", **parameters)
        if not any(sidebar.says(text) for text in NOTHING):
            shown[action] = sidebar.texts()
    assert shown == {}
    assert rows_of(victim) == before
    assert touched(victim, victim.sheet.spreadsheet_id) == version


def test_foreign_shop_is_no_filter(victim, rival):
    facts = known(victim)
    sidebar = rival.sidebar("owner").post("orders", query=f'{{"shop_id":"{facts["shop"]}"}}')
    assert sidebar.says("This shop is not connected here.")


def test_nothing_is_done_in_a_foreign_file(victim, rival):
    """Every action with the other's spreadsheet, whose id comes back as user input: the stranger's card, no call."""
    facts, before = known(victim), rows_of(victim)
    version = touched(victim, victim.sheet.spreadsheet_id)
    calls = victim.product.world.emulator.calls.summary()
    sidebar = rival.sidebar("owner")
    own = {"new-account", "choose-account", "accept-invitation", "confirm-code", "account", "help", "sign-out"}
    own |= {"own-consents", "end-consent", "delete-me", "confirm-delete-me"}
    shown = {}
    for action in IN_THE_FILE:
        if action in own or action == Action.OPEN_ACCOUNT:
            continue
        takes = {name: facts.get(what, what) for name, what in TAKES.get(action, {}).items()}
        sidebar.post(
            action,
            form=FORMS.get(action),
            once_key=f"file-{action}",
            spreadsheet_id=victim.sheet.spreadsheet_id,
            **takes,
        )
        if not sidebar.says("Nothing to show here"):
            shown[action] = sidebar.texts()
        assert "Bloom" not in str(sidebar.reply)
    assert shown == {}
    assert rows_of(victim) == before
    assert touched(victim, victim.sheet.spreadsheet_id) == version
    assert victim.product.world.emulator.calls.summary() == calls


def test_own_things_in_a_foreign_file_stay_ones_own(victim, rival):
    """What a person may do anywhere says nothing of the file they do it in."""
    sidebar = rival.sidebar("owner")
    for action in ("new-account", "choose-account", "account", "help", "sign-out"):
        sidebar.post(action, spreadsheet_id=victim.sheet.spreadsheet_id)
        assert "Glow" not in str(sidebar.reply)
        assert victim.account_id not in str(sidebar.reply)


def test_foreign_file_that_nobody_bound_needs_the_callers_own_right(victim, rival):
    """An id alone binds nothing: the caller's own token must open the file, and the writer never asks for it."""
    other = victim.product.sheet(victim.people["owner"], "Secret plans")
    version = touched(victim, other.spreadsheet_id)
    sidebar = rival.sidebar("owner").post(
        "bind-form", profile_id="preset:sla_watch_list", spreadsheet_id=other.spreadsheet_id
    )
    assert sidebar.asked_for_file or not sidebar.says("Secret plans")
    sidebar.post(
        "bind",
        form=FORMS["bind"],
        once_key="k",
        profile_id="preset:sla_watch_list",
        spreadsheet_id=other.spreadsheet_id,
    )
    assert "Secret plans" not in str(sidebar.reply)
    assert touched(victim, other.spreadsheet_id) == version
    with victim.product.services.store.read() as tx:
        assert sheets.file_unscoped(tx, other.spreadsheet_id) is None
