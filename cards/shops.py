"""The account's shops: state, renewing a consent, taking a shop away. Parameter: `shop_id`. Form field: `erase`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, footer, heading, listed, section
from cards.markup import bold
from cards.privacy import LeftTab, left_section
from cards.widgets import Choice, Style, Widget, button, buttons, line, paragraph, radio
from cards.words import Words, mark


class ShopState(StrEnum):
    """Whether a shop's orders arrive."""

    LIVE = "live"
    LOADING = "loading"
    EXPIRED = "expired"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class ShopLine:
    """One shop. `updated_s`: seconds since its orders were last fetched; `consent_s`: seconds until it expires."""

    shop_id: str
    name: str
    market: str
    state: ShopState
    updated_s: int | None = None
    consent_s: int | None = None


@dataclass(frozen=True, slots=True)
class Shops:
    """The shops of one account."""

    account_name: str
    shops: tuple[ShopLine, ...]
    may: frozenset[Action] = frozenset()
    left: tuple[LeftTab, ...] = ()  # tabs that still show buyers who were deleted


@dataclass(frozen=True, slots=True)
class ConfirmDisconnect:
    """What happens when a shop is taken away; `tabs` names what stops.

    `days`: how long buyers are kept after the end of their orders, where the viewer may choose that they stay; None
    where they are deleted in any case.
    """

    shop_id: str
    name: str
    tabs: tuple[str, ...] = ()
    days: int | None = None


_STATE_WORDS: Mapping[ShopState, tuple[Icon, str]] = {
    ShopState.LIVE: (Icon.STORE, mark("Connected")),
    ShopState.LOADING: (Icon.WORKING, mark("Loading orders")),
    ShopState.EXPIRED: (Icon.WARNING, mark("Consent expired")),
    ShopState.DISCONNECTED: (Icon.BROKEN, mark("Disconnected")),
}


def shop_line(shop: ShopLine, words: Words) -> Widget:
    """One shop in one line: name, market, state, freshness."""
    sign, state = _STATE_WORDS[shop.state]
    fresh = "" if shop.updated_s is None else words("Checked {moment}", moment=words.ago(shop.updated_s))
    return line(
        words("{shop} ({market})", shop=shop.name, market=shop.market),
        top=words(state),
        bottom=fresh,
        start=icon(sign, words),
    )


def shops(view: Shops, words: Words) -> Card:
    """Every shop with what can be done about it, and a way to connect another."""
    shown, more = listed(view.shops, words, limit=20)
    if not view.shops:
        more = [paragraph(words("No shop is connected yet."))]
    can_connect = Action.CONNECT_SHOP in view.may
    another = button(words("Connect a shop"), Press(Action.CONNECT_SHOP), style=Style.FILLED) if can_connect else None
    back = button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)
    return card(
        heading(words("Shops"), view.account_name),
        [
            *(_shop(each, view.may, words) for each in shown),
            section(more),
            left_section(view.left, words),
            section(buttons(another, back)),
        ],
    )


def _shop(shop: ShopLine, may: frozenset[Action], words: Words) -> Section:
    known = {"shop_id": shop.shop_id}
    renew = away = consent = None
    if shop.consent_s is not None and shop.state is ShopState.LIVE:
        consent = line(words("Consent ends {moment}", moment=words.ago(-shop.consent_s)), start=icon(Icon.CLOCK, words))
    if Action.CONNECT_SHOP in may and shop.state in {ShopState.EXPIRED, ShopState.DISCONNECTED}:
        renew = button(words("Connect again"), Press(Action.CONNECT_SHOP, known))
    if Action.DISCONNECT_SHOP in may and shop.state is not ShopState.DISCONNECTED:
        away = button(words("Disconnect"), Press(Action.DISCONNECT_SHOP, known), style=Style.BORDERLESS)
    return section(shop_line(shop, words), consent, buttons(renew, away))


def confirm_disconnect(view: ConfirmDisconnect, words: Words) -> Card:
    """What stops, what goes and what stays, then the button."""
    stops = [line(tab, start=icon(Icon.SHEET, words)) for tab in view.tabs[:10]]
    gone = words("We stop reading from TikTok and delete the buyers' data, in sheets too. All else in sheets stays.")
    said = section(
        line(bold(view.name), start=icon(Icon.STORE, words)),
        paragraph(gone if view.days is None else words("We stop reading from TikTok.")),
        None if view.days is None else radio("erase", words("What we delete"), _wipes(view.days, words)),
    )
    submit = button(words("Disconnect shop"), Press(Action.CONFIRM_DISCONNECT_SHOP, {"shop_id": view.shop_id}))
    keep = button(words("Keep it"), Press(Action.SHOPS), style=Style.BORDERLESS)
    return card(
        heading(words("Disconnect a shop")),
        [said, section(stops, header=words("These tabs stop updating"))],
        fixed=footer(submit, keep),
    )


def _wipes(days: int, words: Words) -> list[Choice]:
    later = words.plural(
        "As always, {count} day after each order ends", "As always, {count} days after each order ends", days
    )
    return [
        Choice("buyers", words("Buyers' data now (recommended)"), selected=True, hint=words("In sheets too")),
        Choice("orders", words("All its orders now"), hint=words("Sheets keep their keys and what you wrote")),
        Choice("nothing", words("Nothing now"), hint=later if days else words("Each buyer as soon as the order ends")),
    ]
