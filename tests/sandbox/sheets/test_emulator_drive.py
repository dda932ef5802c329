"""Drive: files, permissions, capabilities, listing, and errors in Drive's shape."""

import pytest

SPREADSHEET = "application/vnd.google-apps.spreadsheet"


def make(api, name="Orders"):
    return api.file("POST", "/files", json={"name": name, "mimeType": SPREADSHEET})


def permissions(api, book, **query):
    return api.file("GET", f"/files/{book}/permissions", params={"fields": "*", **query})


def test_created_file_is_told_in_four_fields(api):
    told = make(api)
    assert told == {"kind": "drive#file", "id": told["id"], "name": "Orders", "mimeType": SPREADSHEET}
    assert api.get(told["id"])["properties"]["title"] == "Orders"


def test_fields_of_a_file(as_person):
    maya = as_person("maya")
    book = make(maya)["id"]
    told = maya.file(
        "GET",
        f"/files/{book}",
        params={
            "supportsAllDrives": "true",
            "fields": "name,owners(emailAddress,me),createdTime,permissionIds,shared,writersCanShare,isAppAuthorized,"
            "capabilities(canEdit,canShare),version,driveId",
        },
    )
    assert told["owners"] == [{"emailAddress": "maya@bloom.example", "me": True}]
    assert told["createdTime"].endswith("000Z")
    assert told["capabilities"] == {"canEdit": True, "canShare": True}
    assert (told["shared"], told["writersCanShare"], told["isAppAuthorized"]) == (False, True, True)
    assert len(told["permissionIds"]) == 1
    assert "driveId" not in told


def test_version_and_modified_time_rise_with_every_change(api, wall):
    book = make(api)["id"]
    fields = {"fields": "version,modifiedTime"}
    before = api.file("GET", f"/files/{book}", params=fields)
    wall.at += 60
    api.write(book, "A1", [["x"]])
    after = api.file("GET", f"/files/{book}", params=fields)
    assert int(after["version"]) > int(before["version"])
    assert after["modifiedTime"] > before["modifiedTime"]


def test_sharing_and_its_end(as_person, api):
    book = make(api)["id"]
    told = api.share(book, "Sam@packright.example")
    assert set(told) == {"kind", "id", "type", "role"}
    listed = permissions(api, book)["permissions"]
    assert [(p["role"], p["emailAddress"]) for p in listed][1] == ("writer", "Sam@packright.example")
    assert api.share(book, "sam@packright.example", "reader")["role"] == "writer"
    path = f"/files/{book}/permissions/{told['id']}"
    assert api.file("PATCH", path, json={"role": "reader"})["role"] == "reader"
    assert api.file("GET", path)["role"] == "reader"
    assert api.file("DELETE", path) is None
    assert api.file("GET", path)["errors"][0]["reason"] == "notFound"


def test_link_share_has_its_well_known_id(api):
    book = make(api)["id"]
    told = api.file("POST", f"/files/{book}/permissions", json={"type": "anyone", "role": "reader"})
    assert told["id"] == "anyoneWithLink"
    api.file("POST", f"/files/{book}/permissions", json={"type": "domain", "role": "reader", "domain": "bloom.example"})
    told = api.file("GET", f"/files/{book}", params={"fields": "permissionIds,shared"})
    assert "anyoneWithLink" in told["permissionIds"]
    assert told["shared"] is True
    by_type = {p["type"]: p for p in permissions(api, book)["permissions"]}
    assert by_type["anyone"]["allowFileDiscovery"] is False
    assert by_type["domain"]["domain"] == "bloom.example"


def test_permissions_come_in_pages(api):
    book = make(api)["id"]
    for number in range(4):
        api.share(book, f"p{number}@bloom.example", "reader")
    first = permissions(api, book, pageSize=3)
    rest = permissions(api, book, pageSize=3, pageToken=first["nextPageToken"])
    assert [len(first["permissions"]), len(rest["permissions"])] == [3, 2]
    assert "nextPageToken" not in rest
    assert permissions(api, book, pageSize=500)["errors"][0]["reason"] == "invalidParameter"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"role": "reader", "emailAddress": "a@b.c"}, "required"),
        ({"type": "robot", "role": "reader"}, "invalid"),
        ({"type": "user", "role": "king", "emailAddress": "a@b.c"}, "invalid"),
        ({"type": "user", "role": "reader"}, "invalid"),
        ({"type": "user", "role": "owner", "emailAddress": "a@b.c"}, "forbidden"),
    ],
)
def test_bad_permissions_are_refused(api, body, reason):
    refusal = api.file("POST", f"/files/{make(api)['id']}/permissions", json=body)
    assert refusal["errors"][0]["reason"] == reason


def test_owner_stays_and_ownership_can_be_handed_over(api, as_person):
    book = make(api)["id"]
    (owner,) = permissions(api, book)["permissions"]
    path = f"/files/{book}/permissions/{owner['id']}"
    assert api.file("DELETE", path)["errors"][0]["reason"] == "cannotRemoveOwner"
    body = {"type": "user", "role": "owner", "emailAddress": "sam@packright.example"}
    api.file("POST", f"/files/{book}/permissions", params={"transferOwnership": "true"}, json=body)
    roles = {p["emailAddress"]: p["role"] for p in permissions(api, book)["permissions"]}
    assert roles["sam@packright.example"] == "owner"
    assert sorted(roles.values()) == ["owner", "writer"]


