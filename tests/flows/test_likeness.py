"""Rows without their key, told by what else they show. Pure."""

from service.flows import likeness


def shown(*texts):
    """Cells of a row as an image keeps them, blank ones empty."""
    return tuple(("t", text) if text else () for text in texts)


#: Two orders of the same goods.
THIRD, FOURTH = shown("0003", "MUG", "1", "open"), shown("0004", "MUG", "1", "open")


def test_a_row_that_a_write_has_hurt_is_told_by_most_of_its_cells():
    found = {7: shown("0003", "MUG", "1", "cancelled"), 8: shown("0009", "CAP", "1", "open")}
    assert likeness.resembling({"third": THIRD}, found, {"third"}) == {"third": 7}


def test_a_row_that_another_order_s_is_liker_to_is_not_taken_for_this_one_s():
    """Of the third order's row a write has changed so much that the fourth one's looks more like it."""
    found = {7: shown("0003", "", "", "cancelled"), 8: FOURTH}
    assert likeness.resembling({"third": THIRD, "fourth": FOURTH}, found, {"third"}) == {}


def test_where_no_row_is_left_none_is_taken():
    assert likeness.resembling({"third": THIRD}, {}, {"third"}) == {}


def test_of_two_rows_that_are_equally_like_it_neither_is_taken():
    found = {7: shown("", "MUG", "1", "open"), 8: shown("", "MUG", "1", "open")}
    assert likeness.resembling({"third": THIRD}, found, {"third"}) == {}


def test_what_an_unsettled_write_sent_is_no_sign_of_the_row_that_stood_there():
    """Its own row is gone, and somebody else's that has come there shows no more of it than the write put into it."""
    wanted, there = {"third": THIRD}, {"third": 7}
    found = {7: shown("", "", "", "open")}
    own = {"third": found[7]}
    assert likeness.left(wanted, found, wanted, there, own) == there
    assert likeness.left(wanted, found, {"third": shown("0003", "MUG", "1", "")}, there, own) == {}


def test_what_an_unsettled_write_put_into_other_columns_hides_no_row():
    """Its columns were moved under the write, so that two cells show what was meant for others."""
    wanted, there, found = {"third": THIRD}, {"third": 7}, {7: shown("open", "2", "", "open")}
    assert likeness.left(wanted, found, wanted, there, {"third": found[7]}) == {}
    assert likeness.left(wanted, found, wanted, there, {"third": shown("", "", "", "open")}) == there
