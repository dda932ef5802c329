"""The preview in a real browser: what a person does in it, and what they see. Imports nothing of ours.

Waiting is Playwright's own: each deed waits for what it needs, and no longer.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from outsider import Person, World
from playwright.sync_api import Locator, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 1280, "height": 800}
PATIENCE_MS = 15_000
GLANCE_MS = 1_000


class Stage:
    """One browser window with the preview; whoever is chosen at its top looks at the sheet and uses the sidebar."""

    def __init__(self, page: Page, world: World, pictures: Path) -> None:
        self.page, self.world, self.pictures = page, world, pictures
        self.panel = page.locator("#panel")
        self.errors: list[object] = []
        page.on("pageerror", self._note_error)
        page.set_default_timeout(PATIENCE_MS)
        page.goto(world.at["preview"])
        page.wait_for_selector("html[data-ready]")

    def _note_error(self, error: object) -> None:
        self.errors.append(error)

    # --- looking ---

    def photograph(self, name: str, *, of: Page | None = None) -> None:
        """A numbered picture of the window, or of a pop-up."""
        number = len(list(self.pictures.glob("*.png"))) + 1
        (of or self.page).screenshot(path=self.pictures / f"{number:02d}-{name}.png")

    def sees(self, text: str) -> None:
        """The sidebar shows this."""
        expect(self.panel.get_by_text(text).first).to_be_visible()

    def sees_no(self, text: str | re.Pattern[str]) -> None:
        """The sidebar does not show this."""
        expect(self.panel.get_by_text(text)).to_have_count(0)

    def sees_at_home(self, text: str) -> None:
        """Home shows this, if not at once then once the product has noticed."""
        until = time.monotonic() + PATIENCE_MS / 1000
        while not self._home_shows(text):
            assert time.monotonic() < until, f"home never said {text!r}: {self.panel.inner_text()}"

    def _home_shows(self, text: str) -> bool:
        self.open_home()
        try:
            expect(self.panel.get_by_text(text).first).to_be_visible(timeout=GLANCE_MS)
        except AssertionError:
            return False
        return True

    @property
    def words(self) -> str:
        """Everything the window says: sheet, tabs, sidebar with what is folded, dialogs."""
        folded = self.panel.locator('.collapser[aria-expanded="false"]')
        while folded.count():
            folded.first.click()
        return self.page.locator("body").inner_text()

    def person(self, role: str | None) -> Person:
        """Who has this role, looking at the file in sight from outside the browser."""
        found = self.world.person(role)
        found.spreadsheet_id = self.page.locator("html").get_attribute("data-file") or ""
        return found

    # --- the sidebar ---

    def press(self, name: str) -> None:
        """Presses the button of this name and waits for the answer."""
        self.panel.get_by_role("button", name=name, exact=True).first.click()
        self.settle()

    def tap(self, text: str) -> None:
        """Taps the line with this text."""
        self.panel.locator(".clickable", has_text=text).first.click()
        self.settle()

    def settle(self) -> None:
        """The sidebar waits for nothing."""
        expect(self.panel).not_to_have_attribute("aria-busy", "true")

    def open_home(self) -> None:
        """Closes the sidebar and opens it again."""
        companion = self.page.locator(".companion")
        companion.click()
        companion.click()
        self.settle()

    def allow_file(self) -> None:
        """Google asks for the file, and gets it."""
        self.press("Allow access to this sheet")
        self.page.get_by_role("button", name="Allow", exact=True).click()
        expect(self.panel.get_by_role("button", name="Allow access to this sheet")).to_have_count(0)
        self.settle()

    # --- the window ---

    def become(self, role: str | None) -> None:
        """Somebody else looks, at the file they had open last."""
        with self._reopened():
            self.page.locator(f'[data-email="{self.world.person(role).email}"]').click()

    def open_file(self, title: str) -> None:
        """A file of the menu, or "New spreadsheet"."""
        with self._reopened():
            self.page.locator(".doc-title").click()
            self.page.get_by_role("menuitem", name=title).first.click()

    @contextmanager
    def _reopened(self) -> Iterator[None]:
        self.page.evaluate("() => document.documentElement.removeAttribute('data-file')")
        yield
        self.page.wait_for_selector("html[data-file]")

    def play(self, name: str) -> None:
        """A button of the market."""
        self.page.locator("#market").get_by_role("button", name=name, exact=True).click()

    def cell(self, row: int, column: int) -> Locator:
        """A cell by its numbers from 0."""
        return self.page.locator(f'[data-at="{row}:{column}"]')

    def scroll_right(self, pixels: int) -> None:
        """The sheet is scrolled so far from its left edge."""
        self.page.locator(".grid-scroll").evaluate("(grid, left) => { grid.scrollLeft = left; }", pixels)

    def type_in(self, row: int, column: int, text: str) -> None:
        """Types into a cell. What is typed arrives also when the sheet is told only now that it was scrolled."""
        self.cell(row, column).dblclick()
        self.page.locator(".grid-scroll").dispatch_event("scroll")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        expect(self.cell(row, column)).to_have_text(text)

    @contextmanager
    def sharing(self) -> Iterator[Locator]:
        """The Share dialog, open meanwhile."""
        self.page.get_by_role("button", name="Share", exact=True).click()
        dialog = self.page.get_by_role("dialog")
        yield dialog
        self.page.get_by_role("button", name="Done").click()

    def share_with(self, role: str | None) -> None:
        """The file is shared with this person, as an editor."""
        email = self.world.person(role).email
        with self.sharing() as dialog:
            dialog.get_by_label("Email address").fill(email)
            dialog.get_by_role("button", name="Share", exact=True).click()
            expect(dialog.locator(".share-list")).to_contain_text(email)


@contextmanager
def raise_curtain(world: World, pictures: Path) -> Iterator[Stage]:
    """The preview in Debian's Chromium."""
    chromium = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport=SIZE, locale="en-GB")
        yield Stage(page, world, pictures)
        browser.close()
