"""Why an order is not in the sheet: one true reason for each tab of the open file."""

from collections.abc import Mapping

from cards.actions import Action, Press
from cards.reply import Reply, Show
from cards.whereabouts import NUMBER_LIMIT, Place, PlaceKind, WhereIs
from service.errors import BadInput
from service.flows import design, whereabouts
from service.flows.overview import OpenFile, ShopState
from service.flows.whereabouts import Found, Reason, Whereabouts
from service.web.ask import Ask
from service.web.handlers.lines import TAB_URL, seconds_since, trouble_of

PAUSES = frozenset({Reason.FILE_PAUSED, Reason.TAB_PAUSED})
#: Reasons whose time is the market's: the others speak of our own work.
IN_MARKET_TIME = frozenset({Reason.TOO_OLD})


def where_is(ask: Ask) -> Reply:
    """Where one order stands. `order_key`, or form: `order_number`; `again` when the card asks anew."""
    given = ask.event.parameters
    key = given.get("order_key", "") or ask.text("order_number", limit=NUMBER_LIMIT)
    if not key:
        raise BadInput("Type an order number first.", field="order_number")
    found = whereabouts.explain(ask.services, ask.actor, ask.spreadsheet_id, key)
    return Reply(_view(ask, found), Show.UPDATE if given.get("again") else Show.PUSH)


def _view(ask: Ask, found: Found) -> WhereIs:
    if not found.title:
        return WhereIs("", found.order_key, notes=_notes(ask, found), may=ask.may)
    places = tuple(_place(ask, found.file, each) for each in found.places)
    return WhereIs(found.title, found.order_key, places, may=ask.may)


def _place(ask: Ask, file: OpenFile, found: Whereabouts) -> Place:
    now = ask.services.clock.market() if found.reason in IN_MARKET_TIME else ask.services.clock.now()
    again_s = None
    if found.again_at is not None and found.again_at > now:
        again_s = int((found.again_at - now).total_seconds())
    url = ""
    if found.row is not None:
        tab = TAB_URL.format(spreadsheet_id=ask.spreadsheet_id, sheet_id=found.tab.row.sheet_id)
        url = f"{tab}&range=A{found.row + 1}"
    return Place(
        tab_name=found.tab.row.tab_title,
        binding_id=found.tab.row.id,
        kind=PlaceKind(found.reason.value),
        row="" if found.row is None else str(found.row + 1),
        url=url,
        why=_why(ask, found),
        since_s=None if found.since is None else seconds_since(now, found.since),
        again_s=again_s,
        mends=_mends(found),
        trouble=trouble_of(ask, file, found.tab) if found.reason in PAUSES else None,
    )


def _why(ask: Ask, found: Whereabouts) -> str:
    """The filter's conditions in words."""
    if found.row_filter is None:
        return ""
    return ", ".join(ask.words(piece.template, **piece.values) for piece in found.row_filter.pieces())


def _mends(found: Whereabouts) -> Press | None:
    """The action of the open report that puts the row right."""
    action = _MENDS.get(found.reason)
    return Press(action, {"report_id": found.report_id}) if action is not None and found.report_id else None


_MENDS: Mapping[Reason, Action] = {Reason.DELETED: Action.RESTORE_ROW, Reason.KEY_DAMAGED: Action.REPAIR_KEY}


def _notes(ask: Ask, found: Found) -> tuple[str, ...]:
    """What we hold, for an order that we do not have. Shops are named to those who may see their names."""
    if not design.sees(ask.actor, "shop_name"):
        return (ask.words("It may be older than what we have fetched, or of another shop."),)
    return tuple(_note(ask, shop) for shop in found.shops) or (ask.words("No shop is connected yet."),)


def _note(ask: Ask, shop: ShopState) -> str:
    if shop.state == "loading":
        share = ask.words.percent(shop.read_share)
        return ask.words("Orders of {shop} are still being read: {share}.", shop=shop.name, share=share)
    if shop.state == "disconnected":
        return ask.words("{shop} is not connected any more.", shop=shop.name)
    if shop.state == "expired":
        return ask.words("The consent of {shop} has expired, so nothing new arrives.", shop=shop.name)
    day = ask.words.day(shop.read_from.date())
    return ask.words("We hold orders of {shop} since {day}.", shop=shop.name, day=day)
