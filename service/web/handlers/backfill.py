"""The rows of a tab and of its archive: ending the first fill, fetching older ones, keeping finished orders.
`binding_id`.
"""

from cards.reply import Reply, Show
from service.flows import archive_care
from service.web.ask import Ask
from service.web.handlers.sheet import days_of, keep_days_of, status_view


def stop_backfill(ask: Ask) -> Reply:
    """Rows that are not written yet are not written any more."""
    archive_care.stop_backfill(ask.services, ask.actor, ask.spreadsheet_id, ask.param("binding_id"))
    toast = ask.words("The backfill ends. Rows that are written stay up to date.")
    return Reply(status_view(ask), Show.UPDATE, toast=toast)


def fetch_older(ask: Ask) -> Reply:
    """The tab reaches further back. Form: `days_back`."""
    days = days_of(ask.text("days_back"))
    binding_id = ask.param("binding_id")
    is_further = archive_care.fetch_older(ask.services, ask.actor, ask.spreadsheet_id, binding_id, days=days)
    good, idle = ask.words("Older rows are on their way"), ask.words("This tab reaches so far already")
    return Reply(status_view(ask), Show.UPDATE, toast=good if is_further else idle)


def keep_finished(ask: Ask) -> Reply:
    """The tab keeps finished orders for so long. Form: `keep_days`."""
    days = keep_days_of(ask.text("keep_days"))
    archive_care.keep_finished(ask.services, ask.actor, ask.spreadsheet_id, ask.param("binding_id"), days=days)
    kept = ask.words("Finished orders stay in this tab")
    moved = ask.words("Older finished orders move to the archive by and by")
    return Reply(status_view(ask), Show.UPDATE, toast=kept if days is None else moved)
