"""Accounts, members, invitations, press keys and the audit trail."""

import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from store.conftest import NOW, member

from service.core.roles import Role, Scope, Switch
from service.errors import NotFound
from service.store import deeds, invitations, people, tables
from service.store.records import InvitationRow

WEEK = timedelta(days=7)


def invitation(number=1, *, email="new@x.example", account="bloom"):
    return InvitationRow(
        id=f"inv{number}", account_id=account, email=email, role="warehouse", invited_by="m", created_at=NOW,
        expires_at=NOW + WEEK, code_hash=None, code_tries=0, accepted_at=None, revoked_at=None,
    )  # fmt: skip


@pytest.fixture
def invited(bloom):
    bloom.write(invitations.add, invitation())
    return bloom


def test_a_person_is_known_by_their_stable_id_whatever_their_address(house):
    first = house.write(people.see_person, "1", email="Old@X.example", now=NOW)
    assert first.email == "old@x.example"
    again = house.write(people.see_person, "1", email="new@x.example", now=NOW + WEEK)
    assert (again.sub, again.email) == ("1", "new@x.example")
    with house.store.read() as tx:
        (row,) = tx.execute(sa.select(tables.people)).all()
    assert (row.first_seen_at, row.last_seen_at) == (NOW, NOW + WEEK)


def test_signing_out_and_choosing_an_account_stay_with_the_person(bloom):
    bloom.write(people.choose_account, "bloom-sub", "bloom")
    bloom.write(people.mark_signed_out, "bloom-sub", NOW)
    seen = bloom.write(people.see_person, "bloom-sub", email="b@x.example", now=NOW)
    assert (seen.chosen_account_id, seen.signed_out_at) == ("bloom", NOW)
    bloom.write(people.mark_signed_out, "bloom-sub", None)
    assert bloom.write(people.see_person, "bloom-sub", email="b@x.example", now=NOW).signed_out_at is None


def test_two_first_visits_at_the_same_moment_make_one_person(house):
    """Two cards of one person open at once: neither fails."""
    go, failures = threading.Barrier(2), []

    def visit():
        go.wait()
        try:
            house.write(people.see_person, "1", email="a@x.example", now=NOW)
        except sa.exc.SQLAlchemyError as failure:
            failures.append(failure)

    together(visit, visit)
    assert failures == []


def test_switches_are_exactly_those_that_were_set(bloom):
    assert bloom.read(people.account, "bloom").switches == []
    bloom.write(people.set_switches, "bloom", [Switch.WAREHOUSE_PII, Switch.CLIENT_ID])
    account = bloom.read(people.account, "bloom")
    assert account.audience("warehouse").switches == {Switch.WAREHOUSE_PII, Switch.CLIENT_ID}


def test_a_switch_the_code_no_longer_knows_is_off(bloom):
    bloom.write(people.set_switches, "bloom", ["warehouse:everything"])
    audience = bloom.read(people.account, "bloom").audience("warehouse")
    assert (audience.role, audience.switches) == (Role.WAREHOUSE, frozenset())


def test_an_unknown_account_is_not_found(bloom):
    with pytest.raises(NotFound):
        bloom.read(people.account, "nobody-s")


def test_a_person_is_a_member_of_an_account_once(bloom):
    with pytest.raises(sa.exc.IntegrityError):
        bloom.write(people.add_member, member("bloom", number=2))


def test_who_left_may_come_back(bloom):
    bloom.write(people.revoke_member, "bloom-member", NOW)
    assert bloom.read(people.memberships, "bloom-sub", NOW) == []
    bloom.write(people.add_member, member("bloom", number=2, role="warehouse"))
    assert [row.role for row in bloom.read(people.memberships, "bloom-sub", NOW)] == ["warehouse"]


def ending(at, *, number=2):
    """A membership of the second person that ends then."""
    row = member("bloom", number=number, role="warehouse")
    return replace(row, sub="s2", email="s2@x.example", expires_at=at)


def test_a_membership_ends_on_the_second(bloom):
    bloom.write(people.see_person, "s2", email="s2@x.example", now=NOW)
    bloom.write(people.add_member, ending(NOW + WEEK))
    before, at = NOW + WEEK - timedelta(seconds=1), NOW + WEEK
    for moment, count in ((before, 1), (at, 0)):
        assert len(bloom.read(people.memberships, "s2", moment)) == count
        assert len(bloom.read(people.members_of, Scope("bloom"), moment)) == 1 + count
    assert bloom.read(people.membership, "s2", "bloom", before).expires_at == at
    assert bloom.read(people.membership, "s2", "bloom", at) is None
    with pytest.raises(NotFound):
        bloom.read(people.member, Scope("bloom"), "bloom-member2", at)


