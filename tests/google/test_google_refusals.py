"""Every answer of Google that was ever recorded ends in the Problem it deserves, once as reader and once as writer."""

import json

import httpx
import pytest

from service.errors import Conflict, NotAllowed, NotGranted, Problem, TooMuch, UpstreamFailed
from service.google.problems import (
    CellProtected,
    FileFull,
    FileGone,
    QuotaSpent,
    RangeGone,
    RequestRefused,
    SharingBlocked,
    WriterShutOut,
)
from service.google.refusals import DRIVE_FILE_SCOPE, QUOTA_REFILL_S, Asked, classify_answer, classify_silence

BATCH, SPOT_READ = "sheets.spreadsheets.batchUpdate", "sheets.spreadsheets.getByDataFilter"
SHARE, FACTS = "drive.permissions.create", "drive.files.get"
WRITER = "writer-1@rowstream-test.iam.gserviceaccount.com"
HTML = b"<!DOCTYPE html>\n<html lang=en><title>Error 502 (Server Error)!!1</title>"


def sheets(code, status, message, **more):
    return {"error": {"code": code, "message": message, "status": status, **more}}


def drive(code, reason, message, domain="global"):
    return {"error": {"code": code, "message": message, "errors": [
        {"message": message, "domain": domain, "reason": reason}]}}  # fmt: skip


def classify(method, body, *, who="writer", kind=None, status=None, headers=None):
    content = body if isinstance(body, bytes) else json.dumps(body, indent=2).encode()
    kind = kind or ("read" if method in {SPOT_READ, FACTS} else "write")
    asked = Asked(method, kind, who, WRITER if who == "writer" else "user")
    code = status or body["error"]["code"]
    return classify_answer(asked, status=code, headers=httpx.Headers(headers or {}), content=content)


def invalid(message, **more):
    return sheets(400, "INVALID_ARGUMENT", message, **more)


def quota_body(limit):
    return sheets(
        429,
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' of service "
        "'sheets.googleapis.com' for consumer 'project_number:123'.",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {"quota_limit": limit, "consumer": "projects/123", "service": "sheets.googleapis.com"},
            }
        ],
    )


@pytest.mark.parametrize(
    ("limit", "per"),
    [("WriteRequestsPerMinutePerUser", "user"), ("ReadRequestsPerMinutePerProject", "project"), ("", "")],
)
def test_spent_quota_says_whose_and_when_it_is_full_again(limit, per):
    problem = classify(BATCH, quota_body(limit))
    assert type(problem) is QuotaSpent
    assert (problem.per, problem.retry_after_s) == (per, QUOTA_REFILL_S)
    assert not problem.outcome_unknown
    assert not problem.permanent


def test_wait_that_google_names_is_kept():
    assert classify(BATCH, quota_body(""), headers={"Retry-After": "7"}).retry_after_s == 7
    assert classify(BATCH, HTML, status=429, headers={"retry-after": "soon"}).retry_after_s == QUOTA_REFILL_S


@pytest.mark.parametrize("reason", ["userRateLimitExceeded", "rateLimitExceeded", "sharingRateLimitExceeded"])
def test_drive_says_quota_with_403(reason):
    problem = classify(SHARE, drive(403, reason, "Rate limit exceeded. User message: 'too many'", "usageLimits"))
    assert type(problem) is QuotaSpent


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
@pytest.mark.parametrize("body", [HTML, b"", sheets(503, "UNAVAILABLE", "The service is currently unavailable.")])
def test_outage_leaves_a_write_unknown_and_a_read_repeatable(status, body):
    write = classify(BATCH, body, status=status)
    read = classify(SPOT_READ, body, status=status)
    assert type(write) is type(read) is UpstreamFailed
    assert (write.outcome_unknown, write.permanent) == (True, False)
    assert (read.outcome_unknown, read.permanent) == (False, False)


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404])
def test_page_that_is_not_googles_json_leaves_a_write_unknown(status):
    """A proxy or a login page in between says nothing about what Google did."""
    assert classify(BATCH, HTML, status=status).outcome_unknown


def test_too_large_a_body_is_not_repeated():
    problem = classify(BATCH, HTML, status=413)
    assert type(problem) is RequestRefused
    assert problem.permanent


UNAUTHENTICATED = sheets(
    401,
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
)


