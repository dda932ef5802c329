"""One table: what Google answers (or fails to) → which Problem, in a person's words. The first fitting row decides.

Bodies and reasons: Google's pages "Resolve errors" of Drive and "Usage limits" of Sheets and recorded answers of both,
read 2026-11. Google translates some messages into the account's language; a row that goes by words then falls
through to a more general one, which is still right, and whoever wrote asks the sheet itself (`cell_protected`).

Whether a failed write was applied: a JSON refusal (4xx) was not; 5xx, a lost connection, a time-out after sending
and anything that is not Google's JSON may have been.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from service.errors import Conflict, NotAllowed, NotGranted, Problem, TooMuch, UpstreamFailed
from service.google.identities import Identity, IdentityKind
from service.google.problems import (
    CellProtected,
    ConsentEnded,
    FileFull,
    FileGone,
    QuotaSpent,
    RangeGone,
    RequestRefused,
    SharingBlocked,
    WriterShutOut,
)

CallKind = Literal["read", "write"]

DRIVE_FILE_SCOPE = "https://www.googleapis.com/auth/drive.file"
#: Google's minute quotas are full again after this long, and its 429 answers say nothing of their own.
QUOTA_REFILL_S = 60.0
#: How long to leave Google alone after an outage, at the least.
OUTAGE_PAUSE_S = 2.0

_QUOTA_REASONS = frozenset(
    {"RATE_LIMIT_EXCEEDED", "userRateLimitExceeded", "rateLimitExceeded", "sharingRateLimitExceeded",
     "dailyLimitExceeded", "RESOURCE_EXHAUSTED"}
)  # fmt: skip
_DISABLED_REASONS = frozenset({"SERVICE_DISABLED", "accessNotConfigured", "CONSUMER_INVALID", "CONSUMER_SUSPENDED"})
_SCOPE_REASONS = frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"})
_SHARING_REASONS = frozenset(
    {"domainPolicy", "invalidSharingRequest", "shareInNotPermitted", "shareOutNotPermitted",
     "shareOutNotPermittedToUser", "shareOutNotPermittedForContent", "publishOutNotPermitted",
     "cannotShareTeamDriveWithNonGoogleAccounts", "teamDriveDomainUsersOnlyRestriction",
     "teamDriveTeamMembersOnlyRestriction", "teamDrivesSharingRestrictionNotAllowed",
     "targetUserRoleLimitedByLicenseRestriction"}
)  # fmt: skip
_INDEX = re.compile(r"\brequests\[(\d+)\]")
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_PROTECTED = re.compile(r"protected cell or object", re.IGNORECASE)
_FULL = re.compile(r"number of cells in the workbook above the limit", re.IGNORECASE)
_RANGE = re.compile(
    r"No grid with id|exceeds? grid limits|Unable to parse range|beyond the last (?:requested|row|column)|"
    r"(?:range|dimension)\S* .*(?:out of bounds|outside the grid)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The call that failed."""

    method: str
    kind: CallKind
    identity_kind: IdentityKind
    identity_name: str
    identity_email: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Google's answer, taken apart. `words` is its message as it came, with values; `reasons` are all its codes."""

    asked: Asked
    status: int
    reasons: frozenset[str]
    words: str = field(repr=False)
    index: int | None
    retry_after_s: float | None
    quota_limit: str
    is_json: bool

    @property
    def message(self) -> str:
        """Google's message without the quoted values, which may be somebody's data."""
        return _QUOTED.sub("“…”", self.words)[:300]

    @property
    def detail(self) -> str:
        """For the log: the call, the codes and Google's words without values."""
        asked = self.asked
        codes = " ".join(sorted(self.reasons))
        return f"{asked.method} as {asked.identity_name}: {self.status} {codes} {self.message}"[:500]

    def is_for(self, status: int, reasons: frozenset[str]) -> bool:
        return self.status == status and bool(self.reasons & reasons)


def classify_answer(asked: Asked, *, status: int, headers: Mapping[str, str], content: bytes) -> Problem:
    """The Problem behind an answer of 300 or above, or one of 200 that is not Google's JSON."""
    refusal = _take_apart(asked, status, headers, content)
    return next(make(refusal) for fits, make in TABLE if fits(refusal))


def classify_silence(asked: Asked, error: httpx.HTTPError | OSError) -> UpstreamFailed:
    """The Problem behind a call without an answer. Nothing was sent if there was no connection."""
    unsent = isinstance(
        error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol
    )
    return UpstreamFailed(
        "Google did not answer. Rowstream tries again by itself.",
        retry_after_s=OUTAGE_PAUSE_S,
        outcome_unknown=asked.kind == "write" and not unsent,
        detail=f"{asked.method} as {asked.identity_name}: {type(error).__name__}",
    )


