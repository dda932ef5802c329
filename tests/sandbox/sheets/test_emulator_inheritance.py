"""Drive: access that comes from a folder or shared drive, that ends, that is kept from those who do not manage it."""

import pytest

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
FOLDER = "application/vnd.google-apps.folder"
SAM = "sam@packright.example"


def make(api, **more):
    return api.file("POST", "/files", json={"name": "Orders", "mimeType": SPREADSHEET, **more})["id"]


def permissions(api, book):
    """Address → permission, with all its fields."""
    listed = api.file("GET", f"/files/{book}/permissions", params={"fields": "*"})["permissions"]
    return {one["emailAddress"]: one for one in listed}


def details(permission):
    return [(one["permissionType"], one["role"], one["inherited"]) for one in permission["permissionDetails"]]


@pytest.fixture
def folder(api):
    return api.file("POST", "/files", json={"name": "Shared things", "mimeType": FOLDER})["id"]


def test_whoever_is_let_into_a_folder_opens_what_lies_in_it(as_person, api, folder, control):
    book = make(api, parents=[folder])
    given = api.share(folder, SAM, "reader")
    control.post("/grants", json={"email": SAM, "spreadsheet_id": book})
    assert as_person("sam").values(book) == []
    assert details(permissions(api, book)[SAM]) == [("file", "reader", True)]
    api.file("DELETE", f"/files/{folder}/permissions/{given['id']}")
    assert as_person("sam").get(book)["code"] == 403
    assert SAM not in permissions(api, book)


def test_inherited_access_cannot_be_ended_or_changed_at_the_file(api, folder):
    book = make(api, parents=[folder])
    given = api.share(folder, SAM, "reader")
    path = f"/files/{book}/permissions/{given['id']}"
    for method, more in (("DELETE", {}), ("PATCH", {"json": {"role": "writer"}})):
        refusal = api.file(method, path, **more)
        assert (refusal["code"], refusal["errors"][0]["reason"]) == (403, "cannotModifyInheritedPermission")


def test_what_was_given_at_the_file_too_is_ended_there_alone(api, folder):
    book = make(api, parents=[folder])
    given = api.share(folder, SAM, "reader")
    assert api.share(book, SAM, "writer")["role"] == "writer"
    found = permissions(api, book)[SAM]
    assert (found["role"], details(found)) == ("writer", [("file", "writer", False), ("file", "reader", True)])
    assert api.file("DELETE", f"/files/{book}/permissions/{given['id']}") is None
    assert permissions(api, book)[SAM]["role"] == "reader"


def test_members_of_a_shared_drive_open_its_files(as_person, api, control):
    book = make(api)
    wanted = {"spreadsheet_id": book, "drive_id": "0ADrive", "members": [{"email": SAM, "role": "writer"}]}
    assert control.post("/shared-drive", json=wanted).json() == {}
    control.post("/grants", json={"email": SAM, "spreadsheet_id": book})
    assert as_person("sam").values(book) == []
    assert details(permissions(api, book)[SAM]) == [("member", "writer", True)]
    assert permissions(api, book)[SAM]["permissionDetails"][0]["inheritedFrom"] == "0ADrive"
    told = api.file("GET", f"/files/{book}", params={"fields": "hasAugmentedPermissions,capabilities(canShare)"})
    assert told == {"hasAugmentedPermissions": False, "capabilities": {"canShare": True}}
    api.share(book, "guest@y.example", "reader")
    told = api.file("GET", f"/files/{book}", params={"fields": "hasAugmentedPermissions"})
    assert told == {"hasAugmentedPermissions": True}


def test_a_file_taken_from_a_shared_drive_is_its_managers_own_again(as_person, api, control):
    book = make(api)
    control.post("/shared-drive", json={"spreadsheet_id": book, "drive_id": "0ADrive", "members": [{"email": SAM}]})
    control.post("/shared-drive", json={"spreadsheet_id": book, "drive_id": None})
    told = api.file("GET", f"/files/{book}", params={"fields": "ownedByMe,permissionIds"})
    assert told["ownedByMe"] is True
    assert len(told["permissionIds"]) == 1


@pytest.mark.parametrize(
    "member", ["sam", {"email": SAM, "role": "king"}, {"email": SAM, "type": "robot"}, {"role": "reader"}]
)
def test_members_that_make_no_sense_are_refused(api, control, member):
    wanted = {"spreadsheet_id": make(api), "drive_id": "0ADrive", "members": [member]}
    assert control.post("/shared-drive", json=wanted).status_code == 400


def test_access_ends_at_its_time(as_person, api, wall, control):
    book = make(api)
    body = {"type": "user", "role": "reader", "emailAddress": SAM, "expirationTime": "2026-12-01T00:00:00Z"}
    api.file("POST", f"/files/{book}/permissions", json=body)
    control.post("/grants", json={"email": SAM, "spreadsheet_id": book})
    assert permissions(api, book)[SAM]["expirationTime"] == "2026-12-01T00:00:00Z"
    assert as_person("sam").values(book) == []
    wall.at = 1_796_083_200.0  # the first second of that day
    assert SAM not in permissions(api, book)
    assert as_person("sam").get(book)["code"] == 403


def test_a_deleted_account_stays_in_the_list_and_opens_nothing(as_person, api, control):
    book = make(api)
    api.share(book, SAM, "reader")
    control.post("/grants", json={"email": SAM, "spreadsheet_id": book})
    control.post("/accounts", json={"email": SAM.upper()})
    assert permissions(api, book)[SAM]["deleted"] is True
    assert as_person("sam").get(book)["code"] == 403


def test_who_can_open_a_file_may_be_kept_from_its_editors(as_person, api, control):
    """Its manager is told all the same."""
    book = make(api)
    api.share(book, SAM, "writer")
    control.post("/grants", json={"email": SAM, "spreadsheet_id": book})
    sam = as_person("sam")
    assert "permissionIds" in sam.file("GET", f"/files/{book}", params={"fields": "*"})
    control.post("/readers", json={"spreadsheet_id": book, "hidden": True})
    refusal = sam.file("GET", f"/files/{book}/permissions")
    assert refusal["errors"][0]["reason"] == "insufficientFilePermissions"
    assert "permissionIds" not in sam.file("GET", f"/files/{book}", params={"fields": "*"})
    assert sam.share(book, "x@y.example", "reader")["code"] == 403
    assert SAM in permissions(api, book)
    control.post("/readers", json={"spreadsheet_id": book, "hidden": False})
    assert "permissions" in sam.file("GET", f"/files/{book}/permissions")
