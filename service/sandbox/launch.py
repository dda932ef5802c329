"""Starts the product as a child of the world: its settings, its socket, its end.

The only file of the sandbox that knows the product's settings and fixed paths. The program is in `product`.
"""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from service.settings import PREFIX, SETTINGS

#: Paths of the product that others are told: where the market sends its notices and its sellers, where a web sign-in
#: comes back to, and who says that it is up.
WEBHOOK_PATH = "/hooks/tiktok"
MARKET_REDIRECT_PATH = "/tiktok/callback"
SIGNED_IN_PATHS = ("/connect/signed-in", "/consent/given")
READY_PATH = "/readyz"
STOP_WAITS_S = 10.0
LOG_LINES_SHOWN = 20
_FOREIGN = ("GOOGLE_APPLICATION_CREDENTIALS",)


@dataclass(frozen=True, slots=True)
class Program:
    """What runs as the product: commands to be done first, and the one that serves."""

    serve: Sequence[str]
    prepare: Sequence[Sequence[str]] = ()


PRODUCT = Program(
    serve=(sys.executable, "-m", "service.sandbox.product"), prepare=((sys.executable, "-m", "service", "migrate"),)
)


def real_credentials(environ: Mapping[str, str]) -> list[str]:
    """Variables that belong to a real deployment: beside them the local world does not start."""
    secret = [setting.variable for setting in SETTINGS if setting.secret]
    return [name for name in (*secret, *_FOREIGN) if environ.get(name)]


def seal_key(data_dir: Path) -> str:
    """The key that seals this data directory's stored secrets, made at first use."""
    path = data_dir / "product_seal_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(Fernet.generate_key().decode())
    return path.read_text()


def child_environment(environ: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """The product's environment: everything that is no setting, plus these settings."""
    plain = {name: value for name, value in environ.items() if not name.startswith(PREFIX) and name not in _FOREIGN}
    return plain | {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}


def listen(wanted_port: int) -> socket.socket:
    """A listening loopback socket for the product: on the wanted port, or on any free one."""
    for port in (wanted_port, 0):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            listener.close()
            continue
        listener.listen(128)
        return listener
    raise OSError("No free port on this machine.")


class ProductProcess:
    """A child that serves `listener`. It ends with the world, also when the world is killed."""

    def __init__(self, program: Program, *, listener: socket.socket, log: Path) -> None:
        self._program, self._listener, self._log = program, listener, log
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline: int | None = None

    def start(self, environ: Mapping[str, str], *, on_death: Callable[[int], None]) -> None:
        """The process runs; `on_death` gets its exit code if it, or what comes before it, ends without being asked."""
        reading, self._lifeline = os.pipe()
        handed = (self._listener.fileno(), reading)
        command = [*self._program.serve, "--listen-fd", str(handed[0]), "--lifeline-fd", str(handed[1])]
        command += ["--data", str(self._log.parent)]
        with self._log.open("ab") as log:
            for step in self._program.prepare:
                subprocess.run(step, env=dict(environ), stdout=log, stderr=log, check=True)  # noqa: S603 - our own
            self._process = subprocess.Popen(  # noqa: S603 - our own
                command,
                env=dict(environ),
                pass_fds=handed,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for the world, which then ends this one gently
            )
        os.close(reading)
        threading.Thread(target=self._watch, args=(self._process, on_death), name="product-watch", daemon=True).start()

    def stop(self) -> None:
        """The process has ended, gently if it listens."""
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_WAITS_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        self._listener.close()

    def last_words(self) -> str:
        """The end of what it logged."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])

    def _watch(self, process: subprocess.Popen[bytes], on_death: Callable[[int], None]) -> None:
        code = process.wait()
        if not self._stopping.is_set():
            on_death(code)
