"""Who can open a file and may not see all of it, each with what helps: a button where the viewer may press it in Google
too, else whom to ask. Parameters: `reader_id`; `again` when the card is already in view.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.actions import Action, Link, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, footer, heading, listed, section
from cards.markup import bold
from cards.readers import NAMELESS, Reader, ReaderKind, reader_name, reader_reason
from cards.widgets import Style, Widget, button, buttons, line, paragraph
from cards.words import Words, mark

MOST_READERS = 12  # each with its buttons; the next look names the others
AGAIN = "again"  # parameter: draw the card in place


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a look found. `share_url` opens Google's own dialog; `ask` is the address of who can change the sharing,
    empty when the viewer can, or when it is managed with a shared drive (`is_on_drive`).
    """

    file_title: str
    readers: tuple[Reader, ...]
    share_url: str
    ask: str = ""
    is_on_drive: bool = False
    may: frozenset[Action] = frozenset()


_REMOVE: Mapping[ReaderKind, str] = {
    ReaderKind.LINK: mark("Turn off the link"),
    ReaderKind.PUBLIC: mark("Turn off the link"),
    ReaderKind.DOMAIN: mark("Stop sharing with them"),
    ReaderKind.GROUP: mark("Remove the group from the file"),
}


def sharing(view: Sharing, words: Words) -> Card:
    """Each reader with what helps, then what no button can do, then the check."""
    shown, more = listed(view.readers, words, limit=MOST_READERS)
    check = button(words("Check sharing again"), Press(Action.CHECK_SHARING, {AGAIN: "yes"}))
    dialog = button(words("Open the sharing dialog"), Link(view.share_url))
    return card(
        heading(words("Who can open this file"), view.file_title),
        [
            section(
                line(bold(words("We stopped writing")), start=icon(Icon.WARNING, words)),
                paragraph(words("It goes on by itself as soon as everyone here is gone or may see the whole file.")),
            ),
            *(_reader(each, view, words) for each in shown),
            section(more, _hints(view, words)),
            _limits(words),
        ],
        fixed=footer(check, dialog) if Action.CHECK_SHARING in view.may else footer(dialog),
    )


def _reader(reader: Reader, view: Sharing, words: Words) -> Section:
    """Who it is and why; the buttons below, because an address needs the whole width."""
    known = {"reader_id": reader.reader_id}
    remove = approve = None
    if reader.can_remove and Action.REMOVE_READER in view.may:
        label = words(_REMOVE.get(reader.kind, mark("Remove from the file")))
        remove = button(label, Press(Action.REMOVE_READER, known))
    if reader.kind not in NAMELESS and Action.APPROVE_READER in view.may:
        approve = button(words("Approve"), Press(Action.APPROVE_READER, known), style=Style.BORDERLESS)
    who = line(bold(reader_name(reader, words)), bottom=reader_reason(reader, words), start=icon(Icon.SEEN, words))
    return section(who, buttons(remove, approve))


def _hints(view: Sharing, words: Words) -> list[Widget]:
    """What to do where no button helps: whom to ask, or where the access has to be ended."""
    said = []
    kinds = {each.kind for each in view.readers}
    if view.ask:
        said.append(
            words("Google does not let you change who can open this file. Ask {owner} to do it.", owner=view.ask)
        )
    elif view.is_on_drive and not any(each.can_remove for each in view.readers):
        said.append(words("Ask a manager of the shared drive to change who can open this file."))
    if any(each.comes_from for each in view.readers if each.kind is not ReaderKind.UNLISTED):
        said.append(words("What comes from a folder or a shared drive can be ended only there, or by moving the file."))
    if ReaderKind.OWNER in kinds:
        said.append(words("The owner of a file cannot be removed from it. Invite them, or use a file of your own."))
    if ReaderKind.UNLISTED in kinds:
        said.append(words("An owner of this account can approve them; the approval ends when the file is shared anew."))
    people = None
    if kinds & {ReaderKind.UNKNOWN, ReaderKind.ROLE, ReaderKind.ENDED} and Action.PEOPLE in view.may:
        people = button(words("Manage people"), Press(Action.PEOPLE), style=Style.BORDERLESS)
    return [*(paragraph(each) for each in said), *buttons(people)]


def _limits(words: Words) -> Section:
    """What a look cannot see or undo."""
    return section(
        paragraph(words("What is already in the sheet stays visible to everyone who could open it until now.")),
        paragraph(
            words(
                "A sheet that was published to the web is open to everybody, and Google does not tell us. Look under"
                " File, Share, Publish to web."
            )
        ),
    )
