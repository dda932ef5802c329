"""A shop's taxes and rates: looked at, stated from a day on, taken back."""

from datetime import UTC, date, datetime
from decimal import Decimal

from cards.reply import Reply, Show
from cards.shop_terms import ALWAYS, NONE, OWN, USUAL, OtherShop, ShopTermsForm, TermsVersion
from cards.words import Words, mark
from service.core.ledger.cost_cells import UnreadableCellError
from service.core.ledger.facts import TaxMode
from service.core.ledger.shop_terms import ShopTerms, percent_in
from service.errors import BadInput, NotFound
from service.flows import books
from service.flows import shop_terms as stating
from service.flows.shop_terms import Said
from service.web.ask import Ask
from service.web.handlers.welcome import said

_NOT_A_PERCENTAGE = mark("Type a number from 0 to 100, such as 8.5.")
_MISSING = mark("Type how much it is, or choose another answer.")


def shop_terms(ask: Ask) -> Reply:
    """The terms of one shop; of the first without a `shop_id`."""
    return Reply(_form(ask, _shop(ask, ask.event.parameters.get("shop_id", ""))))


def save_shop_terms(ask: Ask) -> Reply:
    """What was typed holds from that day on. `shop_id`; form: `vat`, `vat_percent`, `commission`, `affiliate`,
    `from_day`.
    """
    shop = _shop(ask, ask.param("shop_id"))
    errors: dict[str, str] = {}
    percents = {name: _percent(ask, name, errors) for name in ("vat_percent", "commission", "affiliate")}
    vat = ask.choice("vat", {USUAL, NONE, OWN})
    if vat == OWN and percents["vat_percent"] is None and "vat_error" not in errors:
        errors["vat_error"] = ask.words(_MISSING)
    if not errors:
        owed = {USUAL: None, NONE: Decimal(0), OWN: percents["vat_percent"]}[vat]
        day = ask.event.dates.get("from_day")
        terms = ShopTerms(day, owed, percents["commission"], percents["affiliate"])
        try:
            stating.state(ask.services, ask.actor, shop.shop_id, terms)
        except BadInput as problem:
            errors["day_error"] = said(ask, problem)
    if errors:
        return Reply(_form(ask, shop, typed=True, errors=errors), Show.UPDATE)
    return Reply(
        _form(ask, _shop(ask, shop.shop_id)), Show.UPDATE, toast=ask.words("Saved. Sheets follow by themselves")
    )


def drop_shop_terms(ask: Ask) -> Reply:
    """One version is taken back. `shop_id`, `day`."""
    day = ask.param("day")
    try:
        from_day = None if day == ALWAYS else date.fromisoformat(day)
    except ValueError as wrong:
        raise BadInput("This button is out of date. Go home and try again.", detail="parameter day") from wrong
    shop_id = ask.param("shop_id")
    stating.drop(ask.services, ask.actor, shop_id, from_day)
    return Reply(_form(ask, _shop(ask, shop_id)), Show.UPDATE, toast=ask.words("Removed"))


def _percent(ask: Ask, name: str, errors: dict[str, str]) -> Decimal | None:
    try:
        return percent_in(ask.text(name))
    except UnreadableCellError:
        errors["vat_error" if name == "vat_percent" else f"{name}_error"] = ask.words(_NOT_A_PERCENTAGE)
        return None


def _shop(ask: Ask, shop_id: str) -> Said:
    """The shop with this id, or the first one. NotFound where there is none."""
    found = stating.said(ask.services, ask.actor)
    shop = next((one for one in found if shop_id in ("", one.shop_id)), None)
    if shop is None:
        raise NotFound("This shop is not connected here.")
    return shop


def _form(ask: Ask, shop: Said, *, typed: bool = False, errors: dict[str, str] | None = None) -> ShopTermsForm:
    usual = books.usual_tax(ask.services.policies, shop.region, ask.services.clock.market().date())
    others = [one for one in stating.said(ask.services, ask.actor) if one.shop_id != shop.shop_id]
    known: dict[str, str] = {}
    if typed:
        known = {name: ask.text(name) for name in ("vat_percent", "commission", "affiliate")}
        known["vat"] = ask.choice("vat", {USUAL, NONE, OWN})
    day = ask.event.dates.get("from_day") if typed else None
    return ShopTermsForm(
        shop_id=shop.shop_id,
        shop_name=shop.name,
        usual_vat=_plain(ask.words, usual.percent) if usual.mode is TaxMode.VAT_SELLER_REMITS else "",
        versions=tuple(_version(ask.words, one) for one in shop.versions),
        others=tuple(OtherShop(one.shop_id, one.name) for one in others),
        from_day_ms=None if day is None else _midnight_ms(day),
        **known,
        **(errors or {}),
    )


def _midnight_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def _version(words: Words, one: ShopTerms) -> TermsVersion:
    return TermsVersion(
        day=ALWAYS if one.from_day is None else one.from_day.isoformat(),
        since="" if one.from_day is None else words.day(one.from_day),
        vat=NONE if one.vat_percent == 0 else _plain(words, one.vat_percent),
        commission=_plain(words, one.commission_percent),
        affiliate=_plain(words, one.affiliate_percent),
    )


def _plain(words: Words, percent: Decimal | None) -> str:
    return "" if percent is None else words.number(percent)
