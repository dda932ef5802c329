"""Brings a database to the newest schema. Forward only; safe to run from several machines at once."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from service.store.sealed import Sealer

LOCK = 7_264_158  # any constant of ours: PostgreSQL's advisory lock that lets one machine migrate at a time


def config(connection: sa.Connection | None = None, sealer: Sealer | None = None) -> Config:
    """Alembic's configuration, bound to `connection` when one is given. `sealer`: for what a migration has to seal."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["connection"] = connection
    settings.attributes["sealer"] = sealer
    return settings


def upgrade(engine: sa.Engine, to: str = "head", *, sealer: Sealer | None = None) -> None:
    """The schema is the newest, or that of the migration `to`. Idempotent.

    An empty database needs no `sealer`; one with accounts in it does.
    """
    with engine.execution_options(rowstream_writes=True).connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        command.upgrade(config(connection, sealer), to)
