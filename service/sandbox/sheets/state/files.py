"""Files as Drive sees them: names, owners, permissions, grants to the app, and the workbook inside.

Also who may do what with a file; the words of the refusals belong to the services that answer.
"""

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from service.sandbox.sheets.people import Person
from service.sandbox.sheets.state.sheet import Sheet
from service.sandbox.sheets.state.workbook import Workbook

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
FOLDER = "application/vnd.google-apps.folder"
ROLES = ("reader", "commenter", "writer", "fileOrganizer", "organizer", "owner")
"""Weakest first."""
ANYONE_ID = "anyoneWithLink"


class Permission(NamedTuple):
    """One entry of a file's access list. `address` is an e-mail address or a domain, empty for "anyone"."""

    permission_id: str
    kind: str
    role: str
    address: str = ""
    allow_discovery: bool = False
    expiration: str | None = None
    display_name: str = ""


class Detail(NamedTuple):
    """Where a permission comes from: given on the `file` or as a `member` of a shared drive. `source` is the folder or
    drive it is inherited from, empty for what was given on the file itself.
    """

    kind: str
    role: str
    source: str = ""


class Access(NamedTuple):
    """One line of a file's access list: what was given on it and what comes from above, under the strongest role."""

    permission: Permission
    details: tuple[Detail, ...]

    @property
    def is_inherited(self) -> bool:
        """Was nothing of it given on the file itself?"""
        return all(detail.source for detail in self.details)


def permission_id_of(kind: str, address: str, *, allow_discovery: bool = False) -> str:
    """The id Google would use: one per account everywhere, `anyoneWithLink` for a link share."""
    if kind == "anyone":
        return "anyone" if allow_discovery else ANYONE_ID
    digits = str(int.from_bytes(hashlib.sha256(address.lower().encode()).digest()[:10], "big")).zfill(20)[:20]
    return digits + "k" if kind == "domain" else digits


@dataclass
class DriveFile:
    """One file. Times are UTC seconds since 1970; `granted` lists people who opened or made it with the add-on,
    `picked` those who chose it in another client of the project (that client, their address).

    `members` are those of the shared drive it is on. `hides_readers`: only who manages it is told who can open it.
    """

    file_id: str
    mime_type: str
    name: str
    created_s: float
    modified_s: float
    permissions: dict[str, Permission] = field(default_factory=dict)
    granted: set[str] = field(default_factory=set)
    picked: set[tuple[str, str]] = field(default_factory=set)
    workbook: Workbook | None = None
    parents: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    app_properties: dict[str, str] = field(default_factory=dict)
    description: str = ""
    drive_id: str | None = None
    members: dict[str, Permission] = field(default_factory=dict)
    hides_readers: bool = False
    is_trashed: bool = False
    is_starred: bool = False
    writers_can_share: bool = True
    revision: int = 1
    modified_by: str = ""

    @property
    def owner(self) -> str:
        """The owner's address; empty for a file on a shared drive."""
        return next((p.address for p in self.permissions.values() if p.role == "owner"), "")

    @property
    def title(self) -> str:
        return self.workbook.properties["title"] if self.workbook else self.name

    @property
    def version(self) -> int:
        """Rises with every change of content, name or sharing."""
        return self.revision + (self.workbook.version if self.workbook else 0)


