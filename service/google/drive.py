"""Who can open a file: facts and permissions from Google Drive, and making our writer an editor.

Whether the people found are allowed to see the file's columns is decided elsewhere. All calls support shared drives.
Google applies only the last of concurrent permission changes on one file, so this process makes them one at a time
per file.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from service.errors import Conflict, NotAllowed, NotFound, NotGranted
from service.google.identities import Identity
from service.google.problems import SharingBlocked, WriterShutOut
from service.google.transport import Transport

#: Roles that may edit cells. `organizer` and `fileOrganizer` exist on shared drives only.
EDITOR_ROLES = frozenset({"owner", "organizer", "fileOrganizer", "writer"})
ANYONE_WITH_LINK = "anyoneWithLink"
_FILE_FIELDS = (
    "id,name,mimeType,trashed,ownedByMe,driveId,isAppAuthorized,shared,permissionIds,version,parents,"
    "hasAugmentedPermissions,inheritedPermissionsDisabled,owners(emailAddress),capabilities(canEdit,canShare)"
)
_EDIT_FIELDS = "modifiedTime,lastModifyingUser(me,emailAddress)"
_PERMISSION_FIELDS = (
    "id,type,role,emailAddress,domain,displayName,expirationTime,deleted,allowFileDiscovery,"
    "permissionDetails(permissionType,inherited)"
)
_PAGE_SIZE = 100
_LOCKS = 64


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as one identity sees it. `drive_id` is the shared drive, None in My Drive.

    `permission_ids` is None when Drive does not tell: the identity may not share, or the file is on a shared drive.
    `version` rises with every change of the file, its sharing included; it is no condition for writing. `owner_email`
    is "" on a shared drive. `has_own_permissions`: on a shared drive, whether there are some besides the drive's.
    `is_cut_off`: who can open the folder above it cannot open it by that alone.
    """

    file_id: str
    name: str
    mime_type: str
    trashed: bool
    owned_by_me: bool
    drive_id: str | None
    is_app_authorized: bool
    shared: bool
    can_edit: bool
    can_share: bool
    permission_ids: frozenset[str] | None
    version: int
    owner_email: str = ""
    parents: tuple[str, ...] = ()
    has_own_permissions: bool | None = None
    is_cut_off: bool = False

    @property
    def is_link_shared(self) -> bool | None:
        """Whether anyone with the link can open it; None when Drive does not tell."""
        return None if self.permission_ids is None else ANYONE_WITH_LINK in self.permission_ids

    @property
    def arrangement(self) -> str:
        """A fingerprint of what Drive tells of the sharing even where it lists nobody: whose the file is, where it
        lies, whether it is shared at all. Another fingerprint, another arrangement.
        """
        told = (
            self.drive_id or "",
            self.owner_email.lower(),
            *sorted(self.parents),
            str(self.shared),
            str(self.has_own_permissions),
            str(self.is_cut_off),
        )
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Permission:
    """One line of the Share dialog. `type` is user, group, domain or anyone; `email` and `domain` are "" if unused.

    `deleted`: the account behind it no longer exists. An expired permission is not listed by Drive any more.
    `is_discoverable`: anyone, or anyone of the domain, finds the file by searching. `comes_from`: what it is inherited
    from, and then it cannot be ended at the file; "" = given on the file itself.
    """

    permission_id: str
    type: str
    role: str
    email: str
    domain: str
    name: str
    expires_at: datetime | None
    deleted: bool
    is_discoverable: bool = False
    comes_from: Literal["", "folder", "drive"] = ""


@dataclass(frozen=True, slots=True)
class Unlistable:
    """Drive does not tell this identity who can open the file. `detail` is for the log."""

    detail: str


@dataclass(frozen=True, slots=True)
class LastEdit:
    """Who changed a file last, and when: None when Drive does not tell. `is_mine`: the identity that asks did."""

    at: datetime | None
    is_mine: bool


