"""Who may do what, written by hand: every Action by every role, and by a stranger. A new Action fails here until
somebody has decided about it.

Marks, in the order owner, admin, finance, warehouse, support, accountant, client, stranger:
● may · ○ only with an account switch · – the card says which role it takes · s the stranger's card, which names nobody.
"""

import pytest
from team import ROLES

from cards.actions import Action
from service.core.roles import Switch

WHO = (*ROLES, "stranger")

#: Pressed from the first to the last, so that what ends something comes at the end.
MATRIX = {
    "home": "●●●●●●●s",
    "file-granted": "●●●●●●●s",
    "return-home": "●●●●●●●s",
    "allow-file": "●●●●●●●s",
    "new-account": "●●●●●●●●",
    "open-account": "●●●●●●●●",
    "choose-account": "●●●●●●●●",
    "accept-invitation": "●●●●●●●●",
    "confirm-code": "●●●●●●●●",
    "account": "●●●●●●●●",
    "help": "●●●●●●●●",
    "sign-out": "●●●●●●●●",
    "shops": "●●–––––s",
    "connect-shop": "●●–––––s",
    "connect-status": "●●–––––s",
    "disconnect-shop": "●●–––––s",
    "confirm-disconnect-shop": "●●–––––s",
    "choose-profile": "●●○––––s",
    "preview-profile": "●●○––––s",
    "clone-profile": "●●○––––s",
    "edit-columns": "●●○––––s",
    "column": "●●○––––s",
    "add-column": "●●○––––s",
    "remove-column": "●●○––––s",
    "move-column": "●●○––––s",
    "rename-column": "●●○––––s",
    "edit-filter": "●●○––––s",
    "save-filter": "●●○––––s",
    "save-profile": "●●○––––s",
    "bind-form": "●●○––––s",
    "bind": "●●○––––s",
    "confirm-bind": "●●○––––s",
    "sheet": "●●●●●●●s",
    "refresh-status": "●●●●●●●s",
    "refresh-now": "●●●●●●○s",
    "reports": "●●●●●●●s",
    "restore-row": "●●●●●●○s",
    "repair-key": "●●●●●●○s",
    "remove-copy": "●●●●●●○s",
    "restore-column": "●●○––––s",
    "take-note": "●●○––––s",
    "accept-missing": "●●○––––s",
    "restore-missing": "●●○––––s",
    "move-tab": "●●○––––s",
    "history": "●●●●●●●s",
    "export-history": "●●●●●●●s",
    "try-now": "●●●●●●○s",
    "where-is": "●●●●●●○s",
    "stop-backfill": "●●○––––s",
    "fetch-older": "●●○––––s",
    "keep-finished": "●●○––––s",
    "make-summary": "●●○––––s",
    "orders": "●●●●●●○s",
    "filter-orders": "●●●●●●○s",
    "order": "●●●●●●○s",
    "save-note": "●●●●●––s",
    "people": "●●–––––s",
    "invite": "●●–––––s",
    "send-invitation": "●●–––––s",
    "invite-domain": "●●–––––s",
    "send-domain-invitation": "●●–––––s",
    "revoke-invitation": "●●–––––s",
    "member": "●●–––––s",
    "change-role": "●●–––––s",
    "revoke-member": "●●–––––s",
    "confirm-revoke": "●●–––––s",
    "role-switches": "●●–––––s",
    "set-switch": "●●–––––s",
    "own-roles": "●●–––––s",
    "own-role": "●●–––––s",
    "save-role": "●●–––––s",
    "retire-role": "●●–––––s",
    "offer-ownership": "●––––––s",
    "confirm-offer": "●––––––s",
    "audit-log": "●●–––––s",
    "filter-log": "●●–––––s",
    "export-log": "●●–––––s",
    "verify-log": "●●–––––s",
    "keep-log": "●––––––s",
    "access-review": "●●–––––s",
    "confirm-access": "●●–––––s",
    "withdraw-approval": "●––––––s",
    "finish-review": "●●–––––s",
    "desk": "●●●––●–s",
    "filter-desk": "●●●––●–s",
    "refresh-desk": "●●●––●–s",
    "tie-out": "●●●––●–s",
    "statement": "●●●––●–s",
    "export-desk": "●●●––●–s",
    "shop-terms": "●●●––––s",
    "save-shop-terms": "●●●––––s",
    "drop-shop-terms": "●●●––––s",
    "profit-history": "●●●––○–s",
    "fee-audit": "●●●––●–s",
    "export-fee-audit": "●●●––●–s",
    "fee-drift": "●●●––●–s",
    "dismiss-drift": "●●●––●–s",
    "costs": "●●●––––s",
    "cost": "●●●––––s",
    "save-cost": "●●●––––s",
    "drop-cost": "●●●––––s",
    "make-cost-tab": "●●●––––s",
    "read-costs": "●●●––––s",
    "cost-faults": "●●●––––s",
    "import-costs": "●●●––––s",
    "export-costs": "●●●––––s",
    "privacy": "●––––––s",
    "set-retention": "●––––––s",
    "find-buyer": "●––––––s",
    "export-buyer": "●––––––s",
    "erase-buyer": "●––––––s",
    "confirm-erase-buyer": "●––––––s",
    "check-sharing": "●●–––––s",
    "approve-reader": "●––––––s",
    "remove-reader": "●●–––––s",
    "proof": "●●–––––s",
    "prove": "●●–––––s",
    "export-proof": "●●–––––s",
    "fix-writer": "●●○––––s",
    "write-as-me": "●●○––––s",
    "own-consents": "●●●●●●●●",
    "end-consent": "●●●●●●●●",
    "delete-me": "●●●●●●●●",
    "confirm-delete-me": "●●●●●●●●",
    "close-account": "●––––––s",
    "confirm-close-account": "●––––––s",
    "pause": "●●○––––s",
    "resume": "●●○––––s",
    "stop": "●●○––––s",
    "confirm-stop": "●●○––––s",
    "adopt-profile": "●●○––––s",
    "confirm-adopt-profile": "●●○––––s",
    "leave-account": "●●●●●●●s",
    "confirm-leave": "●●●●●●●s",
    "confirm-sign-out": "●●●●●●●●",
}
REFUSED, STRANGER, DONE = "Your role does not allow this", "Nothing to show here", "may"


