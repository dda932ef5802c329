"""PAGES: view type → page function, and `render`, the only way from a view to a card."""

from collections.abc import Callable, Mapping
from typing import Any

from cards import (
    account,
    changed,
    columns,
    connect,
    filters,
    history,
    home,
    invite,
    order,
    orders,
    own_roles,
    ownership,
    people,
    preview,
    problem,
    profiles,
    reports,
    role_switches,
    sharing,
    sheet,
    shops,
    welcome,
    whereabouts,
)
from cards.layout import Card
from cards.words import Words

Page = Callable[[Any, Words], Card]

PAGES: Mapping[type, Page] = {
    welcome.AllowFile: welcome.allow_file,
    welcome.AllowFileHelp: welcome.allow_file_help,
    welcome.FirstRun: welcome.first_run,
    welcome.Invitations: welcome.invitations,
    welcome.ConfirmCode: welcome.confirm_code,
    welcome.UnboundFile: welcome.unbound_file,
    welcome.CopiedFile: welcome.copied_file,
    welcome.Stranger: welcome.stranger,
    home.SheetHome: home.sheet_home,
    connect.ConnectStart: connect.connect_start,
    connect.ConnectWaiting: connect.connect_waiting,
    connect.ConnectDone: connect.connect_done,
    connect.ConnectExpired: connect.connect_expired,
    shops.Shops: shops.shops,
    shops.ConfirmDisconnect: shops.confirm_disconnect,
    profiles.ChooseProfile: profiles.choose_profile,
    preview.Preview: preview.preview,
    columns.ColumnsEditor: columns.columns_editor,
    columns.ColumnDetail: columns.column_detail,
    filters.FilterForm: filters.filter_form,
    sheet.BindForm: sheet.bind_form,
    sheet.ConfirmBind: sheet.confirm_bind,
    sheet.SheetStatus: sheet.sheet_status,
    sheet.ConfirmStop: sheet.confirm_stop,
    changed.ConfirmAdopt: changed.confirm_adopt,
    sharing.Sharing: sharing.sharing,
    history.History: history.history,
    reports.Reports: reports.reports,
    whereabouts.WhereIs: whereabouts.where_is,
    orders.Orders: orders.orders,
    order.OrderDetail: order.order_detail,
    people.People: people.people,
    invite.InviteForm: invite.invite_form,
    invite.InviteDomain: invite.invite_domain,
    invite.InvitationSent: invite.invitation_sent,
    invite.DomainInvited: invite.domain_invited,
    people.MemberDetail: people.member_detail,
    people.ConfirmRevoke: people.confirm_revoke,
    people.AccessEnded: people.access_ended,
    role_switches.RoleSwitches: role_switches.role_switches,
    own_roles.OwnRoles: own_roles.own_roles,
    own_roles.ChooseBase: own_roles.choose_base,
    own_roles.OwnRoleForm: own_roles.own_role_form,
    ownership.ConfirmOffer: ownership.confirm_offer,
    ownership.ConfirmLeave: ownership.confirm_leave,
    ownership.LastOwner: ownership.last_owner,
    ownership.Left: ownership.left,
    account.ChooseAccount: account.choose_account,
    account.AccountOverview: account.account_overview,
    account.ConfirmSignOut: account.confirm_sign_out,
    account.SignedOut: account.signed_out,
    account.Help: account.help_card,
    problem.ProblemView: problem.problem,
    problem.NotPermitted: problem.not_permitted,
}


def render(view: object, words: Words) -> Card:
    """The card of a view, action names in it not yet addresses. A type without a page is a bug (KeyError)."""
    return PAGES[type(view)](view, words)
