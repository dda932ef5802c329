"""The add-on as Google knows it from its deployment: what the panel shows around the cards, and which links open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GOOGLE_BLUE = "#0b57d0"


@dataclass(frozen=True, slots=True)
class Addon:
    """`colour` is that of buttons. `link_prefixes` empty means that every link opens, as in an unpublished add-on."""

    name: str
    logo: str
    colour: str
    universal_actions: tuple[Mapping[str, str], ...] = ()
    link_prefixes: tuple[str, ...] = ()


def plain_addon(product_url: str) -> Addon:
    """An add-on without a deployment of its own; links lead to the product only."""
    return Addon(name="Rowstream", logo="/static/logo.svg", colour=GOOGLE_BLUE, link_prefixes=(f"{product_url}/",))


def read_deployment(deployment: Mapping[str, Any]) -> Addon:
    """What a deployment says."""
    common = deployment["addOns"]["common"]
    look = common.get("layoutProperties", {})
    return Addon(
        name=common["name"],
        logo=common["logoUrl"],
        colour=look.get("secondaryColor") or look.get("primaryColor") or GOOGLE_BLUE,
        universal_actions=tuple(common.get("universalActions", ())),
        link_prefixes=tuple(common.get("openLinkUrlPrefixes", ())),
    )
