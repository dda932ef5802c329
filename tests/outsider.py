"""Drives the local world as an outsider would: HTTP only, from what `GET /sandbox` says. Imports nothing of ours.

A person presses buttons of cards by the name in their address, follows links in a browser of their own, and looks at
the sheet through Google's API.
"""

import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

LOOK_S = 0.1
READ_BY_PEOPLE = frozenset({"text", "title", "subtitle", "topLabel", "bottomLabel", "header", "label"})


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class World:
    """The local world in processes of its own."""

    def __init__(self) -> None:
        port = free_port()
        command = [sys.executable, "-m", "service", "sandbox", "--port", str(port)]
        # a pipe that nobody reads would stop the world when it is full; closed in `close`
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the world
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, text=True)
        self.http = httpx.Client(timeout=30)
        self._windows: list[Browser] = []
        assert self._process.stdout is not None
        self.greeting = self._process.stdout.readline()
        if "http://127.0.0.1" not in self.greeting:
            self._log.seek(0)
            said = self._log.read()
            self.close()
            raise AssertionError(f"the local world did not start: {said}")
        self.at: dict[str, Any] = self.http.get(f"http://127.0.0.1:{port}/sandbox").raise_for_status().json()

    def close(self) -> None:
        """Both processes end, and every browser window is closed."""
        for window in self._windows:
            window.http.close()
        self.http.close()
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def browser(self) -> "Browser":
        """A new browser window, closed with the world."""
        self._windows.append(Browser())
        return self._windows[-1]

    def person(self, role: str | None) -> "Person":
        """The person of the opening scene who has this role."""
        return Person(self, next(one["email"] for one in self.at["people"] if one["role"] == role))

    def play(self, what: str, **body: Any) -> dict[str, Any]:
        """The market plays something."""
        found: dict[str, Any] = (
            self.http.post(f"{self.at['tiktok_control']}{what}", json=body).raise_for_status().json()
        )
        return found