def test_refused_token_asks_a_person_and_waits_for_a_writer():
    person, writer = classify(BATCH, UNAUTHENTICATED, who="user"), classify(BATCH, UNAUTHENTICATED)
    assert type(person) is NotGranted
    assert person.scopes == (DRIVE_FILE_SCOPE,)
    assert type(writer) is UpstreamFailed
    assert not writer.permanent
    assert not writer.outcome_unknown


FORBIDDEN = sheets(403, "PERMISSION_DENIED", "The caller does not have permission")
ENTITY_MISSING = sheets(404, "NOT_FOUND", "Requested entity was not found.")
FILE_MISSING = drive(404, "notFound", "File not found: 1QxExample.")


def test_writer_without_access_names_the_address_to_share_with():
    for method, body in [(BATCH, FORBIDDEN), (SPOT_READ, FORBIDDEN), (FACTS, FILE_MISSING)]:
        problem = classify(method, body)
        assert type(problem) is WriterShutOut
        assert problem.email == WRITER
        assert WRITER in problem.sentence


def test_deleted_file_is_gone_for_a_writer():
    assert type(classify(BATCH, ENTITY_MISSING)) is FileGone


@pytest.mark.parametrize(
    ("method", "body"),
    [
        (BATCH, ENTITY_MISSING),
        (SPOT_READ, ENTITY_MISSING),
        (SPOT_READ, FORBIDDEN),
        (FACTS, FILE_MISSING),
        (SHARE, FILE_MISSING),
        (
            SHARE,
            drive(403, "appNotAuthorizedToFile", "The user has not granted the app 123 write access to the file 1Qx."),
        ),
    ],
)
def test_file_that_a_person_has_not_opened_with_us_asks_for_the_file(method, body):
    problem = classify(method, body, who="user")
    assert type(problem) is NotGranted
    assert problem.scopes == ()


@pytest.mark.parametrize(
    ("method", "body"),
    [
        (BATCH, FORBIDDEN),
        (SHARE, drive(403, "insufficientFilePermissions", "The user does not have sufficient permissions for file 1Q")),
        (SHARE, drive(403, "cannotShareThis", "A reason nobody has seen yet.")),
    ],
)
def test_person_without_the_right_is_sent_to_the_owner(method, body):
    problem = classify(method, body, who="user")
    assert type(problem) is NotAllowed
    assert problem.granted_by


@pytest.mark.parametrize(
    "body",
    [
        drive(403, "domainPolicy", "The domain administrators have disabled Drive apps."),
        drive(400, "invalidSharingRequest", 'Bad Request. User message: "ACL change not allowed."'),
        drive(403, "shareOutNotPermitted", "Sharing outside the organization is not allowed."),
        drive(400, "shareOutNotPermitted", "Sharing outside the organization is not allowed."),
        drive(403, "teamDriveDomainUsersOnlyRestriction", "Only users of the domain may be members."),
    ],
)
def test_rules_of_an_organisation_are_told_apart_from_missing_rights(body):
    problem = classify(SHARE, body, who="user")
    assert type(problem) is SharingBlocked
    assert problem.granted_by == "administrator"


def test_missing_scope_asks_for_it():
    body = sheets(
        403,
        "PERMISSION_DENIED",
        "Request had insufficient authentication scopes.",
        details=[{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}],
    )
    for asked in (body, drive(403, "insufficientPermissions", "Insufficient Permission")):
        problem = classify(BATCH, asked, who="user")
        assert type(problem) is NotGranted
        assert problem.scopes == (DRIVE_FILE_SCOPE,)
        assert classify(BATCH, asked).permanent, "a writer's scopes are ours to set"


def test_api_that_is_switched_off_is_for_the_operator():
    body = sheets(
        403,
        "PERMISSION_DENIED",
        "Google Sheets API has not been used in project 123 before or it is disabled. Enable it by visiting …",
        details=[{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}],
    )
    for who in ("user", "writer"):
        problem = classify(BATCH, body, who=who)
        assert type(problem) is UpstreamFailed
        assert problem.permanent


def test_full_drive_is_a_limit_in_words():
    body = drive(403, "storageQuotaExceeded", "The user's Drive storage quota has been exceeded.")
    assert type(classify("sheets.spreadsheets.create", body, who="user")) is TooMuch


def test_concurrent_change_is_a_conflict():
    assert type(classify(BATCH, sheets(409, "ABORTED", "The operation was aborted."))) is Conflict