def seen(sidebar, action):
    """What became of the press: refused for the role, the stranger's card, or let through to the handler."""
    sidebar.post(action, once_key=f"matrix-{action}")
    if not sidebar.asked_for_file and sidebar.stack and sidebar.title == REFUSED:
        return "–"
    return "s" if not sidebar.asked_for_file and sidebar.stack and sidebar.says(STRANGER) else "●"


def outcome(team):
    """Action → marks, as the sidebar shows them to everybody in the bound file."""
    shown = {}
    for role in WHO:
        sidebar = team.sidebar(role)
        for action in MATRIX:
            shown.setdefault(action, []).append(seen(sidebar, action))
    return {action: "".join(marks) for action, marks in shown.items()}


@pytest.fixture
def team(begin):
    """Everybody in a file that is bound for the warehouse. Handlers are reached without what they need, so that they
    say so and change nothing."""
    return begin(*ROLES[1:], until="bound")


def test_matrix_names_every_action():
    assert set(MATRIX) == {action.value for action in Action}
    assert all(len(marks) == len(WHO) for marks in MATRIX.values())


def test_with_all_switches_off_every_role_does_exactly_its_own(team):
    assert outcome(team) == {action: marks.replace("○", "–") for action, marks in MATRIX.items()}


def test_with_all_switches_on_nothing_forbidden_opens(team):
    team.switch(*Switch)
    assert outcome(team) == {action: marks.replace("○", "●") for action, marks in MATRIX.items()}
