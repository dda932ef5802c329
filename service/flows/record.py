"""The record of what was done in an account: reading it, proving that it is whole, and how long it is kept.

Whatever is done writes its own line, in its own transaction (`store.deeds`); lines that no deed writes are in `noting`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.core.chain import Broken, Fault, Walk
from service.core.roles import Actor, Scope
from service.errors import BadInput, NotFound
from service.flows import Services
from service.store import deeds, people, sheets, shops
from service.store.deeds import LoggedDeed, Wanted
from service.store.session import Tx

PAGE = 10  # lines on one page
MOST_LINES = 100_000  # of one export
#: Days that an account may choose to keep its record; None = all of it.
CHOICES: tuple[int | None, ...] = (None, 1095, 365, 90)
SEAL_LENGTH = 64  # letters of a line's seal

Logged = LoggedDeed
Filter = Wanted


@dataclass(frozen=True, slots=True)
class Told:
    """A line with its names. `who`: an address, "" for nobody's deed; `role`: what it is called in the account;
    `place`: the title of the sheet it was done from.
    """

    line: LoggedDeed
    who: str
    role: str
    place: str


@dataclass(frozen=True, slots=True)
class Log:
    """Lines, newest first, and the names of shops by TikTok's id. `is_more`: there are older ones. `numbers`: by a
    line's id its number in the whole record, where all of it was read.
    """

    lines: tuple[Told, ...]
    shops: Mapping[str, str]
    is_more: bool = False
    numbers: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a record is whole. `count`: lines that are kept, `number` the newest one's in the whole record, and
    `seal` what proves it; `since`: when the oldest kept line was written.
    """

    account_id: str
    count: int
    number: int
    seal: str
    since: datetime | None
    faults: tuple[Broken, ...]

    @property
    def is_whole(self) -> bool:
        return not self.faults


# --- reading ---------------------------------------------------------------------------------------------------------


def page(services: Services, actor: Actor, wanted: Wanted, *, before: tuple[datetime, int] | None = None) -> Log:
    """The newest wanted lines of the actor's account, or those older than the one `before`."""
    with services.store.read() as tx:
        found = deeds.log(tx, actor.scope, wanted, before=before, limit=PAGE + 1)
        lines = _told(tx, actor, found[:PAGE])
        return Log(lines, _shop_names(tx, actor), is_more=len(found) > PAGE)


def whole(services: Services, actor: Actor, wanted: Wanted) -> Log:
    """Every wanted line that is kept, newest first, at most `MOST_LINES`."""
    with services.store.read() as tx:
        found = deeds.log(tx, actor.scope, wanted, limit=MOST_LINES)
        return Log(_told(tx, actor, found), _shop_names(tx, actor), numbers=deeds.numbers(tx, actor.scope))


def actors(services: Services, actor: Actor) -> dict[str, str]:
    """Everybody who has a line in the account: sub → address, in the order of the addresses."""
    with services.store.read() as tx:
        known = people.addresses_of(tx, deeds.actors(tx, actor.scope))
    return dict(sorted(known.items(), key=lambda one: one[1]))


def _told(tx: Tx, actor: Actor, lines: Sequence[LoggedDeed]) -> tuple[Told, ...]:
    account = people.account(tx, actor.account_id)
    who = people.addresses_of(tx, {line.sub for line in lines})
    titles = {file.spreadsheet_id: file.title for file in sheets.files_of(tx, actor.scope)}
    roles = {role: account.audience(role).name for role in {line.role for line in lines} if role}
    return tuple(
        Told(line, who.get(line.sub, ""), roles.get(line.role, ""), titles.get(line.spreadsheet_id, ""))
        for line in lines
    )


def _shop_names(tx: Tx, actor: Actor) -> dict[str, str]:
    return {shop.tiktok_shop_id: shop.name for shop in shops.every_shop_of(tx, Scope(actor.account_id))}


# --- proving ---------------------------------------------------------------------------------------------------------


