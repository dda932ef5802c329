"""Links that work without a session: once, for minutes, for who may still have it; nothing keeps what they bring."""

import csv
import io
import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask import Flask
from local_world import PRODUCT_URL

from cards.actions import Action
from service.core.roles import Permission
from service.flows import connect, links, manage
from service.flows import members as membership
from service.flows.history_table import history_table
from service.store.sealed import Sealer
from service.store.tables import audit, members, tickets
from service.web.downloads import Kind, create_downloads, safe_name
from service.web.limits import Limits

SPENT = "already used or has expired"


@pytest.fixture
def team(begin):
    return begin("warehouse", until="bound")


@pytest.fixture
def fetch(product):
    """Opens a link as a browser without cookies would."""

    def get(url, **more):
        return product.app.test_client().get(url.removeprefix(PRODUCT_URL), **more)

    return get


def link(team, role="warehouse"):
    return team.sidebar(role).press(Action.SHEET).press("Show the whole history").press("Download the history").link


def table(answer):
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def exports(team):
    with team.product.services.store.read() as tx:
        return tx.execute(sa.select(audit).where(audit.c.deed == "export")).all()


def test_history_is_downloaded_and_the_export_is_on_record(team, fetch):
    """Who, what, how many rows and from which sheet: one line, written before the first byte leaves."""
    team.product.shop().place(2)
    answer = fetch(link(team))
    assert answer.status_code == 200
    header, *rows = table(answer)
    assert header[:4] == ["When", "What", "Outcome", "Rows added"]
    assert sum(int(row[3]) for row in rows) == len(team.sheet.cells("SLA Watch List")) >= 2
    assert "flush" in {row[1] for row in rows}
    (line,) = exports(team)
    assert line.sub == team.people["warehouse"].sub
    assert line.spreadsheet_id == team.sheet.spreadsheet_id
    assert line.subject.endswith(f": {len(rows)} rows")


def test_download_is_kept_by_nobody_and_shown_nowhere(team, fetch):
    answer = fetch(link(team))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "sync history.csv" in unquote(answer.headers["Content-Disposition"])


def test_link_works_once(team, fetch):
    url = link(team)
    assert fetch(url).status_code == 200
    again = fetch(url)
    assert again.status_code == 401
    assert SPENT in again.get_data(as_text=True)
    assert len(exports(team)) == 1


def test_looking_at_the_link_does_not_use_it_up(team, product, fetch):
    url = link(team)
    assert product.app.test_client().head(url.removeprefix(PRODUCT_URL)).status_code == 405
    assert product.app.test_client().post(url.removeprefix(PRODUCT_URL)).status_code == 405
    assert fetch(url).status_code == 200


def test_link_expires_after_five_minutes(team, fetch, clock):
    url = link(team)
    clock.advance(301)
    assert fetch(url).status_code == 401
    assert exports(team) == []


def test_who_left_the_account_gets_nothing_for_a_link_of_before(team, product, fetch):
    """The role is asked again at the click: five minutes are enough to be sent away."""
    url = link(team)
    owner = manage.actor_of(product.services, team.people["owner"].sub, team.account_id)
    leaver = next(one for one in team.members() if one.role == "warehouse")
    membership.revoke(product.services, owner, leaver.id)
    answer = fetch(url)
    assert answer.status_code == 403
    assert "no longer a member" in answer.get_data(as_text=True)
    assert exports(team) == []


def test_permission_is_asked_again_at_the_click(team, product):
    """A link for what the role may not have any more; here a table of kinds with one that packers never get."""
    kinds = {"owners-only": Kind(Permission.ACCOUNT_OWN, history_table)}
    app = Flask("service.web")
    app.register_blueprint(create_downloads(product.services, Limits.of(product.services), kinds))
    for role, status in (("warehouse", 403), ("owner", 200)):
        actor = manage.actor_of(product.services, team.people[role].sub, team.account_id)
        path = links.issue(product.services, actor, kind="owners-only", subject=team.sheet.spreadsheet_id)
        assert app.test_client().get(path).status_code == status


