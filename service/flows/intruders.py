"""Who of a file's readers may see less than the file shows. Pure: lists in, verdict out.

A reader is fine when their role may see every column of every tab that is written there. What nobody is named by (a
link, a domain, a group, a list that Google keeps) is not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.core.columns import COLUMNS
from service.core.inference import told_beyond
from service.core.profiles import Profile, may_see, sheet_columns
from service.core.readership import may_read, may_read_shops
from service.core.roles import Audience, Permission
from service.google.drive import Permission as Reader
from service.store.records import AccountRow, MemberRow

ANYONE = "anyone with the link"
EVERYBODY = "anyone on the internet"

#: Why a reader is one too many. LINK and PUBLIC name nobody, so that nobody can approve them by name.
LINK, PUBLIC, DOMAIN, GROUP = "link", "public", "domain", "group"
UNKNOWN, OWNER, ROLE, ENDED, UNLISTED = "unknown", "owner", "role", "ended", "unlisted"
NAMELESS = frozenset({LINK, PUBLIC})
_KEPT = "unlisted:"  # what the id of an arrangement begins with; no id of Drive's does


@dataclass(frozen=True, slots=True)
class Intruder:
    """A reader who may see more than their role allows.

    `reader_id`: Drive's permission id, or that of an arrangement; `label` names them in words, `name` by the bare
    address, domain or name. `comes_from`: "folder" or "drive" when it cannot be ended at the file. `until`: when it
    ends by itself.
    """

    reader_id: str
    label: str
    why: str
    name: str = ""
    role: str = ""
    comes_from: str = ""
    until: datetime | None = None

    def to_json(self) -> dict[str, str]:
        """As it is kept with the file."""
        kept = {"reader_id": self.reader_id, "label": self.label, "why": self.why, "name": self.name}
        until = self.until.isoformat() if self.until else ""
        return kept | {"role": self.role, "comes_from": self.comes_from, "until": until}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> "Intruder":
        """The inverse; what an older release did not keep is empty."""
        until = kept.get("until", "")
        return cls(
            kept["reader_id"],
            kept["label"],
            kept["why"],
            kept.get("name", ""),
            kept.get("role", ""),
            kept.get("comes_from", ""),
            datetime.fromisoformat(until) if until else None,
        )


def find(
    readers: Sequence[Reader],
    *,
    profiles: Sequence[Profile],
    account: AccountRow,
    members: Sequence[MemberRow],
    writers: Collection[str],
    approved: Collection[str],
    now: datetime,
    written_for: str,
) -> list[Intruder]:
    """Readers of a file who may not see everything that every profile writes into it.

    `members` may hold memberships that are over; `writers` are our own addresses, `approved` permission ids;
    `written_for` is the role that the file is for.
    """
    sheet = _Sheet(profiles, account, account.audience(written_for))
    known = _by_address(members, now)
    ours = {email.lower() for email in writers}
    found = []
    for reader in readers:
        is_over = reader.deleted or (reader.expires_at is not None and reader.expires_at <= now)
        is_fine = reader.email.lower() in ours or (reader.permission_id in approved and not is_nameless(reader))
        if not is_over and not is_fine:
            found += _judge(reader, known.get(reader.email.lower()), sheet, now=now)
    return found


def is_nameless(reader: Reader) -> bool:
    """Whether the permission lets in whoever comes."""
    return reader.type == "anyone"


def unlisted(arrangement: str, comes_from: str) -> Intruder:
    """Those whom Google does not list: one reader, named by how the file is shared."""
    where = "the members of its shared drive" if comes_from == "drive" else "those whom its owner shared it with"
    return Intruder(_KEPT + arrangement, f"people Google does not let us list: {where}", UNLISTED, "", "", comes_from)


def lasting(approved: Sequence[str], present: Collection[str] | None, arrangement: str) -> list[str]:
    """The approvals that still hold: of those who are still there, and of the arrangement that was approved.

    `present`: ids in the list of readers, None when it cannot be read.
    """
    if present is None:
        return [one for one in approved if not one.startswith(_KEPT) or one == _KEPT + arrangement]
    return [one for one in approved if one in present]


def _by_address(members: Sequence[MemberRow], now: datetime) -> dict[str, MemberRow]:
    """The membership of each address, a live one before any that is over."""
    ranked = sorted(members, key=lambda member: _is_over(member, now), reverse=True)
    return {member.email.lower(): member for member in ranked}


def _is_over(member: MemberRow, now: datetime) -> bool:
    return member.revoked_at is not None or (member.expires_at is not None and member.expires_at <= now)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is written into the file, for whom."""

    profiles: Sequence[Profile]
    account: AccountRow
    written_for: Audience


def _judge(reader: Reader, member: MemberRow | None, sheet: _Sheet, *, now: datetime) -> list[Intruder]:
    name = reader.email.lower() or reader.domain or reader.name
    if reader.type == "anyone":
        why, label = (PUBLIC, EVERYBODY) if reader.is_discoverable else (LINK, ANYONE)
    elif reader.type == "domain":
        why, label = DOMAIN, f"everyone at {reader.domain}"
    elif reader.type == "group":
        why, label = GROUP, f"the group {name}"
    elif member is None or not reader.email:
        why, label = OWNER if reader.role == "owner" else UNKNOWN, name or "somebody"
    elif _is_over(member, now):
        why, label = ENDED, name
    elif not _may_see_all(member, sheet):
        why, label = ROLE, f"{name} ({sheet.account.audience(member.role).name})"
    else:
        return []
    role = member.role if member is not None and why == ROLE else ""
    return [Intruder(reader.permission_id, label, why, name, role, reader.comes_from, reader.expires_at)]


def _may_see_all(member: MemberRow, sheet: _Sheet) -> bool:
    """Whether the member may see all that is in the file, and what its columns side by side tell.

    Whoever may open the matrix's optional cells for themselves is no leak when one is shut; nobody opens shops for
    themselves.
    """
    audience = sheet.account.audience(member.role)
    if audience.may_do(Permission.PEOPLE_MANAGE):
        return all(may_read_shops(profile, member.shop_ids) for profile in sheet.profiles)
    shown = {column.key for profile in sheet.profiles for column in sheet_columns(profile, sheet.written_for)}
    return not told_beyond(shown, lambda key: key not in COLUMNS or may_see(key, audience)) and all(
        may_read(profile, audience, written_for=sheet.written_for, shop_ids=member.shop_ids)
        for profile in sheet.profiles
    )
