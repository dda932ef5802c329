"""What an order is found by, and what a person's words look for."""

import pytest
from core.made_orders import BUYER, make_line, make_order

from service.core.columns import COLUMNS
from service.core.roles import Group
from service.core.terms import COLUMN, LONGEST, Find, Term, TermKind, finds_for, terms_of


def texts(order, kind):
    return {term.text for term in terms_of(order) if term.kind is kind}


def finds(order, typed, *kinds):
    """Whether these words find the order, searching by these kinds (by all without)."""
    return any(
        term.kind in find.kinds and term.text.startswith(find.prefix)
        for find in finds_for(typed, kinds or tuple(TermKind))
        for term in terms_of(order)
    )


def test_code_is_found_from_the_start_of_each_of_its_words():
    order = make_order(lines=(make_line(1, seller_sku="Vase-CEL_12/ü8"),))
    assert texts(order, TermKind.SELLER_SKU) == {"vase-cel_12/ü8", "cel_12/ü8", "12/ü8", "ü8"}


@pytest.mark.parametrize("typed", ["vase", "VASE-C", "cel", "  Vase-Cel ", "ＶＡＳＥ"])
def test_case_width_and_spaces_do_not_matter(typed):
    assert finds(make_order(lines=(make_line(1, seller_sku="Vase-CEL"),)), typed)


@pytest.mark.parametrize("typed", ["ase", "vase-cel-x", "%", "_", "vase*", "", " ", "\0", "\ud800"])
def test_what_is_no_beginning_of_a_word_finds_nothing(typed):
    assert not finds(make_order(lines=(make_line(1, seller_sku="Vase-CEL"),)), typed)


def test_single_letters_are_no_words_but_a_whole_code_is_kept():
    order = make_order(lines=(make_line(1, seller_sku="MUG-A"), make_line(2, seller_sku="B")))
    assert texts(order, TermKind.SELLER_SKU) == {"mug-a", "b"}


@pytest.mark.parametrize("typed", ["1Z999", "1z999aa10123", "0123", "AA10123"])
def test_tracking_is_found_by_either_end(typed):
    assert finds(make_order(tracking="1Z999AA10123", lines=()), typed)


def test_tracking_of_a_line_counts_too():
    order = make_order(tracking="AB1", lines=(make_line(1, tracking="CD2"),))
    assert texts(order, TermKind.TRACKING) == {"ab1", "cd2"}


def test_order_is_found_by_the_end_of_its_number_and_not_by_its_middle():
    order = make_order(order_id="576400000000123456", lines=())
    assert finds(order, "3456", TermKind.ORDER_END)
    assert not finds(order, "2345", TermKind.ORDER_END)


def test_empty_fields_make_no_terms():
    order = make_order(order_id="1234", tracking="", lines=(make_line(1, seller_sku="", tracking=""),))
    assert {term.kind for term in terms_of(order)} == {TermKind.ORDER_END, TermKind.SKU_ID}


def test_long_code_is_found_by_its_beginning():
    order = make_order(lines=(make_line(1, seller_sku="x" * 500),))
    assert texts(order, TermKind.SELLER_SKU) == {"x" * LONGEST}
    assert finds(order, "x" * 500)


def test_nothing_personal_is_a_term():
    """Not one word of the buyer, and no word of the product's name, which may be theirs (a personalised gift)."""
    told = " ".join(term.text for term in terms_of(make_order(recipient=BUYER)))
    for value in (BUYER.name, BUYER.phone, BUYER.address, BUYER.postcode, BUYER.buyer_email, BUYER.buyer_user_id):
        assert value.casefold() not in told
        assert value.casefold()[::-1] not in told


def test_every_kind_tells_about_a_column_that_is_not_personal():
    assert set(COLUMN) == set(TermKind)
    for key in COLUMN.values():
        assert COLUMNS[key].group in {Group.ID, Group.ITEM, Group.FULFIL}


def test_words_are_looked_for_by_the_kinds_that_are_allowed_only():
    assert finds_for("Ab1", [TermKind.SKU_ID]) == (Find(frozenset({TermKind.SKU_ID}), "ab1"),)
    assert finds_for("Ab1", [TermKind.ORDER_END]) == (Find(frozenset({TermKind.ORDER_END}), "1ba"),)
    assert finds_for("Ab1", []) == ()


def test_terms_are_text_that_every_database_keeps():
    order = make_order(lines=(make_line(1, seller_sku="A\0B\ud800C"),))
    assert Term(TermKind.SELLER_SKU, "abc") in terms_of(order)
