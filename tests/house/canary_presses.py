"""Every action by every role and by a stranger, with what its buttons would carry; the raw answers are kept."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from drivers import Sidebar
from house.canary_sheets import report_everything
from house.canary_stage import OFF, Stage
from team import ROLES

from cards.actions import Action
from service.flows import design

Press = tuple[str, dict[str, str], dict[str, Any]]


def everybody_presses_everything(stage: Stage, switches: str) -> None:
    """Every action by every role, with what its buttons would carry, and by the stranger."""
    ids = known_ids(stage)
    for role in (*ROLES, "stranger"):
        for action, parameters, form in presses(ids, switches):
            utter(stage, role, switches, action, parameters, form)


def utter(stage: Stage, role: str, switches: str, action: str, parameters: dict, form: dict) -> str:
    """One press by this role's person in the file that is bound for the warehouse; the raw answer, on record."""
    person = stage.team.people[role]
    stage.product.world.emulator.state.grant(person.email, stage.team.sheet.spreadsheet_id)
    sidebar = Sidebar(stage.product, person, spreadsheet_id=stage.team.sheet.spreadsheet_id)
    given = {"once_key": f"{role}{switches}{action}{len(stage.told.cards[role, switches])}", **parameters}
    typed = {name: {"stringInputs": {"value": value if isinstance(value, list) else [value]}}
             for name, value in form.items()}  # fmt: skip
    answer = sidebar.send(action, sidebar.event(action, given, typed))
    assert answer.status_code == 200, (role, action)
    text = answer.get_data(as_text=True)
    asked = [
        *given.values(),
        *(value for field_ in form.values() for value in ([field_] if isinstance(field_, str) else field_)),
    ]
    stage.told.cards[role, switches].append((action, without(text, asked)))
    return text


def without(text: str, said: list[str]) -> str:
    """The answer without what the person said: an echo tells nobody anything."""
    for word in sorted(said, key=len, reverse=True):
        text = text.replace(json.dumps(word)[1:-1], "") if len(word) > 5 else text
    return text


def known_ids(stage: Stage) -> dict[str, str]:
    """Ids as somebody would know them who has seen every card."""
    services, team = stage.product.services, stage.team
    return {
        "order": stage.order_ids[0],
        "shared": stage.order_ids[1],
        "binding": team.bindings()[0].id,
        "draft": design.clone(services, stage.owner, "preset:pick_and_ship", name="Labels"),
        "member": next(one.id for one in team.members() if one.role == "client"),
        "shop": team.shops()[0].id,
        "unbound": stage.unbound.spreadsheet_id,
        "report": report_everything(stage),
    }


def presses(ids: Mapping[str, str], switches: str) -> list[Press]:
    """Every action at least once; those that end something with ids that end nothing anybody needs."""
    draft, orders = {"draft_id": ids["draft"]}, [{"order_key": ids[one]} for one in ("order", "shared")]
    ready = ("sla_watch_list", "pick_and_ship", "profit_ledger", "accountant", "agency_client")
    refs = (*(f"preset:{key}" for key in ready), ids["draft"])
    shows: list[Press] = [
        *(("orders", {"window": window}, {}) for window in ("", "overdue", "today", "tomorrow", "cancel-requests")),
        ("filter-orders", {}, {"search": "zqtrack1"}),
        ("filter-orders", {}, {"search": "ZQSKU11"}),
        ("filter-orders", {}, {"status": "AWAITING_SHIPMENT", "shop": ids["shop"]}),
        *(("order", one, {}) for one in orders),
        *(("profit-history", one, {}) for one in orders),
        ("fee-audit", {}, {"days": "365"}),
        ("fee-drift", {"drift_id": "0" * 32}, {}),
        *(("preview-profile", {"profile_id": ref}, {}) for ref in refs),
        ("edit-columns", draft, {}),
        ("edit-columns", {**draft, "page": "10"}, {}),
        *(("column", {**draft, "column_key": key}, {}) for key in ("recipient", "sla_due", "items")),
        ("edit-filter", draft, {}),
        ("home", {}, {}),
        ("home", {"spreadsheet_id": ids["unbound"]}, {}),
        ("choose-profile", {}, {}),
        ("sheet", {"binding_id": ids["binding"]}, {}),
        ("refresh-now", {"binding_id": ids["binding"]}, {}),
        ("shops", {}, {}),
        *(("history", {"page": page}, {}) for page in ("", "newest")),
        ("export-history", {}, {}),
        *(("where-is", {"order_key": one["order_key"]}, {}) for one in orders),
        ("where-is", {}, {"order_number": ids["order"]}),
        ("where-is", {"again": "yes"}, {"order_number": "zqtrack1"}),
        ("reports", {"binding_id": ids["binding"]}, {}),
    ]
    return shows if switches != OFF else [*shows, *rest(ids, refs), *changes(ids, draft)]


