"""The audit trail: every line in a chain that nobody without the key can change, shorten, lengthen or put in another
order.

What a stranger with the whole database could do is done here by plain SQL, byte by byte.
"""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from store.conftest import NOW, member

from service.core.chain import MOST_FAULTS, Fault, Head, Walk, seal_head, seal_line
from service.core.roles import Scope
from service.store import deeds, people, rotation, tables
from service.store.migrate import upgrade
from service.store.sealed import Sealer
from service.store.session import Store, make_engine

DAY = timedelta(days=1)
LINES = 5
COLUMNS = ("id", "account_id", "at", "sub", "deed", "subject", "spreadsheet_id", "role", "body", "prev", "hash")
HEAD_COLUMNS = ("count", "hash", "kept_from_hash", "let_go", "seal", "key")


def note(house, number, *, account="bloom", at=None, **more):
    given = {"sub": f"{account}-sub", "deed": "bind", "subject": f"Tab {number}", "spreadsheet_id": f"file{number}"}
    house.write(deeds.record, account, at=at or NOW + number * DAY, **given | more)


def faults(house, account="bloom", *, kept=None, store=None):
    """What does not fit, as (fault, number of the line)."""
    with (store or house.store).snapshot() as tx:
        found = deeds.stored_head(tx, account)
        walk = Walk(found.key, found.head, found.seal, kept=kept)
        for line in deeds.chain_of(tx, account):
            walk.skip() if line is None else walk.step(line)
        return [(one.fault, one.number) for one in walk.end()]


def rows(house, account="bloom"):
    with house.store.read() as tx:
        query = sa.select(tables.audit).where(tables.audit.c.account_id == account).order_by(tables.audit.c.id)
        return [row._asdict() for row in tx.execute(query)]


def tamper(house, statement, **values):
    """As somebody with the password of the database would."""
    with house.store.engine.begin() as connection:
        assert connection.execute(sa.text(statement), values).rowcount == 1


@pytest.fixture
def told(bloom):
    """An account with a few lines, every second one with details."""
    for number in range(1, LINES + 1):
        note(bloom, number, body={"rows": number} if number % 2 else None)
    return bloom


def test_every_line_is_kept_in_order_with_role_sheet_and_details(told):
    found = rows(told)
    assert [row["subject"] for row in found] == [f"Tab {number}" for number in range(1, LINES + 1)]
    assert {row["role"] for row in found} == {"owner"}
    assert [row["body"] for row in found] == [{"rows": 1}, None, {"rows": 3}, None, {"rows": 5}]
    assert faults(told) == []


def test_a_line_says_the_role_of_then_also_of_somebody_who_just_left(bloom):
    bloom.write(people.revoke_member, "bloom-member", NOW)
    note(bloom, 1)
    note(bloom, 2, role="custom:r1")
    note(bloom, 3, sub="operator")
    assert [row["role"] for row in rows(bloom)] == ["owner", "custom:r1", ""]


def test_a_transaction_that_fails_leaves_no_line(told):
    def fail(tx):
        deeds.record(tx, "bloom", sub="s", deed="bind", subject="never", at=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        told.write(fail)
    assert len(rows(told)) == LINES
    assert faults(told) == []


def test_lines_of_two_accounts_in_one_transaction_are_in_a_chain_each(told):
    told.furnish("other")
    with told.store.write() as tx:
        for account in ("other", "bloom", "other"):
            deeds.record(tx, account, sub="", deed="ask-take-over", subject="x", at=NOW)
    assert len(rows(told, "other")) == 2
    assert faults(told) == faults(told, "other") == []


def _nudged(value):
    """The same with one byte changed, of the same kind where the column wants one."""
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, int):
        return value + 1
    if not value:
        return "x"
    if value.startswith("{"):
        return value[:-1] + " }"  # the same to whoever reads it, and still not what was written
    return chr(ord(value[0]) ^ 1) + value[1:]


