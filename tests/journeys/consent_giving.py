"""A browser that gives Google's offline consent and chooses files, as a person does on the product's pages."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
from local_world import PRODUCT_URL, WORLD_URL

from cards.actions import Action
from service.flows import upkeep
from service.sandbox.identity import PICKER_KEY
from service.store import sheets
from service.store.tables import own_consents

TAB = "SLA Watch List"
DONE = "Done. You can close this window."
PICK = "One more step: choose the file"


def close_domain(product, domain="bloomthread.example"):
    """The organisation lets nobody outside into its files any more."""
    answer = product.world.http.post(f"{WORLD_URL}/sheets/control/domains", json={"domain": domain})
    assert answer.json()["closed"] == [domain]


def agree(browser, url, *, email, **choice):
    """Our start page, Google's consent, and back: the page that is shown then."""
    google = browser.start(url)
    return browser.get(browser.choose_account(google, email=email, **choice))


def choose(product, browser, spreadsheet_id):
    """In the Picker that the page in view opens, the person chooses this file; the page after it."""
    page = browser.page.text
    assert PICK in page
    token, app = told(page, "token"), told(page, "app")
    form = {"token": token, "app": app, "key": told(page, "key"), "origin": PRODUCT_URL}
    shown = product.world.http.get(f"{WORLD_URL}/identity/picker", params={**form, "ids": told(page, "file")})
    assert shown.status_code == 200
    assert form["key"] == PICKER_KEY
    picked = product.world.http.post(f"{WORLD_URL}/identity/picker", data={**form, "file_id": spreadsheet_id})
    assert picked.status_code == 200, picked.text
    return browser.get(f"{PRODUCT_URL}/consent/picked?state={told(page, 'state')}")


def told(page, name):
    """What the page hands to Google's script."""
    pattern = r'encodeURIComponent\("([^"]+)"\)' if name == "state" else rf'\b{name}: "([^"]*)"'
    return html.unescape(re.search(pattern, page)[1])


def give(team, role, *, sidebar=None):
    """This role's person presses, consents, and chooses the file; their browser on the last page."""
    product = team.product
    sidebar = sidebar or team.sidebar(role).post(Action.WRITE_AS_ME)
    browser = product.browser()
    page = agree(browser, sidebar.link_of("Continue to Google"), email=team.people[role].email)
    if PICK in page.text:
        page = choose(product, browser, team.sheet.spreadsheet_id)
    assert DONE in page.text, page.text
    return browser


def bind_by_consent(team, role="owner"):
    """In a closed domain the role's person binds the watch list, writing as themselves."""
    sidebar = team.sidebar(role).post("bind-form", profile_id="preset:sla_watch_list")
    sidebar.press(Action.BIND, form={"tab": ["new"], "audience": ["warehouse"]})
    assert sidebar.title == "Write as you", sidebar.texts()
    give(team, role, sidebar=sidebar)
    # Google repeats the press when the window closes.
    again = team.sidebar(role).post("bind-form", profile_id="preset:sla_watch_list")
    again.press(Action.BIND, form={"tab": ["new"], "audience": ["warehouse"]})
    assert again.toast.startswith("Connected"), again.texts()
    team.product.settle(patience_s=60)
    return team


def file_of(team):
    with team.product.services.store.read() as tx:
        return sheets.file_unscoped(tx, team.sheet.spreadsheet_id)


def consents_of(team):
    """Every consent on record: state, and whether its token is kept; the oldest first."""
    with team.product.services.store.read() as tx:
        query = sa.select(own_consents.c.state, own_consents.c.sealed.is_not(None)).order_by(
            own_consents.c.created_at, own_consents.c.id
        )
        return [tuple(row) for row in tx.execute(query)]


def readers_of(team):
    """Addresses that Drive lists for the file."""
    held = team.product.world.emulator.state.files[team.sheet.spreadsheet_id].permissions.values()
    return {one.address for one in held}


def asked_of_google(url):
    """What the address of Google's page says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def rows_of(team):
    """The orders that the sheet shows."""
    return {row["Order ID"] for row in team.sheet.cells(TAB)}


def sweep(team):
    """What the sweep does, and the jobs that follow from it."""
    upkeep.wake_due(team.product.services)
    team.product.settle(patience_s=60)
