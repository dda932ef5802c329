"""The whole product in one process, for every room's tests: time and wake-ups in hand, everything outside imitated.

SQLite: migrated once, copied for each test. Where TEST_DATABASE_URL is set to a PostgreSQL address whose user may
create databases, the tests of `tests/store` and those marked `every_database` run there as well, each in a database
of its own; without it those cases do not exist, and nothing is skipped.

Properties are tried on the same examples each time, so that a build answers for its change alone; on new ones with
`--hypothesis-profile=default`.
"""

import gc
import io
import os
import shutil
from contextlib import contextmanager, redirect_stderr
from uuid import uuid4

import pytest
import sqlalchemy as sa
import structlog
from hypothesis import settings
from routes import share_routes

from service import telemetry
from service.store.migrate import upgrade
from service.store.session import make_engine, normalise_url

SERVER = os.environ.get("TEST_DATABASE_URL", "")
settings.register_profile("build", derandomize=True, database=None)
settings.load_profile("build")
EVERY_DATABASE = ("sqlite", "postgresql") if SERVER else ("sqlite",)


#: New objects until the youngest are looked through, and rounds until older ones are: see `app.relax_collector`.
GARBAGE_THRESHOLDS = (50_000, 20, 100)


def pytest_configure(config):
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    share_routes()
    config.addinivalue_line("markers", "every_database: run on SQLite, and on PostgreSQL where there is a server.")


def pytest_collection_finish():
    """The tests themselves stay to the end: the collector need not look at them again."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc):
    """What the store promises, it promises on every database."""
    wants_all = metafunc.definition.path.parent.name == "store" or any(
        metafunc.definition.iter_markers("every_database")
    )
    if wants_all and "dialect" in metafunc.fixturenames:
        metafunc.parametrize("dialect", EVERY_DATABASE, indirect=True)


@pytest.fixture
def dialect(request):
    """The database of this test."""
    return getattr(request, "param", "sqlite")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    """The file of a migrated, empty database: the template of every test's own."""
    url = _file(tmp_path_factory.mktemp("store"))
    _migrate(url)
    return url


@pytest.fixture(scope="session")
def migrated_postgresql():
    """The same on the server."""
    url = _create(f"template_{uuid4().hex}")
    _migrate(url)
    yield url
    _drop(url)


@pytest.fixture
def database_url(request, dialect, tmp_path):
    """The address of a database of this test's own, migrated and empty."""
    # Asked for by name, so that no server is needed where none is meant.
    template = request.getfixturevalue(f"migrated_{dialect}")
    if dialect == "sqlite":
        url = _file(tmp_path)
        shutil.copy(_path(template), _path(url))
        yield url
        return
    url = _create(f"test_{uuid4().hex}", template=sa.make_url(template).database)
    yield url
    _drop(url)


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


@pytest.fixture(scope="session")
def spreadsheets():
    """The methods of the Sheets API at the local world's address: stateless, and slow to make."""
    # See world_keys.
    import httpx
    from local_world import WORLD_URL

    from service.google.client import Google

    with httpx.Client() as nobody:
        return Google(sheets_url=f"{WORLD_URL}/sheets/", drive_url=f"{WORLD_URL}/drive/", http=nobody)._spreadsheets


@pytest.fixture
def make_product(settings, local_world, clock, wake, spreadsheets):
    """Builds the product; takes another registry for tests of the route itself."""
    # See world_keys.
    from drivers import Product
    from statements import share_statements

    from service.app import create_app

    built = []

    def make(registry=None):
        app = create_app(settings, clock=clock, wake=wake, wires=local_world.wires, registry=registry)
        app.testing = True
        local_world.deliver_to(app)
        services = app.extensions["rowstream"]
        share_statements(services.store)
        services.google.__dict__["_spreadsheets"] = spreadsheets  # what it would build at its first call
        built.append(services)
        return Product(app, services, clock, wake, local_world)

    yield make
    for services in built:
        services.store.engine.dispose()


@pytest.fixture
def listen():
    """Gives what makes the log heard from its call on, as a text file. A product that is made later takes it away."""

    def begin():
        with redirect_stderr(io.StringIO()) as said:
            telemetry.configure("info")
        return said

    before = structlog.get_config()
    yield begin
    structlog.configure(**before)


@pytest.fixture
def product(make_product):
    """The whole product in the local world."""
    return make_product()


@pytest.fixture(scope="session")
def beginnings(tmp_path_factory, migrated_sqlite, world_keys, spreadsheets):
    """Where teams begin, lived through once."""
    # See world_keys.
    from beginnings import Beginnings
    from doubles import Clock, Wake
    from drivers import Product
    from local_world import LocalWorld
    from statements import share_statements

    from service.app import create_app

    @contextmanager
    def raise_product():
        folder, clock = tmp_path_factory.mktemp("beginning"), Clock()
        shutil.copy(_path(migrated_sqlite), _path(_file(folder)))
        world = LocalWorld(folder, clock, keys=world_keys)
        app = create_app(world.settings(_file(folder)), clock=clock, wake=Wake(clock), wires=world.wires)
        world.deliver_to(app)
        services = app.extensions["rowstream"]
        share_statements(services.store)
        services.google.__dict__["_spreadsheets"] = spreadsheets  # what it would build at its first call
        yield Product(app, services, clock, services.wake, world)
        services.store.engine.dispose()
        world.close()

    return Beginnings(raise_product)


@pytest.fixture
def begin(product, people, beginnings):
    """Gives what `build_team` would live through: `until` "opened" the account, until these roles have "joined" too,
    until its shop is "connected" as well, or until a tab of the sheet is "bound" for the warehouse."""
    # See world_keys.
    from surroundings import Sheet
    from team import Team, build_team

    def begin(*roles, until):
        def live(first):
            team = build_team(first, people).join(*roles)
            if until in {"connected", "bound"}:
                team.connect()
            return (team.bind() if until == "bound" else team).sheet

        sheet_id = beginnings.begin(product, (roles, until), live)
        return Team(product, people, Sheet(product, sheet_id, people["owner"]))

    return begin


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


def _migrate(url):
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


def _create(name, *, template=None):
    """A new database on the server; its address."""
    _execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    return sa.make_url(normalise_url(SERVER)).set(database=name).render_as_string(hide_password=False)


def _drop(url):
    _execute(f'DROP DATABASE IF EXISTS "{sa.make_url(url).database}" WITH (FORCE)')


def _execute(statement):
    engine = sa.create_engine(normalise_url(SERVER), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
