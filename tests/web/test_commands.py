"""The command words: what they say when something is missing, and the processes they start."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from drivers import connect_shop, open_account
from team import build_team

from service import readme
from service.__main__ import main
from service.settings import NUMBERS, PREFIX, SETTINGS
from service.store.sealed import Sealer
from service.store.session import Store, make_engine
from service.store.shops import unseal_pair

ROOT = Path(__file__).parents[2]
UP_WITHIN_S = 60.0


@pytest.fixture
def environ(settings):
    """The settings as an environment, and nothing else of ours in it."""
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    values |= {"secret_keys": ",".join(settings.secret_keys)}
    values |= {name: str(getattr(settings, name)) for name in NUMBERS}
    return {row.variable: values[row.name] for row in SETTINGS}


@pytest.fixture
def run(environ):
    """Runs a command word in this process."""

    def invoke(*words, **changes):
        env = {**environ, **{PREFIX + name.upper(): value for name, value in changes.items()}}
        return CliRunner().invoke(main, words, env=env)

    return invoke


@pytest.mark.parametrize(
    "word", [["serve"], ["all"], ["worker"], ["migrate"], ["keys", "rotate"], ["recover-owner", "a", "b"]]
)
def test_missing_settings_are_named_in_a_sentence(run, word):
    """Not a trace: which variables to set, and exit code 2."""
    result = run(*word, tiktok_app_key="", google_writers="")
    assert result.exit_code == 2
    assert result.output == (
        "Error: Set these environment variables first: ROWSTREAM_GOOGLE_WRITERS, ROWSTREAM_TIKTOK_APP_KEY\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("base_url", "http://rows.example", "must be an https address"),
        ("presses_per_minute", "-1", "must be a whole number of presses"),
        ("proxies", "²", "must be a whole number of proxies"),
        ("log_level", "loud", "must be one of: debug, info, warning, error"),
        ("secret_keys", "short", "ROWSTREAM_SECRET_KEYS must hold Fernet keys"),
        ("secret_keys", ",", "ROWSTREAM_SECRET_KEYS must hold Fernet keys"),
        ("google_writers", "{}", "ROWSTREAM_GOOGLE_WRITERS cannot be used"),
        ("google_writers", '{"private_key": "sesame"}', "ROWSTREAM_GOOGLE_WRITERS cannot be used"),
        ("history_days", "many", "must be a whole number of days"),
        ("write_bytes", "2 MB", "must be a whole number of bytes"),
    ],
)
def test_unusable_settings_are_said_before_anything_starts(run, name, value, said):
    result = run("serve", **{name: value})
    assert result.exit_code == 2
    assert said in result.output
    assert "sesame" not in result.output


def test_manifest_prints_the_deployment(run):
    result = run("manifest", "--base-url", "https://rows.example/")
    assert result.exit_code == 0
    assert json.loads(result.output)["addOns"]["common"]["logoUrl"] == "https://rows.example/static/logo-128.png"


def test_manifest_refuses_what_google_would(run):
    result = run("manifest", "--base-url", "http://rows.example")
    assert result.exit_code == 2
    assert "is not https" in result.output


def test_readme_is_in_step_with_the_code(run):
    assert run("docs", "--check").exit_code == 0


def test_tables_are_drawn_between_their_markers():
    """What stands between the markers is replaced, what stands around them is kept, and twice is once."""
    page = "\n".join(
        f"above\n<!-- begin: {name} -->\n(of before)\n<!-- end: {name} -->\nbelow" for name in readme.TABLES
    )
    drawn = readme.update(page)
    assert "(of before)" not in drawn
    assert drawn.count("above") == drawn.count("below") == len(readme.TABLES)
    assert "| `order_id` | Order ID |" in drawn
    assert "| `ROWSTREAM_BASE_URL` | required |" in drawn
    assert "| `shop:connect` | `shops`, `connect-shop`" in drawn
    assert readme.update(drawn) == drawn
    with pytest.raises(LookupError, match="columns"):
        readme.update("a page without markers")


def test_rotation_lets_the_old_key_go(run, product, people, database_url, settings):
    """Tokens sealed under the old key open under the new one alone."""
    sheet = open_account(product, people["owner"])
    connect_shop(product, product.sidebar(people["owner"], spreadsheet_id=sheet.spreadsheet_id))
    product.shop().place(2)
    fresh = Fernet.generate_key().decode()
    before = sealed_tokens(database_url, settings.secret_keys)
    result = run("keys", "rotate", secret_keys=f"{fresh},{settings.secret_keys[0]}")
    assert result.exit_code == 0
    assert "consents: 1 sealed anew" in result.output
    assert "recipients: " in result.output
    assert sealed_tokens(database_url, (fresh,)) == before
    with pytest.raises(ValueError, match="a key we do not have"):
        sealed_tokens(database_url, settings.secret_keys)


def test_operator_recovers_an_account_by_name(product, people, run):
    """Its owner's Google account is gone: a colleague owns it at once, somebody new by an invitation with a code."""
    build_team(product, people).join("admin")
    result = run("recover-owner", "Bloom & Thread", people["admin"].email)
    assert result.output == f"{people['admin'].email} is an owner of Bloom & Thread now.\n"
    result = run("recover-owner", "Bloom & Thread", "new@bloomthread.example")
    assert "new@bloomthread.example is invited to own Bloom & Thread." in result.output
    assert re.search(r"it is \d{8}\.", result.output)


