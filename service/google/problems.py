"""What can go wrong between us and Google, as kinds that the rest of the service acts on. No HTTP here.

`refusals` decides which answer of Google becomes which of these. The general kinds are used as they are:
NotGranted for a missing scope or file grant, NotAllowed for a missing right in Drive, UpstreamFailed for outages.
"""

from collections.abc import Mapping

from service.errors import NotAllowed, NotFound, NotGranted, UpstreamFailed


class QuotaSpent(UpstreamFailed):
    """Google's quota is used up; nothing was applied. `per` says whose: "user", "project" or "" when unsaid."""

    def __init__(self, sentence: str, *, retry_after_s: float, per: str = "", detail: str = "") -> None:
        super().__init__(sentence, retry_after_s=retry_after_s, detail=detail)
        self.per = per


class RequestRefused(UpstreamFailed):
    """Google refused what we asked for; nothing was applied, and asking again is no use.

    `index` counts from 0 and names the request of the batch at fault, None when Google named none. `message` is
    Google's sentence without the quoted values: for decisions and the log, not for people.
    """

    def __init__(
        self,
        sentence: str,
        *,
        index: int | None,
        message: str,
        values: Mapping[str, str] | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(sentence, permanent=True, values=values, detail=detail)
        self.index = index
        self.message = message


class CellProtected(RequestRefused):
    """Someone protected the cells, and the identity that writes is not among the protection's editors."""


class FileFull(RequestRefused):
    """The spreadsheet would pass 10,000,000 cells."""


class RangeGone(UpstreamFailed):
    """A tab or a range that was named is not there (renamed, deleted, too small): look again before asking again.

    `index` as in RequestRefused. With an index nothing was applied; without one a write may have been applied and
    only its answer could not be built, so `outcome_unknown` is set.
    """

    def __init__(
        self, sentence: str, *, index: int | None, message: str, outcome_unknown: bool, detail: str = ""
    ) -> None:
        super().__init__(sentence, outcome_unknown=outcome_unknown, detail=detail)
        self.index = index
        self.message = message


class FileGone(NotFound):
    """The file was deleted for good, or there never was one with this id."""


class WriterShutOut(NotGranted):
    """The file is no longer shared with our writer. `email` is the address to share it with."""

    def __init__(self, sentence: str, *, email: str, detail: str = "") -> None:
        super().__init__(sentence, values={"email": email}, detail=detail)
        self.email = email


class SharingBlocked(NotAllowed):
    """An organisation's rules forbid to share the file with our writer, or to use Drive apps at all."""


class ConsentEnded(NotAllowed):
    """A person let us write as them, and Google gives us no token for it any more. `email` is their address."""

    def __init__(self, email: str, *, detail: str = "") -> None:
        super().__init__(
            "{email} let Rowstream write here as them, and that consent has ended. It can be given again.",
            values={"email": email},
            detail=detail,
        )
        self.email = email