class Drive:
    """The slice of Drive we use. Safe for many threads."""

    def __init__(self, resource: Any, transport: Transport) -> None:
        self._files = resource.files()
        self._permissions = resource.permissions()
        self._transport = transport
        self._locks = tuple(threading.Lock() for _ in range(_LOCKS))

    def file(self, identity: Identity, file_id: str, *, budget_s: float) -> FileFacts:
        """The file as the identity sees it: the proof that a caller may edit comes from here."""
        request = self._files.get(fileId=file_id, fields=_FILE_FIELDS, supportsAllDrives=True, prettyPrint=False)
        return _facts(self._transport.send(request, identity, kind="read", budget_s=budget_s))

    def last_edit(self, identity: Identity, file_id: str, *, budget_s: float) -> LastEdit:
        """Whose edit of the file was the last. Earlier ones cannot be told from here."""
        request = self._files.get(fileId=file_id, fields=_EDIT_FIELDS, supportsAllDrives=True, prettyPrint=False)
        body = self._transport.send(request, identity, kind="read", budget_s=budget_s)
        at = body.get("modifiedTime")
        by = body.get("lastModifyingUser", {})
        return LastEdit(datetime.fromisoformat(at) if at else None, bool(by.get("me", False)))

    def permissions(self, identity: Identity, file_id: str, *, budget_s: float) -> tuple[Permission, ...] | Unlistable:
        """Everybody who can open the file, all pages; Unlistable when the identity may not know."""
        until = self._transport.now() + budget_s
        found: list[Permission] = []
        page_token: str | None = None
        while True:
            request = self._permissions.list(
                fileId=file_id,
                pageSize=_PAGE_SIZE,
                pageToken=page_token,
                fields=f"nextPageToken,permissions({_PERMISSION_FIELDS})",
                supportsAllDrives=True,
                prettyPrint=False,
            )
            try:
                page = self._transport.send(request, identity, kind="read", budget_s=until - self._transport.now())
            except (NotAllowed, WriterShutOut) as problem:
                return Unlistable(problem.detail)
            found += [_permission(entry) for entry in page.get("permissions", [])]
            page_token = page.get("nextPageToken")
            if not page_token:
                return tuple(found)

    def add_writer(self, identity: Identity, file_id: str, email: str, *, budget_s: float) -> Permission:
        """`email` can edit the file and was not written to. Repeating changes nothing.

        SharingBlocked when an organisation's rules forbid it, NotAllowed when the identity may not share.
        """
        until = self._transport.now() + budget_s
        with self._changing(file_id, budget_s):
            present = self._find(identity, file_id, email, until)
            if present is not None and present.role in EDITOR_ROLES:
                return present
            if present is not None:
                return self._raise_to_writer(identity, file_id, present, until)
            try:
                return self._invite(identity, file_id, email, until)
            except SharingBlocked:
                # Google answers 400 invalidSharingRequest also when the share worked and only a mail did not.
                present = self._find(identity, file_id, email, until)
                if present is not None and present.role in EDITOR_ROLES:
                    return present
                raise

    def remove_permission(self, identity: Identity, file_id: str, permission_id: str, *, budget_s: float) -> None:
        """The permission is gone. One that was gone already is fine."""
        until = self._transport.now() + budget_s
        with self._changing(file_id, budget_s):
            request = self._permissions.delete(fileId=file_id, permissionId=permission_id, supportsAllDrives=True)
            try:
                self._transport.send(request, identity, kind="write", budget_s=until - self._transport.now())
            except (NotFound, NotGranted):
                # Drive says 404 for an unknown file and for an unknown permission alike.
                listed = self.permissions(identity, file_id, budget_s=until - self._transport.now())
                if isinstance(listed, Unlistable) or any(entry.permission_id == permission_id for entry in listed):
                    raise

    def _find(self, identity: Identity, file_id: str, email: str, until: float) -> Permission | None:
        listed = self.permissions(identity, file_id, budget_s=until - self._transport.now())
        if isinstance(listed, Unlistable):
            return None
        people = (entry for entry in listed if entry.type == "user" and not entry.deleted)
        return next((entry for entry in people if entry.email.lower() == email.lower()), None)

    def _invite(self, identity: Identity, file_id: str, email: str, until: float) -> Permission:
        request = self._permissions.create(
            fileId=file_id,
            body={"type": "user", "role": "writer", "emailAddress": email},
            sendNotificationEmail=False,
            supportsAllDrives=True,
            fields=_PERMISSION_FIELDS,
            prettyPrint=False,
        )
        budget_s = until - self._transport.now()
        return _permission(self._transport.send(request, identity, kind="write", budget_s=budget_s))

    def _raise_to_writer(self, identity: Identity, file_id: str, present: Permission, until: float) -> Permission:
        request = self._permissions.update(
            fileId=file_id,
            permissionId=present.permission_id,
            body={"role": "writer"},
            supportsAllDrives=True,
            fields=_PERMISSION_FIELDS,
            prettyPrint=False,
        )
        budget_s = until - self._transport.now()
        return _permission(self._transport.send(request, identity, kind="write", budget_s=budget_s))

    @contextmanager
    def _changing(self, file_id: str, budget_s: float) -> Iterator[None]:
        lock = self._locks[hash(file_id) % _LOCKS]
        if not lock.acquire(timeout=max(budget_s, 0)):
            raise Conflict("The sharing of this file is being changed right now. Try again in a moment.")
        try:
            yield
        finally:
            lock.release()


def _facts(body: dict[str, Any]) -> FileFacts:
    capabilities = body.get("capabilities", {})
    ids = body.get("permissionIds")
    return FileFacts(
        file_id=body["id"],
        name=body.get("name", ""),
        mime_type=body.get("mimeType", ""),
        trashed=bool(body.get("trashed", False)),
        owned_by_me=bool(body.get("ownedByMe", False)),
        drive_id=body.get("driveId"),
        is_app_authorized=bool(body.get("isAppAuthorized", False)),
        shared=bool(body.get("shared", False)),
        can_edit=bool(capabilities.get("canEdit", False)),
        can_share=bool(capabilities.get("canShare", False)),
        permission_ids=None if ids is None else frozenset(ids),
        version=int(body.get("version", 0)),
        owner_email=next((str(one.get("emailAddress", "")) for one in body.get("owners", ())), ""),
        parents=tuple(body.get("parents", ())),
        has_own_permissions=body.get("hasAugmentedPermissions"),
        is_cut_off=bool(body.get("inheritedPermissionsDisabled", False)),
    )


def _permission(body: dict[str, Any]) -> Permission:
    expires = body.get("expirationTime")
    return Permission(
        permission_id=body["id"],
        type=body["type"],
        role=body["role"],
        email=body.get("emailAddress", ""),
        domain=body.get("domain", ""),
        name=body.get("displayName", ""),
        expires_at=datetime.fromisoformat(expires) if expires else None,
        deleted=bool(body.get("deleted", False)),
        is_discoverable=bool(body.get("allowFileDiscovery", False)),
        comes_from=_origin(body.get("permissionDetails", ())),
    )


def _origin(details: Sequence[dict[str, Any]]) -> Literal["", "folder", "drive"]:
    """What a permission is inherited from, by its `permissionDetails`. One that was also given directly is direct."""
    if not details or not all(one.get("inherited", False) for one in details):
        return ""
    return "drive" if any(one.get("permissionType") == "member" for one in details) else "folder"
