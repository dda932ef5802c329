"""Every table, with units and uniqueness. Instants are microseconds since 1970 UTC (type Instant, aware datetimes in
Python); ids are text; sealed columns hold MultiFernet tokens. Others import the tables from here.
"""

from service.store.tables.connections import consents, notices, own_consents, shops, tickets
from service.store.tables.costs import cost_edits, cost_tabs, costs, skus
from service.store.tables.finance import (
    entries,
    finance_cursors,
    finance_orders,
    payments,
    statements,
    unsettled,
    withdrawals,
)
from service.store.tables.membership import accounts, audit, audit_heads, invitations, members, once_keys, people
from service.store.tables.order_book import notes, order_terms, orders, recipients
from service.store.tables.profits import fee_checks, fee_drifts, fee_walks, kept_estimates
from service.store.tables.schema import Instant, metadata
from service.store.tables.shop_terms import shop_terms
from service.store.tables.spreadsheets import bindings, files, profiles, proofs
from service.store.tables.writes import flushes, intents, quotas, reports, roll_offs, sheet_rows

__all__ = [
    "Instant",
    "accounts",
    "audit",
    "audit_heads",
    "bindings",
    "consents",
    "cost_edits",
    "cost_tabs",
    "costs",
    "entries",
    "fee_checks",
    "fee_drifts",
    "fee_walks",
    "files",
    "finance_cursors",
    "finance_orders",
    "flushes",
    "intents",
    "invitations",
    "kept_estimates",
    "members",
    "metadata",
    "notes",
    "notices",
    "once_keys",
    "order_terms",
    "orders",
    "own_consents",
    "payments",
    "people",
    "profiles",
    "proofs",
    "quotas",
    "recipients",
    "reports",
    "roll_offs",
    "sheet_rows",
    "shop_terms",
    "shops",
    "skus",
    "statements",
    "tickets",
    "unsettled",
    "withdrawals",
]
