"""Examples of the card that names who can open a file and may not."""

from collections.abc import Mapping

from cards.actions import TRIGGERS, Action
from cards.readers import Reader, ReaderKind
from cards.sharing import Sharing

ALL = frozenset(Action) - TRIGGERS
ADMIN = ALL - {Action.APPROVE_READER}
FILE = "Fulfilment – Glow Skin"
SHARE_URL = "https://docs.google.com/spreadsheets/d/1fGlowSkinFulfilment/edit?sharingaction=manageaccess"

EVERY_KIND = (
    Reader("per_1", ReaderKind.LINK, can_remove=True),
    Reader("per_2", ReaderKind.PUBLIC, can_remove=True),
    Reader("per_3", ReaderKind.DOMAIN, "oldagency.example", can_remove=True),
    Reader("per_4", ReaderKind.GROUP, "night-shift@packhouse.example", can_remove=True),
    Reader("per_5", ReaderKind.UNKNOWN, "ana@oldagency.example", ends_s=3_600, can_remove=True),
    Reader("per_6", ReaderKind.ROLE, "colin@books.example", "accountant", can_remove=True),
    Reader("per_7", ReaderKind.ENDED, "jo@packhouse.example", can_remove=True),
)

SHARING_EXAMPLES: Mapping[str, object] = {
    "sharing": Sharing(FILE, EVERY_KIND, SHARE_URL, may=ALL),
    "sharing-ask-owner": Sharing(
        FILE,
        (
            Reader("per_5", ReaderKind.UNKNOWN, "ana@oldagency.example", comes_from="folder"),
            Reader("per_8", ReaderKind.OWNER, "studio@oldagency.example"),
        ),
        SHARE_URL,
        ask="studio@oldagency.example",
        may=ADMIN,
    ),
    "sharing-drive": Sharing(
        FILE,
        (
            Reader("per_6", ReaderKind.ROLE, "colin@books.example", "accountant", comes_from="drive"),
            Reader("per_9", ReaderKind.UNKNOWN, comes_from="drive"),
        ),
        SHARE_URL,
        is_on_drive=True,
        may=ALL,
    ),
    "sharing-unlisted": Sharing(
        FILE, (Reader("unlisted:4f", ReaderKind.UNLISTED, comes_from="drive"),), SHARE_URL, is_on_drive=True, may=ALL
    ),
    "sharing-unlisted-owner": Sharing(
        FILE, (Reader("unlisted:4f", ReaderKind.UNLISTED),), SHARE_URL, ask="maya@glowskin.example", may=ADMIN
    ),
}
