"""The account's people: members, invitations, roles, and the switches of what roles see and do."""

from collections.abc import Mapping

from cards.people import (
    ConfirmRevoke,
    InvitationSent,
    InviteForm,
    MemberDetail,
    MemberLine,
    People,
    RoleSwitch,
    RoleSwitches,
    SentInvitation,
    SwitchGroup,
)
from cards.reply import Reply, Show
from cards.words import mark
from service.core.roles import Role, Switch
from service.errors import BadInput, Conflict
from service.flows import design, manage, overview
from service.flows import invitations as invites
from service.flows import members as membership
from service.web.ask import Ask
from service.web.handlers.welcome import said

#: Switch → what it opens, in a few words and in a sentence. Those of deeds that do not exist yet are not shown.
SWITCH_WORDS: Mapping[Switch, tuple[str, str]] = {
    Switch.OWNER_PII: (mark("Buyers' names and addresses"), mark("Also for owners it stays closed unless needed")),
    Switch.ADMIN_PII: (mark("Buyers' names and addresses"), mark("For admins who look after deliveries")),
    Switch.FINANCE_SLA: (mark("Deadlines"), mark("When an order is due")),
    Switch.FINANCE_FULFIL: (mark("Shipping"), mark("Carrier, tracking and warehouse")),
    Switch.WAREHOUSE_PII: (mark("Buyers' names and addresses"), mark("For labels and picking lists")),
    Switch.SUPPORT_REVENUE: (mark("What buyers paid"), mark("To answer questions about prices and refunds")),
    Switch.ACCOUNTANT_ITEM: (mark("Products"), mark("What was sold, by name and SKU")),
    Switch.ACCOUNTANT_COST: (mark("Costs"), mark("What the goods cost you")),
    Switch.ACCOUNTANT_PROFIT: (mark("Profit"), mark("Shown only together with costs")),
    Switch.CLIENT_ID: (mark("Masked order numbers"), mark("The last six digits; a client's sheet needs them")),
    Switch.CLIENT_FULFIL: (mark("Shipping"), mark("Carrier, tracking and warehouse")),
    Switch.CLIENT_REVENUE: (mark("What buyers paid"), mark("Order totals and discounts")),
    Switch.CLIENT_REFRESH: (mark("Refresh the sheet"), mark("Instead of waiting for the next update")),
    Switch.CLIENT_ORDERS: (mark("Look up orders here"), mark("With the columns a client may see")),
    Switch.FINANCE_BIND: (mark("Set up sheets"), mark("Choose profiles, connect, pause and stop tabs")),
    Switch.WAREHOUSE_APPROVE: (mark("Send tracking to TikTok"), mark("Without asking an admin")),
    Switch.SUPPORT_APPROVE: (mark("Send tracking to TikTok"), mark("Without asking an admin")),
    Switch.SUPPORT_CANCEL: (mark("Cancel orders"), mark("On the seller's behalf")),
    Switch.WAREHOUSE_EXPORT: (mark("Download a file"), mark("With the columns the warehouse may see")),
    Switch.SUPPORT_EXPORT: (mark("Download a file"), mark("With the columns support may see")),
}
#: What these would open is not there yet: costs, profit, upstream writes, downloads.
NOT_YET = frozenset(
    {
        Switch.ACCOUNTANT_COST,
        Switch.ACCOUNTANT_PROFIT,
        Switch.WAREHOUSE_APPROVE,
        Switch.SUPPORT_APPROVE,
        Switch.SUPPORT_CANCEL,
        Switch.WAREHOUSE_EXPORT,
        Switch.SUPPORT_EXPORT,
    }
)


def people(ask: Ask) -> Reply:
    """Members and open invitations."""
    return Reply(_people(ask))


def invite(ask: Ask) -> Reply:
    """The form for an invitation."""
    return Reply(InviteForm(_account_name(ask), _givable(ask)))


def send_invitation(ask: Ask) -> Reply:
    """An invitation is open, and its one-time code is shown once. Form: `email`, `role`."""
    email, role = ask.text("email"), ask.text("role")
    try:
        code = invites.invite(ask.services, ask.actor, email=email, role=role)
    except (BadInput, Conflict) as problem:
        is_role = isinstance(problem, BadInput) and problem.field == "role"
        view = InviteForm(
            _account_name(ask),
            _givable(ask),
            email,
            role,
            email_error="" if is_role else said(ask, problem),
            role_error=said(ask, problem) if is_role else "",
        )
        return ask.nothing_done(Reply(view, Show.UPDATE))
    return Reply(InvitationSent(_account_name(ask), email.lower(), role, code), Show.UPDATE)


