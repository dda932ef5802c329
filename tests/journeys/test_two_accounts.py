"""Two sellers in one house: who knows the other's ids gets what one gets for ids that do not exist."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
import sqlalchemy as sa
from drivers import clicks, connect_shop, open_account
from team import Team, build_team
from wiretap import Wiretap

from cards.actions import Action
from service.core.ledger.drift import Drift
from service.core.ledger.rates import RecentRates
from service.core.roles import Scope
from service.store import fee_drifts, invitations, orders, own_consents, proofs, reports, rows
from service.store import people as people_store
from service.store.records import OwnConsentRow
from service.store.reports import Kind
from service.store.tables import metadata

STRANGER = "Nothing to show here"
NO_ORDER, NO_PROFILE, NO_TAB = "This order does not exist.", "This profile does not exist.", "This tab is not connected"
NO_REPORT, NO_ROLE = "This report is no longer open.", "This role does not exist any more."
NO_NOTE = "This note is gone."
NO_SHOP, NO_MEMBER, NO_INVITATION = "This shop is not connected here.", "not a member here", "no longer open"

#: Action → which of the other's ids it is given, what else it takes, and what it says. Written by hand.
TAKES_AN_ID = {
    "accept-invitation": ({"invitation_id": "invitation"}, {}, NO_INVITATION),
    "confirm-code": ({"invitation_id": "invitation"}, {"code": "12345678"}, NO_INVITATION),
    "revoke-invitation": ({"invitation_id": "invitation"}, {}, "This invitation"),
    "choose-account": ({"account_id": "account"}, {}, "This account does not exist."),
    "connect-shop": ({"shop_id": "shop"}, {}, NO_SHOP),
    "disconnect-shop": ({"shop_id": "shop"}, {}, NO_SHOP),
    "confirm-disconnect-shop": ({"shop_id": "shop"}, {}, NO_SHOP),
    "preview-profile": ({"profile_id": "profile"}, {}, NO_PROFILE),
    "clone-profile": ({"profile_id": "profile"}, {}, NO_PROFILE),
    "edit-columns": ({"draft_id": "profile"}, {}, NO_PROFILE),
    "column": ({"draft_id": "profile", "column_key": "=items"}, {}, NO_PROFILE),
    "add-column": ({"draft_id": "profile"}, {"columns": ["product_name"]}, NO_PROFILE),
    "remove-column": ({"draft_id": "profile", "column_key": "=items"}, {}, NO_PROFILE),
    "move-column": ({"draft_id": "profile", "column_key": "=items", "place": "=1"}, {}, NO_PROFILE),
    "rename-column": ({"draft_id": "profile", "column_key": "=items"}, {"header": "Mine"}, NO_PROFILE),
    "edit-filter": ({"draft_id": "profile"}, {}, NO_PROFILE),
    "save-filter": ({"draft_id": "profile"}, {"status": ["DELIVERED"]}, NO_PROFILE),
    "save-profile": ({"draft_id": "profile"}, {"profile_name": "Mine", "audience": ["owner"]}, NO_PROFILE),
    "bind-form": ({"profile_id": "profile"}, {}, NO_PROFILE),
    "bind": ({"profile_id": "profile"}, {"tab": ["new"], "audience": ["warehouse"]}, NO_PROFILE),
    "confirm-bind": ({"profile_id": "profile", "audience": "=warehouse", "tab": "=new"}, {}, NO_PROFILE),
    "sheet": ({"binding_id": "binding"}, {}, NO_TAB),
    "refresh-status": ({"binding_id": "binding"}, {}, NO_TAB),
    "refresh-now": ({"binding_id": "binding"}, {}, NO_TAB),
    "stop": ({"binding_id": "binding"}, {}, NO_TAB),
    "confirm-stop": ({"binding_id": "binding"}, {}, NO_TAB),
    "resume": ({"binding_id": "binding"}, {}, NO_TAB),
    "stop-backfill": ({"binding_id": "binding"}, {}, NO_TAB),
    "fetch-older": ({"binding_id": "binding"}, {"days_back": ["30"]}, NO_TAB),
    "keep-finished": ({"binding_id": "binding"}, {"keep_days": ["30"]}, NO_TAB),
    "make-summary": ({"binding_id": "binding"}, {}, NO_TAB),
    "reports": ({"binding_id": "binding"}, {}, NO_TAB),
    "accept-missing": ({"binding_id": "binding"}, {}, NO_TAB),
    "restore-missing": ({"binding_id": "binding"}, {}, NO_TAB),
    "move-tab": ({"binding_id": "binding"}, {}, NO_TAB),
    "restore-row": ({"report_id": "report"}, {}, NO_REPORT),
    "repair-key": ({"report_id": "report"}, {}, NO_REPORT),
    "remove-copy": ({"report_id": "report"}, {}, NO_REPORT),
    "restore-column": ({"report_id": "report"}, {}, NO_REPORT),
    "take-note": ({"report_id": "report"}, {}, NO_REPORT),
    "adopt-profile": ({"binding_id": "binding"}, {}, NO_TAB),
    "confirm-adopt-profile": ({"binding_id": "binding", "version": "=0"}, {}, NO_TAB),
    "where-is": ({"order_key": "order"}, {}, "We have no order of this number"),
    "approve-reader": ({"reader_id": "reader"}, {}, "This person is not in the file any more."),
    "remove-reader": ({"reader_id": "reader"}, {}, "This person is not in the file any more."),
    "proof": ({"proof_id": "proof"}, {}, "This report is not here any more."),
    "export-proof": ({"proof_id": "proof"}, {}, "This report is not here any more."),
    "order": ({"order_key": "order"}, {}, NO_ORDER),
    "save-note": ({"order_key": "order"}, {"note": "mine now"}, NO_ORDER),
    "find-buyer": ({}, {"asked": ["order"]}, "may not see buyers"),
    "export-buyer": ({"order_ids": "order"}, {}, NO_ORDER),
    "erase-buyer": ({"order_ids": "order"}, {}, NO_ORDER),
    "confirm-erase-buyer": ({"order_ids": "order"}, {}, NO_ORDER),
    "orders": ({"query": "shop query"}, {}, NO_SHOP),
    "filter-orders": ({}, {"shop": ["shop"]}, NO_SHOP),
    "member": ({"member_id": "member"}, {}, NO_MEMBER),
    "change-role": ({"member_id": "member"}, {"role": ["client"]}, NO_MEMBER),
    "revoke-member": ({"member_id": "member"}, {}, NO_MEMBER),
    "confirm-revoke": ({"member_id": "member"}, {}, NO_MEMBER),
    "offer-ownership": ({"member_id": "member"}, {}, NO_MEMBER),
    "confirm-offer": ({"member_id": "member"}, {}, NO_MEMBER),
    "confirm-access": ({"member_id": "member"}, {}, NO_MEMBER),
    "withdraw-approval": (
        {"file_id": "spreadsheet", "reader_id": "reader"},
        {},
        "This spreadsheet is not connected to Rowstream.",
    ),
    "confirm-leave": ({"account_id": "account"}, {}, "This account does not exist."),
    "confirm-close-account": ({"account_id": "account"}, {"typed": "Bloom & Thread"}, "This account does not exist."),
    "end-consent": ({"consent_id": "consent"}, {}, "This consent has ended already."),
    "own-role": ({"role_id": "role"}, {}, NO_ROLE),
    "save-role": ({"role_id": "role"}, {"role_name": "Mine", "groups": ["STATUS"]}, NO_ROLE),
    "retire-role": ({"role_id": "role"}, {}, NO_ROLE),
    "desk": ({"shop": "shop"}, {}, NO_SHOP),
    "filter-desk": ({}, {"span": "this-month", "shop": ["shop"]}, NO_SHOP),
    "refresh-desk": ({"shop": "shop"}, {}, NO_SHOP),
    "tie-out": ({"shop": "shop", "currency": "=GBP"}, {}, NO_SHOP),
    "statement": ({"shop": "shop", "statement_id": "=1"}, {}, NO_SHOP),
    "export-desk": ({"shop": "shop", "kind": "=statements"}, {}, NO_SHOP),
    "shop-terms": ({"shop_id": "shop"}, {}, NO_SHOP),
    "save-shop-terms": ({"shop_id": "shop"}, {"vat": ["usual"]}, NO_SHOP),
    "drop-shop-terms": ({"shop_id": "shop", "day": "=always"}, {}, NO_SHOP),
    "profit-history": ({"order_key": "order"}, {}, NO_ORDER),
    "fee-drift": ({"drift_id": "drift"}, {}, NO_NOTE),
    "dismiss-drift": ({"drift_id": "drift"}, {}, NO_NOTE),
    "cost": ({"shop_id": "shop", "sku_id": "sku"}, {}, NO_SHOP),
    "save-cost": ({"shop_id": "shop", "sku_id": "sku"}, {"unit": "5"}, NO_SHOP),
    "drop-cost": ({"shop_id": "shop", "sku_id": "sku", "day": "=always"}, {}, NO_SHOP),
}
#: They take no id but the open file's, or nothing of anybody's.
TAKES_NONE = {
    "home", "file-granted", "return-home", "allow-file", "new-account", "open-account", "shops", "connect-status",
    "choose-profile", "pause", "history", "try-now", "fix-writer", "check-sharing", "prove", "people", "invite",
    "send-invitation", "role-switches", "set-switch", "account", "help", "sign-out", "confirm-sign-out",
    "invite-domain", "send-domain-invitation", "own-roles", "leave-account", "export-history",
    "privacy", "set-retention",
    "write-as-me", "own-consents", "delete-me", "confirm-delete-me", "close-account",
    "costs", "make-cost-tab", "read-costs", "cost-faults", "import-costs", "export-costs", "fee-audit",
    "export-fee-audit",
    "audit-log", "filter-log", "export-log", "verify-log", "keep-log", "access-review", "finish-review",
}  # fmt: skip
#: One's own, in whatever file: they say nothing about it.
ONES_OWN = {
    "new-account", "open-account", "choose-account", "accept-invitation", "confirm-code", "account", "help", "sign-out",
    "confirm-sign-out", "own-consents", "end-consent", "delete-me", "confirm-delete-me",
}  # fmt: skip


@dataclass
class Two:
    """Bloom & Thread, whose ids are known, and Harbour Lane, whose owner knows them."""

    first: Team
    second: Team
    known: dict[str, str]
    tap: Wiretap

    def attack(self, action, *, spreadsheet_id=None, by=None):
        """The second's owner utters the action with the first's ids, in their own file or in the first's."""
        ids, form, _says = TAKES_AN_ID.get(action, ({}, {}, ""))
        sidebar = (by or self.second).sidebar("owner")
        where = {"spreadsheet_id": spreadsheet_id} if spreadsheet_id else {}
        given = {name: self._id(word) for name, word in ids.items()}
        typed = {name: [self._id(one) for one in value] if isinstance(value, list) else value
                 for name, value in form.items()}  # fmt: skip
        return sidebar.post(action, form=typed, once_key=f"two-{action}-{spreadsheet_id}", **given, **where)

    def _id(self, word):
        return word.removeprefix("=") if word.startswith("=") else self.known.get(word, word)

    def firsts_rows(self):
        """Every row of ours that belongs to the first account, by table."""
        own = {value for name, value in self.known.items() if name != "shop query"}
        with self.first.product.services.store.read() as tx:
            return {
                table.name: [tuple(row) for row in tx.execute(sa.select(table)) if own & {*map(str, row)}]
                for table in metadata.sorted_tables
            }


