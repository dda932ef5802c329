"""Giving or renewing a shop's consent: explain, wait, done, expired. The consent itself happens in the browser."""

from dataclasses import dataclass

from cards.actions import Action, Link, Opens, Press
from cards.icons import Icon, icon
from cards.layout import Card, branded, card, heading, section
from cards.markup import bold
from cards.shops import ShopLine, ShopState, shop_line
from cards.widgets import Style, button, buttons, line, paragraph
from cards.words import Words


@dataclass(frozen=True, slots=True)
class ConnectStart:
    """Before the consent. `url` is our own start page with its single-use ticket; `shop_name` when renewing."""

    url: str
    account_name: str
    shop_name: str = ""


@dataclass(frozen=True, slots=True)
class ConnectWaiting:
    """The start page was opened and TikTok's answer has not come. `url` is the same start page."""

    url: str
    account_name: str
    expires_s: int


@dataclass(frozen=True, slots=True)
class ConnectDone:
    """The shops that the consent brought. `is_bound`: the open file shows a profile already."""

    account_name: str
    shops: tuple[ShopLine, ...]
    is_bound: bool = False
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class ConnectExpired:
    """The ticket was used up, ran out, or the consent was refused (`is_refused`). Nothing was changed."""

    is_refused: bool = False


def connect_start(view: ConnectStart, words: Words) -> Card:
    """That TikTok, not Google, is asked; what we may do then; the button, and a refresh beside it."""
    what = (
        words("Renew the consent of {shop}.", shop=view.shop_name)
        if view.shop_name
        else words("Connect a TikTok Shop to {account}.", account=view.account_name)
    )
    said = section(
        paragraph(bold(what)),
        paragraph(words("TikTok Shop is not a Google service. A TikTok page opens and asks you to agree.")),
        line(words("Read orders and shop details"), bottom=words("To fill your sheets"), start=icon(Icon.ORDER, words)),
        line(
            words("Nothing is changed in your shop"),
            bottom=words("You can disconnect at any time"),
            start=icon(Icon.SAFE, words),
        ),
        buttons(
            button(words("Continue to TikTok"), Link(view.url, Opens.OVERLAY), style=Style.FILLED),
            button(words("Refresh"), Press(Action.CONNECT_STATUS)),
        ),
        paragraph(words("No TikTok Shop yet? Sign up at TikTok's Seller Center first.")),
    )
    return card(branded(words("Connect a shop"), view.account_name, words), [said])


def connect_waiting(view: ConnectWaiting, words: Words) -> Card:
    """That we wait, how long the page is good for, and both ways on."""
    said = section(
        line(
            bold(words("Waiting for TikTok")),
            bottom=words("The page is good for {time}", time=words.span(view.expires_s)),
            start=icon(Icon.WORKING, words),
        ),
        paragraph(words("Finish on the TikTok page, close it, then refresh here.")),
        buttons(
            button(words("Refresh"), Press(Action.CONNECT_STATUS), style=Style.FILLED),
            button(words("Open the page again"), Link(view.url, Opens.OVERLAY)),
        ),
    )
    return card(heading(words("Connect a shop"), view.account_name), [said])


def connect_done(view: ConnectDone, words: Words) -> Card:
    """The shops that are connected now, and the next step."""
    offer = Action.CHOOSE_PROFILE in view.may and not view.is_bound
    choose = button(words("Choose a profile"), Press(Action.CHOOSE_PROFILE), style=Style.FILLED) if offer else None
    home = button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS if offer else Style.FILLED)
    is_loading = any(each.state is ShopState.LOADING for each in view.shops)
    said = section(
        line(
            bold(words.plural("{count} shop connected", "{count} shops connected", len(view.shops))),
            start=icon(Icon.LIVE, words),
        ),
        [shop_line(each, words) for each in view.shops[:20]],
        paragraph(words("Orders of the last weeks are loading. You can go on meanwhile.")) if is_loading else None,
        buttons(choose, home),
    )
    return card(heading(words("Your shop is connected"), view.account_name), [said])


def connect_expired(view: ConnectExpired, words: Words) -> Card:
    """Why it did not work and how to start again."""
    why = (
        words("The consent was refused on the TikTok page.")
        if view.is_refused
        else words("The page was open for too long or was used already.")
    )
    said = section(
        line(bold(words("Not connected")), start=icon(Icon.BROKEN, words)),
        paragraph(why),
        paragraph(words("Nothing was changed.")),
        buttons(
            button(words("Start again"), Press(Action.CONNECT_SHOP), style=Style.FILLED),
            button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS),
        ),
    )
    return card(heading(words("Connect a shop")), [said])
