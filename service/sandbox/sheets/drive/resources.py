"""File and Permission resources out of state, as one caller sees them."""

from datetime import UTC, datetime
from typing import Any

from service.sandbox.sheets.people import Person
from service.sandbox.sheets.state.files import SPREADSHEET, Access, DriveFile, State, at_least, permission_id_of

Json = dict[str, Any]

BASIC_FILE = ("kind", "id", "name", "mimeType")
"""What an answer about a file holds without a field mask."""
BASIC_PERMISSION = ("kind", "id", "type", "role", "allowFileDiscovery")


def rfc3339(seconds: float) -> str:
    """A UTC moment with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user_json(email: str, me: str) -> Json:
    """A User resource."""
    return {
        "kind": "drive#user",
        "displayName": email.partition("@")[0],
        "me": email.lower() == me.lower(),
        "permissionId": permission_id_of("user", email),
        "emailAddress": email,
    }


def permission_json(state: State, access: Access) -> Json:
    """A Permission resource with every field that is known."""
    permission = access.permission
    result: Json = {
        "kind": "drive#permission",
        "id": permission.permission_id,
        "type": permission.kind,
        "role": permission.role,
    }
    if permission.kind in {"user", "group"}:
        result["emailAddress"] = permission.address
        result["displayName"] = permission.display_name or permission.address.partition("@")[0]
        result["deleted"] = permission.address.lower() in state.gone
        result["pendingOwner"] = False
    if permission.kind == "domain":
        result["domain"] = result["displayName"] = permission.address
    if permission.kind in {"domain", "anyone"}:
        result["allowFileDiscovery"] = permission.allow_discovery
    if permission.expiration:
        result["expirationTime"] = permission.expiration
    result["permissionDetails"] = [
        {
            "permissionType": detail.kind,
            "role": detail.role,
            "inherited": bool(detail.source),
            **({"inheritedFrom": detail.source} if detail.kind == "member" else {}),
        }
        for detail in access.details
    ]
    return result


def can_share(state: State, person: Person, file: DriveFile) -> bool:
    """Drive tells who can open a file only to those who may change it."""
    role = state.role_of(person, file)
    return at_least(role, "fileOrganizer") or (
        at_least(role, "writer") and file.writers_can_share and not file.hides_readers
    )


def file_json(state: State, person: Person, file: DriveFile) -> Json:
    """A File resource with every field that is imitated."""
    role = state.role_of(person, file)
    shares = can_share(state, person, file)
    held = state.access(file)
    result: Json = {
        "kind": "drive#file",
        "id": file.file_id,
        "name": file.title,
        "mimeType": file.mime_type,
        "description": file.description,
        "starred": file.is_starred,
        "trashed": file.is_trashed,
        "explicitlyTrashed": file.is_trashed,
        "parents": file.parents or ["root"],
        "properties": file.properties,
        "appProperties": file.app_properties,
        "spaces": ["drive"],
        "version": str(file.version),
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{file.file_id}/edit?usp=drivesdk",
        "createdTime": rfc3339(file.created_s),
        "modifiedTime": rfc3339(file.modified_s),
        "lastModifyingUser": user_json(file.modified_by, person.email),
        "shared": len(held) > 1 or bool(file.drive_id),
        "isAppAuthorized": state.is_granted(person, file),
        "capabilities": capabilities(role, can_share=shares),
    }
    if file.drive_id:
        result["driveId"] = result["teamDriveId"] = file.drive_id
        result["hasAugmentedPermissions"] = any(
            one.permission_id not in file.members for one in file.permissions.values()
        )
    else:
        result["owners"] = [user_json(file.owner, person.email)]
        result["ownedByMe"] = file.owner.lower() == person.email.lower()
        result["writersCanShare"] = file.writers_can_share
        if shares:
            result["permissionIds"] = [one.permission.permission_id for one in held]
            result["permissions"] = [permission_json(state, one) for one in held]
    if file.mime_type != SPREADSHEET:
        result.pop("webViewLink")
    return result


def capabilities(role: str | None, *, can_share: bool) -> Json:
    """What the caller may do, as Drive prints it."""
    edits, owns = at_least(role, "writer"), at_least(role, "organizer")
    return {
        "canComment": at_least(role, "commenter"),
        "canCopy": role is not None,
        "canDelete": owns,
        "canDownload": role is not None,
        "canEdit": edits,
        "canListChildren": False,
        "canModifyContent": edits,
        "canReadRevisions": edits,
        "canRename": edits,
        "canShare": can_share,
        "canTrash": owns,
        "canUntrash": owns,
    }
