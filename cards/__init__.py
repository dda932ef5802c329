"""The sidebar's cards. PURE: a view model in, add-on JSON out; no I/O, clock, environment, network or framework.

A handler fills a frozen view model with display-ready values and returns it in a Reply, of which `reply.envelope` makes
the JSON. Nothing of the service is imported here.
"""

from cards.layout import Card
from cards.pages import PAGES, render

__all__ = ["PAGES", "gallery", "render"]


def gallery() -> list[tuple[str, Card]]:
    """An example of every screen in every state, by name, for tests and the local world's gallery."""
    # The examples are many and only drawn in development: the service should not load them when it starts.
    from cards.examples import EXAMPLES
    from cards.words import ENGLISH

    return [(name, render(view, ENGLISH)) for name, view in EXAMPLES.items()]
