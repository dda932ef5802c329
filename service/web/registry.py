"""REGISTRY: every Action with the Permission it needs and the handler that does it. The only place that binds them.

The permission has no default, and an Action without a row fails the import, so a check cannot be forgotten. The verb
is checked by the route with this table; the object is checked by the store, which reads only within a Scope.
"""

from cards.actions import Action
from cards.late import LateModule
from service.core.roles import Permission
from service.web.entries import Entry, Registry, check_complete

# A room of handlers is loaded by the first press of one of them.
adoption = LateModule("service.web.handlers.adoption")
audit_log = LateModule("service.web.handlers.audit_log")
auditor = LateModule("service.web.handlers.auditor")
backfill = LateModule("service.web.handlers.backfill")
consents = LateModule("service.web.handlers.consents")
costs = LateModule("service.web.handlers.costs")
desk = LateModule("service.web.handlers.desk")
farewell = LateModule("service.web.handlers.farewell")
history = LateModule("service.web.handlers.history")
invitations = LateModule("service.web.handlers.invitations")
orders = LateModule("service.web.handlers.orders")
own = LateModule("service.web.handlers.own")
own_roles = LateModule("service.web.handlers.own_roles")
people = LateModule("service.web.handlers.people")
privacy = LateModule("service.web.handlers.privacy")
profiles = LateModule("service.web.handlers.profiles")
profit_history = LateModule("service.web.handlers.profit_history")
proof = LateModule("service.web.handlers.proof")
reports = LateModule("service.web.handlers.reports")
review = LateModule("service.web.handlers.review")
sharing = LateModule("service.web.handlers.sharing")
sheet = LateModule("service.web.handlers.sheet")
shop_terms = LateModule("service.web.handlers.shop_terms")
shops = LateModule("service.web.handlers.shops")
summaries = LateModule("service.web.handlers.summaries")
welcome = LateModule("service.web.handlers.welcome")
whereabouts = LateModule("service.web.handlers.whereabouts")

_SIGNED_IN = Permission.SIGNED_IN
_CONNECT = Permission.SHOP_CONNECT
_BIND = Permission.SHEET_BIND
_STATUS = Permission.SHEET_STATUS
_PEOPLE = Permission.PEOPLE_MANAGE

