"""Acts as Google's front end: a press in the sidebar becomes the signed event the product receives, and its answer.

It drives the world by its contract (`/sandbox`) only, over HTTP, so the preview, tests and tools share one path.
Event shape: Google's "Build a Workspace add-on using HTTP endpoints" and its event objects page, read 2026-11.
A logged real body prints protobuf's integers as floats and 64-bit ones as text; so does this.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

GOOGLE_WAITS_S = 30.0
LOCALE_SCOPE = "https://www.googleapis.com/auth/script.locale"
EMAIL_SCOPE = "https://www.googleapis.com/auth/userinfo.email"
FILE_SCOPE = "https://www.googleapis.com/auth/drive.file"
NO_ANSWER = 504
NOT_OURS = 400


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `status` is 504 when nothing came within Google's patience, `body` None when it was no JSON."""

    status: int
    body: Any
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class Reader:
    """How the person's browser is set."""

    locale: str = "en-GB"
    time_zone: str = "Europe/London"


class Frontend:
    """Google's side of the sidebar, for one running world. `contract` is the JSON at `/sandbox`."""

    def __init__(self, contract: Mapping[str, Any]) -> None:
        self.contract = contract
        self._client = httpx.Client(timeout=GOOGLE_WAITS_S, limits=httpx.Limits(max_keepalive_connections=32))

    @classmethod
    def of(cls, sandbox_url: str) -> Self:
        """The front end of the world that answers at `sandbox_url` (…/sandbox)."""
        answer = httpx.get(sandbox_url)
        answer.raise_for_status()
        return cls(answer.json())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Connections are closed."""
        self._client.close()

    def open_sidebar(self, email: str, spreadsheet_id: str | None, *, reader: Reader = Reader()) -> Reply:
        """The homepage trigger, as when the person clicks the add-on's icon."""
        return self.press(email, f"{self.contract['addon']}home", spreadsheet_id=spreadsheet_id, reader=reader)

    def grant_file(self, email: str, spreadsheet_id: str, *, reader: Reader = Reader()) -> Reply:
        """The person allows the add-on to use this file; Google then calls the granted trigger."""
        self._client.post(
            f"{self.contract['sheets_control']}grants", json={"email": email, "spreadsheet_id": spreadsheet_id}
        ).raise_for_status()
        return self.press(email, f"{self.contract['addon']}file-granted", spreadsheet_id=spreadsheet_id, reader=reader)

    def create_file(self, email: str, title: str) -> str:
        """The person makes a spreadsheet in Google's own pages; its id. The add-on is not let into it yet."""
        answer = self._client.post(f"{self.contract['preview']}preview/files", json={"email": email, "title": title})
        answer.raise_for_status()
        return str(answer.json()["id"])

    def press(
        self,
        email: str,
        url: str,
        *,
        spreadsheet_id: str | None = None,
        parameters: Mapping[str, str] | None = None,
        form_inputs: Mapping[str, Any] | None = None,
        reader: Reader = Reader(),
    ) -> Reply:
        """The event for this press is posted to `url` with fresh tokens; the product's answer comes back as it is."""
        if not url.startswith(self.contract["addon"].partition("/addon/")[0] + "/"):
            return Reply(NOT_OURS, None, 0)
        tokens = self._tokens(email, url)
        event = build_event(
            tokens,
            sheets=self._sheets_object(email, spreadsheet_id, tokens["authorized_scopes"]),
            parameters=parameters or {},
            form_inputs=form_inputs or {},
            reader=reader,
        )
        started = time.perf_counter()
        try:
            answer = self._client.post(
                url, json=event, headers={"Authorization": f"Bearer {tokens['system_id_token']}"}
            )
        except httpx.HTTPError:
            return Reply(NO_ANSWER, None, _ms_since(started))
        return Reply(answer.status_code, _json_of(answer), _ms_since(started))

    def _tokens(self, email: str, url: str) -> dict[str, Any]:
        answer = self._client.post(f"{self.contract['identity']}tokens", json={"email": email, "audience": url})
        answer.raise_for_status()
        tokens: dict[str, Any] = answer.json()
        return tokens

    def _sheets_object(self, email: str, spreadsheet_id: str | None, scopes: list[str]) -> dict[str, Any]:
        if spreadsheet_id is None or FILE_SCOPE not in scopes:
            return {"addonHasFileScopePermission": False}
        answer = self._client.get(f"{self.contract['preview']}preview/files/{spreadsheet_id}", params={"email": email})
        answer.raise_for_status()
        file = answer.json()["file"]
        if file is None or not file["granted"]:
            return {"addonHasFileScopePermission": False}
        return {"addonHasFileScopePermission": True, "id": spreadsheet_id, "title": file["title"]}


def build_event(
    tokens: Mapping[str, Any],
    *,
    sheets: Mapping[str, Any],
    parameters: Mapping[str, str],
    form_inputs: Mapping[str, Any],
    reader: Reader,
) -> dict[str, Any]:
    """The body Google posts. Empty parts are left out, as Google does; a trigger has no parameters and no form."""
    scopes = tokens["authorized_scopes"]
    common: dict[str, Any] = {"hostApp": "SHEETS", "platform": "WEB"}
    if LOCALE_SCOPE in scopes:
        common["userLocale"] = reader.locale
        common["timeZone"] = {"id": reader.time_zone, "offset": _offset_ms(reader.time_zone)}
    if parameters:
        common["parameters"] = {key: str(value) for key, value in parameters.items()}
    if form_inputs:
        common["formInputs"] = {name: _as_google_prints(value) for name, value in form_inputs.items()}
    authorization = {
        "userOAuthToken": tokens["user_oauth_token"],
        "systemIdToken": tokens["system_id_token"],
        "authorizedScopes": list(scopes),
    }
    if EMAIL_SCOPE in scopes:
        authorization["userIdToken"] = tokens["user_id_token"]
    return {"commonEventObject": common, "authorizationEventObject": authorization, "sheets": dict(sheets)}


def _as_google_prints(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: str(inner) if key == "msSinceEpoch" and "hasDate" not in value else _as_google_prints(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_as_google_prints(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _offset_ms(time_zone: str) -> float:
    try:
        offset = datetime.now(UTC).astimezone(ZoneInfo(time_zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return 0.0
    return 1000.0 * offset.total_seconds() if offset else 0.0


def _json_of(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _ms_since(started: float) -> int:
    return int(1000 * (time.perf_counter() - started))
