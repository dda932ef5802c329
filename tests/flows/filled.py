"""A tab that every order is let into, and what it shows."""

from dataclasses import replace
from datetime import timedelta

from service.core.roles import Role
from service.flows import quota, sources
from service.store import orders

DAY = timedelta(days=1)


def wide(rig, **changes):
    """A profile that lets every order in."""
    found = rig.preset("sla_watch_list", Role.WAREHOUSE, **changes)
    return replace(found, row_filter=replace(found.row_filter, statuses=(), due_within_h=None))


def shown(paper):
    return [row["Order ID"] for row in paper.rows()]


def store(rig, tx, order):
    """The order is saved as if it had just been fetched; nobody is woken."""
    marks = sources.marks(rig.services, order)
    orders.save(tx, rig.services.store.sealer, order, account_id=rig.account_id, marks=marks, now=rig.clock.now())


def spend(rig, paper, *, kind="write", left):
    """The burst of its writer's calls of this kind is used already, but for so many that live changes may take."""
    writer = rig.services.writers.by_email(rig.file(paper).writer_email)
    quota.take(rig.services, writer, **{kind: quota.IDENTITY_BURST - quota.LEFT_BY_LIVE - left})