@pytest.fixture
def two(product, people):
    """Both connected, bound and in use; the first has a member, an open invitation and a profile of its own."""
    first = build_team(product, people).join("warehouse").connect()
    (order_id,) = product.shop().place(1, kind="NORMAL")
    first.bind()
    owner = first.sidebar("owner").post("clone-profile", profile_id="preset:sla_watch_list", once_key="mine")
    profile_id = next(one.parameters["draft_id"] for one in clicks(owner.card) if "draft_id" in one.parameters)
    owner.post("send-invitation", form={"email": "guest@gmail.com", "role": "support"}, once_key="guest")
    owner.post("save-role", base="warehouse", form={"role_name": "Night", "groups": ["STATUS"]}, once_key="night")
    second = second_account(product, people)
    known = {
        "account": first.account_id,
        "spreadsheet": first.sheet.spreadsheet_id,
        "order": order_id,
        "binding": first.bindings()[0].id,
        "role": role_of(first),
        "member": next(one.id for one in first.members() if one.role == "warehouse"),
        "shop": first.shops()[0].id,
        "profile": profile_id,
        "invitation": invitation_of(first),
        "reader": reader_of(first),
        "report": report_of(first),
        "consent": consent_of(first),
        "proof": proof_of(first),
        "drift": drift_of(first),
        "sku": sku_of(first, order_id),
    }
    known["shop query"] = f'{{"shop_id":"{known["shop"]}"}}'
    return Two(first, second, known, Wiretap.on(product.world))


