"""Somebody who can open a file and may not see all of it: who that is and why, in a person's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.people_words import role_word
from cards.words import Words, mark


class ReaderKind(StrEnum):
    """Why a reader is one too many."""

    LINK = "link"
    PUBLIC = "public"
    DOMAIN = "domain"
    GROUP = "group"
    UNKNOWN = "unknown"
    OWNER = "owner"
    ROLE = "role"
    ENDED = "ended"
    UNLISTED = "unlisted"


#: What lets in whoever comes names nobody, so nobody can be approved by it.
NAMELESS = frozenset({ReaderKind.LINK, ReaderKind.PUBLIC})


@dataclass(frozen=True, slots=True)
class Reader:
    """One of them. `name` is an address, a domain or a name; `role` what they are here.

    `comes_from`: "folder" or "drive" when it was not given at the file. `ends_s`: seconds until it ends by itself.
    `can_remove`: the viewer's own right to share is enough to end it.
    """

    reader_id: str
    kind: ReaderKind
    name: str = ""
    role: str = ""
    comes_from: str = ""
    ends_s: int | None = None
    can_remove: bool = False


_REASONS: Mapping[ReaderKind, str] = {
    ReaderKind.LINK: mark("Whoever has the link can open it"),
    ReaderKind.PUBLIC: mark("Everybody can find it by searching and open it"),
    ReaderKind.DOMAIN: mark("A whole organisation can open it"),
    ReaderKind.GROUP: mark("We cannot see who is in a group"),
    ReaderKind.UNKNOWN: mark("Not a member of this account"),
    ReaderKind.OWNER: mark("Owns this file in Google, and is not a member of this account"),
    ReaderKind.ENDED: mark("Their membership has ended"),
    ReaderKind.UNLISTED: mark("Google does not tell us who they are"),
}


def reader_name(reader: Reader, words: Words) -> str:
    """Who it is."""
    if reader.kind is ReaderKind.LINK:
        return words("Anyone with the link")
    if reader.kind is ReaderKind.PUBLIC:
        return words("Anyone on the internet")
    if reader.kind is ReaderKind.DOMAIN:
        return words("Everyone at {domain}", domain=reader.name)
    if reader.kind is ReaderKind.GROUP:
        return words("The group {address}", address=reader.name)
    if reader.kind is ReaderKind.UNLISTED and reader.comes_from == "drive":
        return words("Everyone in the shared drive")
    if reader.kind is ReaderKind.UNLISTED:
        return words("People this file was shared with")
    return reader.name or words("Somebody")


def reader_reason(reader: Reader, words: Words) -> str:
    """Why they are one too many, where their access comes from, and when it ends."""
    if reader.kind is ReaderKind.ROLE:
        role = role_word(reader.role, words)
        reason = words("Their role, {role}, may not see everything in this file", role=role)
    else:
        reason = words(_REASONS[reader.kind])
    if reader.comes_from == "folder":
        reason = words("{reason}. This comes from the folder of the file", reason=reason)
    elif reader.comes_from == "drive" and reader.kind is not ReaderKind.UNLISTED:
        reason = words("{reason}. This comes from the shared drive", reason=reason)
    if reader.ends_s is not None:
        reason = words("{reason}. It ends by itself {moment}", reason=reason, moment=words.ago(-reader.ends_s))
    return reason
