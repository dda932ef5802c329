"""Buyers' data: how long it is kept, what is held about one buyer, handing it over and deleting it."""

from datetime import UTC, tzinfo

from cards.actions import Link
from cards.privacy import ASKED_LIMIT, BuyerFound, BuyerOrder, ConfirmErase, Erased, LeftTab, LeftWhy, Privacy
from cards.reply import Reply, Show
from service.core.retention import CHOICES, DEFAULT_DAYS
from service.core.zones import zone
from service.errors import BadInput, NotAllowed, NotFound
from service.flows import dossiers, erasing, links, manage, retention
from service.flows.dossiers import Found, HeldOrder
from service.flows.erasing import Left
from service.web.ask import Ask
from service.web.handlers.welcome import said
from service.web.handlers.wording import STATUS_WORDS


def privacy(ask: Ask) -> Reply:
    """What the account keeps of buyers."""
    return Reply(_privacy(ask))


def set_retention(ask: Ask) -> Reply:
    """Buyers are kept so many days after the end of their orders. `keep_days`."""
    days = ask.choice("keep_days", {str(choice) for choice in CHOICES})
    retention.set_days(ask.services, ask.actor, int(days))
    return Reply(_privacy(ask), Show.UPDATE, toast=ask.words("Saved"))


def find_buyer(ask: Ask) -> Reply:
    """Orders of a buyer. `asked` typed, or as it was with `after`, where to look further."""
    after = ask.event.parameters.get("after", "")
    asked = ask.event.parameters.get("asked", "")[:ASKED_LIMIT] if after else ask.text("asked", limit=ASKED_LIMIT)
    try:
        found = dossiers.find(ask.services, ask.actor, asked, after=after)
    except (BadInput, NotAllowed) as problem:
        return Reply(_privacy(ask, asked=asked, error=said(ask, problem)), Show.UPDATE)
    return Reply(_found(ask, asked, found), Show.UPDATE if after else Show.PUSH)


def export_buyer(ask: Ask) -> Reply:
    """What is held about the buyer of these orders, as a file: a link that works once is opened. `order_ids`."""
    found = _named(ask)
    if not dossiers.may_see_buyers(ask.actor):
        raise NotAllowed("The role {role} may not see buyers.", values={"role": ask.actor.audience.name})
    subject = ",".join(one.order.order_id for one in found)
    url = links.issue(ask.services, ask.actor, kind=dossiers.KIND, subject=subject, spreadsheet_id=ask.spreadsheet_id)
    return Reply(link=Link(url), toast=ask.words("Your download begins in a new tab"))


def erase_buyer(ask: Ask) -> Reply:
    """What deleting this buyer means, before it is done. `order_ids`."""
    ids = tuple(one.order.order_id for one in _named(ask))
    tabs = dossiers.tabs_of(ask.services, ask.actor, ids)
    return Reply(ConfirmErase(ids, tuple(row.tab_title for row in tabs)))


def confirm_erase_buyer(ask: Ask) -> Reply:
    """The buyer of these orders is deleted. `order_ids`."""
    ids = [one.order.order_id for one in _named(ask)]
    count = erasing.erase_orders(ask.services, ask.actor, ids)
    return Reply(Erased(count, left_tabs(ask)), Show.UPDATE)


def left_tabs(ask: Ask) -> tuple[LeftTab, ...]:
    """Tabs of the account that may still show deleted buyers."""
    found = erasing.left_in_sheets(ask.services, ask.actor.account_id)
    return tuple(LeftTab(one.binding.tab_title, one.file.title, one.rows, _why(one)) for one in found)


def _why(left: Left) -> LeftWhy:
    if left.file.state == "live" and left.binding.state == "live":
        return LeftWhy.SOON
    if left.file.reason in erasing.REFUSED:
        return LeftWhy.REFUSED
    return LeftWhy.LEAK if left.file.reason in {"leak", "unlisted"} else LeftWhy.PAUSED


def _privacy(ask: Ask, *, asked: str = "", error: str = "") -> Privacy:
    kept = retention.kept(ask.services, ask.actor)
    return Privacy(
        account_name=manage.account(ask.services, ask.actor.scope).name,
        days=kept.days,
        choices=CHOICES,
        recommended=DEFAULT_DAYS,
        held=kept.held,
        is_more=kept.is_more,
        tabs=tuple(row.tab_title for row in kept.tabs),
        left=left_tabs(ask),
        may_see=dossiers.may_see_buyers(ask.actor),
        asked=asked,
        asked_error=error,
    )


def _named(ask: Ask) -> list[HeldOrder]:
    """The orders that the button names, as far as they are the account's. NotFound for none."""
    ids = ask.param("order_ids").split(",")[: dossiers.MOST]
    found = dossiers.held(ask.services, ask.actor, ids)
    if not found:
        raise NotFound("This order does not exist.")
    return found


def _found(ask: Ask, asked: str, found: Found) -> BuyerFound:
    return BuyerFound(
        asked=asked,
        orders=tuple(_order(ask, one) for one in found.orders),
        after=found.after,
        seen=found.seen,
        total=found.total,
        may_see=dossiers.may_see_buyers(ask.actor),
    )


def _order(ask: Ask, one: HeldOrder) -> BuyerOrder:
    status = one.order.status
    return BuyerOrder(
        order_id=one.order.order_id,
        shop=one.shop_name,
        status=ask.words(STATUS_WORDS[status]) if status in STATUS_WORDS else status,
        told=one.fields,
        erased="" if one.erased_at is None else ask.words.day(one.erased_at.astimezone(_zone(ask)).date()),
    )


def _zone(ask: Ask) -> tzinfo:
    try:
        return zone(ask.event.time_zone)
    except BadInput:  # Google did not say where the person is
        return UTC
