"""The first fill of a tab: ending it, and fetching older orders. `binding_id`."""

from cards.reply import Reply, Show
from service.flows import filling
from service.web.ask import Ask
from service.web.handlers.sheet import days_of, status_view


def stop_backfill(ask: Ask) -> Reply:
    """Rows that are not written yet are not written any more."""
    filling.stop(ask.services, ask.actor, ask.spreadsheet_id, ask.param("binding_id"))
    toast = ask.words("The backfill ends. Rows that are written stay up to date.")
    return Reply(status_view(ask), Show.UPDATE, toast=toast)


def fetch_older(ask: Ask) -> Reply:
    """The tab reaches further back. Form: `days_back`."""
    days = days_of(ask.text("days_back"))
    is_further = filling.fetch_older(ask.services, ask.actor, ask.spreadsheet_id, ask.param("binding_id"), days=days)
    good, idle = ask.words("Older orders are on their way"), ask.words("This tab shows those orders already")
    return Reply(status_view(ask), Show.UPDATE, toast=good if is_further else idle)