def second_account(product, people):
    """Harbour Lane's owner, with a shop, an order and a bound file of their own."""
    owner = people["stranger"]
    theirs = Team(product, {**people, "owner": owner}, open_account(product, owner, name="Harbour Lane Goods"))
    connect_shop(product, theirs.sidebar("owner"), seller="harbour-lane")
    theirs.bind()
    return theirs


def report_of(team):
    """Somebody deleted a row of the team's tab, and it is reported."""
    services, binding = team.product.services, team.bindings()[0]
    with services.store.write() as tx:
        row = rows.sample(tx, binding.id, limit=1)[0]
        places = {row.row_key: ""}
        ids = {row.row_key: "report-of-the-first"}
        reports.report(tx, ids, binding.id, Kind.ROW_DELETED, places=places, now=services.clock.now())
    return "report-of-the-first"


def proof_of(team):
    """The team's owner has proved their file, to the end."""
    team.product.clock.advance(60)
    team.sidebar("owner").post("prove")
    team.product.settle(patience_s=60)
    with team.product.services.store.read() as tx:
        return proofs.recent(tx, team.scope, team.sheet.spreadsheet_id, limit=1)[0].id


def drift_of(team):
    """The fees of the team's shop have risen."""
    services, (shop,) = team.product.services, team.shops()
    before = RecentRates("GBP", 200, Decimal(5000), {"platform_commission_amount": Decimal(-450)})
    after = RecentRates("GBP", 200, Decimal(5000), {"platform_commission_amount": Decimal(-750)})
    with services.store.write() as tx:
        drift = Drift(before, after)
        fee_drifts.begin(tx, shop, "drift-of-the-first", drift, now=services.clock.now())
    return "drift-of-the-first"


