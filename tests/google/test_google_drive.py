"""Who can open a file, and our writer becoming an editor, against Drive's recorded shapes."""

import json
import threading
from datetime import UTC, datetime

import httpx
import pytest

from service.errors import Conflict, NotAllowed, NotGranted, UpstreamFailed
from service.google.client import Google
from service.google.drive import Permission, Unlistable
from service.google.identities import UserIdentity
from service.google.problems import SharingBlocked

OWNER = UserIdentity("ya29.owner")
WRITER = "writer-1@rowstream-test.iam.gserviceaccount.com"
MAYA = {"id": "01", "type": "user", "role": "owner", "emailAddress": "maya@bloom.example", "displayName": "Maya"}
OURS = {"id": "07", "type": "user", "role": "writer", "emailAddress": WRITER, "displayName": "writer-1"}


@pytest.fixture
def calls():
    return []


@pytest.fixture
def drive(scripted, calls, clock):
    url = "http://127.0.0.1:9/"
    return Google(sheets_url=url, drive_url=url, http=scripted.client(), on_call=calls.append, now=clock.now).drive


def page(*entries, more=None):
    return httpx.Response(200, json={"permissions": list(entries), **({"nextPageToken": more} if more else {})})


def refusal(code, reason, message):
    error = {"code": code, "message": message, "errors": [{"message": message, "domain": "global", "reason": reason}]}
    return httpx.Response(code, json={"error": error})


NOT_LISTABLE = ("insufficientFilePermissions", "The user does not have sufficient permissions for this file.")


def add(drive, budget_s=30):
    return drive.add_writer(OWNER, "file-1", WRITER, budget_s=budget_s)


def asked(scripted):
    return [(request.method, request.url.path.partition("/files/")[2]) for request in scripted.seen]


def test_facts_of_a_file_as_the_caller_sees_it(drive, scripted):
    scripted.script = [
        httpx.Response(
            200,
            json={
                "id": "file-1",
                "name": "Orders",
                "mimeType": "application/vnd.google-apps.spreadsheet",
                "trashed": False,
                "ownedByMe": True,
                "isAppAuthorized": True,
                "shared": True,
                "permissionIds": ["01", "anyoneWithLink"],
                "version": "41",
                "capabilities": {"canEdit": True, "canShare": True},
            },
        )
    ]
    facts = drive.file(OWNER, "file-1", budget_s=5)
    assert (facts.name, facts.can_edit, facts.can_share, facts.is_app_authorized) == ("Orders", True, True, True)
    assert facts.permission_ids == {"01", "anyoneWithLink"}
    assert facts.is_link_shared
    assert facts.version == 41
    assert (facts.drive_id, facts.trashed, facts.owned_by_me) == (None, False, True)
    assert scripted.seen[0].url.params["supportsAllDrives"] == "true"


def test_what_drive_does_not_say_is_not_taken_for_a_right(drive, scripted):
    scripted.script = [httpx.Response(200, json={"id": "file-1", "driveId": "0A"})]
    facts = drive.file(OWNER, "file-1", budget_s=5)
    rights = (facts.can_edit, facts.can_share, facts.is_app_authorized, facts.owned_by_me)
    assert rights == (False, False, False, False)
    assert facts.permission_ids is None
    assert facts.is_link_shared is None
    assert facts.drive_id == "0A"


def test_permissions_are_read_to_the_last_page(drive, scripted):
    link = {"id": "anyoneWithLink", "type": "anyone", "role": "reader"}
    guest = {
        "id": "09",
        "type": "user",
        "role": "reader",
        "emailAddress": "sam@packright.example",
        "expirationTime": "2026-12-01T09:30:00.000Z",
        "deleted": False,
    }
    firm = {"id": "10k", "type": "domain", "role": "reader", "domain": "bloom.example", "displayName": "Bloom"}
    scripted.script = [page(MAYA, link, more="p2"), page(guest, more="p3"), page(firm)]
    found = drive.permissions(OWNER, "file-1", budget_s=5)
    assert [entry.permission_id for entry in found] == ["01", "anyoneWithLink", "09", "10k"]
    assert [request.url.params.get("pageToken") for request in scripted.seen] == [None, "p2", "p3"]
    assert found[1] == Permission("anyoneWithLink", "anyone", "reader", "", "", "", None, False)
    assert found[2].expires_at == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    assert found[3].domain == "bloom.example"


