"""The record in the sidebar: its lines in sentences, the filter, the download, the proof, and how long it is kept."""

import csv
import io
from datetime import UTC
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from drivers import clicks

from cards.actions import Action
from service.flows import record, upkeep
from service.store import deeds, tables
from service.web.handlers import audit_log


@pytest.fixture
def team(begin):
    return begin("support", "warehouse", until="connected")


@pytest.fixture
def busy(team):
    """People came, a tab was bound and written, and somebody pressed what they may not."""
    team.product.shop().place(2, kind="NORMAL")
    team.bind()
    team.sidebar("warehouse").post("stop")
    return team


def log(team, role="owner", **parameters):
    return team.sidebar(role).post("audit-log", **parameters)


def tamper(team, statement):
    with team.product.services.store.engine.begin() as connection:
        assert connection.execute(sa.text(statement)).rowcount == 1


def lines(team, deed):
    with team.product.services.store.read() as tx:
        query = sa.select(tables.audit).where(tables.audit.c.deed == deed).order_by(tables.audit.c.id)
        return tx.execute(query).all()


def read_csv(team, sidebar):
    path = urlsplit(sidebar.link).path
    answer = team.product.app.test_client().get(path)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


# --- lines -----------------------------------------------------------------------------------------------------------


def test_record_tells_each_deed_in_a_sentence_with_person_role_time_and_sheet(busy):
    owner, packer = busy.people["owner"].email, busy.people["warehouse"].email
    sidebar = log(busy)
    assert sidebar.title == "Record"
    assert sidebar.says("Connected a tab: SLA Watch List for warehouse")
    assert sidebar.says(f"{owner}, owner")
    assert sidebar.says("23 Nov 2026")
    assert sidebar.says("Pressed what their role does not allow: stop")
    assert sidebar.says(f"{packer}, warehouse")
    assert sidebar.says("· Orders")
    assert sidebar.says("Connected the shop ")
    assert not sidebar.says(busy.shops()[0].tiktok_shop_id)


def test_record_is_shown_in_the_time_of_its_reader(busy):
    """Nine in the morning in London is six in the evening in Tokyo."""
    sidebar = busy.sidebar("owner")
    event = sidebar.event("audit-log", {}, {})
    event["commonEventObject"]["timeZone"] = {"id": "Asia/Tokyo", "offset": 32_400_000}
    assert lines(busy, "bind")[0].at.astimezone(UTC).hour == 9
    answer = sidebar.send("audit-log", event).get_data(as_text=True)
    assert "23 Nov 2026, 18:0" in answer or "Nov 23, 2026, 6:0" in answer


def test_a_refused_try_is_told_once_a_day_however_often_it_is_pressed(busy):
    for _ in range(3):
        busy.sidebar("warehouse").post("stop")
    assert len(lines(busy, "refused")) == 1
    busy.product.clock.advance(86_400)
    busy.sidebar("warehouse").post("stop")
    assert len(lines(busy, "refused")) == 2


def test_looking_at_cards_leaves_no_line(busy):
    before = len(lines(busy, "see-buyer")) + len(lines(busy, "refused"))
    with busy.product.services.store.read() as tx:
        count = tx.execute(sa.select(sa.func.count()).select_from(tables.audit)).scalar()
    sidebar = busy.sidebar("owner")
    for action in ("people", "orders", "sheet", "history", "audit-log", "access-review", "account"):
        sidebar.post(action)
    with busy.product.services.store.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(tables.audit)).scalar() == count
    assert before == 1


def test_who_saw_a_buyer_is_told_once_an_hour_and_names_no_buyer(busy):
    """The order's number is enough to find out; a name in the record could never be erased."""
    sidebar = busy.sidebar("support").post("orders")
    sidebar.press(Action.ORDER, at=0)
    sidebar.post("orders").press(Action.ORDER, at=0)
    (line,) = lines(busy, "see-buyer")
    assert (line.sub, line.role, line.spreadsheet_id) == (
        busy.people["support"].sub, "support", busy.sheet.spreadsheet_id,
    )  # fmt: skip
    assert line.subject.isdigit()
    busy.product.clock.advance(3_601)
    busy.sidebar("support").post("orders").press(Action.ORDER, at=0)
    assert len(lines(busy, "see-buyer")) == 2
    busy.sidebar("warehouse").post("orders").press(Action.ORDER, at=0)
    assert len(lines(busy, "see-buyer")) == 2
    assert log(busy).says(f"Saw the buyer of order {line.subject}")


