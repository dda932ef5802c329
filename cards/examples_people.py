"""Examples of the screens about people, roles and accounts, for `cards.examples`."""

from collections.abc import Mapping

from cards.access import Access
from cards.account import AccountLine, AccountOverview, ChooseAccount
from cards.actions import TRIGGERS, Action
from cards.invite import DomainInvited, InvitationSent, InviteDomain, InviteForm
from cards.layout import Pager
from cards.own_roles import ChooseBase, OwnRoleForm, OwnRoleLine, OwnRoles
from cards.ownership import ConfirmLeave, ConfirmOffer, LastOwner, Left
from cards.people import (
    AccessEnded,
    ConfirmRevoke,
    DomainOffer,
    LeftFile,
    MemberDetail,
    MemberLine,
    People,
    SentInvitation,
)
from cards.people_words import OwnRoleName
from cards.role_switches import RoleSwitch, RoleSwitches, SwitchGroup
from cards.welcome import InvitationLine
from cards.widgets import Choice

ALL = frozenset(Action) - TRIGGERS
ACCOUNT = "Glow Skin Ltd"
DAY_S = 86_400
LAST_DAY_MS = 1_814_227_200_000  # midnight UTC of 29 June 2027

MEMBERS = (
    MemberLine("mem_1", "maya@glowskin.example", "owner", is_you=True),
    MemberLine("mem_2", "jon@glowskin.example", "finance"),
    MemberLine("mem_3", "sam@packhouse.example", "warehouse", ends_s=20 * DAY_S),
    MemberLine("mem_4", "lea@tallybooks.example", "accountant"),
    MemberLine("mem_5", "kim@packhouse.example", "Night shift", came_by="packhouse.example"),
)
INVITED = (
    SentInvitation("inv_40", "kim@agency.example", "client", 3 * DAY_S),
    SentInvitation("inv_41", "jon@glowskin.example", "owner", 6 * DAY_S, is_offer=True),
)
OFFERS = (
    DomainOffer("inv_50", "packhouse.example", "Night shift", 300 * DAY_S, ("kim@packhouse.example",)),
    DomainOffer("inv_51", "tallybooks.example", "accountant", 364 * DAY_S),
)

SWITCHES = (
    SwitchGroup(
        "warehouse",
        (
            RoleSwitch("warehouse:PII", "Buyer names and addresses", "For labels and picking lists", is_on=True),
            RoleSwitch("warehouse:tracking:approve", "Send tracking to TikTok", "Without asking an admin", is_on=False),
        ),
    ),
    SwitchGroup("client", (RoleSwitch("client:ID_MASKED", "Masked order numbers", "The last six digits", is_on=True),)),
)

SEVEN = ("admin", "finance", "warehouse", "support", "accountant", "client")
OWN = OwnRoleName("custom:r1", "Night shift")
SHOPS = (Choice("shop_1", "Glow Skin UK", selected=True), Choice("shop_2", "Glow Skin US"))
MANY_SHOPS = tuple(Choice(f"shop_{number}", f"Glow Skin {number}") for number in range(1, 13))
ACCESS = Access((*SEVEN, OWN.role_key), "warehouse", (OWN,), SHOPS, LAST_DAY_MS)

COLUMNS_TO_SEE = (
    Choice("ID_MASKED", "Masked order numbers", True, "The last six digits; every sheet needs them"),
    Choice("ITEM", "Products", True, "What was sold, by name and SKU"),
    Choice("SLA", "Deadlines", False, "When an order is due"),
)
DEEDS = (
    Choice("orders:see", "Look up orders here", True, "With the columns the role sees"),
    Choice("notes:write", "Write notes and flags", False, "In the sidebar"),
)

