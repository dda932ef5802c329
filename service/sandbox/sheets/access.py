"""Opening a file for a caller: grants, permissions and the words with which Sheets and Drive refuse."""

from service.sandbox.sheets.errors import ApiError, entity_missing, forbidden
from service.sandbox.sheets.gate import Call
from service.sandbox.sheets.people import Person
from service.sandbox.sheets.state.files import DriveFile, State, at_least, is_held_to_grants
from service.sandbox.sheets.state.workbook import Workbook


def is_visible(state: State, person: Person, file: DriveFile, *, held_to_grants: bool) -> bool:
    """May the caller see that this file exists?"""
    if held_to_grants and not state.is_granted(person, file):
        return False
    return state.role_of(person, file) is not None


def open_spreadsheet(state: State, call: Call, spreadsheet_id: str, needed: str) -> tuple[DriveFile, Workbook]:
    """The spreadsheet, if the caller's role on it is at least the one needed.

    A file that `drive.file` does not cover is 404 as if it were not there; one that is not shared is 403.
    """
    file = state.files.get(spreadsheet_id)
    if file is None or file.workbook is None:
        raise entity_missing()
    if is_held_to_grants(call.person, call.method.scopes) and not state.is_granted(call.person, file):
        raise entity_missing()
    if not at_least(state.role_of(call.person, file), needed):
        raise forbidden()
    return file, file.workbook


def open_file(state: State, call: Call, file_id: str, needed: str = "reader") -> DriveFile:
    """The file, in Drive's words: what one may not see is not found."""
    file = state.files.get(file_id)
    held = is_held_to_grants(call.person, call.method.scopes)
    if file is None or not is_visible(state, call.person, file, held_to_grants=held):
        raise ApiError(f"File not found: {file_id}.", code=404, reason="notFound", location=("fileId", "parameter"))
    if not at_least(state.role_of(call.person, file), needed):
        raise ApiError(
            "The user does not have sufficient permissions for this file.",
            code=403,
            reason="insufficientFilePermissions",
        )
    return file