def test_the_next_membership_takes_the_place_of_one_that_ran_out(bloom):
    """The old one is kept, ended when it ended."""
    bloom.write(people.see_person, "s2", email="s2@x.example", now=NOW)
    bloom.write(people.add_member, ending(NOW + WEEK))
    again = replace(ending(None, number=3), joined_at=NOW + 2 * WEEK)
    bloom.write(people.add_member, again)
    assert [row.id for row in bloom.read(people.memberships, "s2", NOW + 2 * WEEK)] == ["bloom-member3"]
    with bloom.store.read() as tx:
        ended = tx.execute(sa.select(tables.members.c.revoked_at).where(tables.members.c.id == "bloom-member2"))
        assert ended.scalar_one() == NOW + WEEK


def test_who_left_since_is_known_by_either_end(bloom):
    bloom.write(people.see_person, "s2", email="s2@x.example", now=NOW)
    bloom.write(people.add_member, ending(NOW + WEEK))
    left = partial(bloom.read, people.has_left, "s2", "bloom")
    assert not left(since=NOW, now=NOW)
    assert left(since=NOW, now=NOW + WEEK)
    assert not left(since=NOW + 2 * WEEK, now=NOW + 3 * WEEK)
    bloom.write(people.revoke_member, "bloom-member2", NOW + timedelta(days=1))
    assert left(since=NOW, now=NOW + timedelta(days=1))
    assert not left(since=NOW + timedelta(days=2), now=NOW + WEEK)


def test_reach_and_last_visit_are_kept_with_the_member(bloom):
    bloom.write(people.change_reach, "bloom-member", shop_ids=["b", "a"], expires_at=NOW + WEEK)
    bloom.write(people.mark_seen, "bloom-member", NOW)
    row = bloom.read(people.member, Scope("bloom"), "bloom-member", NOW)
    assert (row.shop_ids, row.expires_at, row.seen_at) == (["a", "b"], NOW + WEEK, NOW)
    bloom.write(people.change_reach, "bloom-member", shop_ids=None, expires_at=None)
    row = bloom.read(people.member, Scope("bloom"), "bloom-member", NOW)
    assert (row.shop_ids, row.expires_at) == (None, None)


def test_accounts_are_found_together_and_by_their_names(bloom):
    bloom.furnish("other")
    assert set(bloom.read(people.accounts_by_id, {"bloom", "other", "nobody-s"})) == {"bloom", "other"}
    assert bloom.read(people.accounts_by_id, set()) == {}
    assert [row.id for row in bloom.read(people.accounts_called, "Bloom")] == ["bloom"]
    assert [row.id for row in bloom.read(people.accounts_called, "bloom")] == ["bloom"]


def test_members_are_listed_owners_first_then_by_address(bloom):
    for number, (role, letter) in enumerate([("client", "a"), ("warehouse", "z"), ("warehouse", "b")], start=2):
        bloom.write(people.see_person, f"s{number}", email=f"{letter}@x", now=NOW)
        row = member("bloom", number=number, role=role)
        bloom.write(people.add_member, type(row)(**{**as_dict(row), "sub": f"s{number}", "email": f"{letter}@x"}))
    listed = bloom.read(people.members_of, Scope("bloom"), NOW)
    assert [(row.role, row.email[0]) for row in listed] == [
        ("owner", "b"), ("warehouse", "b"), ("warehouse", "z"), ("client", "a"),
    ]  # fmt: skip
    assert bloom.read(people.owner_addresses, "bloom") == ["bloom@x.example"]


def test_a_role_is_changed_in_place(bloom):
    bloom.write(people.change_role, "bloom-member", "finance")
    assert bloom.read(people.membership, "bloom-sub", "bloom", NOW).role == "finance"
    assert bloom.read(people.owner_addresses, "bloom") == []


# --- invitations -----------------------------------------------------------------------------------------------------


def test_an_invitation_is_found_by_its_address_in_any_spelling(invited):
    (found,) = invited.read(invitations.waiting_for, "NEW@x.example", NOW)
    assert found.id == "inv1"
    assert invited.read(invitations.waiting_for, "other@x.example", NOW) == []


def test_an_invitation_ends_after_its_week(invited):
    late = NOW + WEEK
    assert invited.read(invitations.waiting_for, "new@x.example", late - timedelta(seconds=1))
    assert invited.read(invitations.waiting_for, "new@x.example", late) == []
    assert not invited.write(invitations.take, "inv1", "1", late)