PEOPLE_EXAMPLES: Mapping[str, object] = {
    "people": People(ACCOUNT, MEMBERS, INVITED, OFFERS, ALL),
    "people-reader": People(ACCOUNT, MEMBERS[:1]),
    "invite": InviteForm(ACCOUNT, ACCESS),
    "invite-error": InviteForm(
        ACCOUNT,
        Access(SEVEN, role_error="Choose a role."),
        "sam@packhouse",
        "Enter an e-mail address like name@company.com.",
    ),
    "invite-limited": InviteForm(
        ACCOUNT,
        Access(
            SEVEN[1:],
            "client",
            shops=MANY_SHOPS,
            no_later_than="29 Jun 2027",
            shops_error="Choose only shops of this account.",
            until_error="Your own access has an end, so what you give ends no later.",
        ),
        "kim@agency.example",
    ),
    "invitation-sent": InvitationSent(ACCOUNT, "sam@packhouse.example", "warehouse", "40318827"),
    "invite-domain": InviteDomain(ACCOUNT, Access(("warehouse", "support", OWN.role_key), "warehouse", (OWN,))),
    "invite-domain-error": InviteDomain(
        ACCOUNT, Access(("warehouse",)), "gmail.com", "Anybody can have an address at gmail.com. Invite them by name."
    ),
    "domain-invited": DomainInvited(ACCOUNT, "packhouse.example", "warehouse"),
    "member": MemberDetail(
        "mem_3",
        "sam@packhouse.example",
        "warehouse",
        ACCESS,
        ("Fulfilment – Glow Skin",),
        "3 Nov 2026",
        "2 hours ago",
        "29 Jun 2027",
        "Glow Skin UK",
        "packhouse.example",
        may=ALL,
    ),
    "member-you": MemberDetail(
        "mem_1", "maya@glowskin.example", "owner", Access(("owner", *SEVEN), "owner"), is_you=True, may=ALL
    ),
    "member-owner": MemberDetail(
        "mem_1", "maya@glowskin.example", "owner", joined="3 Nov 2026", may=ALL - {Action.OFFER_OWNERSHIP}
    ),
    "member-error": MemberDetail(
        "mem_2",
        "jon@glowskin.example",
        "finance",
        Access(SEVEN, "finance", until_error="Choose a day that is still to come."),
        seen="Not yet",
        may=ALL,
    ),
    "confirm-revoke": ConfirmRevoke("mem_3", "sam@packhouse.example", "warehouse", ("Fulfilment – Glow Skin",)),
    "confirm-revoke-writer": ConfirmRevoke(
        "mem_2", "jon@glowskin.example", "admin", ("Fulfilment – Glow Skin",), ("Returns desk",)
    ),
    "access-ended": AccessEnded(
        "sam@packhouse.example",
        ("Fulfilment – Glow Skin",),
        (LeftFile("Returns desk", "The access comes from a folder or a shared drive. Change it there."),),
    ),
    "access-ended-nowhere": AccessEnded("lea@tallybooks.example"),
    "role-switches": RoleSwitches(ACCOUNT, SWITCHES),
    "role-switches-paused": RoleSwitches(ACCOUNT, SWITCHES[:1], ("Orders in Fulfilment – Glow Skin",)),
    "own-roles": OwnRoles(
        ACCOUNT, (OwnRoleLine("r1", "Night shift", "warehouse", 4), OwnRoleLine("r2", "Auditors", "accountant", 1))
    ),
    "own-roles-none": OwnRoles(ACCOUNT, ()),
    "choose-base": ChooseBase(ACCOUNT, SEVEN[1:]),
    "own-role-new": OwnRoleForm("", "warehouse", "", COLUMNS_TO_SEE, DEEDS),
    "own-role": OwnRoleForm("r1", "warehouse", "Night shift", COLUMNS_TO_SEE, DEEDS, 4),
    "own-role-error": OwnRoleForm(
        "",
        "finance",
        "Books",
        COLUMNS_TO_SEE,
        DEEDS,
        name_error="There is a role with this name already.",
        groups_error="Profit tells revenue, fees and costs. Choose all of them, or leave Profit out.",
        permissions_error="A role cannot change what it does not see.",
    ),
    "own-role-wider": OwnRoleForm(
        "r2",
        "support",
        "Labels",
        COLUMNS_TO_SEE,
        DEEDS,
        1,
        "This role sees or does more than yours, so you cannot change it. Ask an owner.",
    ),
    "confirm-offer": ConfirmOffer("mem_2", "jon@glowskin.example", ACCOUNT),
    "confirm-leave": ConfirmLeave("acc_1", ACCOUNT, "warehouse"),
    "confirm-leave-files": ConfirmLeave("acc_1", ACCOUNT, "admin", ("Fulfilment – Glow Skin",)),
    "last-owner": LastOwner(ACCOUNT),
    "left-account": Left(ACCOUNT),
}

ACCOUNTS = (
    AccountLine("acc_1", ACCOUNT, "owner", is_current=True),
    AccountLine("acc_2", "Nordic Beauty", "admin"),
)
MANY_ACCOUNTS = tuple(AccountLine(f"acc_{number}", f"Seller {number}", "admin") for number in range(16, 31))

ACCOUNT_EXAMPLES: Mapping[str, object] = {
    "choose-account": ChooseAccount(ACCOUNTS, 2, Pager(1, 2, 2)),
    "choose-account-many": ChooseAccount(MANY_ACCOUNTS, 50, Pager(16, 30, 50, "0", "30")),
    "choose-account-found": ChooseAccount(ACCOUNTS[1:], 50, Pager(1, 1, 1), "nordic"),
    "choose-account-none": ChooseAccount((), 50, Pager(0, 0, 0), "sudic"),
    "account": AccountOverview("maya@glowskin.example", ACCOUNTS, "Growth", may=ALL),
    "account-consents": AccountOverview("maya@glowskin.example", ACCOUNTS, "Growth", may=ALL, has_consents=True),
    "account-plain": AccountOverview("sam@packhouse.example", ACCOUNTS[1:]),
    "account-offered": AccountOverview(
        "jon@glowskin.example",
        (AccountLine("acc_1", ACCOUNT, "finance", is_current=True),),
        "Growth",
        (InvitationLine("inv_41", ACCOUNT, "owner", 6 * DAY_S, is_offer=True),),
        ALL,
    ),
}
