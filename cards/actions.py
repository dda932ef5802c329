"""The vocabulary of the sidebar: every name a press may utter, and what a press or a link is.

An Action's value is the URL segment and the handler's name. What an action needs and does is bound in the web room's
registry, never here. Two actions are triggers: Google calls them by itself, and they answer in the trigger's envelope;
that is why a button that leads home utters RETURN_HOME and not HOME.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Action(StrEnum):
    """Every name a press may utter. Value = last segment of the address, kebab-case."""

    HOME = "home"
    FILE_GRANTED = "file-granted"
    RETURN_HOME = "return-home"
    ALLOW_FILE = "allow-file"
    # the door: accounts and invitations
    NEW_ACCOUNT = "new-account"
    OPEN_ACCOUNT = "open-account"
    CHOOSE_ACCOUNT = "choose-account"
    ACCEPT_INVITATION = "accept-invitation"
    CONFIRM_CODE = "confirm-code"
    # shops
    SHOPS = "shops"
    CONNECT_SHOP = "connect-shop"
    CONNECT_STATUS = "connect-status"
    DISCONNECT_SHOP = "disconnect-shop"
    CONFIRM_DISCONNECT_SHOP = "confirm-disconnect-shop"
    # profiles and their columns
    CHOOSE_PROFILE = "choose-profile"
    PREVIEW_PROFILE = "preview-profile"
    CLONE_PROFILE = "clone-profile"
    EDIT_COLUMNS = "edit-columns"
    COLUMN = "column"
    ADD_COLUMN = "add-column"
    REMOVE_COLUMN = "remove-column"
    MOVE_COLUMN = "move-column"
    RENAME_COLUMN = "rename-column"
    EDIT_FILTER = "edit-filter"
    SAVE_FILTER = "save-filter"
    SAVE_PROFILE = "save-profile"
    # the sheet
    BIND_FORM = "bind-form"
    BIND = "bind"
    CONFIRM_BIND = "confirm-bind"
    SHEET = "sheet"
    REFRESH_NOW = "refresh-now"
    REFRESH_STATUS = "refresh-status"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    CONFIRM_STOP = "confirm-stop"
    ADOPT_PROFILE = "adopt-profile"
    CONFIRM_ADOPT_PROFILE = "confirm-adopt-profile"
    STOP_BACKFILL = "stop-backfill"
    FETCH_OLDER = "fetch-older"
    KEEP_FINISHED = "keep-finished"
    MAKE_SUMMARY = "make-summary"
    HISTORY = "history"
    EXPORT_HISTORY = "export-history"
    TRY_NOW = "try-now"
    WHERE_IS = "where-is"
    FIX_WRITER = "fix-writer"
    WRITE_AS_ME = "write-as-me"
    CHECK_SHARING = "check-sharing"
    APPROVE_READER = "approve-reader"
    REMOVE_READER = "remove-reader"
    PROOF = "proof"
    PROVE = "prove"
    EXPORT_PROOF = "export-proof"
    # what people did to a tab
    REPORTS = "reports"
    RESTORE_ROW = "restore-row"
    REPAIR_KEY = "repair-key"
    REMOVE_COPY = "remove-copy"
    RESTORE_COLUMN = "restore-column"
    TAKE_NOTE = "take-note"
    ACCEPT_MISSING = "accept-missing"
    RESTORE_MISSING = "restore-missing"
    MOVE_TAB = "move-tab"
    # orders
    ORDERS = "orders"
    FILTER_ORDERS = "filter-orders"
    ORDER = "order"
    SAVE_NOTE = "save-note"
    PROFIT_HISTORY = "profit-history"
    # people
    PEOPLE = "people"
    INVITE = "invite"
    SEND_INVITATION = "send-invitation"
    INVITE_DOMAIN = "invite-domain"
    SEND_DOMAIN_INVITATION = "send-domain-invitation"
    REVOKE_INVITATION = "revoke-invitation"
    MEMBER = "member"
    CHANGE_ROLE = "change-role"
    REVOKE_MEMBER = "revoke-member"
    CONFIRM_REVOKE = "confirm-revoke"
    ROLE_SWITCHES = "role-switches"
    SET_SWITCH = "set-switch"
    OWN_ROLES = "own-roles"
    OWN_ROLE = "own-role"
    SAVE_ROLE = "save-role"
    RETIRE_ROLE = "retire-role"
    OFFER_OWNERSHIP = "offer-ownership"
    CONFIRM_OFFER = "confirm-offer"
    # the record, and who still needs what they have
    AUDIT_LOG = "audit-log"
    FILTER_LOG = "filter-log"
    EXPORT_LOG = "export-log"
    VERIFY_LOG = "verify-log"
    KEEP_LOG = "keep-log"
    ACCESS_REVIEW = "access-review"
    CONFIRM_ACCESS = "confirm-access"
    WITHDRAW_APPROVAL = "withdraw-approval"
    FINISH_REVIEW = "finish-review"
    # money
    DESK = "desk"
    FILTER_DESK = "filter-desk"
    REFRESH_DESK = "refresh-desk"
    TIE_OUT = "tie-out"
    STATEMENT = "statement"
    EXPORT_DESK = "export-desk"
    SHOP_TERMS = "shop-terms"
    SAVE_SHOP_TERMS = "save-shop-terms"
    DROP_SHOP_TERMS = "drop-shop-terms"
    FEE_AUDIT = "fee-audit"
    EXPORT_FEE_AUDIT = "export-fee-audit"
    FEE_DRIFT = "fee-drift"
    DISMISS_DRIFT = "dismiss-drift"
    COSTS = "costs"
    COST = "cost"
    SAVE_COST = "save-cost"
    DROP_COST = "drop-cost"
    MAKE_COST_TAB = "make-cost-tab"
    READ_COSTS = "read-costs"
    COST_FAULTS = "cost-faults"
    IMPORT_COSTS = "import-costs"
    EXPORT_COSTS = "export-costs"
    # buyers' data
    PRIVACY = "privacy"
    SET_RETENTION = "set-retention"
    FIND_BUYER = "find-buyer"
    EXPORT_BUYER = "export-buyer"
    ERASE_BUYER = "erase-buyer"
    CONFIRM_ERASE_BUYER = "confirm-erase-buyer"
    # one's own
    ACCOUNT = "account"
    LEAVE_ACCOUNT = "leave-account"
    CONFIRM_LEAVE = "confirm-leave"
    HELP = "help"
    SIGN_OUT = "sign-out"
    CONFIRM_SIGN_OUT = "confirm-sign-out"
    OWN_CONSENTS = "own-consents"
    END_CONSENT = "end-consent"
    DELETE_ME = "delete-me"
    CONFIRM_DELETE_ME = "confirm-delete-me"
    CLOSE_ACCOUNT = "close-account"
    CONFIRM_CLOSE_ACCOUNT = "confirm-close-account"


#: Google calls these by itself; no button utters them.
TRIGGERS = frozenset({Action.HOME, Action.FILE_GRANTED})

#: Offered in the menu of every card by the manifest.
UNIVERSAL = (Action.ACCOUNT, Action.HELP, Action.SIGN_OUT)

#: Presses that create something: each carries an idempotency key, so that a double click creates one thing.
ONCE = frozenset(
    {
        Action.OPEN_ACCOUNT,
        Action.CLONE_PROFILE,
        Action.SAVE_PROFILE,
        Action.BIND,
        Action.CONFIRM_BIND,
        Action.CONFIRM_ADOPT_PROFILE,
        Action.REFRESH_NOW,
        Action.SAVE_NOTE,
        Action.SEND_INVITATION,
        Action.SEND_DOMAIN_INVITATION,
        Action.SAVE_ROLE,
        Action.APPROVE_READER,
    }
)


@dataclass(frozen=True, slots=True)
class Press:
    """What pressing something utters: a name and string parameters. Parameters come back as user input."""

    action: Action
    parameters: Mapping[str, str] = field(default_factory=dict)


class Opens(StrEnum):
    """Where a link opens: in a browser tab, or over the sidebar, which is drawn anew when the window closes."""

    TAB = "TAB"
    OVERLAY = "OVERLAY"


@dataclass(frozen=True, slots=True)
class Link:
    """An address to open: absolute https, or a path of our own service beginning with a slash."""

    url: str
    opens: Opens = Opens.TAB
