"""Where an order stands in the tabs of the open file, or the one reason why it does not, with what can be done.

Form field: `order_number`. Parameters: `order_key`, `binding_id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Link, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, heading, listed, section
from cards.markup import bold
from cards.trouble import Trouble, title
from cards.widgets import Button, Style, Widget, button, buttons, line, paragraph, text_field
from cards.words import Words, mark

NUMBER_LIMIT = 40  # characters of an order number
PLACES_SHOWN = 12  # tabs of one file
NOTES_SHOWN = 8


class PlaceKind(StrEnum):
    """What is true of an order in one tab."""

    SHOWN = "shown"
    LINE_GONE = "line-gone"
    DELETED = "deleted"
    KEY_DAMAGED = "key-damaged"
    WAITING = "waiting"
    IN_BACKFILL = "in-backfill"
    NOT_REACHED = "not-reached"
    FILE_PAUSED = "file-paused"
    TAB_PAUSED = "tab-paused"
    SETTING_UP = "setting-up"
    OTHER_SHOP = "other-shop"
    TOO_OLD = "too-old"
    FILTERED = "filtered"
    NO_LINES = "no-lines"
    NOT_SETTLED = "not-settled"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Place:
    """One tab's answer. `row` is its number where it was last seen and `url` leads there; `why` names the filter's
    condition and `trouble` what the pause is for.

    `since_s` seconds ago, `again_s` seconds from now, where known. `mends` puts a row right that a person has hurt.
    """

    tab_name: str
    binding_id: str
    kind: PlaceKind
    row: str = ""
    url: str = ""
    why: str = ""
    since_s: int | None = None
    again_s: int | None = None
    mends: Press | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class WhereIs:
    """The answer for one order. Without `places` we have no such order; `notes` then say what we hold."""

    title: str
    order_key: str
    places: tuple[Place, ...] = ()
    notes: tuple[str, ...] = ()
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class _Said:
    """A kind's answer in a few words and in a sentence."""

    title: str
    sentence: str
    icon: Icon


_SAID: Mapping[PlaceKind, _Said] = {
    PlaceKind.SHOWN: _Said(mark("It is in the tab"), mark("Last seen in row {row}."), Icon.LIVE),
    PlaceKind.LINE_GONE: _Said(
        mark("A line is no longer in the order"),
        mark("Row {row} stays and says that it was removed."),
        Icon.LIVE,
    ),
    PlaceKind.DELETED: _Said(
        mark("Somebody deleted the row"),
        mark("What people delete we do not write again by ourselves."),
        Icon.WARNING,
    ),
    PlaceKind.KEY_DAMAGED: _Said(
        mark("The row is there, but its key was changed"),
        mark("We do not write into a row that no longer says which order it is. It was last seen in row {row}."),
        Icon.WARNING,
    ),
    PlaceKind.WAITING: _Said(
        mark("It waits to be written"), mark("It belongs in this tab and comes with the next update."), Icon.WORKING
    ),
    PlaceKind.IN_BACKFILL: _Said(
        mark("It waits for its turn in the backfill"),
        mark("The newest are written first, and this one is further down."),
        Icon.WORKING,
    ),
    PlaceKind.NOT_REACHED: _Said(
        mark("The backfill has not come to it yet"),
        mark("The newest come first, and this one is further down."),
        Icon.WORKING,
    ),
    PlaceKind.FILE_PAUSED: _Said(
        mark("It waits because this file is paused"),
        mark("{why}. It is kept, and written when updates go on."),
        Icon.PAUSED,
    ),
    PlaceKind.TAB_PAUSED: _Said(
        mark("It waits because this tab is paused"),
        mark("{why}. It is kept, and written when updates go on."),
        Icon.PAUSED,
    ),
    PlaceKind.SETTING_UP: _Said(
        mark("The tab is being made"), mark("Its rows follow as soon as it is ready."), Icon.WORKING
    ),
    PlaceKind.OTHER_SHOP: _Said(
        mark("This tab shows other shops"), mark("The order is of a shop that this tab leaves out."), Icon.FILTER
    ),
    PlaceKind.TOO_OLD: _Said(
        mark("It is older than this tab reaches"),
        mark("What came before that time was left out. It can be fetched on the tab's own card."),
        Icon.CLOCK,
    ),
    PlaceKind.FILTERED: _Said(
        mark("The profile's filter leaves it out"), mark("This condition is not met: {why}."), Icon.FILTER
    ),
    PlaceKind.NO_LINES: _Said(
        mark("The order has no items"), mark("This tab has a row for each item of an order."), Icon.FILTER
    ),
    PlaceKind.NOT_SETTLED: _Said(
        mark("It is not settled yet"),
        mark("This tab has a row for each settled transaction, and TikTok Shop has settled nothing of this order."),
        Icon.CLOCK,
    ),
    PlaceKind.ARCHIVED: _Said(
        mark("It is in the archive tab"),
        mark("It was finished long ago. Its archive keeps it up to date."),
        Icon.HISTORY,
    ),
}
_FILTER_UNNAMED = mark("Its filter is about something that your role does not see.")
_WAITS = frozenset({PlaceKind.WAITING, PlaceKind.IN_BACKFILL})


