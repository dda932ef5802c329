"""A quarter of one seller in three markets and currencies, with refunds, samples, adjustments, reserves and fees nobody
knows: read through the vendor's API like any other, added up on the accountant's desk, tied out to the cent.

QUARTER_ORDERS plays more of it: 5,000 orders take about a minute of one processor.
"""

import csv
import io
import os
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from card_reading import clicks
from flows.conftest import Hurry
from local_world import WORLD_URL
from team import build_team

from service.core.ledger.entries import ORDER_KIND, RESERVE_KIND
from service.core.ledger.periods import Period
from service.core.roles import Scope
from service.flows import connect, finance, manage
from service.sandbox.tiktok.regions import REGIONS
from service.store import desk as desk_store
from service.tiktok.access import App
from service.tiktok.calls import Sender
from service.tiktok.client import TikTokClient
from service.tiktok.gateway import Gateway
from service.tiktok.pace import Pace

ORDERS = int(os.environ.get("QUARTER_ORDERS", "400"))
QUARTER = {"span": "own", "first": "2026-08-20", "last": "2026-11-23"}
CURRENCIES = {"GB": ("GBP", "£0.00"), "US": ("USD", "US$0.00"), "VN": ("VND", "₫0")}


@pytest.fixture
def settings(settings):
    """A quarter of the shop's past is fetched."""
    return replace(settings, history_days=100)


@pytest.fixture
def team(product, people):
    """The seller's three shops with their quarter, all of it fetched; an accountant."""
    control(product, "faults", qps=1_000_000)
    control(product, "finance/quarter", orders=ORDERS, seller_id="bloom-and-thread")
    team = build_team(product, people).join("accountant").connect()
    product.settle()
    read_finance(product, team)
    return team


def control(product, path, **body):
    answer = product.world.http.post(f"{WORLD_URL}/tiktok/control/{path}", json=body)
    assert answer.is_success, answer.text


def read_finance(product, team):
    """A worker beside the web reads all finance there is, at a pace that takes no time."""
    known, hurry = product.services.settings, Hurry()
    gateway = Gateway(
        App(known.tiktok_app_key, known.tiktok_app_secret, known.tiktok_service_id),
        Sender(product.world.http),
        api_url=known.tiktok_api_url,
        clock=product.clock.now,
        pace=Pace(monotonic=hurry.monotonic, sleep=hurry.sleep),
    )
    worker = replace(product.services, tiktok=TikTokClient(gateway, clock=product.clock.market))
    with worker.store.write() as tx:
        finance.open_due(worker, tx)
    for shop in team.shops():
        access = connect.access(worker, shop)
        while finance.run(worker, shop, access, deadline=float("inf"), stretch_s=600):
            continue
    owner = manage.actor_of(worker, team.people["owner"].sub, team.account_id)
    assert finance.troubles(worker, owner) == {}


def stated(team, shop):
    """The shop's statements and their lines, as they were stored."""
    scope = Scope(team.account_id, frozenset({shop.id}))
    period = Period(date.fromisoformat(QUARTER["first"]), date.fromisoformat(QUARTER["last"]))
    since, until = period.of_statements()
    with team.product.services.store.read() as tx:
        kept = desk_store.statements_between(tx, scope, since, until)
        lines = desk_store.lines_in(tx, scope, shop.id, [one.statement.statement_id for one in kept])
    return kept, lines


def settled_look(team, action, **asked):
    """The card once everything is added up: a busy machine does it in several presses."""
    card = team.sidebar("accountant").post(action, **QUARTER, **asked)
    while card.says("still to be added up"):
        card.post(action, **QUARTER, **asked)
    return card


def pages_of(card):
    """Every page of the list in view, as what its presses carry and its texts."""
    while True:
        yield card
        if "Show next" not in card.labels():
            return
        card.press("Show next")


def rows_of(team, shop, kind):
    card = team.sidebar("accountant").post("export-desk", **QUARTER, shop=shop.id, kind=kind)
    answer = team.product.app.test_client().get(urlsplit(card.link).path)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_a_quarter_in_three_markets_ties_out_on_the_desk(team):
    shops = {shop.region: shop for shop in team.shops()}
    assert set(shops) == set(CURRENCIES)
    overview = settled_look(team, "desk")
    texts = list(overview.texts())
    assert len([text for text in texts if text.startswith("Ties out, difference ")]) == len(shops)
    assert len([text for text in texts if re.match(r"[\d,]+ of [\d,]+ orders settled", text)]) == len(shops)
    seen, kinds = set(texts), Counter()
    for region, shop in shops.items():
        kept, lines = stated(team, shop)
        kinds.update(one.kind for one in lines)
        seen |= ties_out(team, shop, kept, region)
        files_add_up(team, shop, kept, lines)
    assert kinds[ORDER_KIND] > ORDERS / 2
    assert kinds[RESERVE_KIND] > 0
    assert len(kinds) > 4, "adjustments of several kinds"
    assert any(text.startswith("New to us: ") for text in seen)
    assert any("fees that no field of TikTok's names" in text for text in seen)
    nobody_is_named(seen)


def ties_out(team, shop, kept, region):
    """The shop's cards say residual 0; every statement is listed once, ties, and opens. Every text that was seen."""
    currency, nothing = CURRENCIES[region]
    shown = settled_look(team, "desk", shop=shop.id)
    assert shown.says(f"Ties out, difference {nothing}")
    card = settled_look(team, "tie-out", shop=shop.id, currency=currency)
    assert card.says(f"Ties out, difference {nothing}")
    seen, listed = {*shown.texts(), *card.texts()}, []
    for page in pages_of(card):
        listed += [one.parameters["statement_id"] for one in clicks(page.card) if one.action == "statement"]
        assert not page.says("Differs")
        assert not page.says("Not all lines are here")
        seen |= set(page.texts())
    assert listed == [one.statement.statement_id for one in reversed(kept)]
    for statement_id in (listed[0], listed[-1]):
        one = team.sidebar("accountant").post("statement", shop=shop.id, statement_id=statement_id)
        assert one.says("It ties out with its lines")
        seen |= set(one.texts())
    has_payouts = region != "VN"
    assert ("Show payouts" in card.labels()) == has_payouts
    return seen


def files_add_up(team, shop, kept, lines):
    """What is taken away is every line once, and comes to what the statements state."""
    rows = rows_of(team, shop, "transactions")
    assert len(rows) == len(lines)
    stated_sum = sum((one.statement.settlement for one in kept), Decimal(0))
    assert sum((Decimal(row["Settlement"]) for row in rows), Decimal(0)) == stated_sum
    statements = rows_of(team, shop, "statements")
    assert {(row["State"], Decimal(row["Difference"])) for row in statements} == {("ties", Decimal(0))}
    assert sum((Decimal(row["Stated settlement"]) for row in statements), Decimal(0)) == stated_sum
    assert {row["State"] for row in rows_of(team, shop, "payouts") if "State" in row} <= {"ties", "open"}


def nobody_is_named(seen):
    """No buyer of any market stands anywhere on the desk."""
    names = {" ".join(name) for region in REGIONS.values() for name in region.people}
    everything = "\n".join(seen)
    assert not [name for name in names if name in everything]
    assert "@" not in everything
