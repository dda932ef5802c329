"""What the deeds of the record are called: a sentence for each, and the group it is looked for by.

Whoever records a new deed adds its row to DEEDS. A sentence tells what was done to `{what}`; who did it, when, in which
role and from which sheet stand beside it.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from cards.people_words import role_word
from cards.words import Words, mark
from service.core.roles import Switch
from service.flows.record import Logged
from service.web.right_words import SWITCH_WORDS


class DeedGroup(StrEnum):
    """What a deed is about. Value = the choice of the filter."""

    PEOPLE = "people"
    SHEETS = "sheets"
    SHARING = "sharing"
    ORDERS = "orders"
    SHOPS = "shops"
    FILES = "files"
    ACCOUNT = "account"
    REFUSED = "refused"


GROUP_WORDS: Mapping[DeedGroup, str] = {
    DeedGroup.PEOPLE: mark("People and roles"),
    DeedGroup.SHEETS: mark("Sheets and profiles"),
    DeedGroup.SHARING: mark("Who can open sheets"),
    DeedGroup.ORDERS: mark("Orders and buyers"),
    DeedGroup.SHOPS: mark("Shops"),
    DeedGroup.FILES: mark("Downloads"),
    DeedGroup.ACCOUNT: mark("The account"),
    DeedGroup.REFUSED: mark("What was refused"),
}

_PEOPLE, _SHEETS, _SHARING, _ORDERS, _SHOPS = (
    DeedGroup.PEOPLE,
    DeedGroup.SHEETS,
    DeedGroup.SHARING,
    DeedGroup.ORDERS,
    DeedGroup.SHOPS,
)

#: Deed as it is recorded → its group and its sentence.
DEEDS: Mapping[str, tuple[DeedGroup, str]] = {
    "invite": (_PEOPLE, mark("Invited {what}")),
    "invite-domain": (_PEOPLE, mark("Invited {what}")),
    "revoke-invitation": (_PEOPLE, mark("Withdrew the invitation of {what}")),
    "accept-invitation": (_PEOPLE, mark("Joined: {what}")),
    "join-by-domain": (_PEOPLE, mark("Joined: {what}")),
    "change-role": (_PEOPLE, mark("Changed the access of {what}")),
    "revoke-member": (_PEOPLE, mark("Ended the access of {what}")),
    "leave-account": (_PEOPLE, mark("Left the account")),
    "offer-ownership": (_PEOPLE, mark("Offered the account to {what}")),
    "take-ownership": (_PEOPLE, mark("Took the account over: {what}")),
    "recover-owner": (_PEOPLE, mark("Support made {what} an owner")),
    "set-switch": (_PEOPLE, mark("Changed what a role may: {what}")),
    "make-role": (_PEOPLE, mark("Made the role {what}")),
    "change-own-role": (_PEOPLE, mark("Changed the role {what}")),
    "retire-role": (_PEOPLE, mark("Removed the role {what}")),
    "confirm-access": (_PEOPLE, mark("Confirmed the access of {what}")),
    "finish-review": (_PEOPLE, mark("Finished the access review")),
    "sign-out": (_PEOPLE, mark("Signed out of Rowstream")),
    "bind": (_SHEETS, mark("Connected a tab: {what}")),
    "adopt-profile": (_SHEETS, mark("Brought a tab up to its profile: {what}")),
    "clone-profile": (_SHEETS, mark("Made the profile {what}")),
    "change-profile": (_SHEETS, mark("Changed the profile {what}")),
    "pause": (_SHEETS, mark("Paused the sheet")),
    "resume": (_SHEETS, mark("Let the sheet go on")),
    "resume-tab": (_SHEETS, mark("Let the tab {what} go on")),
    "stop": (_SHEETS, mark("Disconnected the tab {what}")),
    "try-now": (_SHEETS, mark("Tried again at once")),
    "refresh-now": (_SHEETS, mark("Refreshed the sheet")),
    "fetch-older": (_SHEETS, mark("Fetched older rows into {what}")),
    "stop-backfill": (_SHEETS, mark("Stopped fetching older rows into {what}")),
    "make-summary": (_SHEETS, mark("Made a summary: {what}")),
    "keep-finished": (_SHEETS, mark("Chose how long finished orders stay: {what}")),
    "make-archive": (_SHEETS, mark("Made an archive for {what}")),
    "restore-row": (_SHEETS, mark("Put row {what} back")),
    "take-note": (_SHEETS, mark("Took note of a remark on {what}")),
    "accept-missing": (_SHEETS, mark("Accepted that rows are gone: {what}")),
    "restore-missing": (_SHEETS, mark("Put missing rows back: {what}")),
    "repair-key": (_SHEETS, mark("Repaired row {what}")),
    "remove-copy": (_SHEETS, mark("Removed a copy of row {what}")),
    "restore-column": (_SHEETS, mark("Put the column {what} back")),
    "write": (_SHEETS, mark("Wrote into {what}")),
    "approve-reader": (_SHARING, mark("Let {what} stay in the sheet")),
    "withdraw-approval": (_SHARING, mark("Withdrew the approval of {what}")),
    "remove-reader": (_SHARING, mark("Removed {what} from the sheet")),
    "prove": (_SHARING, mark("Proved what the sheet shows: {what}")),
    "give-consent": (_SHARING, mark("Let Rowstream write as {what}")),
    "write-as-me": (_SHARING, mark("Had the sheet written as {what}")),
    "end-consent": (_SHARING, mark("Ended writing as {what}")),
    "save-note": (_ORDERS, mark("Wrote a note on order {what}")),
    "see-buyer": (_ORDERS, mark("Saw the buyer of order {what}")),
    "erase-buyer": (_ORDERS, mark("Erased the buyer of order {what}")),
    "set-retention": (_ORDERS, mark("Chose how long buyers are kept: {what}")),
    "refresh-desk": (_SHOPS, mark("Had the finances of {what} read anew")),
    "save-shop-terms": (_SHOPS, mark("Stated taxes and rates: {what}")),
    "drop-shop-terms": (_SHOPS, mark("Took taxes and rates back: {what}")),
    "dismiss-drift": (_SHOPS, mark("Took note of risen fees: {what}")),
    "edit-costs": (_SHOPS, mark("Changed the cost of {what}")),
    "make-cost-tab": (_SHEETS, mark("Made a tab for costs: {what}")),
    "connect-shop": (_SHOPS, mark("Connected the shop {what}")),
    "disconnect-shop": (_SHOPS, mark("Disconnected the shop {what}")),
    "claim-shop": (_SHOPS, mark("Asked to move the shop {what}")),
    "take-over-shop": (_SHOPS, mark("Moved the shop {what} to another account")),
    "export": (DeedGroup.FILES, mark("Downloaded {what}")),
    "open-account": (DeedGroup.ACCOUNT, mark("Opened the account")),
    "close-account": (DeedGroup.ACCOUNT, mark("Closed the account")),
    "delete-me": (_PEOPLE, mark("Asked to be forgotten and left")),
    "keep-record": (DeedGroup.ACCOUNT, mark("Chose how long this record is kept: {what}")),
    "refused": (DeedGroup.REFUSED, mark("Pressed what their role does not allow: {what}")),
}


def words_in(group: DeedGroup) -> frozenset[str]:
    """The deeds of a group."""
    return frozenset(deed for deed, (of, _sentence) in DEEDS.items() if of is group)


def sentence(line: Logged, words: Words, *, shops: Mapping[str, str]) -> str:
    """What was done, in a sentence. `shops`: names by TikTok's id. A deed of a later release is told by its word."""
    if line.deed not in DEEDS:
        return f"{line.deed.replace('-', ' ').capitalize()}: {line.subject}"
    group, template = DEEDS[line.deed]
    what = line.subject
    if group is _SHOPS:
        what = shops.get(what, what)
    elif line.deed in _SUBJECTS:
        what = _SUBJECTS[line.deed](line, words)
    return words(template, what=what)


def _switched(line: Logged, words: Words) -> str:
    name, _, wanted = line.subject.partition(" ")
    if name not in {switch.value for switch in Switch}:
        return line.subject
    label, role = words(SWITCH_WORDS[Switch(name)][0]), role_word(name.partition(":")[0], words)
    if wanted == "on":
        return words("{right} opened for {role}", right=label, role=role)
    return words("{right} closed for {role}", right=label, role=role)


def _after_its_kind(line: Logged, _words: Words) -> str:
    """What follows the word that says of which kind it is."""
    return line.subject.partition(" ")[2] or line.subject


def _pressed(line: Logged, _words: Words) -> str:
    return line.subject.replace("-", " ")


def _counted(line: Logged, words: Words) -> str:
    body = line.body or {}
    parts = [
        words.plural("{count} row added", "{count} rows added", int(body.get("added", 0))),
        words.plural("{count} row changed", "{count} rows changed", int(body.get("changed", 0))),
    ]
    return words("{title}: {told}", title=line.subject, told=", ".join(parts))


_SUBJECTS: Mapping[str, Callable[[Logged, Words], str]] = {
    "set-switch": _switched,
    "take-note": _after_its_kind,
    "export": _after_its_kind,
    "refused": _pressed,
    "write": _counted,
}
