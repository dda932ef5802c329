"""The sandbox's own manual, a page at `/sandbox/about`: addresses, bodies, and what is not imitated."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask, render_template

from service.sandbox import tiktok
from service.sandbox.issuer import VARIANTS
from service.sandbox.manual import IDENTITY, NOT_IMITATED, PREVIEW, SHEETS
from service.sandbox.sheets.faults import KEYS


def create_page(contract: Callable[[], Mapping[str, Any]]) -> Flask:
    """The manual of the running world, with its real addresses filled in."""
    app = Flask("rowstream-sandbox-page", template_folder=str(Path(__file__).parent / "templates"))

    @app.get("/")
    def show_manual() -> str:
        at = contract()
        return render_template("about.html", at=at, parts=_parts(at), missing=NOT_IMITATED, variants=sorted(VARIANTS))

    return app


def _parts(at: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "title": "Play the market",
            "lead": "New orders, time, edits, failures.",
            "address": at["tiktok_control"],
            "calls": tiktok.MANUAL,
            "faults": tiktok.HELP,
        },
        {
            "title": "Play the spreadsheets",
            "lead": "What people do by hand, grants, failures, counts of calls.",
            "address": at["sheets_control"],
            "calls": SHEETS,
            "faults": KEYS,
        },
        {"title": "Sign-in and tokens", "lead": "Google's accounts.", "address": at["identity"], "calls": IDENTITY},
        {"title": "The preview's own", "lead": "What the browser calls.", "address": at["preview"], "calls": PREVIEW},
    ]
