"""The summary beside a tab of money. `binding_id`."""

from cards.reply import Reply, Show
from service.flows import summaries
from service.web.ask import Ask
from service.web.handlers.sheet import status_view


def make_summary(ask: Ask) -> Reply:
    """A tab stands beside it that sums it up by currency and month."""
    title = summaries.make(ask.services, ask.actor, ask.identity, ask.spreadsheet_id, ask.param("binding_id"))
    return Reply(status_view(ask), Show.UPDATE, toast=ask.words("{title} is there now", title=title))
