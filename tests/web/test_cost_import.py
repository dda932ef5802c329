"""The page that takes a file of costs: one file per link, in the ways programs write them, each wrong row told."""

import re
from decimal import Decimal

import pytest

from cards.actions import Action
from service.core.ledger.cost_text import MOST_BYTES
from service.core.ledger.costs import Cost, CostSource
from service.store import costs

SEED, APRON = "1729001000000001001", "1729001000000002001"
GOOD = "SKU ID,SKU,Currency,Unit cost,Packaging\n'1729001000000001001,SEED-MEADOW,GBP,3.10,0.30\n"
ONE = {SEED: (Cost(SEED, "GBP", Decimal("3.10"), Decimal("0.30"), source=CostSource.IMPORT),)}


@pytest.fixture
def team(begin):
    team = begin("finance", until="connected")
    team.product.shop().place(30)
    team.product.settle(patience_s=60)
    return team


@pytest.fixture
def page(team):
    """The address of a fresh page for finance."""
    return team.sidebar("finance").post("import-costs").link.removeprefix(team.product.services.settings.base_url)


def known(team):
    with team.product.services.store.read() as tx:
        return costs.costs_of(tx, team.scope, team.shops()[0].id)


def send(team, page, content, name="costs.csv"):
    raw = content.encode() if isinstance(content, str) else content
    head = f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    body = head + raw + b"\r\n--cut--\r\n"
    answer = team.product.app.test_client().post(page, data=body, content_type="multipart/form-data; boundary=cut")
    return answer.status_code, re.sub(r"\s+", " ", answer.text)


def test_page_shows_a_form_that_may_post_to_ourselves_alone(team, page):
    answer = team.product.app.test_client().get(page)
    assert answer.status_code == 200
    assert 'enctype="multipart/form-data"' in answer.text
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


WAYS = {
    "UTF-8": GOOD.encode(),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "UTF-16": GOOD.encode("utf-16"),
    "UTF-16 the other way": b"\xfe\xff" + GOOD.encode("utf-16-be"),
    "semicolons and Windows line ends": GOOD.replace("3.10", "3:10").replace(",", ";").replace("3:10", "3,10").replace(
        "\n", "\r\n"
    ).encode(),
    "tabs": GOOD.replace(",", "\t").encode(),
    "a line above the headings": ("Prices 2026\n\n" + GOOD).encode(),
}  # fmt: skip


@pytest.mark.parametrize("way", list(WAYS))
def test_file_is_read_as_programs_write_it(team, page, way):
    status, text = send(team, page, WAYS[way])
    assert status == 200
    assert "Your costs are in" in text
    assert "<strong>1</strong> row taken, <strong>1</strong> SKU costs something else now" in text
    assert known(team) == ONE


NOT_FILES = {
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "This is not a CSV file"),
    "Latin letters of old": ("SKU,Unit cost\nCafé,4\n".encode("latin-1"), "This is not a CSV file"),
    "another table": (b"Name,Price\nMug,4\n", "The file has no table of costs"),
    "nothing": (b"", "The file has no table of costs"),
    "too much": (b"SKU,Unit cost\n" + b"x" * MOST_BYTES, "too large"),
}


@pytest.mark.parametrize("what", list(NOT_FILES))
def test_what_is_no_such_file_is_refused_in_words_and_the_link_still_works(team, page, what):
    content, sentence = NOT_FILES[what]
    status, text = send(team, page, content)
    assert (status, sentence in text) == (400, True), text
    assert known(team) == {}
    assert send(team, page, GOOD)[0] == 200
    assert known(team) == ONE


def test_wrong_rows_are_told_by_their_number_and_good_ones_taken(team, page):
    status, text = send(team, page, GOOD + "TEAPOT,,,4,\n,APRON-OAT,GBP,five,\n,APRON-INK,USD,4,\n<b>,,,1,\n")
    assert status == 200
    assert "Rows to mend" in text
    assert "<strong>Row 3, SKU ID</strong><br>No shop of yours has sold “TEAPOT”" in text
    assert "<strong>Row 4, Unit cost</strong><br>“five” is not an amount" in text
    assert "<strong>Row 5, Currency</strong>" in text
    assert "“&lt;b&gt;”" in text
    assert known(team) == ONE


def test_costs_that_the_file_does_not_name_stay(team, page):
    shop_id = team.shops()[0].id
    team.sidebar("finance").post("cost", shop_id=shop_id, sku_id=APRON).press(Action.SAVE_COST, form={"unit": "9"})
    before = known(team)
    send(team, page, GOOD)
    assert known(team) == before | ONE


def test_link_works_once_and_for_nobody_who_may_not_edit_costs_any_more(team, page):
    assert send(team, page, GOOD)[0] == 200
    status, text = send(team, page, GOOD.replace("3.10", "9.99"))
    assert (status, "already used" in text) == (401, True)
    assert known(team) == ONE
    late = team.sidebar("finance").post("import-costs").link
    finance = next(row for row in team.members() if row.role == "finance")
    team.sidebar("owner").post("member", member_id=finance.id).press(Action.CHANGE_ROLE, form={"role": "warehouse"})
    status, text = send(team, late.removeprefix(team.product.services.settings.base_url), GOOD.replace("3.10", "9.99"))
    assert (status, "does not include this" in text) == (403, True)
    assert known(team) == ONE


@pytest.mark.parametrize("ticket", ["", "?ticket=", "?ticket=guess", "?ticket=" + "x" * 600])
def test_guess_is_refused_like_a_spent_link(team, ticket):
    status, text = send(team, f"/costs/import{ticket}", GOOD)
    assert (status, "already used" in text) == (401, True)
    assert known(team) == {}


def test_body_that_is_far_too_large_is_not_read(team, page):
    body = b"x" * (MOST_BYTES * 2)
    answer = team.product.app.test_client().post(page, data=body, content_type="multipart/form-data; boundary=y")
    assert (answer.status_code, "The file is too large" in answer.text) == (400, True)


def test_form_without_a_file_asks_for_one(team, page):
    answer = team.product.app.test_client().post(page, data={})
    assert (answer.status_code, "Choose a file first" in answer.text) == (400, True)


def test_what_is_downloaded_can_be_brought_back_as_it_is(team, page):
    send(team, page, GOOD)
    link = team.sidebar("finance").post("export-costs").link
    answer = team.product.app.test_client().get(link.removeprefix(team.product.services.settings.base_url))
    assert answer.headers["Content-Disposition"] == "attachment; filename=Costs.csv"
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "SKU ID,SKU,Product,Currency,Unit cost,Packaging,Own fulfilment,From,To"
    assert len(lines) > 15
    again = team.sidebar("finance").post("import-costs").link.removeprefix(team.product.services.settings.base_url)
    status, text = send(team, again, answer.data)
    assert status == 200
    assert "Your costs are in" in text
    assert "<strong>0</strong> SKUs cost something else now" in text
    assert known(team) == ONE