def rest(ids: Mapping[str, str], refs: Sequence[str]) -> list[Press]:
    """What shows no orders, or is not supposed to."""
    return [
        *((name, {}, {}) for name in ("file-granted", "return-home", "allow-file", "new-account", "account", "help")),
        *((name, {}, {}) for name in ("sign-out", "people", "invite", "role-switches", "check-sharing", "fix-writer")),
        *(
            (name, {}, {})
            for name in ("choose-account", "connect-status", "leave-account", "invite-domain", "own-roles")
        ),
        *((name, {}, {}) for name in ("write-as-me", "own-consents", "delete-me", "close-account")),
        *(("own-role", parameters, {}) for parameters in ({}, {"base": "warehouse"})),
        *((name, {}, {}) for name in ("audit-log", "filter-log", "export-log", "verify-log", "access-review")),
        ("filter-log", {}, {"group": "orders", "period": "7"}),
        ("verify-log", {"again": "yes"}, {"kept": "7:zq"}),
        ("offer-ownership", {"member_id": ids["member"]}, {}),
        *(("bind-form", {"profile_id": ref}, {}) for ref in refs),
        ("refresh-status", {"binding_id": ids["binding"]}, {}),
        ("stop", {"binding_id": ids["binding"]}, {}),
        ("adopt-profile", {"binding_id": ids["binding"]}, {}),
        ("connect-shop", {"shop_id": ids["shop"]}, {}),
        ("disconnect-shop", {"shop_id": ids["shop"]}, {}),
        ("member", {"member_id": ids["member"]}, {}),
        ("privacy", {}, {}),
        *(("find-buyer", {}, {"asked": asked}) for asked in (ids["order"], "nyra", "zqmail1@scs2.tiktok.com")),
        *((name, {"order_ids": ids["order"]}, {}) for name in ("export-buyer", "erase-buyer")),
        ("revoke-member", {"member_id": ids["member"]}, {}),
        ("bind", {"profile_id": "preset:accountant"}, {"tab": "new", "audience": "warehouse"}),
        ("bind", {"profile_id": "preset:pick_and_ship"}, {"tab": "new", "audience": "client"}),
    ]


