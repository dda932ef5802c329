"""A changed profile is brought to a tab that was connected with it: what happens in the sheet, and the yes."""

from cards.changed import ConfirmAdopt
from cards.reply import Reply, Show
from service.errors import Conflict
from service.flows import adoption
from service.web.ask import Ask
from service.web.handlers.welcome import home_view, standing_anew
from service.web.handlers.wording import filter_words


def adopt_profile(ask: Ask) -> Reply:
    """What would happen, before it does. `binding_id`."""
    found = adoption.waiting(ask.services, ask.actor, ask.spreadsheet_id, ask.param("binding_id"))
    if found is None:
        raise Conflict("This tab shows the profile as it is now.")
    if found.refusal is not None:
        raise found.refusal
    change = found.change
    return Reply(
        ConfirmAdopt(
            binding_id=found.row.id,
            version=found.version,
            tab_name=found.row.tab_title,
            profile_name=found.profile.name,
            added=tuple(column.header for column in change.added),
            removed=tuple(column.header for column in change.removed),
            filter_words=filter_words(ask, change.after) if change.has_filter else "",
        )
    )


def confirm_adopt_profile(ask: Ask) -> Reply:
    """The tab takes the change over. `binding_id`, `version`."""
    title = adoption.adopt(
        ask.services,
        ask.actor,
        ask.identity,
        ask.spreadsheet_id,
        ask.param("binding_id"),
        version=ask.param("version"),
    )
    toast = ask.words("{tab} takes the change over. Rows follow.", tab=title)
    return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=toast)
