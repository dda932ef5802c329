"""Command words: serve, worker, all, migrate, manifest, docs, keys, recover-owner, verify-audit, verify-proof,
sandbox. Each loads only what it needs.

What goes wrong before anything runs (a setting, an address) is said in a sentence and ends with exit code 2.
"""

import gc
import importlib
import json
import os
import signal
import threading
from typing import TYPE_CHECKING, BinaryIO

import click

from service.settings import Settings, SettingsError, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

USAGE_CODE = 2
SANDBOX = "service.sandbox.__main__"


class Refused(click.ClickException):
    """Something to put right before this command can run."""

    exit_code = USAGE_CODE


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """TikTok Shop orders, live in Google Sheets."""


_host = click.option(
    "--host", default="127.0.0.1", envvar="ROWSTREAM_HOST", show_default=True, help="Address to listen on."
)
_port = click.option("--port", default=8080, envvar="PORT", show_default=True, help="Port to listen on.")


@main.command()
@_host
@_port
def serve(host: str, port: int) -> None:
    """Serve the web only; `worker` runs the jobs."""
    gc.disable()  # until the server is built: thousands of classes are made and nothing is thrown away
    _serve(_settings(), f"{host}:{port}")


@main.command("all")
@_host
@_port
def run_all(host: str, port: int) -> None:
    """Serve the web and run the jobs in one process; the database is brought up to date first."""
    gc.disable()  # see serve
    settings = _settings()
    _migrate_store(settings)
    # Loaded per command, see the top.
    from service.app import start_jobs, stop_jobs

    def start(app: "Flask") -> None:
        start_jobs(app.extensions["rowstream"])

    _serve(settings, f"{host}:{port}", started=start, stopped=stop_jobs)


@main.command()
@_host
@_port
def worker(host: str, port: int) -> None:
    """Run the jobs only. Health and metrics are answered on the port."""
    settings = _settings()
    # Loaded per command, see the top.
    from prometheus_client import start_http_server

    from service import telemetry
    from service.app import build_services, start_jobs, stop_jobs

    telemetry.configure(settings.log_level)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    services = build_services(settings)
    start_jobs(services)
    server, thread = start_http_server(port, addr=host)
    stopping.wait()
    server.shutdown()
    thread.join()
    stop_jobs()


@main.command()
def migrate() -> None:
    """Bring the database up to date: our tables, then the job engine's. Forward only; safe to repeat."""
    settings = _settings()
    _migrate_store(settings)
    # The engine is needed for its tables only.
    from service import jobs

    jobs.migrate(settings.database_url)
    click.echo("The database is up to date.")