def test_the_first_person_wins_an_invitation(invited):
    assert invited.write(invitations.take, "inv1", "1", NOW)
    assert not invited.write(invitations.take, "inv1", "2", NOW)
    assert invited.read(invitations.open_of, Scope("bloom"), NOW) == []


def test_of_two_people_at_the_same_moment_one_wins(invited):
    """Both transactions are open at once; the database lets one of them have it."""
    go, won = threading.Barrier(2), []

    def accept(sub):
        go.wait()
        if invited.write(invitations.take, "inv1", sub, NOW):
            won.append(sub)

    together(lambda: accept("1"), lambda: accept("2"))
    assert len(won) == 1
    with invited.store.read() as tx:
        assert tx.execute(sa.select(tables.invitations.c.accepted_sub)).scalar_one() == won[0]


def test_a_withdrawn_invitation_cannot_be_taken(invited):
    invited.write(invitations.withdraw, Scope("bloom"), "inv1", NOW)
    assert not invited.write(invitations.take, "inv1", "1", NOW)
    assert invited.read(invitations.open_of, Scope("bloom"), NOW) == []


def test_a_taken_invitation_cannot_be_withdrawn(invited):
    invited.write(invitations.take, "inv1", "1", NOW)
    with pytest.raises(NotFound):
        invited.write(invitations.withdraw, Scope("bloom"), "inv1", NOW)


def test_wrong_codes_are_counted_and_a_fresh_code_starts_again(invited):
    invited.write(invitations.set_code, "inv1", "hash")
    for _ in range(3):
        invited.write(invitations.count_try, "inv1")
    (found,) = invited.read(invitations.waiting_for, "new@x.example", NOW)
    assert (found.code_hash, found.code_tries) == ("hash", 3)
    invited.write(invitations.set_code, "inv1", "other")
    (found,) = invited.read(invitations.waiting_for, "new@x.example", NOW)
    assert (found.code_hash, found.code_tries) == ("other", 0)


def test_an_invitation_of_a_domain_is_found_where_the_domain_is_proved(bloom):
    standing = replace(invitation(email=""), domain="x.example")
    bloom.write(invitations.add, standing)
    assert bloom.read(invitations.waiting_for, "new@x.example", NOW) == []
    assert [row.id for row in bloom.read(invitations.waiting_for, "new@x.example", NOW, domain="X.example")] == ["inv1"]
    assert bloom.read(invitations.waiting_for, "", NOW, domain="x.example") == []
    bloom.write(invitations.add_taken, replace(standing, id="trace", email="New@x.example"), "1", NOW)
    assert bloom.read(invitations.joined_by_domain, Scope("bloom")) == [("new@x.example", "x.example", NOW)]
    assert [row.id for row in bloom.read(invitations.open_of, Scope("bloom"), NOW)] == ["inv1"]


# --- press keys and the audit trail ----------------------------------------------------------------------------------


def test_a_press_is_honoured_once(house):
    assert house.write(people.take_once, "k", NOW)
    assert not house.write(people.take_once, "k", NOW)
    house.write(people.give_back_once, "k")
    assert house.write(people.take_once, "k", NOW)


def test_of_two_presses_at_the_same_moment_one_counts(house):
    go, won = threading.Barrier(2), []

    def press():
        go.wait()
        if house.write(people.take_once, "k", NOW):
            won.append(1)

    together(press, press)
    assert won == [1]


def test_old_press_keys_are_forgotten(house):
    house.write(people.take_once, "old", NOW)
    house.write(people.take_once, "new", NOW + WEEK)
    assert house.write(people.forget_once, NOW + timedelta(days=1)) == 1
    assert not house.write(people.take_once, "new", NOW)


def test_the_audit_trail_keeps_every_line_in_order(bloom):
    for deed in ("bind", "pause", "bind"):
        bloom.write(deeds.record, "bloom", sub="s", deed=deed, subject="x", at=NOW, spreadsheet_id="f")
    with bloom.store.read() as tx:
        lines = tx.execute(sa.select(tables.audit).order_by(tables.audit.c.id)).all()
    assert [line.deed for line in lines] == ["bind", "pause", "bind"]
    assert len({line.id for line in lines}) == 3


def together(*deeds):
    """All deeds at once, each in a thread of its own."""
    threads = [threading.Thread(target=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)


def as_dict(row):
    return {name: getattr(row, name) for name in row.__dataclass_fields__}
