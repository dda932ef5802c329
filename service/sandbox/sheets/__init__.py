"""Sheets and Drive emulator: Google's REST surface over state kept in this process.

The only door is `create_emulator`. Nothing here shares code with the product's own clients.
"""

from service.sandbox.sheets.emulator import Emulator, create_emulator
from service.sandbox.sheets.people import PeopleLookup, Person, StaleBearerError, nobody

NOT_IMITATED: tuple[str, ...] = (
    "Drawing of charts; slicers, images, pivot tables, data sources and comments.",
    "Formulas beyond a short list; anything else shows #NAME?, and nothing is ever fetched.",
    "Relative dates and colour scales in conditional formats; validation rules are kept but not enforced.",
    "Recalculation intervals: NOW() is always the present market time.",
    "Formats that a formula lends its cell: without a number format of its own a date formula shows a number.",
    "Developer metadata of visibility PROJECT is shown to every Cloud project.",
    "References inside validation rules do not follow inserted rows and columns.",
    "Notification mails, comments and expiry of permissions.",
    "Exports and uploads of file content, revisions, labels and change watches in Drive.",
    "Request bodies written in snake_case, which Google also accepts.",
    "Batches of several HTTP calls in one (the batch endpoints), JSONP and protobuf answers.",
)
"""What the sandbox page says beside the emulator."""

__all__ = ["NOT_IMITATED", "Emulator", "PeopleLookup", "Person", "StaleBearerError", "create_emulator", "nobody"]