def test_a_sign_out_and_a_changed_profile_are_told(busy):
    sidebar = busy.sidebar("owner").post("clone-profile", profile_id="preset:pick_and_ship", once_key="mine")
    draft_id = next(one.parameters["draft_id"] for one in clicks(sidebar.card) if "draft_id" in one.parameters)
    for column in ("phone", "carrier"):
        sidebar.post("remove-column", draft_id=draft_id, column_key=column)
    assert len(lines(busy, "change-profile")) == 1
    busy.sidebar("support").post("confirm-sign-out")
    told = log(busy)
    assert told.says("Signed out of Rowstream")
    assert told.says("Changed the profile ")


def test_what_was_written_into_each_sheet_is_told_at_night(busy):
    upkeep.keep_record(busy.product.services)
    (line,) = lines(busy, "write")
    assert line.body["added"] == len(busy.sheet.cells("SLA Watch List"))
    assert log(busy).says(f"Wrote into Orders: {line.body['added']} rows added")
    assert (line.sub, line.role, line.spreadsheet_id) == ("", "warehouse", busy.sheet.spreadsheet_id)
    upkeep.keep_record(busy.product.services)
    assert len(lines(busy, "write")) == 1
    busy.product.clock.advance(60)
    busy.product.shop().place(1)
    busy.product.settle(patience_s=60)
    upkeep.keep_record(busy.product.services)
    assert [one.body["added"] for one in lines(busy, "write")] == [line.body["added"], 1]


# --- filter and pages ------------------------------------------------------------------------------------------------


def test_record_is_filtered_by_person_group_and_time_and_the_page_keeps_the_filter(busy):
    packer = busy.people["warehouse"].email
    sidebar = log(busy).press("Apply filter", form={"person": [packer], "group": ["refused"], "period": ["7"]})
    assert sidebar.says("Pressed what their role does not allow: stop")
    assert not sidebar.says("Connected a tab")
    busy.product.clock.advance(8 * 86_400)
    sidebar.press("Apply filter", form={"person": [packer], "group": ["refused"], "period": ["7"]})
    assert sidebar.says("Nothing was done here.")
    assert sidebar.press("Show all").says("Connected a tab")


def test_record_is_turned_page_by_page_and_every_line_is_shown_once(busy):
    services, account_id = busy.product.services, busy.account_id
    for number in range(24):
        with services.store.write() as tx:
            at = busy.product.clock.now()
            deeds.record(tx, account_id, sub="s", deed="bind", subject=f"tab-{number:02d}-x", at=at)
    sidebar, seen = log(busy), []
    sidebar.press("Apply filter", form={"person": [""], "group": ["sheets"], "period": [""]})
    while True:
        seen += [text for text in sidebar.texts() if text.startswith("Connected a tab: tab-")]
        if "Show older" not in sidebar.labels():
            break
        sidebar.press("Show older")
        assert not sidebar.says("Connected the shop")
    assert len(seen) == len(set(seen)) == 24
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("page", ["x", "1", "1.x", "-1.2", "1.2.3", "9" * 30 + ".1", "²5.1"])
def test_a_forged_page_or_filter_is_refused_and_breaks_nothing(busy, page):
    sidebar = busy.sidebar("owner").post("filter-log", page=page)
    assert sidebar.says("This button is out of date")
    sidebar = busy.sidebar("owner").post("filter-log", page="newest", group=page)
    assert sidebar.says("Choose one of the offered values.")


def test_only_owner_and_admin_see_the_record(busy):
    for role in ("support", "warehouse"):
        assert log(busy, role).says("Your role does not allow this")
    assert "Show the record" in busy.sidebar("owner").post("people").labels()


# --- proof -----------------------------------------------------------------------------------------------------------


def test_record_is_proved_whole_and_a_changed_line_is_named(busy):
    sidebar = log(busy).press("Check the record")
    assert sidebar.says("The record is whole")
    assert sidebar.says("since 23 Nov 2026")
    tamper(busy, "UPDATE audit SET subject = 'Nobody' WHERE deed = 'refused'")
    sidebar.press("Check again", form={"kept": ""})
    assert sidebar.says("The record is not whole")
    number = len(lines_of(busy)) - [one.deed for one in reversed(lines_of(busy))].index("refused")
    assert sidebar.says(f"Line {number} was changed or put in")


