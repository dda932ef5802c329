"""The sync history of a file as a table to take away: the same facts as on its card, one line per pass."""

from service.core import delimited, zones
from service.core.roles import Actor
from service.flows import Services, overview
from service.flows.links import Export

HEADER = (
    "When",
    "What",
    "Outcome",
    "Rows added",
    "Rows changed",
    "Rows right already",
    "Rows put right",
    "Rows gone",
    "Reads",
    "Writes",
    "Milliseconds",
    "Remark",
    "Cells to look at",
)


def history_table(services: Services, actor: Actor, spreadsheet_id: str) -> Export:
    """Every pass that is kept, newest first, in the spreadsheet's own time. NotFound for a file of somebody else."""
    file, passes = overview.whole_history(services, actor, spreadsheet_id)
    place = zones.zone(file.time_zone)
    rows = (
        (
            one.at.astimezone(place),
            one.kind,
            one.outcome,
            one.inserted,
            one.updated,
            one.unchanged,
            one.healed,
            one.removed,
            one.reads,
            one.writes,
            one.ms,
            one.reason,
            ", ".join(one.cells or ()),
        )
        for one in passes
    )
    content = delimited.lines(HEADER, rows)
    return Export(f"{file.title} – sync history", "csv", delimited.MIMETYPE, content, rows=len(passes))
