"""Where an order is, between the flow that knows and the card that says it."""

from cards.examples_sheet import SHEET_EXAMPLES
from cards.whereabouts import PlaceKind
from service.flows.whereabouts import Reason


def test_where_is_has_words_for_every_reason_and_no_others():
    """The room of the cards imports nothing of ours, so the list stands there a second time."""
    assert {kind.value for kind in PlaceKind} == {reason.value for reason in Reason}


def test_where_is_shows_an_example_of_every_reason():
    places = (view.places for name, view in SHEET_EXAMPLES.items() if name.startswith("where-is"))
    assert {place.kind for some in places for place in some} == set(PlaceKind)
