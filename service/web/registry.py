"""REGISTRY: every Action with the Permission it needs and the handler that does it. The only place that binds them.

The permission has no default, and an Action without a row fails the import, so a check cannot be forgotten. The verb
is checked by the route with this table; the object is checked by the store, which reads only within a Scope.
"""

from cards.actions import Action
from service.core.roles import Permission
from service.web.entries import Entry, Registry, check_complete
from service.web.handlers import (
    adoption,
    backfill,
    history,
    orders,
    own,
    people,
    profiles,
    reports,
    sharing,
    sheet,
    shops,
    welcome,
    whereabouts,
)

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
    Action.CHECK_SHARING: Entry(Permission.PROVE, sharing.check_sharing),
    Action.APPROVE_READER: Entry(Permission.ACCOUNT_OWN, sharing.approve_reader),
    Action.ORDERS: Entry(Permission.ORDERS_SEE, orders.orders),
    Action.FILTER_ORDERS: Entry(Permission.ORDERS_SEE, orders.filter_orders),
    Action.ORDER: Entry(Permission.ORDERS_SEE, orders.order),
    Action.SAVE_NOTE: Entry(Permission.NOTES_WRITE, orders.save_note),
    Action.PEOPLE: Entry(_PEOPLE, people.people),
    Action.INVITE: Entry(_PEOPLE, people.invite),
    Action.SEND_INVITATION: Entry(_PEOPLE, people.send_invitation),
    Action.REVOKE_INVITATION: Entry(_PEOPLE, people.revoke_invitation),
    Action.MEMBER: Entry(_PEOPLE, people.member),
    Action.CHANGE_ROLE: Entry(_PEOPLE, people.change_role),
    Action.REVOKE_MEMBER: Entry(_PEOPLE, people.revoke_member),
    Action.CONFIRM_REVOKE: Entry(_PEOPLE, people.confirm_revoke),
    Action.ROLE_SWITCHES: Entry(_PEOPLE, people.role_switches),
    Action.SET_SWITCH: Entry(_PEOPLE, people.set_switch),
    Action.ACCOUNT: Entry(_SIGNED_IN, own.account),
    Action.HELP: Entry(_SIGNED_IN, own.help),
    Action.SIGN_OUT: Entry(_SIGNED_IN, own.sign_out),
    Action.CONFIRM_SIGN_OUT: Entry(_SIGNED_IN, own.confirm_sign_out),
}

check_complete(REGISTRY)