def sku_of(team, order_id):
    """What the team's order sold."""
    services, (shop,) = team.product.services, team.shops()
    with services.store.read() as tx:
        order = orders.stored_without_buyers(tx, shop_id=shop.id, order_ids=[order_id])[order_id]
    return order.lines[0].sku_id


def consent_of(team):
    """The team's owner lets us write as them."""
    services, owner = team.product.services, team.people["owner"]
    row = OwnConsentRow(
        id="consent-of-the-first",
        account_id=team.account_id,
        sub=owner.sub,
        email=owner.email,
        sealed=services.store.sealer.seal("1//0first"),
        scopes=[],
        state="live",
        created_at=services.clock.now(),
        revoked_at=None,
    )
    with services.store.write() as tx:
        own_consents.add(tx, row)
    return row.id


# --- ids ---


def test_every_action_is_decided_about():
    assert set(TAKES_AN_ID) | TAKES_NONE == {action.value for action in Action}
    assert not set(TAKES_AN_ID) & TAKES_NONE


def test_foreign_ids_are_not_found_and_nothing_moves(two):
    """In one's own file, with the other's ids: what does not exist for me is not there, and the other never notices."""
    before = two.firsts_rows()
    assert all(before[name] for name in ("orders", "bindings", "members", "profiles", "invitations", "shops"))
    wrong = {}
    for action, (_ids, _form, says) in TAKES_AN_ID.items():
        sidebar = two.attack(action)
        if not sidebar.says(says):
            wrong[action] = sidebar.texts()[:4]
    assert wrong == {}
    assert two.firsts_rows() == before
    two.first.product.settle(patience_s=30)
    assert two.tap.about(two.known["spreadsheet"]) == []


def test_the_same_ids_are_found_by_their_own_owner(two):
    """Else the tests around this one would prove nothing."""
    for action in ("order", "sheet", "member", "preview-profile", "edit-filter", "connect-shop", "orders", "column"):
        sidebar = two.attack(action, by=two.first)
        assert not sidebar.says(TAKES_AN_ID[action][2]), action