@main.command()
@click.option("--base-url", required=True, help="Public https address of this service.")
def manifest(base_url: str) -> None:
    """Print the deployment that Google is given."""
    # Loaded per command, see the top.
    from addon_manifest.render import ManifestRefusedError, render

    try:
        deployment = render(base_url)
    except ManifestRefusedError as refusal:
        raise Refused("\n".join(refusal.faults)) from None
    click.echo(json.dumps(deployment, indent=2, ensure_ascii=False))


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; end with 1 when the README is behind.")
def docs(check: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Write the README's tables from the code."""
    # Loaded per command, see the top.
    from service import readme

    if not readme.PATH.exists():
        raise Refused("There is no README.md beside the code. Run this in a checkout.")
    text = readme.PATH.read_text(encoding="utf-8")
    fresh = readme.update(text)
    if check and fresh != text:
        raise click.ClickException("README.md is behind the code: run `rowstream docs`.")
    if fresh != text:
        readme.PATH.write_text(fresh, encoding="utf-8")


@main.group()
def keys() -> None:
    """The keys that seal secrets at rest."""


@keys.command()
def rotate() -> None:
    """Seal everything anew under the first key of ROWSTREAM_SECRET_KEYS."""
    settings = _settings()
    # Loaded per command, see the top.
    from service.app import build_services
    from service.flows import keys as at_rest

    for table, count in at_rest.rotate(build_services(settings)).items():
        click.echo(f"{table}: {count} sealed anew")


@main.command("recover-owner")
@click.argument("account")
@click.argument("email")
def recover_owner(account: str, email: str) -> None:
    """Give ACCOUNT (its id or its name) an owner at EMAIL, when the Google account of its owner is gone."""
    settings = _settings()
    # Loaded per command, see the top.
    from service.app import build_services
    from service.errors import Problem
    from service.flows import ownership

    try:
        found = ownership.recover(build_services(settings), account, email)
    except Problem as problem:
        raise Refused(problem.sentence) from None
    if not found.code:
        click.echo(f"{found.email} is an owner of {found.account_name} now.")
        return
    click.echo(f"{found.email} is invited to own {found.account_name}. They open Rowstream within 7 days and accept.")
    click.echo(f"If they are asked for a code, it is {found.code}. Hand it over by phone; it is shown only here.")


@main.command("verify-proof")
@click.argument("file", type=click.File("rb"))
def verify_proof(file: BinaryIO) -> None:
    """Tell whether FILE, the report of a sharing proof, is as this service signed it. Ends with 1 if it is not."""
    settings = _settings()
    # Loaded per command, see the top.
    from service.flows import proof_signatures

    found = proof_signatures.verify(settings.secret_keys, file.read(proof_signatures.LARGEST + 1))
    if found.fault:
        click.echo(found.fault)
        raise SystemExit(1)
    click.echo("This report is as it was signed: not a byte has changed.")
    if found.document is not None:
        click.echo(f"{found.document['file']['title']}: {found.document['verdict']}, {found.document['ended_at']}")


@main.command("verify-audit")
@click.argument("account", default="")
@click.option("--kept", default="", help="A line's number and seal that were noted down before: 812:9f3a…")
def verify_audit(account: str, kept: str) -> None:
    """Prove that the record of ACCOUNT (its id or its name), or of every account, was not changed. Ends with 1 if it
    was.
    """
    settings = _settings()
    # Loaded per command, see the top.
    from service.app import build_services
    from service.errors import Problem
    from service.flows import record

    services = build_services(settings)
    try:
        noted = record.kept_seal(kept)
        found = record.account_called(services, account) if account else record.every_account(services)
    except Problem as problem:
        raise Refused(problem.sentence) from None
    if noted and len(found) != 1:
        raise Refused("Name the account whose line was noted down.")
    verdicts = [record.verify(services, account_id, kept=noted) for account_id in found]
    for verdict in verdicts:
        for sentence in record.in_words(verdict):
            click.echo(f"{verdict.account_id}: {sentence}")
    if not all(verdict.is_whole for verdict in verdicts):
        raise SystemExit(1)


@main.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
@click.pass_context
def sandbox(context: click.Context) -> None:
    """Start the local world: stand-ins for Google and TikTok, and the product against them."""
    try:
        # By name, because the local world is an extra that a deployment does not carry.
        local_world = importlib.import_module(SANDBOX)
    except ModuleNotFoundError as error:
        if error.name is None or not SANDBOX.startswith(error.name):
            raise
        raise Refused(
            "The local world is not installed here. Install it from a checkout with: pip install -e '.[sandbox]'"
        ) from None
    local_world.main(args=context.args, prog_name="rowstream sandbox")


# --- what several words share ---


def _settings() -> Settings:
    """The settings, tried out: what cannot be used is said before a process is started."""
    try:
        settings = read(os.environ)
        # The parts are tried here, because a worker that fails to start can only be restarted.
        from service.app import check_settings

        check_settings(settings)
    except SettingsError as error:
        raise Refused(str(error)) from None
    return settings


def _migrate_store(settings: Settings) -> None:
    # Alembic is needed by two words only.
    from service.store.migrate import upgrade
    from service.store.sealed import Sealer
    from service.store.session import make_engine

    engine = make_engine(settings.database_url)
    upgrade(engine, sealer=Sealer(settings.secret_keys))
    engine.dispose()


def _serve(
    settings: Settings,
    bind: str,
    *,
    started: "Callable[[Flask], None] | None" = None,
    stopped: "Callable[[], None] | None" = None,
) -> None:
    # Loaded per command, see the top.
    from service.app import create_app
    from service.web.serving import Server

    Server(lambda: create_app(settings), bind=bind, started=started, stopped=stopped).run()


if __name__ == "__main__":
    main()
