"""A shop's taxes and rates: what holds from which day on, and a form to say what holds from another.

Parameters: `shop_id`, `day` (ISO 8601, `always` for no day). Form fields: `vat`, `vat_percent`, `commission`,
`affiliate`, `from_day` (midnight UTC in milliseconds).
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, field_error, footer, heading, listed, section
from cards.widgets import Choice, Style, Widget, button, date_field, line, paragraph, radio, text_field
from cards.words import Words

USUAL, NONE, OWN = "usual", "none", "own"
ALWAYS = "always"
PERCENT_LIMIT = 12  # characters
VERSIONS_SHOWN = 24  # as many as a shop can have
SHOPS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TermsVersion:
    """Terms in force from a day on: `day` for the button, `since` for people, empty = always. Percentages in the
    reader's own digits, empty = as usual; a `vat` of `NONE` = none is owed.
    """

    day: str
    since: str = ""
    vat: str = ""
    commission: str = ""
    affiliate: str = ""


@dataclass(frozen=True, slots=True)
class OtherShop:
    """Another shop of the account, whose terms are a press away."""

    shop_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ShopTermsForm:
    """The terms of one shop, newest first, and what was typed. `usual_vat`: the market's rate in the reader's digits,
    empty where TikTok collects the tax. `others`: the account's other shops.
    """

    shop_id: str
    shop_name: str
    usual_vat: str = ""
    versions: tuple[TermsVersion, ...] = ()
    others: tuple[OtherShop, ...] = ()
    vat: str = USUAL
    vat_percent: str = ""
    commission: str = ""
    affiliate: str = ""
    from_day_ms: int | None = None
    vat_error: str = ""
    commission_error: str = ""
    affiliate_error: str = ""
    day_error: str = ""


def shop_terms(view: ShopTermsForm, words: Words) -> Card:
    """What holds, the form, and the other shops."""
    lead = section(
        paragraph(
            words("Profit is worked out with these until TikTok settles an order. Settled fees always go before them.")
        )
    )
    save = button(words("Save"), Press(Action.SAVE_SHOP_TERMS, {"shop_id": view.shop_id}), style=Style.FILLED)
    back = button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)
    return card(
        heading(words("Taxes and rates"), view.shop_name),
        [lead, _stated(view, words), _vat(view, words), _rates(view, words), _from(view, words), _others(view, words)],
        fixed=footer(save, back),
    )


def _stated(view: ShopTermsForm, words: Words) -> Section:
    shown = [_version(view.shop_id, one, words) for one in view.versions[:VERSIONS_SHOWN]]
    none = paragraph(words("Nothing is stated yet: everything is taken as usual in this market."))
    return section(shown or none, header=words("What holds now"))


def _version(shop_id: str, one: TermsVersion, words: Words) -> Widget:
    if one.vat == NONE:
        vat = words("No VAT to pay")
    else:
        vat = words("{percent} % VAT in your prices", percent=one.vat) if one.vat else words("VAT as usual")
    commission = words("Commission {percent} %", percent=one.commission) if one.commission else ""
    affiliate = words("Creators {percent} %", percent=one.affiliate) if one.affiliate else ""
    since = words("Orders from {day}", day=one.since) if one.since else words("From the first order on")
    drop = button(words("Remove"), Press(Action.DROP_SHOP_TERMS, {"shop_id": shop_id, "day": one.day}))
    text = " · ".join(part for part in (vat, commission, affiliate) if part)
    return line(text, top=since, start=icon(Icon.CLOCK, words), end=drop)


def _vat(view: ShopTermsForm, words: Words) -> Section:
    usual = words("TikTok collects it")
    if view.usual_vat:
        usual = words("Your prices hold {percent} % VAT, and you pay it", percent=view.usual_vat)
    choices = [
        Choice(USUAL, words("As usual in this market"), view.vat == USUAL, hint=usual),
        Choice(NONE, words("I owe no VAT on these sales"), view.vat == NONE),
        Choice(OWN, words("I pay this much out of my prices"), view.vat == OWN),
    ]
    return section(
        radio("vat", words("VAT in your prices"), choices),
        text_field("vat_percent", words("VAT, in percent"), value=view.vat_percent, limit=PERCENT_LIMIT),
        field_error(view.vat_error, words),
        header=words("Tax"),
    )


def _rates(view: ShopTermsForm, words: Words) -> Section:
    as_usual = words("Empty: the usual rate")
    return section(
        text_field(
            "commission",
            words("TikTok's commission, in percent"),
            value=view.commission,
            hint=as_usual,
            limit=PERCENT_LIMIT,
        ),
        field_error(view.commission_error, words),
        text_field(
            "affiliate",
            words("Creators' commission, in percent"),
            value=view.affiliate,
            hint=words("Empty: not known"),
            limit=PERCENT_LIMIT,
        ),
        field_error(view.affiliate_error, words),
        header=words("Rates"),
    )


def _from(view: ShopTermsForm, words: Words) -> Section:
    return section(
        date_field("from_day", words("For orders from"), day_ms=view.from_day_ms),
        field_error(view.day_error, words),
        paragraph(words("Leave the day empty to state it for all orders. Earlier orders keep what held for them.")),
    )


def _others(view: ShopTermsForm, words: Words) -> Section:
    shown, more = listed(view.others, words, limit=SHOPS_SHOWN)
    lines = [
        line(one.name, start=icon(Icon.STORE, words), on=Press(Action.SHOP_TERMS, {"shop_id": one.shop_id}))
        for one in shown
    ]
    return section(lines, more, header=words("Other shops"), open_lines=3 if len(lines) > 3 else None)