def test_account_that_nobody_could_mean_is_refused_in_a_sentence(product, people, run):
    build_team(product, people)
    open_account(product, people["stranger"])
    result = run("recover-owner", "Bloom & Thread", "new@bloomthread.example")
    assert (result.exit_code, result.output[:59]) == (2, "Error: Several accounts are called so. Name one by its id: ")
    result = run("recover-owner", "Nobody's", "new@bloomthread.example")
    assert (result.exit_code, result.output) == (2, "Error: This account does not exist.\n")


def sealed_tokens(database_url, keys):
    # Behind the store, because only rotation asks which key opens a row.
    import sqlalchemy as sa

    from service.store.tables import consents, recipients

    store = Store(make_engine(database_url), Sealer(keys))
    try:
        with store.read() as tx:
            pairs = [unseal_pair(store.sealer, row.tokens) for row in tx.execute(sa.select(consents.c.tokens))]
            buyers = [store.sealer.unseal(row.sealed) for row in tx.execute(sa.select(recipients.c.sealed))]
        return pairs, buyers
    finally:
        store.engine.dispose()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sandbox", "--port", "0"], "pip install -e '.[sandbox]'"),
        (["docs", "--check"], "Run this in a checkout"),
    ],
)
def test_installed_without_a_checkout_says_what_it_lacks(tmp_path, words, said):
    """A deployment carries neither the local world nor the README; the words say so plainly."""
    for room in ("service", "cards", "addon_manifest"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("sandbox", "__pycache__"))
    result = subprocess.run(
        [sys.executable, "-m", "service", *words], cwd=tmp_path, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)}, check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


# --- processes ---


@contextmanager
def running(word, environ):
    """A command word in a process of its own; yields a client once it answers, and ends it gently."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**environ, "PATH": os.environ["PATH"], "PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "service", word], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10.0) as client:
            wait_until_up(process, client)
            yield client
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
    finally:
        process.kill()
        process.communicate()


def wait_until_up(process, client):
    deadline = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < deadline:
        try:
            if client.get("/healthz").is_success:
                return
        except httpx.HTTPError:
            pass
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(process.communicate()[0].decode())
    raise AssertionError("it did not come up")


@pytest.fixture
def fresh_environ(environ, tmp_path):
    """A database that nothing has touched yet; SQLite, because one process is what this is about."""
    return {**environ, "ROWSTREAM_DATABASE_URL": f"sqlite:///{tmp_path / 'fresh.db'}"}


def test_all_serves_and_works_on_a_fresh_database(fresh_environ):
    """One word, one process: the database is made, the web answers, the jobs run, and it ends when asked."""
    with running("all", fresh_environ) as client:
        assert client.get("/readyz").status_code == 200
        assert client.post("/addon/home", json={}).status_code == 401
        assert "rowstream_pass_seconds" in client.get("/metrics").text


def test_web_and_worker_share_a_migrated_database(fresh_environ):
    """Two processes: `migrate` first, then `serve` and `worker` beside each other; the worker answers with metrics."""
    migrated = subprocess.run(
        [sys.executable, "-m", "service", "migrate"], cwd=ROOT, env={**fresh_environ, "PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert migrated.stdout == "The database is up to date.\n"
    with running("serve", fresh_environ) as web, running("worker", fresh_environ) as worker:
        assert web.get("/readyz").status_code == 200
        assert "rowstream_pass_seconds" in worker.get("/healthz").text
