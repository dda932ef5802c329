"""The account's shops: their state, giving and renewing a consent, taking a shop away."""

from cards.connect import ConnectDone, ConnectExpired, ConnectStart, ConnectWaiting
from cards.reply import Reply, Show
from cards.shops import ConfirmDisconnect, Shops
from service.core.roles import Permission
from service.flows import connect, manage, overview, retention
from service.flows.erasing import Erase
from service.web.ask import Ask
from service.web.handlers.lines import shop_line
from service.web.handlers.privacy import left_tabs


def shops(ask: Ask) -> Reply:
    """Every shop of the account."""
    return Reply(_shops(ask))


def connect_shop(ask: Ask) -> Reply:
    """A fresh start page for the consent. `shop_id` names the shop whose consent is renewed.

    Right after a consent has succeeded it says so: Google repeats the press when the consent's window closes.
    """
    shop_id = ask.event.parameters.get("shop_id", "")
    shop = overview.shop(ask.services, ask.actor, shop_id) if shop_id else None
    consent = overview.consent_state(ask.services, ask.actor)
    is_fresh = consent.state == "done" and consent.until is not None and consent.until > ask.services.clock.now()
    if is_fresh and (shop is None or shop.state in {"live", "loading"}):
        return connect_status(ask)
    url = connect.start(ask.services, ask.actor)
    return Reply(ConnectStart(url, _account_name(ask), shop.name if shop else ""))


def connect_status(ask: Ask) -> Reply:
    """How far the consent has come: not begun, waiting, done, refused or run out."""
    consent = overview.consent_state(ask.services, ask.actor)
    if consent.state == "done":
        found = [one for one in overview.shops_of(ask.services, ask.actor) if one.state in {"live", "loading"}]
        lines = tuple(shop_line(ask, one) for one in found)
        view: object = ConnectDone(_account_name(ask), lines, is_bound=ask.standing.file is not None, may=ask.may)
    elif consent.state in {"refused", "expired"}:
        view = ConnectExpired(is_refused=consent.state == "refused")
    elif consent.until is not None:
        left_s = int((consent.until - ask.services.clock.now()).total_seconds())
        view = ConnectWaiting(connect.start(ask.services, ask.actor), _account_name(ask), left_s)
    else:
        view = ConnectStart(connect.start(ask.services, ask.actor), _account_name(ask))
    return Reply(view, Show.UPDATE)


def disconnect_shop(ask: Ask) -> Reply:
    """What stops when the shop is taken away, and for owners what is to be deleted with it. `shop_id`."""
    shop = overview.shop(ask.services, ask.actor, ask.param("shop_id"))
    tabs = overview.tabs_of_shop(ask.services, ask.actor, shop.shop_id)
    days = retention.kept(ask.services, ask.actor).days if _may_choose(ask) else None
    return Reply(ConfirmDisconnect(shop.shop_id, shop.name, tuple(tabs), days))


def confirm_disconnect_shop(ask: Ask) -> Reply:
    """The shop is taken away, and its buyers are deleted unless an owner chose otherwise. `shop_id`, `erase`."""
    erase = Erase.BUYERS
    if _may_choose(ask) and ask.event.form.get("erase"):
        erase = Erase(ask.choice("erase", {each.value for each in Erase}))
    name = connect.disconnect(ask.services, ask.actor, ask.param("shop_id"), erase=erase)
    return Reply(_shops(ask), Show.BACK_AND_UPDATE, toast=ask.words("{shop} is disconnected", shop=name))


def _may_choose(ask: Ask) -> bool:
    """What the account keeps of buyers is its owners' affair."""
    return ask.actor.audience.may_do(Permission.ACCOUNT_OWN)


def _shops(ask: Ask) -> Shops:
    found = overview.shops_of(ask.services, ask.actor)
    return Shops(_account_name(ask), tuple(shop_line(ask, one) for one in found), ask.may, left_tabs(ask))


def _account_name(ask: Ask) -> str:
    return manage.account(ask.services, ask.actor.scope).name
