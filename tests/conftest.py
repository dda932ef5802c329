"""The whole product in one process, for every room's tests: time and wake-ups in hand, everything outside imitated.

SQLite by default: migrated once, copied for each test. With TEST_DATABASE_URL set to a PostgreSQL address whose user
may create databases, the same tests run there, each in a database of its own.
"""

import os
import shutil
from uuid import uuid4

import pytest
import sqlalchemy as sa

from service.store.migrate import upgrade
from service.store.session import make_engine, normalise_url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """The address of a migrated, empty database: the template of every test's own."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    url = _create(server, f"template_{uuid4().hex}") if server else _file(tmp_path_factory.mktemp("store"))
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    yield url
    if server:
        _drop(server, url)


@pytest.fixture
def database_url(migrated, tmp_path):
    """The address of a database of this test's own, migrated and empty."""
    if migrated.startswith("sqlite"):
        url = _file(tmp_path)
        shutil.copy(_path(migrated), _path(url))
        yield url
        return
    server = os.environ["TEST_DATABASE_URL"]
    url = _create(server, f"test_{uuid4().hex}", template=sa.make_url(migrated).database)
    yield url
    _drop(server, url)


@pytest.fixture(scope="session")
def world_keys(tmp_path_factory):
    """The RSA keys of the local world, made once."""
    # Imported here, because most rooms' tests need no product and should not wait for it.
    from local_world import make_keys

    return make_keys(tmp_path_factory.mktemp("world-keys"))


@pytest.fixture
def clock():
    """Wall and market time, moved by hand."""
    # See world_keys.
    from doubles import Clock

    return Clock()


@pytest.fixture
def local_world(tmp_path, world_keys, clock):
    """Google and TikTok in this process."""
    # See world_keys.
    from local_world import LocalWorld

    folder = tmp_path / "world"
    folder.mkdir()
    world = LocalWorld(folder, clock, keys=world_keys)
    yield world
    world.close()


@pytest.fixture
def wake(clock):
    """Wake-ups, recorded and run by hand."""
    # See world_keys.
    from doubles import Wake

    return Wake(clock)


@pytest.fixture
def settings(local_world, database_url):
    """The product's settings in the local world."""
    return local_world.settings(database_url)


@pytest.fixture
def make_product(settings, local_world, clock, wake):
    """Builds the product; takes another registry for tests of the route itself."""
    # See world_keys.
    from drivers import Product

    from service.app import create_app

    built = []

    def make(registry=None):
        app = create_app(settings, clock=clock, wake=wake, wires=local_world.wires, registry=registry)
        app.testing = True
        local_world.deliver_to(app)
        services = app.extensions["rowstream"]
        built.append(services)
        return Product(app, services, clock, wake, local_world)

    yield make
    for services in built:
        services.store.engine.dispose()


@pytest.fixture
def product(make_product):
    """The whole product in the local world."""
    return make_product()


@pytest.fixture
def services(product):
    """The product's parts."""
    return product.services


@pytest.fixture
def people():
    """Who is who: role → person, and `stranger`."""
    # See world_keys.
    from drivers import people

    return people()


def _file(folder):
    return f"sqlite:///{folder / 'rowstream.db'}"


def _path(url):
    return url.removeprefix("sqlite:///")


def _create(server, name, *, template=None):
    """A new database on the server; its address."""
    _execute(server, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    return sa.make_url(normalise_url(server)).set(database=name).render_as_string(hide_password=False)


def _drop(server, url):
    _execute(server, f'DROP DATABASE IF EXISTS "{sa.make_url(url).database}" WITH (FORCE)')


def _execute(server, statement):
    engine = sa.create_engine(normalise_url(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
