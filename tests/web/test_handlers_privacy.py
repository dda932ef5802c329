"""Buyers' data in the sidebar: how long, who is held, handing over, deleting; and the question when a shop goes."""

import json

import pytest
import sqlalchemy as sa
from drivers import caller_of
from house.canary import canaries, hunt, upstream
from local_world import PRODUCT_URL

from service.flows import dossiers, manage, upkeep
from service.store import personal
from service.store.tables import audit, tickets
from service.store.tables import orders as order_table

TAB, BUYERS = "3PL pick & ship", ("Recipient", "Address", "Phone", "Postcode")
BUYER_OF_ONE = [one for one in canaries(1, "", note_group="NOTES") if one.group == "PII"]
MAIL, NAME = "zqmail1@scs2.tiktok.com", "nyra zqname1"


@pytest.fixture
def team(begin, product):
    """The warehouse's file shows who bought one order; the owner may not see it."""
    team = begin("admin", "warehouse", until="connected").switch("warehouse:PII")
    team.bind("preset:pick_and_ship")
    product.shop().place(1, kind="NORMAL", overrides=upstream(1))
    product.shop().place(2, kind="NORMAL", overrides=upstream(2))
    product.settle(patience_s=60)
    return team


@pytest.fixture
def order_id(team):
    """The first buyer's order."""
    services = team.product.services
    with services.store.read() as tx:
        held = personal.held(tx, services.store.sealer, team.scope, after=("", ""), limit=9)
    return next(one.order_id for one in held if one.recipient.buyer_email == MAIL)


def shown(team):
    """Order → what the tab shows of its buyer."""
    return {row["Order ID"]: [row[header] for header in BUYERS if row.get(header)] for row in team.sheet.cells(TAB)}


def asking(team, asked, **more):
    owner = team.sidebar("owner").post("privacy")
    owner.post("find-buyer", form={"asked": asked}, **more)
    return owner


def lines(team, deed):
    with team.product.services.store.read() as tx:
        return tx.execute(sa.select(audit).where(audit.c.deed == deed)).all()


def fetch(team, url):
    return team.product.app.test_client().get(url.removeprefix(PRODUCT_URL))


# --- how long --------------------------------------------------------------------------------------------------------


def test_owner_sees_what_is_kept_and_changes_for_how_long(team):
    owner = team.sidebar("owner").post("account").press("Manage buyers' data")
    assert owner.title == "Buyers' data"
    assert owner.says("3 orders with their buyers")
    assert owner.says(TAB)
    owner.press("Save", form={"keep_days": "30"})
    assert owner.toast == "Saved"
    (line,) = lines(team, "set-retention")
    assert line.subject == "30 days"


def test_no_other_length_of_time_is_taken(team):
    owner = team.sidebar("owner").post("privacy")
    owner.press("Save", form={"keep_days": "3650"})
    assert owner.says("Choose one of the offered values.")
    assert lines(team, "set-retention") == []


# --- one buyer -------------------------------------------------------------------------------------------------------


def test_order_number_tells_what_is_held_without_telling_it(team, order_id):
    """To an owner who may not see buyers: which fields there are, and nothing in them."""
    owner = asking(team, f" {order_id}, 576999999999999999")
    assert owner.says(order_id)
    assert owner.says("We hold: name, phone, address, city, postcode, e-mail, buyer number, message, tax number")
    assert hunt(json.dumps(owner.reply), BUYER_OF_ONE) == set()
    assert "Download what we hold" not in owner.labels()


@pytest.mark.parametrize("asked", [MAIL, NAME, "(+44)7700900121"])
def test_who_a_buyer_is_finds_nothing_for_whoever_may_not_see_buyers(team, asked):
    """A yes or no would tell as much as the cell."""
    owner = asking(team, asked)
    assert owner.says("The role owner may not see buyers.")
    assert owner.title == "Buyers' data"


@pytest.mark.parametrize("asked", [MAIL, NAME, "(+44)7700900121"])
def test_buyer_is_found_by_who_they_are(team, order_id, asked):
    team.switch("owner:PII")
    owner = asking(team, asked)
    assert owner.title == "One buyer"
    assert [text for text in owner.texts() if text.startswith("576")] == [order_id]
    assert owner.says("Looked at all 3 buyers.")


def test_unknown_buyer_is_said_to_be_unknown(team):
    owner = asking(team.switch("owner:PII"), "nobody@nowhere.example")
    assert owner.says("Nothing found")
    assert "Delete this buyer" not in owner.labels()
    assert asking(team, "x").says("Enter an order number, an e-mail address or a name.")


def test_long_search_goes_on_where_its_time_was_up(team):
    """No buyer is looked at twice or left out."""
    services = team.switch("owner:PII").product.services
    actor = manage.standing(services, caller_of(team.people["owner"]), "").actor
    steps = [dossiers.find(services, actor, MAIL, budget_s=0)]
    while steps[-1].after:
        steps.append(dossiers.find(services, actor, MAIL, after=steps[-1].after, budget_s=0))
    assert [step.seen for step in steps] == [1, 1, 1, 0]
    assert sum(len(step.orders) for step in steps) == 1


# --- handing over ----------------------------------------------------------------------------------------------------


