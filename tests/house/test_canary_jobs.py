"""What the engine keeps and says of its jobs, also of one that breaks with an order in its hands, and what is on disk.

Jobs carry ids. An exception may quote whatever was being handled, so that neither its message nor its locals may get
into the engine's tables or into the log.
"""

import base64
import io
import pickle
from contextlib import redirect_stderr
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from house.canary import SHOP_NAME, canaries, hunt, plain, upstream
from house.canary_consent import refuse_renewal
from house.canary_stage import longest_word
from house.seals import in_files
from local_world import WORLD_URL
from running import RunningClock, eventually, running
from team import build_team
from wiretap import Wiretap

from service import jobs
from service.store import shops, traces
from service.store.tables import metadata

TAB = "3PL pick & ship"


@dataclass
class Breakable:
    """Google's client, until somebody says what it should break with."""

    google: Any
    words: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        if name == "batch_update" and self.words:
            raise KeyError(*self.words)
        return getattr(self.google, name)


@pytest.fixture
def clock():
    return RunningClock()


@pytest.fixture
def google():
    return Breakable(None)


@pytest.fixture
def said():
    """The log, the engine's part of it included."""
    return io.StringIO()


@pytest.fixture
def tap(local_world):
    return Wiretap.on(local_world)


@pytest.fixture
def product(settings, local_world, clock, google, said, tap):
    """The product with its jobs, which reach Google through hands that can be made to shake; its log is captured."""

    def shaky(services):
        google.google = services.google
        return replace(services, google=google)

    local_world.market.world.default_shop().name = SHOP_NAME
    told = replace(settings, log_level="debug")
    with redirect_stderr(said), running(told, local_world, clock, for_jobs=shaky) as product:
        yield product


@pytest.fixture
def labels(product, people):
    """An order full of canaries stands in the warehouse's file, address and all."""
    team = build_team(product, people).connect()
    eventually(lambda: [shop.subscribed_at for shop in team.shops() if shop.subscribed_at])
    team.switch("warehouse:PII").bind("preset:pick_and_ship")
    (order,) = product.world.market.place_orders(1, kind="NORMAL", overrides=upstream(1))
    eventually(lambda: TAB in team.sheet.tabs() and team.sheet.cells(TAB))
    return team, canaries(1, order.id, note_group="INTERNAL")


def kept_by_the_engine(product):
    """Every cell of every table that is not ours, as text; what is packed is unpacked."""
    engine, tables = product.services.store.engine, sa.MetaData()
    tables.reflect(engine, only=lambda name, _tables: name not in metadata.tables)
    with engine.connect() as connection:
        return [
            unpacked(cell) for one in tables.sorted_tables for row in connection.execute(sa.select(one)) for cell in row
        ]


def unpacked(cell):
    """The engine packs what it keeps."""
    try:
        return f"{cell} {pickle.loads(base64.b64decode(cell, validate=True))!r}"  # noqa: S301 - our own database
    except (ValueError, TypeError, EOFError, pickle.UnpicklingError):
        return str(cell)


def test_broken_job_tells_nobody_what_it_held(product, labels, google, said, caplog):
    team, planted = labels
    google.words += [form for canary in planted for form in canary.forms]
    product.world.market.place_orders(1, kind="NORMAL")
    eventually(lambda: ("flush", team.sheet.spreadsheet_id) in jobs.failures())
    kept = kept_by_the_engine(product)
    assert any(team.sheet.spreadsheet_id in text for text in kept)
    assert hunt(" ".join(kept), planted) == set()
    assert "KeyError" in said.getvalue()
    assert "JobBrokenError" in caplog.text  # the engine's own words are heard
    assert hunt(said.getvalue() + caplog.text, planted) == set()


def test_refusal_that_quotes_a_buyer_is_not_quoted_in_the_log(product, labels, said, caplog, tap):
    """Upstream may say whom its failure concerned; the log says what failed."""
    _team, planted = labels
    tap.instead.append(refuse_with_echo)
    product.world.market.place_orders(1, kind="NORMAL")
    eventually(lambda: "ingest.problem" in said.getvalue())
    assert "36009009" in said.getvalue()
    assert hunt(said.getvalue() + caplog.text, planted) == set()


def refuse_with_echo(asked):
    """TikTok's refusal of a read, with everything it knows of the buyer."""
    if "/order/" not in asked.url:
        return None
    buyer = upstream(1)
    address = buyer["recipient_address"]
    told = (
        f"failed for {address['name']} ({buyer['buyer_email']}) of {address['full_address']}, {address['phone_number']}"
    )
    return httpx.Response(400, json={"code": 36009009, "message": told, "request_id": "r"})


def test_end_of_a_consent_is_logged_without_what_opened_the_shop(product, labels, said, caplog, tap):
    """TikTok refuses a token and quotes the whole request, secrets included."""
    team, planted = labels
    services, (shop,) = product.services, team.shops()
    with services.store.read() as tx:
        tokens = shops.unseal_pair(services.store.sealer, shops.consent(tx, shop.consent_id).tokens)
    secrets = [longest_word(one) for one in (*tokens, services.settings.tiktok_app_secret)]
    expired = product.world.http.post(f"{WORLD_URL}/tiktok/control/faults", json={"expire_access_tokens": True})
    assert expired.is_success
    tap.instead.append(refuse_renewal)
    product.world.market.place_orders(1, kind="NORMAL")
    eventually(lambda: team.shops()[0].state == "expired")
    eventually(lambda: "NotConnected" in said.getvalue())
    heard = said.getvalue() + caplog.text + " ".join(kept_by_the_engine(product))
    assert hunt(heard, planted) == set()
    assert [secret for secret in secrets if secret.lower() in plain(heard)] == []


def test_buyers_lie_sealed_on_disk(labels, settings, product):
    """No byte of the database tells who bought, though the sheet shows it; what is forgotten is gone."""
    _team, planted = labels
    buyers = [canary for canary in planted if canary.group == "PII"]
    assert buyers
    with product.services.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    stored = Path(settings.database_url.removeprefix("sqlite:///")).read_bytes()
    assert hunt(stored, [canary for canary in planted if canary.group == "ITEM"])
    assert hunt(stored, buyers) == set()


def test_buyers_that_were_erased_leave_the_files_of_a_running_service(labels, product):
    """Beside the engine's own connections, by its own sweep: not even who holds the keys finds them."""
    team, planted = labels
    buyers = [canary for canary in planted if canary.group == "PII"]
    services = product.services
    assert in_files(services, buyers) == {canary.name for canary in buyers}
    team.sidebar("owner").post("shops").press("Disconnect").press("Disconnect shop")
    eventually(lambda: not any(team.sheet.cells(TAB)[0].get(header) for header in ("Recipient", "Address")))
    eventually(lambda: not traces.are_left(services.store))
    assert in_files(services, buyers) == set()
