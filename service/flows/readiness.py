"""Whether this process can do its work now."""

from service.flows import Services
from service.store import sheets


def check_database(services: Services) -> None:
    """The database answers and has our tables; its own error otherwise."""
    with services.store.read() as tx:
        sheets.file_unscoped(tx, "")
