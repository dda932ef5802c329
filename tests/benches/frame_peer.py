"""How people put a table into a sheet: pandas and gspread-dataframe, in a process of their own.

It reads the same orders from the same database, makes of them what it can without the product's rules, and writes frame
after frame. Held to the product's limits: a request of 2 MB and so many calls a minute; the waits are left out and
counted. `python -m tests.benches.frame_peer` serves it.
"""

import json
import re
import sqlite3
import time
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import gspread
import pandas as pd
import requests
from gspread_dataframe import set_with_dataframe

from service.flows.quota import IDENTITY_BURST, PER_IDENTITY
from tests.benches import children
from tests.benches.bound import HEADERS
from tests.benches.sheet_peers import lead_gspread

REQUEST_BYTES = 2_000_000
SAMPLE = 200
QUERY = "SELECT body, sla_due_at FROM orders ORDER BY created_at DESC"
#: Long numbers are text: without the quote a sheet keeps fifteen digits of them.
IS_ID = re.compile(r"\d{16,}").fullmatch


class Frames:
    """One tab, filled from one database."""

    def open(self, sheets_url: str, drive_url: str, bearer: str) -> int:
        """The client can speak. Returns the resident KiB."""
        lead_gspread(sheets_url, drive_url)
        session = _Paced()
        session.headers["Authorization"] = f"Bearer {bearer}"
        self._session, self._client = session, gspread.Client(auth=None, session=session)
        return children.settle_memory()

    def fill(self, spreadsheet_id: str, database: str, count: int) -> dict[str, Any]:
        """The first tab holds every order, newest first."""
        tab = self._client.open_by_key(spreadsheet_id).sheet1
        tab.resize(rows=count + 1, cols=len(HEADERS))
        at, per_write = 1, SAMPLE
        with closing(sqlite3.connect(database)) as connection:
            cursor = connection.execute(QUERY)
            while lines := [_line(json.loads(body), due_us) for body, due_us in cursor.fetchmany(per_write)]:
                frame = pd.DataFrame(lines, columns=list(HEADERS))
                is_first = at == 1
                set_with_dataframe(tab, frame, row=at, include_column_header=is_first, string_escaping=IS_ID)
                at += len(lines) + is_first
                per_write = REQUEST_BYTES * len(lines) // len(json.dumps(lines))
        return {"waited_s": self._session.skipped_s}


class _Paced(requests.Session):
    """Every call takes a slot of its quota, reads and writes apart, as the product does; the waits are skipped and
    counted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.skipped_s = 0.0
        self._free_s = defaultdict(lambda: float("-inf"))  # when the last slot that was taken is free again

    def request(self, method: str, *given: Any, **named: Any) -> requests.Response:
        kind = "read" if method.upper() == "GET" else "write"
        now_s = time.monotonic() + self.skipped_s
        interval_s = PER_IDENTITY.total_seconds()
        wait_s = max(self._free_s[kind] - (IDENTITY_BURST - 1) * interval_s - now_s, 0.0)
        self.skipped_s += wait_s
        self._free_s[kind] = max(self._free_s[kind], now_s + wait_s) + interval_s
        return super().request(method, *given, **named)


def _line(body: dict[str, Any], due_us: int | None) -> list[Any]:
    """One order under our headings. What only the product's rules know (clock, urgency) stays blank."""
    body = {"provider": "", "tracking": ""} | body  # what an order does not say is not kept
    counts: dict[str, int] = {}
    for line in body["lines"]:
        counts[line["seller_sku"]] = counts.get(line["seller_sku"], 0) + 1
    items = ", ".join(f"{count}×{sku}" for sku, count in counts.items())
    provider = ", ".join({line["provider"]: None for line in body["lines"] if line["provider"]}) or body.get(
        "provider", ""
    )
    tracking = ", ".join({line["tracking"]: None for line in body["lines"] if line["tracking"]}) or body.get(
        "tracking", ""
    )
    created_at = datetime.fromisoformat(body["created_at"])
    due_at = None if due_us is None else datetime.fromtimestamp(due_us / 1e6, UTC)
    return [
        body["order_id"], f"{created_at:%Y-%m-%d %H:%M:%S}", body["status"], items, sum(counts.values()), provider,
        tracking, "", f"{due_at:%Y-%m-%d %H:%M:%S}" if due_at else "", "", "", "",
    ]  # fmt: skip


if __name__ == "__main__":
    frames = Frames()
    children.serve({"open": frames.open, "fill": frames.fill})
