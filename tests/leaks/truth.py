"""Who may see what in a case, kept beside the product by what people decided: seats, switches, roles, shares.

Nothing here asks the product. A decision is noted once the product has taken it; one that it refused never was.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leaks import law
from leaks.ground import BLOOM, HARBOUR
from leaks.hunting import Planted

from service.sandbox.sheets.state.files import DriveFile

#: So long after somebody was let in, in Google, the product may not know yet.
GRACE = timedelta(seconds=60)
UNLISTED = "those whom Google does not list"
BUYER = "PII"


@dataclass(frozen=True)
class Seat:
    """A membership. `shops`: places, None = every shop of the account."""

    role: str
    shops: frozenset[str] | None = None
    ends_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.ends_at is None or now < self.ends_at


@dataclass(frozen=True)
class Rights:
    """What was decided, as of one moment. `seats`: (account, address) → seat; `switches` by account; `own_roles`: role
    as it is written down → groups.
    """

    seats: Mapping[tuple[str, str], Seat]
    switches: Mapping[str, frozenset[str]]
    own_roles: Mapping[str, frozenset[str]]
    erased: frozenset[str]  # orders whose buyers were erased
    now: datetime

    def groups(self, account: str, role: str) -> frozenset[str]:
        """The groups of canaries that a role of this account sees."""
        return law.canary_groups(law.groups(role, self.switches[account], self.own_roles))

    def sees(self, email: str, planted: Planted) -> bool:
        """Whether this person may see it, by any of their memberships."""
        seat = self.seats.get((planted.account, email))
        if seat is None or not self._reaches(seat, planted) or self.is_erased(planted):
            return False
        return planted.canary.group in self.groups(planted.account, seat.role)

    def is_erased(self, planted: Planted) -> bool:
        """Whether it told of a buyer who is forgotten."""
        return planted.canary.group == BUYER and planted.order_id in self.erased

    def may_be_in_file(self, email: str, planted: Planted) -> bool:
        """The same for a file they can open. Who may open every optional cell for themselves is no leak when one is
        shut; shops nobody opens for themselves.
        """
        seat = self.seats.get((planted.account, email))
        if seat is None or not self._reaches(seat, planted):
            return False
        return seat.role in law.GIVERS or planted.canary.group in self.groups(planted.account, seat.role)

    def _reaches(self, seat: Seat, planted: Planted) -> bool:
        return seat.holds(self.now) and (seat.shops is None or planted.shop in seat.shops)


@dataclass(frozen=True)
class Share:
    """Somebody on the list of a file. `email` "" = nobody by name."""

    label: str
    email: str = ""


@dataclass
class FileTruth:
    """A spreadsheet of the case. `audience` as written down, "" while nothing is bound. `since`: id of a permission →
    when Google let them in; `approved`: ids that the owner let stay by name.
    """

    file: DriveFile
    audience: str = ""
    since: dict[str, datetime] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)  # names of what was rightly written, then
    heard: set[str] = field(default_factory=set)

    def readers(self, now: datetime, ours: Collection[str]) -> list[Share]:
        """Whoever counts as a reader whom the product must know of by now, but those who were approved."""
        if self.file.hides_readers:
            is_old = now - self.since.get(UNLISTED, now) >= GRACE
            return [Share(UNLISTED)] if is_old and UNLISTED not in self.approved else []
        found = []
        for number, one in self.file.permissions.items():
            is_known = now - self.since.get(number, datetime.min.replace(tzinfo=now.tzinfo)) >= GRACE
            is_fine = one.address.lower() in ours or number in self.approved
            if is_known and not is_fine:
                found.append(Share(one.address or one.kind, one.address.lower() if one.kind == "user" else ""))
        return found


@dataclass(frozen=True)
class Moment:
    """What counted at one moment of a write: rights, and per file its audience and readers."""

    rights: Rights
    audiences: Mapping[str, str]
    readers: Mapping[str, list[Share]]


@dataclass
class Truth:
    """The decisions of one case."""

    seats: dict[tuple[str, str], Seat]
    ours: frozenset[str]  # addresses of our writers
    switches: dict[str, frozenset[str]] = field(default_factory=lambda: {BLOOM: frozenset(), HARBOUR: frozenset()})
    own_roles: dict[str, frozenset[str]] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    files: dict[str, FileTruth] = field(default_factory=dict)

    def rights(self, now: datetime) -> Rights:
        return Rights(dict(self.seats), dict(self.switches), dict(self.own_roles), frozenset(self.erased), now)

    def moment(self, now: datetime) -> Moment:
        return Moment(
            self.rights(now),
            {name: one.audience for name, one in self.files.items()},
            {name: one.readers(now, self.ours) for name, one in self.files.items()},
        )


def wrongly_written(then: Moment, file_id: str, found: Iterable[Planted]) -> list[str]:
    """What should not have been sent to this file: for whom, each in a sentence."""
    harm = []
    audience, rights = then.audiences.get(file_id, ""), then.rights
    for one in found:
        if rights.is_erased(one):
            harm.append(f"{one.name} was written although its buyer was erased")
        is_for_audience = one.account == BLOOM and audience and one.canary.group in rights.groups(BLOOM, audience)
        if not is_for_audience:
            harm.append(f"{one.name} was written for {audience or 'nobody'}, who may not see it")
        harm += [
            f"{one.name} was written while {reader.label} could open the file"
            for reader in then.readers.get(file_id, ())
            if not reader.email or not rights.may_be_in_file(reader.email, one)
        ]
    return harm
