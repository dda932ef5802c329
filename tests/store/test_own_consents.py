"""Consents of people who let us write as them, what is written by them, and what becomes of both when somebody goes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from store.conftest import NOW, file, member

from service.store import farewells, own_consents, people, sheets
from service.store.records import OwnConsentRow

LATER = NOW + timedelta(days=1)


def consent(number=1, *, account="bloom", sub="bloom-sub"):
    return OwnConsentRow(
        id=f"con{number}",
        account_id=account,
        sub=sub,
        email=f"{account}@x.example",
        sealed=b"sealed",
        scopes=["drive.file"],
        state="live",
        created_at=NOW + timedelta(minutes=number),
        revoked_at=None,
    )


@pytest.fixture
def given(bloom):
    """The owner of `bloom` gave one, and its file is written by it."""
    bloom.write(own_consents.add, consent())
    bloom.write(sheets.update_file, "bloom-file", consent_id="con1", writer_email="bloom@x.example")
    return bloom


def test_newest_consent_of_a_person_comes_first_and_only_their_own(given):
    given.write(own_consents.add, consent(2))
    assert [row.id for row in given.read(own_consents.live_of, "bloom-sub")] == ["con2", "con1"]
    assert given.read(own_consents.live_of, "bloom-sub", account_id="other") == []
    assert given.read(own_consents.live_of, "somebody") == []
    assert given.read(own_consents.consent, "con1") == consent()


def test_consent_ends_once_and_a_dead_one_keeps_no_token(given):
    assert given.write(own_consents.end, "con1", state="dead", now=LATER)
    assert not given.write(own_consents.end, "con1", state="revoked", now=LATER)
    row = given.read(own_consents.consent, "con1")
    assert (row.state, row.sealed, row.revoked_at) == ("dead", None, LATER)
    assert given.read(own_consents.untold) == []


def test_revoked_consent_is_untold_until_its_token_is_forgotten(given):
    given.write(own_consents.end, "con1", state="revoked", now=LATER)
    assert [row.id for row in given.read(own_consents.untold)] == ["con1"]
    given.write(own_consents.forget_token, "con1")
    assert given.read(own_consents.untold) == []


def test_files_of_a_consent_pause_but_for_those_that_rest_already(given):
    given.write(sheets.add_file, replace(file("bloom"), spreadsheet_id="second", consent_id="con1"))
    given.write(sheets.update_file, "second", state="paused", reason="asked")
    given.write(own_consents.pause_files, "con1", reason="consent-ended", text="x")
    assert [(row.spreadsheet_id, row.state, row.reason) for row in given.read(own_consents.files_by, "con1")] == [
        ("bloom-file", "paused", "consent-ended"),
        ("second", "paused", "asked"),
    ]


def test_files_go_over_to_the_newer_consent_of_the_same_person(given):
    given.write(own_consents.add, consent(2))
    given.write(own_consents.hand_over, "con1", "con2", email="new@x.example")
    row = given.read(sheets.file_unscoped, "bloom-file")
    assert (row.consent_id, row.writer_email) == ("con2", "new@x.example")
    assert given.read(own_consents.files_by, "con1") == []


def test_consent_of_whoever_left_is_found_by_whatever_way_they_left(given):
    assert given.read(own_consents.of_people_who_left, NOW) == []
    given.write(people.change_reach, "bloom-member", shop_ids=None, expires_at=LATER)
    assert given.read(own_consents.of_people_who_left, NOW) == []
    assert [row.id for row in given.read(own_consents.of_people_who_left, LATER)] == ["con1"]
    given.write(people.revoke_member, "bloom-member", NOW)
    assert [row.id for row in given.read(own_consents.of_people_who_left, NOW)] == ["con1"]
    assert given.read(own_consents.giver_role, consent(), NOW) is None


# --- going for good --------------------------------------------------------------------------------------------------


def test_forgotten_person_leaves_an_alias_and_their_number(given):
    given.write(farewells.forget_person, "bloom-sub", alias="deleted-1", now=LATER)
    assert given.read(people.address_of, "bloom-sub") == "deleted-1"
    assert given.read(people.memberships, "bloom-sub", LATER) == []
    assert given.read(sheets.file_unscoped, "bloom-file").writer_email == "deleted-1"
    assert given.read(own_consents.consent, "con1").email == "deleted-1"


def test_closed_account_has_members_that_nobody_finds(given):
    """They are kept until its sheets are clean; whoever asks for a person's accounts does not see it."""
    assert given.write(farewells.close_account, "bloom", LATER)
    assert not given.write(farewells.close_account, "bloom", LATER)
    assert given.read(people.memberships, "bloom-sub", LATER) == []
    assert given.read(people.membership, "bloom-sub", "bloom", LATER) is None
    assert given.read(own_consents.giver_role, consent(), LATER) == "owner"
    assert given.read(farewells.closed_and_clean) == []
    given.write(sheets.stop_binding, "bloom-binding", LATER)
    assert given.read(farewells.closed_and_clean) == ["bloom"]
    given.write(farewells.end_memberships, "bloom", LATER)
    assert given.read(farewells.closed_and_clean) == ["bloom"], "a consent is left"
    given.write(own_consents.end, "con1", state="revoked", now=LATER)
    assert given.read(farewells.closed_and_clean) == []


def test_whoever_comes_back_is_not_marked_as_forgotten(given):
    given.write(farewells.forget_person, "bloom-sub", alias="deleted-1", now=LATER)
    person = given.write(people.see_person, "bloom-sub", email="bloom@x.example", now=LATER)
    assert (person.email, person.chosen_account_id) == ("bloom@x.example", None)
    given.write(people.add_member, replace(member("bloom", number=2), joined_at=LATER))
    assert len(given.read(people.memberships, "bloom-sub", LATER)) == 1