def where_is(view: WhereIs, words: Words) -> Card:
    """One answer for each tab; for an order that we do not have, what we hold."""
    header = heading(words("Is it in the sheet?"), view.title or view.order_key)
    if not view.places:
        return card(header, [_unknown(view, words), section(_ask_again(view, words))])
    shown, more = listed(view.places, words, limit=PLACES_SHOWN)
    return card(
        header, [*(_place(each, view, words) for each in shown), section(more), section(_ask_again(view, words))]
    )


def find_field(words: Words) -> list[Widget]:
    """The field that asks for an order by its number, on the tab's own card."""
    find = button(words("Look for it"), Press(Action.WHERE_IS))
    return [text_field("order_number", words("An order number that you miss"), limit=NUMBER_LIMIT), *buttons(find)]


def _unknown(view: WhereIs, words: Words) -> Section:
    said = line(bold(words("We have no order of this number")), start=icon(Icon.WARNING, words))
    shown, more = listed(view.notes, words, limit=NOTES_SHOWN)
    return section(said, [paragraph(each) for each in shown], more)


def _place(place: Place, view: WhereIs, words: Words) -> Section:
    said = _SAID[place.kind]
    since = _since(place, place.since_s, words) if place.since_s is not None else ""
    return section(
        line(bold(words(said.title)), top=place.tab_name, bottom=since, start=icon(said.icon, words)),
        paragraph(_sentence(place, said, words)),
        paragraph(words("Next try {moment}", moment=words.ago(-place.again_s))) if place.again_s else None,
        buttons(*_deeds(place, view, words)),
    )


def _since(place: Place, since_s: int, words: Words) -> str:
    if place.kind is PlaceKind.TOO_OLD:
        return words("The tab begins {moment}", moment=words.ago(since_s))
    return words("Since {moment}", moment=words.ago(since_s))


def _sentence(place: Place, said: _Said, words: Words) -> str:
    if place.kind is PlaceKind.FILTERED and not place.why:
        return words(_FILTER_UNNAMED)
    why = place.why if place.trouble is None else title(place.trouble, words)
    return words(said.sentence, row=place.row, why=why)


def _deeds(place: Place, view: WhereIs, words: Words) -> list[Button | None]:
    there = button(words("Show the row"), Link(place.url), style=Style.BORDERLESS) if place.url else None
    mends = None
    if place.mends is not None and place.mends.action in view.may:
        label = words("Repair the key") if place.kind is PlaceKind.KEY_DAMAGED else words("Put it back")
        mends = button(label, place.mends)
    is_waiting = place.kind in _WAITS and Action.TRY_NOW in view.may
    try_now = button(words("Try now"), Press(Action.TRY_NOW)) if is_waiting else None
    on_tab = place.kind in {PlaceKind.TOO_OLD, PlaceKind.TAB_PAUSED, PlaceKind.FILE_PAUSED}
    to_tab = Press(Action.SHEET, {"binding_id": place.binding_id})
    tab = button(words("Show the tab"), to_tab) if on_tab and Action.SHEET in view.may else None
    return [mends, try_now, tab, there]


def _ask_again(view: WhereIs, words: Words) -> list[Widget]:
    if Action.WHERE_IS not in view.may:
        return []
    if not view.title:
        return find_field(words)
    press = Press(Action.WHERE_IS, {"order_key": view.order_key, "again": "yes"})
    return buttons(button(words("Look again"), press, style=Style.BORDERLESS))