REGISTRY: Registry = {
    Action.HOME: Entry(_SIGNED_IN, welcome.home),
    Action.FILE_GRANTED: Entry(_SIGNED_IN, welcome.file_granted),
    Action.RETURN_HOME: Entry(_SIGNED_IN, welcome.return_home),
    Action.ALLOW_FILE: Entry(_SIGNED_IN, welcome.allow_file),
    Action.NEW_ACCOUNT: Entry(_SIGNED_IN, welcome.new_account),
    Action.OPEN_ACCOUNT: Entry(_SIGNED_IN, welcome.open_account),
    Action.CHOOSE_ACCOUNT: Entry(_SIGNED_IN, welcome.choose_account),
    Action.ACCEPT_INVITATION: Entry(_SIGNED_IN, welcome.accept_invitation),
    Action.CONFIRM_CODE: Entry(_SIGNED_IN, welcome.confirm_code),
    Action.SHOPS: Entry(_CONNECT, shops.shops),
    Action.CONNECT_SHOP: Entry(_CONNECT, shops.connect_shop),
    Action.CONNECT_STATUS: Entry(_CONNECT, shops.connect_status),
    Action.DISCONNECT_SHOP: Entry(_CONNECT, shops.disconnect_shop),
    Action.CONFIRM_DISCONNECT_SHOP: Entry(_CONNECT, shops.confirm_disconnect_shop),
    Action.CHOOSE_PROFILE: Entry(_BIND, profiles.choose_profile),
    Action.PREVIEW_PROFILE: Entry(_BIND, profiles.preview_profile),
    Action.CLONE_PROFILE: Entry(_BIND, profiles.clone_profile),
    Action.EDIT_COLUMNS: Entry(_BIND, profiles.edit_columns),
    Action.COLUMN: Entry(_BIND, profiles.column),
    Action.ADD_COLUMN: Entry(_BIND, profiles.add_column),
    Action.REMOVE_COLUMN: Entry(_BIND, profiles.remove_column),
    Action.MOVE_COLUMN: Entry(_BIND, profiles.move_column),
    Action.RENAME_COLUMN: Entry(_BIND, profiles.rename_column),
    Action.EDIT_FILTER: Entry(_BIND, profiles.edit_filter),
    Action.SAVE_FILTER: Entry(_BIND, profiles.save_filter),
    Action.SAVE_PROFILE: Entry(_BIND, profiles.save_profile),
    Action.BIND_FORM: Entry(_BIND, sheet.bind_form),
    Action.BIND: Entry(_BIND, sheet.bind),
    Action.CONFIRM_BIND: Entry(_BIND, sheet.confirm_bind),
    Action.SHEET: Entry(_STATUS, sheet.sheet),
    Action.REFRESH_NOW: Entry(Permission.SHEET_REFRESH, sheet.refresh_now),
    Action.REFRESH_STATUS: Entry(_STATUS, sheet.refresh_status),
    Action.PAUSE: Entry(_BIND, sheet.pause),
    Action.RESUME: Entry(_BIND, sheet.resume),
    Action.STOP: Entry(_BIND, sheet.stop),
    Action.CONFIRM_STOP: Entry(_BIND, sheet.confirm_stop),
    Action.ADOPT_PROFILE: Entry(_BIND, adoption.adopt_profile),
    Action.CONFIRM_ADOPT_PROFILE: Entry(_BIND, adoption.confirm_adopt_profile),
    Action.STOP_BACKFILL: Entry(_BIND, backfill.stop_backfill),
    Action.FETCH_OLDER: Entry(_BIND, backfill.fetch_older),
    Action.KEEP_FINISHED: Entry(_BIND, backfill.keep_finished),
    Action.MAKE_SUMMARY: Entry(_BIND, summaries.make_summary),
    Action.HISTORY: Entry(_STATUS, history.history),
    Action.EXPORT_HISTORY: Entry(_STATUS, history.export_history),
    Action.TRY_NOW: Entry(Permission.SHEET_REFRESH, history.try_now),
    Action.REPORTS: Entry(_STATUS, reports.reports),
    Action.RESTORE_ROW: Entry(Permission.SHEET_REFRESH, reports.restore_row),
    Action.REPAIR_KEY: Entry(Permission.SHEET_REFRESH, reports.repair_key),
    Action.REMOVE_COPY: Entry(Permission.SHEET_REFRESH, reports.remove_copy),
    Action.RESTORE_COLUMN: Entry(_BIND, reports.restore_column),
    Action.TAKE_NOTE: Entry(_BIND, reports.take_note),
    Action.ACCEPT_MISSING: Entry(_BIND, reports.accept_missing),
    Action.RESTORE_MISSING: Entry(_BIND, reports.restore_missing),
    Action.MOVE_TAB: Entry(_BIND, reports.move_tab),
    Action.WHERE_IS: Entry(Permission.ORDERS_SEE, whereabouts.where_is),
    Action.FIX_WRITER: Entry(_BIND, sheet.fix_writer),
    Action.WRITE_AS_ME: Entry(_BIND, consents.write_as_me),
    Action.CHECK_SHARING: Entry(Permission.PROVE, sharing.check_sharing),
    Action.APPROVE_READER: Entry(Permission.ACCOUNT_OWN, sharing.approve_reader),
    Action.REMOVE_READER: Entry(_PEOPLE, sharing.remove_reader),
    Action.PROOF: Entry(Permission.PROVE, proof.proof),
    Action.PROVE: Entry(Permission.PROVE, proof.prove),
    Action.EXPORT_PROOF: Entry(Permission.PROVE, proof.export_proof),
    Action.ORDERS: Entry(Permission.ORDERS_SEE, orders.orders),
    Action.FILTER_ORDERS: Entry(Permission.ORDERS_SEE, orders.filter_orders),
    Action.ORDER: Entry(Permission.ORDERS_SEE, orders.order),
    Action.SAVE_NOTE: Entry(Permission.NOTES_WRITE, orders.save_note),
    Action.PEOPLE: Entry(_PEOPLE, people.people),
    Action.INVITE: Entry(_PEOPLE, invitations.invite),
    Action.SEND_INVITATION: Entry(_PEOPLE, invitations.send_invitation),
    Action.INVITE_DOMAIN: Entry(_PEOPLE, invitations.invite_domain),
    Action.SEND_DOMAIN_INVITATION: Entry(_PEOPLE, invitations.send_domain_invitation),
    Action.REVOKE_INVITATION: Entry(_PEOPLE, invitations.revoke_invitation),
    Action.MEMBER: Entry(_PEOPLE, people.member),
    Action.CHANGE_ROLE: Entry(_PEOPLE, people.change_role),
    Action.REVOKE_MEMBER: Entry(_PEOPLE, people.revoke_member),
    Action.CONFIRM_REVOKE: Entry(_PEOPLE, people.confirm_revoke),
    Action.ROLE_SWITCHES: Entry(_PEOPLE, own_roles.role_switches),
    Action.SET_SWITCH: Entry(_PEOPLE, own_roles.set_switch),
    Action.OWN_ROLES: Entry(_PEOPLE, own_roles.own_roles),
    Action.OWN_ROLE: Entry(_PEOPLE, own_roles.own_role),
    Action.SAVE_ROLE: Entry(_PEOPLE, own_roles.save_role),
    Action.RETIRE_ROLE: Entry(_PEOPLE, own_roles.retire_role),
    Action.OFFER_OWNERSHIP: Entry(Permission.ACCOUNT_OWN, people.offer_ownership),
    Action.CONFIRM_OFFER: Entry(Permission.ACCOUNT_OWN, people.confirm_offer),
    Action.AUDIT_LOG: Entry(Permission.PROVE, audit_log.audit_log),
    Action.FILTER_LOG: Entry(Permission.PROVE, audit_log.filter_log),
    Action.EXPORT_LOG: Entry(Permission.PROVE, audit_log.export_log),
    Action.VERIFY_LOG: Entry(Permission.PROVE, audit_log.verify_log),
    Action.KEEP_LOG: Entry(Permission.ACCOUNT_OWN, audit_log.keep_log),
    Action.ACCESS_REVIEW: Entry(Permission.PROVE, review.access_review),
    Action.CONFIRM_ACCESS: Entry(_PEOPLE, review.confirm_access),
    Action.WITHDRAW_APPROVAL: Entry(Permission.ACCOUNT_OWN, review.withdraw_approval),
    Action.FINISH_REVIEW: Entry(_PEOPLE, review.finish_review),
    Action.DESK: Entry(Permission.LEDGER_SEE, desk.desk),
    Action.FILTER_DESK: Entry(Permission.LEDGER_SEE, desk.filter_desk),
    Action.REFRESH_DESK: Entry(Permission.LEDGER_SEE, desk.refresh_desk),
    Action.TIE_OUT: Entry(Permission.LEDGER_SEE, desk.tie_out),
    Action.STATEMENT: Entry(Permission.LEDGER_SEE, desk.statement),
    Action.EXPORT_DESK: Entry(Permission.LEDGER_SEE, desk.export_desk),
    Action.SHOP_TERMS: Entry(Permission.COSTS_EDIT, shop_terms.shop_terms),
    Action.SAVE_SHOP_TERMS: Entry(Permission.COSTS_EDIT, shop_terms.save_shop_terms),
    Action.DROP_SHOP_TERMS: Entry(Permission.COSTS_EDIT, shop_terms.drop_shop_terms),
    Action.PROFIT_HISTORY: Entry(Permission.LEDGER_SEE, profit_history.profit_history),
    Action.FEE_AUDIT: Entry(Permission.LEDGER_SEE, auditor.fee_audit),
    Action.EXPORT_FEE_AUDIT: Entry(Permission.LEDGER_SEE, auditor.export_fee_audit),
    Action.FEE_DRIFT: Entry(Permission.LEDGER_SEE, auditor.fee_drift),
    Action.DISMISS_DRIFT: Entry(Permission.LEDGER_SEE, auditor.dismiss_drift),
    Action.COSTS: Entry(Permission.COSTS_EDIT, costs.costs),
    Action.COST: Entry(Permission.COSTS_EDIT, costs.cost),
    Action.SAVE_COST: Entry(Permission.COSTS_EDIT, costs.save_cost),
    Action.DROP_COST: Entry(Permission.COSTS_EDIT, costs.drop_cost),
    Action.MAKE_COST_TAB: Entry(Permission.COSTS_EDIT, costs.make_cost_tab),
    Action.READ_COSTS: Entry(Permission.COSTS_EDIT, costs.read_costs),
    Action.COST_FAULTS: Entry(Permission.COSTS_EDIT, costs.cost_faults),
    Action.IMPORT_COSTS: Entry(Permission.COSTS_EDIT, costs.import_costs),
    Action.EXPORT_COSTS: Entry(Permission.COSTS_EDIT, costs.export_costs),
    Action.PRIVACY: Entry(Permission.ACCOUNT_OWN, privacy.privacy),
    Action.SET_RETENTION: Entry(Permission.ACCOUNT_OWN, privacy.set_retention),
    Action.FIND_BUYER: Entry(Permission.ACCOUNT_OWN, privacy.find_buyer),
    Action.EXPORT_BUYER: Entry(Permission.ACCOUNT_OWN, privacy.export_buyer),
    Action.ERASE_BUYER: Entry(Permission.ACCOUNT_OWN, privacy.erase_buyer),
    Action.CONFIRM_ERASE_BUYER: Entry(Permission.ACCOUNT_OWN, privacy.confirm_erase_buyer),
    Action.ACCOUNT: Entry(_SIGNED_IN, own.account),
    Action.LEAVE_ACCOUNT: Entry(_STATUS, own.leave_account),
    Action.CONFIRM_LEAVE: Entry(_STATUS, own.confirm_leave),
    Action.HELP: Entry(_SIGNED_IN, own.help),
    Action.SIGN_OUT: Entry(_SIGNED_IN, own.sign_out),
    Action.CONFIRM_SIGN_OUT: Entry(_SIGNED_IN, own.confirm_sign_out),
    Action.OWN_CONSENTS: Entry(_SIGNED_IN, consents.own_consents),
    Action.END_CONSENT: Entry(_SIGNED_IN, consents.end_consent),
    Action.DELETE_ME: Entry(_SIGNED_IN, farewell.delete_me),
    Action.CONFIRM_DELETE_ME: Entry(_SIGNED_IN, farewell.confirm_delete_me),
    Action.CLOSE_ACCOUNT: Entry(Permission.ACCOUNT_OWN, farewell.close_account),
    Action.CONFIRM_CLOSE_ACCOUNT: Entry(Permission.ACCOUNT_OWN, farewell.confirm_close_account),
}

check_complete(REGISTRY)