def revoke_invitation(ask: Ask) -> Reply:
    """The invitation can no longer be taken. `invitation_id`."""
    invites.withdraw(ask.services, ask.actor, ask.param("invitation_id"))
    return Reply(_people(ask), Show.UPDATE, toast=ask.words("The invitation is withdrawn"))


def member(ask: Ask) -> Reply:
    """One member. `member_id`."""
    return Reply(_member(ask))


def change_role(ask: Ask) -> Reply:
    """The member has another role. `member_id`; form: `role`."""
    try:
        membership.change_role(ask.services, ask.actor, ask.param("member_id"), role=ask.text("role"))
    except BadInput as problem:
        return Reply(_member(ask, role_error=said(ask, problem)), Show.UPDATE)
    return Reply(_member(ask), Show.UPDATE, toast=ask.words("The role is changed"))


def revoke_member(ask: Ask) -> Reply:
    """What ends, before it does. `member_id`."""
    row = membership.member(ask.services, ask.actor, ask.param("member_id"))
    files = overview.file_titles_for(ask.services, ask.actor, row.role)
    return Reply(ConfirmRevoke(row.id, row.email, row.role, tuple(files)))


def confirm_revoke(ask: Ask) -> Reply:
    """The person is no member any more. `member_id`."""
    email = membership.revoke(ask.services, ask.actor, ask.param("member_id"))
    return Reply(_people(ask), Show.UPDATE, toast=ask.words("{name} has no access any more", name=email))


def role_switches(ask: Ask) -> Reply:
    """Every optional cell of the matrices."""
    return Reply(_switches(ask))


def set_switch(ask: Ask) -> Reply:
    """One of them is opened or shut, and tabs that may not show something any more rest. `switch`; form: its name."""
    name = ask.param("switch")
    membership.set_switch(ask.services, ask.actor, name, wanted="on" if ask.flag(name) else "off")
    return Reply(_switches(ask), Show.UPDATE, toast=ask.words("Saved"))


def _people(ask: Ask) -> People:
    all_ = membership.everybody(ask.services, ask.actor)
    now = ask.services.clock.now()
    return People(
        account_name=all_.account.name,
        members=tuple(
            MemberLine(row.id, row.email, all_.role_name(row.role), is_you=row.id == ask.actor.member_id)
            for row in all_.members
        ),
        invitations=tuple(
            SentInvitation(row.id, row.email, all_.role_name(row.role), int((row.expires_at - now).total_seconds()))
            for row in all_.invitations
        ),
        may=ask.may,
    )


def _member(ask: Ask, *, role_error: str = "") -> MemberDetail:
    row = membership.member(ask.services, ask.actor, ask.param("member_id"))
    files = overview.file_titles_for(ask.services, ask.actor, row.role)
    is_you = row.id == ask.actor.member_id
    return MemberDetail(
        member_id=row.id,
        name=row.email,
        email="",
        role=row.role,
        roles=_givable(ask),
        files=tuple(files),
        joined=ask.words.day(row.joined_at.date()),
        is_you=is_you,
        role_error=role_error,
        may=ask.may,
    )


def _switches(ask: Ask) -> RoleSwitches:
    account = manage.account(ask.services, ask.actor.scope)
    shown = [switch for switch in Switch if switch not in NOT_YET]
    groups = []
    for role in Role:
        own = [switch for switch in shown if switch.value.partition(":")[0] == role]
        if own:
            groups.append(SwitchGroup(role, tuple(_switch(ask, one, account.switches) for one in own)))
    resting = design.tabs_without_rights(ask.services, ask.actor)
    pausing = tuple(ask.words("{tab} in {file}", tab=tab, file=file) for tab, file in resting)
    return RoleSwitches(account.name, tuple(groups), pausing)


def _switch(ask: Ask, switch: Switch, on: list[str]) -> RoleSwitch:
    label, sentence = SWITCH_WORDS[switch]
    return RoleSwitch(switch, ask.words(label), ask.words(sentence), is_on=switch in on)


def _givable(ask: Ask) -> tuple[str, ...]:
    """The roles this person may give: owners are made by owners."""
    return tuple(role for role in Role if role is not Role.OWNER or ask.actor.role is Role.OWNER)


def _account_name(ask: Ask) -> str:
    return manage.account(ask.services, ask.actor.scope).name
