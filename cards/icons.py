"""The icons in use: each name and what it says to those who cannot see it.

Names in capitals are from the card platform's own list, the others are Material symbols. An unknown name shows a broken
picture, so screens use this list and nothing else. An icon never carries a meaning alone: the words beside it do.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from cards.words import Words, mark


class Icon(StrEnum):
    """Every icon that a card may show."""

    CLOCK = "CLOCK"
    STORE = "STORE"
    PERSON = "PERSON"
    PEOPLE = "MULTIPLE_PEOPLE"
    EMAIL = "EMAIL"
    SHEET = "DESCRIPTION"
    ORDER = "SHOPPING_CART"
    INVITATION = "mail"
    PRESET = "STAR"
    PROFILE = "BOOKMARK"
    LIVE = "check_circle"
    WORKING = "sync"
    PAUSED = "pause_circle"
    WARNING = "warning"
    FAILED = "error"
    LATE = "alarm"
    BROKEN = "link_off"
    COPY = "content_copy"
    LOCKED = "lock"
    SAFE = "verified_user"
    SEEN = "visibility"
    COLUMN = "view_column"
    FILTER = "filter_list"
    HISTORY = "history"
    HELP = "help"
    NOTE = "edit_note"
    FLAG = "flag"
    OPEN = "open_in_new"
    KEY = "key"
    WRITER = "edit"


ICON_WORDS: Mapping[Icon, str] = {
    Icon.CLOCK: mark("Time"),
    Icon.STORE: mark("Shop"),
    Icon.PERSON: mark("Person"),
    Icon.PEOPLE: mark("People"),
    Icon.EMAIL: mark("E-mail"),
    Icon.SHEET: mark("Sheet"),
    Icon.ORDER: mark("Order"),
    Icon.INVITATION: mark("Invitation"),
    Icon.PRESET: mark("Ready-made profile"),
    Icon.PROFILE: mark("Your profile"),
    Icon.LIVE: mark("Working"),
    Icon.WORKING: mark("In progress"),
    Icon.PAUSED: mark("Paused"),
    Icon.WARNING: mark("Warning"),
    Icon.FAILED: mark("Needs attention"),
    Icon.LATE: mark("Overdue"),
    Icon.BROKEN: mark("Not connected"),
    Icon.COPY: mark("Copy"),
    Icon.LOCKED: mark("Not available"),
    Icon.SAFE: mark("Safe"),
    Icon.SEEN: mark("Can see this file"),
    Icon.COLUMN: mark("Column"),
    Icon.FILTER: mark("Filter"),
    Icon.HISTORY: mark("History"),
    Icon.HELP: mark("Help"),
    Icon.NOTE: mark("Note"),
    Icon.FLAG: mark("Flag"),
    Icon.OPEN: mark("Opens a page"),
    Icon.KEY: mark("Key"),
    Icon.WRITER: mark("Writer"),
}


def icon(which: Icon, words: Words) -> dict[str, Any]:
    """The icon as a card shows it, with its words."""
    drawn = {"knownIcon": which.value} if which.value.isupper() else {"materialIcon": {"name": which.value}}
    return {**drawn, "altText": words(ICON_WORDS[which])}
