"""Examples of writing as a person, and of going for good."""

from collections.abc import Mapping

from cards.actions import TRIGGERS, Action
from cards.consents import ConsentGiven, ConsentLine, OwnConsents, Why, WriteAsMe
from cards.farewell import CloseAccount, ClosedAccount, DeletedMe, DeleteMe, OtherOwners, OwnsAccounts

ALL = frozenset(Action) - TRIGGERS
ACCOUNT = "Glow Skin Ltd"
MAYA = "maya@glowskin.example"
WRITER = "rowstream-writer-2@rowstream-production.iam.gserviceaccount.com"
FILES = ("Fulfilment – Glow Skin", "Returns desk")

LEAVING_EXAMPLES: Mapping[str, object] = {
    "write-as-me": WriteAsMe("/consent/start?ticket=4fQx7mZk2b", MAYA, ACCOUNT, WRITER),
    "write-as-me-again": WriteAsMe("/consent/start?ticket=4fQx7mZk2b", MAYA, ACCOUNT, WRITER, Why.ENDED),
    "write-as-me-no-right": WriteAsMe("/consent/start?ticket=4fQx7mZk2b", MAYA, ACCOUNT, WRITER, Why.NO_RIGHT),
    "consent-given": ConsentGiven(MAYA, ACCOUNT, ALL),
    "own-consents": OwnConsents(
        MAYA,
        (
            ConsentLine("con_1", ACCOUNT, "3 Mar 2026", FILES),
            ConsentLine("con_2", "Nordic Beauty", "14 Oct 2026"),
        ),
    ),
    "own-consents-none": OwnConsents(MAYA),
    "delete-me": DeleteMe(MAYA, (ACCOUNT, "Nordic Beauty"), FILES),
    "delete-me-nowhere": DeleteMe("ana@oldagency.example"),
    "delete-me-error": DeleteMe(MAYA, (ACCOUNT,), error=f"Type {MAYA} to confirm."),
    "delete-me-last-owner": OwnsAccounts(MAYA, (ACCOUNT,), ALL),
    "deleted-me": DeletedMe(),
    "close-account": CloseAccount("acc_1", ACCOUNT, ("Glow Skin UK", "Glow Skin US"), FILES, 6),
    "close-account-empty": CloseAccount("acc_1", ACCOUNT),
    "close-account-error": CloseAccount("acc_1", ACCOUNT, error=f"Type {ACCOUNT} to confirm."),
    "close-account-owners": OtherOwners(ACCOUNT, ("jon@glowskin.example",)),
    "closed-account": ClosedAccount(ACCOUNT),
    "closed-account-cleaning": ClosedAccount(ACCOUNT, is_cleaning=True),
}
