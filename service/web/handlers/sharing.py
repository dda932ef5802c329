"""Who can open the file: compared on demand, removed with the person's own right to share, approved by the owner."""

from cards.reply import Reply, Show
from service.flows import readers, share
from service.web.ask import Ask
from service.web.handlers.welcome import home_view, standing_anew


def check_sharing(ask: Ask) -> Reply:
    """Who can open the file is compared with who may, now."""
    found = share.check_now(ask.services, ask.actor, ask.identity, ask.spreadsheet_id)
    good, bad = ask.words("Everyone who can open this file may see it"), ask.words("Somebody can still see too much")
    toast = bad if found else good
    return Reply(home_view(standing_anew(ask), intruders=tuple(found)), Show.ROOT, toast=toast)


def approve_reader(ask: Ask) -> Reply:
    """The owner lets one reader stay, by name, on record. `reader_id`."""
    name = readers.approve_reader(ask.services, ask.actor, ask.identity, ask.spreadsheet_id, ask.param("reader_id"))
    return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=ask.words("{name} may stay", name=name))