def changes(ids: Mapping[str, str], draft: dict[str, str]) -> list[Press]:
    """What changes something, at the end: with every right it changes little, and once is enough."""
    return [
        ("add-column", draft, {"columns": ["phone", "order_total"]}),
        ("move-column", {**draft, "column_key": "items", "place": "2"}, {}),
        ("rename-column", {**draft, "column_key": "items"}, {"header": "Things"}),
        ("remove-column", {**draft, "column_key": "qty"}, {}),
        ("save-filter", draft, {"status": "AWAITING_SHIPMENT"}),
        ("save-profile", draft, {"profile_name": "Labels again", "audience": "support"}),
        ("clone-profile", {"profile_id": ids["draft"]}, {}),
        ("confirm-bind", {"profile_id": "preset:accountant", "tab": "new", "audience": "support"}, {}),
        ("set-retention", {}, {"keep_days": "8"}),
        ("desk", {"shop": ids["shop"], "span": "last-30"}, {}),
        ("filter-desk", {}, {"span": "last-month", "shop": ids["shop"]}),
        ("refresh-desk", {"shop": ids["shop"]}, {}),
        ("tie-out", {"shop": ids["shop"], "span": "last-30", "currency": "GBP"}, {}),
        ("statement", {"shop": ids["shop"], "statement_id": "0" * 18}, {}),
        ("export-desk", {"shop": ids["shop"], "kind": "transactions"}, {}),
        ("shop-terms", {}, {}),
        ("save-shop-terms", {"shop_id": "0" * 32}, {"vat": "usual"}),
        ("drop-shop-terms", {"shop_id": "0" * 32, "day": "always"}, {}),
        ("dismiss-drift", {"drift_id": "0" * 32}, {}),
        ("export-fee-audit", {"days": "365"}, {}),
        ("costs", {}, {}),
        ("costs", {"since": "2026-01-01", "until": "2026-12-31", "page": "2"}, {"search": "seed"}),
        ("cost", {"shop_id": ids["shop"], "sku_id": "sending"}, {}),
        ("cost", {"shop_id": "0" * 32, "sku_id": "1"}, {}),
        ("save-cost", {"shop_id": ids["shop"], "sku_id": "sending"}, {"fulfilment": "3.20"}),
        ("drop-cost", {"shop_id": ids["shop"], "sku_id": "sending", "day": "always"}, {}),
        ("make-cost-tab", {}, {}),
        ("read-costs", {}, {}),
        ("cost-faults", {"page": "2"}, {}),
        ("import-costs", {}, {}),
        ("export-costs", {}, {}),
        ("confirm-erase-buyer", {"order_ids": "576999999999999999"}, {}),
        ("save-note", {"order_key": ids["order"]}, {"note": "seen", "flag": "nonsense"}),
        ("send-invitation", {}, {"email": "guest@gmail.com", "role": "nonsense"}),
        ("send-domain-invitation", {}, {"domain": "guest.example", "role": "nonsense"}),
        ("revoke-invitation", {"invitation_id": "0" * 32}, {}),
        ("save-role", {"base": "nonsense"}, {"role_name": "Odd"}),
        ("retire-role", {"role_id": "0" * 32}, {}),
        ("confirm-offer", {"member_id": "0" * 32}, {}),
        ("keep-log", {}, {"days": "nonsense"}),
        ("confirm-access", {"member_id": "0" * 32}, {}),
        ("withdraw-approval", {"file_id": "0" * 20, "reader_id": "0" * 20}, {}),
        ("finish-review", {}, {}),
        ("confirm-leave", {"account_id": "0" * 32}, {}),
        ("accept-invitation", {"invitation_id": "0" * 32}, {}),
        ("confirm-code", {"invitation_id": "0" * 32}, {"code": "00000000"}),
        ("change-role", {"member_id": ids["member"]}, {"role": "nonsense"}),
        ("confirm-revoke", {"member_id": "0" * 32}, {}),
        ("confirm-disconnect-shop", {"shop_id": "0" * 32}, {}),
        ("confirm-stop", {"binding_id": "0" * 32}, {}),
        ("confirm-adopt-profile", {"binding_id": ids["binding"], "version": "0" * 16}, {}),
        ("approve-reader", {"reader_id": "0" * 20}, {}),
        ("remove-reader", {"reader_id": "0" * 20}, {}),
        ("prove", {}, {}),
        ("proof", {"again": "yes"}, {}),
        ("export-proof", {"proof_id": "0" * 32}, {}),
        ("fetch-older", {"binding_id": ids["binding"]}, {"days_back": "3"}),
        ("keep-finished", {"binding_id": ids["binding"]}, {"keep_days": "3"}),
        ("make-summary", {"binding_id": ids["binding"]}, {}),
        ("stop-backfill", {"binding_id": ids["binding"]}, {}),
        ("try-now", {}, {}),
        *((name, {"report_id": "0" * 32}, {}) for name in ("restore-row", "repair-key", "remove-copy")),
        ("restore-column", {"report_id": "0" * 32}, {}),
        ("take-note", {"report_id": ids["report"]}, {}),
        *((name, {"binding_id": ids["binding"]}, {}) for name in ("accept-missing", "restore-missing", "move-tab")),
        ("set-switch", {"switch": "nonsense"}, {}),
        ("pause", {}, {}),
        ("resume", {}, {}),
        ("open-account", {}, {"account_name": " "}),
        ("end-consent", {"consent_id": "0" * 32}, {}),
        ("confirm-delete-me", {}, {"typed": "nonsense"}),
        ("confirm-close-account", {"account_id": "0" * 32}, {"typed": "nonsense"}),
        ("confirm-sign-out", {}, {}),
    ]


def clients_look(stage: Stage, switches: str) -> None:
    """A client does not know order numbers: the keys come from the list."""
    text = utter(stage, "client", switches, Action.ORDERS, {}, {})
    for key in sorted({one["value"] for one in parameters_of(json.loads(text)) if one["key"] == "order_key"}):
        utter(stage, "client", switches, Action.ORDER, {"order_key": key}, {})


def parameters_of(node: Any) -> Iterator[dict[str, str]]:
    if isinstance(node, list):
        for one in node:
            yield from parameters_of(one)
    elif isinstance(node, dict):
        yield from node.get("parameters", [])
        for one in node.values():
            yield from parameters_of(one)
