"""Who may open what: bearers, scopes, `drive.file` grants, permissions."""

import pytest

WRITER = "writer@rowstream.iam.gserviceaccount.com"


@pytest.mark.parametrize("bearer", ["", "stale"])
def test_no_bearer_and_stale_bearer_are_401(as_person, bearer):
    refusal = as_person(bearer).get("any")
    assert (refusal["code"], refusal["status"]) == (401, "UNAUTHENTICATED")
    assert refusal["message"].startswith("Request had invalid authentication credentials.")
    drive = as_person(bearer).file("GET", "/files")
    assert drive["errors"][0]["reason"] == "authError"


def test_each_unknown_bearer_is_a_user_of_its_own(as_person):
    book = as_person("one").new()
    assert as_person("one").values(book) == []
    assert as_person("two").get(book)["status"] == "PERMISSION_DENIED"


def test_drive_file_sees_only_what_the_app_made_or_was_given(as_person, control):
    maya, sam = as_person("maya"), as_person("sam")
    book = maya.create(properties={"title": "Mine"})["spreadsheetId"]
    assert maya.get(book)["properties"]["title"] == "Mine"
    maya.share(book, "sam@packright.example")
    assert sam.get(book)["status"] == "NOT_FOUND"
    assert sam.file("GET", f"/files/{book}")["code"] == 404
    assert sam.file("GET", "/files")["files"] == []
    assert control.post("/grants", json={"email": "Sam@packright.example", "spreadsheet_id": book}).json() == {}
    assert sam.get(book)["properties"]["title"] == "Mine"
    assert sam.file("GET", f"/files/{book}", params={"fields": "isAppAuthorized"}) == {"isAppAuthorized": True}


def test_a_grant_without_permission_opens_nothing(as_person, control):
    maya, sam = as_person("maya"), as_person("sam")
    book = maya.create(properties={"title": "Mine"})["spreadsheetId"]
    control.post("/grants", json={"email": "sam@packright.example", "spreadsheet_id": book})
    assert sam.get(book)["status"] == "PERMISSION_DENIED"
    assert sam.file("GET", f"/files/{book}")["code"] == 404


def test_a_service_account_needs_permission_and_no_grant(as_person):
    maya, writer = as_person("maya"), as_person("writer")
    book = maya.create(properties={"title": "Mine"})["spreadsheetId"]
    assert writer.get(book)["status"] == "PERMISSION_DENIED"
    maya.share(book, WRITER)
    assert "updatedCells" in writer.write(book, "A1", [["x"]])
    told = writer.file("GET", f"/files/{book}/permissions", params={"fields": "permissions(emailAddress,role)"})
    assert {p["emailAddress"] for p in told["permissions"]} == {"maya@bloom.example", WRITER}


def test_scopes_that_do_not_cover_the_method_are_refused(as_person):
    maya, writer, reader = as_person("maya"), as_person("writer"), as_person("reader")
    book = maya.create(properties={"title": "Mine"})["spreadsheetId"]
    maya.share(book, WRITER)
    maya.share(book, "reader@bloom.example")
    refusal = writer.share(book, "x@y.example")
    assert refusal["code"] == 403
    assert refusal["errors"][0]["reason"] == "insufficientPermissions"
    refusal = reader.write(book, "A1", [["x"]])
    assert refusal["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert reader.values(book) == []


def test_groups_and_domains_open_files_for_their_members(as_person, control):
    maya, writer = as_person("maya"), as_person("writer")
    book = maya.create(properties={"title": "Mine"})["spreadsheetId"]
    group = {"type": "group", "role": "writer", "emailAddress": "team@bloom.example"}
    maya.file("POST", f"/files/{book}/permissions", json=group)
    assert writer.get(book)["code"] == 403
    control.post("/groups", json={"email": "team@bloom.example", "members": [WRITER.upper()]})
    assert writer.get(book)["spreadsheetId"] == book
    control.post("/groups", json={"email": "team@bloom.example", "members": []})
    domain = {"type": "domain", "role": "reader", "domain": "rowstream.iam.gserviceaccount.com"}
    maya.file("POST", f"/files/{book}/permissions", json=domain)
    assert writer.values(book) == []
    assert writer.write(book, "A1", [["x"]])["code"] == 403


def test_a_link_share_opens_the_file_for_everyone(as_person):
    maya = as_person("maya")
    book = maya.create(properties={"title": "Mine"})["spreadsheetId"]
    maya.file("POST", f"/files/{book}/permissions", json={"type": "anyone", "role": "reader"})
    stranger = as_person("stranger")
    assert stranger.values(book) == []
    assert stranger.file("GET", "/files")["files"] == []


def test_unsharing_shuts_the_door_at_once(as_person):
    maya, writer = as_person("maya"), as_person("writer")
    book = maya.create(properties={"title": "Mine"})["spreadsheetId"]
    number = maya.share(book, WRITER)["id"]
    assert writer.values(book) == []
    maya.file("DELETE", f"/files/{book}/permissions/{number}")
    assert writer.read(book, "A1")["code"] == 403


def test_closed_domain_shares_with_nobody_outside_until_it_opens(as_person, control):
    """Links, other domains and service accounts are refused in Google's words; who was let in before stays."""
    maya = as_person("maya")
    book = maya.create(properties={"title": "Mine"})["spreadsheetId"]
    maya.share(book, "sam@packright.example")
    assert control.post("/domains", json={"domain": "Bloom.example"}).json() == {"closed": ["bloom.example"]}
    refusal = maya.share(book, WRITER)
    assert (refusal["code"], refusal["errors"][0]["reason"]) == (400, "invalidSharingRequest")
    anyone = maya.file("POST", f"/files/{book}/permissions", json={"type": "anyone", "role": "reader"})
    assert anyone["errors"][0]["reason"] == "invalidSharingRequest"
    assert maya.share(book, "ines@bloom.example")["role"] == "writer"
    told = maya.file("GET", f"/files/{book}/permissions", params={"fields": "permissions(emailAddress)"})
    assert "sam@packright.example" in {one["emailAddress"] for one in told["permissions"]}
    control.post("/domains", json={"domain": "bloom.example", "closed": False})
    assert maya.share(book, WRITER)["role"] == "writer"


def test_grants_of_one_client_are_not_those_of_another_unless_they_are_shared(as_person, control, emulator):
    """What the add-on opened is not open to the web client, or it is: nobody has proved how Google sees it."""
    maya, web = as_person("maya"), as_person("maya-web")
    book = maya.create(properties={"title": "Mine"})["spreadsheetId"]
    assert web.get(book)["status"] == "NOT_FOUND"
    assert web.file("GET", f"/files/{book}")["code"] == 404
    assert control.post("/clients", json={"share_grants": True}).json() == {"share_grants": True}
    assert web.get(book)["properties"]["title"] == "Mine"
    control.post("/clients", json={"share_grants": False})
    assert web.get(book)["status"] == "NOT_FOUND"
    emulator.state.grant("Maya@bloom.example", book, client="web")
    assert web.get(book)["properties"]["title"] == "Mine"
