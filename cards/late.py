"""Late names: tables may name what lives in many modules, and a module is loaded when one of its names is first used.

A process answers its first press with one screen; it need not wait until all the others are loaded. That every name
exists is not seen at the import of a table then: the tests load all of them.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Late:
    """A name in a module. Calling it loads the module and calls what has that name."""

    module: str
    name: str

    @property
    def __name__(self) -> str:
        return self.name

    def __call__(self, *args: Any) -> Any:
        return self.load()(*args)

    def load(self) -> Any:
        """What has the name. AttributeError when nothing has. Safe from any thread; the module is loaded once."""
        return getattr(import_module(self.module), self.name)


@dataclass(frozen=True, slots=True)
class LateModule:
    """A module that is not loaded yet; its attributes are late names."""

    path: str

    def __getattr__(self, name: str) -> Late:
        return Late(self.path, name)
