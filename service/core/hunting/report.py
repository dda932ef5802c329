"""The report of a hunt: one plain document, always the same bytes for the same content, with a verdict that can be told
from nothing else than what is in it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from service.core.hunting.headings import title_of
from service.core.hunting.places import Finding, Part, Sign

VERSION = 1
KIND = "Rowstream sharing proof"
#: What is said of every file, green or not: nobody can look at it by Google's interface, or not with our rights.
NOT_COVERED = (
    "Comments, drawings and pictures",
    "The version history of the file",
    "Scripts and add-ons of other makers, and what they stored privately",
    "Copies of the file, downloads, and publishing to the web",
    "Values Rowstream does not hold, sums and averages, unless a heading names them",
)


class Verdict(StrEnum):
    """GREEN only when everything was read and nothing was found."""

    GREEN = "green"
    RED = "red"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Subject:
    """What was proved for whom. `tabs`: id → title, in the file's order."""

    proof_id: str
    account: str
    spreadsheet_id: str
    title: str
    audience: str
    asked_by: str
    tabs: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """How much was read and compared, and when."""

    began_at: datetime
    ended_at: datetime
    tabs: int
    rows: int
    cells: int
    calls: int
    orders: int


def verdict_of(findings: Sequence[Finding], unread: Sequence[Mapping[str, Any]]) -> Verdict:
    """What follows from what was found and from what could not be read."""
    if findings:
        return Verdict.RED
    return Verdict.UNREAD if unread else Verdict.GREEN


def compose(
    subject: Subject, reach: Reach, *, findings: Sequence[Finding], unread: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The document. A title that was found to tell something is not repeated: its tab goes by its number."""
    telling = {one.sheet_id for one in findings if one.part is Part.TITLE}
    names = {
        sheet_id: f"Tab {number}" if sheet_id in telling else title
        for number, (sheet_id, title) in enumerate(subject.tabs.items(), 1)
    }
    return {
        "document": KIND,
        "version": VERSION,
        "proof_id": subject.proof_id,
        "account": subject.account,
        "file": {"id": subject.spreadsheet_id, "title": "This file" if None in telling else subject.title},
        "audience": subject.audience,
        "asked_by": subject.asked_by,
        "began_at": reach.began_at.isoformat(timespec="seconds"),
        "ended_at": reach.ended_at.isoformat(timespec="seconds"),
        "verdict": verdict_of(findings, unread).value,
        "findings": [_told(one, names) for one in findings],
        "unread": [
            {
                "why": one["why"],
                "tab": names.get(one["sheet_id"], ""),
                "sheet_id": one["sheet_id"],
                "a1": one["a1"],
                "count": one["count"],
            }
            for one in unread
        ],
        "read": {"tabs": reach.tabs, "rows": reach.rows, "cells": reach.cells, "calls": reach.calls},
        "compared_with_orders": reach.orders,
        "not_covered": list(NOT_COVERED),
    }


def _told(one: Finding, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "sign": one.sign.value,
        "column": one.column,
        "title": one.column if one.sign is Sign.READER else title_of(one.column),
        "tab": "" if one.sheet_id is None else names.get(one.sheet_id, ""),
        "sheet_id": one.sheet_id,
        "part": one.part.value,
        "hidden": one.hidden.value,
        "count": one.count,
        "places": [{"a1": a1, "order": ref, "begins": hint} for a1, ref, hint in one.places],
    }


def written(document: Mapping[str, Any]) -> bytes:
    """The one way these values are written down: the bytes that are signed."""
    return (json.dumps(document, sort_keys=True, ensure_ascii=False, indent=2) + "\n").encode()
