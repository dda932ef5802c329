"""SLA: deadlines. The ones TikTok leaves out are estimated from dated rules where there is a rule, else unknown."""

from datetime import datetime

from service.core import kinds
from service.core.columns.record import Column
from service.core.dues import Due
from service.core.kinds import Countdown
from service.core.roles import Group
from service.core.rows import RowSource
from service.core.sla import Clock, Tier, tier

_NEEDS = frozenset({Group.SLA})


def _at(due: Due | None) -> datetime | None:
    return due.at if due else None


def _left(row: RowSource) -> Countdown | None:
    due_at = row.sla.due_at
    return Countdown(due_at, row.now) if due_at else None


COLUMNS = (
    Column(
        key="sla_clock",
        header="Clock",
        kind=kinds.ENUM,
        group=Group.SLA,
        needs=_NEEDS,
        reader=lambda row: row.sla.clock,
        sentence="Which deadline counts next: upload, scan, auto-cancel or answer buyer.",
        example="upload",
        choices=tuple(clock.value for clock in Clock),
        inputs=("rts_due", "tts_due", "auto_cancel_at", "cancel_request_at"),
    ),
    Column(
        key="sla_due",
        header="Due",
        kind=kinds.DT,
        group=Group.SLA,
        needs=_NEEDS,
        reader=lambda row: row.sla.due_at,
        sentence="When that deadline ends.",
        example="2026-11-24 23:59",
        inputs=("rts_due", "tts_due", "auto_cancel_at", "cancel_request_at"),
    ),
    Column(
        key="sla_left",
        header="Time left",
        kind=kinds.DUR,
        group=Group.SLA,
        needs=_NEEDS,
        reader=_left,
        sentence="Hours and minutes until then; ticks in the sheet by itself.",
        example="37:44",
        inputs=("sla_due",),
    ),
    Column(
        key="sla_tier",
        header="Urgency",
        kind=kinds.ENUM,
        group=Group.SLA,
        needs=_NEEDS,
        reader=lambda row: tier(row.sla.due_at, row.now),
        sentence="Overdue, critical (4 h), high (12 h), soon (24 h) or ok.",
        example="soon",
        choices=tuple(name.value for name in Tier),
        inputs=("sla_due",),
    ),
    Column(
        key="rts_due",
        header="Upload by",
        kind=kinds.DT,
        group=Group.SLA,
        needs=_NEEDS,
        reader=lambda row: _at(row.sla.dues.upload),
        sentence="The latest moment to arrange shipment and upload tracking.",
        example="2026-11-24 23:59",
    ),
    Column(
        key="tts_due",
        header="Scan by",
        kind=kinds.DT,
        group=Group.SLA,
        needs=_NEEDS,
        reader=lambda row: _at(row.sla.dues.scan),
        sentence="The latest moment for the carrier's first scan.",
        example="2026-11-25 23:59",
    ),
    Column(
        key="auto_cancel_at",
        header="Auto-cancel",
        kind=kinds.DT,
        group=Group.SLA,
        needs=_NEEDS,
        reader=lambda row: _at(row.sla.dues.auto_cancel),
        sentence="When TikTok cancels the order unless it moves on.",
        example="2026-12-02 23:59",
    ),
    Column(
        key="deliver_by",
        header="Deliver by",
        kind=kinds.DT,
        group=Group.SLA,
        needs=_NEEDS,
        reader=lambda row: _at(row.sla.dues.deliver),
        sentence="When it should arrive to count as on time.",
        example="2026-12-01 23:59",
    ),
    Column(
        key="cancel_request_at",
        header="Cancel requested",
        kind=kinds.DT,
        group=Group.SLA,
        needs=_NEEDS,
        reader=lambda row: row.order.cancel_requested_at,
        sentence="When the buyer asked to cancel.",
        example="2026-11-23 18:20",
    ),
)