class Person:
    """Somebody with the sidebar open. `card` is what they look at."""

    def __init__(self, world: World, email: str) -> None:
        self.world, self.email = world, email
        self.card: dict[str, Any] = {}
        self.spreadsheet_id = ""
        self.toast = ""

    def tokens(self, audience: str) -> dict[str, str]:
        """Fresh, really signed tokens for one address."""
        body = {"email": self.email, "audience": audience}
        found: dict[str, str] = self.world.http.post(f"{self.world.at['identity']}tokens", json=body).json()
        return found

    def create_spreadsheet(self, title: str) -> str:
        """A new file of this person's, made with the add-on's own token, so that the add-on may use it."""
        token = self.tokens("https://unused.example/")["user_oauth_token"]
        answer = self.world.http.post(
            f"{self.world.at['sheets']}v4/spreadsheets",
            json={"properties": {"title": title, "timeZone": "Europe/London"}},
            headers={"Authorization": f"Bearer {token}"},
        )
        return str(answer.raise_for_status().json()["spreadsheetId"])

    def open(self, spreadsheet_id: str) -> dict[str, Any]:
        """The sidebar is opened in this file."""
        self.spreadsheet_id = spreadsheet_id
        return self.post(f"{self.world.at['addon']}home")

    def press(self, action: str, form: dict[str, Any] | None = None, **wanted: str) -> dict[str, Any]:
        """Presses the button of the card that leads to `action` (with these parameters)."""
        for one in find_actions(self.card):
            given = {each["key"]: each["value"] for each in one.get("parameters", ())}
            if one["function"].rsplit("/", 1)[1] == action and wanted.items() <= given.items():
                return self.post(one["function"], given, form or {})
        raise AssertionError(f"no button for {action} {wanted} on: {texts(self.card)}")

    def post(
        self, url: str, parameters: dict[str, str] | None = None, form: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """One call as Google's front end would make it; the answer's card becomes the one looked at."""
        tokens = self.tokens(url)
        inputs = {
            name: {"stringInputs": {"value": value if isinstance(value, list) else [value]}}
            for name, value in (form or {}).items()
        }
        event = {
            "commonEventObject": {
                "hostApp": "SHEETS", "platform": "WEB", "userLocale": "en-GB",
                "timeZone": {"id": "Europe/London", "offset": 0.0},
                "parameters": parameters or {}, "formInputs": inputs,
            },
            "authorizationEventObject": {
                "userOAuthToken": tokens["user_oauth_token"], "userIdToken": tokens["user_id_token"],
                "systemIdToken": tokens["system_id_token"],
                "authorizedScopes": [f"https://www.googleapis.com/auth/{scope}" for scope in
                                     ("drive.file", "userinfo.email", "script.locale")],
            },
            "sheets": {"addonHasFileScopePermission": True, "id": self.spreadsheet_id, "title": "A sheet"}
            if self.spreadsheet_id else {},
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {tokens['system_id_token']}"}
        answer = self.world.http.post(url, json=event, headers=headers)
        assert answer.status_code == 200, (url, answer.status_code)
        body: dict[str, Any] = answer.json()
        action = body.get("action") or body.get("renderActions", {}).get("action", {})
        self.toast = action.get("notification", {}).get("text", "")
        for step in action.get("navigations", ()):
            self.card = step.get("pushCard") or step.get("updateCard") or self.card
        return body

    def values(self, tab: str, spreadsheet_id: str = "") -> list[dict[str, str]]:
        """The tab's rows by header, as this person's Google client reads them."""
        token = self.tokens("https://unused.example/")["user_oauth_token"]
        answer = self.world.http.get(
            f"{self.world.at['sheets']}v4/spreadsheets/{spreadsheet_id or self.spreadsheet_id}/values/{tab}",
            params={"valueRenderOption": "UNFORMATTED_VALUE"},
            headers={"Authorization": f"Bearer {token}"},
        )
        rows = answer.json().get("values", []) if answer.status_code == 200 else []
        return [dict(zip(rows[0], [*row, *[""] * len(rows[0])], strict=False)) for row in rows[1:] if any(row)]

    def seen(self, tab: str) -> list[dict[str, str]]:
        """The tab's rows by header as the open window shows them: looking costs no quota."""
        picture = self.world.http.get(f"{self.world.at['sheets_control']}spreadsheets/{self.spreadsheet_id}").json()
        sheet = next((one for one in picture["sheets"] if one["title"] == tab), None)
        if sheet is None:
            return []
        rows = [{cell["c"]: cell["t"] for cell in cells} for _, cells in sheet["rows"]]
        headers = rows[0] if rows else {}
        return [{name: row.get(at, "") for at, name in headers.items()} for row in rows[1:]]


def find_actions(node: Any) -> list[dict[str, Any]]:
    """Every action in a card, in order of appearance."""
    if isinstance(node, list):
        return [found for each in node for found in find_actions(each)]
    if not isinstance(node, dict):
        return []
    own = [node] if "function" in node else []
    return own + [found for value in node.values() for found in find_actions(value)]


def find_links(node: Any) -> list[str]:
    """Every link that a card opens."""
    if isinstance(node, list):
        return [found for each in node for found in find_links(each)]
    if not isinstance(node, dict):
        return []
    own = [node["openLink"]["url"]] if "openLink" in node else []
    return own + [found for value in node.values() for found in find_links(value)]


def texts(node: Any) -> list[str]:
    """Every text a person reads on a card."""
    if isinstance(node, list):
        return [found for each in node for found in texts(each)]
    if not isinstance(node, dict):
        return []
    own = [value for key, value in node.items() if key in READ_BY_PEOPLE and isinstance(value, str)]
    return own + [found for value in node.values() for found in texts(value)]


class Browser:
    """A browser window with cookies of its own: forms are filled by name, links followed by a piece of the address."""

    def __init__(self) -> None:
        self.http = httpx.Client(timeout=30, follow_redirects=True)
        self.page = httpx.Response(204)

    def go(self, url: str) -> "Browser":
        """Opens an address, following redirects."""
        self.page = self.http.get(url)
        return self

    def submit(self, **fields: str) -> "Browser":
        """Sends the page's form: its hidden fields, and these."""
        form = re.search(r"<form\b([^>]*)>(.*?)</form>", self.page.text, re.DOTALL | re.IGNORECASE)
        assert form is not None, self.page.text[:2000]
        action = re.search(r'action="([^"]*)"', form[1])
        hidden = dict(parse_qsl(urlsplit(str(self.page.url)).query))
        for tag in re.findall(r"<input\b[^>]*>", form[2]):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if name and 'type="hidden"' in tag:
                hidden[name[1]] = unescape(value[1]) if value else ""
        url = urljoin(str(self.page.url), unescape(action[1])) if action and action[1] else str(self.page.url)
        self.page = self.http.post(url, data={**hidden, **fields})
        return self

    def follow(self, piece: str) -> "Browser":
        """Follows the first link whose address holds `piece`."""
        found = [unescape(link) for link in re.findall(r'href="([^"]+)"', self.page.text)]
        url = next((link for link in found if piece in link), None)
        assert url is not None, (piece, found)
        return self.go(urljoin(str(self.page.url), url))


def wait_for(look: Any, *, within_s: float) -> Any:
    """The first answer of `look` that is true, or the last one when time is up."""
    until = time.monotonic() + within_s
    pause = threading.Event()
    while not (found := look()) and time.monotonic() < until:
        pause.wait(LOOK_S)
    return found