@pytest.mark.parametrize("number", range(1, LINES + 1))
@pytest.mark.parametrize("column", COLUMNS)
def test_one_changed_byte_in_any_column_of_any_line_is_detected(told, column, number):
    """The line is named where it can be: one that went to another account is missing here."""
    line_id = rows(told)[number - 1]["id"]
    with told.store.engine.connect() as connection:
        query = sa.text(f"SELECT CAST({column} AS TEXT) FROM audit WHERE id = :id")  # noqa: S608 - names of ours
        before = connection.execute(query, {"id": line_id}).scalar()
    if column == "id":
        after = line_id + 1_000
    elif column == "at":
        after = int(before) + 1
    elif column == "body" and before is None:
        after = "null"
    else:
        after = _nudged(before)
    place = "CAST(:after AS JSON)" if column == "body" and told.store.engine.dialect.name != "sqlite" else ":after"
    tamper(told, f"UPDATE audit SET {column} = {place} WHERE id = :id", after=after, id=line_id)  # noqa: S608 - same
    found = faults(told)
    assert found
    if column not in {"id", "account_id"}:
        assert found[0] == (Fault.CHANGED, number)


@pytest.mark.parametrize("column", HEAD_COLUMNS)
def test_one_changed_byte_of_where_the_chain_ends_is_detected(told, column):
    with told.store.engine.connect() as connection:
        before = connection.execute(sa.text(f"SELECT {column} FROM audit_heads")).scalar()  # noqa: S608 - names of ours
    tamper(told, f"UPDATE audit_heads SET {column} = :after", after=_nudged(before))  # noqa: S608 - same
    if column == "key":
        assert _head_of(told).key is None
    else:
        assert faults(told)[0][0] is Fault.HEAD


def _head_of(house, account="bloom"):
    with house.store.snapshot() as tx:
        return deeds.stored_head(tx, account)


@pytest.mark.parametrize(
    ("number", "fault"), [(1, Fault.START), (3, Fault.GAP), (LINES, Fault.END)], ids=["first", "middle", "last"]
)
def test_a_line_that_was_taken_out_is_detected(told, number, fault):
    tamper(told, "DELETE FROM audit WHERE id = :id", id=rows(told)[number - 1]["id"])
    assert fault in {one for one, _ in faults(told)}


def test_an_end_that_was_cut_off_is_detected_although_the_rest_fits(told):
    """The last line is taken out and the end put to the one before, count and all: only its seal cannot be made."""
    *_, before, last = rows(told)
    tamper(told, "DELETE FROM audit WHERE id = :id", id=last["id"])
    tamper(told, "UPDATE audit_heads SET hash = :hash, count = count - 1", hash=before["hash"])
    assert faults(told) == [(Fault.HEAD, LINES - 1)]


def test_a_line_that_was_put_in_is_detected(told):
    last = rows(told)[-1]
    values = {**last, "id": last["id"] + 7, "prev": last["hash"], "hash": "0" * 64}
    with told.store.engine.begin() as connection:
        connection.execute(sa.insert(tables.audit).values(values))
    assert (Fault.CHANGED, LINES + 1) in faults(told)


def test_a_line_of_another_account_is_no_line_of_this_one(told):
    """Each account has a key of its own, so a genuine line counts only where it was written."""
    told.furnish("other")
    note(told, 1, account="other")
    tamper(told, "UPDATE audit SET account_id = 'bloom' WHERE account_id = 'other'")
    assert (Fault.CHANGED, LINES + 1) in faults(told)
    assert faults(told, "other")


def test_lines_that_changed_places_are_detected(told):
    first, second = (row["id"] for row in rows(told)[1:3])
    for before, after in ((first, -1), (second, first), (-1, second)):
        tamper(told, "UPDATE audit SET id = :after WHERE id = :before", before=before, after=after)
    assert {(Fault.CHANGED, 2), (Fault.CHANGED, 3)} <= set(faults(told))


def test_a_whole_trail_written_anew_with_a_key_of_ones_own_is_detected(told):
    """Somebody who knows exactly how it is done makes a new chain, and cannot seal the key it was made with."""
    key, last = b"k" * 64, ""
    for row in rows(told):
        values = (row["id"], 1, "me", "owner", "bind", "what I like", "", None)
        seal = seal_line(key, "bloom", values, last)
        tamper(
            told,
            "UPDATE audit SET at = 1, sub = 'me', role = 'owner', subject = 'what I like', spreadsheet_id = '',"
            " body = NULL, prev = :prev, hash = :hash WHERE id = :id",
            prev=last, hash=seal, id=row["id"],
        )  # fmt: skip
        last = seal
    head = Head("bloom", count=LINES, let_go=0, first="", last=last)
    stranger = Sealer((Fernet.generate_key().decode(),))
    tamper(
        told, "UPDATE audit_heads SET hash = :last, seal = :seal, key = :key",
        last=last, seal=seal_head(key, head), key=stranger.seal(key.decode()),
    )  # fmt: skip
    assert _head_of(told).key is None