class State:
    """Every file of the local world, and which addresses belong to which group."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self.wall = wall
        self.lock = threading.RLock()
        self.files: dict[str, DriveFile] = {}
        self.groups: dict[str, set[str]] = {}
        self.gone: set[str] = set()
        """Addresses of accounts that were deleted: their permissions stay in the lists and open nothing."""
        self.closed: set[str] = set()
        """Domains whose files may not be shared with anybody outside."""
        self.shares_grants = False
        """Does a grant made with the add-on count for the project's other clients too?"""
        self.deleted: set[str] = set()
        """Ids of files deleted since the last save to disk."""

    def create_spreadsheet(self, owner: str, title: str = "Untitled spreadsheet") -> DriveFile:
        """A spreadsheet with one tab, owned by this address and granted to the app for it."""
        file = self.new_file(owner, SPREADSHEET, title)
        workbook = Workbook(file.file_id, title)
        workbook.sheets = [Sheet(workbook.journal, 0, "Sheet1")]
        file.workbook = workbook
        self.add(file)
        return file

    def new_file(self, owner: str, mime_type: str, name: str) -> DriveFile:
        """A file that is not in the list yet."""
        now_s = self.wall()
        file = DriveFile(secrets.token_urlsafe(33), mime_type, name, now_s, now_s, modified_by=owner)
        share(file, Permission(permission_id_of("user", owner), "user", "owner", owner))
        file.granted.add(owner.lower())
        return file

    def add(self, file: DriveFile) -> None:
        with self.lock:
            self.files[file.file_id] = file

    def copy(self, source: DriveFile, owner: str, name: str) -> DriveFile:
        """A copy with the same content and metadata, its own id, and no one's access but the owner's."""
        copy = self.new_file(owner, source.mime_type, name)
        if source.workbook is not None:
            with source.workbook.reading():
                copy.workbook = source.workbook.twin(copy.file_id, name)
        copy.parents, copy.properties = list(source.parents), dict(source.properties)
        copy.description = source.description
        self.add(copy)
        return copy

    def delete(self, file_id: str) -> None:
        with self.lock:
            self.files.pop(file_id, None)
            self.deleted.add(file_id)

    def touch(self, file: DriveFile, who: str) -> None:
        """Note that the content was changed by this address."""
        file.modified_s, file.modified_by = self.wall(), who

    def spreadsheets(self) -> Iterator[DriveFile]:
        """All spreadsheets, oldest first."""
        with self.lock:
            held = list(self.files.values())
        yield from sorted((f for f in held if f.workbook is not None), key=lambda f: f.created_s)

    def workbook(self, spreadsheet_id: str) -> Workbook:
        """The content of a spreadsheet; KeyError when there is none with this id."""
        workbook = self.files[spreadsheet_id].workbook
        if workbook is None:
            raise KeyError(spreadsheet_id)
        return workbook

    def grant(self, email: str, spreadsheet_id: str, *, client: str = "") -> None:
        """The person opens the file with the add-on, or with the named client: now `drive.file` covers it for them."""
        file = self.files[spreadsheet_id]
        if client:
            file.picked.add((client, email.lower()))
        else:
            file.granted.add(email.lower())

    def is_granted(self, person: Person, file: DriveFile) -> bool:
        """Has the person opened the file with the client whose token this is?"""
        email = person.email.lower()
        if person.grants and (person.grants, email) in file.picked:
            return True
        return email in file.granted and (not person.grants or self.shares_grants)

    def may_share_with(self, file: DriveFile, kind: str, address: str) -> bool:
        """Does the organisation that the file is of let it be shared so?"""
        home = file.owner or next((one.address for one in file.members.values() if one.role == "organizer"), "")
        domain = home.rpartition("@")[2].lower()
        if domain not in self.closed:
            return True
        return kind != "anyone" and address.rpartition("@")[2].lower() == domain

    def role_of(self, person: Person, file: DriveFile) -> str | None:
        """The strongest role the person has on the file by any permission."""
        found = [one.permission.role for one in self.access(file) if self._applies(one.permission, person)]
        return max(found, key=ROLES.index, default=None)

    def access(self, file: DriveFile) -> list[Access]:
        """Everybody who can open the file, those of its folders and its shared drive too; what has run out is gone."""
        found: dict[str, Access] = {}
        for permission, detail in self._given(file, ()):
            if permission.expiration and datetime.fromisoformat(permission.expiration).timestamp() <= self.wall():
                continue
            held = found.get(permission.permission_id)
            strongest = permission
            if held is not None and at_least(held.permission.role, permission.role):
                strongest = held.permission
            details = (*held.details, detail) if held else (detail,)
            found[permission.permission_id] = Access(strongest, details)
        return list(found.values())

    def _given(self, file: DriveFile, below: tuple[str, ...]) -> Iterator[tuple[Permission, Detail]]:
        """Each permission where it was given, from the file upwards. `below`: the files that inherit it."""
        source = file.file_id if below else ""
        for permission in list(file.permissions.values()):
            role = "writer" if below and permission.role == "owner" else permission.role
            yield permission._replace(role=role), Detail("file", role, source)
        for permission in list(file.members.values()):
            yield permission, Detail("member", permission.role, file.drive_id or "")
        for parent in file.parents:
            folder = self.files.get(parent)
            if folder is not None and parent not in below:
                yield from self._given(folder, (*below, file.file_id))

    def lists(self, person: Person, file: DriveFile) -> bool:
        """Does the file stand in the person's list? What is open only to those who have the link does not."""
        held = [one.permission for one in self.access(file)]
        return any(self._applies(one, person) for one in held if one.kind != "anyone" or one.allow_discovery)

    def _applies(self, permission: Permission, person: Person) -> bool:
        address, email = permission.address.lower(), person.email.lower()
        if email in self.gone:
            return False
        if permission.kind == "user":
            return address == email
        if permission.kind == "group":
            return email in self.groups.get(address, ())
        return permission.kind == "anyone" or address == person.domain


def move_to_drive(file: DriveFile, drive_id: str, members: list[Permission]) -> None:
    """The file belongs to the shared drive and its members open it; whoever owned it manages the drive."""
    owner = file.owner
    if owner:
        members = [Permission(permission_id_of("user", owner), "user", "organizer", owner), *members]
        unshare(file, permission_id_of("user", owner))
    file.drive_id = drive_id
    file.members |= {member.permission_id: member for member in members}
    file.revision += 1


def take_from_drive(file: DriveFile) -> None:
    """The file is its manager's own again; nobody else of the drive keeps their access."""
    manager = next((one for one in file.members.values() if one.role == "organizer"), None)
    file.drive_id, file.members = None, {}
    if manager is not None:
        share(file, manager._replace(role="owner"))
    file.revision += 1


def share(file: DriveFile, permission: Permission) -> None:
    """Add or replace a permission; of several changes to one file the last counts."""
    file.permissions = {**file.permissions, permission.permission_id: permission}
    file.revision += 1


def unshare(file: DriveFile, permission_id: str) -> None:
    file.permissions = {key: held for key, held in file.permissions.items() if key != permission_id}
    file.revision += 1


def at_least(role: str | None, needed: str) -> bool:
    """Is the role as strong as the one needed?"""
    return role is not None and ROLES.index(role) >= ROLES.index(needed)


def is_held_to_grants(person: Person, method_scopes: frozenset[str]) -> bool:
    """Does only `drive.file` open this method for the caller? Then only files opened with the app are visible."""
    return not (person.scopes & method_scopes) - {"drive.file"}