def test_writers_share_only_if_the_file_lets_them(as_person, api):
    book = make(api)["id"]
    other = as_person("other")
    email = api_email(other)
    api.share(book, email)
    assert other.share(book, "x@y.example", "reader")["role"] == "reader"
    api.file("PATCH", f"/files/{book}", json={"writersCanShare": False})
    refusal = other.share(book, "z@y.example", "reader")
    assert (refusal["code"], refusal["errors"][0]["reason"]) == (403, "insufficientFilePermissions")
    told = other.file("GET", f"/files/{book}", params={"fields": "permissions,capabilities(canShare,canEdit)"})
    assert told == {"capabilities": {"canShare": False, "canEdit": True}}


def api_email(api):
    """The address an anonymous bearer goes by."""
    made = make(api)["id"]
    (owner,) = permissions(api, made)["permissions"]
    return owner["emailAddress"]


def test_readers_may_not_list_or_write(as_person, api):
    book = make(api)["id"]
    reader = as_person("reader-token")
    api.share(book, api_email(reader), "reader")
    assert permissions(reader, book)["errors"][0]["reason"] == "insufficientFilePermissions"
    assert reader.write(book, "A1", [["x"]]) == {
        "code": 403,
        "message": "The caller does not have permission",
        "status": "PERMISSION_DENIED",
    }
    assert reader.values(book) == []
    assert reader.file("DELETE", f"/files/{book}")["code"] == 403


def test_shared_drive_files_have_a_drive_and_no_owner(api, control):
    book = make(api)["id"]
    control.post("/shared-drive", json={"spreadsheet_id": book, "drive_id": "0ADrive"})
    told = api.file(
        "GET", f"/files/{book}", params={"fields": "driveId,owners,permissionIds,permissions,writersCanShare"}
    )
    assert told == {"driveId": "0ADrive"}
    assert permissions(api, book)["permissions"][0]["permissionDetails"]
    assert api.file("GET", "/files")["files"] == []
    assert len(api.file("GET", "/files", params={"includeItemsFromAllDrives": "true"})["files"]) == 1


def test_missing_file_reads_as_not_found(api):
    refusal = api.file("GET", "/files/nope")
    assert refusal == {
        "code": 404,
        "message": "File not found: nope.",
        "errors": [
            {
                "message": "File not found: nope.",
                "domain": "global",
                "reason": "notFound",
                "location": "fileId",
                "locationType": "parameter",
            }
        ],
    }


def test_deleted_file_is_gone_everywhere(api):
    book = make(api)["id"]
    assert api.file("DELETE", f"/files/{book}") is None
    assert api.get(book)["status"] == "NOT_FOUND"
    assert api.file("GET", f"/files/{book}")["code"] == 404


def test_list_finds_by_query_and_pages(api, wall):
    for name in ("Orders EU", "orders us", "Costs"):
        wall.at += 1
        make(api, name)
    api.file("POST", "/files", json={"name": "Folder", "mimeType": "application/vnd.google-apps.folder"})

    def found(query, **more):
        return [f["name"] for f in api.file("GET", "/files", params={"q": query, **more})["files"]]

    assert found(f"mimeType='{SPREADSHEET}' and name contains 'orders'") == ["orders us", "Orders EU"]
    assert found("name = 'costs' and trashed = false") == ["Costs"]
    assert found("(name = 'Costs' or name = 'Folder') and not mimeType = 'application/vnd.google-apps.folder'") == [
        "Costs"
    ]
    assert found("'me' in owners", orderBy="name") == ["Costs", "Folder", "Orders EU", "orders us"]
    page = api.file("GET", "/files", params={"pageSize": 3})
    assert len(api.file("GET", "/files", params={"pageSize": 3, "pageToken": page["nextPageToken"]})["files"]) == 1
    assert api.file("GET", "/files", params={"q": "name ~ 'x'"})["errors"][0]["location"] == "q"


def test_copy_belongs_to_the_copier(as_person, api):
    book = make(api)["id"]
    api.write(book, "A1", [["x"]])
    other = as_person("other")
    api.share(book, api_email(other), "reader")
    copy = other.file("POST", f"/files/{book}/copy", json={})
    assert copy["name"] == "Copy of Orders"
    assert other.values(copy["id"]) == [["x"]]
    assert len(permissions(other, copy["id"])["permissions"]) == 1


def test_unknown_names_are_ignored_as_drive_does(api):
    """Its clients send more than the schema knows."""
    book = make(api)["id"]
    body = {"type": "anyone", "role": "reader", "withLink": True}
    assert api.file("POST", f"/files/{book}/permissions", json=body, params={"nope": "1"})["role"] == "reader"


def test_bad_field_selection_is_refused(api):
    refusal = api.file("GET", f"/files/{make(api)['id']}", params={"fields": "nope"})
    assert (refusal["message"], refusal["errors"][0]["location"]) == ("Invalid field selection nope", "fields")


def test_service_account_has_no_storage_unless_it_is_given_some(as_person, control):
    writer = as_person("writer")
    assert writer.create(properties={"title": "x"})["code"] == 403
    control.post("/faults", json={"service_account_storage": True})
    assert "spreadsheetId" in writer.create(properties={"title": "x"})