def out_of_time(asked: Asked) -> UpstreamFailed:
    """The Problem of a call that was not sent, because the time for it was used up."""
    return UpstreamFailed(
        "This took too long, so Rowstream stopped. It goes on by itself.",
        detail=f"{asked.method} as {asked.identity_name}: no time left, not sent",
    )


def _take_apart(asked: Asked, status: int, headers: Mapping[str, str], content: bytes) -> Refusal:
    error = _error_of(content)
    details = [entry for entry in _list(error, "details") + _list(error, "errors") if isinstance(entry, dict)]
    reasons = {str(entry["reason"]) for entry in details if entry.get("reason")} | {str(error.get("status", ""))}
    words = str(error.get("message", ""))
    limits = [entry["metadata"].get("quota_limit", "") for entry in details if isinstance(entry.get("metadata"), dict)]
    index = _INDEX.search(words)
    after = headers.get("retry-after", "")
    return Refusal(
        asked=asked,
        status=status,
        reasons=frozenset(reasons - {""}),
        words=words,
        index=int(index[1]) if index else None,
        retry_after_s=float(after) if after.isascii() and after.isdigit() else None,
        quota_limit=" ".join(map(str, limits)),
        is_json=bool(error),
    )


def _error_of(content: bytes) -> dict[str, Any]:
    """The `error` object of the body; empty when the body is not Google's."""
    try:
        body = json.loads(content)
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _list(error: dict[str, Any], name: str) -> list[Any]:
    found = error.get(name)
    return found if isinstance(found, list) else []


def _is_unreadable(refusal: Refusal) -> bool:
    return refusal.status >= 500 or refusal.status in {408, 499} or not refusal.is_json


def _is_quota(refusal: Refusal) -> bool:
    return refusal.status == 429 or refusal.is_for(403, _QUOTA_REASONS)


def _is_sharing(refusal: Refusal) -> bool:
    return refusal.status in {400, 403} and bool(refusal.reasons & _SHARING_REASONS)


def _is_user(refusal: Refusal) -> bool:
    return refusal.asked.identity_kind == "user"


def _is_ungranted(refusal: Refusal) -> bool:
    """The person has not opened this file with us, as far as Google tells."""
    unseen = refusal.status == 404 or refusal.is_for(403, frozenset({"appNotAuthorizedToFile"}))
    return _is_user(refusal) and (unseen or (_is_sheets_403(refusal) and refusal.asked.kind == "read"))


def _is_unseen_by_writer(refusal: Refusal) -> bool:
    """Drive hides what is not shared; Sheets says 404 only when the file is gone."""
    return refusal.status == 404 and refusal.asked.method.startswith("drive.") and not _is_user(refusal)


def _is_sheets_403(refusal: Refusal) -> bool:
    return refusal.asked.method.startswith("sheets.") and refusal.is_for(403, frozenset({"PERMISSION_DENIED"}))


def _outage(refusal: Refusal) -> Problem:
    return UpstreamFailed(
        "Google has trouble right now. Rowstream tries again by itself.",
        retry_after_s=refusal.retry_after_s or OUTAGE_PAUSE_S,
        outcome_unknown=refusal.asked.kind == "write",
        detail=refusal.detail,
    )


def _quota(refusal: Refusal) -> Problem:
    limit = refusal.quota_limit
    per = "user" if "PerUser" in limit else "project" if "PerProject" in limit else ""
    return QuotaSpent(
        "Google limits how fast Rowstream may work. It goes on by itself in about a minute.",
        retry_after_s=QUOTA_REFILL_S if refusal.retry_after_s is None else refusal.retry_after_s,
        per=per,
        detail=refusal.detail,
    )


def _token_refused(refusal: Refusal) -> Problem:
    if _is_user(refusal):
        return NotGranted(
            "Google no longer accepts your sign-in. Allow Rowstream again and repeat what you did.",
            scopes=[DRIVE_FILE_SCOPE],
            detail=refusal.detail,
        )
    return UpstreamFailed(
        "Google does not accept Rowstream's own sign-in right now. It tries again by itself.",
        retry_after_s=QUOTA_REFILL_S,
        detail=refusal.detail,
    )


def _set_up_wrong(refusal: Refusal) -> Problem:
    return UpstreamFailed(
        "Rowstream is not fully set up at Google. Please tell whoever runs Rowstream for you.",
        permanent=True,
        detail=refusal.detail,
    )


def _scope_missing(refusal: Refusal) -> Problem:
    if refusal.asked.identity_kind == "consent":
        return ConsentEnded(refusal.asked.identity_email, detail=refusal.detail)
    if not _is_user(refusal):
        return _set_up_wrong(refusal)
    return NotGranted(
        "Rowstream may not work with your spreadsheets yet. Allow it when Google asks, then try again.",
        scopes=[DRIVE_FILE_SCOPE],
        detail=refusal.detail,
    )


