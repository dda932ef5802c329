"""Readers who may not see all of a file, as the lines of cards. Nothing is decided."""

from cards.readers import Reader, ReaderKind
from service.flows.intruders import Intruder
from service.flows.overview import BoundFile
from service.flows.readers import is_removable
from service.web.ask import Ask


def reader_line(ask: Ask, one: Intruder, *, can_share: bool = False) -> Reader:
    """A reader as a look found them. `can_share`: the person may change who can open the file."""
    ends_s = None if one.until is None else int((one.until - ask.services.clock.now()).total_seconds())
    account = ask.standing.account
    return Reader(
        reader_id=one.reader_id,
        kind=ReaderKind(one.why),
        name=one.name,
        role=account.audience(one.role).name if account and one.role else "",
        comes_from=one.comes_from,
        ends_s=ends_s,
        can_remove=can_share and is_removable(one),
    )


def kept_readers(ask: Ask, file: BoundFile) -> tuple[Reader, ...]:
    """Those whom the last look found."""
    return tuple(reader_line(ask, Intruder.from_json(one)) for one in file.intruders or ())