def test_foreign_file_shows_the_strangers_card_for_every_action(two):
    """In the other's file: the card that names nobody, whatever is pressed and whatever else is known."""
    before = two.firsts_rows()
    wrong = {}
    for action in sorted(set(TAKES_AN_ID) | TAKES_NONE):
        if action in ONES_OWN:
            continue
        sidebar = two.attack(action, spreadsheet_id=two.known["spreadsheet"])
        if not sidebar.says(STRANGER):
            wrong[action] = sidebar.texts()[:4]
    assert wrong == {}
    assert two.firsts_rows() == before
    assert two.tap.about(two.known["spreadsheet"]) == []


def test_ones_own_actions_say_nothing_about_the_foreign_file(two):
    """Account, help and the rest work anywhere; no name of the first's is on them."""
    for action in sorted(ONES_OWN):
        sidebar = two.attack(action, spreadsheet_id=two.known["spreadsheet"])
        shown = " ".join(sidebar.texts())
        for name in ("Bloom & Thread", "SLA Watch List", *(member.email for member in two.first.members())):
            assert name not in shown, (action, name)


def test_page_of_the_others_list_turned_by_hand_shows_ones_own(two):
    """A page's beginning is sealed; carried over to another account it is only a place in that account's own list."""
    two.first.product.shop().place(25)
    owner = two.first.sidebar("owner").post("orders")
    token = next(one.parameters["page"] for one in clicks(owner.card) if one.parameters.get("page"))
    placed = harbour_orders(two, 1)
    sidebar = two.second.sidebar("owner").post("orders", page=token)
    listed = [label for label in sidebar.labels() if label.isdigit()]
    assert set(listed) <= set(placed)


# --- streams ---


def test_each_stream_touches_its_own_file_only(two):
    """An order of one shop causes calls about one file; the other's is neither read nor written."""
    first, second = two.first.sheet.spreadsheet_id, two.second.sheet.spreadsheet_id
    two.first.product.shop().place(2)
    two.first.product.settle(patience_s=30)
    assert two.tap.about(first)
    assert not two.tap.about(second)
    two.tap.sent.clear()
    placed = harbour_orders(two, 2)
    two.first.product.settle(patience_s=30)
    assert two.tap.about(second)
    assert not two.tap.about(first)
    assert {row["Order ID"] for row in two.second.sheet.cells("SLA Watch List")} == set(placed)
    assert not {row["Order ID"] for row in two.first.sheet.cells("SLA Watch List")} & set(placed)


def test_file_left_by_the_first_is_no_file_of_the_seconds_while_the_first_can_open_it(two):
    """The first stops its tab and shares the file; the second still writes nothing where a stranger reads."""
    place = two.first.sheet
    place.share(two.second.people["owner"])
    two.first.sidebar("owner").post("confirm-stop", binding_id=two.known["binding"])
    sidebar = two.second.sidebar("owner", place).post("bind-form", profile_id="preset:sla_watch_list")
    sidebar.press(Action.BIND, form={"tab": ["new"], "audience": ["warehouse"]})
    assert sidebar.says(f"This spreadsheet can be opened by {two.first.people['owner'].email}")
    assert two.second.bindings(place) == []


# --- what the database and Google hold, for tests that need an id ---


def harbour_orders(two, count):
    """New orders of the second's shop, which the product has followed."""
    market = two.first.product.world.market
    (shop,) = (one for one in market.world.state.shops.values() if one.name == "Harbour Lane")
    placed = [order.id for order in market.place_orders(count, shop_id=shop.id)]
    two.first.product.settle()
    return placed


def invitation_of(team):
    services = team.product.services
    with services.store.read() as tx:
        (row,) = invitations.open_of(tx, Scope(team.account_id), services.clock.now())
    return row.id


def role_of(team):
    """The id of the account's own role."""
    with team.product.services.store.read() as tx:
        return next(iter(people_store.account(tx, team.account_id).custom_roles))


def reader_of(team):
    """Google's id of the owner's own permission in the file."""
    file = team.product.world.emulator.state.files[team.sheet.spreadsheet_id]
    return next(iter(file.permissions))