def test_subject_of_another_account_is_not_found(team, product, people, fetch):
    """The verb is checked by the table, the object by the store: a link for a foreign file brings nothing."""
    sidebar = product.sidebar(people["stranger"], spreadsheet_id=product.sheet(people["stranger"]).spreadsheet_id)
    sidebar.press(Action.OPEN_ACCOUNT, form={"account_name": "Menon Goods"})
    with product.services.store.read() as tx:
        account_id = tx.execute(
            sa.select(members.c.account_id).where(members.c.sub == people["stranger"].sub)
        ).scalar_one()
    actor = manage.actor_of(product.services, people["stranger"].sub, account_id)
    path = links.issue(product.services, actor, kind="sync-history", subject=team.sheet.spreadsheet_id)
    assert fetch(path).status_code == 404


def test_kind_that_no_release_knows_is_not_found(team, product, fetch):
    actor = manage.actor_of(product.services, team.people["owner"].sub, team.account_id)
    assert fetch(links.issue(product.services, actor, kind="nothing", subject="")).status_code == 404


@pytest.mark.parametrize("token", ["x", "x.y", "a" * 43 + "." + "b" * 43, "%00", "é", "a" * 5000, ".", "..%2f.."])
def test_guessed_links_never_reach_the_database(team, product, fetch, token):
    """The signature is looked at first, so that guessing costs us nothing."""
    asked = []
    engine = product.services.store.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    answer = fetch(f"/download/{token}")
    assert answer.status_code in {401, 404}
    assert asked == []


def test_link_with_one_letter_changed_is_refused(team, fetch):
    url = link(team)
    secret, _, signed = url.rpartition(".")
    for wrong in (f"{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}.{signed}", f"{secret}.{signed[:-2]}AA", secret):
        assert fetch(wrong).status_code in {401, 404}
    assert fetch(url).status_code == 200


def test_ticket_of_another_purpose_is_no_download(team, product, fetch):
    """A start ticket of a connection is a secret of its own sort, and not signed as a link."""
    actor = manage.actor_of(product.services, team.people["owner"].sub, team.account_id)
    ticket = connect.start(product.services, actor).partition("ticket=")[2]
    assert fetch(f"/download/{ticket}").status_code == 401
    assert fetch(f"/download/{links._signer(product.services).sign(ticket).decode()}").status_code == 401


def test_database_holds_nothing_that_opens_a_link(team, product):
    """Only the hash of the secret is kept, and what it stands for is sealed."""
    secret = re.search(r"/download/([^.]+)\.", link(team))[1]
    with product.services.store.read() as tx:
        kept = str(tx.execute(sa.select(tickets)).all())
    assert secret not in kept
    assert "sync-history" not in kept


def test_link_opens_after_the_key_was_changed(team, product, fetch):
    """Signed under the old key, redeemed while both are known."""
    services = product.services
    path = link(team).removeprefix(PRODUCT_URL)
    keys = (Fernet.generate_key().decode(), *services.settings.secret_keys)
    changed = replace(
        services,
        settings=replace(services.settings, secret_keys=keys),
        store=replace(services.store, sealer=Sealer(keys)),
    )
    claim = links.redeem(changed, path.removeprefix("/download/"))
    assert (claim.kind, claim.actor.role) == ("sync-history", "warehouse")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fulfilment – Glow", "Fulfilment – Glow"),
        ('..\\..\\a"b/c:d\r\nSet-Cookie: x', "a b c d Set-Cookie x"),
        ("売上 2026", "売上 2026"),
        (".htaccess", "htaccess"),
        ("", "download"),
        ("///", "download"),
        ("x" * 500, "x" * 80),
    ],
)
def test_file_names_are_safe_on_every_disk(title, name):
    assert safe_name(title) == name
