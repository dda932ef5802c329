"""What stands around the sidebar: a browser with its pages, a spreadsheet and its people's hands, and the market."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from local_world import PRODUCT_URL, WORLD_URL

from service.sandbox.people import Person

if TYPE_CHECKING:
    from drivers import Product

# --- the browser -----------------------------------------------------------------------------------------------------


class Browser:
    """A person's browser: cookies, redirects, and Google's and TikTok's own pages answered by hand."""

    def __init__(self, product: "Product") -> None:
        self._client = httpx.Client(
            transport=httpx.WSGITransport(app=product.world.app),
            mounts={f"{PRODUCT_URL}/": httpx.WSGITransport(app=product.app)},
        )
        self.page: httpx.Response | None = None

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies

    def get(self, url: str) -> httpx.Response:
        """The page at `url`, redirects not followed."""
        self.page = self._client.get(url)
        return self.page

    def start(self, url: str) -> str:
        """Our start page sends the browser on to Google; where to."""
        answer = self.get(url)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def sign_in(self, google_url: str, email: str) -> httpx.Response:
        """The person chooses an account on Google's page and comes back to ours."""
        return self.get(self.choose_account(google_url, email=email))

    def choose_account(self, google_url: str, **choice: str) -> str:
        """What Google answers to a choice: the address it sends the browser back to."""
        return self._decide(google_url, choice)

    def consent(self, decision: str = "allow", *, seller: str = "") -> httpx.Response:
        """TikTok's page, reached by the first link on ours, is answered; back on ours."""
        return self.get(self.decide(decision, seller=seller))

    def decide(self, decision: str = "allow", *, seller: str = "") -> str:
        """What TikTok answers: the address it sends the browser back to."""
        assert self.page is not None, "open a page first"
        found = re.search(rf'href="({re.escape(WORLD_URL)}[^"]*authorize[^"]*)"', self.page.text)
        assert found, f"no consent link on this page: {self.page.text}"
        chosen = {"decision": decision, **({"seller": seller} if seller else {})}
        return self._decide(html.unescape(found[1]), chosen)

    def _decide(self, url: str, choice: Mapping[str, str]) -> str:
        sent = dict(httpx.URL(url).params)
        answer = self._client.post(str(httpx.URL(url).copy_with(query=None)), data={**sent, **choice})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]


# --- the sheet -------------------------------------------------------------------------------------------------------


@dataclass
class Sheet:
    """A spreadsheet as its people see it. `hands` are the owner's: they type, sort, insert and delete."""

    product: "Product"
    spreadsheet_id: str
    owner: Person

    @classmethod
    def create(cls, product: "Product", owner: Person, title: str) -> "Sheet":
        """A new spreadsheet, opened with the add-on by its owner."""
        sheet = cls(product, "", owner)
        body = {"properties": {"title": title, "timeZone": "Europe/London", "locale": "en_GB"}}
        made = sheet._call(owner, "POST", f"{WORLD_URL}/sheets/v4/spreadsheets", json=body)
        sheet.spreadsheet_id = made["spreadsheetId"]
        product.world.emulator.state.grant(owner.email, sheet.spreadsheet_id)
        return sheet

    def share(self, person: Person | str, role: str = "writer") -> None:
        """The owner shares the file in Google's own dialog; the person opens it with the add-on."""
        email = person if isinstance(person, str) else person.email
        url = f"{WORLD_URL}/drive/drive/v3/files/{self.spreadsheet_id}/permissions"
        wanted = {"type": "user", "role": role, "emailAddress": email}
        self._call(self.owner, "POST", url, params={"sendNotificationEmail": "false"}, json=wanted)
        self.product.world.emulator.state.grant(email, self.spreadsheet_id)

    def unshare(self, person: Person | str) -> None:
        """The owner takes the person's access away in Google's own dialog."""
        email = person if isinstance(person, str) else person.email
        url = f"{WORLD_URL}/drive/drive/v3/files/{self.spreadsheet_id}/permissions"
        listed = self._call(self.owner, "GET", url, params={"fields": "permissions(id,emailAddress)"})["permissions"]
        (found,) = (one["id"] for one in listed if one.get("emailAddress") == email)
        self._call(self.owner, "DELETE", f"{url}/{found}")

    def tabs(self) -> dict[str, int]:
        """Title → sheet id."""
        url = f"{WORLD_URL}/sheets/v4/spreadsheets/{self.spreadsheet_id}"
        found = self._call(self.owner, "GET", url, params={"fields": "sheets.properties(sheetId,title)"})
        return {one["properties"]["title"]: one["properties"].get("sheetId", 0) for one in found["sheets"]}

    def grid(self, tab: str) -> list[list[Any]]:
        """Every row of the tab as it is shown, the header first."""
        quoted = httpx.URL(f"{WORLD_URL}/").join(f"/sheets/v4/spreadsheets/{self.spreadsheet_id}/values/{tab}")
        return list(self._call(self.owner, "GET", str(quoted)).get("values", []))

    def cells(self, tab: str) -> list[dict[str, Any]]:
        """Every row below the header by column title, blank rows left out."""
        header, *rows = self.grid(tab) or [[]]
        return [dict(zip(header, [*row, *[""] * len(header)], strict=False)) for row in rows if any(row)]

    def hand(self, deed: str, tab: str, **arguments: Any) -> None:
        """The owner does something by hand: a method of the emulator's hands, e.g. `hand("sort", tab, column="B")`."""
        getattr(self.product.world.emulator.hands, deed)(self.spreadsheet_id, **arguments, sheet_id=self.tabs()[tab])

    def _call(self, person: Person, method: str, url: str, **more: Any) -> Any:
        token = self.product.world.identity.google_token(person)
        answer = self.product.world.http.request(method, url, headers={"Authorization": f"Bearer {token}"}, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


# --- the shop --------------------------------------------------------------------------------------------------------


@dataclass
class Shop:
    """The market from a tester's side. Every deed tells the product as TikTok would, and the jobs then run."""

    product: "Product"

    def place(self, count: int = 1, **wishes: Any) -> list[str]:
        """New orders (see `Market.place_orders`); their ids. The product has followed the notices."""
        return self._then_settled(lambda: [order.id for order in self._market.place_orders(count, **wishes)])

    def step(self, order_id: str, step: str) -> None:
        """One step of an order's life happens now."""
        self._then_settled(lambda: self._market.take_step(order_id, step))

    def advance(self, seconds: float) -> None:
        """Market time moves on, with everything due until then."""
        self._then_settled(lambda: self._market.advance(seconds))

    def history(self, count: int = 40) -> list[str]:
        """Silent orders of the last days."""
        return [order.id for order in self._market.seed_history(count)]

    @property
    def _market(self):
        return self.product.world.market

    def _then_settled(self, deed: Callable[[], Any]) -> Any:
        result = deed()
        self.product.settle()
        return result
