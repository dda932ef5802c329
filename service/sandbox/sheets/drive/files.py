"""Methods of `files`: create, get, list, copy, update and delete."""

from dataclasses import dataclass
from typing import Any

from service.sandbox.sheets.access import is_visible, open_file
from service.sandbox.sheets.drive.query import read_query
from service.sandbox.sheets.drive.resources import BASIC_FILE, file_json
from service.sandbox.sheets.errors import ApiError
from service.sandbox.sheets.faults import Faults
from service.sandbox.sheets.gate import Call, Handler
from service.sandbox.sheets.people import Person
from service.sandbox.sheets.state.files import FOLDER, SPREADSHEET, DriveFile, State, is_held_to_grants

Json = dict[str, Any]

PAGE_SIZE = 100
LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Files:
    state: State
    faults: Faults

    def handlers(self) -> dict[str, Handler]:
        """Methods by name as the discovery file spells them."""
        return {
            "files.create": self.create,
            "files.get": self.get,
            "files.list": self.list_files,
            "files.copy": self.copy,
            "files.update": self.update,
            "files.delete": self.delete,
        }

    def create(self, call: Call) -> Json:
        """A new spreadsheet or folder owned by the caller."""
        self._check_storage(call.person)
        kind = call.body.get("mimeType", "")
        name = call.body.get("name") or "Untitled"
        if kind == SPREADSHEET:
            file = self.state.create_spreadsheet(call.person.email, name)
        elif kind == FOLDER:
            file = self.state.new_file(call.person.email, FOLDER, name)
            self.state.add(file)
        else:
            raise ApiError("Only spreadsheets and folders are imitated by the sandbox.", reason="badRequest")
        _take_over(file, call.body)
        file.parents = list(call.body.get("parents", []))
        return self._told(call, file)

    def _check_storage(self, person: Person) -> None:
        if person.is_service_account and not self.faults.service_account_storage:
            text = "The user's Drive storage quota has been exceeded."
            raise ApiError(text, code=403, reason="storageQuotaExceeded")

    def get(self, call: Call) -> Json:
        return self._told(call, open_file(self.state, call, call.arguments["fileId"]))

    def list_files(self, call: Call) -> Json:
        """The caller's files, newest change first unless ordered otherwise, page by page."""
        wanted = read_query(call.query.get("q", ""))
        held = is_held_to_grants(call.person, call.method.scopes)
        with self.state.lock:
            files = list(self.state.files.values())
        everywhere = bool(call.query.get("includeItemsFromAllDrives"))
        visible = [f for f in files if is_visible(self.state, call.person, f, held_to_grants=held)]
        visible = [f for f in visible if self.state.lists(call.person, f) and (everywhere or not f.drive_id)]
        if call.query.get("driveId"):
            visible = [f for f in visible if f.drive_id == call.query["driveId"]]
        ordered = _ordered(visible, call.query.get("orderBy", ""))
        found = [told for told in (file_json(self.state, call.person, f) for f in ordered) if wanted(told)]
        return self._page(call, found)

    @staticmethod
    def _page(call: Call, found: list[Json]) -> Json:
        start, size = page_of(call.query, PAGE_SIZE, LARGEST_PAGE)
        page = found[start : start + size]
        if not call.mask:
            page = [{name: file[name] for name in BASIC_FILE} for file in page]
        answer: Json = {"kind": "drive#fileList", "incompleteSearch": False, "files": page}
        if start + size < len(found):
            answer["nextPageToken"] = f"page-{start + size}"
        return answer

    def copy(self, call: Call) -> Json:
        """A copy owned by the caller, with the content and its metadata."""
        source = open_file(self.state, call, call.arguments["fileId"])
        self._check_storage(call.person)
        name = call.body.get("name") or f"Copy of {source.title}"
        copy = self.state.copy(source, call.person.email, name)
        _take_over(copy, call.body)
        if "parents" in call.body:
            copy.parents = list(call.body["parents"])
        return self._told(call, copy)

    def update(self, call: Call) -> Json:
        """Name, description, properties, sharing switch and place of a file."""
        file = open_file(self.state, call, call.arguments["fileId"], "writer")
        _take_over(file, call.body)
        gone = set(call.query.get("removeParents", "").split(","))
        come = [parent for parent in call.query.get("addParents", "").split(",") if parent]
        file.parents = [parent for parent in file.parents if parent not in gone] + come
        file.revision += 1
        self.state.touch(file, call.person.email)
        return self._told(call, file)

    def delete(self, call: Call) -> None:
        file = open_file(self.state, call, call.arguments["fileId"], "organizer")
        self.state.delete(file.file_id)

    def _told(self, call: Call, file: DriveFile) -> Json:
        told = file_json(self.state, call.person, file)
        return told if call.mask else {name: told[name] for name in BASIC_FILE}


def page_of(query: Json, usual: int, largest: int) -> tuple[int, int]:
    """First entry and size of the page asked for."""
    size = query.get("pageSize", usual)
    if not 1 <= size <= largest:
        text = f"Invalid value '{size}'. Values must be within the range: [1, {largest}]"
        raise ApiError(text, reason="invalidParameter", location=("pageSize", "parameter"))
    token = query.get("pageToken", "page-0")
    start = token.removeprefix("page-")
    if not start.isdigit():
        raise ApiError("Invalid Value", reason="invalid", location=("pageToken", "parameter"))
    return int(start), size


def _ordered(files: list[DriveFile], order: str) -> list[DriveFile]:
    for key in reversed([key.strip() for key in order.split(",") if key.strip()] or ["modifiedTime desc"]):
        name, _, direction = key.partition(" ")
        down = direction == "desc" or name == "recency"
        if name.startswith("name"):
            files = sorted(files, key=lambda f: f.title.lower(), reverse=down)
        elif name == "createdTime":
            files = sorted(files, key=lambda f: f.created_s, reverse=down)
        else:
            files = sorted(files, key=lambda f: f.modified_s, reverse=down)
    return files


def _take_over(file: DriveFile, body: Json) -> None:
    """Fields of a File resource that a caller may set."""
    if body.get("name"):
        file.name = body["name"]
        if file.workbook is not None and file.workbook.properties["title"] != body["name"]:
            with file.workbook.changing():
                file.workbook.change("properties", file.workbook.properties | {"title": body["name"]})
    file.description = body.get("description", file.description)
    file.is_trashed = body.get("trashed", file.is_trashed)
    file.is_starred = body.get("starred", file.is_starred)
    file.writers_can_share = body.get("writersCanShare", file.writers_can_share)
    for held, given in ((file.properties, body.get("properties")), (file.app_properties, body.get("appProperties"))):
        held.update(given or {})
