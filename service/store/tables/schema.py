"""What the tables share: one metadata, the names of constraints, and the type of an instant. No table is here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

NAMES = {  # one convention, so that migrations can name constraints on both databases
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMES)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _instant(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime kept as whole microseconds since 1970, the same on both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002 - its shape
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def result_processor(self, *_dialect_and_type: object, **_named: object) -> Callable[[int | None], datetime | None]:
        """Without the layer that `process_result_value` stands behind: a pass reads tens of thousands."""
        return _instant


def own_id() -> sa.Column[str]:
    """The id of a row of ours."""
    return sa.Column("id", sa.Text, primary_key=True)


def owning_account() -> sa.Column[str]:
    """The account a row belongs to and goes with."""
    return sa.Column("account_id", sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True)