def test_an_account_whose_end_of_the_chain_is_gone_goes_on_and_never_looks_whole_again(told):
    tamper(told, "DELETE FROM audit_heads")
    note(told, 9)
    assert Fault.START in {fault for fault, _ in faults(told)}
    with told.store.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM audit"))
        connection.execute(sa.text("DELETE FROM audit_heads"))
    note(told, 10)
    assert Fault.START in {fault for fault, _ in faults(told)}


def test_bytes_that_are_no_letters_are_a_changed_line_and_break_nothing(told):
    if told.store.engine.dialect.name == "sqlite":  # PostgreSQL takes none
        tamper(told, "UPDATE audit SET subject = CAST(x'54ff62' AS TEXT) WHERE subject = 'Tab 2'")
        assert faults(told)[0] == (Fault.CHANGED, 2)


def test_a_trail_put_back_to_an_earlier_moment_is_told_by_a_seal_kept_elsewhere(told):
    """Lines, end and key as they once were fit together; what an owner noted down meanwhile does not."""
    then = _head_of(told)
    with told.store.engine.connect() as connection:
        (saved,) = connection.execute(sa.select(tables.audit_heads)).all()
    note(told, 6)
    kept = (LINES + 1, _head_of(told).head.last)
    assert faults(told, kept=kept) == []
    tamper(told, "DELETE FROM audit WHERE subject = 'Tab 6'")
    with told.store.engine.begin() as connection:
        connection.execute(sa.update(tables.audit_heads).values(saved._asdict()))
    assert _head_of(told) == then
    assert faults(told) == []
    assert faults(told, kept=kept) == [(Fault.KEPT, LINES + 1)]
    note(told, 6, subject="Something else")
    assert faults(told, kept=kept) == [(Fault.KEPT, LINES + 1)]


def test_many_faults_are_counted_and_few_are_told(bloom):
    for number in range(1, MOST_FAULTS + 5):
        note(bloom, number)
    with bloom.store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit SET sub = 'somebody else'"))
    with bloom.store.snapshot() as tx:
        found = deeds.stored_head(tx, "bloom")
        walk = Walk(found.key, found.head, found.seal)
        for line in deeds.chain_of(tx, "bloom"):
            walk.step(line)
        assert len(walk.end()) == MOST_FAULTS
        assert walk.fault_count == MOST_FAULTS + 4


# --- letting go ------------------------------------------------------------------------------------------------------


def test_old_lines_are_let_go_and_the_rest_is_still_proved_and_counted_from_the_first(told):
    assert told.write(deeds.let_go, "bloom", NOW + 3 * DAY) == 2
    assert [row["subject"] for row in rows(told)] == ["Tab 3", "Tab 4", "Tab 5"]
    assert faults(told) == []
    note(told, 6)
    tamper(told, "UPDATE audit SET subject = 'x' WHERE subject = 'Tab 4'")
    assert faults(told) == [(Fault.CHANGED, 4)]


def test_letting_go_of_every_line_leaves_a_chain_to_go_on_with(told):
    assert told.write(deeds.let_go, "bloom", NOW + 90 * DAY) == LINES
    assert faults(told) == []
    note(told, 9)
    assert (faults(told), len(rows(told))) == ([], 1)
    assert told.write(deeds.let_go, "bloom", NOW) == 0


def test_more_lines_taken_from_the_old_end_than_were_let_go_are_missed(told):
    told.write(deeds.let_go, "bloom", NOW + 3 * DAY)
    tamper(told, "DELETE FROM audit WHERE subject = 'Tab 3'")
    assert Fault.START in {fault for fault, _ in faults(told)}
    newest = rows(told)[0]["prev"]
    tamper(told, "UPDATE audit_heads SET kept_from_hash = :hash, let_go = 3, count = 2", hash=newest)
    assert faults(told) == [(Fault.HEAD, LINES)]


def test_the_seal_of_the_last_line_let_go_still_proves_it(told):
    second = rows(told)[1]["hash"]
    told.write(deeds.let_go, "bloom", NOW + 3 * DAY)
    assert faults(told, kept=(2, second)) == []
    assert faults(told, kept=(2, "0" * 64)) == [(Fault.KEPT, 2)]


# --- keys, machines, releases ----------------------------------------------------------------------------------------


