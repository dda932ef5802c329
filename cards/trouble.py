"""What keeps a sheet from being updated: the reason in a person's words and the one button that fixes it.

Used by the home card and by the sheet's own card. Whether the viewer may press the fix comes in as `may`; who may not
is told who can.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Section, listed, section
from cards.markup import bold
from cards.readers import Reader, reader_name, reader_reason
from cards.widgets import Style, Widget, button, buttons, line, paragraph
from cards.words import Words, mark


class TroubleKind(StrEnum):
    """Every reason for which a binding does not run."""

    PAUSED = "paused"
    CONSENT_EXPIRED = "consent-expired"
    SHOP_DISCONNECTED = "shop-disconnected"
    WRITER_REMOVED = "writer-removed"
    LEAK = "leak"
    PROFILE_NOT_ALLOWED = "profile-not-allowed"
    TAB_MISSING = "tab-missing"
    ARCHIVE_MISSING = "archive-missing"
    KEY_COLUMN_MISSING = "key-column-missing"
    SAME_ORDER_IN_TWO_SHOPS = "same-order-in-two-shops"
    PROTECTED = "protected"
    SHEET_FULL = "sheet-full"
    MANY_ROWS_GONE = "many-rows-gone"
    UPSTREAM = "upstream"
    QUOTA_WAIT = "quota-wait"
    READERS_UNKNOWN = "readers-unknown"
    FILE_GONE = "file-gone"
    SHARING_BLOCKED = "sharing-blocked"
    CONSENT_ENDED = "consent-ended"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One reason. `name` is the person, shop or writer it speaks of; `since_s` seconds ago, when known.

    `binding_id` is empty for what concerns the whole file or a shop: it is told once for all tabs.
    """

    kind: TroubleKind
    binding_id: str = ""
    shop_id: str = ""
    name: str = ""
    since_s: int | None = None
    readers: tuple[Reader, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """A kind's title, what happened, the press that fixes it with its label, and another that may help as well."""

    title: str
    sentence: str
    fix: Action
    label: str
    other: Action | None = None
    other_label: str = ""


_SAID: Mapping[TroubleKind, _Said] = {
    TroubleKind.PAUSED: _Said(
        mark("Paused"),
        mark("{name} paused this sheet. Whatever comes is kept and written when you resume."),
        Action.RESUME,
        mark("Resume updates"),
    ),
    TroubleKind.CONSENT_EXPIRED: _Said(
        mark("The shop's consent has expired"),
        mark("TikTok no longer lets us read {name}. Rows stay as they are until the consent is renewed."),
        Action.CONNECT_SHOP,
        mark("Renew the consent"),
    ),
    TroubleKind.SHOP_DISCONNECTED: _Said(
        mark("The shop is disconnected"),
        mark("{name} is not connected any more, so nothing new arrives. Rows stay as they are."),
        Action.CONNECT_SHOP,
        mark("Connect the shop again"),
    ),
    TroubleKind.WRITER_REMOVED: _Said(
        mark("We can no longer write here"),
        mark("Our writer, {name}, was removed from this file or may only view it."),
        Action.FIX_WRITER,
        mark("Add the writer again"),
    ),
    TroubleKind.LEAK: _Said(
        mark("Someone can see more than they may"),
        mark("We stopped writing. What is already in the sheet stays visible to everyone who could open it until now."),
        Action.CHECK_SHARING,
        mark("Check sharing again"),
    ),
    TroubleKind.PROFILE_NOT_ALLOWED: _Said(
        mark("A column is no longer allowed"),
        mark("The profile {name} shows something that the readers of this file may not see any more."),
        Action.CHOOSE_PROFILE,
        mark("Choose another profile"),
    ),
    TroubleKind.TAB_MISSING: _Said(
        mark("The tab is gone"),
        mark("The tab {name} was deleted. Bring it back with Undo and check again, or write to another tab."),
        Action.MOVE_TAB,
        mark("Choose another tab"),
        Action.RESUME,
        mark("Check again"),
    ),
    TroubleKind.ARCHIVE_MISSING: _Said(
        mark("The archive tab is gone"),
        mark("The tab {name} was deleted. Bring it back with Undo and check again, or let us make a new one."),
        Action.MOVE_TAB,
        mark("Make a new archive"),
        Action.RESUME,
        mark("Check again"),
    ),
    TroubleKind.KEY_COLUMN_MISSING: _Said(
        mark("The key column is gone"),
        mark("Without the column {name} we cannot tell which row is which order. Bring it back with Undo."),
        Action.RESUME,
        mark("Check again"),
    ),
    TroubleKind.SAME_ORDER_IN_TWO_SHOPS: _Said(
        mark("Two shops use the same order number"),
        mark("Order {name} exists in two shops of this tab. Give each shop a tab of its own."),
        Action.SHEET,
        mark("Open this tab's settings"),
    ),
    TroubleKind.PROTECTED: _Said(
        mark("The tab is protected"),
        mark("A protected range keeps us from writing. Allow {name} to edit it, then try again."),
        Action.RESUME,
        mark("Try again"),
    ),
    TroubleKind.SHEET_FULL: _Said(
        mark("The spreadsheet is full"),
        mark("Google allows no more cells in this file. Delete tabs you no longer need, then try again."),
        Action.RESUME,
        mark("Try again"),
    ),
    TroubleKind.MANY_ROWS_GONE: _Said(
        mark("Many rows disappeared at once"),
        mark("We paused in case that was a mistake. Bring them back with Undo, or tell us what happened."),
        Action.REPORTS,
        mark("Decide about them"),
    ),
    TroubleKind.UPSTREAM: _Said(
        mark("Waiting for another service"),
        mark("{name} does not answer at the moment. We keep trying; nothing is lost."),
        Action.TRY_NOW,
        mark("Try now"),
    ),
    TroubleKind.QUOTA_WAIT: _Said(
        mark("Google asks us to wait"),
        mark("Too much was written within a minute. We go on by ourselves; nothing is lost."),
        Action.TRY_NOW,
        mark("Try now"),
    ),
    TroubleKind.READERS_UNKNOWN: _Said(
        mark("We cannot tell who can open this file"),
        mark(
            "Google does not list everyone, so we stopped writing. Share the file with people by name, or approve it."
        ),
        Action.CHECK_SHARING,
        mark("Check sharing again"),
    ),
    TroubleKind.FILE_GONE: _Said(
        mark("We cannot find this file any more"),
        mark("It was deleted, or is no longer shared with the writer. Rows are kept and written when it is back."),
        Action.FIX_WRITER,
        mark("Add the writer again"),
    ),
    TroubleKind.SHARING_BLOCKED: _Said(
        mark("Your organisation blocks our writer"),
        mark("Its rules forbid sharing this file with an outside account. Ask its administrator to allow the writer."),
        Action.FIX_WRITER,
        mark("Add the writer again"),
        Action.WRITE_AS_ME,
        mark("Write as me"),
    ),
    TroubleKind.CONSENT_ENDED: _Said(
        mark("The consent to write has ended"),
        mark("We wrote here as {name}. That consent has ended, or the file is no longer open to them. Rows wait."),
        Action.WRITE_AS_ME,
        mark("Give consent again"),
        Action.FIX_WRITER,
        mark("Use our writer"),
    ),
    TroubleKind.REFUSED: _Said(
        mark("Google refused our last write"),
        mark("{name} Nothing was lost: rows wait until it works again."),
        Action.RESUME,
        mark("Try again"),
    ),
}


def title(trouble: Trouble, words: Words) -> str:
    """The reason in a few words, for lists."""
    return words(_SAID[trouble.kind].title)


def sign(trouble: Trouble) -> Icon:
    """The icon of the reason: resting on purpose looks different from being stopped."""
    return Icon.PAUSED if trouble.kind is TroubleKind.PAUSED else Icon.WARNING


def fix(trouble: Trouble) -> Action:
    """The press that mends it."""
    return _SAID[trouble.kind].fix


def panel(trouble: Trouble, may: frozenset[Action], words: Words, *, is_first: bool = True) -> Section:
    """The reason, since when, and the fix: a button (filled in the first panel of a card), or who can press it."""
    said = _SAID[trouble.kind]
    since = "" if trouble.since_s is None else words.ago(trouble.since_s)
    told = trouble.kind is not TroubleKind.LEAK or said.fix in may  # who may not act on names is not told them
    return section(
        line(bold(words(said.title)), bottom=since, start=icon(sign(trouble), words)),
        paragraph(words(said.sentence, name=trouble.name)) if told else None,
        _readers(trouble, words) if told else None,
        _fix(said, trouble, may, words, style=Style.FILLED if is_first else Style.OUTLINED),
    )


def _fix(said: _Said, trouble: Trouble, may: frozenset[Action], words: Words, *, style: Style) -> list[Widget]:
    if said.fix not in may:
        return [paragraph(words("An owner or admin of this account can fix this."))]
    press = Press(said.fix, _OBJECTS.get(said.fix, _binding)(trouble))
    other = None
    if said.other is not None and said.other in may:
        other = button(words(said.other_label), Press(said.other, _binding(trouble)), style=Style.BORDERLESS)
    return buttons(button(words(said.label), press, style=style), other)


def _binding(trouble: Trouble) -> dict[str, str]:
    return {"binding_id": trouble.binding_id} if trouble.binding_id else {}


def _shop(trouble: Trouble) -> dict[str, str]:
    return {"shop_id": trouble.shop_id} if trouble.shop_id else {}


_OBJECTS: Mapping[Action, Callable[[Trouble], dict[str, str]]] = {Action.CONNECT_SHOP: _shop}


def _readers(trouble: Trouble, words: Words) -> list[Widget]:
    """Who it is and why; what helps is on a card of its own."""
    shown, more = listed(trouble.readers, words, limit=6)
    return [_reader(each, words) for each in shown] + more


def _reader(reader: Reader, words: Words) -> Widget:
    return line(reader_name(reader, words), bottom=reader_reason(reader, words), start=icon(Icon.SEEN, words))