def test_list_that_the_caller_may_not_see_is_said_to_be_so(drive, scripted):
    scripted.script = [refusal(403, *NOT_LISTABLE)]
    assert isinstance(drive.permissions(OWNER, "file-1", budget_s=5), Unlistable)


def test_outage_is_not_taken_for_an_unlistable_file(drive, scripted):
    scripted.script = [page(MAYA, more="p2"), httpx.Response(503, content="<html>")]
    with pytest.raises(UpstreamFailed):
        drive.permissions(OWNER, "file-1", budget_s=5)


def test_writer_is_added_quietly(drive, scripted, calls):
    scripted.script = [page(MAYA), httpx.Response(200, json=OURS)]
    assert add(drive).role == "writer"
    assert asked(scripted) == [("GET", "file-1/permissions"), ("POST", "file-1/permissions")]
    request = scripted.seen[1]
    assert json.loads(request.content) == {"type": "user", "role": "writer", "emailAddress": WRITER}
    assert request.url.params["sendNotificationEmail"] == "false"
    assert request.url.params["supportsAllDrives"] == "true"
    assert [call.kind for call in calls] == ["read", "write"]


@pytest.mark.parametrize("role", ["writer", "fileOrganizer", "organizer", "owner"])
def test_adding_a_writer_who_can_edit_changes_nothing(drive, scripted, role):
    present = {**OURS, "role": role, "emailAddress": WRITER.upper()}
    scripted.script = [page(MAYA, present)]
    assert add(drive).permission_id == "07"
    assert asked(scripted) == [("GET", "file-1/permissions")]


def test_writer_who_could_only_read_becomes_an_editor(drive, scripted):
    scripted.script = [page({**OURS, "role": "commenter"}), httpx.Response(200, json=OURS)]
    assert add(drive).role == "writer"
    assert asked(scripted)[1] == ("PATCH", "file-1/permissions/07")
    assert json.loads(scripted.seen[1].content) == {"role": "writer"}


def test_deleted_account_of_the_same_name_does_not_count(drive, scripted):
    scripted.script = [page({**OURS, "deleted": True}), httpx.Response(200, json={**OURS, "id": "08"})]
    assert add(drive).permission_id == "08"


def test_share_that_worked_although_google_complained_counts(drive, scripted):
    complaint = refusal(
        400,
        "invalidSharingRequest",
        'Bad Request. User message: "Sorry, the items were successfully shared but emails could not be sent."',
    )
    scripted.script = [page(MAYA), complaint, page(MAYA, OURS)]
    assert add(drive).permission_id == "07"


@pytest.mark.parametrize("relisted", [page(MAYA), page(MAYA, {**OURS, "role": "reader"}), refusal(403, *NOT_LISTABLE)])
def test_share_that_the_organisation_forbids_says_so(drive, scripted, relisted):
    scripted.script = [page(MAYA), refusal(400, "invalidSharingRequest", "ACL change not allowed."), relisted]
    with pytest.raises(SharingBlocked):
        add(drive)


def test_editor_who_may_not_share_is_sent_to_the_owner(drive, scripted):
    scripted.script = [refusal(403, *NOT_LISTABLE), refusal(403, *NOT_LISTABLE)]
    with pytest.raises(NotAllowed):
        add(drive)


def test_lost_answer_of_a_share_is_healed_by_repeating(drive, scripted):
    scripted.script = [page(MAYA), httpx.ReadTimeout("slow"), page(MAYA, OURS)]
    with pytest.raises(UpstreamFailed) as failed:
        add(drive)
    assert failed.value.outcome_unknown
    assert add(drive).permission_id == "07"
    assert [method for method, _ in asked(scripted)] == ["GET", "POST", "GET"]


