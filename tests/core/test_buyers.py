"""Who is meant when somebody asks for a buyer."""

import pytest

from service.core.buyers import is_asked_for
from service.core.orders import Recipient

ANA = Recipient(
    name="Ana María Petrova-Núñez",
    phone="(+44)7700 900123",
    address="1 Elm Road",
    buyer_email="v4ana@scs2.tiktok.com",
    buyer_user_id="7494000000000000001",
)
MASKED = Recipient(name="A** P******", phone="(+1)213-***-1234", buyer_email="v4bob@scs2.tiktok.com")


@pytest.mark.parametrize(
    "asked",
    [
        "v4ana@scs2.tiktok.com",
        "V4ANA@SCS2.tiktok.com ",
        "7494000000000000001",
        "+44 7700 900123",
        "07700900123",
        "7700-900123",
        "ana",
        "PETROVA ana",
        "núñez",
        "Ana María Petrova-Núñez",
    ],
)
def test_buyer_is_found_by_who_they_are(asked):
    assert is_asked_for(ANA, asked)


@pytest.mark.parametrize(
    "asked",
    ["", "an", "ana petrov", "v4ana", "scs2.tiktok.com", "900123", "749400000000000000", "elm road", "***", "   "],
)
def test_nobody_else_is_taken_for_them(asked):
    """Neither a part of a word nor what others share, nor an address in the street of many."""
    assert not is_asked_for(ANA, asked)


@pytest.mark.parametrize("asked", ["a** p******", "+1 213 555 1234", "2135551234", "1234567", "ana"])
def test_masks_are_not_guessed_at(asked):
    assert not is_asked_for(MASKED, asked)


def test_masked_buyer_is_still_found_by_their_address():
    assert is_asked_for(MASKED, "v4bob@scs2.tiktok.com")


def test_buyer_of_whom_nothing_is_known_is_nobody():
    assert not is_asked_for(Recipient(), "ana")
