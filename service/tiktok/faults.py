"""What upstream's error codes mean for us: one table from code to reaction, and from reaction to Problem.

The decision is made on the code, never on the HTTP status alone: the vendor is not consistent about statuses. The
status speaks only where the code is unknown or the answer is no envelope at all. Source: vendor pages "Common errors"
and the endpoint pages, read 2026-10. Repeating is `calls`' work, renewing a token `client`'s.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from service.errors import BadInput, Conflict, NotConnected, NotFound, Problem, UpstreamFailed


class Reaction(StrEnum):
    """What an error asks of us."""

    RETRY = "retry"  # transient: the same call again, later
    THROTTLED = "throttled"  # the same, and slow down for this shop
    RENEW = "renew"  # the access token is spent: renew it once, then the same call once more
    GRANT = "grant"  # the seller has not allowed this part; the rest of the shop works
    RECONNECT = "reconnect"  # the seller has to give consent again
    CLOCK = "clock"  # our time differs from theirs
    BY_MESSAGE = "by message"  # the code covers several faults; the message tells them apart
    ABSENT = "absent"  # no such thing, or not this seller's
    CONFLICT = "conflict"  # the thing has moved on meanwhile
    REFUSED = "refused"  # what was sent cannot be used
    PERMANENT = "permanent"  # a bug or a setting: the same call will fail again


def _table(groups: Mapping[Reaction, tuple[int, ...]]) -> Mapping[int, Reaction]:
    return {code: reaction for reaction, codes in groups.items() for code in codes}


#: Codes of the API host.
API_CODES: Mapping[int, Reaction] = _table(
    {
        Reaction.THROTTLED: (36009002,),
        Reaction.RETRY: (
            *(36009003, 36009007),  # gateway: internal error, upstream timeout
            *(10002014, 10002015, 10037002, 10037003, 10037004),  # orders
            *(21001003, 21001008, 21001011, 11001027, 11001031),  # fulfilment
            *(11034037, 11034023, 21023022),  # documents not ready yet
            25001028,  # returns: another change holds the lock
        ),
        Reaction.RENEW: (105002,),
        # 105005 scope not granted, 101000 token and shop do not match, 106011 the shop's cipher is void: each is cured
        # by a new consent, which brings new scopes, token and ciphers.
        Reaction.GRANT: (105005,),
        Reaction.RECONNECT: (101000, 106011),
        Reaction.BY_MESSAGE: (36009004,),
        Reaction.ABSENT: (21008111, 25007006, 22005007),  # the last: this market has no such thing
        Reaction.CONFLICT: (
            *(21011020, 21011040, 21008099),  # already shipped
            *(21011041, 21011044, 21011007, 21008044),  # cancelled, on hold, an after-sale request is open
            *(21011049, 21011050, 21011051),  # tracking: window over, or once only
            *(25001011, 25001010, 25001045, 25001051, 25011012, 25020009),  # cancel, return: moved on
        ),
        Reaction.REFUSED: (
            *(21011022, 21011025, 21034012, 21004015, 11028006),  # tracking number or carrier
            *(21011028, 21011029, 21011048),  # package and order do not belong together
            *(25001014, 25001015, 25001020, 25001021, 25005010),  # cancel: reason, or part not allowed
        ),
        Reaction.PERMANENT: (
            *(106001, 106013),  # signature wrong, cipher missing
            *(36009009, 36009010, 36009014, 36009021, 36009022, 36009023, 36009033),  # path, method, version, file, IP
            *(98001004, 10006402, 21001001, 25001001, 25020005),  # parameters and permissions
            *(21008025, 21008106, 21004010, 21008116, 21008117, 21011004, 21023035, 11034002),  # not offered here
        ),
    }
)

#: Codes of the token host: whatever is wrong with a code or a refresh token, the seller starts again.
TOKEN_CODES: Mapping[int, Reaction] = {
    **API_CODES,
    **dict.fromkeys((36004004, 36004005, 98001004, 98001005, 98001006), Reaction.RECONNECT),
}

#: HTTP statuses that say "no such address": an envelope is not to be expected there.
NO_SUCH_ADDRESS = frozenset({404, 405, 410})


class TokenRejected(NotConnected):
    """The access token is spent. The client renews it once; if it still comes out, the shop must be connected again."""


class ScopeLacking(NotConnected):
    """The seller has not allowed this part of the API. Where only that part is asked for, the shop stays connected."""


class Throttled(UpstreamFailed):
    """Upstream asked for less. The client holds the shop back."""


class ClockRejected(UpstreamFailed):
    """Upstream found our timestamp outside its window. The client corrects its clock once.

    `server_at` is upstream's own time, None when its answer does not say.
    """

    server_at: datetime | None = None


def react(code: int, http_status: int, *, message: str, codes: Mapping[int, Reaction]) -> Reaction:
    """The reaction to a failed answer. A code nobody has listed is permanent, unless its HTTP status says otherwise."""
    known = codes.get(code)
    if known is Reaction.BY_MESSAGE:
        return _by_message(message)
    return known or by_status(http_status)


def by_status(http_status: int) -> Reaction:
    """The reaction to an answer whose code tells nothing, or that is no envelope (an HTML page of some gateway)."""
    if http_status == 429:
        return Reaction.THROTTLED
    if http_status >= 500:
        return Reaction.RETRY
    return Reaction.RENEW if http_status == 401 else Reaction.PERMANENT


def _by_message(message: str) -> Reaction:
    """36009004 covers faults of token, clock, app key and parameters; permanent unless the message says otherwise."""
    words = message.lower().replace("-", "_").replace(" ", "_")
    if "access_token" in words:
        return Reaction.RENEW
    if "timestamp" in words:
        return Reaction.CLOCK
    return Reaction.PERMANENT


def problem(reaction: Reaction, *, detail: str, shop_id: str = "", retry_after_s: float | None = None) -> Problem:
    """The Problem a reaction becomes; the sentence is for people, the detail for the log."""
    match reaction:
        case Reaction.RETRY:
            return UpstreamFailed(
                "TikTok Shop has trouble answering right now. We keep trying and nothing is lost.",
                retry_after_s=retry_after_s,
                detail=detail,
            )
        case Reaction.THROTTLED:
            return Throttled(
                "TikTok Shop asks us to slow down. We continue in a moment.",
                retry_after_s=retry_after_s,
                detail=detail,
            )
        case Reaction.CLOCK:
            return ClockRejected(
                "TikTok Shop says that the clock of this service is wrong. Please tell support.",
                permanent=True,
                detail=detail,
            )
        case Reaction.RENEW:
            return TokenRejected(_RECONNECT_SENTENCE, shop_id=shop_id, detail=detail)
        case Reaction.GRANT:
            return ScopeLacking(_RECONNECT_SENTENCE, shop_id=shop_id, detail=detail)
        case Reaction.RECONNECT:
            return NotConnected(_RECONNECT_SENTENCE, shop_id=shop_id, detail=detail)
        case _:
            return _refusal(reaction, detail)


_RECONNECT_SENTENCE = "TikTok Shop no longer gives us access to this shop. Connect the shop again and allow everything."


def _refusal(reaction: Reaction, detail: str) -> Problem:
    if reaction is Reaction.ABSENT:
        return NotFound("TikTok Shop does not know this order in this shop.", detail=detail)
    if reaction is Reaction.CONFLICT:
        return Conflict("This has changed on TikTok Shop meanwhile. Look at it again, then repeat.", detail=detail)
    if reaction is Reaction.REFUSED:
        return BadInput("TikTok Shop does not accept what was entered. Check it and try again.", detail=detail)
    return UpstreamFailed(
        "TikTok Shop refused this request and would refuse it again. Please tell support.",
        permanent=True,
        detail=detail,
    )


#: Anything in upstream's message that is long enough to be a token, a cipher or a signature (ids have 19 digits).
_SECRET_LIKE = re.compile(r"[\w+/=\-]{20,}")


#: Anything that may be somebody's name, address or number: upstream may quote the order it was asked about. Capitals
#: within a sentence, everything with an @ or beyond ASCII, numbers shorter than ids.
_PERSONAL_LIKE = re.compile(r"\S*@\S*|\S*[^\x00-\x7f]\S*|(?<=\s)\W*[A-Z][\w'-]*|(?<![\d_])\d{4,15}(?!\d)")


def safe_message(message: str) -> str:
    """Upstream's message, fit for a log: one short line without anything that looks like a secret or like somebody."""
    return _PERSONAL_LIKE.sub("…", _SECRET_LIKE.sub("…", " ".join(message.split())))[:160]
