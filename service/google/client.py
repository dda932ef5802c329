"""The calls to Google Sheets that we use, one method each; the Drive calls hang on `Google.drive`.

Answers are Google's own JSON. What the calls mean for a bound sheet is not known here. Methods whose name says read
count against the read quota, the others against the write quota; each is one call. `budget_s` is what is left of the
caller's time, in seconds: no call outlives it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import httpx
import msgspec

from service.google.drive import Drive
from service.google.identities import Identity
from service.google.transport import Call, Transport, ignore

#: A parsed JSON object of Google's.
Json = dict[str, Any]


class Google:
    """Sheets and Drive behind one HTTP client. Safe for many threads; make it after the process has forked.

    `sheets_url` is the address under which `v4/spreadsheets` lies, `drive_url` the one under which `drive/v3/files`
    lies; both end in a slash. The client and its limits belong to whoever made them.
    """

    def __init__(
        self,
        *,
        sheets_url: str,
        drive_url: str,
        http: httpx.Client,
        on_call: Callable[[Call], None] = ignore,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = Transport(http, on_call=on_call, now=now)
        self._sheets_url = sheets_url
        self._drive_url = drive_url

    @cached_property
    def drive(self) -> Drive:
        """The Drive calls. Kept and made late, like the Sheets ones."""
        return Drive(_resource("drive", "v3", f"{_with_slash(self._drive_url)}drive/v3/"), self._transport)

    @cached_property
    def _spreadsheets(self) -> Any:
        """Kept, because making it documents every request of the API again (over 100 ms on a slow machine); made at
        the first call and not before, because many a web process starts only to show a card.
        """
        return _resource("sheets", "v4", self._sheets_url).spreadsheets()

    def warm(self) -> None:
        """Google's library is loaded and both resources are made, so that no call has to wait for that."""
        _ = self.drive, self._spreadsheets

    def get(
        self, identity: Identity, spreadsheet_id: str, *, ranges: Sequence[str] = (), fields: str, budget_s: float
    ) -> Json:
        """The parts of the spreadsheet that `fields` names, cut to `ranges` (A1). One read."""
        request = self._spreadsheets.get(
            spreadsheetId=spreadsheet_id, ranges=list(ranges), fields=fields, prettyPrint=False
        )
        return self._transport.send(request, identity, kind="read", budget_s=budget_s)

    def get_by_filter(
        self,
        identity: Identity,
        spreadsheet_id: str,
        *,
        filters: Sequence[Mapping[str, Any]],
        fields: str,
        budget_s: float,
    ) -> Json:
        """The same, chosen by data filters (grid range, A1 or developer metadata). One read."""
        request = self._spreadsheets.getByDataFilter(
            spreadsheetId=spreadsheet_id, body={"dataFilters": list(filters)}, fields=fields, prettyPrint=False
        )
        return self._transport.send(request, identity, kind="read", budget_s=budget_s)

    def batch_update(
        self, identity: Identity, spreadsheet_id: str, *, body: Mapping[str, Any], fields: str, budget_s: float
    ) -> Json:
        """All requests of `body` are applied, or none. One write; never repeated.

        The body is written out here, without the library's spaces: up to 2 MB of it are advised, and a fifth is spaces.
        """
        request = self._spreadsheets.batchUpdate(
            spreadsheetId=spreadsheet_id, body={}, fields=fields, prettyPrint=False
        )
        request.body = msgspec.json.encode(body).decode()
        return self._transport.send(request, identity, kind="write", budget_s=budget_s)

    def create(
        self,
        identity: Identity,
        *,
        title: str,
        locale: str,
        time_zone: str,
        sheets: Sequence[Mapping[str, Any]] = (),
        fields: str = "spreadsheetId,spreadsheetUrl,properties,sheets.properties",
        budget_s: float,
    ) -> Json:
        """A new spreadsheet owned by the identity. One write; not idempotent: repeating makes a second file.

        `locale` like en_GB, `time_zone` an IANA name, `sheets` as in Google's Spreadsheet.sheets.
        """
        body: Json = {"properties": {"title": title, "locale": locale, "timeZone": time_zone}}
        if sheets:
            body["sheets"] = list(sheets)
        request = self._spreadsheets.create(body=body, fields=fields, prettyPrint=False)
        return self._transport.send(request, identity, kind="write", budget_s=budget_s)


def _resource(name: str, version: str, url: str) -> Any:
    """The API's resource object from the discovery file that the client ships; no network, no credentials."""
    # Loaded with the first resource: it takes as long as a quarter of a start, and a first card does without.
    from googleapiclient.discovery import build

    options = {"api_endpoint": _with_slash(url)}
    return build(name, version, http=_NO_HTTP, client_options=options, static_discovery=True, cache_discovery=False)


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"


#: Every request is sent by Transport, which hands its own exchange in; this placeholder only keeps `build` from
#: looking for default credentials.
_NO_HTTP = object()
