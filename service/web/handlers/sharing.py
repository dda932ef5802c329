"""Who can open the file: compared on demand, removed with the person's own right to share, approved by the owner."""

from cards.readers import reader_name
from cards.reply import Reply, Show
from cards.sharing import AGAIN, Sharing
from service.flows import readers, share
from service.flows.intruders import Intruder
from service.flows.readers import Means
from service.web.ask import Ask
from service.web.handlers.reader_lines import reader_line
from service.web.handlers.welcome import home_view, standing_anew

#: Field reports: opens the Share dialog. Where Google no longer knows it, the sheet opens, with its own Share button.
SHARE_URL = "https://docs.google.com/spreadsheets/d/{spreadsheet_id}/edit?sharingaction=manageaccess"


def check_sharing(ask: Ask) -> Reply:
    """Who can open the file is compared with who may, now: who is one too many and what helps, or that all is well."""
    is_in_view = bool(ask.event.parameters.get(AGAIN))
    toast = ask.words("Everyone who can open this file may see it")
    return _outcome(ask, toast, show=Show.UPDATE if is_in_view else Show.PUSH)


def approve_reader(ask: Ask) -> Reply:
    """The owner lets one reader stay, by name, on record. `reader_id`."""
    chosen = readers.approve_reader(ask.services, ask.actor, ask.identity, ask.spreadsheet_id, ask.param("reader_id"))
    return _outcome(ask, ask.words("{name} may stay", name=reader_name(reader_line(ask, chosen), ask.words)))


def remove_reader(ask: Ask) -> Reply:
    """One reader cannot open the file any more, by the person's own right to share it. `reader_id`."""
    chosen = readers.remove_reader(ask.services, ask.actor, ask.identity, ask.spreadsheet_id, ask.param("reader_id"))
    name = reader_name(reader_line(ask, chosen), ask.words)
    return _outcome(ask, ask.words("{name} can no longer open this file", name=name))


def _outcome(ask: Ask, toast: str, *, show: Show = Show.UPDATE) -> Reply:
    """Home once everything is in order, else whoever is left."""
    found = share.check_now(ask.services, ask.actor, ask.identity, ask.spreadsheet_id)
    fresh = standing_anew(ask)
    if not found:
        return Reply(home_view(fresh), Show.ROOT, toast=toast)
    means = readers.means(ask.services, ask.identity, ask.spreadsheet_id)
    done = "" if ask.action == "check-sharing" else toast
    return Reply(_view(fresh, found, means), show, toast=done or ask.words("Somebody can still see too much"))


def _view(ask: Ask, found: list[Intruder], means: Means) -> Sharing:
    file = ask.standing.file
    return Sharing(
        file_title=file.title if file else "",
        readers=tuple(reader_line(ask, one, can_share=means.can_share) for one in found),
        share_url=SHARE_URL.format(spreadsheet_id=ask.spreadsheet_id),
        ask="" if means.can_share else means.owner_email,
        is_on_drive=means.is_on_drive,
        may=ask.may,
    )
