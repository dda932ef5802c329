"""COLUMNS: the catalogue of every column there is, in the order people are shown it.

Choices, role checks, headers, formats, exports and the README's table all follow from it; adding a column is adding a
record to its group's file. Columns without a source yet are not declared.
"""

from collections.abc import Mapping

from service.core.columns import (
    buyers,
    costs,
    deadlines,
    fees,
    fulfilment,
    identity,
    items,
    notes,
    profit,
    revenue,
    status,
    transactions,
)
from service.core.columns.record import Column

__all__ = ["COLUMNS", "Column", "catalogue_table"]

_GROUPS = (
    identity.COLUMNS,
    items.COLUMNS,
    status.COLUMNS,
    deadlines.COLUMNS,
    fulfilment.COLUMNS,
    buyers.COLUMNS,
    revenue.COLUMNS,
    transactions.COLUMNS,
    fees.COLUMNS,
    costs.COLUMNS,
    profit.COLUMNS,
    notes.COLUMNS,
)

COLUMNS: Mapping[str, Column] = {column.key: transactions.with_entries(column) for group in _GROUPS for column in group}


def catalogue_table() -> tuple[tuple[str, str, str, str, str], ...]:
    """The README's table of columns: key, header, kind, group, sentence."""
    return tuple(
        (column.key, column.header, column.kind.kind_id.value, column.group.value, column.sentence)
        for column in COLUMNS.values()
    )
