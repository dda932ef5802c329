"""What the sandbox's page says of the emulator: how to drive it, what its formulas know, and what it does not imitate.

The gaps are one list: each says in a sentence what is missing and names the requests and methods that are refused for
it. Tests hold the list against Google's discovery files, so nothing can be missing without being said.
"""

from typing import NamedTuple

from service.sandbox.sheets.evaluate import RANGED, SPECIAL
from service.sandbox.sheets.formulas.functions import SCALARS
from service.sandbox.sheets.hands import DEEDS, parameters


class Gap(NamedTuple):
    """What is missing, in a sentence; `requests` are kinds of a batch, `methods` method names or their beginnings."""

    sentence: str
    requests: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


FUNCTIONS: tuple[str, ...] = tuple(sorted({*SPECIAL, *RANGED, *SCALARS}))
"""Functions that formulas may use."""

GAPS: tuple[Gap, ...] = (
    Gap(
        "Comments: calls about them are refused, and cell notes are not comments.",
        requests=("insertComment", "updateCommentPost", "deleteComment", "addCommentReply", "deleteCommentReply"),
        methods=("comments.", "replies."),
    ),
    Gap("Slicers, images, pivot tables and smart chips.", requests=("addSlicer", "updateSlicerSpec")),
    Gap(
        "Data sources (BigQuery, Looker).",
        requests=(
            "addDataSource",
            "updateDataSource",
            "deleteDataSource",
            "refreshDataSource",
            "cancelDataSourceRefresh",
        ),
    ),
    Gap(
        "Charts are kept, told and moved along; nothing draws them, and they have no border.",
        requests=("updateEmbeddedObjectBorder",),
    ),
    Gap(
        "Formulas beyond these functions, the operators = <> < > <= >= & + - * / ^ %, arrays in braces and references"
        f" across tabs: {', '.join(FUNCTIONS)}. Anything else shows #NAME?, nothing is ever fetched, and a number"
        " joined to text is written in English."
    ),
    Gap("Formats that a formula lends its cell: without a number format of its own a date formula shows a number."),
    Gap("Colour scales in conditional formats are kept, not drawn."),
    Gap("Validation rules are kept, told and moved along, and nothing is refused for them; chip colours do not exist."),
    Gap("The totals row of a table and the rules of its typed columns."),
    Gap("Custom formulas keep the separators they were typed with when the locale changes; cell formulas do not."),
    Gap("Developer metadata of visibility PROJECT is shown to every Cloud project."),
    Gap("Widths that fit a text are guessed from the number of its characters."),
    Gap("Undo by a user, and what two people type at the very same moment: changes come one after the other."),
    Gap(
        "What becomes of things in a cut beyond this: formulas, names, merges, protections, conditional formats and"
        " sources of charts follow when all of their cells are cut. Filters, tables, banding and groups stay, a formula"
        " that points at cells which a cut is pasted over keeps its address, and a reference that left its tab and came"
        " back goes on naming it. Copies leave merges behind."
    ),
    Gap("Links are recognised by a list of common endings."),
    Gap(
        "Notification mails, access requests, approvals, folders with limited access, and publishing to the web.",
        methods=("accessproposals.", "approvals."),
    ),
    Gap(
        "Content of files: exports, downloads, uploads, revisions, labels, the trash as a place.",
        methods=(
            "files.download",
            "files.emptyTrash",
            "files.export",
            "files.generateCseToken",
            "files.listLabels",
            "files.modifyLabels",
            "operations.",
            "revisions.",
        ),
    ),
    Gap("Change feeds and watches.", methods=("changes.", "channels.", "files.watch")),
    Gap(
        "Shared drives as objects: the control door puts a file on one, and nothing lists or makes them.",
        methods=("drives.", "teamdrives."),
    ),
    Gap(
        "Drive's own pages about the user and installed apps, and ids made in advance.",
        methods=("about.", "apps.", "files.generateIds"),
    ),
    Gap("Quotas of Drive; `rate_limited` answers as they would."),
    Gap("Request bodies written in snake_case, which Google also accepts."),
    Gap("Batches of several HTTP calls in one (the batch endpoints), JSONP and protobuf answers."),
)

NOT_IMITATED: tuple[str, ...] = tuple(gap.sentence for gap in GAPS)
"""What the page lists."""

_DEEDS = "; ".join(f"{deed} ({parameters(deed).removeprefix('spreadsheet_id').removeprefix(', ')})" for deed in DEEDS)

MANUAL: dict[str, str] = {
    "POST grants": '{"email", "spreadsheet_id"}: the person opens the file with the add-on.',
    "POST hands/<deed>": (
        "What a user does by hand. Every deed takes spreadsheet_id and, to act as somebody the file is shared with"
        ' instead of its owner, "by". cell, cells, column and to are A1 letters (B3, C2:C9, C) where text is meant and'
        " indexes from 0 where rows and columns are; dimension is ROWS or COLUMNS; sheet_id is 0 unless given. A wrong"
        f" key is told the right ones. Deeds: {_DEEDS}."
    ),
    "POST shared-drive": (
        '{"spreadsheet_id", "drive_id", "members"?: [{"email", "role"?, "type"?}]}: the file moves to a shared drive'
        " whose manager its owner is, or back with null."
    ),
    "POST readers": '{"spreadsheet_id", "hidden"?}: only who manages the file is told who can open it.',
    "POST groups": '{"email", "members"}: who belongs to a group.',
    "POST accounts": '{"email"}: this Google account is deleted; its permissions stay listed and open nothing.',
    "POST domains": '{"domain", "closed"?}: an organisation whose files may not be shared with anybody outside.',
    "POST clients": (
        '{"share_grants"?}: a drive.file grant made with the add-on counts for the web client of the project too.'
        " Nobody has proved what Google does; at first it does not."
    ),
    "POST faults": (
        "{name: count}, or {name: {count, after?, method?, kind?, email?, spreadsheet_id?, seconds?}}, where `after`"
        " calls pass first; settings as {name: value}."
    ),
    "GET faults": "What is set, what is waiting, and which calls are on their way.",
    "DELETE faults": "No fault waits any more and every switch is off.",
    "POST faults/land": "Calls that a `late` fault keeps back are applied now; answers what became of each.",
    "GET calls": "Reads, writes, calls by method, status and identity, bytes, since the last reset.",
    "DELETE calls": "The counts begin anew.",
    "GET spreadsheets": "Every spreadsheet: id, title, version, owner.",
    "GET spreadsheets/<spreadsheet_id>": (
        "?since=N&rows=M: a picture of the first M rows as soon as the version is above N, at the latest after 20 s."
    ),
}
"""What the control door answers, by address."""
