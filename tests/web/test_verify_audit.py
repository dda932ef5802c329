"""The command that proves records, and the sentences of deeds whose subject is no plain text."""

from dataclasses import fields

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from drivers import open_account

from cards.words import Words
from service.__main__ import main
from service.flows import record
from service.settings import NUMBERS, SETTINGS
from service.store.deeds import LoggedDeed
from service.web.deed_words import sentence


@pytest.fixture
def verify(settings):
    """Runs the command in this process."""
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    values |= {"secret_keys": ",".join(settings.secret_keys)}
    values |= {name: str(getattr(settings, name)) for name in NUMBERS}
    environ = {row.variable: values[row.name] for row in SETTINGS}
    return lambda *words: CliRunner().invoke(main, ["verify-audit", *words], env=environ)


@pytest.fixture
def team(begin):
    return begin("warehouse", until="joined")


def change(team, statement):
    with team.product.services.store.engine.begin() as connection:
        assert connection.execute(sa.text(statement)).rowcount >= 1


def test_every_record_is_proved(team, verify):
    open_account(team.product, team.people["stranger"], name="Harbour Lane Goods")
    result = verify()
    assert result.exit_code == 0
    assert result.output.count("The record is whole: ") == 2
    assert "since 2026-11-23. Newest: 1:" in result.output


def test_a_changed_line_is_named_and_the_exit_code_says_so(team, verify):
    change(team, "UPDATE audit SET at = at + 1 WHERE deed = 'invite'")
    result = verify("Bloom & Thread")
    assert (result.exit_code, result.output) == (
        1, f"{team.account_id}: Line 2 was changed or put in.\n",
    )  # fmt: skip


def test_a_record_that_is_gone_is_not_whole(team, verify):
    for table in ("audit", "audit_heads"):
        change(team, f"DELETE FROM {table}")  # noqa: S608 - names of ours
    result = verify()
    assert (result.exit_code, result.output) == (
        1, f"{team.account_id}: What says where the record ends was changed or is gone.\n",
    )  # fmt: skip


def test_a_line_noted_down_is_compared(team, verify):
    verdict = record.verify(team.product.services, team.account_id)
    kept = f"{verdict.number}:{verdict.seal}"
    assert verify(team.account_id, "--kept", kept).exit_code == 0
    result = verify(team.account_id, "--kept", f"{verdict.number}:{'0' * 64}")
    assert result.exit_code == 1
    assert f"Line {verdict.number} is not the one that was noted down." in result.output


def test_what_cannot_be_meant_is_refused_in_a_sentence(team, verify):
    assert verify("Nobody's").output == "Error: This account does not exist.\n"
    assert verify(team.account_id, "--kept", "812").exit_code == 2
    open_account(team.product, team.people["stranger"], name="Harbour Lane Goods")
    result = verify("--kept", f"1:{'0' * 64}")
    assert (result.exit_code, result.output) == (2, "Error: Name the account whose line was noted down.\n")


def told(deed, subject, **body):
    line = LoggedDeed(1, None, "s", "owner", deed, subject, "", body or None, "")
    return sentence(line, Words(), shops={"7495": "Glow Skin UK"})


@pytest.mark.parametrize(
    ("deed", "subject", "said"),
    [
        ("set-switch", "client:orders:see on", "Changed what a role may: Look up orders here opened for client"),
        ("set-switch", "client:orders:see off", "Changed what a role may: Look up orders here closed for client"),
        ("set-switch", "nothing:known on", "Changed what a role may: nothing:known on"),
        ("export", "sync-history Orders: 7 rows", "Downloaded Orders: 7 rows"),
        ("take-note", "key-damaged 5764", "Took note of a remark on 5764"),
        ("refused", "confirm-stop", "Pressed what their role does not allow: confirm stop"),
        ("connect-shop", "7495", "Connected the shop Glow Skin UK"),
        ("connect-shop", "9999", "Connected the shop 9999"),
        ("open-account", "abc", "Opened the account"),
        ("deed-of-tomorrow", "x", "Deed of tomorrow: x"),
    ],
)
def test_a_subject_is_told_in_words_and_not_in_codes(deed, subject, said):
    assert told(deed, subject) == said


def test_rows_that_were_written_are_counted():
    assert told("write", "Orders", added=1, changed=2_000) == "Wrote into Orders: 1 row added, 2,000 rows changed"