def test_everything_held_about_a_buyer_is_handed_over_once(team, order_id):
    team.switch("owner:PII")
    owner = asking(team, MAIL).press("Download what we hold")
    answer = fetch(team, owner.link)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    told = json.loads(answer.get_data())
    (one,) = told["orders"]
    assert one["order_id"] == order_id
    assert one["buyer"]["name"] == "Nyra Zqname1"
    assert one["buyer"]["buyer_email"] == MAIL
    assert len(one["buyer"]) == 9
    assert one["order"]["lines"]
    assert [(place["tab"], "Recipient" in place["columns"]) for place in one["shown_in"]] == [(TAB, True)]
    (line,) = lines(team, "export")
    assert "1 rows" in line.subject
    assert hunt(line.subject, BUYER_OF_ONE) == set()
    assert fetch(team, owner.link).status_code != 200


def test_link_is_refused_when_buyers_were_closed_meanwhile(team):
    team.switch("owner:PII")
    owner = asking(team, MAIL).press("Download what we hold")
    team.sidebar("owner").post("role-switches").post("set-switch", switch="owner:PII", form={})
    assert fetch(team, owner.link).status_code == 403


def test_forged_export_by_an_owner_who_may_not_see_buyers_is_refused(team, order_id):
    owner = team.sidebar("owner").post("export-buyer", order_ids=order_id)
    assert owner.says("The role owner may not see buyers.")


def test_link_keeps_order_numbers_and_no_buyer(team, order_id):
    services = team.switch("owner:PII").product.services
    asking(team, MAIL).press("Download what we hold")
    with services.store.read() as tx:
        sealed = tx.execute(sa.select(tickets.c.sealed).where(tickets.c.purpose == "download")).scalars().all()
    told = [services.store.sealer.unseal(one) for one in sealed]
    assert len(told) == 1
    assert order_id in told[0]
    assert hunt(told[0], BUYER_OF_ONE) == set()


# --- deleting --------------------------------------------------------------------------------------------------------


def test_deleting_a_buyer_says_what_goes_and_clears_the_sheet(team, order_id):
    before = shown(team)
    assert all(before.values())
    owner = asking(team, order_id).press("Delete this buyer")
    assert owner.says(TAB)
    assert owner.says("deleted for good and never fetched again")
    owner.press("Delete for good")
    assert owner.says("The buyer of 1 order is deleted")
    assert owner.says("Being cleared now")
    team.product.settle(patience_s=60)
    after = shown(team)
    assert after[order_id] == []
    assert {key: cells for key, cells in after.items() if key != order_id} == {
        key: cells for key, cells in before.items() if key != order_id
    }
    again = asking(team, order_id)
    assert again.says("Deleted on 23 Nov 2026")
    assert "Delete this buyer" not in again.labels()
    (line,) = lines(team, "erase-buyer")
    assert line.subject == order_id


def test_tab_that_is_paused_is_named_until_it_goes_on(team, order_id):
    sidebar = team.sidebar("owner").post("pause")
    team.sidebar("owner").post("confirm-erase-buyer", order_ids=order_id)
    card = team.sidebar("owner").post("privacy")
    assert card.says("Paused: cleared as soon as it goes on")
    assert card.says("2 rows in Orders")
    sidebar.post("resume")
    team.product.settle(patience_s=60)
    assert not team.sidebar("owner").post("privacy").says("still show deleted buyers")


@pytest.mark.parametrize("action", ["erase-buyer", "confirm-erase-buyer", "export-buyer"])
def test_orders_of_nobody_here_are_not_touched(team, action):
    owner = team.sidebar("owner").post(action, order_ids="576999999999999999,'; drop")
    assert owner.says("This order does not exist.")
    assert all(shown(team).values())


# --- when a shop goes ------------------------------------------------------------------------------------------------


def stored(team):
    with team.product.services.store.read() as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(order_table)).scalar_one()


def test_owner_is_asked_what_goes_with_a_shop_and_buyers_go_if_nothing_is_said(team):
    owner = team.sidebar("owner").post("shops").press("Disconnect")
    assert owner.says("What we delete")
    owner.press("Disconnect shop")
    assert owner.says("Tabs that still show deleted buyers")
    team.product.settle(patience_s=60)
    assert not any(shown(team).values())
    assert stored(team) == 3


def test_owner_may_let_buyers_stay_until_their_time(team):
    team.sidebar("owner").post("shops").press("Disconnect").press("Disconnect shop", form={"erase": "nothing"})
    team.product.settle(patience_s=60)
    assert all(shown(team).values())


def test_owner_may_have_all_orders_deleted(team):
    team.sidebar("owner").post("shops").press("Disconnect").press("Disconnect shop", form={"erase": "orders"})
    for _ in range(2):
        upkeep.erase_due(team.product.services)
    team.product.settle(patience_s=60)
    assert stored(team) == 0
    assert not any(shown(team).values())


def test_admin_is_not_asked_and_what_they_forge_is_not_heard(team):
    admin = team.sidebar("admin").post("shops").press("Disconnect")
    assert admin.says("delete the buyers' data")
    assert not admin.says("What we delete")
    admin.post("confirm-disconnect-shop", shop_id=team.shops()[0].id, form={"erase": "nothing"})
    team.product.settle(patience_s=60)
    assert not any(shown(team).values())
    assert stored(team) == 3
