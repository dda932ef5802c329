"""`rowstream sandbox`: one command starts the whole local world and says where to look."""

import os
import signal
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

import click

from addon_manifest.render import render
from service.sandbox.addon import Addon, read_deployment
from service.sandbox.launch import real_credentials
from service.sandbox.seed import SeedError, seed
from service.sandbox.world import NotReadyError, Options, World

DEFAULT_PORT = 8080
DEFAULT_HISTORY = 40


@click.command("sandbox")
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, help="Port of the preview; the product takes the next free."
)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep everything in this directory.")
@click.option(
    "--history", default=DEFAULT_HISTORY, show_default=True, help="Orders that exist before the story begins."
)
@click.option("--keep", is_flag=True, help="Stay when the product ends, so that it can be looked into.")
def main(port: int, data: Path | None, history: int, keep: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Start the local world: the product, a TikTok Shop market, Google's sheets and sign-in, and a preview."""
    found = real_credentials(os.environ)
    if found:
        raise click.ClickException(
            f"Real credentials are set here ({', '.join(found)}). The local world starts only without them: "
            "unset them, or use another terminal."
        )
    with ExitStack() as stack:
        data_dir = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rowstream-")))
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            world = World(Options(data_dir=data_dir, port=port, history=history, describe=_describe))
        except OSError as error:
            raise click.ClickException(f"Port {port} cannot be used: {error.strerror}. Choose another.") from error
        stack.callback(world.close)
        sys.exit(_run(world, keep=keep))


def _describe(product_url: str) -> Addon:
    return read_deployment(render(product_url))


def _run(world: World, *, keep: bool) -> int:
    """Until someone ends it. The exit code is 0 then, and 1 when the product ended by itself."""
    stop, ready, deaths = threading.Event(), threading.Event(), list[int]()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())

    def note_death(code: int) -> None:
        deaths.append(code)
        if ready.is_set():
            words = world.last_words()
            click.echo(f"The product ended by itself (exit code {code}). The end of its log:\n{words}", err=True)
        if not keep:
            stop.set()

    try:
        world.start(on_death=note_death, abandoned=stop)
        world.seed_once(seed)
    except (NotReadyError, SeedError) as error:
        if stop.is_set() and not deaths:
            return 0
        click.echo(f"{error} The end of its log:\n{world.last_words()}", err=True)
        return 1
    if not stop.is_set():
        ready.set()
        click.echo(f"Rowstream's local world: {world.base_url}")
    stop.wait()
    return 1 if deaths else 0


if __name__ == "__main__":
    main()