def test_time_for_adding_a_writer_covers_all_its_calls(drive, scripted, clock):
    def slow(_request):
        clock.advance(31)
        return page(MAYA)

    scripted.script = [slow]
    with pytest.raises(UpstreamFailed):
        add(drive, budget_s=30)
    assert len(scripted.seen) == 1


def test_sharing_of_one_file_changes_one_at_a_time(drive, scripted):
    """Google keeps only the last of two concurrent permission changes."""
    entered, leave = threading.Event(), threading.Event()

    def hold(_request):
        entered.set()
        assert leave.wait(10)
        return page(MAYA)

    scripted.script = [hold, httpx.Response(200, json=OURS)]
    first = threading.Thread(target=add, args=(drive,))
    first.start()
    assert entered.wait(10)
    with pytest.raises(Conflict):
        add(drive, budget_s=0)
    assert len(scripted.seen) == 1
    leave.set()
    first.join()
    assert [method for method, _ in asked(scripted)] == ["GET", "POST"]


def test_permission_is_removed_and_removing_it_again_is_fine(drive, scripted):
    missing = refusal(404, "notFound", "Permission not found: 09.")
    scripted.script = [httpx.Response(204), missing, page(MAYA)]
    drive.remove_permission(OWNER, "file-1", "09", budget_s=5)
    drive.remove_permission(OWNER, "file-1", "09", budget_s=5)
    assert asked(scripted)[:2] == [("DELETE", "file-1/permissions/09")] * 2


@pytest.mark.parametrize(
    "listed", [refusal(404, "notFound", "File not found: file-1."), refusal(403, *NOT_LISTABLE), page(MAYA)]
)
def test_removal_that_did_not_happen_is_not_taken_for_done(drive, scripted, listed):
    scripted.script = [refusal(404, "notFound", "File not found: file-1."), listed]
    with pytest.raises(NotGranted):
        drive.remove_permission(OWNER, "file-1", "01", budget_s=5)


@pytest.mark.parametrize(
    ("details", "comes_from"),
    [
        ([], ""),
        ([("file", False)], ""),
        ([("file", True)], "folder"),
        ([("member", True)], "drive"),
        ([("member", True), ("file", True)], "drive"),
        ([("member", True), ("file", False)], ""),
    ],
)
def test_where_a_permission_comes_from_is_told(drive, scripted, details, comes_from):
    """What was also given at the file itself can be ended there."""
    told = [{"permissionType": kind, "inherited": inherited} for kind, inherited in details]
    scripted.script = [page({**MAYA, "permissionDetails": told})]
    (found,) = drive.permissions(OWNER, "file-1", budget_s=5)
    assert found.comes_from == comes_from


def test_link_that_can_be_found_is_told_from_one_that_must_be_known(drive, scripted):
    known = {"id": "anyoneWithLink", "type": "anyone", "role": "reader", "allowFileDiscovery": False}
    scripted.script = [page(known, {**known, "id": "anyone", "allowFileDiscovery": True})]
    assert [one.is_discoverable for one in drive.permissions(OWNER, "file-1", budget_s=5)] == [False, True]


@pytest.mark.parametrize(
    "change",
    [
        {"driveId": "0B"},
        {"owners": [{"emailAddress": "theo@bloom.example"}]},
        {"parents": ["folder-2"]},
        {"shared": True},
        {"hasAugmentedPermissions": True},
        {"inheritedPermissionsDisabled": True},
    ],
)
def test_another_way_of_sharing_is_another_arrangement(drive, scripted, change):
    """What the file is called and what is in it is no part of it."""
    body = {"id": "file-1", "driveId": "0A", "owners": [], "parents": ["folder-1"], "shared": False, "version": "1"}
    same = {"name": "Other", "version": "2", "modifiedTime": "2026-11-23T09:00:00Z"}
    scripted.script = [httpx.Response(200, json=body | more) for more in ({}, same, change)]
    first, second, third = (drive.file(OWNER, "file-1", budget_s=5).arrangement for _ in range(3))
    assert first == second != third
