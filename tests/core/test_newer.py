"""Which of two versions of an order wins."""

from datetime import timedelta

import pytest
from core.made_orders import BUYER, make_order
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from service.core.orders import OrderStatus, Recipient, Verdict, newer

MINUTE = timedelta(minutes=1)
STORED = make_order()


def later(**changes):
    return replace(STORED, fetched_at=STORED.fetched_at + MINUTE, **changes)


def test_the_first_version_is_taken():
    assert newer(None, STORED) == (Verdict.TAKE, STORED)


def test_the_same_content_fetched_again_changes_nothing():
    assert newer(STORED, later()) == (Verdict.KEEP, STORED)


def test_an_older_version_that_comes_late_is_dropped():
    late = later(status="UNPAID", updated_at=STORED.updated_at - MINUTE)
    assert newer(STORED, late) == (Verdict.KEEP, STORED)


def test_other_content_at_the_same_update_time_is_taken_from_the_later_fetch():
    """Edits of address, tracking and note may not move upstream's update time."""
    verdict, kept = newer(STORED, later(tracking="T1"))
    assert (verdict, kept.tracking) == (Verdict.TAKE, "T1")
    stale = replace(STORED, tracking="T0", fetched_at=STORED.fetched_at - MINUTE)
    assert newer(STORED, stale) == (Verdict.KEEP, STORED)


def test_a_status_never_moves_back():
    shipped = replace(STORED, status="IN_TRANSIT")
    verdict, kept = newer(
        shipped, later(status="AWAITING_COLLECTION", tracking="T2", updated_at=STORED.updated_at + MINUTE)
    )
    assert (verdict, kept.status, kept.tracking) == (Verdict.TAKE, "IN_TRANSIT", "T2")


def test_a_status_nobody_knows_is_taken_as_it_comes():
    assert newer(STORED, later(status="SOMETHING_NEW"))[1].status == "SOMETHING_NEW"


@pytest.mark.parametrize("fetched", [Recipient(), Recipient(**dict.fromkeys(Recipient.__struct_fields__, "***"))])
def test_a_masked_or_emptied_buyer_never_replaces_a_good_one(fetched):
    assert newer(STORED, later(recipient=fetched, updated_at=STORED.updated_at + MINUTE))[1].recipient == BUYER


def test_a_corrected_address_replaces_the_old_one():
    assert newer(STORED, later(recipient=replace(BUYER, address="2 New Road")))[1].recipient.address == "2 New Road"


VERSIONS = st.lists(
    st.builds(
        lambda status, updated, fetched, tracking: replace(
            STORED,
            status=status,
            updated_at=STORED.updated_at + updated * MINUTE,
            fetched_at=STORED.fetched_at + fetched * MINUTE,
            tracking=tracking,
        ),
        st.sampled_from([status.value for status in OrderStatus]),
        st.integers(0, 5),
        st.integers(0, 5),
        st.sampled_from(["", "T1", "T2"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=80)
@given(VERSIONS)
def test_repeating_any_version_just_taken_changes_nothing(versions):
    stored = None
    for version in versions:
        _, stored = newer(stored, version)
        assert newer(stored, version) == (Verdict.KEEP, stored)
