"""The finance desk in the sidebar: coverage, period, refresh and downloads, each to whom it belongs."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from card_reading import clicks
from web.november import NOVEMBER, desk, november, statement, tie_out
from web.stated import NOON, SKU, d, sale

from cards.desk import SHOPS_SHOWN
from service.core.ledger.costs import Cost
from service.core.roles import Audience, CustomRole, Group, Permission, Role, Switch
from service.errors import NotAllowed
from service.flows import desk as looking
from service.flows import desk_files, manage
from service.store import costs, shops
from service.store.costs import Editor
from service.store.tables import audit, finance_cursors
from service.store.tables import shops as shop_rows

GONE = {"id": "gone", "tiktok_shop_id": "7000000000000000000", "state": "disconnected"}


@pytest.fixture
def team(begin):
    return begin("finance", "accountant", until="connected")


@pytest.fixture
def ledger(team):
    return november(team)


def cost(team, pounds):
    """The goods cost so much."""
    shop = team.shops()[0]
    with team.product.services.store.write() as tx:
        by = Editor(team.people["owner"].sub, team.product.clock.now())
        costs.put(tx, shop, {SKU: [Cost(SKU, "GBP", d(pounds))]}, by=by)


# --- orders ----------------------------------------------------------------------------------------------------------


def test_desk_says_how_many_orders_are_settled_and_who_is_not_counted(team, ledger):
    card = desk(team)
    assert card.title == "Finance desk"
    assert any(text.startswith("2 of 4 orders settled") for text in card.texts())
    assert card.says("Not counted: 1 sample or replacement, 1 unpaid or cancelled")
    assert card.says("by the days of the shop (London)")
    assert card.says("by UTC days")
    assert card.says("Orders of the latest 14 days are mostly not settled yet.")


def test_a_settled_period_warns_of_nothing(team, ledger):
    team.product.clock.advance(30 * 86_400)
    card = desk(team, first="2026-11-20", last="2026-11-20")
    assert any(text.startswith("2 of 2 orders settled") for text in card.texts())
    assert not card.says("mostly not settled")


def test_an_order_belongs_to_the_day_of_the_shop_and_not_to_the_readers(team, ledger):
    """Half past eleven in the evening in London is the next day in Tokyo."""
    ledger.orders(sale(7, created_at=datetime(2026, 11, 9, 23, 30, tzinfo=UTC)))
    sidebar = team.sidebar("accountant")
    event = sidebar.event("desk", {"span": "own", "first": "2026-11-09", "last": "2026-11-09"}, {})
    event["commonEventObject"]["timeZone"] = {"id": "Asia/Tokyo", "offset": 32_400_000}
    assert "0 of 1 orders settled" in sidebar.send("desk", event).get_data(as_text=True)


def test_desk_shows_what_orders_came_to_and_what_of_it_is_estimated(team, ledger):
    cost(team, "5.00")
    card = desk(team, "finance", first="2026-11-20")
    assert card.says("£72.00")  # three sales
    assert card.says("Net profit of 4 orders")  # a sample earns nothing and costs something
    estimated = [text for text in card.texts() if text.endswith("of it is estimated")]
    assert len(estimated) == 2
    assert desk(team, "finance", first="2026-11-21", last="2026-11-21").says("No orders in these days")


def test_costs_that_nobody_stated_are_not_zero(team, ledger):
    """Without a single order whose costs are known there is neither a sum of costs nor a profit, and it says so."""
    card = desk(team, "finance", first="2026-11-20", last="2026-11-20")
    assert card.says("3 orders have goods without a cost")
    assert not card.says("Cost of goods")
    assert not card.says("Net profit")
    cost(team, "5.00")
    assert desk(team, "finance", first="2026-11-20", last="2026-11-20").says("Cost of goods")


def test_a_changed_cost_shows_at_once(team, ledger):
    settled = {"first": "2026-11-20", "last": "2026-11-20"}
    assert desk(team, "finance", **settled).says("3 orders have goods without a cost")
    cost(team, "5.00")
    card = desk(team, "finance", **settled)
    assert card.says("£17.00")  # 40.00 settled less 8.00 of VAT and three units, one of them given away
    cost(team, "6.00")
    assert desk(team, "finance", **settled).says("£14.00")


def test_a_new_line_shows_at_once(team, ledger):
    assert any(text.startswith("2 of 4") for text in desk(team).texts())
    ledger.state("S2", [ledger.line(3, statement="S2")], day=23)
    assert any(text.startswith("3 of 4") for text in desk(team).texts())


# --- who may see what ------------------------------------------------------------------------------------------------


def test_accountant_sees_no_cost_and_no_profit_however_dear_the_goods(team, ledger):
    """Figures that costs are part of would tell them: the card is the same whatever the goods cost."""
    before = desk(team).texts()
    cost(team, "777.77")
    after = desk(team)
    assert after.texts() == before
    assert not after.says("Net profit")
    assert not after.says("Cost of goods")
    assert not after.says("without a cost")


def test_switches_open_costs_and_profit_to_the_accountant(team, ledger):
    cost(team, "5.00")
    team.switch(Switch.ACCOUNTANT_COST)
    assert desk(team).says("Cost of goods")
    assert not desk(team).says("Net profit")
    team.switch(Switch.ACCOUNTANT_PROFIT)
    assert desk(team).says("Net profit of 5 orders")


def test_nothing_of_a_buyer_is_on_any_card_of_the_desk(team, ledger):
    cards = [desk(team), tie_out(team), statement(team, "S1"), desk(team, shop=team.shops()[0].id)]
    shown = "\n".join(text for card in cards for text in card.texts()).lower()
    assert "canary" not in shown


def test_a_member_of_one_shop_is_shown_that_shop_alone(team, ledger):
    other = {"shop": "0" * 32}
    assert desk(team, **other).says("is not connected here")
    assert statement(team, "S9").says("This statement is not here.")


def test_a_foreign_statement_is_not_here(team, ledger, product, people):
    """A statement is looked for within the account, by whatever ids a forger knows."""
    stranger = product.sidebar(people["stranger"], spreadsheet_id=product.sheet(people["stranger"]).spreadsheet_id)
    stranger.press("open-account", form={"account_name": "Else"})
    stranger.post("statement", shop=team.shops()[0].id, statement_id="S1")
    assert not stranger.says("£")
    stranger.post("desk", **NOVEMBER, shop=team.shops()[0].id)
    assert not stranger.says("£")


# --- the period ------------------------------------------------------------------------------------------------------


def test_days_of_ones_own_are_chosen_and_kept_by_every_button(team, ledger):
    def day(text):
        at = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return {"dateInput": {"msSinceEpoch": str(int(at.timestamp()) * 1000)}}

    sidebar = desk(team, span="this-month")
    event = sidebar.event(
        "filter-desk",
        {},
        {
            "span": {"stringInputs": {"value": ["own"]}},
            "first_day": day("2026-11-20"),
            "last_day": day("2026-11-20"),
            "shop": {"stringInputs": {"value": [team.shops()[0].id]}},
        },
    )
    answer = sidebar.send("filter-desk", event)
    text = answer.get_data(as_text=True)
    assert "2 of 2 orders settled" in text
    presses = [one for one in clicks(answer.get_json()) if one.action in {"export-desk", "tie-out", "refresh-desk"}]
    assert len(presses) >= 4
    assert {(one.parameters["first"], one.parameters["last"]) for one in presses} == {("2026-11-20", "2026-11-20")}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"span": ["own"]}, "Choose the first day."),
        ({"span": ["next-century"]}, "Choose one of the offered values."),
    ],
    ids=["no-day", "no-choice"],
)
def test_what_is_no_period_is_said_and_nothing_else_happens(team, ledger, form, said):
    assert team.sidebar("accountant").post("filter-desk", form=form).says(said)


def test_a_forged_period_is_refused(team, ledger):
    assert desk(team, first="2026-11-23", last="2026-11-01").says("Choose a last day")
    assert desk(team, first="x", last="9999-99-99").says("Choose the first day.")


def test_several_shops_stand_each_for_itself(team, ledger):
    with team.product.services.store.write() as tx:
        row = replace(ledger.shop, id="f" * 32, tiktok_shop_id="7499", name="Bloom US", region="US")
        shops.add_shop(tx, row, seller_type="LOCAL", code="X")
    card = team.sidebar("accountant").post("desk", **NOVEMBER)
    assert card.says("Bloom US")
    assert card.says("Being read from TikTok now")
    assert [text for text in card.texts() if text.startswith("2 of 4 orders settled")]
    assert not card.says("Revenue")
    assert card.press("Show this shop").says("Revenue")


# --- soon ------------------------------------------------------------------------------------------------------------


def test_refresh_makes_the_next_look_due_and_is_on_record(team, ledger):
    card = desk(team, shop=ledger.shop.id).press("Refresh now")
    assert card.toast == "TikTok is asked now"
    assert card.says("Being read from TikTok now")
    assert "Refresh now" not in card.labels()
    assert ledger.cursor().next_at <= team.product.clock.now()
    assert ledger.shop.id in {one.subject for one in team.product.wake.waiting if one.kind == "ingest"}
    with team.product.services.store.read() as tx:
        (line,) = tx.execute(sa.select(audit).where(audit.c.deed == "refresh-desk")).all()
    assert line.sub == team.people["accountant"].sub


def test_refresh_a_moment_after_the_last_look_says_when_it_makes_sense(team, ledger):
    now = team.product.clock.now()
    ledger.looked(statements_at=now - timedelta(minutes=4))
    card = desk(team, shop=ledger.shop.id).press("Refresh now")
    assert card.toast == "TikTok Shop was asked a moment ago and settles once a day. Try again in 11 minutes."
    assert ledger.cursor().next_at > now


def test_no_more_shops_are_added_up_than_a_card_shows(team, ledger):
    """Somebody waits for it: the others are a choice away."""
    with team.product.services.store.engine.begin() as connection:
        known = connection.execute(sa.select(shop_rows).where(shop_rows.c.id == ledger.shop.id)).one()._asdict()
        for at in range(SHOPS_SHOWN + 2):
            other = {"id": f"other-{at}", "tiktok_shop_id": f"700000000000000000{at}", "name": f"Aster {at}"}
            connection.execute(sa.insert(shop_rows).values(known | other))
    assert desk(team).says("and 3 more")
    actor = manage.actor_of(team.product.services, team.people["accountant"].sub, team.account_id)
    found = looking.look(team.product.services, actor, looking.Wanted(), most=SHOPS_SHOWN)
    assert (len(found.shops), found.left) == (SHOPS_SHOWN, 3)


def test_a_shop_that_is_disconnected_is_still_accounted_for(team, ledger):
    team.sidebar("owner").post("shops").post("disconnect-shop", shop_id=ledger.shop.id).press("confirm-disconnect-shop")
    card = desk(team)
    assert card.says("Not connected any more")
    assert card.says("Ties out, difference £0.00")
    assert "Refresh now" not in card.labels()
    assert team.sidebar("accountant").post("refresh-desk", shop=ledger.shop.id).toast.startswith("This shop is not")
    assert desk(team, first="2026-10-01", last="2026-10-31").says("No shop is connected.")


def test_a_shop_whose_seller_did_not_allow_finance_says_so_and_offers_no_refresh(team, ledger):
    trouble = "TikTok Shop does not let us see this shop's finances. Connect the shop again and allow finance."
    ledger.looked(refused_consent_id=ledger.shop.consent_id, trouble=trouble)
    card = desk(team, shop=ledger.shop.id)
    assert card.says(trouble)
    assert "Refresh now" not in card.labels()
    before = ledger.cursor()
    assert team.sidebar("accountant").post("refresh-desk", shop=ledger.shop.id).toast.startswith("TikTok Shop does not")
    assert ledger.cursor() == before


# --- files -----------------------------------------------------------------------------------------------------------


def rows_of(team, kind, role="accountant", **asked):
    sidebar = team.sidebar(role).post("export-desk", **(NOVEMBER | {"shop": team.shops()[0].id, "kind": kind} | asked))
    answer = team.product.app.test_client().get(urlsplit(sidebar.link).path)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_statements_are_taken_away_as_a_file_and_it_is_on_record(team, ledger):
    (row,) = rows_of(team, "statements")
    assert (row["Statement"], row["State"], row["Stated settlement"], row["Settlement"]) == (
        "S1",
        "ties",
        "40.00",
        "40.00",
    )
    assert (row["Fees"], row["Creators"], row["Difference"]) == ("-6.00", "-2.00", "0")
    with team.product.services.store.read() as tx:
        (line,) = tx.execute(sa.select(audit).where(audit.c.deed == "export")).all()
    assert line.subject.startswith("desk-statements ")
    assert line.subject.endswith("statements 2026-11-01 to 2026-11-23: 1 rows")


def test_lines_are_taken_away_with_those_of_no_order_and_nothing_runs_as_a_formula(team, ledger):
    rent = ledger.line(
        9, statement="S2", kind="=HYPERLINK(1)", order="", revenue=None, fee_tax=None, amounts={},
        settlement=d("-3.00"), adjustment=d("-3.00"),
    )  # fmt: skip
    ledger.state("S2", [rent], day=22)
    rows = rows_of(team, "transactions")
    assert [row["Order"] for row in rows] == ["576400000000000001", "576400000000000002", ""]
    assert rows[2]["Kind"] == "'=HYPERLINK(1)"
    assert {row["Payout"] for row in rows} == {"P1", ""}
    for row in rows:
        parts = ("Revenue", "Taxes", "Fees", "Logistics", "Adjustments", "Unclassified", "Unexplained", "Creators")
        assert sum((Decimal(row[name]) for name in (*parts, "Promotion", "Samples")), Decimal(0)) == Decimal(
            row["Settlement"]
        )


def test_payouts_are_taken_away_with_their_statements(team, ledger):
    (row,) = rows_of(team, "payouts")
    assert (row["Payout"], row["Statements"], row["Their sum"], row["Bank amount"]) == ("P1", "S1", "40.00", "40.00")
    assert (row["State"], row["Difference"]) == ("ties", "0")


def test_a_payout_of_which_a_statement_is_missing_has_neither_sum_nor_difference(team, ledger):
    """The sum of some of its statements is not what it pays, and what was not compared does not differ by nothing."""
    ledger.state("S2", [ledger.line(3, statement="S2")], day=22, is_read=False, payment_id="P1")
    (row,) = rows_of(team, "payouts")
    assert (row["Statements"], row["Their sum"], row["Difference"]) == ("S1 S2", "", "")
    assert (row["State"], row["Bank amount"]) == ("open", "40.00")


def test_a_file_of_transactions_that_are_not_all_here_says_so(team, ledger):
    services = team.product.services
    subject = json.dumps({"shop": ledger.shop.id, "first": "2026-11-01", "last": "2026-11-23"})
    actor = manage.actor_of(services, team.people["accountant"].sub, team.account_id)
    assert "so far" not in desk_files.transactions_table(services, actor, subject).title
    ledger.state("S2", [ledger.line(3, statement="S2")], day=22, is_read=False)
    assert "transactions so far" in desk_files.transactions_table(services, actor, subject).title


def test_movements_of_the_balance_are_taken_away_where_there_are_no_payouts(team, ledger):
    ledger.withdraw("W1", "150000", "VND")
    with team.product.services.store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE shops SET region = 'VN'"))
    (row,) = rows_of(team, "payouts")
    assert (row["Movement"], row["Amount"], row["Currency"]) == ("W1", "150000", "VND")


def test_a_role_without_files_is_handed_none_and_one_without_order_numbers_sees_none(team, ledger):
    services, subject = (
        team.product.services,
        json.dumps({"shop": ledger.shop.id, "first": "2026-11-01", "last": "2026-11-23"}),
    )
    groups = frozenset({Group.REVENUE, Group.FEES})
    rights = frozenset({Permission.LEDGER_SEE})
    known = manage.actor_of(services, team.people["accountant"].sub, team.account_id)

    def of(permissions):
        role = CustomRole("c", "Checker", Role.ACCOUNTANT, groups, permissions)
        return replace(known, audience=Audience(Role.ACCOUNTANT, custom=role))

    for make in (desk_files.statements_table, desk_files.transactions_table, desk_files.payouts_table):
        with pytest.raises(NotAllowed):
            make(services, of(rights), subject)
    for make in (desk_files.statements_table, desk_files.transactions_table, desk_files.payouts_table):
        export = make(services, of(rights | {Permission.EXPORT}), subject)
        assert b"57640000000000" not in b"".join(export.content)
        assert ledger.shop.name not in export.title
        assert ledger.shop.name in make(services, known, subject).title


def test_no_file_names_a_cost_or_a_buyer(team, ledger):
    cost(team, "777.77")
    for kind in ("statements", "transactions", "payouts"):
        text = str(rows_of(team, kind)).lower()
        assert "777" not in text
        assert "canary" not in text


def test_home_says_how_fresh_the_finances_are_to_those_who_have_the_desk(team, ledger):
    team.bind("preset:accountant", role="accountant")
    card = team.sidebar("accountant")
    assert card.says("Finances read 60 minutes ago")
    assert card.press("desk").title == "Finance desk"
    with team.product.services.store.engine.begin() as connection:
        connection.execute(sa.update(finance_cursors).values(trouble="No."))
    assert team.sidebar("finance").says("The finances of a shop cannot be read")


def test_home_waits_for_no_finances_of_a_shop_that_is_gone(team, ledger):
    """It is read no more: its last look grows older for ever, and its last trouble is nobody's any more."""
    team.bind("preset:accountant", role="accountant")
    with team.product.services.store.engine.begin() as connection:
        gone = connection.execute(sa.select(shop_rows).where(shop_rows.c.id == ledger.shop.id)).one()
        connection.execute(sa.insert(shop_rows).values(gone._asdict() | GONE))
        connection.execute(
            sa.insert(finance_cursors).values(
                shop_id="gone", account_id=team.account_id, statements_at=NOON - timedelta(days=90), next_at=NOON,
                trouble="No.",
            )
        )  # fmt: skip
    assert team.sidebar("finance").says("Finances read 60 minutes ago")
