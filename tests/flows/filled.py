"""A tab that every order is let into, and what it shows."""

from dataclasses import replace
from datetime import timedelta

from service.core.roles import Role

DAY = timedelta(days=1)


def wide(rig, **changes):
    """A profile that lets every order in."""
    found = rig.preset("sla_watch_list", Role.WAREHOUSE, **changes)
    return replace(found, row_filter=replace(found.row_filter, statuses=(), due_within_h=None))


def shown(paper):
    return [row["Order ID"] for row in paper.rows()]
