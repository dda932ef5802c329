"""Row keys: what makes a row itself again, open or masked."""

import re

import pytest
from core.made_orders import MASK, make_line, make_order, make_rows

from service.core.rows import Grain, is_masked_key, lines_by_sku, row_key


def test_an_open_key_is_the_order_or_the_order_and_its_sku():
    assert row_key("576400000000000011", "", grain=Grain.ORDER, mask=None) == "576400000000000011"
    assert row_key("576400000000000011", "172", grain=Grain.LINE, mask=None) == "576400000000000011-172"


def test_a_masked_key_is_stable_differs_per_binding_and_gives_nothing_away():
    key = row_key("576400000000000011", "172", grain=Grain.LINE, mask=MASK)
    assert key == row_key("576400000000000011", "172", grain=Grain.LINE, mask=MASK)
    assert key != row_key("576400000000000011", "172", grain=Grain.LINE, mask=MASK[::-1])
    assert key != row_key("576400000000000011", "", grain=Grain.ORDER, mask=MASK)
    assert re.fullmatch(r"k[a-z2-7]{24}", key)  # 24 letters of 5 bits: 120 bits
    assert is_masked_key(key)
    assert not is_masked_key("576400000000000011-172")


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        row_key("1", "2", grain=Grain.LINE, mask=b"short")


def test_an_order_makes_one_row_or_one_per_sku():
    order = make_order(lines=(make_line(1, "B"), make_line(2, "A"), make_line(3, "B")))
    assert [len(row.lines) for row in make_rows(order)] == [3]
    assert [[line.line_id[-2:] for line in row.lines] for row in make_rows(order, Grain.LINE)] == [["01", "03"], ["02"]]
    assert make_rows(make_order(lines=()), Grain.LINE) == ()


def test_lines_without_a_sku_id_are_told_apart_by_their_own_id():
    order = make_order(lines=(make_line(1, sku_id=""), make_line(2, sku_id="")))
    assert len(lines_by_sku(order)) == 2
    assert len({row.row_key for row in make_rows(order, Grain.LINE)}) == 2
