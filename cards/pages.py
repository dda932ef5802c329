"""PAGES: view type → page function, and `render`, the only way from a view to a card."""

from collections.abc import Mapping

from cards.late import Late, LateModule
from cards.layout import Card
from cards.words import Words

account = LateModule("cards.account")
audit_log = LateModule("cards.audit_log")
auditor = LateModule("cards.auditor")
changed = LateModule("cards.changed")
columns = LateModule("cards.columns")
connect = LateModule("cards.connect")
consents = LateModule("cards.consents")
cost_faults = LateModule("cards.cost_faults")
costs = LateModule("cards.costs")
desk = LateModule("cards.desk")
desk_statement = LateModule("cards.desk_statement")
desk_tie = LateModule("cards.desk_tie")
farewell = LateModule("cards.farewell")
fee_drift = LateModule("cards.fee_drift")
filters = LateModule("cards.filters")
history = LateModule("cards.history")
home = LateModule("cards.home")
invite = LateModule("cards.invite")
order = LateModule("cards.order")
orders = LateModule("cards.orders")
own_roles = LateModule("cards.own_roles")
ownership = LateModule("cards.ownership")
people = LateModule("cards.people")
preview = LateModule("cards.preview")
privacy = LateModule("cards.privacy")
problem = LateModule("cards.problem")
profiles = LateModule("cards.profiles")
profit_history = LateModule("cards.profit_history")
proof = LateModule("cards.proof")
reports = LateModule("cards.reports")
review = LateModule("cards.review")
role_switches = LateModule("cards.role_switches")
sharing = LateModule("cards.sharing")
sheet = LateModule("cards.sheet")
shop_terms = LateModule("cards.shop_terms")
shops = LateModule("cards.shops")
welcome = LateModule("cards.welcome")
whereabouts = LateModule("cards.whereabouts")

#: View type → page function, both by name: a screen is loaded when it is first shown.
PAGES: Mapping[Late, Late] = {
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
    proof.Proof: proof.proof,
    history.History: history.history,
    reports.Reports: reports.reports,
    whereabouts.WhereIs: whereabouts.where_is,
    orders.Orders: orders.orders,
    order.OrderDetail: order.order_detail,
    profit_history.ProfitHistory: profit_history.profit_history,
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
    audit_log.AuditLog: audit_log.audit_log,
    audit_log.RecordProof: audit_log.record_proof,
    review.AccessReview: review.access_review,
    desk.Desk: desk.desk,
    desk_tie.TieOut: desk_tie.tie_out,
    desk_statement.StatementDetail: desk_statement.statement,
    shop_terms.ShopTermsForm: shop_terms.shop_terms,
    auditor.FeeAudit: auditor.fee_audit,
    fee_drift.FeeDrift: fee_drift.fee_drift,
    costs.Costs: costs.costs,
    costs.CostForm: costs.cost_form,
    cost_faults.CostReport: cost_faults.cost_report,
    privacy.Privacy: privacy.privacy,
    privacy.BuyerFound: privacy.buyer_found,
    privacy.ConfirmErase: privacy.confirm_erase,
    privacy.Erased: privacy.erased,
    account.ChooseAccount: account.choose_account,
    account.AccountOverview: account.account_overview,
    account.ConfirmSignOut: account.confirm_sign_out,
    account.SignedOut: account.signed_out,
    account.Help: account.help_card,
    consents.WriteAsMe: consents.write_as_me,
    consents.ConsentGiven: consents.consent_given,
    consents.OwnConsents: consents.own_consents,
    farewell.DeleteMe: farewell.delete_me,
    farewell.OwnsAccounts: farewell.owns_accounts,
    farewell.DeletedMe: farewell.deleted_me,
    farewell.CloseAccount: farewell.close_account,
    farewell.OtherOwners: farewell.other_owners,
    farewell.ClosedAccount: farewell.closed_account,
    problem.ProblemView: problem.problem,
    problem.NotPermitted: problem.not_permitted,
}


def render(view: object, words: Words) -> Card:
    """The card of a view, action names in it not yet addresses. A type without a page is a bug (KeyError)."""
    kind = type(view)
    drawn: Card = PAGES[Late(kind.__module__, kind.__qualname__)](view, words)
    return drawn
