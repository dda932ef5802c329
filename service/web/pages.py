"""The plain pages that Google's review and curious people ask for, and the few files that they and cards show."""

from functools import partial
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, abort, make_response, render_template

from service.core.retention import DEFAULT_DAYS
from service.flows import Services
from service.web import headers

STATIC = Path(__file__).parent / "static"
_TYPES = {".png": "image/png", ".css": "text/css; charset=utf-8"}

#: Address → template and title.
PAGES = {
    "/": ("home.html", "Rowstream"),
    "/help": ("help.html", "Help"),
    "/privacy": ("privacy.html", "Privacy policy"),
    "/terms": ("terms.html", "Terms of service"),
    "/support": ("support.html", "Support"),
}


def create_pages(services: Services) -> Blueprint:
    """The pages, `/done` and `/static/<name>`."""
    pages = Blueprint("pages", __name__)
    settings = services.settings

    def show(address: str) -> Response:
        template, title = PAGES[address]
        text = render_template(
            template,
            title=title,
            operator=settings.operator_name,
            email=settings.support_email,
            history_days=settings.history_days,
            buyer_days=DEFAULT_DAYS,
        )
        page = make_response(text)
        page.headers["Cache-Control"] = headers.KEEP
        return page

    for address in PAGES:
        pages.add_url_rule(address, f"page {address}", partial(show, address))

    @pages.get("/done")
    def done() -> str:
        return render_template("done.html", nonce=headers.nonce())

    shown = {file.name: file.read_bytes() for file in STATIC.iterdir()}

    @pages.get("/static/<name>")
    def static_file(name: str) -> Response:
        if name not in shown:
            abort(HTTPStatus.NOT_FOUND)
        answer = Response(shown[name], content_type=_TYPES[Path(name).suffix])
        answer.headers["Cache-Control"] = headers.KEEP
        answer.headers[headers.EMBEDDING] = headers.FOR_EVERYBODY
        return answer

    return pages