def lines_of(team):
    with team.product.services.store.read() as tx:
        return tx.execute(sa.select(tables.audit).order_by(tables.audit.c.id)).all()


def test_a_line_that_was_kept_is_compared(busy):
    sidebar = log(busy).press("Check the record")
    (kept,) = [text for text in sidebar.texts() if ":" in text and len(text) > 64]
    busy.sidebar("owner").post("pause")
    assert sidebar.press("Check again", form={"kept": f" {kept.upper()} "}).says("The record is whole")
    number, _, seal = kept.partition(":")
    other = f"{number}:{'0' * len(seal)}"
    sidebar.press("Check again", form={"kept": other})
    assert sidebar.says(f"Line {number} is not the one you kept")
    assert sidebar.says("Check that you pasted the whole line.")
    sidebar.press("Check again", form={"kept": "nonsense"})
    assert sidebar.says("Paste the whole line that you kept")


# --- download --------------------------------------------------------------------------------------------------------


def test_record_is_taken_away_whole_with_numbers_and_seals(busy):
    sidebar = log(busy).press("Download the record")
    rows = read_csv(busy, sidebar)
    kept = lines_of(busy)[: len(rows)]
    assert [row["Seal"] for row in reversed(rows)] == [one.hash for one in kept]
    assert [int(row["Line"]) for row in rows] == list(range(len(rows), 0, -1))
    assert {"Who", "Role", "What", "From sheet", "Deed", "To what"} <= set(rows[0])
    assert any(row["What"].startswith("Connected a tab") and row["From sheet"] == "Orders" for row in rows)
    seal = (int(rows[0]["Line"]), rows[0]["Seal"])
    assert record.verify(busy.product.services, busy.account_id, kept=seal).is_whole
    assert "audit-log" in lines(busy, "export")[-1].subject


def test_the_filter_in_force_is_the_filter_of_the_file(busy):
    sidebar = log(busy).press("Apply filter", form={"person": [""], "group": ["refused"], "period": [""]})
    rows = read_csv(busy, sidebar.press("Download the record"))
    assert [row["Deed"] for row in rows] == ["refused"]
    assert rows[0]["Line"] != "1"


def test_who_may_not_see_the_record_any_more_gets_no_file(busy):
    busy.join("admin")
    link = log(busy, "admin").press("Download the record").link
    member_id = next(row.id for row in busy.members() if row.role == "admin")
    busy.sidebar("owner").post("change-role", member_id=member_id, form={"role": "client"})
    assert busy.product.app.test_client().get(urlsplit(link).path).status_code == 403


# --- keeping ---------------------------------------------------------------------------------------------------------


def test_owner_chooses_how_long_the_record_is_kept_and_the_night_does_it(busy):
    before = len(lines_of(busy))
    sidebar = log(busy).press("Save", form={"days": ["90"]})
    assert sidebar.toast == "Saved"
    assert sidebar.says("Chose how long this record is kept: 90 days")
    upkeep.keep_record(busy.product.services)
    assert len(lines_of(busy)) >= before
    busy.product.clock.advance(91 * 86_400)
    busy.sidebar("owner").post("pause")
    upkeep.keep_record(busy.product.services)
    assert {one.deed for one in lines_of(busy)} == {"pause"}
    proof = busy.sidebar("owner").post("verify-log")
    assert proof.says("The record is whole")
    assert proof.says("1 line since ")


def test_an_admin_reads_how_long_and_cannot_choose(busy):
    busy.join("admin")
    admin = log(busy, "admin")
    assert admin.says("Kept: For good")
    assert "Save" not in admin.labels()
    assert admin.post("keep-log", form={"days": ["90"]}).says("Your role does not allow this")


def test_no_other_time_is_taken(busy):
    assert busy.sidebar("owner").post("keep-log", form={"days": ["1"]}).says("Choose one of the offered values.")
    assert {None if days == "always" else int(days) for days in map(audit_log._day_value, record.CHOICES)} == set(
        record.CHOICES
    )
