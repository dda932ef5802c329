"""The calendar of the access review, and the rights that leave a trace."""

from datetime import UTC, datetime

import pytest

from service.core.roles import Permission
from service.flows import review
from service.web.deed_words import DEEDS
from service.web.right_words import DOES_WORDS


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ((2026, 11, 23), (2027, 2, 23)),
        ((2026, 11, 30), (2027, 2, 28)),
        ((2027, 11, 30), (2028, 2, 29)),
        ((2026, 1, 31), (2026, 4, 30)),
        ((2026, 10, 1), (2027, 1, 1)),
        ((2026, 12, 31), (2027, 3, 31)),
    ],
)
def test_a_quarter_later_is_the_same_day_or_the_last_of_its_month(at, due):
    assert review.quarter_after(datetime(*at, 9, 30, tzinfo=UTC)) == datetime(*due, 9, 30, tzinfo=UTC)


def test_every_use_of_a_right_is_a_deed_of_the_record():
    """A right would look unused forever if what uses it were written down under another word."""
    assert set().union(*review.USES.values()) | {review.SEEING_BUYERS} <= set(DEEDS)


def test_every_right_that_can_look_unused_has_a_name():
    assert set(review.USES) - {Permission.PEOPLE_MANAGE} <= set(DOES_WORDS)
