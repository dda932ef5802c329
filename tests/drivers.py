"""Drivers: a sidebar, a browser, a sheet and a shop as a person uses them, so that journeys read as prose.

The sidebar signs its events as Google does and holds every reply against the card lint before it looks at it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from card_lint import check_reply
from card_reading import Click, clicks, filled, plain, prefilled, texts_of, wrapped
from doubles import Clock, Wake
from flask import Flask
from local_world import PRODUCT_URL, WORLD_URL, LocalWorld
from surroundings import Browser, Sheet, Shop

from cards.actions import Action
from cards.reply import entry_of
from service.flows import Services
from service.google.tokens import Caller
from service.sandbox.frontend import FILE_SCOPE, Reader, build_event
from service.sandbox.people import PEOPLE, Person

__all__ = [
    "Browser",
    "Product",
    "Sheet",
    "Shop",
    "Sidebar",
    "caller_of",
    "clicks",
    "connect_shop",
    "open_account",
    "people",
    "prefilled",
    "wrapped",
]

HOME = Action.HOME.value
GRANTED = Action.FILE_GRANTED.value


@dataclass
class Product:
    """The whole product in this process, and what it stands in."""

    app: Flask
    services: Services
    clock: Clock
    wake: Wake
    world: LocalWorld

    def settle(self, *, patience_s: float = 0) -> None:
        """Notices are delivered and jobs run until nothing is left that is due within `patience_s`."""
        while self.world.market.deliver_due() or self.wake.run_all(self.services):
            continue
        if patience_s:
            self.wake.run_all(self.services, patience_s=patience_s)

    def sidebar(self, person: Person, *, spreadsheet_id: str | None = None) -> "Sidebar":
        """A person's sidebar; with a spreadsheet it is opened at home."""
        sidebar = Sidebar(self, person)
        return sidebar if spreadsheet_id is None else sidebar.open(spreadsheet_id)

    def browser(self) -> "Browser":
        """A fresh browser without cookies."""
        return Browser(self)

    def sheet(self, owner: Person, title: str = "Orders") -> "Sheet":
        """A new spreadsheet of this person's, granted to the add-on."""
        return Sheet.create(self, owner, title)

    def closed_sheet(self, owner: Person, title: str = "Orders") -> "Sheet":
        """A new spreadsheet that its owner has not opened with the add-on yet."""
        sheet = Sheet.create(self, owner, title)
        self.world.emulator.state.files[sheet.spreadsheet_id].granted.clear()
        return sheet

    def shop(self) -> "Shop":
        """The market, and the first connected shop in it."""
        return Shop(self)


def people() -> Mapping[str, Person]:
    """The people of the local world by role, the stranger under `stranger`."""
    return {person.role or "stranger": person for person in PEOPLE}


def caller_of(person: Person) -> Caller:
    """The person as the door proves them, without an access token: for calling flows directly."""
    return Caller(
        sub=person.sub,
        email=person.email,
        email_verified=True,
        hd=person.hd,
        authoritative=True,
        user_token="",
        scopes=None,
    )


# --- the sidebar -----------------------------------------------------------------------------------------------------


