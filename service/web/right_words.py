"""What the rights of the matrices are called on cards: groups of columns, permissions, and the account's switches."""

from collections.abc import Mapping

from cards.words import mark
from service.core.columns import COLUMNS
from service.core.roles import Group, Permission, Switch

#: Group → what seeing it is called, and what it is, in a few words.
SEES_WORDS: Mapping[Group, tuple[str, str]] = {
    Group.ID: (mark("Order numbers"), mark("Whole, with packages and links to Seller Center")),
    Group.ID_MASKED: (mark("Masked order numbers"), mark("The last six digits; every sheet needs them")),
    Group.ITEM: (mark("Products"), mark("What was sold, by name and SKU")),
    Group.STATUS: (mark("Status"), mark("Where an order is, and its days")),
    Group.SLA: (mark("Deadlines"), mark("When an order is due")),
    Group.FULFIL: (mark("Shipping"), mark("Carrier, tracking and warehouse")),
    Group.PII: (mark("Buyers' names and addresses"), mark("For labels and picking lists")),
    Group.REVENUE: (mark("What buyers paid"), mark("Order totals and discounts")),
    Group.FEES: (mark("Fees"), mark("What TikTok keeps, and payouts")),
    Group.COST: (mark("Costs"), mark("What the goods cost you")),
    Group.PROFIT: (mark("Profit"), mark("Shown only together with costs")),
    Group.NOTES: (mark("Notes and flags"), mark("Those that your team shares")),
    Group.NOTES_INTERNAL: (mark("Internal notes"), mark("Also those for your own team only")),
}

#: Permission → what doing it is called, and what it means. Those that everybody has, or nobody can be given, are not
#: chosen and have no words.
DOES_WORDS: Mapping[Permission, tuple[str, str]] = {
    Permission.SHEET_REFRESH: (mark("Refresh the sheet"), mark("Instead of waiting for the next update")),
    Permission.ORDERS_SEE: (mark("Look up orders here"), mark("With the columns the role sees")),
    Permission.SHOP_CONNECT: (mark("Connect shops"), mark("Also renew and end a connection")),
    Permission.SHEET_BIND: (mark("Set up sheets"), mark("Choose profiles, connect, pause and stop tabs")),
    Permission.NOTES_WRITE: (mark("Write notes and flags"), mark("In the sidebar")),
    Permission.TRACKING_PROPOSE: (mark("Enter tracking"), mark("Somebody else sends it to TikTok")),
    Permission.TRACKING_APPROVE: (mark("Send tracking to TikTok"), mark("Without asking an admin")),
    Permission.CANCEL_ANSWER: (mark("Answer cancel requests"), mark("Accept or refuse what buyers ask")),
    Permission.CANCEL_START: (mark("Cancel orders"), mark("On the seller's behalf")),
    Permission.COSTS_EDIT: (mark("Enter costs"), mark("What the goods cost you")),
    Permission.EXPORT: (mark("Download a file"), mark("With the columns the role sees")),
    Permission.LEDGER_SEE: (mark("See the finance desk"), mark("Statements, payouts and what is settled")),
    Permission.PROVE: (mark("Check who sees what"), mark("Look through sheets and their readers")),
}

#: What these allow is not there yet: upstream writes.
DEEDS_TO_COME = frozenset(
    {
        Permission.TRACKING_PROPOSE,
        Permission.TRACKING_APPROVE,
        Permission.CANCEL_ANSWER,
        Permission.CANCEL_START,
    }
)
#: Groups that some column needs.
GROUPS_IN_USE = frozenset(group for column in COLUMNS.values() for group in column.needs)

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
#: What these would open is not there yet: upstream writes, downloads of orders.
NOT_YET = frozenset(
    {
        Switch.WAREHOUSE_APPROVE,
        Switch.SUPPORT_APPROVE,
        Switch.SUPPORT_CANCEL,
        Switch.WAREHOUSE_EXPORT,
        Switch.SUPPORT_EXPORT,
    }
)
