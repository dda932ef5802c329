"""A person's hand between two calls of a client: done when the client has read and its first write is at the door."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_WRITES = (":batchUpdate", ":append", ":clear", ":batchClear", ":batchUpdateByDataFilter", ":batchClearByDataFilter")


class Between:
    """Stands before the world's server; without a deed it lets everything through."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app
        self._deed: Callable[[], None] | None = None
        self._spreadsheet_id = ""

    def arm(self, spreadsheet_id: str, deed: Callable[[], None]) -> None:
        """The deed is done once, right before the next write into the spreadsheet is applied."""
        self._spreadsheet_id, self._deed = spreadsheet_id, deed

    @property
    def is_armed(self) -> bool:
        """Whether the deed still waits."""
        return self._deed is not None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        deed = self._deed
        if deed is not None and _is_write(environ, self._spreadsheet_id):
            self._deed = None
            deed()
        return self._app(environ, start_response)


def _is_write(environ: dict[str, Any], spreadsheet_id: str) -> bool:
    path = unquote(environ.get("PATH_INFO", ""))
    if f"/spreadsheets/{spreadsheet_id}" not in path:
        return False
    return environ.get("REQUEST_METHOD") == "PUT" or path.endswith(_WRITES)