@dataclass
class Sidebar:
    """What one person sees in the side panel: a stack of cards, the last toast, and what was asked of them."""

    product: Product
    person: Person
    reader: Reader = field(default_factory=Reader)
    spreadsheet_id: str | None = None
    stack: list[dict[str, Any]] = field(default_factory=list)
    toast: str = ""
    link: str = ""
    asked_for: tuple[str, ...] = ()
    asked_for_file: bool = False
    reply: Any = None
    claims: Mapping[str, Any] = field(default_factory=dict)  # of the user's token, where Google says something else

    def open(self, spreadsheet_id: str | None = None) -> "Sidebar":
        """The add-on's icon is clicked in this spreadsheet."""
        self.spreadsheet_id = spreadsheet_id or self.spreadsheet_id
        self._post(HOME, {}, {})
        return self

    def grant(self) -> "Sidebar":
        """The person allows the add-on to use the open file; Google then calls the granted trigger."""
        self.product.world.emulator.state.grant(self.person.email, self._file())
        self._post(GRANTED, {}, {})
        return self

    def press(
        self, what: str | Action, *, form: Mapping[str, Any] | None = None, at: int = 0, **parameters: str
    ) -> "Sidebar":
        """Whatever says `what`, or utters this action, is pressed; `form` is typed first, `at` chooses among several.

        Form values: text or a list of texts for choices, True or False for a switch, None to empty a field.
        """
        found = [one for one in clicks(self.card) if what in {one.label, one.action}]
        assert found, f"nothing says {what!r} here: {sorted({one.label or one.action for one in clicks(self.card)})}"
        click = found[at]
        assert not click.url, f"{what!r} is a link to {click.url}: follow it in a browser"
        typed = filled(self.card, form or {})
        self._post(click.action, {**click.parameters, **parameters}, typed)
        return self

    def link_of(self, what: str) -> str:
        """The address behind a link that says `what`."""
        return next(one.url for one in clicks(self.card) if one.label == what and one.url)

    def post(self, action: str, *, form: Mapping[str, Any] | None = None, **parameters: str) -> "Sidebar":
        """An action is uttered without a button, as a forger with a genuine account would."""
        self._post(action, parameters, {name: wrapped(value) for name, value in (form or {}).items()})
        return self

    def follow(self, click: Click) -> "Sidebar":
        """This very click of a card, nothing typed: its parameters may have any name."""
        self._post(click.action, click.parameters, {})
        return self

    def back(self) -> "Sidebar":
        """The back arrow."""
        self.stack.pop()
        return self

    @property
    def card(self) -> dict[str, Any]:
        """The card in view."""
        assert self.stack, f"no card is shown; the reply was {self.reply}"
        return self.stack[-1]

    @property
    def title(self) -> str:
        return str(self.card["header"]["title"])

    def texts(self) -> list[str]:
        """Every text of the card in view, without markup, in reading order."""
        return [plain(text) for text in texts_of(self.card)]

    def says(self, text: str) -> bool:
        """Whether the card in view holds `text` somewhere."""
        return any(text in shown for shown in self.texts())

    def labels(self) -> list[str]:
        """What can be pressed."""
        return [one.label for one in clicks(self.card) if one.label]

    def actions(self) -> set[str]:
        """The actions that the card in view can utter."""
        return {one.action for one in clicks(self.card) if one.action}

    # --- Google's side ---

    def _post(self, action: str, parameters: Mapping[str, str], form: Mapping[str, Any]) -> None:
        answer = self.send(action, self.event(action, parameters, form, **self.claims))
        assert answer.status_code == 200, f"{action} answered {answer.status_code}"
        self.reply = answer.get_json()
        shown = check_reply(self.reply, entry=entry_of(Action(action)), base_url=PRODUCT_URL)
        assert shown or not is_card_expected(self.reply), "no card"
        self._apply(self.reply)

    def send(self, action: str, event: Mapping[str, Any]):
        """The event posted as Google posts it; the raw answer."""
        token = event["authorizationEventObject"]["systemIdToken"]
        return self.product.app.test_client().post(
            f"/addon/{action}", json=event, headers={"Authorization": f"Bearer {token}"}
        )

    def event(
        self, action: str, parameters: Mapping[str, str], form: Mapping[str, Any], **token_options: Any
    ) -> dict[str, Any]:
        """The signed event for this press; `token_options` go to the issuer (`variant`, `apply_to`, `scopes` …)."""
        return build_event(
            self.tokens(f"{PRODUCT_URL}/addon/{action}", **token_options),
            sheets=self._sheets_object(),
            parameters=parameters,
            form_inputs=form,
            reader=self.reader,
        )

    def tokens(self, audience: str, **options: Any) -> dict[str, Any]:
        """Tokens of this person, really signed by the issuer."""
        wanted = {"email": self.person.email, "audience": audience, **options}
        answer = self.product.world.http.post(f"{WORLD_URL}/identity/tokens", json=wanted)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _sheets_object(self) -> dict[str, Any]:
        world, file_id = self.product.world, self.spreadsheet_id
        scopes = world.identity.bearers.consented(self.person.email)
        if file_id is None or FILE_SCOPE not in scopes or not self._is_granted(file_id):
            return {"addonHasFileScopePermission": False}
        title = world.emulator.state.files[file_id].title
        return {"addonHasFileScopePermission": True, "id": file_id, "title": title}

    def _is_granted(self, file_id: str) -> bool:
        return self.person.email.lower() in self.product.world.emulator.state.files[file_id].granted

    def _file(self) -> str:
        assert self.spreadsheet_id is not None, "no spreadsheet is open"
        return self.spreadsheet_id

    def _apply(self, reply: Mapping[str, Any]) -> None:
        """The reply as Google's client carries it out."""
        self.toast, self.link, self.asked_for, self.asked_for_file = "", "", (), False
        if "requesting_google_scopes" in reply:
            self.asked_for = tuple(reply["requesting_google_scopes"]["scopes"])
            return
        render = reply.get("renderActions", reply)
        if "hostAppAction" in render:
            self.asked_for_file = True
            return
        if "action" in reply:  # a trigger starts a new stack
            self.stack = []
        for step in render["action"].get("navigations", []):
            self._navigate(step)
        self.toast = render["action"].get("notification", {}).get("text", "")
        self.link = render["action"].get("link", {}).get("url", "")

    def _navigate(self, step: Mapping[str, Any]) -> None:
        if "pushCard" in step:
            self.stack.append(step["pushCard"])
        elif "updateCard" in step:
            self.stack[-1:] = [step["updateCard"]]
        elif "pop" in step:
            assert len(self.stack) > 1, "the first card cannot be taken away"
            self.stack.pop()
        else:
            self.stack = self.stack[:1]


def is_card_expected(reply: Mapping[str, Any]) -> bool:
    """Whether the reply is one that must hold a card: a trigger's."""
    return "action" in reply


# --- a story's first chapters ----------------------------------------------------------------------------------------


def open_account(product: Product, owner: Person, *, name: str = "Bloom & Thread") -> Sheet:
    """The owner has a spreadsheet and an account."""
    sheet = product.sheet(owner)
    sidebar = product.sidebar(owner, spreadsheet_id=sheet.spreadsheet_id)
    sidebar.press(Action.OPEN_ACCOUNT, form={"account_name": name})
    return sheet


def connect_shop(product: Product, sidebar: Sidebar, *, seller: str = "") -> httpx.Response:
    """The sidebar's person connects a shop, through every page; the last page."""
    sidebar.press(Action.CONNECT_SHOP)
    browser = product.browser()
    google = browser.start(sidebar.link_of("Continue to TikTok"))
    browser.sign_in(google, sidebar.person.email)
    page = browser.consent(seller=seller)
    product.settle()
    return page
