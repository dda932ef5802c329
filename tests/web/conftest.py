"""A registry of the tests' own, so that the route itself is looked at: real permissions, handlers that do one thing."""

import pytest
from drivers import caller_of

from cards.account import SignedOut
from cards.actions import Action
from cards.reply import FileScopeRequest, Reply, Show
from cards.welcome import FirstRun
from service.core.roles import Permission
from service.flows import connect, manage
from service.web.entries import Entry


def show(ask):
    """Any card."""
    return Reply(FirstRun(ask.caller.email), Show.PUSH)


def open_account(ask):
    """The one deed: its trace in the database says whether a handler was reached."""
    manage.open_account(ask.services, ask.caller, ask.text("account_name") or "Bloom")
    return Reply(SignedOut(), toast="done")


def ask_for_file(_ask):
    """The press comes to nothing until Google has asked."""
    return FileScopeRequest()


@pytest.fixture
def registry():
    """Every action shows a card; opening an account opens one, allowing the file asks for it."""
    entries = {action: Entry(Permission.SIGNED_IN, show) for action in Action}
    return {
        **entries,
        Action.OPEN_ACCOUNT: Entry(Permission.SIGNED_IN, open_account),
        Action.ALLOW_FILE: Entry(Permission.SIGNED_IN, ask_for_file),
    }


@pytest.fixture
def routed(make_product, registry):
    """The product with that registry."""
    return make_product(registry)


@pytest.fixture
def rows(database_url):
    """Every row of every table of ours, to compare before and after."""
    # Only these tests look behind the store.
    import sqlalchemy as sa

    from service.store.session import make_engine
    from service.store.tables import metadata

    engine = make_engine(database_url)

    def read():
        with engine.connect() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(sa.select(table))]
                for table in metadata.sorted_tables
            }

    yield read
    engine.dispose()


@pytest.fixture
def start(routed):
    """Opens an account for a person, and gives the address of a fresh start page of theirs."""

    def begin(person, name="Bloom & Thread"):
        services = routed.services
        caller = caller_of(person)
        standing = manage.standing(services, caller, "")
        if standing.actor is None:
            manage.open_account(services, caller, name)
            standing = manage.standing(services, caller, "")
        return services.settings.base_url + connect.start(services, standing.actor)

    return begin
