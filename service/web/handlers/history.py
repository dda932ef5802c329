"""The sync history of a file, and trying again at once what was put off."""

from datetime import UTC, datetime, timedelta

from cards.actions import Link
from cards.history import History
from cards.reply import Reply, Show
from service.errors import BadInput
from service.flows import care, links, overview
from service.flows.overview import Happened
from service.web.ask import Ask
from service.web.downloads import SYNC_HISTORY
from service.web.handlers.lines import history_line, is_failing

NEWEST = "newest"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def history(ask: Ask) -> Reply:
    """A page of what was written and when. `page`: NEWEST, where an older page begins, or nothing."""
    page = ask.event.parameters.get("page", "")
    return Reply(_view(ask, page), Show.UPDATE if page else Show.PUSH)


def try_now(ask: Ask) -> Reply:
    """The writer, and shops that did not answer, try again now."""
    care.try_now(ask.services, ask.actor, ask.spreadsheet_id)
    return Reply(_view(ask, ""), Show.PUSH, toast=ask.words("We try again now"))


def export_history(ask: Ask) -> Reply:
    """The whole history as a file: a link that works once is opened."""
    file, _ = overview.history(ask.services, ask.actor, ask.spreadsheet_id)
    url = links.issue(
        ask.services, ask.actor, kind=SYNC_HISTORY, subject=file.spreadsheet_id, spreadsheet_id=file.spreadsheet_id
    )
    return Reply(link=Link(url), toast=ask.words("Your download begins in a new tab"))


def _view(ask: Ask, page: str) -> History:
    is_newest = page in {"", NEWEST}
    before = None if is_newest else _place(page)
    file, found = overview.history(ask.services, ask.actor, ask.spreadsheet_id, before=before)
    shown = found[: overview.HISTORY_PAGE]
    now = ask.services.clock.now()
    return History(
        title=file.title,
        lines=tuple(history_line(now, each) for each in shown),
        older=_page(shown[-1]) if len(found) > len(shown) else "",
        is_newest=is_newest,
        is_failing=is_newest and is_failing(file, shown),
        may=ask.may,
    )


def _page(last: Happened) -> str:
    return f"{(last.at - _EPOCH) // _MICROSECOND}.{last.id}"


def _place(page: str) -> tuple[datetime, str]:
    """The line after which a page begins. BadInput for what no button of ours carries."""
    number, _, flush_id = page.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 17):
        raise BadInput("This button is out of date. Go home and try again.", detail="page of the history")
    return _EPOCH + int(number) * _MICROSECOND, flush_id
