"""A person's files as the preview shows them: read from the emulator's state, changed through its Drive and Sheets.

The emulator's control door knows no person; Google's own pages do, and this is what they would show.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from service.sandbox.identity import Identity
from service.sandbox.people import person_of
from service.sandbox.sheets.people import Person as Caller
from service.sandbox.sheets.state.files import DriveFile, State

PERMISSION_FIELDS = (
    "permissions(id,type,role,emailAddress,domain,displayName,expirationTime,"
    "permissionDetails(permissionType,inherited))"
)


class RefusedError(Exception):
    """Drive or Sheets said no; the message is theirs."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class PersonalFiles:
    """What each person may open. `drive` and `sheets` are the emulator's base addresses."""

    def __init__(self, state: State, identity: Identity, *, drive: str, sheets: str) -> None:
        self._state, self._identity = state, identity
        self._drive, self._sheets = drive, sheets
        self._client = httpx.Client(timeout=30.0)

    def close(self) -> None:
        """Connections are closed."""
        self._client.close()

    def list_for(self, email: str) -> list[dict[str, Any]]:
        """The spreadsheets this person may open, youngest first."""
        shown = [self._describe(email, file) for file in self._state.spreadsheets() if not file.is_trashed]
        return [file for file in reversed(shown) if file["role"] is not None]

    def find(self, email: str, spreadsheet_id: str) -> dict[str, Any] | None:
        """One of them, or None when there is none with this id for this person."""
        file = self._state.files.get(spreadsheet_id)
        if file is None or file.workbook is None:
            return None
        shown = self._describe(email, file)
        return shown if shown["role"] is not None else None

    def create(self, email: str, title: str) -> dict[str, Any]:
        """A new spreadsheet of this person, made in Google's own pages: the add-on has not been let into it yet."""
        answer = self._as_person(email, "POST", f"{self._sheets}v4/spreadsheets", json={"properties": {"title": title}})
        file = self._state.files[answer["spreadsheetId"]]
        file.granted.discard(email)
        return self._describe(email, file)

    def shares(self, email: str, spreadsheet_id: str) -> list[dict[str, Any]]:
        """Who can open the file, as far as this person may know."""
        answer = self._as_person(email, "GET", self._permissions(spreadsheet_id), params={"fields": PERMISSION_FIELDS})
        permissions: list[dict[str, Any]] = answer["permissions"]
        return permissions

    def share(self, email: str, spreadsheet_id: str, wanted: Mapping[str, str]) -> None:
        """This person shares the file. `wanted` is Drive's permission: type, role, emailAddress or domain, and
        expirationTime where it has an end.
        """
        params = {"sendNotificationEmail": "false"}
        self._as_person(email, "POST", self._permissions(spreadsheet_id), params=params, json=dict(wanted))

    def unshare(self, email: str, spreadsheet_id: str, permission_id: str) -> None:
        """This person ends a share."""
        self._as_person(email, "DELETE", f"{self._permissions(spreadsheet_id)}/{permission_id}")

    def _describe(self, email: str, file: DriveFile) -> dict[str, Any]:
        role = self._state.role_of(Caller(email=email), file)
        granted = email in file.granted
        return {"id": file.file_id, "title": file.title, "owner": file.owner, "role": role, "granted": granted}

    def _permissions(self, spreadsheet_id: str) -> str:
        return f"{self._drive}drive/v3/files/{spreadsheet_id}/permissions"

    def _as_person(self, email: str, method: str, url: str, **more: Any) -> Any:
        token = self._identity.google_token(person_of(email))
        answer = self._client.request(method, url, headers={"Authorization": f"Bearer {token}"}, **more)
        if answer.is_error:
            raise RefusedError(answer.status_code, _sentence(answer))
        return answer.json() if answer.content else {}


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return "This did not work. Try again."