def _file_ungranted(refusal: Refusal) -> Problem:
    return NotGranted(
        "Rowstream has no access to this spreadsheet yet. Allow it for this file and try again.",
        detail=refusal.detail,
    )


def _sharing_blocked(refusal: Refusal) -> Problem:
    return SharingBlocked(
        "Your organisation's sharing rules do not let Rowstream into this file. Ask your Google Workspace "
        "administrator to allow it, or connect with your own Google account instead.",
        granted_by="administrator",
        detail=refusal.detail,
    )


def _storage_full(refusal: Refusal) -> Problem:
    return TooMuch(
        "Google Drive has no room left for a new spreadsheet. Free some space in Drive, then try again.",
        detail=refusal.detail,
    )


def _right_missing(refusal: Refusal) -> Problem:
    if not _is_user(refusal):
        return WriterShutOut(
            "Rowstream can no longer work in this spreadsheet. Share it as editor with {email}, or turn the "
            "connection on again from the sidebar.",
            email=refusal.asked.identity_email or refusal.asked.identity_name,
            detail=refusal.detail,
        )
    return NotAllowed(
        "Google says that you may not do this in this file. Ask its owner to make you an editor who may share.",
        granted_by="owner of the file",
        detail=refusal.detail,
    )


def _file_gone(refusal: Refusal) -> Problem:
    return FileGone("This spreadsheet is gone. It was deleted, or the link is wrong.", detail=refusal.detail)


def _file_full(refusal: Refusal) -> Problem:
    return FileFull(
        "This spreadsheet has reached Google's limit of 10 million cells. Delete rows or tabs that you do not need, "
        "or use a new spreadsheet.",
        index=refusal.index,
        message=refusal.message,
        detail=refusal.detail,
    )


def _range_gone(refusal: Refusal) -> Problem:
    return RangeGone(
        "A tab was renamed, moved or deleted while Rowstream was working. It looks again by itself.",
        index=refusal.index,
        message=refusal.message,
        outcome_unknown=refusal.asked.kind == "write" and refusal.index is None,
        detail=refusal.detail,
    )


def _cell_protected(refusal: Refusal) -> Problem:
    asked = refusal.asked
    return _protected(asked.identity_kind, asked.identity_email or asked.identity_name, _refused(refusal))


def cell_protected(identity: Identity, refused: RequestRefused) -> CellProtected:
    """The same refusal, once its protections have told what its words did not."""
    return _protected(identity.kind, identity.email or identity.name, refused)


def _protected(kind: IdentityKind, name: str, refused: RequestRefused) -> CellProtected:
    sentence = "Some cells that Rowstream fills are protected. Ask the owner of the spreadsheet to let you edit them."
    if kind != "user":
        sentence = "Some cells that Rowstream fills are protected. Let {email} edit them, or remove the protection."
    return CellProtected(
        sentence, index=refused.index, message=refused.message, values={"email": name}, detail=refused.detail
    )


def _changed_meanwhile(refusal: Refusal) -> Problem:
    return Conflict("Someone else changed this at the same moment. Look again and repeat.", detail=refusal.detail)


def _refused(refusal: Refusal) -> RequestRefused:
    return RequestRefused(
        "Google did not accept what Rowstream wanted to do here. Please tell whoever runs Rowstream for you.",
        index=refusal.index,
        message=refusal.message,
        detail=refusal.detail,
    )


def _says(pattern: re.Pattern[str]) -> Callable[[Refusal], bool]:
    return lambda refusal: refusal.status == 400 and bool(pattern.search(refusal.words))


def _reads(status: int, *reasons: str) -> Callable[[Refusal], bool]:
    return lambda refusal: refusal.status == status and (not reasons or bool(refusal.reasons & set(reasons)))


TABLE: tuple[tuple[Callable[[Refusal], bool], Callable[[Refusal], Problem]], ...] = (
    (_is_quota, _quota),
    (_reads(413), _refused),
    (_is_unreadable, _outage),
    (_reads(401), _token_refused),
    (lambda refusal: refusal.is_for(403, _DISABLED_REASONS), _set_up_wrong),
    (lambda refusal: refusal.is_for(403, _SCOPE_REASONS), _scope_missing),
    (_is_sharing, _sharing_blocked),
    (_reads(403, "storageQuotaExceeded"), _storage_full),
    (_is_ungranted, _file_ungranted),
    (_reads(403), _right_missing),
    (_is_unseen_by_writer, _right_missing),
    (_reads(404), _file_gone),
    (_reads(409), _changed_meanwhile),
    (_says(_FULL), _file_full),
    (_says(_PROTECTED), _cell_protected),
    (_says(_RANGE), _range_gone),
    (lambda _refusal: True, _refused),
)
