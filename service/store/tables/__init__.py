"""Every table, with units and uniqueness. Instants are microseconds since 1970 UTC (type Instant, aware datetimes in
Python); ids are text; sealed columns hold MultiFernet tokens. Others import the tables from here.
"""

from service.store.tables.connections import consents, notices, shops, tickets
from service.store.tables.membership import accounts, audit, invitations, members, once_keys, people
from service.store.tables.order_book import notes, order_terms, orders, recipients
from service.store.tables.schema import Instant, metadata
from service.store.tables.spreadsheets import bindings, files, profiles
from service.store.tables.writes import flushes, intents, quotas, reports, roll_offs, sheet_rows

__all__ = [
    "Instant",
    "accounts",
    "audit",
    "bindings",
    "consents",
    "files",
    "flushes",
    "intents",
    "invitations",
    "members",
    "metadata",
    "notes",
    "notices",
    "once_keys",
    "order_terms",
    "orders",
    "people",
    "profiles",
    "quotas",
    "recipients",
    "reports",
    "sheet_rows",
    "shops",
    "tickets",
    "roll_offs",
]