def verify(services: Services, account_id: str, *, kept: tuple[int, str] | None = None) -> Verdict:
    """The whole record, looked through line by line. `kept`: number and seal of a line that somebody noted down."""
    with services.store.snapshot() as tx:
        found = deeds.stored_head(tx, account_id)
        since = deeds.oldest(tx, account_id)
        if found is None or found.key is None:
            return Verdict(account_id, 0, 0, "", since, (Broken(Fault.HEAD, 0),))
        walk = Walk(found.key, found.head, found.seal, kept=kept)
        for line in deeds.chain_of(tx, account_id):
            if line is None:
                walk.skip()
            else:
                walk.step(line)
        faults = tuple(walk.end())
    return Verdict(account_id, found.head.count, walk.number, found.head.last, since, faults)


def every_account(services: Services) -> list[str]:
    """Every account that has a record, by id."""
    with services.store.read() as tx:
        return sorted({*deeds.accounts_with_lines(tx), *people.every_account(tx)})


def account_called(services: Services, text: str) -> list[str]:
    """The account of this id, or all of this name. NotFound when there is none."""
    with services.store.read() as tx:
        found = [row.id for row in people.accounts_called(tx, text)]
    if not found:
        raise NotFound("This account does not exist.")
    return found


def kept_seal(text: str) -> tuple[int, str] | None:
    """Number and seal as they are shown, `812:9f3a…`; None for nothing. BadInput for what cannot be one."""
    tidy = "".join(text.split()).lower()
    if not tidy:
        return None
    number, _, seal = tidy.partition(":")
    is_number = number.isascii() and number.isdecimal() and len(number) < 16
    if not is_number or len(seal) != SEAL_LENGTH or not set(seal) <= set("0123456789abcdef"):
        raise BadInput("Paste the whole line that you kept: a number, a colon and 64 letters.", field="kept")
    return int(number), seal


_FAULTS: Mapping[Fault, str] = {
    Fault.CHANGED: "Line {number} was changed or put in.",
    Fault.GAP: "Lines before line {number} are missing or out of order.",
    Fault.START: "Lines at the beginning, before line {number}, are missing.",
    Fault.END: "After line {number} lines are missing or were put in.",
    Fault.HEAD: "What says where the record ends was changed or is gone.",
    Fault.KEPT: "Line {number} is not the one that was noted down.",
}


def in_words(verdict: Verdict) -> list[str]:
    """The verdict for an operator, a sentence for each place."""
    if verdict.is_whole:
        since = "" if verdict.since is None else f" since {verdict.since:%Y-%m-%d}"
        newest = f" Newest: {verdict.number}:{verdict.seal}" if verdict.number else ""
        return [f"The record is whole: {verdict.count} lines{since}.{newest}"]
    return [_FAULTS[one.fault].format(number=one.number) for one in verdict.faults]


# --- keeping ---------------------------------------------------------------------------------------------------------


def days_kept(services: Services, actor: Actor) -> int | None:
    """Days that the account keeps its record; None = all of it."""
    with services.store.read() as tx:
        return people.account(tx, actor.account_id).audit_days


def keep(services: Services, actor: Actor, days: int | None) -> None:
    """The account keeps its record so long from now on. What is gone stays gone. BadInput for any other number."""
    if days not in CHOICES:
        raise BadInput("Choose one of the offered values.", field="days")
    subject, now = "for good" if days is None else f"{days} days", services.clock.now()
    with services.store.write() as tx:
        people.keep_audit(tx, actor.account_id, days)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="keep-record", subject=subject, at=now)


def let_go_old(services: Services) -> int:
    """Lines older than their account keeps are gone; what is left can still be proved. Returns how many."""
    now, gone = services.clock.now(), 0
    with services.store.read() as tx:
        chosen = people.audit_days(tx)
    for account_id, days in chosen.items():
        with services.store.write() as tx:
            gone += deeds.let_go(tx, account_id, now - timedelta(days=days))
    return gone
