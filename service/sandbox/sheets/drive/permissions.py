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
        if role == "owner":
            return self._transfer(call, file, address)
        discovery = bool(body.get("allowFileDiscovery"))
        number = permission_id_of(kind, address, allow_discovery=discovery)
        held = file.permissions.get(number)
        if held is not None and at_least(held.role, role):
            return self._told(call, held, file)
        given = Permission(number, kind, role, address, discovery, body.get("expirationTime"))
        share(file, given)
        return self._told(call, given, file)

    def _transfer(self, call: Call, file: DriveFile, address: str) -> Json:
        if not call.query.get("transferOwnership"):
            text = "The transferOwnership parameter must be enabled when the permission role is 'owner'."
            raise ApiError(text, code=403, reason="forbidden", location=("transferOwnership", "parameter"))
        if not at_least(self.state.role_of(call.person, file), "owner"):
            raise _insufficient()
        share(file, file.permissions[permission_id_of("user", file.owner)]._replace(role="writer"))
        owner = Permission(permission_id_of("user", address), "user", "owner", address)
        share(file, owner)
        return self._told(call, owner, file)

    def get(self, call: Call) -> Json:
        file = open_file(self.state, call, call.arguments["fileId"])
        return self._told(call, _held(file, call.arguments["permissionId"]), file)

    def list_access(self, call: Call) -> Json:
        """The access list, page by page; on My Drive a caller who may not share sees a refusal."""
        file = open_file(self.state, call, call.arguments["fileId"])
        if not can_share(self.state, call.person, file) and not at_least(
            self.state.role_of(call.person, file), "writer"
        ):
            raise _insufficient()
        start, size = page_of(call.query, PAGE_SIZE, PAGE_SIZE)
        held = list(file.permissions.values())
        page = [self._told(call, permission, file) for permission in held[start : start + size]]
        answer: Json = {"kind": "drive#permissionList", "permissions": page}
        if start + size < len(held):
            answer["nextPageToken"] = f"page-{start + size}"
        return answer

    def update(self, call: Call) -> Json:
        """Another role, or another end, for a permission."""
        file = self._sharable(call)
        held = _held(file, call.arguments["permissionId"])
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
        return self._told(call, changed, file)

    def delete(self, call: Call) -> None:
        """Access taken away. One may always give up one's own."""
        file = open_file(self.state, call, call.arguments["fileId"])
        held = _held(file, call.arguments["permissionId"])
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

    @staticmethod
    def _told(call: Call, permission: Permission, file: DriveFile) -> Json:
        told = permission_json(permission, file)
        return told if call.mask else {name: told[name] for name in BASIC_PERMISSION if name in told}


def _held(file: DriveFile, permission_id: str) -> Permission:
    held = file.permissions.get(permission_id)
    if held is None:
        text = f"Permission not found: {permission_id}."
        raise ApiError(text, code=404, reason="notFound", location=("permissionId", "parameter"))
    return held


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
