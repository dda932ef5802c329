"""Who writes a file: our own accounts, or a person by their consent, and what is told of it where nobody looks."""

import pytest
from flows.boundary import change_role, file_of, join
from flows.rig import MAYA, SAM

from service.core.roles import Role
from service.flows import bind, consents, share, writers
from service.google.problems import ConsentEnded
from service.google.refusals import DRIVE_FILE_SCOPE
from service.sandbox.issuer import WEB_CLIENT_ID
from service.store import own_consents, sheets
from service.store.records import OwnConsentRow


def consent_of(rig, person, *, number=1):
    """The person's consent, as the browser's pages leave it: the row, and the token behind it."""
    token = rig.world.identity.bearers.issue_refresh(
        person.email, scopes=["openid", "email", DRIVE_FILE_SCOPE], client_id=WEB_CLIENT_ID
    )
    row = OwnConsentRow(
        id=f"consent-{number}",
        account_id=rig.account_id,
        sub=person.sub,
        email=person.email,
        sealed=rig.services.store.sealer.seal(token),
        scopes=[DRIVE_FILE_SCOPE],
        state="live",
        created_at=rig.clock.now(),
        revoked_at=None,
    )
    rig.write(own_consents.add, row)
    return row, token


def choose(rig, paper, person):
    rig.world.emulator.state.grant(person.email, paper.spreadsheet_id, client=WEB_CLIENT_ID)


@pytest.fixture
def personal(rig):
    """A file of a closed organisation, bound and written by the owner's consent."""
    rig.world.emulator.state.closed.add("bloomthread.example")
    paper = rig.spreadsheet()
    consent_of(rig, MAYA)
    choose(rig, paper, MAYA)
    rig.bind(paper)
    rig.settle()
    return paper


def test_file_of_our_own_writer_costs_no_look_into_the_database(rig, paper):
    """Nearly every file is one of these: the writer is found in memory."""
    file = rig.file(paper)
    found = writers.writer_of(rig.services, file)
    assert found is rig.services.writers.by_email(file.writer_email)
    assert found is writers.need_writer(rig.services, file)


def test_consent_keeps_its_access_token_from_pass_to_pass(rig, personal):
    """One refresh serves an hour of passes."""
    file = rig.file(personal)
    assert writers.writer_of(rig.services, file) is writers.writer_of(rig.services, file)
    rig.place(1)
    rig.settle()
    assert {row["Order ID"] for row in personal.rows()}


def test_our_own_writer_is_taken_where_it_may_be(rig):
    """A consent that is there is not used for a file that our account may be let into."""
    paper = rig.spreadsheet()
    consent_of(rig, MAYA)
    choose(rig, paper, MAYA)
    rig.bind(paper)
    assert rig.file(paper).consent_id is None


def test_consent_that_does_not_open_the_file_lets_nobody_in(rig):
    """It is for the files that its giver chose; another person's is not the caller's."""
    rig.world.emulator.state.closed.add("bloomthread.example")
    paper = rig.spreadsheet()
    consent_of(rig, MAYA)
    join(rig, SAM, Role.ADMIN)
    consent_of(rig, SAM, number=2)
    choose(rig, paper, SAM)
    with pytest.raises(writers.KeptOut) as refused:
        rig.bind(paper)
    assert refused.value.is_forbidden
    assert rig.file(paper) is None


def test_readers_are_looked_at_with_the_givers_eyes(rig, personal):
    """The boundary holds as for any file: a reader too many pauses it, and it goes on by itself."""
    file = file_of(rig, personal)
    rig.world.emulator.state.closed.clear()
    bind_share = {"type": "user", "role": "reader", "emailAddress": SAM.email}
    url = f"http://127.0.0.1:9/drive/drive/v3/files/{personal.spreadsheet_id}/permissions"
    token = rig.world.identity.google_token(MAYA)
    assert rig.world.http.post(url, json=bind_share, headers={"Authorization": f"Bearer {token}"}).is_success
    rig.clock.advance(61)
    rig.place(1)
    rig.settle()
    assert rig.file(personal).reason == share.LEAK
    permission = next(key for key, one in file.permissions.items() if one.address == SAM.email)
    assert rig.world.http.delete(f"{url}/{permission}", headers={"Authorization": f"Bearer {token}"}).is_success
    share.check_now(rig.services, rig.owner, rig.identity(), personal.spreadsheet_id)
    rig.settle()
    assert rig.file(personal).state == "live"
    assert personal.rows()


def test_lost_right_to_bind_ends_a_consent_at_the_next_pass(rig):
    rig.world.emulator.state.closed.add("bloomthread.example")
    paper = rig.spreadsheet()
    member_id = join(rig, SAM, Role.ADMIN)
    row, _token = consent_of(rig, SAM)
    file_row_by(rig, paper, row)
    change_role(rig, member_id, Role.WAREHOUSE)
    with pytest.raises(ConsentEnded):
        writers.need_writer(rig.services, rig.file(paper))
    rig.settle()
    assert rig.read(own_consents.consent, row.id).state == "revoked"
    assert rig.file(paper).reason == consents.ENDED


def file_row_by(rig, paper, row):
    """The file is bound, and written by this consent from now on."""
    rig.world.emulator.state.closed.clear()
    rig.bind(paper)
    rig.settle()
    rig.write(sheets.update_file, paper.spreadsheet_id, consent_id=row.id, writer_email=row.email)


def test_log_and_history_name_neither_token_nor_address(rig, personal, listen):
    """A consent is used, refused and ended; what is written down of it is a number and a reason."""
    token = rig.services.store.sealer.unseal(rig.read(own_consents.consent, "consent-1").sealed)
    said = listen()
    rig.place(1)
    rig.settle()
    rig.world.identity.bearers.revoke_all(MAYA.email, WEB_CLIENT_ID)
    rig.place(1)
    rig.settle()
    assert rig.file(personal).reason == consents.ENDED
    heard = said.getvalue()
    assert personal.spreadsheet_id in heard
    for secret in (token, "ya29.", MAYA.email):
        assert secret not in heard
    history = " ".join(line.reason for line in rig.history(personal))
    assert token not in history


def test_target_of_a_bound_file_is_known_by_whom_it_is_written(rig, personal):
    """Binding a second tab there needs no new consent, nor another admin's right to share."""
    join(rig, SAM, Role.ADMIN)
    wish = bind.BindWish(personal.spreadsheet_id, rig.preset("sla_watch_list", Role.WAREHOUSE), Role.WAREHOUSE,
                         title="Second")  # fmt: skip
    assert bind.bind(rig.services, rig.owner, rig.identity(), wish)
    assert rig.file(personal).consent_id == "consent-1"
