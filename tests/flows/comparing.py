"""A tab compared with its images, at once, and what is reported of it."""

from service.store import audits, reports


def look(rig, paper):
    """The tab is compared, and once more where rows are missing."""
    for _ in range(2):
        rig.write(audits.hasten, [rig.only_binding(paper).id], rig.clock.now())
        rig.live_through(75, step_s=15)


def told(rig, paper):
    """(kind, subject) → id of every open report."""
    found = rig.read(reports.open_reports, rig.only_binding(paper).id, limit=100)
    return {(one.kind, one.subject): one.id for one in found}
