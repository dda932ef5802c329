"""Whether this process can do its work now."""

import sqlalchemy as sa

from service.flows import Services
from service.store.tables import accounts


def check_database(services: Services) -> None:
    """The database answers and has our tables. SQLAlchemy's own error otherwise."""
    with services.store.read() as tx:
        tx.execute(sa.select(accounts.c.id).limit(1))