def test_new_sealing_keys_leave_every_seal_as_it_was(told):
    """What an owner noted down is worth as much after the keys were changed as before."""
    before, fresh = _head_of(told), Fernet.generate_key().decode()
    rotation.rotate(Store(told.store.engine, Sealer((fresh, told.key))))
    later = Store(told.store.engine, Sealer((fresh,)))
    assert faults(told, store=later) == []
    with later.snapshot() as tx:
        assert deeds.stored_head(tx, "bloom") == before
    with later.write() as tx:
        deeds.record(tx, "bloom", sub="bloom-sub", deed="bind", subject="after", at=NOW)
    assert faults(told, store=later) == []


def test_many_at_once_make_one_chain(told):
    """Whoever comes second waits for the first and follows it."""
    go = threading.Barrier(6)

    def press(number):
        go.wait()
        note(told, number)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(6, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(rows(told)) == LINES + 6
    assert faults(told) == []


def test_lines_from_before_the_chain_are_chained_as_they_are(tmp_path, dialect, request):
    """The release that brings the chain takes in what was written without it, and begins one where nothing was."""
    engine, sealer = _empty(tmp_path, dialect, request), Sealer((Fernet.generate_key().decode(),))
    upgrade(engine, to="0004")
    with engine.begin() as connection:
        for account in ("old", "bare"):
            connection.execute(
                sa.text(
                    "INSERT INTO accounts (id, name, plan, switches, created_at) VALUES (:id, 'A', 'growth', '[]', 1)"
                ),
                {"id": account},
            )
        for number in range(3):
            connection.execute(
                sa.text(
                    "INSERT INTO audit (account_id, at, sub, deed, subject, spreadsheet_id)"
                    " VALUES ('old', :at, 's', 'bind', 'Tab', '')"
                ),
                {"at": number},
            )
    upgrade(engine, sealer=sealer)
    store = Store(engine, sealer)
    assert [faults(None, account, store=store) for account in ("old", "bare")] == [[], []]
    with store.write() as tx:
        deeds.record(tx, "old", sub="s", deed="bind", subject="Tab", at=NOW)
    assert faults(None, "old", store=store) == []
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit SET at = 7 WHERE at = 1"))
    assert faults(None, "old", store=store) == [(Fault.CHANGED, 2)]
    engine.dispose()


def _empty(tmp_path, dialect, request):
    """A database without a table."""
    if dialect == "sqlite":
        return make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    server, name = sa.make_url(request.getfixturevalue("database_url")), f"empty_{uuid4().hex}"
    outside = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')

    def drop():
        with outside.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        outside.dispose()

    request.addfinalizer(drop)
    return make_engine(server.set(database=name).render_as_string(hide_password=False))


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_log_is_read_newest_first_and_turned_without_losing_or_doubling_a_line(bloom):
    for number in range(9):
        note(bloom, number, at=NOW + (number // 4) * DAY)
    seen, before = [], None
    while found := bloom.read(deeds.log, Scope("bloom"), deeds.Wanted(), before=before, limit=2):
        seen += [one.subject for one in found]
        before = (found[-1].at, found[-1].id)
    assert seen == [f"Tab {number}" for number in reversed(range(9))]


def test_the_log_is_filtered_by_person_deed_and_time_and_never_shows_another_account(told):
    told.furnish("other")
    note(told, 1, account="other")
    note(told, 7, sub="ann", deed="export")

    def subjects(**wanted):
        found = told.read(deeds.log, Scope("bloom"), deeds.Wanted(**wanted), limit=50)
        return [one.subject for one in found]

    assert subjects(subs=frozenset({"ann"})) == ["Tab 7"]
    assert subjects(deeds=frozenset({"export"})) == ["Tab 7"]
    assert subjects(since=NOW + 5 * DAY) == ["Tab 7", "Tab 5"]
    assert subjects(subs=frozenset({"other-sub"})) == []
    assert told.read(deeds.actors, Scope("bloom")) == ["ann", "bloom-sub"]


def test_a_membership_of_long_ago_does_not_name_the_role_of_today(bloom):
    bloom.write(people.revoke_member, "bloom-member", NOW)
    bloom.write(people.add_member, member("bloom", number=2, role="warehouse"))
    with bloom.store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE members SET joined_at = joined_at + 1 WHERE id = 'bloom-member2'"))
    note(bloom, 1)
    assert rows(bloom)[0]["role"] == "warehouse"
