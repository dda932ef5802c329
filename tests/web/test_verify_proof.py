"""`rowstream verify-proof FILE`: whether a report that was taken away is as this service signed it."""

from dataclasses import fields

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet

from service.__main__ import main
from service.core.hunting.page import render
from service.core.hunting.report import KIND, written
from service.flows import proof_signatures
from service.settings import NUMBERS, PREFIX, SETTINGS

REPORT = {
    "document": KIND,
    "version": 1,
    "proof_id": "p1",
    "account": "Bloom & Thread",
    "file": {"id": "1f", "title": "Orders <b>"},
    "audience": "warehouse",
    "asked_by": "maya@bloomthread.example",
    "began_at": "2026-11-23T09:00:00+00:00",
    "ended_at": "2026-11-23T09:00:04+00:00",
    "verdict": "red",
    "findings": [
        {
            "sign": "value", "column": "recipient", "title": "Recipient", "tab": "Café", "sheet_id": 7, "part": "note",
            "hidden": "column", "count": 7, "places": [{"a1": "B3", "order": "000011", "begins": "<i"}],
        }
    ],
    "unread": [{"why": "import", "tab": "Café", "sheet_id": 7, "a1": "D3", "count": 1}],
    "read": {"tabs": 1, "rows": 24, "cells": 90, "calls": 4},
    "compared_with_orders": 2,
    "not_covered": ["Comments"],
}  # fmt: skip


@pytest.fixture
def verify(settings, tmp_path):
    """Runs the command on a file of these bytes, in the settings of the tests."""
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    values |= {"secret_keys": ",".join(settings.secret_keys)} | {name: str(getattr(settings, name)) for name in NUMBERS}
    environ = {row.variable: values[row.name] for row in SETTINGS}

    def run(content, **changes):
        path = tmp_path / "report"
        path.write_bytes(content)
        env = {**environ, **{PREFIX + name.upper(): value for name, value in changes.items()}}
        return CliRunner().invoke(main, ["verify-proof", str(path)], env=env)

    return run


@pytest.fixture
def signed(settings):
    """The report in both its forms."""
    keys = settings.secret_keys
    signature = proof_signatures.sign(keys, written(REPORT))
    return {
        "data": proof_signatures.signed_json(REPORT, signature),
        "page": proof_signatures.signed_page(keys, render(REPORT, signature=signature)),
    }


@pytest.mark.parametrize("form", ["data", "page"])
def test_report_as_it_was_signed_verifies(verify, signed, form):
    result = verify(signed[form])
    assert (result.exit_code, result.output.splitlines()[0]) == (
        0,
        "This report is as it was signed: not a byte has changed.",
    )


def test_data_names_its_file_and_verdict(verify, signed):
    assert "Orders <b>: red, 2026-11-23T09:00:04+00:00" in verify(signed["data"]).output


@pytest.mark.parametrize("form", ["data", "page"])
def test_report_with_another_byte_does_not(verify, signed, form):
    """Somebody made the verdict green; somebody added a blank."""
    for broken in (signed[form].replace(b"red", b"ret", 1), signed[form].replace(b"\n", b" \n", 1)):
        result = verify(broken)
        assert (result.exit_code, result.output) == (1, "This report was changed after it was made.\n")


def test_report_of_another_service_is_told_from_a_changed_one(verify, signed):
    result = verify(signed["page"], secret_keys=Fernet.generate_key().decode())
    assert result.exit_code == 1
    assert "signed with a key that is not among the keys of this service" in result.output


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"<p>Clean</p>", b"\xff\xfe", b'{"report": 1, "signature": 2}']
)
def test_what_is_no_report_is_none(verify, content):
    result = verify(content)
    assert (result.exit_code, result.output) == (1, "This is not a signed report of Rowstream.\n")


def test_page_shows_everything_and_runs_nothing(signed):
    page = signed["page"].decode()
    for text in ("Recipient", "Café, B3, note, hidden column", "order …000011", "and 6 more", "Orders &lt;b&gt;"):
        assert text in page
    assert "begins with “&lt;i”" in page
    assert "<b>" not in page
    assert "<script" not in page