@pytest.mark.parametrize(
    ("message", "index"),
    [
        ("Invalid requests[3].updateCells: At least one field must be listed in 'fields'.", 3),
        ('Invalid requests[0].addSheet: A sheet with the name "Maya" already exists. Please enter another name.', 0),
        ("Invalid JSON payload received. Unknown name \"foo\" at 'requests[12]': Cannot find field.", 12),
        ("Cannot exceed 100000 requests in a single batch.", None),
        ("Invalid data[4]: Your input contains more than the maximum of 50000 characters in a single cell.", None),
    ],
)
def test_refused_request_is_named_by_its_place(message, index):
    problem = classify(BATCH, invalid(message))
    assert type(problem) is RequestRefused
    assert (problem.index, problem.permanent, problem.outcome_unknown) == (index, True, False)


@pytest.mark.parametrize(
    ("message", "index", "unknown"),
    [
        ("Invalid requests[2].updateCells: No grid with id: 77", 2, False),
        (
            "Invalid requests[0].repeatCell: Range (T!A1001:B) exceeds grid limits. Max rows: 1000, max columns: 26",
            0,
            False,
        ),
        (
            "Invalid requests[1].updateCells: Attempting to write column: 26, beyond the last requested column of: 25",
            1,
            False,
        ),
        ("Unable to parse range: Orders!A1", None, True),
        ("Range (Orders!A1001:B) exceeds grid limits. Max rows: 1000, max columns: 26", None, True),
        ("No grid with id: 77", None, True),
    ],
)
def test_lost_range_is_unknown_only_where_no_request_is_named(message, index, unknown):
    """Without a request's place it may be the ranges of the answer that are gone, after the write was applied."""
    write, read = classify(BATCH, invalid(message)), classify(SPOT_READ, invalid(message))
    assert type(write) is type(read) is RangeGone
    assert (write.index, write.outcome_unknown, write.permanent) == (index, unknown, False)
    assert not read.outcome_unknown


def test_full_spreadsheet_says_what_to_do():
    message = (
        "Invalid requests[1].appendDimension: This action would increase the number of cells in the workbook above "
        "the limit of 10000000 cells."
    )
    problem = classify(BATCH, invalid(message))
    assert type(problem) is FileFull
    assert problem.index == 1
    assert problem.permanent


def test_protected_cell_names_who_must_be_let_in():
    message = (
        "Invalid requests[4].updateCells: You are trying to edit a protected cell or object. Please contact the "
        "spreadsheet owner to remove protection if you need to edit."
    )
    problem = classify(BATCH, invalid(message))
    assert type(problem) is CellProtected
    assert problem.index == 4
    assert WRITER in problem.sentence
    assert WRITER not in classify(BATCH, invalid(message), who="user").sentence


def test_protection_in_another_language_still_names_the_request():
    """Google translates this sentence for people; the place of the request stays readable."""
    body = invalid("Invalid requests[4].updateCells: Du versuchst, eine geschützte Zelle zu bearbeiten.")
    problem = classify(BATCH, body, who="user")
    assert type(problem) is RequestRefused
    assert problem.index == 4


def test_neither_log_nor_decision_text_holds_quoted_values():
    body = invalid(
        "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"Jane Buyer, 12 High St\"",
        details=[{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": "data.values"}]}],
    )
    problem = classify(BATCH, body)
    assert "Jane" not in problem.detail + problem.message + problem.sentence + repr(problem)
    assert BATCH in problem.detail


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout, httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError, httpx.DecodingError]
)
def test_silence_after_sending_leaves_a_write_unknown(error):
    assert classify_silence(Asked(BATCH, "write", "writer", WRITER), error("lost")).outcome_unknown
    assert not classify_silence(Asked(SPOT_READ, "read", "writer", WRITER), error("lost")).outcome_unknown


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_call_that_never_left_is_known_not_to_be_applied(error):
    assert not classify_silence(Asked(BATCH, "write", "writer", WRITER), error("no way")).outcome_unknown


@pytest.mark.parametrize(
    "content", [b"[]", b'"error"', b'{"error": "invalid_token"}', b'{"error": {"errors": 7, "details": [3, null]}}']
)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 500])
def test_any_shape_of_refusal_becomes_some_problem(content, status):
    problem = classify(BATCH, content, status=status)
    assert isinstance(problem, Problem)
    assert problem.sentence
