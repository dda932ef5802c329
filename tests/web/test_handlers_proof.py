"""Prove it in the sidebar: the verdict, a way to each place, progress of a long one, and the report to take away."""

import msgspec
import pytest
import sqlalchemy as sa
from card_reading import clicks
from local_world import PRODUCT_URL
from msgspec.structs import replace

from cards.actions import Action
from service.flows import proof_signatures, quota
from service.store import proofs as store
from service.store import sheets
from service.store.tables import audit, proofs, recipients

TAB = "SLA Watch List"


@pytest.fixture
def team(begin, product):
    """Everybody, a bound sheet and two orders in it."""
    found = begin("warehouse", until="connected")
    product.shop().place(2)
    return found.bind()


def proved(team):
    """The owner's card after a proof of the open file, some time after the last write."""
    team.product.clock.advance(60)
    return team.sidebar("owner").press(Action.SHEET).press("Prove it").press("Prove it now")


def stored(team):
    with team.product.services.store.read() as tx:
        return tx.execute(sa.select(proofs)).all()


def fetched(team, link):
    """The file behind a link of the card."""
    answer = team.product.app.test_client().get(link.removeprefix(PRODUCT_URL))
    assert answer.status_code == 200
    return answer


def test_clean_file_is_proved_within_the_press(team):
    card = proved(team)
    assert card.says("Clean: nothing found that the role warehouse may not see")
    assert card.says("compared with 2 orders")
    assert {"Save the report", "Save as data", "Prove it now"} <= set(card.labels())
    (row,) = stored(team)
    assert (row.verdict, bool(row.signature)) == ("green", True)


def test_finding_leads_to_its_cell_and_names_nobody(team):
    """Somebody typed a buyer's number into the sheet: the card says where, and only how it begins."""
    team.sheet.hand("type_text", TAB, cell="A20", text="ring 07700 900999")
    buyer_in_every_order(team, phone="(+44)7700900999", name="Paula Canary")
    card = proved(team)
    assert card.says("This file shows what the role warehouse may not see")
    assert card.says("Phone")
    assert not any("900999" in text for text in card.texts())
    url = next(one.url for one in clicks(card.card) if "A20" in one.url)
    assert url.endswith(f"#gid={team.sheet.tabs()[TAB]}&range=A20")


def buyer_in_every_order(team, **changes):
    """The product knows the orders with a buyer of these values."""
    services = team.product.services
    with services.store.write() as tx:
        for order in store.page_after(tx, services.store.sealer, team.account_id, None, limit=10):
            sealed = services.store.sealer.seal(msgspec.json.encode(replace(order.recipient, **changes)).decode())
            row = (recipients.c.shop_id == order.shop_id, recipients.c.order_id == order.order_id)
            tx.execute(sa.update(recipients).where(*row).values(sealed=sealed))


def test_reader_who_may_not_is_a_finding_with_its_way_out(team):
    team.sheet.share(team.people["stranger"], "reader")
    card = proved(team)
    assert card.says("Somebody can open it who is not a member")
    assert card.says(team.people["stranger"].email)
    assert card.press("See who can open it").title == "Who can open this file"


def test_large_file_goes_on_after_the_press(team):
    """The quota is spent, so the press only begins; the card says how far it is, and then what came of it."""
    card = team.sidebar("owner").post("proof")
    spend_the_quota(team)
    card.press("Prove it now")
    assert card.toast == "We are reading the file"
    assert card.says("Nothing is written into the sheet")
    assert "Prove it now" not in card.labels()
    team.product.settle(patience_s=120)
    assert card.press("Refresh status").says("Clean: nothing found")


def spend_the_quota(team):
    """Every slot is taken."""
    services = team.product.services
    with services.store.read() as tx:
        file = sheets.file_unscoped(tx, team.sheet.spreadsheet_id)
    writer = services.writers.by_email(file.writer_email)
    for _ in range(20):
        try:
            quota.take_care(services, writer, read=1)
        except quota.NoSlotError:
            return


def test_earlier_proof_is_shown_again(team):
    proved(team)
    team.sheet.share(team.people["stranger"], "reader")
    card = proved(team)
    assert card.says("This file shows what the role warehouse may not see")
    assert card.press("Clean").says("Clean: nothing found that the role warehouse may not see")
    assert card.press("Shows too much").says("Somebody can open it")


def test_changed_report_is_believed_no_more(team):
    """Somebody wrote into the database: nothing of the report is shown, and it does not leave."""
    card = proved(team)
    with team.product.services.store.write() as tx:
        tx.execute(sa.update(proofs).values(verdict="red"))
    assert card.post("proof", again="yes").says("Clean: nothing found")  # the verdict beside the report is not read
    with team.product.services.store.write() as tx:
        tx.execute(sa.update(proofs).values(body={**stored(team)[0].body, "verdict": "red"}))
    card = team.sidebar("owner").post("proof")
    assert card.says("This report was changed after it was signed")
    assert "Save the report" not in card.labels()


@pytest.mark.parametrize(("label", "kind"), [("Save the report", "text/html"), ("Save as data", "application/json")])
def test_report_leaves_by_a_link_and_verifies(team, label, kind):
    """Once, for who may prove; and the export is on record."""
    team.sheet.share(team.people["stranger"], "reader")
    link = proved(team).press(label).link
    answer = fetched(team, link)
    assert answer.content_type.startswith(kind)
    keys = team.product.services.settings.secret_keys
    content = answer.get_data()
    assert proof_signatures.verify(keys, content).fault == ""
    assert team.people["stranger"].email in content.decode()
    assert proof_signatures.verify(keys, content.replace(b"SLA", b"SLB").replace(b"reader", b"writer")).fault
    assert team.product.app.test_client().get(link.removeprefix(PRODUCT_URL)).status_code != 200
    with team.product.services.store.read() as tx:
        deeds = tx.execute(sa.select(audit.c.deed).where(audit.c.account_id == team.account_id)).scalars().all()
    assert deeds.count("export") == 1
    assert deeds.count("prove") == 1


def test_page_says_what_was_found_where_and_what_no_proof_covers(team):
    team.sheet.hand("type_text", TAB, cell="A20", text='=IMPORTRANGE("x", "A1")')
    page = fetched(team, proved(team).press("Save the report").link).get_data(as_text=True)
    assert "part of it could not be read" in page
    assert "A formula brings data in from elsewhere" in page
    assert f"{TAB}, A20" in page
    assert "Comments, drawings and pictures" in page
    assert "<script" not in page


def test_warehouse_may_not_prove(team):
    card = team.sidebar("warehouse").post("prove")
    assert not stored(team)
    assert card.says("owner")
