"""The one exception of the emulator: a refusal that becomes Google's JSON error. Nothing here knows HTTP servers."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
"""Canonical status names of google.rpc.Code by HTTP code."""

UNAUTHENTICATED_TEXT = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
PROTECTED_TEXTS = {
    "en": (
        "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection "
        "if you need to edit."
    ),
    "de": (
        "Sie versuchen, eine geschützte Zelle oder ein geschütztes Objekt zu bearbeiten. Wenden Sie sich an den "
        "Eigentümer der Tabelle, damit er den Schutz aufhebt."
    ),
    "fr": (
        "Vous essayez de modifier une cellule ou un objet protégés. Demandez au propriétaire de la feuille de calcul "
        "de supprimer la protection."
    ),
    "vi": (
        "Bạn đang cố gắng chỉnh sửa ô hoặc đối tượng được bảo vệ. Hãy liên hệ với chủ sở hữu bảng tính để xóa bảo vệ "
        "nếu bạn cần chỉnh sửa."
    ),
}
"""By language of the caller's account. The English one is recorded; the others stand in for what Google translates."""
PROJECT_NUMBER = "123"
"""The Cloud project named in refusals, as in the recordings."""
_TITLES = {"sheets": "Google Sheets API", "drive": "Google Drive API"}


class ApiError(Exception):
    """A refusal in Google's words.

    `reason` and `location` are what Drive adds in its `errors` list; Sheets answers leave them out.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int = 400,
        details: Sequence[Json] = (),
        reason: str = "badRequest",
        location: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.details = list(details)
        self.reason = reason
        self.location = location

    def within(self, place: str) -> "ApiError":
        """The same refusal with the place in the batch put before the sentence, as Google does."""
        return ApiError(
            f"Invalid {place}: {self.message}",
            code=self.code,
            details=self.details,
            reason=self.reason,
            location=self.location,
        )

    def sheets_body(self) -> Json:
        error: Json = {"code": self.code, "message": self.message, "status": STATUS_NAMES[self.code]}
        if self.details:
            error["details"] = self.details
        return {"error": error}

    def drive_body(self) -> Json:
        entry: Json = {"message": self.message, "domain": "global", "reason": self.reason}
        if self.location:
            entry["location"], entry["locationType"] = self.location
        return {"error": {"code": self.code, "message": self.message, "errors": [entry]}}


def bad_field(message: str, field: str, description: str | None = None) -> ApiError:
    """A 400 that names the field at fault in google.rpc.BadRequest details."""
    violation: Json = {"description": description or message}
    if field:
        violation = {"field": field, **violation}
    details = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    return ApiError(message, details=[details])


def unauthenticated() -> ApiError:
    return ApiError(UNAUTHENTICATED_TEXT, code=401, reason="authError", location=("Authorization", "header"))


def forbidden() -> ApiError:
    return ApiError("The caller does not have permission", code=403, reason="forbidden")


def entity_missing() -> ApiError:
    return ApiError("Requested entity was not found.", code=404, reason="notFound")


def service_disabled(name: str) -> ApiError:
    """403 of a project in which the API was never switched on."""
    service = f"{name}.googleapis.com"
    page = f"https://console.developers.google.com/apis/api/{service}/overview?project={PROJECT_NUMBER}"
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "SERVICE_DISABLED",
        "domain": "googleapis.com",
        "metadata": {"service": service, "consumer": f"projects/{PROJECT_NUMBER}"},
    }
    return ApiError(
        f"{_TITLES[name]} has not been used in project {PROJECT_NUMBER} before or it is disabled. Enable it by "
        f"visiting {page} then retry. If you enabled this API recently, wait a few minutes for the action to propagate "
        "to our systems and retry.",
        code=403,
        details=[info],
        reason="accessNotConfigured",
    )


def scope_insufficient(service: str, method: str) -> ApiError:
    """403 for a token whose scopes do not cover the method."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": service, "method": method},
    }
    return ApiError(
        "Request had insufficient authentication scopes.",
        code=403,
        details=[info],
        reason="insufficientPermissions",
    )
