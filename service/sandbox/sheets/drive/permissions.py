"""Methods of `permissions`: create, get, list, update and delete."""

from dataclasses import dataclass
from typing import Any

from service.sandbox.sheets.access import open_file
from service.sandbox.sheets.drive.files import page_of
from service.sandbox.sheets.drive.resources import BASIC_PERMISSION, can_share, permission_json
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.gate import Call, Handler
from service.sandbox.sheets.state.files import (
    ROLES,
    Access,
    DriveFile,
    Permission,
    State,
    at_least,
    permission_id_of,
    share,
    unshare,
)

Json = dict[str, Any]

KINDS = frozenset({"user", "group", "domain", "anyone"})
PAGE_SIZE = 100
_CLOSED = (
    'Bad Request. User message: "Your organization does not allow this item to be shared with people outside of it."'
)


@dataclass(frozen=True)
class Permissions:
    state: State

    def handlers(self) -> dict[str, Handler]:
        """Methods by name as the discovery file spells them."""
        return {
            "permissions.create": self.create,
            "permissions.get": self.get,
            "permissions.list": self.list_access,
            "permissions.update": self.update,
            "permissions.delete": self.delete,
        }

    def create(self, call: Call) -> Json:
        """Access given; to an account that already has some, the stronger of both roles stays."""
        file = self._sharable(call)
        body = call.body
        kind, role = body.get("type", ""), body.get("role", "")
        address = body.get("domain", "") if kind == "domain" else body.get("emailAddress", "")
        _check(kind, role, address)
        if not self.state.may_share_with(file, kind, address):
            raise ApiError(_CLOSED, reason="invalidSharingRequest")
        if role == "owner":
            return self._transfer(call, file, address)
        discovery = bool(body.get("allowFileDiscovery"))
        number = permission_id_of(kind, address, allow_discovery=discovery)
        held = next((one for one in self.state.access(file) if one.permission.permission_id == number), None)
        if held is not None and at_least(held.permission.role, role):
            return self._told(call, file, number)
        given = Permission(number, kind, role, address, discovery, body.get("expirationTime"))
        share(file, given)
        return self._told(call, file, number)

    def _transfer(self, call: Call, file: DriveFile, address: str) -> Json:
        if not call.query.get("transferOwnership"):
            text = "The transferOwnership parameter must be enabled when the permission role is 'owner'."
            raise ApiError(text, code=403, reason="forbidden", location=("transferOwnership", "parameter"))
        if not at_least(self.state.role_of(call.person, file), "owner"):
            raise _insufficient()
        share(file, file.permissions[permission_id_of("user", file.owner)]._replace(role="writer"))
        owner = Permission(permission_id_of("user", address), "user", "owner", address)
        share(file, owner)
        return self._told(call, file, owner.permission_id)

    def get(self, call: Call) -> Json:
        file = open_file(self.state, call, call.arguments["fileId"])
        return self._told(call, file, call.arguments["permissionId"])

    def list_access(self, call: Call) -> Json:
        """The access list, page by page; who may not edit sees a refusal, as does an editor from whom it is kept."""
        file = open_file(self.state, call, call.arguments["fileId"])
        edits = at_least(self.state.role_of(call.person, file), "writer")
        if not can_share(self.state, call.person, file) and (file.hides_readers or not edits):
            raise _insufficient()
        start, size = page_of(call.query, PAGE_SIZE, PAGE_SIZE)
        held = self.state.access(file)
        page = [self._shown(call, access) for access in held[start : start + size]]
        answer: Json = {"kind": "drive#permissionList", "permissions": page}
        if start + size < len(held):
            answer["nextPageToken"] = f"page-{start + size}"
        return answer

    def update(self, call: Call) -> Json:
        """Another role, or another end, for a permission."""
        file = self._sharable(call)
        held = self._own(file, call.arguments["permissionId"])
        role = call.body.get("role", held.role)
        if role not in ROLES:
            raise _bad_value("permission.role", role)
        if role == "owner":
            return self._transfer(call, file, held.address)
        if held.role == "owner":
            raise ApiError("The owner of a file cannot be removed.", code=403, reason="cannotRemoveOwner")
        end = None if call.query.get("removeExpiration") else call.body.get("expirationTime", held.expiration)
        changed = held._replace(role=role, expiration=end)
        share(file, changed)
        return self._told(call, file, changed.permission_id)

    def delete(self, call: Call) -> None:
        """Access taken away. One may always give up one's own."""
        file = open_file(self.state, call, call.arguments["fileId"])
        held = self._own(file, call.arguments["permissionId"])
        own = held.kind == "user" and held.address.lower() == call.person.email.lower()
        if not own and not can_share(self.state, call.person, file):
            raise _insufficient()
        if held.role == "owner":
            raise ApiError("The owner of a file cannot be removed.", code=403, reason="cannotRemoveOwner")
        unshare(file, held.permission_id)

    def _sharable(self, call: Call) -> DriveFile:
        file = open_file(self.state, call, call.arguments["fileId"])
        if not can_share(self.state, call.person, file):
            raise _insufficient()
        return file

    def _told(self, call: Call, file: DriveFile, permission_id: str) -> Json:
        return self._shown(call, self._held(file, permission_id))

    def _shown(self, call: Call, access: Access) -> Json:
        told = permission_json(self.state, access)
        return told if call.mask else {name: told[name] for name in BASIC_PERMISSION if name in told}

    def _held(self, file: DriveFile, permission_id: str) -> Access:
        held = next((one for one in self.state.access(file) if one.permission.permission_id == permission_id), None)
        if held is None:
            text = f"Permission not found: {permission_id}."
            raise ApiError(text, code=404, reason="notFound", location=("permissionId", "parameter"))
        return held

    def _own(self, file: DriveFile, permission_id: str) -> Permission:
        """The permission as it was given on the file; what comes from above is changed there and not here."""
        if self._held(file, permission_id).is_inherited:
            text = "The permission is inherited and cannot be changed on this item."
            raise ApiError(text, code=403, reason="cannotModifyInheritedPermission")
        return file.permissions[permission_id]


def _check(kind: str, role: str, address: str) -> None:
    if kind not in KINDS:
        raise _bad_value("permission.type", kind)
    if role not in ROLES:
        raise _bad_value("permission.role", role)
    if kind in {"user", "group"} and "@" not in address:
        raise ApiError(
            "The specified emailAddress is invalid or not applicable for the given permission type.", reason="invalid"
        )
    if kind == "domain" and not address:
        raise ApiError(
            "The specified domain is invalid or not applicable for the given permission type.", reason="invalid"
        )


def _bad_value(field: str, value: str) -> ApiError:
    if not value:
        return ApiError(f"The {field.partition('.')[2]} field is required.", reason="required")
    return ApiError(f"Invalid value '{value}' for {field}.", reason="invalid", location=(field, "other"))


def _insufficient() -> ApiError:
    return ApiError(
        "The user does not have sufficient permissions for this file.", code=403, reason="insufficientFilePermissions"
    )
